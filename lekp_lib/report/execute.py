"""Run the notebook of one report with papermill, in a scratch folder of its own."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nbformat
import papermill
from jupyter_core.paths import jupyter_runtime_dir
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from lekp_lib.errors import ReportError
from lekp_lib.report.warm_engine import ENGINE_NAME, register_engine

#: ``kernel``: a Jupyter kernel per report, the reference. ``warm``: inside this process, which then runs no other one.
Engine = Literal["kernel", "warm"]

#: A healthy cell takes under a second or two; this is for one that hangs.
CELL_TIMEOUT_S = 300
KERNEL_START_TIMEOUT_S = 120
PARAMETERS_TAG = "parameters"
_INJECTED_TAG = "injected-parameters"
_ADDED_TAGS = {_INJECTED_TAG, "papermill-error-cell-tag"}
#: A socket file's path may be about this long; longer ones need TCP ports, which two kernels may race for.
_LONGEST_SOCKET_PATH = 90


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """Which cell failed, and with what message.

    ``number`` counts all cells from 1, as a reader of the notebook would.
    """

    number: int
    source: str
    message: str


class NotebookFailed(ReportError):
    """A cell of the notebook failed; ``cell`` tells which one."""

    def __init__(self, cell: BrokenCell, message: str = "") -> None:
        self.cell = cell
        first_line = cell.source.strip().splitlines()[0] if cell.source.strip() else "(empty cell)"
        super().__init__(message or f"cell {cell.number} of the notebook failed: {first_line}\n  {cell.message}")


def parameter_names(notebook: nbformat.NotebookNode) -> set[str]:
    """Names that the cell tagged ``parameters`` assigns.

    Raises
    ------
    ReportError
        When there is not exactly one such cell.
    """
    tagged = [cell for cell in notebook.cells if PARAMETERS_TAG in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise ReportError(
            f"found {len(tagged)} cells tagged {PARAMETERS_TAG!r}; expected exactly one. "
            "Tag the cell with the parameters in JupyterLab (property inspector, cell tags)."
        )
    lines = tagged[0].source.splitlines()
    return {
        line.split("=", 1)[0].split(":", 1)[0].strip()
        for line in lines
        if "=" in line and not line.startswith((" ", "#"))
    }


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook file.

    Raises
    ------
    ReportError
        When it is absent or not a notebook.
    """
    if not path.is_file():
        raise ReportError(f"{path}: no such notebook; expected the path of an .ipynb file")
    try:
        notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except (ValueError, KeyError, AttributeError) as error:
        raise ReportError(f"{path}: not a notebook ({error})") from None
    return notebook


def _failed_cell(path: Path, fallback: str) -> BrokenCell:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    # papermill adds a cell with the parameters and, on failure, two banner cells; the analyst counts without them.
    cells = [cell for cell in notebook.cells if not _ADDED_TAGS & set(cell.get("metadata", {}).get("tags", []))]
    for number, cell in enumerate(cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return BrokenCell(number, cell.source, f"{output.ename}: {output.evalue}")
    return BrokenCell(0, "", fallback)


def _kernel_config() -> Config:
    """Kernels talk over socket files where the machine has them: no open ports, and no race for them.

    Each kernel gets a name of its own; by default all that start in one folder share ``kernel-ipc``, and two that start
    together mix up their messages.
    """
    runtime = Path(jupyter_runtime_dir())
    name = str(runtime / f"lekp-{os.getpid()}-{secrets.token_hex(4)}")
    if os.name != "posix" or len(name) + len("-5") > _LONGEST_SOCKET_PATH:
        return Config()
    runtime.mkdir(parents=True, exist_ok=True)
    return Config({"KernelManager": {"transport": "ipc", "ip": name}})


def _engine_options(engine: Engine) -> dict[str, Any]:
    if engine == "warm":
        register_engine()
        return {"engine_name": ENGINE_NAME}
    return {
        "start_timeout": KERNEL_START_TIMEOUT_S,
        "execution_timeout": CELL_TIMEOUT_S,
        "config": _kernel_config(),
    }


def execute(
    source: Path, target: Path, parameters: Mapping[str, Any], engine: Engine = "kernel"
) -> nbformat.NotebookNode:
    """Execute a notebook with parameters and return it with its outputs.

    Parameters
    ----------
    source
        The notebook as the analyst edits it; never written to.
    target
        Where the executed notebook goes, also when a cell fails.
    parameters
        Validated parameters, by name.
    engine
        What runs the cells; the outputs are the same.

    Raises
    ------
    NotebookFailed
        When a cell fails; ``target`` then holds the broken notebook.
    ReportError
        When a parameter is not one of the notebook, a cell hangs or the kernel dies.
    """
    notebook = read_notebook(source)
    unknown = sorted(set(parameters) - parameter_names(notebook))
    if unknown:
        raise ReportError(
            f"{source}: the parameters cell does not assign {', '.join(unknown)}; expected every parameter there. "
            "Add it to the cell tagged 'parameters'."
        )
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        executed: nbformat.NotebookNode = papermill.execute_notebook(
            str(source),
            str(target),
            parameters=dict(parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            **_engine_options(engine),
        )
    except PapermillExecutionError as error:
        raise NotebookFailed(_failed_cell(target, f"{error.ename}: {error.evalue}")) from None
    except CellTimeoutError:
        raise ReportError(f"a cell took longer than {CELL_TIMEOUT_S} s; the broken notebook is {target}") from None
    except DeadKernelError as error:
        raise ReportError(f"the kernel died ({error}); the notebook so far is {target}") from None
    for cell in executed.cells:
        if _INJECTED_TAG in cell.metadata.get("tags", []):
            cell["id"] = _INJECTED_TAG  # papermill draws one at random; the same input gives the same notebook
    return executed
