"""Comparisons against a second computation: rates, medians of at least ten, ranks on what is printed."""

from __future__ import annotations

import pandas as pd
import pytest

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import assess
from lekp_lib.indicators.compare import compare, similar_better
from lekp_lib.parameters import ReportParameters
from tests.independent import expected_tables

TARGETS = [target for target in expected_tables.pact() if target.get("nr") in expected_tables.RATES]


@pytest.fixture(scope="module")
def tables(edition: Edition, parameters: ReportParameters) -> tuple[pd.DataFrame, pd.DataFrame]:
    assessments = assess(edition, parameters)
    return assessments, compare(assessments, edition)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target["id"])
def test_rates_medians_and_ranks(edition: Edition, tables: tuple[pd.DataFrame, pd.DataFrame], target: dict) -> None:
    assessments, comparisons = tables
    rates = assessments[assessments["target_id"] == target["id"]].set_index("nis")["rate"].dropna()
    expected = expected_tables.rates(edition.id, target["id"])
    assert set(rates.index) == set(expected)
    assert all(abs(rates[nis] - float(rate)) < 1e-9 for nis, rate in expected.items())
    own = comparisons[comparisons["target_id"] == target["id"]].set_index(["nis", "group"])
    better = similar_better(assessments, edition)
    for nis in ("44021", "11002", "73028", "33016", "23050"):
        for group, wanted in expected_tables.compare(edition.id, nis, target).items():
            row = own.loc[(nis, group)]
            assert (row["members"], row["n"]) == (wanted["members"], wanted["n"])
            for column in ("median", "ahead"):
                if wanted[column] is None:
                    assert pd.isna(row[column])
                else:
                    assert row[column] == pytest.approx(float(wanted[column]))
        assert better[nis, target["id"]] == expected_tables.similar_better(edition.id, nis, target)
