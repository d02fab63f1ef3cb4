"""The sentences of a report: a reviewed table of situations, and rules that hold for any assessment."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from lekp_lib.adapter.models import Assessment, Pace, Reason, Verdict
from lekp_lib.edition.models import Status
from lekp_lib.pact.models import Kind
from lekp_lib.present.figure_text import FigureText
from lekp_lib.present.numbers import NBSP, percent
from lekp_lib.present.words.comparison_words import comparison_sentences
from lekp_lib.present.words.figure_words import map_text, overview_text, strip_text, trend_text, werf_text
from lekp_lib.present.words.joins import fits, join_words, place_of, sentence
from lekp_lib.present.words.level_words import denominator_words, formula, level_sentence, milestone_sentence
from lekp_lib.present.words.quality_words import age_words, quality_date, quality_reason, status_words
from lekp_lib.present.words.source_words import edition_source_line, source_line
from lekp_lib.present.words.summary_words import headline, largest_gaps, lead, werf_opening
from lekp_lib.present.words.verdict_words import (
    detail_line,
    short_verdict,
    state_words,
    verdict_rule_sentence,
    verdict_sentences,
    yes_no_words,
)
from lekp_lib.register.models import Count, PeerKind
from tests.unit.factories import (
    END_2025,
    END_2030,
    NIS,
    assessments,
    make_assessment,
    make_comparison,
    make_counts,
    make_group,
    make_level,
    make_source,
    make_target,
    make_target_level,
)

SOURCES = {"groenblauwpeil": make_source(), "fluvius": make_source("fluvius", "Fluvius")}
HISTORY = tuple((dt.date(year, 12, 31), value) for year, value in ((2022, 2210), (2023, 2900), (2024, 3600)))
PACE = Pace(700.0, 1038.0, 7810.0, 82.2, END_2030)
MONTH = {"date_precision": "maand"}

PLANS = make_target(Kind.YES_NO, name="Warmteplan en sloopbeleidsplan", parts=("Warmteplan", "Sloopbeleidsplan"))
LEVY = make_target(Kind.YES_NO, name="Geen heffing hernieuwbare energie", deadline=END_2025)
TABLES = make_target(name="Klimaattafels", unit="wooneenheid", deadline=dt.date(2024, 12, 31))
PLOTS = make_target(name="Natuurgroenperken", unit="perk")
LED_LEVEL = make_level("procent", indicator="laadpunten", value=100, text="100 % van de lichtpunten")
LED = make_target(Kind.STOCK, name="Straatverlichting op led", unit="procent", levels={"1.0": LED_LEVEL})
POINTS = make_target(
    Kind.STOCK,
    levels={
        "1.0": make_level("laadpunt", indicator="laadpunten", per_n=100),
        "2.0": make_level("cpe", indicator="cpe", factor=1.5, per_n=100),
    },
    indicators=[
        {"id": "laadpunten", "label": "Laadpunten", "unit": make_target(Kind.STOCK).indicators[0].unit},
        {"id": "cpe", "label": "Laadpuntequivalenten (CPE)", "unit": make_level("cpe").unit},
    ],
)
LATER = make_target(name="Klimaattafels", unit="wooneenheid", levels={"2.0": make_level("wooneenheid")})
OPEN_END = make_target(name="Energiegemeenschappen", deadline=None)
METRES = make_target(name="Haag of geveltuin", unit="meter")
AREA = make_target(name="Ontharding", unit="m2")


def situations() -> dict[str, Assessment]:
    """One assessment per thing that a report must be able to say."""
    return {
        "licht achter, met tempo": make_assessment(pace=PACE, history=HISTORY),
        "licht achter, te weinig jaarcijfers": make_assessment(pace=Pace(None, 1038.0, None, None, None)),
        "licht achter op een haar na": make_assessment(value=4749),
        "op koers": make_assessment(value=5000, pace=Pace(1000.0, 900.0, 10000.0, 105.3, END_2030), history=HISTORY),
        "ver achter": make_assessment(value=1468, level=10110, date=dt.date(2025, 6, 30)),
        "echte nul": make_assessment(value=0),
        "bijna niets": make_assessment(value=9, level=9500),
        "gehaald": make_assessment(value=9800),
        "precies gehaald": make_assessment(value=9500),
        "net niet gehaald": make_assessment(AREA, 10109.9, 10110, date=dt.date(2030, 12, 31), as_of=END_2030),
        "afgerond doel bereikt, exact doel niet": make_assessment(PLOTS, 9, 9.501),
        "een perk per jaar nodig": make_assessment(PLOTS, 5, 10, pace=Pace(0.4, 1.0, 7.0, 70.0, END_2030)),
        "heel kleine gemeente": make_assessment(PLOTS, 0, 0.08),
        "meters": make_assessment(METRES, 1234.5, 5974.5, pace=Pace(250.0, 948.0, 2484.5, 41.6, END_2030)),
        "tempo daalt": make_assessment(pace=Pace(-25.0, 1038.0, 4185.0, 44.1, END_2030), history=HISTORY),
        "tempo nul": make_assessment(pace=Pace(0.0, 1038.0, 4310.0, 45.4, END_2030), history=HISTORY),
        "einddatum voorbij": make_assessment(TABLES, 120, 206, date=dt.date(2024, 12, 31)),
        "peildatum alleen maand": make_assessment(date=dt.date(2025, 11, 30), observation=MONTH),
        "peildatum alleen jaar": make_assessment(observation={"date_precision": "jaar"}),
        "datum beslist": make_assessment(reason=Reason.DATE_UNCERTAIN, observation={"date_precision": "jaar"}),
        "geen gegevens": make_assessment(value=None),
        "te oud": make_assessment(
            value=1468, level=10110, date=dt.date(2023, 2, 28), reason=Reason.TOO_OLD, observation=MONTH
        ),
        "andere eenheid": make_assessment(
            POINTS, 27, None, version="2.0", reason=Reason.OTHER_UNIT, date=dt.date(2025, 2, 28), observation=MONTH
        ),
        "geen noemer": make_assessment(reason=Reason.NO_DENOMINATOR),
        "alleen aandeel": make_assessment(value=14.5, reason=Reason.ONLY_SHARE_PUBLISHED),
        "geen einddatum": make_assessment(OPEN_END, 4, 23, reason=Reason.NO_DEADLINE),
        "niet ondertekend": make_assessment(reason=Reason.NOT_SIGNED),
        "niet ondertekend, geen cijfer": make_assessment(value=None, reason=Reason.NOT_SIGNED),
        "versie niet ondertekend": make_assessment(LATER, None, LATER.levels["2.0"], reason=Reason.VERSION_NOT_SIGNED),
        "voorlopig": make_assessment(status=Status.PROVISIONAL),
        "geschat": make_assessment(status=Status.ESTIMATED),
        "gecorrigeerd": make_assessment(status=Status.CORRECTED),
        "voorbeeld": make_assessment(status=Status.EXAMPLE),
        "CO2 minder": make_assessment(
            Kind.REDUCTION,
            19.0,
            pace=Pace(2.0, 7.2, 29.0, 52.7, END_2030),
            history=[(dt.date(year, 12, 31), value) for year, value in ((2022, 13.0), (2023, 15.0), (2024, 17.0))],
        ),
        "CO2 meer": make_assessment(Kind.REDUCTION, -19.86),
        "CO2 ander basisjaar": make_assessment(
            Kind.REDUCTION, 19.0, reason=Reason.NO_BASE_YEAR, observation={"base_year": 2011}
        ),
        "CO2 basisjaar onbekend": make_assessment(
            Kind.REDUCTION, 19.0, reason=Reason.NO_BASE_YEAR, observation={"base_year": None}
        ),
        "energie op koers": make_assessment(Kind.ANNUAL_RATE, 2.5),
        "energie achter": make_assessment(Kind.ANNUAL_RATE, 1.8),
        "energie zonder basisjaar": make_assessment(
            Kind.ANNUAL_RATE, 2.5, reason=Reason.NO_BASE_YEAR, observation={"base_year": None}
        ),
        "led": make_assessment(LED, 39.35, pace=Pace(4.2, 12.13, 60.35, 60.35, END_2030)),
        "ja": make_assessment(Kind.YES_NO, since=dt.date(2021, 6, 15)),
        "nee, nog niet vereist": make_assessment(Kind.YES_NO, answers=[False]),
        "nee, einddatum voorbij": make_assessment(LEVY, answers=[False]),
        "ja zonder datum": make_assessment(LEVY, answers=[True]),
        "1 van 2 plannen": make_assessment(PLANS, answers=[True, False], since=dt.date(2023, 5, 3)),
        "1 plan onbekend": make_assessment(PLANS, answers=[True, None]),
        "plannen onbekend": make_assessment(PLANS, answers=[None, None]),
    }


def spaces(text: str) -> str:
    """No-break spaces made visible as plain ones, for reading."""
    return text.replace(NBSP, " ")


def test_every_situation_reads_well(snapshot: SnapshotAssertion) -> None:
    lines = []
    for name, item in situations().items():
        lines += [f"== {name}", *verdict_sentences(item), f"   kort: {short_verdict(item)} | rij: {detail_line(item)}"]
        lines.append(f"   staat: {state_words(item) or '(balk)'} | titel: {trend_text(item, 'Houthulst', '-').title}")
        lines.append(
            f"   kwaliteit: {status_words(item)}; {quality_date(item)}; {age_words(item)}; {quality_reason(item)}"
        )
    assert spaces("\n".join(lines)) == snapshot


FORMULAS = {
    "bomen": make_target_level(make_target(), 10110),
    "meter": make_target_level(make_target(levels={"1.0": make_level("meter", factor=0.5)}), 5974.5),
    "CPE": make_target_level(make_target(levels={"1.0": make_level("cpe", factor=1.5, per_n=100)}), 179.235),
    "perken": make_target_level(make_target(levels={"1.0": make_level("perk", per_n=1000)}), 0.081),
    "kW": make_target_level(
        make_target(
            levels={
                "1.0": make_level(
                    "kw",
                    factor=36,
                    per_n=500,
                    milestone={"factor": 18, "deadline": END_2025, "text": "18 kW per 500 inwoners"},
                )
            }
        ),
        860.328,
    ),
    "led": make_target_level(LED, None),
    "ja/nee": make_target_level(make_target(Kind.YES_NO), None),
}


def test_formulas_can_be_checked_with_a_pocket_calculator(snapshot: SnapshotAssertion) -> None:
    lines = [
        f"{name}: {formula(level)} | {denominator_words(level)} | {level_sentence(level)}"
        + f" {milestone_sentence(level)}"
        for name, level in FORMULAS.items()
    ]
    assert spaces("\n".join(lines)) == snapshot


def test_a_summed_denominator_names_its_parts() -> None:
    level = make_target_level(make_target(), 32000)
    count = Count(32000, dt.date(2020, 1, 1), "Statbel", ("Tielt", "Meulebeke"))
    merged = type(level)(level.level, level.version, level.exact, level.shown, count)
    assert "(1 januari 2020; som van Tielt en Meulebeke)" in formula(merged)
    assert "som van Tielt en Meulebeke" in denominator_words(merged)


def spread(
    *, reached: int = 0, track: int = 0, slight: int = 0, far: int = 0, none: int = 0, out: int = 0
) -> list[Assessment]:
    """Targets with the given numbers of verdicts."""
    kinds: list[dict[str, Any]] = [{"value": 9800}] * reached + [{"value": 5000}] * track + [{"value": 4310}] * slight
    kinds += [{"value": 1000}] * far + [{"value": None}] * none + [{"value": None, "reason": Reason.NOT_SIGNED}] * out
    return [
        make_assessment(make_target(name=f"Doel {position}"), **fields)
        for position, fields in enumerate(kinds, start=1)
    ]


PLACES = {
    "gewoon": spread(reached=3, track=7, slight=2, far=3, none=2),
    "bijna niets bekend": spread(track=1, none=15, out=1),
    "niets bekend": spread(none=17),
    "niet ondertekend": spread(out=17),
    "alles achter": spread(slight=9, far=8),
    "wat bekend is, achter": spread(slight=9, none=8),
    "alles goed": spread(reached=1, track=16),
    "een doel": spread(reached=1),
    "nog niet vereist": [*spread(reached=9, slight=3), make_assessment(Kind.YES_NO, answers=[False])],
    "grootste achterstand is ja/nee": [*spread(reached=9, slight=1), make_assessment(LEVY, answers=[False])],
    "oude cijfers": [*spread(reached=9), make_assessment(reason=Reason.TOO_OLD, date=dt.date(2022, 1, 1))],
    "deels oud": [*spread(reached=9, none=2), make_assessment(reason=Reason.TOO_OLD, date=dt.date(2022, 1, 1))],
}


def test_openings_read_well(snapshot: SnapshotAssertion) -> None:
    lines = []
    for name, items in PLACES.items():
        counts = make_counts(items)
        lines += [f"== {name}", headline("Houthulst", items, counts), " ".join(lead(items, counts, END_2025))]
        lines.append("Werf: " + " ".join(werf_opening("Werf 1: Vergroening", items, counts)))
    assert spaces("\n".join(lines)) == snapshot


def test_little_data_never_reads_as_nothing_reached() -> None:
    for items in (PLACES["bijna niets bekend"], PLACES["niets bekend"], spread(far=1, none=16)):
        title = headline("Houthulst", items, make_counts(items))
        assert "gehaald" not in title
        assert "oordeel mogelijk" in title
        assert "gehaald" not in overview_text(items, make_counts(items), "Houthulst", "31 december 2025", "-").title


def test_furthest_behind_comes_first() -> None:
    items = [make_assessment(value=value) for value in (4310, 1000, 3000, 9800)]
    assert [item.current.value for item in largest_gaps(items) if item.current] == [1000, 3000, 4310]


def comparisons() -> dict[str, Any]:
    """Comparisons from full to empty."""
    groups = [
        make_group(PeerKind.PROVINCE, "Provincie West-Vlaanderen", members=60, with_data=52, ahead=1, median_pct=30.0),
        make_group(PeerKind.SIZE, "Gemeenten met 10.000 tot 14.999 inwoners", members=70, with_data=70, ahead=0),
        make_group(PeerKind.NEIGHBOURS, "Buurgemeenten", members=6, with_data=2, ahead=1),
        make_group(members=285, with_data=285, ahead=196, median_pct=51.0),
    ]
    nobody = make_group(with_data=0, median_pct=None, ahead=None)
    shares = {NIS: 45.4, "11002": 62.0, "11004": 51.0, "11005": 48.0}
    return {
        "vol": make_comparison(
            shares=shares,
            groups=groups,
            similar_better=("11002", "11004", "11005"),
            no_data=("1", "2"),
            not_signed=("3",),
        ),
        "geen eigen cijfer": make_comparison(
            shares={"11002": 62.0}, groups=[make_group(ahead=None)], no_data=(NIS,), similar_better=()
        ),
        "leeg": make_comparison(shares={}, groups=[nobody], no_data=(NIS,)),
    }


def figures(item: Assessment, place: str = "Kapelle-op-den-Bos") -> list[FigureText]:
    """All figure texts that one assessment can lead to."""
    source = source_line(item, SOURCES)
    made = [
        trend_text(item, place, source),
        overview_text([item], make_counts([item]), place, "31 december 2025", source, True),
    ]
    made.append(werf_text("Werf 1: Vergroening", [item], place, source))
    for compared in comparisons().values():
        made += [strip_text(compared, item, place, source), map_text(compared, item, place, source)]
    return made


def test_comparisons_and_figures_read_well(snapshot: SnapshotAssertion) -> None:
    names = {"11002": "Lede", "11004": "Niel", "11005": "Duffel"}
    lines = []
    for name, compared in comparisons().items():
        lines += [f"== {name}", *comparison_sentences(compared, names)]
    for name in ("licht achter, met tempo", "geen gegevens", "CO2 minder", "1 van 2 plannen", "voorbeeld"):
        lines.append(f"== figuren: {name}")
        lines += [
            f"{text.title}\n   {text.subtitle}\n   {text.alt}\n   {text.source}" for text in figures(situations()[name])
        ]
    lines.append(edition_source_line(["groenblauwpeil", "fluvius", "groenblauwpeil"], SOURCES, END_2025))
    assert spaces("\n".join(lines)) == snapshot


# Rules that hold for whatever the figures are.

_AVOID = re.compile(
    r"\b(inzake|middels|teneinde|reeds|betreft|omtrent|alsmede|dient te|desbetreffende|hieromtrent|aangaande|jegens|"
    r"slecht|goed bezig|helaas|gelukkig)\b",
    re.IGNORECASE,
)
_BAD = re.compile(r"\bnan\b|None|\binf\b|  |\b0 doelen|\{|\}|\.\.|;\.|:\.|Verdict|Reason|-\d|−0(?![,\d])")


def check_text(text: str) -> None:
    """What no printed text may contain."""
    assert not _AVOID.search(text), text
    assert not _BAD.search(text.replace("[", "")), text
    assert text == text.strip()


def check_sentence(text: str) -> None:
    """One sentence: short, finished, and not opening with a digit."""
    check_text(text)
    assert len(text.split()) <= 20, text
    assert text.endswith("."), text
    assert not text[0].isdigit(), text
    assert text[0].isupper(), text


rules = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@rules
@given(item=assessments())
def test_sentences_are_short_plain_and_finished(item: Assessment) -> None:
    said = verdict_sentences(item)
    for text in said:
        check_sentence(text)
    assert said[0].lower().startswith(item.verdict.value)
    assert len(set(said)) == len(said)
    for text in (short_verdict(item), detail_line(item), yes_no_words(item), quality_reason(item), state_words(item)):
        check_text(text)
    if not item.verdict.is_good:
        assert "doel gehaald" not in " ".join(said).lower()


@rules
@given(item=assessments())
def test_the_number_in_the_sentence_is_the_number_in_the_data(item: Assessment) -> None:
    first = verdict_sentences(item)[0]
    if item.reason is Reason.SHARE and item.target.kind is Kind.CUMULATIVE and item.share_pct is not None:
        shown = re.search(r"dat is (\S+)\u00a0% van het doel", first)
        assert shown is not None
        printed = float(shown[1].replace(".", "").replace(",", "."))
        assert abs(printed - item.share_pct) <= 0.5
        assert (printed >= 100) == (item.share_pct >= 100)
        if item.verdict.is_behind and item.expected_pct is not None and item.expected_pct - item.share_pct > 0.001:
            assert shown[1] not in re.findall(r"([\d.,]+)\u00a0%", verdict_sentences(item)[1])
    if item.current is None:
        assert not re.search(r"\d", first)


@rules
@given(item=assessments())
def test_fictive_and_uncertain_figures_say_so(item: Assessment) -> None:
    said = " ".join(verdict_sentences(item))
    shown = {point.status for point in [item.current, *(point for _, point in item.parts)] if point is not None}
    for status, word in ((Status.EXAMPLE, "fictief"), (Status.ESTIMATED, "geschat"), (Status.PROVISIONAL, "voorlopig")):
        assert (word in said) == (status in shown)
    if Status.EXAMPLE in shown and item.points:
        assert trend_text(item, "Gent", "Bron: x.").subtitle.endswith("(fictieve cijfers)")


@rules
@given(item=assessments(), place=st.sampled_from(["Gent", "Beveren-Kruibeke-Zwijndrecht", "'s-Gravenvoeren"]))
def test_figure_texts_keep_their_lengths(item: Assessment, place: str) -> None:
    for text in figures(item, place):
        for part in (text.title, text.subtitle, text.alt, text.source):
            check_text(part)
        assert len(text.title) <= 70, text.title
        assert 60 <= len(text.alt) <= 320, text.alt
        assert "%" not in text.alt
        assert text.alt.endswith(".")


@rules
@given(st.lists(assessments(), min_size=1, max_size=6))
def test_openings_hold_for_any_mix(items: list[Assessment]) -> None:
    counts = make_counts(items)
    for text in (*lead(items, counts, END_2025), *werf_opening("Algemene doelstellingen", items, counts)):
        check_sentence(text)
    title = headline("Gent", items, counts)
    check_text(title)
    assert not re.search(r": 0 van de", title)


def test_examples_say_so_even_without_fictive_status() -> None:
    assert trend_text(make_assessment(), "Gent", "Bron: x.", fictitious=True).subtitle.endswith("(fictieve cijfers)")


def test_every_verdict_has_its_rule() -> None:
    for verdict in Verdict:
        check_sentence(verdict_rule_sentence(verdict))


def test_joints_of_sentences() -> None:
    assert join_words(["a", "b", "c"]) == "a, b en c"
    assert place_of("De Haan") == "van De Haan"
    assert sentence("3 doelen zijn gehaald") == "In totaal: 3 doelen zijn gehaald."
    assert fits(5, ["lang genoeg", "kort", "kor"]) == "kort"
    assert percent(50) == "50\u00a0%"


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words_of_its_own(reason: Reason) -> None:
    target = POINTS if reason is Reason.OTHER_UNIT else LATER if reason is Reason.VERSION_NOT_SIGNED else make_target()
    level = make_level("wooneenheid") if target is LATER else 9500.0
    value = None if reason is Reason.NO_DATA else 4310.0
    waiting = make_assessment(Kind.YES_NO, answers=[False])
    item = waiting if reason is Reason.BEFORE_DEADLINE else make_assessment(target, value, level, reason=reason)
    assert item.reason is reason
    said = verdict_sentences(item)
    check_sentence(said[0])
    assert len(said[0].split(": ", 1)[1]) > 10
