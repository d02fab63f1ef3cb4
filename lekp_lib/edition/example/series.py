"""Random but repeatable series: one array per target, municipalities x years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lekp_lib.edition.example.profile import TargetProfile

Floats = NDArray[np.float64]

#: Part of a municipality's luck that is the same for all its targets: some places are ahead nearly everywhere.
SHARED_LUCK = 0.5
#: Noise on the yearly additions, as standard deviation of the logarithm.
YEARLY_NOISE = 0.35
#: No municipality gets further than this many times the level.
GREATEST_SHARE = 2.4
#: Greatest number of reference dates in a year.
DAYS = 365


@dataclass(frozen=True, slots=True)
class Draw:
    """Random numbers of one target: ``luck`` per municipality, ``generator`` for everything further."""

    luck: Floats
    generator: np.random.Generator

    def chance(self, percent: float) -> NDArray[np.bool_]:
        """For each municipality, true with the given chance."""
        return self.generator.random(self.luck.size) < percent / 100


def draw_for(seed: int, target_id: str, shared_luck: Floats) -> Draw:
    """Random numbers that depend on the seed and the target's id only, so that a new target moves no other."""
    generator = np.random.default_rng([seed, *target_id.encode("utf-8")])
    own = generator.standard_normal(shared_luck.size)
    return Draw(SHARED_LUCK * shared_luck + float(np.sqrt(1 - SHARED_LUCK**2)) * own, generator)


def amounts(draw: Draw, profile: TargetProfile, levels: Floats, *, rising: bool) -> Floats:
    """Amounts that add up to the Flemish state of each year.

    Parameters
    ----------
    draw
        Random numbers of this target.
    profile
        Flemish state per year, in percent of the summed levels.
    levels
        Level per municipality; 0 for those without a level.
    rising
        Whether a series may never fall (cumulative targets).

    Returns
    -------
    array of shape (municipalities, years)
    """
    states = np.array([profile.by_year[year] for year in sorted(profile.by_year)]) / 100
    additions = np.diff(states, prepend=0.0)
    noise = np.exp(draw.generator.normal(0, YEARLY_NOISE, (levels.size, states.size)))
    growth = np.cumsum(additions * noise, axis=1)
    factor = np.exp(profile.spread * draw.luck - profile.spread**2 / 2)
    values = levels[:, None] * np.minimum(growth * factor[:, None], GREATEST_SHARE)
    values[draw.chance(profile.zero_pct)] = 0.0
    totals = values.sum(axis=0)
    wanted = states * levels.sum()
    values *= np.divide(wanted, totals, out=np.ones_like(totals), where=totals > 0)
    return np.maximum.accumulate(values, axis=1) if rising else values


def fixed_values(draw: Draw, profile: TargetProfile, *, highest: float | None) -> Floats:
    """Values around a Flemish mean, for levels that are the same everywhere (percent of lamps, reduction, rate).

    Returns
    -------
    array of shape (municipalities, years)
    """
    means = np.array([profile.by_year[year] for year in sorted(profile.by_year)])
    wobble = draw.generator.normal(0, 0.08 * profile.spread, (draw.luck.size, means.size))
    values = means[None, :] + profile.spread * draw.luck[:, None] + wobble
    return values if highest is None else np.clip(values, 0.5, highest)


def first_yes(draw: Draw, profile: TargetProfile) -> NDArray[np.int64]:
    """Position of the year in which a municipality first says yes; the number of years when it never does."""
    parts = np.array([profile.by_year[year] for year in sorted(profile.by_year)]) / 100
    place = np.argsort(np.argsort(-draw.luck)) / draw.luck.size
    years_without: NDArray[np.int64] = (place[:, None] >= parts[None, :]).sum(axis=1)
    return years_without


def reference_dates(years: Sequence[int], factor: int) -> list[dt.date]:
    """So many dates in every year, evenly spread, of which 31 December is the last.

    Parameters
    ----------
    years
        Years with figures, in their order.
    factor
        Dates per year, from 1 (31 December only) to 365.

    Raises
    ------
    ValueError
        When there are not that many days.
    """
    if not 1 <= factor <= DAYS:
        raise ValueError(f"found factor {factor}; expected 1 to {DAYS} reference dates per year")
    steps = [DAYS * (factor - 1 - step) // factor for step in range(factor)]
    return [dt.date(year, 12, 31) - dt.timedelta(days=days) for year in years for days in steps]


def between(values: Floats, factor: int) -> Floats:
    """Values at :func:`reference_dates`: in even steps from one year's end to the next, level in the first year.

    Returns
    -------
    array of shape (municipalities, years x factor)
        The values of 31 December are the given ones, to the last bit.
    """
    before = np.concatenate([values[:, :1], values[:, :-1]], axis=1)[:, :, None]
    ends = values[:, :, None]
    steps = np.arange(1, factor + 1) / factor
    found = before + (ends - before) * steps
    found[:, :, -1] = values
    flat: Floats = found.reshape(values.shape[0], -1)
    return flat
