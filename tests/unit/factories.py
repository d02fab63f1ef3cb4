"""Targets, levels, assessments and comparisons for tests: real models, invented figures, one line per situation.

``make_assessment(Kind.CUMULATIVE, value=4310, level=9500)`` is judged with the rules of the assess room, so that
number, verdict and reason always fit together; every field can be set by hand to build a special case.
``assessments()`` is the hypothesis strategy over all kinds, reasons and statuses.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from lekp_lib.adapter.level import shown_level
from lekp_lib.adapter.models import (
    Assessment,
    Comparison,
    GroupComparison,
    Pace,
    Point,
    Reason,
    TargetLevel,
    Verdict,
    VerdictCounts,
)
from lekp_lib.edition.models import Measure, Observation, Status
from lekp_lib.pact import PACT_VERSIONS, Denominator, Kind, Level, PactVersion, Source, Target, Unit
from lekp_lib.register.models import Count, PeerGroup, PeerKind

NIS = "11001"
END_2025 = dt.date(2025, 12, 31)
END_2030 = dt.date(2030, 12, 31)

UNITS: dict[str, Unit] = {
    "boom": Unit(singular="boom", plural="bomen", symbol="bomen", counted=True),
    "perk": Unit(singular="perk", plural="perken", symbol="perken", counted=True),
    "wooneenheid": Unit(singular="wooneenheid", plural="wooneenheden", symbol="wooneenheden", counted=True),
    "laadpunt": Unit(singular="laadpunt", plural="laadpunten", symbol="laadpunten", counted=True),
    "cpe": Unit(singular="laadpuntequivalent", plural="laadpuntequivalenten", symbol="CPE", counted=True),
    "meter": Unit(singular="meter", plural="meter", symbol="m", counted=False, decimals=1),
    "m2": Unit(singular="vierkante meter", plural="vierkante meter", symbol="m²", counted=False),
    "kw": Unit(singular="kilowatt", plural="kilowatt", symbol="kW", counted=False, decimals=1),
    "procent": Unit(singular="procent", plural="procent", symbol="%", counted=False, decimals=1),
    "tempo": Unit(
        singular="procent per jaar", plural="procent per jaar", symbol="% per jaar", counted=False, decimals=2
    ),
    "ja_nee": Unit(singular="ja/nee", plural="ja/nee", symbol="ja/nee", counted=True),
    "plan": Unit(singular="plan", plural="plannen", symbol="plannen", counted=True),
}

#: Per kind: name, werf, unit, id and label of the first indicator, and the fixed level where there is one.
_KINDS: dict[Kind, tuple[str, str, str, str, str, float | None]] = {
    Kind.CUMULATIVE: ("Bomen", "1", "boom", "bomen", "Extra bomen", None),
    Kind.STOCK: ("Laadpunten", "3", "laadpunt", "laadpunten", "Laadpunten", None),
    Kind.REDUCTION: ("Minder CO₂ eigen gebouwen", "algemeen", "procent", "reductie", "Minder CO₂ dan in 2015", 55.0),
    Kind.ANNUAL_RATE: (
        "Energiebesparing eigen gebouwen",
        "algemeen",
        "tempo",
        "jaarlijkse_besparing",
        "Gemiddelde jaarlijkse besparing sinds het basisjaar",
        2.09,
    ),
    Kind.YES_NO: ("Burgemeestersconvenant", "algemeen", "ja_nee", "ondertekend", "Convenant ondertekend", 1.0),
}


def unit_of(unit: str | Unit) -> Unit:
    """A unit by its short name in :data:`UNITS`, or the unit itself."""
    return UNITS[unit] if isinstance(unit, str) else unit


def make_level(
    unit: str | Unit = "boom",
    *,
    indicator: str = "bomen",
    factor: float | None = 1.0,
    per: Denominator = Denominator.POPULATION,
    per_n: int = 1,
    value: float | None = None,
    deadline: dt.date | None = END_2030,
    text: str = "1 extra boom per inwoner",
    **more: Any,
) -> Level:
    """Declared level: a factor per so many inhabitants, or a fixed ``value``."""
    way: dict[str, Any] = {"value": value} if value is not None else {"factor": factor, "per": per, "per_n": per_n}
    return Level(text=text, indicator=indicator, unit=unit_of(unit), deadline=deadline, **way, **more)


def make_target(
    kind: Kind = Kind.CUMULATIVE,
    *,
    id: str | None = None,  # noqa: A002 - the name of the field
    name: str | None = None,
    unit: str | Unit | None = None,
    levels: dict[PactVersion, Level] | None = None,
    parts: Sequence[str] = (),
    deadline: dt.date | None = END_2030,
    **more: Any,
) -> Target:
    """Target of a kind; names, indicators and level of a typical one unless told otherwise.

    ``parts`` makes a yes/no target of several parts: labels, from which the ids are made.
    """
    usual_name, werf, usual_unit, indicator, label, fixed = _KINDS[kind]
    chosen = unit_of(unit or ("plan" if len(parts) > 1 else usual_unit))
    part_ids = tuple(part.lower().replace(" ", "_") for part in parts)
    indicators: list[dict[str, Any]] = [{"id": indicator, "label": label, "unit": chosen}]
    if part_ids:
        indicators = [{"id": "plannen", "label": "Plannen", "unit": chosen}]
        indicators += [{"id": key, "label": part, "unit": chosen} for key, part in zip(part_ids, parts, strict=True)]
        indicator = "plannen"
    level = make_level(chosen, indicator=indicator, value=fixed, deadline=deadline)
    fields: dict[str, Any] = {
        "id": id or (name or usual_name).lower().replace(" ", "_").replace("₂", "2").replace("(", "").replace(")", ""),
        "nr": 7,
        "official_label": name or usual_name,
        "name": name or usual_name,
        "short_name": (name or usual_name)[:22].strip(),
        "codelist_uri": "http://lblod.data.gift/concepts/00000000-0000-0000-0000-000000000000",
        "werf": werf,
        "kind": kind,
        "levels": levels or {"1.0": level},
        "level_certainty": "bron",
        "indicators": indicators,
        "parts": (part_ids or (indicator,)) if kind is Kind.YES_NO else (),
        "path_start": dt.date(2015, 12, 31) if kind is Kind.REDUCTION else dt.date(2021, 1, 1),
        "description": "Een doel om mee te testen.",
        "source_certainty": "bron",
        "sources": ("groenblauwpeil",),
        "synonyms": ("een", "twee", "drie", "vier"),
        "references": ("https://example.org",),
    }
    return Target.model_validate({**fields, **more})


def make_observation(
    target: Target,
    value: float,
    date: dt.date = END_2025,
    *,
    indicator: str | None = None,
    status: Status = Status.FINAL,
    **more: Any,
) -> Observation:
    """A figure; base year and retrieval date are filled in where the kind asks for them."""
    base = {Kind.REDUCTION: target.path_start.year, Kind.ANNUAL_RATE: 2022}.get(target.kind)
    fields: dict[str, Any] = {"source_id": "groenblauwpeil", "retrieved": dt.date(2026, 2, 2), "base_year": base}
    return Observation(
        target_id=target.id,
        indicator=indicator or target.indicators[0].id,
        nis=NIS,
        reference_date=date,
        value=value,
        status=status,
        **{**fields, **more},
    )


def make_source(id: str = "groenblauwpeil", name: str = "Groenblauwpeil") -> Source:  # noqa: A002
    """A source with a name."""
    return Source.model_validate(
        {
            "id": id,
            "name": name,
            "organisation": name,
            "rang": "officieel",
            "rhythm": "wekelijks",
            "rhythm_certainty": "bron",
            "licence": "niet bekend",
            "description": "Een bron om mee te testen.",
        }
    )


def _expected(target: Target, level: Level, date: dt.date) -> float | None:
    """The required path by the rules of design.md 4, written here once more and on its own."""
    if target.kind is Kind.ANNUAL_RATE:
        return 100.0
    if level.deadline is None or (target.kind is Kind.YES_NO and date < level.deadline):
        return None
    if target.kind is Kind.YES_NO:
        return 100.0
    if target.kind is Kind.REDUCTION:
        part = (date.year - target.path_start.year) / (level.deadline.year - target.path_start.year)
    else:
        part = ((date - target.path_start).days + 1) / ((level.deadline - target.path_start).days + 1)
    return 100 * min(max(part, 0.0), 1.0)


def judged(kind: Kind, share_pct: float | None, expected_pct: float | None) -> tuple[Verdict, Reason]:
    """Verdict by the table of design.md 4."""
    if share_pct is None:
        return Verdict.NONE, Reason.NO_DATA
    if share_pct >= 100 and kind is not Kind.ANNUAL_RATE:
        return Verdict.REACHED, Reason.SHARE
    if expected_pct is None:
        return Verdict.NOT_YET_REQUIRED, Reason.BEFORE_DEADLINE
    if share_pct >= expected_pct:
        return Verdict.ON_TRACK, Reason.SHARE
    return (Verdict.SLIGHTLY_BEHIND if share_pct >= 0.7 * expected_pct else Verdict.FAR_BEHIND), Reason.SHARE


def make_target_level(target: Target, level: float | Level | None, version: PactVersion = "1.0") -> TargetLevel:
    """Level of one municipality: ``level`` is the exact amount, or a declared level to use."""
    declared = level if isinstance(level, Level) else target.level_for(version)
    assert declared is not None
    if declared.value is not None:
        exact = float(level) if isinstance(level, int | float) else declared.value
        return TargetLevel(declared, version, exact, exact, None)
    assert declared.factor is not None
    assert declared.per_n is not None
    exact = float(level) if isinstance(level, int | float) else declared.factor * 10110 / declared.per_n
    count = Count(round(exact * declared.per_n / declared.factor), dt.date(2020, 1, 1), "Statbel")
    return TargetLevel(declared, version, exact, shown_level(exact, declared.unit), count)


def _parts(
    target: Target, answers: Sequence[bool | None], date: dt.date, since: dt.date | None, status: Status
) -> tuple[tuple[str, Point | None], ...]:
    found: list[tuple[str, Point | None]] = []
    for part, answer in zip(target.parts, answers, strict=True):
        if answer is None:
            found.append((part, None))
            continue
        seen = make_observation(
            target, float(answer), date, indicator=part, status=status, since=since if answer else None
        )
        found.append((part, Point(date, seen.value, status, None, None, seen)))
    return tuple(found)


def make_assessment(
    kind: Kind | Target = Kind.CUMULATIVE,
    value: float | None = 4310,
    level: float | Level | None = 9500,
    *,
    date: dt.date = END_2025,
    as_of: dt.date = END_2025,
    status: Status = Status.FINAL,
    reason: Reason | None = None,
    history: Sequence[tuple[dt.date, float]] = (),
    answers: Sequence[bool | None] | None = None,
    since: dt.date | None = None,
    pace: Pace | None = None,
    version: PactVersion | None = "1.0",
    observation: dict[str, Any] | None = None,
    **fields: Any,
) -> Assessment:
    """One municipality x one target, judged by the general rule.

    Parameters
    ----------
    kind
        A kind, for which :func:`make_target` makes the target, or the target itself.
    value
        The current figure; ``None`` for no data. Yes/no targets take ``answers``.
    level
        Exact level; ignored for kinds with a fixed one unless it is a declared :class:`Level`.
    reason
        Set to abstain: verdict, share and level become what the assess room gives with that reason.
    history
        Older points of the same indicator.
    answers
        Per part of a yes/no target: yes, no, or not known.
    observation
        Fields of the current figure: ``date_precision``, ``indicator``, ``measure``, ``base_year`` ...
    fields
        Any field of :class:`Assessment`, set as given.
    """
    target = kind if isinstance(kind, Target) else make_target(kind)
    fixed = next(iter(target.levels.values())).value is not None
    target_level = make_target_level(
        target, None if fixed and not isinstance(level, Level) else level, version or "1.0"
    )
    series = [*history, *([] if value is None else [(date, value)])]
    parts: tuple[tuple[str, Point | None], ...] = ()
    if target.kind is Kind.YES_NO:
        answers = (True,) * len(target.parts) if answers is None else answers
        parts = _parts(target, answers, date, since, status)
        known = [answer for answer in answers if answer is not None]
        series = [(date, float(sum(known)))] if len(known) == len(parts) else []
    points = []
    for day, figure in series:
        seen = make_observation(target, figure, day, status=status, **(observation or {}))
        share = 100 * figure / (len(parts) if parts else target_level.exact)
        points.append(Point(day, figure, status, share, _expected(target, target_level.level, day), seen))
    current = points[-1] if points else None
    if (current and reason in (Reason.OTHER_UNIT, Reason.NO_DENOMINATOR)) or (
        current and reason is Reason.NO_BASE_YEAR and target.kind is Kind.REDUCTION
    ):
        current = replace(current, share_pct=None, expected_pct=None)
    if current and reason is Reason.ONLY_SHARE_PUBLISHED:
        shared = replace(current.observation, measure=Measure.SHARE_PCT)
        current = replace(current, value=None, share_pct=current.observation.value, observation=shared)
    points = [*points[:-1], *([current] if current else [])]
    outside = reason in (Reason.NOT_SIGNED, Reason.VERSION_NOT_SIGNED)
    verdict, found = judged(
        target.kind, current.share_pct if current else None, current.expected_pct if current else None
    )
    if reason is not None and reason not in (Reason.SHARE, found):
        verdict, found = (Verdict.NOT_APPLICABLE if outside else Verdict.NONE), reason
    given: dict[str, Any] = {
        "nis": NIS,
        "target": target,
        "version": None if reason is Reason.NOT_SIGNED else version,
        "level": None if outside or reason is Reason.NO_DENOMINATOR else target_level,
        "current": current,
        "points": tuple(points),
        "parts": parts,
        "share_pct": current.share_pct if current and not outside else None,
        "expected_pct": current.expected_pct if current and not outside else None,
        "verdict": verdict,
        "reason": found,
        "age_months": (as_of.year - current.date.year) * 12 + as_of.month - current.date.month if current else None,
        "pace": pace,
    }
    return Assessment(**{**given, **fields})


def make_counts(assessments: Iterable[Assessment]) -> VerdictCounts:
    """Counts over assessments, as the assess room makes them."""
    given = list(assessments)
    found = Counter(item.verdict for item in given)
    by_verdict = {verdict: found.get(verdict, 0) for verdict in Verdict}
    return VerdictCounts(by_verdict, sum(item.applies for item in given), len(given))


def make_group(
    kind: PeerKind = PeerKind.FLANDERS,
    label: str = "Vlaanderen",
    *,
    members: int = 285,
    with_data: int = 285,
    median_pct: float | None = 38.0,
    ahead: int | None = 196,
) -> GroupComparison:
    """One peer group with its counts; the members are codes made for the purpose."""
    return GroupComparison(
        PeerGroup(kind, label, tuple(str(10000 + i) for i in range(members))), members, with_data, median_pct, ahead
    )


def make_comparison(
    target: Target | None = None,
    shares: dict[str, float] | None = None,
    *,
    groups: Sequence[GroupComparison] | None = None,
    no_data: Sequence[str] = (),
    not_signed: Sequence[str] = (),
    similar_better: Sequence[str] = (),
) -> Comparison:
    """One target across municipalities, seen from :data:`NIS`."""
    return Comparison(
        nis=NIS,
        target=target or make_target(),
        shares=shares if shares is not None else {NIS: 45.4, "11002": 62.0, "11004": 51.0, "11005": 12.0},
        no_data=tuple(no_data),
        not_signed=tuple(not_signed),
        groups=tuple(groups if groups is not None else (make_group(),)),
        similar_better=tuple(similar_better),
    )


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    """Random assessments of every kind, status and reason; numbers and verdicts fit together."""
    kind = draw(st.sampled_from(list(_KINDS)))
    status = draw(st.sampled_from(list(Status)))
    precision = draw(st.sampled_from(["dag", "maand", "jaar"]))
    date = {"jaar": END_2025, "maand": dt.date(2025, 11, 30)}.get(precision) or draw(
        st.dates(dt.date(2021, 1, 1), dt.date(2026, 6, 30))
    )
    common: dict[str, Any] = {"date": date, "as_of": dt.date(2026, 6, 30), "status": status}
    if kind is Kind.YES_NO:
        labels = draw(st.sampled_from([(), ("Warmteplan", "Sloopbeleidsplan")]))
        deadline = draw(st.sampled_from([END_2030, dt.date(2021, 6, 30)]))
        target = make_target(kind, parts=labels, deadline=deadline)
        answers = [draw(st.sampled_from([True, False, None])) for _ in target.parts]
        since = draw(st.none() | st.just(dt.date(2021, 1, 1)))
        return make_assessment(target, answers=answers, since=since, **common)
    unit = draw(st.sampled_from(["boom", "perk", "cpe", "meter", "m2", "kw"]))
    target = make_target(kind, unit=None if kind in (Kind.REDUCTION, Kind.ANNUAL_RATE) else unit)
    fixed = target.levels["1.0"].value
    level = fixed or draw(st.floats(0.05, 600_000, allow_subnormal=False))
    share = draw(st.floats(-0.5 if kind is Kind.REDUCTION else 0, 2.5, allow_subnormal=False))
    value = 0.0 if 0 < abs(share) < 1e-6 else share * level
    if fixed is None and target.indicators[0].unit.counted:
        value = float(round(value))
    reasons = [
        None,
        Reason.TOO_OLD,
        Reason.DATE_UNCERTAIN,
        Reason.NO_DENOMINATOR,
        Reason.NOT_SIGNED,
        Reason.NO_DEADLINE,
    ]
    reasons += [Reason.ONLY_SHARE_PUBLISHED] if fixed is None else [Reason.NO_BASE_YEAR]
    reason = draw(st.sampled_from(reasons))
    pace = None
    if reason is None and kind is not Kind.ANNUAL_RATE and value < level:
        recent = draw(st.none() | st.floats(-level / 4, level / 4, allow_subnormal=False))
        projected = None if recent is None else value + 5 * recent
        share_then = None if projected is None else 100 * projected / level
        pace = Pace(recent, (level - value) / 5, projected, share_then, END_2030)
    missing = draw(st.integers(0, 9)) == 0
    return make_assessment(
        target,
        None if missing else value,
        level,
        reason=Reason.NO_DATA if missing else reason,
        pace=None if missing else pace,
        observation={"date_precision": precision},
        **common,
    )


#: All versions, for tests that walk through them.
VERSIONS = PACT_VERSIONS
