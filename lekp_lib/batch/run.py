"""The run: lock, record, make, record again. Nothing that it leaves behind is half there, or says more than is true."""

from __future__ import annotations

import datetime as dt
import json
import re
import signal
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from shutil import rmtree
from typing import Any

from filelock import FileLock, Timeout
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lekp_lib.batch.plan import Plan, ReportTask
from lekp_lib.batch.processes import LOG_FILE, STOP_SIGNALS, Ended, can_fork, run_processes
from lekp_lib.errors import LekpError, ReportError
from lekp_lib.report import files
from lekp_lib.report.make import FLANDERS_KEY, render_flanders, render_report
from lekp_lib.report.warm_up import prepare

LOCK_FILE, RECORD_FILE, PAGE_FILE, SCRATCH_FOLDER = ".batch.lock", "run.json", "run.html", ".werk-batch"
#: How long a batch waits for the lock: a killed one needs a moment to end all that it started.
LOCK_WAIT_S = 3.0
#: So many failures of the same kind before anything succeeds, and the rest is not tried.
SAME_FAILURES = 3
CUT_OFF = "de run werd afgebroken voor dit verslag klaar was"
ON_REQUEST = "op verzoek; dezelfde opdracht gaat verder waar deze ophield"
_LONGEST_MESSAGE = 6000
#: Without a terminal, a line is printed after so many seconds at the earliest.
_LINE_EVERY_S = 10.0


class Status(StrEnum):
    """What became of a report, in the words of the progress and of the run report."""

    DONE = "klaar"
    SKIPPED = "overgeslagen"
    FAILED = "mislukt"
    ABORTED = "afgebroken"


class BatchStopped(LekpError):
    """The run ends here; the reports that are left count as cut off, and the same command goes on with them."""


@dataclass(frozen=True, slots=True)
class TaskResult:
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
    kind
        What failed, the same text for the same mistake in another report; empty unless it failed.
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
    kind: str = ""
    stops_all: bool = False

    @property
    def summary(self) -> str:
        """The message on one line."""
        return " ".join(self.message.split())[:300]


@dataclass(slots=True)
class RunRecord:
    """One run of a batch, as ``run.json`` and ``run.html`` hold it.

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
    counts: dict[Status, int] = field(default_factory=dict)

    def count(self, *statuses: Status) -> int:
        """How many reports have one of some statuses."""
        return sum(result.status in statuses for result in self.results.values())


# --- one report, in its own process


def _result(task: ReportTask, status: Status, message: str = "") -> TaskResult:
    return TaskResult(task.key, task.nis, task.name, status, message[:_LONGEST_MESSAGE])


def failed_result(task: ReportTask, message: str, *, stops_all: bool = False) -> TaskResult:
    """Result of a report that is not there; its kind is the message without place and numbers."""
    kind = message[:400]
    for own in (task.key, task.name, task.nis):
        kind = kind.replace(own, "…")
    kind = re.sub(r"0x[0-9a-f]+|\d+", "#", kind)
    return replace(_result(task, Status.FAILED, message), kind=kind, stops_all=stops_all)


def _render(task: ReportTask, scratch: Path) -> dict[str, Any]:
    """Make one report, in a process that does nothing else; fields of its result, never an exception."""
    processor, result = time.process_time(), _result(task, Status.DONE)
    render = render_flanders if task.key == FLANDERS_KEY else render_report
    files.clear_quarantine(task.quarantine)
    try:
        render(
            task.parameters, notebook=task.notebook, output_dir=task.output_dir, formats=task.formats,
            engine=task.engine, scratch=scratch, content=task.content,
        )  # fmt: skip
    except LekpError as error:
        result = failed_result(task, str(error), stops_all=isinstance(error, files.OutputError))
    except Exception as error:  # noqa: BLE001 -- whatever a report dies of, the others go on and somebody is told
        trace = "".join(traceback.format_exception(error))
        result = failed_result(task, f"{type(error).__name__}: {error}\n{trace}")
    return asdict(replace(result, cpu_seconds=time.process_time() - processor))


def _read_result(content: dict[str, Any]) -> TaskResult:
    return TaskResult(**content | {"status": Status(content["status"])})


def _collect(ended: Ended[ReportTask]) -> TaskResult:
    """Result of a task whose process is gone; of a failed one notebook, message and log are kept."""
    task = ended.task
    result = _read_result(ended.result) if ended.result else failed_result(task, ended.reason)
    if result.status is Status.FAILED:
        with suppress(OSError):  # the disk may be full
            if not (task.quarantine / files.MESSAGE_FILE).is_file():
                files.quarantine(ended.scratch / files.NOTEBOOK_FILE, task.quarantine, result.message)
            if log := (ended.scratch / LOG_FILE).read_bytes():
                (task.quarantine / LOG_FILE).write_bytes(log)
    return replace(result, seconds=ended.seconds)


def prepare_reports(tasks: Sequence[ReportTask]) -> None:
    """Load and draw in this process what the reports share, so that forked processes have it."""
    parameters = [task.parameters for task in tasks if task.key != FLANDERS_KEY]
    if can_fork() and parameters:
        prepare(parameters[0].editie, parameters, tasks[-1].formats)


def make_reports(
    tasks: Sequence[ReportTask], scratch: Path, *, workers: int, timeout_s: float
) -> Generator[TaskResult | None, None, None]:
    """Make reports on this machine; parameters and ``None`` as for :func:`~lekp_lib.batch.processes.run_processes`."""
    with closing(run_processes(tasks, _render, workers=workers, timeout_s=timeout_s, scratch=scratch)) as processes:
        for ended in processes:
            yield _collect(ended) if ended else None


def run_here(
    tasks: Sequence[ReportTask], scratch: Path, *, workers: int, timeout_s: float
) -> Generator[TaskResult | None, None, None]:
    """Prepare this process, then make the reports."""
    prepare_reports(tasks)
    yield None
    yield from make_reports(tasks, scratch, workers=workers, timeout_s=timeout_s)


# --- the record


def _write_record(folder: Path, scratch: Path, record: RunRecord) -> None:
    """Write ``run.html`` and ``run.json``, each whole or not at all; they say which reports are there, and why not."""
    record.counts = {status: record.count(status) for status in Status}
    by_name = sorted(record.results.values(), key=lambda result: (result.name, result.key))
    made = [result for result in by_name if result.status is Status.DONE]
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template(f"{PAGE_FILE}.j2").render(
        record=record,
        there=record.count(Status.DONE, Status.SKIPPED),
        missing=[result for result in by_name if result.status in (Status.FAILED, Status.ABORTED)],
        kept={path.name for path in (folder / files.QUARANTINE).glob("*")},
        quarantine=files.QUARANTINE,
        slowest=sorted(made, key=lambda result: -result.seconds)[:10],
    )
    content = asdict(record) | {"results": [asdict(record.results[key]) for key in sorted(record.results)]}
    for name, text in ((PAGE_FILE, page), (RECORD_FILE, json.dumps(content, ensure_ascii=False, indent=1))):
        (scratch / name).write_text(f"{text}\n", encoding="utf-8")
        (scratch / name).replace(folder / name)


def _read_results(folder: Path) -> dict[str, TaskResult]:
    """Results of the last run in a folder, by key; empty when there was none, or its record cannot be read."""
    try:
        content = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
        return {item["key"]: _read_result(item) for item in content["results"]}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def left_over(folder: Path) -> set[str]:
    """Keys of reports that failed or were cut off in the last run.

    Raises
    ------
    ReportError
        When there was no run, or nothing is left over from it.
    """
    path, results = folder / RECORD_FILE, _read_results(folder)
    if not results:
        raise ReportError(f"{path}: er is geen vroegere run om mee verder te gaan; geef lekp batch zonder --retry")
    left = {key for key, item in results.items() if item.status in (Status.FAILED, Status.ABORTED)}
    if not left:
        raise ReportError(f"{path}: in de laatste run mislukte niets; geef lekp batch zonder --retry")
    return left


# --- one batch at a time, until somebody asks to stop


@contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    """Keep other batches out of an edition folder, and clear away what a killed one left; gives a scratch folder.

    The lock decides, not what its file says: the operating system frees it when its process is gone, however it went.
    """
    scratch = folder / SCRATCH_FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in (folder, folder / LOCK_FILE, folder / files.QUARANTINE, scratch):
            if path.is_symlink():
                raise files.OutputError(f"{path}: dit is een symbolische link, en die wordt niet gevolgd; haal ze weg")
        with FileLock(folder / LOCK_FILE, timeout=LOCK_WAIT_S):
            rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            try:
                yield scratch
            finally:
                rmtree(scratch, ignore_errors=True)
    except Timeout:
        raise files.OutputError(
            f"{folder}: daar schrijft al een andere batch. Wacht erop, of kies een andere --output-dir"
        ) from None
    except OSError as error:
        raise files.output_error(error, folder) from None


class _StopRequest:
    """Whether somebody asked to stop: Ctrl-C, a polite request to end, a terminal that closes.

    A request is noted once reports are being made, because an exception in the middle of a fork would be lost; before
    that it is raised at once. A second one is obeyed on the spot.
    """

    asked = noted = False

    def note(self, _number: int, _frame: object) -> None:
        """Handle a signal."""
        if self.asked or not self.noted:
            raise BatchStopped(ON_REQUEST)
        self.asked = True


@contextmanager
def _stop_requests() -> Iterator[_StopRequest]:
    request = _StopRequest()
    wanted = [number for number in STOP_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, request.note) for number in wanted}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# --- the run


class _Progress:
    """Counts results and shows them: a bar on a terminal, plain lines elsewhere. Starts no thread.

    How long the run takes in all is said once enough reports of this run are there to know. A terminal that is gone
    ends nothing.
    """

    def __init__(self, console: Console, total: int, started: float) -> None:
        columns = (TextColumn("verslagen"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        expected = TextColumn("{task.fields[expected]}")
        self._console, self._total, self._started = console, total, started
        self._done, self._began, self._last_line = 0, 0.0, time.monotonic()
        self._bar = Progress(*columns, expected, console=console, auto_refresh=False, disable=not console.is_terminal)
        self._row = self._bar.add_task("", total=total, expected="")

    def refresh(self) -> None:
        """Time goes on."""
        with suppress(OSError):
            self._bar.refresh()

    def _expected(self, now: float) -> str:
        """How long the whole run takes, from its first reports."""
        if self._done < min(max(10, self._total // 20), 50):
            return ""
        left_s = (self._total - self._done) * (now - self._began) / self._done
        return f"samen ongeveer {now - self._started + left_s:.0f} s"

    def add(self, result: TaskResult) -> None:
        """One more result; what failed is told at once."""
        now = time.monotonic()
        self._began, self._done = self._began or now - result.seconds, self._done + 1
        expected = self._expected(now)
        with suppress(OSError):
            if result.status is Status.FAILED:
                self._console.print(f"{result.status}: {escape(f'{result.name} ({result.nis}): {result.summary}')}")
            if self._bar.disable and expected and now - self._last_line >= _LINE_EVERY_S:
                self._last_line = now
                self._console.print(f"{self._done} van {self._total} in {now - self._started:.0f} s; {expected}")
            self._bar.update(self._row, completed=self._done, expected=expected, refresh=True)


def _stop_reason(result: TaskResult, record: RunRecord) -> str:
    """Why going on makes no sense after a result; empty to go on."""
    if result.stops_all:
        return f"geen enkel verslag kan nog weggeschreven worden: {result.message}"
    same = sum(item.status is Status.FAILED and item.kind == result.kind for item in record.results.values())
    if result.status is Status.FAILED and not record.count(Status.DONE) and same >= SAME_FAILURES:
        return f"de eerste {SAME_FAILURES} verslagen mislukten om dezelfde reden: {result.summary}"
    return ""


def _out_of_memory_kills() -> int:
    """How many processes the kernel ended for lack of memory since the machine started."""
    with suppress(OSError):
        found = re.search(r"^oom_kill (\d+)", Path("/proc/vmstat").read_text(encoding="utf-8"), re.MULTILINE)
        return int(found[1]) if found else 0
    return 0


Executor = Callable[[Sequence[ReportTask], Path], Generator[TaskResult | None, None, None]]


def _make_all(
    tasks: Sequence[ReportTask], executor: Executor, record: RunRecord, scratch: Path, show: _Progress
) -> None:
    """Make the reports; results, and the reason of an early end, land in the record."""
    try:
        with _stop_requests() as request, closing(executor(tasks, scratch)) as results:
            for result in results:
                request.noted = True
                if result is None:
                    show.refresh()
                else:
                    record.results[result.key] = result
                    show.add(result)
                    record.reason = _stop_reason(result, record)
                if request.asked or record.reason:
                    record.reason = record.reason or ON_REQUEST
                    break
    except BatchStopped as stopped:
        record.reason = str(stopped)
    except OSError as error:
        record.reason = str(files.output_error(error, scratch.parent))


def run_batch(
    plan: Plan,
    executor: Executor,
    *,
    settings: dict[str, str],
    console: Console,
    now: Callable[[], dt.datetime],
    keep_earlier: bool = False,
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
    now
        Clock with time zone.
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
    clock, manifest, kills = time.monotonic(), plan.manifest, _out_of_memory_kills()
    with _locked(plan.folder) as scratch:
        results = _read_results(plan.folder) if keep_earlier else {}
        results |= {task.key: _result(task, Status.SKIPPED, "was al actueel") for task in plan.up_to_date}
        results |= {task.key: _result(task, Status.ABORTED, CUT_OFF) for task in plan.tasks}
        edition = {"id": manifest.id, "title": manifest.title, "banner": manifest.banner}
        record = RunRecord(edition, now().isoformat(timespec="seconds"), settings, results)
        _write_record(plan.folder, scratch, record)
        if plan.tasks:
            _make_all(plan.tasks, executor, record, scratch, _Progress(console, len(plan.tasks), clock))
        for key, result in results.items():
            if record.reason and result.status is Status.ABORTED:
                results[key] = replace(result, message=record.reason)
        if killed := _out_of_memory_kills() - kills:
            record.remark = (
                f"Het geheugen raakte vol: het systeem beëindigde {killed} processen tijdens deze run. "
                "Probeer minder verslagen tegelijk, bijvoorbeeld --workers 1 --retry."
            )
        record.finished, record.seconds = now().isoformat(timespec="seconds"), round(time.monotonic() - clock, 2)
        with suppress(OSError):  # on a full disk the first record stays
            _write_record(plan.folder, scratch, record)
    return record
