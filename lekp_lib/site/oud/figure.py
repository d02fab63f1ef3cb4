"""The figure block: a drawing with its message, text alternative and source, for web page, paper and download."""

from __future__ import annotations

import hashlib
import re
from html import escape
from typing import TYPE_CHECKING

from lekp_lib.errors import BlockError
from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.block import Block, typst_string
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.palette import INK, MAP_OWN, PAPER, SOFT
from lekp_lib.site.oud.text_width import text_width, wrapped

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as MatplotlibFigure

#: Width of the text on an A4 page, 174 mm: charts are drawn at this size and never scaled down (design.md 5.3).
WIDTH_PT = 493.2

_MM_PER_PT = 25.4 / 72
_PX_PER_PT = 96 / 72
_TITLE_MAX = 70
_ALT_MIN, _ALT_MAX = 60, 320
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def _text_faults(text: FigureText) -> list[str]:
    """Everything that a reader would miss."""
    faults = []
    if not text.title.strip():
        faults.append("no title; expected the message of the figure")
    if len(text.title) > _TITLE_MAX:
        faults.append(f"title of {len(text.title)} characters; expected at most {_TITLE_MAX}: {text.title!r}")
    if not text.source.strip():
        faults.append("no source line; expected provider, reference date and retrieval date")
    if not _ALT_MIN <= len(text.alt.strip()) <= _ALT_MAX:
        faults.append(
            f"text alternative of {len(text.alt.strip())} characters; expected {_ALT_MIN} to {_ALT_MAX}: {text.alt!r}"
        )
    return faults


def _banner(words: str, width_pt: float) -> tuple[str, float]:
    """Strip above the drawing that says that the figures are fictive, and its height."""
    size, pad, gap = 8.5, 5.0, 3.0
    lines = wrapped(words, width_pt - 2 * pad, size, 600)
    height = 11.0 * len(lines) + gap
    box_width = max(text_width(row, size, 600) for row in lines) + 2 * pad
    left = width_pt - box_width
    box = draw.element(
        "rect", x=left + 0.4, y=0.4, width=box_width - 0.8, height=height - 0.8, rx=2, fill=PAPER, stroke=MAP_OWN,
        stroke_width=0.8,
    )  # fmt: skip
    rows = [
        draw.text(row, left + pad, 10.0 + 11.0 * number, size=size, weight=600, fill=INK)
        for number, row in enumerate(lines)
    ]
    return draw.group(box, *rows), height + gap


class Figure(Block):
    """A drawing that cannot be shown without title, text alternative and source.

    Parameters
    ----------
    svg
        Elements of the drawing (without the ``<svg>`` around them), presentation attributes only, in points.
    width_pt, height_pt
        Size of the drawing in points; charts of a report are 493.2 pt (174 mm) wide.
    text
        Title, subtitle, text alternative and source line.
    name
        Machine name of the kind of figure: ``trend``, ``strip``, ``hexmap``.
    id_prefix
        Start of all ids in the drawing, unique on the page; empty makes one from the content.
    data
        The figures that are drawn, for a table or download beside it.
    banner
        Words that stay with the drawing wherever it goes, such as ``"Voorbeeldeditie: fictieve cijfers"``.

    Raises
    ------
    BlockError
        When title, text alternative or source is missing or has an unusable length, with all faults at once.
    """

    def __init__(
        self,
        svg: str,
        width_pt: float,
        height_pt: float,
        text: FigureText,
        name: str,
        *,
        id_prefix: str = "",
        data: pd.DataFrame | None = None,
        banner: str = "",
    ) -> None:
        faults = _text_faults(text)
        if width_pt <= 0 or height_pt <= 0:
            faults.append(f"size {width_pt} x {height_pt} pt; expected a drawing with a width and a height")
        if id_prefix and not _PREFIX.fullmatch(id_prefix):
            faults.append(f"id prefix {id_prefix!r}; expected a letter, then letters, digits, _ or -")
        if faults:
            raise BlockError(f"figure {name!r} cannot be shown:\n" + "\n".join(f"  - {fault}" for fault in faults))
        self.name = name
        self.words = text
        self.data = data
        self.banner = banner.strip()
        self.width_pt = width_pt
        self.height_pt = height_pt
        self._bare, self._bare_height_pt = svg, height_pt
        self._strip, strip_height = _banner(self.banner, width_pt) if self.banner else ("", 0.0)
        self._strip_height_pt = strip_height
        self.drawing = self._strip + self._below_strip(svg)
        self.height_pt += strip_height
        digest = hashlib.sha256(f"{svg}\n{text}".encode("utf-8", "replace")).hexdigest()[:10]
        self.id_prefix = id_prefix or f"{re.sub(r'[^A-Za-z0-9]', '-', name) or 'f'}-{digest}"
        if not _PREFIX.fullmatch(self.id_prefix):
            self.id_prefix = f"f{self.id_prefix}"

    def _below_strip(self, svg: str) -> str:
        """Part of the drawing, moved down when words that stay with it stand above."""
        if not self._strip_height_pt:
            return svg
        return draw.group(svg, transform=f"translate(0 {draw.num(self._strip_height_pt)})")

    @classmethod
    def from_matplotlib(
        cls, figure: MatplotlibFigure, text: FigureText, name: str = "figure", *,
        id_prefix: str = "", data: pd.DataFrame | None = None, banner: str = "",
    ) -> Figure:  # fmt: skip
        """Block around a chart that an analyst drew with matplotlib.

        Parameters
        ----------
        figure
            Drawn at its final size; titles belong in ``text``, not in the drawing.
        text, name, id_prefix, data, banner
            As for the class.

        Returns
        -------
        Figure
        """
        from lekp_lib.site.oud.layers import normalised_drawing

        prefix = id_prefix or f"mpl-{hashlib.sha256(repr(text).encode('utf-8', 'replace')).hexdigest()[:10]}"
        inner, width_pt, height_pt = normalised_drawing(figure, prefix)
        return cls(inner, width_pt, height_pt, text, name, id_prefix=prefix, data=data, banner=banner)

    def text(self) -> str:
        return f"{self.words.title}\n{self.words.alt}"

    def svg(self) -> str:
        """The drawing as a complete SVG document, without title and source."""
        return draw.document(self.drawing, self.width_pt, self.height_pt)

    def _html_svg(self, inner: str, role: str) -> str:
        width_px, height_px = (draw.num(side * _PX_PER_PT) for side in (self.width_pt, self.height_pt))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg"{role} font-family="{draw.FONT_FAMILY}" '
            f'width="{width_px}" height="{height_px}" '
            f'viewBox="0 0 {draw.num(self.width_pt)} {draw.num(self.height_pt)}">{inner}</svg>'
        )

    def _html_drawing(self, alt: str, title_id: str) -> str:
        """The drawing on a web page: one image with its text alternative."""
        return self._html_svg(f"{alt}{self.drawing}", f' role="img" aria-labelledby="{title_id}"')

    def html(self) -> str:
        title_id = f"{self.id_prefix}-alt"
        title = escape(self.words.title, quote=False)
        subtitle = escape(self.words.subtitle, quote=False)
        second = f'<br><span class="figure-subtitle">{subtitle}</span>' if self.words.subtitle else ""
        alt = f'<title id="{title_id}">{draw.escaped(self.words.alt)}</title>'
        return (
            f'<figure class="figure figure-{escape(self.name)}" data-block="{escape(self.name)}">\n'
            f'<figcaption><strong class="figure-title">{title}</strong>{second}</figcaption>\n'
            f'<div class="figure-scroll" role="group" tabindex="0" aria-label="Figuur: {escape(self.words.title)}">'
            f"{self._html_drawing(alt, title_id)}</div>\n"
            f'<p class="source">{escape(self.words.source, quote=False)}</p>\n</figure>'
        )

    def typst(self) -> str:
        return (
            f"#lekp-figure(bytes({typst_string(self.svg())}), width: {self.width_pt * _MM_PER_PT:.2f}mm, "
            f"alt: {typst_string(self.words.alt)}, title: {typst_string(self.words.title)}, "
            f"subtitle: {typst_string(self.words.subtitle)}, source: {typst_string(self.words.source)});\n\n"
        )

    def typst_compact(self, *, with_source: bool = True) -> str:
        """The figure for a full page: smaller title, the banner beside it; the drawing has the same size.

        ``air`` is a name in the Typst code around it.

        Parameters
        ----------
        with_source
            Whether the source stands below; the caller says it elsewhere on the page otherwise.

        Returns
        -------
        str
        """
        drawing = draw.document(self._bare, self.width_pt, self._bare_height_pt)
        return (
            f"#lekp-figure-compact(bytes({typst_string(drawing)}), width: {self.width_pt * _MM_PER_PT:.2f}mm, "
            f"alt: {typst_string(self.words.alt)}, title: {typst_string(self.words.title)}, "
            f"subtitle: {typst_string(self.words.subtitle)}, banner: {typst_string(self.banner)}, "
            f"source: {typst_string(self.words.source if with_source else '')}, air: air);\n\n"
        )

    def standalone_svg(self, fonts: str | None = None) -> str:
        """The figure as a file of its own: title, subtitle and source drawn in, on white, with its font.

        Parameters
        ----------
        fonts
            Style sheet with the font, shared by many figures; ``None`` makes one with only the characters of this one.

        Returns
        -------
        str
            SVG document with the text alternative as ``<title>``. Its style sheet holds only the font: labels are
            measured with it, and the reader's machine may not have it.
        """
        from lekp_lib.site.oud.embedded_font import font_faces

        margin = 8.0
        parts, y = [], margin
        for words, size, weight, fill in (
            (self.words.title, 13.0, 700, INK),
            (self.words.subtitle, 9.5, 400, SOFT),
        ):
            for row in wrapped(words, self.width_pt, size, weight):
                y += size * 1.25
                parts.append(draw.text(row, margin, y, size=size, weight=weight, fill=fill))
        y += 8
        parts.append(draw.group(self.drawing, transform=f"translate({draw.num(margin)} {draw.num(y)})"))
        y += self.height_pt + 2
        for row in wrapped(self.words.source, self.width_pt, 8.5):
            y += 11
            parts.append(draw.text(row, margin, y, size=8.5, fill=SOFT))
        width, height = self.width_pt + 2 * margin, y + margin
        ground = draw.element("rect", width=width, height=height, fill=PAPER)
        alt = f"<title>{draw.escaped(self.words.alt)}</title>"
        body = ground + "".join(parts)
        style = font_faces(body) if fonts is None else fonts
        return draw.document(f"{alt}<style>{style}</style>{body}", width, height)
