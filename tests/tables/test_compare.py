"""Comparisons against a second computation: rates, medians of at least ten, ranks on what is printed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import assess
from lekp_lib.indicators.compare import compare, published_targets, similar_better, verdict_changes
from lekp_lib.parameters import ReportParameters
from tests.independent import expected_tables
from tests.unit.test_prepare import Desk

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


PUBLISHED = """\
nis,naam,target_id,datum,waarde,eenheid,tekst,einde,vergelijkbaar,source_id,url,opmerking
44021,Gent,verledding,2023,90,%,,2030,ja,gemeente,https://a.be,
44021,Gent,warmte_sloopbeleid,2023,2,,,2030,ja,gemeente,https://a.be,
11001,Aartselaar,renovatietrajecten_klimaattafels,2023,100,,,2030,ja,gemeente,https://a.be,
"""


def test_published_target_without_a_level_per_inhabitant_has_no_invented_reason(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.bring_in(PUBLISHED, "feiten_gepubliceerde_doelen")
    desk.bring_in("nis;doel;datum;waarde;status\n44021;bomen;2024-12-31;5;gemeten\n", name="b.csv")
    edition = desk.edition()
    found = published_targets(assess(edition, ReportParameters(gemeente="*")), edition).set_index("target_id")
    assert found["reason"].to_dict() == {
        "verledding": "unknown", "warmte_sloopbeleid": "same", "renovatietrajecten_klimaattafels": "other_scope",
    }  # fmt: skip
    assert found.loc["verledding", "level"] == 100 and pd.isna(found.loc["renovatietrajecten_klimaattafels", "level"])


def test_verdicts_of_a_municipality_that_did_not_exist_are_not_compared(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    rows = "71072;bomen;2025-12-31;9;gemeten\n44021;bomen;2024-12-31;9;gemeten\n71022;bomen;2024-12-31;9;gemeten\n"
    desk.bring_in("nis;doel;datum;waarde;status\n" + rows)
    old, new = desk.edition("2024", dt.date(2024, 12, 31)), desk.edition("2025")
    changes = verdict_changes(old, new, ReportParameters(gemeente="71072", pact="2.1"))
    assert set(changes["nis"]).isdisjoint({"71072", "71022"})
