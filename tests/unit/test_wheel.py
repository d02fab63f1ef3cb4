"""The wheel works without the repository: built, unpacked elsewhere, and run from an empty folder."""

from __future__ import annotations

import os
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of the wheel as an installation would have it."""
    folder = tmp_path_factory.mktemp("wiel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("lekp-*.whl")
    with zipfile.ZipFile(wheel) as content:
        content.extractall(folder / "inhoud")
    return folder / "inhoud"


def lekp(unpacked: Path, folder: Path, *commands: str) -> str:
    """What commands print, one after the other in one process, with the unpacked wheel before everything else.

    ``-P`` keeps the working folder out of the import path. The libraries come from this environment; its ``.pth`` file,
    which leads to the checkout, is not read (``-S``), because the folder is added as a plain path.
    """
    code = (
        "import lekp_lib, os, sys; sys.stderr.write(lekp_lib.__file__)\n"
        "from lekp_lib.cli import app\n"
        "for command in sys.argv[1:]:\n"
        "    folder, *words = command.split()\n"
        "    os.chdir(folder)\n"
        "    app(words, standalone_mode=False)\n"
    )
    paths = os.pathsep.join([str(unpacked), *site.getsitepackages()])
    done = subprocess.run(
        [sys.executable, "-P", "-S", "-c", code, *commands], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": paths, "COLUMNS": "200"}, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(unpacked) in done.stderr and str(ROOT) not in done.stderr
    return done.stdout


def test_the_wheel_holds_what_an_installation_needs_and_no_tests(unpacked: Path) -> None:
    package = unpacked / "lekp_lib"
    for name, ending in (("notebooks", "*.ipynb"), ("parameters", "*.yaml")):
        here = {path.name for path in (ROOT / name).glob(ending)}
        assert here and {path.name for path in (package / f"_{name}").glob(ending)} == here
    assert (package / "py.typed").is_file() and list((package / "edition" / "embedded").rglob("*.parquet"))
    assert {path.name.partition("-")[0] for path in unpacked.iterdir()} == {"lekp", "lekp_lib"}


def test_a_project_from_the_wheel_lists_and_makes_new_files(unpacked: Path, tmp_path: Path) -> None:
    told = lekp(
        unpacked, tmp_path, ". list editions", ". new project werk", "werk new source eigen_bron",
        ". new notebook mijn",
    )  # fmt: skip
    assert "voorbeeld" in told
    for name in (
        "notebooks/gemeenterapport.ipynb", "parameters/voorbeeld.yaml", "mijn.ipynb",
        "parameters/bronnen/eigen_bron.yaml",
    ):  # fmt: skip
        assert (tmp_path / "werk" / name).is_file()
