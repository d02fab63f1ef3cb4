"""Notebook to one self-contained web page: own template, own checks, nothing of the code.

nbconvert's ``HTMLExporter`` parses and rewrites the finished page, which costs two thirds of the time, invents text
alternatives and damages SVG (spec design.md 9.1; performance.md 5). Here the template is filled once and the page is
only read again, to be checked.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from lekp_lib.errors import Problem, ReportProblems
from lekp_lib.present.dates import date_long
from lekp_lib.report.contents import MAIN_ID, add_anchors
from lekp_lib.report.document import (
    Piece,
    ReportFacts,
    head_length,
    is_selection,
    logo_size,
    report_facts,
    report_pieces,
)
from lekp_lib.report.exporter_base import LekpExporter
from lekp_lib.report.html_checks import check_html
from lekp_lib.report.page_styles import font_face_css, page_sheets

#: Room for a logo in the head of the page, wide and high.
_LOGO_PX = (240.0, 64.0)
#: A markdown table with the paragraph above it; "Tabel: ..." there is its caption.
_MARKDOWN_TABLE = re.compile(r"(?:<p>Tabel:\s*(?P<caption>[^\n]*?)</p>\s*)?<table>(?P<body>.*?)</table>", re.DOTALL)
_ID = re.compile(r"""\sid=["']([^"']+)["']""")
_TO_PART = re.compile(r'<a href="#([^"]+)">(.*?)</a>', re.DOTALL)
_FIRST_CELL = re.compile(r"(<tr>\s*)<td(?P<look>[^>]*)>(?P<inner>.*?)</td>", re.DOTALL)


@cache
def page_css() -> str:
    """All CSS of a page: fonts, colours, page and components.

    Returns
    -------
    str
        CSS without any address outside the page.
    """
    return "\n".join([font_face_css(), *page_sheets()])


def css_string(text: str) -> str:
    r"""Text as a CSS string that nothing in it can break out of, nor out of the ``<style>`` around it.

    Examples
    --------
    >>> css_string('a "b"')
    '"a \\22 b\\22 "'
    """
    safe = "".join(c if c.isalnum() or c in " ,.:;-()" else f"\\{ord(c):x} " for c in text if c.isprintable())
    return f'"{safe}"'


def _label_table(match: re.Match[str]) -> str:
    """Scope and caption for a table written in markdown (design.md 9.1, trap 11)."""
    body = match["body"].replace("<th>", '<th scope="col">').replace("<th ", '<th scope="col" ')
    body = _FIRST_CELL.sub(r'\1<th scope="row"\g<look>>\g<inner></th>', body)
    caption = f"<caption>{match['caption']}</caption>" if match["caption"] else ""
    return f"<table>{caption}{body}</table>"


@cache
def _markdown() -> MarkdownWithMath:
    """Nbconvert's own markdown, built once: building it takes longer than using it."""
    return MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True))


def markdown_html(source: str) -> str:
    """HTML of one markdown cell.

    Parameters
    ----------
    source
        Markdown written by the makers of the notebook; HTML in it stays HTML.

    Returns
    -------
    str
        HTML fragment. Tables have scope, and a paragraph ``Tabel: ...`` right above one is its caption.
    """
    rendered = _markdown().render(source)
    return _MARKDOWN_TABLE.sub(_label_table, rendered) if "<table" in rendered else rendered


def _without_dead_ends(inner: list[str]) -> list[str]:
    """Links to a part of the report that was left out on purpose become plain words; others are found by the checks."""
    there = {found for text in inner for found in _ID.findall(text)}
    return [_TO_PART.sub(lambda match: match[0] if match[1] in there else match[2], text) for text in inner]


def _cell_html(piece: Piece, inner: str) -> str:
    look = "cell new-page" if piece.new_page else "cell"
    return f'<div class="{look}">\n{inner.strip()}\n</div>'


def _footer(facts: ReportFacts) -> str:
    parts = [f"Editie {facts.edition}" if facts.edition else ""]
    parts.append(f"gemaakt op {date_long(facts.built.date())}" if facts.built else "")
    parts.append(f"verslag {facts.run}" if facts.run else "")
    text = " · ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


class HtmlExporter(LekpExporter, HTMLExporter):
    """Exporter ``lekp-html``: an executed notebook as one web page in Dutch.

    The notebook gives facts in ``metadata.lekp`` (:class:`~lekp_lib.report.document.ReportFacts`), text in markdown
    cells and blocks in outputs. Cells tagged ``doel`` or ``nieuwe-pagina`` start a page when printed; cells tagged
    ``niet-in-verslag`` are left out.
    """

    export_from_notebook = "LEKP-rapport (HTML)"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make the page.

        Parameters
        ----------
        nb
            Executed notebook.
        resources
            As in nbconvert.
        **kw
            Not used; part of nbconvert's interface.

        Returns
        -------
        html : str
            Complete page with fonts and CSS inside.
        resources : dict
            As in nbconvert.

        Raises
        ------
        ReportProblems
            When a cell failed, shows something without HTML, or the page does not pass
            :func:`~lekp_lib.report.html_checks.check_html`; all problems at once.
        ReportError
            When a fact of the report is not usable.
        """
        nb, resources = super(TemplateExporter, self).from_notebook_node(nb, resources, **kw)
        facts = report_facts(nb)
        pieces = report_pieces(nb, "text/html")
        inner = [markdown_html(piece.source) if piece.is_markdown else piece.source for piece in pieces]
        inner, contents = add_anchors(inner)
        if is_selection(nb):
            inner = _without_dead_ends(inner)
        title = facts.title or contents.title
        if not title:
            raise ReportProblems("the page has no title", [Problem("notebook", "no h1", "a heading of level 1")])
        cells = [_cell_html(piece, text) for piece, text in zip(pieces, inner, strict=True)]
        split = head_length(pieces)
        width, height = logo_size(facts.logo_aspect, *_LOGO_PX)
        resources["lekp"] = {
            "main_id": MAIN_ID,
            "facts": facts,
            "title": title,
            "entries": contents.entries,
            "head": "\n".join(cells[:split]),
            "body": "\n".join(cells[split:]),
            "footer": _footer(facts),
            "css": page_css(),
            "banner_css": css_string(facts.banner),
            "logo_width": round(width),
            "logo_height": round(height),
        }
        page = self.template.render(nb=nb, resources=resources)
        if problems := check_html(page, len(cells)):
            raise ReportProblems(f"the web page {title!r} does not pass its checks", problems)
        return page, resources
