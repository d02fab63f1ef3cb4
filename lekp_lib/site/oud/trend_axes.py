"""Axes of the trends: shared by all municipalities, so drawn once per range of years and shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from lekp_lib.site.oud.layers import Layer, chart_style, layer_of
from lekp_lib.site.oud.palette import GRID, INK, LINE, SOFT
from lekp_lib.site.oud.text_width import text_width

#: Upper ends of the share axis with the distance of their gridlines, both in percent of the target. Few, so that
#: layers are shared; target + 10 % is the normal one (design.md 5.4, rule 2).
_TOPS = ((110, 25), (160, 50), (210, 50), (320, 100), (520, 100), (1050, 250), (2100, 500), (5250, 1000))

LABEL_SIZE = 8.5


@dataclass(frozen=True, slots=True)
class ShareRange:
    """Ends of the share axis and distance of its gridlines, in percent of the target."""

    low_pct: int
    high_pct: int
    step_pct: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Size of a drawing and the margins around its axes, in points."""

    width_pt: float
    height_pt: float
    left: float
    right: float
    top: float
    bottom: float


def share_range(shares_pct: Iterable[float]) -> ShareRange:
    """Smallest fixed range that holds all shares.

    Parameters
    ----------
    shares_pct
        Shares that are drawn, in percent of the target; negative where a reduction became an increase.

    Returns
    -------
    ShareRange
        From 0, or lower with negative shares, to at least 110 %.
    """
    values = [0.0, 100.0, *shares_pct]
    highest, lowest = max(values), min(values)
    top = next(((high, step) for high, step in _TOPS if highest <= high), None)
    if top is None:
        step = 10 ** len(str(int(highest)))
        top = (step if highest <= step else step * 10, step // 4)
    high, step = top
    while -lowest > 2 * step:
        step *= 2
    return ShareRange(-step * ceil(-lowest / step), high, step)


def year_position(day: dt.date) -> float:
    """Date on the time axis: the end of the day, so that 31 December 2025 is exactly 2026.0 (design.md 4)."""
    days = 366 if day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0) else 365
    return day.year + day.timetuple().tm_yday / days


def first_band(days: Iterable[dt.date]) -> int:
    """First year on the time axis: 2021, or the year of the earliest date.

    A date on 31 December stands at the end of its year, where the next one begins, so it needs no band of its own.
    """
    return min([2021, *(int(year_position(day)) for day in days)])


def percent_label(share_pct: int) -> str:
    """Label on a share axis; whole percents only."""
    sign = "\N{MINUS SIGN}" if share_pct < 0 else ""
    return f"{sign}{abs(share_pct):,}".replace(",", ".") + "\N{NO-BREAK SPACE}%"


def _labelled_years(first_year: int, last_year: int, band_pt: float) -> list[int]:
    """Years that get a label: all when there is room, else every second, third ... counted back from the last."""
    room = text_width("2030", LABEL_SIZE) + 5
    fitting = [step for step in (1, 2, 3, 4, 5, 10, 15, 20) if band_pt * step >= room] or [last_year - first_year + 1]
    step = next((step for step in fitting[:2] if (last_year - first_year) % step == 0), fitting[0])
    return list(range(last_year, first_year - 1, -step))


@lru_cache(maxsize=64)
def trend_layer(frame: Frame, first_year: int, last_year: int, shares: ShareRange) -> Layer:
    """Axes with gridlines, years and the target line at 100 %.

    Parameters
    ----------
    frame
        Size and margins.
    first_year, last_year
        Years on the time axis; each year is a band between two small ticks.
    shares
        Range of the share axis.

    Returns
    -------
    Layer
        Time in years as :func:`year_position`, shares in percent of the target.
    """
    from matplotlib.figure import Figure

    with chart_style():
        figure = Figure(figsize=(frame.width_pt / 72, frame.height_pt / 72))
        figure.patch.set_visible(False)
        axes = figure.add_axes((
            frame.left / frame.width_pt, frame.bottom / frame.height_pt,
            (frame.width_pt - frame.left - frame.right) / frame.width_pt,
            (frame.height_pt - frame.top - frame.bottom) / frame.height_pt,
        ))  # fmt: skip
        axes.patch.set_visible(False)
        axes.set_xlim(first_year, last_year + 1)
        axes.set_ylim(shares.low_pct, shares.high_pct)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        steps = range(shares.low_pct, shares.high_pct + 1, shares.step_pct)
        axes.set_yticks(list(steps), [percent_label(step) for step in steps], fontsize=LABEL_SIZE)
        axes.tick_params(axis="y", length=0, pad=5)
        for step in steps:
            if step not in (0, 100):
                axes.plot([first_year, last_year + 1], [step, step], color=GRID, linewidth=0.8, clip_on=False, zorder=1)
        axes.plot([first_year, last_year + 1], [0, 0], color=LINE, linewidth=1.0, clip_on=False, zorder=2)
        axes.plot([first_year, last_year + 1], [100, 100], color=INK, linewidth=1.3, clip_on=False, zorder=2)
        for label, step in zip(axes.get_yticklabels(), steps, strict=True):
            if step == 100:
                label.set_color(INK)
                label.set_fontweight(600)
        axes.set_xticks(range(first_year, last_year + 2), [""] * (last_year - first_year + 2))
        axes.tick_params(axis="x", length=3, width=0.8, color=LINE)
        band_pt = (frame.width_pt - frame.left - frame.right) / (last_year + 1 - first_year)
        below = shares.low_pct - (shares.high_pct - shares.low_pct) * 13.5 / (
            frame.height_pt - frame.top - frame.bottom
        )
        for year in _labelled_years(first_year, last_year, band_pt):
            axes.text(year + 0.5, below, str(year), ha="center", va="baseline", fontsize=LABEL_SIZE, color=SOFT)
        return layer_of(figure, axes)
