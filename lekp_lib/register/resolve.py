"""From what somebody types to one municipality: code, name, former name or *deelgemeente*.

Nothing is guessed: a text that fits two places, or none, is an error that says what to type instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from lekp_lib.errors import RegisterError
from lekp_lib.register.models import Match, Municipality
from lekp_lib.register.tables import FIRST_DAY, Edition, Tables

_CODE = re.compile(r"([0-9][0-9\s]*)(?:\.0+)?")
_QUALIFIED = re.compile(r"(.+?)\s*\(([^()]+)\)")
_SHOWN = 60
_NEAR_ENOUGH = 65


class _Rank(IntEnum):
    """Order in which names win: current before former before sub-municipality."""

    CURRENT = 0
    FORMER = 1
    PART = 2


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One meaning of a name; ``nis`` may be a code of later, for a part of a municipality still to be merged."""

    rank: _Rank
    name: str
    nis: str
    via: str
    qualifiers: frozenset[str]
    shown: str


def name_key(text: str) -> str:
    """Name without case, accents, blanks, hyphens and apostrophes; ``St.`` reads as ``Sint``.

    Parameters
    ----------
    text
        A name as typed.

    Returns
    -------
    str
        Letters and digits only, possibly empty.

    Examples
    --------
    >>> name_key("’s-Gravenwezel"), name_key("ST. NIKLAAS") == name_key("Sint-Niklaas")
    ('sgravenwezel', True)
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"[^\W_]+", "".join(char for char in plain if not unicodedata.combining(char)))
    return "".join("sint" if word == "st" else word for word in words)


class Resolver:
    """Finds municipalities of one code edition.

    Parameters
    ----------
    tables
        The register's tables.
    edition
        Code edition, 2019 or 2025.
    """

    def __init__(self, tables: Tables, edition: Edition) -> None:
        self._tables = tables
        self._edition = edition
        self._today = {nis: place for (key, nis), place in tables.municipalities.items() if key == edition}
        self._mergers = [row for row in tables.mergers if row.date <= FIRST_DAY[edition]]
        self._next = {row.old_nis: row.new_nis for row in self._mergers}
        self._arrondissements = {
            place.arrondissement_nis: place.arrondissement for place in tables.municipalities.values()
        }
        self._names: defaultdict[str, list[_Candidate]] = defaultdict(list)
        for candidate in (*self._current(), *self._former(), *self._parts()):
            self._names[name_key(candidate.name)].append(candidate)

    def _current(self) -> Iterator[_Candidate]:
        for place in self._today.values():
            qualifiers = frozenset(map(name_key, (place.arrondissement, place.province)))
            yield _Candidate(_Rank.CURRENT, place.name, place.nis, "", qualifiers, place.name)

    def _former(self) -> Iterator[_Candidate]:
        for merger in self._mergers:
            successor = self.successor(merger.old_nis)
            # A former municipality keeps the arrondissement of its code: Moerbeke (Gent) now lies in Lokeren.
            arrondissement = self._arrondissements.get(merger.old_nis[:2] + "000", "")
            qualifiers = frozenset(map(name_key, (arrondissement, merger.old_province, successor.name)))
            via = f"voormalige gemeente {merger.old_name}"
            shown = f"{merger.old_name} ({successor.name})"
            yield _Candidate(_Rank.FORMER, merger.old_name, successor.nis, via, qualifiers, shown)

    def _parts(self) -> Iterator[_Candidate]:
        for part in self._tables.submunicipalities:
            place = self._tables.municipalities[2025, part.nis]
            via = f"deelgemeente {part.name}"
            shown = f"{part.name} ({place.name})"
            yield _Candidate(_Rank.PART, part.name, place.nis, via, frozenset([name_key(place.name)]), shown)

    def successor(self, nis: str) -> Municipality:
        """Municipality of this edition that a code of any edition leads to.

        Parameters
        ----------
        nis
            NIS code of 2018, 2019 or 2025.

        Returns
        -------
        Municipality

        Raises
        ------
        RegisterError
            For an unknown code, and for a code that did not exist yet.
        """
        code = nis
        while code not in self._today:
            next_nis = self._next.get(code)
            if next_nis is None:
                raise RegisterError(self._unknown_code(nis))
            code = next_nis
        return self._today[code]

    def _unknown_code(self, nis: str) -> str:
        later = self._tables.municipalities.get((2025, nis))
        if later is not None:
            parts = " or ".join(f"{self._today[part].name} ({part})" for part in later.predecessors)
            return (
                f"NIS code {nis} ({later.name}) exists since {later.valid_from}; before that date ask for {parts}, "
                "or ask as of a date in 2025 or later"
            )
        return f"unknown NIS code {nis!r}; expected the five-digit code of a Flemish municipality, such as 44021 (Gent)"

    def _by_code(self, digits: str) -> Match:
        if len(digits) != 5:
            raise RegisterError(f"NIS code {digits[:_SHOWN]} has {len(digits)} digits, not five as in 44021 (Gent)")
        municipality = self.successor(digits)
        if digits in self._today:
            return Match(municipality, f"NIS-code {digits}")
        former = next(row.old_name for row in self._mergers if row.old_nis == digits)
        return Match(municipality, f"NIS-code {digits} van voormalige gemeente {former}")

    def _not_found(self, text: str) -> RegisterError:
        shown = repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
        later = [
            place
            for (edition, _), place in self._tables.municipalities.items()
            if edition > self._edition and name_key(place.name) == name_key(text)
        ]
        if later:
            return RegisterError(self._unknown_code(later[0].nis))
        # Loading the matcher costs more than the register itself, and only mistakes need it.
        from rapidfuzz import fuzz, process

        keys = process.extract(
            name_key(text)[:_SHOWN], list(self._names), scorer=fuzz.ratio, limit=5, score_cutoff=_NEAR_ENOUGH
        )
        near = dict.fromkeys(min(self._names[key], key=lambda item: item.rank).shown for key, _, _ in keys)
        hint = f"did you mean {', '.join(near)}? Type" if near else "type"
        return RegisterError(f"no municipality found for {shown}; {hint} the name or the five-digit NIS code")

    def _by_name(self, text: str) -> Match:
        candidates = self._names.get(name_key(text), [])
        qualified = _QUALIFIED.fullmatch(text)
        if not candidates and qualified is not None:
            base, place = qualified.groups()
            named = self._names.get(name_key(base), [])
            candidates = [item for item in named if name_key(place) in item.qualifiers]
            if named and not candidates:
                shown = ", ".join(dict.fromkeys(item.shown for item in named))
                raise RegisterError(f"no {base[:_SHOWN]} in {place[:_SHOWN]}; known are: {shown}")
        if not candidates:
            raise self._not_found(text)
        best = min(item.rank for item in candidates)
        winners = [item for item in candidates if item.rank == best]
        if len({item.nis for item in winners}) > 1:
            shown = ", ".join(sorted(item.shown for item in winners))
            raise RegisterError(f"{text[:_SHOWN]!r} can be {shown}; type one of these, or the name of the municipality")
        winner = winners[0]
        municipality = self._today.get(winner.nis)
        # The table tells in which municipality of 2025 a part lies, not in which of its predecessors it lay. Antwerpen,
        # which keeps its code, gained only Borsbeek, and that name is found as the municipality it was.
        if municipality is None:
            raise RegisterError(f"{winner.shown}: {self._unknown_code(winner.nis)}")
        return Match(municipality, winner.via)

    def resolve(self, text: str) -> Match:
        """Find a municipality from what somebody typed.

        Parameters
        ----------
        text
            NIS code, name, former name, *deelgemeente*, each in any spelling of case, accents and hyphens; a name may
            carry its municipality, arrondissement or province in brackets.

        Returns
        -------
        Match

        Raises
        ------
        RegisterError
            When the text fits no municipality, or more than one.
        """
        stripped = text.strip()
        code = _CODE.fullmatch(stripped)
        if code is not None:
            return self._by_code(re.sub(r"\s", "", code.group(1)))
        return self._by_name(stripped)
