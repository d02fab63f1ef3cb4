"""A map whose areas lead to pages, for those who use a mouse.

Search and table are the way of the keyboard: 285 stops of the tab key are no use to anybody (design.md 6).
"""

from __future__ import annotations

from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.figure import Figure


def linked_area(outline: str, fill: str, href: str, tip: str) -> str:
    """One area of the map.

    Parameters
    ----------
    outline
        Path data.
    fill
        Colour of its class.
    href, tip
        Address, and words under the mouse; either may be empty.
    """
    title = f"<title>{draw.escaped(tip)}</title>" if tip else ""
    shape = draw.element("path", title, d=outline, fill=fill)
    return draw.element("a", shape, href=href, tabindex="-1") if href else shape


class LinkedMap(Figure):
    """Map that shows links on web pages only; paper and downloads have none."""

    _linked: tuple[str, str] | None = None

    def link(self, areas: str, rest: str) -> None:
        """Web pages show these areas, links among them, with the rest of the drawing over them."""
        self._linked = areas, rest

    def _html_drawing(self, alt: str, title_id: str) -> str:
        if self._linked is None:
            return super()._html_drawing(alt, title_id)
        areas, rest = (self._below_strip(part) for part in self._linked)
        # An image has no links in it, so the image is what lies over them and lets the mouse through.
        image = draw.group(alt, self._strip, rest, role="img", aria_labelledby=title_id, pointer_events="none")
        return self._html_svg(draw.group(areas, aria_hidden="true") + image, "")
