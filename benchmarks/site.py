"""Size and time of the whole site: ``python benchmarks/site.py [--editie ID] [--output-dir outputs] [--workers N]``.

No pass or fail: it prints the number of pages, the build time, the total size and the weight of home, for the reports
that ``lekp batch`` left in the outputs. The goals for all of Flanders are 200 MB and 60 s of
processor time; home stays below 350 kB.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--editie", default="voorbeeld")
    parser.add_argument("--output-dir", type=Path, default=Path("outputs"))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _by_folder(root: Path) -> list[tuple[str, int, int]]:
    """Files and bytes of each part of the site, largest first."""
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for path in root.rglob("*"):
        if path.is_file():
            part = path.relative_to(root).parts[0] if path.parent != root else "(root)"
            sizes[part] += path.stat().st_size
            counts[part] += 1
    return [(part, counts[part], size) for part, size in sizes.most_common()]


def main() -> int:
    """Build the site in a scratch folder and print what it is; 0 when it is there."""
    from lekp_lib.edition import Edition
    from lekp_lib.site.build import OutputFolder, build_site
    from lekp_lib.site.context import SiteContext, find_reports

    asked = _arguments()
    edition = Edition.open(asked.editie)
    reports, missing = find_reports(asked.output_dir, edition)
    if not reports:
        raise SystemExit(f"{asked.output_dir}: no report of {asked.editie}; make them with lekp batch")
    today = dt.datetime.now().astimezone().date()
    context = SiteContext(edition, today, reports, address="https://klimaat.example/")
    with tempfile.TemporaryDirectory(dir=asked.output_dir) as scratch:
        root = Path(scratch) / "site"
        started = time.perf_counter()
        built = build_site(context, OutputFolder(root), asked.workers)
        seconds = time.perf_counter() - started
        used = sum(os.times()[:4])
        home = (root / "index.html").stat().st_size
        search = sum(path.stat().st_size for path in (root / "assets").glob("zoek*.js"))
        shared = (root / "assets" / "site.css").stat().st_size
        parts = _by_folder(root)
    lines = [
        f"reports       {len(reports)} ({len(missing)} municipalities without)",
        f"pages         {built.pages}",
        f"files         {built.files}",
        f"build time    {seconds:.1f} s with {asked.workers} processes, {used:.1f} s of processor time",
        f"total size    {built.size / 1e6:.1f} MB",
        f"home          {home / 1e3:.1f} kB (with style and search: {(home + shared + search) / 1e3:.1f} kB)",
        *(f"  {part:<18}{count:>6} files {size / 1e6:>8.1f} MB" for part, count, size in parts),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
