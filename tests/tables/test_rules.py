"""Rules of assessment that hold for every number, not only for those of an edition."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from lekp_lib.indicators.assess import EXACT_DECIMALS
from lekp_lib.indicators.compare import half_up

DECIMALS = st.integers(0, 2)


def printed(exact: Fraction, decimals: int) -> Fraction:
    """Half up on the exact ratio."""
    return Fraction(math.floor(exact * 10**decimals + Fraction(1, 2)), 10**decimals)


@given(value=st.decimals(0, 10**6, places=1), level=st.decimals(Decimal("0.1"), 10**5, places=1), decimals=DECIMALS)
def test_rounding_is_half_up_on_the_exact_ratio(value: Decimal, level: Decimal, decimals: int) -> None:
    share = (100 * pd.Series([float(value)]) / pd.Series([float(level)])).round(EXACT_DECIMALS)
    exact = 100 * Fraction(value) / Fraction(level)
    assert Fraction(half_up(share.iloc[0], decimals)) == printed(exact, decimals)
