"""The crowd of a strip: one grey dot per municipality in narrow bins, prepared once, and the own blue one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor

from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.figure import WIDTH_PT
from lekp_lib.site.oud.label_placer import Point
from lekp_lib.site.oud.palette import OTHERS, OWN, PAPER

LEFT, RIGHT = 14.0, WIDTH_PT - 30.0
LEADING = 12.0
ROWS_TOP = 1.0
DOTS_TOP = ROWS_TOP + 3 * LEADING + 8
AXIS_Y = DOTS_TOP + 48.0
_DOTS_HEIGHT = AXIS_Y - DOTS_TOP - 2

#: Number of the bin that holds what lies before the axis.
BELOW_BIN = -2
#: Right ends of the axis in percent with the distance of the ticks; few, so that layers are shared.
_ENDS = ((110, 25), (160, 25), (210, 50), (320, 50), (520, 100))

#: Diameters of a dot, tried from large to small until the highest stack fits.
_DIAMETERS = (5.2, 4.4, 3.6, 3.0, 2.4)


@dataclass(frozen=True, slots=True)
class Scale:
    """Ends of the share axis and distance of its ticks, in percent of the target."""

    low_pct: int
    high_pct: int
    step_pct: int

    def x(self, share_pct: float) -> float:
        """Points from the left edge, held on the axis."""
        held = min(max(share_pct, self.low_pct), self.high_pct)
        return LEFT + (held - self.low_pct) / (self.high_pct - self.low_pct) * (RIGHT - LEFT)


@dataclass(frozen=True, slots=True)
class Crowd:
    """The grey dots: where they stand per bin, from the bottom up, and how many lie beyond the axis."""

    svg: str
    diameter: float
    places: Mapping[int, tuple[Point, ...]]
    above: int
    below: int


def scale_of(shares: Sequence[float], own: float | None) -> Scale:
    """Smallest fixed axis that holds nearly all (97 %) and the own share; the rest is stacked at the edge."""
    ordered = sorted(shares) or [0.0]
    near_all = ordered[min(len(ordered) - 1, int(len(ordered) * 0.97))]
    wanted = max(near_all, own or 0.0)
    high, step = next(((end, step) for end, step in _ENDS if wanted <= end), _ENDS[-1])
    least = min(ordered[int(len(ordered) * 0.03)], own or 0.0)
    low = next((low for low in (0, -25, -50, -100) if least >= low), -100)
    return Scale(low, high, step)


def last_bin(diameter: float) -> int:
    """Number of the last bin on the axis."""
    return floor((RIGHT - LEFT) / (diameter + 0.6))


def _bin(share: float, scale: Scale, diameter: float) -> int:
    """Number of the bin; the outer bins hold what lies beyond the axis."""
    if share > scale.high_pct:
        return last_bin(diameter) + 3
    if share < scale.low_pct:
        return BELOW_BIN
    return floor((scale.x(share) - LEFT) / (diameter + 0.6))


def bin_x(number: int, diameter: float) -> float:
    """Middle of a bin."""
    return LEFT + (number + 0.5) * (diameter + 0.6)


def _count(shares: Sequence[float], scale: Scale, diameter: float) -> dict[int, int]:
    heights: dict[int, int] = {}
    for share in shares:
        number = _bin(share, scale, diameter)
        heights[number] = heights.get(number, 0) + 1
    return heights


def _block(number: int, count: int, diameter: float, pitch: float, columns: int) -> tuple[Point, ...]:
    """Places of the dots of one bin, row by row; several columns when a few values hold nearly all dots."""
    step = diameter + 0.6
    reach = (columns - 1) / 2 * step + diameter / 2
    middle = min(max(bin_x(number, diameter), reach), WIDTH_PT - reach)
    places = []
    for index in range(count):
        row, column = divmod(index, columns)
        x = middle + (column - (columns - 1) / 2) * step
        places.append((x, AXIS_Y - 1.5 - diameter / 2 - pitch * row))
    # The last one is for the own municipality: on top of its column, and nearest to its share.
    tops = places[-columns:]
    last = min(reversed(tops), key=lambda place: abs(place[0] - bin_x(number, diameter)))
    places.remove(last)
    return (*places, last)


def _blocks(heights: Mapping[int, int], diameter: float) -> dict[int, tuple[Point, ...]] | None:
    """All bins as blocks of several columns; ``None`` when two blocks would touch."""
    pitch = diameter + 0.3
    rows = floor(_DOTS_HEIGHT / pitch)
    places = {
        number: _block(number, count, diameter, pitch, ceil(count / rows)) for number, count in sorted(heights.items())
    }
    reach = float("-inf")
    for found in places.values():
        left = min(x for x, _ in found) - diameter
        if left < reach:
            return None
        reach = max(x for x, _ in found) + diameter / 2
    return places


@lru_cache(maxsize=64)
def crowd_of(shares: tuple[float, ...], scale: Scale) -> Crowd:
    """Grey dots for all municipalities, as a path of round strokes without length, one per dot."""
    diameter, places = _DIAMETERS[0], _blocks(_count(shares, scale, _DIAMETERS[0]), _DIAMETERS[0])
    if places is None:
        heights: dict[int, int] = {}
        for diameter in _DIAMETERS:
            heights = _count(shares, scale, diameter)
            if max(heights.values()) * (diameter + 0.3) <= _DOTS_HEIGHT:
                break
        # With very high stacks the dots overlap, but none is left out.
        pitch = min(diameter + 0.3, _DOTS_HEIGHT / max(heights.values()))
        places = {number: _block(number, height, diameter, pitch, 1) for number, height in sorted(heights.items())}
    dots = "".join(f"M{draw.num(x)} {draw.num(y)}h0" for found in places.values() for x, y in found)
    svg = draw.element("path", d=dots, fill="none", stroke=OTHERS, stroke_width=diameter, stroke_linecap="round")
    above = sum(share > scale.high_pct for share in shares)
    return Crowd(svg, diameter, places, above, sum(share < scale.low_pct for share in shares))


def own_dot(share: float, crowd: Crowd, scale: Scale) -> tuple[str, float, float]:
    """Blue dot in the place of one grey dot, above its own and the neighbouring stacks; with its centre."""
    radius = 4.6
    number = _bin(share, scale, crowd.diameter)
    own_x, own_y = crowd.places[number][-1]
    near = [
        y - crowd.diameter / 2
        for step in (-1, 0, 1)
        for x, y in crowd.places.get(number + step, ())
        if abs(x - own_x) < radius + crowd.diameter / 2 and (x, y) != (own_x, own_y)
    ]
    y = min([AXIS_Y - 1.5, *near]) - radius - 0.8
    cover = draw.element("circle", cx=own_x, cy=own_y, r=crowd.diameter / 2 + 0.25, fill=PAPER)
    stem = draw.line(own_x, y, own_x, own_y + crowd.diameter / 2, stroke=OWN, stroke_width=1.4)
    dot = draw.element("circle", cx=own_x, cy=y, r=radius, fill=OWN, stroke=PAPER, stroke_width=1)
    return cover + stem + dot, own_x, y
