"""A fresh forked child per report: it starts from the warm memory of the master, and dies with its state.

The master waits for the children's process descriptors, never for their output: a child may be killed, may hang, or may
leave a process behind that keeps its output open.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from lekp_lib.batch.alone import check_alone
from lekp_lib.batch.tasks import ReportResult, ReportTask, Status, result_from_json, unfinished
from lekp_lib.batch.work import LOG_FILE, keep_dead, keep_log, make_one

#: Time that a child gets to keep its broken notebook once its time is up.
GRACE_S = 3.0
#: Longest wait without a look at the clock, in seconds; the progress bar moves at this pace.
_BEAT_S = 0.25
_PR_SET_PDEATHSIG = 1

Work = Callable[[ReportTask, Path], ReportResult]


@dataclass(slots=True)
class _Child:
    """A running report: process, its descriptor, the pipe with its result, its folder, and its last moment."""

    task: ReportTask
    pid: int
    descriptor: int
    result_pipe: int
    scratch: Path
    started: float
    deadline: float
    warned: bool = False


class ReportTimeoutError(RuntimeError):
    """The time of a report is up; raised inside the cell that runs at that moment."""


def _in_child(task: ReportTask, work: Work, scratch: Path, pipe: int, master: int, timeout_s: float) -> None:
    """Everything that a child does. Its own process group, so that it can be ended with all that it starts."""
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != master:
        return  # the master died before it could be told

    def time_is_up(_signal: int, _frame: object) -> None:
        raise ReportTimeoutError(f"the report took longer than {timeout_s:g} s")

    signal.signal(signal.SIGTERM, time_is_up)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    log = os.open(scratch / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, there in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(here, there)
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    result = work(task, scratch)
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(pipe, json.dumps(result.as_json()).encode())


def _start(task: ReportTask, work: Work, scratch_root: Path, timeout_s: float) -> _Child:
    scratch = Path(tempfile.mkdtemp(prefix=f"{task.nis}-", dir=scratch_root))
    reading, writing = os.pipe()
    master = os.getpid()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            _in_child(task, work, scratch, writing, master, timeout_s)
            status = 0
        except BaseException:  # noqa: BLE001 -- nothing may run on into the master's code
            with suppress(BaseException):
                sys.excepthook(*sys.exc_info())
                sys.stderr.flush()
        finally:
            os._exit(status)
    os.close(writing)
    os.set_blocking(reading, False)
    now = time.monotonic()
    return _Child(task, pid, os.pidfd_open(pid), reading, scratch, now, now + timeout_s)


def _told(child: _Child) -> ReportResult | None:
    """The result that a child sent; ``None`` when it died before."""
    parts = []
    with suppress(OSError):
        while part := os.read(child.result_pipe, 65536):
            parts.append(part)
    try:
        return result_from_json(json.loads(b"".join(parts)))
    except (ValueError, TypeError):
        return None


def _how_it_died(status: int, timeout_s: float, *, warned: bool) -> tuple[str, str]:
    """Message and kind for a child without result."""
    if warned:
        return f"the report took longer than {timeout_s:g} s and did not stop when asked; it was killed", "time is up"
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        hint = " (out of memory?)" if os.WTERMSIG(status) == signal.SIGKILL else ""
        return f"the process of the report was killed by {name}{hint}", f"killed by {name}"
    return f"the process of the report ended with code {os.waitstatus_to_exitcode(status)}, without result", "no result"


def _end_group(pid: int) -> None:
    """Kill a child with everything that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _finish(child: _Child, timeout_s: float) -> ReportResult:
    """Bury a dead child: result, evidence, folder."""
    _, status, usage = os.wait4(child.pid, 0)
    _end_group(child.pid)
    result = _told(child)
    if result is None:
        message, kind = _how_it_died(status, timeout_s, warned=child.warned)
        result = unfinished(child.task, Status.FAILED, message, kind)
        keep_dead(child.task, child.scratch, message)
    if result.status is Status.FAILED:
        keep_log(child.task, child.scratch)
    os.close(child.result_pipe)
    os.close(child.descriptor)
    shutil.rmtree(child.scratch, ignore_errors=True)
    return replace(
        result,
        seconds=time.monotonic() - child.started,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_kb=usage.ru_maxrss,
    )


def _stop(children: dict[int, _Child]) -> None:
    """End all children at once; their reports are either in place or still in their scratch folders."""
    for child in children.values():
        _end_group(child.pid)
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)  # its group does not exist yet when it was born just now
    for child in children.values():
        with suppress(ChildProcessError):
            os.waitpid(child.pid, 0)
        os.close(child.result_pipe)
        os.close(child.descriptor)
        shutil.rmtree(child.scratch, ignore_errors=True)


def _watch_clock(children: dict[int, _Child]) -> None:
    """Ask a report whose time is up to stop, and kill one that does not."""
    now = time.monotonic()
    for child in children.values():
        if now >= child.deadline and not child.warned:
            child.warned = True
            child.deadline = now + GRACE_S
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGTERM)
        elif now >= child.deadline:
            _end_group(child.pid)


def run_forked(
    tasks: Sequence[ReportTask],
    *,
    workers: int,
    timeout_s: float,
    scratch_root: Path,
    work: Work = make_one,
) -> Generator[ReportResult | None, None, None]:
    """Make reports in forked children, some at a time.

    Parameters
    ----------
    tasks
        What to make, in this order.
    workers
        Children at a time.
    timeout_s
        Time that one report may take.
    scratch_root
        Existing folder on the disk of the outputs.
    work
        What a child does.

    Yields
    ------
    ReportResult or None
        In the order in which they are ready; ``None`` at each beat in between. Closing the iterator ends all children.

    Raises
    ------
    ReportError
        When this process has more than one thread.
    """
    check_alone()
    waiting, children = list(reversed(tasks)), dict[int, _Child]()
    poll = select.poll()
    try:
        while waiting or children:
            while waiting and len(children) < workers:
                child = _start(waiting.pop(), work, scratch_root, timeout_s)
                children[child.descriptor] = child
                poll.register(child.descriptor, select.POLLIN)
            ready = poll.poll(_BEAT_S * 1000)
            for descriptor, _ in ready:
                poll.unregister(descriptor)
                yield _finish(children.pop(descriptor), timeout_s)
            _watch_clock(children)
            if not ready:
                yield None
    finally:
        _stop(children)
