"""Strip of small trends, one per target of a werf, all with the same axes so that they can be compared at a glance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import pandas as pd

from lekp_lib.adapter.models import Point, Verdict
from lekp_lib.errors import BlockError
from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.figure import WIDTH_PT, Figure
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.hatch import hatched_box
from lekp_lib.site.oud.label_placer import Box
from lekp_lib.site.oud.layers import Layer
from lekp_lib.site.oud.palette import INK, SOFT, mark_svg
from lekp_lib.site.oud.text_width import wrapped
from lekp_lib.site.oud.trend import own_line, own_points, path_line
from lekp_lib.site.oud.trend_axes import Frame, first_band, share_range, trend_layer, year_position

_GAP_X, _GAP_Y = 12.0, 12.0
_MOST_COLUMNS = 3
_PLOT_HEIGHT = 92.0
_LEADING = 11.2
_SIZE, _SMALL = 9.5, 8.5


@dataclass(frozen=True, slots=True)
class SmallTrend:
    """One target in the strip.

    Attributes
    ----------
    target_id, name
        Id and display name of the target.
    points
        Points of the assessment; those without a share are not drawn.
    path
        Required path as (date, expected share in percent).
    verdict
        Shape and word under the name.
    summary
        Words behind the verdict: "45 %", or empty.
    no_data
        Words in place of the line when no point has a share.
    """

    target_id: str
    name: str
    points: Sequence[Point]
    path: Sequence[tuple[dt.date, float]]
    verdict: Verdict
    summary: str = ""
    no_data: str = "geen gegevens"


def _panel(trend: SmallTrend, layer: Layer, frame: Frame, name: Sequence[str], name_rows: int) -> str:
    """Name, verdict and small trend; the plots of a row stand at the same height."""
    first = name_rows - len(name)
    parts = [
        draw.text(line, 0, 9 + _LEADING * (first + number), size=_SIZE, weight=600, fill=INK)
        for number, line in enumerate(name)
    ]
    y = _LEADING * name_rows
    parts.append(mark_svg(trend.verdict, 4.5, y + 5.5, 9))
    words = f"{trend.verdict.value}, {trend.summary}" if trend.summary else trend.verdict.value
    parts.append(draw.text(words, 12, y + 8.5, size=_SMALL, fill=SOFT))
    points = own_points(trend.points)
    plot = [layer.svg]
    if trend.path:
        plot.append(path_line([(layer.x(year_position(day)), layer.y(share)) for day, share in trend.path], 1.5))
    if points:
        plot.append(own_line(points, layer, 2.2, 2.6))
    else:
        area = Box(frame.left, layer.y(100), frame.width_pt - frame.right, layer.y(0))
        plot.append(hatched_box(area, trend.no_data, _SIZE))
    parts.append(draw.group(*plot, transform=f"translate(0 {draw.num(y + _LEADING + 3)})"))
    return draw.group(*parts)


def small_multiples_figure(
    trends: Sequence[SmallTrend], text: FigureText, id_prefix: str, *, banner: str = ""
) -> Figure:
    """Small trends of a werf: share of the target per year, solid, against the required path, dotted.

    Parameters
    ----------
    trends
        One per target, in official order.
    text
        Title, subtitle, text alternative and source.
    id_prefix
        Unique on the page.
    banner
        Words that stay with the drawing.

    Returns
    -------
    Figure

    Raises
    ------
    BlockError
        When there is no trend, or words are wider than a panel.
    """
    if not trends:
        raise BlockError("strip of small trends without trends; expected one per target of the werf")
    columns = 2 if len(trends) in (2, 4) else min(len(trends), _MOST_COLUMNS)
    width = (WIDTH_PT - _GAP_X * (columns - 1)) / columns if columns > 1 else WIDTH_PT / 2
    frame = Frame(width, _PLOT_HEIGHT, left=32.0, right=6.0, top=6.0, bottom=19.0)
    shares = [point.share_pct for trend in trends for point in trend.points if point.share_pct is not None]
    days = [day for trend in trends for day, _ in trend.path]
    days += [point.date for trend in trends for point in trend.points if point.share_pct is not None]
    paths = [share for trend in trends for _, share in trend.path]
    years = [day.year for day in days]
    layer = trend_layer(frame, first_band(days), max([2030, *years]), share_range([*shares, *paths]))
    names = [wrapped(trend.name, width - 2, _SIZE, 600) for trend in trends]
    parts, y = [], 0.0
    for row in range(ceil(len(trends) / columns)):
        members = range(row * columns, min((row + 1) * columns, len(trends)))
        name_rows = max(len(names[index]) for index in members)
        for index in members:
            place = f"translate({draw.num((index - row * columns) * (width + _GAP_X))} {draw.num(y)})"
            panel = _panel(trends[index], layer, frame, names[index], name_rows)
            parts.append(draw.group(panel, transform=place))
        y += _LEADING * (name_rows + 1) + 3 + _PLOT_HEIGHT + _GAP_Y
    rows = [(t.target_id, p.date, p.value, p.share_pct, p.status.value) for t in trends for p in t.points]
    data = pd.DataFrame(rows, columns=["target_id", "date", "value", "share_pct", "status"])
    return Figure(
        "".join(parts), WIDTH_PT, y - _GAP_Y, text, "small-multiples", id_prefix=id_prefix, data=data, banner=banner
    )
