"""Finished reports that several tests look at: complete, with published figures, outside the pact, the longest name."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from nbformat import NotebookNode

from lekp_lib.edition import Edition
from lekp_lib.present.report_view import ReportView, open_report
from lekp_lib.report.html_exporter import HtmlExporter
from lekp_lib.report.pdf import PdfExporter
from tests.report.in_process import executed

REPORTS = {
    "gent": ("44021", "voorbeeld"),
    "beveren-kruibeke-zwijndrecht": ("46030", "voorbeeld"),
    "houthulst": ("32006", "gepubliceerd"),
    "mesen": ("33016", "gepubliceerd"),
}


@dataclass(frozen=True, slots=True)
class Finished:
    """One report in both forms."""

    view: ReportView
    notebook: NotebookNode
    html: str
    pdf: bytes


@pytest.fixture(scope="session")
def finished() -> dict[str, Finished]:
    """The reports, made once per process."""
    editions = {name: Edition.open(name) for name in ("gepubliceerd", "voorbeeld")}
    found = {}
    for name, (nis, edition) in REPORTS.items():
        view = open_report(edition=editions[edition], gemeente=nis, editie=edition)
        notebook = executed(nis, editions[edition])
        page, _ = HtmlExporter().from_notebook_node(notebook)
        pdf, _ = PdfExporter().from_notebook_node(notebook)
        found[name] = Finished(view, notebook, page, pdf)
    return found
