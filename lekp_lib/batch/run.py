"""The run: a fresh process for each report, and a record that never says more than is true.

On Linux reports are forked from a process with one thread, which has everything in memory that they share. Elsewhere a
process is started anew for each report: slower, with the same result. A child leaves its result in a file and is
watched as a process: a cell may close every descriptor, or hand it to a process that lives on. What a report needs is
imported when it is needed, after :func:`guard`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from enum import StrEnum
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any, NamedTuple

from filelock import FileLock, Timeout
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, TypeAdapter
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lekp_lib.errors import LekpError, ReportError
from lekp_lib.report import files, processes

if TYPE_CHECKING:
    from lekp_lib.batch.plan import Plan, ReportTask

RECORD_FILE, PAGE_FILE, LOG_FILE, _RESULT_FILE = "run.json", "run.html", "logboek.txt", "uitslag.json"
#: How long a batch waits for the lock: a killed one needs a moment to end all that it started.
LOCK_WAIT_S = 3.0
#: What a child gets to say which cell was running once its time is up; longest wait without a look at the clock.
GRACE_S, POLL_S = 3.0, 0.25
#: Without a terminal, a line is printed after so many seconds at the earliest.
_LINE_EVERY_S = 10.0
#: So many failures of the same kind before anything succeeds, and the rest is not tried.
SAME_FAILURES = 3
#: Bytes that the result of a child has on disk before it begins; its message is kept shorter than that.
_RESULT_ROOM, _LONGEST_MESSAGE = 8192, 6000
_ON_REQUEST = "op verzoek; dezelfde opdracht gaat verder waar deze ophield"


class Status(StrEnum):
    """What became of a report, in the words of the progress and of the run report."""

    DONE = "klaar"
    SKIPPED = "overgeslagen"
    FAILED = "mislukt"
    ABORTED = "afgebroken"


class BatchStopped(LekpError):
    """The run ends here; the reports that are left count as cut off, and the same command goes on with them."""


class TaskResult(BaseModel):
    """What became of one task.

    Attributes
    ----------
    key, nis, name
        Name of the folder, code of the municipality (or ``vlaanderen``), and name of the place.
    status
        See :class:`Status`.
    message
        Why it failed, was skipped or cut off, for people.
    seconds, cpu_seconds
        Wall time and processor time.
    stops_all
        Whether no other report will fare better: the disk is full, or may not be written to.
    """

    key: str
    nis: str
    name: str
    status: Status
    message: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    stops_all: bool = False

    @property
    def summary(self) -> str:
        """The message on one line."""
        return " ".join(self.message.split())[:300]

    @property
    def kind(self) -> str:
        """The message without place and numbers: the same for the same mistake in another report."""
        own = "|".join(map(re.escape, (self.key, self.name, self.nis)))
        return re.sub(rf"{own}|0x[0-9a-f]+|\d+", "#", self.message[:400])


class RunRecord(BaseModel):
    """One run of a batch, as ``run.json`` and ``run.html`` hold it, with results by key.

    ``finished`` is empty as long as the run goes on, or when it was killed; ``reason`` says why it stopped early.
    """

    edition: dict[str, str]
    started: str
    settings: dict[str, str]
    results: dict[str, TaskResult]
    finished: str = ""
    reason: str = ""
    remark: str = ""
    seconds: float = 0.0

    def having(self, *statuses: Status) -> list[TaskResult]:
        """Results with one of some statuses, by name."""
        found = [result for result in self.results.values() if result.status in statuses]
        return sorted(found, key=lambda result: (result.name, result.key))


#: What comes out when reports are made: results in the order in which they are ready, and now and then ``None``.
Results = Generator[TaskResult | None, None, None]
Executor = Callable[["list[ReportTask]", Path], Results]


def result_of(task: ReportTask, status: Status, message: str = "", **more: Any) -> TaskResult:
    """Result of a task; ``more`` are other fields of it."""
    own = {"key": task.key, "nis": task.key.partition("-")[0], "name": task.name, "status": status}
    return TaskResult(**own, message=message[:_LONGEST_MESSAGE], **more)


# --- nothing lives on


def _stop_signals() -> list[int]:
    """Requests to stop that count: Ctrl-C, a polite end, a terminal that closes, what the guard passes on."""
    known = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2")]
    return [number for number in known if number and signal.getsignal(number) is not signal.SIG_IGN]


def _abandon(_signal: int, _frame: object) -> None:
    """The guard was killed: end everything at once. The record was written before the first report."""
    processes.end_leftovers()
    os._exit(1)


def guard() -> None:
    """Go on in a child of this process. The parent stays, passes requests to stop on, and ends what is left behind.

    Two processes watch each other, and both adopt the orphans below them: whichever of the two is killed, the other one
    ends all that a cell ever started. A second request to stop ends everything on the spot.

    Raises
    ------
    ReportError
        When this process has more than one thread.
    """
    os.environ.update(processes.SINGLE_THREAD)
    processes.check_single_threaded()
    processes.control(processes.ADOPT_ORPHANS, 1)
    asked, parent, master = _stop_signals(), os.getpid(), os.fork()
    if not master:
        processes.control(processes.ADOPT_ORPHANS, 1)
        signal.signal(signal.SIGUSR1, _abandon)
        processes.control(processes.SIGNAL_AT_END_OF_PARENT, signal.SIGUSR1)
        if os.getppid() != parent:
            os._exit(1)
        for number in set(asked) - {signal.SIGUSR2}:
            signal.signal(number, signal.SIG_IGN)  # the guard tells, once; a terminal or a service asks both
        return
    requests = [signal.SIGKILL, signal.SIGUSR2]
    for number in asked:
        signal.signal(number, lambda *_: os.kill(master, requests.pop() if len(requests) > 1 else requests[0]))
    code = os.waitstatus_to_exitcode(os.waitpid(master, 0)[1])
    processes.end_leftovers()
    if code < 0:
        sys.stderr.write(f"de batch werd beëindigd door {signal.Signals(-code).name}; dezelfde opdracht gaat verder\n")
    os._exit(code if code >= 0 else 128 - code)


# --- one child for each task


def _render(task: ReportTask, scratch: Path) -> TaskResult:
    """Make one report, in a process that does nothing else; whatever it dies of, somebody is told."""
    from lekp_lib.report import make

    files.clear_quarantine(task.quarantine)
    try:
        make.render_report(
            task.parameters, notebook=task.notebook, output_dir=task.folder.parent, formats=task.formats,
            engine=task.engine, scratch=scratch, content=task.content, flanders=task.key == make.FLANDERS_KEY,
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001 -- the other reports go on
        own = isinstance(error, LekpError)
        told = str(error) if own else f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
        return result_of(task, Status.FAILED, told, stops_all=isinstance(error, files.OutputError))
    return result_of(task, Status.DONE)


def _set_apart(timeout_s: float, master: int) -> None:
    """A child leads a process group, dies with the master, watches its time, and is the first to go without memory."""

    def time_is_up(_signal: int, _frame: object) -> None:
        raise ReportError(f"dit verslag duurde langer dan {timeout_s:g} s")  # TimeoutError is one of the disk's

    for number in _stop_signals():
        signal.signal(number, signal.SIG_DFL)
    if hasattr(os, "setsid"):
        os.setsid()
        signal.signal(signal.SIGALRM, time_is_up)
        signal.setitimer(signal.ITIMER_REAL, timeout_s)
    if sys.platform == "linux":
        processes.control(processes.SIGNAL_AT_END_OF_PARENT, signal.SIGKILL)
        if os.getppid() != master:
            os._exit(1)  # the master died before it could be told
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="utf-8")


def _in_child(task: ReportTask, scratch: Path, timeout_s: float, master: int) -> None:
    """Everything that a child does, to its last instruction."""
    _set_apart(timeout_s, master)
    log = os.open(scratch / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    for descriptor, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
        os.dup2(source, descriptor)
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    before = time.process_time()
    result = _render(task, scratch)
    result.cpu_seconds = time.process_time() - before
    with (scratch / _RESULT_FILE).open("r+", encoding="utf-8") as file:
        file.write(result.model_dump_json())
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)  # threads and exit handlers of the cells wait for nothing


class _Child(NamedTuple):
    task: ReportTask
    scratch: Path
    process: Any
    watch: int
    started: float


def _start(task: ReportTask, scratch: Path, timeout_s: float) -> _Child:
    scratch.mkdir()
    (scratch / _RESULT_FILE).write_bytes(b" " * _RESULT_ROOM)  # it has a place, also when the disk fills up meanwhile
    process = processes.new_process(target=_in_child, args=(task, scratch, timeout_s, os.getpid()))
    process.start()
    # The process itself, not the pipe that multiprocessing watches: a cell may close its end, or hand it on.
    watch = os.pidfd_open(process.pid) if processes.can_fork() else process.sentinel
    return _Child(task, scratch, process, watch, time.monotonic())


def _kill(process: Any) -> None:
    """End a child with its process group."""
    with suppress(AttributeError, ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


def _cause_of_death(code: int, *, late: bool) -> str:
    if late:
        return "dit verslag duurde langer dan de tijdslimiet en stopte niet toen het daarom gevraagd werd"
    if code >= 0:
        return f"het proces stopte met code {code}, zonder uitslag"
    name = signal.Signals(-code).name
    return f"het proces werd beëindigd door {name}{' (te weinig geheugen?)' if name == 'SIGKILL' else ''}"


def _finish(child: _Child, others: Collection[_Child], timeout_s: float) -> TaskResult:
    """Result of a child that is gone; of a failed report notebook, message and log are kept."""
    _kill(child.process)
    if processes.can_fork():
        os.close(child.watch)
        processes.end_leftovers([other.process.pid for other in others])
    task, scratch, seconds = child.task, child.scratch, time.monotonic() - child.started
    late = seconds > timeout_s + GRACE_S
    try:
        result = TaskResult.model_validate_json((scratch / _RESULT_FILE).read_bytes())
    except (OSError, ValueError):
        result = result_of(task, Status.FAILED, _cause_of_death(child.process.exitcode, late=late))
    result.seconds = seconds
    if result.status is Status.FAILED:
        with suppress(OSError):  # the disk may be full
            if not (task.quarantine / files.MESSAGE_FILE).is_file():
                files.quarantine(scratch / files.NOTEBOOK_FILE, task.quarantine, result.message)
            if log := (scratch / LOG_FILE).read_bytes():
                (task.quarantine / LOG_FILE).write_bytes(log)
    rmtree(scratch, ignore_errors=True)
    return result


def make_reports(
    tasks: Sequence[ReportTask], scratch: Path, *, workers: int, timeout_s: float, prepared: bool = False
) -> Results:
    """Make each report in a fresh process, some at a time; closing the generator ends all of them.

    Parameters
    ----------
    tasks
        What to make, in this order.
    scratch
        Existing folder on the disk of the outputs.
    workers
        Children at a time.
    timeout_s
        Time that one report may take.
    prepared
        Whether this process holds already what reports share; else it loads and draws that before it forks.

    Yields
    ------
    TaskResult or None
        In the order in which they are ready; ``None`` now and then in between.

    Raises
    ------
    ReportError
        When this process would fork with more than one thread.
    """
    if processes.can_fork() and not prepared:
        from lekp_lib.report.make import prepare

        parameters = [task.parameters for task in tasks if task.parameters.gemeente != "*"]
        prepare(tasks[-1].parameters.editie, parameters, tasks[-1].formats)
    if processes.can_fork():
        processes.check_single_threaded()
    yield None
    waiting, running = enumerate(tasks), dict[int, _Child]()
    try:
        while True:
            for number, task in islice(waiting, workers - len(running)):
                child = _start(task, scratch / str(number), timeout_s)
                running[child.watch] = child
            if not running:
                return
            ready: list[Any] = wait(list(running), POLL_S)
            for watch in ready:
                child = running.pop(watch)
                yield _finish(child, running.values(), timeout_s)
            for child in running.values():
                if time.monotonic() > child.started + timeout_s + GRACE_S:
                    _kill(child.process)
            if not ready:
                yield None
    finally:
        for child in running.values():
            _kill(child.process)
        if processes.can_fork():
            processes.end_leftovers()


# --- the record, and one batch at a time that writes it


def _write_record(folder: Path, scratch: Path, record: RunRecord) -> None:
    """Write ``run.html`` and ``run.json``, each whole or not at all; they say which reports are there, and why not."""
    counts = {status: len(record.having(status)) for status in Status}
    pages = Environment(loader=FileSystemLoader(Path(__file__).parents[1]), autoescape=True, undefined=StrictUndefined)
    page = pages.get_template(f"batch/{PAGE_FILE}.j2").render(
        record=record, counts=counts, there=len(record.having(Status.DONE, Status.SKIPPED)),
        missing=record.having(Status.FAILED, Status.ABORTED), quarantine=files.QUARANTINE,
        kept={path.name for path in (folder / files.QUARANTINE).glob("*")},
        slowest=sorted(record.having(Status.DONE), key=lambda result: -result.seconds)[:10],
    )  # fmt: skip
    content = record.model_dump() | {"counts": counts}
    content["results"] = [content["results"][key] for key in sorted(record.results)]
    for name, text in ((PAGE_FILE, page), (RECORD_FILE, json.dumps(content, ensure_ascii=False, indent=1))):
        (scratch / name).write_text(f"{text}\n", encoding="utf-8")
        (scratch / name).replace(folder / name)


def _read_results(folder: Path) -> dict[str, TaskResult]:
    """Results of the last run in a folder, by key; empty when there was none, or its record cannot be read."""
    try:
        content = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))["results"]
        return {result.key: result for result in TypeAdapter(list[TaskResult]).validate_python(content)}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def left_over(folder: Path) -> set[str]:
    """Keys of reports that failed or were cut off in the last run.

    Raises
    ------
    ReportError
        When there was no run, or nothing is left over from it.
    """
    if not (results := _read_results(folder)):
        raise ReportError(f"{folder}: er is geen vroegere run om mee verder te gaan; geef lekp batch zonder --retry")
    left = {key for key, item in results.items() if item.status in (Status.FAILED, Status.ABORTED)}
    if not left:
        raise ReportError(f"{folder}: in de laatste run mislukte niets; geef lekp batch zonder --retry")
    return left


@contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    """Keep other batches out of an edition folder, and clear away what a killed one left; gives a scratch folder.

    The lock decides, not what its file says: the operating system frees it when its process is gone, however it went.
    """
    lock = folder / ".batch.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in (folder, lock, folder / files.QUARANTINE):
            if path.is_symlink():
                raise files.OutputError(f"{path}: dit is een symbolische link, en die wordt niet gevolgd; haal ze weg")
        with FileLock(lock, timeout=LOCK_WAIT_S):
            for left in folder.glob(".werk-*"):
                rmtree(left, ignore_errors=True)
            with files.scratch_folder(folder) as scratch:
                yield scratch
    except Timeout:
        busy = f"{folder}: daar schrijft al een andere batch. Wacht erop, of kies een andere --output-dir"
        raise files.OutputError(busy) from None
    except OSError as error:
        raise files.output_error(error, folder) from None


# --- the run


class _Progress(Progress):
    """Counts results and shows them: a bar on a terminal, plain lines elsewhere. Starts no thread.

    How long the run takes in all is said once enough reports of this run are there to know. A terminal that is gone
    ends nothing.
    """

    def __init__(self, console: Console, total: int) -> None:
        parts = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[expected]}"))
        super().__init__("verslagen", *parts, console=console, auto_refresh=False, disable=not console.is_terminal)
        self._row, self._total = self.add_task("", total=total, expected=""), total
        self._started = self._told = time.monotonic()
        self._began, self._done = 0.0, 0

    def tell(self, result: TaskResult | None) -> None:
        """One more result, of which a failure is told at once; or none, and time goes on."""
        self.refresh()
        if result is None:
            return
        now, expected = time.monotonic(), ""
        self._began, self._done = self._began or now - result.seconds, self._done + 1
        if self._done >= min(max(10, self._total // 20), 50):
            left_s = (self._total - self._done) * (now - self._began) / self._done
            expected = f"samen ongeveer {now - self._started + left_s:.0f} s"
        self.update(self._row, completed=self._done, expected=expected, refresh=True)
        if result.status is Status.FAILED:
            self.console.print(f"{result.status}: {escape(f'{result.name} ({result.nis}): {result.summary}')}")
        if self.disable and expected and now - self._told >= _LINE_EVERY_S:
            self._told = now
            self.console.print(f"{self._done} van {self._total} in {now - self._started:.0f} s; {expected}")


def _stop_reason(result: TaskResult, record: RunRecord) -> str:
    """Why going on makes no sense after a result; empty to go on."""
    if result.stops_all:
        return f"geen enkel verslag kan nog weggeschreven worden: {result.message}"
    same = [item for item in record.having(Status.FAILED) if item.kind == result.kind]
    if len(same) >= SAME_FAILURES and not record.having(Status.DONE):
        return f"de eerste {SAME_FAILURES} verslagen mislukten om dezelfde reden: {result.summary}"
    return ""


def _out_of_memory_kills() -> int:
    """How many processes the kernel ended for lack of memory since the machine started."""
    counters = Path("/proc/vmstat")
    found = re.findall(r"oom_kill (\d+)", counters.read_text(encoding="utf-8") if counters.is_file() else "")
    return sum(map(int, found))


def _make_all(tasks: list[ReportTask], executor: Executor, record: RunRecord, scratch: Path, console: Console) -> str:
    """Make the reports; their results land in the record. Why it ended early, if it did."""
    asked: list[int] = []  # requests to stop are noted, and heard between two results
    for number in _stop_signals():
        signal.signal(number, lambda number, _frame: asked.append(number))
    try:
        with _Progress(console, len(tasks)) as progress, closing(executor(tasks, scratch)) as results:
            for result in results:
                with suppress(OSError):  # a terminal that is gone
                    progress.tell(result)
                if result:
                    record.results[result.key] = result
                if reason := (_stop_reason(result, record) if result else "") or (_ON_REQUEST if asked else ""):
                    return reason
    except BatchStopped as stopped:
        return str(stopped)
    except OSError as error:
        return str(files.output_error(error, scratch.parent))
    return ""


def _now() -> str:
    return dt.datetime.now().astimezone().isoformat(timespec="seconds")


def run_batch(
    plan: Plan, executor: Executor, *, settings: dict[str, str], console: Console, keep_earlier: bool = False
) -> RunRecord:
    """Make all reports of a plan.

    Parameters
    ----------
    plan
        See :func:`~lekp_lib.batch.plan.make_plan`.
    executor
        Makes results of tasks, here or elsewhere; it gets a scratch folder on the disk of the outputs.
    settings
        For the run report.
    console
        For the progress.
    keep_earlier
        Whether reports outside the plan keep the status of the last run (after ``--retry``).

    Returns
    -------
    RunRecord
        Also written, as ``run.json`` and ``run.html``: before the first report with every report as cut off, so that
        a killed run leaves the truth, and at the end.

    Raises
    ------
    LekpError
        When nothing could start: the outputs are locked or read-only, the edition is wrong.
    """
    clock, kills = time.monotonic(), _out_of_memory_kills()
    with _locked(plan.folder) as scratch:
        results = _read_results(plan.folder) if keep_earlier else {}
        results |= {task.key: result_of(task, Status.SKIPPED, "was al actueel") for task in plan.up_to_date}
        cut_off = "de run werd afgebroken voor dit verslag klaar was"
        results |= {task.key: result_of(task, Status.ABORTED, cut_off) for task in plan.tasks}
        edition = {name: getattr(plan.manifest, name) for name in ("id", "title", "banner")}
        record = RunRecord(edition=edition, started=_now(), settings=settings, results=results)
        _write_record(plan.folder, scratch, record)
        if plan.tasks:
            record.reason = _make_all(plan.tasks, executor, record, scratch, console)
        for result in record.having(Status.ABORTED) if record.reason else ():
            result.message = record.reason
        if killed := _out_of_memory_kills() - kills:
            record.remark = f"Het geheugen raakte vol: het systeem beëindigde {killed} processen tijdens deze run. "
            record.remark += "Probeer minder verslagen tegelijk, bijvoorbeeld --workers 1 --retry."
        record.finished, record.seconds = _now(), round(time.monotonic() - clock, 2)
        with suppress(OSError):  # on a full disk the first record stays
            _write_record(plan.folder, scratch, record)
    return record
