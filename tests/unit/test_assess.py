"""Shares, paths, verdicts, pace: the arithmetic that a council report stands on."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lekp_lib.edition.models import Measure, Observation, Status
from lekp_lib.indicators import Reason, Rules, Verdict, assess_target, compare, expected_pct, printed_pct
from lekp_lib.indicators.path import is_too_old, months_between, year_position
from lekp_lib.indicators.verdict import judge
from lekp_lib.pact.models import Denominator, Kind, Target
from lekp_lib.register.models import Count, PeerGroup, PeerKind

START, END = dt.date(2021, 1, 1), dt.date(2030, 12, 31)
AS_OF = dt.date(2025, 12, 31)
TREES = {"singular": "boom", "plural": "bomen", "symbol": "bomen", "counted": True}
PERCENT = {"singular": "procent", "plural": "procent", "symbol": "%", "counted": False, "decimals": 1}
URI = "http://lblod.data.gift/concepts/2d39e883-336c-4c6f-99cb-73ffd5030bfc"


def target(kind: Kind = Kind.CUMULATIVE, **changes: object) -> Target:
    """A target in the shape of a catalogue file."""
    level: dict[str, object] = {"text": "1 boom per inwoner", "indicator": "totaal", "unit": TREES}
    if kind in (Kind.CUMULATIVE, Kind.STOCK):
        level |= {"factor": 1, "per": Denominator.POPULATION, "per_n": 1}
    else:
        level |= {"value": 1 if kind is Kind.YES_NO else 40, "unit": PERCENT}
    data: dict[str, object] = {
        "id": "proef",
        "nr": 7,
        "official_label": "Proef",
        "name": "Proef",
        "short_name": "Proef",
        "codelist_uri": URI,
        "werf": "1",
        "kind": kind,
        "levels": {"1.0": level},
        "level_certainty": "bron",
        "source_certainty": "bron",
        "indicators": [
            {"id": "totaal", "label": "Totaal", "unit": TREES},
            {"id": "tweede", "label": "Tweede", "unit": TREES},
        ],
        "parts": ["totaal", "tweede"] if kind is Kind.YES_NO else [],
        "path_start": dt.date(2015, 12, 31) if kind is Kind.REDUCTION else START,
        "description": "Een proef.",
        "synonyms": ["een", "twee", "drie", "vier"],
        "references": ["https://example.org"],
    }
    return Target.model_validate(data | changes)


def figure(value: float, date: dt.date = AS_OF, **changes: object) -> Observation:
    """A figure of the first indicator."""
    values: dict[str, object] = {
        "target_id": "proef",
        "indicator": "totaal",
        "nis": "11001",
        "reference_date": date,
        "value": value,
        "status": Status.FINAL,
        "source_id": "bron",
    }
    return Observation(**(values | changes))  # type: ignore[arg-type]


def assess(
    goal: Target,
    *figures: Observation,
    version: str | None = "1.0",
    as_of: dt.date = AS_OF,
    inhabitants: int | None = 10_000,
):
    """Assess the figures for a municipality of so many inhabitants."""
    count = None if inhabitants is None else Count(inhabitants, dt.date(2020, 1, 1), "Statbel")
    return assess_target(goal, "11001", version, figures, lambda kind: count, as_of, Rules())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "date", "start", "expected"),
    [
        (Kind.CUMULATIVE, dt.date(2025, 12, 31), START, 50.0),
        (Kind.CUMULATIVE, dt.date(2025, 6, 30), START, 44.96),
        (Kind.CUMULATIVE, dt.date(2026, 7, 1), START, 54.98),
        (Kind.CUMULATIVE, dt.date(2020, 12, 31), START, 0.0),
        (Kind.STOCK, dt.date(2031, 5, 1), START, 100.0),
        (Kind.REDUCTION, dt.date(2024, 12, 31), dt.date(2015, 12, 31), 60.0),
        (Kind.REDUCTION, dt.date(2030, 12, 31), dt.date(2015, 12, 31), 100.0),
        (Kind.ANNUAL_RATE, dt.date(2022, 3, 1), START, 100.0),
        (Kind.YES_NO, dt.date(2030, 12, 30), START, None),
        (Kind.YES_NO, dt.date(2030, 12, 31), START, 100.0),
    ],
)
def test_required_path(kind: Kind, date: dt.date, start: dt.date, expected: float | None) -> None:
    found = expected_pct(kind, date, start, END)
    assert found == expected if expected is None else round(found or 0.0, 2) == expected


@given(st.dates(dt.date(2019, 1, 1), dt.date(2033, 1, 1)), st.integers(0, 60), st.floats(0, 100))
def test_path_never_falls_and_stays_within_bounds(date: dt.date, days: int, start_pct: float) -> None:
    earlier = expected_pct(Kind.STOCK, date, START, END, start_pct)
    later = expected_pct(Kind.STOCK, date + dt.timedelta(days=days), START, END, start_pct)
    assert earlier is not None and later is not None
    assert start_pct - 1e-9 <= earlier <= later + 1e-9 <= 100 + 2e-9


@given(st.dates(dt.date(2015, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 2000))
def test_year_position_follows_the_calendar(date: dt.date, days: int) -> None:
    later = date + dt.timedelta(days=days)
    assert year_position(date) <= year_position(later)
    assert year_position(dt.date(date.year, 12, 31)) == date.year + 1


@pytest.mark.parametrize(
    ("date", "as_of", "old"),
    [
        (dt.date(2023, 12, 31), dt.date(2025, 12, 31), False),
        (dt.date(2023, 12, 30), dt.date(2025, 12, 31), True),
        (dt.date(2024, 2, 29), dt.date(2026, 2, 28), False),
        (dt.date(2024, 3, 30), dt.date(2026, 3, 31), True),
        (dt.date(2024, 3, 31), dt.date(2026, 3, 31), False),
        (dt.date(2023, 2, 28), dt.date(2026, 3, 31), True),
    ],
)
def test_age_counts_to_the_day(date: dt.date, as_of: dt.date, old: bool) -> None:
    assert is_too_old(date, as_of, 24) is old
    assert months_between(date, as_of) >= 23


@given(st.floats(0, 300), st.floats(0, 100), st.floats(0.05, 0.95))
def test_verdict_follows_the_share(share: float, expected: float, threshold: float) -> None:
    order = [Verdict.FAR_BEHIND, Verdict.SLIGHTLY_BEHIND, Verdict.ON_TRACK, Verdict.REACHED]
    verdict = judge(share, expected, threshold, kind=Kind.CUMULATIVE, deadline_passed=False)
    more = judge(share + 10, expected, threshold, kind=Kind.CUMULATIVE, deadline_passed=False)
    assert order.index(verdict) <= order.index(more)
    assert (verdict is Verdict.REACHED) == (share >= 100 - 1e-9)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (10_000, "doel gehaald"),
        (5_000, "op koers"),
        (4_999, "lichte achterstand"),
        (3_500, "lichte achterstand"),
        (3_499, "grote achterstand"),
        (0, "grote achterstand"),
    ],
)
def test_five_words_at_half_way(value: float, verdict: str) -> None:
    assessment = assess(target(), figure(value))
    assert (assessment.verdict, assessment.reason) == (verdict, Reason.SHARE)
    assert assessment.share_pct == value / 100


def test_zero_no_figure_and_not_signed_are_three_states() -> None:
    zero, nothing = assess(target(), figure(0)), assess(target())
    unsigned = assess(target(), figure(0), version=None)
    assert (zero.share_pct, zero.verdict) == (0.0, Verdict.FAR_BEHIND)
    assert (nothing.share_pct, nothing.verdict, nothing.reason) == (None, Verdict.NONE, Reason.NO_DATA)
    assert (unsigned.share_pct, unsigned.verdict, unsigned.reason) == (None, Verdict.NOT_APPLICABLE, Reason.NOT_SIGNED)
    assert unsigned.current is not None and unsigned.current.value == 0


def test_old_figure_keeps_share_and_date_but_gets_no_verdict() -> None:
    assessment = assess(target(), figure(1468, dt.date(2023, 2, 28)), as_of=dt.date(2026, 3, 31))
    assert (assessment.verdict, assessment.reason, assessment.age_months) == (Verdict.NONE, Reason.TOO_OLD, 37)
    assert assessment.share_pct == 14.68 and round(assessment.expected_pct or 0, 2) == 21.6


def test_figure_of_a_closed_target_never_becomes_too_old() -> None:
    closed = target(closed_on=dt.date(2024, 12, 31))
    assert assess(closed, figure(6000, dt.date(2024, 12, 31)), as_of=dt.date(2030, 1, 1)).verdict is Verdict.ON_TRACK
    assert assess(closed, figure(6000, dt.date(2023, 12, 31)), as_of=dt.date(2030, 1, 1)).reason is Reason.TOO_OLD


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ([figure(5, indicator="tweede")], Reason.OTHER_UNIT),
        ([figure(45, measure=Measure.SHARE_PCT)], Reason.ONLY_SHARE_PUBLISHED),
        ([figure(4500, dt.date(2025, 12, 31), date_precision="jaar")], Reason.DATE_UNCERTAIN),
    ],
)
def test_abstains_with_its_reason(figures: list[Observation], reason: Reason) -> None:
    assessment = assess(target(), *figures)
    assert (assessment.verdict, assessment.reason) == (Verdict.NONE, reason)


def test_year_only_date_is_no_obstacle_when_the_verdict_is_the_same_all_year() -> None:
    assert assess(target(), figure(100, date_precision="jaar")).verdict is Verdict.FAR_BEHIND


def test_unknown_denominator_gives_no_share() -> None:
    assessment = assess(target(), figure(100), inhabitants=None)
    assert (assessment.share_pct, assessment.level, assessment.reason) == (None, None, Reason.NO_DENOMINATOR)


@pytest.mark.parametrize(
    ("parts", "as_of", "verdict", "share"),
    [
        ((1, 1), AS_OF, Verdict.REACHED, 100),
        ((1, 0), AS_OF, Verdict.NOT_YET_REQUIRED, 50),
        ((0, 0), AS_OF, Verdict.NOT_YET_REQUIRED, 0),
        ((1, 0), END, Verdict.FAR_BEHIND, 50),
        ((0, 0), END, Verdict.FAR_BEHIND, 0),
    ],
)
def test_two_plans(parts: tuple[int, int], as_of: dt.date, verdict: Verdict, share: float) -> None:
    figures = [figure(value, as_of, indicator=name) for name, value in zip(("totaal", "tweede"), parts, strict=True)]
    assessment = assess(target(Kind.YES_NO), *figures, as_of=as_of)
    assert (assessment.verdict, assessment.share_pct) == (verdict, share)


def test_one_plan_unknown_is_no_state() -> None:
    assert assess(target(Kind.YES_NO), figure(1)).reason is Reason.NO_DATA


def test_reduction_needs_the_base_year_of_the_pact() -> None:
    goal = target(Kind.REDUCTION)
    date = dt.date(2024, 12, 31)
    assert assess(goal, figure(24, date, base_year=2015)).verdict is Verdict.ON_TRACK
    other = assess(goal, figure(24, date, base_year=2011))
    assert (other.share_pct, other.reason) == (None, Reason.NO_BASE_YEAR)
    worse = assess(goal, figure(-19.86, date, base_year=2015))
    assert worse.verdict is Verdict.FAR_BEHIND and worse.share_pct == pytest.approx(-49.65)


def test_yearly_rate_is_on_track_until_the_last_day() -> None:
    goal = target(Kind.ANNUAL_RATE)
    assert assess(goal, figure(44, base_year=2019)).verdict is Verdict.ON_TRACK
    assert assess(goal, figure(30, base_year=2019)).verdict is Verdict.SLIGHTLY_BEHIND
    assert assess(goal, figure(44)).reason is Reason.NO_BASE_YEAR
    assert assess(goal, figure(44, END, base_year=2019), as_of=END).verdict is Verdict.REACHED


def test_pace_is_the_plain_average_of_three_years() -> None:
    series = [
        figure(value, dt.date(year, 12, 31))
        for year, value in zip(range(2021, 2026), (1100, 2200, 3000, 3800, 4310), strict=True)
    ]
    pace = assess(target(), *series, inhabitants=9_500).pace
    assert pace is not None
    assert (pace.recent_per_year, pace.needed_per_year) == (pytest.approx((4310 - 2200) / 3), pytest.approx(1038))
    assert pace.projected_value == pytest.approx(4310 + 5 * (4310 - 2200) / 3)


def test_two_yearly_points_make_no_projection() -> None:
    pace = assess(target(), figure(100, dt.date(2024, 12, 31)), figure(200)).pace
    assert pace is not None and pace.projected_pct is None and pace.needed_per_year == pytest.approx(1960)


def test_stock_starts_from_the_known_stock() -> None:
    stock = assess(target(Kind.STOCK), figure(4000, dt.date(2020, 12, 31)), figure(7000))
    assert stock.expected_pct == pytest.approx(70.0) and stock.verdict is Verdict.ON_TRACK


@given(st.lists(st.one_of(st.none(), st.floats(0, 250)), min_size=2, max_size=40))
def test_comparison_accounts_for_everyone(shares: list[float | None]) -> None:
    goal = target()
    everyone = []
    for number, share in enumerate(shares):
        figures = [] if share is None else [figure(share, nis=f"{number:05d}")]
        everyone.append(
            assess_target(goal, f"{number:05d}", "1.0", figures, lambda kind: Count(100, START, "x"), AS_OF, Rules())
        )
    nis = tuple(item.nis for item in everyone)
    groups = [PeerGroup(PeerKind.SIZE, "gelijk", nis), PeerGroup(PeerKind.FLANDERS, "Vlaanderen", nis)]
    found = compare(everyone[0], everyone, groups, lambda code: int(code) + 1)
    assert sorted([*found.shares, *found.no_data, *found.not_signed]) == sorted(nis)
    flanders = found.groups[1]
    assert flanders.with_data == len(found.shares) == sum(share is not None for share in shares)
    if shares[0] is not None:
        assert flanders.ahead == sum(
            printed_pct(share) > printed_pct(shares[0]) for share in shares if share is not None
        )
        assert all(found.shares[code] > found.shares[nis[0]] for code in found.similar_better)


def test_figure_without_verdict_asks_no_pace() -> None:
    """A need of 1 103 trees a year, counted from a figure of years ago, would be a wrong number."""
    old = assess(target(), figure(1468, dt.date(2023, 2, 28)), as_of=dt.date(2026, 3, 31))
    assert old.pace is None
