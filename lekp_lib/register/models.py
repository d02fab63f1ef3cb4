"""Municipalities as dated facts: the objects that the register hands out, read from the tables of ``data/``."""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from lekp_lib.errors import ProblemGroup, RegisterError
from lekp_lib.parameters import PACT_VERSIONS, PactVersion

#: The groups with which a municipality is compared.
PEER_KINDS = ("provincie", "referentieregio", "grootteklasse", "buurgemeenten", "vlaanderen")
#: First day of each code edition: 300 municipalities from 2019 to 2024, 285 from 2025 on.
FIRST_DAY: Mapping[int, dt.date] = {2019: dt.date(2019, 1, 1), 2025: dt.date(2025, 1, 1)}
_HOUSEHOLDS = "Statistiek Vlaanderen, Huishoudensvooruitzichten 2024, waargenomen huishoudens op 1 januari"


class RegisterProblems(ProblemGroup, RegisterError):
    """All counts that were brought in and cannot be used."""


class Municipality(NamedTuple):
    """A municipality as it exists from ``valid_from`` on.

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
    valid_from: dt.date
    predecessors: tuple[str, ...]

    @property
    def is_merged(self) -> bool:
        """Whether this municipality came out of a merger in its own code edition."""
        return len(self.predecessors) > 1


class Merger(NamedTuple):
    """One former municipality and the municipality that it became part of on ``date``."""

    date: dt.date
    old_nis: str
    old_name: str
    old_province: str
    new_nis: str
    new_name: str


class Count(NamedTuple):
    """A denominator with its origin: inhabitants, dwellings or households at a date."""

    value: int
    date: dt.date
    source: str


class CountFact(NamedTuple):
    """A number of inhabitants, dwellings (*wooneenheden*) or households of one municipality at a date.

    ``nis`` is the code of the municipality as it was at that date. Where that code is not known for the date, it may
    be the code of 2025: then the figure is of the merged municipality as a whole.
    """

    nis: str
    kind: str
    date: dt.date
    value: int
    source: str


class Signature(NamedTuple):
    """What is known of one (former) municipality and one pact version.

    ``status``: ``ja`` (listed), ``aangenomen`` (no refusal known; only for 1.0), ``nee`` (known refusal),
    ``niet_op_lijst`` (not on the list of version 2.0, later signatures are possible).
    """

    nis: str
    name: str
    version: PactVersion
    status: Literal["ja", "aangenomen", "nee", "niet_op_lijst"]
    source: str


class PeerGroup(NamedTuple):
    """A named set of municipalities, the own one included except for neighbours."""

    kind: str
    label: str
    members: tuple[str, ...]


class Match(NamedTuple):
    """How a search text led to a municipality.

    ``via`` names the former municipality, sub-municipality, other name or code that matched, empty for the name itself.
    """

    municipality: Municipality
    via: str = ""


#: Number and source by date, of one kind of one municipality in one code edition.
Counts = dict[tuple[str, int, str], dict[dt.date, tuple[int, str]]]


class Tables(NamedTuple):
    """All tables of the register.

    Attributes
    ----------
    municipalities
        By code edition and NIS code.
    counts
        Inhabitants, dwellings and households with their source; unknown ones are absent.
    mergers
        Former municipalities of 2018 and of 2019-2024 with their successor.
    neighbours
        NIS codes of 2025 that share a border, both ways.
    submunicipalities
        *Deelgemeenten* with the NIS code of 2025.
    other_names
        French, German and disambiguated names with the NIS code they belong to, in all of Belgium.
    signatures
        By NIS code of 2019.
    tiles
        Axial coordinates ``(q, r)`` by NIS code of 2025.
    """

    municipalities: Mapping[tuple[int, str], Municipality]
    counts: Counts
    mergers: tuple[Merger, ...]
    neighbours: Mapping[str, tuple[str, ...]]
    submunicipalities: tuple[tuple[str, str], ...]
    other_names: tuple[tuple[str, str], ...]
    signatures: Mapping[str, Sequence[Signature]]
    tiles: Mapping[str, tuple[int, int]]


def editions_of(municipalities: Mapping[tuple[int, str], Municipality], nis: str, date: dt.date) -> tuple[int, ...]:
    """Code editions in which a count of a code at a date is the count of that municipality."""
    newest = municipalities.get((2025, nis))
    if (2019, nis) not in municipalities:
        return (2025,)
    if newest is not None and not newest.is_merged:
        return (2019, 2025)
    return (2025,) if date >= FIRST_DAY[2025] else (2019,)


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _municipality(row: Mapping[str, str]) -> Municipality:
    return Municipality(
        row["nis"], row["naam"], int(row["edition"]), row["provincie"], row["provincie_nis"], row["arrondissement"],
        row["arrondissement_nis"], row["reference_region"] or None, float(row["area_km2"]),
        dt.date.fromisoformat(row["valid_from"]), tuple(filter(None, row["predecessors"].split("+"))),
    )  # fmt: skip


def _merger(row: Mapping[str, str]) -> Merger:
    day = dt.date.fromisoformat(row["effective_date"])
    return Merger(day, row["old_nis"], row["old_name"], row["old_provincie"], row["new_nis"], row["new_name"])


def _counts(folder: Path, municipalities: Mapping[tuple[int, str], Municipality]) -> Counts:
    counts: Counts = defaultdict(dict)
    told = {(row["edition"], row["nis"], row["year"]): row["source"] for row in _rows(folder, "population_sources")}
    for row in _rows(folder, "municipalities"):
        for name in (name for name in row if name.startswith("pop_") and row[name]):
            year = name.removeprefix("pop_")
            source = told.get((row["edition"], row["nis"], year), f"Statbel, bevolking op 1 januari {year}")
            counts["inwoners", int(row["edition"]), row["nis"]][dt.date(int(year), 1, 1)] = (int(row[name]), source)
    for kind, file, column, source in (
        ("wooneenheden", "dwellings_2025", "dwellings", "Statbel, Gebouwenpark"),
        ("huishoudens", "households_2018_2023", "households", _HOUSEHOLDS),
    ):
        for row in _rows(folder, file):
            day = dt.date(int(row["year"]), 1, 1)
            for edition in editions_of(municipalities, row["nis"], day):
                counts[kind, edition, row["nis"]][day] = (int(row[column]), f"{source} {day.year}")
    return counts


def _signatures(folder: Path) -> dict[str, list[Signature]]:
    """Per former municipality versions 1.0 and 2.0, and 2.1 only where known: the list of 89 is not public."""
    sources = {(row["version"], row["status"]): row["source"] for row in _rows(folder, "signature_sources")}
    named = _rows(folder, "signatures_named")
    found = {}
    for row in _rows(folder, "signatories_2019_codes"):
        statuses = {"1.0": "nee" if row["lekp1_signed"] == "no" else "aangenomen"}
        statuses["2.0"] = "ja" if row["on_lekp2_list"] == "1" else "niet_op_lijst"
        known: dict[str, tuple[Any, str]] = {key: (word, sources[key, word]) for key, word in statuses.items()}
        known |= {item["version"]: (item["status"], item["source"]) for item in named if item["nis"] == row["nis"]}
        versions = [version for version in PACT_VERSIONS if version in known]
        found[row["nis"]] = [Signature(row["nis"], row["naam"], version, *known[version]) for version in versions]
    return found


def read_tables(folder: Path) -> Tables:
    """Read all tables of the register.

    Parameters
    ----------
    folder
        Folder with the tables, as described in its ``README.md``.

    Returns
    -------
    Tables
    """
    municipalities = {(item.edition, item.nis): item for item in map(_municipality, _rows(folder, "municipalities"))}
    both_ways: defaultdict[str, set[str]] = defaultdict(set)
    for row in _rows(folder, "neighbours_2025"):
        both_ways[row["nis_a"]].add(row["nis_b"])
        both_ways[row["nis_b"]].add(row["nis_a"])
    return Tables(
        municipalities=municipalities,
        counts=_counts(folder, municipalities),
        mergers=tuple(map(_merger, _rows(folder, "mergers"))),
        neighbours={nis: tuple(sorted(others)) for nis, others in both_ways.items()},
        submunicipalities=tuple((row["name"], row["nis"]) for row in _rows(folder, "submunicipalities")),
        other_names=tuple((row["name"], row["nis"]) for row in _rows(folder, "other_names")),
        signatures=_signatures(folder),
        tiles={row["nis"]: (int(row["q"]), int(row["r"])) for row in _rows(folder, "tiles")},
    )
