"""Editions: frozen figures, and the one door through which everything else reads them."""

from lekp_lib.edition.edition import AREA_NAMES, Edition, embedded_editions, find_edition, prepared_editions
from lekp_lib.edition.freeze import freeze
from lekp_lib.edition.manifest import Manifest, read_manifest
from lekp_lib.edition.models import Measure, Observation, Status

__all__ = [
    "AREA_NAMES",
    "Edition",
    "Manifest",
    "Measure",
    "Observation",
    "Status",
    "embedded_editions",
    "find_edition",
    "freeze",
    "prepared_editions",
    "read_manifest",
]
