"""Time of one report, per step and format: ``python benchmarks/report.py [PLACE ...] [--editie ID] [--runs 3]``.

No pass or fail: it prints medians, and the size of every file. The first report of a process also loads fonts and
prepares the shared layers of charts and map, so it is shown apart.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from lekp_lib.report.formats import FORMATS

from lekp_lib.edition import Edition
from lekp_lib.parameters import read_parameters
from lekp_lib.paths import find_notebook
from lekp_lib.report.make import MadeReport, make_report

PLACES = ("Gent", "Houthulst", "Herstappe", "Beveren-Kruibeke-Zwijndrecht")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("places", nargs="*", default=PLACES)
    parser.add_argument("--editie", default="voorbeeld")
    parser.add_argument("--runs", type=int, default=3)
    return parser.parse_args()


def _table(title: str, made: Sequence[MadeReport]) -> str:
    steps = list(made[0].seconds)
    lines = [f"\n{title} ({len(made)} reports)", f"{'step':<12}{'median s':>10}{'min s':>10}{'max s':>10}"]
    for step in steps:
        values = [report.seconds[step] for report in made]
        lines.append(f"{step:<12}{median(values):>10.3f}{min(values):>10.3f}{max(values):>10.3f}")
    totals = [sum(report.seconds.values()) for report in made]
    lines.append(f"{'total':<12}{median(totals):>10.3f}{min(totals):>10.3f}{max(totals):>10.3f}")
    return "\n".join(lines)


def _sizes(made: Sequence[MadeReport]) -> str:
    lines = [f"\n{'municipality':<32}{'file':<18}{'kB':>8}"]
    for report in made:
        lines += [
            f"{report.name:<32}{path.name:<18}{path.stat().st_size / 1000:>8.0f}" for path in report.files.values()
        ]
    return "\n".join(lines)


def main() -> None:
    """Make the reports and print what they took."""
    arguments = _arguments()
    edition = Edition.open(arguments.editie)
    made: list[MadeReport] = []
    with tempfile.TemporaryDirectory() as folder:
        for run in range(arguments.runs):
            for place in arguments.places:
                parameters = read_parameters({"gemeente": place, "editie": arguments.editie})
                root = Path(folder) / str(run)
                made.append(
                    make_report(
                        parameters,
                        notebook=find_notebook(),
                        output_dir=root,
                        formats=tuple(FORMATS),
                        edition=edition,
                    )
                )
        print(_table("first report of the process", made[:1]))
        print(_table("all others", made[1:]))
        print(_sizes(made[-len(arguments.places) :]))


if __name__ == "__main__":
    main()
