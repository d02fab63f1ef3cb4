"""Drafts for the tests of the Word file and the annotated page: a usual one, and one with hostile foreign texts."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from lekp_lib import open_report
from lekp_lib.present.decision import DecisionInput, DecisionText, decision_text
from lekp_lib.present.decision_block import decision_input

HOSTILE_NAME = '<script>alert("1")</script> & [datum] =1+1\x00\u202e'
HOSTILE_EXPLANATION = '</div></main><img src=x onerror="alert(1)"> [vul mij in] #let x ]]>'


@cache
def example_input() -> DecisionInput:
    return decision_input(open_report(gemeente="Gent", editie="voorbeeld"))


@cache
def example() -> DecisionText:
    return decision_text(example_input())


@cache
def usual() -> DecisionText:
    """The figures of the example edition as if they were real ones."""
    return decision_text(replace(example_input(), banner=""))


@cache
def hostile() -> DecisionText:
    given = replace(
        example_input(),
        place=HOSTILE_NAME,
        edition=HOSTILE_NAME,
        former=(HOSTILE_NAME, "Gent"),
        merged_on=example_input().reference_date,
        explanations={"bomen": [HOSTILE_EXPLANATION]},
    )
    return decision_text(given)
