"""What holds for every published report (spec design.md 14): pages, structure, weight, valid HTML, nothing left out."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import nbformat
import page as validator
import pikepdf
import pytest

from lekp_lib.edition import Edition
from lekp_lib.present import target_section
from lekp_lib.present.block import Paragraph
from lekp_lib.present.boxes import Facts, Note
from lekp_lib.present.paper import TargetPage
from lekp_lib.report.pdf import PdfExporter
from tests.nu_checker import absent, nu_errors
from tests.report.conftest import REPORTS, Finished
from tests.report.in_process import executed

pytestmark = pytest.mark.pdf

MM = 72 / 25.4

every_report = pytest.mark.parametrize("name", sorted(REPORTS))


def bookmarks(pdf: pikepdf.Pdf) -> list[tuple[int, str, int, float]]:
    """Level, words, page and height on the page (points from below) of every heading."""
    numbers = {item.obj.objgen: number for number, item in enumerate(pdf.pages, 1)}
    found = []

    def walk(items: list[pikepdf.OutlineItem], level: int) -> None:
        for item in items:
            place = item.destination if item.destination is not None else item.action.D
            found.append((level, str(item.title), numbers[place[0].objgen], float(place[3])))
            walk(item.children, level + 1)

    with pdf.open_outline() as outline:
        walk(outline.root, 1)
    return found


def elements(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    kids = node.get("/K")
    for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def pages_as_text(report: Finished, folder: Path) -> list[str]:
    if shutil.which("pdftotext") is None:
        absent("pdftotext is not on this machine")
    file = folder / "rapport.pdf"
    file.write_bytes(report.pdf)
    return subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout.split("\f")[:-1]


@every_report
def test_every_target_has_one_page_and_the_overview_too(finished: dict[str, Finished], name: str) -> None:
    report = finished[name]
    with pikepdf.open(io.BytesIO(report.pdf)) as pdf:
        found = bookmarks(pdf)
    chapters = [(words, page) for level, words, page, _ in found if level == 2]
    assert chapters[0][0] == "De 17 doelen in één oogopslag"
    assert chapters[0][1] <= 3, "head and contents take more than two pages"
    assert chapters[1][1] == chapters[0][1] + 1, "the overview takes more than one page"
    names = {target.name for target in report.view.catalog.pact_targets}
    # A heading of the third level with the name of a target; the goals of 2.1 share a page.
    places = [place for place, item in enumerate(found) if item[0] == 3 and item[1] in names]
    assert len(places) == 17
    assert [found[place + 1][2] - found[place][2] for place in places] == [1] * 17


@every_report
def test_no_heading_stands_alone_and_no_page_is_nearly_empty(
    finished: dict[str, Finished], name: str, tmp_path: Path
) -> None:
    with pikepdf.open(io.BytesIO(finished[name].pdf)) as pdf:
        low = [(words, page) for _, words, page, top in bookmarks(pdf) if top < (18 + 15) * MM]
    assert low == []
    words = [len(text.split()) for text in pages_as_text(finished[name], tmp_path)]
    assert [number for number, count in enumerate(words, 1) if count < 30] == []


@every_report
def test_paper_leaves_nothing_out_of_a_fiche(finished: dict[str, Finished], name: str, tmp_path: Path) -> None:
    report = finished[name]
    printed = "".join("".join(pages_as_text(report, tmp_path)).split())
    missing = []
    for target in report.view.catalog.pact_targets:
        page = report.view.target(target.id)
        assert isinstance(page, TargetPage)
        facts = next(block for block in page.blocks if isinstance(block, Facts))
        # An address may be broken over two lines with a hyphen of its own.
        values = [value for _, values in facts.pairs for value in values if "://" not in value]
        missing += [(target.id, value) for value in values if "".join(value.split()) not in printed]
    assert missing == []


@every_report
def test_no_number_touches_the_words_before_it(finished: dict[str, Finished], name: str, tmp_path: Path) -> None:
    words = " ".join(pages_as_text(finished[name], tmp_path)).split()
    # The code of a report has letters up to f only.
    assert [word for word in words if re.fullmatch(r"[a-z]*[g-z][a-z]*\d[\d.,]*", word)] == []


@every_report
def test_structure_of_the_pdf(finished: dict[str, Finished], name: str) -> None:
    report = finished[name]
    for profile in ("ua1", "2a"):
        told = validator.validate_pdf_bytes(report.pdf, profile=profile)
        assert told.is_compliant, str(told)
    with pikepdf.open(io.BytesIO(report.pdf)) as pdf:
        assert str(pdf.Root.Lang) == "nl-BE"
        with pdf.open_metadata() as meta:
            assert meta["dc:title"] == report.view.facts()["title"]
        nodes = list(elements(pdf.Root.StructTreeRoot))
        assert sum(str(node.S) == "/H1" for node in nodes) == 1
        alts = [str(node.get("/Alt", "")) for node in nodes if str(node.S) == "/Figure"]
        assert alts and min(map(len, alts)) >= 60
        bodies = [node for node in nodes if str(node.S) == "/TBody"]
        assert bodies
        for body in bodies:
            rows = [node for node in elements(body) if str(node.S) == "/TR"]
            assert all(str(next(elements(row)).S) == "/TH" for row in rows)
        tables = [node for node in nodes if str(node.S) == "/Table"]
        heads = [node for node in nodes if str(node.S) == "/THead"]
        assert len(heads) >= len(tables) > 0
        assert not [node for head in heads for node in elements(head) if str(node.S) == "/TD"]


@every_report
def test_weight(finished: dict[str, Finished], name: str) -> None:
    assert len(finished[name].html.encode()) < 1_000_000
    assert len(finished[name].pdf) < 700_000


def test_nu_checker_finds_no_error(finished: dict[str, Finished], tmp_path: Path) -> None:
    files = []
    for name, report in finished.items():
        files.append(tmp_path / f"{name}.html")
        files[-1].write_text(report.html, encoding="utf-8")
    assert nu_errors(files) == []


@pytest.mark.parametrize(("exporter", "start"), [("lekp-html", b"<!DOCTYPE html>"), ("lekp-pdf", b"%PDF-")])
def test_nbconvert_exports_an_executed_notebook(
    finished: dict[str, Finished], tmp_path: Path, exporter: str, start: bytes
) -> None:
    file = tmp_path / "rapport.ipynb"
    nbformat.write(finished["mesen"].notebook, file)
    command = [sys.executable, "-m", "nbconvert", "--to", exporter, "--output", "uit", str(file)]
    subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    (made,) = tmp_path.glob("uit.*")
    assert made.read_bytes().lstrip()[: len(start)].lower() == start.lower()


def test_a_long_explanation_stays_on_the_page_of_its_target(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("De gemeente plantte minder dan gevraagd omdat de gronden laat vrijkwamen. " * 7)[:500]
    body = [Paragraph(words), Paragraph("Toelichting van 12 maart 2026 (schepen van klimaat, Zwijndrecht).", "small")]
    monkeypatch.setattr(
        target_section, "explanation_note", lambda *_, **__: Note("Toelichting van de gemeente", body, "explanation")
    )
    pdf, _ = PdfExporter().from_notebook_node(executed("46030", Edition.open("voorbeeld")))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        found = bookmarks(opened)
    last = next(place for place, item in enumerate(found) if item[1] == "Kwaliteit van de cijfers")
    steps = [after[2] - one[2] for one, after in pairwise(found[: last + 1]) if one[0] == 3]
    assert steps == [1] * 17
