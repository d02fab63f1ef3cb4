"""A site for the tests: the reports of a few municipalities, pages of all; built once per run of the tests."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

#: A large one, one with a former municipality, and one that has little.
WITH_REPORT = {"44021": "gent", "46029": "lokeren", "73028": "herstappe"}
BASE_URL = "https://klimaat.example/pact/"


@dataclass(frozen=True)
class SiteSample:
    """Where the site and its reports are; ``said`` is what the command printed."""

    root: Path
    outputs: Path
    said: str


def _lekp(*arguments: str) -> str:
    command = [sys.executable, "-c", "from lekp_lib.cli import main; main()", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _build(folder: Path) -> None:
    outputs = folder / "outputs"
    common = ("--editie", "voorbeeld", "--output-dir", str(outputs), "--workers", "2")
    _lekp("batch", *common, "--gemeenten", ",".join(WITH_REPORT))
    said = _lekp("site", *common, "--site-dir", str(folder / "site"), "--allow-missing", "--base-url", BASE_URL)
    (folder / "said.txt").write_text(said, encoding="utf-8")


def site_sample(tmp_path_factory: pytest.TempPathFactory, worker: str) -> SiteSample:
    """The site, built by the first process that asks; the others wait for it.

    Parameters
    ----------
    tmp_path_factory
        Of pytest.
    worker
        Name of the process: ``master`` when there is one only.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker == "master" else base.parent) / "lekp-site"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "said.txt").is_file():
            _build(folder)
    return SiteSample(folder / "site", folder / "outputs", (folder / "said.txt").read_text(encoding="utf-8"))
