"""Inhabitants, dwellings and households that somebody brought in, laid over the packaged ones.

A pure step from tables to tables. What a newly counted former municipality changes is the sum of its successor too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, cast, get_args

from lekp_lib.errors import Problem
from lekp_lib.register.load import RegisterProblems
from lekp_lib.register.models import Municipality
from lekp_lib.register.tables import FIRST_DAY, Edition, Tables

CountKind = Literal["inwoners", "wooneenheden", "huishoudens"]


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


def _where(fact: CountFact) -> str:
    return f"{fact.kind} of {fact.nis} on {fact.date}"


def _form_problem(tables: Tables, fact: CountFact) -> Problem | None:
    places = {edition: tables.municipalities.get((edition, fact.nis)) for edition in FIRST_DAY}
    if fact.kind not in get_args(CountKind):
        return Problem(_where(fact), f"kind {fact.kind!r}", " or ".join(get_args(CountKind)))
    if fact.value <= 0 and fact.kind != "wooneenheden":
        return Problem(_where(fact), str(fact.value), "a number above zero")
    if fact.value < 0:
        return Problem(_where(fact), str(fact.value), "zero or more")
    if fact.kind != "wooneenheden" and (fact.date.month, fact.date.day) != (1, 1):
        return Problem(_where(fact), f"the date {fact.date}", "1 January of a year")
    if not any(places.values()):
        return Problem(_where(fact), f"NIS code {fact.nis}", "a code of 2019 or of 2025")
    if fact.date >= FIRST_DAY[2025] and places[2025] is None:
        return Problem(_where(fact), f"NIS code {fact.nis}, which ended in 2024", "a code that exists on that date")
    return None


def _editions(tables: Tables, nis: str, date: dt.date) -> tuple[Edition, ...]:
    """Code editions in which a count of this code at this date is the count of that municipality."""
    of_2025 = tables.municipalities.get((2025, nis))
    if date >= FIRST_DAY[2025]:
        return (2025,)
    if (2019, nis) not in tables.municipalities:
        return (2025,)
    return (2019, 2025) if of_2025 is not None and not of_2025.is_merged else (2019,)


def _merged(tables: Tables) -> tuple[Municipality, ...]:
    return tuple(place for place in tables.municipalities.values() if place.is_merged and place.edition == 2025)


def _population(tables: Tables, facts: Iterable[CountFact], problems: list[Problem]) -> Tables:
    values, sources = dict(tables.population), dict(tables.population_sources)
    given: dict[tuple[Edition, str, int], CountFact] = {}
    for fact in facts:
        for edition in _editions(tables, fact.nis, fact.date):
            given[edition, fact.nis, fact.date.year] = fact
    for key, fact in given.items():
        values[key], sources[key] = fact.value, fact.source
    for place in _merged(tables):
        for year in {year for _, _, year in given if dt.date(year, 1, 1) < place.valid_from}:
            keys: list[tuple[Edition, str, int]] = [(2019, part, year) for part in place.predecessors]
            whole: tuple[Edition, str, int] = (2025, place.nis, year)
            if not any(key in given for key in keys) or not all(key in values for key in keys):
                continue
            total = sum(values[key] for key in keys)
            if whole in given and given[whole].value != total:
                told = f"{given[whole].value}, and {total} for its parts together"
                problems.append(Problem(_where(given[whole]), told, "the sum of the former municipalities"))
            # Without a number of its own, the successor is the sum of the new numbers of its parts.
            values.pop(whole, None)
            standard = f"Statbel, bevolking op 1 januari {year}"
            sources[whole] = "; ".join(dict.fromkeys(sources.get(key, standard) for key in keys))
    years = tuple(sorted({*tables.population_years, *(year for _, _, year in given)}))
    return replace(tables, population=values, population_sources=sources, population_years=years)


def _dwellings(tables: Tables, facts: Iterable[CountFact]) -> Tables:
    """Newest count per municipality of 2025; the sum of the former ones where all were counted on the same day."""
    newest: dict[str, CountFact] = {}
    before: dict[tuple[str, dt.date], CountFact] = {}
    for fact in sorted(facts, key=lambda item: item.date):
        if 2025 in _editions(tables, fact.nis, fact.date):
            newest[fact.nis] = fact
        else:
            before[fact.nis, fact.date] = fact
    for place in _merged(tables):
        for date in sorted({date for nis, date in before if nis in place.predecessors}):
            parts = [before.get((part, date)) for part in place.predecessors]
            known = [part for part in parts if part is not None]
            older = place.nis not in newest or newest[place.nis].date < date
            if len(known) == len(parts) and older:
                source = "; ".join(dict.fromkeys(part.source for part in known))
                total = sum(part.value for part in known)
                newest[place.nis] = CountFact(place.nis, "wooneenheden", date, total, f"{source}; som na fusie")
    origins = dict(tables.dwelling_origins)
    values = dict(tables.dwellings)
    for nis, fact in newest.items():
        values[nis], origins[nis] = fact.value, (fact.date, fact.source)
    return replace(tables, dwellings=values, dwelling_origins=origins)


def _households(tables: Tables, facts: Iterable[CountFact]) -> Tables:
    values, sources = dict(tables.households), dict(tables.household_sources)
    for fact in facts:
        values[fact.nis, fact.date.year] = fact.value
        sources[fact.nis, fact.date.year] = fact.source
    return replace(tables, households=values, household_sources=sources)


def lay_over(tables: Tables, facts: Iterable[CountFact]) -> Tables:
    """Tables in which the given counts stand in place of the packaged ones.

    Parameters
    ----------
    tables
        Tables of the register.
    facts
        Counts of municipalities; of two counts of the same thing at the same date, the later in the row counts.

    Returns
    -------
    Tables
        New tables; those given stay as they were.

    Raises
    ------
    RegisterProblems
        With every count that cannot be used.
    """
    given = tuple(facts)
    problems = [problem for fact in given if (problem := _form_problem(tables, fact)) is not None]
    if not problems:
        by_kind: Mapping[str, list[CountFact]] = {
            kind: [fact for fact in given if fact.kind == kind] for kind in cast(tuple[str, ...], get_args(CountKind))
        }
        tables = _population(tables, by_kind["inwoners"], problems)
        tables = _dwellings(tables, by_kind["wooneenheden"])
        tables = _households(tables, by_kind["huishoudens"])
    if problems:
        raise RegisterProblems("counts that were brought in", problems)
    return tables
