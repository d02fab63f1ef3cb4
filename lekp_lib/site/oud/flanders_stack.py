"""How many municipalities have which verdict: one bar in parts, with every number in words beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from lekp_lib.adapter.models import Verdict
from lekp_lib.errors import BlockError
from lekp_lib.site.oud.block import Block, typst_text
from lekp_lib.site.oud.marks import inline_mark
from lekp_lib.site.oud.numbers import number
from lekp_lib.site.oud.palette import LINE, MARKS, PAPER
from lekp_lib.site.oud.prose import Heading
from lekp_lib.site.oud.verdict_blocks import COUNTED, OUTSIDE, css_name
from lekp_lib.site.oud.words.flanders_words import verdict_count_words

#: Order of the parts of a bar: the five verdicts, then the two states outside the count.
ORDER = (*COUNTED, *OUTSIDE)


def _whole(verdicts: Mapping[Verdict, int], members: int, where: str) -> None:
    if sum(verdicts.values()) != members or not members:
        raise BlockError(f"{where}: {sum(verdicts.values())} municipalities with a state; expected {members}")


def bar_html(verdicts: Mapping[Verdict, int], members: int, hatch_id: str) -> str:
    """The bar as decoration; the numbers stand in words beside it."""
    parts, at = [], 0.0
    for verdict in ORDER:
        count = verdicts.get(verdict, 0)
        if not count:
            continue
        width = 100 * count / members
        fill = f"url(#{hatch_id})" if verdict is Verdict.NONE else MARKS[verdict].colour
        if verdict in OUTSIDE:
            fill = PAPER
        edge = f' stroke="{LINE}"' if verdict in (*OUTSIDE, Verdict.NONE) else ""
        parts.append(f'<rect x="{at:.2f}%" y="1" width="{width:.2f}%" height="16" fill="{fill}"{edge}/>')
        if at:
            parts.append(f'<rect x="{at:.2f}%" y="1" width="1" height="16" fill="{PAPER}"/>')
        at += width
    hatch = (
        f'<pattern id="{hatch_id}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect class="hatch" width="1.6" height="7"/></pattern>'
        if verdicts.get(Verdict.NONE)
        else ""
    )
    return (
        f'<svg class="bar stack-bar" width="100%" height="18" aria-hidden="true" focusable="false">'
        f"{hatch}{''.join(parts)}</svg>"
    )


def counts_html(verdicts: Mapping[Verdict, int]) -> str:
    """The numbers: shape, count and word per verdict that occurs."""
    items = [
        f'<li data-verdict="{css_name(verdict)}" data-count="{verdicts[verdict]}">{inline_mark(verdict)} '
        f"<strong>{number(verdicts[verdict])}</strong> {verdict.value}</li>"
        for verdict in ORDER
        if verdicts.get(verdict)
    ]
    return f'<ul class="stack-counts" role="list">{"".join(items)}</ul>'


class VerdictStack(Block):
    """The verdicts of all municipalities on one target.

    Parameters
    ----------
    verdicts
        Municipalities by verdict.
    members
        All municipalities.
    target_id
        For the checks of the finished page.

    Raises
    ------
    BlockError
        When the verdicts do not add up to the municipalities.
    """

    name = "verdict-stack"

    def __init__(self, verdicts: Mapping[Verdict, int], members: int, target_id: str) -> None:
        _whole(verdicts, members, f"verdicts of {target_id}")
        self.verdicts, self.members, self.target_id = dict(verdicts), members, target_id

    def text(self) -> str:
        return f"Gemeenten per oordeel: {verdict_count_words(self.verdicts)}; samen {number(self.members)}."

    def html(self) -> str:
        bar = bar_html(self.verdicts, self.members, f"stapel-{self.target_id}")
        return (
            f'<div class="stack" data-block="verdict-stack" data-members="{self.members}">\n'
            f'<p class="stack-title">Gemeenten per oordeel</p>\n{bar}\n{counts_html(self.verdicts)}\n</div>'
        )

    def typst(self) -> str:
        return f"{typst_text(self.text())}\n\n"


@dataclass(frozen=True, slots=True)
class StackRow:
    """One target in the list: its group, name, verdicts, and one line with the total."""

    target_id: str
    group: str
    name: str
    verdicts: Mapping[Verdict, int]
    detail: str
    href: str = ""


class FlandersOverview(Block):
    """All targets with the verdicts of all municipalities, in the official order.

    Parameters
    ----------
    rows
        One per target.
    members
        All municipalities.
    paper
        What paper shows.
    heading_level
        Of the group labels.

    Raises
    ------
    BlockError
        When there are no rows, or verdicts do not add up.
    """

    name = "flanders-overview"

    def __init__(self, rows: Sequence[StackRow], members: int, paper: Block, heading_level: int = 3) -> None:
        if not rows:
            raise BlockError("overview of Flanders without rows; expected one per target")
        for row in rows:
            _whole(row.verdicts, members, f"verdicts of {row.target_id}")
        self.rows, self.members, self.paper, self.heading_level = tuple(rows), members, paper, heading_level

    def text(self) -> str:
        return "\n".join(f"{row.name}: {verdict_count_words(row.verdicts)}. {row.detail}" for row in self.rows)

    def _html_row(self, row: StackRow) -> str:
        name = escape(row.name, quote=False)
        name = f'<a href="{escape(row.href)}">{name}</a>' if row.href else name
        bar = bar_html(row.verdicts, self.members, f"overzicht-{row.target_id}")
        return (
            f'<li class="stack-row" data-target="{escape(row.target_id)}"><span class="stack-name">{name}</span>\n'
            f"{bar}\n{counts_html(row.verdicts)}\n"
            f'<span class="stack-detail">{escape(row.detail, quote=False)}</span></li>'
        )

    def html(self) -> str:
        parts = [f'<div class="stacks" data-block="flanders-overview" data-members="{self.members}">']
        for label, found in groupby(self.rows, key=lambda row: row.group):
            heading = Heading(label, self.heading_level).html().replace(">", ' class="overview-group">', 1)
            rows = "\n".join(map(self._html_row, found))
            parts.append(f'{heading}\n<ul class="stack-list" role="list">\n{rows}\n</ul>')
        return "\n".join([*parts, "</div>"])

    def typst(self) -> str:
        return self.paper.typst()
