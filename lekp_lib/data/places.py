"""Which municipality a row is about: by code or by name, as of a date, and never by a guess."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from lekp_lib.data.cells import CellError
from lekp_lib.errors import RegisterError
from lekp_lib.pact.shapes import Place
from lekp_lib.register.models import FIRST_DAY
from lekp_lib.register.register import Register

FLANDERS = "02000"
_CODE = re.compile(r"([0-9]{1,5})(?:\.0+)?")
_EDITION_DAYS: Mapping[str, dt.date] = {str(year): day for year, day in FIRST_DAY.items()}
_AREA_WORDS = re.compile(r"\s*\(provincie\)|^provincie\s+", re.IGNORECASE)


class OutsideFlanders(Exception):
    """The row is about a place outside Flanders."""


@dataclass(frozen=True)
class PlaceFinder:
    """Finds the code of a row's place.

    Parameters
    ----------
    register
        Municipalities as dated facts.
    rule
        How the file tells its places.
    """

    register: Register
    rule: Place

    @cached_property
    def _codes(self) -> dict[int, frozenset[str]]:
        return {
            year: frozenset(item.nis for item in self.register.municipalities(day)) for year, day in FIRST_DAY.items()
        }

    @cached_property
    def _areas(self) -> frozenset[str]:
        provinces = {item.province_nis for day in FIRST_DAY.values() for item in self.register.municipalities(day)}
        return frozenset({FLANDERS, *provinces})

    @cached_property
    def _flemish_starts(self) -> frozenset[str]:
        """First two digits of the codes of Flemish arrondissements; all other codes are of other regions."""
        return frozenset(code[:2] for codes in self._codes.values() for code in codes)

    def day(self, date: dt.date, edition: str) -> dt.date:
        """Day whose municipalities a row knows.

        Raises
        ------
        CellError
            When the edition is not one of the register's.
        """
        if edition:
            if edition not in _EDITION_DAYS:
                raise CellError(f"an edition of codes: {' or '.join(_EDITION_DAYS)}")
            return _EDITION_DAYS[edition]
        day = date if self.rule.as_of == "datum" else self.rule.as_of
        assert isinstance(day, dt.date)
        return max(day, FIRST_DAY[2019])

    def of_code(self, text: str, day: dt.date) -> str:
        """Code of a place from a code cell.

        Parameters
        ----------
        text
            ``44021``, ``44021.0``, or ``2000`` where a spreadsheet ate the zero of 02000.
        day
            Day whose municipalities are meant.

        Returns
        -------
        str
            Five digits. A code of another edition is kept: the plausibility checks tell it.

        Raises
        ------
        CellError
            Unknown or ended codes, with what they have become.
        OutsideFlanders
            When the rule leaves such rows out.
        """
        match = _CODE.fullmatch(text.replace(" ", ""))
        if match is None:
            raise CellError("a five-digit NIS code such as 44021")
        code = match.group(1).zfill(5)
        if code in self._codes[2025] or code in self._codes[2019]:
            return code
        if code in self._areas:
            if self.rule.areas:
                return code
            if self.rule.outside == "weglaten":
                raise OutsideFlanders
            raise CellError("the code of a municipality", "Leave out rows of provinces and regions.")
        if code[:2] not in self._flemish_starts and self.rule.outside == "weglaten":
            raise OutsideFlanders
        return self._ended(code, day)

    def _ended(self, code: str, day: dt.date) -> str:
        """Code of before 2019, or no code at all."""
        try:
            successor = self.register.successor(code, day)
        except RegisterError as error:
            raise CellError("the NIS code of a Flemish municipality", f"{_sentence(error)}") from error
        if self.rule.former == "opvolger":
            return successor.nis
        advice = f"The code ended before 2019; it is now {successor.nis} ({successor.name})."
        raise CellError(f"a code that existed on {day}", advice)

    def of_name(self, text: str, day: dt.date) -> str:
        """Code of a place from a name, in any spelling of case, accents and hyphens.

        Raises
        ------
        CellError
            Unknown names, names of two places with the candidates, parts and former municipalities that the rule
            does not count for their successor.
        """
        if self.rule.areas and (area := self._area_named(text)):
            return area
        try:
            match = self.register.resolve(text, day)
        except RegisterError as error:
            raise CellError("the name of one Flemish municipality", _sentence(error)) from error
        if match.via and self.rule.former == "weigeren":
            place = match.municipality
            advice = f"{text} is a {match.via.split()[0]} of {place.name} ({place.nis}); a part is not the whole."
            raise CellError(f"a municipality that existed on {day}", advice)
        return match.municipality.nis

    @cached_property
    def _area_names(self) -> dict[str, str]:
        places = self.register.municipalities(FIRST_DAY[2025])
        names = {item.province.casefold(): item.province_nis for item in places}
        return {**names, "vlaanderen": FLANDERS, "vlaams gewest": FLANDERS}

    def _area_named(self, text: str) -> str | None:
        plain = _AREA_WORDS.sub("", text).strip().casefold()
        # Antwerpen alone is the city; the province has to say that it is one.
        said = _AREA_WORDS.search(text) is not None or plain in ("vlaanderen", "vlaams gewest")
        return self._area_names.get(plain) if said else None

    def contradiction(self, code: str, name: str, day: dt.date) -> str | None:
        """What a name says when it is another municipality than the code: the sign of shifted rows.

        Returns
        -------
        str or None
            The other municipality; ``None`` when they agree or the name cannot be resolved.
        """
        if not name or code in self._areas:
            return None
        for on in dict.fromkeys((day, *FIRST_DAY.values())):
            try:
                match = self.register.resolve(name, on)
            except RegisterError:
                continue
            place = match.municipality
            if place.nis == code or code in place.predecessors or match.via:
                return None
            other = f"{place.name} ({place.nis})"
            break
        else:
            return None
        try:
            # A former municipality keeps its own name while the register knows it by its code.
            return None if self.register.successor(code, FIRST_DAY[2025]).nis == place.nis else other
        except RegisterError:
            return other


def _sentence(error: RegisterError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
