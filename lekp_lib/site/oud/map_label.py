"""The own municipality on a map: orange outline with white halo, and its label on the nearest free side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.hex_layout import LABEL_SIZE, MAP_WIDTH, free_place
from lekp_lib.site.oud.label_placer import Box, Point
from lekp_lib.site.oud.palette import INK, MAP_OWN, PAPER
from lekp_lib.site.oud.text_width import text_width, wrapped

_LEADING = 11.5


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the own municipality lies, in points.

    Attributes
    ----------
    centre
        Its middle.
    reach
        Distance from the middle to its rim.
    map_height
        Height of the map.
    occupied
        Places that no word may cover (see :func:`~lekp_lib.site.oud.hex_layout.free_place`).
    names
        Words that the line to the label must not cross.
    """

    centre: Point
    reach: float
    map_height: float
    occupied: NDArray[np.bool_]
    names: Sequence[Box]


def rim(path: str, scale: float = 1.0, **attributes: draw.Value | None) -> str:
    """Outline of the own municipality in orange with a white halo.

    Parameters
    ----------
    path
        Path data.
    scale
        Units of the path per point: lines are as thick on every map.
    attributes
        Further presentation attributes.

    Returns
    -------
    str
    """
    lines = {"d": path, "fill": "none", "stroke_linejoin": "round", **attributes}
    return "".join(
        draw.element("path", stroke=stroke, stroke_width=width * scale, **lines)
        for stroke, width in ((PAPER, 5.4), (MAP_OWN, 2.6))
    )


def labelled(outline: str, label: str, spot: Spot, rim_towards: Callable[[Point], Point]) -> str:
    """Outline with its label and the line between them.

    Parameters
    ----------
    outline
        From :func:`rim`.
    label
        "Voorbeeldgem 45 %"; not trusted. Empty: only the outline.
    spot
        Where the municipality lies.
    rim_towards
        Place on its rim in the direction of a point, where the line starts.

    Returns
    -------
    str
    """
    rows = wrapped(label, 150, LABEL_SIZE, 600)
    if not rows:
        return outline
    x, y = spot.centre
    width, height = max(text_width(row, LABEL_SIZE, 600) for row in rows), _LEADING * len(rows)
    box = free_place([(x, y)], spot.occupied, (width, height), spot.names)
    if box is None:  # no free side: over the map, on white
        left = min(max(x - width / 2, 0), MAP_WIDTH - width)
        top = y - spot.reach - 6 - height if y > spot.map_height / 2 else y + spot.reach + 6
        box = Box(left, top, left + width, top + height)
    near = box.nearest((x, y))
    start = rim_towards(near)
    leaders = [
        draw.line(*start, *near, stroke=stroke, stroke_width=thick) for stroke, thick in ((PAPER, 3.0), (INK, 1.1))
    ]
    ground = draw.element(
        "rect", x=box.left - 1, y=box.top, width=width + 2, height=height, fill=PAPER, fill_opacity=0.9
    )
    words = [
        draw.text(row, box.left, box.top + _LEADING * number + 9, size=LABEL_SIZE, weight=600, fill=INK)
        for number, row in enumerate(rows)
    ]
    return draw.group(*leaders, outline, ground, *words)
