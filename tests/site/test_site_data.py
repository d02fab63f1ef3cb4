"""Calendar, method and data of the site: what programs read is whole, exact and harmless; nothing is made up."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from lxml import html

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import assess
from lekp_lib.site.context import SiteContext
from tests.site_sample import HOSTILE, TODAY, later_site, made_once

_FORMULA = tuple("=+-@")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> tuple[Path, SiteContext]:
    """An edition after another one, with a text that bites, on a site with a contact."""
    folder = made_once(tmp_path_factory, worker_id, "later", later_site)
    edition = Edition.open(str(folder / "later"))
    return folder / "site", SiteContext(edition, TODAY, contact="klimaat@gemeente.be")


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def words(root: Path, path: str) -> str:
    page = html.parse(str(root / path), html.HTMLParser(encoding="utf-8")).getroot()
    return " ".join(page.get_element_by_id("inhoud").text_content().split())


def test_every_table_is_the_same_in_csv_parquet_and_workbook_and_harmless(site):
    folder = site[0] / "gegevens"
    names = {path.stem for path in folder.glob("*.csv")} - {"woordenboek"}
    assert names == {"oordelen", "cijfers", "cijfers-vroeger", "totalen", "gemeenten", "doelen", "bronnen"}
    book = openpyxl.load_workbook(folder / "editie.xlsx", read_only=True)
    assert len(book.sheetnames) == len(names) + 1 and book.sheetnames[0] == "Woordenboek"
    for name in names:
        rows, frame = rows_of(folder / f"{name}.csv"), pd.read_parquet(folder / f"{name}.parquet")
        assert list(frame.columns) == list(rows[0]) and len(frame) == len(rows)
        for column in frame.columns:
            for read, row in zip(frame[column].tolist(), rows, strict=True):
                written = row[column]
                assert not written.startswith(_FORMULA) or re.fullmatch(r"-?[\d.e+-]+", written)
                if written == "":
                    assert read is None or pd.isna(read)
                elif isinstance(read, bool):
                    assert written == str(read).lower()
                else:
                    assert float(written) == read if isinstance(read, float) else written == str(read)
    told = {row["opmerking"] for row in rows_of(folder / "cijfers.csv") if row["nis"] == "44021"}
    assert told == {f"'{HOSTILE}"}


def test_verdicts_in_the_data_are_those_of_the_assessments(site):
    root, context = site
    rows = {(row["nis"], row["doel_id"]): row for row in rows_of(root / "gegevens" / "oordelen.csv")}
    table = assess(context.edition, context.parameters)
    assert len(rows) == len(table)
    names = {
        "oordeel": "verdict",
        "deel_pct": "share_pct",
        "stand": "value",
        "vergelijkbaar": "rate",
        "reden": "reason",
    }
    for own in table.to_dict("records"):
        row = rows[own["nis"], own["target_id"]]
        for name, column in names.items():
            value = own[column]
            missing = pd.isna(value)
            if missing or isinstance(value, str):
                assert row[name] == ("" if missing else value)
            else:
                assert float(row[name]) == value
        assert rows_of_target(root, own["target_id"])[own["nis"]] == row


@cache
def rows_of_target(root: Path, target_id: str) -> dict[str, dict[str, str]]:
    slug = target_id.replace("_", "-")
    return {row["nis"]: row for row in rows_of(root / "doel" / slug / f"{slug}.csv")}


def test_dictionary_package_and_catalogue_record_describe_what_is_there(site):
    folder = site[0] / "gegevens"
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".html"}
    told = {(row["tabel"], row["kolom"]): row for row in rows_of(folder / "woordenboek.csv")}
    for name in {table for table, _ in told}:
        for column in rows_of(folder / f"{name}.csv")[0]:
            assert len(told[name, column]["uitleg"]) > 12 and told[name, column]["type"]
    package = json.loads(files["datapackage.json"])
    for entry in package["resources"]:
        content = files[entry["path"]]
        assert entry["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}" and entry["bytes"] == len(content)
        assert [field["name"] for field in entry["schema"]["fields"]] == list(rows_of(folder / entry["path"])[0])
    record = json.loads(files["dcat.jsonld"])
    assert record["@type"] == "dcat:Dataset" and record["dct:identifier"] == "klimaatpact-later"
    assert {key.partition(":")[0] for key in record if not key.startswith("@")} <= set(record["@context"])
    listed = {item["dcat:downloadURL"]["@id"]: item for item in record["dcat:distribution"]}
    assert set(listed) == set(files) - {"dcat.jsonld"}
    for name, item in listed.items():
        assert item["dcat:byteSize"]["@value"] == str(len(files[name]))
        assert item["spdx:checksum"]["spdx:checksumValue"] == hashlib.sha256(files[name]).hexdigest()
        assert item["dcat:mediaType"]["@id"].startswith("https://www.iana.org/")
    assert record["dct:temporal"]["dcat:endDate"]["@value"] == "2026-03-31"
    assert record["dcat:contactPoint"]["vcard:hasEmail"] == {"@id": "mailto:klimaat@gemeente.be"}
    # Nobody is made up: neither a publisher nor a licence for the whole.
    assert not {"dct:publisher", "dct:license"} & set(record)


def test_pages_name_types_of_columns_and_kinds_of_groups_in_words_of_readers_and_in_order(site):
    page = html.parse(str(site[0] / "gegevens" / "index.html"))
    types = page.xpath("//table[starts-with(normalize-space(caption), 'Kolommen van')]/tbody/tr/td[1]/text()")
    assert set(types) == {"tekst", "getal", "geheel getal", "ja of nee", "datum"}
    groups = html.parse(str(site[0] / "vergelijk" / "index.html")).xpath("//div[@class='compare-groups']/h3/text()")
    assert groups == ["Provincies", "Referentieregio's", "Grootteklassen"]


def test_texts_of_people_are_escaped_and_the_contact_stands_on_the_pages(site):
    root, _ = site
    for path in ("over/index.html", "toegankelijkheid/index.html", "gegevens/index.html"):
        assert 'href="mailto:klimaat@gemeente.be"' in (root / path).read_text(encoding="utf-8")
    for path in root.rglob("*.html"):
        assert "<script>alert" not in path.read_text(encoding="utf-8"), path
    assert "geen website van een overheid" in words(root, "toegankelijkheid/index.html")


def test_calendar_says_when_each_source_is_due_on_the_day_of_the_build(site):
    root, _ = site
    rows = {row["bron_id"]: row for row in rows_of(root / "kalender" / "bronnen.csv")}
    assert rows["mow"]["laatste_peildatum"] == "2026-03-31" and rows["mow"]["volgende_verwacht"] == "2026-04-30"
    assert rows["mow"]["te_laat"] == "false" and rows["mow"]["toestand_op"] == "2026-04-01"
    assert rows["terra"]["laatste_peildatum"] == "" == rows["terra"]["volgende_verwacht"]
    assert "voorbeeld" not in rows
    assert "maart 2026" in words(root, "kalender/index.html") and "31 maart 2026" not in words(
        root, "kalender/index.html"
    )
    lines = re.sub(r"\r\n ", "", (root / "kalender" / "bronnen.ics").read_bytes().decode()).split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") >= 1
    assert "DTSTART;VALUE=DATE:20260430" in lines and "DTSTAMP:20260401T000000Z" in lines


def test_method_page_holds_every_rule_and_says_what_changed(site):
    root, context = site
    told = words(root, "methode/index.html")
    catalog = context.edition.catalog
    assert all(title in told for name, (title, _) in catalog.method_texts.items() if name != "onafhankelijk")
    assert (
        "{" not in told
        and "Vergeleken met Gepubliceerde cijfers, stand op 31 maart 2026: 50 cijfers zijn anders" in told
    )
