"""Municipalities that merged: sums only of what is complete, rates computed again, denominators laid over."""

from __future__ import annotations

import datetime as dt

import pytest

from lekp_lib.edition.mergers import Merged, merge_figures
from lekp_lib.edition.models import Measure, Observation, Status
from lekp_lib.errors import RegisterError
from lekp_lib.pact import load_catalog
from lekp_lib.register import CountFact, RegisterProblems, load_register

ON, BEFORE = dt.date(2025, 12, 31), dt.date(2023, 12, 31)
HASSELT, KORTESSEM, MERGED = "71022", "73040", "71072"
REGISTER = load_register()


def figure(
    nis: str, value: float = 10.0, target: str = "bomen", indicator: str = "bomen", **more: object
) -> Observation:
    given: dict[str, object] = {
        "target_id": target, "indicator": indicator, "nis": nis, "reference_date": BEFORE, "value": value,
        "status": Status.FINAL, "source_id": "groenblauwpeil", "retrieved": dt.date(2024, 2, 1),
    }  # fmt: skip
    return Observation(**(given | more))  # type: ignore[arg-type]


def merged(*figures: Observation, on: dt.date = ON) -> Merged:
    return merge_figures(figures, load_catalog(), REGISTER, on)


def test_counts_of_all_former_municipalities_are_summed() -> None:
    result = merged(
        figure(HASSELT, 10, status=Status.CORRECTED, original=7.0, correction_note="Geteld"),
        figure(KORTESSEM, 5, status=Status.PROVISIONAL, retrieved=dt.date(2024, 1, 1), date_precision="jaar"),
        figure("11001", 3),
    )
    whole = next(item for item in result.figures if item.nis == MERGED)
    assert (whole.value, whole.original, whole.correction_note) == (15.0, 12.0, "Geteld")
    assert (whole.status, whole.date_precision, whole.retrieved) == (Status.PROVISIONAL, "jaar", dt.date(2024, 1, 1))
    assert whole.remark == "Som van de cijfers van Hasselt en Kortessem."
    assert len(result.figures) == 2 and result.former == ()


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ([figure(HASSELT)], "geen cijfer van Kortessem op dezelfde datum"),
        ([figure(HASSELT), figure(KORTESSEM, reference_date=dt.date(2023, 6, 30))], "op dezelfde datum"),
        ([figure(HASSELT), figure(KORTESSEM, measure=Measure.SHARE_PCT)], "alleen een deel van het doel"),
        ([figure(HASSELT, 40, "verledding", "aandeel_led"), figure(KORTESSEM, 60, "verledding", "aandeel_led")],
         "percentage of verhouding"),
        ([figure(HASSELT, 1, "geen_heffing", "geen_heffing"), figure(KORTESSEM, 0, "geen_heffing", "geen_heffing")],
         "niet hetzelfde antwoord"),
        ([figure(HASSELT), figure(KORTESSEM), figure(MERGED, 17)], "cijfer van de fusiegemeente zelf is bekend"),
    ],
)  # fmt: skip
def test_what_makes_no_sum_is_kept_with_the_reason(figures: list[Observation], reason: str) -> None:
    result = merged(*figures)
    assert [item.value for item in result.figures] == [item.value for item in figures if item.nis == MERGED]
    assert len(result.former) == sum(item.nis != MERGED for item in figures)
    assert all(reason in item.remark and "Niet opgeteld" in item.remark for item in result.former)


def test_rates_are_computed_again_from_the_summed_amounts() -> None:
    result = merged(
        *(figure(nis, share, "verledding", "aandeel_led") for nis, share in ((HASSELT, 40), (KORTESSEM, 60))),
        *(figure(nis, lamps, "verledding", "led_punten") for nis, lamps in ((HASSELT, 400), (KORTESSEM, 60))),
        *(figure(nis, lamps, "verledding", "lichtpunten") for nis, lamps in ((HASSELT, 1000), (KORTESSEM, 100))),
    )
    found = {item.indicator: item for item in result.figures}
    assert found["aandeel_led"].value == pytest.approx(100 * 460 / 1100)
    assert "Opnieuw berekend" in found["aandeel_led"].remark
    assert {item.nis for item in result.former} == {HASSELT, KORTESSEM}


def test_same_answer_of_all_is_the_answer_of_the_whole() -> None:
    answers = [
        figure(nis, 1.0, "geen_heffing", "geen_heffing", since=since)
        for nis, since in ((HASSELT, dt.date(2021, 1, 1)), (KORTESSEM, dt.date(2022, 5, 1)))
    ]
    (whole,) = merged(*answers).figures
    assert (whole.nis, whole.value, whole.since) == (MERGED, 1.0, dt.date(2022, 5, 1))


def test_code_that_lives_on_with_more_territory_is_a_part_before_the_merger() -> None:
    result = merged(figure("11002", 100), figure("11002", 200, reference_date=dt.date(2025, 6, 30)))
    assert [(item.value, item.reference_date) for item in result.figures] == [(200, dt.date(2025, 6, 30))]
    assert "Borsbeek" in result.former[0].remark
    assert merged(figure("11002", 100), figure("11007", 5)).figures[0].value == 105


def test_codes_of_2018_are_summed_too_and_codes_of_2019_stay_before_2025() -> None:
    parts = [figure("44011", 3, reference_date=dt.date(2018, 12, 31)),
             figure("44049", 4, reference_date=dt.date(2018, 12, 31))]  # fmt: skip
    assert [(item.nis, item.value) for item in merged(*parts).figures] == [("44083", 7)]
    assert {item.nis for item in merged(figure(HASSELT), on=dt.date(2024, 6, 30)).figures} == {HASSELT}


def test_unknown_code_is_refused() -> None:
    with pytest.raises(RegisterError, match="99999"):
        merged(figure("99999"))


# --- denominators that were brought in --------------------------------------------------------------------------


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
