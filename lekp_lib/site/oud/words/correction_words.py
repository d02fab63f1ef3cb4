"""Words for what a municipality changed: the figure of the source always stands beside the new one."""

from __future__ import annotations

from dataclasses import dataclass

from lekp_lib.adapter.models import Assessment, Point
from lekp_lib.edition.models import Measure
from lekp_lib.edition.side_tables import AppliedCorrection
from lekp_lib.pact.models import Kind, SubIndicator, Target
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import plain_number, unit_decimals
from lekp_lib.site.oud.words.amount_words import amount_words, indicator_of, is_percentage, trimmed_percent

#: More decimals than this never tell two figures apart.
_MAX_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class _Series:
    """What the numbers of a correction are: the series, its target, and whether they are shares of the target."""

    target: Target
    indicator: SubIndicator
    is_share: bool

    @property
    def is_answer(self) -> bool:
        return self.target.kind is Kind.YES_NO and self.indicator.id in self.target.parts

    def words(self, value: float) -> str:
        """A figure with its unit."""
        if self.is_answer:
            return "ja" if value else "nee"
        return f"{trimmed_percent(value)} van het doel" if self.is_share else amount_words(value, self.indicator.unit)

    def plain(self, value: float, decimals: int | None = None) -> str:
        """A figure without its unit, which the sentence before has: "1.200", "39,4 %", "ja"."""
        if self.is_answer or self.is_share or is_percentage(self.indicator.unit):
            return self.words(value)
        return plain_number(value, unit_decimals(value, self.indicator.unit) if decimals is None else decimals)


def _pair(before: float, after: float, series: _Series) -> tuple[str, str]:
    """Both figures, with decimals where they would print alike."""
    pair = (series.plain(before), series.plain(after))
    places = unit_decimals(after, series.indicator.unit)
    while pair[0] == pair[1] and places < _MAX_DECIMALS:
        places += 1
        pair = (series.plain(before, places), series.plain(after, places))
    return pair


def _changed(before: float, after: float, series: _Series) -> str:
    was, now = _pair(before, after, series)
    if was == now:
        return "Door de gemeente nagekeken en bevestigd."
    return f"Door de gemeente gecorrigeerd: was {was}, nu {now}."


def _small(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def _series_of(point: Point, target: Target) -> _Series:
    return _Series(target, indicator_of(target, point), point.observation.measure is Measure.SHARE_PCT)


def correction_sentences(assessment: Assessment) -> tuple[str, ...]:
    """What the municipality corrected in the newest figure, or in the parts of a yes/no target.

    Returns
    -------
    tuple of str
        "Door de gemeente gecorrigeerd: was 1.200, nu 1.468."; empty when nothing was corrected.
    """
    points = [point for _, point in assessment.parts if point is not None]
    points = points or ([assessment.current] if assessment.current is not None else [])
    found = []
    for point in points:
        seen = point.observation
        if seen.original is not None:
            series = _series_of(point, assessment.target)
            told = _changed(seen.original, seen.value, series)
            found.append(f"{series.indicator.label}: {_small(told)}" if len(assessment.parts) > 1 else told)
    return tuple(found)


def original_words(point: Point, target: Target) -> str:
    """The figure of the source beside a corrected one: "bron: 1.200 bomen"; empty where nothing was corrected."""
    before = point.observation.original
    return "" if before is None else f"bron: {_series_of(point, target).words(before)}"


def correction_lines(correction: AppliedCorrection, target: Target) -> tuple[str, ...]:
    """One correction in full, for the fiche: what changed, why, who and when.

    Parameters
    ----------
    correction
        As frozen in the edition; place, reason and author are texts of people.
    target
        For unit and label.

    Returns
    -------
    tuple of str
        Two texts: what changed, and the reason.
    """
    indicator = next(item for item in target.indicators if item.id == correction.indicator)
    series = _Series(target, indicator, correction.measure == Measure.SHARE_PCT)
    head = f"{indicator.label} op {date_long(correction.reference_date)}"
    if correction.after is None:
        told = f"{head}: door de gemeente geschrapt. De bron geeft {series.words(correction.before)}."
    else:
        told = f"{head}: {_small(_changed(correction.before, correction.after, series))}"
    return told, f"Reden: {correction.reason} ({correction.author}, {date_long(correction.date)})"
