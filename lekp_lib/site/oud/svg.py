"""A small SVG writer: every value escaped, numbers short, presentation attributes only (spec performance.md 5)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

#: Font of all drawings; the fallbacks are for a downloaded file on a machine without it.
FONT_FAMILY = "Source Sans Pro, Segoe UI, Roboto, Arial, sans-serif"

Value = str | float
_CONTROL = re.compile(r"[\x00-\x1f\ud800-\udfff]")


def _without_control_characters(text: str) -> str:
    """XML 1.0 has no place for control characters, also not escaped."""
    return _CONTROL.sub(" ", text)


def num(value: float) -> str:
    """Number with at most two decimals, without trailing zeros.

    Examples
    --------
    >>> num(2.0), num(-0.001), num(1.256)
    ('2', '0', '1.26')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def escaped(text: str) -> str:
    """Text for use inside an element or a quoted attribute."""
    return escape(_without_control_characters(text), quote=True)


def element(tag: str, inner: str = "", /, **attributes: Value | None) -> str:
    """One element.

    Parameters
    ----------
    tag
        Element name, never from data.
    inner
        Finished SVG inside the element; text must be escaped already (see :func:`text`).
    attributes
        ``stroke_width`` becomes ``stroke-width``; a trailing underscore is dropped; ``None`` leaves one out.

    Examples
    --------
    >>> element("circle", cx=1.5, fill='a"b', stroke=None)
    '<circle cx="1.5" fill="a&quot;b"/>'
    """
    parts = [
        f' {name.rstrip("_").replace("_", "-")}="{escaped(value) if isinstance(value, str) else num(value)}"'
        for name, value in attributes.items()
        if value is not None
    ]
    head = f"<{tag}{''.join(parts)}"
    return f"{head}>{inner}</{tag}>" if inner else f"{head}/>"


def path_data(points: Iterable[tuple[float, float]], closed: bool = False) -> str:
    """Path through points, in points of the drawing."""
    parts = [f"{'L' if index else 'M'}{num(x)} {num(y)}" for index, (x, y) in enumerate(points)]
    return "".join(parts) + ("Z" if closed else "")


def line(x1: float, y1: float, x2: float, y2: float, **attributes: Value | None) -> str:
    """Straight line."""
    return element("line", "", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def text(content: str, x: float, y: float, *, size: float, weight: int = 400, fill: str, anchor: str = "start") -> str:
    """One line of text with its baseline at ``y``; ``content`` is escaped here, the font is that of the document.

    Parameters
    ----------
    content
        Trusted or not.
    x, y
        Anchor on the baseline, in points.
    size
        Font size in points, at least 8.5 (design.md 5.3).
    weight
        400, 600 or 700.
    fill
        Colour with a contrast of at least 4.5 on its background.
    anchor
        ``start``, ``middle`` or ``end``.
    """
    return element(
        "text",
        escaped(content),
        x=x,
        y=y,
        font_size=size,
        font_weight=None if weight == 400 else weight,
        fill=fill,
        text_anchor=None if anchor == "start" else anchor,
    )


def group(*parts: str, **attributes: Value | None) -> str:
    """Elements that share attributes."""
    return element("g", "".join(parts), **attributes)


def document(inner: str, width_pt: float, height_pt: float) -> str:
    """Complete SVG file of the given size."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{num(width_pt)}pt" height="{num(height_pt)}pt" '
        f'font-family="{FONT_FAMILY}" viewBox="0 0 {num(width_pt)} {num(height_pt)}">{inner}</svg>'
    )
