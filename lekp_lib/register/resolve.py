"""From what somebody types to one municipality: code, name, former name, other name or *deelgemeente*.

Nothing is guessed: a text that fits two places, or none, is an error that says what to type instead.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from lekp_lib.errors import RegisterError
from lekp_lib.register.models import FIRST_DAY, Match, Municipality, Tables

_CODE = re.compile(r"([0-9][0-9\s]*)(?:\.0+)?")
_QUALIFIED = re.compile(r"(.+?)\s*\(([^()]+)\)")
_SHOWN = 60


#: Order in which names win: current before former before sub-municipality before names in other languages.
_CURRENT, _FORMER, _PART, _OTHER = range(4)


class _Candidate(NamedTuple):
    """One meaning of a name; ``nis`` may be a code of later, for a part of a municipality still to be merged."""

    rank: int
    name: str
    nis: str
    via: str
    qualifiers: tuple[str, ...]
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

    def __init__(self, tables: Tables, edition: int) -> None:
        self._tables = tables
        self._today = {nis: place for (key, nis), place in tables.municipalities.items() if key == edition}
        self._mergers = {row.old_nis: row for row in tables.mergers if row.date <= FIRST_DAY[edition]}
        self._names: defaultdict[str, list[_Candidate]] = defaultdict(list)
        for candidate in self._candidates():
            self._names[name_key(candidate.name)].append(candidate)

    def _candidates(self) -> Iterator[_Candidate]:
        places = self._tables.municipalities
        arrondissements = {place.arrondissement_nis: place.arrondissement for place in places.values()}
        for nis, place in self._today.items():
            around: tuple[str, ...] = (place.arrondissement, place.province)
            yield _Candidate(_CURRENT, place.name, nis, "", around, place.name)
        for nis, row in self._mergers.items():
            new, via = self.successor(nis), self._former(nis)
            # A former municipality keeps the arrondissement of its code: Moerbeke (Gent) now lies in Lokeren.
            around = (arrondissements.get(f"{nis[:2]}000", ""), row.old_province, new.name)
            yield _Candidate(_FORMER, row.old_name, new.nis, via, around, f"{row.old_name} ({new.name})")
        for name, nis in self._tables.submunicipalities:
            of = places[2025, nis].name
            yield _Candidate(_PART, name, nis, f"deelgemeente {name}", (of,), f"{name} ({of})")
        for name, nis in self._tables.other_names:
            if nis in self._today or nis in self._mergers:
                new, via = self.successor(nis), "" if nis in self._today else self._former(nis)
                yield _Candidate(_OTHER, name, new.nis, via, (), f"{name} ({new.name})")

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
            if code not in self._mergers:
                raise RegisterError(self._unknown_code(nis))
            code = self._mergers[code].new_nis
        return self._today[code]

    def _unknown_code(self, nis: str) -> str:
        if later := self._tables.municipalities.get((2025, nis)):
            parts = " of ".join(f"{self._today[part].name} ({part})" for part in later.predecessors)
            since = f"NIS-code {nis} ({later.name}) bestaat sinds {later.valid_from}"
            return f"{since}; vraag voor die dag {parts}, of vraag een dag in 2025 of later"
        if elsewhere := next((name for name, code in self._tables.other_names if code == nis), ""):
            return f"{elsewhere} (NIS-code {nis}) ligt niet in Vlaanderen"
        return f"onbekende NIS-code {nis!r}; verwacht de vijf cijfers van een Vlaamse gemeente, zoals 44021 (Gent)"

    def _by_code(self, digits: str) -> Match:
        if len(digits) != 5:
            raise RegisterError(f"NIS-code {digits[:_SHOWN]} heeft {len(digits)} cijfers; verwacht vijf, zoals 44021")
        place, via = self.successor(digits), f"NIS-code {digits}"
        return Match(place, via if digits in self._today else f"{via} van {self._former(digits)}")

    def _former(self, nis: str) -> str:
        return f"voormalige gemeente {self._mergers[nis].old_name}"

    def _not_found(self, text: str) -> RegisterError:
        shown, key = repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…"), name_key(text)
        elsewhere = [nis for name, nis in self._tables.other_names if name_key(name) == key]
        later = [nis for (_, nis), place in self._tables.municipalities.items() if name_key(place.name) == key]
        if later or elsewhere:
            return RegisterError(self._unknown_code((later or elsewhere)[0]))
        near = get_close_matches(key[:_SHOWN], self._names, n=5, cutoff=0.65)
        names = dict.fromkeys(min(self._names[name], key=lambda item: item.rank).shown for name in near)
        hint = f"bedoelde u {', '.join(names)}? " if names else ""
        return RegisterError(f"geen gemeente gevonden voor {shown}; {hint}typ de naam of de NIS-code van vijf cijfers")

    def _matches(self, text: str) -> list[_Candidate]:
        found = self._names.get(name_key(text), [])
        qualified = _QUALIFIED.fullmatch(text)
        if found or qualified is None:
            return found
        base, place = qualified.groups()
        named = self._names.get(name_key(base), [])
        found = [item for item in named if name_key(place) in map(name_key, item.qualifiers)]
        if named and not found:
            shown = ", ".join(dict.fromkeys(item.shown for item in named))
            raise RegisterError(f"geen {base[:_SHOWN]} in {place[:_SHOWN]}; bekend zijn: {shown}")
        return found

    def resolve(self, text: str) -> Match:
        """Find a municipality from what somebody typed.

        Parameters
        ----------
        text
            NIS code, name, former name, *deelgemeente*, French or German name, each in any spelling of case, accents
            and hyphens; a name may carry its municipality, arrondissement or province in brackets.

        Returns
        -------
        Match

        Raises
        ------
        RegisterError
            When the text fits no municipality, or more than one.
        """
        stripped = text.strip()
        if code := _CODE.fullmatch(stripped):
            return self._by_code(re.sub(r"\s", "", code.group(1)))
        if not (candidates := self._matches(stripped)):
            raise self._not_found(stripped)
        best = min(item.rank for item in candidates)
        winners = [item for item in candidates if item.rank == best]
        if len({item.nis for item in winners}) > 1:
            shown = ", ".join(sorted(item.shown for item in winners))
            raise RegisterError(f"{stripped[:_SHOWN]!r} kan {shown} zijn; typ een daarvan, of de naam van de gemeente")
        winner = winners[0]
        # The table tells in which municipality of 2025 a part lies, not in which of its predecessors it lay. Antwerpen,
        # which keeps its code, gained only Borsbeek, and that name is found as the municipality it was.
        if winner.nis not in self._today:
            raise RegisterError(f"{winner.shown}: {self._unknown_code(winner.nis)}")
        return Match(self._today[winner.nis], winner.via)
