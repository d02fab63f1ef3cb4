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
    code = _RUN.replace("; execute(", "; nb = execute(") + "[0]"
    code += "; print([cell.id for cell in nb.cells if 'injected-parameters' in cell.metadata.get('tags', [])])"
    source = engine_notebook(tmp_path / "alles.ipynb")
    done = subprocess.run(
        [sys.executable, "-c", code, str(source), str(tmp_path), "warm"],
        capture_output=True, text=True, check=True, env=environment(), timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.strip() == "['injected-parameters']"


#: What docs/batch.md names as different, in that order, and what a cell tells of it in each engine.
DIFFERENCES = {
    "import os\nos.system('echo van-elders')": ([], ["van-elders\n"]),
    "from comm import create_comm\nprint(type(create_comm(target_name='x')).__name__)": (
        ["DummyComm\n"],
        ["BaseComm\n"],
    ),
    "try:\n    input()\nexcept Exception as error:\n    print(type(error).__name__)": (
        ["EOFError\n"],
        ["StdinNotImplementedError\n"],
    ),
    "print('opgestart' in globals())": (["False\n"], ["True\n"]),
}


def test_the_engines_differ_as_documented_and_in_nothing_else_of_it(tmp_path: Path, monkeypatch) -> None:
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "eigen.py").write_text("opgestart = True\n", encoding="utf-8")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # a kernel that sees it leaves the output of subprocesses alone
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": ""}}
    )
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in ("gemeente = ''", *DIFFERENCES)]
    notebook.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, tmp_path / "verschil.ipynb")
    for place, engine in enumerate(("warm", "kernel")):
        made, failure = executed(tmp_path / "verschil.ipynb", tmp_path / engine, engine)
        assert failure == ""
        texts = [[item.text for item in cell.outputs if item.output_type == "stream"] for cell in made.cells[2:]]
        assert texts == [expected[place] for expected in DIFFERENCES.values()]
