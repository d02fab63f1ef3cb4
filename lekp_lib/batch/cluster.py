"""Reports on the workers of a Dask cluster: the same tasks and results as on one machine, no shared disk.

Edition and notebooks travel once to each worker, a finished folder comes back as one zip. A worker of Dask has threads,
and a process with threads may not fork: so each keeps a process beside it that has one thread, prepares once, and forks
a child per report. Its standard input brings tasks, its standard output takes replies; when the worker dies, it ends.
"""

from __future__ import annotations

import io
import ipaddress
import json
import logging
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from typing import Any
from urllib.parse import urlsplit

from lekp_lib.batch.plan import ReportTask
from lekp_lib.batch.processes import POLL_S, SINGLE_THREAD
from lekp_lib.batch.run import BatchStopped, Status, TaskResult, failed_result, make_reports, prepare_reports
from lekp_lib.edition.edition import GIVEN_EDITIONS, find_edition
from lekp_lib.errors import LekpError, ParameterError, ReportError
from lekp_lib.report import files
from lekp_lib.report.make import code_sha256

#: How long a scheduler may take to answer, and a first worker to be there.
CONNECT_S, FIRST_WORKER_S = 10, 30
#: Without any worker for so long, the batch stops; new ones may come until then.
WITHOUT_WORKERS_S = 60.0
_LOST = "{}; start ze opnieuw, dezelfde opdracht gaat verder waar deze ophield"
_SCHEDULER = "dask scheduler --host 127.0.0.1 --port 8786 --dashboard-address 127.0.0.1:0"
_WORKER = "dask worker {} --host 127.0.0.1 --dashboard-address 127.0.0.1:0 --nthreads 1"


@dataclass(frozen=True, slots=True)
class WorkerPayload:
    """What the tasks of one batch share, and a machine that does not see our disk needs.

    ``edition_files`` has bytes by name in the folder of the edition, ``practice`` a task to prepare with. ``id`` is
    another one for each batch, ``code`` the hash of the program that must be there.
    """

    id: str
    edition_files: dict[str, bytes]
    practice: ReportTask
    timeout_s: float
    code: str


def check_address(address: str, *, unsafe: bool) -> None:
    """Refuse a scheduler elsewhere without encryption: whoever reaches it or its workers runs code there.

    Parameters
    ----------
    address
        Of the scheduler.
    unsafe
        Whether that was asked for on purpose.

    Raises
    ------
    ParameterError
        With what to do.
    """
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    host = parts.hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if parts.scheme != "tls" and not local and not unsafe:
        raise ParameterError(
            f"--dask {address}: dit is een andere machine, en de verbinding is niet beveiligd: wie de scheduler "
            "of een werker bereikt, kan er elk programma uitvoeren. Gebruik tls:// met certificaten (docs/cluster.md), "
            "of geef --onveilig als alleen u op dat netwerk zit."
        )


# --- on the worker


def _local_task(task: ReportTask, folder: Path) -> ReportTask:
    """A task with the paths of this machine."""
    return replace(task, notebook=folder / task.notebook.name, output_dir=folder / "uit")


def _zipped(folder: Path) -> bytes:
    """The files of a folder, manifest last, as one zip; the folder is gone afterwards. Empty without a folder."""
    content = io.BytesIO()
    if not folder.is_dir():
        return b""
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(folder.iterdir(), key=lambda path: (path.name == files.MANIFEST_FILE, path.name)):
            archive.write(path, path.name)
    rmtree(folder)
    return content.getvalue()


def _reply(task: ReportTask, timeout_s: float, folder: Path) -> tuple[TaskResult, bytes]:
    """Make one report; its result, and the finished folder, or what is kept of a broken one."""
    local, scratch, worker = _local_task(task, folder), folder / "werk", os.getppid()
    scratch.mkdir(exist_ok=True)
    with closing(make_reports([local], scratch, workers=1, timeout_s=timeout_s)) as results:
        for result in results:
            if os.getppid() != worker:
                break
            if result is not None:
                # A message names files; here they have another place than at home.
                message = result.message.replace(str(local.output_dir), str(task.output_dir))
                made = local.target if result.status is Status.DONE else local.quarantine
                return replace(result, message=message), _zipped(made)
    raise SystemExit("de werker is er niet meer")


def serve() -> None:
    """Life of the process beside a worker: a task in, a reply out, until nobody asks any more. Removes its folder."""
    folder, replies = Path(sys.argv[1]), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints goes to the log of the worker
    practice, timeout_s = pickle.load(sys.stdin.buffer)  # noqa: S301 -- all of it from the process that started this one
    prepare_reports([_local_task(practice, folder)])
    try:
        with suppress(EOFError, BrokenPipeError):
            while True:
                task = pickle.load(sys.stdin.buffer)  # noqa: S301
                replies.write(pickle.dumps(_reply(task, timeout_s, folder)))
                replies.flush()
    finally:
        rmtree(folder, ignore_errors=True)


_turn = threading.Lock()
_beside: dict[str, subprocess.Popen[bytes]] = {}


def stop_on_worker() -> None:
    """End the process beside the worker where this runs; its folder goes with it."""
    while _beside:
        _beside.popitem()[1].communicate()


def _process_for(payload: WorkerPayload) -> subprocess.Popen[bytes]:
    """The process beside this worker, which prepares for one batch at a time."""
    process = _beside.get(payload.id)
    if process is None or process.poll() is not None:
        from distributed import get_worker

        stop_on_worker()
        folder = Path(tempfile.mkdtemp(prefix="lekp-", dir=get_worker().local_directory))
        (folder / "editie").mkdir()
        for name, content in payload.edition_files.items():
            (folder / "editie" / name).write_bytes(content)
        given = {GIVEN_EDITIONS: json.dumps({payload.practice.parameters.editie: str(folder / "editie")})}
        process = _beside[payload.id] = subprocess.Popen(  # noqa: S603 -- our own module
            [sys.executable, "-c", f"from {__name__} import serve; serve()", str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **SINGLE_THREAD, **given},
        )  # fmt: skip
        assert process.stdin
        process.stdin.write(pickle.dumps((payload.practice, payload.timeout_s)))
    return process


def make_on_worker(task: ReportTask, payload: WorkerPayload) -> tuple[TaskResult, bytes]:
    """Task of Dask: make one report on the worker where this runs; a second one there waits for its turn.

    Parameters
    ----------
    task
        What to make.
    payload
        What the tasks share.

    Returns
    -------
    tuple of TaskResult and bytes
        The latter are a zip of the finished folder, or of what is kept of a broken report.
    """
    why = "deze werker heeft een andere lekp, of andere pakketten, dan de machine die het verslag vraagt"
    if code_sha256() == payload.code:
        with _turn, suppress(EOFError, OSError, pickle.UnpicklingError):
            process = _process_for(payload)
            assert process.stdin
            assert process.stdout
            process.stdin.write(pickle.dumps(task))
            process.stdin.flush()
            reply: tuple[TaskResult, bytes] = pickle.load(process.stdout)  # noqa: S301 -- from our own process
            return reply
        why = "het proces dat de verslagen maakt is gestopt; zie het logboek van de werker"
    return failed_result(task, why), b""


# --- on the machine that asks


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """A client of the scheduler, with at least one worker there."""
    try:
        from distributed import Client
    except ImportError:
        raise ParameterError("--dask: het pakket 'distributed' ontbreekt. Geef: pip install 'lekp[cluster]'") from None
    for name in (
        "distributed",
        "distributed.client",
        "distributed.core",
    ):  # what they say of a lost scheduler, the batch says
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise ReportError(
            f"--dask {address}: daar antwoordt geen Dask-scheduler ({error}). "
            f"Start er een op deze machine met:\n{_SCHEDULER}"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=FIRST_WORKER_S)
        except TimeoutError:
            raise ReportError(
                f"--dask {address}: de scheduler heeft na {FIRST_WORKER_S} s nog geen werkers. Start er een op deze "
                f"machine met:\n{_WORKER.format(address)}"
            ) from None
        yield client


def _check_workers(client: Any, code: str) -> None:
    """Refuse workers with another program: their reports would not be those of this machine."""
    try:
        found = client.run(code_sha256)
    except ImportError as error:
        raise ReportError(
            f"een werker van het cluster kan lekp niet laden ({error}); installeer er hetzelfde"
        ) from None
    different = sorted(worker for worker, there in found.items() if there != code)
    if different:
        raise ReportError(
            "het cluster zou andere verslagen maken dan deze machine. Installeer dezelfde lekp, dezelfde pakketten en "
            f"dezelfde Python op: {', '.join(different)}"
        )


def _payload(tasks: Sequence[ReportTask], timeout_s: float) -> WorkerPayload:
    folder = find_edition(tasks[-1].parameters.editie)
    edition_files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    return WorkerPayload(f"{os.getpid()}-{time.time_ns()}", edition_files, tasks[-1], timeout_s, code_sha256())


def _land(task: ReportTask, result: TaskResult, content: bytes, scratch: Path) -> TaskResult:
    """Put what came back in its place."""
    arrived = scratch / task.key
    try:
        if content:
            zipfile.ZipFile(io.BytesIO(content)).extractall(arrived)
            files.clear_quarantine(task.quarantine)
            files.move_into_place(arrived, task.target if result.status is Status.DONE else task.quarantine)
    except OSError as error:
        return failed_result(task, str(files.output_error(error, task.output_dir)), stops_all=True)
    except (LekpError, zipfile.BadZipFile) as error:
        return failed_result(task, str(error))
    return result


def _result(task: ReportTask, future: Any, scratch: Path) -> TaskResult:
    """Result of a finished task of Dask; one whose workers died again and again has failed."""
    if future.status == "finished":
        result, content = future.result()
        return _land(task, result, content, scratch)
    if future.status != "error":
        raise BatchStopped(_LOST.format("de verbinding met de scheduler is weg"))
    error = future.exception()
    return failed_result(task, f"het cluster kon het verslag niet maken: {type(error).__name__}: {error}")


def _has_workers(client: Any) -> bool:
    """Whether a worker is left; raises :class:`BatchStopped` when the scheduler is not."""
    if client.status != "running":
        raise BatchStopped(_LOST.format("de verbinding met de scheduler is weg"))
    try:
        return bool(client.scheduler_info(n_workers=-1)["workers"])
    except (OSError, TimeoutError):
        raise BatchStopped(_LOST.format("de verbinding met de scheduler is weg")) from None


def run_on_cluster(
    tasks: Sequence[ReportTask], scratch: Path, *, address: str, timeout_s: float
) -> Generator[TaskResult | None, None, None]:
    """Make reports on a cluster; tasks, results and beats as for :func:`~lekp_lib.batch.run.make_reports`.

    Parameters
    ----------
    tasks
        What to make.
    scratch
        Existing folder on the disk of the outputs.
    address
        Of the scheduler; see :func:`check_address`.
    timeout_s
        Time that one report may take.

    Raises
    ------
    LekpError
        When no scheduler or worker answers, a worker has another program, or the cluster is lost.
    """
    with _connected(address) as client:
        from distributed import as_completed

        payload = _payload(tasks, timeout_s)
        _check_workers(client, payload.code)
        yield None
        # The result of a task, not scattered data: the scheduler can make it again when all who had it are lost.
        shared = client.submit(pickle.loads, pickle.dumps(payload), pure=False)
        made = client.map(make_on_worker, tasks, payload=shared, pure=False)
        futures = dict(zip(made, tasks, strict=True))
        done: Any = as_completed(made, loop=client.loop)  # type: ignore[no-untyped-call]
        seen = time.monotonic()
        try:
            while futures:
                batch = done.next_batch(block=False)
                for future in batch:
                    yield _result(futures.pop(future), future, scratch)
                    future.release()
                if batch or _has_workers(client):
                    seen = time.monotonic()
                elif time.monotonic() - seen > WITHOUT_WORKERS_S:
                    raise BatchStopped(_LOST.format(f"het cluster heeft al {WITHOUT_WORKERS_S:.0f} s geen werkers"))
                if not batch:
                    time.sleep(POLL_S)
                    yield None
        finally:
            if client.status == "running":
                client.cancel(list(futures), force=True)
                with suppress(OSError, TimeoutError):
                    client.run(stop_on_worker)
