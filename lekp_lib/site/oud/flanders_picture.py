"""The verdicts of all municipalities on all targets as one drawing: for paper, slides and download."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from lekp_lib.adapter.models import Verdict
from lekp_lib.errors import BlockError
from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.figure import WIDTH_PT, Figure
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.flanders_stack import ORDER, StackRow
from lekp_lib.site.oud.hatch import hatch_path
from lekp_lib.site.oud.numbers import number
from lekp_lib.site.oud.palette import INK, LINE, MARKS, PAPER, SOFT, mark_svg
from lekp_lib.site.oud.text_width import text_width
from lekp_lib.site.oud.verdict_blocks import OUTSIDE

_LEFT, _SIZE, _SMALL = 158.0, 9.0, 8.5
_ROW, _BAR, _HEAD = 21.0, 12.0, 17.0
_INSET = 3.0
#: Words on these colours are white; ochre and white need ink.
_DARK = (Verdict.REACHED, Verdict.ON_TRACK, Verdict.FAR_BEHIND)


def _legend() -> tuple[str, float]:
    """Shapes and words of all states, in the order of the parts; and its height."""
    parts, x, y = [], 0.0, 10.0
    for verdict in ORDER:
        width = 14 + text_width(verdict.value, _SMALL) + 14
        if x + width > WIDTH_PT:
            x, y = 0.0, y + 14
        parts.append(mark_svg(verdict, x + 5, y - 3, 9))
        parts.append(draw.text(verdict.value, x + 13, y, size=_SMALL, fill=INK))
        x += width
    return draw.group(*parts), y + 8


def _part(verdict: Verdict, count: int, x: float, y: float, width: float) -> str:
    plain = verdict in OUTSIDE or verdict is Verdict.NONE
    fill = PAPER if plain else MARKS[verdict].colour
    parts = [
        draw.element(
            "rect", x=x, y=y, width=width, height=_BAR, fill=fill, stroke=LINE if plain else PAPER, stroke_width=0.6
        )
    ]
    words = number(count)
    if verdict is Verdict.NONE:
        corners = [(x, y), (x + width, y), (x + width, y + _BAR), (x, y + _BAR)]
        lines = hatch_path(corners, 4.0)
        if lines:
            parts.append(draw.element("path", d=lines, fill="none", stroke=LINE, stroke_width=0.5))
    room = text_width(words, _SMALL, 600)
    if room + 2 * _INSET <= width:
        middle = x + width / 2
        if verdict is Verdict.NONE:
            ground = draw.element("rect", x=middle - room / 2 - 2, y=y + 1, width=room + 4, height=_BAR - 2, fill=PAPER)
            parts.append(ground)
        ink = PAPER if verdict in _DARK else INK
        parts.append(draw.text(words, middle, y + 9.2, size=_SMALL, weight=600, fill=ink, anchor="middle"))
    return draw.group(*parts)


def _bar(verdicts: Mapping[Verdict, int], members: int, y: float) -> str:
    parts, x = [], _LEFT
    for verdict in ORDER:
        count = verdicts.get(verdict, 0)
        if count:
            width = (WIDTH_PT - 1 - _LEFT) * count / members
            parts.append(_part(verdict, count, x, y, width))
            x += width
    return draw.group(*parts)


def stack_figure(
    rows: Sequence[StackRow], members: int, text: FigureText, id_prefix: str, *, banner: str = ""
) -> Figure:
    """All targets, one bar each; a part too narrow for its number stands in the table of the verdicts.

    Parameters
    ----------
    rows
        One per target, in official order.
    members
        All municipalities; every bar is as long as these.
    text
        Title, subtitle, text alternative and source.
    id_prefix
        Unique on the page.
    banner
        Words that stay with the drawing.

    Returns
    -------
    Figure

    Raises
    ------
    BlockError
        When a name is wider than its column.
    """
    legend, y = _legend()
    parts = [legend]
    group = ""
    for row in rows:
        if row.group != group:
            group, y = row.group, y + 4
            parts.append(draw.text(group, 0, y + 11, size=_SMALL, weight=600, fill=SOFT))
            y += _HEAD
        if text_width(row.name, _SIZE) > _LEFT - 6:
            raise BlockError(f"overview of Flanders: name {row.name!r} is wider than its column; shorten it")
        parts.append(draw.text(row.name, 0, y + 9.5, size=_SIZE, fill=INK))
        parts.append(_bar(row.verdicts, members, y))
        y += _ROW
    data = pd.DataFrame(
        [(row.target_id, verdict.value, row.verdicts.get(verdict, 0)) for row in rows for verdict in ORDER],
        columns=["target", "verdict", "municipalities"],
    )
    return Figure("".join(parts), WIDTH_PT, y, text, "flanders", id_prefix=id_prefix, data=data, banner=banner)
