"""The draft council decision inside the report: how many places are open, the text, and what to upload where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from lekp_lib.site.oud.block import Block, Group, typst_text
from lekp_lib.site.oud.boxes import Note
from lekp_lib.site.oud.decision import DecisionInput, DecisionText, decision_text, placeholders
from lekp_lib.site.oud.decision_pieces import PLACEHOLDER, Article, Bullets, Piece, Quote, piece_texts
from lekp_lib.site.oud.prose import Heading
from lekp_lib.site.oud.words.upload_words import open_places_sentence, review_sentence, upload_sentences

if TYPE_CHECKING:
    from lekp_lib.site.oud.report_view import ReportView

UPLOAD_TITLE = "Wat laadt u waar op?"
#: Behind what is still to be filled in; ink on it has a contrast of 13 to 1. The same colour stands in style.css.
OPEN_COLOUR = "#FFF0A8"


def split_placeholders(text: str) -> tuple[tuple[str, bool], ...]:
    """Text in pieces, each with whether it is a placeholder.

    Examples
    --------
    >>> split_placeholders("Zitting van [datum].")
    (('Zitting van ', False), ('[datum]', True), ('.', False))
    """
    pieces, start = [], 0
    for match in PLACEHOLDER.finditer(text):
        pieces += [(text[start : match.start()], False), (match[0], True)]
        start = match.end()
    return tuple((piece, is_open) for piece, is_open in [*pieces, (text[start:], False)] if piece)


def marked_html(text: str) -> str:
    """Text as HTML, its placeholders marked."""
    parts = ((escape(piece, quote=False), is_open) for piece, is_open in split_placeholders(text))
    return "".join(f"<mark>{piece}</mark>" if is_open else piece for piece, is_open in parts)


def _marked_typst(text: str) -> str:
    fill = f'fill: rgb("{OPEN_COLOUR}")'
    parts = ((typst_text(piece), is_open) for piece, is_open in split_placeholders(text))
    return "".join(f"#highlight({fill})[{piece}];" if is_open else piece for piece, is_open in parts)


class DraftParagraph(Block):
    """A paragraph in which placeholders are marked; ``strong`` opens it in bold."""

    name = "draft-paragraph"

    def __init__(self, texts: Sequence[str], strong: str = "") -> None:
        self.said = " ".join(texts)
        self.strong = strong

    def text(self) -> str:
        return f"{self.strong} {self.said}".strip()

    def html(self) -> str:
        opening = f"<strong>{escape(self.strong, quote=False)}</strong> " if self.strong else ""
        return f"<p>{opening}{marked_html(self.said)}</p>"

    def typst(self) -> str:
        opening = f"#strong[{typst_text(self.strong)}]; " if self.strong else ""
        return f"{opening}{_marked_typst(self.said)}\n\n"


class DraftList(Block):
    """A list in which placeholders are marked."""

    name = "draft-list"

    def __init__(self, items: Sequence[str]) -> None:
        self.items = tuple(items)

    def text(self) -> str:
        return "\n".join(f"- {item}" for item in self.items)

    def html(self) -> str:
        return "<ul>" + "".join(f"<li>{marked_html(item)}</li>" for item in self.items) + "</ul>"

    def typst(self) -> str:
        return "#list(" + "".join(f"[{_marked_typst(item)}], " for item in self.items) + ");\n\n"


def _block(piece: Piece) -> Block:
    if isinstance(piece, Bullets):
        return DraftList(piece.items)
    if isinstance(piece, Article):
        return DraftParagraph(piece.texts, f"{piece.heading}.")
    if isinstance(piece, Quote):
        return Note(f"Toelichting bij het doel {piece.about}", piece.text, kind="explanation")
    return DraftParagraph(piece_texts(piece))


def _open_note(decision: DecisionText) -> Note:
    count = len(placeholders(decision))
    told = [
        "Dit is een ontwerp. De gemeente leest het na, vult aan wat tussen vierkante haken staat en past aan wat niet "
        "klopt."
    ]
    if decision.banner:
        told.insert(0, f"{decision.banner}. Dit ontwerp dient alleen als voorbeeld.")
    return Note(open_places_sentence(count).removesuffix("."), told, kind="warning")


def decision_block(decision: DecisionText) -> Group:
    """The chapter "Ontwerp van gemeenteraadsbesluit", below its own heading.

    Parameters
    ----------
    decision
        The draft.

    Returns
    -------
    Group
        A warning that counts the open places, the text under headings of level 3, and the upload list. The text of an
        example edition starts and ends with its banner.
    """
    banner: list[Block] = [DraftParagraph((), decision.banner)] if decision.banner else []
    blocks: list[Block] = [_open_note(decision), *banner, DraftParagraph((), decision.title)]
    for part in decision.parts:
        blocks.append(Heading(part.heading, 3, in_contents=False))
        blocks += [_block(piece) for piece in part.pieces]
    blocks += banner
    blocks.append(Heading(UPLOAD_TITLE, 3, in_contents=False))
    blocks.append(DraftParagraph((review_sentence(decision.uploads_reviewed),)))
    for step in decision.uploads:
        first, *rest = upload_sentences(step)
        blocks.append(DraftParagraph(rest, first))
    return Group(blocks, name="decision", attributes={"open": str(len(placeholders(decision)))})


def _explanations(view: ReportView) -> dict[str, tuple[str, ...]]:
    """What the municipality itself says, by target, with the address that it gave."""
    found: dict[str, tuple[str, ...]] = {}
    for item in view.assessments:
        given = view.edition.explanation(item.target.id, view.place.nis)
        if given is not None:
            found[item.target.id] = (f"{given.text} ({given.link})" if given.link else given.text,)
    return found


def decision_input(view: ReportView) -> DecisionInput:
    """What a report gives for its draft decision."""
    before = view.place.valid_from - dt.timedelta(days=1)
    former = view.place.predecessors if view.place.is_merged else ()
    return DecisionInput(
        place=view.place.name,
        assessments=view.assessments,
        catalog=view.catalog,
        version=view.version,
        signatures=view.edition.register.signatures(view.place.nis, view.on),
        reference_date=view.on,
        edition=view.edition.title,
        edition_id=view.edition.id,
        known_on=view.edition.manifest.built,
        run=view.run_id,
        banner=view.edition.manifest.banner if view.edition.fictitious else "",
        version_chosen=view.parameters.pact != "auto",
        former=tuple(view.edition.register.get(nis, before).name for nis in former),
        merged_on=view.place.valid_from if former else None,
        explanations=_explanations(view),
    )


def decision_of(view: ReportView) -> DecisionText:
    """Draft decision from the figures of a report.

    Parameters
    ----------
    view
        The report.

    Returns
    -------
    DecisionText
    """
    return decision_text(decision_input(view))
