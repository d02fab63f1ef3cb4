"""The second computation agrees with what is known of it: cells that each rule changes, verdicts that are left."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import assess as assess_table
from lekp_lib.indicators.compare import compare as compare_table
from lekp_lib.indicators.compare import similar_better as similar_table
from lekp_lib.parameters import ReportParameters
from tests.independent.expected_tables import (
    RATES,
    REFERENCE_DATES,
    RULES,
    assess,
    changes,
    compare,
    pact,
    rates,
    register,
    similar_better,
)  # fmt: skip

COLUMNS = (
    "pact_version", "level_exact", "level", "value", "share_pct", "expected_pct", "pace_per_year", "needed_per_year",
    "projected_pct", "tempo", "verdict", "reason", "source_id", "indicator", "parts_yes",
)  # fmt: skip

NO_VERDICT = ("zonder oordeel", "niet in deze editie", "niet van toepassing")
VERDICTS_CHANGED = {"voorbeeld": {"A3": 40, "B2": 138, "B4": 60}, "gepubliceerd": {"A3": 4, "B5": 2, "B6": 280}}


@pytest.mark.parametrize("edition", VERDICTS_CHANGED)
def test_verdict_cells_that_each_rule_changes(edition):
    found = {rule: changes(edition, rule).get("verdict", 0) for rule in RULES}
    assert {rule: number for rule, number in found.items() if number} == VERDICTS_CHANGED[edition]


def test_shares_against_a_level_that_is_rounded_down():
    """1.279 shares stand against a rounded level; 71 of them are 0, which no level changes: 1.208 cells."""
    table = assess("voorbeeld")
    rounded = [row for row in table.values() if row["level"] != row["level_exact"] and "share_pct" in row]
    assert (len(rounded), sum(not row["share_pct"] for row in rounded)) == (1279, 71)
    assert changes("voorbeeld", "A3")["share_pct"] == 1208


def test_verdict_and_tempo_that_point_to_different_sides():
    pairs = Counter((row["verdict"], row.get("tempo")) for row in assess("voorbeeld").values())
    assert pairs["op koers", "nee"] == 123
    assert pairs["lichte achterstand", "ja"] + pairs["grote achterstand", "ja"] == 189


def test_published_verdicts_that_are_left():
    words = Counter(row["verdict"] for row in assess("gepubliceerd").values())
    assert sum(number for word, number in words.items() if word not in NO_VERDICT) == 358


def written(value: object) -> object:
    """A cell as it can be compared: missing is one thing, a number is rounded where binary noise begins."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return value if isinstance(value, str) else round(float(value), 7)


@pytest.mark.parametrize("edition", REFERENCE_DATES)
def test_the_table_of_assessments_is_the_expected_one(edition):
    table = assess_table(Edition.open(edition), ReportParameters(gemeente="*", editie=edition))
    expected = assess(edition)
    assert len(table) == len(expected)
    wrong = [
        (row["nis"], row["target_id"], name, row[name], expected[row["nis"], row["target_id"]].get(name))
        for row in table.to_dict("records")
        for name in COLUMNS
        if written(row[name]) != written(expected[row["nis"], row["target_id"]].get(name))
        and not (name == "tempo" and not row[name] and not expected[row["nis"], row["target_id"]].get(name))
    ]
    assert wrong == []


@pytest.mark.parametrize("edition", REFERENCE_DATES)
def test_rates_medians_and_ranks_are_the_expected_ones(edition):
    opened, parameters = Edition.open(edition), ReportParameters(gemeente="*", editie=edition)
    table = assess_table(opened, parameters)
    numbered = [target for target in pact() if target.get("nr") in RATES]
    for target in numbered:
        own = table[table["target_id"] == target["id"]].set_index("nis")["rate"].dropna()
        assert {nis: round(rate, 7) for nis, rate in own.items()} == {
            nis: round(float(rate), 7) for nis, rate in rates(edition, target["id"]).items()
        }, target["id"]
    compared = compare_table(table, opened)
    compared = compared[compared["target_id"].isin([target["id"] for target in numbered])]
    known = {target["id"]: target for target in numbered}
    for (nis, target_id), rows in compared.groupby(["nis", "target_id"]):
        expected = compare(edition, nis, known[target_id])
        for row in rows.to_dict("records"):
            if row["group"] == "buurgemeenten":
                assert written(row["median"]) is None
                continue
            wanted = expected[row["group"]]
            for name in ("members", "n", "median", "ahead"):
                assert written(row[name]) == written(wanted[name]), (nis, target_id, row["group"], name)


def test_similar_municipalities_that_do_better_are_the_expected_ones():
    opened = Edition.open("voorbeeld")
    table = assess_table(opened, ReportParameters(gemeente="*", editie="voorbeeld"))
    found = similar_table(table, opened)
    for target in [target for target in pact() if target.get("nr") in RATES]:
        for nis in list(register())[::7]:
            assert found[nis, target["id"]] == similar_better("voorbeeld", nis, target), (nis, target["id"])
