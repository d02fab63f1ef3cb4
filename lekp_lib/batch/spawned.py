"""Workers for machines without a safe fork: started anew, they stay warm and make one report at a time with a kernel.

The kernel is the isolation here; the worker around it only opens the edition once and exports. A worker that dies or
takes too long costs one report, and is replaced.
"""

from __future__ import annotations

import multiprocessing as mp
import os
import shutil
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from lekp_lib.batch.tasks import ReportResult, ReportTask, Status, unfinished
from lekp_lib.batch.work import LOG_FILE, keep_dead, keep_log, make_one

_BEAT_S = 0.25


def _to_log(path: Path) -> None:
    """What the worker and its kernel print goes to the log of the report."""
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    os.close(log)


def _serve(pipe: Connection) -> None:
    """Life of a worker: a task with its folder in, a result out, until the pipe is closed."""
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            task, scratch = pipe.recv()
            _to_log(scratch / LOG_FILE)
            pipe.send(make_one(task, scratch))


@dataclass(slots=True)
class _Worker:
    """A process with its pipe, and the report that it makes at the moment."""

    process: BaseProcess
    pipe: Connection
    task: ReportTask | None = None
    scratch: Path = field(default_factory=Path)
    started: float = 0.0


def _hire() -> _Worker:
    context = mp.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here)


def _dismiss(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


def _give(worker: _Worker, task: ReportTask, scratch_root: Path) -> None:
    worker.task, worker.started = task, time.monotonic()
    worker.scratch = Path(tempfile.mkdtemp(prefix=f"{task.nis}-", dir=scratch_root))
    with suppress(OSError):  # a worker that died just now is noticed at the next look
        worker.pipe.send((task, worker.scratch))


def _take(worker: _Worker, timeout_s: float) -> ReportResult | None:
    """Result of the report that a worker makes, or made before it died; ``None`` as long as it is busy."""
    task, result = worker.task, None
    if task is None:
        return None
    if worker.pipe.poll():
        with suppress(EOFError, OSError):
            result = worker.pipe.recv()
    late = time.monotonic() - worker.started > timeout_s
    if result is None and not late and worker.process.is_alive():
        return None
    if result is None:
        worker.process.kill()
        worker.process.join()
        why = f"the report took longer than {timeout_s:g} s; its worker was killed"
        if not late:
            why = f"the worker of the report ended with code {worker.process.exitcode}, without result"
        keep_dead(task, worker.scratch, why)
        result = unfinished(task, Status.FAILED, why, "time is up" if late else "no result")
    if result.status is Status.FAILED:
        keep_log(task, worker.scratch)
    shutil.rmtree(worker.scratch, ignore_errors=True)
    worker.task = None
    return replace(result, seconds=time.monotonic() - worker.started)


def run_spawned(
    tasks: Sequence[ReportTask],
    *,
    workers: int,
    timeout_s: float,
    scratch_root: Path,
) -> Generator[ReportResult | None, None, None]:
    """Make reports in workers that stay warm; parameters and results as for :func:`~lekp_lib.batch.forked.run_forked`.

    All tasks must ask for the kernel engine: a worker makes many reports, and only a kernel keeps them apart.
    """
    waiting = list(reversed(tasks))
    team = [_hire() for _ in range(min(workers, len(tasks)))]
    try:
        while waiting or any(worker.task for worker in team):
            for number, worker in enumerate(team):
                if worker.task is None and waiting:
                    if not worker.process.is_alive():
                        _dismiss(worker)
                        team[number] = worker = _hire()  # noqa: PLW2901 -- the one that takes over
                    _give(worker, waiting.pop(), scratch_root)
            busy = [worker for worker in team if worker.task]
            wait([each for worker in busy for each in (worker.pipe, worker.process.sentinel)], _BEAT_S)
            found = [_take(worker, timeout_s) for worker in busy]
            yield from [result for result in found if result is not None]
            if not any(found):
                yield None
    finally:
        for worker in team:
            _dismiss(worker)
            if worker.task:
                shutil.rmtree(worker.scratch, ignore_errors=True)
