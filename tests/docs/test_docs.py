"""The pages about lekp: made from the code where they can be, and listed in one place."""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.indicators.path import expected_pct
from lekp_lib.indicators.verdict import judge
from lekp_lib.pact import Kind
from lekp_lib.present.report_view import open_report

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
    found = open_report(gemeente="Houthulst", editie="proef").assessment("zonnedaken")
    assert found.level is not None and found.level.exact == pytest.approx(202.2)
    assert (found.share_pct, found.expected_pct) == (pytest.approx(44.5104, abs=1e-4), pytest.approx(50, abs=0.1))
    assert found.verdict.value == "lichte achterstand"


def test_numbers_of_the_page_on_rules_are_those_of_the_program() -> None:
    text = (DOCS / "rules.md").read_text(encoding="utf-8")
    start, end = dt.date(2021, 1, 1), dt.date(2030, 12, 31)
    for day, shown in ((dt.date(2025, 12, 31), "50 %"), (dt.date(2023, 2, 28), "21.6 %")):
        share = expected_pct(Kind.CUMULATIVE, day, start, end)
        assert share is not None and round(share, 1) == float(shown.removesuffix(" %")) and shown in text
    assert expected_pct(Kind.REDUCTION, dt.date(2024, 12, 31), dt.date(2015, 12, 31), end) == pytest.approx(60, abs=0.1)
    verdicts = [judge(share, 50.0, 0.7, kind=Kind.CUMULATIVE, deadline_passed=False) for share in (101, 52, 45, 30)]
    told = re.findall(r"\| \*(doel gehaald|op koers|lichte achterstand|grote achterstand)\* \|", text)
    assert [item.value for item in verdicts] == told
