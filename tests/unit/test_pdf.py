"""The PDF: conforms, has its structure, and is the same file from the same input."""

import io
from collections import Counter

import page as validator
import pikepdf
import pytest

from lekp_lib.errors import ReportProblems
from lekp_lib.report.pdf import PdfExporter, _finished
from tests.report_sample import code, markdown, notebook, output, report

pytestmark = pytest.mark.pdf


@pytest.fixture(scope="module")
def data() -> bytes:
    return PdfExporter().from_notebook_node(report())[0]


@pytest.fixture(scope="module")
def pdf(data):
    with pikepdf.open(io.BytesIO(data)) as opened:
        yield opened


def elements(node):
    kids = node.get("/K")
    for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def words_of_pages(pdf):
    return [page_.Contents.read_bytes() for page_ in pdf.pages]


@pytest.mark.parametrize("profile", ["ua1", "2a"])
def test_conforms(data, profile):
    told = validator.validate_pdf_bytes(data, profile=profile)
    assert told.is_compliant, str(told)


def test_language_title_and_bookmarks(pdf):
    assert str(pdf.Root.Lang) == "nl-BE"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as meta:
        assert meta["dc:title"] == "Klimaatpactverslag 2025, Voorbeeldgem"
        assert meta["dc:creator"] == ["lekp"]
        assert meta["dc:description"] == "Stand van de 17 klimaatdoelen van Voorbeeldgem."
        assert meta["xmp:CreateDate"].startswith("2026-03-12T09:00:00")
    with pdf.open_outline() as outline:
        chapters = [item.title for item in outline.root[0].children]
    assert chapters == ["De 17 doelen in één oogopslag", "Werf 1: Vergroening", "Bijlage"]


def test_structure(pdf):
    kinds = Counter(str(element.S) for element in elements(pdf.Root.StructTreeRoot))
    assert kinds["/H1"] == 1
    assert kinds["/H2"] == 3
    assert kinds["/H3"] == 2
    assert kinds["/TOC"] >= 1
    alts = [str(e.Alt) for e in elements(pdf.Root.StructTreeRoot) if e.S == "/Figure"]
    assert alts == ["Staafdiagram: 4.310 van 9.500 bomen, dat is 45 procent van het doel voor 2030."]


def test_rows_have_heads(pdf):
    rows = 0
    for body in elements(pdf.Root.StructTreeRoot):
        if body.S == "/TBody":
            for row in (child for child in elements(body) if child.S == "/TR"):
                cells = [cell for cell in elements(row) if cell.S in ("/TH", "/TD")]
                attributes = cells[0].A if isinstance(cells[0].A, pikepdf.Array) else [cells[0].A]
                assert [cell.S for cell in cells] == ["/TH", "/TD"]
                assert any(each.get("/Scope") == "/Row" for each in attributes)
                rows += 1
    assert rows == 4


def test_targets_start_a_page_and_every_page_is_a4(pdf):
    assert len(pdf.pages) == 5
    assert {tuple(round(float(x)) for x in page_.MediaBox) for page_ in pdf.pages} == {(0, 0, 595, 842)}


def test_same_input_same_bytes(data):
    assert PdfExporter().from_notebook_node(report())[0] == data


def test_stream_that_ends_with_a_carriage_return_keeps_its_length():
    with pikepdf.new() as pdf:
        page_ = pdf.add_blank_page()
        page_.Contents = pdf.make_stream(b"q Q % ends with\r")
        pdf.Root.StructTreeRoot = pikepdf.Dictionary(Type=pikepdf.Name("/StructTreeRoot"))
        made = io.BytesIO()
        pdf.save(made, compress_streams=False)
    rule = "PDFA2A-STREAM-LENGTH-001"
    assert rule in {failure.rule_id for failure in validator.validate_pdf_bytes(made.getvalue(), profile="2a").failures}
    finished = _finished(made.getvalue())
    assert rule not in {failure.rule_id for failure in validator.validate_pdf_bytes(finished, profile="2a").failures}
    with pikepdf.open(io.BytesIO(finished)) as pdf:
        assert pdf.pages[0].Contents.read_bytes() == b"q Q % ends with\r"
        assert pdf.check_pdf_syntax() == []


def test_banner_takes_its_room_on_every_page(pdf):
    bare = PdfExporter().from_notebook_node(notebook(*report().cells, banner=""))[0]
    with pikepdf.open(io.BytesIO(bare)) as without:
        more = [len(a) - len(b) for a, b in zip(words_of_pages(pdf), words_of_pages(without), strict=True)]
    assert all(extra > 200 for extra in more), more


@pytest.mark.parametrize(
    ("typst", "told"),
    [
        ("#onbekend(1)", "cell 3, output 1: found Typst: unknown variable: onbekend"),
        ("#figure(rect())", "cell 3, output 1: found Typst: .*missing alt text"),
        ('#text(font: "Comic")[a]', "cell 3, output 1: found Typst: unknown font family: comic"),
        ('#read("/etc/hostname")', "cell 3, output 1: found Typst: file not found"),
        ("#heading(level: 4)[a]", "skipped from heading level 1 to 4"),
    ],
)
def test_faults_and_warnings_of_typst_name_the_cell(typst, told):
    cells = [markdown("# Titel"), markdown("tekst"), code(output("<p>a</p>", typst))]
    with pytest.raises(ReportProblems, match=told):
        PdfExporter().from_notebook_node(notebook(*cells))
