"""Run a notebook with papermill, in this process or in a kernel, with the same outputs, whatever it is about.

``lekp-warm`` (entry point of papermill) runs the cells with the shell class of a real Jupyter kernel inside this
process; the messages of the shell go straight to nbclient's bookkeeping. That saves the start of a kernel, a handshake
and every import. One process runs one notebook, because state of the first would reach the second.

Other than in a kernel: what a subprocess writes to standard output by itself is not seen, there are no widgets and
there is no input.
"""

import ast
import asyncio
import hashlib
import io
import json
import logging
import os
import re
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout, suppress
from functools import cache
from importlib.util import source_from_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import nbformat
import platformdirs
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from lekp_lib.errors import ReportError

ENGINE_NAME = "lekp-warm"
#: ``warm``: inside this process, which then runs no other one. ``kernel``: a Jupyter kernel per notebook.
Engine = Literal["warm", "kernel"]

#: A healthy cell takes under a second or two; this is for one that hangs.
CELL_TIMEOUT_S = 300
KERNEL_START_TIMEOUT_S = 120
#: Cells with this tag are working cells: no part of what is made of the notebook.
HIDDEN_TAG = "niet-in-verslag"
PARAMETERS_TAG, INJECTED_TAG, _SKIP_TAG = "parameters", "injected-parameters", "skip-execution"
_ADDED_TAGS = {INJECTED_TAG, "papermill-error-cell-tag"}
#: A socket file's path may be about this long; longer ones need TCP ports, which two kernels may race for.
_LONGEST_SOCKET_PATH = 90


# ---- the shell of a kernel in this process


class _Stream(io.StringIO):
    """Standard output or error of the cells: text becomes a stream message when flushed, as in a kernel."""

    encoding = "UTF-8"

    def __init__(self, name: str, session: Any) -> None:
        super().__init__()
        self.name, self._session = name, session

    def flush(self) -> None:
        if text := self.getvalue():
            self.seek(0)
            self.truncate()
            self._session.send(None, "stream", {"name": self.name, "text": text})


@cache
def prepare_shell() -> SimpleNamespace:
    """Make the shell of this process; made before a fork, it serves every child as if it were new.

    Returns
    -------
    SimpleNamespace
        ``shell`` and its ``session``, the ``environment`` in which a kernel tells programs what it is, ``main`` (the
        ``__main__`` of the cells), and whether it was ``used``.
    """
    from ipykernel.compiler import XCachingCompiler
    from ipykernel.zmqshell import ZMQInteractiveShell
    from jupyter_client.session import Session

    class DirectSession(Session):
        """Hands every message over here instead of sending it."""

        deliver: Callable[[dict[str, Any]], None]

        def send(self, _stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, **_: Any) -> Any:  # type: ignore[override]
            message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content, parent)
            # As on the wire: tuples become lists, keys become text.
            message["content"] = self.unpack(self.pack(message["content"]))
            self.deliver(message)
            return message

    before, main = dict(os.environ), sys.modules["__main__"]
    shell: Any = ZMQInteractiveShell.instance(
        config=Config({"HistoryManager": {"enabled": False}}), compiler_class=XCachingCompiler,
        kernel=SimpleNamespace(eventloop=None),
    )  # fmt: skip
    environment = {name: text for name, text in os.environ.items() if before.get(name) != text}
    os.environ.clear()
    os.environ.update(before)
    cells_main, sys.modules["__main__"] = sys.modules["__main__"], main
    session = shell.displayhook.session = shell.display_pub.session = DirectSession()
    shell.displayhook.pub_socket = shell.display_pub.pub_socket = None
    shell.displayhook.topic = b"execute_result"
    environment.setdefault("MPLBACKEND", before.get("MPLBACKEND", "module://matplotlib_inline.backend_inline"))
    return SimpleNamespace(shell=shell, session=session, environment=environment, main=cells_main, used=False)


@contextmanager
def _inside_cells(prepared: SimpleNamespace) -> Iterator[None]:
    """Standard streams, ``__main__`` and import path of the cells, and back."""
    before, sys.modules["__main__"] = sys.modules["__main__"], prepared.main
    out, err = _Stream("stdout", prepared.session), _Stream("stderr", prepared.session)
    sys.path.insert(0, "")
    try:
        with redirect_stdout(out), redirect_stderr(err):
            yield
    finally:
        out.flush()
        err.flush()
        sys.modules["__main__"] = before
        with suppress(ValueError):
            sys.path.remove("")


async def _run_code(shell: Any, code: str) -> Any:
    """One cell as a kernel runs it: a loop is running, so ``await`` works and ``asyncio.run`` is refused."""
    prepared: dict[str, Any] = {"transformed_cell": code}
    try:
        prepared["transformed_cell"] = shell.transform_cell(code)
    except Exception:  # noqa: BLE001 -- the shell shows it as the error of the cell
        prepared["preprocessing_exc_tuple"] = sys.exc_info()
    shell._last_traceback, shell._last_traceback_during_displayhook = None, False  # noqa: SLF001
    result = await shell.run_cell_async(code, store_history=True, **prepared)
    shell.events.trigger("post_execute")  # open figures are shown here
    shell.events.trigger("post_run_cell", result)
    return result


async def _run_cell(client: Any, prepared: SimpleNamespace, cell: NotebookNode, index: int) -> None:
    """Run one cell; its outputs, errors and number land in it as nbclient would put them there."""
    tags, shell = cell.metadata.get("tags", []), prepared.shell
    if cell.cell_type != "code" or not cell.source.strip() or _SKIP_TAG in tags:
        return
    cell.outputs, client.clear_before_next_output = [], False
    prepared.session.deliver = lambda message: client.process_message(message, cell, index)
    with _inside_cells(prepared):
        result = await _run_code(shell, cell.source)
    cell.execution_count = shell.execution_count - 1
    error, trace = result.error_before_exec or result.error_in_exec, shell._last_traceback  # noqa: SLF001
    failed = error is not None or shell._last_traceback_during_displayhook  # noqa: SLF001
    if failed and "raises-exception" not in tags:
        reply = {"status": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": trace or []}
        raise CellExecutionError.from_cell_and_msg(cell, reply)


def _use_backend(prepared: SimpleNamespace) -> None:
    """The drawing backend of notebooks, for libraries that were imported before and missed the environment."""
    mpl, backend = sys.modules.get("matplotlib"), prepared.environment["MPLBACKEND"]
    if mpl is not None and "matplotlib.pyplot" not in sys.modules:
        mpl.rcParams["backend"] = backend
    elif mpl is not None and "inline" in backend:
        from IPython.core.pylabtools import activate_matplotlib
        from matplotlib_inline.backend_inline import configure_inline_support

        activate_matplotlib(backend)  # type: ignore[no-untyped-call]
        configure_inline_support(prepared.shell, backend)  # type: ignore[no-untyped-call]


def run_in_process(nb_man: Any, kernel_name: str, log: str = "", **_options: Any) -> None:
    """Run all cells of papermill's ``NotebookExecutionManager`` in this process; its notebook gets the outputs.

    Parameters
    ----------
    nb_man
        Of the notebook.
    kernel_name
        As papermill hands it over; there is no kernel.
    log
        See :func:`begin_cells`.

    Raises
    ------
    ReportError
        When this process ran a notebook before.
    """
    from papermill.clientwrap import PapermillNotebookClient

    prepared = prepare_shell()
    if prepared.used:
        raise ReportError(
            f"engine {ENGINE_NAME}: dit proces voerde al een notebook uit, en wat daarvan in het geheugen staat zou in "
            "dit notebook terechtkomen; start voor elk notebook een nieuw proces"
        )
    prepared.used = True
    os.environ.update(prepared.environment)
    _use_backend(prepared)
    client = PapermillNotebookClient(nb_man)
    begin_cells(log, prepared.shell)
    with asyncio.Runner() as runner:
        client.execute_cell = lambda cell, index: runner.run(_run_cell(client, prepared, cell, index))
        client.papermill_execute_cells()
    # As IPythonKernel says it; its module itself would let the widgets of cells talk to a kernel that is not there.
    nb_man.nb.metadata["language_info"] = {
        "name": "python", "mimetype": "text/x-python", "file_extension": ".py", "pygments_lexer": "ipython3",
        "nbconvert_exporter": "python", "codemirror_mode": {"name": "ipython", "version": 3},
        "version": sys.version.split(maxsplit=1)[0],
    }  # fmt: skip


def __getattr__(name: str) -> Any:
    """``WarmEngine``, the engine as papermill asks for it while it is being imported itself."""
    if name != "WarmEngine":
        raise AttributeError(name)
    from papermill.engines import Engine as Base

    return type(name, (Base,), {"execute_managed_notebook": staticmethod(run_in_process)})


# ---- what the cells open

#: Events after which nobody can say what a cell read.
_UNKNOWABLE = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "socket.connect"}
#: Quoted text and addresses of pictures: names of files that are opened where Python cannot see it (parquet, shapes).
_QUOTED = re.compile(r"""["'(]([^"'()\n]{1,300})["')]""")
#: Descriptor of the log, and what was noted already; empty when nothing is recorded.
_recording: dict[str, Any] = {}


def _opened(event: str, arguments: tuple[Any, ...]) -> str | None:
    """What an event opens for reading: a path, ``?`` for what nobody can say, ``None`` for nothing."""
    if event in _UNKNOWABLE:
        return "?"
    if event in ("open", "sqlite3.connect"):
        path, flags = arguments[0], (arguments[2] or 0) if event == "open" else os.O_RDONLY
        reads = isinstance(path, str | bytes | os.PathLike) and not flags & (os.O_WRONLY | os.O_RDWR)
        return str(Path(os.fsdecode(path)).absolute()) if reads else None
    if event in ("os.listdir", "os.scandir") and not isinstance(arguments[0], int):
        imports = "importlib" in sys._getframe(2).f_code.co_filename  # noqa: SLF001
        return None if imports else str(Path(os.fsdecode(arguments[0] or ".")).absolute())
    return None


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    path = _opened(event, arguments) if _recording else None
    if path is None or path in _recording["seen"]:
        return
    _recording["seen"].add(path)
    noted = [0, 0]
    with suppress(OSError):
        state = Path(path).stat()
        noted = [state.st_mtime_ns, state.st_size]
    with suppress(OSError):  # a cell may close what it did not open; then nothing more is known
        os.write(_recording["log"], (json.dumps([path, *noted]) + "\n").encode())


def begin_cells(log: str, shell: Any) -> None:
    """Before the first cell, in either engine: note what is opened, and let no cell end the notebook halfway.

    Parameters
    ----------
    log
        File that gets a line of JSON with path, time of change and size at the first opening of every file that this
        process reads; ``""``: nothing is noted.
    shell
        Of the cells.
    """

    def refuse() -> None:
        raise RuntimeError("exit() en quit() stoppen het verslag halverwege; haal die regel weg")

    shell.ask_exit = refuse
    if log:
        _recording.update(log=os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), seen=set())
        sys.addaudithook(_audit)


def _outside_folders(scratch: Path) -> tuple[str, ...]:
    """Where Python, its packages, fonts and caches live; what is read there has a version of its own."""
    own = (f"~/{name}" for name in (".cache", ".config", ".ipython", ".jupyter", ".local", ".matplotlib"))
    system = ("/usr", "/etc", "/proc", "/sys", "/dev", "/var/cache", sys.prefix, sys.base_prefix)
    ours = (Path(__file__).parents[1], scratch, platformdirs.user_cache_path("lekp"))
    roots = (*system, *map(str, ours), *map(os.path.expanduser, own))
    return tuple(f"{os.path.realpath(root)}{os.sep}" for root in roots)


def hash_input(path: Path) -> str:
    """Hash of a file's bytes, or of the names in a folder; empty when there is nothing."""
    try:
        names = sorted(item.name for item in path.iterdir()) if path.is_dir() else ()
        content = "\n".join(names).encode() if path.is_dir() else path.read_bytes()
    except OSError:
        return ""
    return hashlib.sha256(content).hexdigest()


def _named_files(notebook: NotebookNode, folder: Path) -> Iterator[str]:
    """Files that a quoted text of a cell names."""
    for name in sorted({found for cell in notebook.cells for found in _QUOTED.findall(cell.source)}):
        with suppress(OSError, ValueError):  # a text that no file can be called
            if (folder / name).is_file():
                yield str(folder / name)


def _inputs(log: Path, notebook: NotebookNode, folder: Path, scratch: Path) -> dict[str, str] | None:
    """Hash of everything that the cells opened, by path from the folder of the notebook; ``None``: nobody can say."""
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.is_file() else []
    opened: dict[str, list[int]] = {name: [] for name in _named_files(notebook, folder)}
    opened |= {name: noted for name, *noted in lines}
    outside, result = _outside_folders(scratch), dict[str, str]()
    for name, noted in opened.items():
        if name == "?":
            return None
        compiled = name.endswith(".pyc") and "__pycache__" in name
        path = Path(source_from_cache(name) if compiled else name)
        if f"{os.path.realpath(path)}{os.sep}".startswith(outside) or not path.exists():
            continue
        state = path.stat()
        if noted and not compiled and path.is_file() and noted != [state.st_mtime_ns, state.st_size]:
            return None
        result[Path(os.path.relpath(path, folder)).as_posix()] = hash_input(path)
    return dict(sorted(result.items()))


# ---- one notebook


def read_notebook(path: Path, content: bytes) -> NotebookNode:
    """A notebook from the bytes of its file.

    Raises
    ------
    ReportError
        When it is not a notebook.
    """
    try:
        return nbformat.reads(content.decode("utf-8"), as_version=4)  # type: ignore[no-any-return, no-untyped-call]
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ReportError(
            f"{path}: dit is geen notebook ({error}); open het in JupyterLab en bewaar het opnieuw"
        ) from None


def notebook_parameters(notebook: NotebookNode) -> dict[str, Any]:
    """Names and plain values (``None`` for others) that the cell tagged ``parameters`` assigns.

    Raises
    ------
    ReportError
        When there is not exactly one such cell, or it is no Python.
    """
    tagged = [cell for cell in notebook.cells if PARAMETERS_TAG in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise ReportError(
            f"het notebook heeft {len(tagged)} cellen met de tag {PARAMETERS_TAG!r}; verwacht wordt er precies één. "
            "Geef de cel met de parameters die tag in JupyterLab (Property Inspector, Cell Tags)."
        )
    try:
        statements = ast.parse(tagged[0].source).body
    except SyntaxError as error:
        raise ReportError(f"de cel met de tag {PARAMETERS_TAG!r} is geen Python: {error}") from None
    values: dict[str, Any] = {}
    for item in statements:
        if isinstance(item, ast.Assign | ast.AnnAssign):
            plain = item.value.value if isinstance(item.value, ast.Constant) else None
            targets = item.targets if isinstance(item, ast.Assign) else [item.target]
            values |= {target.id: plain for target in targets if isinstance(target, ast.Name)}
    return values


def own_cells(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Cells with their number in the notebook as the analyst edits it; those that papermill added are left out."""
    cells = (cell for cell in notebook.cells if not _ADDED_TAGS & set(cell.metadata.get("tags", [])))
    return enumerate(cells, 1)


def _failure(target: Path, fallback: str) -> ReportError:
    """The error of a cell, with its number in the notebook as the analyst edits it."""
    for number, cell in own_cells(read_notebook(target, target.read_bytes())):
        for error in (output for output in cell.get("outputs", []) if output.output_type == "error"):
            first = next(iter(cell.source.strip().splitlines()), "(lege cel)")
            return ReportError(f"cel {number} van het notebook liep fout: {first}\n  {error.ename}: {error.evalue}")
    return ReportError(f"het notebook liep fout: {fallback}")


def _kernel_options(log: Path) -> dict[str, Any]:
    """Kernels talk over socket files where the machine has them: no open ports, and no race for them."""
    from jupyter_core.paths import jupyter_runtime_dir

    begin = f"__import__('lekp_lib.report.engine', fromlist=['x']).begin_cells({str(log)!r}, get_ipython())"
    options: dict[str, Any] = {
        "engine_name": None, "start_timeout": KERNEL_START_TIMEOUT_S, "execution_timeout": CELL_TIMEOUT_S,
        "extra_arguments": [f"--IPKernelApp.exec_lines={begin}"],
    }  # fmt: skip
    runtime = Path(jupyter_runtime_dir())
    name = str(runtime / f"lekp-{os.getpid()}-{secrets.token_hex(4)}")
    if os.name == "posix" and len(name) + len("-5") <= _LONGEST_SOCKET_PATH:
        with suppress(OSError):  # a home that cannot be written to: ports it is
            runtime.mkdir(parents=True, exist_ok=True)
            options["config"] = Config({"KernelManager": {"transport": "ipc", "ip": name}})
    return options


def _run(scratch: Path, parameters: Mapping[str, Any], folder: Path, options: dict[str, Any]) -> Any:
    """The executed notebook; its file is one line, because the many of papermill take four times as long."""
    import papermill
    from papermill.engines import papermill_engines
    from papermill.execute import raise_for_execution_errors

    source, target = scratch / "bron.ipynb", scratch / "rapport.ipynb"
    logging.getLogger("papermill").setLevel(logging.ERROR)
    paths = (str(path).replace("{", "{{").replace("}", "}}") for path in (source, target))  # no templates
    known = {"kernel_name": "python3", "progress_bar": False}
    try:
        prepared = papermill.execute_notebook(*paths, dict(parameters), language="python", prepare_only=True, **known)
        with chdir(folder):
            executed = papermill_engines.execute_notebook_with_engine(nb=prepared, log_output=False, **known, **options)
        raise_for_execution_errors(executed, str(target))
        target.write_text(json.dumps(executed), encoding="utf-8")
        return executed
    except papermill.exceptions.PapermillExecutionError as error:
        raise _failure(target, f"{error.ename}: {error.evalue}") from None
    except CellTimeoutError:
        raise ReportError(f"een cel duurde langer dan {CELL_TIMEOUT_S} s") from None
    except DeadKernelError:
        raise ReportError(
            "het notebook stopte halverwege: het geheugen is op, of een cel maakte er een eind aan"
        ) from None


def execute(
    notebook: Path, parameters: Mapping[str, Any], scratch: Path, engine: Engine = "warm", content: bytes | None = None
) -> tuple[NotebookNode, dict[str, str] | None]:
    """Execute a notebook with parameters.

    Parameters
    ----------
    notebook
        As the analyst edits it; never written to. Its folder is the working folder of the cells.
    parameters
        Validated parameters, by name.
    scratch
        Existing folder, for ``bron.ipynb`` and for ``rapport.ipynb``, which is there also when a cell fails.
    engine
        What runs the cells; the outputs are the same.
    content
        Bytes of the notebook when they were read before, so that one run has one notebook.

    Returns
    -------
    NotebookNode, dict of str to str or None
        The executed notebook, and the hash of every file and module that a cell opened, by path from the folder of the
        notebook; ``None`` when nobody can say what was read (a subprocess, the network, a file that changed meanwhile).

    Raises
    ------
    ReportError
        When a cell fails or hangs, the notebook ends itself, or a parameter is not one of the notebook.
    """
    content = notebook.read_bytes() if content is None else content
    unknown = sorted(set(parameters) - set(notebook_parameters(read_notebook(notebook, content))))
    if unknown:
        lines = "\n".join(f"  {name} = {parameters[name]!r}" for name in unknown)
        raise ReportError(f"{notebook}: zet deze regels in de cel met de tag {PARAMETERS_TAG!r}:\n{lines}")
    (scratch / "bron.ipynb").write_bytes(content)
    folder, log = notebook.resolve().parent, scratch / "geopend.jsonl"
    options = {"engine_name": ENGINE_NAME, "log": str(log)} if engine == "warm" else _kernel_options(log)
    try:
        executed = _run(scratch, parameters, folder, options)
    finally:
        _recording.clear()
    for cell in executed.cells:
        if INJECTED_TAG in cell.metadata.get("tags", []):
            cell["id"] = INJECTED_TAG  # papermill draws one at random; the same input gives the same notebook
    return executed, _inputs(log, executed, folder, scratch)
