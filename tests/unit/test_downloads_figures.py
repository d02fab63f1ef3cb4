"""Downloads of the figures: exactly the numbers of the report, absence in words, no formula, the same bytes."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lekp_lib import open_report
from lekp_lib.adapter import Verdict
from lekp_lib.edition import Edition, Observation, Status, freeze
from lekp_lib.errors import ReportError
from lekp_lib.pact.models import Kind
from lekp_lib.present.report_view import ReportView
from lekp_lib.present.words.citation_words import citation
from lekp_lib.report.downloads.about import attribution
from lekp_lib.report.downloads.other_municipalities import _shared_table, municipalities_table
from lekp_lib.report.downloads.own_figures import csv_table, shown_assessments
from lekp_lib.report.downloads.prepared_rows import prepare_rows
from lekp_lib.report.downloads.safe_text import safe_text
from lekp_lib.report.downloads.tidy_csv import csv_bytes
from lekp_lib.report.downloads.workbook import workbook_bytes
from lekp_lib.report.downloads.write import write_csv

SHEETS = ["Overzicht", "Reeksen", "Vergelijking", "Gemeenten", "Metadata"]
#: Usual, outside the pact, without any figure, merged, and places with published figures.
PLACES = [
    ("voorbeeld", "Gent"),
    ("voorbeeld", "Mesen"),
    ("voorbeeld", "Herstappe"),
    ("voorbeeld", "Hasselt"),
    ("gepubliceerd", "Mesen"),
    ("gepubliceerd", "Houthulst"),
    ("gepubliceerd", "Hasselt"),
]
EVIL = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "  =HYPERLINK(\"http://x\";\"y\")",
    "\uff1d1+1",
    'twee "aanhalingstekens", komma; puntkomma',
    "regel 1\n=regel 2",
    "<script>alert(1)</script> & ]]>",
    "bel \x07 en \x00",
]  # fmt: skip


@cache
def view_of(edition: str, place: str) -> ReportView:
    return open_report(gemeente=place, editie=edition)


@cache
def book_of(edition: str, place: str) -> bytes:
    return workbook_bytes(view_of(edition, place))


@cache
def sheets(edition: str, place: str) -> dict[str, list[dict[str, Any]]]:
    """Rows of every sheet by the heads of the columns, which must differ."""
    book = openpyxl.load_workbook(io.BytesIO(book_of(edition, place)), read_only=True)
    found = {}
    for sheet in book:
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        assert len(set(rows[0])) == len(rows[0]), sheet.title
        found[sheet.title] = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    return found


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> ReportView:
    """A report from an edition in which every text is an attack."""
    figures = [
        Observation(
            target_id="bomen",
            indicator="bomen",
            nis="44021",
            reference_date=dt.date(2021 + number // 4, 3 * (number % 4) + 1, 1),
            value=0.1 + number,
            status=Status.FINAL,
            source_id="gemeente",
            remark=text,
            url=text,
        )
        for number, text in enumerate(EVIL)
    ]
    folder = tmp_path_factory.mktemp("editie") / "kwaad"
    freeze(
        folder,
        edition_id="kwaad",
        title="=1+1 & &P <b>",
        reference_date=dt.date(2025, 12, 31),
        built=dt.date(2026, 1, 5),
        origin="@herkomst",
        tables={"figures": figures},
        fictitious=True,
        banner="-fictief & &D",
    )
    report = open_report(edition=Edition.open(str(folder)), gemeente="Gent", editie=str(folder))
    report.place = replace(report.place, name=EVIL[0])
    return report


@pytest.mark.parametrize(("edition", "place"), PLACES)
def test_overview_holds_exactly_the_assessed_numbers(edition: str, place: str) -> None:
    report = view_of(edition, place)
    rows = sheets(edition, place)["Overzicht"]
    shown = shown_assessments(report)
    assert [row["Nr"] for row in rows[:17]] == list(range(1, 18)) and len(rows) == len(shown)
    for row, item in zip(rows, shown, strict=True):
        assert row["Doel"] == item.target.name and row["Oordeel"] == item.verdict.value
        assert row["Deel van het doel"] == item.share_pct and row["Vereist deel"] == item.expected_pct
        assert row["Stand"] == (item.current.value if item.current else None)
        assert row["Doelniveau, onafgerond"] == (item.level.exact if item.level else None)
        assert row["Doelniveau"] == (item.level.shown if item.level else None)
        date = row["Peildatum"]
        assert (date.date() if date else None) == (item.current.date if item.current else None)


@pytest.mark.parametrize(("edition", "place"), PLACES)
def test_what_is_missing_is_an_empty_cell_with_words_and_never_a_zero(edition: str, place: str) -> None:
    report = view_of(edition, place)
    found = sheets(edition, place)
    for row, item in zip(found["Overzicht"], shown_assessments(report), strict=True):
        if item.current is None:
            assert row["Stand"] is None and row["Deel van het doel"] is None
            assert row["Status"] in ("geen gegevens", "onvolledig")
        if item.verdict is Verdict.NOT_APPLICABLE:
            assert (row["Oordeel"], row["Deel van het doel"]) == ("niet van toepassing", None)
    assert {row["Doel"] for row in found["Reeksen"]} == {row["Doel"] for row in found["Overzicht"]}
    for row in found["Reeksen"]:
        if row["Peildatum"] is None:
            assert row["Toestand"] in ("geen gegevens", "niet van toepassing") and row["Stand"] is None
        else:
            assert (row["Stand"] is None) == (row["Toestand"] == "alleen een aandeel")
    for row in found["Gemeenten"]:
        assert (row["Deel van het doel"] is None) == (row["Toestand"] != "cijfer")


@pytest.mark.parametrize(("edition", "place"), PLACES)
def test_series_and_csv_hold_every_figure_of_the_edition_unrounded(edition: str, place: str) -> None:
    report = view_of(edition, place)
    rows = [row for row in csv_rows(csv_bytes(csv_table(report))) if row["peildatum"]]
    observations = [
        one
        for item in shown_assessments(report)
        for one in report.edition.observations(item.target.id, report.place.nis)
    ]
    points = {point.observation: point for item in report.assessments for point in item.points}
    assert len(rows) == len(observations)
    series = [row for row in sheets(edition, place)["Reeksen"] if row["Peildatum"]]
    for row, cells, one in zip(rows, series, observations, strict=True):
        assert row["peildatum"] == one.reference_date.isoformat() and row["bron_id"] == one.source_id
        share = points[one].share_pct if one in points else None
        assert (float(row["deel_pct"]) if row["deel_pct"] else None) == share == cells["Deel van het doel"]
        if one.measure == "stand":
            assert float(row["stand"]) == one.value == cells["Stand"]
        else:
            assert row["stand"] == "" and cells["Stand"] is None
        assert row["fictief"] == ("true" if edition == "voorbeeld" else "false")
    newest = {row["doel_id"]: row for row in rows if row["nieuwste"] == "true"}
    for item in report.assessments:
        if item.current is not None and item.target.kind is not Kind.YES_NO:
            assert newest[item.target.id]["peildatum"] == item.current.date.isoformat()
            assert newest[item.target.id]["oordeel"] == item.verdict.value


@pytest.mark.parametrize(
    ("edition", "place"), [("voorbeeld", "Gent"), ("voorbeeld", "Mesen"), ("gepubliceerd", "Gent")]
)
def test_comparison_holds_what_strip_and_map_draw(edition: str, place: str) -> None:
    report = view_of(edition, place)
    found = sheets(edition, place)
    for item in shown_assessments(report):
        comparison = report.comparison(item.target.id)
        rows = {row["NIS-code"]: row for row in found["Gemeenten"] if row["Doel"] == item.target.name}
        assert len(rows) == 285
        assert {nis: row["Deel van het doel"] for nis, row in rows.items() if row["Toestand"] == "cijfer"} == (
            comparison.shares
        )
        outside = {nis for nis, row in rows.items() if row["Toestand"] == "niet van toepassing"}
        assert outside == set(comparison.not_signed)
        groups = {row["Groep"]: row for row in found["Vergelijking"] if row["Doel"] == item.target.name}
        assert set(groups) == {one.group.label for one in comparison.groups}
        for one in comparison.groups:
            row = groups[one.group.label]
            assert (row["Gemeenten"], row["Met cijfer"]) == (one.members, one.with_data)
            if item.target.kind is not Kind.YES_NO and len(comparison.shares) >= 10:
                assert (row["Mediaan"], row["Staan verder"]) == (one.median_pct, one.ahead)
            else:
                assert (row["Mediaan"], row["Staan verder"]) == (None, None) and row["Toestand"] != "volledig"


def test_banner_stands_on_every_sheet_and_every_printed_page() -> None:
    example = openpyxl.load_workbook(io.BytesIO(book_of("voorbeeld", "Gent")))
    assert example.sheetnames == SHEETS
    for sheet in example:
        assert sheet["A1"].value.startswith("Voorbeeldeditie: fictieve cijfers")
        assert "fictieve cijfers" in sheet.oddHeader.left.text and "Gent" in sheet.oddHeader.right.text
        assert "Voorbeeldeditie 2025" in sheet.oddFooter.left.text
        assert (sheet.freeze_panes, sheet.page_setup.orientation) == ("A3", "landscape")
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.auto_filter.ref and sheet.print_title_rows == "$1:$2"
    published = openpyxl.load_workbook(io.BytesIO(book_of("gepubliceerd", "Gent")))
    assert not any("fictie" in str(sheet["A1"].value).lower() for sheet in published)


def test_numbers_and_dates_are_real_with_a_format_that_follows_the_reader() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(book_of("voorbeeld", "Gent")))["Overzicht"]
    heads = {cell.value: cell.column for cell in sheet[2]}
    trees = next(row for row in sheet.iter_rows(min_row=3) if row[2].value == "Bomen")
    stand, share = trees[heads["Stand"] - 1], trees[heads["Deel van het doel"] - 1]
    assert (stand.data_type, stand.number_format) == ("n", "#,##0")
    assert (share.data_type, share.number_format) == ("n", '#,##0.0"\u00a0%"')
    assert trees[heads["Peildatum"] - 1].is_date


def test_every_column_is_explained_and_sources_have_a_licence() -> None:
    report, found = view_of("gepubliceerd", "Gent"), sheets("gepubliceerd", "Gent")
    lines = found["Metadata"]
    for name in SHEETS[:-1]:
        told = {row["Naam"] for row in lines if row["Onderdeel"] == f"Kolommen {name}"}
        assert told == set(found[name][0])
    values = {row["Naam"]: row["Waarde"] for row in lines}
    assert values["Bronvermelding"] == citation(report) and values["Nummer van het verslag"] == report.run_id
    assert values["noemerjaar"] == 2020 and values["Inwoners"] == 263_927 and values["drempel_licht"] == 0.7
    used = {row["Bron"] for row in found["Gemeenten"] if row["Bron"]}
    licences = {row["Naam"] for row in lines if row["Onderdeel"] == "Bronnen" and "Licentie: " in row["Waarde"]}
    assert used <= licences and "Statbel" in licences


def test_citation_names_edition_run_and_that_figures_are_invented() -> None:
    report = view_of("voorbeeld", "Gent")
    assert citation(report) == (
        f"lekp (2026). Klimaatpactverslag Gent, Voorbeeldeditie 2025 [fictieve cijfers]. Verslag {report.run_id}."
    )
    assert "[" not in citation(view_of("gepubliceerd", "Houthulst"))
    assert citation(report) in attribution(report) and attribution(report).startswith("Voorbeeldeditie: fictieve")


def test_rows_prepared_for_an_earlier_report_make_the_same_workbook_as_rows_of_its_own() -> None:
    shared = workbook_bytes(view_of("voorbeeld", "Gent"))
    _shared_table.cache_clear()
    prepare_rows.cache_clear()
    assert workbook_bytes(view_of("voorbeeld", "Gent")) == shared
    # A municipality that is assessed by another version than it signed has rows of its own, before and after.
    other = open_report(gemeente="Gent", editie="voorbeeld", pact="1.0")
    assert municipalities_table(other).rows != municipalities_table(view_of("voorbeeld", "Gent")).rows
    assert workbook_bytes(view_of("voorbeeld", "Gent")) == shared


def test_same_input_gives_the_same_bytes_and_no_clock_gets_in() -> None:
    content = book_of("voorbeeld", "Mesen")
    again = open_report(gemeente="33016", editie="voorbeeld")
    assert content == workbook_bytes(again)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 1)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2026-02-02T00:00:00Z"}
    assert "<dc:creator>lekp<" in core
    assert csv_bytes(csv_table(again)) == csv_bytes(csv_table(view_of("voorbeeld", "Mesen")))


def test_hostile_text_stays_text(evil: ReportView) -> None:
    content = workbook_bytes(evil)
    starts = tuple("=+-@\t\r\uff1d")
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f" and cell.hyperlink is None
            assert not isinstance(cell.value, str) or not cell.value.lstrip().startswith(starts), cell.value
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
        printed = " ".join(
            re.findall("<odd(?:Head|Foot)er>(.*?)</odd", archive.read("xl/worksheets/sheet1.xml").decode())
        )
        commands = re.findall("&amp;(.)", printed.replace("&amp;&amp;", ""))
        assert set(commands) <= set("LRBPN") and "fictief &amp;&amp; &amp;&amp;D" in printed
        assert not any("externalLink" in name or "hyperlink" in name.lower() for name in archive.namelist())
    raw = csv_bytes(csv_table(evil))
    rows = csv_rows(raw)
    assert len(rows) > len(EVIL)
    for row in rows:
        assert None not in row
        assert not any(value.lstrip().startswith(starts) for value in row.values())
    remarks = [row["opmerking"] for row in rows if row["opmerking"]]
    assert len(remarks) == len(EVIL) and "regel 1\n=regel 2" in remarks and "<script>alert(1)</script> & ]]>" in remarks
    assert "'" + EVIL[0] in remarks


def test_text_that_no_cell_can_hold_is_refused(evil: ReportView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evil, "place", replace(evil.place, name="x" * 40_000))
    with pytest.raises(ReportError, match="at most 32767"):
        workbook_bytes(evil)


@given(st.text())
def test_safe_text_never_starts_a_formula_and_loses_no_letter(text: str) -> None:
    safe = safe_text(text)
    assert not safe.lstrip().startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20")) and not safe.startswith(("\t", "\n"))
    assert [char for char in safe.removeprefix("'") if char.isalnum()] == [
        char for char in text.removeprefix("'") if char.isalnum()
    ]


def _descriptor_faults(package: dict[str, Any], folder: Path) -> list[str]:
    """Rules of the Data Package standard (version 2) that concern a package with tables."""
    faults = [f"package lacks {key}" for key in ("$schema", "name", "resources", "created") if not package.get(key)]
    if not re.fullmatch(r"[-a-z0-9._/]+", package["name"]):
        faults.append("name of the package")
    dt.datetime.fromisoformat(package["created"])
    faults += ["licence needs name or path" for one in package["licenses"] if not ({"name", "path"} & set(one))]
    faults += ["licence path" for one in package["licenses"] if "path" in one and not (folder / one["path"]).is_file()]
    faults += ["source needs a title" for one in package["sources"] if not one.get("title")]
    faults += [
        f"source path {one['path']}" for one in package["sources"] if not one.get("path", "https:").startswith("http")
    ]
    types = {"string", "integer", "number", "date", "boolean"}
    for resource in package["resources"]:
        path = folder / resource["path"]
        content = path.read_bytes()
        if resource["path"].startswith(("/", "..")) or resource["bytes"] != len(content):
            faults.append("path or bytes")
        if resource["hash"] != f"sha256:{hashlib.sha256(content).hexdigest()}":
            faults.append("hash")
        fields = resource["schema"]["fields"]
        head = content.decode(resource["encoding"]).split("\r\n", 1)[0].split(",")
        if [field["name"] for field in fields] != head or len(set(head)) != len(head):
            faults.append("fields differ from the head of the file")
        faults += [field["name"] for field in fields if field["type"] not in types or not field["description"]]
        if resource["schema"]["missingValues"] != [""]:
            faults.append("missingValues")
    return faults


_PARSE = {
    "integer": int,
    "number": float,
    "date": dt.date.fromisoformat,
    "boolean": {"true": True, "false": False}.__getitem__,
    "string": str,
}


@pytest.mark.parametrize("name", ["Gent", "Herstappe", "kwaad"])
def test_data_package_describes_the_csv_file(name: str, evil: ReportView, tmp_path: Path) -> None:
    report = evil if name == "kwaad" else view_of("voorbeeld", name)
    path = write_csv(report, tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert _descriptor_faults(package, tmp_path) == []
    assert package["created"].startswith(report.edition.manifest.built.isoformat())
    assert package["citation"] == citation(report) and package["title"].startswith(report.edition.manifest.banner)
    content = path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    for row in csv_rows(content):
        for field in package["resources"][0]["schema"]["fields"]:
            value = row[field["name"]]
            if value:
                _PARSE[field["type"]](value)
            else:
                assert not field.get("constraints", {}).get("required"), field["name"]
