"""Calendar, method and data of the site: what programs read is whole, exact and harmless; nothing is made up."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from lxml import html

from lekp_lib.edition import Edition, Observation, Status, freeze
from lekp_lib.edition.manifest import MANIFEST_NAME, Predecessor, sha256_of
from lekp_lib.edition.side_tables import AppliedCorrection
from lekp_lib.errors import ParameterError
from lekp_lib.site import calendar_page, data_page, method_page, statements
from lekp_lib.site.contact import read_contact
from lekp_lib.site.data_files import DataFile, data_files
from lekp_lib.site.world import SiteWorld

HOUTHULST, LOKEREN = "32006", "46029"
TODAY = dt.date(2026, 5, 4)
HOSTILE = '=HYPERLINK("https://kwaad.be";"klik")<script>alert(1)</script>'
_FORMULA = tuple("=+-@")


def _figure(value: float, nis: str = HOUTHULST, date: dt.date = dt.date(2025, 12, 31), **more: object) -> Observation:
    given: dict[str, object] = {
        "target_id": "bomen", "indicator": "bomen", "nis": nis, "reference_date": date, "value": value,
        "status": Status.FINAL, "source_id": "groenblauwpeil", "retrieved": dt.date(2026, 1, 15), "remark": HOSTILE,
    }  # fmt: skip
    return Observation(**(given | more))  # type: ignore[arg-type]


def _edition(folder: Path, *figures: Observation, before: Path | None = None, **sides: object) -> Edition:
    named = Predecessor(id=before.name, sha256=sha256_of(before / MANIFEST_NAME)) if before else None
    freeze(
        folder, edition_id=folder.name, title=f"Editie {folder.name}", reference_date=dt.date(2026, 3, 31),
        built=dt.date(2026, 4, 2), origin="Een proef.", tables={"figures": figures}, sides=sides,
        predecessor=named,
    )  # fmt: skip
    return Edition.open(str(folder))


CORRECTION = AppliedCorrection(
    target_id="bomen", indicator="bomen", nis=HOUTHULST, reference_date=dt.date(2025, 12, 31), before=1200.0,
    after=1468.5, measure="stand", place="Houthulst", reason=HOSTILE, author="Jo", date=dt.date(2026, 1, 4),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> SiteWorld:
    """A small edition after another one: a corrected figure, an equal one, a new one, and texts that bite."""
    folder = tmp_path_factory.mktemp("edities")
    _edition(folder / "a", _figure(1200.0), _figure(9.0, LOKEREN))
    figures = [
        _figure(1468.5, status=Status.CORRECTED, original=1200.0, correction_note=HOSTILE),
        _figure(9.0, LOKEREN),
        _figure(300.0, target_id="laadpunten", indicator="laadpunten", source_id="mow", date=dt.date(2026, 2, 28),
                date_precision="maand"),
    ]  # fmt: skip
    return SiteWorld(_edition(folder / "b", *figures, before=folder / "a", corrections=[CORRECTION]), TODAY, {})


@pytest.fixture(scope="module")
def files(world: SiteWorld) -> dict[str, DataFile]:
    return {item.name: item for item in data_files(world)}


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def _text(world: SiteWorld, kind: object) -> str:
    page = next(iter(kind.pages(world)))  # type: ignore[attr-defined]
    return " ".join(html.fromstring(f"<main>{page.body}</main>").text_content().split())


def test_calendar_says_when_each_source_is_due_on_the_day_of_the_build(world: SiteWorld) -> None:
    made = {item.path: item.content for item in calendar_page.files(world)}
    rows = {row["bron_id"]: row for row in _rows(made[calendar_page.CSV_PATH])}
    assert rows["mow"]["laatste_peildatum"] == "2026-02-28" and rows["mow"]["volgende_verwacht"] == "2026-03-31"
    assert rows["mow"]["te_laat"] == "true" and rows["mow"]["toestand_op"] == "2026-05-04"
    assert rows["groenblauwpeil"]["volgende_verwacht"] == "2026-01-07"
    assert rows["fluvius"]["laatste_peildatum"] == "" == rows["fluvius"]["volgende_verwacht"]
    assert "voorbeeld" not in rows
    text = _text(world, calendar_page)
    assert "zijn 2 bronnen te laat" in text and "februari 2026" in text and "28 februari 2026" not in text

    lines = re.sub(r"\r\n ", "", made[calendar_page.ICS_PATH].decode()).split("\r\n")
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
    assert {line for line in lines if line.startswith("DTSTART")} == {
        "DTSTART;VALUE=DATE:20260331", "DTSTART;VALUE=DATE:20260107",
    }  # fmt: skip
    assert "DTSTAMP:20260504T000000Z" in lines
    assert any("Laatste peildatum: februari 2026." in line for line in lines)


def test_an_edition_without_expected_days_has_no_diary_and_says_so() -> None:
    invented = SiteWorld(Edition.open("voorbeeld"), TODAY, {})
    assert [item.path for item in calendar_page.files(invented)] == [calendar_page.CSV_PATH]
    assert "Daarom is er geen agenda." in _text(invented, calendar_page)
    rows = _rows(next(calendar_page.files(invented)).content)
    assert {row["fictief"] for row in rows} == {"true"}


def test_every_table_is_the_same_in_csv_parquet_and_workbook_and_harmless(
    world: SiteWorld, files: dict[str, DataFile]
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["editie.xlsx"].content))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    names = [name.removesuffix(".csv") for name in files if name.endswith(".csv") and name != "woordenboek.csv"]
    assert {"oordelen", "cijfers", "gemeenten", "doelen", "bronnen", "correcties"} == set(names)
    for name in names:
        rows = _rows(files[f"{name}.csv"].content)
        frame = pd.read_parquet(io.BytesIO(files[f"{name}.parquet"].content))
        assert list(frame.columns) == list(rows[0]) and len(frame) == len(rows)
        for column in frame.columns:
            for read, row in zip(frame[column].tolist(), rows, strict=True):
                written = row[column]
                assert not written.startswith(_FORMULA) or re.fullmatch(r"-?[\d.e+-]+", written)
                if written == "":
                    assert read is None or pd.isna(read)
                elif isinstance(read, bool):
                    assert written == str(read).lower()
                elif isinstance(read, float):
                    assert float(written) == read
                else:
                    assert written == str(read)
    sheet = book["Cijfers"]
    heads = [cell.value for cell in sheet[2]]
    values = [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=3)]
    assert sorted(row["Waarde"] for row in values) == [9.0, 300.0, 1468.5]
    assert {row["Opmerking"] for row in values} == {f"'{HOSTILE}"}


def test_verdicts_in_the_data_are_those_of_the_assessments(world: SiteWorld, files: dict[str, DataFile]) -> None:
    rows = _rows(files["oordelen.csv"].content)
    found = {(row["nis"], row["doel_id"]): row for row in rows}
    assert len(found) == len(rows) == len(world.municipalities) * len(world.catalog.targets)
    for place in world.municipalities:
        for item in world.of(place.nis):
            row = found[place.nis, item.target.id]
            assert row["oordeel"] == item.verdict.value
            assert row["deel_pct"] == ("" if item.share_pct is None else repr(item.share_pct))
            current = item.current.value if item.current else None
            assert row["stand"] == ("" if current is None else repr(current))
    assert found[HOUTHULST, "bomen"]["stand"] == "1468.5"


def test_dictionary_package_and_catalogue_record_describe_what_is_there(
    world: SiteWorld, files: dict[str, DataFile]
) -> None:
    told = {(row["tabel"], row["kolom"]): row for row in _rows(files["woordenboek.csv"].content)}
    for name in ("oordelen", "cijfers", "gemeenten", "doelen", "bronnen", "correcties"):
        for column in _rows(files[f"{name}.csv"].content)[0]:
            assert len(told[name, column]["uitleg"]) > 12 and told[name, column]["type"]
    package = json.loads(files["datapackage.json"].content)
    for entry in package["resources"]:
        content = files[entry["path"]].content
        assert entry["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}" and entry["bytes"] == len(content)
        assert [field["name"] for field in entry["schema"]["fields"]] == list(_rows(content)[0])

    record = json.loads(files["dcat.jsonld"].content)
    assert record["@type"] == "dcat:Dataset" and record["dct:identifier"] == "klimaatpact-b"
    prefixes = {key.partition(":")[0] for key in record if not key.startswith("@")}
    assert prefixes <= set(record["@context"])
    listed = {item["dcat:downloadURL"]["@id"]: item for item in record["dcat:distribution"]}
    assert set(listed) == set(files) - {"dcat.jsonld"}
    for name, item in listed.items():
        assert item["dcat:byteSize"]["@value"] == str(len(files[name].content))
        assert item["spdx:checksum"]["spdx:checksumValue"] == hashlib.sha256(files[name].content).hexdigest()
        assert item["dcat:mediaType"]["@id"].startswith("https://www.iana.org/")
    assert record["dct:temporal"]["dcat:endDate"]["@value"] == "2026-02-28"
    # Nobody is made up: neither a publisher nor a contact nor a licence for the whole.
    assert not {"dct:publisher", "dcat:contactPoint", "dct:license"} & set(record)
    assert "Groenblauwpeil: " in record["dct:rights"]["rdfs:label"]["@value"]


def test_data_page_logs_corrections_and_escapes_what_people_typed(world: SiteWorld) -> None:
    body = next(data_page.pages(world)).body
    assert "<script>" not in body
    text = _text(world, data_page)
    assert "door de gemeente gecorrigeerd: was 1.200, nu 1.468,5." in text and HOSTILE in text
    assert "De uitgever gaf hier geen contactadres op." in text


def test_contact_is_what_the_publisher_gave_and_nothing_else(world: SiteWorld) -> None:
    given = SiteWorld(world.edition, TODAY, {}, (), read_contact(" klimaat@gemeente.be "))
    about, access = statements.pages(given)
    assert all('href="mailto:klimaat@gemeente.be"' in page.body for page in (about, access))
    record = json.loads(next(item for item in data_files(given) if item.name == "dcat.jsonld").content)
    assert record["dcat:contactPoint"]["vcard:hasEmail"] == {"@id": "mailto:klimaat@gemeente.be"}
    assert "geen website van een overheid" in access.body and "geen contactadres" in next(statements.pages(world)).body
    with pytest.raises(ParameterError, match="--contact: found 'javascript:alert"):
        read_contact("javascript:alert(1)")


def test_method_page_tells_what_changed_between_editions(world: SiteWorld) -> None:
    text = _text(world, method_page)
    assert "Vergeleken met de vorige editie: Editie a, peildatum 31 maart 2026." in text
    assert "In totaal: 1 cijfer is herzien en 1 nieuw." in text
    assert all(world.catalog.method_title(concept) in text for concept in world.catalog.methods)
    assert "0,7 keer het vereiste aandeel" in text and "{" not in text
    assert "Er zijn tot nu toe geen fouten in gepubliceerde cijfers bekend." in text
    rows = _rows(next(item.content for item in method_page.files(world) if item.path == method_page.FIGURES_PATH))
    assert [(row["wat"], row["vroeger"]) for row in rows] == [("herzien", "1.200\u00a0bomen"), ("nieuw", "geen cijfer")]
    shutil.rmtree(world.edition.folder.parent / "a")
    alone = SiteWorld(Edition.open(str(world.edition.folder)), TODAY, {})
    assert "De vorige editie, a, is niet gevonden." in _text(alone, method_page)
    assert "noemt geen vorige editie" in _text(SiteWorld(Edition.open("gepubliceerd"), TODAY, {}), method_page)
