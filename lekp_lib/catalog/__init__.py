"""The pact as data: targets, sources, werven, glossary and method texts, checked as one whole."""

from lekp_lib.catalog.catalog import Catalog
from lekp_lib.catalog.load import check_catalog, load_catalog
from lekp_lib.catalog.models import (
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

__all__ = [
    "PACT_VERSIONS",
    "Catalog",
    "Certainty",
    "Denominator",
    "Kind",
    "Level",
    "PactVersion",
    "Source",
    "Target",
    "Unit",
    "Werf",
    "WerfId",
    "check_catalog",
    "load_catalog",
]
