"""Context of a report as rows for download: beside a target, with a state that says that it counts in none."""

from __future__ import annotations

from collections.abc import Iterator

from slugify import slugify

from lekp_lib.present.local_production import TARGET, local_production
from lekp_lib.present.report_view import ReportView
from lekp_lib.present.words.production_words import NO_FIGURE, technology_words
from lekp_lib.report.downloads.own_fields import CONTEXT
from lekp_lib.report.downloads.table import Cell, DataTable, Quantity

#: State of every row: what is of a target never has it.
STATE = "context, telt niet mee"
_SOURCE = "fluvius"


def context_rows(view: ReportView) -> Iterator[dict[str, Cell]]:
    """Local production of the municipality: per technology the number of installations and their power.

    Parameters
    ----------
    view
        The report.

    Yields
    ------
    dict
        Values by column of :data:`~lekp_lib.report.downloads.own_fields.CSV`.
    """
    found = local_production(view.edition, view.place.nis)
    if found is None:
        return
    target = view.catalog.target(TARGET)
    for item in found.technologies:
        words = technology_words(item.name)
        for series, unit, value, decimals in (
            ("installaties", "installaties", item.installations, 0),
            ("vermogen", "kVA", item.power_kva, 1),
        ):
            yield {
                "nis": view.place.nis,
                "gemeente": view.place.name,
                "editie": view.edition.id,
                "peildatum_editie": view.on,
                "fictief": view.edition.fictitious,
                "doel_id": target.id,
                "nr": target.nr,
                "doel": target.name,
                "werf": next(werf.label for werf in view.catalog.werven if werf.id == target.werf),
                "reeks_id": f"context-{slugify(item.name, lowercase=True)}-{series}",
                "reeks": f"lokale productie, {words}: {series}",
                "peildatum": found.date,
                "nauwkeurigheid": "dag",
                "stand": None if value is None else Quantity(value, decimals),
                "eenheid": unit,
                "toestand": STATE,
                "nieuwste": False,
                "status": NO_FIGURE if value is None else None,
                "bron_id": _SOURCE,
                "bron": found.provider,
                "url": found.url or None,
                "opgehaald": found.retrieved,
            }


def context_table(view: ReportView) -> DataTable | None:
    """The rows of :func:`context_rows` as a sheet; ``None`` when the edition has none of this municipality."""
    rows = list(context_rows(view))
    return DataTable("Context", CONTEXT, rows) if rows else None
