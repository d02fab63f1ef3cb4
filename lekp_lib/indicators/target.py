"""Assess one municipality against one target: a pure function of level, figures and reference date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from lekp_lib.edition.models import Measure, Observation
from lekp_lib.indicators.level import target_level
from lekp_lib.indicators.models import Assessment, Point, Reason, TargetLevel, Verdict
from lekp_lib.indicators.pace import pace_of
from lekp_lib.indicators.path import expected_pct, is_too_old, months_between
from lekp_lib.indicators.verdict import judge
from lekp_lib.pact import Denominator, Kind, PactVersion, Target
from lekp_lib.register.models import Count


@dataclass(frozen=True, slots=True)
class Rules:
    """The adjustable parts of the verdict: see :class:`~lekp_lib.parameters.ReportParameters`."""

    threshold: float = 0.7
    max_age_months: int = 24
    min_points: int = 3


def _start_pct(target: Target, level: TargetLevel, observations: Iterable[Observation]) -> float:
    """Share that a stock already had when the path began; 0 when nobody recorded it."""
    if target.kind is not Kind.STOCK:
        return 0.0
    before = [
        item
        for item in observations
        if item.indicator == level.level.indicator
        and item.measure is Measure.AMOUNT
        and item.reference_date <= target.path_start
    ]
    return 100 * max(before, key=lambda item: item.reference_date).value / level.exact if before else 0.0


def _share(target: Target, level: TargetLevel | None, observation: Observation) -> float | None:
    if observation.measure is Measure.SHARE_PCT:
        return observation.value
    if level is None or observation.indicator != level.level.indicator:
        return None
    if target.kind is Kind.REDUCTION and observation.base_year != target.path_start.year:
        return None
    return 100 * observation.value / level.exact


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


def _plain_series(target: Target, observations: Sequence[Observation], wanted: str | None) -> list[Observation]:
    """The series to show: the one the level asks for, else the first declared one that has figures."""
    for indicator in [wanted, *(item.id for item in target.indicators)]:
        if indicator is not None and (found := _series(observations, indicator)):
            return found
    return []


def is_stale(target: Target, current: Point, as_of: dt.date, rules: Rules) -> bool:
    """Too old to judge; the figure of a closed target, dated on or after the closing day, is final."""
    final = target.closed_on is not None and current.date >= target.closed_on
    return not final and is_too_old(current.date, as_of, rules.max_age_months)


def lacks_base_year(target: Target, observation: Observation) -> bool:
    """A reduction must be against the base year of the pact, an average yearly rate against any year that is known."""
    if target.kind is Kind.REDUCTION:
        return observation.base_year != target.path_start.year
    return target.kind is Kind.ANNUAL_RATE and observation.base_year is None


def _obstacle(
    target: Target,
    level: TargetLevel | None,
    current: Point | None,
    as_of: dt.date,
    rules: Rules,
) -> Reason | None:
    """Why no verdict is possible, the first obstacle first; ``None`` when there is none."""
    if current is None:
        return Reason.NO_DATA
    if level is None:
        return Reason.NO_DENOMINATOR
    observation = current.observation
    other_unit = target.kind is not Kind.YES_NO and observation.indicator != level.level.indicator
    obstacles = (
        (other_unit, Reason.OTHER_UNIT),
        (is_stale(target, current, as_of, rules), Reason.TOO_OLD),
        (observation.measure is Measure.SHARE_PCT, Reason.ONLY_SHARE_PUBLISHED),
        (level.level.deadline is None, Reason.NO_DEADLINE),
        (lacks_base_year(target, observation), Reason.NO_BASE_YEAR),
    )
    return next((reason for holds, reason in obstacles if holds), None)


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


def _first_possible_day(observation: Observation) -> dt.date:
    """First day of the month or year that the source names; the reference date itself is the last one."""
    date = observation.reference_date
    if observation.date_precision == "jaar":
        return date.replace(month=1, day=1)
    return date.replace(day=1) if observation.date_precision == "maand" else date


def _verdict(target: Target, level: TargetLevel, current: Point, start_pct: float, rules: Rules) -> Verdict | None:
    """Verdict at the reference date; ``None`` when it would be another one earlier in the same stated period."""
    deadline = level.level.deadline
    share = current.share_pct
    if share is None or deadline is None:
        return None

    def at(date: dt.date) -> Verdict:
        expected = expected_pct(target.kind, date, target.path_start, deadline, start_pct)
        return judge(share, expected, rules.threshold, kind=target.kind, deadline_passed=date >= deadline)

    verdict = at(current.date)
    return verdict if verdict is at(_first_possible_day(current.observation)) else None


def _not_applicable(target: Target, version: PactVersion | None) -> Reason | None:
    if version is None:
        return Reason.NOT_SIGNED
    return Reason.VERSION_NOT_SIGNED if target.level_for(version) is None else None


def assess_target(
    target: Target,
    nis: str,
    version: PactVersion | None,
    observations: Sequence[Observation],
    denominator: Callable[[Denominator], Count | None],
    as_of: dt.date,
    rules: Rules,
) -> Assessment:
    """Everything that can be said of one municipality and one target.

    Parameters
    ----------
    target
        Declared target.
    nis
        Municipality, for the record.
    version
        Pact version to assess against; ``None`` when nothing was signed.
    observations
        All figures of this municipality for this target, in any order.
    denominator
        Inhabitants, dwellings or households of this municipality.
    as_of
        Reference date of the edition; only the age of figures depends on it.
    rules
        Threshold, greatest age, least number of points.

    Returns
    -------
    Assessment
        Figures are kept even where no verdict is possible, so that a report can show them with their date.
    """
    declared = target.level_for(version)
    level = target_level(declared, version, denominator) if declared is not None and version is not None else None
    start_pct = _start_pct(target, level, observations) if level is not None else 0.0
    parts: tuple[tuple[str, Point | None], ...] = ()
    if target.kind is Kind.YES_NO:
        newest = {part: _series(observations, part)[-1:] for part in target.parts}
        parts = tuple((part, _point(target, None, items[0], 0.0) if items else None) for part, items in newest.items())
        points = [_point(target, None, item, 0.0) for item in observations]
        current = _parts_point(target, parts, level)
    else:
        series = _plain_series(target, observations, declared.indicator if declared else None)
        points = [_point(target, level, item, start_pct) for item in series]
        current = points[-1] if points else None
    not_applicable = _not_applicable(target, version)
    obstacle = not_applicable or _obstacle(target, level, current, as_of, rules)
    verdict, reason = Verdict.NONE, obstacle or Reason.DATE_UNCERTAIN
    if not_applicable:
        verdict = Verdict.NOT_APPLICABLE
    elif not obstacle and current is not None and level is not None:
        certain = _verdict(target, level, current, start_pct, rules)
        if certain is not None:
            verdict = certain
            reason = Reason.BEFORE_DEADLINE if certain is Verdict.NOT_YET_REQUIRED else Reason.SHARE
    same_unit = level is not None and current is not None and current.observation.indicator == level.level.indicator
    pace = (
        pace_of(
            [point for point in points if point.share_pct is not None],
            kind=target.kind,
            level_exact=level.exact,
            path_start=target.path_start,
            deadline=level.level.deadline,
            min_points=rules.min_points,
        )
        if level is not None and level.level.deadline is not None and same_unit and obstacle is None
        else None
    )
    return Assessment(
        nis=nis,
        target=target,
        version=version,
        level=level,
        current=current,
        points=tuple(sorted(points, key=lambda point: (point.observation.indicator, point.date))),
        parts=parts,
        share_pct=current.share_pct if current and not not_applicable else None,
        expected_pct=current.expected_pct if current and not not_applicable else None,
        verdict=verdict,
        reason=reason,
        age_months=months_between(current.date, as_of) if current else None,
        pace=pace,
    )
