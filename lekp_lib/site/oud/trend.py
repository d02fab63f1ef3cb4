"""Trend of one target against the required path: what was done, what was asked, where the present pace leads.

The axes are a prepared layer; the lines and words of the municipality are laid over it. No label covers another one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

import pandas as pd

from lekp_lib.adapter.models import Assessment, Point
from lekp_lib.edition.models import Status
from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.figure import WIDTH_PT, Figure
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.hatch import hatched_box
from lekp_lib.site.oud.label_placer import Box, place_near, stack
from lekp_lib.site.oud.layers import Layer
from lekp_lib.site.oud.palette import ACCENT, INK, OWN, PAPER, SOFT
from lekp_lib.site.oud.text_width import text_width, wrapped
from lekp_lib.site.oud.trend_axes import Frame, first_band, share_range, trend_layer, year_position

_FRAME = Frame(WIDTH_PT, 138.0, left=40.0, right=150.0, top=9.0, bottom=22.0)
_LABEL_GAP = 8.0
_LEADING = 10.8
#: Widths at which the label of the newest figure is broken into lines; narrower only where a wider one covers a dot.
_LABEL_WIDTHS_PT = (150, 110, 80)
_HEAD_SIZE, _DETAIL_SIZE = 9.0, 8.5
_UNCERTAIN = (Status.PROVISIONAL, Status.ESTIMATED)
#: With more points than this, in some ten years, dots would lie on each other.
_MOST_DOTS = 24
_CROSS, _RING = 3.2, 6.4


@dataclass(frozen=True, slots=True)
class TrendLabels:
    """Finished Dutch words beside the lines; an empty text is left out.

    Attributes
    ----------
    target
        At the target line: "doel 2030: 9.500 bomen".
    path_title, path_detail
        At the end of the required path: "vereist pad", "nog 1.038 bomen per jaar nodig".
    pace_title, pace_detail
        At the end of the line at present pace: "bij huidig tempo", "700 per jaar: 7.810 in 2030 of 82 % van het doel".
    current
        At the newest figure: "4.310 bomen".
    uncertain
        What an open dot means; shown only when there is one.
    corrected, original
        What a ring and a cross mean; each is shown only when there is one.
    no_data
        Words over the hatch when there is no figure.
    """

    target: str
    path_title: str = "vereist pad"
    path_detail: str = ""
    pace_title: str = "bij huidig tempo"
    pace_detail: str = ""
    current: str = ""
    uncertain: str = "Open bolletje: voorlopig of geschat cijfer."
    corrected: str = "Bolletje met ring: door de gemeente gecorrigeerd."
    original: str = "Kruisje: het cijfer van de bron."
    no_data: str = "geen gegevens"


@dataclass(frozen=True, slots=True)
class _EndLabel:
    """Label right of the axes: lines of text with their look, and the height of the line it belongs to."""

    rows: tuple[tuple[str, float, int, str], ...]
    line_y: float


def own_points(points: Sequence[Point]) -> list[tuple[float, float, Point]]:
    """Points with a share, as (position in years, share in percent, point), oldest first."""
    known = sorted((point for point in points if point.share_pct is not None), key=lambda point: point.date)
    return [(year_position(point.date), point.share_pct, point) for point in known if point.share_pct is not None]


def _with_dot(points: Sequence[tuple[float, float, Point]]) -> list[bool]:
    """Whether each point gets a dot: all, or the last of a year and what is uncertain when they would hide the line."""
    if len(points) <= _MOST_DOTS:
        return [True] * len(points)
    last = {point.date.year: point for _, _, point in points}
    return [last[point.date.year] is point or point.status in _UNCERTAIN for _, _, point in points]


def own_line(points: Sequence[tuple[float, float, Point]], layer: Layer, width: float, radius: float) -> str:
    """Solid line through all points, with dots; open dots for provisional and estimated figures."""
    places = [(layer.x(year), layer.y(share)) for year, share, _ in points]
    parts = []
    if len(places) > 1:
        parts.append(draw.element("path", d=draw.path_data(places), fill="none", stroke=OWN, stroke_width=width))
    for (x, y), (_, _, point), shown in zip(places, points, _with_dot(points), strict=True):
        if not shown:
            continue
        is_open = point.status in _UNCERTAIN
        parts.append(draw.element("circle", cx=x, cy=y, r=radius + 1.2, fill=PAPER))
        parts.append(
            draw.element(
                "circle",
                cx=x,
                cy=y,
                r=radius - 0.7 if is_open else radius,
                fill=PAPER if is_open else OWN,
                stroke=OWN if is_open else None,
                stroke_width=1.6 if is_open else None,
            )
        )
    return draw.group(*parts, stroke_linejoin="round")


def corrected_shares(assessment: Assessment) -> list[tuple[float, float, float]]:
    """Corrected figures as (position in years, share in percent, share before in percent)."""
    found = []
    for point in assessment.points:
        original, level = point.observation.original, assessment.level
        if original is None or point.share_pct is None:
            continue
        before = original if point.value is None else 100 * original / level.exact if level else None
        if before is not None:
            found.append((year_position(point.date), point.share_pct, before))
    return found


def rings(places: Sequence[tuple[float, float]]) -> str:
    """Rings around the dots of corrected figures."""
    return draw.group(*(draw.element("circle", cx=x, cy=y, r=_RING, fill="none", stroke=OWN) for x, y in places))


def crosses(places: Sequence[tuple[float, float]]) -> str:
    """Crosses at points of the drawing: figures of the source that were corrected."""
    strokes = []
    for x, y in places:
        strokes += [
            draw.line(x - _CROSS, y - _CROSS, x + _CROSS, y + _CROSS, stroke=SOFT, stroke_width=1.4),
            draw.line(x - _CROSS, y + _CROSS, x + _CROSS, y - _CROSS, stroke=SOFT, stroke_width=1.4),
        ]
    return draw.group(*strokes)


def path_line(places: Sequence[tuple[float, float]], width: float) -> str:
    """Required path: dotted."""
    return draw.element(
        "path", d=draw.path_data(places), fill="none", stroke=INK, stroke_width=width, stroke_linecap="round",
        stroke_dasharray=f"0 {draw.num(width * 2.4)}",
    )  # fmt: skip


def _rows(head: str, detail: str, colour: str, soft: str) -> tuple[tuple[str, float, int, str], ...]:
    room = _FRAME.right - _LABEL_GAP
    return tuple(
        [(row, _HEAD_SIZE, 600, colour) for row in wrapped(head, room, _HEAD_SIZE, 600)]
        + [(row, _DETAIL_SIZE, 400, soft) for row in wrapped(detail, room, _DETAIL_SIZE)]
    )


def _end_labels(labels: Sequence[_EndLabel], edge: float) -> str:
    """Labels right of the axes, kept apart; one that had to move gets a thin line to its own line end."""
    ordered = sorted((label for label in labels if label.rows), key=lambda label: label.line_y)
    heights = [_LEADING * len(label.rows) for label in ordered]
    wanted = [label.line_y - _LEADING / 2 for label in ordered]
    tops = stack(wanted, heights, 0.5, _FRAME.height_pt - 1.5, gap=3.0)
    parts = []
    for label, top in zip(ordered, tops, strict=True):
        middle = top + _LEADING / 2
        if abs(middle - label.line_y) > 3:
            parts.append(
                draw.line(edge + 1, label.line_y, edge + _LABEL_GAP - 1.5, middle, stroke=SOFT, stroke_width=0.7)
            )
        for number, (words, size, weight, fill) in enumerate(label.rows):
            baseline = top + _LEADING * number + 8.2
            parts.append(draw.text(words, edge + _LABEL_GAP, baseline, size=size, weight=weight, fill=fill))
    return draw.group(*parts)


def _current_label(
    rows: Sequence[str],
    places: Sequence[tuple[float, float]],
    others: Sequence[Sequence[tuple[float, float]]],
    area: Box,
) -> str:
    """Name and newest value beside the newest dot, clear of lines and dots; narrower where the wide form covers one."""
    dots = [Box(x - 5, y - 5, x + 5, y + 5) for x, y in places]
    lines = [(50.0, places), *((10.0, points) for points in others)]
    forms: list[tuple[int, Sequence[str], float, Box]] = []
    for most in _LABEL_WIDTHS_PT:
        shown = [part for row in rows for part in wrapped(row, most, _HEAD_SIZE, 600)]
        if not shown:
            return ""
        width = max(text_width(row, _HEAD_SIZE, 600) for row in shown)
        box = place_near(places[-1], width, _LEADING * len(shown), area, lines, dots)
        forms.append((sum(box.overlaps(dot) for dot in dots), shown, width, box))
        if not forms[-1][0]:
            break
    _, rows, width, box = min(forms, key=lambda form: form[0])
    ground = draw.element(
        "rect", x=box.left - 1, y=box.top, width=width + 2, height=_LEADING * len(rows), fill=PAPER, fill_opacity=0.85
    )
    words = [
        draw.text(row, box.left, box.top + _LEADING * number + 8.2, size=_HEAD_SIZE, weight=600, fill=ACCENT)
        for number, row in enumerate(rows)
    ]
    x, y = places[-1]
    near_x, near_y = box.grown(1.5).nearest((x, y))
    away = hypot(near_x - x, near_y - y)
    leader = ""
    if away > 14:
        start = (x + (near_x - x) * 5 / away, y + (near_y - y) * 5 / away)
        leader = draw.line(*start, near_x, near_y, stroke=ACCENT, stroke_width=0.7)
    return draw.group(ground, leader, *words)


def trend_data(points: Sequence[Point]) -> pd.DataFrame:
    """Figures behind a trend.

    Parameters
    ----------
    points
        Points of one assessment.

    Returns
    -------
    pandas.DataFrame
        Columns ``date``, ``value``, ``share_pct``, ``expected_pct``, ``status``, ``original``.
    """
    rows = [
        (point.date, point.value, point.share_pct, point.expected_pct, point.status.value, point.observation.original)
        for point in points
    ]
    return pd.DataFrame(rows, columns=["date", "value", "share_pct", "expected_pct", "status", "original"])


def trend_figure(
    assessment: Assessment,
    text: FigureText,
    path: Sequence[tuple[dt.date, float]],
    place: str,
    id_prefix: str,
    labels: TrendLabels,
    *,
    banner: str = "",
) -> Figure:
    """Line of one municipality against the required path.

    Parameters
    ----------
    assessment
        Gives the points and, with enough of them, the projection.
    text
        Title, subtitle, text alternative and source.
    path
        Required path as (date, expected share in percent), in order of date; empty when there is none.
    place
        Name of the municipality, at its newest figure.
    id_prefix
        Unique on the page.
    labels
        Words beside the lines.
    banner
        Words that stay with the drawing ("Voorbeeldeditie: fictieve cijfers").

    Returns
    -------
    Figure

    Raises
    ------
    BlockError
        When texts are missing, or the words are too long to stand beside the lines.
    """
    points = own_points(assessment.points)
    pace = assessment.pace
    goal = None
    if points and pace and pace.projected_pct is not None and pace.projected_on is not None:
        goal = (year_position(pace.projected_on), pace.projected_pct)
    required = [(year_position(day), share) for day, share in path]
    changed = corrected_shares(assessment)
    shares = [share for _, share, _ in points] + [share for _, share in required] + ([goal[1]] if goal else [])
    shares += [before for _, _, before in changed]
    days = [point.date for _, _, point in points] + [day for day, _ in path]
    first_year = first_band(days)
    last_year = max([2030, *(day.year for day in days), *([int(goal[0] - 1e-9)] if goal else [])])
    layer = trend_layer(_FRAME, first_year, last_year, share_range(shares))

    edge = _FRAME.width_pt - _FRAME.right
    parts = [layer.svg]
    ends = [_EndLabel(_rows(labels.target, "", INK, SOFT), layer.y(100))]
    lines: list[list[tuple[float, float]]] = [[(_FRAME.left, layer.y(100)), (edge, layer.y(100))]]
    if required:
        lines.append([(layer.x(year), layer.y(share)) for year, share in required])
        parts.append(path_line(lines[-1], 1.9))
        ends.append(_EndLabel(_rows(labels.path_title, labels.path_detail, INK, SOFT), lines[-1][-1][1] + 0.01))
    if not points:
        area = Box(_FRAME.left, layer.y(100), edge, layer.y(0))
        parts.append(hatched_box(area, labels.no_data, 10.0))
    places = [(layer.x(year), layer.y(share)) for year, share, _ in points]
    # A cross that would lie under its own dot says nothing; sentence and table have the number.
    apart = [
        (year, before) for year, share, before in changed if abs(layer.y(share) - layer.y(before)) > _RING + _CROSS
    ]
    sources = [(layer.x(year), layer.y(before)) for year, before in apart]
    if goal:
        lines.append([places[-1], (layer.x(goal[0]), layer.y(goal[1]))])
        dashed = draw.path_data(lines[-1])
        parts.append(draw.element("path", d=dashed, fill="none", stroke=OWN, stroke_width=2, stroke_dasharray="7 4"))
        ends.append(_EndLabel(_rows(labels.pace_title, labels.pace_detail, ACCENT, ACCENT), lines[-1][-1][1] + 0.02))
    if points:
        parts.append(crosses(sources))
        parts.append(own_line(points, layer, width=3.0, radius=3.6))
        parts.append(rings([(layer.x(year), layer.y(share)) for year, share, _ in changed]) if changed else "")
        status = points[-1][2].status
        rows = [place, labels.current, f"({status.value})" if status in _UNCERTAIN else ""]
        area = Box(_FRAME.left + 3, 0.5, edge - 2, _FRAME.height_pt - _FRAME.bottom - 1)
        parts.append(_current_label(rows, places, lines, area))
    parts.append(_end_labels(ends, edge))
    height = _FRAME.height_pt
    uncertain = labels.uncertain if any(point.status in _UNCERTAIN for _, _, point in points) else ""
    told = (uncertain, labels.corrected if changed else "", labels.original if sources else "")
    legend = [words for words in (uncertain, " ".join(words for words in told[1:] if words)) if words]
    for row in (row for words in legend for row in wrapped(words, WIDTH_PT - _FRAME.left, 8.5)):
        parts.append(draw.text(row, _FRAME.left, height + 9, size=8.5, fill=SOFT))
        height += 11
    height += 1 if legend else 0
    data = trend_data(assessment.points)
    return Figure("".join(parts), WIDTH_PT, height, text, "trend", id_prefix=id_prefix, data=data, banner=banner)
