"""Words around local production of energy: context of a target, counted in none."""

from __future__ import annotations

import datetime as dt

from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import count_noun, number
from lekp_lib.site.oud.words.joins import join_words

TITLE = "Context: alle lokale productie"
NOT_COUNTED = (
    "Deze cijfers tellen niet mee voor het doel: dat telt alleen projecten waarin burgers samen investeren.",
    "Niet elke techniek is hernieuwbaar.",
)
NO_FIGURE = "geen gegevens"


def technology_words(name: str) -> str:
    """Technology as it stands in a Dutch sentence; the source writes capitals.

    Examples
    --------
    >>> technology_words("ZONNE-ENERGIE"), technology_words("WKK BIOMASSA/BIOGAS")
    ('zonne-energie', 'WKK biomassa/biogas')
    """
    return " ".join(word if word == "WKK" else word.lower() for word in name.split())


def power_words(power_kva: float | None) -> str:
    """Power with its unit, one decimal where it is small: "141.367 kVA", "15,5 kVA"."""
    if power_kva is None:
        return NO_FIGURE
    return f"{number(power_kva, 0 if power_kva >= 100 or power_kva == int(power_kva) else 1)}\N{NO-BREAK SPACE}kVA"


def count_words(installations: float | None) -> str:
    """Number of installations, or that there is no figure."""
    return NO_FIGURE if installations is None else number(installations)


def _told(count: float | None, power: float | None) -> str:
    if count is None and power is None:
        return NO_FIGURE
    many = f"{NO_FIGURE} over het aantal" if count is None else count_noun(round(count), "installatie", "installaties")
    return f"{many}, {power_words(power) if power is not None else f'{NO_FIGURE} over het vermogen'}"


def production_sentence(place: str, date: dt.date, parts: list[tuple[str, float | None, float | None]]) -> str:
    """All technologies of a municipality in one sentence.

    Parameters
    ----------
    place
        Name.
    date
        State of the source.
    parts
        Technology, number of installations, power in kVA.

    Returns
    -------
    str
    """
    told = [f"{technology_words(name)} ({_told(count, power)})" for name, count, power in parts]
    return f"Op {date_long(date)} waren in {place} aangesloten op het net: {join_words(told)}."


def production_source(provider: str, date: dt.date, retrieved: dt.date | None, licence: str) -> str:
    """Source line: provider, day of the last update, day of retrieval, licence."""
    fetched = f", opgehaald op {date_long(retrieved)}" if retrieved else ""
    terms = f" {licence.rstrip('.')}." if licence else ""
    return f"Bron: {provider}. Stand op {date_long(date)}{fetched}.{terms}"
