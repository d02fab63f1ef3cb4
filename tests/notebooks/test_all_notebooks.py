"""All notebooks: clean, thin, in Dutch, and right with other parameters than those that they are kept with."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from nbformat import NotebookNode

from lekp_lib.report.outputs import read_contents
from lekp_lib.report.page import page_of
from lekp_lib.report.paper import pdf_of
from tests.report.in_process import executed_as

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NAMES = ("datacontrole", "gemeenterapport", "proefbank", "vlaanderen")
MOST_LINES = 10
_LOGIC = (ast.If, ast.While, ast.FunctionDef, ast.ClassDef, ast.Try)
_DUTCH = {"de", "het", "een", "van", "en", "in", "dit", "wat", "voer", "met"}


def notebook(name: str) -> NotebookNode:
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def text_of(found: NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in found.cells if cell.cell_type == "markdown")


def test_start_page_leads_to_every_notebook() -> None:
    start = notebook("start")
    assert {cell.cell_type for cell in start.cells} == {"markdown"}
    links = re.findall(r"\]\(([^)]+)\)", text_of(start))
    assert sorted(links) == [f"{name}.ipynb" for name in NAMES]
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == sorted([*NAMES, "start"])


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_clean_and_thin(name: str) -> None:
    found = notebook(name)
    assert set(found.metadata) == {"kernelspec", "language_info"}
    assert [cell.cell_type for cell in found.cells if "parameters" in cell.metadata.get("tags", [])] == ["code"]
    first = found.cells[0]
    assert first.cell_type == "markdown" and first.source.startswith("# ")
    assert first.metadata.get("tags") == ["niet-in-verslag"]
    for cell in found.cells:
        assert set(cell.metadata) <= {"tags"}
        if cell.cell_type != "code":
            continue
        assert cell.outputs == [] and cell.execution_count is None
        body = ast.parse(cell.source).body
        lines = list(filter(str.strip, cell.source.splitlines()))
        assert len(lines) <= MOST_LINES or "parameters" in cell.metadata.get("tags", []), cell.source
        assert not any(isinstance(node, _LOGIC) for statement in body for node in ast.walk(statement)), cell.source


def test_the_hook_before_a_commit_leaves_the_notebooks_as_they_are() -> None:
    hooks = yaml.safe_load((NOTEBOOKS.parent / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entries = {hook["id"]: hook["entry"].split() for repo in hooks["repos"] for hook in repo["hooks"]}
    assert set(entries) == {"nbstripout", "ruff-check", "ruff-format", "lekp-check"}
    options = entries["nbstripout"][1:]
    paths = [str(path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
    command = [sys.executable, "-m", "nbstripout", *options, "--verify", *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", [*NAMES, "start"])
def test_headings_are_in_order_and_the_text_is_dutch(name: str) -> None:
    text = text_of(notebook(name))
    levels = [len(found[1]) for found in re.finditer(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    words = re.findall(r"[a-zé]+", text.lower())
    assert len(words) > 40 and sum(word in _DUTCH for word in words) > len(words) / 10


OTHERS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("datacontrole", {"editie": "voorbeeld", "max_ouderdom_maanden": 6}, "Voorbeeldeditie: fictieve cijfers"),
    (
        "proefbank",
        {"gemeente": "Gent", "editie": "voorbeeld", "cijfers": "bomen"},
        "Proef: dit doel bestaat niet",
    ),
    ("proefbank", {"gemeente": "Gent", "cijfers": "bestaat-niet.csv"}, "Wat er nog niet klopt"),
)


@pytest.mark.parametrize(("name", "parameters", "words"), OTHERS)
def test_notebook_runs_and_exports_with_other_parameters(
    name: str, parameters: dict[str, Any], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = executed_as(NOTEBOOKS / f"{name}.ipynb", parameters)
    contents = read_contents(made, tmp_path)
    page = page_of(contents)
    assert words in page and "Traceback" not in page
    assert pdf_of(contents).startswith(b"%PDF-")
    assert list(tmp_path.iterdir()) == []
