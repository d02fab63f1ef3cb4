"""Sites for the tests: one with the reports of a few municipalities, and ones straight from an edition."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from lekp_lib.edition import Edition
from lekp_lib.site.build import OutputFolder, build_site
from lekp_lib.site.context import SiteContext

#: A large one, one with a former municipality, and one that has little.
WITH_REPORT = {"44021": "gent", "46029": "lokeren", "73028": "herstappe"}
BASE_URL = "https://klimaat.example/pact/"
TODAY = dt.date(2026, 4, 1)


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
    said = _lekp("site", *common, "--site-dir", str(folder / "site"), "--allow-missing", "--adres", BASE_URL)
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


def site_of(edition: Edition, root: Path, **choices: str) -> SiteContext:
    """A site without reports in a folder; what it was made from."""
    context = SiteContext(edition, TODAY, **choices)
    build_site(context, OutputFolder(root))
    return context


def later_edition(folder: Path, figures: pd.DataFrame, before: str = "gepubliceerd") -> Edition:
    """An edition with other figures that follows an embedded one, as files beside a copy of it."""
    old = Edition.open(before).folder
    shutil.copytree(old, folder / before)
    shutil.copytree(old, folder / "later")
    figures.to_parquet(folder / "later" / "figures.parquet", index=False)
    path = folder / "later" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    named = hashlib.sha256((old / "manifest.json").read_bytes()).hexdigest()
    manifest |= {"id": "later", "title": "Latere editie", "predecessor": {"id": before, "sha256": named}}
    content = (folder / "later" / "figures.parquet").read_bytes()
    table: Mapping[str, object] = {"rows": len(figures), "sha256": hashlib.sha256(content).hexdigest()}
    manifest["tables"]["figures"] |= table
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return Edition.open(str(folder / "later"))
