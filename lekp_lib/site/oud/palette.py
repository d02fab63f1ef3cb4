"""All colours and marks, by role: the single source for charts, web page and paper (spec design.md 5.1).

A verdict is colour and shape and word (D7). The shapes are vectors, because the font lacks a star and a dot.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from lekp_lib.adapter.models import Verdict
from lekp_lib.site.oud.svg import element, path_data

INK = "#1B2733"  # inkt: text, ticks
SOFT = "#4A5563"  # zacht: secondary text
LINE = "#5F6B7A"  # lijn: axes, outlines
ACCENT = "#0B5394"  # link, focus, text about the own municipality
PANEL = "#EEF2F5"  # vlak: panels, bar track
GRID = "#D5DBE1"  # raster: gridlines, decoration only
PAPER = "#FFFFFF"
OWN = "#1F77B4"  # own municipality in trend and strip
OTHERS = "#A4AFBB"  # one dot per other municipality: a crowd; the single dot carries no meaning
NO_JUDGEMENT = "#767E8A"
MAP_OWN = "#C2410C"  # own municipality on the map, always with a white halo
MAP_CLASSES = ("#DCEAF4", "#A9CCE3", "#6AA6CF", "#2F77AD", "#0B3C6B")

Shape = Literal["star", "dot", "triangle_up", "triangle_down", "dash", "ring", "cross"]


@dataclass(frozen=True, slots=True)
class Mark:
    """How a verdict looks: one colour and one shape that no other verdict has."""

    colour: str
    shape: Shape


MARKS = MappingProxyType(
    {
        Verdict.REACHED: Mark("#0B3C5D", "star"),
        Verdict.ON_TRACK: Mark("#1F77B4", "dot"),
        Verdict.SLIGHTLY_BEHIND: Mark("#C27C00", "triangle_up"),
        Verdict.FAR_BEHIND: Mark("#8E2A12", "triangle_down"),
        Verdict.NONE: Mark(NO_JUDGEMENT, "dash"),
        Verdict.NOT_YET_REQUIRED: Mark(NO_JUDGEMENT, "ring"),
        Verdict.NOT_APPLICABLE: Mark(NO_JUDGEMENT, "cross"),
    }
)

#: Colour alone, for bars; the mark and the word stand beside them.
VERDICT_COLOUR = MappingProxyType({verdict: mark.colour for verdict, mark in MARKS.items()})

_ROLES = MappingProxyType(
    {
        "inkt": INK,
        "zacht": SOFT,
        "lijn": LINE,
        "accent": ACCENT,
        "vlak": PANEL,
        "raster": GRID,
        "papier": PAPER,
        "eigen": OWN,
        "eigen-kaart": MAP_OWN,
        "anderen": OTHERS,
        **{verdict.value.replace(" ", "-"): mark.colour for verdict, mark in MARKS.items()},
        **{f"klasse-{number}": colour for number, colour in enumerate(MAP_CLASSES, 1)},
    }
)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21 (WCAG 2.2, definition of contrast ratio).

    Examples
    --------
    >>> round(contrast("#000000", "#FFFFFF"), 2), round(contrast("#767676", "#FFFFFF"), 2)
    (21.0, 4.54)
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def css_variables() -> str:
    """All roles as CSS custom properties: ``:root { --inkt: #1B2733; --op-koers: #1F77B4; ... }``."""
    lines = "\n".join(f"  --{role}: {colour};" for role, colour in _ROLES.items())
    return f":root {{\n{lines}\n}}\n"


def typst_colours() -> str:
    """All roles as one Typst dictionary: ``#let colours = ("inkt": rgb("#1B2733"), ...)``."""
    pairs = ", ".join(f'"{role}": rgb("{colour}")' for role, colour in _ROLES.items())
    return f"#let colours = ({pairs})\n"


def _star(x: float, y: float, radius: float) -> str:
    corners = []
    for step in range(10):
        reach = radius if step % 2 == 0 else radius * 0.42
        angle = math.radians(-90 + 36 * step)
        corners.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    return path_data(corners, closed=True)


def mark_svg(verdict: Verdict, x: float, y: float, size: float) -> str:
    """Shape of a verdict as one SVG element; the word always stands beside it.

    Parameters
    ----------
    verdict
        Decides colour and shape.
    x, y
        Centre of the shape.
    size
        Width of the box that holds the shape, in the units of the drawing.

    Returns
    -------
    str
    """
    mark, r = MARKS[verdict], size / 2
    match mark.shape:
        case "star":
            return element("path", d=_star(x, y + r * 0.06, r * 1.1), fill=mark.colour)
        case "dot":
            return element("circle", cx=x, cy=y, r=r * 0.8, fill=mark.colour)
        case "triangle_up":
            corners = [(x, y - r * 0.85), (x + r * 0.92, y + r * 0.75), (x - r * 0.92, y + r * 0.75)]
            return element("path", d=path_data(corners, closed=True), fill=mark.colour)
        case "triangle_down":
            corners = [(x, y + r * 0.85), (x + r * 0.92, y - r * 0.75), (x - r * 0.92, y - r * 0.75)]
            return element("path", d=path_data(corners, closed=True), fill=mark.colour)
        case "dash":
            return element("rect", x=x - r * 0.9, y=y - r * 0.2, width=r * 1.8, height=r * 0.4, fill=mark.colour)
        case "ring":
            return element("circle", cx=x, cy=y, r=r * 0.62, fill="none", stroke=mark.colour, stroke_width=r * 0.3)
        case "cross":
            a = r * 0.6
            bars = path_data([(x - a, y - a), (x + a, y + a)]) + path_data([(x - a, y + a), (x + a, y - a)])
            return element("path", d=bars, fill="none", stroke=mark.colour, stroke_width=r * 0.32)
