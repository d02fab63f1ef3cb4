"""The Word file, read again: headings, table, numbers, language, marked placeholders, equal bytes."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn

from lekp_lib.present.decision import DecisionText, decision_texts, placeholders
from lekp_lib.present.numbers import percent
from lekp_lib.present.words.amount_words import stand_words
from lekp_lib.report.council_docx import council_docx
from tests.unit import decision_sample

BANNER = "Voorbeeldeditie: fictieve cijfers"


def read(draft: DecisionText) -> WordDocument:
    return Document(io.BytesIO(council_docx(draft)))


def texts(document: WordDocument) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


@pytest.fixture(scope="module")
def usual() -> WordDocument:
    return read(decision_sample.usual())


def test_headings_in_order(usual: WordDocument) -> None:
    found = [(item.style.name, item.text) for item in usual.paragraphs if item.style.name.startswith(("Title", "Head"))]
    draft = decision_sample.usual()
    expected = [("Title", draft.title)]
    expected += [("Heading 1", part.heading) for part in draft.parts]
    expected += [("Heading 2", "Artikel 1"), ("Heading 2", "Artikel 2"), ("Heading 1", "Bijlage: alle resultaten")]
    assert found == expected


def test_everything_of_the_draft_is_there(usual: WordDocument) -> None:
    for text in decision_texts(decision_sample.usual()):
        assert any(text in paragraph for paragraph in texts(usual)), text


def test_table_has_head_row_alt_text_and_the_numbers_of_the_assessments(usual: WordDocument) -> None:
    (table,) = usual.tables
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")).get(qn("w:val")) == "true"
    assert not any(row._tr.trPr is not None for row in table.rows[1:])
    properties = table._tbl.tblPr
    assert properties.find(qn("w:tblCaption")).get(qn("w:val")) == "Alle resultaten van Gent"
    assert "Een rij per doel" in properties.find(qn("w:tblDescription")).get(qn("w:val"))
    rows = {row.cells[0].text: [cell.text for cell in row.cells] for row in table.rows}
    assessments = [item for item in decision_sample.example_input().assessments if item.target.nr is not None]
    assert len(assessments) == 17
    for item in assessments:
        row = rows[item.target.name]
        assert row[1] == stand_words(item) and row[6] == item.verdict.value
        if item.share_pct is not None:
            assert row[3] == percent(item.share_pct, 1)


def test_placeholders_are_marked_and_nothing_else(usual: WordDocument) -> None:
    marked = [
        run.text
        for paragraph in usual.paragraphs
        for run in paragraph.runs
        if run.font.highlight_color == WD_COLOR_INDEX.YELLOW
    ]
    assert list(dict.fromkeys(marked)) == list(placeholders(decision_sample.usual()))


def test_language_properties_header_and_footer() -> None:
    draft = decision_sample.example()
    document = read(draft)
    languages = {item.get(qn("w:val")) for item in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"nl-BE"}
    facts = document.core_properties
    assert (facts.title, facts.language, facts.identifier) == (draft.title, "nl-BE", draft.run)
    assert facts.created == facts.modified == dt.datetime.combine(draft.known_on, dt.time(), dt.UTC)
    section = document.sections[0]
    assert [item.text for item in section.header.paragraphs] == [
        "Gemeente Gent. Ontwerp van gemeenteraadsbesluit",
        BANNER,
    ]
    footer = section.footer.paragraphs[0]
    assert f"Editie voorbeeld · verslag {draft.run}" in footer.text
    assert [item.text.strip() for item in footer._p.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]


def test_banner_only_in_example_editions(usual: WordDocument) -> None:
    example = texts(read(decision_sample.example()))
    assert example[0] == example[-1] == BANNER
    assert BANNER not in " ".join(texts(usual)) and len(usual.sections[0].header.paragraphs) == 1


def test_same_input_same_bytes() -> None:
    content = council_docx(decision_sample.usual())
    assert content == council_docx(decision_sample.usual()) != council_docx(decision_sample.example())
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.infolist()[0].filename == "[Content_Types].xml"
        # The moment of writing is nowhere inside either.
        dates = re.findall(rb"20\d\d-\d\d-\d\dT", packed.read("docProps/core.xml"))
    assert set(dates) == {f"{decision_sample.usual().known_on.isoformat()}T".encode()}


def test_foreign_text_is_written_as_text() -> None:
    document = read(decision_sample.hostile())
    said = "\n".join(texts(document))
    assert '<script>alert("1")</script> & (datum) =1+1' in said
    assert "(vul mij in)" in said and "[vul mij in]" not in said
    assert placeholders(decision_sample.hostile())[0] == "[datum van de zitting]"
