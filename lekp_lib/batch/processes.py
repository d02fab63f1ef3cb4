"""A fresh process for each report, and nothing that outlives the batch.

On Linux reports are forked from a process with one thread, which has everything in memory that they share. Elsewhere a
process is started anew for each report: slower, with the same result. A child leaves its result in a file and is
watched as a process: a cell may close every descriptor, or hand it to a process that lives on.
"""

from __future__ import annotations

import ctypes
import json
import multiprocessing as mp
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Generic, TypeVar

from lekp_lib.errors import ReportError

#: What keeps libraries from starting threads at import: pools of BLAS, OpenMP and numexpr, and the cleaning thread of
#: the allocator that comes with Arrow.
SINGLE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
LOG_FILE = "logboek.txt"
#: Time that a child gets to say which cell was running once its time is up.
GRACE_S = 3.0
#: Longest wait without a look at the clock, in seconds.
POLL_S = 0.25
_RESULT_FILE, _RESULT_ROOM = "uitslag.json", 8192
_STARTED_ANEW = "LEKP_STARTED_ANEW"
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36

Task = TypeVar("Task")
Work = Callable[[Task, Path], Mapping[str, Any]]


def can_fork() -> bool:
    """Whether reports can be forked here; macOS has fork, but its libraries do not survive one."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def thread_names() -> tuple[str, ...]:
    """Names of the threads of this process, as the operating system knows them."""
    names = []
    for task in sorted(Path("/proc/self/task").iterdir()):
        with suppress(OSError):  # a thread that ended meanwhile
            names.append((task / "comm").read_text(encoding="utf-8").strip())
    return tuple(names)


def ensure_single_threaded() -> None:
    """See to it that this process has one thread: set the environment, and start anew when libraries came first."""
    missing = {name: value for name, value in SINGLE_THREAD.items() if os.environ.get(name) != value}
    os.environ.update(missing)
    loaded = {"numpy", "pyarrow"} & set(sys.modules)
    if missing and loaded and len(thread_names()) > 1 and _STARTED_ANEW not in os.environ:
        os.environ[_STARTED_ANEW] = "1"
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 -- this very command


def check_single_threaded() -> None:
    """Refuse to fork from a process with more than one thread: a lock that another one holds would stay locked."""
    names = thread_names()
    if len(names) > 1:
        raise ReportError(
            f"het proces dat de verslagen start heeft {len(names)} threads ({', '.join(names)}) en niet één. "
            "Meld dit: een bibliotheek start een thread zodra ze geladen wordt."
        )


# --- nothing lives on


def end_leftovers(keep: Collection[int] = ()) -> None:
    """Kill all children of this process but some; what they leave comes to this process (:func:`guard`), and goes too.

    Parameters
    ----------
    keep
        Process ids of children that go on.
    """
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    while left := {int(pid) for pid in (listed.read_text().split() if listed.is_file() else ())} - set(keep):
        for pid in left:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _abandon(_signal: int, _frame: object) -> None:
    """The guard was killed: end everything at once. The record of the run was written before its first report."""
    end_leftovers()
    os._exit(1)


def guard() -> None:
    """Go on in a child of this process. The parent stays, passes requests to stop on, and ends what is left behind.

    Two processes watch each other, and both adopt the orphans below them: whichever of the two is killed, the other one
    ends all that a cell ever started. A second request to stop ends everything on the spot.
    """
    prctl = ctypes.CDLL(None).prctl
    prctl(_PR_SET_CHILD_SUBREAPER, 1)
    sys.stdout.flush()
    sys.stderr.flush()
    parent, master = os.getpid(), os.fork()
    asked = [number for number in STOP_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    if not master:
        prctl(_PR_SET_CHILD_SUBREAPER, 1)
        signal.signal(signal.SIGUSR1, _abandon)
        prctl(_PR_SET_PDEATHSIG, signal.SIGUSR1)
        if os.getppid() != parent:
            os._exit(1)
        for number in set(asked) - {signal.SIGUSR2}:
            signal.signal(number, signal.SIG_IGN)  # the guard tells, once; a terminal or a service asks both
        return
    requests = [signal.SIGKILL, signal.SIGUSR2]
    for number in asked:
        signal.signal(number, lambda *_: os.kill(master, requests.pop() if len(requests) > 1 else requests[0]))
    _, status = os.waitpid(master, 0)
    end_leftovers()
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        sys.stderr.write(f"de batch werd beëindigd door {signal.Signals(-code).name}; dezelfde opdracht gaat verder\n")
    sys.stderr.flush()
    os._exit(code if code >= 0 else 128 - code)


#: Requests to stop: Ctrl-C, a polite end, a terminal that closes, and what the guard passes on.
STOP_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2") if hasattr(signal, name)]


# --- one child for each task


class ReportTimeoutError(RuntimeError):
    """The time of a report is up; raised inside the cell that runs at that moment."""


@dataclass(frozen=True, slots=True)
class Ended(Generic[Task]):
    """A task whose process is gone.

    Attributes
    ----------
    task
        What was asked.
    scratch
        Folder of the child; removed as soon as the next result is asked for.
    seconds
        Wall time.
    result
        What the work returned; ``None`` when the process died before.
    reason
        How it died, for people.
    """

    task: Task
    scratch: Path
    seconds: float
    result: dict[str, Any] | None
    reason: str = ""


@dataclass(slots=True)
class _Child(Generic[Task]):
    task: Task
    process: BaseProcess
    watch: int
    scratch: Path
    started: float
    deadline: float
    warned: bool = False


def _set_apart(master: int) -> None:
    """A child leads a process group, dies with the master, and is the first to go when memory runs out."""
    if hasattr(os, "setsid"):
        os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != master:
            os._exit(1)  # the master died before it could be told
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="utf-8")


def _in_child(work: Work[Task], task: Task, scratch: Path, timeout_s: float, master: int) -> None:
    """Everything that a child does, to its last instruction."""
    _set_apart(master)

    def time_is_up(_signal: int, _frame: object) -> None:
        raise ReportTimeoutError(f"dit verslag duurde langer dan {timeout_s:g} s")

    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, time_is_up)
    log = os.open(scratch / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    for descriptor, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
        os.dup2(source, descriptor)
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    with (scratch / _RESULT_FILE).open("r+", encoding="utf-8") as file:
        file.write(json.dumps(work(task, scratch)))
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)  # threads and exit handlers of the cells wait for nothing


def _start(work: Work[Task], task: Task, scratch: Path, timeout_s: float) -> _Child[Task]:
    scratch.mkdir()
    (scratch / _RESULT_FILE).write_bytes(b" " * _RESULT_ROOM)  # it has a place, also when the disk fills up meanwhile
    context: Any = mp.get_context("fork" if can_fork() else "spawn")
    process = context.Process(target=_in_child, args=(work, task, scratch, timeout_s, os.getpid()))
    process.start()
    # The process itself, not the pipe that multiprocessing watches: a cell may close its end, or hand it on.
    watch = os.pidfd_open(process.pid) if can_fork() else process.sentinel
    now = time.monotonic()
    return _Child(task, process, watch, scratch, now, now + timeout_s)


def _kill(process: BaseProcess) -> None:
    """End a child with its process group."""
    assert process.pid is not None
    with suppress(AttributeError, ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


def _describe_death(child: _Child[Task], timeout_s: float) -> str:
    code = child.process.exitcode or 0
    if child.warned:
        return f"dit verslag duurde langer dan {timeout_s:g} s en stopte niet toen het daarom gevraagd werd"
    if code < 0:
        name = signal.Signals(-code).name
        return f"het proces werd beëindigd door {name}{' (te weinig geheugen?)' if name == 'SIGKILL' else ''}"
    return f"het proces stopte met code {code}, zonder uitslag"


def _finish(child: _Child[Task], others: Collection[_Child[Task]], timeout_s: float) -> Ended[Task]:
    child.process.join()
    _kill(child.process)
    if can_fork():
        os.close(child.watch)
        end_leftovers([other.process.pid or 0 for other in others])
    seconds, result = time.monotonic() - child.started, None
    with suppress(OSError, ValueError):
        result = json.loads((child.scratch / _RESULT_FILE).read_text(encoding="utf-8"))
    reason = "" if result else _describe_death(child, timeout_s)
    return Ended(child.task, child.scratch, seconds, result, reason)


def _watch_clock(children: Collection[_Child[Task]]) -> None:
    """Ask a child whose time is up to stop, and kill one that does not."""
    now = time.monotonic()
    for child in children:
        if now >= child.deadline and not child.warned:
            child.warned, child.deadline = True, now + GRACE_S
            child.process.terminate()
        elif now >= child.deadline:
            _kill(child.process)


def run_processes(
    tasks: Sequence[Task], work: Work[Task], *, workers: int, timeout_s: float, scratch: Path
) -> Generator[Ended[Task] | None, None, None]:
    """Do each task in a fresh process, some at a time.

    Parameters
    ----------
    tasks
        What to do, in this order.
    work
        Called in the child with a task and an existing folder; returns plain values for JSON.
    workers
        Children at a time.
    timeout_s
        Time that one task may take.
    scratch
        Existing folder.

    Yields
    ------
    Ended or None
        In the order in which they are ready; ``None`` now and then in between. Closing the iterator ends all children.

    Raises
    ------
    ReportError
        When this process would fork with more than one thread.
    """
    if can_fork():
        check_single_threaded()
    waiting, running = list(reversed(list(enumerate(tasks)))), dict[int, _Child[Task]]()
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                number, task = waiting.pop()
                child = _start(work, task, scratch / str(number), timeout_s)
                running[child.watch] = child
            ready = wait(list(running), POLL_S)
            for watch in ready:
                assert isinstance(watch, int)
                child = running.pop(watch)
                ended = _finish(child, running.values(), timeout_s)
                try:
                    yield ended
                finally:
                    shutil.rmtree(ended.scratch, ignore_errors=True)
            _watch_clock(running.values())
            if not ready:
                yield None
    finally:
        for child in running.values():
            _kill(child.process)
        if can_fork():
            end_leftovers()
