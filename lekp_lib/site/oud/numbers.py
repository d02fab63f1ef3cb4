"""Numbers and units as a Dutch reader in Belgium writes them (spec design.md 7.1).

All rounding of the reports happens here: half up, on the shortest decimal that the float stands for. Python's own
``format`` rounds halves of binary floats to even, and prints 34.5 as "34".
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

from lekp_lib.pact.models import Unit

#: No-break space: keeps a number and its unit on one line.
NBSP = "\u00a0"
#: Between number and percent sign; Dutch guides differ, so the choice stands in one place (spec design.md 15.8).
BEFORE_PERCENT = NBSP
MINUS = "\u2212"
#: More decimals than this are never printed, not even to tell two percentages apart.
MAX_DECIMALS = 3

#: Python groups thousands with a comma and starts decimals with a point; Dutch does the opposite.
_SEPARATORS = str.maketrans(",.", ".,")


def rounded(value: float, decimals: int = 0) -> Decimal:
    """Round half up, away from zero for halves, as people do.

    Parameters
    ----------
    value
        Finite number; read as the decimal that Python prints for it, so that 0.145 is a half and not just below one.
    decimals
        Decimals to keep, 0 or more.

    Returns
    -------
    Decimal
        Never minus zero.

    Raises
    ------
    ValueError
        When the value is not a finite number: a missing figure may not reach a sentence.

    Examples
    --------
    >>> rounded(34.5), rounded(0.125, 2), rounded(-0.4)
    (Decimal('35'), Decimal('0.13'), Decimal('0'))
    """
    plain = float(value)
    if not math.isfinite(plain):
        raise ValueError(f"cannot print {plain!r}; expected a finite number; a missing figure is said in words")
    exact = Decimal(value) if isinstance(value, int) else Decimal(repr(plain))
    result = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return result if result else abs(result)


def _dutch(value: Decimal) -> str:
    """Finished decimal with points for thousands, a comma and a real minus."""
    sign = MINUS if value < 0 else ""
    return sign + f"{abs(value):,f}".translate(_SEPARATORS)


def number(value: float, decimals: int = 0) -> str:
    """Number with points for thousands and a decimal comma.

    Parameters
    ----------
    value
        Finite number.
    decimals
        Decimals that are always printed.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        When the value is not finite.

    Examples
    --------
    >>> number(1234.5), number(5974.5, 1), number(0.125, 2)
    ('1.235', '5.974,5', '0,13')
    """
    return _dutch(rounded(value, decimals))


def plain_number(value: float, max_decimals: int = 2) -> str:
    """Number without closing zeros: 1.5 is "1,5" and 1 is "1"; for factors and levels.

    Examples
    --------
    >>> plain_number(1.5), plain_number(2.0), plain_number(2.09), plain_number(10110)
    ('1,5', '2', '2,09', '10.110')
    """
    full = rounded(value, max_decimals)
    shortest = next(d for d in range(max_decimals + 1) if d == max_decimals or rounded(value, d) == full)
    return _dutch(rounded(value, shortest))


def _says_too_much(value: Decimal, shown: Decimal) -> bool:
    """Whether rounding would say that nothing, or everything, was done while a part was."""
    return (value != 0 and shown == 0) or (value < 100 <= shown)


def percent_decimals(value_pct: float, decimals: int = 0) -> int:
    """Decimals needed so that a part of the whole is not printed as 0 % or 100 %.

    Parameters
    ----------
    value_pct
        Percentage, unrounded.
    decimals
        Decimals wanted.

    Returns
    -------
    int
        ``decimals``, or up to :data:`MAX_DECIMALS` when the value would otherwise read as 0 % while it is not zero,
        or as 100 % while it is below.
    """
    exact = Decimal(repr(float(value_pct))) if math.isfinite(value_pct) else Decimal(0)
    for more in range(decimals, MAX_DECIMALS):
        if not _says_too_much(exact, rounded(value_pct, more)):
            return more
    return max(decimals, MAX_DECIMALS)


def percent(value_pct: float, decimals: int = 0) -> str:
    """Percentage with a no-break space before the sign.

    A share below 100 never prints as "100 %" and a share above 0 never as "0 %": decimals are added, at most three.
    What is still too small or too close then reads "0,001 %" or "99,999 %": the nearest printed value on the true
    side, because a council may not read that a target is reached when it is not.

    Parameters
    ----------
    value_pct
        Percentage (45 means 45 %), finite.
    decimals
        Decimals printed when the number allows it.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        When the value is not finite.

    Examples
    --------
    >>> percent(45.368), percent(34.5), percent(99.97), percent(0.3), percent(0)
    ('45\\xa0%', '35\\xa0%', '99,97\\xa0%', '0,3\\xa0%', '0\\xa0%')
    """
    places = percent_decimals(value_pct, decimals)
    shown = rounded(value_pct, places)
    if _says_too_much(Decimal(repr(float(value_pct))), shown):
        step = Decimal(1).scaleb(-places)
        shown = Decimal(100) - step if shown >= 100 else step.copy_sign(Decimal(repr(float(value_pct))))
    return f"{_dutch(shown)}{BEFORE_PERCENT}%"


def percent_pair(share_pct: float, expected_pct: float) -> tuple[str, str]:
    """Share and expected share, told apart where the verdict tells them apart.

    Verdicts use unrounded numbers. When both would print the same while the share is behind, decimals are added to
    both (spec design.md 4), at most three.

    Parameters
    ----------
    share_pct
        Share reached.
    expected_pct
        Share that was expected at the same date.

    Returns
    -------
    tuple of str

    Raises
    ------
    ValueError
        When one of the values is not finite.

    Examples
    --------
    >>> percent_pair(49.6, 50.0)
    ('49,6\\xa0%', '50,0\\xa0%')
    >>> percent_pair(50.2, 50.0), percent_pair(45.3, 50.0)
    (('50\\xa0%', '50\\xa0%'), ('45\\xa0%', '50\\xa0%'))
    """
    pair = (percent(share_pct), percent(expected_pct))
    if share_pct >= expected_pct or rounded(share_pct) != rounded(expected_pct):
        return pair
    for decimals in range(1, MAX_DECIMALS + 1):
        pair = (percent(share_pct, decimals), percent(expected_pct, decimals))
        if pair[0] != pair[1]:
            return pair
    return pair


def percent_spoken(value_pct: float, decimals: int = 0) -> str:
    """Percentage for a text alternative, where the sign is written as a word (spec design.md 7.1).

    Examples
    --------
    >>> percent_spoken(45.368)
    '45\\xa0procent'
    """
    return percent(value_pct, decimals).replace("%", "procent")


def unit_decimals(value: float, unit: Unit, decimals: int | None = None) -> int:
    """Decimals with which an amount is printed.

    Counted things are whole; where they are not (half a charge point equivalent, a level of 0,08 plot) decimals are
    shown, at most two. Measured units keep what the catalogue declares. What is not zero never prints as 0.
    """
    if decimals is not None:
        return decimals
    wanted = unit.decimals
    if unit.counted:
        two = rounded(value, 2)
        wanted = next(places for places in range(3) if places == 2 or rounded(value, places) == two)
    return next(
        (places for places in range(wanted, MAX_DECIMALS) if value == 0 or rounded(value, places)), MAX_DECIMALS
    )


def has_counted_word(unit: Unit) -> bool:
    """Whether amounts of the unit end in a word with a singular ("boom") and not in a symbol ("m²", "CPE")."""
    return unit.counted and not unit.symbol.isupper()


def unit_word(value: float, unit: Unit, decimals: int = 0) -> str:
    """Word or symbol behind an amount: the word for counted units, the symbol for measured ones.

    Examples
    --------
    >>> tree = Unit(singular="boom", plural="bomen", symbol="bomen", counted=True)
    >>> unit_word(1, tree), unit_word(0, tree)
    ('boom', 'bomen')
    """
    if not has_counted_word(unit):
        return unit.symbol
    return unit.singular if rounded(value, decimals) == 1 else unit.plural


def amount(value: float, unit: Unit, decimals: int | None = None) -> str:
    """Number with its unit: "4.310 bomen", "1 boom", "2,5 m²", "179 CPE".

    Parameters
    ----------
    value
        In the unit, finite.
    unit
        Declared unit. Counted units get their word, singular for 1; abbreviations in capitals (CPE) and measured
        units get their symbol. Percent signs follow the rules of :func:`percent`.
    decimals
        Decimals to print; by default those of the unit, and for a counted unit below 1 as many as it takes.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        When the value is not finite.

    Examples
    --------
    >>> tree = Unit(singular="boom", plural="bomen", symbol="bomen", counted=True)
    >>> amount(4310, tree), amount(1, tree)
    ('4.310\\xa0bomen', '1\\xa0boom')
    """
    places = unit_decimals(value, unit, decimals)
    if unit.symbol.startswith("%"):
        # A yearly rate of 0 is a real zero; one of 0,004 is not, hence the rules of percent.
        return percent(value, places).replace("%", unit.symbol, 1)
    return f"{number(value, places)}{NBSP}{unit_word(value, unit, places)}"


def count_noun(count: int, singular: str, plural: str) -> str:
    """Whole number with its noun; 1 takes the singular, everything else (0 too) the plural.

    Examples
    --------
    >>> count_noun(1, "doel", "doelen"), count_noun(2, "doel", "doelen")
    ('1 doel', '2 doelen')
    """
    return f"{number(count)} {singular if count == 1 else plural}"
