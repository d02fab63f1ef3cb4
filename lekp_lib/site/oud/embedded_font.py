"""The font inside a downloaded drawing: only the characters that it uses, as a style sheet without addresses."""

from __future__ import annotations

import base64
import io
from functools import lru_cache

from lekp_lib.site.oud.text_width import font_file


@lru_cache(maxsize=64)
def _subset(characters: str, weight: int) -> str:
    """Font with some characters as base64 of WOFF2; same characters, same bytes."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(flavor="woff2", layout_features=["kern", "liga"], notdef_outline=True, hinting=False)
    with TTFont(font_file(weight), recalcTimestamp=False) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=characters)
        subsetter.subset(font)
        font.flavor = "woff2"
        buffer = io.BytesIO()
        font.save(buffer)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def font_faces(svg: str) -> str:
    """Style sheet with the font in its three weights.

    Parameters
    ----------
    svg
        Drawing whose characters are needed.

    Returns
    -------
    str
        ``@font-face`` rules with the fonts inside.
    """
    characters = "".join(sorted(set(svg)))
    return "".join(
        f'@font-face{{font-family:"Source Sans Pro";font-weight:{weight};'
        f"src:url(data:font/woff2;base64,{_subset(characters, weight)})}}"
        for weight in (400, 600, 700)
    )
