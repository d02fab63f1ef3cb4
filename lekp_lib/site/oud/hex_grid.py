"""Cells of the hex map in whole units: the same lattice in a third of the characters.

A cell is 14 units wide and 16 high, so that all its corners are whole numbers; the scale of the group around the paths
puts them back in their place. The map stands 17 times in a report, so every character counts (spec design.md 12).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.unit_paths import Unit, chains, lines_path, step

if TYPE_CHECKING:
    from lekp_lib.site.oud.hex_layout import HexLayout
    from lekp_lib.site.oud.label_placer import Point

_HALF_WIDTH, _HALF_HEIGHT = 7, 8

#: From the top corner clockwise.
_OUTLINE = "l7 4v8l-7 4-7-4v-8z"
#: Rising lines inside a cell, as steps between their ends, from the centre and back to it.
_HATCH = ((-5, 5), (5, -5)), ((-2, 6), (6, -2)), ((-6, 2), (2, -6)), ((1, 7), (6, 2)), ((-6, -2), (-1, -7))
_CROSS = ((-2, -2), (2, 2)), ((-2, 2), (2, -2))


class HexGrid:
    """Whole units for one layout.

    Parameters
    ----------
    layout
        Places of the cells in points.
    """

    def __init__(self, layout: HexLayout) -> None:
        centres = list(layout.centres.values())
        self._left, self._top = min(x for x, _ in centres), min(y for _, y in centres)
        self._x_pt = layout.size * math.sqrt(3) / 2 / _HALF_WIDTH
        self._y_pt = layout.size / _HALF_HEIGHT

    @property
    def transform(self) -> str:
        """From units to points."""
        return f"translate({draw.num(self._left)} {draw.num(self._top)}) scale({self._x_pt:.5f} {self._y_pt:.5f})"

    def _unit(self, place: Point) -> Unit:
        return round((place[0] - self._left) / self._x_pt), round((place[1] - self._top) / self._y_pt)

    def line(self, width_pt: float) -> float:
        """Width of a line in units."""
        return width_pt / self._y_pt

    def path(self, data: str, *, fill: str, stroke: str, width_pt: float, **attributes: draw.Value | None) -> str:
        """Path in units with a line of a width in points."""
        return draw.element(
            "path", d=data, fill=fill, stroke=stroke, stroke_width=self.line(width_pt), **attributes
        )  # fmt: skip

    def outlines(self, centres: Iterable[Point]) -> str:
        """Outlines of cells, row by row."""
        parts, last = [], (0, 0)
        for x, y in sorted(map(self._unit, centres), key=lambda unit: (unit[1], unit[0])):
            corner = (x, y - _HALF_HEIGHT)
            parts.append(step("m", corner[0] - last[0], corner[1] - last[1]) + _OUTLINE)
            last = corner
        return "".join(parts)

    def _lines(self, centres: Iterable[Point], lines: Sequence[tuple[Unit, Unit]]) -> str:
        parts, last = [], (0, 0)
        for x, y in sorted(map(self._unit, centres), key=lambda unit: (unit[1], unit[0])):
            for start, end in lines:
                parts.append(step("m", x + start[0] - last[0], y + start[1] - last[1]))
                parts.append(step("l", end[0] - start[0], end[1] - start[1]))
                last = (x + end[0], y + end[1])
        return "".join(parts)

    def hatches(self, centres: Iterable[Point]) -> str:
        """Hatch of cells without data."""
        return self._lines(centres, _HATCH)

    def crosses(self, centres: Iterable[Point]) -> str:
        """Crosses of cells that did not sign."""
        return self._lines(centres, _CROSS)

    def chains(self, edges: Iterable[tuple[Point, Point]]) -> str:
        """Edges joined into lines that are as long as possible."""
        return lines_path(chains((self._unit(start), self._unit(end)) for start, end in edges))
