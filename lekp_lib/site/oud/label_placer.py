"""Where labels go: boxes that stay apart from each other, from lines and inside the drawing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lekp_lib.errors import BlockError

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Rectangle in points, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two share area; touching edges do not."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def inside(self, other: Box) -> bool:
        """Whether this box lies wholly in the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )

    def grown(self, margin: float) -> Box:
        """The same box with a margin on all sides."""
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    def nearest(self, point: Point) -> Point:
        """Place in the box that is nearest to a point."""
        return min(max(point[0], self.left), self.right), min(max(point[1], self.top), self.bottom)

    def widened(self, margin: float) -> Box:
        """The same box with a margin on the left and on the right."""
        return Box(self.left - margin, self.top, self.right + margin, self.bottom)

    def crossed_by(self, start: Point, end: Point) -> bool:
        """Whether a straight line runs through the box (Liang-Barsky clipping)."""
        (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
        first, last = 0.0, 1.0
        for step, room in ((-dx, x - self.left), (dx, self.right - x), (-dy, y - self.top), (dy, self.bottom - y)):
            if step == 0:
                if room <= 0:
                    return False
                continue
            at = room / step
            if step < 0:
                first = max(first, at)
            else:
                last = min(last, at)
        return first < last


def stack(wanted: Sequence[float], heights: Sequence[float], top: float, bottom: float, gap: float) -> list[float]:
    """Tops of labels under each other, each as near as possible to where it wants to be.

    Parameters
    ----------
    wanted
        Wanted top per label, in the order from top to bottom.
    heights
        Height per label.
    top, bottom
        Room.
    gap
        Least distance between two labels.

    Returns
    -------
    list of float

    Raises
    ------
    BlockError
        When the labels do not fit in the room.
    """
    needed = sum(heights) + gap * max(len(heights) - 1, 0)
    if needed > bottom - top + 1e-6:
        raise BlockError(f"labels of together {needed:.0f} pt do not fit in {bottom - top:.0f} pt; shorten their words")
    tops: list[float] = []
    edge = top
    for place, height in zip(wanted, heights, strict=True):
        tops.append(max(place, edge))
        edge = tops[-1] + height + gap
    edge = bottom
    for index in range(len(tops) - 1, -1, -1):
        tops[index] = min(tops[index], edge - heights[index])
        edge = tops[index] - gap
    return tops


#: What covering a box costs: more than crossing all lines together.
_COVERED = 100.0
_RASTER = 4.0


def _cost(box: Box, paths: Iterable[tuple[float, Sequence[Point]]], boxes: Iterable[Box]) -> float:
    """How much a place disturbs: weights of the lines that run through it, and of what it covers."""
    crossed = sum(
        weight for weight, points in paths if any(box.crossed_by(start, end) for start, end in pairwise(points))
    )
    return crossed + sum(_COVERED for other in boxes if box.overlaps(other))


def _anywhere(
    point: Point,
    width: float,
    height: float,
    area: Box,
    paths: Sequence[tuple[float, Sequence[Point]]],
    boxes: Sequence[Box],
) -> tuple[float, Box]:
    """Cost and place of the label that disturbs least in the whole area, the nearest of equals."""
    columns = int((area.right - width - area.left) // _RASTER) + 1
    lines = int((area.bottom - height - area.top) // _RASTER) + 1
    found: list[tuple[float, Box]] = []
    for number in range(columns * lines):
        left, top = area.left + number % columns * _RASTER, area.top + number // columns * _RASTER
        box = Box(left, top, left + width, top + height)
        near = box.nearest(point)
        away = abs(near[0] - point[0]) + abs(near[1] - point[1])
        found.append((_cost(box.grown(1.0), paths, boxes) + away * 0.02, box))
    return min(found, key=lambda item: item[0])


def place_near(
    point: Point,
    width: float,
    height: float,
    area: Box,
    paths: Sequence[tuple[float, Sequence[Point]]],
    boxes: Sequence[Box],
) -> Box:
    """Best place for a label near a point.

    Parameters
    ----------
    point
        What the label belongs to.
    width, height
        Size of the label.
    area
        Where it has to stay.
    paths
        Lines as (weight, points); a line with a higher weight is avoided more.
    boxes
        What must not be covered.

    Returns
    -------
    Box

    Raises
    ------
    BlockError
        When the label is larger than the area.
    """
    if width > area.right - area.left or height > area.bottom - area.top:
        raise BlockError(f"label of {width:.0f} x {height:.0f} pt is larger than its drawing; shorten its words")
    x, y = point
    best: tuple[float, Box] | None = None
    for away in (5.0, 10.0, 18.0, 28.0, 40.0, 55.0, 75.0, 100.0):
        for left, top in (
            (x + away, y + away * 0.6),
            (x - width / 2, y + away),
            (x - width - away, y - height - away * 0.6),
            (x - width / 2, y - height - away),
            (x + away, y - height - away * 0.6),
            (x - width - away, y + away * 0.6),
            (x + away, y - height / 2),
            (x - width - away, y - height / 2),
        ):
            held_left = min(max(left, area.left), area.right - width)
            held_top = min(max(top, area.top), area.bottom - height)
            box = Box(held_left, held_top, held_left + width, held_top + height)
            cost = _cost(box.grown(1.0), paths, boxes) + away * 0.02
            if best is None or cost < best[0]:
                best = (cost, box)
        if best is not None and best[0] < 1:
            break
    assert best is not None
    if best[0] >= _COVERED:
        # Points so close together that every place around this one covers another.
        best = min(best, _anywhere(point, width, height, area, paths, boxes), key=lambda item: item[0])
    return best[1]
