"""Assess one municipality against one target: a pure function of level, figures and reference date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lekp_lib.adapter.models import Assessment, Pace, Point, Reason, TargetLevel, Verdict
from lekp_lib.adapter.path import expected_pct, is_too_old
from lekp_lib.edition.models import Measure, Observation
from lekp_lib.pact import Kind, PactVersion, Target

#: Words that the rooms above do not know yet.
_EARLIER_WORDS = {
    "niet gehaald op de einddatum": "grote achterstand",
    "niet in deze editie": "zonder oordeel",
    "niet geregistreerd": "zonder oordeel",
}
_COMPARABLE = (Reason.SHARE, Reason.BEFORE_DEADLINE, Reason.DATE_UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Rules:
    """The adjustable parts of the verdict: see :class:`~lekp_lib.parameters.ReportParameters`."""

    threshold: float = 0.7
    max_age_months: int = 24
    min_points: int = 3


def _share(target: Target, level: TargetLevel | None, observation: Observation) -> float | None:
    if observation.measure is Measure.SHARE_PCT:
        return observation.value
    if level is None or observation.indicator != level.level.indicator:
        return None
    if target.kind is Kind.REDUCTION and observation.base_year != target.path_start.year:
        return None
    return round(100 * observation.value / level.shown, 11)


def _point(target: Target, level: TargetLevel | None, observation: Observation, start_pct: float) -> Point:
    share = _share(target, level, observation)
    deadline = level.level.deadline if level else None
    expected = (
        expected_pct(target.kind, observation.reference_date, target.path_start, deadline, start_pct)
        if deadline
        else None
    )
    value = observation.value if observation.measure is Measure.AMOUNT else None
    return Point(observation.reference_date, value, observation.status, share, expected, observation)


def _series(observations: Sequence[Observation], indicator: str | None) -> list[Observation]:
    return sorted((item for item in observations if item.indicator == indicator), key=lambda item: item.reference_date)


def is_stale(target: Target, current: Point, as_of: dt.date, rules: Rules) -> bool:
    """Too old to judge; the figure of a closed target, dated on or after the closing day, is final."""
    final = target.closed_on is not None and current.date >= target.closed_on
    return not final and is_too_old(current.date, as_of, rules.max_age_months)


def lacks_base_year(target: Target, observation: Observation) -> bool:
    """A reduction must be against the base year of the pact, an average yearly rate against any year that is known."""
    if target.kind is Kind.REDUCTION:
        return observation.base_year != target.path_start.year
    return target.kind is Kind.ANNUAL_RATE and observation.base_year is None


def _parts_point(target: Target, parts: Sequence[tuple[str, Point | None]], level: TargetLevel | None) -> Point | None:
    """The state of a yes/no target as one point: the share of its parts that are in order.

    ``None`` as long as one part is unknown, unless all known parts decide nothing: half a plan known is not a state.
    """
    known = [point for _, point in parts if point is not None]
    if len(known) < len(parts) or not known:
        return None
    oldest = min(known, key=lambda point: point.date)
    met = sum(1 for point in known if point.value)
    deadline = level.level.deadline if level is not None else None
    expected = expected_pct(target.kind, oldest.date, target.path_start, deadline) if deadline is not None else None
    return replace(oldest, value=float(met), share_pct=100 * met / len(parts), expected_pct=expected)


def assessment_of(
    row: Any,
    target: Target,
    level: TargetLevel | None,
    observations: Sequence[Observation],
) -> Assessment:
    """The object of one row of the table of assessments, with the series behind it.

    Parameters
    ----------
    row
        One row of :func:`~lekp_lib.indicators.assess.assess`, absence as ``None``.
    target
        Its target.
    level
        Its level, ``None`` where none holds or no denominator is known.
    observations
        All figures of this municipality for this target, in any order.
    """
    version: PactVersion | None = row.pact_version
    parts: tuple[tuple[str, Point | None], ...] = ()
    if target.kind is Kind.YES_NO:
        newest = {part: _series(observations, part)[-1:] for part in target.parts}
        parts = tuple((part, _point(target, None, items[0], 0.0) if items else None) for part, items in newest.items())
        points = [_point(target, None, item, 0.0) for item in observations]
        current = _parts_point(target, parts, level)
    else:
        start_pct = 0.0
        points = [_point(target, level, item, start_pct) for item in _series(observations, row.indicator)]
        shown = [
            point for point in points if row.reference_date is not None and point.date == row.reference_date.date()
        ]
        current = shown[-1] if shown else None
    reason = Reason(row.reason)
    growing = target.kind in (Kind.CUMULATIVE, Kind.STOCK, Kind.REDUCTION) and reason in _COMPARABLE
    return Assessment(
        nis=row.nis,
        target=target,
        version=version,
        level=level,
        current=current and replace(current, value=row.value, expected_pct=row.expected_pct),
        points=tuple(sorted(points, key=lambda point: (point.observation.indicator, point.date))),
        parts=parts,
        share_pct=row.share_pct,
        expected_pct=row.expected_pct,
        verdict=Verdict(_EARLIER_WORDS.get(row.verdict, row.verdict)),
        reason=reason,
        age_months=None if row.age_months is None else int(row.age_months),
        pace=_pace(row, level) if growing and level is not None and current is not None else None,
    )


def _pace(row: Any, level: TargetLevel) -> Pace:
    value = None if row.projected_pct is None else row.projected_pct * level.shown / 100
    ends = None if value is None else level.level.deadline
    return Pace(row.pace_per_year, row.needed_per_year, value, row.projected_pct, ends)
