"""The two editions that ship with the package: ``python -m lekp_lib.edition.example FOLDER`` makes them.

``gepubliceerd`` holds only real figures with their source. ``voorbeeld`` is invented: complete, seeded, calibrated on
the published Flemish totals, with every verdict and every kind of absence. ``voorbeeld.yaml`` declares it per target.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from lekp_lib.data.readers import packaged_figures
from lekp_lib.edition.freeze import Manifest, freeze
from lekp_lib.pact import Catalog, load_catalog
from lekp_lib.pact.models import Denominator, Kind, Level, Target
from lekp_lib.register import Register, load_register

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

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


class _Draw:
    """Random numbers of one target: ``luck`` per municipality, ``generator`` for everything further.

    They depend on the seed and the target's id only, so that a new target moves no other.
    """

    def __init__(self, seed: int, target_id: str, shared_luck: Floats) -> None:
        self.generator = np.random.default_rng([seed, *target_id.encode("utf-8")])
        own = self.generator.standard_normal(shared_luck.size)
        self.luck = SHARED_LUCK * shared_luck + float(np.sqrt(1 - SHARED_LUCK**2)) * own

    def chance(self, percent: float) -> Flags:
        """For each municipality, true with the given chance."""
        return self.generator.random(self.luck.size) < percent / 100


def _places(profile: Profile, register: Register) -> pd.DataFrame:
    """Municipalities of the reference date, with what the generator needs of them."""
    on, rows = profile.reference_date, []
    for nis in (item.nis for item in register.municipalities(on)):
        counts = {
            Denominator.POPULATION: register.population(nis, DENOMINATOR_YEAR, on),
            Denominator.DWELLINGS: register.dwellings(nis, on),
            Denominator.HOUSEHOLDS: register.households(nis, DENOMINATOR_YEAR, on),
        }
        version = "2.0" if nis in _GAPS_OF_2_1 else register.pact_version(nis, on) or "0"
        known = {str(kind): count.value if count else 0 for kind, count in counts.items()}
        rows.append({"nis": nis, "version": version, "reached": nis in profile.all_reached, **known})
    return pd.DataFrame(rows)


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


def _values(target: Target, level: Level, own: TargetProfile, places: pd.DataFrame, draw: _Draw) -> Floats:
    """Values of all municipalities in all years; those that reach everything end above their level."""
    limited = level.value is not None and target.kind is Kind.STOCK
    if level.value is not None:
        levels = np.full(len(places), level.value)
        values = _fixed_values(draw, own, level.value if limited else None)
    else:
        assert level.factor is not None and level.per is not None
        levels = level.factor * places[str(level.per)].to_numpy(float) / (level.per_n or 1)
        values = _amounts(draw, own, levels, rising=target.kind is Kind.CUMULATIVE)
    for index in places.index[places["reached"]]:
        end = min(1.06 * levels[index], 100.0) if limited else 1.06 * levels[index]
        values[index] = end * np.linspace(0.6, 1.0, values.shape[1])
    return values


def _rounded(value: float, level: Level) -> float:
    return float(round(value) if level.unit.counted else round(value, max(level.unit.decimals, 1)))


def _split(value: float, level: Level, parts: int, share: float) -> list[float]:
    """A figure in parts; the last of several is what is left."""
    rest, amounts = value, []
    for number in range(parts):
        last = number == parts - 1 > 0
        amounts.append(rest if last else min(_rounded(value * share / max(parts - 1, 1), level), rest))
        rest = round(rest - amounts[-1], 6)
    return amounts


def _by_year(own: TargetProfile, places: pd.DataFrame, missing: Flags) -> pd.DataFrame:
    """A row per municipality with figures and year; ``place`` and ``position`` count municipalities and years."""
    place, position = np.indices((len(places), len(own.years))).reshape(2, -1)
    dates = pd.to_datetime([f"{year}-12-31" for year in own.years])
    frame = pd.DataFrame(
        {"place": place, "position": position, "reference_date": dates[position], "status": "voorbeeld"}
    )
    frame = frame.join(places[["nis", "reached"]], on="place")
    found: pd.DataFrame = frame[~missing[place] | frame["reached"]]
    return found


def _series(
    target: Target, own: TargetProfile, profile: Profile, places: pd.DataFrame, draw: _Draw
) -> Iterator[pd.DataFrame]:
    """Figures of a target with an amount, a stock or a rate, and of the series that follow it."""
    level = target.levels[max(target.levels)]
    values = _values(target, level, own, places, draw)
    missing, stale, no_base_year = map(draw.chance, (own.missing_pct, own.stale_pct, own.no_base_year_pct))
    provisional, estimated = draw.chance(profile.provisional_pct), draw.chance(profile.estimated_pct)
    splits = draw.generator.uniform(0.15, 0.85, len(places))
    ratios = {
        key: item.ratio * (1 + item.spread * draw.generator.standard_normal(len(places)))
        for key, item in own.derived.items()
    }
    frame = _by_year(own, places, missing)
    frame = frame[(frame["position"] < 2) | ~stale[frame["place"]] | frame["reached"]]
    place, newest = frame["place"].to_numpy(), frame["position"] == len(own.years) - 1
    frame = frame.assign(
        indicator=level.indicator,
        value=[_rounded(value, level) for value in values[place, frame["position"]].tolist()],
        status=frame["status"]
        .mask(newest & estimated[place], "geschat")
        .mask(newest & provisional[place], "voorlopig"),
        base_year=pd.Series(own.base_year, frame.index, "Int64").mask(no_base_year[place] & ~frame["reached"]),
    )
    yield frame
    for key, ratio in ratios.items():
        yield frame.assign(indicator=key, value=(frame["value"] * ratio[place]).round())
    parts = [item.id for item in target.indicators if item.part_of == level.indicator]
    amounts = [
        _split(value, level, len(parts), splits[index]) for value, index in zip(frame["value"], place, strict=True)
    ]
    for part, column in zip(parts, zip(*amounts, strict=True), strict=True):
        yield frame.assign(indicator=part, value=column)


def _answers(
    target: Target, own: TargetProfile, _: Profile, places: pd.DataFrame, draw: _Draw
) -> Iterator[pd.DataFrame]:
    """Figures of a yes/no target: every part, every date, with the day since when."""
    frame = _by_year(own, places, draw.chance(own.missing_pct))
    first_days = pd.to_datetime([f"{year}-01-01" for year in own.years]).append(pd.DatetimeIndex([pd.NaT]))
    for part in target.parts:
        luck = draw.luck + 0.6 * draw.generator.standard_normal(draw.luck.size)
        rank = np.argsort(np.argsort(-luck)) / luck.size
        # Position of the year in which a municipality first says yes; the number of years when it never does.
        first = np.where(places["reached"], 0, (rank[:, None] >= own.states[None, :] / 100).sum(axis=1))
        days = pd.to_timedelta(draw.generator.integers(0, 365, len(places)), unit="D")
        since = (pd.Series(first_days[first]) + days)[frame["place"]].set_axis(frame.index)
        yes = since <= frame["reference_date"]
        yield frame.assign(indicator=part, value=yes.astype(float), since=since.where(yes))


def generate(profile: Profile, catalog: Catalog, register: Register) -> pd.DataFrame:
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
    DataFrame
        For every municipality at the reference date, except those in ``without_figures``.
    """
    places = _places(profile, register)
    shared_luck = np.random.default_rng(profile.seed).standard_normal(len(places))
    frames = []
    for target in catalog.targets:
        own, lowest = profile.targets.get(target.id, profile.default), min(target.levels)
        holds = places["nis"][(places["version"] >= lowest) | (lowest == "1.0")]
        draw = _Draw(profile.seed, target.id, shared_luck)
        made = (_answers if target.kind is Kind.YES_NO else _series)(target, own, profile, places, draw)
        frames += [frame[frame["nis"].isin(holds)].assign(target_id=target.id) for frame in made]
    figures = pd.concat(frames, ignore_index=True)
    same: dict[str, Any] = {
        "source_id": SOURCE_ID, "retrieved": profile.built, "measure": "stand", "date_precision": "dag",
        "url": "", "remark": "", "correction_note": "", "original": np.nan,
    }  # fmt: skip
    return figures[~figures["nis"].isin(profile.without_figures)].assign(**same)


def freeze_published(folder: Path) -> Manifest:
    """Freeze the edition of published figures.

    A figure of a municipality that has merged since says nothing of its successor: it goes to the table ``former``.
    """
    register = load_register()
    current = {item.nis for item in register.municipalities(PUBLISHED_REFERENCE_DATE)}
    earlier = {item.nis for item in register.municipalities(dt.date(2024, 12, 31))}
    files = {"charge_points_2026_03.csv": "feiten_laadpunten", "published_figures.csv": "gepubliceerde_cijfers"}
    figures = pd.concat([packaged_figures(name, shape) for name, shape in files.items()])
    table = np.select([figures["nis"].isin(current), figures["nis"].isin(earlier)], ["figures", "former"], "totals")
    return freeze(
        folder,
        id="gepubliceerd",
        fictitious=False,
        title="Gepubliceerde cijfers",
        reference_date=PUBLISHED_REFERENCE_DATE,
        built=PUBLISHED_BUILT,
        origin="Alleen gepubliceerde cijfers van gemeenten, partners en pers, met bron; al het andere ontbreekt.",
        tables={str(name): rows for name, rows in figures.groupby(table)},
    )


def freeze_example(folder: Path) -> Manifest:
    """Freeze the example edition from its declared profile; the folder must not exist yet."""
    declared = (files("lekp_lib.edition") / "voorbeeld.yaml").read_text(encoding="utf-8")
    profile = Profile.model_validate(YAML(typ="safe").load(declared))
    fields = ("title", "reference_date", "built", "origin", "banner", "seed")
    return freeze(
        folder,
        id="voorbeeld",
        tables={"figures": generate(profile, load_catalog(), load_register())},
        fictitious=True,
        **{name: getattr(profile, name) for name in fields},
    )


if __name__ == "__main__":
    freeze_published(Path(sys.argv[1]) / "gepubliceerd")
    freeze_example(Path(sys.argv[1]) / "voorbeeld")
