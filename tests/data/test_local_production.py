"""Local production: shown beside its target with date, unit and source, never counted, hostile names harmless."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import openpyxl
import pytest
from lxml import html as lxml_html

from lekp_lib import open_report
from lekp_lib.data.importing import ImportContext, apply_import, plan_import
from lekp_lib.data.schema import find_shape
from lekp_lib.edition import Edition
from lekp_lib.edition.prepare import Asked, prepare
from lekp_lib.pact import load_catalog
from lekp_lib.present.local_production import TARGET, local_production
from lekp_lib.register import load_register
from lekp_lib.report.downloads.context_rows import STATE
from lekp_lib.report.downloads.write import write_csv, write_workbook

TODAY = dt.date(2026, 2, 1)
HOSTILE = "=CMD|' /C'!A0 <SCRIPT>ALERT(1)</SCRIPT> #PANIC()"
HEAD = "netbeheerder;gemeente;technologie;aantal;vermogen\n"
ROWS = f"W;HOUTHULST;ZONNE-ENERGIE;2006;14136.7\nW;HOUTHULST;{HOSTILE};1;15.5\nW;HOUTHULST;NOODGROEP TYPE2;;\n"
FIGURE = "nis,doel,datum,waarde,eenheid\n32006,bomen,2025-12-31,2100,bomen\n"


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    folder = tmp_path_factory.mktemp("productie")
    world = ImportContext(load_catalog(), load_register(), folder / "data")
    files = [
        ("fluvius_lokale_productie", "2025-06-30", HEAD + ROWS.replace("2006", "1900")),
        # Given again with another number, an older one, and one of after the reference date.
        ("fluvius_lokale_productie", "2025-12-12", HEAD + ROWS.replace("2006", "1999")),
        ("fluvius_lokale_productie", "2025-12-12", HEAD + ROWS),
        ("fluvius_lokale_productie", "2026-01-31", HEAD + ROWS.replace("2006", "2100")),
        ("sjabloon", "", FIGURE),
    ]
    for number, (shape, day, text) in enumerate(files):
        path = folder / f"{number}.csv"
        path.write_text(text, encoding="utf-8")
        plan = plan_import(path, shape, world, today=TODAY, options={"datum": day} if day else {})
        apply_import(plan, world, today=TODAY)
    made = prepare(
        folder / "data", Asked("p", dt.date(2025, 12, 31), TODAY), said_dir=folder / "parameters",
        catalog=world.catalog, register=world.register, find_shape=find_shape,
    )  # fmt: skip
    return Edition.open(str(made.folder))


@pytest.fixture(scope="module")
def view(edition):
    return open_report(gemeente="Houthulst", edition=edition)


def test_newest_state_at_the_reference_date_and_a_later_import_replaces(edition):
    found = local_production(edition, "32006")
    assert found.date == dt.date(2025, 12, 12) and found.retrieved == TODAY
    assert [(item.name, item.installations, item.power_kva) for item in found.technologies] == [
        ("ZONNE-ENERGIE", 2006, 14136.7),
        (HOSTILE, 1, 15.5),
        ("NOODGROEP TYPE2", None, None),
    ]
    assert local_production(edition, "44021") is None


def test_section_shows_it_and_no_target_counts_it(view):
    section = view.target(TARGET)
    words = " ".join(lxml_html.fromstring(section.html()).text_content().split())
    assert "zonne-energie (2.006 installaties, 14.137 kVA)" in words.replace("\u00a0", " ")
    assert "(1 installatie, 15,5 kVA) en noodgroep type2 (geen gegevens)" in words.replace("\u00a0", " ")
    assert "Deze cijfers tellen niet mee voor het doel" in words
    assert (
        "Bron: Fluvius. Stand op 12 december 2025, opgehaald op 1 februari 2026. Open data licentie Fluvius." in words
    )
    assert "<script" not in section.html() and "&lt;script&gt;alert(1)" in section.html()
    # On paper it stands in the annex, and in the section of a report without annex.
    assert "#lekp-without-annex" in section.typst() and "2.006 installaties" in section.typst()
    assert "Context, telt niet mee" in view.counting().typst() and "2.006 installaties" in view.counting().typst()
    assert view.assessment(TARGET).current is None and "local-production" not in view.target("bomen").html()
    assert "local-production" not in view.target(TARGET, zonder=["context"]).html()


def test_downloads_have_it_apart(view, tmp_path):
    book = openpyxl.load_workbook(write_workbook(view, tmp_path))
    rows = list(book["Context"].iter_rows(min_row=3, values_only=True))
    assert len(rows) == 6 and {row[6] for row in rows} == {STATE}
    assert ("lokale productie, zonne-energie: vermogen", 14136.7, "kVA") in [(row[1], row[4], row[5]) for row in rows]
    assert {cell.data_type for row in book["Context"].iter_rows(min_row=3) for cell in row} <= {"s", "n", "d"}
    assert "lokale productie" not in json.dumps([row[1] for row in book["Reeksen"].iter_rows(values_only=True)])
    text = write_csv(view, tmp_path).read_text(encoding="utf-8")
    context = [row for row in csv.DictReader(io.StringIO(text)) if row["toestand"] == STATE]
    assert [row["stand"] for row in context] == ["2006.0", "14136.7", "1.0", "15.5", "", ""]
    assert context[-1]["status"] == "geen gegevens" and {row["oordeel"] for row in context} == {""}
    assert "Fluvius" in (tmp_path / "bronvermelding.txt").read_text(encoding="utf-8")
