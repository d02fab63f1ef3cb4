"""The formats of a report: each name with the function that writes its file from the same executed notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from lekp_lib.present.report_view import ReportView
from lekp_lib.report.html_exporter import HtmlExporter
from lekp_lib.report.pdf import PdfExporter

Writer = Callable[[NotebookNode, ReportView, Path], Path]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Made:
    """Files by format, and wall time in seconds by format."""

    files: dict[str, Path]
    seconds: dict[str, float]


def _html(notebook: NotebookNode, _view: ReportView, folder: Path) -> Path:
    path = folder / "rapport.html"
    page, _ = HtmlExporter().from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    path.write_text(page, encoding="utf-8")
    return path


def _pdf(notebook: NotebookNode, _view: ReportView, folder: Path) -> Path:
    path = folder / "rapport.pdf"
    content, _ = PdfExporter().from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    path.write_bytes(content)
    return path


#: In the order in which they are made.
FORMATS: Mapping[str, Writer] = {"html": _html, "pdf": _pdf}


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
