"""Whether inhabitants, dwellings and households are possible, and likely beside those of the register."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from lekp_lib.data.findings import Finding, Known, by_severity
from lekp_lib.errors import RegisterError
from lekp_lib.pact import Catalog
from lekp_lib.register.models import FIRST_DAY, CountFact
from lekp_lib.register.register import Register

_FACTOR = 1.5


def _where(fact: CountFact, known: Known) -> str:
    return f"{known.name(fact.nis)} ({fact.nis}), {fact.kind}, {fact.date}"


def _in_register(fact: CountFact, register: Register) -> int | None:
    """What the register has for the same thing, of the same year or of the nearest one that it knows."""
    day = max(fact.date, FIRST_DAY[2019])
    try:
        if fact.kind == "wooneenheden":
            found = register.dwellings(fact.nis, max(day, FIRST_DAY[2025]))
            return found.value if found else None
        ask = register.population if fact.kind == "inwoners" else register.households
        years = sorted(range(2018, 2026), key=lambda year: abs(year - fact.date.year))
        return next((count.value for year in years if (count := ask(fact.nis, year, day)) is not None), None)
    except RegisterError:
        return None


def _one(fact: CountFact, known: Known) -> Iterator[Finding]:
    where = _where(fact, known)
    if known.today is not None and fact.date > known.today:
        yield Finding("error", "future", where, "the date lies in the future")
    if fact.kind != "wooneenheden" and (fact.date.month, fact.date.day) != (1, 1):
        yield Finding("error", "day", where, "not of 1 January, on which inhabitants and households are counted")
    if fact.value <= 0:
        yield Finding("error", "zero", where, f"{fact.value}; every municipality has {fact.kind}")
        return
    in_register = _in_register(fact, known.register)
    if in_register and not 1 / _FACTOR <= fact.value / in_register <= _FACTOR:
        yield Finding("warning", "register", where, f"{fact.value}, while the register has {in_register}")


def _doubles(facts: Sequence[CountFact], known: Known) -> Iterator[Finding]:
    groups: defaultdict[tuple[str, str, dt.date], set[int]] = defaultdict(set)
    for fact in facts:
        groups[fact.nis, fact.kind, fact.date].add(fact.value)
    for (nis, kind, date), values in groups.items():
        if len(values) > 1:
            told = " and ".join(map(str, sorted(values)[:5]))
            where = f"{known.name(nis)} ({nis}), {kind}, {date}"
            yield Finding("error", "duplicate", where, f"{told} for the same count; keep one")


def _complete(facts: Sequence[CountFact], known: Known) -> Iterator[Finding]:
    """A table of nearly all municipalities that lacks some: the silent gap of a cut-off file."""
    by_date: defaultdict[tuple[str, dt.date], set[str]] = defaultdict(set)
    for fact in facts:
        by_date[fact.kind, fact.date].add(fact.nis)
    for (kind, date), codes in by_date.items():
        all_codes = {place.nis for place in known.register.municipalities(max(date, FIRST_DAY[2019]))}
        missing = sorted(all_codes - codes)
        if missing and len(codes & all_codes) > 0.5 * len(all_codes):
            names = ", ".join(known.name(nis) for nis in missing[:8])
            yield Finding("warning", "incomplete", f"{kind}, {date}", f"{len(missing)} municipalities absent: {names}")


def check_counts(
    facts: Iterable[CountFact], catalog: Catalog, register: Register, *, today: dt.date | None = None
) -> tuple[Finding, ...]:
    """Everything that is impossible or unlikely about denominators.

    Parameters
    ----------
    facts
        Counts to check.
    catalog, register
        Targets and municipalities; the counts of the register are what new ones are compared with.
    today
        Day of the check, for dates in the future.

    Returns
    -------
    tuple of Finding
        Errors first.
    """
    given = list(facts)
    known = Known(catalog, register, today)
    findings = [finding for fact in given for finding in _one(fact, known)]
    return by_severity([*findings, *_doubles(given, known), *_complete(given, known)])
