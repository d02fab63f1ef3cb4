"""The second computation agrees with what is known of it: cells that each rule changes, verdicts that are left."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.independent.expected_tables import RULES, assess, changes

NO_VERDICT = ("zonder oordeel", "niet in deze editie", "niet van toepassing")
VERDICTS_CHANGED = {"voorbeeld": {"A3": 40, "B2": 138, "B4": 60}, "gepubliceerd": {"A3": 4, "B5": 1}}


@pytest.mark.parametrize("edition", VERDICTS_CHANGED)
def test_verdict_cells_that_each_rule_changes(edition):
    found = {rule: changes(edition, rule).get("verdict", 0) for rule in RULES}
    assert {rule: number for rule, number in found.items() if number} == VERDICTS_CHANGED[edition]


def test_published_verdicts_that_are_left():
    words = Counter(row["verdict"] for row in assess("gepubliceerd").values())
    assert sum(number for word, number in words.items() if word not in NO_VERDICT) == 75
