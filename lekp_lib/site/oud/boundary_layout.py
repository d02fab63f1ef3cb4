"""Fixed parts of a map with real boundaries: areas in whole units, province borders, names. Made once per edition."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from lekp_lib.edition.boundaries import Boundaries
from lekp_lib.errors import BlockError
from lekp_lib.site.oud.hex_layout import MAP_WIDTH, NAME_SIZE, PLACE_STEP, block_place, free_place
from lekp_lib.site.oud.label_placer import Box, Point
from lekp_lib.site.oud.text_width import text_width
from lekp_lib.site.oud.unit_paths import Unit, chains, lines_path

#: Units of the drawing per point: a quarter of a point is 160 m on the ground, less than a line is thick.
UNITS_PER_PT = 4
_TOP, _SIDE, _BOTTOM = 19.0, 4.0, 31.0
_AIR_PT = 2.0  # around the areas, where no words come

Edge = tuple[Unit, Unit]


def _edges(ring: Sequence[Unit]) -> Iterable[Edge]:
    for one, other in pairwise([*ring, ring[0]]):
        yield (one, other) if one < other else (other, one)


def spans(edges: Iterable[tuple[Point, Point]], spacing: float) -> list[tuple[float, float, float]]:
    """Where level lines run inside areas.

    Parameters
    ----------
    edges
        Outer edges of the areas, from (level, place) to (level, place).
    spacing
        Distance between two level lines, the first at zero.

    Returns
    -------
    list of tuples
        Level, first and last place of every stretch inside.

    Examples
    --------
    >>> square = [((0, 0), (4, 0)), ((4, 0), (4, 4)), ((4, 4), (0, 4)), ((0, 4), (0, 0))]
    >>> spans(square, 3)
    [(0, 0.0, 4.0), (3, 0.0, 4.0)]
    """
    cuts: dict[int, list[float]] = defaultdict(list)
    for one, other in edges:
        (low, at), (high, to) = sorted((one, other))
        # The upper end belongs to the next edge, so that a corner counts once.
        for number in range(ceil(low / spacing), ceil(high / spacing)):
            cuts[number].append(at + (to - at) * (number * spacing - low) / (high - low))
    return [
        (number * spacing, first, last)
        for number, places in sorted(cuts.items())
        for first, last in zip(sorted(places)[::2], sorted(places)[1::2], strict=True)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryLayout:
    """Places in units of the drawing (see :data:`UNITS_PER_PT`), except where points are named.

    Attributes
    ----------
    rings
        Outlines per NIS code.
    centres
        Middle per NIS code, in points.
    borders
        Path of the borders between provinces.
    names
        Province name, left edge and baseline in points.
    name_boxes
        What the names cover, in points.
    height
        Height of the map with its margins, in points.
    occupied
        Places that areas and names take, for :func:`~lekp_lib.site.oud.hex_layout.free_place`.
    """

    rings: Mapping[str, tuple[tuple[Unit, ...], ...]]
    centres: Mapping[str, Point]
    borders: str
    names: tuple[tuple[str, float, float], ...]
    name_boxes: tuple[Box, ...]
    height: float
    occupied: NDArray[np.bool_]

    def outer_edges(self, places: Collection[str]) -> list[Edge]:
        """Edges around a group of municipalities; those between two of them cancel out."""
        found = Counter(edge for nis in places for ring in self.rings[nis] for edge in _edges(ring))
        return sorted(edge for edge, times in found.items() if times % 2)

    def points(self, nis: str) -> list[Point]:
        """Corners of the outline of a municipality, in points."""
        return [(_SIDE + x / UNITS_PER_PT, _TOP + y / UNITS_PER_PT) for ring in self.rings[nis] for x, y in ring]

    def outline(self, places: Iterable[str]) -> str:
        """Path around each municipality."""
        return lines_path((ring for nis in places for ring in self.rings[nis]), closed=True)

    def hatch(self, places: Collection[str], spacing_pt: float) -> str:
        """Path of rising lines inside a group of municipalities."""
        turned = [((x + y, x - y), (u + v, u - v)) for (x, y), (u, v) in self.outer_edges(places)]
        lines = []
        for level, first, last in spans(turned, spacing_pt * UNITS_PER_PT):
            start, end = ((round((level + place) / 2), round((level - place) / 2)) for place in (first, last))
            if start != end:
                lines.append((start, end))
        return lines_path(lines)


def _unit_rings(
    boundaries: Boundaries,
) -> tuple[dict[str, tuple[tuple[Unit, ...], ...]], dict[str, Point], float]:
    """Outlines in units, centres in points and the height of the map in points."""
    everything = [point for area in boundaries.areas.values() for ring in area.rings for point in ring]
    left, top = min(x for x, _ in everything), max(y for _, y in everything)
    width, depth = max(x for x, _ in everything) - left, top - min(y for _, y in everything)
    pt_per_metre = (MAP_WIDTH - 2 * _SIDE) / width
    per_metre = pt_per_metre * UNITS_PER_PT
    rings: dict[str, tuple[tuple[Unit, ...], ...]] = {}
    centres = {}
    for nis, area in sorted(boundaries.areas.items()):
        found = []
        for ring in area.rings:
            units = [(round((x - left) * per_metre), round((top - y) * per_metre)) for x, y in ring]
            kept = [at for number, at in enumerate(units) if at != units[number - 1]]
            if len(kept) > 2:
                found.append(tuple(kept))
        rings[nis] = tuple(found)
        x, y = area.centre
        centres[nis] = (_SIDE + (x - left) * pt_per_metre, _TOP + (top - y) * pt_per_metre)
    return rings, centres, _TOP + depth * pt_per_metre + _BOTTOM


def _occupied(edges: Iterable[Edge], height: float) -> NDArray[np.bool_]:
    """Which places of a fine grid lie in or near an area."""
    columns, rows = int(MAP_WIDTH / PLACE_STEP) + 2, int(height / PLACE_STEP) + 2
    grid = np.zeros((rows, columns), dtype=bool)
    reach = int(_AIR_PT / PLACE_STEP) + 1
    in_points = [tuple((_TOP + y / UNITS_PER_PT, _SIDE + x / UNITS_PER_PT) for x, y in edge) for edge in edges]
    for y, first, last in spans(((one, other) for one, other in in_points), PLACE_STEP):
        row = round(y / PLACE_STEP)
        grid[
            max(row - reach, 0) : row + reach + 1,
            max(int(first / PLACE_STEP) - reach, 0) : int(last / PLACE_STEP) + reach + 2,
        ] = True
    return grid


@lru_cache(maxsize=4)
def boundary_layout(boundaries: Boundaries, provinces: tuple[tuple[str, str], ...]) -> BoundaryLayout:
    """Places of everything that is the same on all maps of an edition.

    Parameters
    ----------
    boundaries
        Of the edition.
    provinces
        (NIS code, name of the province) per municipality.

    Returns
    -------
    BoundaryLayout

    Raises
    ------
    BlockError
        When a municipality has no boundary or a boundary has no province.
    """
    province_of = dict(provinces)
    apart = sorted(set(province_of) ^ set(boundaries.areas))
    if apart or not province_of:
        raise BlockError(f"map: without boundary or without province: {', '.join(apart[:5]) or 'all of them'}")
    rings, centres, height = _unit_rings(boundaries)
    sides: dict[Edge, list[str]] = defaultdict(list)
    for nis, own in rings.items():
        for ring in own:
            for edge in _edges(ring):
                sides[edge].append(province_of[nis])
    borders = lines_path(chains(sorted(edge for edge, found in sides.items() if len(set(found)) > 1)))
    grid = _occupied((edge for edge, found in sides.items() if len(found) % 2), height)
    words: list[tuple[str, float, float]] = []
    boxes: list[Box] = []
    for province in sorted(set(province_of.values())):
        own_centres = [centres[nis] for nis in sorted(province_of) if province_of[nis] == province]
        place = free_place(own_centres, grid, (text_width(province, NAME_SIZE), 11.0))
        if place is not None:
            block_place(grid, place)
            boxes.append(place)
            words.append((province, place.left, place.top + 8.5))
    return BoundaryLayout(rings, centres, borders, tuple(words), tuple(boxes), height, grid)


def transform() -> str:
    """From units to points."""
    return f"translate({_SIDE:g} {_TOP:g}) scale({1 / UNITS_PER_PT:g})"
