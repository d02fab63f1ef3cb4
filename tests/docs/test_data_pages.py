"""Pages on files and editions: every block with a name is a file, every command runs as it stands there."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lekp_lib.cli import app
from tests.warm_process import run_lekp

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run_page(page: str, folder: Path) -> str:
    """Write the files and run the commands of a page, from top to bottom; what the commands said."""
    told = []
    for kind, name, content in BLOCK.findall((DOCS / page).read_text(encoding="utf-8")):
        if name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        for line in content.splitlines() if kind == "console" else ():
            words = shlex.split(line, comments=True)
            if words[:1] == ["python"]:
                runpy.run_path(words[1])
                continue
            if words[1:2] == ["report"]:  # a process runs one notebook
                done = run_lekp(*words[1:], cwd=folder)
                assert done.returncode == 0, f"{line}\n{done.stderr}"
                told.append(done.stdout)
                continue
            result = CliRunner().invoke(app, words[1:], env={"COLUMNS": "200"})
            assert result.exit_code == 0, f"{line}\n{result.output}"
            told.append(result.output)
    return " ".join(" ".join(told).split())


def test_the_page_on_editions_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = run_page("editions.md", tmp_path)
    assert "dezelfde bytes" in told and "is ingetrokken" in told
    assert (tmp_path / "verschil.xlsx").is_file() and (tmp_path / "bronnen.ics").is_file()


def test_the_page_on_file_shapes_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = run_page("file-shapes.md", tmp_path)
    for expected in ("7400", "1234", "1200,5", "4300", "voorlopige tellingen", "totalen, vergeleken met hun delen"):
        assert expected in told


def test_the_page_on_own_figures_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = run_page("own-figures.md", tmp_path)
    for expected in ("20 rijen om in te vullen", "8 cijfers uit wevelgem.xlsx; er is niets bewaard",
                     "8 nieuw, 0 herzien", "1 correctie en 1 toelichting in 2 bestanden"):  # fmt: skip
        assert expected in told
    tried, kept, last = (
        (tmp_path / "outputs" / name / "34041-wevelgem" / "rapport.html").read_text(encoding="utf-8")
        for name in ("gepubliceerd-eigen-cijfers", "wevelgem-2026", "wevelgem-2026-2")
    )
    assert "niet bevroren" in tried and "niet bevroren" not in kept + last
    for expected in ("Telling opnieuw gedaan.", "Wij planten vooral in de winter.", "Wat veranderde"):
        assert expected in last and expected not in kept
