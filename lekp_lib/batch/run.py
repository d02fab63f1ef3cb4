"""The run: plan, lock, warm up, make, record. Nothing that a batch leaves behind is half there."""

from __future__ import annotations

import datetime as dt
import signal
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from lekp_lib.batch.lock import locked
from lekp_lib.batch.plan import Plan
from lekp_lib.batch.progress import run_progress
from lekp_lib.batch.record import CUT_OFF, RunRecord, read_results, write_record
from lekp_lib.batch.run_page import write_run_page
from lekp_lib.batch.tasks import ReportResult, ReportTask, Status, unfinished

if TYPE_CHECKING:
    from lekp_lib.batch.cluster import Cluster

#: So many failures of the same kind before anything succeeds, and the rest is not tried.
SAME_FAILURES = 3
ON_REQUEST = "op verzoek (Ctrl-C); dezelfde opdracht gaat verder waar deze ophield"

Executor = Callable[[Sequence[ReportTask], Path], Generator[ReportResult | None, None, None]]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a batch is run.

    Attributes
    ----------
    workers
        Reports at a time.
    timeout_s
        Time that one report may take.
    fork
        Whether children are forked; otherwise workers are started anew.
    keep_earlier
        Whether reports outside the plan keep the status of the last run (after ``--retry``).
    cluster
        Where the reports are made; ``None``: here.
    """

    workers: int
    timeout_s: float
    fork: bool
    keep_earlier: bool = False
    cluster: Cluster | None = None


class _Stopper:
    """Decides when going on makes no sense."""

    def __init__(self) -> None:
        self._made = 0
        self._kinds: Counter[str] = Counter()

    def reason(self, result: ReportResult) -> str:
        """Why to stop after a result; empty to go on."""
        if result.stops_all:
            return f"geen enkel verslag kan nog weggeschreven worden: {result.message}"
        if result.status is Status.DONE:
            self._made += 1
        elif result.status is Status.FAILED:
            self._kinds[result.kind] += 1
            if not self._made and self._kinds[result.kind] >= SAME_FAILURES:
                what = result.cell or result.message.split("\n", 1)[0]
                return f"de eerste {SAME_FAILURES} verslagen mislukten om dezelfde reden: {what}"
        return ""


class _Request:
    """Whether somebody asked to stop: Ctrl-C, or a polite request to end (SIGTERM)."""

    made = False


@contextmanager
def _stop_requests() -> Iterator[_Request]:
    """Note requests to stop instead of raising at once: an exception in the middle of a fork would be lost.

    A second request is not noted but obeyed on the spot.
    """
    request = _Request()

    def note(number: int, _frame: object) -> None:
        request.made = True
        signal.signal(number, signal.default_int_handler)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _executor(plan: Plan, options: RunOptions) -> Executor:
    """What makes the reports, here or elsewhere."""
    if (cluster := options.cluster) is not None:
        from lekp_lib.batch.cluster import run_on_cluster

        return lambda tasks, scratch: run_on_cluster(
            tasks, cluster=cluster, timeout_s=options.timeout_s, scratch_root=scratch
        )
    if not options.fork:
        from lekp_lib.batch.spawned import run_spawned

        return lambda tasks, scratch: run_spawned(
            tasks, workers=options.workers, timeout_s=options.timeout_s, scratch_root=scratch
        )
    from lekp_lib.batch.forked import run_forked
    from lekp_lib.batch.warmup import warm_up
    from lekp_lib.present.report_view import opened_edition

    warm_up(opened_edition(plan.tasks[0].parameters.editie), plan.tasks)
    return lambda tasks, scratch: run_forked(
        tasks, workers=options.workers, timeout_s=options.timeout_s, scratch_root=scratch
    )


def _make_all(
    tasks: Sequence[ReportTask],
    results: Iterator[ReportResult | None],
    record: RunRecord,
    request: _Request,
    console: Console,
) -> None:
    """Follow the reports as they are made; results and the reason of an early end land in the record."""
    stopper = _Stopper()
    with run_progress(console, len(tasks)) as progress:
        for result in results:
            if result is None:
                progress.beat()
            else:
                record.results[result.nis] = result
                progress.add(result)
                record.reason = stopper.reason(result)
            if request.made:
                record.reason = ON_REQUEST
            if record.reason:
                return


def _new_record(plan: Plan, started: dt.datetime, options: RunOptions, settings: dict[str, str]) -> RunRecord:
    """A record in which every report counts as cut off until it is made: a killed master leaves the truth."""
    manifest = plan.manifest
    record = RunRecord(manifest.id, manifest.title, manifest.banner, started.isoformat(timespec="seconds"), settings)
    if options.keep_earlier:
        record.results |= read_results(plan.folder)
    record.results |= {task.nis: unfinished(task, Status.SKIPPED, "was al actueel") for task in plan.up_to_date}
    record.results |= {task.nis: unfinished(task, Status.ABORTED, CUT_OFF) for task in plan.tasks}
    return record


def run_batch(
    plan: Plan,
    options: RunOptions,
    *,
    settings: dict[str, str],
    console: Console,
    now: Callable[[], dt.datetime],
) -> RunRecord:
    """Make all reports of a plan.

    Parameters
    ----------
    plan
        See :func:`~lekp_lib.batch.plan.make_plan`; made anew under the lock by the caller when it may have aged.
    options
        How to run.
    settings
        For the run report.
    console
        For the progress.
    now
        Clock with time zone.

    Returns
    -------
    RunRecord
        Also written, as ``run.json`` and ``run.html``.

    Raises
    ------
    LekpError
        When nothing could start: the outputs are locked or read-only, the edition is wrong.
    """
    started, clock = now(), time.perf_counter()
    with locked(plan.folder, started.isoformat(timespec="seconds")) as scratch:
        record = _new_record(plan, started, options, settings)
        if plan.tasks:
            write_record(plan.folder, record)
            with _stop_requests() as request:
                executor = _executor(plan, options)
                with closing(executor(plan.tasks, scratch)) as results:
                    _make_all(plan.tasks, results, record, request, console)
        if record.reason:
            for nis, result in record.results.items():
                if result.status is Status.ABORTED:
                    record.results[nis] = replace(result, message=record.reason)
        record.finished = now().isoformat(timespec="seconds")
        record.seconds = time.perf_counter() - clock
        record.peak_kb = max((result.peak_kb for result in record.results.values()), default=0)
        write_record(plan.folder, record)
        write_run_page(plan.folder, record)
    return record
