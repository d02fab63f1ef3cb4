"""Charts in plain matplotlib, each as a base layer for many municipalities and an own layer for one.

Nothing here makes a sentence or judges: texts and values come in. What could collide has a fixed place beside the axes.
"""

import datetime as dt
import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from lekp_lib.present import theme
from lekp_lib.present.format import short_number

#: ``wide`` for paper and a wide screen, ``narrow`` for a telephone, ``small`` beside a text.
Size = Literal["wide", "narrow", "small"]
#: Steps of a required path: date and share of the level that it asks for then.
PathSteps = tuple[tuple[dt.date, float], ...]

_PT_PER_MM = 72 / 25.4
_DOTTED, _DASHED = (0, (1, 1.6)), (0, (4, 2))
_ROW_MM = 4.2  # between two lines of words


class TrendTexts(NamedTuple):
    """Words of a trend, made by the caller.

    Parameters
    ----------
    own
        At the newest figure: "Gent: 23.207 bomen (9 %)".
    level
        At the level: "doel 2030: 263.927 bomen".
    path
        At the required path.
    pace
        Where the present pace leads; empty without a line for it.
    """

    own: str
    level: str = ""
    path: str = ""
    pace: str = ""


def year_position(date: dt.date) -> float:
    """Place of a day on an axis of years: the last day of 2025 stands at 2026.0."""
    first = dt.date(date.year, 1, 1)
    return date.year + ((date - first).days + 1) / ((dt.date(date.year + 1, 1, 1) - first).days)


# ---- trend -----------------------------------------------------------------------------------------------------------

_TREND: Mapping[str, theme.Frame] = {
    "wide": theme.Frame(174, 32, left=18, right=62, top=6, bottom=4.8),
    "narrow": theme.Frame(84, 55, left=15, right=3, top=7, bottom=5.5 + 3 * _ROW_MM),
    "small": theme.Frame(84, 48, left=15, right=3, top=7, bottom=5.5 + 3 * _ROW_MM),
}


def trend(
    points: pd.DataFrame, texts: TrendTexts, *, level: float | None, path: PathSteps = (),
    pace_per_year: float | None = None, size: Size = "wide",
) -> theme.Drawing:  # fmt: skip
    """Figures of one place against the level and the required path, in the unit of the target.

    Parameters
    ----------
    points
        One row per figure, oldest first: ``reference_date`` and ``value``; ``judged`` (bool) where not all are.
    texts
        Words beside the plot.
    level
        What is to be reached; ``None`` when nothing is.
    path
        Date and share of the level for each step of the required path, from its start to the deadline.
    pace_per_year
        Slope of the line at present pace; ``None`` leaves it out.
    size
        Variant.

    Returns
    -------
    Drawing
    """
    dates = [day.date() if isinstance(day, pd.Timestamp) else day for day in points["reference_date"]]
    scale = level or max(points["value"].abs().max(), 1)
    span = _trend_span([value / scale for value in points["value"]], dates, path)
    frame = _TREND[size]
    return theme.Drawing(
        frame,
        ("trend", path, bool(level), span, size),
        lambda ax: _trend_base(ax, path, span, size, scale, bool(level)),
        lambda ax: _trend_own(ax, points, texts, level, path, pace_per_year, span, size),
    )


class Span(NamedTuple):
    """Window of a trend: years, and shares of the level (of the largest figure where there is no level)."""

    first: float
    last: float
    low: float
    high: float


#: Heights of a trend as a share of the level: few, so that many municipalities share one base.
_HEIGHTS = (1.06, 1.15, 1.3, 1.5, 1.75, 2, 2.5, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100)


def _trend_span(shares: Sequence[float], dates: Sequence[dt.date], path: PathSteps) -> Span:
    """The smallest window of the ladder that holds all figures and the path."""
    ends = [*map(year_position, dates), *(year_position(day) for day, _ in path)]
    begins = [year_position(day) - 1 for day in dates] + [year_position(day) for day, _ in path]
    first, last = math.floor(min(begins) + 1e-6), math.ceil(max(ends) - 1e-6)
    reach = max([1.0, *shares])
    high = next((step for step in _HEIGHTS if step >= reach * 1.03 or step == _HEIGHTS[0] > reach * 1.01), reach * 1.1)
    depth = -min([0.0, *shares])
    low = next((step for step in (0, 0.1, 0.25, 0.5, 1, 2, 5, 10) if step >= depth), depth * 1.1)
    return Span(first, max(last, first + 2), -float(low), float(high))


def _trend_base(ax: Axes, path: PathSteps, span: Span, size: Size, level: float, with_level: bool) -> None:
    """Years, level line and required path."""
    ax.set(xlim=(span.first, span.last), ylim=(span.low * level, span.high * level))
    ax.set_axis_off()
    years, (width_mm, height_mm) = range(int(span.first), int(span.last)), _TREND[size].plot
    step = next(step for step in (1, 2, 3, 5, 10, 20) if step * width_mm / len(years) >= 8.5)
    mm = (span.high - span.low) * level / height_mm
    for year in years[::step]:
        theme.words(ax, year + 0.5, span.low * level - mm, str(year), ha="center", va="top", color=theme.SOFT)
    theme.strokes(ax, [[(span.first, 0), (span.last, 0)]], theme.LINE, 1)
    theme.strokes(ax, [[(year, 0), (year, 0.7 * mm)] for year in years[1:]], theme.LINE, 0.6)
    if with_level:
        theme.strokes(ax, [[(span.first, level), (span.last, level)]], theme.INK, 1.5)
    if path and with_level:
        theme.strokes(ax, [[(year_position(day), share * level) for day, share in path]], theme.INK, 1.4, ls=_DOTTED)


def _trend_own(
    ax: Axes, points: pd.DataFrame, texts: TrendTexts, level: float | None, path: PathSteps,
    pace_per_year: float | None, span: Span, size: Size,
) -> None:  # fmt: skip
    """Axis in the unit of the target, figures, present pace, and all words."""
    values = points["value"].to_numpy(float)
    xs = np.array([year_position(day) for day in points["reference_date"]])
    judged = points["judged"].to_numpy(bool) if "judged" in points else np.ones(len(xs), bool)
    newest = int(np.flatnonzero(judged)[-1]) if judged.any() else -1
    x, value = xs[newest], values[newest]
    scale = level or max(abs(values).max(), 1)
    ax.set(xlim=(span.first, span.last), ylim=(span.low * scale, span.high * scale))
    _unit_axis(ax, span, scale, level, size)
    words = []
    if level:
        words = [_Word(level, texts.level, theme.INK, "-", bold=True)]
    if level and path:
        words.append(_Word(level * path[-1][1] * 0.999, texts.path, theme.INK, _DOTTED))
    end = year_position(path[-1][0]) if path else x
    if pace_per_year is not None and texts.pace:
        there = value + pace_per_year * (end - x)
        shown = min(max(there, span.low * scale), span.high * scale)
        stop = end if shown == there else x + (shown - value) / pace_per_year
        theme.strokes(ax, [[(x, value), (stop, shown)]], theme.OWN, 1.6, ls=_DASHED)
        words.append(_Word(shown, texts.pace, theme.ACCENT, _DASHED, x=stop))
    _own_points(ax, xs, values, judged)
    _flag(ax, x, value, texts.own, size)
    words = [word for word in words if word.text]
    (_words_beside if size == "wide" else _words_below)(ax, words, _TREND[size])


def _unit_axis(ax: Axes, span: Span, scale: float, level: float | None, size: Size) -> None:
    """Grid and labels in round numbers of the unit."""
    low, high = span.low * scale, span.high * scale
    locator = MaxNLocator(4 if size == "wide" else 3, steps=[1, 2, 2.5, 5, 10])
    ticks = [tick for tick in locator.tick_values(low, high) if low <= tick <= high * 1.001]
    left = span.first - (span.last - span.first) * 1.6 / _TREND[size].plot[0]
    free = [tick for tick in ticks if tick and not (level and math.isclose(tick, level))]  # the level has its own line
    theme.strokes(ax, [[(span.first, tick), (span.last, tick)] for tick in free], theme.GRID, 0.6, zorder=0.5)
    for tick in ticks:
        theme.words(ax, left, tick, short_number(tick), ha="right", va="center_baseline", color=theme.SOFT)


def _own_points(ax: Axes, xs: np.ndarray, values: np.ndarray, judged: np.ndarray) -> None:
    """A line through the judged figures; figures of other sources are open circles of their own."""
    circle: dict[str, Any] = {"marker": "o", "color": theme.OWN, "ms": 5.5, "zorder": 5}
    if judged.any():
        theme.points(ax, xs[judged], values[judged], lw=2.4, **circle)
    if not judged.all():
        theme.points(ax, xs[~judged], values[~judged], ls="none", mfc=theme.PAPER, mew=1.4, **circle)


class _Word(NamedTuple):
    """Words about a line: its height, how it is drawn, and where it ends."""

    y: float
    text: str
    colour: str
    line: Any
    bold: bool = False
    x: float | None = None


def _flag(ax: Axes, x: float, y: float, text: str, size: Size) -> None:
    """Words above the plot with a thin line to the newest figure."""
    frame, (left, right), (_, top) = _TREND[size], ax.get_xlim(), ax.get_ylim()
    per_mm = (right - left) / frame.plot[0]
    high = (top - ax.get_ylim()[0]) / frame.plot[1]
    size_pt = theme.FONT_SIZE_PT + 0.5
    half = (theme.text_width_pt(text, size_pt, bold=True) / 2 + 1) / _PT_PER_MM * per_mm
    edge_left, edge_right = left - frame.left * per_mm + half, right + frame.right * per_mm - half
    theme.strokes(ax, [[(x, y), (x, top + 2 * high)]], theme.ACCENT, 0.7, zorder=4)
    middle, foot = max(min(x, edge_right), edge_left), top + 2.6 * high
    theme.words(ax, middle, foot, text, ha="center", va="bottom", weight=600, size=size_pt, color=theme.ACCENT)


def _words_beside(ax: Axes, words: Sequence[_Word], frame: theme.Frame) -> None:
    """Words right of the plot at the height of their line, pushed apart, each with a thin line to its end."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    row, per_mm = _ROW_MM * (high - low) / frame.plot[1], (right - left) / frame.plot[0]
    words = sorted(words, key=lambda word: -word.y)
    texts = [_wrapped(word.text, (frame.right - 3.5) * _PT_PER_MM, bold=word.bold) for word in words]
    halves = [row * (1 + text.count("\n")) / 2 for text in texts]
    spots: list[float] = []
    for word, half in zip(words, halves, strict=True):
        spots.append(min([word.y, *(spots[-1] - halves[len(spots) - 1] - half for _ in spots[-1:])]))
    floor = low
    for place in reversed(range(len(spots))):  # what was pushed below the axis pushes the others up again
        spots[place] = max(spots[place], floor + halves[place] * 0.9)
        floor = spots[place] + halves[place] * 1.1
    ends = [right if word.x is None else word.x for word in words]
    leads = [[(end, word.y), (right + 2.4 * per_mm, y)] for end, word, y in zip(ends, words, spots, strict=True)]
    theme.strokes(ax, leads, theme.LINE, 0.6)
    for word, text, spot in zip(words, texts, spots, strict=True):
        weight = 600 if word.bold else 400
        theme.words(ax, right + 3 * per_mm, spot, text, color=word.colour, weight=weight, va="center", linespacing=1.05)


def _wrapped(text: str, room_pt: float, *, bold: bool) -> str:
    """Words in as few lines as fit the room; a no-break space holds."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and theme.text_width_pt(longer, bold=bold) > room_pt:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def _words_below(ax: Axes, words: Sequence[_Word], frame: theme.Frame) -> None:
    """Words under the years, each after a piece of its line."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    x_mm, y_mm = (right - left) / frame.plot[0], (high - low) / frame.plot[1]
    for row, word in enumerate(words):
        y = low - (8 + _ROW_MM * row) * y_mm
        begin = left - (frame.left - 1) * x_mm
        colour = theme.OWN if word.line == _DASHED else word.colour
        theme.strokes(ax, [[(begin, y), (begin + 8 * x_mm, y)]], colour, 1.5, ls=word.line)
        weight = 600 if word.bold else 400
        theme.words(ax, begin + 9.5 * x_mm, y, word.text, color=word.colour, weight=weight, va="center_baseline")


# ---- place among all municipalities ----------------------------------------------------------------------------------


class Lane(NamedTuple):
    """One row under the dots.

    Parameters
    ----------
    kind
        ``own``, ``required``, ``level`` or ``median``.
    value
        Rate.
    figure
        The rate as it is printed: "0,24".
    text
        What it is: "mediaan Vlaanderen (n = 270)".
    """

    kind: Literal["own", "required", "level", "median"]
    value: float
    figure: str
    text: str


_DOT_ZONE_MM = {"wide": 10.5, "narrow": 15}
_LANE_MM = {"wide": 3.7, "narrow": 8.0}
_AXIS_MM = 4.8
_DOT_SIDES: Mapping[str, tuple[float, float, float]] = {"wide": (174, 18, 62), "narrow": (84, 6, 3)}


def _dots_frame(lanes: int, size: Size) -> theme.Frame:
    width, left, right = _DOT_SIDES[size]
    top = 1 if size == "wide" else _ROW_MM + 2
    return theme.Frame(width, _DOT_ZONE_MM[size] + _LANE_MM[size] * lanes + _AXIS_MM + top, left, right, top, _AXIS_MM)


def dots(
    rates: Sequence[float], lanes: Sequence[Lane], *, yardstick: float, below_text: str = "", above_text: str = "",
    size: Size = "wide",
) -> theme.Drawing:  # fmt: skip
    """One dot per municipality along a rate, and under them a lane for each value to compare with.

    Parameters
    ----------
    rates
        Of all municipalities that can be compared, the own one included.
    lanes
        First those of the own municipality (own, required, level), then the medians, Flanders first.
    yardstick
        Rate that the axis holds at least: the level of the pact.
    below_text, above_text
        Words about the dots below 0 and beyond the right end: "onder 0: 8"; see :func:`beyond`.
    size
        ``wide`` or ``narrow``.

    Returns
    -------
    Drawing
    """
    values = tuple(sorted(rates))
    shared = [lane for lane in lanes if lane.kind == "median"][:1]
    frame, first = _dots_frame(len(lanes), size), lanes.index(shared[0]) if shared else len(lanes)
    edge_texts, total, end = (below_text, above_text), len(lanes), axis_end(values, yardstick)
    rest = [(place, lane) for place, lane in enumerate(lanes) if lane not in shared]
    sha256 = hashlib.sha256(np.array(values).tobytes()).hexdigest()  # some 300 numbers take longer to write out
    return theme.Drawing(
        frame,
        ("dots", sha256, yardstick, tuple(shared), first, total, below_text, above_text, size),
        lambda ax: _dots_base(ax, values, end, list(enumerate(shared, first)), total, edge_texts, size),
        lambda ax: _draw_lanes(ax, rest, total, end, size),
    )


def axis_end(rates: Sequence[float], yardstick: float) -> float:
    """Right end of the axis: a little beyond the level, or where one in twenty is further."""
    ordered = sorted(rates)
    return max(yardstick * 1.1, ordered[int(0.95 * len(ordered))] * 1.02 if ordered else 0) or 1.0


def beyond(rates: Sequence[float], yardstick: float) -> tuple[int, int, float]:
    """How many municipalities stand below 0 and beyond the right end of the axis, and where it ends."""
    end = axis_end(rates, yardstick)
    return sum(rate < 0 for rate in rates), sum(rate > end for rate in rates), end


def _stacked(rates: Sequence[float], end: float, width_mm: float, height_mm: float) -> tuple[np.ndarray, float]:
    """Number of dots per column, and the distance between two: the largest whose stacks fit, save at the ends."""
    shares = np.clip(np.array(rates, dtype=float) / end, 0, 1)
    for columns in range(60, 130, 2):
        pitch = width_mm / columns
        counts = np.bincount(np.minimum((shares * columns).astype(int), columns - 1), minlength=columns)
        if counts[1:-1].max() * pitch <= height_mm:
            break
    return counts, pitch


def _draw_dots(ax: Axes, counts: np.ndarray, pitch: float, baseline: float, height_mm: float) -> None:
    """Stacks of dots on the baseline; one that is too high is a bar, at the left end with its number beside it."""
    x, foot = (np.arange(len(counts)) + 0.5) * pitch, baseline + 0.6 * pitch
    low = (counts > 0) & (counts * pitch <= height_mm)
    columns = np.column_stack([x, np.full(len(x), foot), counts])
    theme.dot_stacks(ax, columns[low], pitch, pitch * _PT_PER_MM, theme.OTHERS)
    bars = [[(at, foot), (at, baseline + height_mm)] for at in x[counts * pitch > height_mm]]
    theme.strokes(ax, bars, theme.OTHERS, theme.DOT_SHARE * pitch * _PT_PER_MM, capstyle="round", zorder=1)
    if counts[0] * pitch > height_mm:
        theme.words(ax, -0.6, baseline + height_mm, str(counts[0]), ha="right", va="top", color=theme.SOFT)


def _dots_base(
    ax: Axes, rates: Sequence[float], end: float, lanes: Sequence[tuple[int, Lane]], total: int,
    edge_texts: tuple[str, str], size: Size,
) -> None:  # fmt: skip
    """Dots of all municipalities, axis, words at its ends, and the lane that all share."""
    width, height = _dots_limits(ax, total, size)
    baseline = height - _DOT_ZONE_MM[size]
    locator = MaxNLocator(5 if size == "wide" else 4, steps=[1, 2, 2.5, 5, 10])
    ticks = {tick / end * width: short_number(tick) for tick in locator.tick_values(0, end) if 0 <= tick <= end}
    theme.strokes(ax, [[(x, 0), (x, baseline if size == "wide" else 1)] for x in ticks], theme.GRID, 0.6, zorder=0.5)
    for x, label in ticks.items():
        theme.words(ax, x, -1, label, ha="center", va="top", color=theme.SOFT)
    room = _DOT_ZONE_MM[size] - 1
    _draw_dots(ax, *_stacked(rates, end, width, room), baseline, room)
    theme.strokes(ax, [[(0, baseline), (width, baseline)]], theme.LINE, 1)
    heights = [_lane_y(row, total, size) for row in range(total)]
    theme.strokes(ax, [[(0, y), (width, y)] for y in heights], theme.GRID, 0.7, zorder=0.6)
    if size == "wide":
        theme.words(ax, -1.5, baseline + 0.3, edge_texts[0], ha="right", va="bottom", color=theme.SOFT)
        theme.words(ax, width + 3, baseline + 0.3, edge_texts[1], va="bottom", color=theme.SOFT)
    else:
        theme.words(ax, 0, height + 0.5, edge_texts[0], va="bottom", color=theme.SOFT)
        theme.words(ax, width, height + 0.5, edge_texts[1], ha="right", va="bottom", color=theme.SOFT)
    _draw_lanes(ax, lanes, total, end, size)


def _dots_limits(ax: Axes, total: int, size: Size) -> tuple[float, float]:
    width, height = _dots_frame(total, size).plot
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.set_axis_off()
    return width, height


_LANE_COLOURS = {"own": theme.ACCENT, "required": theme.INK, "level": theme.INK, "median": theme.SOFT}
_LANE_LINES: Mapping[str, tuple[str, float, Any]] = {
    "own": (theme.OWN, 1.6, "-"), "required": (theme.INK, 1.2, _DOTTED), "level": (theme.INK, 1.5, "-"),
}  # fmt: skip


def _lane_y(row: int, total: int, size: Size) -> float:
    """Height of the line of a lane in millimetres."""
    top = _dots_frame(total, size).plot[1] - _DOT_ZONE_MM[size]
    return top - _LANE_MM[size] * row - (2.2 if size == "wide" else 6)


def _draw_lanes(ax: Axes, lanes: Sequence[tuple[int, Lane]], total: int, end: float, size: Size) -> None:
    """Words beside each lane, or above it when narrow; a mark at each value, own values with a line to the dots."""
    width, height = _dots_limits(ax, total, size)
    medians = []
    for row, lane in lanes:
        y = _lane_y(row, total, size)
        left, words_y = (width + 3, y) if size == "wide" else (0, y + 3.4)
        words = (2 * "\N{NO-BREAK SPACE}").join(filter(None, (lane.figure, lane.text)))
        weight = 600 if lane.kind == "own" else 400
        theme.words(ax, left, words_y, words, color=_LANE_COLOURS[lane.kind], weight=weight, va="center_baseline")
        x = min(max(lane.value / end, 0), 1) * width
        if lane.kind == "median":
            medians.append((x, y))
            continue
        colour, width_pt, dashes = _LANE_LINES[lane.kind]
        spans = [(y - 1.4, height)] if size == "wide" else [(height - _DOT_ZONE_MM[size], height), (y - 1.6, y + 1.6)]
        theme.strokes(ax, [[(x, low), (x, high)] for low, high in spans], colour, width_pt, ls=dashes)
        if lane.kind == "own":
            theme.points(ax, [x], [y], marker="o", ms=7, color=theme.OWN, mec=theme.PAPER, mew=1.2, zorder=4)
    if medians:
        xs, ys = zip(*medians, strict=True)
        theme.points(ax, xs, ys, ls="none", marker="D", ms=4.8, color=theme.LINE, mew=0, zorder=4)


# ---- one row per target ----------------------------------------------------------------------------------------------


def _rows_frame(rows: int, size: Size, top: float = 0, bottom: float = 0) -> theme.Frame:
    """Names left of the rows and words right of them; when narrow, both above each row."""
    if size == "wide":
        return theme.Frame(174, rows * 6.2 + top + bottom, 58, 26, top, bottom)
    return theme.Frame(84, rows * 10.5 + top + bottom, 4, 4, top, bottom)


def _rows_axes(
    ax: Axes, frame: theme.Frame, names: Sequence[str], end_texts: Sequence[str] = ()
) -> tuple[float, float]:
    """Axes in millimetres across and in rows down, with the words of all rows; middle and half height of a bar."""
    wide = frame.left > 4
    ax.set(xlim=(0, frame.plot[0]), ylim=(len(names) - 0.5, -0.5))
    ax.set_axis_off()
    across, lift = (frame.left, 0) if wide else (0, 0.27)
    for row, name in enumerate(names):
        theme.words(ax, -across, row - lift, name, va="center_baseline", color=theme.INK)
    for row, words in enumerate(end_texts):
        end = frame.plot[0] + (frame.right if wide else 0)
        theme.words(ax, end, row - lift, words, ha="right", va="center_baseline", color=theme.INK)
    return (0, 0.32) if wide else (0.18, 0.2)


def stacked(counts: pd.DataFrame, colours: Mapping[str, str], size: Size = "wide") -> theme.Drawing:
    """Bars in parts: how many municipalities are in which state, one row per target.

    Parameters
    ----------
    counts
        One row per target, its index the names; one column per state, in the order of the bar.
    colours
        By state; :data:`~lekp_lib.present.theme.STATE_COLOURS` for the ten words.
    size
        ``wide`` or ``narrow``.

    Returns
    -------
    Drawing
        The mark of the state and the number stand in each part that is wide enough for them.
    """
    frame = _rows_frame(len(counts), size)

    def base(ax: Axes) -> None:
        middle, half = _rows_axes(ax, frame, [str(name) for name in counts.index])
        per_item = frame.plot[0] / counts.sum(axis=1).max()
        for row, cells in enumerate(counts.to_numpy()):
            begin = 0.0
            for state, count in zip(counts.columns, cells, strict=True):
                colour, width = colours[str(state)], count * per_item
                edge = theme.LINE if theme.contrast(colour, theme.PAPER) < 3 else theme.PAPER
                corner = (begin, row + middle - half)
                ax.add_artist(Rectangle(corner, width, 2 * half, fc=colour, ec=edge, lw=0.6, clip_on=False))
                ink = theme.PAPER if theme.contrast(colour, theme.PAPER) >= 4.5 else "#000000"
                _part_words(ax, begin + width / 2, row + middle, width, str(state), str(count), ink)
                begin += width

    cells = (tuple(counts.index), tuple(counts.columns), counts.to_numpy().tobytes())
    return theme.Drawing(frame, ("stacked", cells, tuple(colours.values())), base)


def _part_words(ax: Axes, x: float, y: float, width_mm: float, state: str, count: str, ink: str) -> None:
    """Number in the middle of a part of a bar, after the mark of its state: each where it has room."""
    room, words = width_mm * _PT_PER_MM - 4, theme.text_width_pt(count)
    marked = state in theme.MARKS and room > words + 10
    if room > words:
        shift = 4.5 / _PT_PER_MM if marked else 0
        theme.words(ax, x + shift, y, count, ha="center", va="center_baseline", color=ink)
    if marked:
        left = x - (words / 2 + 0.5) / _PT_PER_MM
        theme.points(ax, [left], [y], marker=theme.mark_paths()[theme.MARKS[state].shape], ms=6, color=ink, mew=0)


def ages(
    names: Sequence[str], dates: Sequence[Sequence[dt.date]], end_texts: Sequence[str], limit: dt.date,
    limit_text: str, size: Size = "wide",
) -> theme.Drawing:  # fmt: skip
    """From the oldest to the newest figure per target, with the middle one; what is older than a limit is too old.

    Parameters
    ----------
    names
        One per target.
    dates
        Date of the newest figure of every municipality, per target.
    end_texts
        Words at the end of each row: the date of the middle figure.
    limit, limit_text
        A figure before this day gets no verdict; words above its line.
    size
        ``wide`` or ``narrow``.

    Returns
    -------
    Drawing
    """
    frame = _rows_frame(len(names), size, 5, 5)

    def base(ax: Axes) -> None:
        middle_y, _ = _rows_axes(ax, frame, names, end_texts)
        places = [sorted(map(year_position, days)) for days in dates]
        ends = [year_position(limit), *(place for row in places for place in row)]
        first, last = math.floor(min(ends)), math.ceil(max(ends))

        def across(year: float) -> float:
            return (year - first) / max(last - first, 1) * frame.plot[0]

        step = next(step for step in (1, 2, 5, 10) if step * frame.plot[0] / max(last - first, 1) >= 9)
        years = range(first, last + 1, step)
        # Beside words the lines run through; under words they mark the bars only.
        runs = [(-0.6, len(names) - 0.5)] if middle_y == 0 else [(row, row + 0.4) for row in range(len(names))]

        def upright(xs: Sequence[float], colour: str, width_pt: float, dashes: Any = "-") -> None:
            theme.strokes(ax, [[(x, top), (x, foot)] for x in xs for top, foot in runs], colour, width_pt, ls=dashes)

        upright([across(year) for year in years], theme.GRID, 0.6)
        for year in years:
            theme.words(ax, across(year), len(names) - 0.4, str(year), ha="center", va="top", color=theme.SOFT)
        edge = across(year_position(limit))
        upright([edge], theme.INK, 1.2, _DASHED if middle_y == 0 else "-")
        end = frame.plot[0] + frame.right - theme.text_width_pt(limit_text) / _PT_PER_MM / 2
        theme.words(ax, min(edge, end), -0.65, limit_text, ha="center", va="bottom", color=theme.INK)
        for row, known in enumerate(places):
            if known:
                y, (low, middle, high) = row + middle_y, (across(known[at]) for at in (0, (len(known) - 1) // 2, -1))
                theme.strokes(ax, [[(low, y), (high, y)]], theme.LINE, 2.4, zorder=1.5)
                theme.points(ax, [middle], [y], marker="o", ms=7, color=theme.OWN, mec=theme.PAPER, mew=1)

    key = ("ages", tuple(names), tuple(map(tuple, dates)), tuple(end_texts), limit, limit_text)
    return theme.Drawing(frame, key, base)
