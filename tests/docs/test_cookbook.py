"""The cookbook, step by step, on one notebook in an empty folder: what it says is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from tests.warm_process import run_lekp

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")


def fenced(mark: str) -> list[str]:
    """Blocks of code right under a comment of the page."""
    return re.findall(rf"<!-- {mark} -->\n```\w*\n(.*?)```", TEXT, re.DOTALL)


def lekp(folder: Path, command: str) -> str:
    """What a command of the page prints; it must succeed."""
    words = shlex.split(command)
    assert words[0] == "lekp"
    done = run_lekp(*words[1:], cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def edited(path: Path) -> None:
    """The steps that a person does in JupyterLab."""
    notebook = nbformat.read(path, as_version=4)
    (markdown,), (code,), (look,) = fenced("markdown cell"), fenced("code cell"), fenced("parameters")

    def at(start: str) -> int:
        return next(number for number, cell in enumerate(notebook.cells) if cell.source.startswith(start))

    del notebook.cells[at('rapport.doelen("3")')]
    own = [nbformat.v4.new_markdown_cell(markdown), nbformat.v4.new_code_cell(code)]
    notebook.cells[at("rapport.andere_doelen") : at("rapport.andere_doelen")] = own
    parameters = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    parameters.source = parameters.source.replace('logo = ""\nhuisstijl = ""', look.strip())
    parameters.metadata.tags.append("keuze-van-doelen")
    nbformat.write(notebook, path)


@pytest.mark.slow
@pytest.mark.pdf
def test_every_step_of_the_cookbook(tmp_path: Path) -> None:
    (copy, make) = fenced("run")
    lekp(tmp_path, copy.strip())
    edited(tmp_path / "eigen.ipynb")
    logo = tmp_path / "parameters" / "logos" / "44021.png"
    logo.parent.mkdir(parents=True)
    plt.imsave(logo, np.zeros((10, 30)))
    batch, again = make.strip().splitlines()
    assert "2 klaar" in lekp(tmp_path, batch)
    assert "actueel: 2" in lekp(tmp_path, again)
    for folder, has_logo in (("44021-gent", True), ("33016-mesen", False)):
        page = (tmp_path / "outputs" / "voorbeeld" / folder / "rapport.html").read_text(encoding="utf-8")
        assert ('class="logo"' in page) is has_logo and "--accent: #006B54" in page
        assert ">Bomen per 100 inwoners, de vijf hoogste van de provincie<" in page
        assert "Deze alinea schreef de gemeente zelf" in page and 'id="laadpunten"' not in page
        assert 'href="#laadpunten"' not in page
        # Mesen signed nothing: its list links to no target.
        assert ('href="#bomen"' in page) is (folder == "44021-gent")
        assert (tmp_path / "outputs" / "voorbeeld" / folder / "rapport.pdf").stat().st_size > 40_000
    plt.imsave(logo, np.arange(300).reshape(10, 30))
    assert "Te maken: 1; actueel: 1." in lekp(tmp_path, again)
