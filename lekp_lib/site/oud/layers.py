"""Prepared drawings: what all municipalities share is drawn once by matplotlib, and own marks are laid over it.

The way from data to points of the drawing travels with the drawing, so that an overlay needs no matplotlib.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from lekp_lib.errors import BlockError
from lekp_lib.site.oud.palette import INK, LINE, MAP_OWN, NO_JUDGEMENT, OWN, SOFT
from lekp_lib.site.oud.plain_svg import plain_svg
from lekp_lib.site.oud.text_width import font_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MatplotlibFigure

#: matplotlib settings of all charts; used inside a context, so that nothing stays changed.
CHART_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lekp",
    "font.family": "Source Sans Pro",
    "font.size": 9.0,
    "figure.figsize": (6.85, 2.6),
    "axes.prop_cycle": f"cycler('color', {[OWN, MAP_OWN, INK, NO_JUDGEMENT]!r})",
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.usetex": False,
}


@cache
def _add_fonts() -> None:
    """Make the font known to matplotlib, once per process."""
    from matplotlib import font_manager

    for weight in (400, 600, 700):
        font_manager.fontManager.addfont(str(font_file(weight)))


@contextmanager
def chart_style() -> Iterator[None]:
    """Font and colours of the charts, for drawing with matplotlib's object interface.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> with chart_style():
    ...     figure = Figure(figsize=(6.85, 2.5))
    ...     axes = figure.add_subplot()
    """
    import matplotlib as mpl

    _add_fonts()
    with mpl.rc_context(CHART_STYLE):
        yield


@dataclass(frozen=True, slots=True)
class Layer:
    """A finished drawing with the way from data to its points.

    Attributes
    ----------
    svg
        Elements without ids, so that one layer serves any number of figures on a page.
    width_pt, height_pt
        Size of the drawing.
    x_offset, x_scale, y_offset, y_scale
        Linear scales: ``x_pt = x_offset + x_scale * x``.
    """

    svg: str
    width_pt: float
    height_pt: float
    x_offset: float
    x_scale: float
    y_offset: float
    y_scale: float

    def x(self, value: float) -> float:
        """Points from the left edge."""
        return self.x_offset + self.x_scale * value

    def y(self, value: float) -> float:
        """Points from the top edge."""
        return self.y_offset + self.y_scale * value


def normalised_drawing(figure: MatplotlibFigure, id_prefix: str) -> tuple[str, float, float]:
    """A matplotlib figure as plain SVG elements.

    Parameters
    ----------
    figure
        Drawn at its final size.
    id_prefix
        Start of the ids that remain (clip paths, hatches).

    Returns
    -------
    tuple of str, float, float
        Elements without the ``<svg>`` around them, width and height in points.

    Raises
    ------
    BlockError
        When the drawing has a font that cannot be written as attributes.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    buffer = io.BytesIO()
    _add_fonts()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "lekp"}):
        canvas: Any = FigureCanvasSVG(figure)
        canvas.print_svg(buffer, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    width_inch, height_inch = figure.get_size_inches()
    return plain_svg(buffer.getvalue(), id_prefix), float(width_inch) * 72, float(height_inch) * 72


def layer_of(figure: MatplotlibFigure, axes: Axes) -> Layer:
    """Turn a drawn figure with one pair of linear axes into a layer.

    Parameters
    ----------
    figure
        The figure; nothing in it may need an id (no clipping, no hatch).
    axes
        The axes whose scales the overlay uses.

    Returns
    -------
    Layer

    Raises
    ------
    BlockError
        When the drawing keeps ids: two figures on one page would clash.
    """
    inner, width_pt, height_pt = normalised_drawing(figure, "layer")
    if ' id="' in inner:
        raise BlockError("layer with ids; draw without clipping and hatches (clip_on=False)")
    box = axes.get_position()
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    x_scale = box.width * width_pt / (right - left)
    y_scale = -box.height * height_pt / (high - low)
    return Layer(
        inner, width_pt, height_pt,
        x_offset=box.x0 * width_pt - left * x_scale, x_scale=x_scale,
        y_offset=(1 - box.y0) * height_pt - low * y_scale, y_scale=y_scale,
    )  # fmt: skip
