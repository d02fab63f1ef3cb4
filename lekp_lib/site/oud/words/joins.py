"""Small joints of Dutch sentences: enumerations, capitals, "van de", dates as exact as the source gives them."""

from __future__ import annotations

from collections.abc import Sequence

from lekp_lib.adapter.models import Point
from lekp_lib.site.oud.dates import date_of


def join_words(words: Sequence[str], last: str = "en") -> str:
    """Enumeration without a comma before the last joint.

    Examples
    --------
    >>> join_words(["a", "b", "c"]), join_words(["a", "b"], "of"), join_words(["a"])
    ('a, b en c', 'a of b', 'a')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def place_of(name: str) -> str:
    """Place name after a preposition of possession; names keep their own article and capitals.

    Examples
    --------
    >>> place_of("De Haan")
    'van De Haan'
    """
    return f"van {name}"


def capital(text: str) -> str:
    """First letter as a capital, the rest untouched; a name that opens with an apostrophe keeps its small letter.

    Examples
    --------
    >>> capital("lichte achterstand"), capital("'s-Gravenvoeren")
    ('Lichte achterstand', "'s-Gravenvoeren")
    """
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """First letter small, for a label inside a sentence; abbreviations (CO₂, LEKP) keep their capitals.

    Examples
    --------
    >>> lower_first("Extra bomen"), lower_first("CO₂-uitstoot per jaar")
    ('extra bomen', 'CO₂-uitstoot per jaar')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def sentence(text: str, opening: str = "In totaal") -> str:
    """Finished sentence: capital, full stop, and words in front where it would start with a digit (design.md 7.1).

    Examples
    --------
    >>> sentence("3 doelen zijn gehaald"), sentence("niemand staat verder")
    ('In totaal: 3 doelen zijn gehaald.', 'Niemand staat verder.')
    """
    body = f"{opening}: {text}" if text[:1].isdigit() else capital(text)
    return body if body.endswith((".", "?", "!")) else f"{body}."


def fits(maximum: int, candidates: Sequence[str]) -> str:
    """The first candidate of at most so many characters, the shortest one when none is.

    Parameters
    ----------
    maximum
        Characters that there is room for.
    candidates
        The same message, from full to short; never cut, because half a name or number misleads.

    Returns
    -------
    str
    """
    return next((text for text in candidates if len(text) <= maximum), min(candidates, key=len))


def _when(point: Point, other: str) -> str:
    precision = point.observation.date_precision
    return f"{'op' if precision == 'dag' else other} {date_of(point.date, precision)}"


def at_date(point: Point) -> str:
    """When the path asked for something: "op 31 december 2025", "eind februari 2023", "eind 2023"."""
    return _when(point, "eind")


def in_period(point: Point) -> str:
    """When a figure was noted: "op 31 december 2025", "in februari 2023", "in 2023"."""
    return _when(point, "in")
