"""What holds for every published report: pages, structure, weight, valid HTML, nothing stands alone."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import page as validator
import pikepdf
import pytest
from lxml import html
from nbconvert.exporters import get_exporter

from tests.nu_checker import absent, nu_errors
from tests.report.conftest import REPORTS, Finished

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


def pages_as_text(pdf: bytes, folder: Path) -> list[str]:
    if shutil.which("pdftotext") is None:
        absent("pdftotext is not on this machine")
    file = folder / "rapport.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout.split("\f")[:-1]


@every_report
def test_pages(finished: dict[str, Finished], name: str) -> None:
    report = finished[name]
    with pikepdf.open(io.BytesIO(report.pdf)) as pdf, pikepdf.open(io.BytesIO(report.brief)) as brief:
        assert len(pdf.pages) <= REPORTS[name][2]
        assert len(brief.pages) <= 2


@every_report
def test_two_targets_a_page(finished: dict[str, Finished], name: str) -> None:
    names = {target.name for target in finished[name].view.catalog.pact_targets}
    with pikepdf.open(io.BytesIO(finished[name].pdf)) as pdf:
        pages = [page for level, words, page, _ in bookmarks(pdf) if level == 3 and words in names]
    sections = finished[name].html.count('class="doel"')
    assert len(pages) == sections
    assert len(set(pages)) <= sections / 2 + 3


@every_report
def test_no_heading_stands_alone_and_no_page_is_nearly_empty(
    finished: dict[str, Finished], name: str, tmp_path: Path
) -> None:
    with pikepdf.open(io.BytesIO(finished[name].pdf)) as pdf:
        low = [(words, page) for _, words, page, top in bookmarks(pdf) if top < (15 + 15) * MM]
    assert low == []
    words = [len(text.split()) for text in pages_as_text(finished[name].pdf, tmp_path)]
    assert [number for number, count in enumerate(words, 1) if count < 40] == []


@every_report
def test_no_number_touches_the_words_before_it(finished: dict[str, Finished], name: str, tmp_path: Path) -> None:
    words = " ".join(pages_as_text(finished[name].pdf, tmp_path)).split()
    # The code of a report has letters up to f only.
    assert [word for word in words if re.fullmatch(r"[a-z]*[g-z][a-z]*\d[\d.,]*", word)] == []


@every_report
def test_no_text_is_smaller_than_eight_points(finished: dict[str, Finished], name: str, tmp_path: Path) -> None:
    if shutil.which("pdftohtml") is None:
        absent("pdftohtml is not on this machine")
    file = tmp_path / "rapport.pdf"
    file.write_bytes(finished[name].pdf)
    command = ["pdftohtml", "-xml", "-i", "-stdout", "-zoom", "1", str(file)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert {size for size in map(int, re.findall(r'<fontspec [^>]*size="(-?\d+)"', told)) if size < 8} == set()


@every_report
def test_structure_of_the_pdf(finished: dict[str, Finished], name: str) -> None:
    report = finished[name]
    for data in (report.pdf, report.brief):
        for profile in ("ua1", "2a"):
            told = validator.validate_pdf_bytes(data, profile=profile)
            assert told.is_compliant, str(told)
    with pikepdf.open(io.BytesIO(report.pdf)) as pdf:
        assert str(pdf.Root.Lang) == "nl-BE"
        with pdf.open_metadata() as meta:
            assert meta["dc:title"] == report.view.facts["title"]
        nodes = list(elements(pdf.Root.StructTreeRoot))
        assert sum(str(node.S) == "/H1" for node in nodes) == 1
        alts = [str(node.get("/Alt", "")) for node in nodes if str(node.S) == "/Figure"]
        assert not alts or min(map(len, alts)) >= 60
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
def test_page_has_a_policy_first_and_few_tab_stops(finished: dict[str, Finished], name: str) -> None:
    tree = html.document_fromstring(finished[name].html)
    assert tree.find("head")[0].get("http-equiv") == "Content-Security-Policy"
    assert "default-src 'none'" in tree.find("head")[0].get("content")
    assert tree.xpath("//script | //link | //iframe") == []
    closed = "ancestor::details[not(@open)] and not(self::summary)"
    assert len(tree.xpath(f"//*[self::a[@href] or self::summary or @tabindex='0'][not({closed})]")) <= 60


@every_report
def test_weight(finished: dict[str, Finished], name: str) -> None:
    assert len(finished[name].html.encode()) < 1_250_000
    assert len(finished[name].pdf) < 700_000


def test_nu_checker_finds_no_error(finished: dict[str, Finished], tmp_path: Path) -> None:
    files = []
    for name, report in finished.items():
        files.append(tmp_path / f"{name}.html")
        files[-1].write_text(report.html, encoding="utf-8")
    assert nu_errors(files) == []


@pytest.mark.parametrize(("exporter", "start"), [("lekp-html", "<!DOCTYPE html>"), ("lekp-pdf", b"%PDF-")])
def test_nbconvert_exports_an_executed_notebook(
    finished: dict[str, Finished], exporter: str, start: str | bytes
) -> None:
    made, _ = get_exporter(exporter)().from_filename(finished["mesen"].folder / "mesen.ipynb")
    assert made.lstrip().startswith(start)


def test_stock_nbconvert_shows_the_report_with_its_styles(finished: dict[str, Finished], tmp_path: Path) -> None:
    file = tmp_path / "rapport.ipynb"
    nbformat.write(finished["mesen"].notebook, file)
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--no-input", str(file)]
    subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    tree = html.document_fromstring((tmp_path / "rapport.html").read_bytes())
    assert len(tree.xpath("//style[@data-lekp]")) == 1
    assert finished["mesen"].view.headline in [found.text_content() for found in tree.xpath("//h1")]


@pytest.mark.parametrize("name", ["houthulst", "mesen"])
def test_every_figure_leads_to_its_source_on_the_page_and_on_paper(finished: dict[str, Finished], name: str) -> None:
    made = finished[name]
    shown = [row for row in made.view.numbered if row.heeft_cijfer and row.bron_url.startswith("https://")]
    with pikepdf.open(io.BytesIO(made.pdf)) as paper:
        links = {str(note["/A"]["/URI"]) for page in paper.pages for note in page.get("/Annots", []) if "/A" in note}
    assert shown
    for row in shown:
        assert f'href="{row.bron_url}"' in made.html and row.bron_url in links, row.naam
