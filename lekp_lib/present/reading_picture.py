"""One bar with its marks named: how to read all bars, without a figure of any municipality."""

from __future__ import annotations

from lekp_lib.adapter.models import Verdict
from lekp_lib.present import svg as draw
from lekp_lib.present.figure import WIDTH_PT, Figure
from lekp_lib.present.figure_text import FigureText
from lekp_lib.present.overview import DIAMOND_WORDS, GOAL_WORDS, TICK_WORDS
from lekp_lib.present.palette import INK, LINE, PANEL, PAPER, VERDICT_COLOUR

_HEIGHT = 74.0
_LEFT, _GOAL = 8.0, 430.0
_TOP, _BAR_HEIGHT = 29.0, 17.0
_NOW_PCT, _EXPECTED_PCT, _MEDIAN_PCT = 34.0, 50.0, 66.0
_SIZE = 9.5


def _x(share_pct: float) -> float:
    return _LEFT + share_pct / 100 * (_GOAL - _LEFT)


def _label(words: str, share_pct: float, *, above: bool, weight: int = 400, anchor: str = "middle") -> str:
    """Words above or below the bar, with a thin line to what they name."""
    x = _x(share_pct)
    bottom = _TOP + _BAR_HEIGHT
    leader = draw.line(x, 14, x, _TOP - 5, stroke=LINE, stroke_width=0.8) if above else ""
    leader = leader or draw.line(x, bottom + 5, x, bottom + 13, stroke=LINE, stroke_width=0.8)
    y = 10.0 if above else bottom + 23
    return leader + draw.text(words, x, y, size=_SIZE, weight=weight, fill=INK, anchor=anchor)


def _bar() -> str:
    middle, high = _TOP + _BAR_HEIGHT / 2, _BAR_HEIGHT
    diamond = [(_x(_MEDIAN_PCT), middle - 6), (_x(_MEDIAN_PCT) + 6, middle), (_x(_MEDIAN_PCT), middle + 6)]
    diamond.append((_x(_MEDIAN_PCT) - 6, middle))
    tick = {"y": _TOP - 3.5, "height": high + 7}
    return draw.group(
        draw.element("rect", x=_LEFT, y=_TOP, width=_GOAL - _LEFT, height=high, fill=PANEL),
        draw.element(
            "rect", x=_LEFT, y=_TOP, width=_x(_NOW_PCT) - _LEFT, height=high,
            fill=VERDICT_COLOUR[Verdict.SLIGHTLY_BEHIND],
        ),
        draw.line(_GOAL, _TOP - 4, _GOAL, _TOP + high + 4, stroke=LINE, stroke_width=1.6),
        draw.element("rect", x=_x(_EXPECTED_PCT) - 3, width=6, fill=PAPER, **tick),
        draw.element("rect", x=_x(_EXPECTED_PCT) - 1.7, width=3.4, fill=INK, **tick),
        draw.element("path", d=draw.path_data(diamond, closed=True), fill=PAPER, stroke=INK, stroke_width=1.6),
    )  # fmt: skip


def reading_figure() -> Figure:
    """A bar of a made-up target with the names of its parts.

    Returns
    -------
    Figure
        As wide as the other figures of a report, and low; the same for every municipality.
    """
    text = FigureText(
        title="Zo leest u een balk",
        subtitle="",
        alt=(
            "Schets van één balk, zonder cijfers van een gemeente. De balk toont de stand nu. "
            f"Een zwart streepje toont {TICK_WORDS}. Een ruit toont de {DIAMOND_WORDS}. "
            f"Een lijn rechts toont {GOAL_WORDS.replace('%', 'procent')}."
        ),
        source="Schets zonder cijfers.",
    )
    labels = draw.group(
        _label("stand nu", _NOW_PCT / 2, above=False, weight=600),
        _label(TICK_WORDS, _EXPECTED_PCT, above=True, weight=600),
        _label(DIAMOND_WORDS, _MEDIAN_PCT, above=False, weight=600),
        _label(GOAL_WORDS, 100, above=True, weight=600),
    )
    return Figure(_bar() + labels, WIDTH_PT, _HEIGHT, text, "reading", id_prefix="zo-leest-u-een-balk")
