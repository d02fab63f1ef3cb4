"""Impossible and unlikely figures: each rule finds its mistake, and leaves what is right alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pytest

from lekp_lib.data.checks import Finding, check_counts, check_figures
from lekp_lib.data.readers import FIGURES, read_file
from lekp_lib.data.schema import find_shape
from lekp_lib.pact import load_catalog
from lekp_lib.register import CountFact, load_register

TODAY = dt.date(2026, 11, 23)
SHIPPED = Path(__file__).parents[2] / "lekp_lib" / "data" / "cijfers"
CHARGE_POINTS, PUBLISHED = SHIPPED / "charge_points_2026_03.csv", SHIPPED / "published_figures.csv"


Figure = dict[str, object]


def figure(figure_id: str, value: float, *, nis: str = "44021", date: str = "2025-12-31", **more: object) -> Figure:
    target, _, indicator = figure_id.partition(".")
    given = {
        "target_id": target, "indicator": indicator or target, "nis": nis, "value": float(value),
        "reference_date": dt.date.fromisoformat(date), "status": "definitief", "source_id": "gemeente",
        "measure": "stand", "date_precision": "dag", "url": "", "remark": "", "correction_note": "",
    }  # fmt: skip
    return given | more


def frame(items: Iterable[Figure]) -> pd.DataFrame:
    """Figures as a reader gives them."""
    rows = pd.DataFrame(list(items)).reindex(columns=list(FIGURES)).astype(object)
    return rows.where(rows.notna(), None).astype({"value": float})


def check(*items: Figure, **more: object) -> tuple[Finding, ...]:
    return check_frame(frame(items), **more)


def check_frame(figures: pd.DataFrame, **more: object) -> tuple[Finding, ...]:
    return check_figures(figures, load_catalog(), load_register(), today=TODAY, **more)  # type: ignore[arg-type]


def rules(*items: Figure, **more: object) -> list[tuple[str, str]]:
    return [(item.level, item.rule) for item in check(*items, **more)]


OF_MERGED = {"nis": "46030", "date": "2023-12-31"}


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([figure("bomen", 10, nis="99999")], ("error", "unknown_nis")),
        ([figure("bomen", 10, nis="11007")], ("error", "ended")),
        ([figure("bomen", 10, **OF_MERGED)], ("warning", "not_yet")),  # type: ignore[arg-type]
        ([figure("bomen", 10), figure("bomen", 12)], ("error", "duplicate")),
        ([figure("bomen", 10), figure("bomen", 10)], ("warning", "duplicate")),
        ([figure("bomen", -1)], ("error", "negative")),
        ([figure("verledding.aandeel_led", 100.5)], ("error", "share")),
        ([figure("energie_patrimonium.jaarlijkse_besparing", 60)], ("warning", "share")),
        ([figure("geen_heffing", 2)], ("error", "yes_no")),
        ([figure("co2_grondgebied.uitstoot", 80, measure="aandeel_pct")], ("error", "context")),
        ([figure("bomen", 10, date="2026-12-31")], ("error", "future")),
        ([figure("klimaattafels.uitgenodigd", 10, date="2025-12-31")], ("warning", "closed")),
        ([figure("geen_heffing", 1, since=dt.date(2026, 1, 1))], ("error", "since")),
        ([figure("bomen", 90, date="2024-12-31"), figure("bomen", 80)], ("warning", "falls")),
        ([figure("bomen", 90, date="2024-12-31"), figure("bomen", 901)], ("warning", "jump")),
        ([figure("fietspaden", 7.4)], ("warning", "kilometres")),
        ([figure("fietspaden", 7, date="2024-12-31"), figure("fietspaden", 7400)], ("warning", "kilometres")),
        ([figure("bomen", 10), figure("bomen.publiek", 11)], ("warning", "part")),
        ([figure("bomen", 10, source_id="niemand")], ("error", "form")),
        ([figure("bomen.struiken", 10)], ("error", "form")),
        ([figure("bomen", float("nan"))], ("error", "form")),
    ],
)
def test_every_rule_finds_its_mistake_and_only_that(items: list[Figure], expected: tuple[str, str]) -> None:
    assert rules(*items) == [expected]


def test_shares_written_as_fractions_are_an_error_for_a_whole_file_and_a_question_for_one_figure() -> None:
    share, others = "verledding.aandeel_led", ("11002", "12025", "31005")
    assert rules(figure(share, 0.45), figure(share, 61, nis="11002")) == [("warning", "fraction")]
    found = check(*(figure(share, 0.2 + number / 10, nis=nis) for number, nis in enumerate(others)))
    assert [(item.level, item.rule) for item in found] == [("error", "fraction")] * 3
    assert found[0].message == "0,2 %, en alles in dit bestand ligt van 0 tot 1; schrijf 45, niet 0,45"


def test_context_below_zero_is_refused_with_what_to_do() -> None:
    (found,) = check(figure("co2_grondgebied.uitstoot", -5))
    assert (found.level, found.rule) == ("error", "negative")
    assert found.message == "-5; verwacht: nul of meer, of may_be_negative: true bij uitstoot in de declaratie"


def test_what_is_right_is_left_alone() -> None:
    right = [
        figure("bomen", 100, date="2024-12-31"),
        figure("bomen", 950),
        figure("bomen.publiek", 950),
        figure("co2_patrimonium.reductie", -19.86),
        figure("laadpunten", 900, date="2024-12-31"),
        figure("laadpunten", 800),
        figure("bomen", 176, measure="aandeel_pct", date="2023-12-31"),
        figure("fietspaden", 7400),
    ]
    assert check(*right) == ()


def test_figures_of_before_count_for_falls_and_jumps_and_are_not_checked_again() -> None:
    before = [figure("bomen", 5000, date="2024-12-31"), figure("ontharding", -1, date="2024-12-31")]
    assert rules(figure("bomen", 40), previous=frame(before)) == [("warning", "jump"), ("warning", "falls")][::-1]


def test_a_whole_column_in_another_unit_shows_in_the_total_of_flanders() -> None:
    points = read_file(CHARGE_POINTS, find_shape("feiten_laadpunten"), load_catalog(), load_register()).figures
    assert check_frame(points) == ()
    found = check_frame(points.assign(value=points["value"] * 10))
    (total,) = [item for item in found if item.rule == "flanders"]
    assert {item.rule for item in found} == {"flanders", "level"}
    assert "66000" in total.message
    assert rules(figure("deelsystemen.deelwagens", 40, nis="02000", date="2023-06-30")) == [("warning", "flanders")]


def test_a_level_of_inhabitants_where_dwellings_count(shared: Path) -> None:
    path = shared / "data" / "facts" / "published_figures.csv"
    read = read_file(path, find_shape("feiten_gepubliceerd"), load_catalog(), load_register())
    found = check_frame(read.figures, levels=read.levels)
    # Known mistake of the source: 950 is 5 % of the inhabitants of Lede. All other levels are right.
    assert [(item.rule, item.where.split(",")[0]) for item in found] == [("denominator", "Lede (41034)")]
    implied = [
        figure("collectieve_renovaties.renovaties", 95, nis="41034"),
        figure("collectieve_renovaties.renovaties", 10, nis="41034", measure="aandeel_pct"),
    ]
    assert rules(*implied) == [("warning", "denominator")]


def test_the_published_figures_of_the_package_hold_no_errors() -> None:
    found = check_frame(
        read_file(PUBLISHED, find_shape("gepubliceerde_cijfers"), load_catalog(), load_register()).figures
    )
    assert [item for item in found if item.level == "error"] == []


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (CountFact("44021", "inwoners", dt.date(2025, 1, 1), 27_000, "x"), ("warning", "register")),
        (CountFact("44021", "inwoners", dt.date(2025, 1, 1), 0, "x"), ("error", "zero")),
        (CountFact("44021", "inwoners", dt.date(2025, 12, 31), 270_000, "x"), ("error", "day")),
        (CountFact("44021", "inwoners", dt.date(2027, 1, 1), 270_000, "x"), ("error", "future")),
        (CountFact("44021", "wooneenheden", dt.date(2025, 1, 1), 264_000, "x"), ("warning", "register")),
    ],
)
def test_denominators_are_compared_with_the_register(fact: CountFact, expected: tuple[str, str]) -> None:
    found = check_counts(pd.DataFrame([fact]), load_register(), today=TODAY)
    assert [(item.level, item.rule) for item in found] == [expected]


def test_a_table_that_lacks_municipalities_is_told() -> None:
    register, on = load_register(), dt.date(2025, 1, 1)
    facts = [
        CountFact(place.nis, "inwoners", on, count.value, "x")
        for place in register.municipalities(on)
        if (count := register.population(place.nis, 2025, on)) is not None
    ]
    assert check_counts(pd.DataFrame(facts), register) == ()
    found = check_counts(pd.DataFrame(facts[:-3]), register)
    assert [(item.rule, item.message.split()[0]) for item in found] == [("incomplete", "3")]
    doubled = check_counts(pd.DataFrame([*facts, facts[0]._replace(value=facts[0].value + 1)]), register)
    assert [item.rule for item in doubled] == ["duplicate"]
