"""The warm engine gives what a kernel gives; a report never sees the one before it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.batch.batch_tools import (
    NOTEBOOK,
    arguments,
    contents,
    environment,
    left_behind,
    run_batch_process,
    small_notebook,
    statuses,
)
from tests.batch.engine_notebook import engine_notebook

_RUN = (
    "import sys; from pathlib import Path; from lekp_lib.report.execute import execute; "
    "execute(Path(sys.argv[1]), Path(sys.argv[2]), {'gemeente': 'Gent'}, sys.argv[3])"
)
#: What differs between two kernels too: the number of the process in file names and addresses of objects.
_OF_THE_PROCESS = re.compile(r"ipykernel_\d+|0x[0-9a-f]+")


def executed(source: Path, target: Path, engine: str) -> tuple[nbformat.NotebookNode, str]:
    """The executed notebook and what the process said of a failure."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(source), str(target), engine], capture_output=True, text=True, check=False,
        env=environment(), timeout=120, cwd=source.parent,
    )  # fmt: skip
    return nbformat.read(target, as_version=4), done.stderr.strip().splitlines()[-1] if done.returncode else ""


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
    kernel, kernel_failure = executed(source, tmp_path / "kernel.ipynb", "kernel")
    warm, warm_failure = executed(source, tmp_path / "warm.ipynb", "warm")
    assert told(warm) == told(kernel)
    assert warm.metadata.language_info == kernel.metadata.language_info
    assert warm_failure == kernel_failure and bool(warm_failure) is fails
    assert ("ZeroDivisionError" in str(told(warm))) is fails


def test_second_notebook_in_one_process_is_refused(tmp_path: Path) -> None:
    source = engine_notebook(tmp_path / "alles.ipynb")
    twice = _RUN + "; execute(Path(sys.argv[1]), Path(sys.argv[2]), {'gemeente': 'Gent'}, sys.argv[3])"
    done = subprocess.run(
        [sys.executable, "-c", twice, str(source), str(tmp_path / "uit.ipynb"), "warm"],
        capture_output=True, text=True, check=False, env=environment(), timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1 and "this process ran a notebook already" in done.stderr


def test_injected_cell_has_the_same_id_each_time(tmp_path: Path) -> None:
    code = _RUN.replace("execute(", "nb = execute(", 1).replace("import nb = execute", "import execute")
    code += "; print([cell.id for cell in nb.cells if 'injected-parameters' in cell.metadata.get('tags', [])])"
    code = code.replace("; execute(", "; nb = execute(")
    source = engine_notebook(tmp_path / "alles.ipynb")
    done = subprocess.run(
        [sys.executable, "-c", code, str(source), str(tmp_path / "uit.ipynb"), "warm"],
        capture_output=True, text=True, check=True, env=environment(), timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.strip() == "['injected-parameters']"


@pytest.mark.slow
def test_all_formats_are_the_same_bytes_on_both_engines(tmp_path: Path) -> None:
    from lekp_lib.report.formats import DEFAULT_FORMATS

    formats = ("--formats", ",".join(DEFAULT_FORMATS))
    for engine in ("warm", "kernel"):
        code, text = run_batch_process(tmp_path / engine, NOTEBOOK, "--engine", engine, *formats, "--force", places=2)
        assert code == 0, text
    warm = contents(tmp_path / "warm")
    assert len(warm) >= 2 * len(DEFAULT_FORMATS)
    assert warm == contents(tmp_path / "kernel")


def test_state_of_one_report_never_reaches_another(tmp_path: Path) -> None:
    """Each report finds the world as the first one did, although each of them spoils it."""
    spoils = (
        "import builtins, os, random, sys, warnings\n"
        "import matplotlib as mpl\n"
        "from lekp_lib.pact import load_catalog\n"
        "found = [os.environ.get('SPOOR'), os.getcwd() == os.sep, mpl.rcParams['font.size'] == 99, "
        "hasattr(builtins, 'spoor'), 'spoor' in sys.modules, len(load_catalog().targets) != 20]\n"
        "assert not any(found), found\n"
        "warnings.warn('elke keer')\n"
        "os.environ['SPOOR'] = 'ja'; mpl.rcParams['font.size'] = 99; builtins.spoor = 1; sys.modules['spoor'] = os\n"
        "warnings.simplefilter('ignore'); random.seed(1)"
    )
    spoiled = small_notebook(tmp_path / "spoor.ipynb", spoils)
    code, text = run_batch_process(tmp_path / "samen", spoiled, "--workers", "1", places=3)
    assert code == 0, text
    code, text = run_batch_process(tmp_path / "alleen", spoiled, "--gemeenten", "Herstappe")
    assert code == 0, text
    together, alone = contents(tmp_path / "samen"), contents(tmp_path / "alleen")
    assert alone and all(together[name] == content for name, content in alone.items())


def test_threads_in_the_master_are_an_error(tmp_path: Path) -> None:
    code = (
        "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); "
        "from lekp_lib.cli import main; main()"
    )
    given = arguments(tmp_path / "uit", small_notebook(tmp_path / "klein.ipynb"), places=1)
    given[given.index("-c") + 1] = code
    done = subprocess.run(given, capture_output=True, text=True, check=False, env=environment(), timeout=60)
    assert done.returncode == 2 and "found 2 threads" in done.stderr
    assert left_behind(tmp_path) == []


def test_spawned_workers_make_the_same_reports_and_survive_a_dead_one(tmp_path: Path) -> None:
    """The way of machines without fork: a worker that is killed costs one report."""
    deadly = "import os\nif gemeente == '33016':\n    os.kill(os.getppid(), 9)"
    notebook = small_notebook(tmp_path / "klein.ipynb", deadly)
    no_fork = "import lekp_lib.cli.batch as c; c.can_fork = lambda: False; from lekp_lib.cli import main; main()"
    given = arguments(tmp_path / "uit", notebook, "--workers", "1", places=3)
    given[given.index("-c") + 1] = no_fork
    done = subprocess.run(given, capture_output=True, text=True, check=False, env=environment(), timeout=120)
    assert done.returncode == 1 and "mislukt: Mesen" in done.stdout, done.stdout + done.stderr
    assert statuses(tmp_path / "uit") == {"44021": "klaar", "33016": "mislukt", "73028": "klaar"}
    assert left_behind(tmp_path) == []
    code, text = run_batch_process(tmp_path / "gevorkt", notebook, "--gemeenten", "Gent,Herstappe")
    assert code == 0, text
    assert contents(tmp_path / "uit") == contents(tmp_path / "gevorkt")
