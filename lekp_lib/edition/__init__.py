"""Editions: frozen figures, and the one door through which everything else reads them."""

from lekp_lib.edition.edition import (
    AREA_NAMES,
    Edition,
    diff_figures,
    embedded_editions,
    find_edition,
    prepared_editions,
)  # fmt: skip
from lekp_lib.edition.freeze import MANIFEST_NAME, Manifest, check_tables, freeze, read_manifest

__all__ = [
    "AREA_NAMES", "MANIFEST_NAME", "Edition", "Manifest", "check_tables", "diff_figures", "embedded_editions",
    "find_edition", "freeze", "prepared_editions", "read_manifest",
]  # fmt: skip
