"""How much does ``lekp batch`` spend on a report, beside papermill and nbconvert by hand? The ways take turns.

    a  the commands ``papermill``, ``jupyter nbconvert --to html`` and ``--to webpdf``, one report after the other
    b  papermill and the same two exporters of nbconvert as Python functions, in a pool of two processes
    c  ``lekp batch``, its start and warm-up included

All run the same notebook with the same parameters. Told are medians of the turns: processor time per report of all
processes together, wall time per report, and the highest memory (proportional set size, so that shared memory counts
once). There is no pass or fail; ``batch.md`` says what is fair about it. Ways a and b need a Chromium on the machine.

    python benchmarks/batch.py                                       # small: 2, 4 and 20 reports per turn
    python benchmarks/batch.py --sizes a=3,b=8,c=285 --minutes 90
    python benchmarks/batch.py --sizes c=285 --rounds 1 --formats html,pdf
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measured import ROOT, Measured, measure, middle

WAYS = {
    "a": "papermill and nbconvert, commands",
    "b": "papermill and nbconvert, pool of 2",
    "c": "lekp batch",
}
NOTEBOOK = ROOT / "notebooks" / "gemeenterapport.ipynb"
WORKERS = 2
BIN = Path(sys.executable).parent
#: Chromium keeps its sandbox but for root, who cannot have one.
SANDBOX_OFF = os.geteuid() == 0


def _places(number: int) -> list[str]:
    """NIS codes spread over all municipalities."""
    from lekp_lib.edition import Edition

    edition = Edition.open("voorbeeld")
    codes = [place.nis for place in edition.register.municipalities(edition.reference_date)]
    return codes[:: max(1, len(codes) // number)][:number]


def _lend_chromium(folder: Path) -> None:
    """Let nbconvert find the Chromium of this machine where it looks for a downloaded one."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("ways a and b print with a browser: install chromium, or measure c alone (--sizes c=20)")
    os.environ["PLAYWRIGHT_BROWSERS_PATH"] = str(folder)
    with sync_playwright() as playwright:
        expected = Path(playwright.chromium.executable_path)
    version = expected.relative_to(folder).parts[0].rpartition("-")[2]
    shell = folder / f"chromium_headless_shell-{version}/chrome-headless-shell-linux64/chrome-headless-shell"
    for path in (expected, shell):
        path.parent.mkdir(parents=True)
        path.symlink_to(chromium)


def _by_command(nis: str, folder: Path) -> None:
    """Way a, one report."""
    out = folder / f"{nis}.ipynb"
    # -r: as text; papermill would read a NIS code as a number.
    given = ["-r", "gemeente", nis, "-r", "editie", "voorbeeld", "--no-progress-bar"]
    subprocess.run([BIN / "papermill", NOTEBOOK, out, *given], check=True)
    subprocess.run([BIN / "jupyter", "nbconvert", "--to", "html", out], check=True)
    off = f"--WebPDFExporter.disable_sandbox={SANDBOX_OFF}"
    subprocess.run([BIN / "jupyter", "nbconvert", "--to", "webpdf", off, out], check=True)


def _by_api(job: tuple[str, Path]) -> None:
    """Way b, one report."""
    import nbformat
    import papermill
    from nbconvert.exporters import get_exporter
    from traitlets.config import Config

    nis, folder = job
    out = folder / f"{nis}.ipynb"
    papermill.execute_notebook(NOTEBOOK, out, {"gemeente": nis, "editie": "voorbeeld"}, progress_bar=False)
    notebook, settings = nbformat.read(out, as_version=4), Config({"WebPDFExporter": {"disable_sandbox": SANDBOX_OFF}})
    for name, ending in (("html", ".html"), ("webpdf", ".pdf")):
        content, _ = get_exporter(name)(config=settings).from_notebook_node(notebook)
        out.with_suffix(ending).write_bytes(content if isinstance(content, bytes) else content.encode())


def _stock_turn(way: str, places: list[str], folder: Path) -> None:
    """One turn of way a or b, in a process of its own."""
    if way == "a":
        for nis in places:
            _by_command(nis, folder)
    else:
        with mp.get_context("spawn").Pool(WORKERS) as pool:
            pool.map(_by_api, [(nis, folder) for nis in places], chunksize=1)


def _turn(way: str, number: int, formats: str) -> Measured:
    with tempfile.TemporaryDirectory(prefix="lekp-meting-") as name:
        folder, places = Path(name), ",".join(_places(number))
        command = [sys.executable, __file__, "--turn", way, places, name]
        if way == "c":
            own = ["--workers", str(WORKERS), "--output-dir", name, *(["--formats", formats] if formats else [])]
            command = [str(BIN / "lekp"), "batch", "--editie", "voorbeeld", "--gemeenten", places, *own]
        else:
            _lend_chromium(folder / "browser")
        return measure(command, number, folder)


def _tell(found: dict[str, list[Measured]]) -> None:
    print(f"\n{'way':38s} {'reports':>8s} {'cpu s/report':>13s} {'wall s/report':>14s} {'peak MB':>8s}")
    for way, turns in found.items():
        cpu, wall, peak = (middle(turns, name) for name in ("cpu_s", "wall_s", "peak_mb"))
        print(f"{way} {WAYS[way]:36s} {turns[0].reports:8d} {cpu:13.2f} {wall:14.2f} {peak:8.0f}")
    for way in found.keys() & {"a", "b"} if "c" in found else ():
        cpu, wall = (middle(found[way], name) / middle(found["c"], name) for name in ("cpu_s", "wall_s"))
        print(f"{way}/c: {cpu:.1f} x in processor time, {wall:.1f} x in wall time")


def main() -> None:
    """Take turns and tell the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="turns per way")
    parser.add_argument(
        "--sizes", default="a=2,b=4,c=20", help="reports per turn; a way that is absent is not measured"
    )
    parser.add_argument("--formats", default="", help="formats of c; all that a report has by default when left out")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no turn after so long")
    parser.add_argument("--turn", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.turn:
        way, places, folder = given.turn
        return _stock_turn(way, places.split(","), Path(folder))
    sizes = {way: int(number) for way, _, number in (item.partition("=") for item in given.sizes.split(","))}
    found, end = {way: list[Measured]() for way in sizes}, time.monotonic() + 60 * given.minutes
    for number in range(1, given.rounds + 1):
        for way, turns in found.items():
            if time.monotonic() < end:
                turns.append(_turn(way, sizes[way], given.formats))
                last = turns[-1]
                print(f"round {number}, {way}: {last.cpu_s:.1f} s of processor, {last.wall_s:.1f} s wall", flush=True)
    return _tell({way: turns for way, turns in found.items() if turns})


if __name__ == "__main__":
    main()
