"""Whether the register's tables agree with each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from lekp_lib.errors import Problem
from lekp_lib.register.tables import FIRST_DAY, Tables


def _exactly(file: str, found: AbstractSet[str], expected: AbstractSet[str], edition: int) -> Iterator[Problem]:
    for nis in sorted(found - expected):
        yield Problem(file, f"NIS code {nis}", f"a code of {edition}", "Codes of 2019 are not codes of 2025.")
    for nis in sorted(expected - found):
        yield Problem(file, f"no row for {nis}", f"a row for every municipality of {edition}")


def _within(file: str, found: AbstractSet[str], expected: AbstractSet[str], edition: int) -> Iterator[Problem]:
    return _exactly(file, found, found & expected, edition)


def _check_mergers(tables: Tables) -> Iterator[Problem]:
    old, new = tables.codes(2019), tables.codes(2025)
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for merger in tables.mergers:
        if merger.date == FIRST_DAY[2019]:
            yield from _within("mergers.csv", {merger.new_nis}, old, 2019)
        elif merger.date == FIRST_DAY[2025]:
            yield from _within("mergers.csv", {merger.old_nis}, old, 2019)
            yield from _within("mergers.csv", {merger.new_nis}, new, 2025)
            parts[merger.new_nis].append(merger.old_nis)
        else:
            yield Problem("mergers.csv", f"a merger on {merger.date}", "a merger on 2019-01-01 or 2025-01-01")
    for (edition, nis), municipality in tables.municipalities.items():
        where = f"municipalities.csv, {nis} of {edition}"
        if municipality.successor_nis is not None:
            yield from _within(where, {municipality.successor_nis}, new, 2025)
            if municipality.valid_to is not None and nis not in parts[municipality.successor_nis]:
                yield Problem(where, f"successor {municipality.successor_nis}", "the same successor as in mergers.csv")
        if edition == 2025 and sorted(municipality.predecessors) != sorted(parts[nis]):
            yield Problem(where, f"predecessors {municipality.predecessors}", f"{parts[nis]}, as in mergers.csv")


def _check_sums(tables: Tables) -> Iterator[Problem]:
    for (edition, nis), municipality in tables.municipalities.items():
        if edition != 2025 or not municipality.is_merged:
            continue
        for year in tables.population_years:
            total = tables.population.get((2025, nis, year))
            parts = [tables.population.get((2019, part, year)) for part in municipality.predecessors]
            known = [part for part in parts if part is not None]
            if total is not None and len(known) == len(parts) and total != sum(known):
                where = f"municipalities.csv, {nis} of 2025, column pop_{year}"
                yield Problem(where, str(total), f"{sum(known)}, the sum of the former municipalities")


def _check_names(tables: Tables) -> Iterator[Problem]:
    names = Counter((edition, municipality.name) for (edition, _), municipality in tables.municipalities.items())
    for (edition, name), count in names.items():
        if count > 1:
            yield Problem("municipalities.csv", f"{name} {count} times in {edition}", "each name once per edition")


def check_references(tables: Tables, signatories: AbstractSet[str]) -> Iterator[Problem]:
    """Problems between tables whose cells are right by themselves.

    Parameters
    ----------
    tables
        The tables.
    signatories
        NIS codes that have a row in the table of signatories.

    Yields
    ------
    Problem
    """
    old, new = tables.codes(2019), tables.codes(2025)
    yield from _check_names(tables)
    yield from _check_mergers(tables)
    yield from _check_sums(tables)
    yield from _exactly("dwellings_2025.csv", tables.dwellings.keys(), new, 2025)
    for year in sorted({year for _, year in tables.households}):
        of_year = {nis for nis, this in tables.households if this == year}
        yield from _exactly(f"households_2018_2023.csv, year {year}", of_year, old, 2019)
    yield from _within("neighbours_2025.csv", tables.neighbours.keys(), new, 2025)
    yield from _within("submunicipalities.csv", {part.nis for part in tables.submunicipalities}, new, 2025)
    yield from _exactly("signatories_2019_codes.csv", signatories, old, 2019)
    yield from _within("signatures_named.csv", {row.nis for row in tables.named_signatures}, old, 2019)
    for edition, nis, year in tables.population_sources.keys() - tables.population.keys():
        yield Problem("population_sources.csv", f"{nis} of {edition} in {year}", "a population in municipalities.csv")
    yield from _exactly("tiles.csv", tables.tiles.keys(), new, 2025)
    for cell, count in Counter(tables.tiles.values()).items():
        if count > 1:
            yield Problem("tiles.csv", f"cell {cell} {count} times", "each cell once", "Run make_tiles again.")
