"""Fixed parts of the hex map: where cells, province borders and province names stand. Made once per register."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lekp_lib.errors import BlockError
from lekp_lib.site.oud.label_placer import Box, Point
from lekp_lib.site.oud.text_width import text_width

#: Room of the cells with the words around them; the legend stands right of it.
MAP_WIDTH = 372.0
_TOP, _SIDE, _BOTTOM = 17.0, 4.0, 17.0
NAME_SIZE = 8.5
LABEL_SIZE = 9.5
#: Distance of the places that are tried for a label, in points.
PLACE_STEP = 2.0

#: Per neighbour (dq, dr): the two corners of the shared edge.
_EDGES = {(1, 0): (0, 1), (0, 1): (1, 2), (-1, 1): (2, 3)}


@dataclass(frozen=True, slots=True)
class HexLayout:
    """Places in points.

    Attributes
    ----------
    size
        Distance from centre to corner.
    centres
        Centre per NIS code.
    borders
        Edges between two provinces.
    names
        Province name, left edge and baseline.
    name_boxes
        What the names cover.
    height
        Height of the map with its margins.
    occupied
        Grid of places that cells and names take, for :func:`free_place`.
    """

    size: float
    centres: Mapping[str, Point]
    borders: tuple[tuple[Point, Point], ...]
    names: tuple[tuple[str, float, float], ...]
    name_boxes: tuple[Box, ...]
    height: float
    occupied: NDArray[np.bool_]

    def corners(self, centre: Point, scale: float = 1.0) -> list[Point]:
        """Six corners of a cell, pointed side up, clockwise from the upper right."""
        reach = self.size * scale
        turns = [math.radians(60 * number - 30) for number in range(6)]
        return [(centre[0] + reach * math.cos(turn), centre[1] + reach * math.sin(turn)) for turn in turns]


def _occupied(centres: Sequence[Point], radius: float, height: float) -> NDArray[np.bool_]:
    """Which places of a fine grid lie in or near a cell."""
    xs, ys = np.arange(0.0, MAP_WIDTH + PLACE_STEP, PLACE_STEP), np.arange(0.0, height + PLACE_STEP, PLACE_STEP)
    grid = np.zeros((len(ys), len(xs)), dtype=bool)
    for x, y in centres:
        grid |= (xs[None, :] - x) ** 2 + (ys[:, None] - y) ** 2 < radius**2
    return grid


def block_place(grid: NDArray[np.bool_], box: Box) -> None:
    """Mark the place of other words, with a little air around it."""
    rows = slice(max(int(box.top / PLACE_STEP), 0), int(box.bottom / PLACE_STEP) + 1)
    grid[rows, max(int(box.left / PLACE_STEP) - 1, 0) : int(box.right / PLACE_STEP) + 3] = True


def free_place(
    points: Sequence[Point], grid: NDArray[np.bool_], size: tuple[float, float], names: Sequence[Box] = ()
) -> Box | None:
    """Free place for a label nearest to some points.

    Parameters
    ----------
    points
        What the label belongs to.
    grid
        Places that must not be covered, every two points (:attr:`HexLayout.occupied`).
    size
        Width and height of the label.
    names
        Words that the line from the label to the first point must not cross.

    Returns
    -------
    Box or None
        ``None`` when there is no free place.
    """
    width, height = size
    columns, rows = int(width / PLACE_STEP) + 2, int(height / PLACE_STEP) + 2
    if rows > grid.shape[0] or columns > grid.shape[1]:
        return None
    total = np.pad(grid.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    covered = total[rows:, columns:] - total[:-rows, columns:] - total[rows:, :-columns] + total[:-rows, :-columns]
    free_rows, free_columns = np.nonzero(covered == 0)
    left, top = free_columns * PLACE_STEP, free_rows * PLACE_STEP
    own = np.array(points)
    dx = np.maximum(np.maximum(left - own[:, :1], own[:, :1] - (left + width)), 0)
    dy = np.maximum(np.maximum(top - own[:, 1:], own[:, 1:] - (top + height)), 0)
    middle = own.mean(axis=0)
    drift = np.hypot(left + width / 2 - middle[0], top + height / 2 - middle[1])
    for best in np.argsort(np.hypot(dx, dy).min(axis=0, initial=np.inf) + 0.15 * drift, kind="stable"):
        box = Box(float(left[best]), float(top[best]), float(left[best]) + width, float(top[best]) + height)
        if not any(name.grown(1).crossed_by(points[0], box.nearest(points[0])) for name in names):
            return box
    return None


@lru_cache(maxsize=8)
def hex_layout(tiles: tuple[tuple[str, tuple[int, int]], ...], provinces: tuple[tuple[str, str], ...]) -> HexLayout:
    """Places of everything that is the same on all maps.

    Parameters
    ----------
    tiles
        (NIS code, axial (q, r)) per municipality; r grows southward, cells stand on a point.
    provinces
        (NIS code, name of the province) per municipality.

    Returns
    -------
    HexLayout

    Raises
    ------
    BlockError
        When there are no tiles, or a tile has no province.
    """
    names = dict(provinces)
    missing = [nis for nis, _ in tiles if nis not in names]
    if not tiles or missing:
        raise BlockError(f"hex map: {len(tiles)} tiles, without province: {', '.join(missing) or 'none'}")
    columns = [q + r / 2 for _, (q, r) in tiles]
    rows = [r for _, (_, r) in tiles]
    span = (max(columns) - min(columns) + 1) * math.sqrt(3)
    cell = min((MAP_WIDTH - 2 * _SIDE) / span, 12.0)
    centres = {
        nis: (
            _SIDE + (q + r / 2 - min(columns) + 0.5) * math.sqrt(3) * cell,
            _TOP + (r - min(rows)) * 1.5 * cell + cell,
        )
        for nis, (q, r) in tiles
    }
    height = _TOP + (max(rows) - min(rows)) * 1.5 * cell + 2 * cell + _BOTTOM
    grid = _occupied(list(centres.values()), cell + 2, height)
    bare = HexLayout(cell, centres, (), (), (), height, grid)
    at = {place: nis for nis, place in tiles}
    borders = []
    for nis, (q, r) in tiles:
        corners = bare.corners(centres[nis])
        for (dq, dr), (first, second) in _EDGES.items():
            other = at.get((q + dq, r + dr))
            if other is not None and names[other] != names[nis]:
                borders.append((corners[first], corners[second]))
    words: list[tuple[str, float, float]] = []
    boxes: list[Box] = []
    for province in sorted({names[nis] for nis, _ in tiles}):
        own = [centres[nis] for nis, _ in tiles if names[nis] == province]
        place = free_place(own, grid, (text_width(province, NAME_SIZE), 11.0))
        if place is not None:
            block_place(grid, place)
            boxes.append(place)
            words.append((province, place.left, place.top + 8.5))
    return HexLayout(cell, centres, tuple(borders), tuple(words), tuple(boxes), height, grid)
