"""Typst document to an accessible PDF: PDF/UA-1 and PDF/A-2a, with row heads, the same bytes from the same input.

Compile only in a process that forks no more: Typst starts threads, and a fork after that deadlocks (performance.md 5).
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pikepdf
import typst
from nbformat import NotebookNode
from traitlets import default

from lekp_lib.errors import Problem, ReportProblems
from lekp_lib.report.document import ReportFacts
from lekp_lib.report.fonts import font_folder
from lekp_lib.report.typst_exporter import TypstExporter, piece_of_line

_STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
_LINE = re.compile(r":(\d+):\d+")
_WITHOUT_TABLE = frozenset(
    ("/P", "/Strong", "/Em", "/Span", "/Link", "/Lbl", "/H1", "/H2", "/H3", "/H4", "/H5", "/TBody", "/THead", "/TOC")
)


@cache
def paper_fonts() -> typst.Fonts:
    """Only our own faces: neither the system's nor Typst's built-in fonts may fill in for a missing character."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[font_folder()])


def _problem(source: str, fault: typst.TypstError | typst.TypstWarning) -> Problem:
    """A remark of Typst with the cell it is about.

    A fault inside a component function names that line and the line that called it; the pieces come last in the
    document, so the last line is the one of the cell.
    """
    told = "\n".join([fault.diagnostic, *fault.trace])
    lines = [int(number) for number in _LINE.findall(told)]
    where = piece_of_line(source, max(lines)) if lines else "the document"
    return Problem(
        where, f"Typst: {fault.message}", "a document that Typst takes without remark", " ".join(fault.hints)
    )


def _children(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    kids = node.get("/K")
    items = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    for item in items:
        if isinstance(item, pikepdf.Dictionary) and "/S" in item:
            yield item


def _table_bodies(root: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Bodies of all tables, in no order; most of the elements are text, which holds no table."""
    waiting = [root]
    while waiting:
        for child in _children(waiting.pop()):
            kind = str(child.S)
            if kind == "/TBody":
                yield child
            if kind not in _WITHOUT_TABLE:
                waiting.append(child)


def _with_row_scope(attributes: pikepdf.Object | None) -> pikepdf.Object:
    """Attributes of a cell with ``Scope = Row``; others, such as ColSpan, stay (design.md 10.4)."""
    scope = pikepdf.Name("/Row")
    if attributes is None:
        return pikepdf.Dictionary(O=pikepdf.Name("/Table"), Scope=scope)
    each = list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]
    for item in each:
        if isinstance(item, pikepdf.Dictionary) and item.get("/O") == "/Table":
            item["/Scope"] = scope
            return attributes
    return pikepdf.Array([*each, pikepdf.Dictionary(O=pikepdf.Name("/Table"), Scope=scope)])


def _tag_row_heads(pdf: pikepdf.Pdf) -> int:
    """Make the first cell of every body row a head of its row; the number of cells that changed."""
    changed = 0
    for body in _table_bodies(pdf.Root.StructTreeRoot):
        for row in _children(body):
            first = next(_children(row), None)
            if first is not None and first.S == "/TD":
                first.S = pikepdf.Name("/TH")
                first.A = _with_row_scope(first.get("/A"))
                changed += 1
    return changed


def _finished(data: bytes) -> bytes:
    """Row heads in the tables, and bytes that depend on the content only.

    A compressed stream may happen to end with a carriage return. The line feed that pikepdf writes after it then looks
    like the second half of one line end, and the length of the stream like one too many (PDF/A-2, 6.1.7.1); a carriage
    return is a line end too, and does not.
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        _tag_row_heads(pdf)
        result = io.BytesIO()
        # Left to itself the library writes every element of the structure tree uncompressed: half a megabyte more.
        pdf.save(result, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return result.getvalue().replace(b"\r\nendstream", b"\r\rendstream")


def compile_pdf(source: str, built: dt.datetime | None) -> bytes:
    """Compile a document and finish its tables.

    Parameters
    ----------
    source
        Typst document of :class:`~lekp_lib.report.typst_exporter.TypstExporter`.
    built
        Moment of the build, with time zone; the only date in the file. ``None`` takes the clock, and then two runs
        differ in that date.

    Returns
    -------
    bytes
        PDF that meets PDF/UA-1 and PDF/A-2a.

    Raises
    ------
    ReportProblems
        With every error and warning of Typst, each with the cell it comes from.
    """
    try:
        data, warnings = typst.compile_with_warnings(  # type: ignore[call-overload]  # source and root of one type
            source.encode(),
            format="pdf",
            font_paths=paper_fonts(),
            ignore_system_fonts=True,
            root=str(font_folder()),  # a document reads no file; Typst wants a folder, not the working folder
            pdf_standards=_STANDARDS,
            timestamp=int(built.timestamp()) if built else None,
        )
    except typst.TypstError as error:
        raise ReportProblems("the PDF could not be made", [_problem(source, error)]) from None
    if warnings:
        raise ReportProblems("the PDF is not as it should be", [_problem(source, fault) for fault in warnings])
    return _finished(data)


class PdfExporter(TypstExporter):
    """Exporter ``lekp-pdf``: an executed notebook as an accessible PDF on A4."""

    export_from_notebook = "LEKP-rapport (PDF)"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _own_file_extension(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Make the PDF; parameters and errors as for :class:`TypstExporter`, and those of :func:`compile_pdf`.

        Returns
        -------
        pdf : bytes
        resources : dict
        """
        source, resources = super().from_notebook_node(nb, resources, **kw)
        facts: ReportFacts = resources["lekp_facts"]
        resources["output_extension"] = ".pdf"
        return compile_pdf(source, facts.built), resources
