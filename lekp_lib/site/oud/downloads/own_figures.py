"""The figures of the own municipality as rows: the newest of every target, and all that the edition holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lekp_lib.adapter import Assessment, Point
from lekp_lib.edition.models import Measure, Observation
from lekp_lib.pact.models import Kind, SubIndicator, Target
from lekp_lib.site.oud.downloads.own_fields import CSV, OVERVIEW, SERIES
from lekp_lib.site.oud.downloads.table import Cell, DataTable, amount, share
from lekp_lib.site.oud.report_tables import group_beside
from lekp_lib.site.oud.report_view import ReportView
from lekp_lib.site.oud.target_fiche import provider_names
from lekp_lib.site.oud.words.amount_words import stand_words
from lekp_lib.site.oud.words.quality_words import quality_reason, status_words
from lekp_lib.site.oud.words.reason_words import NO_DATA_WORDS

Row = dict[str, Cell]


def shown_assessments(view: ReportView) -> list[Assessment]:
    """The 17 targets, and those beyond that hold for the municipality: the same choice as the report makes."""
    return [item for item in view.assessments if item.target.nr is not None or item.applies]


def _werf(view: ReportView, target: Target) -> str:
    beside = "" if target.is_context else group_beside(target)
    return beside or next(werf.label for werf in view.catalog.werven if werf.id == target.werf)


def indicator(target: Target, key: str) -> SubIndicator:
    """Declared series of a target by id; an edition holds no other ones."""
    return next(item for item in target.indicators if item.id == key)


def shown_indicator(item: Assessment) -> SubIndicator:
    """Series of the newest figure; without one, the series that the level asks for."""
    if item.current is not None and item.target.kind is not Kind.YES_NO:
        return indicator(item.target, item.current.observation.indicator)
    if item.level is not None:
        return indicator(item.target, item.level.level.indicator)
    return item.target.indicators[0]


def _level_cells(item: Assessment) -> Row:
    level = item.level
    if level is None:
        return {}
    unit = level.level.unit
    return {
        "doel_getoond": amount(level.shown, unit),
        "doelniveau": amount(level.exact, unit),
        "eenheid_doel": unit.symbol,
        "einddatum": level.level.deadline,
    }


def _overview_row(view: ReportView, item: Assessment) -> Row:
    unit, current = shown_indicator(item).unit, item.current
    return {
        "nr": item.target.nr,
        "werf": _werf(view, item.target),
        "doel": item.target.name,
        "stand": amount(current.value, unit) if current else None,
        "eenheid": unit.symbol,
        "stand_in_woorden": stand_words(item),
        **_level_cells(item),
        "deel_pct": share(item.share_pct),
        "vereist_deel_pct": share(item.expected_pct),
        "oordeel": item.verdict.value,
        "reden": quality_reason(item),
        "peildatum": current.date if current else None,
        "nauwkeurigheid": current.observation.date_precision if current else None,
        "status": status_words(item),
        "bron": provider_names(item, view.catalog),
    }


def overview_table(view: ReportView) -> DataTable:
    """Per target the newest figure, the level, the shares and the verdict.

    Parameters
    ----------
    view
        The report.
    """
    return DataTable("Overzicht", OVERVIEW, [_overview_row(view, item) for item in shown_assessments(view)])


def _state(item: Assessment, observation: Observation, point: Point | None) -> str:
    """What there is of a figure, in words: an empty cell alone does not say why it is empty."""
    if item.target.kind is Kind.YES_NO:
        return "onderdeel van een ja/nee-doel"
    if point is None:
        return "andere reeks"
    if observation.measure is Measure.SHARE_PCT:
        return "alleen een aandeel"
    if point.share_pct is None:
        return "deel niet te berekenen" if item.applies else "niet van toepassing"
    return "volledig" if point.expected_pct is not None else "geen vereist deel"


def _newest(item: Assessment) -> set[Observation]:
    parts = [point for _, point in item.parts if point is not None]
    found = parts or ([item.current] if item.current is not None else [])
    return {point.observation for point in found}


def head_cells(view: ReportView, target: Target) -> Row:
    """What every row of the municipality and target, or context, says."""
    return {
        "nis": view.place.nis,
        "gemeente": view.place.name,
        "editie": view.edition.id,
        "peildatum_editie": view.on,
        "fictief": view.edition.fictitious,
        "doel_id": target.id,
        "nr": target.nr,
        "doel": target.name,
        "werf": _werf(view, target),
    }


def series_cells(series: SubIndicator) -> Row:
    """What every row of a series says."""
    return {"reeks_id": series.id, "reeks": series.label, "eenheid": series.unit.symbol}


def observed_cells(view: ReportView, observation: Observation, series: SubIndicator) -> Row:
    """What an edition holds of one figure: date, exact amount, status, source, remark and correction."""
    measured = observation.value if observation.measure is Measure.AMOUNT else None
    return {
        "peildatum": observation.reference_date,
        "nauwkeurigheid": observation.date_precision,
        "stand": amount(measured, series.unit),
        "status": observation.status.value,
        "bron_id": observation.source_id,
        "bron": view.catalog.source(observation.source_id).name,
        "url": observation.url or None,
        "opgehaald": observation.retrieved,
        "sinds": observation.since,
        "basisjaar": observation.base_year,
        "opmerking": observation.remark or None,
        "oorspronkelijk": amount(observation.original, series.unit),
        "correctie": observation.correction_note or None,
    }


def _head(view: ReportView, item: Assessment, series: SubIndicator) -> Row:
    return {**head_cells(view, item.target), **series_cells(series), **_level_cells(item)}


def _absent_rows(view: ReportView, item: Assessment, found: tuple[Observation, ...]) -> Iterator[Row]:
    """A row that says so for a target, or a part of a yes/no target, without any figure."""
    if item.target.kind is Kind.YES_NO:
        known = {observation.indicator for observation in found}
        absent = [indicator(item.target, part) for part in item.target.parts if part not in known]
    else:
        absent = [] if found else [shown_indicator(item)]
    for series in absent:
        yield {
            **_head(view, item, series),
            "toestand": NO_DATA_WORDS if item.applies else "niet van toepassing",
            "oordeel": item.verdict.value,
            "status": NO_DATA_WORDS,
            "bron": provider_names(item, view.catalog),
        }


def _figure_row(view: ReportView, item: Assessment, observation: Observation, point: Point | None, newest: bool) -> Row:
    series = indicator(item.target, observation.indicator)
    return {
        **_head(view, item, series),
        **observed_cells(view, observation, series),
        "deel_pct": share(point.share_pct) if point else None,
        "vereist_deel_pct": share(point.expected_pct) if point else None,
        "toestand": _state(item, observation, point),
        "nieuwste": newest,
        "oordeel": item.verdict.value if newest else None,
    }


def _series_rows(view: ReportView) -> list[Row]:
    rows: list[Row] = []
    for item in shown_assessments(view):
        found = view.edition.observations(item.target.id, view.place.nis)
        points = {point.observation: point for point in item.points}
        newest = _newest(item)
        rows += [_figure_row(view, item, one, points.get(one), one in newest) for one in found]
        rows += _absent_rows(view, item, found)
    return rows


def series_table(view: ReportView) -> DataTable:
    """All figures of the municipality, one row per target, series and reference date; absence has a row too.

    Parameters
    ----------
    view
        The report.
    """
    return DataTable("Reeksen", SERIES, _series_rows(view))


def csv_table(view: ReportView, beside: Iterable[Row] = ()) -> DataTable:
    """The rows of :func:`series_table` with all that they need to stand alone, and then those of context."""
    return DataTable("cijfers", CSV, [*_series_rows(view), *beside])
