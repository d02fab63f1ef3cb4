"""Hex map: one cell of the same size per municipality, in five fixed classes of the share of the target.

Own SVG writer with one path per class: milliseconds and few kilobytes (spec design.md 6 and 12).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping
from functools import lru_cache
from math import hypot

import pandas as pd

from lekp_lib.errors import BlockError
from lekp_lib.present import svg as draw
from lekp_lib.present.figure import WIDTH_PT, Figure
from lekp_lib.present.figure_text import FigureText
from lekp_lib.present.hatch import hatch_segments
from lekp_lib.present.hex_grid import HexGrid
from lekp_lib.present.hex_layout import LABEL_SIZE, MAP_WIDTH, NAME_SIZE, HexLayout, free_place, hex_layout
from lekp_lib.present.label_placer import Box
from lekp_lib.present.palette import INK, LINE, MAP_CLASSES, MAP_OWN, PAPER, SOFT
from lekp_lib.present.text_width import text_width, wrapped

#: Same breaks on all maps: the target is the meaning, and maps stay comparable (design.md 6).
BREAKS_PCT = (25.0, 50.0, 75.0, 100.0)

_CLASS_WORDS = (
    "minder dan 25\N{NO-BREAK SPACE}%",
    "25 tot 50\N{NO-BREAK SPACE}%",
    "50 tot 75\N{NO-BREAK SPACE}%",
    "75 tot 100\N{NO-BREAK SPACE}%",
    "100\N{NO-BREAK SPACE}% of meer",
)
_NO_DATA, _NOT_SIGNED = len(MAP_CLASSES), len(MAP_CLASSES) + 1
_LayoutKey = tuple[tuple[tuple[str, tuple[int, int]], ...], tuple[tuple[str, str], ...]]
_LEGEND_X = MAP_WIDTH + 10
_LEGEND_LEADING = 14.5
_SIZE = 9.0


def share_class(share_pct: float) -> int:
    """Class 0 to 4 of a share; a share on a break belongs to the higher class.

    Examples
    --------
    >>> [share_class(share) for share in (-5, 24.99, 25, 99.9, 100, 180)]
    [0, 0, 1, 3, 4, 4]
    """
    return bisect_right(BREAKS_PCT, share_pct)


def _cross(x: float, y: float, reach: float) -> str:
    return draw.path_data([(x - reach, y - reach), (x + reach, y + reach)]) + draw.path_data(
        [(x - reach, y + reach), (x + reach, y - reach)]
    )


def _hatch_at(x: float, y: float, corners: list[tuple[float, float]]) -> str:
    """Hatch of a shape around (0, 0), moved to (x, y)."""
    return "".join(
        draw.path_data([(x + x1, y + y1), (x + x2, y + y2)]) for (x1, y1), (x2, y2) in hatch_segments(corners, 3.6)
    )


@lru_cache(maxsize=64)
def _cells(layout_key: _LayoutKey, classes: tuple[tuple[str, int], ...]) -> str:
    """All cells, one path per class, with borders and names of the provinces."""
    layout = hex_layout(*layout_key)
    grid = HexGrid(layout)
    parts = []
    for number in range(_NOT_SIGNED + 1):
        centres = [layout.centres[nis] for nis, found in classes if found == number]
        if not centres:
            continue
        fill = MAP_CLASSES[number] if number < _NO_DATA else PAPER
        parts.append(grid.path(grid.outlines(centres), fill=fill, stroke=LINE, width_pt=0.6))
        if number == _NO_DATA:
            parts.append(grid.path(grid.hatches(centres), fill="none", stroke=LINE, width_pt=0.7))
        if number == _NOT_SIGNED:
            parts.append(grid.path(grid.crosses(centres), fill="none", stroke=SOFT, width_pt=0.9))
    border = grid.chains(layout.borders)
    parts += [
        grid.path(border, fill="none", stroke=stroke, width_pt=width, stroke_linecap="round")
        for stroke, width in ((PAPER, 3.4), (INK, 1.5))
    ]
    cells = draw.group(*parts, stroke_linejoin="round", transform=grid.transform)
    names = [draw.text(name, x, y, size=NAME_SIZE, fill=SOFT) for name, x, y in layout.names]
    return draw.group(cells, *names)


def _legend(counts: tuple[int, ...], not_signed_label: str, top: float) -> tuple[str, float]:
    """Classes with their number of municipalities, which add up to all; and where it ends."""
    edge = WIDTH_PT - 1
    parts = [draw.text("Deel van het doel", _LEGEND_X, top + 9, size=_SIZE, weight=600, fill=INK)]
    parts.append(draw.text("aantal", edge, top + 9, size=8.5, fill=SOFT, anchor="end"))
    y = top + _LEGEND_LEADING
    room = edge - _LEGEND_X - 18 - text_width("000", _SIZE, 600) - 4
    labels = (*_CLASS_WORDS, "geen gegevens", not_signed_label)
    for number, (label, count) in enumerate(zip(labels, counts, strict=True)):
        if number == _NO_DATA:
            y += 4
        fill = MAP_CLASSES[number] if number < _NO_DATA else PAPER
        parts.append(
            draw.element("rect", x=_LEGEND_X, y=y + 1.5, width=13, height=9.5, fill=fill, stroke=LINE, stroke_width=0.7)
        )
        if number == _NO_DATA:
            swatch = [(0.0, 0.0), (13.0, 0.0), (13.0, 9.5), (0.0, 9.5)]
            lines = _hatch_at(_LEGEND_X, y + 1.5, swatch)
            parts.append(draw.element("path", d=lines, fill="none", stroke=LINE, stroke_width=0.7))
        if number == _NOT_SIGNED:
            cross = _cross(_LEGEND_X + 6.5, y + 6.25, 2.4)
            parts.append(draw.element("path", d=cross, fill="none", stroke=SOFT, stroke_width=0.9))
        parts.append(draw.text(str(count), edge, y + 9.5, size=_SIZE, weight=600, fill=INK, anchor="end"))
        for row in wrapped(label, room, _SIZE):
            parts.append(draw.text(row, _LEGEND_X + 18, y + 9.5, size=_SIZE, fill=INK))
            y += 11.5
        y += _LEGEND_LEADING - 11.5
    parts.append(draw.line(_LEGEND_X, y + 1.5, edge, y + 1.5, stroke=LINE, stroke_width=0.7))
    parts.append(draw.text("alle gemeenten", _LEGEND_X + 18, y + 12, size=_SIZE, fill=INK))
    parts.append(draw.text(str(sum(counts)), edge, y + 12, size=_SIZE, weight=600, fill=INK, anchor="end"))
    return draw.group(*parts), y + 16


def _own(layout: HexLayout, nis: str, label: str) -> str:
    """Orange outline with white halo, and the label on the nearest free side."""
    x, y = layout.centres[nis]
    rim = draw.path_data(layout.corners((x, y), 0.98), closed=True)
    outline = [
        draw.element("path", d=rim, fill="none", stroke=stroke, stroke_width=width, stroke_linejoin="round")
        for stroke, width in ((PAPER, 5.4), (MAP_OWN, 2.6))
    ]
    rows = wrapped(label, 150, LABEL_SIZE, 600)
    if not rows:
        return draw.group(*outline)
    width = max(text_width(row, LABEL_SIZE, 600) for row in rows)
    size = (width, 11.5 * len(rows))
    box = free_place([(x, y)], layout.occupied, size, layout.name_boxes)
    if box is None:  # no free side: over the cells, on white
        left = min(max(x - width / 2, 0), MAP_WIDTH - width)
        top = y - layout.size - 6 - size[1] if y > layout.height / 2 else y + layout.size + 6
        box = Box(left, top, left + width, top + size[1])
    near_x, near_y = box.nearest((x, y))
    away = hypot(near_x - x, near_y - y) or 1.0
    start = (x + (near_x - x) * layout.size / away, y + (near_y - y) * layout.size / away)
    leaders = [
        draw.line(*start, near_x, near_y, stroke=stroke, stroke_width=thick)
        for stroke, thick in ((PAPER, 3.0), (INK, 1.1))
    ]
    ground = draw.element(
        "rect", x=box.left - 1, y=box.top, width=width + 2, height=size[1], fill=PAPER, fill_opacity=0.9
    )
    words = [
        draw.text(row, box.left, box.top + 11.5 * number + 9, size=LABEL_SIZE, weight=600, fill=INK)
        for number, row in enumerate(rows)
    ]
    return draw.group(*leaders, *outline, ground, *words)


def _classes(
    tiles: Mapping[str, tuple[int, int]],
    shares: Mapping[str, float],
    no_data: Collection[str],
    not_signed: Collection[str],
) -> dict[str, int]:
    """Class per municipality; each one has exactly one."""
    classes = {nis: share_class(share) for nis, share in shares.items()}
    states = [*shares, *no_data, *not_signed]
    twice = sorted({nis for nis in states if states.count(nis) > 1}) if len(set(states)) < len(states) else []
    absent, unknown = sorted(set(tiles) - set(states)), sorted(set(states) - set(tiles))
    faults = [
        f"{what}: {', '.join(found[:5])}{' ...' if len(found) > 5 else ''}"
        for what, found in (("in two states", twice), ("without a state", absent), ("without a tile", unknown))
        if found
    ]
    if faults:
        raise BlockError("hex map: every municipality has one tile and one state; " + "; ".join(faults))
    return classes | dict.fromkeys(no_data, _NO_DATA) | dict.fromkeys(not_signed, _NOT_SIGNED)


def hexmap_figure(  # noqa: PLR0913, PLR0917  (all of them are drawn)
    shares: Mapping[str, float],
    no_data: Collection[str],
    not_signed: Collection[str],
    own_nis: str,
    own_label: str,
    provinces: Mapping[str, str],
    tiles: Mapping[str, tuple[int, int]],
    text: FigureText,
    id_prefix: str,
    *,
    not_signed_label: str = "niet ondertekend",
    banner: str = "",
) -> Figure:
    """Map of all municipalities with the own one marked.

    Parameters
    ----------
    shares
        Share in percent of the target by NIS code (``Comparison.shares``).
    no_data, not_signed
        The other municipalities; the three together are all tiles.
    own_nis
        Municipality with the orange outline; ``""`` for none (map of Flanders).
    own_label
        "Voorbeeldgem 45 %".
    provinces
        Name of the province by NIS code.
    tiles
        Axial (q, r) by NIS code (``Register.tiles()``).
    text
        Title, subtitle, text alternative and source.
    id_prefix
        Unique on the page.
    not_signed_label
        Words in the legend for ``not_signed``.
    banner
        Words that stay with the drawing.

    Returns
    -------
    Figure
        Its ``data`` holds class and share per municipality.

    Raises
    ------
    BlockError
        When a municipality has no tile, no state or two, or the own one is unknown.
    """
    classes = _classes(tiles, shares, no_data, not_signed)
    if own_nis and own_nis not in classes:
        raise BlockError(f"hex map: own municipality {own_nis!r} has no tile; expected a code of 2025")
    key = (tuple(sorted(tiles.items())), tuple(sorted((nis, provinces.get(nis, "")) for nis in tiles)))
    if "" in (name for _, name in key[1]):
        raise BlockError(f"hex map: no province for {', '.join(nis for nis, name in key[1] if not name)}")
    layout = hex_layout(*key)
    order = tuple(sorted(classes.items()))
    found = [number for _, number in order]
    counts = tuple(found.count(number) for number in range(_NOT_SIGNED + 1))
    legend, depth = _legend(counts, not_signed_label, 6.0)
    parts = [_cells(key, order), legend]
    if own_nis:
        parts.append(_own(layout, own_nis, own_label))
    names = (*_CLASS_WORDS, "geen gegevens", not_signed_label)
    rows = [(nis, shares.get(nis), names[number], nis == own_nis) for nis, number in order]
    data = pd.DataFrame(rows, columns=["nis", "share_pct", "class", "own"])
    height = max(layout.height, depth)
    return Figure("".join(parts), WIDTH_PT, height, text, "hexmap", id_prefix=id_prefix, data=data, banner=banner)
