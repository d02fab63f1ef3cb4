"""The head of the report on Flanders: message, lead, how to read it, and what it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lekp_lib.site.oud.block import Block, Paragraph
from lekp_lib.site.oud.boxes import Facts, Note
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import number, plain_number
from lekp_lib.site.oud.prose import Title
from lekp_lib.site.oud.words.flanders_words import lead_sentences

if TYPE_CHECKING:
    from lekp_lib.site.oud.flanders_view import FlandersView


def _reading_aid(view: FlandersView) -> Note:
    threshold = plain_number(view.parameters.drempel_licht)
    return Note(
        "Hoe leest u dit overzicht?",
        [
            "Elke staaf verdeelt alle Vlaamse gemeenten volgens hun oordeel. "
            "Wie het vereiste deel van een doel haalt, is op koers. "
            f"Wie minstens {threshold} keer het vereiste deel haalt, heeft een lichte achterstand. "
            "Geen oordeel en niet van toepassing zijn aparte groepen.",
            "Een totaal telt alleen gemeenten met een bruikbaar cijfer, tegenover de doelen van dezelfde gemeenten. "
            "Voor Vlaanderen zelf is er geen oordeel: het pact geeft elke gemeente een eigen doel.",
        ],
    )


def _foundation(view: FlandersView) -> Facts:
    edition, results = view.edition, view.results
    signed = sum(item.coverage.applying for item in results.pact[:1])
    known = len(results.inhabitants)
    people = f"{number(sum(results.inhabitants.values()))} op 1 januari {view.parameters.noemerjaar}"
    if known < len(results.municipalities):
        people += f"; bekend voor {number(known)} gemeenten"
    return Facts(
        [
            ("Peildatum van de editie", date_long(view.on)),
            ("Gemeenten", f"{number(len(results.municipalities))}, waarvan {number(signed)} het pact ondertekenden"),
            ("Inwoners", people),
            ("Editie", f"{edition.title}. {edition.manifest.origin}"),
            ("Gemaakt", f"met cijfers zoals bekend op {date_long(edition.manifest.built)}; verslag {view.run_id}"),
        ]
    )


def flanders_head(view: FlandersView) -> list[Block]:
    """Blocks of the head, in reading order; an example edition opens with its warning."""
    blocks: list[Block] = [Title(view.headline)]
    if view.edition.fictitious:
        blocks.append(Note(view.edition.manifest.banner, view.edition.manifest.origin, kind="warning"))
    members = len(view.results.municipalities)
    blocks.append(Paragraph(lead_sentences(view.results.pact, members, view.on), "lead"))
    return [*blocks, _reading_aid(view), _foundation(view)]
