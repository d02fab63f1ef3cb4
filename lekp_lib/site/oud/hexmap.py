"""Hex map: one cell of the same size per municipality, in five fixed classes of the share of the target.

Own SVG writer with one path per class: milliseconds and few kilobytes (spec design.md 6 and 12).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from math import hypot

import pandas as pd

from lekp_lib.errors import BlockError
from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.figure import WIDTH_PT, Figure
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.hex_grid import HexGrid
from lekp_lib.site.oud.hex_layout import MAP_WIDTH, NAME_SIZE, HexLayout, hex_layout
from lekp_lib.site.oud.label_placer import Point
from lekp_lib.site.oud.linked_map import LinkedMap, linked_area
from lekp_lib.site.oud.map_label import Spot, labelled, rim
from lekp_lib.site.oud.map_legend import NO_DATA, NOT_SIGNED, STATES, MapKey, legend, share_states
from lekp_lib.site.oud.palette import INK, LINE, MAP_CLASSES, PAPER, SOFT

_LayoutKey = tuple[tuple[tuple[str, tuple[int, int]], ...], tuple[tuple[str, str], ...]]
_LEGEND_X = MAP_WIDTH + 10


def _fill(number: int) -> str:
    return MAP_CLASSES[number] if number < NO_DATA else PAPER


@lru_cache(maxsize=64)
def _cells(layout_key: _LayoutKey, classes: tuple[tuple[str, int], ...], *, filled: bool = True) -> str:
    """All cells, one path per class, with borders and names of the provinces; or only what lies over the cells."""
    layout = hex_layout(*layout_key)
    grid = HexGrid(layout)
    parts = []
    for number in range(STATES):
        centres = [layout.centres[nis] for nis, found in classes if found == number]
        if not centres:
            continue
        if filled:
            parts.append(grid.path(grid.outlines(centres), fill=_fill(number), stroke=LINE, width_pt=0.6))
        if number == NO_DATA:
            parts.append(grid.path(grid.hatches(centres), fill="none", stroke=LINE, width_pt=0.7))
        if number == NOT_SIGNED:
            parts.append(grid.path(grid.crosses(centres), fill="none", stroke=SOFT, width_pt=0.9))
    border = grid.chains(layout.borders)
    parts += [
        grid.path(border, fill="none", stroke=stroke, width_pt=width, stroke_linecap="round")
        for stroke, width in ((PAPER, 3.4), (INK, 1.5))
    ]
    cells = draw.group(*parts, stroke_linejoin="round", transform=grid.transform)
    names = [draw.text(name, x, y, size=NAME_SIZE, fill=SOFT) for name, x, y in layout.names]
    return draw.group(cells, *names)


def _own(layout: HexLayout, nis: str, label: str) -> str:
    x, y = centre = layout.centres[nis]

    def rim_towards(place: Point) -> Point:
        away = hypot(place[0] - x, place[1] - y) or 1.0
        return x + (place[0] - x) * layout.size / away, y + (place[1] - y) * layout.size / away

    outline = rim(draw.path_data(layout.corners(centre, 0.98), closed=True))
    spot = Spot(centre, layout.size, layout.height, layout.occupied, layout.name_boxes)
    return labelled(outline, label, spot, rim_towards)


def _layout_key(tiles: Mapping[str, tuple[int, int]], provinces: Mapping[str, str]) -> _LayoutKey:
    key = (tuple(sorted(tiles.items())), tuple(sorted((nis, provinces.get(nis, "")) for nis in tiles)))
    if "" in (name for _, name in key[1]):
        raise BlockError(f"hex map: no province for {', '.join(nis for nis, name in key[1] if not name)}")
    return key


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
    no_data_label: str = "geen gegevens",
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
    no_data_label
        Words in the legend for ``no_data``.
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
    classes = share_states(tiles, shares, no_data, not_signed)
    if own_nis and own_nis not in classes:
        raise BlockError(f"hex map: own municipality {own_nis!r} has no tile; expected a code of 2025")
    key = _layout_key(tiles, provinces)
    layout = hex_layout(*key)
    order = tuple(sorted(classes.items()))
    words = MapKey(no_data=no_data_label, not_signed=not_signed_label)
    key_drawing, depth = legend([number for _, number in order], words, _LEGEND_X, 6.0)
    parts = [_cells(key, order), key_drawing]
    if own_nis:
        parts.append(_own(layout, own_nis, own_label))
    rows = [(nis, shares.get(nis), words.labels[number], nis == own_nis) for nis, number in order]
    data = pd.DataFrame(rows, columns=["nis", "share_pct", "class", "own"])
    height = max(layout.height, depth)
    return Figure("".join(parts), WIDTH_PT, height, text, "hexmap", id_prefix=id_prefix, data=data, banner=banner)


def linked_hexmap(  # noqa: PLR0913  (all of them are drawn)
    states: Mapping[str, int],
    provinces: Mapping[str, str],
    tiles: Mapping[str, tuple[int, int]],
    text: FigureText,
    id_prefix: str,
    *,
    key: MapKey,
    links: Mapping[str, str],
    tips: Mapping[str, str],
    banner: str = "",
) -> LinkedMap:
    """Map of all municipalities in classes of any kind, each cell a link for the mouse.

    Parameters
    ----------
    states
        By NIS code: class 0 to 4, ``NO_DATA`` or ``NOT_SIGNED`` (:mod:`lekp_lib.site.oud.map_legend`).
    provinces, tiles, text, id_prefix, banner
        As for :func:`hexmap_figure`.
    key
        Words of the legend.
    links, tips
        Address and words under the mouse by NIS code.

    Returns
    -------
    LinkedMap
        Its ``data`` holds class and state per municipality.

    Raises
    ------
    BlockError
        When a municipality has a tile and no state, or a state and no tile.
    """
    if odd := sorted(set(states) ^ set(tiles)):
        raise BlockError(f"hex map: every municipality has one tile and one state; found one of the two for {odd[:5]}")
    layout_key = _layout_key(tiles, provinces)
    layout = hex_layout(*layout_key)
    grid = HexGrid(layout)
    order = tuple(sorted(states.items()))
    key_drawing, depth = legend([number for _, number in order], key, _LEGEND_X, 6.0)
    data = pd.DataFrame([(nis, number, key.labels[number]) for nis, number in order], columns=["nis", "state", "class"])
    height = max(layout.height, depth)
    drawing = _cells(layout_key, order) + key_drawing
    figure = LinkedMap(drawing, WIDTH_PT, height, text, "hexmap", id_prefix=id_prefix, data=data, banner=banner)
    shapes = [
        linked_area(grid.outlines([layout.centres[nis]]), _fill(number), links.get(nis, ""), tips.get(nis, ""))
        for nis, number in order
    ]
    cells = draw.group(
        *shapes, stroke=LINE, stroke_width=grid.line(0.6), stroke_linejoin="round", transform=grid.transform
    )
    figure.link(cells, _cells(layout_key, order, filled=False) + key_drawing)
    return figure
