"""The process on a machine of a cluster that forks: warm, with one thread, one report at a time.

The worker of Dask around it has threads, and may not fork. It writes tasks to the standard input of this process and
reads results from its standard output; when it dies, the input ends, and so does this process.
"""

from __future__ import annotations

import os
import pickle
import shutil
import sys
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from lekp_lib.batch.alone import can_fork
from lekp_lib.batch.parcel import Files, Parcel, Reply, Request, laid_out, local_task, read_files
from lekp_lib.batch.tasks import ReportResult, ReportTask, Status


def _executed(task: ReportTask, parcel: Parcel, scratch_root: Path) -> Generator[ReportResult | None, None, None]:
    if can_fork():
        from lekp_lib.batch.forked import run_forked

        return run_forked([task], workers=1, timeout_s=parcel.timeout_s, scratch_root=scratch_root)
    from lekp_lib.batch.spawned import run_spawned

    kernel = replace(task, engine="kernel")
    return run_spawned([kernel], workers=1, timeout_s=parcel.timeout_s, scratch_root=scratch_root)


def _made(task: ReportTask, parcel: Parcel, scratch_root: Path) -> ReportResult:
    """Make a report, as long as the process is there that asked for it; a killed worker leaves nothing running."""
    asked_by = os.getppid()
    with closing(_executed(task, parcel, scratch_root)) as results:
        for result in results:
            if result is not None:
                return result
            if os.getppid() != asked_by:
                break
    raise SystemExit("the worker is gone")


def _taken(folder: Path) -> Files:
    """Files of a folder, which then is gone."""
    files = read_files(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return files


def _reply(request: Request, parcel: Parcel, folder: Path) -> Reply:
    from lekp_lib.report.outputs import broken_folder, report_folder

    task = local_task(request.task, parcel, folder)
    scratch_root = request.scratch_root if parcel.outputs else task.output_dir
    result = _made(task, parcel, scratch_root)
    if parcel.outputs:
        return Reply(result, {}, {})
    # A message names files; here they have another place than at home.
    here, there = str(task.output_dir), str(request.task.output_dir)
    result = replace(result, message=result.message.replace(here, there), cell=result.cell.replace(here, there))
    report = report_folder(task.output_dir, task.edition_id, task.nis, task.slug)
    broken = broken_folder(task.output_dir, task.edition_id, task.nis)
    return Reply(result, _taken(report) if result.status is Status.DONE else {}, _taken(broken))


def serve(folder: Path, requests: BinaryIO, replies: BinaryIO) -> None:
    """Make reports until nobody asks any more.

    Parameters
    ----------
    folder
        With the parcel of :func:`~lekp_lib.batch.parcel.unpack`.
    requests, replies
        Pickled :class:`Request` and :class:`Reply`, one after the other.
    """
    parcel = laid_out(folder)
    if can_fork():
        from lekp_lib.batch.warmup import warm_up
        from lekp_lib.present.report_view import opened_edition

        warm_up(opened_edition(parcel.edition), [local_task(task, parcel, folder) for task in parcel.practice])
    with suppress(EOFError, BrokenPipeError):
        while True:
            request = pickle.load(requests)  # noqa: S301 -- from the process that started this one
            pickle.dump(_reply(request, parcel, folder), replies)
            replies.flush()


def main() -> None:
    """Serve on the standard streams; what anything prints goes to the log of the worker."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(Path(sys.argv[1]), sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
