"""The warm engine gives what a kernel gives."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.batch.batch_tools import environment
from tests.batch.engine_notebook import engine_notebook

_RUN = (
    "import sys; from pathlib import Path; from lekp_lib.report.engine import execute; "
    "execute(Path(sys.argv[1]), {'gemeente': 'Gent'}, Path(sys.argv[2]), sys.argv[3])"
)
#: What differs between two kernels too: the number of the process in file names and addresses of objects.
_OF_THE_PROCESS = re.compile(r"ipykernel_\d+|0x[0-9a-f]+")


def executed(source: Path, target: Path, engine: str) -> tuple[nbformat.NotebookNode, str]:
    """The executed notebook and what the process said of a failure."""
    target.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(source), str(target), engine], capture_output=True, text=True, check=False,
        env=environment(), timeout=120, cwd=source.parent,
    )  # fmt: skip
    return nbformat.read(target / "rapport.ipynb", as_version=4), done.stderr.strip().splitlines()[
        -1
    ] if done.returncode else ""


def told(notebook: nbformat.NotebookNode) -> list[tuple[str, str, str]]:
    """Source, number and outputs of every cell, without what belongs to the process."""
    found = []
    for cell in notebook.cells:
        outputs = _OF_THE_PROCESS.sub("…", json.dumps(cell.get("outputs"), sort_keys=True))
        found.append((cell.source, str(cell.get("execution_count")), outputs))
    return found


@pytest.mark.parametrize("fails", [False, True])
def test_same_outputs_as_a_kernel(tmp_path: Path, *, fails: bool) -> None:
    source = engine_notebook(tmp_path / "alles.ipynb", fails=fails)
    kernel, kernel_failure = executed(source, tmp_path / "kernel", "kernel")
    warm, warm_failure = executed(source, tmp_path / "warm", "warm")
    assert told(warm) == told(kernel)
    assert warm.metadata.language_info == kernel.metadata.language_info
    assert warm_failure == kernel_failure and bool(warm_failure) is fails
    assert ("ZeroDivisionError" in str(told(warm))) is fails


def test_second_notebook_in_one_process_is_refused(tmp_path: Path) -> None:
    source = engine_notebook(tmp_path / "alles.ipynb")
    twice = _RUN + "; execute(Path(sys.argv[1]), {'gemeente': 'Gent'}, Path(sys.argv[2]), sys.argv[3])"
    done = subprocess.run(
        [sys.executable, "-c", twice, str(source), str(tmp_path), "warm"],
        capture_output=True, text=True, check=False, env=environment(), timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1 and "dit proces voerde al een notebook uit" in done.stderr


def test_injected_cell_has_the_same_id_each_time(tmp_path: Path) -> None:
    code = _RUN.replace("; execute(", "; nb = execute(") + ".notebook"
    code += "; print([cell.id for cell in nb.cells if 'injected-parameters' in cell.metadata.get('tags', [])])"
    source = engine_notebook(tmp_path / "alles.ipynb")
    done = subprocess.run(
        [sys.executable, "-c", code, str(source), str(tmp_path), "warm"],
        capture_output=True, text=True, check=True, env=environment(), timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.strip() == "['injected-parameters']"
