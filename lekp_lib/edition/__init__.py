"""Editions: frozen figures, and the one door through which everything else reads them."""

from lekp_lib.edition.edition import AREA_NAMES, Edition, Manifest, find_edition, read_manifest

__all__ = ["AREA_NAMES", "Edition", "Manifest", "find_edition", "read_manifest"]
