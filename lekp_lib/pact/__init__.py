"""The pact as data: targets, sources, werven, glossary and method texts, checked as one whole."""

from lekp_lib.pact.catalog import Catalog
from lekp_lib.pact.load import check_catalog, load_catalog
from lekp_lib.pact.models import (
    PACT_VERSIONS,
    Certainty,
    Denominator,
    Kind,
    Level,
    PactVersion,
    Source,
    Target,
    Unit,
    Werf,
    WerfId,
)
from lekp_lib.pact.own_files import OwnFile, own_files
from lekp_lib.pact.own_write import catalog_with, check_text, new_text, project_folder, save_text, write_new

__all__ = [
    "PACT_VERSIONS",
    "Catalog",
    "Certainty",
    "Denominator",
    "Kind",
    "Level",
    "OwnFile",
    "PactVersion",
    "Source",
    "Target",
    "Unit",
    "Werf",
    "WerfId",
    "catalog_with",
    "check_catalog",
    "check_text",
    "load_catalog",
    "new_text",
    "own_files",
    "project_folder",
    "save_text",
    "write_new",
]
