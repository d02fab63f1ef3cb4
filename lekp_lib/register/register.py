"""The register: municipalities as dated facts, behind one class.

Which municipalities exist depends on the date: 300 from 2019 to 2024, 285 from 1 January 2025. Every question therefore
carries a date ``on``; it chooses the code edition, not what is known. Unknown stays unknown: no figure is estimated,
carried over to another year or to another territory.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, get_args

from lekp_lib.errors import Problem, RegisterError
from lekp_lib.parameters import Denominator, PactVersion
from lekp_lib.register import models
from lekp_lib.register.models import FIRST_DAY, Count, CountFact, Counts, Merger, Municipality, PeerGroup
from lekp_lib.register.resolve import Resolver

_DWELLINGS = "wooneenheden"
# Upper bounds are chosen so that every class has at least fifteen members in both code editions: a median of fewer
# says little, and the single large city would be compared with nobody.
_SIZE_BOUNDS = (10_000, 15_000, 20_000, 30_000, 40_000)


def edition_on(on: dt.date) -> int:
    """Code edition in force on a date: 2019 or 2025; :class:`RegisterError` for an earlier date."""
    if on < FIRST_DAY[2019]:
        raise RegisterError(f"het register begint op {FIRST_DAY[2019]}; gevonden {on}; vraag een latere dag")
    return 2025 if on >= FIRST_DAY[2025] else 2019


@cache  # asked of every municipality for each report
def size_label(inhabitants: int) -> str:
    """Size class of a number of inhabitants, as Dutch label.

    Examples
    --------
    >>> size_label(14_999)
    'Gemeenten met 10.000 tot 14.999 inwoners'
    >>> size_label(40_000)
    'Gemeenten met 40.000 inwoners of meer'
    """
    place = bisect(_SIZE_BOUNDS, inhabitants)
    low, high = (0, *_SIZE_BOUNDS)[place], (*_SIZE_BOUNDS, 0)[place]
    text = f"{low:,} tot {high - 1:,} inwoners" if high else f"{low:,} inwoners of meer"
    text = text if low else f"minder dan {high:,} inwoners"
    return f"Gemeenten met {text}".replace(",", ".")


class Register:
    """Municipalities as of a date, with their denominators, pact versions, peers and place on the tile map.

    Parameters
    ----------
    tables
        See :func:`lekp_lib.register.models.read_tables`.
    """

    def __init__(self, tables: models.Tables) -> None:
        self._tables = tables
        self._peer_groups: dict[tuple[int, str], tuple[PeerGroup, ...]] = {}

    @cached_property
    def _by_edition(self) -> Mapping[int, tuple[Municipality, ...]]:
        places = sorted(self._tables.municipalities.values(), key=lambda place: place.name)
        return {edition: tuple(place for place in places if place.edition == edition) for edition in FIRST_DAY}

    @cached_property
    def _resolvers(self) -> Mapping[int, Resolver]:
        return {edition: Resolver(self._tables, edition) for edition in self._by_edition}

    @cached_property
    def _size_populations(self) -> Mapping[int, Mapping[str, int]]:
        """Inhabitants for the size classes: the newest year known for all municipalities of the edition."""
        found: dict[int, Mapping[str, int]] = {}
        for edition, places in self._by_edition.items():
            counted = {place.nis: self._tables.counts["inwoners", edition, place.nis] for place in places}
            newest = max(set.intersection(*(set(days) for days in counted.values())))
            found[edition] = {nis: days[newest][0] for nis, days in counted.items()}
        return found

    def municipalities(self, on: dt.date) -> tuple[Municipality, ...]:
        """All municipalities on a date, sorted by name: 300 or 285."""
        return self._by_edition[edition_on(on)]

    def get(self, nis: str, on: dt.date) -> Municipality:
        """Municipality with exactly this code on a date.

        Raises
        ------
        RegisterError
            When no municipality has the code on that date; the text tells what to ask for instead.
        """
        if found := self._tables.municipalities.get((edition_on(on), nis)):
            return found
        now = self.successor(nis, on)
        raise RegisterError(f"NIS-code {nis} bestaat niet op {on}; nu is het {now.nis} ({now.name})")

    def resolve(self, text: str, on: dt.date) -> models.Match:
        """Municipality from a code, name, former name or *deelgemeente*; see :meth:`Resolver.resolve`."""
        return self._resolvers[edition_on(on)].resolve(text)

    def successor(self, nis: str, on: dt.date) -> Municipality:
        """Municipality on a date that a code of 2018, 2019 or 2025 leads to."""
        return self._resolvers[edition_on(on)].successor(nis)

    def parts(self, nis: str, at: dt.date, on: dt.date) -> tuple[str, ...]:
        """Codes that on day ``at`` made up the municipality with code ``nis`` on day ``on``.

        Parameters
        ----------
        nis
            Code on day ``on``.
        at
            An earlier day, from before 2019 too.
        on
            Day for which ``nis`` holds.

        Returns
        -------
        tuple of str
            Several codes before a merger, otherwise the one code; sorted as in the tables.

        Raises
        ------
        RegisterError
            When the code does not exist on day ``on``.
        """
        place = self.get(nis, on)
        codes = place.predecessors if place.is_merged and at < place.valid_from else (nis,)
        if at >= FIRST_DAY[2019]:
            return codes
        older = {code: [row.old_nis for row in self._tables.mergers if row.new_nis == code] for code in codes}
        return tuple(part for code in codes for part in (older[code] if code not in older[code] else [code]) or [code])

    def mergers(self, on: dt.date) -> tuple[Merger, ...]:
        """Former municipalities that had ended by a date, each with the municipality that it became part of."""
        return tuple(row for row in self._tables.mergers if row.date <= on)

    def former_codes(self) -> frozenset[str]:
        """Codes of municipalities that have ended: those of 2018 and of 2019-2024 that merged, 11002 among them."""
        return frozenset(row.old_nis for row in self._tables.mergers)

    def population(self, nis: str, year: int, on: dt.date) -> Count | None:
        """Inhabitants on 1 January of ``year``; ``None`` when unknown."""
        return self._count("inwoners", self.get(nis, on), dt.date(year, 1, 1))

    def households(self, nis: str, year: int, on: dt.date) -> Count | None:
        """Private households on 1 January of ``year``; ``None`` when unknown."""
        return self._count("huishoudens", self.get(nis, on), dt.date(year, 1, 1))

    def dwellings(self, nis: str, on: dt.date) -> Count | None:
        """Newest count of dwellings; ``None`` for a municipality that ended before the building stock of 2025."""
        place, counts = self.get(nis, on), self._tables.counts
        codes = (nis, *place.predecessors)
        days = {day for edition in FIRST_DAY for code in codes for day in counts.get((_DWELLINGS, edition, code), ())}
        found = (self._count(_DWELLINGS, place, day) for day in sorted(days, reverse=True))
        return next(filter(None, found), None)

    def denominators(self, nis: str, year: int, on: dt.date) -> dict[str, Count | None]:
        """What a level is counted per, by kind: inhabitants and households of ``year``, and the newest dwellings."""
        people, households = self.population(nis, year, on), self.households(nis, year, on)
        return {"inwoners": people, "huishoudens": households, "wooneenheden": self.dwellings(nis, on)}

    def _count(self, kind: str, place: Municipality, day: dt.date) -> Count | None:
        """The count of a municipality; of one that merged later, else the sum of its parts."""
        counts = self._tables.counts
        parts = place.predecessors if place.is_merged and day < place.valid_from else ()
        if own := counts.get((kind, place.edition, place.nis), {}).get(day):
            return Count(own[0], day, own[1])
        of_parts = [counts.get((kind, 2019, nis), {}).get(day) for nis in parts]
        known = [part for part in of_parts if part is not None]
        if not known or len(known) < len(of_parts):
            return None
        sources = "; ".join(dict.fromkeys(source for _, source in known))
        return Count(sum(value for value, _ in known), day, sources)

    def with_counts(self, facts: Iterable[Iterable[Any]]) -> Register:
        """A register in which the given counts stand in place of the packaged ones; this one stays as it is.

        Each fact has the fields of :class:`~lekp_lib.register.models.CountFact`, in that order.
        Of two counts of the same thing at the same date, the later in the row counts. What a newly counted former
        municipality changes is the sum of its successor too.

        Raises
        ------
        RegisterProblems
            With every count that cannot be used.
        """
        given = [CountFact(*fact) for fact in facts]
        problems = [problem for fact in given for problem in self._mistakes(fact)]
        models.RegisterProblems.raise_any("ingelezen aantallen", problems)
        new: Counts = {}
        for fact in given:
            for edition in models.editions_of(self._tables.municipalities, fact.nis, fact.date):
                new.setdefault((fact.kind, edition, fact.nis), {})[fact.date] = (fact.value, fact.source)
        kept = (key for key in self._tables.counts if key[0] != _DWELLINGS or key not in new)
        counts = {key: dict(self._tables.counts[key]) for key in kept}
        for key, days in new.items():
            counts.setdefault(key, {}).update(days)
        laid = Register(self._tables._replace(counts=counts))
        for place in (place for place in self._by_edition[2025] if place.is_merged):
            problems += laid._sum_again(place, new)
        models.RegisterProblems.raise_any("ingelezen aantallen", problems)
        return laid

    def _sum_again(self, place: Municipality, new: Counts) -> Iterable[Problem]:
        """Forget the whole of a merged municipality where its parts were counted anew; tell a whole that differs."""
        parts = {(2019, nis) for nis in place.predecessors}
        counted = [(kind, days) for (kind, edition, nis), days in new.items() if (edition, nis) in parts]
        for kind, day in sorted({(kind, day) for kind, days in counted for day in days}):
            key = (kind, 2025, place.nis)
            whole, total = self._tables.counts.get(key, {}), self._count(kind, place._replace(nis=""), day)
            given = new.get(key, {}).get(day)
            if total is None or (given and given[0] == total.value):
                continue
            if given:
                found = f"{given[0]}, en {total.value} voor de delen samen"
                yield Problem(f"{kind} van {place.nis} op {day}", found, "de som van de vroegere gemeenten")
            if kind == _DWELLINGS and key not in new:
                whole.clear()
            whole.pop(day, None)

    def _mistakes(self, fact: CountFact) -> Iterator[Problem]:
        """Why a count cannot be used: the first reason."""
        places, dwellings = self._tables.municipalities, fact.kind == _DWELLINGS
        where = f"{fact.kind} van {fact.nis} op {fact.date}"
        if fact.kind not in get_args(Denominator):
            yield Problem(where, f"soort {fact.kind!r}", " of ".join(get_args(Denominator)))
        elif fact.value < (0 if dwellings else 1):
            yield Problem(where, str(fact.value), "nul of meer" if dwellings else "een getal boven nul")
        elif not dwellings and (fact.date.month, fact.date.day) != (1, 1):
            yield Problem(where, f"de datum {fact.date}", "1 januari van een jaar")
        elif not any((edition, fact.nis) in places for edition in FIRST_DAY):
            yield Problem(where, f"NIS-code {fact.nis}", "een code van 2019 of van 2025")
        elif fact.date >= FIRST_DAY[2025] and (2025, fact.nis) not in places:
            yield Problem(where, f"NIS-code {fact.nis}, geëindigd in 2024", "een code die op die dag bestaat")

    def signatures(self, nis: str, on: dt.date) -> tuple[models.Signature, ...]:
        """What is known of the signatures of a municipality, or of each of its predecessors."""
        codes = self.get(nis, on).predecessors or (nis,)
        return tuple(signature for code in codes for signature in self._tables.signatures[code])

    def pact_version(self, nis: str, on: dt.date) -> PactVersion | None:
        """Highest version signed by the municipality or any of its predecessors; ``None`` when none is."""
        signed = [row.version for row in self.signatures(nis, on) if row.status in ("ja", "aangenomen")]
        return max(signed, default=None)

    def peer_groups(self, nis: str, on: dt.date) -> tuple[PeerGroup, ...]:
        """Province, reference region, size class, neighbours and Flanders; members sorted by name.

        Before 2025 there are no regions and no neighbours: both tables are of 2025. The own municipality is a member,
        except of the neighbours. Computed once: every target of a report asks for them.
        """
        place = self.get(nis, on)
        if (place.edition, nis) not in self._peer_groups:
            self._peer_groups[place.edition, nis] = tuple(self._groups(place))
        return self._peer_groups[place.edition, nis]

    def _groups(self, place: Municipality) -> Iterator[PeerGroup]:
        others, inhabitants = self._by_edition[place.edition], self._size_populations[place.edition]
        size, near = size_label(inhabitants[place.nis]), self._tables.neighbours.get(place.nis, ())
        region = [other for other in others if place.region and other.region == place.region]
        for kind, label, members in (
            ("provincie", f"Provincie {place.province}", [it for it in others if it.province == place.province]),
            ("referentieregio", f"Referentieregio {place.region}", region),
            ("grootteklasse", size, [it for it in others if size_label(inhabitants[it.nis]) == size]),
            ("buurgemeenten", "Buurgemeenten", [it for it in others if it.nis in near and place.edition == 2025]),
            ("vlaanderen", "Vlaanderen", others),
        ):
            if members:
                yield PeerGroup(kind, label, tuple(other.nis for other in members))

    def tiles(self) -> dict[str, tuple[int, int]]:
        """Hexagon of each municipality of 2025 on the tile map.

        Returns
        -------
        dict
            NIS code to axial coordinates ``(q, r)`` of hexagons with a point at the top: ``q`` grows to the east, ``r``
            to the south-east. With side 1 the centre lies at ``x = sqrt(3) * (q + r / 2)`` to the east and
            ``y = 1.5 * r`` to the south.
        """
        return dict(self._tables.tiles)

    @cached_property
    def _slugs(self) -> Mapping[tuple[int, str], str]:
        # Only names of files and addresses need it.
        from slugify import slugify

        return {key: slugify(place.name) for key, place in self._tables.municipalities.items()}

    def slug(self, nis: str, on: dt.date) -> str:
        """Name in ASCII small letters and hyphens for files and addresses, unique within a code edition."""
        return self._slugs[self.get(nis, on).edition, nis]

    def submunicipalities(self, nis: str) -> tuple[str, ...]:
        """Names of the *deelgemeenten* of a municipality of 2025, sorted.

        Raises
        ------
        RegisterError
            When the code is not one of 2025.
        """
        self.get(nis, FIRST_DAY[2025])
        return tuple(sorted(name for name, of in self._tables.submunicipalities if of == nis))


@cache
def load_register() -> Register:
    """Register of the packaged tables, read once per process.

    Returns
    -------
    Register

    Examples
    --------
    >>> register = load_register()
    >>> register.resolve("mariakerke", dt.date(2025, 1, 1)).municipality.name
    'Gent'
    """
    return Register(models.read_tables(Path(__file__).parent / "data"))
