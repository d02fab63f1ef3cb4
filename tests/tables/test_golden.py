"""The tables against the assessments and comparisons that were recorded before they existed: no difference at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import assess
from lekp_lib.indicators.compare import compare
from lekp_lib.parameters import ReportParameters

GOLDEN = Path(__file__).parents[3] / "shared" / "golden"
KEY = ["nis", "target_id"]
OLD_NAMES = {"level": "level_shown", "pace_per_year": "recent_pace", "needed_per_year": "needed_pace"}
pytestmark = pytest.mark.skipif(not GOLDEN.is_dir(), reason="the recorded tables stand in ../shared/golden")


def golden(name: str, edition: Edition, key: list[str]) -> pd.DataFrame:
    table = pd.read_csv(GOLDEN / f"{name}_{edition.id}.csv.gz", dtype={"nis": str, "pact_version": str})
    return table.set_index(key)


def test_assessments(edition: Edition, parameters: ReportParameters) -> None:
    expected = golden("assessments", edition, KEY)
    expected["reference_date"] = expected["reference_date"].astype("datetime64[s]")
    found = assess(edition, parameters).rename(columns=OLD_NAMES).set_index(KEY).reindex(expected.index)
    pd.testing.assert_frame_equal(found[expected.columns], expected, check_dtype=False, rtol=0, atol=1e-8)


def test_comparisons(edition: Edition, parameters: ReportParameters) -> None:
    key = [*KEY, "group"]
    expected = golden("comparisons", edition, key)
    names = {"n": "with_data", "median": "median_pct"}
    table = compare(assess(edition, parameters), edition)
    found = table.rename(columns=names).set_index(key).reindex(expected.index)
    pd.testing.assert_frame_equal(found[expected.columns], expected, check_dtype=False, rtol=0, atol=1e-8)
