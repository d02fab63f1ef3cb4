"""Make the report on Flanders: the same road as a municipality's, in ``<edition>/vlaanderen``."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import html as lxml_html
from nbformat import NotebookNode

from lekp_lib.adapter.shown import sha256_text
from lekp_lib.edition import Edition
from lekp_lib.errors import Problem, ReportError, ReportProblems
from lekp_lib.parameters import ReportParameters
from lekp_lib.present.flanders_view import OWN_ONLY, FlandersView, open_flanders
from lekp_lib.report.downloads.flanders_csv import FLANDERS_CSV, flanders_csv
from lekp_lib.report.execute import Engine
from lekp_lib.report.fingerprint import Fingerprint, code_sha256, fingerprint_json, inputs_sha256
from lekp_lib.report.formats import Made, write_page, write_paper
from lekp_lib.report.job import Clock, Job, run_job
from lekp_lib.report.outputs import BROKEN_FOLDER, sha256_file

FLANDERS_FOLDER = "vlaanderen"
FLANDERS_FORMATS = ("html", "pdf", "csv")


@dataclass(frozen=True, slots=True)
class MadeFlanders:
    """The finished report; ``files`` maps format to path, ``seconds`` the steps to wall time."""

    folder: Path
    files: dict[str, Path]
    seconds: dict[str, float]


def _csv(_executed: NotebookNode, view: FlandersView, folder: Path) -> Path:
    path = folder / FLANDERS_CSV
    path.write_bytes(flanders_csv(view.results))
    return path


_WRITERS = {"html": write_page, "pdf": write_paper, "csv": _csv}


def _write(executed: NotebookNode, view: FlandersView, folder: Path, formats: Sequence[str], clock: Clock) -> Made:
    files: dict[str, Path] = {}
    seconds: dict[str, float] = {}
    for name in formats:
        started = clock()
        files[name] = _WRITERS[name](executed, view, folder)
        seconds[name] = clock() - started
    return Made(files, seconds)


def _text(element: lxml_html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def check_flanders(view: FlandersView, files: Mapping[str, Path]) -> None:
    """Refuse a report whose message, totals or verdicts differ from the figures, computed again outside the notebook.

    Parameters
    ----------
    view
        The same report, opened anew in this process.
    files
        Finished files by format; the web page is the one that is read.

    Raises
    ------
    ReportProblems
        With everything that differs, at once.
    """
    if "html" not in files:
        return
    page = lxml_html.fromstring(files["html"].read_text(encoding="utf-8"))
    problems = []
    titles = [_text(item) for item in page.iter("h1")]
    if titles != [view.headline]:
        problems.append(Problem("h1", repr(titles), repr(view.headline), "Show vlaanderen.summary() once, at the top."))
    for result in view.results.pact:
        target = result.target
        found = page.findall(f'.//div[@data-block="flanders-target"][@data-target="{target.id}"]')
        if len(found) != 1:
            advice = f'Show vlaanderen.target("{target.id}") once.'
            problems.append(Problem(f"target {target.id}", f"{len(found)} sections", "1 section", advice))
            continue
        expected = " ".join(" ".join(view.at(target.id).sentences()).split())
        if expected not in _text(found[0]):
            problems.append(
                Problem(f"target {target.id}", "other sentences", repr(expected), "Run the notebook again.")
            )
        counts = [int(item.get("data-count", "0")) for item in found[0].iterfind(".//li[@data-count]")]
        if sum(counts) != result.coverage.members:
            problems.append(Problem(f"target {target.id}, verdicts", str(sum(counts)), str(result.coverage.members)))
    if problems:
        raise ReportProblems("the report on Flanders does not say what the figures say", problems)


def _about(view: FlandersView, job: Job) -> dict[str, Any]:
    whole = sha256_text(view.edition.manifest.model_dump_json())
    inputs = inputs_sha256(whole, job.notebook_sha256, view.resolved_parameters(), code_sha256())
    return {
        "run": view.run_id,
        "subject": FLANDERS_FOLDER,
        "fingerprint": fingerprint_json(Fingerprint(inputs, inputs)),
        "edition": view.edition.manifest.model_dump(mode="json"),
    }


def make_flanders(
    parameters: ReportParameters,
    *,
    notebook: Path,
    output_dir: Path,
    formats: Sequence[str] = FLANDERS_FORMATS,
    edition: Edition | None = None,
    clock: Clock = time.perf_counter,
    engine: Engine = "kernel",
    scratch: Path | None = None,
) -> MadeFlanders:
    """Make the report on Flanders in all asked formats, or nothing at all.

    Parameters
    ----------
    parameters
        Validated parameters; those about one municipality do not count.
    notebook
        The notebook to run.
    output_dir
        Root of the outputs; the report lands in ``<edition>/vlaanderen``.
    formats
        Some of :data:`FLANDERS_FORMATS`.
    edition
        An edition that is open already.
    clock
        For the timings in the manifest.
    engine
        What runs the notebook.
    scratch
        As for :func:`~lekp_lib.report.make.make_report`.

    Returns
    -------
    MadeFlanders

    Raises
    ------
    LekpError
        When a parameter, the edition, a cell or a check is wrong; an older report then stays as it was.
    """
    started = clock()
    if not notebook.is_file():
        raise ReportError(f"{notebook}: no such notebook; expected the path of an .ipynb file")
    chosen = {key: value for key, value in parameters.for_notebook().items() if key not in OWN_ONLY}
    view = open_flanders(**chosen, edition=edition)
    root = output_dir / view.edition.id
    job = Job(
        name="Vlaanderen",
        parameters=chosen,
        notebook=notebook,
        notebook_sha256=sha256_file(notebook),
        output_dir=output_dir,
        target=root / FLANDERS_FOLDER,
        broken=root / BROKEN_FOLDER / FLANDERS_FOLDER,
        formats=formats,
        engine=engine,
        clock=clock,
        write=lambda executed, folder: _write(executed, view, folder, formats, clock),
        check=lambda _executed, files: check_flanders(view, files),
        about=lambda job: _about(view, job),
    )
    seconds = {"openen": clock() - started}
    files = run_job(job, seconds, scratch)
    return MadeFlanders(job.target, files, seconds)
