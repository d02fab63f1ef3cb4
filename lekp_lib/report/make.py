"""Make one report: run the notebook, export it, check the result, put it in its place with a manifest."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from lekp_lib.edition import Edition
from lekp_lib.errors import ReportError
from lekp_lib.parameters import ReportParameters
from lekp_lib.present.report_view import ReportView, open_report
from lekp_lib.report.content_checks import check_content
from lekp_lib.report.execute import NotebookFailed, execute
from lekp_lib.report.formats import FORMATS, Made, write_formats
from lekp_lib.report.outputs import (
    broken_folder,
    keep_broken,
    move_into_place,
    report_folder,
    scratch_folder,
    write_manifest,
)

NOTEBOOK_NAME = "rapport.ipynb"
#: Packages whose version can change what a report looks like.
_VERSIONS_OF = (
    "lekp",
    "papermill",
    "nbconvert",
    "pandas",
    "matplotlib",
    "typst",
    "pikepdf",
    "xlsxwriter",
    "python-docx",
)

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A finished report.

    ``files`` maps format to path; ``seconds`` the steps to wall time.
    """

    nis: str
    name: str
    folder: Path
    files: dict[str, Path]
    seconds: dict[str, float]


def _inputs(view: ReportView, notebook: Path, parameters: ReportParameters) -> dict[str, Any]:
    edition = view.edition
    return {
        "run": view.run_id,
        "municipality": {"nis": view.place.nis, "name": view.place.name},
        "parameters": parameters.model_dump(),
        "edition": edition.manifest.model_dump(mode="json"),
        "notebook": {"name": notebook.name, "sha256": hashlib.sha256(notebook.read_bytes()).hexdigest()},
        "versions": {"python": platform.python_version()} | {name: version(name) for name in _VERSIONS_OF},
    }


def _executed(
    notebook: Path, scratch: Path, view: ReportView, parameters: ReportParameters, root: Path
) -> NotebookNode:
    executed = scratch / NOTEBOOK_NAME
    try:
        return execute(notebook, executed, parameters.model_dump())
    except ReportError as error:
        kept = keep_broken(executed, broken_folder(root, view.edition.id, view.place.nis), str(error))
        what = f"{view.place.name}: {error}\n  The broken notebook is {kept}"
        if isinstance(error, NotebookFailed):
            raise NotebookFailed(error.cell, what) from None
        raise ReportError(what) from None


def make_report(
    parameters: ReportParameters,
    *,
    notebook: Path,
    output_dir: Path,
    formats: Sequence[str] = tuple(FORMATS),
    edition: Edition | None = None,
    clock: Clock = time.perf_counter,
) -> MadeReport:
    """Make the report of one municipality in all asked formats, or nothing at all.

    Parameters
    ----------
    parameters
        Validated parameters; ``gemeente`` may be anything that the register resolves.
    notebook
        The notebook to run.
    output_dir
        Root of the outputs; the report lands in ``<edition>/<nis>-<slug>``.
    formats
        Names from :data:`~lekp_lib.report.formats.FORMATS`.
    edition
        An edition that is open already.
    clock
        For the timings in the manifest.

    Returns
    -------
    MadeReport

    Raises
    ------
    LekpError
        When a place, parameter, edition, notebook cell or check is wrong. An older report then stays as it was.
    """
    started = clock()
    view = open_report(**parameters.model_dump(), edition=edition)
    # One name for one place: what the notebook receives is what the folder is called after.
    parameters = parameters.model_copy(update={"gemeente": view.place.nis})
    seconds = {"openen": clock() - started}
    with scratch_folder(output_dir) as scratch:
        started = clock()
        executed = _executed(notebook, scratch, view, parameters, output_dir)
        seconds["notebook"] = clock() - started
        folder = scratch / "verslag"
        folder.mkdir()
        made: Made = write_formats(executed, view, folder, formats, clock)
        seconds |= made.seconds
        started = clock()
        check_content(executed, view, made.files)
        seconds["controle"] = clock() - started
        write_manifest(
            folder,
            {
                **_inputs(view, notebook, parameters),
                "seconds": {key: round(value, 3) for key, value in seconds.items()},
            },
        )
        target = report_folder(output_dir, view.edition.id, view.place.nis, view.slug)
        move_into_place(folder, target)
    files = {name: target / path.name for name, path in made.files.items()}
    return MadeReport(view.place.nis, view.place.name, target, files, seconds)
