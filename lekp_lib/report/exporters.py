"""The two exporters of nbconvert: ``lekp-html``, the web page, and ``lekp-pdf``, the same on paper."""

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from lekp_lib.report.outputs import read_contents
from lekp_lib.report.page import page_of
from lekp_lib.report.paper import pdf_of


class HtmlExporter(Exporter):
    """Exporter ``lekp-html``: an executed notebook as one web page in Dutch, complete in one file.

    Cells tagged ``niet-in-verslag`` are left out; cells tagged ``nieuwe-pagina`` start a page when printed.
    """

    export_from_notebook = "LEKP-rapport (HTML)"
    output_mimetype = "text/html"
    file_extension = ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str | bytes, dict[str, Any]]:
        """Make the page or the PDF; parameters as in nbconvert.

        Raises
        ------
        ReportProblems
            When a cell cannot stand in a report, or the page does not pass its checks; all problems at once.
        """
        resources = resources or {}
        # Pictures of markdown cells are looked up in the folder of the notebook.
        contents = read_contents(nb, Path(resources.get("metadata", {}).get("path") or "."))
        made = page_of(contents) if self.file_extension == ".html" else pdf_of(contents)
        return made, {**resources, "output_extension": self.file_extension}


class PdfExporter(HtmlExporter):
    """Exporter ``lekp-pdf``: an executed notebook as an accessible PDF on A4; tags as for the page."""

    export_from_notebook = "LEKP-rapport (PDF)"
    output_mimetype = "application/pdf"
    file_extension = ".pdf"
