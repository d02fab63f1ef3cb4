"""Where a figure comes from and how old it is, in one line under every figure and table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from lekp_lib.adapter.models import Assessment, Point
from lekp_lib.edition.models import Status
from lekp_lib.pact.models import Source
from lekp_lib.site.oud.dates import date_long, date_of
from lekp_lib.site.oud.words.joins import join_words

_STATUS_WORDS = {
    Status.PROVISIONAL: "Voorlopig cijfer.",
    Status.ESTIMATED: "Geschat cijfer.",
    Status.CORRECTED: "Door de gemeente gecorrigeerd.",
    Status.EXAMPLE: "Fictief cijfer.",
}


def source_names(ids: Iterable[str], sources: Mapping[str, Source]) -> str:
    """Names of providers, each once, in the order of first use; an id that the catalogue lacks is shown as it is."""
    return join_words([sources[key].name if key in sources else key for key in dict.fromkeys(ids)])


def _retrieved(dates: list[dt.date]) -> str:
    if not dates:
        return ", datum van ophalen niet bekend"
    first, last = min(dates), max(dates)
    if first == last:
        return f", opgehaald op {date_long(last)}"
    return f", opgehaald tussen {date_long(first)} en {date_long(last)}"


def _reference(points: list[Point]) -> str:
    newest = max(points, key=lambda point: point.date)
    oldest = min(points, key=lambda point: point.date)
    shown = date_of(newest.date, newest.observation.date_precision)
    if oldest.date == newest.date:
        return f"Peildatum {shown}"
    return f"Peildatums van {date_of(oldest.date, oldest.observation.date_precision)} tot {shown}"


def source_line_of(points: Iterable[Point], sources: Mapping[str, Source]) -> str:
    """Source line of a set of figures.

    Parameters
    ----------
    points
        The figures that are shown.
    sources
        Sources of the catalogue by id.

    Returns
    -------
    str
        "Bron: Groenblauwpeil. Peildatum 31 december 2025, opgehaald op 2 februari 2026."; statuses other than final
        follow. Without figures: "Bron: geen gegevens.".
    """
    given = list(points)
    if not given:
        return "Bron: geen gegevens."
    names = source_names((point.observation.source_id for point in given), sources)
    retrieved = [point.observation.retrieved for point in given if point.observation.retrieved is not None]
    found = {point.status for point in given}
    notes = [words for status, words in _STATUS_WORDS.items() if status in found]
    label = "Bronnen" if len({point.observation.source_id for point in given}) > 1 else "Bron"
    return " ".join([f"{label}: {names}.", f"{_reference(given)}{_retrieved(retrieved)}.", *notes])


def compared_source_line(points: Iterable[Point], sources: Mapping[str, Source]) -> str:
    """Source line of a figure across municipalities: providers and the span of the reference dates.

    Parameters
    ----------
    points
        The compared figures, one per municipality.
    sources
        Sources of the catalogue by id.

    Returns
    -------
    str
        "Bron: MOW. Peildatum maart 2026."; without figures "Bron: geen gegevens.".
    """
    given = list(points)
    if not given:
        return "Bron: geen gegevens."
    ids = dict.fromkeys(point.observation.source_id for point in given)
    return f"{'Bronnen' if len(ids) > 1 else 'Bron'}: {source_names(ids, sources)}. {_reference(given)}."


def source_line(assessment: Assessment, sources: Mapping[str, Source]) -> str:
    """Source line of the current figure of a target, or of its parts; where there is none, who should provide it.

    Parameters
    ----------
    assessment
        Any assessment.
    sources
        Sources of the catalogue by id.

    Returns
    -------
    str
    """
    parts = [point for _, point in assessment.parts if point is not None]
    points = parts or ([assessment.current] if assessment.current is not None else [])
    if points:
        return source_line_of(points, sources)
    if not assessment.target.sources:
        return "Bron: geen gegevens."
    return f"Bron: geen gegevens; die komen normaal van {source_names(assessment.target.sources, sources)}."


def edition_source_line(ids: Iterable[str], sources: Mapping[str, Source], reference_date: dt.date) -> str:
    """Source line of a figure over several targets: all providers and the reference date of the edition."""
    used = tuple(dict.fromkeys(ids))
    if not used:
        return "Bron: geen gegevens."
    names = source_names(used, sources)
    label = "Bronnen" if len(used) > 1 else "Bron"
    return f"{label}: {names}. Peildatum van de uitgave: {date_long(reference_date)}."
