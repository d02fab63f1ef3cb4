"""All municipalities together through the years, by the same rule as today: the newest figure that is not too old.

A share of few municipalities beside one of many would look like a change. So only dates count at which almost all of
those that are counted today had a usable figure; the others stay in the list, with their number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from lekp_lib.adapter.area_models import WeightedRate
from lekp_lib.adapter.assessor import required_path
from lekp_lib.adapter.flanders import adds_up, is_counted
from lekp_lib.adapter.models import Assessment, Point
from lekp_lib.adapter.target import Rules, is_stale, lacks_base_year
from lekp_lib.edition.models import Measure, Observation
from lekp_lib.pact.models import Derived, Kind, Target

#: A date is drawn when at least this part of the municipalities counted today had a usable figure then.
MIN_PANEL = 0.9
#: Amounts behind a rate are needed for at least this many municipalities.
MIN_WEIGHTED = 10


@dataclass(frozen=True, slots=True)
class AreaPoint:
    """All municipalities on one day.

    ``date`` is that of the newest figure. ``share_pct`` is recomputed from the sums, or the median where levels do not
    add up; ``value`` is the sum or the median. ``counted`` municipalities stand behind both; ``is_comparable`` says
    whether they are nearly those of today.
    """

    date: dt.date
    value: float
    share_pct: float
    counted: int
    is_comparable: bool
    points: tuple[Point, ...]


def _usable(target: Target, assessment: Assessment, day: dt.date, rules: Rules) -> Point | None:
    """Newest figure on a day, if it was an amount in the unit of the level and not too old then."""
    level = assessment.level
    if level is None or not assessment.applies:
        return None
    known = [
        point
        for point in assessment.points
        if point.date <= day and point.observation.indicator == level.level.indicator
    ]
    newest = max(known, key=lambda point: point.date, default=None)
    if newest is None or newest.value is None or newest.share_pct is None:
        return None
    unusable = is_stale(target, newest, day, rules) or lacks_base_year(target, newest.observation)
    return None if unusable else newest


def _at(target: Target, members: Sequence[Assessment], day: dt.date, rules: Rules, today: int) -> AreaPoint | None:
    found = [(item, point) for item in members if (point := _usable(target, item, day, rules)) is not None]
    values = [point.value for _, point in found if point.value is not None]
    shares = [point.share_pct for _, point in found if point.share_pct is not None]
    if not found:
        return None
    if adds_up(target):
        level = sum(item.level.exact for item, _ in found if item.level is not None)
        value, share = sum(values), 100 * sum(values) / level
    else:
        value, share = median(values), median(shares)
    points = tuple(point for _, point in found)
    newest = max(point.date for point in points)
    return AreaPoint(newest, value, share, len(found), len(found) >= MIN_PANEL * today, points)


def area_trend(
    target: Target, assessments: Iterable[Assessment], indicator: str, on: dt.date, rules: Rules
) -> tuple[AreaPoint, ...]:
    """One target over all given municipalities, at the end of every year and on the reference date.

    Parameters
    ----------
    target
        Not a yes/no target.
    assessments
        Of the municipalities of an area.
    indicator
        Only those whose level is in this unit are counted.
    on
        Reference date of the edition; its point equals the total of today.
    rules
        Greatest age of a figure.

    Returns
    -------
    tuple of AreaPoint
        Oldest first; days without any usable figure are absent.
    """
    if target.kind is Kind.YES_NO:
        return ()
    members = [item for item in assessments if item.level is not None and item.level.level.indicator == indicator]
    today = sum(map(is_counted, members))
    dates = [point.date for item in members for point in item.points]
    first = min(dates, default=on).year
    days = [dt.date(year, 12, 31) for year in range(first, on.year + 1)]
    found = [_at(target, members, day, rules, today) for day in [*(day for day in days if day < on), on]]
    # Between two days on which nothing new came in only figures became too old: the later day counts.
    return tuple({point.date: point for point in found if point is not None}.values())


def area_path(assessments: Iterable[Assessment]) -> tuple[tuple[dt.date, float], ...]:
    """The required path of the municipalities that are counted: weighted by level, or the middle one.

    Parameters
    ----------
    assessments
        Of one target, with levels in one unit.

    Returns
    -------
    tuple of (date, percent)
        Empty where there is none, or where their deadlines differ.
    """
    counted = [item for item in assessments if is_counted(item) and item.level is not None]
    paths = [(item.level.exact if item.level else 0.0, required_path(item)) for item in counted]
    days = {tuple(day for day, _ in path) for _, path in paths}
    if len(days) != 1 or days == {()}:
        return ()
    summed = adds_up(counted[0].target)
    weights = sum(weight for weight, _ in paths)
    result = []
    for number, day in enumerate(days.pop()):
        shares = [path[number][1] for _, path in paths]
        weighted = sum(weight * path[number][1] for weight, path in paths) / weights
        result.append((day, weighted if summed else median(shares)))
    return tuple(result)


def _at_day(observations: Sequence[Observation], indicator: str, day: dt.date) -> float | None:
    return next(
        (
            item.value
            for item in observations
            if item.indicator == indicator and item.measure is Measure.AMOUNT and item.reference_date == day
        ),
        None,
    )


def _parts_of_rate(
    rule: Derived, target: Target, observations: Sequence[Observation], day: dt.date
) -> tuple[float, float] | None:
    """Numerator and denominator of a rate on a day: part and whole, or what is left and the base year."""
    part = _at_day(observations, rule.of, day)
    if rule.rule == "aandeel":
        whole = _at_day(observations, rule.to, day)
    else:
        whole = _at_day(observations, rule.of, target.path_start)
    return None if part is None or not whole else (part, whole)


def weighted_rate(target: Target, counted: Sequence[tuple[Assessment, Sequence[Observation]]]) -> WeightedRate | None:
    """A rate over all, recomputed from the amounts behind it, where the edition has these.

    Parameters
    ----------
    target
        With a declared rule for its rate.
    counted
        Municipalities whose rate is usable, with all their figures of the target.

    Returns
    -------
    WeightedRate or None
        ``None`` when the catalogue declares no rule, or too few municipalities have both amounts.
    """
    rules = {item.id: item.derived for item in target.indicators if item.derived is not None}
    found = []
    for assessment, observations in counted:
        current = assessment.current
        rule = rules.get(current.observation.indicator) if current is not None else None
        if current is None or rule is None:
            continue
        parts = _parts_of_rate(rule, target, observations, current.date)
        if parts is not None:
            found.append((rule.rule, parts, current.date))
    if len(found) < MIN_WEIGHTED:
        return None
    part, whole = sum(item[1][0] for item in found), sum(item[1][1] for item in found)
    ratio = 100 * part / whole
    days = [item[2] for item in found]
    return WeightedRate(ratio if found[0][0] == "aandeel" else 100 - ratio, len(found), min(days), max(days))
