"""The pact as data: targets, sources, werven, glossary and method texts, checked as one whole."""

from lekp_lib.pact.custom import CustomFile, CustomKind, own_files
from lekp_lib.pact.drafts import catalog_with, check_text, new_text, project_folder, save_text, write_new
from lekp_lib.pact.loader import Catalog, check_catalog, load_catalog, usable_files
from lekp_lib.pact.models import Certainty, Denominator, Kind, Level, Source, Target, Unit, Werf, WerfId
from lekp_lib.parameters import PACT_VERSIONS, PactVersion

__all__ = [
    "PACT_VERSIONS", "Catalog", "Certainty", "CustomFile", "CustomKind", "Denominator", "Kind", "Level", "PactVersion",
    "Source", "Target", "Unit", "Werf", "WerfId", "catalog_with", "check_catalog", "check_text", "load_catalog",
    "new_text", "own_files", "project_folder", "save_text", "usable_files", "write_new",
]  # fmt: skip
