"""Municipalities as dated facts: the frozen objects that the register hands out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from lekp_lib.errors import ProblemGroup, RegisterError
from lekp_lib.parameters import PactVersion

CountKind = Literal["inwoners", "wooneenheden", "huishoudens"]

#: First day of each code edition: 300 municipalities from 2019 to 2024, 285 from 2025 on.
FIRST_DAY: Mapping[int, dt.date] = {2019: dt.date(2019, 1, 1), 2025: dt.date(2025, 1, 1)}


class RegisterProblems(ProblemGroup, RegisterError):
    """All counts that were brought in and cannot be used."""


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality as it exists during ``valid_from`` .. ``valid_to``.

    ``nis`` is text and alone is not an identity: Antwerpen keeps 11002 in 2025 but gains Borsbeek.
    ``edition`` (2019 or 2025) tells the code edition.
    """

    nis: str
    name: str
    edition: int
    province: str
    province_nis: str
    arrondissement: str
    arrondissement_nis: str
    region: str | None
    area_km2: float
    lon: float
    lat: float
    valid_from: dt.date
    valid_to: dt.date | None
    successor_nis: str | None
    predecessors: tuple[str, ...]

    @property
    def is_merged(self) -> bool:
        """Whether this municipality came out of a merger in its own code edition."""
        return len(self.predecessors) > 1


@dataclass(frozen=True, slots=True)
class Merger:
    """One former municipality and the municipality that it became part of on ``date``."""

    date: dt.date
    old_nis: str
    old_name: str
    old_province: str
    new_nis: str
    new_name: str


@dataclass(frozen=True, slots=True)
class Count:
    """A denominator with its origin: inhabitants, dwellings or households at a date.

    ``summed_from`` holds the names of the predecessors when the figure is the sum of theirs.
    """

    value: int
    date: dt.date
    source: str
    summed_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountFact:
    """A number of inhabitants, dwellings (*wooneenheden*) or households of one municipality at a date.

    ``nis`` is the code of the municipality as it was at that date. Where that code is not known for the date, it may
    be the code of 2025: then the figure is of the merged municipality as a whole.
    """

    nis: str
    kind: str
    date: dt.date
    value: int
    source: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What is known of one (former) municipality and one pact version.

    ``status``: ``ja`` (listed), ``aangenomen`` (no refusal known; only for 1.0), ``nee`` (known refusal),
    ``niet_op_lijst`` (not on the list of version 2.0, later signatures are possible).
    """

    nis: str
    name: str
    version: PactVersion
    status: Literal["ja", "aangenomen", "nee", "niet_op_lijst"]
    source: str


class PeerKind(StrEnum):
    """The groups with which a municipality is compared."""

    PROVINCE = "provincie"
    REGION = "referentieregio"
    SIZE = "grootteklasse"
    NEIGHBOURS = "buurgemeenten"
    FLANDERS = "vlaanderen"


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """A named set of municipalities, the own one included except for neighbours."""

    kind: PeerKind
    label: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """How a search text led to a municipality.

    ``via`` names the former municipality, sub-municipality, other name or code that matched, empty for the name itself.
    """

    municipality: Municipality
    via: str = ""
