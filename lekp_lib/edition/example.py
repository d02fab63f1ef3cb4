"""The two editions that ship with the package: ``python -m lekp_lib.edition.example FOLDER`` makes them.

``gepubliceerd`` holds only real figures with their source. ``voorbeeld`` is invented: complete, seeded, calibrated on
the published Flemish totals, with every verdict and every kind of absence. The files ``gepubliceerd.yaml`` and
``voorbeeld.yaml`` declare them.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lekp_lib import data
from lekp_lib.data.importing import ImportContext, apply_import, plan_import
from lekp_lib.edition.edition import Manifest, freeze
from lekp_lib.edition.prepare import gather, imported
from lekp_lib.pact import Catalog, load_catalog
from lekp_lib.pact.models import Level, Target
from lekp_lib.pact.yaml_files import read_yaml
from lekp_lib.register import Register, load_register

Floats = NDArray[np.float64]


def _declared(name: str) -> dict[str, Any]:
    """What is declared of an edition."""
    return dict(read_yaml(Path(__file__).with_name(f"{name}.yaml")).data)


def _profile(declared: dict[str, Any], target_id: str, shared_luck: Floats) -> Any:
    """How one target behaves, as declared: its years in order, the Flemish state of each, and its random numbers.

    ``luck`` is that of each municipality, ``generator`` for everything further. They depend on the seed and the
    target's id only, so that a new target moves no other.
    """
    own = declared | declared["default"] | declared["targets"].get(target_id, {})
    generator = np.random.default_rng([own["seed"], *target_id.encode("utf-8")])
    part = own["shared_luck"]
    luck = part * shared_luck + float(np.sqrt(1 - part**2)) * generator.standard_normal(shared_luck.size)
    by_year = pd.Series(own["by_year"], dtype=float).sort_index()
    return SimpleNamespace(**own, generator=generator, luck=luck, years=by_year.index, states=by_year.to_numpy())


def _chance(own: Any, what: str) -> NDArray[np.bool_]:
    """For each municipality, true with the declared chance."""
    return np.asarray(own.generator.random(own.luck.size) < getattr(own, f"{what}_pct") / 100)


def _places(declared: dict[str, Any], register: Register) -> pd.DataFrame:
    """Municipalities of the reference date, with what the generator needs of them."""
    on, year, rows = declared["reference_date"], declared["denominator_year"], []
    for nis in (item.nis for item in register.municipalities(on)):
        counts = register.denominators(nis, year, on)
        version = "2.0" if nis in declared["gaps_of_2_1"] else register.pact_version(nis, on) or "0"
        known = {kind: count.value if count else 0 for kind, count in counts.items()}
        rows.append({"nis": nis, "version": version, "reached": nis in declared["all_reached"], **known})
    return pd.DataFrame(rows)


def _amounts(own: Any, levels: Floats, *, rising: bool) -> Floats:
    """Amounts (municipalities x years) that add up to the Flemish state of each year; ``rising`` ones never fall."""
    states = own.states / 100
    noise = np.exp(own.generator.normal(0, own.yearly_noise, (levels.size, states.size)))
    growth = np.cumsum(np.diff(states, prepend=0.0) * noise, axis=1)
    factor = np.exp(own.spread * own.luck - own.spread**2 / 2)
    values = levels[:, None] * np.minimum(growth * factor[:, None], own.greatest_share)
    values[_chance(own, "zero")] = 0.0
    totals, wanted = values.sum(axis=0), states * levels.sum()
    values *= np.divide(wanted, totals, out=np.ones_like(totals), where=totals > 0)
    return np.maximum.accumulate(values, axis=1) if rising else values


def _values(target: Target, level: Level, own: Any, places: pd.DataFrame) -> Floats:
    """Values (municipalities x years); those that reach everything end above their level."""
    limited = level.value is not None and target.kind == "stand"
    if level.value is not None:
        # The same level everywhere: values around a Flemish mean.
        levels = np.full(len(places), level.value)
        wobble = own.generator.normal(0, 0.08 * own.spread, (len(places), own.states.size))
        values: Floats = own.states[None, :] + own.spread * own.luck[:, None] + wobble
        values = np.clip(values, 0.5, level.value) if limited else values
    else:
        assert level.factor is not None and level.per is not None
        levels = level.factor * places[str(level.per)].to_numpy(float) / (level.per_n or 1)
        values = _amounts(own, levels, rising=target.kind == "cumulatief")
    ends = np.minimum(1.06 * levels, 100.0 if limited else np.inf)
    reached = places["reached"].to_numpy(bool)
    values[reached] = ends[reached, None] * np.linspace(0.6, 1.0, values.shape[1])
    return values


def _rounded(values: Floats, level: Level) -> Floats:
    """Values as somebody would report them: whole things whole; rounded one by one, as a person rounds."""
    places = None if level.unit.counted else max(level.unit.decimals, 1)
    return np.array([round(value, places) for value in values.tolist()], float)


def _by_year(own: Any, places: pd.DataFrame) -> pd.DataFrame:
    """A row per municipality that is not ``missing`` and year; ``position`` counts the years."""
    dates = pd.to_datetime([f"{year}-12-31" for year in own.years])
    years = pd.DataFrame({"position": range(len(dates)), "reference_date": dates, "status": "voorbeeld"})
    return places[~places["missing"] | places["reached"]].merge(years, how="cross")


def _series(target: Target, own: Any, places: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Figures of a target with an amount, a stock or a rate, and of the series that follow it."""
    level = target.levels[max(target.levels)]
    values = _values(target, level, own, places)
    chances = ("missing", "stale", "no_base_year", "provisional", "estimated")
    drawn: dict[str, Any] = {what: _chance(own, what) for what in chances}
    drawn |= {"place": range(len(places)), "split": own.generator.uniform(0.15, 0.85, len(places))}
    frame = _by_year(own, places.assign(**drawn))
    frame = frame[(frame["position"] < 2) | ~frame["stale"] | frame["reached"]]
    place, newest = frame["place"].to_numpy(), frame["position"] == len(own.years) - 1
    status = frame["status"].mask(newest & frame["estimated"], "geschat")
    frame = frame.assign(
        indicator=level.indicator,
        value=_rounded(values[place, frame["position"]], level),
        status=status.mask(newest & frame["provisional"], "voorlopig"),
        base_year=pd.Series(own.base_year, frame.index, "Int64").mask(frame["no_base_year"] & ~frame["reached"]),
    )
    yield frame
    for key, item in own.derived.items():
        ratio = item["ratio"] * (1 + item["spread"] * own.generator.standard_normal(len(places)))
        yield frame.assign(indicator=key, value=(frame["value"] * ratio[place]).round())
    parts = [item.id for item in target.indicators if item.part_of == level.indicator]
    whole, share = frame["value"].to_numpy(), frame["split"].to_numpy() / max(len(parts) - 1, 1)
    rest = whole
    for number, part in enumerate(parts, start=1):
        # The last of several is what is left.
        amounts = rest if number == len(parts) > 1 else np.minimum(_rounded(whole * share, level), rest)
        yield frame.assign(indicator=part, value=amounts)
        rest = np.array([round(value, 6) for value in (rest - amounts).tolist()])


def _answers(target: Target, own: Any, places: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Figures of a yes/no target: every part, every date, with the day since when."""
    places = places.assign(missing=_chance(own, "missing"))
    # Beyond the last year comes never.
    first_days = pd.to_datetime([*(f"{year}-01-01" for year in own.years), "NaT"])
    for part in target.parts:
        luck = own.luck + 0.6 * own.generator.standard_normal(len(places))
        rank = np.argsort(np.argsort(-luck)) / len(places)
        # Position of the year in which a municipality first says yes; the number of years when it never does.
        first = np.where(places["reached"], 0, (rank[:, None] >= own.states[None, :] / 100).sum(axis=1))
        days = pd.to_timedelta(own.generator.integers(0, 365, len(places)), unit="D")
        frame = _by_year(own, places.assign(since=first_days[first] + days))
        yes = frame["since"] <= frame["reference_date"]
        yield frame.assign(indicator=part, value=yes.astype(float), since=frame["since"].where(yes))


def generate(declared: dict[str, Any], catalog: Catalog, register: Register) -> pd.DataFrame:
    """All figures of the example edition.

    Parameters
    ----------
    declared
        What ``voorbeeld.yaml`` says of what the figures look like; its seed makes them repeatable.
    catalog, register
        The pact and the municipalities. Figures exist only for targets that hold for the version a municipality signed,
        except that municipalities without signature have figures too, as in reality.

    Returns
    -------
    DataFrame
        For every municipality at the reference date, except those in ``without_figures``.
    """
    places = _places(declared, register)
    shared_luck = np.random.default_rng(declared["seed"]).standard_normal(len(places))
    frames = []
    for target in catalog.targets:
        own, lowest = _profile(declared, target.id, shared_luck), min(target.levels)
        made = pd.concat((_answers if target.kind == "ja_nee" else _series)(target, own, places))
        frames.append(made[(made["version"] >= lowest) | (lowest == "1.0")].assign(target_id=target.id))
    figures = pd.concat(frames, ignore_index=True)
    same: dict[str, Any] = {
        "source_id": "voorbeeld", "retrieved": declared["built"], "measure": "stand", "date_precision": "dag",
        "url": "", "remark": "", "correction_note": "", "original": np.nan,
    }  # fmt: skip
    return figures[~figures["nis"].isin(declared["without_figures"])].assign(**same)


def freeze_published(folder: Path) -> Manifest:
    """Freeze the edition of published figures: every file is imported and gathered as that of any user."""
    declared, shipped = _declared("gepubliceerd"), Path(data.__file__).with_name("cijfers")
    files, built = declared.pop("files"), declared["built"]
    with tempfile.TemporaryDirectory() as data_dir:
        context = ImportContext(load_catalog(), load_register(), Path(data_dir))
        for name, shape in files.items():
            apply_import(plan_import(shipped / name, shape, context, today=built), confirm=True)
        remarks: dict[str, Any] = {"correcties": (), "toelichtingen": ()}
        tables, *_ = gather(imported(context), remarks, context, declared["reference_date"])
    return freeze(folder, tables, fictitious=False, **declared)


def freeze_example(folder: Path) -> Manifest:
    """Freeze the example edition from its declared profile; the folder must not exist yet."""
    declared = _declared("voorbeeld")
    about = {name: declared[name] for name in ("title", "reference_date", "built", "origin", "banner", "seed")}
    figures = generate(declared, load_catalog(), load_register())
    return freeze(folder, {"figures": figures}, id="voorbeeld", fictitious=True, **about)


if __name__ == "__main__":
    freeze_published(Path(sys.argv[1]) / "gepubliceerd")
    freeze_example(Path(sys.argv[1]) / "voorbeeld")
