"""Finished reports that several tests look at: complete, with published figures, outside the pact, the longest name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from lekp_lib.edition import Edition
from lekp_lib.present.municipality import Report, open_report
from lekp_lib.report.outputs import read_contents
from lekp_lib.report.page import page_of
from lekp_lib.report.paper import pdf_of
from tests.report.in_process import NOTEBOOKS, executed
from tests.site_sample import made_once

#: Municipality, edition, and the most pages that its report may have.
REPORTS = {
    "gent": ("44021", "voorbeeld", 18),
    "beveren-kruibeke-zwijndrecht": ("46030", "voorbeeld", 18),
    "houthulst": ("32006", "gepubliceerd", 7),
    "mesen": ("33016", "gepubliceerd", 5),
}


@dataclass(frozen=True)
class Finished:
    """One report in both forms, and its brief, as files."""

    folder: Path
    name: str

    @cached_property
    def view(self) -> Report:
        nis, edition, _ = REPORTS[self.name]
        return open_report(gemeente=nis, editie=edition)

    @cached_property
    def notebook(self) -> NotebookNode:
        return nbformat.read(self.folder / f"{self.name}.ipynb", as_version=4)

    @cached_property
    def html(self) -> str:
        return (self.folder / f"{self.name}.html").read_text(encoding="utf-8")

    @cached_property
    def pdf(self) -> bytes:
        return (self.folder / f"{self.name}.pdf").read_bytes()

    @cached_property
    def brief(self) -> bytes:
        return (self.folder / f"{self.name}-kort.pdf").read_bytes()


def _make(folder: Path) -> None:
    editions = {name: Edition.open(name) for name in ("gepubliceerd", "voorbeeld")}
    for name, (nis, edition, _) in REPORTS.items():
        notebook = executed(nis, editions[edition])
        contents = read_contents(notebook, NOTEBOOKS)
        nbformat.write(notebook, folder / f"{name}.ipynb")
        (folder / f"{name}.html").write_text(page_of(contents), encoding="utf-8")
        (folder / f"{name}.pdf").write_bytes(pdf_of(contents))
        (folder / f"{name}-kort.pdf").write_bytes(pdf_of(contents, brief=True))


def finished_reports(factory: pytest.TempPathFactory, worker: str) -> Path:
    """Folder with the reports, made once for all processes; parameters as for :func:`made_once`."""
    return made_once(factory, worker, "finished", _make)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, Finished]:
    """The reports."""
    folder = finished_reports(tmp_path_factory, worker_id)
    return {name: Finished(folder, name) for name in REPORTS}
