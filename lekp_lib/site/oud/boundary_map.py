"""Map with the real boundaries of the municipalities: one path per class, for editions that hold boundaries.

Names no municipality by itself: report, page of a target and home page of a site call the same function. Large
municipalities dominate such a map, so it stands beside the hex map and never in its place (spec design.md 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from math import dist

import pandas as pd

from lekp_lib.edition.boundaries import Boundaries
from lekp_lib.errors import BlockError
from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.boundary_layout import UNITS_PER_PT, BoundaryLayout, boundary_layout, transform
from lekp_lib.site.oud.figure import WIDTH_PT, Figure
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.hex_layout import MAP_WIDTH, NAME_SIZE
from lekp_lib.site.oud.label_placer import Point
from lekp_lib.site.oud.linked_map import LinkedMap, linked_area
from lekp_lib.site.oud.map_label import Spot, labelled, rim
from lekp_lib.site.oud.map_legend import NO_DATA, NOT_SIGNED, SHARE_KEY, STATES, MapKey, legend
from lekp_lib.site.oud.palette import INK, LINE, MAP_CLASSES, PAPER, SOFT
from lekp_lib.site.oud.words.boundary_words import boundary_source

_LEGEND_X = MAP_WIDTH + 10
_Provinces = tuple[tuple[str, str], ...]
_States = tuple[tuple[str, int], ...]


def _path(data: str, stroke: str, width_pt: float, **attributes: draw.Value | None) -> str:
    told = {"fill": "none", **attributes}
    return draw.element("path", d=data, stroke=stroke, stroke_width=width_pt * UNITS_PER_PT, **told) if data else ""


def _fill(number: int) -> str:
    return MAP_CLASSES[number] if number < NO_DATA else PAPER


def _in(states: _States, number: int) -> list[str]:
    return [nis for nis, found in states if found == number]


@lru_cache(maxsize=64)
def _areas(layout: BoundaryLayout, states: _States) -> str:
    """All municipalities, one path per class."""
    return draw.group(
        *(_path(layout.outline(_in(states, number)), LINE, 0.4, fill=_fill(number)) for number in range(STATES)),
        stroke_linejoin="round",
        transform=transform(),
    )


@lru_cache(maxsize=64)
def _over(layout: BoundaryLayout, states: _States) -> str:
    """What lies over the areas: hatch, crosses, borders and names of the provinces."""
    borders = "".join(_path(layout.borders, stroke, width) for stroke, width in ((PAPER, 2.8), (INK, 1.2)))
    crosses = "".join(
        draw.path_data([(x - 2, y - 2), (x + 2, y + 2)]) + draw.path_data([(x - 2, y + 2), (x + 2, y - 2)])
        for x, y in (layout.centres[nis] for nis in _in(states, NOT_SIGNED))
    )
    hatch = _path(layout.hatch(_in(states, NO_DATA), 4.0), LINE, 0.5)
    parts = [draw.group(hatch, borders, stroke_linejoin="round", stroke_linecap="round", transform=transform())]
    if crosses:
        parts.append(draw.element("path", d=crosses, fill="none", stroke=SOFT, stroke_width=0.9))
    parts += [draw.text(name, x, y, size=NAME_SIZE, fill=SOFT) for name, x, y in layout.names]
    return "".join(parts)


def _own(layout: BoundaryLayout, nis: str, label: str) -> str:
    centre = layout.centres[nis]
    corners = layout.points(nis)

    def rim_towards(place: Point) -> Point:
        # The corner of the outline that lies nearest to the label: the line then crosses nothing of its own area.
        return min(corners, key=lambda corner: dist(corner, place))

    outline = draw.group(rim(layout.outline([nis]), UNITS_PER_PT), transform=transform())
    reach = max(dist(corner, centre) for corner in corners)
    return labelled(outline, label, Spot(centre, reach, layout.height, layout.occupied, layout.name_boxes), rim_towards)


def _checked(boundaries: Boundaries, states: Mapping[str, int], own_nis: str) -> _States:
    faults = []
    if apart := sorted(set(states) ^ set(boundaries.areas)):
        faults.append(f"without state or without boundary: {', '.join(apart[:5])}")
    if wrong := sorted(nis for nis, number in states.items() if number not in range(STATES)):
        faults.append(f"state other than 0 to {STATES - 1}: {', '.join(wrong[:5])}")
    if own_nis and own_nis not in states:
        faults.append(f"own municipality {own_nis!r} is not on the map")
    if faults:
        raise BlockError("map: every municipality has one boundary and one state; " + "; ".join(faults))
    return tuple(sorted(states.items()))


def boundary_map(  # noqa: PLR0913  (all of them are drawn)
    boundaries: Boundaries,
    states: Mapping[str, int],
    provinces: Mapping[str, str],
    text: FigureText,
    id_prefix: str,
    *,
    key: MapKey = SHARE_KEY,
    own_nis: str = "",
    own_label: str = "",
    links: Mapping[str, str] | None = None,
    tips: Mapping[str, str] | None = None,
    values: Mapping[str, float] | None = None,
    banner: str = "",
) -> Figure:
    """Map of all municipalities with their real boundaries.

    Parameters
    ----------
    boundaries
        ``edition.boundaries``; ask first whether it is ``None``.
    states
        By NIS code: class 0 to 4, or :data:`~lekp_lib.site.oud.map_legend.NO_DATA`, or ``NOT_SIGNED``. For shares of a
        target, :func:`~lekp_lib.site.oud.map_legend.share_states` makes them.
    provinces
        Name of the province by NIS code (``scene.provinces``).
    text
        Title, subtitle, text alternative and source of the figures. Who drew the boundaries is added here.
    id_prefix
        Unique on the page.
    key
        Words of the legend, when the classes are no shares of a target.
    own_nis, own_label
        Municipality with the orange outline, and its words ("Voorbeeldgem 45 %"); empty for none.
    links, tips
        Address and words under the mouse by NIS code, for web pages only. Paper and downloads have neither.
    values
        What was put in classes, for the data beside the figure.
    banner
        Words that stay with the drawing.

    Returns
    -------
    Figure
        Named ``boundary-map``; its ``data`` holds value and class per municipality.

    Raises
    ------
    BlockError
        When a municipality has no boundary or no state, or the own one is unknown.
    """
    order = _checked(boundaries, states, own_nis)
    layout = boundary_layout(boundaries, tuple(sorted((nis, provinces.get(nis, "")) for nis in states)))
    key_drawing, depth = legend([number for _, number in order], key, _LEGEND_X, 6.0)
    rest = _over(layout, order) + key_drawing + (_own(layout, own_nis, own_label) if own_nis else "")
    known = values or {}
    rows = [(nis, known.get(nis), key.labels[number], nis == own_nis) for nis, number in order]
    figure = LinkedMap(
        _areas(layout, order) + rest,
        WIDTH_PT,
        max(layout.height, depth),
        replace(text, source=f"{text.source} {boundary_source(boundaries)}".strip()),
        "boundary-map",
        id_prefix=id_prefix,
        data=pd.DataFrame(rows, columns=["nis", "value", "class", "own"]),
        banner=banner,
    )
    if links or tips:
        hrefs, words = links or {}, tips or {}
        shapes = [
            linked_area(layout.outline([nis]), _fill(number), hrefs.get(nis, ""), words.get(nis, ""))
            for nis, number in order
        ]
        line = LINE, 0.4 * UNITS_PER_PT
        areas = draw.group(
            *shapes, stroke=line[0], stroke_width=line[1], stroke_linejoin="round", transform=transform()
        )
        figure.link(areas, rest)
    return figure
