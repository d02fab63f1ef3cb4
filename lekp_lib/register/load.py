"""Read the packaged tables and refuse them as a whole when anything in them is wrong.

A wrong denominator puts a wrong number in seventeen places of a council report, so the tables are checked at every
start: types, codes, references between tables, and the sums of merged municipalities.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import TypeVar, cast

from lekp_lib.errors import Problem, ProblemGroup, RegisterError
from lekp_lib.register.consistency import check_references
from lekp_lib.register.models import Municipality, PactVersion
from lekp_lib.register.rows import Row, read_rows
from lekp_lib.register.tables import Edition, Merger, NamedSignature, SubMunicipality, Tables

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")

_MUNICIPALITY_COLUMNS = (
    "nis", "naam", "edition", "provincie", "provincie_nis", "arrondissement", "arrondissement_nis",
    "reference_region", "area_km2", "repr_lon", "repr_lat", "valid_from", "valid_to", "successor_nis", "predecessors",
)  # fmt: skip


class RegisterProblems(ProblemGroup, RegisterError):
    """All mistakes of the register's tables."""


def _unique(rows: Iterable[Row], key: Callable[[Row], _Key], value: Callable[[Row], _Value]) -> dict[_Key, _Value]:
    found: dict[_Key, _Value] = {}
    for row in rows:
        this = key(row)
        if this in found:
            row.problems.append(Problem(f"{row.file} line {row.line}", f"{this} once more", "each key once"))
        found[this] = value(row)
    return found


def _edition(row: Row) -> Edition:
    return 2019 if row.choice("edition", ("2019", "2025")) == "2019" else 2025


def _municipality(row: Row) -> Municipality:
    edition = _edition(row)
    return Municipality(
        nis=row.nis("nis"),
        name=row.text("naam"),
        edition=edition,
        province=row.text("provincie"),
        province_nis=row.nis("provincie_nis"),
        arrondissement=row.text("arrondissement"),
        arrondissement_nis=row.nis("arrondissement_nis"),
        region=row.cells["reference_region"] or None,
        area_km2=row.number("area_km2", 0.5, 1000.0),
        lon=row.number("repr_lon", 2.5, 6.0),
        lat=row.number("repr_lat", 50.6, 51.6),
        valid_from=row.date("valid_from"),
        valid_to=row.optional_date("valid_to"),
        successor_nis=row.nis("successor_nis") if edition == 2019 else None,
        predecessors=tuple(part for part in row.cells["predecessors"].split("+") if part),
    )


def _merger(row: Row) -> Merger:
    return Merger(
        date=row.date("effective_date"),
        old_nis=row.nis("old_nis"),
        old_name=row.text("old_name"),
        old_province=row.text("old_provincie"),
        new_nis=row.nis("new_nis"),
        new_name=row.text("new_name"),
    )


def _named_signature(row: Row) -> NamedSignature:
    status = row.choice("status", ("ja", "niet_op_lijst"))
    return NamedSignature(
        nis=row.nis("nis"),
        version=cast(PactVersion, row.choice("version", ("2.0", "2.1"))),
        status="ja" if status == "ja" else "niet_op_lijst",
        source=row.text("source"),
    )


def _population(rows: Iterable[Row], years: Iterable[int]) -> dict[tuple[Edition, str, int], int]:
    known = {(_edition(row), row.cells["nis"]): row for row in rows}
    values = {(*key, year): row.optional_whole(f"pop_{year}") for key, row in known.items() for year in years}
    return {key: value for key, value in values.items() if value is not None}


def _neighbours(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    both_ways: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        one, other = row.nis("nis_a"), row.nis("nis_b")
        if one == other:
            row.note("nis_b", "another municipality than nis_a")
        both_ways[one].add(other)
        both_ways[other].add(one)
    return {nis: tuple(sorted(others)) for nis, others in both_ways.items()}


def read_tables(folder: Path) -> Tables:
    """Read and check all tables of the register.

    Parameters
    ----------
    folder
        Folder with the tables, as described in its ``README.md``.

    Returns
    -------
    Tables

    Raises
    ------
    RegisterProblems
        With every mistake of every table.
    """
    problems: list[Problem] = []

    def rows(name: str, *columns: str) -> list[Row]:
        return list(read_rows(folder / name, columns, problems))

    municipalities = rows("municipalities.csv", *_MUNICIPALITY_COLUMNS)
    header = municipalities[0].cells if municipalities else {}
    years = tuple(int(name.removeprefix("pop_")) for name in header if name.startswith("pop_"))
    signatories = rows("signatories_2019_codes.csv", "nis", "lekp1_signed", "on_lekp2_list")
    signed_1_0 = _unique(
        signatories, lambda row: row.nis("nis"), lambda row: row.choice("lekp1_signed", ("yes_or_unknown", "no"))
    )
    tables = Tables(
        municipalities=_unique(municipalities, lambda row: (_edition(row), row.cells["nis"]), _municipality),
        population=_population(municipalities, years),
        population_years=years,
        population_sources=_unique(
            rows("population_sources.csv", "year", "edition", "nis", "source"),
            lambda row: (_edition(row), row.nis("nis"), row.whole("year")),
            lambda row: row.text("source"),
        ),
        mergers=tuple(
            _merger(row)
            for row in rows(
                "mergers.csv", "effective_date", "old_nis", "old_name", "old_provincie", "new_nis", "new_name"
            )
        ),
        dwellings=_unique(
            rows("dwellings_2025.csv", "nis", "dwellings"),
            lambda row: row.nis("nis"),
            lambda row: row.whole("dwellings"),
        ),
        households=_unique(
            rows("households_2018_2023.csv", "nis", "year", "households"),
            lambda row: (row.nis("nis"), row.whole("year")),
            lambda row: row.whole("households"),
        ),
        neighbours=_neighbours(rows("neighbours_2025.csv", "nis_a", "nis_b")),
        submunicipalities=tuple(
            SubMunicipality(row.text("code"), row.text("name"), row.nis("nis"))
            for row in rows("submunicipalities.csv", "code", "name", "nis")
        ),
        refused_1_0=frozenset(nis for nis, answer in signed_1_0.items() if answer == "no"),
        listed_2_0=frozenset(row.cells["nis"] for row in signatories if row.choice("on_lekp2_list", "01") == "1"),
        named_signatures=tuple(
            _named_signature(row) for row in rows("signatures_named.csv", "nis", "version", "status", "source")
        ),
        tiles=_unique(
            rows("tiles.csv", "nis", "q", "r"),
            lambda row: row.nis("nis"),
            lambda row: (row.signed("q"), row.signed("r")),
        ),
    )
    # References between tables mean something only when the cells themselves are right.
    problems = problems or list(check_references(tables, frozenset(signed_1_0)))
    if problems:
        raise RegisterProblems(f"the tables in {folder.name}", problems)
    return tables
