"""What the text of one cell means. Every cell of every format is text here, so that a rule holds for all of them."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

EXPONENT = re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d+")
BLANKS = re.compile("(?<=[0-9])[ \u00a0\u202f\u2009](?=[0-9]{3}(?:[^0-9]|$))")
WHOLE = re.compile(r"-?[0-9]{1,15}")
# Per decimal sign: thousands that are grouped by the other sign, and decimals.
GROUPED = {",": re.compile(r"-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+"), ".": re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+")}
FRACTION = {
    ",": re.compile(r"-?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+),[0-9]+"),
    ".": re.compile(r"-?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)\.[0-9]+"),
}
YEARS = range(1990, 2101)
DATES = {
    "ymd": re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ][0-9:.+Z-]*)?"),
    "dmy": re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})"),
    "ym": re.compile(r"([0-9]{4})[-/.]?([0-9]{2})"),
    "my": re.compile(r"([0-9]{1,2})[-/.]([0-9]{4})"),
    "y": re.compile(r"([0-9]{4})(?:\.0+)?"),
}
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows of a table as tuples with names, whatever types their columns have."""
    yield from frame.itertuples()


class CellError(ValueError):
    """A cell that cannot be understood; ``field`` names the field at fault where that is another one."""

    def __init__(self, expected: str, advice: str = "", field: str = "") -> None:
        super().__init__(expected)
        self.expected, self.advice, self.field = expected, advice, field


def tidy(text: object) -> str:
    """Text on one line, with single blanks."""
    return " ".join(str(text).split())


def key(text: object) -> str:
    """Text as it is compared: tidy and without case."""
    return tidy(text).casefold()


def number_text(value: float, decimal: str) -> str:
    """A typed number as text that :func:`parse_number` reads back in one way only."""
    if not math.isfinite(value):
        return ""
    if float(value).is_integer():
        return str(int(value))
    text = format(Decimal(repr(float(value))), "f")
    if decimal == "auto" and len(text.partition(".")[2]) == 3:
        text += "0"
    return text.replace(".", ",") if decimal == "," else text


def cell_text(value: object, decimal: str, number_format: str = "") -> str:
    """Text of a typed cell, as people see it: 0.45 in the format ``0%`` is ``45%``, a day is ``2025-12-31``."""
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case bool():
            return "ja" if value else "nee"
        case int() | float() if "%" in LITERAL.sub("", number_format):
            return f"{number_text(round(value * 100, 9), decimal)}%"
        case int() | float():
            return number_text(value, decimal)
        case dt.datetime():
            return value.date().isoformat()
        case _:
            return str(value)[:200]


def parse_number(text: str, decimal: str) -> float:
    """Number of a text; ``auto`` takes both decimal signs and refuses what can be read in two ways."""
    text = BLANKS.sub("", text.strip().removeprefix("'").replace("\u2212", "-").removeprefix("+").strip())
    if WHOLE.fullmatch(text):
        return float(text)
    readings = set()
    for sign, other in ((",", "."), (".", ",")):
        if decimal in (sign, "auto") and (GROUPED[sign].fullmatch(text) or FRACTION[sign].fullmatch(text)):
            readings.add(float(text.replace(other, "").replace(sign, ".")))
    if len(readings) == 1:
        return readings.pop()
    if readings:
        whole = re.sub("[.,]", "", text)
        raise CellError("een getal dat op één manier te lezen is", f"Schrijf {whole} of {text.replace('.', ',')}0.")
    if decimal != "," and EXPONENT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    sample = {",": "1234,5", ".": "1234.5"}.get(decimal, "1234,5 of 1234.5")
    advice = "Laat de cel leeg als er geen cijfer is."
    if text.startswith("="):
        advice = "Dit is een formule zonder bewaarde waarde: open het bestand in Excel of LibreOffice en bewaar het."
    elif DATES["ymd"].fullmatch(text):
        advice = "De cel is opgemaakt als datum; maak er een getal van."
    raise CellError(f"een getal zoals {sample}", advice)


def parse_date(text: str, year_is: str = "einde") -> tuple[dt.date, str]:
    """Date of a text, with how exact it is: ``dag``, or the last day of a ``maand`` or ``jaar``."""
    text = tidy(text).removeprefix("'")
    for order, pattern in DATES.items():
        match = pattern.fullmatch(text)
        if match is None:
            continue
        part = dict(zip(order, map(int, match.groups()), strict=True))
        year, month, day = part["y"], part.get("m", 12), part.get("d")
        if year not in YEARS:
            raise CellError(
                f"een jaar van {YEARS[0]} tot {YEARS[-1]}", "Staat er een jaartal in een cel met datumopmaak?"
            )
        if month not in range(1, 13):
            raise CellError("een dag die bestaat", "Schrijf de dag eerst: 31/12/2025.")
        if order == "y" and year_is == "1_januari":
            return dt.date(year, 1, 1), "dag"
        last = calendar.monthrange(year, month)[1]
        if day is not None and not 1 <= day <= last:
            raise CellError("een dag die bestaat")
        return dt.date(year, month, day or last), {"y": "jaar", "ym": "maand", "my": "maand"}.get(order, "dag")
    raise CellError("een datum zoals 2025-12-31, 31/12/2025, 2025-12 of 2025", "Schrijf het jaar met vier cijfers.")
