"""Shares of all municipalities for one target, with the far ones named: what to look at before it is reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from lekp_lib.present import svg as draw
from lekp_lib.present.control_numbers import Spread
from lekp_lib.present.figure import WIDTH_PT, Figure
from lekp_lib.present.figure_text import FigureText
from lekp_lib.present.numbers import percent, percent_decimals
from lekp_lib.present.palette import GRID, INK, LINE, MAP_OWN, SOFT
from lekp_lib.present.strip_dots import AXIS_Y, DOTS_TOP, LEFT, RIGHT, Scale, bin_x, crowd_of, last_bin, scale_of
from lekp_lib.present.text_width import text_width
from lekp_lib.present.trend_axes import percent_label

#: So many far municipalities are named in the drawing; the table names them all.
NAMED = 5
_SIZE = 8.5
_LEADING = 11.0


def share_words(share: float) -> str:
    """Share as printed, with decimals where it would read 0 or 100."""
    return percent(share, percent_decimals(share))


def _axis(scale: Scale) -> str:
    parts = [draw.line(LEFT, AXIS_Y, RIGHT, AXIS_Y, stroke=LINE, stroke_width=1)]
    for step in range(scale.low_pct, scale.high_pct + 1, scale.step_pct):
        x = scale.x(step)
        parts.append(draw.line(x, DOTS_TOP, x, AXIS_Y, stroke=GRID, stroke_width=0.7))
        parts.append(draw.text(percent_label(step), x, AXIS_Y + 12, size=_SIZE, fill=SOFT, anchor="middle"))
    return "".join(parts)


def _place(share: float, scale: Scale, diameter: float) -> float:
    """Middle of the stack that holds a share; what lies beyond the axis has one of its own at either end."""
    if share > scale.high_pct:
        return bin_x(last_bin(diameter) + 3, diameter)
    return bin_x(-2, diameter) if share < scale.low_pct else scale.x(share)


def _flags(named: Sequence[tuple[float, str]]) -> tuple[str, float]:
    """Names above the dots, each in a row of its own with a line to its share; and the height that they take."""
    parts = []
    height = _LEADING * len(named)
    for row, (x, words) in enumerate(sorted(named)):
        y = _LEADING * row + 8
        width = text_width(words, _SIZE, 600)
        left = x + 4 if x + 4 + width <= WIDTH_PT else x - 4 - width
        parts.append(draw.line(x, y - 6, x, height + AXIS_Y - DOTS_TOP - 8, stroke=MAP_OWN, stroke_width=0.9))
        parts.append(draw.text(words, left, y, size=_SIZE, weight=600, fill=INK))
    return "".join(parts), height


def outlier_strip(
    spread: Spread, names: Mapping[str, str], text: FigureText, id_prefix: str, *, banner: str = ""
) -> Figure:
    """One dot per municipality along its share of the target, the farthest ones named.

    Parameters
    ----------
    spread
        Shares and far ones.
    names
        Names by NIS.
    text
        Title, subtitle, text alternative and source.
    id_prefix
        Unique on the page.
    banner
        Words that stay with the drawing.

    Returns
    -------
    Figure
    """
    # As wide as the farthest one asks for.
    scale = scale_of(tuple(spread.shares.values()), max(spread.shares.values()))
    crowd = crowd_of(tuple(sorted(round(share, 1) for share in spread.shares.values())), scale)
    named = [
        (_place(spread.shares[nis], scale, crowd.diameter), f"{names[nis]} {share_words(spread.shares[nis])}")
        for nis in spread.far[:NAMED]
    ]
    flags, height = _flags(named)
    body = draw.group(_axis(scale), crowd.svg, transform=f"translate(0 {draw.num(height - DOTS_TOP)})")
    rows = [(nis, share, nis in spread.far) for nis, share in sorted(spread.shares.items())]
    data = pd.DataFrame(rows, columns=["nis", "share_pct", "far"])
    bottom = height + AXIS_Y - DOTS_TOP + 16
    return Figure(body + flags, WIDTH_PT, bottom, text, "outliers", id_prefix=id_prefix, data=data, banner=banner)
