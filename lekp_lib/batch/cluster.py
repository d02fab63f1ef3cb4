"""Reports on the workers of a Dask cluster: the same tasks and results as on one machine, no shared disk.

Edition and notebooks travel once to each worker, a finished folder comes back as one zip. A worker of Dask has threads,
and a process with threads may not fork: so each keeps a process beside it that has one thread, prepares once, and forks
a child per report. Its standard input brings tasks, its standard output takes replies; when the worker dies, it ends.
"""

import io
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
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lekp_lib.batch.plan import ReportTask
from lekp_lib.batch.run import POLL_S, BatchStopped, Results, Status, TaskResult, make_reports, result_of
from lekp_lib.edition.edition import GIVEN_EDITIONS, find_edition
from lekp_lib.errors import LekpError, ParameterError, ReportError
from lekp_lib.report import files
from lekp_lib.report.make import code_sha256
from lekp_lib.report.processes import SINGLE_THREAD

#: How long a scheduler may take to answer, and a first worker to be there.
CONNECT_S, FIRST_WORKER_S = 10, 30
#: Without any worker for so long, the batch stops; new ones may come until then.
WITHOUT_WORKERS_S = 60.0
_GO_ON = "start ze opnieuw, dezelfde opdracht gaat verder waar deze ophield"
_LOST = f"de verbinding met de scheduler is weg; {_GO_ON}"
_SCHEDULER = "dask scheduler --host 127.0.0.1 --port 8786 --dashboard-address 127.0.0.1:0"
_WORKER = "dask worker {} --host 127.0.0.1 --dashboard-address 127.0.0.1:0 --nthreads 1"


class WorkerPayload(NamedTuple):
    """What the tasks of one batch share, and a machine that does not see our disk needs.

    ``edition`` is the folder of the edition as a zip, ``practice`` a task to prepare with. ``id`` is another one for
    each batch, ``code`` the hash of the program that must be there.
    """

    id: str
    edition: bytes
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
    if not unsafe and parts.scheme != "tls" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise ParameterError(
            f"--dask {address}: dit is een andere machine, en de verbinding is niet beveiligd: wie de scheduler "
            "of een werker bereikt, kan er elk programma uitvoeren. Gebruik tls:// met certificaten (docs/cluster.md), "
            "of geef --onveilig als alleen u op dat netwerk zit."
        )


# --- on the worker


def _zipped(folder: Path) -> bytes:
    """The files of a folder, manifest last, as one zip."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(folder.glob("*.*"), key=lambda path: path.name == files.MANIFEST_FILE):
            archive.write(path, path.name)
    return content.getvalue()


def _reply(task: ReportTask, timeout_s: float, folder: Path) -> tuple[TaskResult, bytes]:
    """Make one report; its result, and the finished folder, or what is kept of a broken one."""
    local = replace(task, notebook=folder / task.notebook.name, folder=folder / "uit" / task.folder.name)
    scratch, worker = folder / "werk", os.getppid()
    scratch.mkdir(exist_ok=True)
    with closing(make_reports([local], scratch, workers=1, timeout_s=timeout_s, prepared=True)) as results:
        result = next(found for found in results if found or os.getppid() != worker)
    if result is None:
        raise SystemExit("de werker is er niet meer")
    # A message names files; here they have another place than at home.
    result.message = result.message.replace(str(local.folder), str(task.folder))
    made = _zipped(local.target if result.status is Status.DONE else local.quarantine)
    rmtree(local.folder, ignore_errors=True)
    return result, made


def serve() -> None:
    """Life of the process beside a worker: a task in, a reply out, until nobody asks any more. Removes its folder."""
    from lekp_lib.report.make import prepare

    folder, replies = Path(sys.argv[1]), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints goes to the log of the worker
    practice, timeout_s = pickle.load(sys.stdin.buffer)  # noqa: S301 -- all of it from the process that started this one
    prepare(practice.parameters.editie, [practice.parameters], practice.formats)
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


def _ask(task: ReportTask, payload: WorkerPayload) -> tuple[TaskResult, bytes]:
    """The reply of the process beside this worker, which prepares for one batch at a time."""
    from distributed import get_worker

    process, asked = _beside.get(payload.id), pickle.dumps(task)
    if process is None or process.poll() is not None:
        stop_on_worker()
        folder = Path(tempfile.mkdtemp(prefix="lekp-", dir=get_worker().local_directory))
        zipfile.ZipFile(io.BytesIO(payload.edition)).extractall(folder / "editie")
        editions = {payload.practice.parameters.editie: str(folder / "editie")}
        process = _beside[payload.id] = subprocess.Popen(  # noqa: S603 -- our own module
            [sys.executable, "-c", f"from {__name__} import serve; serve()", folder], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env={**os.environ, **SINGLE_THREAD, GIVEN_EDITIONS: json.dumps(editions)},
        )  # fmt: skip
        asked = pickle.dumps((payload.practice, payload.timeout_s)) + asked
    assert process.stdin
    assert process.stdout
    process.stdin.write(asked)
    process.stdin.flush()
    reply: tuple[TaskResult, bytes] = pickle.load(process.stdout)  # noqa: S301 -- from our own process
    return reply


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
            return _ask(task, payload)
        why = "het proces dat de verslagen maakt is gestopt; zie het logboek van de werker"
    return result_of(task, Status.FAILED, why), b""


# --- on the machine that asks


def _connect(address: str, code: str) -> Any:
    """A client of the scheduler, with at least one worker there, and none with another program than this one."""
    try:
        from distributed import Client
    except ImportError:
        raise ParameterError("--dask: het pakket 'distributed' ontbreekt. Geef: pip install 'lekp[cluster]'") from None
    logging.disable()  # what Dask says of a lost scheduler, the batch says
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise ReportError(
            f"--dask {address}: daar antwoordt geen Dask-scheduler ({error}). "
            f"Start er een op deze machine met:\n{_SCHEDULER}"
        ) from None
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER_S)
        found = client.run(code_sha256)
    except TimeoutError:
        raise ReportError(
            f"--dask {address}: de scheduler heeft na {FIRST_WORKER_S} s nog geen werkers. Start er een op deze "
            f"machine met:\n{_WORKER.format(address)}"
        ) from None
    except ImportError as error:
        told = f"een werker van het cluster kan lekp niet laden ({error}); installeer er hetzelfde"
        raise ReportError(told) from None
    if different := sorted(worker for worker, there in found.items() if there != code):
        raise ReportError(
            "het cluster zou andere verslagen maken dan deze machine. Installeer dezelfde lekp, dezelfde pakketten en "
            f"dezelfde Python op: {', '.join(different)}"
        )
    return client


def _result(task: ReportTask, future: Any, scratch: Path) -> TaskResult:
    """Result of a finished task of Dask, with its files in their place."""
    if future.status == "error":  # its workers died again and again
        error = future.exception()
        told = f"het cluster kon het verslag niet maken: {type(error).__name__}: {error}"
        return result_of(task, Status.FAILED, told)
    if future.status != "finished":
        raise BatchStopped(_LOST)
    result: TaskResult
    result, content = future.result()
    try:
        if content:
            zipfile.ZipFile(io.BytesIO(content)).extractall(scratch / task.key)
            files.clear_quarantine(task.quarantine)
            place = task.target if result.status is Status.DONE else task.quarantine
            files.move_into_place(scratch / task.key, place)
    except OSError as error:
        return result_of(task, Status.FAILED, str(files.output_error(error, task.folder)), stops_all=True)
    except (LekpError, zipfile.BadZipFile) as error:
        return result_of(task, Status.FAILED, str(error))
    return result


def run_on_cluster(tasks: Sequence[ReportTask], scratch: Path, *, address: str, timeout_s: float) -> Results:
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
    code, practice = code_sha256(), tasks[-1]
    with _connect(address, code) as client:
        from distributed import as_completed

        edition = _zipped(find_edition(practice.parameters.editie))
        payload = WorkerPayload(f"{os.getpid()}-{time.time_ns()}", edition, practice, timeout_s, code)
        # The result of a task, not scattered data: the scheduler can make it again when all who had it are lost.
        shared = client.submit(pickle.loads, pickle.dumps(payload), pure=False)
        made = client.map(make_on_worker, tasks, payload=shared, pure=False)
        futures = dict(zip(made, tasks, strict=True))
        done: Any = as_completed(made, loop=client.loop)  # type: ignore[no-untyped-call]
        seen = time.monotonic()
        try:
            while futures:
                ready = done.next_batch(block=False)
                for future in ready:
                    yield _result(futures.pop(future), future, scratch)
                    future.release()
                if client.status != "running":
                    raise BatchStopped(_LOST)
                if ready or client.nthreads():
                    seen = time.monotonic()
                elif time.monotonic() - seen > WITHOUT_WORKERS_S:
                    raise BatchStopped(f"het cluster heeft al {WITHOUT_WORKERS_S:.0f} s geen werkers; {_GO_ON}")
                if not ready:
                    time.sleep(POLL_S)
                    yield None
        except (OSError, TimeoutError):
            raise BatchStopped(_LOST) from None
        finally:
            if client.status == "running":
                client.cancel(list(futures), force=True)
                with suppress(OSError, TimeoutError):
                    client.run(stop_on_worker)
