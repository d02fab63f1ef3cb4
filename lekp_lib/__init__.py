"""Climate-pact reports (Lokaal Energie- en Klimaatpact) for every Flemish municipality.

What a notebook may use stands here; it is read only when asked for, so that importing the package stays cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lekp_lib.edition import Edition as Edition
    from lekp_lib.present.block import Paragraph as Paragraph
    from lekp_lib.present.boxes import Note as Note
    from lekp_lib.present.flanders_view import FlandersView as FlandersView
    from lekp_lib.present.layers import chart_style as chart_style
    from lekp_lib.present.report_view import ReportView as ReportView
    from lekp_lib.present.table import Column as Column
    from lekp_lib.present.table import Table as Table
    from lekp_lib.report.opening import open_datacontrole as open_datacontrole
    from lekp_lib.report.opening import open_flanders as open_flanders
    from lekp_lib.report.opening import open_proefbank as open_proefbank
    from lekp_lib.report.opening import open_report as open_report

__version__ = "0.1.0"

_HOMES = {
    "Column": "lekp_lib.present.table",
    "Edition": "lekp_lib.edition",
    "FlandersView": "lekp_lib.present.flanders_view",
    "Note": "lekp_lib.present.boxes",
    "Paragraph": "lekp_lib.present.block",
    "ReportView": "lekp_lib.present.report_view",
    "Table": "lekp_lib.present.table",
    "chart_style": "lekp_lib.present.layers",
    "open_datacontrole": "lekp_lib.report.opening",
    "open_flanders": "lekp_lib.report.opening",
    "open_proefbank": "lekp_lib.report.opening",
    "open_report": "lekp_lib.report.opening",
}

__all__ = tuple(_HOMES)


def __getattr__(name: str) -> Any:
    """Public names on first use (PEP 562)."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it hands out {', '.join(_HOMES)}")
    return getattr(import_module(_HOMES[name]), name)
