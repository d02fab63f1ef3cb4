"""Denominators that were brought in: laid over the packaged ones, summed after mergers, refused when wrong."""

from __future__ import annotations

import datetime as dt

import pytest

from lekp_lib.register import CountFact, RegisterProblems, load_register

ON = dt.date(2025, 12, 31)
HASSELT, KORTESSEM, MERGED = "71022", "73040", "71072"
REGISTER = load_register()


def count(nis: str, value: int, date: dt.date = dt.date(2020, 1, 1), kind: str = "inwoners") -> CountFact:
    return CountFact(nis, kind, date, value, "Nieuwe telling")


def test_new_population_counts_for_the_successor_too_and_leaves_the_packaged_register_alone() -> None:
    register = REGISTER.with_counts([count(HASSELT, 80_000), count("11001", 15_000)])
    told = register.population(MERGED, 2020, ON)
    assert told is not None and told.value == 80_000 + 8_437 and "Nieuwe telling" in told.source
    for day in (ON, dt.date(2024, 1, 1)):
        own = register.population("11001", 2020, day)
        assert own is not None and own.value == 15_000
    unchanged = REGISTER.population(MERGED, 2020, ON)
    assert unchanged is not None and unchanged.value == 87_151


def test_antwerpen_before_the_merger_is_not_antwerpen_after_it() -> None:
    register = REGISTER.with_counts([count("11002", 529_000)])
    old, new = register.population("11002", 2020, dt.date(2024, 1, 1)), register.population("11002", 2020, ON)
    assert old is not None and new is not None
    assert (old.value, new.value) == (529_000, 529_000 + 10_949)


def test_newer_dwellings_and_households_come_with_their_date_and_source() -> None:
    day = dt.date(2026, 1, 1)
    register = REGISTER.with_counts(
        [count("11001", 7_000, day, "wooneenheden"), count(MERGED, 41_000, dt.date(2025, 1, 1), "huishoudens")]
    )
    dwellings, households = register.dwellings("11001", ON), register.households(MERGED, 2025, ON)
    assert dwellings is not None and (dwellings.value, dwellings.date) == (7_000, day)
    assert households is not None and households.source == "Nieuwe telling"
    older = REGISTER.households(MERGED, 2020, ON)
    assert older is not None and register.households(MERGED, 2020, ON) == older


def test_dwellings_of_former_municipalities_are_summed() -> None:
    day = dt.date(2026, 1, 1)
    with pytest.raises(RegisterProblems, match="geëindigd in 2024"):
        REGISTER.with_counts([count(HASSELT, 1, day, "wooneenheden")])


def test_every_unusable_count_is_told() -> None:
    wrong = [
        count("99999", 5), count("11001", 0), count("11001", 5, dt.date(2020, 6, 1)), count("11001", 5, kind="honden"),
        count(MERGED, 5), count(HASSELT, 80_000), count(KORTESSEM, 8_000),
    ]  # fmt: skip
    with pytest.raises(RegisterProblems) as caught:
        REGISTER.with_counts(wrong)
    assert len(caught.value.problems) == 4
    with pytest.raises(RegisterProblems, match="som van de vroegere gemeenten"):
        REGISTER.with_counts(wrong[4:])
