"""Earlier agenda items of the council: from the context of an edition into the chapter with the draft decision."""

import datetime as dt
import json
import re
from importlib.resources import files

import pytest
import typst
from lxml import html as lxml_html

from lekp_lib import open_report
from lekp_lib.data.importing import ImportContext, apply_import, plan_import
from lekp_lib.data.schema import find_shape
from lekp_lib.edition import Edition
from lekp_lib.edition.prepare import Asked, prepare
from lekp_lib.edition.side_tables import ContextRow
from lekp_lib.pact import load_catalog
from lekp_lib.present.council_links import SHAPE, council_items, council_links
from lekp_lib.register import load_register

TODAY = dt.date(2026, 2, 1)


def row(number, title="Klimaatpact: goedkeuring", nis="44021", shape=SHAPE, date="2022-09-26", link=None):
    link = link or f"https://lokaalbeslist.vlaanderen.be/agendapunten/{number}"
    return ContextRow(nis, shape, json.dumps({"date": date, "link": link, "name": "Gent", "titel": title}))


def test_own_items_newest_first_each_address_once():
    rows = [
        row(1, date="2021-06-28"),
        row(2, date="2022-12-19"),
        row(2, "Klimaatpact: andere titel", date="2022-12-19"),
        row(3, nis="11002"),
        row(4, shape="fluvius_volumes"),
    ]
    for given in (rows, rows[::-1]):
        found = council_items(given, "44021")
        assert [(item.link[-1], item.title) for item in found] == [
            ("2", "Klimaatpact: goedkeuring"),
            ("1", "Klimaatpact: goedkeuring"),
        ]
    assert council_links(council_items(rows, "32006")) is None


def test_sentence_counts_and_says_that_it_is_not_all():
    block = council_links(council_items([row(number) for number in range(12)], "44021"))
    assert "staan 12 agendapunten van de gemeenteraad" in block.text()
    assert "Hieronder staan de 10 jongste." in block.text()
    assert block.html().count("<a href=") == 10
    one = council_links(council_items([row(1)], "44021"))
    assert "staat 1 agendapunt van de gemeenteraad met het klimaatpact in de titel. Niet elke" in one.text()


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '#panic("x") ] $ _c_ @d \\ `',
    "=1+1",
    "{{7*7}}",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_titles_of_others_are_text_and_only_plain_addresses_are_links(title, tmp_path):
    rows = [row(1, title), row(2, title, link="javascript:alert(1)"), row(3, title, link='https://a.be/"x')]
    block = council_links(council_items(rows, "44021"))
    page = lxml_html.fromstring(f"<main>{block.html()}</main>")
    assert [link.get("href") for link in page.xpath("//a")] == ["https://lokaalbeslist.vlaanderen.be/agendapunten/1"]
    assert not page.xpath("//script | //img | //*[@onerror]")
    assert page.text_content().count(title) == 3
    source = tmp_path / "proef.typ"
    style = files("lekp_lib.present").joinpath("style.typ").read_text(encoding="utf-8")
    source.write_text(f"{style}\n{block.typst()}", encoding="utf-8")
    assert bytes(typst.compile(str(source))).startswith(b"%PDF")


def test_from_imported_file_to_the_chapter_with_the_draft(tmp_path):
    points = [
        {
            "titel": "LEKP 2.0",
            "gemeente": place,
            "orgaan": "Gemeenteraad",
            "datum": day,
            "behandeld": "ja",
            "link": link,
        }
        for place, day, link in (
            ("Houthulst", "2022-09-26", "https://lokaalbeslist.vlaanderen.be/agendapunten/h"),
            ("Kortessem", "2021-06-21", "https://lokaalbeslist.vlaanderen.be/agendapunten/k"),
        )
    ]
    file = tmp_path / "lokaalbeslist_2026-01-15.json"
    file.write_text(json.dumps({"aantal": 2, "agendapunten": points}), encoding="utf-8")
    trees = tmp_path / "bomen.csv"
    trees.write_text("nis;doel;datum;waarde;eenheid\n32006;bomen;2024-06-30;1200;bomen\n", encoding="utf-8")
    world = ImportContext(load_catalog(), load_register(), tmp_path / "data")
    for path, shape in ((file, SHAPE), (trees, "sjabloon")):
        apply_import(plan_import(path, shape, world, today=TODAY), world, today=TODAY)

    def prepared(edition_id, on):
        given = {"catalog": world.catalog, "register": world.register, "find_shape": find_shape}
        return prepare(world.data_dir, Asked(edition_id, on, TODAY), said_dir=tmp_path, **given)

    made = prepared("2026", dt.date(2025, 12, 31))
    edition = Edition.open(str(made.folder))
    for nis, day, address in (("32006", "26 september 2022", "h"), ("71072", "21 juni 2021", "k")):
        chapter = open_report(edition=edition, gemeente=nis, editie=edition.id).decision()
        assert f"{day}: LEKP 2.0 https://lokaalbeslist.vlaanderen.be/agendapunten/{address}" in chapter.text()
        levels = [int(level) for level in re.findall(r"<h(\d)", chapter.html())]
        assert set(levels) == {3}
    other = open_report(edition=edition, gemeente="44021", editie=edition.id).decision()
    assert "Lokaal Beslist staat" not in other.text() and other.name == "decision"
    # A merged municipality has no context in an edition of before the merger, and that is told.
    before = prepared("2024", dt.date(2024, 12, 31))
    assert {row.nis for row in Edition.open(str(before.folder)).context} == {"32006"}
    assert "1 rows of context, about municipalities that did not exist on 2024-12-31, stay out" in before.notes
