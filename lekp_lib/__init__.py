"""Climate-pact reports (Lokaal Energie- en Klimaatpact) for every Flemish municipality.

What a notebook may use stands here; it is read only when asked for, so that importing the package stays cheap.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Edition": "lekp_lib.edition",
    "Flanders": "lekp_lib.present.flanders",
    "Report": "lekp_lib.present.municipality",
    "open_datacontrole": "lekp_lib.present.quality",
    "open_flanders": "lekp_lib.present.flanders",
    "open_proefbank": "lekp_lib.present.trial",
    "open_report": "lekp_lib.present.municipality",
    "style": "lekp_lib.present.theme",
    "table_block": "lekp_lib.present.tables",
}

__all__ = tuple(_HOMES)


def __getattr__(name: str) -> Any:
    """Public names on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it hands out {', '.join(_HOMES)}")
    return getattr(import_module(_HOMES[name]), name)
