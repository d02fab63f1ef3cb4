"""One notebook on its way to a finished folder, whatever it is about: run, export, check, move into place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from lekp_lib.errors import LekpError, ReportError
from lekp_lib.report.execute import Engine, NotebookFailed, execute
from lekp_lib.report.fingerprint import package_versions
from lekp_lib.report.formats import Made
from lekp_lib.report.outputs import (
    forget_broken,
    keep_broken,
    move_into_place,
    output_error,
    scratch_folder,
    sha256_file,
    write_manifest,
)

NOTEBOOK_NAME = "rapport.ipynb"
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Job:
    """What is made, from what, where.

    Attributes
    ----------
    name
        Of the subject, for messages.
    parameters
        What the notebook receives.
    notebook, notebook_sha256
        The notebook, and the hash of its bytes.
    output_dir
        Root of the outputs.
    target
        Lasting folder of the result.
    broken
        Where a notebook that fails is kept.
    formats
        Names of the formats.
    engine
        What runs the notebook.
    clock
        For the timings in the manifest.
    write
        Writes all formats of the executed notebook into a folder.
    check
        Refuses files that do not say what the figures say.
    about
        What the manifest says of the subject, besides the parts that every result has.
    """

    name: str
    parameters: Mapping[str, Any]
    notebook: Path
    notebook_sha256: str
    output_dir: Path
    target: Path
    broken: Path
    formats: Sequence[str]
    engine: Engine
    clock: Clock
    write: Callable[[NotebookNode, Path], Made]
    check: Callable[[NotebookNode, Mapping[str, Path]], None]
    about: Callable[[Job], Mapping[str, Any]]


def _manifest(job: Job, seconds: Mapping[str, float]) -> dict[str, Any]:
    return {
        **job.about(job),
        "parameters": dict(job.parameters),
        "formats": list(job.formats),
        "notebook": {"name": job.notebook.name, "sha256": job.notebook_sha256},
        "versions": package_versions(),
        "engine": job.engine,
        "seconds": {key: round(value, 3) for key, value in seconds.items()},
    }


def _executed(job: Job, scratch: Path) -> NotebookNode:
    executed = execute(job.notebook, scratch / NOTEBOOK_NAME, job.parameters, job.engine)
    if sha256_file(job.notebook) != job.notebook_sha256:
        raise ReportError(f"{job.notebook}: was changed while the report was being made; make it again")
    return executed


@contextmanager
def _broken_kept(job: Job, scratch: Path) -> Iterator[None]:
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
        what = f"{job.name}: {error}\n  The broken notebook is {kept}"
        if isinstance(error, NotebookFailed):
            raise NotebookFailed(error.cell, what) from None
        raise ReportError(what) from None


def _made(job: Job, scratch: Path, seconds: dict[str, float]) -> dict[str, Path]:
    started = job.clock()
    executed = _executed(job, scratch)
    seconds["notebook"] = job.clock() - started
    folder = scratch / "verslag"
    folder.mkdir()
    made = job.write(executed, folder)
    seconds |= made.seconds
    started = job.clock()
    job.check(executed, made.files)
    seconds["controle"] = job.clock() - started
    write_manifest(folder, _manifest(job, seconds))
    move_into_place(folder, job.target)
    forget_broken(job.broken)
    return {name: job.target / path.name for name, path in made.files.items()}


def run_job(job: Job, seconds: dict[str, float], scratch: Path | None = None) -> dict[str, Path]:
    """Make one result in all asked formats, or nothing at all.

    Parameters
    ----------
    job
        What is made.
    seconds
        Timings so far; those of the steps are added.
    scratch
        Existing empty folder on the disk of the outputs, which the caller removes; ``None`` makes one for the while.

    Returns
    -------
    dict of Path
        Finished files by format.

    Raises
    ------
    LekpError
        When a cell or check is wrong; the notebook and the message are then kept in ``job.broken``.
    """
    with (
        scratch_folder(job.output_dir) if scratch is None else nullcontext(scratch) as folder,
        _broken_kept(job, folder),
    ):
        return _made(job, folder, seconds)
