"""What one cell means: numbers, dates, missing values. Nothing that can be read in two ways is guessed."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from typing import Literal

from lekp_lib.data.grid import Broken, Cell

Precision = Literal["dag", "maand", "jaar"]
Decimal = Literal[",", ".", "auto"]

# Blanks that stand between thousands: space, no-break, narrow no-break, thin.
_BLANKS = re.compile("(?<=[0-9])[ \u00a0\u202f\u2009](?=[0-9]{3}(?:[^0-9]|$))")
_PLAIN = re.compile(r"-?[0-9]{1,15}")
_GROUPED = {sign: re.compile(rf"-?[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})+") for sign in ".,"}
_FRACTION = {sign: re.compile(rf"-?[0-9]+{re.escape(sign)}[0-9]+") for sign in ".,"}
_BOTH = {
    sign: re.compile(rf"-?[0-9]{{1,3}}(?:{re.escape(other)}[0-9]{{3}})+{re.escape(sign)}[0-9]+")
    for sign, other in ((",", "."), (".", ","))
}
_EXPONENT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+")

_YEARS = range(1990, 2101)
_DATES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ymd", re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ][0-9:.+Z-]*)?")),
    ("dmy", re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")),
    ("ym", re.compile(r"([0-9]{4})[-/.]?([0-9]{2})")),
    ("my", re.compile(r"([0-9]{1,2})[-/.]([0-9]{4})")),
    ("y", re.compile(r"([0-9]{4})(?:\.0+)?")),
)


class CellError(ValueError):
    """A cell that cannot be understood; ``expected`` and ``advice`` are for the user.

    ``field`` names the field at fault where that is another one than the field that was being read.
    """

    def __init__(self, expected: str, advice: str = "", field: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.advice = advice
        self.field = field


def shown(cell: Cell) -> str:
    """A cell as told in messages: short, on one line."""
    text = str(cell) if isinstance(cell, Broken) else repr(cell) if isinstance(cell, str) else str(cell)
    return text if len(text) <= 60 else f"{text[:60]}…"


def text_of(cell: Cell) -> str:
    """A cell as text; whole numbers without decimals, so that a code in a number cell stays a code."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return " ".join(str(cell).split())


def text_of_number(cell: Cell) -> str:
    """Text of a number with a plain minus sign and without an apostrophe that marks text in a spreadsheet."""
    return str(cell).strip().removeprefix("'").replace("\u2212", "-").removeprefix("+").strip()


def _ambiguous(text: str, sign: str) -> bool:
    """``1.234`` may be thousands; ``0.123`` and ``1234.567`` may not."""
    return bool(_GROUPED[sign].fullmatch(text)) and not text.lstrip("-").startswith("0")


def _with_fraction(text: str, decimal: Decimal) -> float | None:
    """Number with decimals or with thousands, written in a way that allows one reading; ``None`` otherwise."""
    for sign, other in ((",", "."), (".", ",")):
        if decimal not in (sign, "auto"):
            continue
        if _BOTH[sign].fullmatch(text):
            return float(text.replace(other, "").replace(sign, "."))
        if decimal == sign and _GROUPED[other].fullmatch(text):
            return float(text.replace(other, ""))
        if _FRACTION[sign].fullmatch(text) and (decimal == sign or not _ambiguous(text, sign)):
            return float(text.replace(sign, "."))
    return None


def _number_of_text(text: str, decimal: Decimal) -> float:
    if _PLAIN.fullmatch(text):
        return float(text)
    value = _with_fraction(text, decimal)
    if value is not None:
        return value
    if decimal == "auto":
        for sign in ".,":
            if not _GROUPED[sign].fullmatch(text):
                continue
            whole = text.replace(sign, "")
            if text.count(sign) > 1:
                return float(whole)
            raise CellError("a number that can be read in one way", f"Write {whole} or {text.replace(sign, ',')}0.")
    if decimal != "," and _EXPONENT.fullmatch(text):
        return float(text)
    sample = {",": "1234,5", ".": "1234.5"}.get(decimal, "1234,5 or 1234.5")
    raise CellError(f"a number such as {sample}", "Leave the cell empty when there is no figure.")


def parse_number(cell: Cell, decimal: Decimal) -> float:
    """Number of a cell.

    Parameters
    ----------
    cell
        As the format gave it; numbers stay what they are.
    decimal
        Sign before the decimals; the other one may stand between thousands, blanks always may. ``auto`` takes both
        and refuses the one case that can be read in two ways: one sign, followed by three digits.

    Returns
    -------
    float

    Raises
    ------
    CellError
        With what to write instead.

    Examples
    --------
    >>> parse_number("1 234,5", ","), parse_number("1.234.567", "auto"), parse_number("12.5", "auto")
    (1234.5, 1234567.0, 12.5)
    """
    if isinstance(cell, Broken):
        raise CellError("a value", "Open the file in Excel or LibreOffice, let it compute, and save it.")
    if isinstance(cell, (bool, dt.date, dt.time, dt.timedelta)):
        raise CellError("a number", "The cell is formatted as something else; format it as a number.")
    if isinstance(cell, (int, float)):
        if not math.isfinite(cell):
            raise CellError("a finite number")
        return float(cell)
    return _number_of_text(_BLANKS.sub("", text_of_number(cell)), decimal)


def _last_day(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def parse_date(cell: Cell, year_is: str = "einde") -> tuple[dt.date, Precision]:
    """Date of a cell, with how exact it is.

    Parameters
    ----------
    cell
        A date, a year, or text: ``2025-12-31``, ``31/12/2025``, ``2025-12``, ``12/2025``, ``202512``, ``2025``.
    year_is
        ``einde``: a bare year is its last day; ``1_januari``: its first day, exactly.

    Returns
    -------
    tuple of date and str
        Last day of a month or year, and ``dag``, ``maand`` or ``jaar``.

    Raises
    ------
    CellError
        When it is no such date, or a year that no figure can be of.
    """
    expected = "a date such as 2025-12-31, 31/12/2025, 2025-12 or 2025"
    if isinstance(cell, dt.datetime):
        return cell.date(), "dag"
    if isinstance(cell, dt.date):
        return cell, "dag"
    text = text_of(cell).removeprefix("'")
    for order, pattern in _DATES:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        parts = dict(zip(order, map(int, match.groups()), strict=True))
        year = parts["y"]
        if year not in _YEARS:
            raise CellError(f"a year from {_YEARS[0]} to {_YEARS[-1]}")
        try:
            if "d" in parts:
                return dt.date(year, parts["m"], parts["d"]), "dag"
            if "m" in parts:
                return _last_day(year, parts["m"]), "maand"
        except ValueError as error:
            advice = "Write the day first: 31/12/2025." if "d" in parts and parts["m"] > 12 else ""
            raise CellError("a day that exists", advice) from error
        return (dt.date(year, 1, 1), "dag") if year_is == "1_januari" else (dt.date(year, 12, 31), "jaar")
    raise CellError(expected, "Write the year with four digits.")
