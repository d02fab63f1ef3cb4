"""What the council had on its agenda about the pact: titles, days and addresses from Lokaal Beslist.

Whoever drafts the next decision finds the earlier ones here. Titles and addresses are text of others.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

from lekp_lib.edition.side_tables import ContextRow
from lekp_lib.errors import BlockError
from lekp_lib.site.oud.block import Block, Group, Paragraph
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.prose import Heading
from lekp_lib.site.oud.said import OutsideLink
from lekp_lib.site.oud.words.council_words import COUNCIL_TITLE, found_sentence

#: File shape of the rows, as declared in the catalogue.
SHAPE = "lokaalbeslist_besluiten"
MAX_SHOWN = 10


@dataclass(frozen=True, slots=True)
class CouncilItem:
    """One agenda item of a council."""

    date: dt.date
    title: str
    link: str


def council_items(rows: Iterable[ContextRow], nis: str) -> tuple[CouncilItem, ...]:
    """Agenda items of one municipality, each address once, newest first.

    Parameters
    ----------
    rows
        Context of an edition.
    nis
        Municipality.

    Returns
    -------
    tuple of CouncilItem
    """
    found: dict[str, CouncilItem] = {}
    for row in sorted(rows, key=lambda row: row.fields):
        if (row.shape, row.nis) == (SHAPE, nis):
            fields = json.loads(row.fields)
            item = CouncilItem(dt.date.fromisoformat(fields["date"]), fields["titel"], fields["link"])
            found[item.link] = item
    return tuple(sorted(found.values(), key=lambda item: (item.date, item.link), reverse=True))


def _line(item: CouncilItem) -> Block:
    words = f"{date_long(item.date)}: {item.title}"
    try:
        return OutsideLink(item.link, words)
    except BlockError:
        # An address that is no plain https one is not shown; day and title still help to find the item.
        return Paragraph(words, "small")


def council_links(items: tuple[CouncilItem, ...]) -> Group | None:
    """The items under a heading of level 3; ``None`` when there are none."""
    if not items:
        return None
    shown = items[:MAX_SHOWN]
    blocks: list[Block] = [
        Heading(COUNCIL_TITLE, 3, in_contents=False),
        Paragraph(found_sentence(len(items), len(shown))),
        *map(_line, shown),
    ]
    return Group(blocks, name="council-links")
