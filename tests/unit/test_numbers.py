"""Printed numbers: half up, Dutch signs, and never a 0 % or 100 % that is not one."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lekp_lib.pact.models import Unit
from lekp_lib.present.dates import date_long, date_of, date_short
from lekp_lib.present.numbers import (
    amount,
    count_noun,
    number,
    percent,
    percent_pair,
    percent_spoken,
    plain_number,
    rounded,
)

TREE = Unit(singular="boom", plural="bomen", symbol="bomen", counted=True)
CPE = Unit(singular="laadpuntequivalent", plural="laadpuntequivalenten", symbol="CPE", counted=True)
AREA = Unit(singular="vierkante meter", plural="vierkante meter", symbol="m²", counted=False)
METRE = Unit(singular="meter", plural="meter", symbol="m", counted=False, decimals=1)
RATE = Unit(singular="procent per jaar", plural="procent per jaar", symbol="% per jaar", counted=False, decimals=2)

finite = st.floats(-1e12, 1e12, allow_nan=False, allow_infinity=False)
shares = st.floats(0, 400, allow_nan=False)


def read_back(text: str) -> Decimal:
    """A printed Dutch number as a number."""
    return Decimal(text.split("\u00a0", maxsplit=1)[0].translate(str.maketrans({".": "", ",": ".", "\u2212": "-"})))


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (34.5, 0, "35"),
        (0.125, 2, "0,13"),
        (0.145, 2, "0,15"),
        (2.675, 2, "2,68"),
        (-34.5, 0, "−35"),
        (-0.2, 0, "0"),
        (1234, 0, "1.234"),
        (12345.5, 1, "12.345,5"),
        (6_600_000, 0, "6.600.000"),
        (12345678901234567890, 0, "12.345.678.901.234.567.890"),
        (5e-324, 0, "0"),
    ],
)
def test_numbers_round_half_up_with_dutch_signs(value: float, decimals: int, shown: str) -> None:
    assert number(value, decimals) == shown


@given(value=finite, decimals=st.integers(0, 3))
def test_what_is_printed_is_the_rounded_value(value: float, decimals: int) -> None:
    text = number(value, decimals)
    assert read_back(text) == rounded(value, decimals)
    assert abs(Decimal(repr(value)) - rounded(value, decimals)) <= Decimal("0.5").scaleb(-decimals)
    assert text not in ("−0", "−0,0", "−0,00", "−0,000")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_missing_figure_is_refused(value: float) -> None:
    for show in (
        number,
        percent,
        percent_spoken,
        lambda value: amount(value, TREE),
        lambda value: percent_pair(value, 5),
    ):
        with pytest.raises(ValueError, match="finite number"):
            show(value)


@given(share=shares)
def test_only_nothing_is_0_percent_and_only_all_is_100_percent(share: float) -> None:
    shown = read_back(percent(share))
    assert (shown == 0) == (share == 0)
    assert (shown >= 100) == (share >= 100)
    assert abs(shown - Decimal(repr(share))) <= Decimal("0.5")


def test_percent_takes_decimals_only_where_needed() -> None:
    assert [percent(value) for value in (45.368, 0.3, 99.6, 99.96, 100, 107.5, 0.00001, 99.99999)] == [
        "45\u00a0%",
        "0,3\u00a0%",
        "99,6\u00a0%",
        "99,96\u00a0%",
        "100\u00a0%",
        "108\u00a0%",
        "0,001\u00a0%",
        "99,999\u00a0%",
    ]
    assert percent(-0.00001) == "−0,001\u00a0%"
    assert percent_spoken(45.4) == "45\u00a0procent"


@given(share=shares, expected=st.floats(0, 100, allow_nan=False))
def test_a_share_that_is_behind_never_looks_equal(share: float, expected: float) -> None:
    first, second = map(read_back, percent_pair(share, expected))
    if expected - share >= 0.001:
        assert first < second
    elif share >= expected:
        assert first >= second
    assert abs(first - Decimal(repr(share))) <= Decimal("0.5")


def test_pair_shows_the_decimals_that_decide() -> None:
    assert percent_pair(49.6, 50.0) == ("49,6\u00a0%", "50,0\u00a0%")
    assert percent_pair(49.98, 50.02) == ("49,98\u00a0%", "50,02\u00a0%")
    assert percent_pair(50.2, 49.8) == ("50\u00a0%", "50\u00a0%")
    assert percent_pair(34.5, 50.0) == ("35\u00a0%", "50\u00a0%")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (4310, TREE, "4.310 bomen"),
        (1, TREE, "1 boom"),
        (0, TREE, "0 bomen"),
        (0.08, TREE, "0,08 bomen"),
        (179, CPE, "179 CPE"),
        (26.5, CPE, "26,5 CPE"),
        (2.5, AREA, "3 m²"),
        (0.2, AREA, "0,2 m²"),
        (5974.5, METRE, "5.974,5 m"),
        (2.09, RATE, "2,09 % per jaar"),
    ],
)
def test_amounts_carry_word_or_symbol(value: float, unit: Unit, shown: str) -> None:
    assert amount(value, unit).replace("\u00a0", " ") == shown


def test_plain_numbers_drop_closing_zeros() -> None:
    assert [plain_number(value) for value in (1.5, 2, 2.09, 0.5, 10110, 3.999)] == [
        "1,5",
        "2",
        "2,09",
        "0,5",
        "10.110",
        "4",
    ]


def test_nouns_follow_their_number() -> None:
    assert [count_noun(count, "doel", "doelen") for count in (0, 1, 2, 1200)] == [
        "0 doelen",
        "1 doel",
        "2 doelen",
        "1.200 doelen",
    ]


def test_dates_are_as_exact_as_their_source() -> None:
    day = dt.date(2023, 2, 28)
    assert (date_long(day), date_short(day)) == ("28 februari 2023", "28/2/2023")
    assert [date_of(day, precision) for precision in ("dag", "maand", "jaar")] == [
        "28 februari 2023",
        "februari 2023",
        "2023",
    ]
    with pytest.raises(ValueError, match="expected dag, maand or jaar"):
        date_of(day, "week")
