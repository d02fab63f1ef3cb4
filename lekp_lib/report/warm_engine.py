"""Papermill engine ``lekp-warm``: the cells run inside this process, with the shell of a real Jupyter kernel.

A kernel costs a start, a handshake and a copy of every import for each report (spec performance.md 2). Here the
same shell class as in a kernel runs the cells, its messages go to nbclient's own bookkeeping instead of over sockets,
and so the outputs are those of a kernel. One process runs one notebook: state of the first would reach the second.

Not seen, other than in a kernel: what a subprocess writes to standard output by itself (it goes to the log of the
report), widgets, input, and the start-up files of a personal IPython profile.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any

from nbformat import NotebookNode

from lekp_lib.errors import ReportError

ENGINE_NAME = "lekp-warm"
_SKIP_TAG = "skip-execution"
_LANGUAGE = {
    "name": "python",
    "mimetype": "text/x-python",
    "file_extension": ".py",
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "codemirror_mode": {"name": "ipython", "version": 3},
}

Deliver = Callable[[dict[str, Any]], None]


class _Stream(io.TextIOBase):
    """Standard output or error of the cells: text becomes a stream message when flushed, as in a kernel."""

    def __init__(self, name: str, send: Callable[[str, dict[str, Any]], None]) -> None:
        self.name = name
        self._send = send
        self._parts: list[str] = []

    encoding = "UTF-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._parts.append(text)
        return len(text)

    def flush(self) -> None:
        if text := "".join(self._parts):
            self._parts.clear()
            self._send("stream", {"name": self.name, "text": text})


@cache
def _session_class() -> type[Any]:
    """A Jupyter session that hands every message over here instead of sending it."""
    from jupyter_client.session import Session

    class DirectSession(Session):
        deliver: Deliver

        def send(self, _stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, **_: Any) -> Any:  # type: ignore[override]
            message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content, parent)
            # As on the wire: tuples become lists, keys become text.
            message["content"] = self.unpack(self.pack(message["content"]))
            self.deliver(message)
            return message

    return DirectSession


@dataclass(slots=True)
class _Shell:
    """The shell of a process, not connected to anything yet.

    Attributes
    ----------
    shell, session
        The shell of a kernel, and what it speaks through.
    environment
        What a kernel tells programs through the environment; only the cells may see it.
    main
        The module ``__main__`` of the cells.
    used
        Whether a notebook ran in it.
    """

    shell: Any
    session: Any
    environment: dict[str, str]
    main: ModuleType
    used: bool = False


@cache
def prepare_shell() -> _Shell:
    """The shell of this process; made before a fork, it serves every child as if it were new."""
    from ipykernel.compiler import XCachingCompiler
    from ipykernel.zmqshell import ZMQInteractiveShell
    from traitlets.config import Config

    before, main = dict(os.environ), sys.modules["__main__"]
    shell: Any = ZMQInteractiveShell.instance(
        config=Config({"HistoryManager": {"enabled": False}}),
        compiler_class=XCachingCompiler,
        kernel=SimpleNamespace(eventloop=None),
    )
    environment = {name: text for name, text in os.environ.items() if before.get(name) != text}
    for name in environment:
        os.environ.pop(name)
    os.environ.update(before)
    cells_main, sys.modules["__main__"] = sys.modules["__main__"], main
    session = _session_class()()
    shell.displayhook.session = shell.display_pub.session = session
    shell.displayhook.pub_socket = shell.display_pub.pub_socket = None
    shell.displayhook.topic = b"execute_result"
    environment.setdefault("MPLBACKEND", before.get("MPLBACKEND", "module://matplotlib_inline.backend_inline"))
    return _Shell(shell, session, environment, cells_main)


@contextmanager
def _inside_cells(prepared: _Shell, out: _Stream, err: _Stream) -> Iterator[None]:
    """Standard streams and ``__main__`` of the cells, and back."""
    before = sys.stdout, sys.stderr, sys.modules["__main__"]
    sys.stdout, sys.stderr, sys.modules["__main__"] = out, err, prepared.main
    try:
        yield
    finally:
        out.flush()
        err.flush()
        sys.stdout, sys.stderr, sys.modules["__main__"] = before


def _run_cell(client: Any, prepared: _Shell, cell: NotebookNode, index: int, streams: tuple[_Stream, _Stream]) -> None:
    """Run one cell; its outputs, errors and number land in it as nbclient would put them there."""
    from nbclient.exceptions import CellExecutionError

    tags = cell.get("metadata", {}).get("tags", [])
    if cell.cell_type != "code" or not cell.source.strip() or _SKIP_TAG in tags:
        return
    shell = prepared.shell
    cell.outputs = []
    client.clear_before_next_output = False
    prepared.session.deliver = lambda message: client.process_message(message, cell, index)
    with _inside_cells(prepared, *streams):
        result = shell.run_cell(cell.source, store_history=True, silent=False)
    cell.execution_count = shell.execution_count - 1
    error = result.error_before_exec or result.error_in_exec
    if error is None and not shell._last_traceback_during_displayhook:  # noqa: SLF001 -- as the kernel does
        return
    if "raises-exception" not in tags:
        reply = {
            "status": "error",
            "ename": type(error).__name__,
            "evalue": str(error),
            "traceback": shell._last_traceback or [],  # noqa: SLF001
        }
        raise CellExecutionError.from_cell_and_msg(cell, reply)


def _sender(session: Any) -> Callable[[str, dict[str, Any]], None]:
    def send(kind: str, content: Mapping[str, Any]) -> None:
        session.send(None, kind, dict(content))

    return send


def _inline_figures() -> None:
    """Figures of pyplot become outputs. A matplotlib that was imported already has missed the environment."""
    mpl = sys.modules.get("matplotlib")
    if mpl is not None and "matplotlib.pyplot" not in sys.modules:
        mpl.rcParams["backend"] = os.environ["MPLBACKEND"]


def run_in_process(manager: Any) -> None:
    """Run all cells of a notebook in this process.

    Parameters
    ----------
    manager
        papermill's ``NotebookExecutionManager``; its notebook gets the outputs.

    Raises
    ------
    ReportError
        When this process ran a notebook before.
    """
    from nbclient.exceptions import CellExecutionError
    from papermill.clientwrap import PapermillNotebookClient

    prepared = prepare_shell()
    if prepared.used:
        raise ReportError(
            f"engine {ENGINE_NAME}: this process ran a notebook already, and its state would reach this one; "
            "start a new process for each notebook"
        )
    prepared.used = True
    os.environ.update(prepared.environment)
    _inline_figures()
    streams = _Stream("stdout", _sender(prepared.session)), _Stream("stderr", _sender(prepared.session))
    client = PapermillNotebookClient(manager)
    for index, cell in enumerate(manager.nb.cells):
        try:
            manager.cell_start(cell, index)
            _run_cell(client, prepared, cell, index, streams)
        except CellExecutionError as error:
            manager.cell_exception(cell, cell_index=index, exception=error)
            break
        finally:
            manager.cell_complete(cell, cell_index=index)
    manager.nb.metadata["language_info"] = {**_LANGUAGE, "version": sys.version.split(maxsplit=1)[0]}


class WarmEngine:
    """The engine as papermill knows it (``papermill --engine lekp-warm``).

    papermill's base class is asked for only when a notebook runs: papermill loads its engines while it is itself
    being imported.
    """

    @classmethod
    def execute_notebook(cls, nb: NotebookNode, kernel_name: str, **options: Any) -> NotebookNode:
        """Run a notebook; parameters as for ``papermill.engines.Engine.execute_notebook``."""
        from papermill.engines import Engine

        executed: NotebookNode = Engine.execute_notebook.__func__(cls, nb, kernel_name, **options)
        return executed

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **_options: Any) -> None:
        """Run the cells of a managed notebook; the kernel's name counts for nothing, all cells are Python."""
        run_in_process(nb_man)

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str:
        """Name of the kernel that the notebook asks for."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        """Language of the notebook; decides how papermill writes the parameters."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))


def register_engine() -> None:
    """Make the engine known to papermill, also where the package is not installed with its entry points."""
    from papermill.engines import papermill_engines

    papermill_engines.register(ENGINE_NAME, WarmEngine)
