"""Figures beside each other: a counter that falls, a jump, metres typed as kilometres, a part above its whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lekp_lib.data.findings import Finding, Known, plain
from lekp_lib.data.observation import Measure, Observation
from lekp_lib.pact import Kind

JUMP = 10.0
_SMALLEST_OF_A_JUMP = 10.0
_KILO = (500.0, 2000.0)
_FEW_METRES = 100.0


def _series(items: Sequence[Observation]) -> Iterator[list[Observation]]:
    groups: defaultdict[tuple[str, str, str, Measure], dict[object, Observation]] = defaultdict(dict)
    for item in items:
        groups[item.nis, item.target_id, item.indicator, item.measure][item.reference_date] = item
    for group in groups.values():
        yield sorted(group.values(), key=lambda item: item.reference_date)


def _step(before: Observation, after: Observation, known: Known) -> Iterator[Finding]:
    target, unit = known.target(after), known.sub(after).unit.symbol
    told = f"{plain(before.value)} on {before.reference_date}, then {plain(after.value)}"
    where = known.where(after)
    if target.kind is Kind.CUMULATIVE and after.value < before.value:
        yield Finding("warning", "falls", where, f"{told}; a figure that is counted up does not fall")
    low, high = sorted((before.value, after.value))
    if low <= 0 or high < _SMALLEST_OF_A_JUMP:
        return
    ratio = high / low
    if unit == "m" and _KILO[0] <= ratio <= _KILO[1]:
        yield Finding("warning", "kilometres", where, f"{told}; were kilometres typed as metres?")
    elif ratio > JUMP:
        yield Finding("warning", "jump", where, f"{told}; more than {plain(JUMP)} times")


def _kilometres(item: Observation, known: Known) -> Iterator[Finding]:
    """A few metres with decimals: who measures 7.4 km of cycle path writes 7.4, who measures metres does not."""
    metres = known.sub(item).unit.symbol == "m" and item.measure is Measure.AMOUNT
    if metres and 0 < item.value < _FEW_METRES and not float(item.value).is_integer():
        message = f"{plain(item.value)} m; were kilometres typed as metres?"
        yield Finding("warning", "kilometres", known.where(item), message)


def _parts(items: Sequence[Observation], known: Known) -> Iterator[Finding]:
    """A part larger than its whole."""
    values = {
        (item.nis, item.target_id, item.indicator, item.reference_date): item
        for item in items
        if item.measure is Measure.AMOUNT
    }
    for item in values.values():
        whole_id = known.sub(item).part_of
        whole = values.get((item.nis, item.target_id, whole_id, item.reference_date)) if whole_id else None
        if whole is not None and item.value > whole.value + 1e-6:
            message = f"{plain(item.value)}, while the whole ({whole.indicator}) is {plain(whole.value)}"
            yield Finding("warning", "part", known.where(item), message)


def series_findings(items: Sequence[Observation], previous: Sequence[Observation], known: Known) -> Iterator[Finding]:
    """What shows when figures of one municipality are laid beside each other.

    Parameters
    ----------
    items
        Figures to check.
    previous
        Figures known before, on other dates.
    known
        Targets and municipalities.

    Yields
    ------
    Finding
        Only about steps that lead to or from a figure of ``items``.
    """
    new = {id(item) for item in items}
    for series in _series([*previous, *items]):
        for before, after in pairwise(series):
            if id(before) in new or id(after) in new:
                yield from _step(before, after, known)
    for item in items:
        yield from _kilometres(item, known)
    yield from _parts(items, known)
