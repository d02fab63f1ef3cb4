"""The formats of a report: each name with the function that writes its file from the same executed notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

# Each writer imports what it needs when it writes: who only asks which formats there are does not wait for them.
if TYPE_CHECKING:
    from nbformat import NotebookNode

    from lekp_lib.present.report_view import ReportView

Writer = Callable[["NotebookNode", "ReportView", Path], Path]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Made:
    """Files by format, and wall time in seconds by format."""

    files: dict[str, Path]
    seconds: dict[str, float]


def write_page(notebook: NotebookNode, _view: object, folder: Path) -> Path:
    """Write the web page of an executed notebook, whatever it is about.

    Parameters
    ----------
    notebook
        The executed notebook.
    folder
        Where ``rapport.html`` goes.

    Returns
    -------
    Path

    Raises
    ------
    ReportProblems
        When the page does not pass its checks.
    """
    from lekp_lib.report.html_exporter import HtmlExporter

    path = folder / "rapport.html"
    page, _ = HtmlExporter().from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    path.write_text(page, encoding="utf-8")
    return path


def write_paper(notebook: NotebookNode, _view: object, folder: Path) -> Path:
    """Write ``rapport.pdf`` of an executed notebook; parameters, result and errors as for :func:`write_page`."""
    from lekp_lib.report.pdf import PdfExporter

    path = folder / "rapport.pdf"
    content, _ = PdfExporter().from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    path.write_bytes(content)
    return path


def _xlsx(_notebook: NotebookNode, view: ReportView, folder: Path) -> Path:
    from lekp_lib.report.downloads.write import write_workbook

    return write_workbook(view, folder)


def _csv(_notebook: NotebookNode, view: ReportView, folder: Path) -> Path:
    from lekp_lib.report.downloads.write import write_csv

    return write_csv(view, folder)


def _figures(_notebook: NotebookNode, view: ReportView, folder: Path) -> Path:
    from lekp_lib.report.downloads.write import write_figures

    return write_figures(view, folder)


def _docx(_notebook: NotebookNode, view: ReportView, folder: Path) -> Path:
    """The draft decision as Word file, with the plain text and the upload list beside it."""
    from lekp_lib.present.decision_block import decision_of
    from lekp_lib.report.council_docx import council_docx
    from lekp_lib.report.council_text import checklist_text, council_text

    decision = decision_of(view)
    (folder / "besluit.txt").write_text(council_text(decision), encoding="utf-8")
    (folder / "checklist.txt").write_text(checklist_text(decision), encoding="utf-8")
    path = folder / "besluit.docx"
    path.write_bytes(council_docx(decision))
    return path


def _decision_page(_notebook: NotebookNode, view: ReportView, folder: Path) -> Path:
    from lekp_lib.present.decision_block import decision_of
    from lekp_lib.report.council_html import council_html

    path = folder / "besluit.html"
    path.write_text(council_html(decision_of(view)), encoding="utf-8")
    return path


def _slides(_notebook: NotebookNode, view: ReportView, folder: Path) -> Path:
    from lekp_lib.report.slides import SLIDES_FILE, slides_page

    path = folder / SLIDES_FILE
    path.write_text(slides_page(view), encoding="utf-8")
    return path


#: In the order in which they are made.
FORMATS: Mapping[str, Writer] = {
    "html": write_page,
    "pdf": write_paper,
    "xlsx": _xlsx,
    "csv": _csv,
    "figuren": _figures,
    "docx": _docx,
    "besluit": _decision_page,
    "slides": _slides,
}
#: Made only when asked for: some 50 drawings take three seconds and seven megabytes per report.
ON_REQUEST = frozenset({"figuren"})
#: What a report has when nobody chooses.
DEFAULT_FORMATS = tuple(name for name in FORMATS if name not in ON_REQUEST)


def write_formats(
    notebook: NotebookNode,
    view: ReportView,
    folder: Path,
    formats: Sequence[str],
    clock: Clock,
) -> Made:
    """Write the asked formats into a folder.

    Parameters
    ----------
    notebook
        Executed notebook.
    view
        The same report, for formats that are made from figures rather than from pages.
    folder
        Existing, empty folder.
    formats
        Names from :data:`FORMATS`.
    clock
        For the timings.

    Raises
    ------
    ReportError
        When one format fails; the caller then throws the whole folder away, so that formats of two runs never mix.
    """
    files: dict[str, Path] = {}
    seconds: dict[str, float] = {}
    for name in formats:
        started = clock()
        files[name] = FORMATS[name](notebook, view, folder)
        seconds[name] = clock() - started
    return Made(files, seconds)
