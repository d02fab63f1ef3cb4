"""The words that the declared pact is written in: versions, kinds, certainties, rhythms, and the strict base model.

Every file of the catalogue uses these fixed words; a word outside the lists is refused.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

PactVersion = Literal["1.0", "2.0", "2.1"]
PACT_VERSIONS: tuple[PactVersion, ...] = ("1.0", "2.0", "2.1")

WerfId = Literal["algemeen", "1", "2", "3", "4"]

DatePrecision = Literal["dag", "maand", "jaar"]


class Kind(StrEnum):
    """How a target is measured; decides the required path (design.md chapter 4).

    ``context`` is no target: figures beside the pact, without level, path and verdict.
    """

    CUMULATIVE = "cumulatief"
    STOCK = "stand"
    REDUCTION = "reductie"
    ANNUAL_RATE = "jaarlijks_tempo"
    YES_NO = "ja_nee"
    CONTEXT = "context"


class Denominator(StrEnum):
    """What a level is counted per."""

    POPULATION = "inwoners"
    DWELLINGS = "wooneenheden"
    HOUSEHOLDS = "huishoudens"


class Certainty(StrEnum):
    """How well a statement of the catalogue is known (domain.md, head)."""

    SOURCED = "bron"
    SOURCED_PARTLY = "deels_bron"
    CONFLICTING = "tegenstrijdig"
    DERIVED = "afgeleid"
    GENERAL_KNOWLEDGE = "algemeen_bekend"
    NOT_FOUND = "niet_gevonden"


class Rhythm(StrEnum):
    """How often a source publishes."""

    WEEKLY = "wekelijks"
    MONTHLY = "maandelijks"
    TWICE_YEARLY = "halfjaarlijks"
    YEARLY = "jaarlijks"
    ONCE = "eenmalig"
    UNKNOWN = "niet_bekend"


class Declared(BaseModel):
    """Base of everything that a YAML file declares: unknown keys refused, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)
