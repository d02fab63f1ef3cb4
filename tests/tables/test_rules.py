"""Rules of assessment that hold for every number, not only for those of an edition."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lekp_lib.edition import Edition
from lekp_lib.errors import ParameterError
from lekp_lib.indicators.areas import areas
from lekp_lib.indicators.assess import EXACT_DECIMALS, assess, expected_share, year_position
from lekp_lib.indicators.compare import half_up
from lekp_lib.parameters import ReportParameters

DECIMALS = st.integers(0, 2)


def printed(exact: Fraction, decimals: int) -> Fraction:
    """Half up on the exact ratio."""
    return Fraction(math.floor(exact * 10**decimals + Fraction(1, 2)), 10**decimals)


@given(value=st.decimals(0, 10**6, places=1), level=st.decimals(Decimal("0.1"), 10**5, places=1), decimals=DECIMALS)
def test_rounding_is_half_up_on_the_exact_ratio(value: Decimal, level: Decimal, decimals: int) -> None:
    share = (100 * pd.Series([float(value)]) / pd.Series([float(level)])).round(EXACT_DECIMALS)
    exact = 100 * Fraction(value) / Fraction(level)
    assert Fraction(half_up(share.iloc[0], decimals)) == printed(exact, decimals)


DAYS = st.dates(dt.date(2021, 1, 1), dt.date(2035, 12, 31))


def path(kind: str, days: list[dt.date]) -> pd.Series:
    row = pd.DataFrame(
        {"kind": kind, "path_start": pd.Timestamp(2021, 1, 1), "deadline": pd.Timestamp(2030, 12, 31)},
        index=range(len(days)),
    )
    return expected_share(row, pd.to_datetime(pd.Series(days)))


@given(
    days=st.lists(DAYS, min_size=2, max_size=8).map(sorted), kind=st.sampled_from(["cumulatief", "stand", "reductie"])
)
def test_the_path_never_falls_and_ends_at_the_target(days: list[dt.date], kind: str) -> None:
    shares = path(kind, days)
    assert shares.is_monotonic_increasing and shares.between(0, 100).all()
    assert path(kind, [dt.date(2030, 12, 31)]).tolist() == [100]


def test_following_the_needed_pace_reaches_the_level(edition: Edition, parameters: ReportParameters) -> None:
    row = assess(edition, parameters).dropna(subset=["needed_per_year"])
    left = year_position(row["deadline"]) - year_position(row["reference_date"])
    assert len(row) and (row["value"] + row["needed_per_year"] * left - row["level"]).abs().max() < 1e-6
    assert (row["needed_per_year"] > 0).all() and row["tempo"].isin(["ja", "nee", "niet bekend"]).all()


@pytest.mark.parametrize(
    ("place", "year", "words"),
    [
        ("*", 2030, "geen enkele gemeente.*2019, 2020"),
        ("Hasselt", 2022, "Hasselt.*niet bekend; kies een van deze jaren: 2019, 2020"),
    ],
)
def test_a_year_without_inhabitants_is_refused_with_those_that_are_known(place: str, year: int, words: str) -> None:
    edition = Edition.open("gepubliceerd")
    with pytest.raises(ParameterError, match=words):
        assess(edition, ReportParameters(gemeente=place, noemerjaar=year))


def test_others_without_that_year_have_no_level_and_do_not_count() -> None:
    edition = Edition.open("voorbeeld")
    table = assess(edition, ReportParameters(gemeente="Gent", noemerjaar=2022))
    unknown = table[table["reason"] == "no_denominator"]
    assert unknown["nis"].nunique() == 9 and unknown[["level", "share_pct"]].isna().all(axis=None)
    assert unknown["verdict"].eq("zonder oordeel").all()
    whole = areas(table, edition, ReportParameters(gemeente="*", noemerjaar=2022)).set_index(["area", "target_id"])
    trees, holds = whole.loc[("Vlaanderen", "bomen")], table[table["target_id"] == "bomen"]
    # They are missing from the sum, and the sum says so.
    assert trees["applying"] == (holds["verdict"] != "niet van toepassing").sum() > holds["level"].notna().sum()
    assert pd.isna(trees["level_all"]) and trees["counted"] < trees["applying"]
