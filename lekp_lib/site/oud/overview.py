"""The 17 targets at a glance: a list on the web page, a chart on paper (spec design.md 2.1 and D5).

Each row says in words all that its bar shows: the bars are decoration for screen readers. Bars are drawn in percent of
the space they get, without stretching, so that ticks, diamonds and hatches keep their form at every width.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from lekp_lib.errors import BlockError
from lekp_lib.site.oud.block import Block
from lekp_lib.site.oud.marks import inline_mark
from lekp_lib.site.oud.numbers import percent, percent_pair
from lekp_lib.site.oud.overview_row import BAR_END_PCT, OverviewRow
from lekp_lib.site.oud.palette import MARKS
from lekp_lib.site.oud.prose import Heading
from lekp_lib.site.oud.table import Cell, Column, RowGroup, Table
from lekp_lib.site.oud.verdict_blocks import css_name

_HALF_PCT = 50

_TICK = '<rect class="tick" x="-1.5" y="0" width="3" height="22"/>'
_DIAMOND = '<path class="diamond" d="M0 5.5 5.5 11 0 16.5 -5.5 11Z"/>'
_GOAL = '<rect class="goal" x="-0.5" y="0" width="1" height="22"/>'

#: What tick, diamond and line of the target mean; the same words wherever bars have a key.
TICK_WORDS = "waar de gemeente op de peildatum moest staan"
DIAMOND_WORDS = "mediaan van de Vlaamse gemeenten"
GOAL_WORDS = "het doel, 100\u00a0%"


def _at(share_pct: float, shape: str) -> str:
    """A shape at a share of the bar; a nested SVG takes a percentage where a transform does not."""
    place = min(max(share_pct, 0.0), BAR_END_PCT) / BAR_END_PCT * 100
    return f'<svg x="{place:.2f}%" overflow="visible">{shape}</svg>'


def _bar(row: OverviewRow) -> str:
    """Bar of one row; only rows with a share or without data have one."""
    goal_pct = 100 / BAR_END_PCT * 100
    parts = [f'<rect class="track" y="4" width="{goal_pct:.2f}%" height="14"/>']
    if row.bar_pct is None:
        hatch = f"arcering-{row.target_id}"
        parts = [
            f'<pattern id="{hatch}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            '<rect class="hatch" width="1.6" height="7"/></pattern>',
            *parts,
            f'<rect class="hatched" y="4" width="{goal_pct:.2f}%" height="14" fill="url(#{hatch})"/>',
        ]
    else:
        width_pct = row.bar_pct / BAR_END_PCT * 100
        colour = MARKS[row.verdict].colour
        parts.append(f'<rect class="fill" y="4" width="{width_pct:.2f}%" height="14" fill="{colour}"/>')
    parts.append(_at(100, _GOAL))
    if row.bar_pct is not None and row.expected_pct is not None:
        parts.append(_at(row.expected_pct, _TICK))
    if row.median_pct is not None:
        parts.append(_at(row.median_pct, _DIAMOND))
    return f'<svg class="bar" width="100%" height="22" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'


def _has_bar(row: OverviewRow) -> bool:
    return row.bar_pct is not None or row.is_hatched


def _state_look(row: OverviewRow) -> str:
    """Words on a hatch stand in the half where the diamond is not."""
    left = row.median_pct is not None and row.median_pct >= _HALF_PCT
    return "overview-state overview-state-left" if left else "overview-state"


def _amounts(row: OverviewRow) -> Cell:
    """Answer and amounts of one row in a table cell, which is never empty."""
    found = [text for text in (row.state_text, row.detail) if text] or [row.verdict.value]
    return Cell(found[0], note=" ".join(found[1:]))


def marks_in_words(row: OverviewRow) -> str:
    """What tick and diamond show, for those who do not see them; empty for a row without bar."""
    words = []
    if row.bar_pct is not None and row.share_pct is not None and row.expected_pct is not None:
        words.append(f"Op de peildatum moest dat {percent_pair(row.share_pct, row.expected_pct)[1]} zijn.")
    if _has_bar(row) and row.median_pct is not None:
        words.append(f"De mediaan van de Vlaamse gemeenten is {percent(row.median_pct)}.")
    return " ".join(words)


def _faults(rows: Sequence[OverviewRow]) -> list[str]:
    faults = [] if rows else ["no rows; expected one per target"]
    ids = [row.target_id for row in rows]
    faults += [f"row {name!r}: appears more than once" for name in dict.fromkeys(ids) if ids.count(name) > 1]
    labels = [label for label, _ in groupby(rows, key=lambda row: row.group)]
    faults += [
        f"group {name!r}: rows do not follow each other" for name in dict.fromkeys(labels) if labels.count(name) > 1
    ]
    return faults


class Overview(Block):
    """All targets with bar, share, verdict and amounts, in groups and in the fixed order.

    Parameters
    ----------
    rows
        One per target, in official order.
    paper
        Block that shows the same rows on paper, normally the bullet chart; without it paper gets a table.
    heading_level
        Level of the group labels: one below the heading that stands above the list.
    caption
        Caption of the table, for paper without chart.
    anchors
        Whether names are links to the sections of the targets; on a page without those sections they are plain.

    Raises
    ------
    BlockError
        When there are no rows, ids repeat, or groups are torn apart.
    """

    name = "overview"

    def __init__(
        self,
        rows: Sequence[OverviewRow],
        paper: Block | None = None,
        *,
        heading_level: int = 3,
        caption: str = "De klimaatdoelen in één oogopslag",
        anchors: bool = True,
    ) -> None:
        self.rows = tuple(rows)
        self.heading_level = heading_level
        self.caption = caption
        self.anchors = anchors
        faults = _faults(self.rows)
        if faults:
            raise BlockError("overview cannot be shown:\n" + "\n".join(f"  - {fault}" for fault in faults))
        self.groups = [(label, tuple(found)) for label, found in groupby(self.rows, key=lambda row: row.group)]
        self.paper = paper if paper is not None else self._table()

    def _table(self) -> Table:
        columns = (Column("Doel", width="2fr"), Column("Stand", width="3fr"), Column("Deel", "van het doel", "number"))
        body = [
            RowGroup(
                label,
                [
                    (row.name, _amounts(row), row.share_text or "–", Cell(row.verdict.value, row.verdict))
                    for row in found
                ],
            )
            for label, found in self.groups
        ]
        return Table((*columns, Column("Oordeel", width="2fr")), body, self.caption)

    def text(self) -> str:
        lines = []
        for label, found in self.groups:
            lines.append(label)
            for row in found:
                parts = dict.fromkeys([row.state_text, row.share_text, row.verdict.value, row.detail])
                said = ", ".join(part for part in parts if part)
                lines.append(" ".join(part for part in (f"{row.name}: {said}.", marks_in_words(row)) if part))
        return "\n".join(lines)

    def _html_row(self, row: OverviewRow) -> str:
        name, target = escape(row.name, quote=False), escape(row.target_id)
        if self.anchors:
            name = f'<a href="#{target}">{name}</a>'
        state = escape(row.state_text, quote=False)
        share = f'<span class="overview-share">{escape(row.share_text, quote=False)}</span>' if row.share_text else ""
        looks = "overview-row" + (" overview-outside" if not row.applies else "")
        if _has_bar(row):
            words = f'<span class="{_state_look(row)}">{state}</span>' if row.bar_pct is None else ""
            middle = f'<span class="overview-bar">{_bar(row)}{words}</span>'
        elif row.state_text != row.verdict.value:
            middle = f'<span class="overview-words">{state}</span>'
        else:
            middle = ""
        marks = marks_in_words(row)
        hidden = f' <span class="visually-hidden">{escape(marks, quote=False)}</span>' if marks else ""
        detail = f' <span class="overview-detail">{escape(row.detail, quote=False)}</span>' if row.detail else ""
        return (
            f'<li class="{looks}" data-target="{target}" data-verdict="{css_name(row.verdict)}">'
            f'<span class="overview-name">{name}</span> {middle} {share} '
            f'<span class="overview-verdict">{inline_mark(row.verdict)} <strong>{row.verdict.value}</strong></span>'
            f"{detail}{hidden}</li>"
        )

    def _html_key(self) -> str:
        goal, tick, diamond = (
            f'<svg class="key" viewBox="-8 0 16 22" width="16" height="22" aria-hidden="true">{shape}</svg>'
            for shape in (_GOAL, _TICK, _DIAMOND)
        )
        return (
            '<ul class="overview-key" role="list">\n'
            f"<li>{tick} {TICK_WORDS}</li>\n<li>{diamond} {DIAMOND_WORDS}</li>\n<li>{goal} {GOAL_WORDS}</li>\n</ul>"
        )

    def html(self) -> str:
        parts = ['<div class="overview" data-block="overview">', self._html_key()]
        for label, found in self.groups:
            heading = Heading(label, self.heading_level).html().replace(">", ' class="overview-group">', 1)
            parts.append(f'{heading}\n<ul class="overview-list" role="list">')
            parts += [self._html_row(row) for row in found]
            parts.append("</ul>")
        return "\n".join([*parts, "</div>"])

    def typst(self) -> str:
        return self.paper.typst()
