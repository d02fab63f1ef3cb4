"""One task to one result, in a process that does nothing else. Whatever happens, there is a result."""

from __future__ import annotations

import errno
import re
import time
import traceback
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lekp_lib.batch.tasks import ReportResult, ReportTask, Status
from lekp_lib.errors import LekpError
from lekp_lib.present.report_view import opened_edition
from lekp_lib.report.execute import NotebookFailed
from lekp_lib.report.job import NOTEBOOK_NAME
from lekp_lib.report.make import make_report
from lekp_lib.report.outputs import OutputError, broken_folder, forget_broken, keep_broken

LOG_FILE = "logboek.txt"
MESSAGE_FILE = "melding.txt"
#: Longer messages are cut: a result must fit in a pipe that nobody reads yet.
_LONGEST_MESSAGE = 6000
#: Errors of a kernel that a second attempt is known to solve (spec style.md 5.1).
_WORTH_A_SECOND_TRY = ("Kernel died before replying to kernel_info", "Address already in use")
_VARIABLE = re.compile(r"0x[0-9a-f]+|\d+")


def kind_of(task: ReportTask, text: str) -> str:
    """The message without what is different in each report: place, numbers, addresses.

    Parameters
    ----------
    task
        The report that failed.
    text
        First lines of its message.
    """
    for own in (task.name, task.slug, task.nis):
        text = text.replace(own, "…")
    return _VARIABLE.sub("#", text)[:400]


def _failure(task: ReportTask, error: Exception) -> ReportResult:
    message, cell = str(error), ""
    stops_all = isinstance(error, OutputError)
    if isinstance(error, NotebookFailed):
        first_line = error.cell.source.strip().split("\n", 1)[0]
        cell = f"cel {error.cell.number}: {first_line}: {error.cell.message}"
    elif isinstance(error, OSError):
        stops_all = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
    if not isinstance(error, LekpError):
        message = "".join(traceback.format_exception(error))[-_LONGEST_MESSAGE:]
    kind = kind_of(task, cell or message.split("\n  The broken notebook", 1)[0] or type(error).__name__)
    return ReportResult(
        task.nis, task.name, Status.FAILED, message=message[:_LONGEST_MESSAGE], cell=cell[:500], kind=kind,
        stops_all=stops_all,
    )  # fmt: skip


def _attempt(task: ReportTask, scratch: Path) -> ReportResult:
    try:
        make_report(
            task.parameters,
            notebook=task.notebook,
            output_dir=task.output_dir,
            formats=task.formats,
            edition=opened_edition(task.parameters.editie),
            engine=task.engine,
            scratch=scratch,
        )
    except Exception as error:  # noqa: BLE001 -- whatever a report dies of, the others go on and somebody is told
        return _failure(task, error)
    return ReportResult(task.nis, task.name, Status.DONE)


def make_one(task: ReportTask, scratch: Path) -> ReportResult:
    """Make one report.

    Parameters
    ----------
    task
        What to make.
    scratch
        Existing empty folder on the disk of the outputs; the caller removes it.

    Returns
    -------
    ReportResult
        Never an exception.
    """
    started, processor = time.perf_counter(), time.process_time()
    forget_broken(_broken(task))
    result = _attempt(task, scratch)
    if result.status is Status.FAILED and any(text in result.message for text in _WORTH_A_SECOND_TRY):
        again = scratch / "opnieuw"
        again.mkdir()
        result = _attempt(task, again)
    if result.status is Status.FAILED and not (_broken(task) / MESSAGE_FILE).is_file():
        keep_dead(task, scratch, result.message)
    return replace(result, seconds=time.perf_counter() - started, cpu_seconds=time.process_time() - processor)


def _broken(task: ReportTask) -> Path:
    return broken_folder(task.output_dir, task.edition_id, task.nis)


def keep_dead(task: ReportTask, scratch: Path, message: str) -> None:
    """Keep what is left of a report that could not keep it itself; best effort, for the disk may be full.

    Parameters
    ----------
    task, scratch
        The report and its scratch folder.
    message
        What happened.
    """
    with suppress(OSError):
        keep_broken(scratch / NOTEBOOK_NAME, _broken(task), message)


def keep_log(task: ReportTask, scratch: Path) -> None:
    """Put what the processes of a failed report printed beside its message; best effort.

    Parameters
    ----------
    task, scratch
        The report and its scratch folder.
    """
    log, folder = scratch / LOG_FILE, _broken(task)
    with suppress(OSError):
        if log.stat().st_size and folder.is_dir():
            (folder / LOG_FILE).write_bytes(log.read_bytes())
