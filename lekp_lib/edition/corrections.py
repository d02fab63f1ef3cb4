"""Corrections: a municipality says that a figure of a source is wrong, and what it should be.

A correction names the value that it expects to find. When the source has another one by now, nobody knows whether the
correction still holds: the run then stops and names every such correction at once (spec features.md, row 4).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from lekp_lib.edition.models import Observation, Status
from lekp_lib.edition.municipal_files import Day, Name, Nis, Placed, Text
from lekp_lib.edition.side_tables import AppliedCorrection
from lekp_lib.errors import EditionProblems, Problem, RegisterError
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import Declared
from lekp_lib.register import Register
from lekp_lib.register.models import FIRST_DAY


def _few_digits(value: float) -> float:
    """A number that spreadsheets keep whole: they have 15 digits."""
    if float(f"{value:.15g}") != value:
        raise ValueError("a number of at most 15 digits")
    return value


Answer = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_few_digits)] | Literal["ja", "nee"]
_ANSWERS = {"ja": 1.0, "nee": 0.0}


class CorrectionStatus(StrEnum):
    """How far a correction is; only an active one changes a figure."""

    DRAFT = "ontwerp"
    ACTIVE = "actief"
    TAKEN_OVER = "overgenomen"  # the supplier has changed its figure
    WITHDRAWN = "ingetrokken"


class Correction(Declared):
    """One entry of ``parameters/correcties/*.yaml``.

    ``indicator`` may be left out for the first series of the target. Either ``waarde`` or ``schrappen`` is given.
    """

    gemeente: Name = ""
    nis: Nis = ""
    doel: Annotated[Text, Field(min_length=1)]
    indicator: Text = ""
    peildatum: Day
    verwacht: Answer
    waarde: Answer | None = None
    schrappen: bool = False
    reden: Annotated[Text, Field(min_length=1, max_length=500)]
    auteur: Annotated[Name, Field(min_length=1)]
    datum: Day
    status: CorrectionStatus

    @model_validator(mode="after")
    def _one_of_two(self) -> Correction:
        if bool(self.gemeente) == bool(self.nis):
            raise ValueError("give either gemeente or nis")
        if (self.waarde is None) != self.schrappen:
            raise ValueError("give either waarde, or schrappen: true")
        return self


def number_of(answer: Answer) -> float:
    """A figure as a number; yes is 1 and no is 0."""
    return _ANSWERS[answer] if isinstance(answer, str) else float(answer)


def _indicator(catalog: Catalog, correction: Correction) -> str:
    return correction.indicator or catalog.target(correction.doel).indicators[0].id


def _days(correction: Correction, on: dt.date) -> tuple[dt.date, dt.date]:
    """Days on which a name is looked up: that of the figure, as far back as the register goes, and the edition's."""
    return max(correction.peildatum, FIRST_DAY[2019]), on


def candidates(register: Register, nis: str, name: str, days: Sequence[dt.date]) -> tuple[tuple[str, ...], str]:
    """Codes that a municipality has on any of some days, and why there is none.

    Parameters
    ----------
    register
        Municipalities.
    nis, name
        One of the two is given.
    days
        Most telling day first.

    Returns
    -------
    tuple
        Codes, each once; and the message of the register when there is no code at all.
    """
    found: list[str] = []
    message = ""
    for day in days:
        try:
            if nis:
                register.successor(nis, day)
                found.append(nis)
            else:
                found.append(register.resolve(name, day).municipality.nis)
        except RegisterError as error:
            message = str(error)
    return tuple(dict.fromkeys(found)), "" if found else message


def check_corrections(
    placed: Iterable[Placed[Correction]], catalog: Catalog, register: Register, on: dt.date, today: dt.date
) -> list[Problem]:
    """Everything in corrections that can be judged without figures.

    Parameters
    ----------
    placed
        Corrections with their places.
    catalog, register
        Targets and municipalities.
    on
        Reference date of the edition.
    today
        No correction is made in the future.

    Returns
    -------
    list of Problem
    """
    problems = []
    seen: dict[tuple[str, str, str, dt.date], str] = {}
    known = {target.id: {item.id for item in target.indicators} for target in catalog.measured}
    for item in placed:
        entry = item.entry
        if entry.doel not in known:
            problems.append(Problem(f"{item.where}: doel", repr(entry.doel), f"one of {', '.join(known)}"))
        elif entry.indicator and entry.indicator not in known[entry.doel]:
            expected = ", ".join(sorted(known[entry.doel]))
            problems.append(Problem(f"{item.where}: indicator", repr(entry.indicator), f"one of {expected}"))
        codes, message = candidates(register, entry.nis, entry.gemeente, _days(entry, on))
        if message:
            problems.append(Problem(f"{item.where}: gemeente", repr(entry.nis or entry.gemeente), message))
        if entry.datum > today:
            problems.append(Problem(f"{item.where}: datum", str(entry.datum), f"a day up to today, {today}"))
        if entry.status is CorrectionStatus.ACTIVE and codes and entry.doel in known:
            key = (codes[0], entry.doel, _indicator(catalog, entry), entry.peildatum)
            if key in seen:
                found = f"a second active correction of the same figure (the first: {seen[key]})"
                problems.append(Problem(item.where, found, "one", "Set the older one to 'ingetrokken'."))
            seen.setdefault(key, item.where)
    return problems


@dataclass(frozen=True, slots=True)
class Corrected:
    """Observations after correction, and what was changed."""

    observations: tuple[Observation, ...]
    applied: tuple[AppliedCorrection, ...]


def _note(entry: Correction) -> str:
    day = f"{entry.datum.day}/{entry.datum.month}/{entry.datum.year}"
    return f"{entry.reden} ({entry.auteur}, {day})"


def _stale(item: Placed[Correction], found: str) -> Problem:
    expected = f"{number_of(item.entry.verwacht):.15g}, as the correction expects"
    advice = "Look whether the correction is still needed; then change 'verwacht', or set its status to 'overgenomen'."
    return Problem(item.where, found, expected, advice)


def apply_corrections(
    observations: Sequence[Observation],
    placed: Iterable[Placed[Correction]],
    catalog: Catalog,
    register: Register,
    on: dt.date,
) -> Corrected:
    """Lay active corrections over figures; the value of the source stays beside the new one.

    Parameters
    ----------
    observations
        Figures as the sources give them.
    placed
        Checked corrections; those that are not active, or about a date after ``on``, change nothing.
    catalog, register
        Targets and municipalities.
    on
        Reference date of the edition.

    Returns
    -------
    Corrected

    Raises
    ------
    EditionProblems
        With every correction whose figure is absent, or has another value than it expects.
    """
    places = {
        (item.target_id, item.indicator, item.nis, item.reference_date): number
        for number, item in enumerate(observations)
    }
    changed: dict[int, Observation | None] = {}
    applied, problems = [], []
    for item in placed:
        entry = item.entry
        if entry.status is not CorrectionStatus.ACTIVE or entry.peildatum > on:
            continue
        days = _days(entry, on)
        codes, _ = candidates(register, entry.nis, entry.gemeente, days)
        indicator = _indicator(catalog, entry)
        found = [key for code in codes if (key := (entry.doel, indicator, code, entry.peildatum)) in places]
        if len(found) != 1:
            told = "no such figure" if not found else f"figures of {' and of '.join(key[2] for key in found)}"
            problems.append(_stale(item, told))
            continue
        number = places[found[0]]
        before = observations[number]
        if not math.isclose(before.value, number_of(entry.verwacht), rel_tol=1e-9, abs_tol=1e-9):
            problems.append(_stale(item, f"the value {before.value:.15g} from {before.source_id}"))
            continue
        after = None if entry.waarde is None else number_of(entry.waarde)
        changed[number] = (
            None
            if after is None
            else replace(
                before, value=after, original=before.value, status=Status.CORRECTED, correction_note=_note(entry)
            )
        )
        applied.append(
            AppliedCorrection(
                target_id=entry.doel,
                indicator=indicator,
                nis=register.successor(before.nis, on).nis,
                reference_date=entry.peildatum,
                before=before.value,
                after=after,
                measure=before.measure.value,
                place=entry.gemeente or _name(register, before.nis, days),
                reason=entry.reden,
                author=entry.auteur,
                date=entry.datum,
            )
        )
    if problems:
        raise EditionProblems("corrections that no longer fit the figures", problems)
    kept = (changed.get(number, item) for number, item in enumerate(observations))
    return Corrected(tuple(item for item in kept if item is not None), tuple(applied))


def _name(register: Register, nis: str, days: Sequence[dt.date]) -> str:
    for day in days:
        try:
            return register.get(nis, day).name
        except RegisterError:
            continue
    return nis
