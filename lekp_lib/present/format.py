"""Numbers, amounts, dates and lists as a Dutch reader in Belgium writes them.

All rounding of the reports happens here: half up,
on the decimal that a float stands for. What is not whole never prints
as 100 %, what is not nothing never as 0 %, and two numbers that are judged apart never print alike.
"""

import datetime as dt
import math
import re
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Self

from lekp_lib.pact.models import Unit

#: No-break space: keeps a number and its unit on one line.
NBSP = "\u00a0"
MONTHS = [
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
]  # fmt: skip
#: More decimals than this are never printed, not even to tell two numbers apart.
MAX_DECIMALS = 3
#: Floats that come out of a division carry noise from this decimal on; 84.49999999999999 is 84.5.
_EXACT_DECIMALS = 9
_DUTCH = str.maketrans(",.", ".,")
#: What a program could take for a formula, after blanks.
_FORMULA = re.compile(r"^[\s\x00-\x1f]*[=+\-@\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NUMERALS = ["nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"]


def _exact(value: float | Decimal) -> Decimal:
    """The decimal that a float stands for, without the noise of its division."""
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if not math.isfinite(value):
        raise ValueError(f"cannot print {value!r}; expected a finite number; a missing figure is said in words")
    return Decimal(repr(round(float(value), _EXACT_DECIMALS)))


@lru_cache(maxsize=8192)
def rounded(value: float | Decimal, decimals: int = 0) -> Decimal:
    """Round half up, away from zero for halves, as people do.

    Parameters
    ----------
    value
        Finite number.
    decimals
        Decimals to keep, 0 or more.

    Returns
    -------
    Decimal
        Never minus zero.

    Examples
    --------
    >>> rounded(34.5), rounded(100 * 33.8 / 40), rounded(-0.4)
    (Decimal('35'), Decimal('85'), Decimal('0'))
    """
    result = _exact(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return result if result else abs(result)


def _dutch(value: Decimal) -> str:
    return ("\u2212" if value < 0 else "") + f"{abs(value):,f}".translate(_DUTCH)


def number(value: float | Decimal, decimals: int = 0) -> str:
    """A number with fixed decimals.

    Examples
    --------
    >>> number(263927.5, 1)
    '263.927,5'
    """
    return _dutch(rounded(value, decimals))


def short_number(value: float | Decimal, most: int = 2) -> str:
    """A number without closing zeros: "1,5", "2"."""
    full = rounded(value, most)
    return _dutch(next(rounded(value, places) for places in range(most + 1) if rounded(value, places) == full))


def _misleads(exact: Decimal, shown: Decimal) -> bool:
    return (exact != 0 and shown == 0) or (exact < 100 <= shown)


def percent(value: float | Decimal, decimals: int = 0, short: bool = False) -> str:
    """A share in percent; 99.97 never reads as 100 % and 0.3 never as 0 %.

    Parameters
    ----------
    value
        Percentage, 0 to 100 and more.
    decimals
        Decimals to keep at least; a guard may ask for more.
    short
        Leave closing zeros out.

    Examples
    --------
    >>> percent(45.4), percent(99.97)
    ('45\\xa0%', '99,97\\xa0%')
    """
    exact = _exact(value)
    tried = range(decimals, max(decimals, MAX_DECIMALS) + 1)
    places = next((p for p in tried if not _misleads(exact, rounded(exact, p))), tried[-1])
    shown = rounded(exact, places)
    if _misleads(exact, shown):
        step = Decimal(1).scaleb(-places)
        shown = Decimal(100) - step if shown >= 100 else step.copy_sign(exact)
    digits = _dutch(shown)
    return f"{digits.rstrip('0').rstrip(',') if short and ',' in digits else digits}{NBSP}%"


def decimals_apart(low: float | None, high: float | None) -> int:
    """Decimals with which a share below what is required does not print like it."""
    if low is None or high is None or low >= high or rounded(low) != rounded(high):
        return 0
    return next((d for d in range(1, MAX_DECIMALS + 1) if percent(low, d) != percent(high, d)), MAX_DECIMALS)


class Amount(str):
    """An amount as text that still knows its number, and whether its verb is plural: "1.038 bomen"."""

    getal: str
    meervoud: bool

    def __new__(cls, digits: str, word: str, counted: bool = False) -> Self:
        """Number and word on one line."""
        self = super().__new__(cls, f"{digits}{NBSP}{word}")
        self.getal, self.meervoud = digits, counted and digits != "1"
        return self


def is_percent(unit: Unit) -> bool:
    """Whether a unit is a percentage (of something, or per year)."""
    return unit.symbol.startswith("%")


def unit_decimals(value: float | Decimal, unit: Unit) -> int:
    """Decimals of an amount: none from 100 on, those of the unit below, more for what would print as 0."""
    wanted = unit.decimals if abs(float(value)) < 100 or is_percent(unit) else 0
    if unit.counted and abs(float(value)) < 100:
        wanted = next(p for p in range(3) if p == 2 or rounded(value, p) == rounded(value, 2))
    return next((p for p in range(wanted, MAX_DECIMALS) if value == 0 or rounded(value, p)), MAX_DECIMALS)


def unit_word(value: float | Decimal, unit: Unit, places: int) -> str:
    """Word or symbol that follows an amount: "boom", "bomen", "m²"."""
    if not unit.counted or unit.symbol.isupper():
        return unit.symbol
    return unit.singular if rounded(value, places) == 1 else unit.plural


def amount(value: float | Decimal, unit: Unit, at_least: float | None = None) -> str:
    """A figure with its unit.

    Parameters
    ----------
    value
        In ``unit``.
    unit
        Of the series or the level.
    at_least
        A figure below ``value`` that may not print like it.

    Returns
    -------
    str
        "4.310 bomen", "1 boom", "2,09 % per jaar".
    """
    if not is_percent(unit):
        places = unit_decimals(value, unit)
        return Amount(short_number(value, places), unit_word(value, unit, places), unit.counted)
    places = unit.decimals
    if at_least is not None and at_least < value and rounded(at_least, places) == rounded(value, places):
        return percent(value, places + 1)
    return percent(value, places, short=True).replace("%", unit.symbol, 1)


def per_year(value: float | Decimal, unit: Unit) -> Amount:
    """An average: "1.038 bomen", "4,6 perken", "3,8 procentpunt"."""
    if is_percent(unit):
        return Amount(short_number(value, 1 if abs(float(value)) >= 0.05 else MAX_DECIMALS), "procentpunt")
    size = abs(float(value))
    places = unit_decimals(value, unit) if size < 0.05 else 0 if size >= 10 else 1
    return Amount(short_number(value, places), unit_word(value, unit, places), unit.counted)


def rounded_up(value: float | Decimal, unit: Unit) -> Amount:
    """Rounded up to what is printed, so that who follows it arrives: "640 bomen", "5,4 procentpunt"."""
    places = 1 if is_percent(unit) or (not unit.counted and value < 10) else 0
    return per_year(_exact(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_CEILING), unit)


def of_level(value: float, level: float, unit: Unit) -> str:
    """A figure beside its level; one below it never prints like it: "4.310 van 9.500 bomen"."""
    places, level_places = unit_decimals(value, unit), unit_decimals(level, unit)
    while value < level and rounded(value, places) >= rounded(level, level_places) and places < MAX_DECIMALS:
        places = level_places = max(places, level_places) + 1
    word = unit.symbol if is_percent(unit) else unit_word(level, unit, level_places)
    return f"{short_number(value, places)} van {short_number(level, level_places)}{NBSP}{word}"


def date_text(day: dt.date, precision: str = "dag") -> str:
    """A date as exact as its source gives it: "31 december 2025", "februari 2023" or "2023".

    Examples
    --------
    >>> date_text(dt.date(2023, 2, 28), "maand")
    'februari 2023'
    """
    month = f"{MONTHS[day.month - 1]} {day.year}"
    return {"dag": f"{day.day} {month}", "maand": month, "jaar": str(day.year)}.get(precision, "onbekende datum")


def short_date(day: dt.date, precision: str = "dag") -> str:
    """A date for narrow tables: "31/12/2025", "02/2023", "2023"."""
    return {"dag": f"{day:%d/%m/%Y}", "maand": f"{day:%m/%Y}", "jaar": f"{day:%Y}"}.get(precision, "onbekend")


def count_noun(count: int, one: str, more: str) -> str:
    """A number with its noun: "1 doel", "3 doelen"."""
    return f"{number(count)}{NBSP}{one if count == 1 else more}"


def join_list(parts: Iterable[str], last: str = "en") -> str:
    """Words as a list: "a, b en c"."""
    words = [text for text in parts if text]
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def numeral(count: int) -> str:
    """A count up to twelve in words: "drie"."""
    return _NUMERALS[count] if 0 <= count < len(_NUMERALS) else number(count)


def lower_first(text: str) -> str:
    """First letter small, but not that of an abbreviation (CO₂)."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """First letter as a capital."""
    return text[:1].upper() + text[1:]


def safe_text(value: Any) -> Any:
    """Text that stays text in every spreadsheet program; anything else as it is.

    Examples
    --------
    >>> safe_text("=1+1"), safe_text("'s-Gravenvoeren"), safe_text(3)
    ("'=1+1", "'s-Gravenvoeren", 3)
    """
    if not isinstance(value, str):
        return value
    clean = _CONTROL.sub(" ", value.replace("\r\n", "\n"))
    return f"'{clean}" if _FORMULA.match(value) else clean
