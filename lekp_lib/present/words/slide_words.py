"""Words that only the slides for the council have: titles of slides, what is unknown, and what the council is asked.

Wording stays neutral: the council takes note and discusses; no sentence says what it should decide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from lekp_lib.adapter.models import Assessment, Verdict
from lekp_lib.edition.models import Status
from lekp_lib.present.dates import date_long
from lekp_lib.present.numbers import count_noun, number
from lekp_lib.present.words.joins import capital, join_words
from lekp_lib.present.words.quality_words import STATUS_WORDS, quality_reason, status_words

READING_TITLE = "Zo leest u de balken"
UNKNOWN_TITLE = "Wat we niet weten"
FIGURES_TITLE = "De cijfers die er zijn"
COUNCIL_TITLE = "Gevraagd aan de gemeenteraad"
LINES_WORDS = "Volle lijn: de stand. Stippellijn: het vereiste pad."
DISCLAIMER = "Onafhankelijk open hulpmiddel. Geen officieel document van de Vlaamse overheid."

#: States of a figure that a reader must know of; an invented figure is told by the banner on every slide.
_UNCERTAIN = frozenset(
    {"onvolledig", *(words for status, words in STATUS_WORDS.items() if status not in (Status.FINAL, Status.EXAMPLE))}
)
_COUNT_WORDS = {1: "Eén", 2: "Twee", 3: "Drie"}


def overview_title(count: int) -> str:
    """Title of the overview: "De 17 doelen in één oogopslag"."""
    return f"De {number(count)} doelen in één oogopslag"


def discussion_title(count: int) -> str:
    """Title above the largest gaps: "Drie doelen om te bespreken"."""
    noun = "doel" if count == 1 else "doelen"
    return f"{_COUNT_WORDS.get(count, number(count))} {noun} om te bespreken"


def _grouped(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    found: dict[str, list[str]] = {}
    for reason, name in pairs:
        found.setdefault(reason, []).append(name)
    return tuple(
        (f"{reason} ({count_noun(len(names), 'doel', 'doelen')})", join_words(names)) for reason, names in found.items()
    )


def unknown_groups(assessments: Sequence[Assessment]) -> tuple[tuple[str, str], ...]:
    """Targets without verdict, by reason: ("Er zijn geen gegevens (2 doelen)", "Bomen en Laadpunten").

    Parameters
    ----------
    assessments
        The targets that count, in the official order.
    """
    return _grouped((quality_reason(item), item.target.name) for item in assessments if item.verdict is Verdict.NONE)


def uncertain_groups(assessments: Sequence[Assessment]) -> tuple[tuple[str, str], ...]:
    """Targets with a verdict that rests on a provisional, estimated, corrected or incomplete figure."""
    judged = [item for item in assessments if item.applies and item.verdict is not Verdict.NONE]
    shown = ((status_words(item), item.target.name) for item in judged)
    return _grouped((f"Cijfer {status}", name) for status, name in shown if status in _UNCERTAIN)


def council_requests(
    assessments: Sequence[Assessment], gaps: Sequence[Assessment], reference_date: dt.date
) -> tuple[str, ...]:
    """What is asked of the council, each as an infinitive without a wished outcome.

    Parameters
    ----------
    assessments
        The targets that count.
    gaps
        Targets on the slide with the largest gaps.
    reference_date
        Of the edition.

    Returns
    -------
    tuple of str
        Taking note always; discussing only what there is to discuss.
    """
    date = date_long(reference_date)
    applying = [item for item in assessments if item.applies]
    if not applying:
        return (f"Kennisnemen van de cijfers die er zijn op {date}.",)
    found = [f"Kennisnemen van de stand van de klimaatdoelen op {date}."]
    if gaps:
        names = join_words([item.target.name for item in gaps])
        goal = "het doel" if len(gaps) == 1 else "de doelen"
        found.append(f"Bespreken wat helpt en wat hindert bij {goal} {names}.")
    if any(item.verdict is Verdict.NONE for item in applying):
        found.append("Bespreken welke ontbrekende cijfers de gemeente kan aanvullen.")
    found.append("Bespreken wanneer de raad de volgende stand wil zien.")
    return tuple(map(capital, found))
