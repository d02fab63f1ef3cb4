"""How wide a text becomes: advance widths of the font, so that labels can be kept apart and inside the drawing."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from lekp_lib.errors import BlockError

_FILE_KEYS = {400: "SourceSansPro", 600: "SourceSansProSemibold", 700: "SourceSansProBold"}

#: Width in em of a character that the font lacks: a fallback font draws it, at most about square.
_UNKNOWN_EM = 1.0


@cache
def font_file(weight: int) -> Path:
    """TrueType file of Source Sans Pro in one weight.

    Parameters
    ----------
    weight
        400, 600 or 700.
    """
    from font_source_sans_pro import font_files_ttf

    return Path(font_files_ttf[_FILE_KEYS[weight]])


@cache
def _advances(weight: int) -> dict[int, float]:
    """Advance width per character, in em."""
    from fontTools.ttLib import TTFont

    with TTFont(font_file(weight), lazy=True) as font:
        em = font["head"].unitsPerEm
        widths = font["hmtx"].metrics
        return {char: widths[glyph][0] / em for char, glyph in font.getBestCmap().items()}


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: int = 400) -> float:
    """Width of one line of text in points; kerning, which makes text slightly narrower, is left out.

    Parameters
    ----------
    text
        One line.
    size
        Font size in points.
    weight
        400, 600 or 700.

    Returns
    -------
    float

    Examples
    --------
    >>> text_width("", 9.0)
    0.0
    >>> text_width("ii", 9.0) < text_width("MM", 9.0) < text_width("MM", 9.0, 700)
    True
    """
    advances = _advances(weight)
    return size * sum(advances.get(ord(char), _UNKNOWN_EM) for char in text)


def _hard_split(word: str, width: float, size: float, weight: int) -> list[str]:
    """Pieces of a word that is wider than the line."""
    pieces, piece = [], ""
    for char in word:
        if piece and text_width(piece + char, size, weight) > width:
            pieces.append(piece)
            piece = ""
        piece += char
    return [*pieces, piece]


def wrapped(text: str, width: float, size: float, weight: int = 400) -> list[str]:
    """Lines of at most ``width`` points; broken at spaces, never at a no-break space unless there is no other way.

    Parameters
    ----------
    text
        Any text; empty gives no lines.
    width
        Room in points.
    size, weight
        Of the font.

    Returns
    -------
    list of str

    Raises
    ------
    BlockError
        When not even one character fits.
    """
    if width < size:
        raise BlockError(f"no room for text: {width:.1f} pt wide for a font of {size} pt")
    lines: list[str] = []
    for word in (word for word in text.split(" ") if word):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size, weight) <= width:
            lines[-1] = joined
        elif text_width(word, size, weight) <= width:
            lines.append(word)
        else:
            lines += _hard_split(word, width, size, weight)
    return lines
