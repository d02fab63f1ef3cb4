"""The required path: which share of a target was expected at a date.

One convention for days, used everywhere: both end days count, so that 31 December 2025 is day 1 826 of 3 652 and the
expected share is exactly 50 % (spec design.md 4).
"""

from __future__ import annotations

import datetime as dt

from lekp_lib.pact.models import Kind


def year_position(date: dt.date) -> float:
    """A date as a number of years, where 31 December of a year is the whole number that follows it.

    Examples
    --------
    >>> year_position(dt.date(2015, 12, 31))
    2016.0
    """
    days = 366 if date.year % 4 == 0 and (date.year % 100 != 0 or date.year % 400 == 0) else 365
    return date.year + date.timetuple().tm_yday / days


def _elapsed_by_day(date: dt.date, start: dt.date, deadline: dt.date) -> float:
    total_days = (deadline - start).days + 1
    return ((date - start).days + 1) / total_days


def _elapsed_by_year(date: dt.date, start: dt.date, deadline: dt.date) -> float:
    first = year_position(start)
    return (year_position(date) - first) / (year_position(deadline) - first)


def expected_pct(
    kind: Kind,
    date: dt.date,
    start: dt.date,
    deadline: dt.date,
    start_pct: float = 0.0,
) -> float | None:
    """Share of the target that the required path asks for at a date.

    Parameters
    ----------
    kind
        Cumulative and stock targets run linear by day; a reduction linear by year counted at 31 December of the base
        year; a yearly rate asks for 100 % of the rate at any date; yes/no asks for 100 % from the deadline on.
    date
        Reference date of the figure itself, never of the report.
    start, deadline
        First and last day of the path; for a reduction ``start`` is 31 December of the base year.
    start_pct
        Share that a stock already had at the start, 0 when not known.

    Returns
    -------
    float or None
        Percentage from 0 to 100; ``None`` where nothing is required yet (yes/no before its deadline).

    Examples
    --------
    >>> expected_pct(Kind.CUMULATIVE, dt.date(2025, 12, 31), dt.date(2021, 1, 1), dt.date(2030, 12, 31))
    50.0
    >>> round(expected_pct(Kind.REDUCTION, dt.date(2024, 12, 31), dt.date(2015, 12, 31), dt.date(2030, 12, 31)), 2)
    60.0
    """
    if kind is Kind.YES_NO:
        return 100.0 if date >= deadline else None
    if kind is Kind.ANNUAL_RATE:
        return 100.0
    elapsed = _elapsed_by_year if kind is Kind.REDUCTION else _elapsed_by_day
    part = min(max(elapsed(date, start, deadline), 0.0), 1.0)
    return min(start_pct, 100.0) + (100.0 - min(start_pct, 100.0)) * part


def months_between(earlier: dt.date, later: dt.date) -> int:
    """Whole months from one date to a later one; the last day of a month counts as such.

    Examples
    --------
    >>> months_between(dt.date(2023, 12, 31), dt.date(2025, 12, 31))
    24
    >>> months_between(dt.date(2024, 2, 29), dt.date(2026, 2, 28))
    24
    """
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    last_day = (later + dt.timedelta(days=1)).month != later.month
    return months - (1 if later.day < earlier.day and not last_day else 0)


def is_too_old(date: dt.date, as_of: dt.date, max_age_months: int) -> bool:
    """Whether a figure is more than ``max_age_months`` old, to the day."""
    months = months_between(date, as_of)
    if months != max_age_months:
        return months > max_age_months
    month_end = (date + dt.timedelta(days=1)).month != date.month
    as_of_end = (as_of + dt.timedelta(days=1)).month != as_of.month
    return as_of.day > date.day and not (month_end and as_of_end)
