"""Is a killed batch made up for? Kill the master at a random moment, again and again, then let it finish.

Every report of the end must be the one that an undisturbed run makes, byte for byte but for the times in its manifest,
and no scratch folder may be left. Each time the batch starts anew with what the killed one left.

    python benchmarks/kill_master.py --kills 20 --seed 1                         # all municipalities
    python benchmarks/kill_master.py --kills 20 --force --gemeenten Gent,Mesen,Herstappe --formats html
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
MANIFEST = "manifest.json"


def _command(given: argparse.Namespace, folder: Path) -> list[str]:
    return [
        str(Path(sys.executable).parent / "lekp"), "batch", "--editie", given.editie, "--gemeenten", given.gemeenten,
        "--formats", given.formats, "--workers", str(given.workers), "--output-dir", str(folder),
    ]  # fmt: skip


def _reports(folder: Path) -> dict[str, bytes]:
    """Bytes of all files of finished reports; of the manifests, which hold times, only that they are there."""
    return {
        path.relative_to(folder).as_posix(): b"" if path.name == MANIFEST else path.read_bytes()
        for path in sorted(folder.glob("*/[0-9]*/*"))
    }


def _finish(command: list[str]) -> float:
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"the batch ended with code {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.monotonic() - started


def _kill(command: list[str], after_s: float) -> bool:
    """Start a batch and kill its master; false when it was ready before that."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False


def main() -> None:
    """Make the reports undisturbed, then with kills, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--editie", default="voorbeeld")
    parser.add_argument("--gemeenten", default="alle")
    parser.add_argument("--formats", default="html,pdf,xlsx,csv")
    parser.add_argument("--force", action="store_true", help="killed runs make everything again, over what is there")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    moments = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="lekp-kill-") as name:
        undisturbed, killed = Path(name) / "undisturbed", Path(name) / "killed"
        whole_s = _finish(_command(given, undisturbed))
        print(f"undisturbed: {whole_s:.0f} s", flush=True)
        hits = 0
        for number in range(given.kills):
            # Without --force the killed runs together take about as long as one whole run.
            longest_s = whole_s if given.force else max(2 * whole_s / given.kills, 8.0)
            after_s = moments.uniform(0.2, longest_s)
            hit = _kill([*_command(given, killed), *(["--force"] if given.force else [])], after_s)
            hits += hit
            there = len(list(killed.glob(f"*/[0-9]*/{MANIFEST}")))
            print(
                f"kill {number + 1} after {after_s:.1f} s: {'hit' if hit else 'ready before'}, {there} there",
                flush=True,
            )
        print(f"resumed: {_finish(_command(given, killed)):.0f} s", flush=True)
        expected, found = _reports(undisturbed), _reports(killed)
        reports = len({path.rsplit("/", 1)[0] for path in found})
        different = sorted(path for path in expected.keys() | found.keys() if expected.get(path) != found.get(path))
        left = sorted(str(path) for path in killed.rglob(".werk*"))
        print(
            f"{hits} kills; {reports} reports, {len(found)} files; {len(different)} different; {len(left)} left behind"
        )
        if different or left:
            raise SystemExit("\n".join([*different[:20], *left[:20]]))


if __name__ == "__main__":
    main()
