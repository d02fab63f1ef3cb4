"""Numbers that a reader may hold against each other: rounding, guards, units, dates."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lekp_lib.pact import load_catalog
from lekp_lib.present import format as fmt
from lekp_lib.present.tables import cell_text, table_block


def _half_up(value: Fraction) -> int:
    return int((value * 2 + 1) // 2)


@given(st.integers(0, 10**7), st.integers(1, 10**6))
def test_a_share_rounds_half_up_on_the_exact_ratio(value: int, level: int) -> None:
    assert int(fmt.rounded(100 * value / level)) == _half_up(Fraction(100 * value, level))


@given(st.floats(0, 99.999999))
def test_what_is_not_whole_never_reads_as_whole(share: float) -> None:
    assert not fmt.percent(share).startswith("100")
    if round(share, 9):
        assert fmt.percent(share).strip("0,\N{NO-BREAK SPACE}%")


@given(st.floats(0.01, 150), st.floats(0.01, 150))
def test_two_shares_that_are_judged_apart_never_print_alike(one: float, other: float) -> None:
    low, high = sorted((round(one, 2), round(other, 2)))
    places = fmt.decimals_apart(low, high)
    assert low == high or fmt.percent(low, places) != fmt.percent(high, places)


@pytest.mark.parametrize(
    ("value", "level", "expected"),
    [(23207, 263927, "23.207 van 263.927 bomen"), (0, 1, "0 van 1 boom"), (99.4, 100, "99,4 van 100 bomen")],
)
def test_a_figure_beside_its_level(value: float, level: float, expected: str) -> None:
    unit = load_catalog().target("bomen").indicators[0].unit
    assert fmt.of_level(value, level, unit).replace("\N{NO-BREAK SPACE}", " ") == expected


def test_what_is_needed_is_rounded_up() -> None:
    unit = load_catalog().target("bomen").indicators[0].unit
    assert fmt.rounded_up(38.0001, unit) == "39\N{NO-BREAK SPACE}bomen" and fmt.rounded_up(38.0, unit).getal == "38"


def test_dates_are_as_exact_as_their_source() -> None:
    day = dt.date(2023, 2, 28)
    assert [fmt.date_text(day, name) for name in ("dag", "maand", "jaar")] == [
        "28 februari 2023",
        "februari 2023",
        "2023",
    ]


def test_a_missing_figure_cannot_be_printed() -> None:
    with pytest.raises(ValueError, match="finite"):
        fmt.number(float("nan"))


def test_cells_of_any_table() -> None:
    assert [cell_text(2025, "jaar"), cell_text(2025, "bomen"), cell_text("44021", "nis")] == ["2025", "2.025", "44021"]
    frame = pd.DataFrame(
        {"jaar": [2024, 2025], "bomen": [1.5, None]}, index=pd.Index(["Gent", "Aalst"], name="Gemeente")
    )
    block = table_block(frame, "Bomen <b>")
    assert block.data["parts"][0]["rows"] == [["Gent", "2024", "1,5"], ["Aalst", "2025", "niet bekend"]]
    assert "<caption>Bomen &lt;b&gt;</caption>" in block.html() and '<th scope="row">Gent</th>' in block.html()
