"""Progress for people: a bar with rate and time left on a terminal, plain lines elsewhere. Starts no thread."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from lekp_lib.batch.tasks import ReportResult, Status

#: Without a terminal, a line is printed after so many seconds at the earliest.
_LINE_EVERY_S = 10.0


class RunProgress:
    """Counts results and shows them.

    Parameters
    ----------
    console
        Where to.
    total
        Reports that will be made.
    bar
        The bar of a terminal; ``None`` for plain lines.
    """

    def __init__(self, console: Console, total: int, bar: Progress | None) -> None:
        self._console = console
        self._total = total
        self._bar = bar
        self._done = self._failed = 0
        self._started = self._last_line = time.monotonic()
        self._row = None if bar is None else bar.add_task("", total=total, rate="", failed="")

    def beat(self) -> None:
        """Nothing new; time goes on."""
        if self._bar is not None:
            self._bar.refresh()

    def add(self, result: ReportResult) -> None:
        """One more result; what failed is told at once, with its first lines."""
        self._done += 1
        if result.status is Status.FAILED:
            self._failed += 1
            message = result.cell or result.message.strip().split("\n", 1)[0]
            self._console.print(f"{result.status}: {escape(result.name)} ({result.nis}): {escape(message[:300])}")
        seconds = max(time.monotonic() - self._started, 1e-6)
        rate = self._done / seconds
        if self._bar is not None and self._row is not None:
            failed = f"{self._failed} mislukt" if self._failed else ""
            self._bar.update(self._row, completed=self._done, rate=f"{rate:.1f} per s", failed=failed)
            self._bar.refresh()
        elif time.monotonic() - self._last_line >= _LINE_EVERY_S:
            self._last_line = time.monotonic()
            left = (self._total - self._done) / rate
            self._console.print(f"{self._done} van {self._total}, {rate:.1f} per s, nog {left:.0f} s")


@contextmanager
def run_progress(console: Console, total: int) -> Iterator[RunProgress]:
    """Progress of a run.

    Parameters
    ----------
    console
        Where to; a bar only on a terminal.
    total
        Reports that will be made.
    """
    if not console.is_terminal:
        yield RunProgress(console, total, None)
        return
    # No thread of its own (auto_refresh): this process forks.
    with Progress(
        TextColumn("verslagen"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(), TextColumn("nog"), TimeRemainingColumn(), TextColumn("{task.fields[failed]}"),
        console=console, auto_refresh=False,
    ) as bar:  # fmt: skip
        yield RunProgress(console, total, bar)
