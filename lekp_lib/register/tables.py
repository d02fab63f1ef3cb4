"""The tables of ``data/`` in memory: plain facts as frozen objects, without any rule."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lekp_lib.parameters import PACT_VERSIONS
from lekp_lib.register.models import FIRST_DAY, Merger, Municipality, Signature

_REFUSED_1_0 = (
    "Ondertekende LEKP 1.0 niet volgens KW (vier West-Vlaamse gemeenten); ondertekenen kon nog tot 5 december 2025: "
    "https://kw.be/nieuws/politiek/"
    "vier-west-vlaamse-gemeenten-passen-voor-klimaatpact-minister-somers-geen-nood-aan-extra-papierwinkel/"
)
_ASSUMED_1_0 = "Geen weigering bekend; 294 van de 300 gemeenten ondertekenden LEKP 1.0 (stand 2022-2023)"
_LISTED_2_0 = "Loket voor Lokale Besturen, lijst van aanvragers van LEKP 2.0 (211 gemeenten)"
_NOT_LISTED_2_0 = "Niet op de lijst van aanvragers van LEKP 2.0 (211 gemeenten); latere ondertekening is mogelijk"
_HOUSEHOLDS = "Statistiek Vlaanderen, Huishoudensvooruitzichten 2024, waargenomen huishoudens op 1 januari"

#: Number and source by date, of one kind of one municipality in one code edition.
Counts = dict[tuple[str, int, str], dict[dt.date, tuple[int, str]]]


@dataclass(frozen=True)
class Tables:
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
        nis=row["nis"],
        name=row["naam"],
        edition=int(row["edition"]),
        province=row["provincie"],
        province_nis=row["provincie_nis"],
        arrondissement=row["arrondissement"],
        arrondissement_nis=row["arrondissement_nis"],
        region=row["reference_region"] or None,
        area_km2=float(row["area_km2"]),
        lon=float(row["repr_lon"]),
        lat=float(row["repr_lat"]),
        valid_from=dt.date.fromisoformat(row["valid_from"]),
        valid_to=dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        successor_nis=row["successor_nis"] if row["edition"] == "2019" else None,
        predecessors=tuple(part for part in row["predecessors"].split("+") if part),
    )


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


def _signatures(folder: Path, municipalities: Mapping[tuple[int, str], Municipality]) -> dict[str, list[Signature]]:
    """Per former municipality versions 1.0 and 2.0, and 2.1 only where known: the list of 89 is not public."""
    found = {}
    named = _rows(folder, "signatures_named")
    for row in _rows(folder, "signatories_2019_codes"):
        refused, listed = row["lekp1_signed"] == "no", row["on_lekp2_list"] == "1"
        known: dict[str, tuple[Any, str]] = {
            "1.0": ("nee", _REFUSED_1_0) if refused else ("aangenomen", _ASSUMED_1_0),
            "2.0": ("ja", _LISTED_2_0) if listed else ("niet_op_lijst", _NOT_LISTED_2_0),
        }
        known |= {item["version"]: (item["status"], item["source"]) for item in named if item["nis"] == row["nis"]}
        nis, name = row["nis"], municipalities[2019, row["nis"]].name
        found[nis] = [Signature(nis, name, version, *known[version]) for version in PACT_VERSIONS if version in known]
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
        signatures=_signatures(folder, municipalities),
        tiles={row["nis"]: (int(row["q"]), int(row["r"])) for row in _rows(folder, "tiles")},
    )
