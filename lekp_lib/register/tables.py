"""The register's tables in memory: plain mappings, frozen, without any rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lekp_lib.register.models import Municipality, PactVersion

Edition = Literal[2019, 2025]

#: First day of each code edition (data-sources.md 6.1).
FIRST_DAY: Mapping[Edition, dt.date] = {2019: dt.date(2019, 1, 1), 2025: dt.date(2025, 1, 1)}


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
class SubMunicipality:
    """A *deelgemeente* and the municipality of 2025 in which it lies."""

    code: str
    name: str
    nis: str


@dataclass(frozen=True, slots=True)
class NamedSignature:
    """What a page of its own says about one municipality of 2019 and one pact version."""

    nis: str
    version: PactVersion
    status: Literal["ja", "niet_op_lijst"]
    source: str


@dataclass(frozen=True)
class Tables:
    """All tables of the register.

    Attributes
    ----------
    municipalities
        By code edition and NIS code.
    population
        Inhabitants on 1 January by code edition, NIS code and year; unknown ones are absent.
    population_years
        Years for which the table has a column.
    population_sources
        Origin, by code edition, NIS code and year, of those that do not come from Statbel's yearly table.
    mergers
        Former municipalities of 2018 and of 2019-2024 with their successor.
    dwellings
        Dwellings (*woongelegenheden*) on 1 January 2025 by NIS code of 2025.
    households
        Private households on 1 January by NIS code of 2019 and year.
    neighbours
        NIS codes of 2025 that share a border, both ways.
    submunicipalities
        *Deelgemeenten* with the NIS code of 2025.
    refused_1_0
        NIS codes of 2019 of the municipalities known not to have signed version 1.0.
    listed_2_0
        NIS codes of 2019 on the list of applicants of version 2.0.
    named_signatures
        Signatures known from a page of their own.
    tiles
        Axial coordinates ``(q, r)`` by NIS code of 2025.
    dwelling_origins
        Date and origin, by NIS code of 2025, of dwellings that do not come from the packaged table.
    household_sources
        Origin, by NIS code and year, of households that do not come from the packaged table.
    """

    municipalities: Mapping[tuple[Edition, str], Municipality]
    population: Mapping[tuple[Edition, str, int], int]
    population_years: tuple[int, ...]
    population_sources: Mapping[tuple[Edition, str, int], str]
    mergers: tuple[Merger, ...]
    dwellings: Mapping[str, int]
    households: Mapping[tuple[str, int], int]
    neighbours: Mapping[str, tuple[str, ...]]
    submunicipalities: tuple[SubMunicipality, ...]
    refused_1_0: frozenset[str]
    listed_2_0: frozenset[str]
    named_signatures: tuple[NamedSignature, ...]
    tiles: Mapping[str, tuple[int, int]]
    dwelling_origins: Mapping[str, tuple[dt.date, str]] = field(default_factory=dict)
    household_sources: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def codes(self, edition: Edition) -> frozenset[str]:
        """NIS codes of one code edition."""
        return frozenset(nis for key, nis in self.municipalities if key == edition)
