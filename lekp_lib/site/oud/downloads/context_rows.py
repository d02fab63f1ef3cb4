"""Context of a report as rows for download: each with a state that says that it counts in no target."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from slugify import slugify

from lekp_lib.edition.models import Measure
from lekp_lib.site.oud.downloads.own_fields import CONTEXT
from lekp_lib.site.oud.downloads.own_figures import Row, head_cells, observed_cells, series_cells
from lekp_lib.site.oud.downloads.table import DataTable, Quantity
from lekp_lib.site.oud.local_production import TARGET, local_production
from lekp_lib.site.oud.report_view import ReportView
from lekp_lib.site.oud.words.production_words import technology_words
from lekp_lib.site.oud.words.reason_words import NO_DATA_WORDS
from lekp_lib.site.oud.words.source_words import source_names

#: State of every row: what is of a target never has it.
STATE = "context, telt niet mee"
_SOURCE = "fluvius"


def _production_rows(view: ReportView) -> Iterator[Row]:
    """Local production: per technology the number of installations and their power."""
    found = local_production(view.edition, view.place.nis)
    if found is None:
        return
    for item in found.technologies:
        words = technology_words(item.name)
        for series, unit, value, decimals in (
            ("installaties", "installaties", item.installations, 0),
            ("vermogen", "kVA", item.power_kva, 1),
        ):
            yield {
                **head_cells(view, view.catalog.target(TARGET)),
                "reeks_id": f"context-{slugify(item.name, lowercase=True)}-{series}",
                "reeks": f"lokale productie, {words}: {series}",
                "peildatum": found.date,
                "nauwkeurigheid": "dag",
                "stand": None if value is None else Quantity(value, decimals),
                "eenheid": unit,
                "status": NO_DATA_WORDS if value is None else None,
                "bron_id": _SOURCE,
                "bron": found.provider,
                "url": found.url or None,
                "opgehaald": found.retrieved,
            }


def _indicator_rows(view: ReportView) -> Iterator[Row]:
    """Amounts of every indicator of context that the chapter *Context* shows; a series without any has a row too."""
    for target in view.catalog.context:
        observations = view.edition.observations(target.id, view.place.nis)
        found = [item for item in observations if item.measure is Measure.AMOUNT]
        for series in target.indicators if found else ():
            head = {**head_cells(view, target), **series_cells(series)}
            own = sorted((item for item in found if item.indicator == series.id), key=lambda item: item.reference_date)
            for item in own:
                yield {**head, **observed_cells(view, item, series)}
            if not own:
                yield {**head, "status": NO_DATA_WORDS, "bron": source_names(target.sources, view.catalog.sources)}


def context_rows(view: ReportView) -> Iterator[Row]:
    """Everything of the municipality that stands beside the targets: local production, and indicators of context.

    Parameters
    ----------
    view
        The report.

    Yields
    ------
    dict
        Values by column of :data:`~lekp_lib.site.oud.downloads.own_fields.CSV`. Nothing of what the edition does not
        have of this municipality.
    """
    for row in chain(_production_rows(view), _indicator_rows(view)):
        yield {**row, "toestand": STATE, "nieuwste": False}


def context_table(view: ReportView) -> DataTable | None:
    """The rows of :func:`context_rows` as a sheet; ``None`` when the edition has none of this municipality."""
    rows = list(context_rows(view))
    return DataTable("Context", CONTEXT, rows) if rows else None
