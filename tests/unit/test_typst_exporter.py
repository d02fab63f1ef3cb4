"""The Typst document: the same pieces, in the same order, with the same sentences as the web page."""

import nbformat
import pytest

from lekp_lib.errors import ReportError, ReportProblems
from lekp_lib.present.block import Paragraph
from lekp_lib.report.typst_exporter import TypstExporter, piece_of_line
from tests.report_sample import code, markdown, notebook, output, report, shown


@pytest.fixture(scope="module")
def document() -> str:
    return TypstExporter().from_notebook_node(report())[0]


def export(*cells, **facts):
    return TypstExporter().from_notebook_node(notebook(markdown("# Titel"), *cells, **facts))[0]


def test_pieces_in_order_with_contents_before_the_first_chapter(document):
    marks = [
        "#heading(level: 1)",
        "#lekp-lead[",
        "#lekp-contents()",
        "één oogopslag",
        "Vergroening",
        '#"Bomen"',
        "Haag",
        "Bijlage",
    ]
    body = document[document.rindex("#lekp-independence") :]
    places = [body.index(mark) for mark in marks]
    assert places == sorted(places)


@pytest.mark.parametrize("secret", ["secret", "Traceback", "text/plain"])
def test_nothing_of_the_code_leaks(document, secret):
    assert secret not in document


def test_tagged_cells_start_a_page(document):
    assert document.count("#pagebreak(weak: true)") == 4


def test_facts_are_strings_that_cannot_be_left():
    document = export(banner='"; #evil', run="a\\")
    assert r'banner: "\"; #evil"' in document
    assert r'editie voorbeeld · a\\"' in document


def test_output_without_typst_is_refused():
    with pytest.raises(ReportProblems, match=r"cell 2, output 1.*text/x-typst"):
        export(code(nbformat.v4.new_output("display_data", {"text/html": "<p>a</p>"})))


def test_all_characters_that_the_font_lacks_are_named_with_their_place():
    with pytest.raises(ReportProblems) as caught:
        export(markdown("een 🌳"), code(shown(Paragraph("goed")), shown(Paragraph("twee 中"))), banner="☃")
    assert [problem.where for problem in caught.value.problems] == [
        "the facts of the report",
        "cell 2",
        "cell 3, output 2",
    ]
    assert "U+1F333" in str(caught.value)


def test_fault_in_markdown_names_its_cell():
    with pytest.raises(ReportError, match="cell 3: markdown: found inline html"):
        export(markdown("goed"), markdown("fout <b>b</b>"))


def test_line_leads_back_to_its_piece():
    document = export(code(output("<p>a</p>", "eerste\n\nlaatste")))
    line = document.split("\n").index("laatste") + 1
    assert piece_of_line(document, line) == "cell 2, output 1"
    assert piece_of_line(document, 3) == "the set-up of the document"


def test_title_falls_back_on_the_first_heading():
    assert '#let facts = (title: "Titel"' in export(title="")
