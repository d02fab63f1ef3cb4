"""The register: municipalities as dated facts, behind one class.

Which municipalities exist depends on the date: 300 from 2019 to 2024, 285 from 1 January 2025 (data-sources.md 6.1).
Every question therefore carries a date ``on``; it chooses the code edition, not what is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import cast

from lekp_lib.errors import RegisterError
from lekp_lib.register import counts, pacts
from lekp_lib.register.extra_counts import CountFact, lay_over
from lekp_lib.register.load import read_tables
from lekp_lib.register.models import Count, Match, Municipality, PactVersion, PeerGroup, Signature
from lekp_lib.register.peers import peer_groups
from lekp_lib.register.resolve import Resolver
from lekp_lib.register.tables import FIRST_DAY, Edition, Merger, Tables


def edition_on(on: dt.date) -> Edition:
    """Code edition in force on a date.

    Parameters
    ----------
    on
        Any date from 1 January 2019 on.

    Returns
    -------
    int
        2019 or 2025.

    Raises
    ------
    RegisterError
        For an earlier date: those municipalities are not in the register.
    """
    if on >= FIRST_DAY[2025]:
        return 2025
    if on >= FIRST_DAY[2019]:
        return 2019
    raise RegisterError(f"the register begins on {FIRST_DAY[2019]}; found {on}; ask as of a later date")


class Register:
    """Municipalities as of a date, with their denominators, pact versions, peers and place on the tile map.

    Parameters
    ----------
    tables
        Checked tables, see :func:`lekp_lib.register.load.read_tables`.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._peer_groups: dict[tuple[Edition, str], tuple[PeerGroup, ...]] = {}

    @cached_property
    def _by_edition(self) -> Mapping[Edition, tuple[Municipality, ...]]:
        places = sorted(self._tables.municipalities.values(), key=lambda place: place.name)
        editions: tuple[Edition, ...] = (2019, 2025)
        return {edition: tuple(place for place in places if place.edition == edition) for edition in editions}

    @cached_property
    def _resolvers(self) -> Mapping[Edition, Resolver]:
        return {edition: Resolver(self._tables, edition) for edition in self._by_edition}

    @cached_property
    def _size_populations(self) -> Mapping[Edition, Mapping[str, int]]:
        """Inhabitants for the size classes: the newest year known for all municipalities of the edition."""
        found: dict[Edition, Mapping[str, int]] = {}
        for edition, places in self._by_edition.items():
            for year in sorted(self._tables.population_years):
                known = {
                    nis: value
                    for (key, nis, of_year), value in self._tables.population.items()
                    if key == edition and of_year == year
                }
                if len(known) == len(places):
                    found[edition] = known
        return found

    def with_counts(self, facts: Iterable[CountFact]) -> Register:
        """A register in which the given counts stand in place of the packaged ones; this one stays as it is.

        Raises
        ------
        RegisterProblems
            With every count that cannot be used.
        """
        return Register(lay_over(self._tables, facts))

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

    def former_codes(self) -> frozenset[str]:
        """Codes of municipalities that have ended: those of 2018 and of 2019-2024 that merged, 11002 among them."""
        return frozenset(row.old_nis for row in self._tables.mergers)

    def mergers(self, on: dt.date) -> tuple[Merger, ...]:
        """Former municipalities that had ended by a date, each with the municipality that it became part of."""
        return tuple(row for row in self._tables.mergers if row.date <= on)

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
        edition = edition_on(on)
        found = self._tables.municipalities.get((edition, nis))
        if found is not None:
            return found
        successor = self._resolvers[edition].successor(nis)
        raise RegisterError(f"NIS code {nis} does not exist on {on}; it is now {successor.nis} ({successor.name})")

    def resolve(self, text: str, on: dt.date) -> Match:
        """Municipality from a code, name, former name or *deelgemeente*; see :class:`Resolver`."""
        return self._resolvers[edition_on(on)].resolve(text)

    def successor(self, nis: str, on: dt.date) -> Municipality:
        """Municipality on a date that a code of 2018, 2019 or 2025 leads to."""
        return self._resolvers[edition_on(on)].successor(nis)

    def population(self, nis: str, year: int, on: dt.date) -> Count | None:
        """Inhabitants on 1 January of ``year``, None when unknown (domain.md 2.2)."""
        return counts.population(self._tables, self.get(nis, on), year)

    def dwellings(self, nis: str, on: dt.date) -> Count | None:
        """Dwellings in the building stock of 2025, None for a municipality that ended before (domain.md 2.4)."""
        return counts.dwellings(self._tables, self.get(nis, on))

    def households(self, nis: str, year: int, on: dt.date) -> Count | None:
        """Private households on 1 January of ``year``, None when unknown (domain.md 2.4)."""
        return counts.households(self._tables, self.get(nis, on), year)

    def neighbours(self, nis: str) -> tuple[str, ...]:
        """NIS codes of 2025 that share a border with this code of 2025.

        Empty for Voeren, which borders no Flemish municipality.

        Raises
        ------
        RegisterError
            When the code is not one of 2025.
        """
        self.get(nis, FIRST_DAY[2025])
        return self._tables.neighbours.get(nis, ())

    def signatures(self, nis: str, on: dt.date) -> tuple[Signature, ...]:
        """What is known of the signatures of a municipality, or of each of its predecessors (domain.md 8)."""
        return pacts.signatures(self._tables, self.get(nis, on))

    def pact_version(self, nis: str, on: dt.date) -> PactVersion | None:
        """Highest version signed by the municipality or any of its predecessors, None when none is."""
        return pacts.pact_version(self._tables, self.get(nis, on))

    def peer_groups(self, nis: str, on: dt.date) -> tuple[PeerGroup, ...]:
        """Province, reference region, size class, neighbours and Flanders; members sorted by name.

        Before 2025 there are no regions and no neighbours: both tables are of 2025. Computed once: every target of a
        report asks for them.
        """
        municipality = self.get(nis, on)
        edition = cast(Edition, municipality.edition)
        if (edition, nis) not in self._peer_groups:
            neighbours = self._tables.neighbours.get(nis, ()) if edition == 2025 else ()
            self._peer_groups[edition, nis] = peer_groups(
                municipality, self._by_edition[edition], self._size_populations[edition], neighbours
            )
        return self._peer_groups[edition, nis]

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

        return MappingProxyType({key: slugify(place.name) for key, place in self._tables.municipalities.items()})

    def slug(self, nis: str, on: dt.date) -> str:
        """Name in ASCII small letters and hyphens for files and addresses, unique within a code edition."""
        municipality = self.get(nis, on)
        return self._slugs[municipality.edition, nis]

    def submunicipalities(self, nis: str) -> tuple[str, ...]:
        """Names of the *deelgemeenten* of a municipality of 2025, sorted.

        Raises
        ------
        RegisterError
            When the code is not one of 2025.
        """
        self.get(nis, FIRST_DAY[2025])
        return tuple(sorted(part.name for part in self._tables.submunicipalities if part.nis == nis))


@cache
def load_register() -> Register:
    """Register of the packaged tables, read and checked once per process.

    Returns
    -------
    Register

    Raises
    ------
    RegisterProblems
        When the packaged tables are damaged.

    Examples
    --------
    >>> register = load_register()
    >>> register.resolve("mariakerke", dt.date(2025, 1, 1)).municipality.name
    'Gent'
    """
    return Register(read_tables(Path(__file__).parent / "data"))
