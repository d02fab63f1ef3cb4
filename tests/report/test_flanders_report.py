"""The report on Flanders: the same road as a municipality's, and it says what the figures say."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from pathlib import Path

import nbformat
import page as validator
import pikepdf
import pytest
from lekp_lib.present.flanders_view import OWN_ONLY
from lekp_lib.report.execute import parameter_names
from lekp_lib.report.flanders import check_flanders
from lxml import html as lxml_html
from typer.testing import CliRunner

from lekp_lib import open_flanders
from lekp_lib.cli import app
from lekp_lib.edition import Edition
from lekp_lib.errors import ParameterError, ReportProblems
from lekp_lib.pact import load_catalog
from lekp_lib.parameters import LOOK, ReportParameters
from lekp_lib.site import flanders_page
from lekp_lib.site.page import Page, SiteFile
from lekp_lib.site.world import ReportFiles, SiteWorld

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "vlaanderen.ipynb"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished report of the published figures, where nearly everything is missing."""
    root = tmp_path_factory.mktemp("outputs")
    result = CliRunner().invoke(app, ["flanders", "--editie", "gepubliceerd", "--output-dir", str(root)])
    assert result.exit_code == 0, result.output
    assert [path.name for path in root.iterdir()] == ["gepubliceerd"], "no scratch folder is left"
    return root / "gepubliceerd" / "vlaanderen"


def test_report_is_whole_and_says_what_it_is(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["subject"] == "vlaanderen" and "municipality" not in manifest
    assert set(manifest["files"]) == {"rapport.html", "rapport.pdf", "vlaanderen.csv"}
    page = lxml_html.fromstring((folder / "rapport.html").read_text(encoding="utf-8"))
    assert [item.text_content() for item in page.iter("h1")] == [
        "Vlaanderen: over 1 van de 17 klimaatdoelen zijn er genoeg cijfers"
    ]
    stacks = page.findall('.//*[@data-members="285"]//ul')
    assert len(stacks) >= 34
    for row in page.iterfind('.//ul[@class="stack-counts"]'):
        assert sum(int(item.get("data-count", "0")) for item in row.iter("li")) == 285
    for profile in ("ua1", "2a"):
        told = validator.validate_pdf_bytes((folder / "rapport.pdf").read_bytes(), profile=profile)
        assert told.is_compliant, str(told)
    with pikepdf.open(folder / "rapport.pdf") as pdf:
        assert "Vlaanderen" in str(pdf.docinfo["/Title"]) and len(pdf.pages) > 20


def test_hex_map_legend_adds_up_and_an_absent_total_is_no_zero(folder: Path) -> None:
    text = (folder / "rapport.html").read_text(encoding="utf-8")
    page = lxml_html.fromstring(text)
    maps = page.findall('.//figure[@data-block="hexmap"]')
    assert len(maps) == 1, "only Laadpunten has enough figures for a map"
    numbers = [item.text for item in maps[0].iter("text") if item.text and re.fullmatch(r"\d+", item.text)]
    assert [int(item) for item in numbers][-1] == 285 == sum(int(item) for item in numbers[:-1])
    table = next(item for item in page.iter("table") if "tegenover hun doelen samen" in item.text_content())
    cells = {row[0].text_content(): row[1].text_content() for row in table.iter("tr") if len(row) > 2}
    assert cells["Hemelwateropvang"] == "geen bruikbare cijfers"
    assert "Gepubliceerd Vlaams cijfer: 57.000\xa0CPE, 31 december 2024" in text


def test_csv_keeps_missing_totals_empty(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((folder / "vlaanderen.csv").read_text(encoding="utf-8"))))
    flanders = [row for row in rows if row["gebied"] == "Vlaanderen"]
    assert len(flanders) == 21, "20 targets, and one of them in two units"
    rain = next(row for row in flanders if row["doel_id"] == "hemelwateropvang")
    assert (rain["som"], rain["doel_som"], rain["bruikbaar"], rain["gemeenten"]) == ("", "", "0", "285")
    points = next(row for row in flanders if row["reeks"] == "laadpunten")
    assert (points["som"], points["bruikbaar"], points["doel_geldt"]) == ("11525.0", "76", "76")
    assert {row["gebied_soort"] for row in rows} == {"vlaanderen", "provincie", "referentieregio"}


def test_page_that_says_something_else_is_refused(folder: Path, tmp_path: Path) -> None:
    page = (folder / "rapport.html").read_text(encoding="utf-8")
    changed = tmp_path / "rapport.html"
    changed.write_text(page.replace("11.525 van", "12.525 van"), encoding="utf-8")
    view = open_flanders(editie="gepubliceerd")
    check_flanders(view, {"html": folder / "rapport.html"})
    with pytest.raises(ReportProblems, match="laadpunten"):
        check_flanders(view, {"html": changed})


def test_notebook_is_thin_and_follows_the_catalogue() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert parameter_names(notebook) == set(ReportParameters.model_fields) - {*OWN_ONLY, *LOOK}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    shown = [cell.source.split('"')[1] for cell in code if cell.source.startswith("vlaanderen.target(")]
    assert shown == [target.id for target in load_catalog().pact_targets]
    assert all(len(cell.source.splitlines()) == 1 for cell in code[2:])


def test_a_municipality_is_refused() -> None:
    with pytest.raises(ParameterError, match="gemeente"):
        open_flanders(gemeente="Gent", editie="voorbeeld")


def test_site_shows_the_report_with_its_pdf(folder: Path) -> None:
    """Beside any report of a municipality stands that of Flanders; another edition's is not shown."""
    beside = {"44021": ReportFiles("44021", "Gent", folder.parent / "44021-gent", {}, "")}
    world = SiteWorld(Edition.open("gepubliceerd"), dt.date(2026, 4, 1), beside)
    assert flanders_page.finished_report(world) == folder
    shown, *files = flanders_page.pages(world)
    assert isinstance(shown, Page) and shown.body.count("<h1") == 1
    assert shown.body.count('data-block="flanders-target"') == 17
    paths = {file.path: file.content for file in files if isinstance(file, SiteFile)}
    pdf = paths["vlaanderen/klimaatpact-vlaanderen-gepubliceerd.pdf"]
    assert pdf == (folder / "rapport.pdf").read_bytes()
    assert 'href="klimaatpact-vlaanderen-gepubliceerd.pdf"' in shown.body
    other = SiteWorld(Edition.open("voorbeeld"), dt.date(2026, 4, 1), beside)
    assert flanders_page.finished_report(other) is None
