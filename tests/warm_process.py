"""``lekp`` commands as processes that find the libraries in memory: a fork costs little, importing them two seconds.

Every command runs the whole program, from the arguments to the end of the process, in a process of its own with one
thread, its own environment and its own outputs. What is about a process itself (signals, kills, its home, its start)
is tested on processes that are started anew.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-W", "error::DeprecationWarning:lekp_lib"]
#: What nearly every command imports sooner or later. Data is read by the command itself, and pyplot stays out: what a
#: notebook shows depends on where it is imported first.
LIBRARIES = (
    "lekp_lib.cli", "lekp_lib.batch.run", "lekp_lib.batch.plan", "lekp_lib.report.make", "lekp_lib.report.engine",
    "lekp_lib.report.exporters", "lekp_lib.report.outputs", "lekp_lib.report.page", "lekp_lib.report.paper",
    "lekp_lib.report.council", "lekp_lib.report.spreadsheet", "lekp_lib.present.municipality",
    "lekp_lib.present.flanders", "lekp_lib.site.build", "ipykernel.zmqshell", "papermill.execute", "nbconvert",
    "IPython.core.completerlib", "ipykernel.compiler", "pyarrow.pandas_compat", "xlsxwriter",
)  # fmt: skip


def _command(connection: socket.socket) -> None:
    """Fork for each request; return in the process that is to run a command, end when nobody asks any more."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(connection, 1_000_000, 2)
        if not message:
            raise SystemExit
        if not (pid := os.fork()):
            break
        for descriptor in descriptors:
            os.close(descriptor)
        connection.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())
    connection.close()
    for place, descriptor in enumerate(descriptors, start=1):
        os.dup2(descriptor, place)
        os.close(descriptor)
    request = json.loads(message)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.argv = ["lekp", *request["arguments"]]


@cache
def _warm() -> socket.socket:
    """Line to a process that waits with the libraries in memory; one for each process of pytest, until it ends."""
    from lekp_lib.report.processes import SINGLE_THREAD

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(300)
    waiting = subprocess.Popen(
        [*COMMAND, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, env={**os.environ, **SINGLE_THREAD, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    theirs.close()
    atexit.register(waiting.wait)
    atexit.register(ours.close)
    return ours


def run_lekp(*arguments: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end.

    Parameters
    ----------
    arguments
        What follows ``lekp``.
    cwd
        Folder in which it runs; without it, the present one.
    more
        Environment variables, over those of this process.
    """
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, "COLUMNS": "200", **more}
    from lekp_lib.report.processes import can_fork

    if not can_fork():
        command: Sequence[str] = [*COMMAND, "-c", "from lekp_lib.cli import main; main()", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)
    request = {"arguments": arguments, "environment": environment, "folder": str(cwd or Path.cwd())}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        socket.send_fds(_warm(), [json.dumps(request).encode()], [out.fileno(), err.fileno()])
        code = int(_warm().recv(100))
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read(), err.read())


if __name__ == "__main__":
    for library in LIBRARIES:
        importlib.import_module(library)
    _command(socket.socket(fileno=int(sys.argv[1])))
    from lekp_lib.cli import main

    main()
