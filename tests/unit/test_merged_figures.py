"""Municipalities that merged: an edition sums only what is complete, and computes rates again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import assess
from lekp_lib.parameters import ReportParameters
from tests.unit.test_prepare import Desk, of

HASSELT, KORTESSEM, MERGED = "71022", "73040", "71072"
HEADER = "nis;doel;deelindicator;datum;waarde;soort;status;sinds;opmerking\n"
ROWS = """\
71022;bomen;;2023-12-31;10;;gemeten;;Geteld
73040;bomen;;2023-12;5;;voorlopig;;
11001;bomen;;2023-12-31;3;;gemeten;;
71022;bomen;publiek;2023-12-31;4;;gemeten;;
71022;bomen;privaat;2022-12-31;4;;gemeten;;
73040;bomen;privaat;2022-06-30;4;;gemeten;;
71022;ontharding;;2023-12-31;10;;gemeten;;
73040;ontharding;;2023-12-31;10;procent van doel;gemeten;;
71022;energie_patrimonium;;2023-12-31;2;;gemeten;;
73040;energie_patrimonium;;2023-12-31;1;;gemeten;;
71022;geen_heffing;;2023-12-31;ja;;gemeten;2021-01-01;
73040;geen_heffing;;2023-12-31;ja;;gemeten;2022-05-01;
71022;geen_heffing;;2022-12-31;ja;;gemeten;2021-01-01;
73040;geen_heffing;;2022-12-31;nee;;gemeten;;
71022;laadpunten;cpe;2024-12-31;10;;gemeten;;
71072;laadpunten;cpe;2024-12-31;17;;gemeten;;
71022;verledding;aandeel_led;2023-12-31;40;;gemeten;;
73040;verledding;aandeel_led;2023-12-31;60;;gemeten;;
71022;verledding;led_punten;2023-12-31;400;;gemeten;;
73040;verledding;led_punten;2023-12-31;60;;gemeten;;
71022;verledding;lichtpunten;2023-12-31;1000;;gemeten;;
73040;verledding;lichtpunten;2023-12-31;100;;gemeten;;
11002;deelsystemen;deelwagens;2024-12-31;100;;gemeten;;
11002;deelsystemen;deelwagens;2025-06-30;200;;gemeten;;
11002;natuurgroenperken;;2024-12-31;20;;gemeten;;
11007;natuurgroenperken;;2024-12-31;2;;gemeten;;
71022;natuurgroenperken;;2024-12-31;;;niet geregistreerd;;
73040;natuurgroenperken;;2024-12-31;;;niet geregistreerd;;
71022;natuurgroenperken;;2023-12-31;3;;gemeten;;
73040;natuurgroenperken;;2023-12-31;;;niet geregistreerd;;
"""
CORRECTION = """\
correcties:
  - {nis: 71022, doel: bomen, peildatum: 2023-12-31, verwacht: 10, waarde: 12, reden: Geteld, auteur: Jo,
     datum: 2026-01-05, status: actief}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("fusies"))
    made.bring_in(HEADER + ROWS)
    made.say(CORRECTION, "toelichtingen: []\n")
    return made


@pytest.fixture(scope="module")
def edition(desk: Desk) -> Edition:
    return desk.edition()


def test_counts_of_all_former_municipalities_are_summed(edition: Edition) -> None:
    (whole,) = of(edition.figures, "bomen", MERGED, "value", "original", "status", "date_precision", "remark")
    told = "Geteld. Som van de cijfers van Hasselt en Kortessem."
    assert whole == (17.0, 15.0, "voorlopig", "maand", told)
    assert of(edition.figures, "bomen", MERGED, "correction_note") == ["Geteld (Jo, 5/1/2026)"]
    assert of(edition.figures, "bomen", "11001", "value") == [3.0]


@pytest.mark.parametrize(
    ("target", "series", "day", "reason"),
    [
        ("bomen", "publiek", "2023-12-31", "geen cijfer van Kortessem op dezelfde datum"),
        ("bomen", "privaat", "2022-12-31", "geen cijfer van Kortessem op dezelfde datum"),
        ("ontharding", "ontharding", "2023-12-31", "alleen een deel van het doel"),
        ("energie_patrimonium", "jaarlijkse_besparing", "2023-12-31", "percentage of verhouding"),
        ("geen_heffing", "geen_heffing", "2022-12-31", "niet hetzelfde antwoord"),
        ("laadpunten", "cpe", "2024-12-31", "cijfer van de fusiegemeente zelf is bekend"),
        ("natuurgroenperken", "natuurgroenperken", "2023-12-31", "geen cijfer van Kortessem op dezelfde datum"),
        ("verledding", "aandeel_led", "2023-12-31", "opnieuw berekend voor de fusiegemeente"),
    ],
)
def test_what_makes_no_sum_is_kept_with_the_reason(
    target: str, series: str, day: str, reason: str, edition: Edition
) -> None:
    former = edition.frame("former")
    rows = former[(former["indicator"] == series) & (former["reference_date"] == day) & (former["target_id"] == target)]
    assert len(rows) and set(rows["nis"]) <= {HASSELT, KORTESSEM}
    assert rows["remark"].str.contains(f"Niet opgeteld: .*{reason}").all()
    figures = edition.figures
    whole = figures[(figures["nis"] == MERGED) & (figures["indicator"] == series) & (figures["reference_date"] == day)]
    assert whole["value"].tolist() == {"cpe": [17.0], "aandeel_led": [pytest.approx(100 * 460 / 1100)]}.get(series, [])


def test_rates_are_computed_again_from_the_summed_amounts(edition: Edition) -> None:
    remarks = of(edition.figures, "verledding", MERGED, "indicator", "remark")
    assert [text for series, text in remarks if series == "aandeel_led"] == [
        "Som van de cijfers van Hasselt en Kortessem. Opnieuw berekend uit de opgetelde aantallen."
    ]


def test_same_answer_of_all_is_the_answer_of_the_whole(edition: Edition) -> None:
    (whole,) = of(edition.figures, "geen_heffing", MERGED, "value", "since", "remark")
    assert (whole[0], whole[1].date()) == (1.0, dt.date(2022, 5, 1)) and "Zelfde antwoord van Hasselt" in whole[2]
    (nothing,) = edition.unregistered.itertuples()
    assert (nothing.nis, nothing.remark) == (MERGED, "Niets ingevuld voor Hasselt en Kortessem.")


def test_code_that_lives_on_with_more_territory_is_a_part_before_the_merger(edition: Edition) -> None:
    assert of(edition.figures, "deelsystemen", "11002", "value") == [200.0]
    assert "Borsbeek" in of(edition.frame("former"), "deelsystemen", "11002", "remark")[0]
    assert of(edition.figures, "natuurgroenperken", "11002", "value") == [22.0]


def test_codes_of_2019_stay_before_2025(desk: Desk) -> None:
    early = desk.edition("vroeg", dt.date(2024, 6, 30))
    assert set(early.figures["nis"]) == {HASSELT, KORTESSEM, "11001"} and early.frame("former").empty


def test_sum_speaks_for_its_weakest_source(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    rows = "71022;bomen;2023-12-31;10;gemeten;gemeente\n73040;bomen;2023-12-31;5;gemeten;pers\n"
    desk.bring_in("nis;doel;datum;waarde;status;bron\n" + rows)
    (whole,) = of(desk.edition().figures, "bomen", MERGED, "value", "source_id", "remark")
    assert whole == (15.0, "pers", "Som van de cijfers van Hasselt (Gemeente) en Kortessem (Pers).")
    assessed = assess(desk.edition("nog"), ReportParameters(gemeente="*")).set_index(["nis", "target_id"])
    assert assessed.loc[(MERGED, "bomen"), ["verdict", "reason"]].tolist() == ["zonder oordeel", "source_rank"]


@pytest.mark.parametrize(("before", "original"), [("ja;ja", 1.0), ("ja;nee", None)])
def test_answer_that_both_corrected_keeps_the_answer_of_the_source(
    before: str, original: float | None, tmp_path: Path
) -> None:
    desk, (first, second) = Desk(tmp_path), before.split(";")
    desk.bring_in(
        HEADER
        + f"71022;geen_heffing;;2023-12-31;{first};;gemeten;;\n73040;geen_heffing;;2023-12-31;{second};;gemeten;;"
    )
    entry = "doel: geen_heffing, peildatum: 2023-12-31, waarde: nee, reden: Toch, auteur: Jo, datum: 2026-01-05"
    pairs = ((HASSELT, first), (KORTESSEM, second))
    corrections = [f"  - {{nis: {nis}, verwacht: {answer}, {entry}, status: actief}}\n" for nis, answer in pairs]
    desk.say("correcties:\n" + "".join(corrections), "toelichtingen: []\n")
    (whole,) = of(desk.edition().figures, "geen_heffing", MERGED, "value", "original", "status")
    assert whole[0] == 0.0 and whole[2] == "gecorrigeerd"
    assert whole[1] == original or (original is None and pd.isna(whole[1]))
