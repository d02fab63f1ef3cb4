"""Pace: what was added per year lately, what is needed per year from now on, and where the recent pace leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lekp_lib.indicators.models import Pace, Point
from lekp_lib.indicators.path import year_position
from lekp_lib.pact.models import Kind

#: "Recent" is the plain average of the last three years (spec design.md 4).
RECENT_YEARS = 3
#: A series given on 30 December still counts as three whole years.
_SLACK_YEARS = 0.05


def _yearly(points: Sequence[Point]) -> list[tuple[float, float]]:
    last_of_year = {point.date.year: point for point in points if point.value is not None}
    return [(year_position(point.date), float(point.value or 0.0)) for _, point in sorted(last_of_year.items())]


def recent_per_year(points: Sequence[Point], kind: Kind, path_start: dt.date, min_points: int) -> float | None:
    """Average yearly change over the last three years.

    Parameters
    ----------
    points
        Series of one indicator, oldest first.
    kind
        A cumulative series starts from 0 on the day before ``path_start``.
    path_start
        First day of the required path.
    min_points
        Years with a figure that are needed at least.

    Returns
    -------
    float or None
        In the unit of the indicator per year; ``None`` with too few yearly points.
    """
    yearly = _yearly(points)
    if len(yearly) < min_points:
        return None
    if kind is Kind.CUMULATIVE:
        yearly.insert(0, (year_position(path_start - dt.timedelta(days=1)), 0.0))
    last_at, last_value = yearly[-1]
    window = [item for item in yearly[:-1] if last_at - item[0] <= RECENT_YEARS + _SLACK_YEARS]
    if not window:
        return None
    first_at, first_value = window[0]
    return (last_value - first_value) / (last_at - first_at)


def pace_of(
    points: Sequence[Point],
    *,
    kind: Kind,
    level_exact: float,
    path_start: dt.date,
    deadline: dt.date,
    min_points: int,
) -> Pace | None:
    """Recent pace, needed pace and projection of a series that grows towards a level.

    Returns
    -------
    Pace or None
        ``None`` for kinds without a growing amount (yes/no, yearly rate) and without any figure.
    """
    if kind in (Kind.YES_NO, Kind.ANNUAL_RATE) or not points or points[-1].value is None:
        return None
    value = points[-1].value
    years_left = year_position(deadline) - year_position(points[-1].date)
    needed = (level_exact - value) / years_left if years_left > 0 and value < level_exact else None
    recent = recent_per_year(points, kind, path_start, min_points)
    if recent is None or years_left <= 0:
        return Pace(recent, needed, None, None, None)
    projected = value + recent * years_left
    return Pace(recent, needed, projected, 100 * projected / level_exact, deadline)
