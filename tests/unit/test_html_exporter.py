"""The web page: complete, checked, and nothing of the code in it."""

import io
import re
import tomllib
from importlib import import_module
from pathlib import Path

import nbformat
import platformdirs
import pytest
from fontTools.ttLib import TTFont
from lxml import html

from lekp_lib.errors import ReportError, ReportProblems
from lekp_lib.present.block import Paragraph
from lekp_lib.report import fonts
from lekp_lib.report.document import MIME_FACTS
from lekp_lib.report.fonts import font_face_css, missing_characters
from lekp_lib.report.html_exporter import HtmlExporter, css_string
from tests.report_sample import SVG, code, markdown, notebook, output, report, shown

BANNER = "Voorbeeldeditie: fictieve cijfers"


@pytest.fixture(scope="module")
def page() -> str:
    return HtmlExporter().from_notebook_node(report())[0]


def export(*cells, **facts):
    return HtmlExporter().from_notebook_node(notebook(markdown("# Titel"), *cells, **facts))[0]


def test_page_has_frame_and_facts(page):
    tree = html.document_fromstring(page)
    assert page.startswith('<!DOCTYPE html>\n<html lang="nl-BE">')
    assert tree.findtext("head/title") == "Klimaatpactverslag 2025, Voorbeeldgem"
    assert tree.xpath("//meta[@name='description']/@content") == ["Stand van de 17 klimaatdoelen van Voorbeeldgem."]
    assert tree.xpath("//a[@class='skip-link']/@href") == ["#" + tree.xpath("//main/@id")[0]]
    assert BANNER in tree.xpath("string(//header)")
    assert "Geen officieel document van de Vlaamse overheid." in tree.xpath("string(//header)")
    assert "Editie voorbeeld · gemaakt op 12 maart 2026 · verslag r-0001" in tree.xpath("string(//footer)")


def test_contents_come_from_real_headings_with_their_own_ids(page):
    tree = html.document_fromstring(page)
    links = [(a.text, a.get("href")) for a in tree.xpath("//nav//a")]
    assert links == [
        ("De 17 doelen in één oogopslag", "#de-17-doelen-in-een-oogopslag"),
        ("Werf 1: Vergroening", "#werf-1-vergroening"),
        ("Bomen", "#bomen"),
        ("Haag of geveltuin", "#haag-of-geveltuin"),
        ("Bijlage", "#bijlage"),
    ]
    assert [h.get("id") for h in tree.xpath("//main//*[self::h2 or self::h3]")] == [href[1:] for _, href in links]


def test_equal_headings_get_different_ids_and_given_ids_stay():
    page = export(markdown("## Bron"), code(output('<h2 id="bron-2">X</h2>', "x")), markdown("## Bron"))
    assert re.findall(r'<h2 id="([^"]*)"', page) == ["bron", "bron-2", "bron-3"]


@pytest.mark.parametrize("secret", ["secret_code", "secret stdout", "secret warning", "Traceback", "In [", "Out["])
def test_nothing_of_the_code_leaks(page, secret):
    assert secret not in page


def test_every_output_is_shown_once_and_svg_is_untouched(page):
    assert page.count(SVG) == 1
    assert page.count('class="cell') == 10
    assert "De gemeente plantte 4.310 bomen (45\u00a0% van het doel)." in page  # an execute_result


def test_page_is_complete_in_itself(page):
    assert "<script" not in page
    assert set(re.findall(r"""(?:src|href)=["'](https?:[^"']*)""", page)) == {"https://www.vlaanderen.be"}  # a link
    assert re.findall(r"url\((?![\"']?(?:data:|#))", page) == []
    assert page.count("data:font/woff2;base64,") == 4


def test_same_notebook_gives_the_same_bytes(page):
    assert HtmlExporter().from_notebook_node(report())[0] == page


def test_texts_from_data_are_escaped():
    evil = '<script>alert(1)</script>"&'
    page = export(
        code(shown(Paragraph(evil))), title=evil, description=evil, municipality=evil, banner=f"</style>{evil}"
    )
    assert "<script" not in page
    assert page.count("</style>") == 1
    assert "&lt;script&gt;alert(1)" in page


def test_css_string_cannot_be_left():
    assert set(css_string('a"</style>\\\n}')[1:-1]) <= set("a\\0123456789bcdefstyle ")


def test_title_falls_back_on_the_first_heading():
    assert (
        "<title>Titel &amp; meer</title>"
        in HtmlExporter().from_notebook_node(notebook(markdown("# Titel & meer"), title=""))[0]
    )


def test_banner_may_come_from_an_output_and_notebook_metadata_cannot_hide_it():
    facts = nbformat.v4.new_output("display_data", {MIME_FACTS: {"banner": BANNER}})
    assert f'<p class="banner">{BANNER}</p>' in export(code(facts), banner="")


def test_working_cells_stay_out():
    assert "kladblok" not in export(markdown("kladblok", "niet-in-verslag"))


def test_page_breaks_follow_the_tags():
    page = export(markdown("## Een", "nieuwe-pagina"), markdown("### Bomen", "doel"), markdown("tekst"))
    assert re.findall(r'class="(cell[^"]*)"', page) == ["cell", "cell new-page", "cell new-page", "cell"]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (
            code(nbformat.v4.new_output("error", ename="ZeroDivisionError", evalue="x", traceback=["t"])),
            "ZeroDivisionError",
        ),
        (code(nbformat.v4.new_output("display_data", {"image/png": "aaa"})), "image/png"),
        (code(nbformat.v4.new_output("execute_result", {"text/plain": "17"}, execution_count=1)), "text/plain"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_named(cell, told):
    with pytest.raises(ReportProblems, match=f"cell 3, output 1.*{told}"):
        export(markdown("tekst"), cell)


def test_open_element_in_a_block_is_noticed():
    with pytest.raises(ReportProblems, match="3 pieces of the notebook"):
        export(code(output("<div><p>open", "x")), markdown("erna"))


def test_table_in_markdown_needs_a_caption():
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    with pytest.raises(ReportProblems, match="without caption"):
        export(markdown(table))
    page = export(markdown(f"Tabel: Drempels\n\n{table}"))
    assert "<caption>Drempels</caption>" in page
    assert '<th scope="row">1</th>' in page


def test_wrong_fact_is_named():
    with pytest.raises(ReportError, match=r"built.*gisteren"):
        export(built="gisteren")


def test_fonts_are_small_and_know_what_they_lack():
    assert len(font_face_css()) < 90_000
    assert missing_characters("CO₂ ≥ 3 m², −5 → ▲▼ ĳ\n") == set()
    assert missing_characters("★ 🌳 \x00") == {"★", "🌳", "\x00"}


def test_font_subset_is_made_once_and_drops_the_reserved_name(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "_cache_folder", lambda: tmp_path)
    made = fonts._woff2("It")
    assert made.startswith(b"wOF2")
    with TTFont(io.BytesIO(made)) as font:
        assert {ord(character) for character in "é₂≥▲"} <= set(font.getBestCmap())
        assert "Source" not in font["name"].getDebugName(1)
        assert "OFL" in font["name"].getDebugName(13) or "Open Font License" in font["name"].getDebugName(13)
    (tmp_path / "It.woff2").write_bytes(b"kept")
    assert fonts._woff2("It") == b"kept"
    assert [path.name for path in tmp_path.iterdir()] == ["It.woff2"]


def test_fonts_do_without_a_writable_cache(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: blocked / name)
    folder = fonts._cache_folder.__wrapped__()
    assert folder.is_dir()
    folder.rmdir()


def test_paper_has_one_file_per_face():
    names = sorted(path.name for path in fonts.font_folder().iterdir())
    assert [name.removeprefix("SourceSansPro-") for name in names] == [
        "Bold.otf",
        "BoldIt.otf",
        "It.otf",
        "Regular.otf",
        "Semibold.otf",
        "SemiboldIt.otf",
    ]


def test_entry_points_lead_to_exporters():
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    entries = project["entry-points"]["nbconvert.exporters"]
    labels = {}
    for name, target in entries.items():
        module, _, attribute = target.partition(":")
        labels[name] = getattr(import_module(module), attribute).export_from_notebook
    assert labels == {"lekp-html": "LEKP-rapport (HTML)", "lekp-pdf": "LEKP-rapport (PDF)"}
