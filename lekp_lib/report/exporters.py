"""The two exporters of nbconvert: ``lekp-html``, the web page, and ``lekp-pdf``, the same on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from lekp_lib.report.outputs import Contents, read_contents
from lekp_lib.report.page import page_of
from lekp_lib.report.paper import pdf_of


def _read(nb: NotebookNode, resources: dict[str, Any] | None) -> Contents:
    """Blocks of a notebook that nbconvert hands over; its folder is where pictures are looked up."""
    return read_contents(nb, Path((resources or {}).get("metadata", {}).get("path") or "."))


class HtmlExporter(Exporter):
    """Exporter ``lekp-html``: an executed notebook as one web page in Dutch, complete in one file.

    Cells tagged ``niet-in-verslag`` are left out; cells tagged ``nieuwe-pagina`` start a page when printed.
    """

    export_from_notebook = "LEKP-rapport (HTML)"
    output_mimetype = "text/html"

    @default("file_extension")
    def _own_file_extension(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make the page; parameters as in nbconvert.

        Raises
        ------
        ReportProblems
            When a cell cannot stand in a report, or the page does not pass its checks; all problems at once.
        """
        return page_of(_read(nb, resources)), {**(resources or {}), "output_extension": ".html"}


class PdfExporter(Exporter):
    """Exporter ``lekp-pdf``: an executed notebook as an accessible PDF on A4; tags as for the page."""

    export_from_notebook = "LEKP-rapport (PDF)"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _own_file_extension(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Make the PDF; parameters and errors as for :class:`HtmlExporter` and :func:`pdf_of`."""
        return pdf_of(_read(nb, resources)), {**(resources or {}), "output_extension": ".pdf"}
