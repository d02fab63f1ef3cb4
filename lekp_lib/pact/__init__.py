"""The pact as data: targets, sources, werven, glossary and method texts, checked as one whole."""

from lekp_lib.pact.custom import catalog_with, project_folder, save_text, usable_files, write_new
from lekp_lib.pact.loader import Catalog, CustomFile, CustomKind, check_catalog, load_catalog, own_files
from lekp_lib.pact.models import Denominator, Kind, Level, Source, Target, Unit, Werf, WerfId
from lekp_lib.parameters import PACT_VERSIONS, PactVersion

__all__ = [
    "PACT_VERSIONS", "Catalog", "CustomFile", "CustomKind", "Denominator", "Kind", "Level", "PactVersion",
    "Source", "Target", "Unit", "Werf", "WerfId", "catalog_with", "check_catalog", "load_catalog", "own_files",
    "project_folder", "save_text", "usable_files", "write_new",
]  # fmt: skip
