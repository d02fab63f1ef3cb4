"""Notebook to Typst: the same pieces as the web page, from the same notebook (spec design.md 10.2)."""

from __future__ import annotations

import base64
import re
from importlib.resources import files
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import default

from lekp_lib.errors import Problem, ReportError, ReportProblems
from lekp_lib.present.block import MIME_TYPST, typst_string
from lekp_lib.present.palette import ACCENT
from lekp_lib.present.typst_code import typst_array
from lekp_lib.report.document import Piece, ReportFacts, head_length, logo_size, report_facts, report_pieces
from lekp_lib.report.exporter_base import TEMPLATES, LekpExporter
from lekp_lib.report.fonts import missing_characters
from lekp_lib.report.markdown_typst import markdown_typst

#: Room for a logo on the first page, wide and high.
_LOGO_MM = (70.0, 16.0)
#: Comment line before each piece, by which a message of Typst is traced back to a cell.
_MARK = "// piece: "

_H1_MARKDOWN = re.compile(r"^ {0,3}#(?!#)\s*(.+?)\s*#*\s*$", re.MULTILINE)
_H1_TYPST = re.compile(r'#heading\(level: 1, "((?:[^"\\]|\\.)*)"\)')


def style_typst() -> str:
    """Component functions on paper (``present/style.typ``)."""
    return files("lekp_lib.present").joinpath("style.typ").read_text(encoding="utf-8")


def _facts_code(facts: ReportFacts, title: str) -> str:
    footer = [facts.running_title, f"editie {facts.edition}" if facts.edition else "", facts.run]
    fields = {
        "title": title,
        "description": facts.description or title,
        "banner": facts.banner,
        "running": facts.running_title,
        "footer": " · ".join(part for part in footer if part),
    }
    pairs = [f"{name}: {typst_string(text)}" for name, text in fields.items()]
    pairs.append(f"accent: {typst_string(facts.accent)}")
    return f"({', '.join(pairs)}, keywords: {typst_array(typst_string(word) for word in facts.keywords)})"


def _logo_code(facts: ReportFacts) -> str:
    """The logo above the first line of the report; nothing without one."""
    if not facts.logo:
        return ""
    kind, _, data = facts.logo.removeprefix("data:image/").partition(";base64,")
    content = base64.b64decode(data)
    code = typst_string(content.decode("ascii")) if kind == "svg+xml" else f"({','.join(map(str, content))},)"
    width, height = logo_size(facts.logo_aspect, *_LOGO_MM)
    form = "svg" if kind == "svg+xml" else "png"
    return (
        f"#block(below: 5mm, image(bytes({code}), format: {typst_string(form)}, width: {width:.2f}mm, "
        f"height: {height:.2f}mm, alt: {typst_string(facts.municipality or 'logo')}))\n"
    )


def _coloured(code: str, facts: ReportFacts) -> str:
    """Set-up or components with the accent colour of the report instead of that of lekp."""
    return code.replace(f'rgb("{ACCENT}")', f"rgb({typst_string(facts.accent)})") if facts.accent else code


def _title(facts: ReportFacts, pieces: tuple[Piece, ...]) -> str:
    """Title from the facts, otherwise the first heading of level 1."""
    if facts.title:
        return facts.title
    for piece in pieces:
        pattern = _H1_MARKDOWN if piece.is_markdown else _H1_TYPST
        if found := pattern.search(piece.source):
            return re.sub(r"\\(.)", r"\1", found[1])
    raise ReportProblems("the document has no title", [Problem("notebook", "no h1", "a heading of level 1")])


def _character_problem(place: str, text: str) -> Problem | None:
    missing = missing_characters(text)
    if not missing:
        return None
    shown = ", ".join(f"{character!r} (U+{ord(character):04X})" for character in sorted(missing))
    advice = "Write it in letters, or take it out of the text that it comes from."
    return Problem(place, f"{shown}, which the font does not have", "letters, figures and signs of the font", advice)


def _piece_typst(piece: Piece) -> str:
    try:
        body = markdown_typst(piece.source) if piece.is_markdown else piece.source
    except ReportError as error:
        raise ReportError(f"{piece.where}: {error}") from None
    start = "#pagebreak(weak: true)\n" if piece.new_page else ""
    return f"{_MARK}{piece.where}\n{start}{body.rstrip()}\n\n"


def piece_of_line(source: str, line: int) -> str:
    """Cell and output that a line of the document comes from.

    Parameters
    ----------
    source
        Document made by :class:`TypstExporter`.
    line
        Number of the line, from 1.

    Returns
    -------
    str
        ``cell 4, output 2``; ``"the set-up of the document"`` for lines before the first piece.
    """
    for text in reversed(source.split("\n")[:line]):
        if text.startswith(_MARK):
            return text.removeprefix(_MARK)
    return "the set-up of the document"


class TypstExporter(LekpExporter):
    """An executed notebook as one Typst document; tags and facts as for the web page.

    Outputs count only in the type ``text/x-typst``.
    """

    output_mimetype = MIME_TYPST

    @default("file_extension")
    def _own_file_extension(self) -> str:
        return ".typ"

    @default("template_extension")
    def _own_template_extension(self) -> str:
        return ".typ.j2"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make the document.

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
        source : str
            Typst document, complete but for the font files.
        resources : dict
            As in nbconvert; ``resources["lekp_facts"]`` holds the facts of the report.

        Raises
        ------
        ReportProblems
            When a cell failed, shows something without Typst, or holds characters that the font lacks.
        ReportError
            When a markdown cell holds something that paper cannot show, or a fact is not usable.
        """
        nb, resources = super(TemplateExporter, self).from_notebook_node(nb, resources, **kw)
        facts = report_facts(nb)
        pieces = report_pieces(nb, MIME_TYPST)
        title = _title(facts, pieces)
        facts_code = _facts_code(facts, title)
        texts = [("the facts of the report", facts_code), *((piece.where, piece.source) for piece in pieces)]
        if problems := [problem for place, text in texts if (problem := _character_problem(place, text))]:
            raise ReportProblems("the text cannot be printed", problems)
        parts = [_piece_typst(piece) for piece in pieces]
        split = head_length(pieces)
        resources["lekp_facts"] = facts
        resources["lekp"] = {
            "facts": facts_code,
            "setup": _coloured((TEMPLATES / "lekp.typ").read_text(encoding="utf-8"), facts),
            "style": _coloured(style_typst(), facts),
            "logo": _logo_code(facts),
            "head": "".join(parts[:split]),
            "body": "".join(parts[split:]),
            "has_chapters": split < len(parts),
        }
        return self.template.render(nb=nb, resources=resources), resources
