"""All municipalities together: worked out by hand, and the parts always make the whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lekp_lib.edition import Edition
from lekp_lib.edition.models import Measure, Observation, Status
from lekp_lib.indicators import Assessment, Assessor, Reason, Rules, Verdict, assess_target
from lekp_lib.indicators.area_models import Area, AreaResult
from lekp_lib.indicators.flanders import area_result, areas_of, is_counted
from lekp_lib.indicators.flanders_results import FlandersResults
from lekp_lib.indicators.flanders_trend import area_path, area_trend, weighted_rate
from lekp_lib.pact.models import Kind, Target
from lekp_lib.parameters import ReportParameters
from lekp_lib.register.models import Count, PeerKind
from tests.unit.factories import END_2025, make_level, make_target

BOMEN = make_target(Kind.CUMULATIVE)
OLD = dt.date(2022, 12, 31)


def figure(value: float, date: dt.date = END_2025, indicator: str = "bomen", **more: object) -> Observation:
    return Observation("bomen", indicator, "0", date, value, Status.FINAL, "groenblauwpeil", **more)  # type: ignore[arg-type]


def assessed(
    nis: str, people: int, *figures: Observation, target: Target = BOMEN, version: str | None = "1.0"
) -> Assessment:
    count = Count(people, dt.date(2020, 1, 1), "Statbel")
    return assess_target(target, nis, version, figures, lambda _: count, END_2025, Rules())  # type: ignore[arg-type]


def whole(*everyone: Assessment, target: Target = BOMEN, **inhabitants: int) -> AreaResult:
    area = Area(PeerKind.FLANDERS, "Vlaanderen", tuple(item.nis for item in everyone))
    return area_result(target, area, everyone, {key.removeprefix("p"): value for key, value in inhabitants.items()})


def test_sum_and_levels_are_of_the_same_municipalities() -> None:
    """A: 40 of 100 trees. B: a real 0 of 200. C: nothing known. D: too old. E: not signed. F: only a share."""
    result = whole(
        assessed("A", 100, figure(40)),
        assessed("B", 200, figure(0)),
        assessed("C", 400),
        assessed("D", 300, figure(90, OLD)),
        assessed("E", 500, figure(500), version=None),
        assessed("F", 50, figure(30, measure=Measure.SHARE_PCT)),
        pA=100, pB=200, pC=400, pD=300, pE=500, pF=50,
    )  # fmt: skip
    total = result.totals[0]
    assert (total.value, total.level, total.counted, total.applying) == (40, 300, 2, 5)
    assert total.share_pct == pytest.approx(100 * 40 / 300), "not the mean of 40 % and 0 %"
    assert total.required == pytest.approx(150), "half of 300 at the end of 2025"
    assert total.level_all == 100 + 200 + 400 + 300 + 50
    coverage = result.coverage
    assert coverage.without == {Reason.NO_DATA: 1, Reason.TOO_OLD: 1, Reason.ONLY_SHARE_PUBLISHED: 1}
    assert (coverage.members, coverage.not_applying, coverage.no_data, coverage.unusable) == (6, 1, 1, 2)
    assert coverage.inhabitants_pct == pytest.approx(100 * 300 / 1550)
    assert sum(result.verdicts.values()) == 6 and result.verdicts[Verdict.NONE] == 3


def test_required_share_follows_the_date_of_each_figure() -> None:
    """A at the end of 2025: 50 of 100. B at the end of 2024: day 1461 of 3652, so 120.02 of 300."""
    total = whole(assessed("A", 100, figure(1)), assessed("B", 300, figure(1, dt.date(2024, 12, 31)))).totals[0]
    assert total.required == pytest.approx(50 + 300 * 1461 / 3652)


def test_levels_in_two_units_are_never_added() -> None:
    points = make_level("laadpunt", indicator="laadpunten")
    cpe = make_level("cpe", indicator="cpe", factor=1.5)
    series = [
        {"id": "laadpunten", "label": "Laadpunten", "unit": points.unit},
        {"id": "cpe", "label": "CPE", "unit": cpe.unit},
    ]
    target = make_target(Kind.STOCK, levels={"1.0": points, "2.0": cpe}, indicators=series)
    result = whole(
        assessed("A", 100, figure(60, indicator="laadpunten"), target=target),
        assessed("B", 100, figure(30, indicator="cpe"), target=target, version="2.0"),
        assessed("C", 200, figure(70, indicator="laadpunten"), target=target, version="2.0"),
        target=target,
    )
    assert [(item.indicator, item.value, item.level, item.counted, item.applying) for item in result.totals] == [
        ("laadpunten", 60, 100, 1, 1),
        ("cpe", 30, 150, 1, 2),
    ]
    assert result.coverage.without == {Reason.OTHER_UNIT: 1}
    plain = result.other_units[0]
    assert (plain.indicator, plain.value, plain.counted) == ("laadpunten", 130, 2), "said, against no target"


def test_percentages_give_a_median_and_yes_no_an_honest_count() -> None:
    led = make_target(
        Kind.STOCK, unit="procent", levels={"1.0": make_level("procent", indicator="laadpunten", value=80)}
    )
    values = [10.0, 20.0, 60.0]
    everyone = [assessed(str(n), 1, figure(v, indicator="laadpunten"), target=led) for n, v in enumerate(values)]
    result = whole(*everyone, assessed("9", 1, target=led), target=led)
    assert result.totals == () and result.middle is not None
    assert (result.middle.value, result.middle.share_pct, result.middle.counted) == (20, 25, 3)

    plans = make_target(Kind.YES_NO, parts=("Plan A", "Plan B"))
    both = [figure(1, indicator="plan_a"), figure(1, indicator="plan_b")]
    half = [figure(1, indicator="plan_a"), figure(0, indicator="plan_b")]
    answers = whole(
        assessed("A", 1, *both, target=plans),
        assessed("B", 1, *half, target=plans),
        assessed("C", 1, figure(1, indicator="plan_a"), target=plans),
        target=plans,
    ).answers
    assert answers is not None
    assert (answers.in_order, answers.not_in_order, answers.unknown) == (1, 1, 1), "half known is unknown, not no"


def test_rate_over_all_is_recomputed_from_amounts() -> None:
    """Small town 90 of 100 lamps, nine villages 1 of 10: the median is 10 %, all lamps together 99 of 190."""
    unit = {"singular": "procent", "plural": "procent", "symbol": "%", "counted": False, "decimals": 1}
    lamps = {"singular": "lamp", "plural": "lampen", "symbol": "lampen", "counted": True}
    rule = {"rule": "aandeel", "of": "led", "to": "alle"}
    led = make_target(
        Kind.STOCK,
        levels={"1.0": make_level("procent", indicator="aandeel", value=100)},
        indicators=[
            {"id": "aandeel", "label": "Aandeel", "unit": unit, "derived": rule},
            {"id": "led", "label": "Led", "unit": lamps},
            {"id": "alle", "label": "Alle", "unit": lamps},
        ],
    )

    def town(nis: str, part: float, all_lamps: float) -> tuple[Assessment, Sequence[Observation]]:
        seen = [
            figure(100 * part / all_lamps, indicator="aandeel"),
            figure(part, indicator="led"),
            figure(all_lamps, indicator="alle"),
        ]
        return assessed(nis, 1, *seen, target=led), seen

    counted = [town("0", 90, 100), *(town(str(n), 1, 10) for n in range(1, 10))]
    found = weighted_rate(led, counted)
    assert found is not None and found.value_pct == pytest.approx(100 * 99 / 190) and found.counted == 10
    assert weighted_rate(led, counted[1:]) is None, "too few municipalities with both amounts"


figures = st.one_of(st.none(), st.integers(0, 10_000))


@given(
    st.lists(st.tuples(st.integers(1, 5000), figures, st.sampled_from("PQR"), st.booleans()), min_size=1, max_size=25)
)
def test_provinces_add_up_to_flanders(rows: list[tuple[int, int | None, str, bool]]) -> None:
    everyone = [
        assessed(str(n), people, *([] if value is None else [figure(value)]), version="1.0" if signed else None)
        for n, (people, value, _, signed) in enumerate(rows)
    ]
    people = {str(n): row[0] for n, row in enumerate(rows)}

    def of(members: list[str]) -> AreaResult:
        return area_result(BOMEN, Area(PeerKind.PROVINCE, "x", tuple(members)), everyone, people)

    all_of_it = of([item.nis for item in everyone])
    parts = [of([str(n) for n, row in enumerate(rows) if row[2] == name]) for name in "PQR"]
    _parts_make_whole(parts, all_of_it)


def _parts_make_whole(parts: Sequence[AreaResult], found: AreaResult) -> None:
    for verdict in Verdict:
        assert sum(part.verdicts[verdict] for part in parts) == found.verdicts[verdict]
    for name in ("members", "applying", "counted", "no_data", "unusable", "inhabitants", "inhabitants_counted"):
        assert sum(getattr(part.coverage, name) for part in parts) == getattr(found.coverage, name), name
    for total in found.totals:
        own = [item for part in parts for item in part.totals if item.indicator == total.indicator]
        for name in ("value", "level", "counted", "applying"):
            assert sum(getattr(item, name) for item in own) == pytest.approx(getattr(total, name)), name
    if found.answers is not None:
        assert sum(part.answers.in_order for part in parts if part.answers) == found.answers.in_order


@cache
def results(edition: str) -> FlandersResults:
    return FlandersResults(Assessor(Edition.open(edition), ReportParameters(gemeente="*", editie=edition)))


@pytest.mark.parametrize("edition", ["voorbeeld", "gepubliceerd"])
def test_provinces_and_regions_of_the_editions_add_up(edition: str) -> None:
    found = results(edition)
    for target in found.assessor.edition.catalog.targets:
        everyone = found.flanders(target)
        assert sum(everyone.verdicts.values()) == 285
        coverage = everyone.coverage
        assert coverage.counted + coverage.unusable + coverage.no_data + coverage.not_applying == 285
        for kind in (PeerKind.PROVINCE, PeerKind.REGION):
            _parts_make_whole(found.by_area(target, kind), everyone)


@pytest.mark.parametrize("edition", ["voorbeeld", "gepubliceerd"])
def test_last_point_of_the_trend_is_the_total_of_today(edition: str) -> None:
    found = results(edition)
    for target in found.assessor.edition.catalog.targets:
        result = found.flanders(target)
        for total in result.totals:
            points = found.trend(target, total.indicator)
            last = points[-1] if points else None
            if total.counted and last is not None:
                assert (last.counted, last.value) == (total.counted, pytest.approx(total.value)), target.id
                assert last.share_pct == pytest.approx(total.share_pct) and last.date == total.last_date
        if result.middle is not None and result.middle.counted:
            last = found.trend(target, target.indicators[0].id)[-1]
            assert (last.counted, last.share_pct) == (result.middle.counted, pytest.approx(result.middle.share_pct))


def test_trend_marks_dates_with_few_municipalities() -> None:
    """Ten municipalities today, two of them with a figure in 2022: that year is no point of the line."""
    everyone = [
        assessed(str(n), 100, *([figure(5, OLD)] if n < 2 else []), figure(40 + n), target=BOMEN) for n in range(10)
    ]
    early, late = area_trend(BOMEN, everyone, "bomen", END_2025, Rules())
    assert (early.date, early.counted, early.is_comparable) == (OLD, 2, False)
    assert (late.counted, late.value, late.is_comparable) == (10, 445, True)
    path = dict(area_path(everyone))
    assert path[END_2025] == pytest.approx(50) and path[dt.date(2030, 12, 31)] == 100


def test_area_without_an_assessment_is_refused() -> None:
    with pytest.raises(ValueError, match="no assessment of 99999"):
        area_result(BOMEN, Area(PeerKind.FLANDERS, "x", ("99999",)), [], {})
    with pytest.raises(ValueError, match="expected vlaanderen"):
        areas_of([], PeerKind.SIZE)


def test_counted_municipalities_are_those_of_the_comparison() -> None:
    """The same rule as in every report, but for figures that are only a published share."""
    found = results("gepubliceerd")
    target = found.assessor.edition.catalog.target("laadpunten")
    everyone = found.everyone(target)
    assert sum(map(is_counted, everyone)) == len(found.assessor.compare(everyone[0]).shares) == 76
