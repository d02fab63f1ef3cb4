"""``lekp batch --dask``: two workers on this machine, started as docs/cluster.md says, with a disk each."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
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
if gemeente == "44021" and "LEKP_TEST_SIGN" in os.environ:
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
    end = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def _documented(name: str) -> list[str]:
    """The command of docs/cluster.md for one machine that starts with ``dask <name>``, without its first word."""
    lines = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"dask {name} ") and "127.0.0.1" in line)
    return line.split()[1:]


class Machines:
    """A scheduler, and workers that can be killed with all that they started."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, str(_free_port())
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen[Any]] = []
        self._start(_documented("scheduler"))

    def _start(self, command: list[str], **more: str) -> subprocess.Popen[bytes]:
        given = [part.replace("8786", self.port) for part in command]
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            # No report waits behind the one that hangs in the same worker.
            more |= {"LEKP_TEST_SIGN": str(self.folder / "sign"), "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION": "1"}
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *given], stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
                env=environment(**more),
            )  # fmt: skip
        self.processes.append(process)
        return process

    def worker(self, *options: str, **more: str) -> subprocess.Popen[bytes]:
        place = str(self.folder / f"werker-{len(self.processes)}")
        return self._start([*_documented("worker"), "--local-directory", place, *options], **more)

    def batch(self, out: Path, notebook: Path, *more: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            arguments(out, notebook, "--dask", self.address, *more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env=environment(), start_new_session=True,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def end(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        for pid in _of_machine(self.folder / "werker-"):
            os.kill(pid, signal.SIGKILL)


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


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _family(roots: list[int]) -> set[int]:
    """Some processes with all that they started."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int(_stat(int(path.name))[1])
        except OSError:
            continue
    family, more = set(roots), True
    while more:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family |= more
    return family


def _listening(pids: set[int]) -> set[str]:
    """Addresses on which some processes wait for others, as the operating system writes them."""
    inodes = set()
    for pid in pids:
        with suppress(OSError):  # a process that ended meanwhile has no folder
            for link in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    inodes |= set(re.findall(r"socket:\[(\d+)\]", str(link.readlink())))
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[9] in inodes}


@pytest.mark.slow
def test_a_killed_worker_costs_nothing_and_nothing_listens_beyond_this_machine(
    tmp_path: Path, machines: Machines
) -> None:
    notebook = small_notebook(tmp_path / "n.ipynb", WAITS_ONCE)
    workers = [machines.worker("--no-nanny", "--nworkers", "1"), machines.worker("--nworkers", "1")]
    far, near = tmp_path / "far", tmp_path / "near"
    batch = machines.batch(far, notebook)
    sign = machines.folder / "sign"
    _until(lambda: list(sign.glob("*")) or batch.poll() is not None, "no worker began")
    assert batch.poll() is None, batch.communicate()[0]
    found = _listening(_family([process.pid for process in machines.processes]))
    assert found == {"0100007F"}, "127.0.0.1, and nothing beyond"
    (waiting,) = sign.iterdir()
    families = {worker.pid: _family([worker.pid]) for worker in workers}
    (busy,) = (pid for pid, family in families.items() if int(waiting.name) in family)
    os.killpg(busy, signal.SIGKILL)
    text, _ = batch.communicate(timeout=120)
    assert batch.returncode == 0, text
    assert set(statuses(far).values()) == {"klaar"} and len(statuses(far)) == len(PLACES)
    assert left_behind(far) == []
    code, text = run_batch_process(near, notebook)
    assert code == 0, text
    assert contents(far) == contents(near)
    # A second run sees that reports from elsewhere are up to date here.
    code, text = run_batch_process(far, notebook)
    assert (code, set(statuses(far).values())) == (0, {"overgeslagen"}), text
    # Nothing of the killed worker lives on, nor of the other one once it is asked to end.
    for worker in workers:
        if worker.poll() is None:
            worker.terminate()
    _until(lambda: not _of_machine(machines.folder / "werker-"), "a process outlived its worker")


@pytest.mark.slow
def test_a_lost_scheduler_cuts_the_run_off_and_the_same_command_goes_on(tmp_path: Path, machines: Machines) -> None:
    broken = small_notebook(tmp_path / "n.ipynb", WAITS_ONCE + 'if gemeente == "33016": raise ValueError("stuk")')
    machines.worker("--nworkers", "2")
    out, sign = tmp_path / "uit", machines.folder / "sign"
    batch = machines.batch(out, broken)
    ready = lambda: list(sign.glob("*")) and len(list(out.rglob("manifest.json"))) == 4  # noqa: E731
    _until(lambda: ready() or batch.poll() is not None, "all but the one that waits")
    machines.processes[0].kill()
    text, _ = batch.communicate(timeout=120)
    assert batch.returncode == 1 and "de verbinding met de scheduler is weg" in text and "Traceback" not in text, text
    found = statuses(out)
    assert found.pop("44021") == "afgebroken" and found.pop("33016") == "mislukt"
    assert set(found.values()) == {"klaar"} and left_behind(out) == []
    kept = out / "gepubliceerd" / "_broken" / "33016"
    assert {path.name for path in kept.iterdir()} >= {"rapport.ipynb", "melding.txt"}
    message = (kept / "melding.txt").read_text(encoding="utf-8")
    assert "stuk" in message and str(machines.folder) not in text
    code, text = run_batch_process(out, broken)
    assert code == 1 and "1 klaar, 4 overgeslagen, 1 mislukt" in text


def test_errors_say_what_to_start_or_to_install(tmp_path: Path, machines: Machines) -> None:
    notebook = small_notebook(tmp_path / "n.ipynb")
    nobody = f"tcp://127.0.0.1:{_free_port()}"
    code, text = run_batch_process(tmp_path / "a", notebook, "--dask", nobody)
    assert code == 2 and "antwoordt geen Dask-scheduler" in text
    assert "\ndask scheduler --host 127.0.0.1 --port 8786 --dashboard-address 127.0.0.1:0" in text

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
    with (other / "lekp_lib" / "errors.py").open("a", encoding="utf-8") as file:
        file.write("# other\n")
    machines.worker("--nworkers", "1", PYTHONPATH=str(other))
    code, text = run_batch_process(tmp_path / "c", notebook, "--dask", machines.address)
    assert code == 2 and "het cluster zou andere verslagen maken" in text


@pytest.mark.parametrize("address", ["tcp://192.0.2.10:8786", "192.0.2.10:8786", "tcp://rekenserver:8786"])
def test_another_machine_without_encryption_is_refused(tmp_path: Path, address: str) -> None:
    notebook = small_notebook(tmp_path / "n.ipynb")
    code, text = run_batch_process(tmp_path / "uit", notebook, "--dask", address)
    assert code == 2 and "tls://" in text and "--onveilig" in text
    assert not (tmp_path / "uit").exists()
