"""The whole way in public commands: files, template, corrections, explanations, edition, report, rebuild."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from lxml import html as lxml_html
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.edition import Edition
from lekp_lib.register import load_register
from lekp_lib.report.outputs import read_contents
from lekp_lib.report.page import page_of as page_text
from tests.report.in_process import executed

HOUTHULST, HASSELT, LEDE = "32006", "71072", "41034"
ON = dt.date(2026, 3, 31)
TODAY = ("--vandaag", "2026-05-01")
FILES = {
    "municipalities.csv": "feiten_inwoners",
    "dwellings_2025.csv": "feiten_wooneenheden",
    "charge_points_2026_03.csv": "feiten_laadpunten",
    "published_figures.csv": "feiten_gepubliceerd",
}
#: What is filled in for Houthulst: invented, and marked so.
FILLED_IN = {"Extra bomen": 2100, "Lichtpunten op led": 81.5, "Warmteplan": "ja", "Deelwagens": 6}
CORRECTIONS = """\
correcties:
  - gemeente: Houthulst
    doel: bomen
    peildatum: 2023-02
    verwacht: 1468
    waarde: 1475
    reden: "Telling opnieuw gedaan <b>met zorg</b>"
    auteur: Jo Peeters
    datum: 2026-04-01
    status: actief
  - gemeente: Lede
    doel: haag_geveltuin
    peildatum: 2023-02-16
    verwacht: 13
    schrappen: true
    reden: Dit zijn bestaande hagen
    auteur: Els Maes
    datum: 2026-04-02
    status: actief
"""
EXPLANATIONS = """\
toelichtingen:
  - gemeente: Houthulst
    doel: bomen
    type: Toelichting
    tekst: "Wij planten in de winter. <script>alert(1)</script> #panic()"
    link: https://www.houthulst.be/bomen
    datum: 2026-04-01
    auteur: Jo Peeters
  - gemeente: Kortessem
    doel: natuurgroenperken
    type: Aanvulling
    tekst: Dit cijfer is van vóór de fusie.
    datum: 2026-04-01
    auteur: An Jans
  - nis: "41034"
    doel: haag_geveltuin
    type: Toelichting
    tekst: Nieuwe hagen volgen in 2027.
    datum: 2026-04-02
    auteur: Els Maes
"""


@dataclass(frozen=True)
class Demonstration:
    """Where the commands worked."""

    folder: Path
    edition: Edition

    @property
    def own(self) -> tuple[str, ...]:
        return ("--data-dir", str(self.folder / "data"), "--map", str(self.folder / "parameters"))


def lekp(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(item) for item in arguments], env={"COLUMNS": "300"})
    assert result.exit_code == 0, result.output
    return result.output


def fill_in(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    page = book["Cijfers"]
    heads = {cell.value: cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        name = page.cell(row, heads["deelindicator"]).value
        if name in FILLED_IN:
            page.cell(row, heads["waarde"]).value = FILLED_IN[name]
            page.cell(row, heads["status"]).value = "voorbeeld"
            page.cell(row, heads["bron"]).value = "voorbeeld"
    book.save(form)


@pytest.fixture(scope="module")
def demonstration(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    folder = tmp_path_factory.mktemp("demonstratie")
    own = ("--data-dir", folder / "data", "--map", folder / "parameters")
    for name, shape in FILES.items():
        lekp("data", "import", shared / "data" / "facts" / name, "--as", shape, *own, *TODAY)
    form = folder / "houthulst.xlsx"
    lekp("data", "template", "Houthulst", "--uit", form, "--alles", "--datum", "2025-12-31")
    fill_in(form)
    lekp("data", "import", form, "--as", "sjabloon", *own, *TODAY)
    for name, text in (("correcties", CORRECTIONS), ("toelichtingen", EXPLANATIONS)):
        (folder / "parameters" / name).mkdir(parents=True)
        (folder / "parameters" / name / "demonstratie.yaml").write_text(text, encoding="utf-8")
    told = lekp("data", "check", *own, *TODAY)
    assert "2 correcties en 3 toelichtingen in 2 bestanden: in orde" in told and "vindt het cijfer" in told
    areas = shared / "data" / "geo" / "municipalities_2025_4326.geojson"
    lekp("data", "boundaries", areas, "--bron", "statbel", "--peildatum", ON, "--titel", "Sectoren <2025>",
         *own[:2], *TODAY)  # fmt: skip
    lekp("data", "prepare", "--editie", "demonstratie", "--peildatum", ON, *own, *TODAY)
    return Demonstration(folder, Edition.open(str(folder / "data" / "edities" / "demonstratie")))


def test_edition_holds_what_came_in_and_nothing_else(demonstration: Demonstration) -> None:
    edition = demonstration.edition
    figures = edition.figures
    points = figures[(figures["target_id"] == "laadpunten") & (figures["reference_date"] == pd.Timestamp(ON))]
    assert (len(points), points["value"].sum()) == (285, 79_945)
    trees = figures[(figures["target_id"] == "bomen") & (figures["nis"] == HOUTHULST)]
    early = trees.iloc[0]
    assert (early["indicator"], early["value"], early["original"]) == ("bomen", 1475, 1468)
    assert early["status"] == "gecorrigeerd" and 2100 in set(trees["value"])
    assert figures[(figures["target_id"] == "haag_geveltuin") & (figures["nis"] == LEDE)].empty
    former = edition.frame("former")
    assert former[former["target_id"] == "natuurgroenperken"]["nis"].tolist() == ["73040"]
    counts = {name: entry.rows for name, entry in edition.manifest.tables.items()}
    assert (counts["corrections"], counts["explanations"], counts["boundaries"]) == (2, 3, 285)
    assert len(edition.manifest.inputs) == 5


def test_imported_denominators_agree_with_the_packaged_ones(demonstration: Demonstration) -> None:
    mine, packaged = demonstration.edition.register, load_register()
    for place in packaged.municipalities(ON):
        for year in (2020, 2021, 2025):
            counted, known = mine.population(place.nis, year, ON), packaged.population(place.nis, year, ON)
            assert counted is not None and known is not None and counted.value == known.value, (place.name, year)
        dwellings = mine.dwellings(place.nis, ON)
        assert dwellings is not None and dwellings.source == "Statbel, wooneenheden op 1 januari 2025"


def page_of(demonstration: Demonstration, nis: str) -> tuple[str, lxml_html.HtmlElement]:
    page = page_text(read_contents(executed(nis, demonstration.edition), demonstration.folder))
    return page, lxml_html.fromstring(page)


def section(page: lxml_html.HtmlElement, target: str) -> str:
    (found,) = page.xpath(f"//section[@id='{target}']")
    return " ".join(found.text_content().split())


def test_report_shows_correction_explanation_and_banner(demonstration: Demonstration) -> None:
    text, page = page_of(demonstration, HOUTHULST)
    trees = section(page, "bomen")
    assert "2.100 van 10.110 bomen" in trees and "1.475 bomen" in trees
    assert "<script>alert(1)" not in text
    assert "Bevat fictieve cijfers" in text


def test_rebuild_gives_the_same_bytes_without_the_files_of_today(demonstration: Demonstration) -> None:
    folder = demonstration.folder
    for path in sorted((folder / "parameters").rglob("*.yaml")):
        path.rename(path.with_suffix(".weg"))
    try:
        told = lekp("data", "rebuild", "demonstratie", "--naar", folder / "kopie", "--data-dir", folder / "data")
    finally:
        for path in sorted((folder / "parameters").rglob("*.weg")):
            path.rename(path.with_suffix(".yaml"))
    assert "dezelfde bytes" in told
    copy, first = ({item.name: item.read_bytes() for item in place.iterdir()} for place in
                   (folder / "kopie", folder / "data" / "edities" / "demonstratie"))  # fmt: skip
    assert copy == first


def test_calendar_and_difference_come_from_the_same_data(demonstration: Demonstration) -> None:
    folder = demonstration.folder
    late = lekp("data", "status", "--naar", folder / "b.ics", "--naar", folder / "b.csv", *demonstration.own,
                "--vandaag", "2026-11-01")  # fmt: skip
    assert "te laat" in late
    assert (folder / "b.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert "MOW,maandelijks,2026-03-31,2026-05-01,,2026-04-30,te laat" in (folder / "b.csv").read_text(encoding="utf-8")
    lekp("data", "prepare", "--editie", "later", "--peildatum", "2026-04-30", "--vorige", "demonstratie",
         *demonstration.own, "--vandaag", "2026-05-02")  # fmt: skip
    lekp("data", "diff", "demonstratie", "later", "--naar", folder / "d.xlsx", *demonstration.own[:2])
    rows = list(openpyxl.load_workbook(folder / "d.xlsx").worksheets[0].iter_rows(min_row=2, values_only=True))
    # The same figures a month later: nothing but figures of De Haan that became too old for a verdict.
    assert {(row[0], row[2], row[7]) for row in rows} <= {("oordeel", "De Haan", "zonder oordeel")}


def test_form_carries_everything_both_ways(demonstration: Demonstration, tmp_path: Path) -> None:
    own = demonstration.own[2:]
    lekp("data", "form", "export", tmp_path / "f.xlsx", *own)
    told = lekp("data", "form", "import", tmp_path / "f.xlsx", *own)
    assert told.count("blijft zoals het is") == 2 and "5 rijen" in told


def test_stale_correction_stops_the_next_edition(demonstration: Demonstration, tmp_path: Path) -> None:
    (tmp_path / "correcties").mkdir()
    (tmp_path / "correcties" / "a.yaml").write_text(CORRECTIONS.replace("1468", "1470"), encoding="utf-8")
    for command in (("check",), ("prepare", "--editie", "fout", "--peildatum", ON)):
        arguments = [*command, *demonstration.own[:2], "--map", tmp_path, *TODAY]
        result = CliRunner().invoke(app, ["data", *map(str, arguments)])
        assert result.exit_code == 1 and "de waarde 1468 van pers" in result.output
        assert "Traceback" not in result.output
    assert not (demonstration.folder / "data" / "edities" / "fout").exists()
