"""``lekp data template``: what a clerk gets to fill in, and that it comes back as it was filled in."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path
from shutil import which

import pandas as pd
import pytest
from lxml import html
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.data.readers import ReadResult, read_file
from lekp_lib.data.schema import find_shape
from lekp_lib.data.workbook import write_template
from lekp_lib.pact import load_catalog
from lekp_lib.present.municipality import open_report
from lekp_lib.register import load_register

FILLED = {
    "Minder CO₂ dan in 2015": ("31,5", "2025"),
    "Lichtpunten op led": ("64", "31/12/2025"),
    "Warmteplan": ("ja", "2025-12-31"),
    "Extra bomen": ("1500", "2025-12"),
    "Laadpuntequivalenten (CPE)": ("402,5", "2025-12-31"),
    "Nieuw of verbeterd fietspad": ("7,4", "2025-12-31"),
}


def lekp(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The template of Wevelgem as the report names it."""
    monkeypatch.chdir(tmp_path)
    command = open_report(gemeente="Wevelgem").kort().data["commands"][0].split()
    code, told = lekp(*command[1:])
    assert code == 0 and "wevelgem.xlsx, 20 rijen om in te vullen, uit editie gepubliceerd, stand op 2026-03-31" in told
    assert "lekp report wevelgem --cijfers wevelgem.xlsx" in told
    return tmp_path / "wevelgem.xlsx"


def places(page: Worksheet) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in page[1]}


def fill_in(path: Path) -> None:
    book = load_workbook(path)
    page, at = book["Cijfers"], places(book["Cijfers"])
    for line in range(2, page.max_row + 1):
        name = page.cell(line, at["deelindicator"]).value
        if name in FILLED:
            page.cell(line, at["waarde"], FILLED[name][0])
            page.cell(line, at["datum"], FILLED[name][1])
            page.cell(line, at["eenheid"], "km") if "fietspad" in str(name) else None
    book.save(path)


def read(path: Path) -> ReadResult:
    catalog, day = load_catalog(), dt.date(2026, 11, 27)
    return read_file(path, find_shape("sjabloon"), catalog, load_register(), name=path.name, retrieved=day)


def test_a_row_per_missing_figure_has_level_question_holder_and_a_real_link(template: Path) -> None:
    book = load_workbook(template)
    assert book.sheetnames[0] == book.active.title == "Uitleg"
    page, at = book["Cijfers"], places(book["Cijfers"])
    rows = {page.cell(line, at["deelindicator"]).value: line for line in range(2, page.max_row + 1)}
    report = open_report(gemeente="Wevelgem")
    judged = {row.naam for row in report.values.values() if row.beoordeeld}
    assert judged == {"Burgemeestersconvenant"} and len(rows) == 20
    assert not judged & {page.cell(line, at["doel"]).value for line in rows.values()}

    def cell(name: str, column: str) -> object:
        return page.cell(rows[name], at[column]).value

    assert cell("Extra bomen", "doelniveau") == "31579" and cell("Extra bomen", "eenheid") == "bomen"
    assert cell("Laadpuntequivalenten (CPE)", "waarom") == (
        "het cijfer telt laadpunten, het doel telt laadpuntequivalenten"
    )
    assert cell("Minder CO₂ dan in 2015", "basisjaar") == "2015"
    holder = load_catalog().target("bomen").holder
    assert holder is not None
    words = [cell("Extra bomen", name) for name in ("vraag", "bewaard door", "adres", "hoe opvragen")]
    assert words == [holder.vraag, holder.naam, holder.adres, holder.hoe]
    assert page.cell(rows["Extra bomen"], at["adres"]).hyperlink.target.rstrip("/") == holder.adres
    offered = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert sum(formula == '"ja,nee"' for formula in offered.values()) == 4
    assert sum(formula.startswith("Lijsten!") for formula in offered.values()) == 8


def test_a_filled_template_comes_back_whole_and_is_recognised(template: Path) -> None:
    fill_in(template)
    found = read(template)
    figures = found.figures.set_index("indicator")
    assert found.refused.empty and len(figures) == len(FILLED)
    expected = {"co2": 31.5, "led": 64, "warmteplan": 1, "bomen": 1500, "cpe": 402.5, "fietspad": 7400}
    assert sorted(figures["value"]) == sorted(expected.values())
    assert figures.loc["bomen", "date_precision"] == "maand" and set(figures["source_id"]) == {"gemeente"}
    assert set(figures["base_year"].dropna()) == {2015}
    assert found.notes[0] == f"een sjabloon, gemaakt uit {open_report(gemeente='Wevelgem').edition.label}"
    code, told = lekp("data", "import", template, "--as", "sjabloon", "--dry-run", "--vandaag", "2026-11-27")
    assert code == 0 and "6 nieuw, 0 herzien, 0 ongewijzigd, 0 geweigerd" in told


@pytest.mark.skipif(which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_keeps_what_was_filled_in_and_the_edition(template: Path, tmp_path: Path) -> None:
    fill_in(template)
    before = read(template)
    words = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*words, "--outdir", tmp_path / "again", template], check=True, capture_output=True, timeout=120)
    after = read(tmp_path / "again" / template.name)
    pd.testing.assert_frame_equal(before.figures, after.figures)
    assert before.notes == after.notes and after.refused.empty


def test_a_template_of_an_older_edition_is_told_by_name_and_still_read(tmp_path: Path) -> None:
    path, day = tmp_path / "oud.xlsx", dt.date(2025, 1, 1)
    rows = pd.DataFrame([{"nis": "34041", "gemeente": "Wevelgem", "doel": "Bomen", "waarde": "1500"}])
    write_template(path, load_catalog(), load_register().municipalities(day), rows, date="2025-12-31",
                   made_from="editie 2024, stand op 2024-12-31, bevroren op 2025-02-01")  # fmt: skip
    found = read(path)
    assert len(found.figures) == 1 and found.refused.empty
    assert found.notes == ["een sjabloon, gemaakt uit editie 2024, stand op 2024-12-31, bevroren op 2025-02-01"]


def test_text_of_others_never_becomes_a_formula_or_a_strange_link(tmp_path: Path) -> None:
    cells = {"vraag": "=HYPERLINK(1)", "hoe opvragen": "+1", "adres": "javascript:alert(1)", "bewaard door": "@x"}
    rows = pd.DataFrame([{"nis": "34041", "gemeente": "Wevelgem", "doel": "Bomen", **cells}])
    for ending in ("xlsx", "csv"):
        path = tmp_path / f"t.{ending}"
        write_template(path, load_catalog(), load_register().municipalities(dt.date(2025, 1, 1)), rows)
    page = load_workbook(tmp_path / "t.xlsx")["Cijfers"]
    assert {cell.data_type for cell in page[2] if cell.value} == {"s"}
    assert not any(cell.hyperlink for cell in page[2])
    text = (tmp_path / "t.csv").read_text(encoding="utf-8-sig")
    assert ";'=HYPERLINK(1);" in text and ";'@x;javascript:alert(1);'+1" in text


def test_everything_more_places_and_the_other_forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    every = sum(len(target.indicators) for target in load_catalog().measured)
    code, told = lekp("data", "template", "sint-niklaas", "--alles")
    assert code == 0 and f"sint-niklaas.xlsx, {every} rijen" in told
    code, told = lekp("data", "template", "Gent", "44021", "--breed", "--uit", "twee.csv", "--datum", "2025-12-31")
    lines = (tmp_path / "twee.csv").read_text(encoding="utf-8-sig").splitlines()
    assert code == 0 and len(lines) == 2 and lines[1].startswith("44021;Gent;2025-12-31;;")
    assert lekp("data", "template")[0] == 0 and (tmp_path / "lekp-sjabloon.xlsx").is_file()
    code, told = lekp("data", "template", "sint-niklaas")
    assert code == 1 and "bestaat al" in told and "kies een andere naam" in told
    code, told = lekp("data", "template", "Nergenshuizen")
    assert code == 1 and "Nergenshuizen" in told
    code, told = lekp("data", "template", "Gent", "--editie", "voorbeeld")
    assert code == 0 and "daarna: lekp report gent --cijfers gent.xlsx --editie voorbeeld" in told
    code, told = lekp("data", "template", "Gent", "--editie", "geen")
    assert code == 1 and "editie 'geen' bestaat niet" in told


def test_every_place_that_misses_a_figure_names_the_two_commands() -> None:
    report = open_report(gemeente="Sint-Niklaas")
    commands = ["lekp data template sint-niklaas", "lekp report sint-niklaas --cijfers sint-niklaas.xlsx"]
    brief = report.kort()
    words = " ".join(html.document_fromstring(brief.html()).text_content().split())
    assert brief.data["commands"] == commands and all(command in words for command in commands)


def test_who_did_not_sign_gets_every_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    unsigned = next(
        place.name
        for place in load_register().municipalities(dt.date(2026, 3, 31))
        if not open_report(gemeente=place.nis).gemeente.ondertekend
    )
    every = sum(len(target.indicators) for target in load_catalog().measured)
    assert f"{every} rijen" in lekp("data", "template", unsigned)[1]
