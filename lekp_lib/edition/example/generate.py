"""Make the figures of the example edition from its profile: every verdict, every kind of absence, all invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from lekp_lib.edition.example.profile import Profile, TargetProfile
from lekp_lib.edition.example.series import (
    Draw,
    Floats,
    amounts,
    between,
    draw_for,
    first_yes,
    fixed_values,
    reference_dates,
)
from lekp_lib.edition.models import Observation, Status
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import Denominator, Kind, Level, Target
from lekp_lib.register import Register

SOURCE_ID = "voorbeeld"
#: Year of the denominator for which the Flemish totals are met.
DENOMINATOR_YEAR = 2020
#: Signatories of 2.1 without figures for its goals: an edition has gaps, and so has the example.
_GAPS_OF_2_1 = ("11002", "34013")


class _Place:
    """A municipality with what the generator needs of it."""

    def __init__(self, register: Register, nis: str, on: dt.date) -> None:
        self.nis = nis
        self.version = "2.0" if nis in _GAPS_OF_2_1 else register.pact_version(nis, on)
        counts = {
            Denominator.POPULATION: register.population(nis, DENOMINATOR_YEAR, on),
            Denominator.DWELLINGS: register.dwellings(nis, on),
            Denominator.HOUSEHOLDS: register.households(nis, DENOMINATOR_YEAR, on),
        }
        self.counts = {kind: count.value if count else 0 for kind, count in counts.items()}


def _highest_level(target: Target) -> Level:
    return target.levels[max(target.levels)]


def _level_of(level: Level, place: _Place) -> float:
    if level.factor is None or level.per is None or level.per_n is None:
        return 0.0
    return level.factor * place.counts[level.per] / level.per_n


def _rounded(value: float, decimals: int, counted: bool) -> float:
    number = round(value) if counted else round(value, max(decimals, 1))
    return float(number)


def _statuses(draw: Draw, profile: Profile) -> list[Status]:
    provisional = draw.chance(profile.provisional_pct)
    estimated = draw.chance(profile.estimated_pct)
    return [
        Status.PROVISIONAL if is_provisional else Status.ESTIMATED if is_estimated else Status.EXAMPLE
        for is_provisional, is_estimated in zip(provisional, estimated, strict=True)
    ]


def _amount_rows(target: Target, own: TargetProfile, profile: Profile, places: list[_Place], draw: Draw) -> Floats:
    level = _highest_level(target)
    if level.value is not None:
        highest = level.value if target.kind is Kind.STOCK else None
        values = fixed_values(draw, own, highest=highest)
    else:
        levels = np.array([_level_of(level, place) for place in places])
        values = amounts(draw, own, levels, rising=target.kind is Kind.CUMULATIVE)
    years = values.shape[1]
    for index, place in enumerate(places):
        if place.nis in profile.all_reached:
            end = 1.06 * (level.value if level.value is not None else _level_of(level, place))
            end = min(end, 100.0) if target.kind is Kind.STOCK and level.value is not None else end
            values[index] = end * np.linspace(0.6, 1.0, years)
    return values


def _series(
    target: Target, own: TargetProfile, profile: Profile, places: list[_Place], draw: Draw, factor: int
) -> Iterator[Observation]:
    """Observations of a target with an amount, a stock or a rate."""
    level = _highest_level(target)
    unit = level.unit
    values = between(_amount_rows(target, own, profile, places, draw), factor)
    missing, stale = draw.chance(own.missing_pct), draw.chance(own.stale_pct)
    no_base_year = draw.chance(own.no_base_year_pct)
    statuses = _statuses(draw, profile)
    splits = draw.generator.uniform(0.15, 0.85, len(places))
    ratios = {
        key: item.ratio * (1 + item.spread * draw.generator.standard_normal(len(places)))
        for key, item in own.derived.items()
    }
    parts = [item for item in target.indicators if item.part_of == level.indicator]
    dates = reference_dates(sorted(own.by_year), factor)
    for index, place in enumerate(places):
        reached = place.nis in profile.all_reached
        if missing[index] and not reached:
            continue
        last = 2 * factor if stale[index] and not reached else len(dates)
        for position, date in enumerate(dates[:last]):
            newest = position == len(dates) - 1
            row = Observation(
                target_id=target.id,
                indicator=level.indicator,
                nis=place.nis,
                reference_date=date,
                value=_rounded(values[index, position], unit.decimals, unit.counted),
                status=statuses[index] if newest else Status.EXAMPLE,
                source_id=SOURCE_ID,
                retrieved=profile.built,
                base_year=None if no_base_year[index] and not reached else own.base_year,
            )
            yield row
            for key in own.derived:
                yield replace(row, indicator=key, value=float(round(row.value * ratios[key][index])))
            rest = row.value
            for number, part in enumerate(parts):
                whole = len(parts) > 1 and number == len(parts) - 1
                amount = (
                    rest
                    if whole
                    else _rounded(row.value * splits[index] / max(len(parts) - 1, 1), unit.decimals, unit.counted)
                )
                amount = min(amount, rest)
                rest = round(rest - amount, 6)
                yield replace(row, indicator=part.id, value=amount)


def _answers(
    target: Target, own: TargetProfile, profile: Profile, places: list[_Place], draw: Draw, factor: int
) -> Iterator[Observation]:
    """Observations of a yes/no target: every part, every date, with the day since when."""
    missing = draw.chance(own.missing_pct)
    years = sorted(own.by_year)
    dates = reference_dates(years, factor)
    for part in target.parts:
        part_draw = replace(draw, luck=draw.luck + 0.6 * draw.generator.standard_normal(draw.luck.size))
        yes_at = first_yes(part_draw, own)
        days = draw.generator.integers(0, 365, len(places))
        for index, place in enumerate(places):
            reached = place.nis in profile.all_reached
            if missing[index] and not reached:
                continue
            start = 0 if reached else int(yes_at[index])
            since = dt.date(years[start], 1, 1) + dt.timedelta(days=int(days[index])) if start < len(years) else None
            for date in dates:
                yes = since is not None and since <= date
                yield Observation(
                    target_id=target.id,
                    indicator=part,
                    nis=place.nis,
                    reference_date=date,
                    value=float(yes),
                    status=Status.EXAMPLE,
                    source_id=SOURCE_ID,
                    retrieved=profile.built,
                    since=since if yes else None,
                )


def generate(profile: Profile, catalog: Catalog, register: Register, *, factor: int = 1) -> tuple[Observation, ...]:
    """All figures of the example edition.

    Parameters
    ----------
    profile
        Declaration of what the figures look like; its seed makes them repeatable.
    catalog, register
        The pact and the municipalities. Figures exist only for targets that hold for the version a municipality signed,
        except that municipalities without signature have figures too, as in reality.
    factor
        So many times the figures, by that many reference dates in every year (1 to 365); those of 31 December stay what
        they are with 1. For measuring how cost grows.

    Returns
    -------
    tuple of Observation
        For every municipality at the reference date, except those in ``without_figures``.
    """
    on = profile.reference_date
    places = [_Place(register, item.nis, on) for item in register.municipalities(on)]
    shared_luck = np.random.default_rng(profile.seed).standard_normal(len(places))
    found: list[Observation] = []
    for target in catalog.targets:
        own = profile.targets.get(target.id, profile.default)
        draw = draw_for(profile.seed, target.id, shared_luck)
        make = _answers if target.kind is Kind.YES_NO else _series
        lowest = min(target.levels)
        holds = {place.nis: lowest == "1.0" or (place.version or "0") >= lowest for place in places}
        found += [
            row
            for row in make(target, own, profile, places, draw, factor)
            if holds[row.nis] and row.nis not in profile.without_figures
        ]
    return tuple(found)
