"""Sites for the tests: one with the reports of a few municipalities, and ones straight from an edition."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import assess
from lekp_lib.parameters import ReportParameters
from lekp_lib.site.build import OutputFolder, build_site
from lekp_lib.site.context import SiteContext
from tests.warm_process import run_lekp

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
    done = run_lekp(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _build(folder: Path) -> None:
    outputs = folder / "outputs"
    common = ("--editie", "voorbeeld", "--output-dir", str(outputs), "--workers", "2")
    _lekp("batch", *common, "--gemeenten", ",".join(WITH_REPORT))
    said = _lekp("site", *common, "--site-dir", str(folder / "site"), "--allow-missing", "--adres", BASE_URL)
    (folder / "said.txt").write_text(said, encoding="utf-8")


def made_once(factory: pytest.TempPathFactory, worker: str, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that is filled by the first process that asks; the others wait for it.

    Parameters
    ----------
    factory
        Of pytest.
    worker
        Name of the process: ``master`` when there is one only.
    name
        Of the folder.
    make
        Fills the folder.
    """
    base = factory.getbasetemp()
    folder = (base if worker == "master" else base.parent) / f"lekp-{name}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").is_file():
            make(folder)
            (folder / "made").touch()
    return folder


def site_sample(factory: pytest.TempPathFactory, worker: str) -> SiteSample:
    """The site with the reports of a few municipalities; parameters as for :func:`made_once`."""
    folder = made_once(factory, worker, "site", _build)
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


#: A text that bites, in the remarks of Gent in the later edition.
HOSTILE = '=HYPERLINK("https://kwaad.be";"klik")<script>alert(1)</script>'


def changed_figures() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Figures of ``gepubliceerd`` of which 50 are others, those rows, and the one that fell from *op koers* to zero."""
    edition = Edition.open("gepubliceerd")
    figures, table = edition.frame("figures").copy(), assess(edition, ReportParameters(gemeente="*"))
    newest = figures.sort_values("reference_date", kind="stable").drop_duplicates(["nis", "target_id"], keep="last")
    one = newest[newest["value"] > 5]
    on_track = table.loc[table["verdict"] == "op koers", ["nis", "target_id"]]
    fallen = figures.loc[one.reset_index().merge(on_track).iloc[0]["index"]]
    one = pd.concat([one.loc[[fallen.name]], one.drop(fallen.name).sample(49, random_state=7)])
    figures.loc[one.index, "value"] += 1
    figures.loc[fallen.name, "value"] = 0
    figures.loc[figures["nis"] == "44021", "remark"] = HOSTILE
    return figures, one, fallen


def later_site(folder: Path) -> SiteContext:
    """In ``site``: the site of an edition with :func:`changed_figures`, with a contact and an address."""
    choices = {"contact": "klimaat@gemeente.be", "address": BASE_URL}
    return site_of(later_edition(folder, changed_figures()[0]), folder / "site", **choices)
