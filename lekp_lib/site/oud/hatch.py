"""Hatches as drawn lines: "no data" looks the same on screen, on paper and in print (spec design.md 5.4, rule 13)."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.label_placer import Box, Point
from lekp_lib.site.oud.palette import INK, NO_JUDGEMENT, PAPER
from lekp_lib.site.oud.text_width import text_width, wrapped


def hatch_segments(corners: Sequence[Point], spacing: float) -> list[tuple[Point, Point]]:
    """Rising lines at 45 degrees inside a convex shape.

    Parameters
    ----------
    corners
        Corners of the shape in order, in points.
    spacing
        Distance between two lines measured along the horizontal.

    Returns
    -------
    list of pairs of points
    """
    sums = [x + y for x, y in corners]
    segments: list[tuple[Point, Point]] = []
    for number in range(ceil(min(sums) / spacing), floor(max(sums) / spacing) + 1):
        level = number * spacing  # the line x + y = level
        cuts: set[Point] = set()
        for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
            before, after = x1 + y1 - level, x2 + y2 - level
            if before * after <= 0 and before != after:
                part = before / (before - after)
                cuts.add((round(x1 + part * (x2 - x1), 4), round(y1 + part * (y2 - y1), 4)))
        if len(cuts) > 1:
            ordered = sorted(cuts)
            segments.append((ordered[0], ordered[-1]))
    return segments


def hatch_path(corners: Sequence[Point], spacing: float) -> str:
    """All lines of :func:`hatch_segments` as one path."""
    return "".join(draw.path_data(segment) for segment in hatch_segments(corners, spacing))


def hatched_box(area: Box, words: str, size: float) -> str:
    """Hatch over a plot with the reason on it: never a line at zero.

    Parameters
    ----------
    area
        What is hatched, in points.
    words
        "geen gegevens", or why there is no figure.
    size
        Font size in points.

    Returns
    -------
    str
    """
    corners = [
        (area.left, area.top),
        (area.right, area.top),
        (area.right, area.bottom),
        (area.left, area.bottom),
    ]
    lines = draw.element("path", d=hatch_path(corners, 9), stroke=NO_JUDGEMENT, stroke_width=0.6, stroke_opacity=0.6)
    shown = wrapped(words, (area.right - area.left) * 0.85, size, 600)
    leading, middle = size * 1.25, (area.left + area.right) / 2
    width = max((text_width(row, size, 600) for row in shown), default=0.0) + 10
    top = (area.top + area.bottom) / 2 - leading * len(shown) / 2
    ground = draw.element(
        "rect", x=middle - width / 2, y=top - 2, width=width, height=leading * len(shown) + 4, fill=PAPER
    )
    rows = [
        draw.text(row, middle, top + size + leading * number, size=size, weight=600, fill=INK, anchor="middle")
        for number, row in enumerate(shown)
    ]
    return draw.group(lines, ground, *rows)
