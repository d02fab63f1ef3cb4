"""The style sheets of a page, by themselves; free of nbconvert, so that a notebook may ask for them quickly."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from lekp_lib.present.palette import css_variables
from lekp_lib.report.fonts import font_face_css

__all__ = ["font_face_css", "page_sheets"]


@cache
def page_sheets() -> tuple[str, str, str]:
    """Colours, page and components, in the order in which they count; the fonts stand apart.

    Returns
    -------
    tuple of str
        CSS without any address outside the page.
    """
    page = files("lekp_lib.report").joinpath("templates", "page.css").read_text(encoding="utf-8")
    component = files("lekp_lib.present").joinpath("style.css").read_text(encoding="utf-8")
    return css_variables(), page, component
