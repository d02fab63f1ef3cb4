"""What the generator of the example edition aims at, declared per target in ``profile.yaml``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from lekp_lib.errors import EditionError


class Derived(BaseModel):
    """An indicator that follows another one: charge points follow their equivalents."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    follows: str
    ratio: float = Field(gt=0)
    spread: float = Field(default=0.05, ge=0)


class TargetProfile(BaseModel):
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

    model_config = ConfigDict(extra="forbid", frozen=True)

    by_year: dict[int, float] = Field(min_length=1)
    spread: float = Field(default=0.55, ge=0)
    zero_pct: float = Field(default=3, ge=0, le=100)
    missing_pct: float = Field(default=3, ge=0, le=100)
    stale_pct: float = Field(default=1, ge=0, le=100)
    base_year: int | None = None
    no_base_year_pct: float = Field(default=0, ge=0, le=100)
    derived: dict[str, Derived] = Field(default_factory=dict)


class Profile(BaseModel):
    """The whole example edition.

    ``without_figures`` and ``all_reached`` name municipalities (NIS) that show the two ends of what a report can be.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int
    reference_date: dt.date
    built: dt.date
    title: str
    banner: str
    origin: str
    provisional_pct: float = Field(ge=0, le=100)
    estimated_pct: float = Field(ge=0, le=100)
    without_figures: tuple[str, ...] = ()
    all_reached: tuple[str, ...] = ()
    default: TargetProfile
    targets: dict[str, TargetProfile]


def read_profile(path: Path) -> Profile:
    """Read the declaration of the example edition.

    Raises
    ------
    EditionError
        With file, key and what was expected.
    """
    try:
        return Profile.model_validate(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
    except YAMLError as error:
        raise EditionError(f"{path}: not valid YAML: {error}") from None
    except ValidationError as error:
        lines = "\n".join(f"  - {'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise EditionError(f"{path}: not a usable profile:\n{lines}") from None
