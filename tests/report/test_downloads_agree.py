"""One truth: the numbers on the page, on paper, in the spreadsheet and in the CSV file are the same ones.

The numbers are read back from the finished files by a parser of their own, so that a fault in the shared words shows.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lekp_lib.present.report_view import ReportView, open_report
from lekp_lib.report.downloads.write import write_csv, write_workbook
from lxml import html as lxml_html

from lekp_lib.edition import Edition
from lekp_lib.parameters import read_parameters
from lekp_lib.paths import find_notebook
from lekp_lib.report.make import make_report

NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
THREE = [("voorbeeld", "Gent"), ("gepubliceerd", "Houthulst"), ("voorbeeld", "Hasselt")]
Rows = list[dict[str, Any]]


def _parsed(text: str) -> Decimal:
    return Decimal(text.replace(".", "").replace(",", "."))


def _is_printed(text: str, value: float | None) -> bool:
    """Whether a number as printed is an exact value, rounded half up to the decimals that are printed."""
    if value is None:
        return False
    found = _parsed(text)
    exact = abs(Decimal(repr(float(value))))
    return exact.quantize(found, rounding=ROUND_HALF_UP) == found


def _clean(element: lxml_html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _sheets(path: Path) -> dict[str, Rows]:
    book = openpyxl.load_workbook(path, read_only=True)
    found = {}
    for name in ("Overzicht", "Vergelijking"):
        rows = list(book[name].iter_rows(min_row=2, values_only=True))
        found[name] = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    book.close()
    return found


def _table(page: lxml_html.HtmlElement, block: str) -> list[list[str]]:
    rows = page.iterfind(f'.//*[@data-block="{block}"]//tbody/tr')
    return [[_clean(cell) for cell in row] for row in rows if row.get("class") != "group"]


def _check_overview(page: lxml_html.HtmlElement, overview: Rows) -> list[str]:
    """Compare the annex with all figures; gives the numbers that were compared."""
    seen = []
    printed = {row[0]: row[1:] for row in _table(page, "all-figures")}
    assert set(printed) == {row["Doel"] for row in overview}
    for row in overview:
        stand, level, share, expected, date, verdict = printed[row["Doel"]]
        assert stand == " ".join(row["Stand in woorden"].split()) and verdict == row["Oordeel"], row["Doel"]
        pairs = [(level, row["Doelniveau"]), (share, row["Deel van het doel"]), (expected, row["Vereist deel"])]
        if row["Eenheid"] not in ("ja/nee", "plannen"):
            pairs.append((stand, row["Stand"] if row["Stand"] is not None else row["Deel van het doel"]))
        else:
            pairs = pairs[1:]
        for text, value in pairs:
            number = re.search(NUMBER, text)
            assert (number is None) == (value is None), (row["Doel"], text, value)
            if number is not None:
                assert _is_printed(number[0], value), (row["Doel"], text, value)
                seen.append(number[0])
        if re.fullmatch(r"\d\d?/\d\d?/\d{4}", date):
            day, month, year = map(int, date.split("/"))
            assert (row["Peildatum"].year, row["Peildatum"].month, row["Peildatum"].day) == (year, month, day)
    return seen


def _check_sentences(page: lxml_html.HtmlElement, view: ReportView, overview: Rows) -> int:
    """Compare "23.207 van 263.927 bomen" in the sentences of the verdict; gives how many there were."""
    count = 0
    by_name = {row["Doel"]: row for row in overview}
    for section in page.iterfind('.//div[@data-block="target"]'):
        row = by_name[view.catalog.target(section.get("data-target")).name]
        told = _clean(section.find('.//*[@data-block="verdict"]'))
        found = re.search(rf"({NUMBER}) van ({NUMBER})(?! van)", told)
        if found is None or row["Eenheid"] in ("ja/nee", "plannen"):
            continue
        assert _is_printed(found[1], row["Stand"]), (row["Doel"], told)
        assert _is_printed(found[2], row["Doelniveau"]) or _is_printed(found[2], row["Doelniveau, onafgerond"]), told
        count += 1
    return count


def _check_comparison(page: lxml_html.HtmlElement, view: ReportView, groups: Rows) -> int:
    count = 0
    for section in page.iterfind('.//div[@data-block="target"]'):
        name = view.catalog.target(section.get("data-target")).name
        rows = {row["Groep"]: row for row in groups if row["Doel"] == name}
        for label, median, ahead, coverage in _table(section, "comparison"):
            row = rows[label]
            with_data, members = map(_parsed, coverage.split(" van "))
            assert (with_data, members) == (row["Met cijfer"], row["Gemeenten"])
            for text, value in ((median, row["Mediaan"]), (ahead, row["Staan verder"])):
                number = re.search(NUMBER, text)
                assert (number is None) == (value is None), (name, label, text, value)
                assert number is None or _is_printed(number[0], value)
            count += 1
    return count


def _check_csv(path: Path, view: ReportView, overview: Rows) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    newest = {row["doel"]: row for row in rows if row["nieuwste"] == "true" and row["deel_pct"]}
    count = 0
    for row in overview:
        if row["Doel"] in newest and row["Deel van het doel"] is not None:
            found = newest[row["Doel"]]
            assert float(found["deel_pct"]) == row["Deel van het doel"] and found["oordeel"] == row["Oordeel"]
            assert (float(found["stand"]) if found["stand"] else None) == row["Stand"]
            assert float(found["doelniveau"]) == row["Doelniveau, onafgerond"]
            count += 1
    assert {row["gemeente"] for row in rows} == {view.place.name}
    return count


@pytest.mark.pdf
@pytest.mark.parametrize(("edition", "place"), THREE)
def test_page_paper_spreadsheet_and_csv_say_the_same(edition: str, place: str, tmp_path: Path) -> None:
    parameters = read_parameters({"gemeente": place, "editie": edition})
    made = make_report(
        parameters, notebook=find_notebook(), output_dir=tmp_path, formats=["html", "pdf", "xlsx", "csv"]
    )
    names = {path.name for path in made.folder.iterdir()}
    assert {
        "rapport.html",
        "rapport.pdf",
        "cijfers.xlsx",
        "cijfers.csv",
        "datapackage.json",
        "bronvermelding.txt",
    } <= names
    view = open_report(gemeente=place, editie=edition)
    page = lxml_html.fromstring(made.files["html"].read_text(encoding="utf-8"))
    sheets = _sheets(made.files["xlsx"])
    numbers = _check_overview(page, sheets["Overzicht"])
    few = edition == "gepubliceerd"
    assert len(numbers) > (15 if few else 40)
    assert _check_sentences(page, view, sheets["Overzicht"]) >= (1 if few else 6)
    assert _check_comparison(page, view, sheets["Vergelijking"]) >= (0 if few else 40)
    assert _check_csv(made.files["csv"], view, sheets["Overzicht"]) >= (1 if few else 10)
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not on this machine")
    told = subprocess.run(
        ["pdftotext", "-layout", str(made.files["pdf"]), "-"], capture_output=True, text=True, check=True
    ).stdout
    on_paper = set(re.findall(NUMBER, told))
    assert set(numbers) <= on_paper, set(numbers) - on_paper


@pytest.mark.slow
def test_twenty_municipalities_say_the_same_everywhere(tmp_path: Path) -> None:
    edition = Edition.open("voorbeeld")
    everyone = edition.register.municipalities(edition.reference_date)
    compared = 0
    for place in everyone[:: len(everyone) // 20][:20]:
        view = open_report(gemeente=place.nis, editie="voorbeeld", edition=edition)
        sections = "".join(view.target(item.target.id).html() for item in view.assessments[:17])
        page = lxml_html.fromstring(f"<main>{view.all_figures().html()}{sections}</main>")
        sheets = _sheets(write_workbook(view, tmp_path))
        compared += len(_check_overview(page, sheets["Overzicht"]))
        compared += _check_sentences(page, view, sheets["Overzicht"])
        compared += _check_comparison(page, view, sheets["Vergelijking"])
        compared += _check_csv(write_csv(view, tmp_path), view, sheets["Overzicht"])
    assert compared > 20 * 50
