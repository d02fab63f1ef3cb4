"""All municipalities together: what may be added up, over how many of them, and what may not be added up.

Levels that follow from a factor (1 tree per inhabitant) add up, and so do their figures. Fixed levels (100 % led, yes
or no) do not: there the middle municipality speaks, or the number of municipalities that are in order. A sum is always
one of figures *and* levels of the same municipalities, so that a missing figure never lowers a share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

from lekp_lib.adapter.area_models import Answers, Area, AreaResult, Coverage, Middle, PlainSum, Total
from lekp_lib.adapter.compare import comparable_share
from lekp_lib.adapter.models import Assessment, Point, Reason, Verdict
from lekp_lib.pact.models import Kind, Target
from lekp_lib.register.models import Municipality, PeerKind

#: Code under which Flanders as a whole goes.
FLANDERS_NIS = "02000"


def adds_up(target: Target) -> bool:
    """Whether levels and figures of municipalities may be summed: only where each level follows from a factor."""
    return all(level.factor is not None for level in target.levels.values())


def is_counted(assessment: Assessment) -> bool:
    """Whether a municipality stands in the sums: its figure is usable, and an amount rather than a published share."""
    current = assessment.current
    return comparable_share(assessment) is not None and current is not None and current.value is not None


def areas_of(municipalities: Iterable[Municipality], kind: PeerKind) -> tuple[Area, ...]:
    """Flanders, its provinces or its reference regions, in alphabetical order.

    Parameters
    ----------
    municipalities
        All municipalities of one date.
    kind
        ``FLANDERS``, ``PROVINCE`` or ``REGION``; before 2025 there are no reference regions.

    Returns
    -------
    tuple of Area
        Every municipality is in exactly one of them, or in none where nobody has a region.

    Raises
    ------
    ValueError
        For the other groups, which overlap or say nothing of a whole.
    """
    everyone = tuple(municipalities)
    if kind is PeerKind.FLANDERS:
        return (Area(kind, "Vlaanderen", tuple(item.nis for item in everyone)),)
    names: dict[PeerKind, Callable[[Municipality], str | None]] = {
        PeerKind.PROVINCE: lambda item: item.province,
        PeerKind.REGION: lambda item: item.region,
    }
    if kind not in names:
        raise ValueError(f"areas: found {kind.value!r}; expected vlaanderen, provincie or referentieregio")
    members: dict[str, list[str]] = {}
    for item in everyone:
        if name := names[kind](item):
            members.setdefault(name, []).append(item.nis)
    return tuple(Area(kind, name, tuple(found)) for name, found in sorted(members.items()))


def _coverage(assessments: Sequence[Assessment], inhabitants: Mapping[str, int]) -> Coverage:
    counted = {item.nis for item in assessments if is_counted(item)}
    applying = [item for item in assessments if item.applies]
    waiting = [item for item in applying if item.nis not in counted]
    return Coverage(
        members=len(assessments),
        applying=len(applying),
        counted=len(counted),
        without={reason: count for reason in Reason if (count := sum(_why_not(item) is reason for item in waiting))},
        inhabitants=sum(inhabitants.get(item.nis, 0) for item in assessments),
        inhabitants_counted=sum(inhabitants.get(nis, 0) for nis in counted),
    )


def _why_not(assessment: Assessment) -> Reason:
    """Why a municipality is not in the sum; a judged figure that is no amount is a published share."""
    return Reason.ONLY_SHARE_PUBLISHED if comparable_share(assessment) is not None else assessment.reason


def _total(indicator: str, members: Sequence[Assessment]) -> Total:
    """Sum over those of one level unit; ``members`` are all for whom this level holds."""
    found = [(item, item.level, item.current) for item in members if is_counted(item)]
    value, level, required, dates = 0.0, 0.0, 0.0, []
    has_path = bool(found)
    for item, own, current in found:
        assert own is not None and current is not None and current.value is not None
        value += current.value
        level += own.exact
        required += own.exact * (item.expected_pct or 0.0) / 100
        has_path = has_path and item.expected_pct is not None
        dates.append(current.date)
    levels = [item.level for item in members if item.level is not None]
    return Total(
        indicator=indicator,
        unit=levels[0].level.unit,
        value=value,
        level=level,
        required=required if has_path else None,
        counted=len(found),
        applying=len(members),
        level_all=sum(item.exact for item in levels) if len(levels) == len(members) else None,
        first_date=min(dates, default=None),
        last_date=max(dates, default=None),
    )


def _totals(target: Target, assessments: Sequence[Assessment]) -> tuple[Total, ...]:
    by_indicator: dict[str, list[Assessment]] = {}
    for item in assessments:
        if item.applies and item.level is not None:
            by_indicator.setdefault(item.level.level.indicator, []).append(item)
    order = [indicator.id for indicator in target.indicators]
    return tuple(_total(name, by_indicator[name]) for name in sorted(by_indicator, key=order.index))


def _other_units(target: Target, assessments: Sequence[Assessment]) -> tuple[PlainSum, ...]:
    """Figures in a unit that some level does not ask for, over all municipalities that have one in that unit."""
    asked = [item for item in assessments if item.reason is Reason.OTHER_UNIT]
    names = {item.current.observation.indicator for item in asked if item.current is not None}
    found = []
    for indicator in target.indicators:
        if indicator.id not in names:
            continue
        points = [
            item.current
            for item in assessments
            if item.current is not None and item.current.observation.indicator == indicator.id
            if item.reason is not Reason.TOO_OLD
        ]
        values = [point.value for point in points if point.value is not None]
        dates = [point.date for point in points if point.value is not None]
        if values:
            found.append(PlainSum(indicator.id, indicator.unit, sum(values), len(values), min(dates), max(dates)))
    return tuple(found)


def _middle(assessments: Sequence[Assessment]) -> Middle:
    found = [item for item in assessments if is_counted(item)]
    values = [item.current.value for item in found if item.current is not None and item.current.value is not None]
    shares = [share for item in found if (share := comparable_share(item)) is not None]
    return Middle(
        counted=len(values),
        value=median(values) if values else None,
        share_pct=median(shares) if shares else None,
    )


def _answers(assessments: Sequence[Assessment]) -> Answers:
    """Yes/no over those for whom the target holds; half a set of plans is not in order, and not unknown."""
    applying = [item for item in assessments if item.applies]
    known = [item for item in applying if is_counted(item)]
    met = sum(1 for item in known if (item.share_pct or 0.0) >= 100)
    return Answers(applying=len(applying), in_order=met, not_in_order=len(known) - met)


def area_result(
    target: Target, area: Area, everyone: Iterable[Assessment], inhabitants: Mapping[str, int]
) -> AreaResult:
    """One target over one area.

    Parameters
    ----------
    target
        Declared target.
    area
        Flanders, a province or a region.
    everyone
        Assessments of this target; those outside the area are left out.
    inhabitants
        By NIS code, for the share of the inhabitants that live where there is a figure.

    Returns
    -------
    AreaResult
        Verdicts, coverage, and what the kind of target allows: sums, the middle, or answers.

    Raises
    ------
    ValueError
        When a municipality of the area has no assessment: it would be missing silently.
    """
    by_nis = {item.nis: item for item in everyone}
    absent = [nis for nis in area.members if nis not in by_nis]
    if absent:
        raise ValueError(f"{target.id}, {area.name}: no assessment of {', '.join(absent[:5])}")
    found = [by_nis[nis] for nis in area.members]
    verdicts = Counter(item.verdict for item in found)
    yes_no, summed = target.kind is Kind.YES_NO, adds_up(target)
    return AreaResult(
        area=area,
        target=target,
        verdicts={verdict: verdicts.get(verdict, 0) for verdict in Verdict},
        coverage=_coverage(found, inhabitants),
        totals=_totals(target, found) if summed else (),
        other_units=_other_units(target, found) if summed else (),
        middle=None if summed or yes_no else _middle(found),
        answers=_answers(found) if yes_no else None,
    )


def used_points(assessments: Iterable[Assessment]) -> tuple[Point, ...]:
    """All newest figures with their parts, for sources and dates; figures of targets that do not hold are left out."""
    points: list[Point] = []
    for item in assessments:
        if item.applies:
            parts = [point for _, point in item.parts if point is not None]
            points += parts or ([item.current] if item.current is not None else [])
    return tuple(points)
