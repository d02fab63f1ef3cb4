"""Wall time, processor time and memory of a command with all that it starts."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Measured:
    """One turn: reports made, wall and processor time in seconds, highest memory in MB."""

    reports: int
    wall_s: float
    cpu_s: float
    peak_mb: float


def _descendants(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
    found, added = {root}, True
    while added:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        added = bool(more)
    return sorted(found)


def _pss_mb(pids: list[int]) -> float:
    """Memory of some processes in which what they share counts once."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
    return total / 1024


class _MemoryWatch(threading.Thread):
    """Looks at the memory of a process and all that it started, twice a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.peak_mb = 0.0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.5):
            self.peak_mb = max(self.peak_mb, _pss_mb(_descendants(self._pid)))


def measure(command: list[str], reports: int, folder: Path) -> Measured:
    """Run one command to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)
        watch = _MemoryWatch(process.pid)
        watch.start()
        code = process.wait()
    wall = time.perf_counter() - started
    watch.ended.set()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code:
        raise SystemExit(f"{' '.join(command[:6])} ended with code {code}:\n{(folder / 'log.txt').read_text()[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(reports, wall, cpu, watch.peak_mb)


def middle(turns: list[Measured], name: str) -> float:
    """Median of some turns; of times, per report."""
    return statistics.median(getattr(turn, name) / (turn.reports if name.endswith("_s") else 1) for turn in turns)
