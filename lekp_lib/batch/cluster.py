"""Reports on the workers of a Dask cluster: the same tasks and results as on one machine.

Dask gives the tasks of a lost worker to another one. A report comes back as bytes and finds its place here in one step,
or is put there by the worker itself when all machines see the same disk.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lekp_lib.batch.parcel import Parcel, Reply, Request, pack, write_files
from lekp_lib.batch.tasks import ReportResult, ReportTask, Status, unfinished
from lekp_lib.errors import LekpError, ParameterError, ReportError
from lekp_lib.report.outputs import (
    MANIFEST_FILE,
    broken_folder,
    forget_broken,
    move_into_place,
    output_error,
    report_folder,
)

_BEAT_S = 0.25
#: How long a scheduler may take to answer, and a first worker to be there.
CONNECT_S, FIRST_WORKER_S = 10, 30
#: Without any worker for so long, the batch stops; new ones may come until then.
ALONE_S = 60.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the reports are made.

    Attributes
    ----------
    address
        Of the scheduler: ``tcp://…:8786`` or ``tls://…``.
    shared_outputs
        Whether all machines see the folder of the outputs under the same path.
    """

    address: str
    shared_outputs: bool


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """A client of the scheduler, with at least one worker there."""
    try:
        from distributed import Client
    except ImportError:
        raise ParameterError(
            "--dask: found no package 'distributed'; expected the extra 'cluster'. Give: pip install 'lekp[cluster]'"
        ) from None
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise ReportError(
            f"--dask {address}: found no Dask scheduler ({error}); expected one at that address. "
            "Start it with: dask scheduler"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=FIRST_WORKER_S)
        except TimeoutError:
            raise ReportError(
                f"--dask {address}: found a scheduler without workers; expected one within {FIRST_WORKER_S} s. "
                f"Start one with: dask worker {address} --nthreads 1"
            ) from None
        yield client


def _check_workers(client: Any, parcel: Parcel) -> None:
    """Refuse workers with other code: their reports would not be those of this machine."""
    from lekp_lib.batch.remote_worker import about_this_machine, told_difference

    try:
        found = client.run(about_this_machine)
    except ImportError as error:
        raise ReportError(
            f"a worker of the cluster cannot load lekp ({error}); expected the same installation on every machine"
        ) from None
    different = [
        told_difference(worker, versions, parcel.versions)
        for worker, (code, versions) in sorted(found.items())
        if code != parcel.code
    ]
    if different:
        raise ReportError("the cluster would make other reports than this machine:\n" + "\n".join(different))


def _land(task: ReportTask, reply: Reply, scratch_root: Path) -> ReportResult:
    """Put what came back in its place."""
    broken = broken_folder(task.output_dir, task.edition_id, task.nis)
    try:
        if reply.report:
            made = scratch_root / f"{task.nis}-aangekomen"
            write_files(made, reply.report, last=MANIFEST_FILE)
            move_into_place(made, report_folder(task.output_dir, task.edition_id, task.nis, task.slug))
        if reply.report or reply.broken:
            forget_broken(broken)
        if reply.broken:
            write_files(broken, reply.broken)
    except OSError as error:
        message = str(output_error(error, task.output_dir))
        return replace(unfinished(task, Status.FAILED, message, kind="outputs"), stops_all=True)
    except LekpError as error:
        return unfinished(task, Status.FAILED, str(error), kind="files")
    return reply.result


def _result(task: ReportTask, future: Any, scratch_root: Path) -> ReportResult:
    """Result of a finished task of Dask; a task whose workers died again and again has failed."""
    error = future.exception() if future.status == "error" else None
    if error is not None or future.status != "finished":
        what = f"{type(error).__name__}: {error}" if error else f"the task was {future.status}"
        return unfinished(task, Status.FAILED, f"the cluster could not make the report: {what}", kind="cluster")
    return _land(task, future.result(), scratch_root)


class _Watch:
    """Notices that the cluster is gone."""

    def __init__(self, client: Any, address: str) -> None:
        self._client, self._address = client, address
        self._last_seen = self._last_look = time.monotonic()

    def look(self) -> None:
        """Ask now and then whether a worker is left.

        Raises
        ------
        ReportError
            When there was none for a while.
        """
        now = time.monotonic()
        if now - self._last_look < 5:
            return
        self._last_look = now
        if self._client.status == "running" and self._client.scheduler_info(n_workers=-1)["workers"]:
            self._last_seen = now
        elif now - self._last_seen > ALONE_S:
            raise ReportError(
                f"--dask {self._address}: found no worker for {ALONE_S:.0f} s; the reports so far are in their places. "
                "Start workers again and give the same command"
            )


def run_on_cluster(
    tasks: Sequence[ReportTask], *, cluster: Cluster, timeout_s: float, scratch_root: Path
) -> Generator[ReportResult | None, None, None]:
    """Make reports on a cluster; tasks, results and beats as for :func:`~lekp_lib.batch.forked.run_forked`.

    Parameters
    ----------
    tasks
        What to make.
    cluster
        Where.
    timeout_s
        Time that one report may take.
    scratch_root
        Existing folder on the disk of the outputs.

    Raises
    ------
    LekpError
        When no scheduler or worker answers, or a worker has other code than this machine.
    """
    with _connected(cluster.address) as client:
        from distributed import as_completed

        from lekp_lib.batch.remote_worker import ReportMaker, make_on_worker

        parcel = pack(tasks, timeout_s, tasks[0].output_dir if cluster.shared_outputs else None)
        _check_workers(client, parcel)
        maker = ReportMaker(parcel)
        client.register_plugin(maker, name=maker.name)
        try:
            futures = {
                client.submit(make_on_worker, maker.name, Request(task, scratch_root), pure=False, key=None): task
                for task in tasks
            }
            done: Any = as_completed(list(futures), loop=client.loop)  # type: ignore[no-untyped-call]
            watch = _Watch(client, cluster.address)
            while futures:
                batch = done.next_batch(block=False)
                for future in batch:
                    yield _result(futures.pop(future), future, scratch_root)
                    future.release()
                if not batch:
                    watch.look()
                    time.sleep(_BEAT_S)
                    yield None
        finally:
            if client.status == "running":
                client.cancel(list(futures), force=True)
                client.unregister_worker_plugin(maker.name)
