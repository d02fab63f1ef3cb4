"""How does cost grow with the size of an edition? The example edition with 1, 10 and more times the figures.

A larger edition has the same municipalities and targets and more reference dates per year, all of them invented; it is
made in a scratch folder and thrown away. Taking turns, each size is opened, warmed up and asked for the same reports in
a process of its own. Shown are figures, size on disk, processor time to make the edition, and medians of the processor
time to open it, to warm up and per report, of the highest memory of the master, and of the size of web page and paper.
There is no pass or fail: read the ratios, the machine is shared.

    python benchmarks/large_editions.py                                 # 1 and 10 times, 3 rounds of 6 reports
    python benchmarks/large_editions.py --factors 1,10,100 --rounds 1 --reports 3
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "gemeenterapport.ipynb"
_HEADS = (
    ("times", "{:>5.0f}"), ("figures", "{:>10,.0f}"), ("disk MB", "{:>8.2f}"), ("make s", "{:>7.1f}"),
    ("open s", "{:>7.2f}"), ("warm-up s", "{:>10.1f}"), ("s/report", "{:>9.2f}"), ("master MB", "{:>10.0f}"),
    ("html kB", "{:>8.0f}"), ("pdf kB", "{:>7.0f}"),
)  # fmt: skip


def _processor_s(work: Callable[[], object]) -> tuple[object, float]:
    before = time.process_time()
    found = work()
    return found, time.process_time() - before


def _make(factor: int, folder: Path) -> dict[str, float]:
    """Make the edition; in a process of its own, so that its memory is given back."""
    from lekp_lib.edition.build_embedded import freeze_example

    manifest, seconds = _processor_s(lambda: freeze_example(folder, factor))
    size = sum(path.stat().st_size for path in folder.iterdir())
    rows = sum(entry.rows for entry in manifest.tables.values())  # type: ignore[attr-defined]
    return {"times": factor, "figures": rows, "disk MB": size / 1e6, "make s": seconds}


def _turn(folder: Path, reports: int, formats: Sequence[str]) -> dict[str, float]:
    """Open an edition, warm up, make reports; each report in a forked child, as ``lekp batch`` does."""
    from lekp_lib.batch.alone import become_alone

    become_alone()
    from rich.console import Console

    from lekp_lib.batch.plan import make_plan
    from lekp_lib.batch.run import RunOptions, run_batch
    from lekp_lib.batch.selection import read_batch
    from lekp_lib.batch.warmup import warm_up
    from lekp_lib.present.report_view import opened_edition

    edition, open_s = _processor_s(lambda: opened_edition(str(folder)))
    places = edition.register.municipalities(edition.reference_date)  # type: ignore[attr-defined]
    chosen = [places[number * len(places) // reports].nis for number in range(reports)]
    asked = read_batch(None, {"editie": str(folder), "gemeenten": chosen, "formaten": list(formats)})
    with tempfile.TemporaryDirectory(prefix="lekp-meting-") as outputs:
        plan = make_plan(asked, notebook=NOTEBOOK, output_dir=Path(outputs), engine="warm", force=True)
        # The batch warms up once more, which costs little by then.
        _, warm_s = _processor_s(lambda: warm_up(edition, plan.tasks))  # type: ignore[arg-type]
        record = run_batch(
            plan,
            RunOptions(workers=2, timeout_s=900.0, fork=True),
            settings={},
            console=Console(file=io.StringIO()),
            now=lambda: dt.datetime.now().astimezone(),
        )
        made = list(record.results.values())
        if len(made) != reports or any(result.status != "klaar" for result in made):
            raise SystemExit("\n".join([f"not all reports were made: {record.reason}", *(r.message for r in made)]))
        sizes = {
            f"{name} kB": statistics.mean(path.stat().st_size for path in Path(outputs).rglob(f"rapport.{name}")) / 1000
            for name in ("html", "pdf")
            if name in formats
        }
    per_report = statistics.mean(result.cpu_seconds for result in made)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"open s": open_s, "warm-up s": warm_s, "s/report": per_report, "master MB": memory, **sizes}


def _alone(*arguments: str) -> dict[str, float]:
    """Run a step of this script in a new process; its last line is what it found."""
    command = [sys.executable, __file__, "--step", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with code {done.returncode}:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _tell(made: dict[int, dict[str, float]], turns: dict[int, list[dict[str, float]]]) -> None:
    print("\n" + " ".join(f"{head:>{len(form.format(0))}}" for head, form in _HEADS))
    for factor, found in turns.items():
        row = {**made[factor], **{name: statistics.median(turn[name] for turn in found) for name in found[0]}}
        print(" ".join(form.format(row[head]) if head in row else "-" for head, form in _HEADS))


def main() -> None:
    """Make the editions, take turns and tell the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--factors", default="1,10", help="sizes of the editions, in times the example edition")
    parser.add_argument("--rounds", type=int, default=3, help="turns per size")
    parser.add_argument("--reports", type=int, default=6, help="municipalities per turn, spread over all")
    parser.add_argument("--formats", default="html,pdf,xlsx,csv")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        step, folder, *more = given.step
        found = _make(int(more[0]), Path(folder)) if step == "make" else _turn(Path(folder), int(more[0]), more[1:])
        print(json.dumps(found))
        return
    factors = [int(item) for item in given.factors.split(",")]
    with tempfile.TemporaryDirectory(prefix="lekp-edities-") as scratch:
        made = {factor: _alone("make", f"{scratch}/{factor}", str(factor)) for factor in factors}
        turns: dict[int, list[dict[str, float]]] = {factor: [] for factor in factors}
        for number in range(given.rounds):
            for factor, found in turns.items():
                found.append(_alone("turn", f"{scratch}/{factor}", str(given.reports), *given.formats.split(",")))
                print(f"round {number + 1}, {factor} times: {found[-1]['s/report']:.2f} s per report", flush=True)
        _tell(made, turns)


if __name__ == "__main__":
    main()
