"""Reports on a Dask cluster: two workers on this machine, in processes of their own, with a disk each."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.batch.batch_tools import (
    COMMAND,
    PLACES,
    ROOT,
    arguments,
    contents,
    environment,
    left_behind,
    run_batch_process,
    small_notebook,
    statuses,
)

pytest.importorskip("distributed", reason="needs the extra lekp[cluster]")
#: A cell that tells the test that it runs, and lets it kill the worker meanwhile: once, in the first report of all.
WAITS_ONCE = """
import os, pathlib, time
if gemeente == "44021":
    try:
        sign = pathlib.Path(os.environ["LEKP_TEST_SIGN"])
        sign.mkdir()
        (sign / str(os.getpid())).touch()
        time.sleep(300)
    except FileExistsError:
        pass
"""


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _until(happened: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 240
    while not happened():
        assert time.monotonic() < end, what
        time.sleep(0.1)


class Machines:
    """A scheduler, and workers that can be killed with all that they started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = f"tcp://127.0.0.1:{_free_port()}"
        self.processes: list[subprocess.Popen[Any]] = []
        self._start("scheduler", "--host", "127.0.0.1", "--port", self.address.rsplit(":", 1)[1], "--no-dashboard")

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments], stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
            env=environment(LEKP_TEST_SIGN=str(self.folder / "sign"), **self.more),
        )  # fmt: skip
        log.close()
        self.processes.append(process)
        return process

    more: dict[str, str] = {}  # noqa: RUF012 -- replaced, never changed

    def worker(self, **more: str) -> subprocess.Popen[bytes]:
        self.more = more
        name = f"werker-{len(self.processes)}"
        return self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", name,
            "--local-directory", str(self.folder / name),
        )  # fmt: skip

    def end(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    folder = tmp_path / "machines"
    folder.mkdir()
    found = Machines(folder)
    yield found
    found.end()


def _of_machine(folder: Path) -> list[int]:
    """Processes that have this folder in their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def _ancestors(pid: int) -> Iterator[int]:
    """The processes above one, the nearest first."""
    while pid > 1:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        yield pid


@pytest.mark.slow
def test_a_killed_worker_costs_nothing_and_the_bytes_are_those_of_this_machine(
    tmp_path: Path, machines: Machines
) -> None:
    notebook = small_notebook(tmp_path / "n.ipynb", WAITS_ONCE)
    workers = [machines.worker(), machines.worker()]
    far, near = tmp_path / "far", tmp_path / "near"
    batch = subprocess.Popen(
        arguments(far, notebook, "--dask", machines.address), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env=environment(), start_new_session=True,
    )  # fmt: skip
    machines.processes.append(batch)  # ended with the others, whatever happens
    sign = machines.folder / "sign"
    _until(lambda: list(sign.glob("*")) or batch.poll() is not None, "no worker began")
    assert batch.poll() is None, batch.communicate()[0]
    # The other worker makes a report too, so the one that waits has to say which it is.
    (waiting,) = sign.iterdir()
    above = list(_ancestors(int(waiting.name)))
    (busy,) = (worker for worker in workers if worker.pid in above)
    os.kill(busy.pid, signal.SIGKILL)
    told, _ = batch.communicate(timeout=240)
    assert batch.returncode == 0, told
    assert set(statuses(far).values()) == {"klaar"}
    assert len(statuses(far)) == len(PLACES)
    assert left_behind(far) == []

    sign.mkdir(exist_ok=True)
    code, told = run_batch_process(near, notebook, LEKP_TEST_SIGN=str(sign))
    assert code == 0, told
    assert contents(far) == contents(near)
    # A second run sees that reports from elsewhere are up to date here.
    code, told = run_batch_process(far, notebook)
    assert (code, set(statuses(far).values())) == (0, {"overgeslagen"}), told
    # Nothing of the killed worker lives on, nor of the other one once it is asked to end.
    for worker in workers:
        worker.terminate()
    _until(lambda: not _of_machine(machines.folder / "werker-"), "a process outlived its worker")


@pytest.mark.slow
def test_a_broken_notebook_is_kept_here_and_shared_outputs_need_no_bytes(tmp_path: Path, machines: Machines) -> None:
    machines.worker()
    broken = small_notebook(tmp_path / "n.ipynb", 'if gemeente == "33016": raise ValueError("stuk")')
    out = tmp_path / "uit"
    code, told = run_batch_process(out, broken, "--dask", machines.address, "--shared-outputs", places=2)
    assert (code, statuses(out)) == (1, {"44021": "klaar", "33016": "mislukt"}), told
    kept = out / "voorbeeld" / "_broken" / "33016"
    assert {path.name for path in kept.iterdir()} >= {"rapport.ipynb", "melding.txt"}

    apart = tmp_path / "apart"
    code, told = run_batch_process(apart, broken, "--dask", machines.address, places=2)
    assert (code, statuses(apart)) == (1, {"44021": "klaar", "33016": "mislukt"}), told
    assert contents(apart) == contents(out)
    message = (apart / "voorbeeld" / "_broken" / "33016" / "melding.txt").read_text(encoding="utf-8")
    assert "stuk" in message
    assert str(machines.folder) not in told
    assert left_behind(tmp_path) == []


def test_errors_say_what_to_start_or_to_install(tmp_path: Path, machines: Machines) -> None:
    notebook = small_notebook(tmp_path / "n.ipynb")
    nobody = f"tcp://127.0.0.1:{_free_port()}"
    code, told = run_batch_process(tmp_path / "a", notebook, "--dask", nobody)
    assert code == 2
    assert re.search(r"found no Dask scheduler .*; expected one at that address\. Start it with: dask scheduler", told)

    without = "import sys; sys.modules['distributed'] = None; from lekp_lib.cli import main; main()"
    command = [
        without if part == COMMAND[-1] else part for part in arguments(tmp_path / "b", notebook, "--dask", nobody)
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    assert done.returncode == 2
    assert "pip install 'lekp[cluster]'" in done.stderr

    # A worker whose lekp has one line more makes other reports.
    other = tmp_path / "other"
    other.mkdir()
    subprocess.run(["cp", "-r", ROOT / "lekp_lib", other], check=True)
    with (other / "lekp_lib" / "present" / "style.css").open("a", encoding="utf-8") as style:
        style.write("/* other */\n")
    machines.worker(PYTHONPATH=str(other))
    code, told = run_batch_process(tmp_path / "c", notebook, "--dask", machines.address)
    assert code == 2
    assert "the cluster would make other reports than this machine" in told
    assert "another lekp" in told
