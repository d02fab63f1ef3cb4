"""What a Dask worker does for a batch: it keeps one warm process that makes the reports (see remote_master.py)."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin, get_worker

from lekp_lib.batch.alone import SINGLE_THREAD
from lekp_lib.batch.parcel import Parcel, Reply, Request, given_editions, unpack
from lekp_lib.batch.tasks import Status, unfinished
from lekp_lib.edition.edition import GIVEN_EDITIONS
from lekp_lib.errors import ReportError
from lekp_lib.report.fingerprint import code_sha256, package_versions


def about_this_machine() -> tuple[str, dict[str, str]]:
    """Fingerprint of the code, and versions of the packages, of the machine where this runs."""
    return code_sha256(), package_versions()


class ReportMaker(WorkerPlugin):
    """Plugin that ships a parcel to every worker once, also to those that come later.

    Parameters
    ----------
    parcel
        What to ship.
    """

    def __init__(self, parcel: Parcel) -> None:
        self.parcel = parcel
        self.name = f"lekp-{parcel.sha256[:16]}"
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._turn: Any = None

    def setup(self, worker: Any) -> None:
        """Lay the parcel out on the disk of the worker; the process starts with the first report."""
        self._turn = threading.Lock()
        self._folder = Path(tempfile.mkdtemp(prefix="lekp-", dir=worker.local_directory))
        unpack(self.parcel, self._folder)

    def teardown(self, worker: Any) -> None:
        """End the process and throw its folder away."""
        self._end()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            assert self._folder
            given = {GIVEN_EDITIONS: json.dumps(given_editions(self.parcel, self._folder))}
            self._process = subprocess.Popen(  # noqa: S603 -- our own module
                [sys.executable, "-m", "lekp_lib.batch.remote_master", str(self._folder)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **SINGLE_THREAD, **given},
            )  # fmt: skip
        return self._process

    def make(self, request: Request) -> Reply:
        """Make one report; a second one on the same worker waits for its turn.

        Parameters
        ----------
        request
            What to make.

        Raises
        ------
        ReportError
            When this machine has other code than the one that asks, or its process died.
        """
        if code_sha256() != self.parcel.code:
            raise ReportError(told_difference("this worker", package_versions(), self.parcel.versions))
        if self.parcel.outputs and not request.scratch_root.is_dir():
            raise ReportError(
                f"{request.scratch_root}: not on a disk of this worker; expected the outputs of --shared-outputs on "
                "every machine under the same path. Mount them there, or leave the option out"
            )
        with self._turn:
            process = self._started()
            assert process.stdin
            assert process.stdout
            try:
                process.stdin.write(pickle.dumps(request))
                process.stdin.flush()
                reply = pickle.load(process.stdout)  # noqa: S301 -- from the process that was started here
            except (EOFError, OSError, pickle.UnpicklingError, AttributeError):
                self._end()
                code = process.returncode
                raise ReportError(
                    f"the process that makes reports ended with code {code}; see the log of the worker"
                ) from None
        assert isinstance(reply, Reply)
        return reply


def told_difference(who: str, there: dict[str, str], here: Any) -> str:
    """Message about a machine with other code.

    Parameters
    ----------
    who
        Its name.
    there, here
        Versions there, and on the machine that asks.
    """
    different = [f"{name} {there.get(name)} (here {found})" for name, found in here.items() if there.get(name) != found]
    what = ", ".join(different) or "the same packages, but another lekp"
    return f"{who}: found {what}; expected exactly the installation of the machine that asks. Install the same lock"


def make_on_worker(name: str, request: Request) -> Reply:
    """Task of Dask: make one report on the worker where this runs.

    Parameters
    ----------
    name
        Name of the plugin.
    request
        What to make.
    """
    try:
        maker: Any = get_worker().plugins[name]
        reply: Reply = maker.make(request)
    except (ReportError, OSError) as error:
        return Reply(unfinished(request.task, Status.FAILED, str(error), kind=str(error)[:400]), {}, {})
    return reply
