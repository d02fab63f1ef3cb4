"""What the benchmarks of faults share: one ``lekp batch`` as a command, and the bytes of what two of them left."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
MANIFEST = "manifest.json"


def parser(description: str | None) -> argparse.ArgumentParser:
    """Options that say which reports are made."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--editie", default="voorbeeld")
    made.add_argument("--gemeenten", default="alle")
    made.add_argument("--formats", default="html,pdf,xlsx,csv")
    made.add_argument("--workers", type=int, default=2)
    made.add_argument("--seed", type=int, default=1, help="of the moments")
    return made


def batch(given: argparse.Namespace, folder: Path, *more: str) -> list[str]:
    """The command that makes the reports in a folder."""
    return [
        str(Path(sys.executable).parent / "lekp"), "batch", "--editie", given.editie, "--gemeenten", given.gemeenten,
        "--formats", given.formats, "--workers", str(given.workers), "--output-dir", str(folder), *more,
    ]  # fmt: skip


def finish(command: list[str]) -> float:
    """Run a batch to its end; the seconds that it took."""
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"the batch ended with code {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.monotonic() - started


def ready(folder: Path) -> int:
    """Number of finished reports."""
    return len(list(folder.glob(f"*/[0-9]*/{MANIFEST}")))


def _files(folder: Path) -> dict[str, bytes]:
    """Bytes of all files of finished reports; of the manifests, which hold times, only that they are there."""
    return {
        path.relative_to(folder).as_posix(): b"" if path.name == MANIFEST else path.read_bytes()
        for path in sorted(folder.glob("*/[0-9]*/*"))
    }


def compare(undisturbed: Path, disturbed: Path, what: str) -> None:
    """Tell how many files differ and how many scratch folders are left; both should be none."""
    expected, found = _files(undisturbed), _files(disturbed)
    different = sorted(path for path in expected.keys() | found.keys() if expected.get(path) != found.get(path))
    left = sorted(str(path) for path in disturbed.rglob(".werk*"))
    print(
        f"{what}; {ready(disturbed)} reports, {len(found)} files; {len(different)} different; {len(left)} left behind"
    )
    if different or left:
        raise SystemExit("\n".join([*different[:20], *left[:20]]))
