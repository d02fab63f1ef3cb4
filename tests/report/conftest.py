"""Finished reports that several tests look at: complete, with published figures, outside the pact, the longest name."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from nbformat import NotebookNode

from lekp_lib.edition import Edition
from lekp_lib.present.municipality import Report, open_report
from lekp_lib.report.outputs import read_contents
from lekp_lib.report.page import page_of
from lekp_lib.report.paper import pdf_of
from tests.report.in_process import NOTEBOOKS, executed

#: Municipality, edition, and the most pages that its report may have.
REPORTS = {
    "gent": ("44021", "voorbeeld", 18),
    "beveren-kruibeke-zwijndrecht": ("46030", "voorbeeld", 18),
    "houthulst": ("32006", "gepubliceerd", 7),
    "mesen": ("33016", "gepubliceerd", 5),
}


@dataclass(frozen=True, slots=True)
class Finished:
    """One report in both forms, and its brief."""

    view: Report
    notebook: NotebookNode
    html: str
    pdf: bytes
    brief: bytes


@pytest.fixture(scope="session")
def finished() -> dict[str, Finished]:
    """The reports, made once per process."""
    editions = {name: Edition.open(name) for name in ("gepubliceerd", "voorbeeld")}
    found = {}
    for name, (nis, edition, _) in REPORTS.items():
        view = open_report(edition=editions[edition], gemeente=nis, editie=edition)
        notebook = executed(nis, editions[edition])
        contents = read_contents(notebook, NOTEBOOKS)
        found[name] = Finished(view, notebook, page_of(contents), pdf_of(contents), pdf_of(contents, brief=True))
    return found
