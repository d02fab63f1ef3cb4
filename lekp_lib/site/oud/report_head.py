"""The head of a report: message, lead, counts, how to read it, and what it stands on."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lekp_lib.adapter import count_verdicts
from lekp_lib.pact.models import Denominator
from lekp_lib.site.oud.block import Block, Paragraph
from lekp_lib.site.oud.boxes import Facts, Note
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import number, plain_number
from lekp_lib.site.oud.prose import Title
from lekp_lib.site.oud.verdict_blocks import CountsRow
from lekp_lib.site.oud.words.amount_words import former_names
from lekp_lib.site.oud.words.joins import join_words
from lekp_lib.site.oud.words.summary_words import lead

if TYPE_CHECKING:
    from lekp_lib.site.oud.report_view import ReportView

#: Outputs of this type carry facts for the exporters; they are no part of the page.
MIME_FACTS = "application/vnd.lekp.facts+json"

_STATUS_WORDS = {
    "ja": "ondertekend",
    "aangenomen": "ondertekend, voor zover bekend",
    "nee": "niet ondertekend",
    "niet_op_lijst": "niet op de bekende lijst",
}


class ReportFactsBlock(Block):
    """A block that also hands the exporters what they print around the report.

    Parameters
    ----------
    facts
        Plain values: title, edition, run, banner, date of the build.
    block
        What the reader sees.
    """

    name = "facts"

    def __init__(self, facts: Mapping[str, Any], block: Block) -> None:
        self.facts = dict(facts)
        self.block = block

    def html(self) -> str:
        return self.block.html()

    def typst(self) -> str:
        return self.block.typst()

    def text(self) -> str:
        return self.block.text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        facts = json.loads(json.dumps(self.facts))
        return {**super()._repr_mimebundle_(include, exclude), MIME_FACTS: facts}


def _reading_aid(view: ReportView) -> Note:
    threshold = plain_number(view.parameters.drempel_licht)
    return Note(
        "Hoe leest u dit verslag?",
        [
            "Elke balk toont welk deel van het doel de gemeente al bereikte. "
            "Het zwarte streepje toont waar de gemeente op de peildatum moest staan. "
            "Wie het streepje haalt, is op koers. "
            f"Wie minstens {threshold} keer het vereiste deel haalt, heeft een lichte achterstand. "
            "Zonder bruikbaar cijfer is er geen oordeel.",
            "Een rekenregel maakt dit oordeel. Het is geen officiële beoordeling en zegt niets over personen.",
        ],
    )


def _denominators(view: ReportView) -> list[tuple[str, str]]:
    pairs = []
    for kind, label in ((Denominator.POPULATION, "Inwoners"), (Denominator.DWELLINGS, "Wooneenheden")):
        count = view.assessor.denominator(view.place.nis, kind)
        if count is None:
            pairs.append((label, "geen gegevens voor het gekozen jaar"))
            continue
        origin = f"; {former_names(count.summed_from)}" if count.summed_from else ""
        pairs.append((label, f"{number(count.value)} ({count.source}{origin})"))
    return pairs


def _signature_lines(view: ReportView) -> list[str]:
    signatures = view.edition.register.signatures(view.place.nis, view.on)
    several = len({item.nis for item in signatures}) > 1
    return [
        f"pact {item.version}{f' ({item.name})' if several else ''}: {_STATUS_WORDS[item.status]}"
        for item in signatures
    ]


def _foundation(view: ReportView) -> Facts:
    used = f"pact {view.version}" if view.version else "geen: de gemeente ondertekende het pact niet"
    if view.parameters.pact != "auto":
        used = f"{used}, gekozen door de opsteller"
    pairs: list[tuple[str, str | list[str]]] = [
        ("Peildatum van de editie", date_long(view.on)),
        *_denominators(view),
        ("Gebruikte pactversie", used),
        ("Ondertekend", _signature_lines(view)),
        ("Editie", f"{view.edition.title}. {view.edition.manifest.origin}"),
        (
            "Gemaakt",
            f"met cijfers zoals bekend op {date_long(view.edition.manifest.built)}; verslag {view.run_id}",
        ),
    ]
    if view.place.is_merged:
        before = view.place.valid_from - dt.timedelta(days=1)
        parts = [view.edition.register.get(nis, before).name for nis in view.place.predecessors]
        pairs.insert(1, ("Fusie", f"ontstaan op {date_long(view.place.valid_from)} uit {join_words(parts)}"))
    return Facts(pairs)


def head_blocks(view: ReportView) -> list[Block]:
    """Blocks of the head, in reading order.

    Parameters
    ----------
    view
        The report.

    Returns
    -------
    list of Block
        An example edition opens with the warning that its figures are invented.
    """
    counts = count_verdicts(view.assessments)
    blocks: list[Block] = [Title(view.headline)]
    if view.edition.fictitious:
        blocks.append(Note(view.edition.manifest.banner, view.edition.manifest.origin, kind="warning"))
    blocks.append(Paragraph([*lead(view.assessments, counts, view.on), view.since_last_edition], "lead"))
    if counts.applicable:
        blocks.append(CountsRow(counts))
    else:
        blocks.append(
            Note(
                "Geen doelen van toepassing",
                f"Voor zover bekend ondertekende {view.place.name} het klimaatpact niet. "
                "Daarom geldt geen enkel doel. De cijfers die er zijn, staan wel in dit verslag.",
            )
        )
    return [*blocks, _reading_aid(view), _foundation(view)]
