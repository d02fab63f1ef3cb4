"""How fast is ``lekp batch``? Four ways to make the same reports from the same notebook, taking turns.

    a  the stock way: the commands ``papermill`` and ``jupyter nbconvert`` (web page, paper) for every report
    b  papermill and nbconvert as Python functions, in a pool of two processes
    c  ``lekp batch``
    d  the floor: the same blocks drawn and written in one warm process per core, without Jupyter

Shown are wall time and processor time per report, the highest memory (proportional set size of all processes, so that
shared memory counts once) and ratios of the medians. There is no pass or fail: read the ratios, the machine is shared.

With ``--growth`` way c then runs once per given size. Flanders has 285 municipalities; for more reports the same master
makes theirs again and again, so that whatever grows in it, or in what it keeps, shows in the cost of a report.

    python benchmarks/batch.py --rounds 3 --sizes a=2,b=6,c=30,d=30
    python benchmarks/batch.py --sizes a=3,b=8,c=285,d=60 --growth 30,285,2850 --minutes 90
    python benchmarks/batch.py --only c --sizes c=285 --rounds 1
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "gemeenterapport.ipynb"
WAYS = {
    "a": "papermill + jupyter nbconvert, commands",
    "b": "papermill + nbconvert, pool of 2",
    "c": "lekp batch",
    "d": "floor: no Jupyter",
}
_BIN = Path(sys.executable).parent
_WORKERS = 2


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


def _measure(command: list[str], reports: int, folder: Path) -> Measured:
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


def _places(number: int) -> list[str]:
    """NIS codes spread over all municipalities; beyond 285 they start again."""
    from lekp_lib.edition import Edition

    edition = Edition.open("voorbeeld")
    codes = [item.nis for item in edition.register.municipalities(edition.reference_date)]
    step = max(1, len(codes) // number)
    return [codes[(index * step) % len(codes)] for index in range(number)]


def _stock(places: list[str], folder: Path, formats: list[str]) -> None:
    """Way a, for the reports one after the other."""
    for nis in places:
        out = folder / f"{nis}.ipynb"
        # -r: as text; papermill would read a NIS code as a number.
        place = ["-r", "gemeente", nis, "-r", "editie", "voorbeeld"]
        subprocess.run([_BIN / "papermill", NOTEBOOK, out, *place, "--no-progress-bar"], check=True)
        for name in formats:
            subprocess.run([_BIN / "jupyter", "nbconvert", "--to", f"lekp-{name}", out], check=True)


def _one_by_api(job: tuple[str, str, list[str]]) -> None:
    """Way b, one report."""
    import nbformat
    import papermill
    from nbconvert.exporters import get_exporter

    nis, folder, formats = job
    out = Path(folder) / f"{nis}.ipynb"
    parameters = {"gemeente": nis, "editie": "voorbeeld"}
    papermill.execute_notebook(str(NOTEBOOK), str(out), parameters, progress_bar=False)
    notebook = nbformat.read(out, as_version=4)
    for name in formats:
        content, _ = get_exporter(f"lekp-{name}")().from_notebook_node(notebook)
        out.with_suffix(f".{name}").write_bytes(content if isinstance(content, bytes) else content.encode())


def _by_api(places: list[str], folder: Path, formats: list[str]) -> None:
    import multiprocessing as mp

    with mp.get_context("spawn").Pool(_WORKERS) as pool:
        pool.map(_one_by_api, [(nis, str(folder), formats) for nis in places], chunksize=1)


def _floor(places: list[str], folder: Path, formats: list[str]) -> None:
    """Way d: the cells of the notebook as plain Python in one warm process per core, then the same writers."""
    import ast

    import nbformat

    from lekp_lib.present.block import Block
    from lekp_lib.present.report_view import open_report, opened_edition
    from lekp_lib.report.formats import FORMATS

    edition = opened_edition("voorbeeld")
    share = [places[number::_WORKERS] for number in range(_WORKERS)]
    children: list[int] = []
    for part in share:
        pid = os.fork()
        if pid:
            children.append(pid)
            continue
        for nis in part:
            notebook = nbformat.read(NOTEBOOK, as_version=4)
            view = open_report(edition=edition, gemeente=nis, editie="voorbeeld")
            for cell in notebook.cells:
                if cell.cell_type == "code" and cell.source.startswith("rapport."):
                    block = eval(compile(ast.parse(cell.source, mode="eval"), "<cell>", "eval"), {"rapport": view})
                    assert isinstance(block, Block)
                    output = nbformat.v4.new_output("execute_result", data=block._repr_mimebundle_(), execution_count=1)
                    cell.outputs = [output]
            target = folder / nis
            target.mkdir(exist_ok=True)
            for name in formats:
                FORMATS[name](notebook, view, target)
        os._exit(0)
    for pid in children:
        if os.waitpid(pid, 0)[1]:
            raise SystemExit("a process of the floor failed")


def _many(places: list[str], folder: Path, formats: list[str]) -> None:
    """Way c for more reports than there are municipalities; a later report of a place replaces the earlier one."""
    from lekp_lib.batch.alone import become_alone

    become_alone()
    from rich.console import Console

    from lekp_lib.batch.plan import make_plan
    from lekp_lib.batch.run import RunOptions, run_batch
    from lekp_lib.batch.selection import read_batch

    chosen = read_batch(None, {"editie": "voorbeeld", "gemeenten": sorted(set(places)), "formaten": formats})
    plan = make_plan(chosen, notebook=NOTEBOOK, output_dir=folder / "uit", engine="warm", force=True)
    tasks = {task.nis: task for task in plan.tasks}
    record = run_batch(
        replace(plan, tasks=tuple(tasks[nis] for nis in places)),
        RunOptions(workers=_WORKERS, timeout_s=300.0, fork=True),
        settings={},
        console=Console(),
        now=lambda: dt.datetime.now().astimezone(),
    )
    if any(result.status != "klaar" for result in record.results.values()):
        raise SystemExit(f"not all reports were made: {record.reason}")


def _command(way: str, places: list[str], folder: Path, formats: list[str]) -> list[str]:
    if way == "c":
        # One batch makes each municipality once; more reports than that are several batches.
        return [
            str(_BIN / "lekp"), "batch", "--editie", "voorbeeld", "--gemeenten", ",".join(places), "--workers",
            str(_WORKERS), "--formats", ",".join(formats), "--output-dir", str(folder / "uit"), "--force",
        ]  # fmt: skip
    return [sys.executable, __file__, "--turn", way, ",".join(places), str(folder), ",".join(formats)]


def _turn(way: str, number: int, formats: list[str]) -> Measured:
    folder = Path(tempfile.mkdtemp(prefix="lekp-meting-"))
    try:
        # The stock way knows web page and paper only.
        asked = [name for name in formats if way not in "ab" or name in ("html", "pdf")]
        return _measure(_command(way, _places(number), folder, asked), number, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _median(turns: list[Measured], name: str) -> float:
    return statistics.median(getattr(turn, name) / (turn.reports if name.endswith("_s") else 1) for turn in turns)


def _tell(found: dict[str, list[Measured]]) -> None:
    print(f"\n{'way':42s} {'reports':>8s} {'wall s/report':>14s} {'cpu s/report':>13s} {'peak MB':>8s}")
    for way, turns in found.items():
        print(
            f"{way} {WAYS[way]:40s} {turns[0].reports:8d} {_median(turns, 'wall_s'):14.2f} "
            f"{_median(turns, 'cpu_s'):13.2f} {_median(turns, 'peak_mb'):8.0f}"
        )
    if "c" in found:
        own = _median(found["c"], "wall_s")
        for way in "ab":
            if way in found:
                print(f"{way}/c {_median(found[way], 'wall_s') / own:.1f} x")
        if "d" in found:
            print(f"c/d {own / _median(found['d'], 'wall_s'):.2f} x")


def _tell_growth(grown: list[Measured]) -> None:
    print(f"\n{'reports':>8s} {'wall s/report':>14s} {'cpu s/report':>13s} {'peak MB':>8s}")
    for turn in grown:
        wall, cpu = turn.wall_s / turn.reports, turn.cpu_s / turn.reports
        print(f"{turn.reports:8d} {wall:14.3f} {cpu:13.3f} {turn.peak_mb:8.0f}")


def _sizes(text: str) -> dict[str, int]:
    return {way: int(number) for way, _, number in (item.partition("=") for item in text.split(","))}


def main() -> None:
    """Take turns and tell the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="turns per way")
    parser.add_argument("--sizes", default="a=2,b=4,c=30,d=30", help="reports per turn")
    parser.add_argument("--only", default="abcd", help="ways to measure")
    parser.add_argument(
        "--formats", default="html,pdf,xlsx,csv", help="formats of c and d; a and b make web page and paper"
    )
    parser.add_argument("--growth", default="", help="sizes that way c is measured at once more, such as 30,285,2850")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no turn after so long")
    parser.add_argument("--json", type=Path, help="write all turns here as well")
    parser.add_argument("--turn", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.turn:
        way, places, folder, formats = given.turn
        {"a": _stock, "b": _by_api, "d": _floor, "g": _many}[way](places.split(","), Path(folder), formats.split(","))
        return
    formats = given.formats.split(",")
    sizes, found = _sizes(given.sizes), {way: list[Measured]() for way in WAYS if way in given.only}
    end = time.monotonic() + 60 * given.minutes
    for number in range(given.rounds):
        for way, turns in found.items():
            if time.monotonic() > end:
                break
            turns.append(_turn(way, sizes[way], formats))
            print(f"round {number + 1}, {way}: {turns[-1].wall_s:.1f} s for {sizes[way]}", flush=True)
    found = {way: turns for way, turns in found.items() if turns}
    _tell(found)
    grown: list[Measured] = []
    for size in [int(item) for item in given.growth.split(",") if item]:
        if time.monotonic() > end:
            break
        grown.append(_turn("g", size, formats))
        print(f"growth: {grown[-1].wall_s:.1f} s for {size}", flush=True)
    if grown:
        _tell_growth(grown)
    if given.json:
        given.json.write_text(
            json.dumps(
                {
                    way: [[t.reports, t.wall_s, t.cpu_s, t.peak_mb] for t in turns]
                    for way, turns in {**found, "growth": grown}.items()
                }
            )
        )


if __name__ == "__main__":
    main()
