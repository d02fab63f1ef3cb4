"""The targets at a glance as one drawing for paper and slides: bars on a common scale, in the fixed official order.

The web page shows the same rows as a list (spec design.md D5); rows are never sorted by score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from lekp_lib.adapter.models import Verdict
from lekp_lib.errors import BlockError
from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.figure import WIDTH_PT, Figure
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.hatch import hatch_path
from lekp_lib.site.oud.overview_row import BAR_END_PCT, OverviewRow
from lekp_lib.site.oud.palette import GRID, INK, LINE, NO_JUDGEMENT, PANEL, PAPER, SOFT, VERDICT_COLOUR, mark_svg
from lekp_lib.site.oud.text_width import text_width, wrapped
from lekp_lib.site.oud.trend_axes import percent_label

#: 232 mm, less the strip for fictive figures: with title and source the drawing fills one A4 page.
MAX_HEIGHT_PT = 640.0

_NAME_EDGE = 134.0
_BAR_LEFT, _BAR_GOAL = 142.0, 278.0
_SHARE_EDGE = 334.0
_MARK_X, _WORDS_X = 346.0, 357.0
_BAR_HEIGHT = 11.0
_LEADING = 10.4
_ROW_LEAST = 23.4
_SIZE, _SMALL = 9.0, 8.5
_SCALE_HEIGHT = 27.0
_HEAD_HEIGHT, _HEAD_GAP = 21.0, 7.0


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with its words broken into lines, and its height."""

    row: OverviewRow
    name: tuple[str, ...]
    detail: tuple[str, ...]
    height: float


def _x(share_pct: float) -> float:
    held = min(max(share_pct, 0.0), BAR_END_PCT)
    return _BAR_LEFT + held / 100 * (_BAR_GOAL - _BAR_LEFT)


def _measured(row: OverviewRow) -> _Row:
    name = wrapped(row.name, _NAME_EDGE, _SIZE)
    detail = wrapped(row.detail, WIDTH_PT - _WORDS_X, _SMALL)
    lines = max(len(name), 1 + len(detail))
    return _Row(row, tuple(name), tuple(detail), max(_ROW_LEAST, lines * _LEADING + 2.6))


def _diamond(x: float, y: float) -> str:
    corners = [(x, y - 4.2), (x + 4.2, y), (x, y + 4.2), (x - 4.2, y)]
    return draw.element("path", d=draw.path_data(corners, closed=True), fill=PAPER, stroke=INK, stroke_width=1.2)


def _tick(x: float, y: float) -> str:
    halo = draw.element("rect", x=x - 2.2, y=y - 9.5, width=4.4, height=19, fill=PAPER)
    return halo + draw.element("rect", x=x - 1.2, y=y - 9.5, width=2.4, height=19, fill=INK)


def _words_on_ground(words: str, y: float, median_pct: float | None) -> str:
    """Words in the place of a bar, on white where a hatch lies under them, clear of the diamond."""
    room = _x(BAR_END_PCT) - _BAR_LEFT
    lines = wrapped(words, room - 6, _SMALL, 600)
    width = max(text_width(line, _SMALL, 600) for line in lines)
    top, left = y - _LEADING * len(lines) / 2, _BAR_LEFT
    if median_pct is not None and _x(median_pct) < left + width + 14 and len(lines) == 1:
        left = _BAR_GOAL - width - 8
    high = max(_LEADING * len(lines), _BAR_HEIGHT + 1)
    ground = draw.element("rect", x=left, y=y - high / 2, width=width + 8, height=high, fill=PAPER)
    rows = [
        draw.text(line, left + 3, top + 8 + _LEADING * number, size=_SMALL, weight=600, fill=INK)
        for number, line in enumerate(lines)
    ]
    return draw.group(ground, *rows)


def _bar(row: OverviewRow, y: float, height: float) -> str:
    """Bar, hatch or words; then the tick of the expected share and the diamond of the median."""
    top = y - _BAR_HEIGHT / 2
    parts = []
    if row.is_hatched or row.bar_pct is not None:
        parts.append(
            draw.element("rect", x=_BAR_LEFT, y=top, width=_BAR_GOAL - _BAR_LEFT, height=_BAR_HEIGHT, fill=PANEL)
        )
    if row.is_hatched:
        corners = [(_BAR_LEFT, top), (_BAR_GOAL, top), (_BAR_GOAL, top + _BAR_HEIGHT), (_BAR_LEFT, top + _BAR_HEIGHT)]
        parts.append(draw.element("path", d=hatch_path(corners, 6), stroke=NO_JUDGEMENT, stroke_width=0.8))
    if row.bar_pct is not None:
        colour = VERDICT_COLOUR[row.verdict]
        width = _x(row.bar_pct) - _BAR_LEFT
        parts.append(draw.element("rect", x=_BAR_LEFT, y=top, width=width, height=_BAR_HEIGHT, fill=colour))
        if row.share_pct is not None and row.share_pct > BAR_END_PCT:
            edge = _x(BAR_END_PCT)
            tip = [(edge, top), (edge + 5, y), (edge, top + _BAR_HEIGHT)]
            parts.append(draw.element("path", d=draw.path_data(tip, closed=True), fill=colour))
    if row.bar_pct is None and row.state_text:
        parts.append(_words_on_ground(row.state_text, y, row.median_pct if row.is_hatched else None))
    parts.append(draw.line(_BAR_GOAL, y - height / 2, _BAR_GOAL, y + height / 2, stroke=LINE, stroke_width=1.4))
    if row.bar_pct is not None and row.expected_pct is not None:
        parts.append(_tick(_x(row.expected_pct), y))
    if row.median_pct is not None and (row.bar_pct is not None or row.is_hatched):
        parts.append(_diamond(_x(row.median_pct), y))
    return draw.group(*parts)


def _row_svg(measured: _Row, top: float) -> str:
    row, y = measured.row, top + measured.height / 2
    ink = INK if row.applies else SOFT
    first = y - _LEADING * len(measured.name) / 2 + 8
    parts = [
        draw.text(line, _NAME_EDGE, first + _LEADING * number, size=_SIZE, fill=ink, anchor="end")
        for number, line in enumerate(measured.name)
    ]
    parts.append(_bar(row, y, measured.height))
    if row.share_text and row.bar_pct is not None:
        parts.append(draw.text(row.share_text, _SHARE_EDGE, y + 3.2, size=_SIZE, weight=600, fill=ink, anchor="end"))
    words_top = y - _LEADING * (1 + len(measured.detail)) / 2
    parts.append(mark_svg(row.verdict, _MARK_X, words_top + 5.2, 10))
    weight = 600 if row.applies else 400
    parts.append(draw.text(row.verdict.value, _WORDS_X, words_top + 8, size=_SIZE, weight=weight, fill=ink))
    parts += [
        draw.text(line, _WORDS_X, words_top + 8 + _LEADING * number, size=_SMALL, fill=SOFT)
        for number, line in enumerate(measured.detail, 1)
    ]
    return draw.group(*parts)


def _scale(bottom: float, goal_label: str) -> tuple[str, str]:
    """Gridlines behind the rows, and the labels above them."""
    lines, labels = [], []
    for step in (0, 25, 50, 75, 100):
        x = _x(step)
        if step != 100:
            lines.append(draw.line(x, _SCALE_HEIGHT, x, bottom, stroke=GRID, stroke_width=0.7))
        weight, fill = (600, INK) if step == 100 else (400, SOFT)
        shown = draw.text(percent_label(step), x, 22, size=_SMALL, weight=weight, fill=fill, anchor="middle")
        labels.append(shown)
    labels.append(draw.text(goal_label, _BAR_GOAL, 10, size=_SMALL, weight=600, fill=INK, anchor="middle"))
    return draw.group(*lines), draw.group(*labels)


def _key(top: float, median_label: str, has_median: bool) -> str:
    """What bar, tick and diamond mean."""
    y, x = top + 12, 0.0
    parts = []
    for number, colour in enumerate(
        VERDICT_COLOUR[verdict]
        for verdict in (Verdict.REACHED, Verdict.ON_TRACK, Verdict.SLIGHTLY_BEHIND, Verdict.FAR_BEHIND)
    ):
        parts.append(draw.element("rect", x=x + 7 * number, y=y - 5, width=7, height=10, fill=colour))
    items = [("stand nu", 32.0, "")]
    items.append(("waar de gemeente op de peildatum moest staan", 8.0, "tick"))
    if has_median:
        items.append((median_label, 9.0, "diamond"))
    for words, room, shape in items:
        if shape:
            parts.append(_tick(x + 3, y) if shape == "tick" else _diamond(x + 4.2, y))
        parts.append(draw.text(words, x + room + 3, y + 3, size=_SMALL, fill=INK))
        x += room + 3 + text_width(words, _SMALL) + 16
    return draw.group(*parts)


def overview_figure(
    rows: Sequence[OverviewRow],
    text: FigureText,
    id_prefix: str,
    *,
    goal_label: str = "doel 2030",
    median_label: str = "mediaan van de Vlaamse gemeenten",
    banner: str = "",
) -> Figure:
    """Bar per target with expected share, Flemish median, verdict and plain amounts.

    Parameters
    ----------
    rows
        In official order; rows with the same group follow each other.
    text
        Title, subtitle, text alternative and source.
    id_prefix
        Unique on the page.
    goal_label, median_label
        Words at the line of 100 % and for the diamond.
    banner
        Words that stay with the drawing.

    Returns
    -------
    Figure
        174 mm wide and at most 226 mm high, 232 mm with the banner.

    Raises
    ------
    BlockError
        When there are no rows, or they do not fit on one page.
    """
    if not rows:
        raise BlockError("overview without rows; expected one row per target")
    y, body = _SCALE_HEIGHT, []
    for number, (group, members) in enumerate(groupby(rows, key=lambda row: row.group)):
        y += _HEAD_GAP if number else 0
        ground = draw.element("rect", x=0, y=y, width=WIDTH_PT, height=_HEAD_HEIGHT - 4, fill=PAPER)
        head = draw.text(group, 0, y + 12, size=10, weight=700, fill=INK)
        rule = draw.line(0, y + _HEAD_HEIGHT - 4, WIDTH_PT, y + _HEAD_HEIGHT - 4, stroke=LINE, stroke_width=0.8)
        body += [ground, head, rule]
        y += _HEAD_HEIGHT - 2
        for row in members:
            measured = _measured(row)
            body.append(_row_svg(measured, y))
            y += measured.height
    lines, labels = _scale(y, goal_label)
    key = _key(y + 3, median_label, any(row.median_pct is not None for row in rows))
    height = y + 26
    if height > MAX_HEIGHT_PT:
        raise BlockError(f"overview {height:.0f} pt high; at most {MAX_HEIGHT_PT:.0f} fit on a page: shorten the words")
    columns = ("target_id", "name", "share_pct", "expected_pct", "median_pct")
    data = pd.DataFrame([[getattr(row, column) for column in columns] for row in rows], columns=list(columns))
    data["verdict"] = [row.verdict.value for row in rows]
    inner = draw.group(lines, labels, *body, key)
    return Figure(inner, WIDTH_PT, height, text, "overview", id_prefix=id_prefix, data=data, banner=banner)
