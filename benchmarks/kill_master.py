"""Is a killed batch made up for? Kill the master at a random moment, again and again, then let it finish.

Every report of the end must be the one that an undisturbed run makes, byte for byte but for the times in its manifest,
and no scratch folder may be left. Each time the batch starts anew with what the killed one left.

    python benchmarks/kill_master.py --kills 20 --seed 1                         # all municipalities
    python benchmarks/kill_master.py --kills 20 --force --gemeenten Gent,Mesen,Herstappe --formats html
"""

from __future__ import annotations

import random
import signal
import subprocess
import tempfile
from pathlib import Path

from undisturbed import ROOT, batch, compare, finish, parser, ready

#: A guess, for the moments of the kills.
SECONDS_PER_REPORT = 1.0


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
    options = parser(__doc__)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--undisturbed", type=Path, help="outputs of an earlier whole run, to spare one")
    options.add_argument("--force", action="store_true", help="killed runs make everything again, over what is there")
    given = options.parse_args()
    moments = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="lekp-kill-") as name:
        undisturbed, killed = given.undisturbed or Path(name) / "undisturbed", Path(name) / "killed"
        whole_s = ready(undisturbed) * SECONDS_PER_REPORT or finish(batch(given, undisturbed))
        print(f"undisturbed: {whole_s:.0f} s, {ready(undisturbed)} reports", flush=True)
        hits = 0
        for number in range(given.kills):
            # Without --force the killed runs together take about as long as one whole run.
            longest_s = whole_s if given.force else max(2 * whole_s / given.kills, 8.0)
            after_s = moments.uniform(0.2, longest_s)
            hit = _kill(batch(given, killed, *(["--force"] if given.force else [])), after_s)
            hits += hit
            told = "hit" if hit else "ready before"
            print(f"kill {number + 1} after {after_s:.1f} s: {told}, {ready(killed)} there", flush=True)
        print(f"resumed: {finish(batch(given, killed)):.0f} s", flush=True)
        compare(undisturbed, killed, f"{hits} kills")


if __name__ == "__main__":
    main()
