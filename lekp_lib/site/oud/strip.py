"""Where a municipality stands among all others: one dot per municipality along the share of the target.

The own municipality takes the place of one grey dot, so that there are as many dots as municipalities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product

import pandas as pd

from lekp_lib.errors import BlockError
from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.figure import WIDTH_PT, Figure
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.label_placer import Box
from lekp_lib.site.oud.palette import ACCENT, GRID, INK, LINE, OWN, PAPER, SOFT
from lekp_lib.site.oud.strip_dots import (
    AXIS_Y,
    BELOW_BIN,
    DOTS_TOP,
    LEADING,
    LEFT,
    RIGHT,
    ROWS_TOP,
    Crowd,
    Scale,
    bin_x,
    crowd_of,
    last_bin,
    own_dot,
    scale_of,
)  # fmt: skip
from lekp_lib.site.oud.text_width import text_width
from lekp_lib.site.oud.trend_axes import percent_label

_BELOW = AXIS_Y + 17.0
_SIZE, _TICK_SIZE = 9.0, 8.5


@dataclass(frozen=True, slots=True)
class StripLine:
    """A median to compare with.

    Attributes
    ----------
    share_pct
        Where it stands.
    label
        Finished words: "mediaan Vlaanderen 55 %".
    """

    share_pct: float
    label: str


@lru_cache(maxsize=16)
def _axis(scale: Scale, labels_from: float) -> str:
    """Axis line, ticks and labels, none of which begins left of ``labels_from``."""
    parts = [draw.line(LEFT, AXIS_Y, RIGHT, AXIS_Y, stroke=LINE, stroke_width=1)]
    for step in range(scale.low_pct, scale.high_pct + 1, scale.step_pct):
        x = scale.x(step)
        weight, fill = (600, INK) if step == 100 else (400, SOFT)
        if step != 100:
            parts.append(draw.line(x, DOTS_TOP, x, AXIS_Y, stroke=GRID, stroke_width=0.7))
        parts.append(draw.line(x, AXIS_Y, x, AXIS_Y + 3.5, stroke=LINE, stroke_width=0.8))
        words = percent_label(step)
        middle = max(x, labels_from + text_width(words, _TICK_SIZE, weight) / 2)
        parts.append(
            draw.text(words, middle, AXIS_Y + 13.5, size=_TICK_SIZE, weight=weight, fill=fill, anchor="middle")
        )
    return draw.group(*parts)


def _edge_counts(crowd: Crowd, scale: Scale) -> tuple[str, list[Box]]:
    """What the stacks beyond the ends of the axis hold, with the room that the words take."""
    parts, boxes = [], []
    for count, sign, end, number in (
        (crowd.above, ">", scale.high_pct, last_bin(crowd.diameter) + 3),
        (crowd.below, "<", scale.low_pct, BELOW_BIN),
    ):
        if not count:
            continue
        x, words = bin_x(number, crowd.diameter), f"{sign}\N{NO-BREAK SPACE}{percent_label(end)}: {count}"
        width = text_width(words, _TICK_SIZE)
        left = min(max(x - width / 2, 1.0), WIDTH_PT - 1 - width)
        parts.append(draw.line(x, AXIS_Y + 2, x, _BELOW + 1, stroke=SOFT, stroke_width=0.7))
        parts.append(draw.text(words, left, _BELOW + 9, size=_TICK_SIZE, fill=SOFT))
        boxes.append(Box(left, _BELOW, left + width, _BELOW + LEADING))
    return draw.group(*parts), boxes


@dataclass(frozen=True, slots=True)
class _Flag:
    """A label above the dots with the line that it hangs on."""

    x: float
    words: str
    colour: str
    foot: float


def _flag_box(flag: _Flag, row: int, side: str) -> Box:
    width = text_width(flag.words, _SIZE, 600)
    left = flag.x + 5 if side == "right" else flag.x - 5 - width
    if side == "over":
        left = min(max(flag.x - width / 2, 0.0), WIDTH_PT - width)
    top = ROWS_TOP + LEADING * row
    return Box(left, top, left + width, top + LEADING)


def _clash(one: _Flag, a: tuple[int, str, Box], other: _Flag, b: tuple[int, str, Box]) -> float:
    """How much two labels disturb each other: covering counts more than a line that runs through words."""
    tops = [box.bottom if side == "over" else box.top for _, side, box in (a, b)]
    crossed = int(a[2].crossed_by((other.x, tops[1] + 1), (other.x, AXIS_Y)))
    crossed += b[2].crossed_by((one.x, tops[0] + 1), (one.x, AXIS_Y))
    return 5.0 * crossed + 20.0 * a[2].overlaps(b[2].widened(2.0))


def _place_flags(flags: Sequence[_Flag]) -> list[tuple[Box, str]]:
    """Row and side per label, so that no label covers another one or the line of another one."""
    choices = []
    for flag in flags:
        boxes = [(row, side, _flag_box(flag, row, side)) for row in (2, 1, 0) for side in ("right", "left", "over")]
        choices.append([found for found in boxes if found[2].left >= 0 and found[2].right <= WIDTH_PT])
        if not choices[-1]:
            raise BlockError(f"label {flag.words!r} of the strip is wider than the drawing; shorten it")
    clash = {
        (one, other, a, b): _clash(flags[one], choices[one][a], flags[other], choices[other][b])
        for one, other in combinations(range(len(flags)), 2)
        for a, b in product(range(len(choices[one])), range(len(choices[other])))
    }
    own = [[(2 - row) * 0.1 + (0.5 if side == "over" else 0.0) for row, side, _ in found] for found in choices]

    def cost(picked: tuple[int, ...]) -> float:
        pairs = combinations(range(len(picked)), 2)
        return sum(own[flag][at] for flag, at in enumerate(picked)) + sum(
            clash[one, other, picked[one], picked[other]] for one, other in pairs
        )

    # The first of the cheapest ways; what is dearer than that with some of the labels only gets dearer with the others.
    best: tuple[int, ...] = ()
    best_cost, open_ways = float("inf"), [best]
    while open_ways:
        way = open_ways.pop()
        way_cost = cost(way)
        if way_cost > best_cost or (way_cost == best_cost and len(way) == len(flags)):
            continue
        if len(way) == len(flags):
            best, best_cost = way, way_cost
        else:
            open_ways += [(*way, at) for at in reversed(range(len(choices[len(way)])))]
    return [(choices[flag][at][2], choices[flag][at][1]) for flag, at in enumerate(best)]


def _draw_flags(flags: Sequence[_Flag]) -> tuple[str, str, float]:
    """Lines (to go behind the own dot), words, and the height at which they begin."""
    lines, words, places = [], [], _place_flags(flags)
    for flag, (box, side) in zip(flags, places, strict=True):
        top = box.bottom if side == "over" else box.top + 1
        lines.append(
            draw.line(
                flag.x, top, flag.x, flag.foot, stroke=flag.colour, stroke_width=1.4,
                stroke_dasharray="4 2.5" if flag.colour == INK else None,
            )
        )  # fmt: skip
        fill = ACCENT if flag.colour == OWN else INK
        words.append(draw.text(flag.words, box.left, box.top + 9, size=_SIZE, weight=600, fill=fill))
    return draw.group(*lines), draw.group(*words), min(box.top for box, _ in places)


def _below_axis(lines: Sequence[StripLine], scale: Scale, taken: list[Box]) -> tuple[str, float]:
    """Grey ticks through the axis with their words under it; and how deep they go."""
    parts = []
    for line in sorted(lines, key=lambda line: line.share_pct):
        x, width = scale.x(line.share_pct), text_width(line.label, _SIZE)
        for row, side in product(range(len(lines) + len(taken) + 1), ("right", "left")):
            left = x + 4 if side == "right" else x - 4 - width
            top = _BELOW + LEADING * row
            box = Box(min(left, x - 1), top, max(left + width, x + 1), top + LEADING)
            if box.left >= 0 and box.right <= WIDTH_PT and not any(box.widened(4.0).overlaps(other) for other in taken):
                break
        else:
            raise BlockError(f"label {line.label!r} of the strip is wider than the drawing; shorten it")
        taken.append(box)
        parts.append(draw.line(x, AXIS_Y - 6, x, AXIS_Y + 4.5, stroke=PAPER, stroke_width=4.2))
        parts.append(draw.line(x, AXIS_Y - 6, x, AXIS_Y + 4.5, stroke=SOFT, stroke_width=2.2))
        parts.append(draw.line(x, top + 1.5, x, top + 10, stroke=SOFT, stroke_width=2.2))
        parts.append(draw.text(line.label, left, top + 9, size=_SIZE, fill=SOFT))
    return draw.group(*parts), max((box.bottom for box in taken), default=_BELOW)


def _strip_data(shares: Mapping[str, float], own_nis: str) -> pd.DataFrame:
    rows = [(nis, share, nis == own_nis) for nis, share in sorted(shares.items())]
    return pd.DataFrame(rows, columns=["nis", "share_pct", "own"])


def strip_figure(  # noqa: PLR0913  (all of them are drawn)
    shares: Mapping[str, float],
    own_nis: str,
    own_label: str,
    flanders: StripLine | None,
    groups: Sequence[StripLine],
    text: FigureText,
    id_prefix: str,
    *,
    goal_label: str = "doel 2030",
    banner: str = "",
) -> Figure:
    """One dot per municipality with a share, the own one blue, and medians to compare with.

    Parameters
    ----------
    shares
        Share in percent by NIS code, for all municipalities that have one (``Comparison.shares``).
    own_nis
        Code of the own municipality; without a share it has no dot.
    own_label
        "Voorbeeldgem 45 %".
    flanders
        Median of Flanders: dashed line; ``None`` when there is none.
    groups
        Medians of at most two further groups (province, size class): grey ticks.
    text
        Title, subtitle, text alternative and source.
    id_prefix
        Unique on the page.
    goal_label
        Words at the line of 100 %.
    banner
        Words that stay with the drawing.

    Returns
    -------
    Figure

    Raises
    ------
    BlockError
        When there is no share at all, there are too many comparison lines, or a label is wider than the drawing.
    """
    if not shares:
        raise BlockError("strip without a single share; say in words that there are no figures")
    if len(groups) + (flanders is not None) > 3:
        raise BlockError(f"strip with {len(groups)} groups beside Flanders; at most three comparison lines (5.4)")
    own = shares.get(own_nis)
    scale = scale_of(tuple(shares.values()), own)
    crowd = crowd_of(tuple(sorted(round(share, 1) for share in shares.values())), scale)
    flags = [_Flag(scale.x(100), goal_label, LINE, AXIS_Y)]
    if flanders is not None:
        flags.append(_Flag(scale.x(flanders.share_pct), flanders.label, INK, AXIS_Y))
    dot = ""
    if own is not None:
        dot, x, y = own_dot(round(own, 1), crowd, scale)
        flags.append(_Flag(x, own_label, OWN, y))
    lines, words, top = _draw_flags(flags)
    edges, taken = _edge_counts(crowd, scale)
    # The line of the stack before the axis runs through the row of the labels.
    labels_from = bin_x(BELOW_BIN, crowd.diameter) + 3 if crowd.below else 0.0
    below, depth = _below_axis(groups, scale, taken)
    crop = top - ROWS_TOP
    parts = (_axis(scale, labels_from), crowd.svg, lines, dot, words, edges, below)
    inner = draw.group(*parts, transform=f"translate(0 {draw.num(-crop)})")
    data = _strip_data(shares, own_nis)
    return Figure(inner, WIDTH_PT, depth + 2 - crop, text, "strip", id_prefix=id_prefix, data=data, banner=banner)
