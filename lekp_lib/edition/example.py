"""The two editions that ship with the package: ``python -m lekp_lib.edition.example FOLDER`` makes them.

``gepubliceerd`` holds only real figures with their source. ``voorbeeld`` is invented: complete, seeded, calibrated on
the published Flemish totals, with every verdict and every kind of absence. ``voorbeeld.yaml`` declares it per target.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from lekp_lib.data.readers import packaged_figures
from lekp_lib.edition.freeze import freeze
from lekp_lib.edition.manifest import Manifest
from lekp_lib.edition.models import Observation, Status
from lekp_lib.pact import Catalog, load_catalog
from lekp_lib.pact.models import Denominator, Kind, Level, Target
from lekp_lib.register import Register, load_register

Floats = NDArray[np.float64]

PUBLISHED_REFERENCE_DATE = dt.date(2026, 3, 31)
PUBLISHED_BUILT = dt.date(2026, 11, 23)
SOURCE_ID = "voorbeeld"
#: Year of the denominator for which the Flemish totals are met.
DENOMINATOR_YEAR = 2020
#: Part of a municipality's luck that is the same for all its targets: some places are ahead nearly everywhere.
SHARED_LUCK = 0.5
#: Noise on the yearly additions, as standard deviation of the logarithm.
YEARLY_NOISE = 0.35
#: No municipality gets further than this many times the level.
GREATEST_SHARE = 2.4
#: Signatories of 2.1 without figures for its goals: an edition has gaps, and so has the example.
_GAPS_OF_2_1 = ("11002", "34013")


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Derived(_Declared):
    """An indicator that follows another one: charge points follow their equivalents."""

    follows: str
    ratio: float
    spread: float = 0.05


class TargetProfile(_Declared):
    """How one target behaves in the example edition.

    Attributes
    ----------
    by_year
        Flemish state on 31 December of each year: percent of the summed levels for levels with a factor; the mean value
        itself for fixed levels (percent of lamps, reduction, yearly rate); the part of municipalities with *yes*,
        in percent, for yes/no targets.
    spread
        Standard deviation of the logarithm of a municipality's share around the Flemish one (of the value itself for
        fixed levels).
    zero_pct, missing_pct, stale_pct
        Municipalities with a real zero, without any figure, and with figures that stop in the second year.
    base_year
        Written into every figure; with ``no_base_year_pct`` some go without.
    """

    by_year: dict[int, float]
    spread: float = 0.55
    zero_pct: float = 3
    missing_pct: float = 3
    stale_pct: float = 1
    base_year: int | None = None
    no_base_year_pct: float = 0
    derived: dict[str, Derived] = {}

    @property
    def years(self) -> list[int]:
        """Years with figures, in order."""
        return sorted(self.by_year)

    @property
    def states(self) -> Floats:
        """Flemish state per year."""
        return np.array([self.by_year[year] for year in self.years])


class Profile(_Declared):
    """The whole example edition.

    ``without_figures`` and ``all_reached`` name municipalities (NIS) that show the two ends of what a report can be.
    """

    seed: int
    reference_date: dt.date
    built: dt.date
    title: str
    banner: str
    origin: str
    provisional_pct: float
    estimated_pct: float
    without_figures: tuple[str, ...] = ()
    all_reached: tuple[str, ...] = ()
    default: TargetProfile
    targets: dict[str, TargetProfile]


@dataclass(frozen=True, slots=True)
class _Draw:
    """Random numbers of one target: ``luck`` per municipality, ``generator`` for everything further."""

    luck: Floats
    generator: np.random.Generator

    def chance(self, percent: float) -> NDArray[np.bool_]:
        """For each municipality, true with the given chance."""
        return self.generator.random(self.luck.size) < percent / 100


def _draw_for(seed: int, target_id: str, shared_luck: Floats) -> _Draw:
    """Random numbers that depend on the seed and the target's id only, so that a new target moves no other."""
    generator = np.random.default_rng([seed, *target_id.encode("utf-8")])
    own = generator.standard_normal(shared_luck.size)
    return _Draw(SHARED_LUCK * shared_luck + float(np.sqrt(1 - SHARED_LUCK**2)) * own, generator)


@dataclass(frozen=True, slots=True)
class _Place:
    """A municipality with what the generator needs of it."""

    nis: str
    version: str
    counts: dict[Denominator, int]
    reached: bool


def _places(profile: Profile, register: Register) -> list[_Place]:
    """Municipalities of the reference date."""
    on, places = profile.reference_date, []
    for nis in (item.nis for item in register.municipalities(on)):
        counts = {
            Denominator.POPULATION: register.population(nis, DENOMINATOR_YEAR, on),
            Denominator.DWELLINGS: register.dwellings(nis, on),
            Denominator.HOUSEHOLDS: register.households(nis, DENOMINATOR_YEAR, on),
        }
        version = "2.0" if nis in _GAPS_OF_2_1 else register.pact_version(nis, on) or "0"
        values = {kind: count.value if count else 0 for kind, count in counts.items()}
        places.append(_Place(nis, version, values, nis in profile.all_reached))
    return places


def _level_of(level: Level, place: _Place) -> float:
    if level.value is not None:
        return level.value
    if level.factor is None or level.per is None or level.per_n is None:
        return 0.0
    return level.factor * place.counts[level.per] / level.per_n


def _amounts(draw: _Draw, own: TargetProfile, levels: Floats, *, rising: bool) -> Floats:
    """Amounts (municipalities x years) that add up to the Flemish state of each year; ``rising`` ones never fall."""
    states = own.states / 100
    additions = np.diff(states, prepend=0.0)
    noise = np.exp(draw.generator.normal(0, YEARLY_NOISE, (levels.size, states.size)))
    growth = np.cumsum(additions * noise, axis=1)
    factor = np.exp(own.spread * draw.luck - own.spread**2 / 2)
    values = levels[:, None] * np.minimum(growth * factor[:, None], GREATEST_SHARE)
    values[draw.chance(own.zero_pct)] = 0.0
    totals = values.sum(axis=0)
    wanted = states * levels.sum()
    values *= np.divide(wanted, totals, out=np.ones_like(totals), where=totals > 0)
    return np.maximum.accumulate(values, axis=1) if rising else values


def _fixed_values(draw: _Draw, own: TargetProfile, highest: float | None) -> Floats:
    """Values (municipalities x years) around a Flemish mean, for levels that are the same everywhere."""
    means = own.states
    wobble = draw.generator.normal(0, 0.08 * own.spread, (draw.luck.size, means.size))
    values = means[None, :] + own.spread * draw.luck[:, None] + wobble
    return values if highest is None else np.clip(values, 0.5, highest)


def _values(target: Target, level: Level, own: TargetProfile, places: list[_Place], draw: _Draw) -> Floats:
    """Values of all municipalities in all years; those that reach everything end above their level."""
    levels = np.array([_level_of(level, place) for place in places])
    limited = level.value is not None and target.kind is Kind.STOCK
    if level.value is not None:
        values = _fixed_values(draw, own, level.value if limited else None)
    else:
        values = _amounts(draw, own, levels, rising=target.kind is Kind.CUMULATIVE)
    for index in (index for index, place in enumerate(places) if place.reached):
        end = min(1.06 * levels[index], 100.0) if limited else 1.06 * levels[index]
        values[index] = end * np.linspace(0.6, 1.0, values.shape[1])
    return values


def _rounded(value: float, level: Level) -> float:
    return float(round(value) if level.unit.counted else round(value, max(level.unit.decimals, 1)))


def _with_parts(row: Observation, level: Level, parts: list[str], split: float) -> Iterator[Observation]:
    """The parts of a figure; the last of several is what is left."""
    rest = row.value
    for number, part in enumerate(parts):
        last = len(parts) > 1 and number == len(parts) - 1
        amount = rest if last else min(_rounded(row.value * split / max(len(parts) - 1, 1), level), rest)
        rest = round(rest - amount, 6)
        yield replace(row, indicator=part, value=amount)


def _series(
    target: Target, own: TargetProfile, profile: Profile, places: list[_Place], draw: _Draw
) -> Iterator[Observation]:
    """Observations of a target with an amount, a stock or a rate."""
    level = target.levels[max(target.levels)]
    values = _values(target, level, own, places, draw)
    missing, stale = draw.chance(own.missing_pct), draw.chance(own.stale_pct)
    no_base_year = draw.chance(own.no_base_year_pct)
    provisional, estimated = draw.chance(profile.provisional_pct), draw.chance(profile.estimated_pct)
    splits = draw.generator.uniform(0.15, 0.85, len(places))
    ratios = {
        key: item.ratio * (1 + item.spread * draw.generator.standard_normal(len(places)))
        for key, item in own.derived.items()
    }
    parts = [item.id for item in target.indicators if item.part_of == level.indicator]
    for index, place in enumerate(places):
        if missing[index] and not place.reached:
            continue
        status = Status.PROVISIONAL if provisional[index] else Status.ESTIMATED if estimated[index] else Status.EXAMPLE
        for position, year in enumerate(own.years[: 2 if stale[index] and not place.reached else None]):
            row = Observation(
                target_id=target.id,
                indicator=level.indicator,
                nis=place.nis,
                reference_date=dt.date(year, 12, 31),
                value=_rounded(values[index, position], level),
                status=status if year == own.years[-1] else Status.EXAMPLE,
                source_id=SOURCE_ID,
                retrieved=profile.built,
                base_year=None if no_base_year[index] and not place.reached else own.base_year,
            )
            yield row
            for key, ratio in ratios.items():
                yield replace(row, indicator=key, value=float(round(row.value * ratio[index])))
            yield from _with_parts(row, level, parts, splits[index])


def _first_yes(luck: Floats, own: TargetProfile) -> NDArray[np.int64]:
    """Position of the year in which a municipality first says yes; the number of years when it never does."""
    place = np.argsort(np.argsort(-luck)) / luck.size
    years_without: NDArray[np.int64] = (place[:, None] >= own.states[None, :] / 100).sum(axis=1)
    return years_without


def _answers(
    target: Target, own: TargetProfile, profile: Profile, places: list[_Place], draw: _Draw
) -> Iterator[Observation]:
    """Observations of a yes/no target: every part, every date, with the day since when."""
    missing, years = draw.chance(own.missing_pct), own.years
    for part in target.parts:
        yes_at = _first_yes(draw.luck + 0.6 * draw.generator.standard_normal(draw.luck.size), own)
        days = draw.generator.integers(0, 365, len(places))
        for index, place in enumerate(places):
            if missing[index] and not place.reached:
                continue
            start = 0 if place.reached else int(yes_at[index])
            since = dt.date(years[start], 1, 1) + dt.timedelta(days=int(days[index])) if start < len(years) else None
            for date in (dt.date(year, 12, 31) for year in years):
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


def generate(profile: Profile, catalog: Catalog, register: Register) -> tuple[Observation, ...]:
    """All figures of the example edition.

    Parameters
    ----------
    profile
        Declaration of what the figures look like; its seed makes them repeatable.
    catalog, register
        The pact and the municipalities. Figures exist only for targets that hold for the version a municipality signed,
        except that municipalities without signature have figures too, as in reality.

    Returns
    -------
    tuple of Observation
        For every municipality at the reference date, except those in ``without_figures``.
    """
    places = _places(profile, register)
    shared_luck = np.random.default_rng(profile.seed).standard_normal(len(places))
    rows: list[Observation] = []
    for target in catalog.targets:
        own = profile.targets.get(target.id, profile.default)
        make = _answers if target.kind is Kind.YES_NO else _series
        lowest = min(target.levels)
        holds = {place.nis for place in places if lowest == "1.0" or place.version >= lowest}
        holds -= set(profile.without_figures)
        draw = _draw_for(profile.seed, target.id, shared_luck)
        rows += [row for row in make(target, own, profile, places, draw) if row.nis in holds]
    return tuple(rows)


def freeze_published(folder: Path) -> Manifest:
    """Freeze the edition of published figures.

    A figure of a municipality that has merged since says nothing of its successor: it goes to the table ``former``.
    """
    register = load_register()
    current = {item.nis for item in register.municipalities(PUBLISHED_REFERENCE_DATE)}
    earlier = {item.nis for item in register.municipalities(dt.date(2024, 12, 31))}
    tables: dict[str, list[Observation]] = {"figures": [], "former": [], "totals": []}
    tables["figures"] += packaged_figures("charge_points_2026_03.csv", "feiten_laadpunten")
    for item in packaged_figures("published_figures.csv", "gepubliceerde_cijfers"):
        tables["figures" if item.nis in current else "former" if item.nis in earlier else "totals"].append(item)
    return freeze(
        folder,
        edition_id="gepubliceerd",
        title="Gepubliceerde cijfers",
        reference_date=PUBLISHED_REFERENCE_DATE,
        built=PUBLISHED_BUILT,
        origin="Alleen gepubliceerde cijfers van gemeenten, partners en pers, met bron; al het andere ontbreekt.",
        tables=tables,
    )


def freeze_example(folder: Path) -> Manifest:
    """Freeze the example edition from its declared profile; the folder must not exist yet."""
    declared = (files("lekp_lib.edition") / "voorbeeld.yaml").read_text(encoding="utf-8")
    profile = Profile.model_validate(YAML(typ="safe").load(declared))
    fields = ("title", "reference_date", "built", "origin", "banner", "seed")
    return freeze(
        folder,
        edition_id="voorbeeld",
        tables={"figures": generate(profile, load_catalog(), load_register())},
        fictitious=True,
        **{name: getattr(profile, name) for name in fields},
    )


if __name__ == "__main__":
    freeze_published(Path(sys.argv[1]) / "gepubliceerd")
    freeze_example(Path(sys.argv[1]) / "voorbeeld")
