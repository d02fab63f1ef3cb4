"""Which denominator a file used: its own level, stated or implied, against the level of the catalogue.

A known mistake in publications is a level computed from inhabitants where the pact counts dwellings (domain.md 2.4).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from lekp_lib.data.findings import Finding, Known, plain
from lekp_lib.data.observation import Measure, Observation
from lekp_lib.errors import RegisterError
from lekp_lib.pact import Denominator, Level
from lekp_lib.register.models import FIRST_DAY

_YEARS = range(2019, 2026)
_CLOSE = 0.08


def _amounts(nis: str, known: Known) -> dict[Denominator, list[int]]:
    """Every denominator that the register knows of a municipality, of whatever year."""
    found: dict[Denominator, list[int]] = {item: [] for item in Denominator}
    for day in (FIRST_DAY[2025], FIRST_DAY[2019]):
        try:
            place = known.register.get(nis, day)
        except RegisterError:
            continue
        counts = [(Denominator.POPULATION, known.register.population(place.nis, year, day)) for year in _YEARS]
        counts += [(Denominator.HOUSEHOLDS, known.register.households(place.nis, year, day)) for year in _YEARS]
        counts.append((Denominator.DWELLINGS, known.register.dwellings(place.nis, day)))
        for kind, count in counts:
            if count is not None:
                found[kind].append(count.value)
    return found


def _near(stated: float, level: Level, amounts: list[int]) -> bool:
    assert level.factor is not None and level.per_n is not None
    computed = [level.factor * amount / level.per_n for amount in amounts]
    return any(abs(stated - value) <= _CLOSE * value for value in computed)


def _judge(item: Observation, stated: float, how: str, known: Known) -> Iterator[Finding]:
    levels = [level for level in known.target(item).levels.values() if level.factor is not None]
    # Dwellings and households stand in for each other (domain.md 2.4); inhabitants do not.
    homes = (Denominator.DWELLINGS, Denominator.HOUSEHOLDS)
    per_home = [level for level in levels if level.per in homes]
    if not per_home or len(per_home) < len(levels):
        return
    amounts = _amounts(item.nis, known)
    of_homes = amounts[Denominator.DWELLINGS] + amounts[Denominator.HOUSEHOLDS]
    if any(_near(stated, level, of_homes) for level in per_home):
        return
    if any(_near(stated, level, amounts[Denominator.POPULATION]) for level in per_home):
        message = f"{how} {plain(round(stated, 1))}, which follows from inhabitants; the pact counts {per_home[0].per}"
        yield Finding("warning", "denominator", known.where(item), message)


def level_findings(items: Sequence[Observation], levels: Sequence[Observation], known: Known) -> Iterator[Finding]:
    """Levels that were computed from the wrong denominator.

    Parameters
    ----------
    items
        Figures; an amount and a share of the same municipality and date imply a level.
    levels
        Levels that a file states.
    known
        Targets and municipalities.

    Yields
    ------
    Finding
    """
    for stated in levels:
        yield from _judge(stated, stated.value, "a stated level of", known)
    amounts: dict[tuple[str, str, str, dt.date], Observation] = {
        (item.nis, item.target_id, item.indicator, item.reference_date): item
        for item in items
        if item.measure is Measure.AMOUNT
    }
    for item in items:
        if item.measure is not Measure.SHARE_PCT or item.value <= 0:
            continue
        amount = amounts.get((item.nis, item.target_id, item.indicator, item.reference_date))
        if amount is not None and amount.value > 0:
            yield from _judge(item, 100 * amount.value / item.value, "an implied level of", known)
