"""What a municipality itself says about a target: its explanation and its corrections.

All of it is text of others. It is shown as text: escaped for the web page, as a quoted string on paper, and a link only
where the address is a plain https one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from lekp_lib.edition import Edition
from lekp_lib.edition.models import Observation
from lekp_lib.edition.side_tables import AppliedCorrection, ShownExplanation
from lekp_lib.errors import BlockError
from lekp_lib.pact.models import Target
from lekp_lib.register import Municipality
from lekp_lib.site.oud.block import Block, Paragraph, typst_string, typst_text
from lekp_lib.site.oud.boxes import Facts, Note
from lekp_lib.site.oud.dates import date_long, date_of
from lekp_lib.site.oud.words.change_words import figure_words

TITLE = "Toelichting van de gemeente"
FORMER_TITLE = "Van vóór de fusie"
NO_EXPLANATION = "De gemeente gaf nog geen toelichting bij dit cijfer."


@dataclass(frozen=True, slots=True)
class Said:
    """The explanation that is shown for a target, the corrections of its figures, and figures of before a merger.

    ``former`` are pairs of the name of a former municipality and a figure that makes no sum.
    """

    explanation: ShownExplanation | None = None
    corrections: tuple[AppliedCorrection, ...] = ()
    former: tuple[tuple[str, Observation], ...] = ()


NOTHING_SAID = Said()


def said_by(edition: Edition, place: Municipality, target_id: str) -> Said:
    """What stands beside the figures of one target of one municipality."""
    names: dict[str, str] = {}
    if place.is_merged:
        before = place.valid_from - dt.timedelta(days=1)
        names = {part: edition.register.get(part, before).name for part in place.predecessors}
    former = tuple(
        (name, item) for part, name in names.items() for item in edition.former_observations(target_id, part)
    )
    explanation = edition.explanation(target_id, place.nis)
    return Said(explanation, edition.corrections_of(target_id, place.nis), former)


class OutsideLink(Block):
    """A link to a page of somebody else, with the address as its words: the reader sees where it leads.

    Parameters
    ----------
    address
        Starts with ``https://``.
    before
        Words in front of the link.

    Raises
    ------
    BlockError
        For any other address.
    """

    name = "outside-link"

    def __init__(self, address: str, before: str = "") -> None:
        plain = address.isascii() and address.isprintable() and not set(address) & set(" \"'<>\\`")
        if not address.startswith("https://") or not plain:
            raise BlockError(f"link to {address!r}; expected an address that starts with https://, without blanks")
        self.address = address
        self.before = before

    def text(self) -> str:
        return f"{self.before} {self.address}".strip()

    def html(self) -> str:
        shown = escape(self.address)
        words = f"{escape(self.before, quote=False)} " if self.before else ""
        return f'<p class="small">{words}<a href="{shown}" rel="nofollow noopener noreferrer">{shown}</a></p>'

    def typst(self) -> str:
        words = f"{typst_text(self.before)} " if self.before else ""
        link = f"#link({typst_string(self.address)})[{typst_text(self.address)}];"
        return f"#lekp-small[{words}{link}]\n\n"


def _signature(explanation: ShownExplanation, place: str) -> str:
    whose = f"{explanation.author}, {explanation.place}" if explanation.place != place else explanation.author
    return f"{explanation.kind} van {date_long(explanation.date)} ({whose})."


def explanation_note(said: Said, place: str, *, is_behind: bool) -> Note | None:
    """The box with the explanation; an empty one says so only where the target is behind (design.md 3).

    Parameters
    ----------
    said
        Of the municipality.
    place
        Name of the municipality of the report; another name is that of a former one, and is told.
    is_behind
        Whether the verdict asks for an explanation.

    Returns
    -------
    Note or None
    """
    explanation = said.explanation
    if explanation is None:
        return Note(TITLE, NO_EXPLANATION, kind="explanation") if is_behind else None
    body: list[str | Block] = [Paragraph(line) for line in _lines(explanation.text)]
    body.append(Paragraph(_signature(explanation, place), "small"))
    if explanation.link:
        body.append(OutsideLink(explanation.link, "Meer uitleg:"))
    return Note(TITLE, body, kind="explanation")


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def former_note(said: Said, target: Target) -> Note | None:
    """Figures of former municipalities that could not be added up, each with the reason; ``None`` without any."""
    if not said.former:
        return None
    indicators = {item.id: item for item in target.indicators}
    pairs = []
    for name, item in said.former:
        indicator = indicators[item.indicator]
        shown = f"{indicator.label}: {figure_words(item, target, indicator)}."
        pairs.append((f"{name}, {date_of(item.reference_date, item.date_precision)}", [shown, item.remark or "–"]))
    return Note(FORMER_TITLE, Facts(pairs))
