"""The draft decision and the upload list as plain text: for council software that takes nothing else."""

from __future__ import annotations

from lekp_lib.present.decision import DecisionText, placeholders
from lekp_lib.present.decision_block import UPLOAD_TITLE
from lekp_lib.present.decision_pieces import Article, Bullets, Piece, Quote, piece_texts
from lekp_lib.present.words.upload_words import open_places_sentence, review_sentence, upload_sentences


def _piece(piece: Piece) -> str:
    if isinstance(piece, Bullets):
        return "\n".join(f"- {item}" for item in piece.items)
    if isinstance(piece, Quote):
        return f"Doel {piece.about}: “{piece.text}”"
    said = " ".join(piece_texts(piece))
    return f"{piece.heading}. {said}" if isinstance(piece, Article) else said


def council_text(decision: DecisionText) -> str:
    """The decision as plain text, with the table of results below it.

    Parameters
    ----------
    decision
        The draft.

    Returns
    -------
    str
        The text of an example edition starts and ends with its banner.
    """
    blocks = [decision.title]
    for part in decision.parts:
        blocks.append(part.heading.upper())
        blocks += [_piece(piece) for piece in part.pieces]
    blocks.append(decision.results.text())
    if decision.banner:
        blocks = [decision.banner, *blocks, decision.banner]
    return "\n\n".join(blocks) + "\n"


def checklist_text(decision: DecisionText) -> str:
    """One page: what is still open in the draft, and what to upload where, each line with its source and date.

    Parameters
    ----------
    decision
        The draft.

    Returns
    -------
    str
    """
    open_places = placeholders(decision)
    blocks = [f"{UPLOAD_TITLE} {decision.place}", review_sentence(decision.uploads_reviewed)]
    for step in decision.uploads:
        first, *rest = upload_sentences(step)
        blocks.append("\n".join([f"[ ] {first}", *(f"    {line}" for line in rest), f"    {step.adres}"]))
    blocks.append("\n".join([open_places_sentence(len(open_places)), *(f"- {item}" for item in open_places)]))
    if decision.banner:
        blocks = [decision.banner, *blocks, decision.banner]
    return "\n\n".join(blocks) + "\n"
