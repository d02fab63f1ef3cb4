"""Make one report: run the notebook, export it, check the result, put it in its place with a manifest."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lekp_lib.adapter.shown import sha256_text
from lekp_lib.edition import Edition
from lekp_lib.errors import ReportError
from lekp_lib.parameters import ReportParameters
from lekp_lib.present.look import look_facts, look_sha256
from lekp_lib.present.report_view import ReportView, open_report
from lekp_lib.report.content_checks import check_content
from lekp_lib.report.execute import Engine
from lekp_lib.report.fingerprint import (
    Fingerprint,
    code_sha256,
    fingerprint_json,
    inputs_sha256,
    made_with,
    shows_own_report_only,
)
from lekp_lib.report.formats import DEFAULT_FORMATS, write_formats
from lekp_lib.report.job import Clock, Job, run_job
from lekp_lib.report.notebook_look import with_own_look
from lekp_lib.report.outputs import broken_folder, report_folder, sha256_file


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
    code = made_with(code_sha256(), look_sha256(look_facts(parameters, view.place.nis, Path.cwd())))
    return Fingerprint(
        inputs=inputs_sha256(whole, notebook_sha256, parameters, code),
        shown=inputs_sha256(figures, notebook_sha256, parameters, code),
    )


def _about(view: ReportView, job: Job) -> dict[str, Any]:
    return {
        "run": view.run_id,
        "municipality": {"nis": view.place.nis, "name": view.place.name},
        "fingerprint": fingerprint_json(fingerprint_of(view, job.notebook, job.notebook_sha256)),
        "edition": view.edition.manifest.model_dump(mode="json"),
    }


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
    parameters = with_own_look(parameters, notebook, sha256_file(notebook))
    view = open_report(**parameters.model_dump(), edition=edition)
    place = view.place
    job = Job(
        name=place.name,
        # One name for one place: what the notebook receives is what the folder is called after.
        parameters=parameters.model_copy(update={"gemeente": place.nis}).for_notebook(),
        notebook=notebook,
        notebook_sha256=sha256_file(notebook),
        output_dir=output_dir,
        target=report_folder(output_dir, view.edition.id, place.nis, view.slug),
        broken=broken_folder(output_dir, view.edition.id, place.nis),
        formats=formats,
        engine=engine,
        clock=clock,
        write=lambda executed, folder: write_formats(executed, view, folder, formats, clock),
        check=lambda executed, files: check_content(executed, view, files),
        about=lambda job: _about(view, job),
    )
    seconds = {"openen": clock() - started}
    files = run_job(job, seconds, scratch)
    return MadeReport(place.nis, place.name, job.target, files, seconds)
