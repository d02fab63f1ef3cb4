"""The level: what one municipality has to reach, unrounded for shares and rounded down for show."""

from __future__ import annotations

import math
from collections.abc import Callable

from lekp_lib.adapter.models import TargetLevel
from lekp_lib.pact import Denominator, Level, PactVersion, Unit
from lekp_lib.register.models import Count

#: Guards ``floor`` against binary noise: 1.5 * 140.41 must not become 210.61499….
_NOISE = 1e-9


def shown_level(exact: float, unit: Unit) -> float:
    """Level as printed: counted units rounded down, as the published targets are (spec domain.md 2.3).

    A level under one whole (Herstappe: 0,08 plot) keeps two decimals, because "0 of 0" says nothing.

    Examples
    --------
    >>> points = Unit(singular="laadpunt", plural="laadpunten", symbol="laadpunten", counted=True)
    >>> shown_level(179.235, points)
    179.0
    """
    if not unit.counted:
        return exact
    return float(math.floor(exact + _NOISE)) if exact >= 1 else round(exact, 2)


def target_level(
    level: Level,
    version: PactVersion,
    denominator: Callable[[Denominator], Count | None],
) -> TargetLevel | None:
    """Absolute level of one municipality.

    Parameters
    ----------
    level
        Declared level: a factor per so many of something, or a fixed value.
    version
        Pact version it is taken from.
    denominator
        Gives the number of inhabitants, dwellings or households; ``None`` where unknown.

    Returns
    -------
    TargetLevel or None
        ``None`` when the denominator is not known: nothing may be computed then.
    """
    if level.value is not None:
        return TargetLevel(level, version, level.value, level.value, None)
    if level.factor is None or level.per is None or level.per_n is None:
        raise AssertionError("a level has a value or a factor; the catalogue model sees to that")
    count = denominator(level.per)
    if count is None:
        return None
    exact = level.factor * count.value / level.per_n
    return TargetLevel(level, version, exact, shown_level(exact, level.unit), count)
