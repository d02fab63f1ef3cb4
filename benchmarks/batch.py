"""How fast is ``lekp batch``? Ways to make the same reports from the same notebook, taking turns.

    a  the stock way: the commands ``papermill`` and ``jupyter nbconvert --to html`` and ``webpdf`` for every report
    b  papermill and the same two exporters as Python functions, in a pool of two processes
    c  ``lekp batch``
    d  the floor: the same blocks drawn and written in one warm process per core, without Jupyter
    e  as a, with the exporters of lekp (``lekp-html``, ``lekp-pdf``) in place of those of nbconvert
    f  as b, with the exporters of lekp

The stock exporters know web page and paper only, and theirs are not the report: no check, no search, paper printed by a
browser. Chromium has to be on the machine.

Shown are wall time and processor time per report, the highest memory (proportional set size of all processes, so that
shared memory counts once) and ratios of the medians. There is no pass or fail: read the ratios, the machine is shared.

    python benchmarks/batch.py --rounds 3 --sizes a=2,b=6,c=30,d=30,e=2,f=6
    python benchmarks/batch.py --sizes a=3,b=8,c=285,d=60,e=3,f=8 --minutes 90
    python benchmarks/batch.py --only c --sizes c=285 --rounds 1
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from measured import Measured, measure, middle
from ways import BIN, WORKERS, lend_chromium, take_turn

WAYS = {
    "a": "papermill + jupyter nbconvert, commands",
    "b": "papermill + nbconvert, pool of 2",
    "c": "lekp batch",
    "d": "floor: no Jupyter",
    "e": "as a, exporters of lekp",
    "f": "as b, exporters of lekp",
}


def _places(number: int) -> list[str]:
    """NIS codes spread over all municipalities; beyond 285 they start again."""
    from lekp_lib.edition import Edition

    edition = Edition.open("voorbeeld")
    codes = [item.nis for item in edition.register.municipalities(edition.reference_date)]
    step = max(1, len(codes) // number)
    return [codes[(index * step) % len(codes)] for index in range(number)]


def _command(way: str, places: list[str], folder: Path, formats: list[str]) -> list[str]:
    if way == "c":
        # One batch makes each municipality once; more reports than that are several batches.
        return [
            str(BIN / "lekp"), "batch", "--editie", "voorbeeld", "--gemeenten", ",".join(places), "--workers",
            str(WORKERS), "--formats", ",".join(formats), "--output-dir", str(folder / "uit"), "--force",
        ]  # fmt: skip
    return [sys.executable, __file__, "--turn", way, ",".join(places), str(folder), ",".join(formats)]


def _turn(way: str, number: int, formats: list[str]) -> Measured:
    folder = Path(tempfile.mkdtemp(prefix="lekp-meting-"))
    try:
        if way in "ab":
            lend_chromium(folder / "browser")
        return measure(_command(way, _places(number), folder, formats), number, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tell(found: dict[str, list[Measured]]) -> None:
    print(f"\n{'way':42s} {'reports':>8s} {'wall s/report':>14s} {'cpu s/report':>13s} {'peak MB':>8s}")
    for way, turns in found.items():
        print(
            f"{way} {WAYS[way]:40s} {turns[0].reports:8d} {middle(turns, 'wall_s'):14.2f} "
            f"{middle(turns, 'cpu_s'):13.2f} {middle(turns, 'peak_mb'):8.0f}"
        )
    if "c" in found:
        own = middle(found["c"], "wall_s")
        for way in "abef":
            if way in found:
                print(f"{way}/c {middle(found[way], 'wall_s') / own:.1f} x")
        if "d" in found:
            print(f"c/d {own / middle(found['d'], 'wall_s'):.2f} x")


def _sizes(text: str) -> dict[str, int]:
    return {way: int(number) for way, _, number in (item.partition("=") for item in text.split(","))}


def main() -> None:
    """Take turns and tell the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="turns per way")
    parser.add_argument("--sizes", default="a=2,b=4,c=30,d=30,e=2,f=4", help="reports per turn")
    parser.add_argument("--only", default="abcdef", help="ways to measure")
    parser.add_argument(
        "--formats", default="html,pdf,xlsx,csv", help="formats of c and d; the others make web page and paper"
    )
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no turn after so long")
    parser.add_argument("--json", type=Path, help="write all turns here as well")
    parser.add_argument("--turn", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.turn:
        way, places, folder, formats = given.turn
        take_turn(way, places.split(","), Path(folder), formats.split(","))
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
    if given.json:
        given.json.write_text(
            json.dumps(
                {way: [[t.reports, t.wall_s, t.cpu_s, t.peak_mb] for t in turns] for way, turns in found.items()}
            )
        )


if __name__ == "__main__":
    main()
