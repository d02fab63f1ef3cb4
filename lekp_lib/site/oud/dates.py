"""Dates as a Dutch reader in Belgium writes them (spec design.md 7.1)."""

from __future__ import annotations

import datetime as dt

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def date_long(date: dt.date) -> str:
    """Date for running text: "31 december 2025"."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def date_short(date: dt.date) -> str:
    """Date for narrow tables: "31/12/2025"; one or two digits for day and month, as spoken."""
    return f"{date.day}/{date.month}/{date.year}"


def date_of(date: dt.date, precision: str = "dag") -> str:
    """Date as exact as its source gives it: a day, "februari 2023", or "2023".

    Parameters
    ----------
    date
        Last day of the month or year when the source names no day.
    precision
        ``dag``, ``maand`` or ``jaar``.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        For any other precision.

    Examples
    --------
    >>> date_of(dt.date(2023, 2, 28), "maand"), date_of(dt.date(2023, 12, 31), "jaar")
    ('februari 2023', '2023')
    """
    if precision == "dag":
        return date_long(date)
    if precision == "maand":
        return f"{MONTHS[date.month - 1]} {date.year}"
    if precision == "jaar":
        return str(date.year)
    raise ValueError(f"date precision {precision!r}; expected dag, maand or jaar")
