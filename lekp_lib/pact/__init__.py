"""The pact as data: targets, sources, werven, glossary and method texts, checked as one whole."""

from lekp_lib.pact.loader import Catalog, catalog_with, load_catalog, own_files, project_folder, save_text
from lekp_lib.pact.models import Declared, Level, Source, Target
from lekp_lib.parameters import PACT_VERSIONS, PactVersion

__all__ = [
    "PACT_VERSIONS", "Catalog", "Declared", "Level", "PactVersion", "Source", "Target", "catalog_with", "load_catalog",
    "own_files", "project_folder", "save_text",
]  # fmt: skip
