"""Make one report: run the notebook, export it, check the result, put it in its place with a manifest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from lekp_lib.assess.shown import sha256_text
from lekp_lib.edition import Edition
from lekp_lib.errors import LekpError, ReportError
from lekp_lib.parameters import ReportParameters
from lekp_lib.present.report_view import ReportView, open_report
from lekp_lib.report.content_checks import check_content
from lekp_lib.report.execute import Engine, NotebookFailed, execute
from lekp_lib.report.fingerprint import (
    Fingerprint,
    code_sha256,
    fingerprint_json,
    inputs_sha256,
    package_versions,
    shows_own_report_only,
)
from lekp_lib.report.formats import DEFAULT_FORMATS, Made, write_formats
from lekp_lib.report.outputs import (
    broken_folder,
    forget_broken,
    keep_broken,
    move_into_place,
    output_error,
    report_folder,
    scratch_folder,
    sha256_file,
    write_manifest,
)

NOTEBOOK_NAME = "rapport.ipynb"
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


@dataclass(frozen=True, slots=True)
class _Job:
    """One report on its way: what is made, from what, where."""

    view: ReportView
    parameters: ReportParameters
    notebook: Path
    notebook_sha256: str
    output_dir: Path
    formats: Sequence[str]
    engine: Engine
    clock: Clock

    @property
    def broken(self) -> Path:
        return broken_folder(self.output_dir, self.view.edition.id, self.view.place.nis)


def fingerprint_of(view: ReportView, notebook: Path, notebook_sha256: str) -> Fingerprint:
    """Hashes of everything that goes into a report.

    Parameters
    ----------
    view
        The report.
    notebook, notebook_sha256
        The notebook that makes it, and the hash of its bytes.
    """
    parameters = view.parameters.model_copy(update={"gemeente": view.place.nis})
    whole = sha256_text(view.edition.manifest.model_dump_json())
    own_only = shows_own_report_only(notebook, notebook_sha256)
    figures = view.figures_sha256 if own_only else whole
    code = code_sha256()
    return Fingerprint(
        inputs=inputs_sha256(whole, notebook_sha256, parameters, code),
        shown=inputs_sha256(figures, notebook_sha256, parameters, code),
    )


def _manifest(job: _Job, seconds: dict[str, float]) -> dict[str, Any]:
    view, edition = job.view, job.view.edition
    return {
        "run": view.run_id,
        "municipality": {"nis": view.place.nis, "name": view.place.name},
        "parameters": job.parameters.model_dump(),
        "formats": list(job.formats),
        "fingerprint": fingerprint_json(fingerprint_of(view, job.notebook, job.notebook_sha256)),
        "edition": edition.manifest.model_dump(mode="json"),
        "notebook": {"name": job.notebook.name, "sha256": job.notebook_sha256},
        "versions": package_versions(),
        "engine": job.engine,
        "seconds": {key: round(value, 3) for key, value in seconds.items()},
    }


def _executed(job: _Job, scratch: Path) -> NotebookNode:
    executed = execute(job.notebook, scratch / NOTEBOOK_NAME, job.parameters.model_dump(), job.engine)
    if sha256_file(job.notebook) != job.notebook_sha256:
        raise ReportError(f"{job.notebook}: was changed while the report was being made; make it again")
    return executed


@contextmanager
def _broken_kept(job: _Job, scratch: Path) -> Iterator[None]:
    """Keep the notebook and the message of a report that fails, and say where they are."""
    try:
        yield
    except OSError as error:
        raise output_error(error, job.output_dir) from None
    except LekpError as error:
        with suppress(OSError):
            keep_broken(scratch / NOTEBOOK_NAME, job.broken, str(error))
        kept = job.broken / NOTEBOOK_NAME
        if not isinstance(error, ReportError) or not kept.is_file():
            raise
        what = f"{job.view.place.name}: {error}\n  The broken notebook is {kept}"
        if isinstance(error, NotebookFailed):
            raise NotebookFailed(error.cell, what) from None
        raise ReportError(what) from None


def _made(job: _Job, scratch: Path, seconds: dict[str, float]) -> MadeReport:
    started = job.clock()
    executed = _executed(job, scratch)
    seconds["notebook"] = job.clock() - started
    folder = scratch / "verslag"
    folder.mkdir()
    made: Made = write_formats(executed, job.view, folder, job.formats, job.clock)
    seconds |= made.seconds
    started = job.clock()
    check_content(executed, job.view, made.files)
    seconds["controle"] = job.clock() - started
    write_manifest(folder, _manifest(job, seconds))
    place = job.view.place
    target = report_folder(job.output_dir, job.view.edition.id, place.nis, job.view.slug)
    move_into_place(folder, target)
    forget_broken(job.broken)
    files = {name: target / path.name for name, path in made.files.items()}
    return MadeReport(place.nis, place.name, target, files, seconds)


def make_report(
    parameters: ReportParameters,
    *,
    notebook: Path,
    output_dir: Path,
    formats: Sequence[str] = DEFAULT_FORMATS,
    edition: Edition | None = None,
    clock: Clock = time.perf_counter,
    engine: Engine = "kernel",
    scratch: Path | None = None,
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
    engine
        What runs the notebook; ``warm`` only once per process (:mod:`lekp_lib.report.warm_engine`).
    scratch
        Existing empty folder on the disk of the outputs, which the caller removes; ``None`` makes one for the while.

    Returns
    -------
    MadeReport

    Raises
    ------
    LekpError
        When a place, parameter, edition, notebook cell or check is wrong. An older report then stays as it was, and
        ``<edition>/_broken/<nis>`` holds the notebook and the message.
    """
    started = clock()
    if not notebook.is_file():
        raise ReportError(f"{notebook}: no such notebook; expected the path of an .ipynb file")
    view = open_report(**parameters.model_dump(), edition=edition)
    job = _Job(
        view=view,
        # One name for one place: what the notebook receives is what the folder is called after.
        parameters=parameters.model_copy(update={"gemeente": view.place.nis}),
        notebook=notebook,
        notebook_sha256=sha256_file(notebook),
        output_dir=output_dir,
        formats=formats,
        engine=engine,
        clock=clock,
    )
    seconds = {"openen": clock() - started}
    with scratch_folder(output_dir) if scratch is None else nullcontext(scratch) as folder, _broken_kept(job, folder):
        return _made(job, folder, seconds)
