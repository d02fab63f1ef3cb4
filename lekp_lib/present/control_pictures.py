"""Two pictures of a whole edition, one row per target: who has a figure, and how old the figures are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from lekp_lib.adapter.path import year_position
from lekp_lib.errors import BlockError
from lekp_lib.present import svg as draw
from lekp_lib.present.control_numbers import Coverage
from lekp_lib.present.dates import date_short
from lekp_lib.present.figure import WIDTH_PT, Figure
from lekp_lib.present.figure_text import FigureText
from lekp_lib.present.numbers import number
from lekp_lib.present.palette import GRID, INK, LINE, MAP_CLASSES, OWN, PANEL, PAPER, SOFT

_SIZE, _SMALL = 9.0, 8.5
_ROW = 16.0
_LEFT = 176.0
_RIGHT = WIDTH_PT - 92.0
_HEAD = 24.0
_BAR = 9.0
_OLD = MAP_CLASSES[1]


def _name(coverage: Coverage, y: float) -> str:
    return draw.text(coverage.target.name, 0, y + 3.2, size=_SIZE, weight=600, fill=INK)


def _needs_rows(rows: Sequence[Coverage]) -> None:
    if not rows:
        raise BlockError("picture of the figures without a target; expected at least one")


def _key() -> str:
    parts, x = [], _LEFT
    for colour, words in ((OWN, "recent cijfer"), (_OLD, "te oud cijfer"), (PANEL, "geen cijfer")):
        parts.append(
            draw.element("rect", x=x, y=1, width=_BAR, height=_BAR, fill=colour, stroke=LINE, stroke_width=0.6)
        )
        parts.append(draw.text(words, x + 13, 9, size=_SMALL, fill=SOFT))
        x += 92
    return "".join(parts)


def coverage_figure(rows: Sequence[Coverage], text: FigureText, id_prefix: str, *, banner: str = "") -> Figure:
    """Bars with the municipalities that have a recent figure, an old one, or none.

    Parameters
    ----------
    rows
        One per target, in official order.
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
        When there is no target.
    """
    _needs_rows(rows)
    parts = [_key()]
    for place, row in enumerate(rows):
        y, x = _HEAD + _ROW * place, _LEFT
        parts.append(_name(row, y))
        for count, colour in ((row.recent, OWN), (row.old, _OLD), (row.missing, PANEL)):
            width = (_RIGHT - _LEFT) * count / row.everyone
            if count:
                parts.append(
                    draw.element(
                        "rect", x=x, y=y - _BAR / 2, width=width, height=_BAR, fill=colour, stroke=PAPER,
                        stroke_width=0.6,
                    )
                )  # fmt: skip
            x += width
        words = f"{number(row.recent + row.old)} van {number(row.everyone)}"
        parts.append(draw.text(words, WIDTH_PT, y + 3.2, size=_SIZE, fill=INK, anchor="end"))
    data = pd.DataFrame(
        [(row.target.id, row.recent, row.old, row.missing) for row in rows],
        columns=["target_id", "recent", "old", "missing"],
    )
    height = _HEAD + _ROW * len(rows)
    return Figure("".join(parts), WIDTH_PT, height, text, "coverage", id_prefix=id_prefix, data=data, banner=banner)


def _years(rows: Sequence[Coverage], on: dt.date) -> tuple[int, int]:
    first = min((row.dates[0].year for row in rows if row.dates), default=on.year)
    return min(first, on.year - 3), on.year + 1


def age_figure(
    rows: Sequence[Coverage], on: dt.date, limit: dt.date, text: FigureText, id_prefix: str, *, banner: str = ""
) -> Figure:
    """From the oldest to the newest figure per target, each municipality with its newest; the limit of age dashed.

    Parameters
    ----------
    rows
        One per target, in official order.
    on
        Reference date of the edition.
    limit
        An older figure gets no verdict.
    text, id_prefix, banner
        As for :func:`coverage_figure`.

    Returns
    -------
    Figure

    Raises
    ------
    BlockError
        When there is no target.
    """
    _needs_rows(rows)
    first, last = _years(rows, on)

    def x(date: dt.date) -> float:
        return _LEFT + (year_position(date) - first) / (last - first) * (_RIGHT - _LEFT)

    bottom = _HEAD + _ROW * len(rows)
    parts = []
    step = 1 if last - first <= 10 else 2
    for year in range(first, last + 1, step):
        place = _LEFT + (year - first) / (last - first) * (_RIGHT - _LEFT)
        parts.append(draw.line(place, _HEAD - 9, place, bottom - 6, stroke=GRID, stroke_width=0.7))
        parts.append(draw.text(str(year), place, bottom + 6, size=_SMALL, fill=SOFT, anchor="middle"))
    parts.append(draw.line(x(limit), 12, x(limit), bottom - 6, stroke=INK, stroke_width=1.2, stroke_dasharray="4 2.5"))
    parts.append(draw.text(f"te oud vóór {date_short(limit)}", x(limit), 8, size=_SMALL, fill=INK, anchor="middle"))
    for place, row in enumerate(rows):
        y = _HEAD + _ROW * place
        parts.append(_name(row, y))
        middle = row.middle
        if middle is None:
            parts.append(draw.text("geen cijfers", WIDTH_PT, y + 3.2, size=_SIZE, fill=SOFT, anchor="end"))
            continue
        parts.append(draw.line(x(row.dates[0]), y, x(row.dates[-1]), y, stroke=LINE, stroke_width=2.4))
        parts += [draw.line(x(day), y - 3, x(day), y + 3, stroke=LINE, stroke_width=1.4) for day in row.dates[:1]]
        parts.append(draw.element("circle", cx=x(middle), cy=y, r=3.8, fill=OWN, stroke=PAPER, stroke_width=1))
        parts.append(draw.text(date_short(middle), WIDTH_PT, y + 3.2, size=_SIZE, fill=INK, anchor="end"))
    data = pd.DataFrame(
        [(row.target.id, row.dates[0], row.middle, row.dates[-1]) for row in rows if row.dates],
        columns=["target_id", "oldest", "median", "newest"],
    )
    return Figure("".join(parts), WIDTH_PT, bottom + 10, text, "ages", id_prefix=id_prefix, data=data, banner=banner)
