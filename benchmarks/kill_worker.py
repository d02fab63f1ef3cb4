"""Does a lost machine cost a report? Two Dask workers on this machine, and one is killed during the run.

Every report must be the one that ``lekp batch`` makes here without a cluster, byte for byte but for the times in its
manifest. The worker is killed with all that it started, and not asked first, when a random number of reports is there.

    python benchmarks/kill_worker.py                                             # all municipalities
    python benchmarks/kill_worker.py --gemeenten Gent,Mesen,Herstappe,Aalst --formats html,pdf --seed 7
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from undisturbed import ROOT, batch, compare, finish, parser, ready


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _dask(folder: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A scheduler or worker in a process group of its own; what it tells goes to a log."""
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
            stdout=log, stderr=log, cwd=folder, start_new_session=True,
        )  # fmt: skip


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def _cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler, and its two workers."""
    port = str(_free_port())
    address = f"tcp://127.0.0.1:{port}"
    processes = [_dask(folder, "scheduler", "scheduler", "--host", "127.0.0.1", "--port", port)]
    try:
        for name in ("worker-1", "worker-2"):
            own = ("--nthreads", "1", "--no-nanny", "--name", name, "--local-directory", str(folder / name))
            processes.append(_dask(folder, name, "worker", address, *own))
        yield address, processes[1:]
    finally:
        for process in reversed(processes):
            _kill(process)


def main() -> None:
    """Make the reports on the cluster with one kill, then here, and compare."""
    given = parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix="lekp-kill-") as name:
        far, near, machines = (Path(name) / part for part in ("far", "near", "machines"))
        machines.mkdir()
        near_s = finish(batch(given, near))
        total = ready(near)
        print(f"here: {near_s:.0f} s, {total} reports", flush=True)
        fatal = random.Random(given.seed).randint(1, max(1, total * 3 // 4))
        with _cluster(machines) as (address, workers), (machines / "batch.log").open("wb") as log:
            started = time.monotonic()
            run = subprocess.Popen(batch(given, far, "--dask", address), stdout=log, stderr=log, cwd=ROOT)
            while run.poll() is None and ready(far) < fatal:
                time.sleep(0.05)
            if killed := run.poll() is None:
                _kill(workers[-1])
                print(f"a worker killed after {time.monotonic() - started:.0f} s, {ready(far)} there", flush=True)
            if code := run.wait():
                raise SystemExit(f"the batch ended with code {code}:\n{(machines / 'batch.log').read_text()[-2000:]}")
            print(f"on the cluster: {time.monotonic() - started:.0f} s", flush=True)
        compare(near, far, f"{int(killed)} of 2 workers killed")


if __name__ == "__main__":
    main()
