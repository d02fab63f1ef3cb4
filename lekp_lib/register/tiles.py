"""Layout of the tile map: one hexagon per municipality, near its place, each province in one piece (design.md 6).

The outline comes from the representative points alone, so that no boundary file is needed. The layout is made once
by :mod:`lekp_lib.register.make_tiles` and kept as a table; nothing else imports this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from lekp_lib.register.hexagons import Cells, Points, centres, holes, join_groups, pieces

# Tried places of the grid, per direction, and halvings of the cell size per place.
_ORIGINS = 6
_BISECTIONS = 30

# Chosen by eye and by the sum of squared shifts: joined enough to leave no hole, close enough to keep the coast.
_REACH_M = 9_000.0
_MARGIN_M = 3_000.0


def outline(points: Points, reach: float, margin: float) -> shapely.Geometry:
    """Area around scattered points: closed up to ``reach``, then with ``margin`` around the outer points.

    Parameters
    ----------
    points
        East and north coordinates, shape (n, 2).
    reach
        Points nearer than twice this are joined; a point beyond (Voeren) does not count.
    margin
        How far the area goes beyond the points, at most ``reach``.

    Returns
    -------
    shapely.Geometry
        The largest connected part.
    """
    grown = shapely.union_all(shapely.buffer(shapely.points(points), reach))
    shrunk = shapely.buffer(grown, margin - reach)
    return max(shapely.get_parts(shrunk), key=shapely.area)


def _grid(area: shapely.Geometry, width: float, origin: tuple[float, float]) -> Cells:
    west, south, east, north = area.bounds
    height = width * np.sqrt(3) / 2
    rows = range(int((origin[1] - north) // height), int((origin[1] - south) // height) + 2)
    columns = range(int((west - origin[0]) // width), int((east - origin[0]) // width) + 2)
    cells = np.array([(q - r // 2, r) for r in rows for q in columns], dtype=np.int64)
    places = centres(cells, width, origin)
    inside: NDArray[np.bool_] = shapely.contains_xy(area, places[:, 0], places[:, 1])
    return cells[inside]


def grids(area: shapely.Geometry, count: int) -> Iterator[tuple[Cells, float, tuple[float, float]]]:
    """Hexagons whose centres lie in an area, as many as asked for; their size is found by bisection.

    Parameters
    ----------
    area
        The outline.
    count
        Number of cells.

    Yields
    ------
    tuple
        Cells of shape (count, 2), distance between neighbouring centres, and place of cell ``(0, 0)``; one tuple for
        each place that allows exactly this count.
    """
    guess = float(np.sqrt(area.area / count / (np.sqrt(3) / 2)))
    for i, j in np.ndindex(_ORIGINS, _ORIGINS):
        origin = (area.centroid.x + guess * i / _ORIGINS, area.centroid.y + guess * np.sqrt(3) / 2 * j / _ORIGINS)
        small, large = 0.5 * guess, 2.0 * guess
        # The count may jump by several cells at once; then this origin has no grid of the wanted count.
        for _ in range(_BISECTIONS):
            width = (small + large) / 2
            cells = _grid(area, width, origin)
            if len(cells) == count:
                yield cells, width, origin
                break
            small, large = (width, large) if len(cells) > count else (small, width)


def _assign(points: Points, places: Points) -> NDArray[np.intp]:
    """Index of the place of each point, the sum of squared distances being least."""
    squared = ((points[:, None, :] - places[None, :, :]) ** 2).sum(axis=2)
    return np.asarray(linear_sum_assignment(squared)[1], dtype=np.intp)


def layout(points: Points, groups: Sequence[str], gap: shapely.Geometry) -> Cells:
    """Axial cell of each point: near its place, and each group in one piece.

    Parameters
    ----------
    points
        East and north coordinates in metres, shape (n, 2).
    groups
        Group (province) of each point.
    gap
        Area without cells (Brussels); the map has no other hole.

    Returns
    -------
    array of shape (n, 2)
        Axial coordinates, the smallest ``q`` and ``r`` being zero.

    Raises
    ------
    ValueError
        When no grid fits, or a group cannot be brought together.
    """
    area = shapely.difference(outline(points, _REACH_M, _MARGIN_M), gap)
    fitting = []
    for cells, width, origin in grids(area, len(points)):
        keys = [(int(q), int(r)) for q, r in cells]
        empty = centres(np.array(sorted(holes(keys)), dtype=np.int64).reshape(-1, 2), width, origin)
        if len(pieces(keys)) == 1 and shapely.contains_xy(gap, empty[:, 0], empty[:, 1]).all():
            places = centres(cells, width, origin)
            chosen = _assign(points, places)
            fitting.append((float(((points - places[chosen]) ** 2).sum()), keys, places, chosen))
    if not fitting:
        raise ValueError(f"no connected grid of exactly {len(points)} cells around the gap")
    _, keys, places, chosen = min(fitting, key=lambda option: option[0])
    labels = join_groups({keys[place]: group for place, group in zip(chosen, groups, strict=True)})
    found = np.empty((len(points), 2), dtype=np.int64)
    for group in sorted(set(groups)):
        members = np.array([index for index, own in enumerate(groups) if own == group])
        own_cells = np.array([index for index, key in enumerate(keys) if labels[key] == group])
        of_members = own_cells[_assign(points[members], places[own_cells])]
        found[members] = np.array(keys, dtype=np.int64)[of_members]
    lowest: Cells = found.min(axis=0)
    return found - lowest
