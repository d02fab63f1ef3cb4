"""The pages about lekp: made from the code where they can be, and listed in one place."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.indicators.assess import classify, expected_share
from lekp_lib.present.municipality import open_report

DOCS = Path(__file__).parents[2] / "docs"


def test_reference_pages_are_up_to_date() -> None:
    found = importlib.util.spec_from_file_location("reference", DOCS / "reference.py")
    assert found is not None and found.loader is not None
    reference = importlib.util.module_from_spec(found)
    found.loader.exec_module(reference)
    pages = reference.pages()
    assert {path.name for path in (DOCS / "reference").glob("*.md")} == set(pages)
    stale = [name for name, text in pages.items() if (DOCS / "reference" / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run make docs"


def test_every_page_is_in_the_index_and_every_link_leads_somewhere() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([^)#]+\.md)\)", index))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"index.md"}
    assert pages - linked == set()
    for page in DOCS.rglob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), (page.name, link)


def test_the_pages_build_as_a_site_and_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    shutil.copy(DOCS.parent / "mkdocs.yml", tmp_path)
    shutil.copytree(DOCS, tmp_path / "docs")
    program = Path(sys.executable).with_name("zensical")
    built = subprocess.run([program, "build", "--strict"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    made = tmp_path / "build" / "docs"
    pages = {path.relative_to(DOCS).with_suffix(".html").as_posix() for path in DOCS.rglob("*.md")}
    assert pages <= {path.relative_to(made).as_posix() for path in made.rglob("*.html")}
    loaded = re.compile(
        r"<(?:script|img|iframe)[^>]* src=\"?(?:https?:)?//|<link[^>]*stylesheet[^>]* href=\"?(?:https?:)?//"
    )
    assert [page.name for page in made.rglob("*.html") if loaded.search(page.read_text(encoding="utf-8"))] == []


def test_the_page_on_own_targets_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (DOCS / "own-targets.md").read_text(encoding="utf-8")
    for name, content in re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", text, re.DOTALL):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"<!-- run -->\n```\n(.*?)```", text, re.DOTALL)
    for line in block.strip().splitlines():
        done = CliRunner().invoke(app, line.split()[1:])
        assert done.exit_code == 0, (line, done.output)
    found = open_report(gemeente="Houthulst", editie="proef").cijfers.loc["zonnedaken"]
    assert found["level"] == 202
    assert (found["share_pct"], found["expected_pct"]) == (pytest.approx(100 * 90 / 202), pytest.approx(50, abs=0.1))
    assert found["verdict"] == "lichte achterstand"


def test_numbers_of_the_page_on_rules_are_those_of_the_program() -> None:
    text = (DOCS / "rules.md").read_text(encoding="utf-8")
    days = pd.to_datetime(pd.Series(["2025-12-31", "2023-02-28", "2024-12-31"]))
    path = pd.DataFrame(
        {
            "kind": ["cumulatief", "cumulatief", "reductie"],
            "path_start": pd.to_datetime(["2021-01-01", "2021-01-01", "2015-12-31"]),
            "deadline": pd.Timestamp("2030-12-31"),
        }
    )
    shares = expected_share(path, days)
    assert shares.round(1).tolist() == [50.0, 21.6, 60.0]
    assert "50 %" in text and "21.6 %" in text
    half_way = path.loc[[0] * 4].assign(share_pct=[101.0, 52.0, 45.0, 30.0])
    verdicts = classify(half_way, days[[0] * 4], 0.7)
    told = re.findall(r"\| \*(doel gehaald|op koers|lichte achterstand|grote achterstand)\* \|", text)
    assert verdicts.tolist() == told
