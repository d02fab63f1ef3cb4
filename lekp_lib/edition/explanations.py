"""Explanations (*toelichtingen*): what a municipality says about its figure, in its own words (spec domain.md 4.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, model_validator

from lekp_lib.edition.municipal_files import Day, Link, Name, Nis, Placed, Text
from lekp_lib.edition.side_tables import ShownExplanation
from lekp_lib.errors import Problem, RegisterError
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import Declared
from lekp_lib.register import Match, Register

MAX_CHARACTERS = 500


class Explanation(Declared):
    """One entry of ``parameters/toelichtingen/*.yaml``."""

    gemeente: Name = ""
    nis: Nis = ""
    doel: Annotated[Text, Field(min_length=1)]
    type: Literal["Toelichting", "Aanvulling"]
    tekst: Annotated[Text, Field(min_length=1, max_length=MAX_CHARACTERS)]
    link: Link = ""
    datum: Day
    auteur: Annotated[Name, Field(min_length=1)]

    @model_validator(mode="after")
    def _one_of_two(self) -> Explanation:
        if bool(self.gemeente) == bool(self.nis):
            raise ValueError("give either gemeente or nis")
        return self


def _match(register: Register, entry: Explanation, on: dt.date) -> Match:
    return register.resolve(entry.nis or entry.gemeente, on)


def check_explanations(
    placed: Iterable[Placed[Explanation]], catalog: Catalog, register: Register, on: dt.date, today: dt.date
) -> list[Problem]:
    """Unknown targets and municipalities, days in the future, and two last explanations of the same day.

    Parameters
    ----------
    placed
        Explanations with their places.
    catalog, register
        Targets and municipalities.
    on
        Reference date of the edition; an old name leads to the municipality of that day.
    today
        No explanation is given in the future.

    Returns
    -------
    list of Problem
    """
    problems = []
    known = [target.id for target in catalog.targets]
    seen: dict[tuple[str, str, dt.date], str] = {}
    for item in placed:
        entry = item.entry
        if entry.doel not in known:
            problems.append(Problem(f"{item.where}: doel", repr(entry.doel), f"one of {', '.join(known)}"))
        if entry.datum > today:
            problems.append(Problem(f"{item.where}: datum", str(entry.datum), f"a day up to today, {today}"))
        try:
            nis = _match(register, entry, on).municipality.nis
        except RegisterError as error:
            problems.append(Problem(f"{item.where}: gemeente", repr(entry.nis or entry.gemeente), str(error)))
            continue
        key = (entry.doel, nis, entry.datum)
        if key in seen:
            found = f"a second explanation for the same target on {entry.datum} (the first: {seen[key]})"
            advice = "Only the last one is shown: give it a later day."
            problems.append(Problem(item.where, found, "one per day", advice))
        seen.setdefault(key, item.where)
    return problems


def shown_explanations(
    placed: Iterable[Placed[Explanation]], register: Register, on: dt.date
) -> tuple[ShownExplanation, ...]:
    """Checked explanations as the rows of an edition, under the code of the municipality of day ``on``."""
    rows = []
    for item in placed:
        entry = item.entry
        place = _match(register, entry, on).municipality
        rows.append(
            ShownExplanation(
                target_id=entry.doel,
                nis=place.nis,
                kind=entry.type,
                text=entry.tekst,
                link=entry.link,
                date=entry.datum,
                author=entry.auteur,
                place=entry.gemeente or place.name,
            )
        )
    return tuple(rows)
