"""``lekp report --cijfers``: a filled-in template on top of an edition, checked, marked everywhere, and not kept."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from lxml import html
from openpyxl import load_workbook

from lekp_lib.data.cells import ImportProblems
from lekp_lib.data.workbook import write_template
from lekp_lib.edition import Edition
from lekp_lib.edition.prepare import OWN_BANNER, with_own_figures
from lekp_lib.errors import ParameterError
from lekp_lib.pact import load_catalog
from lekp_lib.paths import find_notebook
from lekp_lib.present.municipality import open_report
from lekp_lib.present.results import opened_edition
from lekp_lib.report.make import DEFAULT_FORMATS
from tests.data.import_samples import csv_bytes, row
from tests.warm_process import run_lekp

EDITION = "gepubliceerd-eigen-cijfers"


def lekp(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return run_lekp("report", *map(str, words), cwd=folder)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with a file of figures of Gent, and the report that came of it."""
    folder = tmp_path_factory.mktemp("bureau")
    figures = (row(waarde="12000"), row(doel="verledding", deelindicator="", waarde="64", eenheid=""))
    (folder / "gent.csv").write_bytes(csv_bytes(*figures))
    done = lekp(folder, "Gent", "--cijfers", "gent.csv")
    assert done.returncode == 0, done.stderr
    for words in (OWN_BANNER, "2 cijfers uit gent.csv; er is niets bewaard", "liggen onder de eigen cijfers"):
        assert words in done.stdout
    return folder


@pytest.fixture(scope="module")
def report(desk: Path) -> Path:
    return desk / "outputs" / EDITION / "44021-gent"


def manifest(folder: Path) -> dict[str, str]:
    content: dict[str, str] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return content


def test_nothing_is_kept_but_the_report_in_a_folder_of_its_own(desk: Path, report: Path) -> None:
    assert sorted(path.name for path in desk.iterdir()) == ["gent.csv", "outputs"]
    assert [path.name for path in (desk / "outputs").iterdir()] == [EDITION]
    content = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    assert content["formats"] == list(DEFAULT_FORMATS) and content["edition"]["base"]["id"] == "gepubliceerd"


def test_own_figures_go_before_those_of_the_edition_and_are_judged(report: Path) -> None:
    page = html.document_fromstring((report / "rapport.html").read_bytes())
    trees = " ".join(page.get_element_by_id("bomen").text_content().split())
    assert "12.000 van 263.927 bomen" in trees.replace("\u00a0", " ") and "Bron: Gemeente" in trees.replace(
        "\u00a0", " "
    )
    frame = pd.read_csv(report / "cijfers.csv").set_index(["doel_id", "bron_id"])
    assert frame.loc[("verledding", "gemeente"), "oordeel"] == "op koers"


def test_every_format_says_what_it_is_on_every_page(report: Path) -> None:
    pages = [(report / f"{name}.html").read_text(encoding="utf-8") for name in ("rapport", "besluit", "presentatie")]
    assert all(OWN_BANNER in page for page in pages)
    heads = html.document_fromstring(pages[2]).xpath("//header[@class='slide-head']")
    assert len(heads) > 2 and all(OWN_BANNER in head.text_content() for head in heads)
    for name in ("besluit.txt", "checklist.txt", "bronvermelding.txt"):
        assert (report / name).read_text(encoding="utf-8").lstrip("\ufeff").startswith(OWN_BANNER)
    assert all(sheet["A1"].value.startswith(OWN_BANNER) for sheet in load_workbook(report / "cijfers.xlsx"))
    assert set(pd.read_csv(report / "cijfers.csv")["editie"]) == {EDITION}
    assert OWN_BANNER in (report / "datapackage.json").read_text(encoding="utf-8")
    with zipfile.ZipFile(report / "besluit.docx") as book:
        headers = [book.read(name).decode() for name in book.namelist() if "header" in name]
    assert any(OWN_BANNER in header for header in headers)
    assert "(eigen cijfers, niet bevroren)" in pages[0]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not on this machine")
def test_every_page_of_paper_says_what_it_is(report: Path) -> None:
    for name in ("rapport.pdf", "kort.pdf"):
        command = ["pdftotext", "-layout", str(report / name), "-"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert all(OWN_BANNER in page for page in text.split("\f")[:-1])


def test_the_same_file_gives_the_same_report_in_either_engine_and_another_file_another(
    desk: Path, report: Path, tmp_path: Path
) -> None:
    words = ("Gent", "--formats", "csv", "--cijfers")
    assert lekp(desk, *words, "gent.csv", "--engine", "kernel", "--output-dir", tmp_path / "a").returncode == 0
    (tmp_path / "gent.csv").write_bytes(csv_bytes(row(waarde="13000")))
    assert lekp(desk, *words, tmp_path / "gent.csv", "--output-dir", tmp_path / "b").returncode == 0
    same, other = (tmp_path / name / EDITION / "44021-gent" for name in "ab")
    assert (same / "cijfers.csv").read_bytes() == (report / "cijfers.csv").read_bytes()
    assert manifest(same)["run"] == manifest(report)["run"] != manifest(other)["run"]
    assert manifest(same)["fingerprint"] == manifest(report)["fingerprint"] != manifest(other)["fingerprint"]


def test_the_parameter_of_the_notebook_does_the_same_from_its_own_folder(
    desk: Path, report: Path, tmp_path: Path
) -> None:
    notebook = nbformat.read(find_notebook(), as_version=4)
    cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    cell.source = cell.source.replace('cijfers = ""', 'cijfers = "mijn/gent.csv"')
    (tmp_path / "mijn").mkdir()
    shutil.copy(desk / "gent.csv", tmp_path / "mijn")
    nbformat.write(notebook, tmp_path / "eigen.ipynb")
    words = ("--notebook", tmp_path / "eigen.ipynb", "--formats", "csv", "--output-dir", tmp_path / "uit")
    done = lekp(desk, "Gent", *words)
    assert done.returncode == 0, done.stderr
    made = tmp_path / "uit" / EDITION / "44021-gent" / "cijfers.csv"
    assert made.read_bytes() == (report / "cijfers.csv").read_bytes()


def test_a_notebook_in_jupyterlab_opens_it_and_sees_a_changed_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for trees in (12_000, 13_000):
        Path("gent.csv").write_bytes(csv_bytes(row(waarde=str(trees))))
        seen = open_report(gemeente="Gent", cijfers="gent.csv")
        assert seen.cijfers.loc["bomen", "value"] == trees and seen.facts["banner"] == OWN_BANNER
        assert seen.resolved_parameters().cijfers == "gent.csv"
    assert open_report(gemeente="Gent").facts["banner"] == ""
    with pytest.raises(ParameterError, match=r"gent\.csv: geen cijfer van Brugge"):
        open_report(gemeente="Brugge", cijfers="gent.csv")
    Path("ander.csv").write_text("naam;getal\nGent;3\n", encoding="utf-8")
    told = {"weg.csv": "gevonden geen bestand", ".": "gevonden een map", "ander.csv": "Neem een nieuw sjabloon"}
    for name, words in told.items():
        with pytest.raises(ImportProblems, match=words):
            open_report(gemeente="Gent", cijfers=name)


def test_all_mistakes_come_at_once_and_no_report(desk: Path, tmp_path: Path) -> None:
    empty = {"deelindicator": "", "eenheid": ""}
    wrong = (
        row(waarde="-3"), row(datum="2099"), row(doel="verledding", waarde="640", **empty), row(doel="boem"),
        row(doel="ontharding", waarde="99999999", **empty),
    )  # fmt: skip
    (tmp_path / "fout.csv").write_bytes(csv_bytes(*wrong))
    done = lekp(desk, "Gent", "--cijfers", tmp_path / "fout.csv", "--output-dir", tmp_path / "uit")
    assert done.returncode == 1 and "Traceback" not in done.stderr and not (tmp_path / "uit").exists()
    told = (
        "gevonden -3; verwacht nul of meer", "de datum ligt in de toekomst", "verwacht hoogstens 100 %", "'boem'",
        "regel 5, kolom doel", "bevestig het dan: lekp data import met --bevestig",
    )  # fmt: skip
    for words in told:
        assert words in done.stderr


def test_a_newer_figure_makes_its_day_the_reference_date_and_the_wide_form_is_read(tmp_path: Path) -> None:
    path = tmp_path / "breed.csv"
    path.write_text("nis;gemeente;datum;bomen\n44021;Gent;2026-09-30;14000\n", encoding="utf-8")
    base = Edition.open("gepubliceerd")
    edition = with_own_figures(base.folder, path)
    assert str(edition.reference_date) == "2026-09-30" and edition.own_places == {"44021"}
    assert edition.manifest.banner == OWN_BANNER and not edition.folder.exists()
    invented = with_own_figures(Edition.open("voorbeeld").folder, path)
    assert invented.fictitious and invented.manifest.banner == f"Bevat fictieve cijfers. {OWN_BANNER}"


def test_a_template_of_an_older_edition_is_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "oud.xlsx"
    rows = pd.DataFrame([{"nis": "44021", "gemeente": "Gent", "doel": "Bomen", "waarde": "12000"}])
    older = "editie 2024, stand op 2024-12-31, bevroren op 2025-02-01"
    write_template(path, load_catalog(), (), rows, date="2025-12-31", made_from=older)
    edition = opened_edition("gepubliceerd", str(path))
    told = f"een sjabloon, gemaakt uit {older}; dit verslag bouwt op {opened_edition('gepubliceerd').label}, dus"
    assert any(note.startswith(told) for note in edition.notes)


def test_a_batch_refuses_a_notebook_with_the_figures_of_one_municipality(tmp_path: Path) -> None:
    notebook = nbformat.read(find_notebook(), as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace('cijfers = ""', 'cijfers = "gent.csv"')
    nbformat.write(notebook, tmp_path / "eigen.ipynb")
    options = ("--gemeenten", "Gent,Mesen", "--notebook", "eigen.ipynb", "--output-dir", "uit")
    done = run_lekp("batch", "--editie", "gepubliceerd", *options, cwd=tmp_path)
    assert done.returncode == 2 and "maak dat verslag met lekp report" in done.stderr
    assert not (tmp_path / "uit").exists()
