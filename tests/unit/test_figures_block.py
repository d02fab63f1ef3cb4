"""The figure block: refuses what a reader would miss, keeps hostile words as words, has unique ids."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pytest
import typst
from lxml import etree, html
from matplotlib.figure import Figure as MatplotlibFigure

from lekp_lib.errors import BlockError
from lekp_lib.present import figure as figure_module
from lekp_lib.present.figure import Figure
from lekp_lib.present.layers import chart_style
from lekp_lib.present.svg import element, text
from lekp_lib.present.text_width import font_file, text_width, wrapped
from tests.unit.figure_tools import HOSTILE, TEXT, check_plain, check_texts, texts

RECT = '<rect width="10" height="10"/>'


def own_chart(**options):
    with chart_style():
        figure = MatplotlibFigure(figsize=(6.85, 2))
        axes = figure.add_subplot()
        axes.plot([1, 2], [1, 2], marker="o")
        axes.bar([1, 2], [1, 2], hatch="//")
        axes.set_xlabel("<b> & 'm²'", style="italic", fontweight=600)
        return Figure.from_matplotlib(figure, TEXT, "eigen", **options)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"alt": "te kort"}, "text alternative of 7"),
        ({"alt": "x" * 321}, "text alternative of 321"),
        ({"title": " "}, "no title"),
        ({"title": "x" * 71}, "title of 71"),
        ({"source": ""}, "no source"),
    ],
)
def test_refuses_what_a_reader_would_miss(change, complaint):
    with pytest.raises(BlockError, match=complaint):
        Figure(RECT, 100, 50, replace(TEXT, **change), "x")


def test_all_faults_at_once():
    with pytest.raises(BlockError) as caught:
        Figure(RECT, 0, 50, replace(TEXT, alt="", title="", source=""), "x", id_prefix="1 a")
    assert str(caught.value).count("\n  - ") == 5


def test_hostile_words_stay_words():
    words = replace(TEXT, title=HOSTILE, subtitle=HOSTILE, source=HOSTILE, alt=HOSTILE + "x" * 60)
    figure = Figure(text(HOSTILE, 0, 10, size=9, fill="#000"), 300, 50, words, "x", banner=HOSTILE)
    page = html.fromstring(figure.html())
    assert not page.xpath("//script")
    assert page.xpath("string(.//strong)") == HOSTILE
    assert page.xpath("string(.//*[@class='source'])") == HOSTILE
    assert page.xpath(".//div/@aria-label") == [f"Figuur: {HOSTILE}"]
    assert [found for found, _, _ in texts(figure)] == [HOSTILE, HOSTILE]
    outside = re.sub(r'"(?:\\.|[^"\\])*"', "", figure.typst())
    assert re.fullmatch(
        r"#lekp-figure\(bytes\(\), width: [\d.]+mm, alt: , title: , subtitle: , source: \);\s*", outside
    )


@pytest.mark.pdf
def test_typst_reads_drawing_and_hostile_words(tmp_path):
    words = replace(TEXT, title=HOSTILE, subtitle=HOSTILE, source=HOSTILE, alt=HOSTILE + "x" * 60)
    drawing = text(HOSTILE, 0, 10, size=9, weight=600, fill="#000")
    markup = Figure(drawing, 300, 50, words, "x", banner="Voorbeeldeditie: fictieve cijfers").typst()
    style = Path(figure_module.__file__).with_name("style.typ").read_text(encoding="utf-8")
    (tmp_path / "style.typ").write_text(style, encoding="utf-8")
    start = '#import "style.typ": *\n#set document(title: "x")\n#set text(font: "Source Sans Pro", lang: "nl")\n= Kop\n'
    (tmp_path / "x.typ").write_text(start + markup, encoding="utf-8")
    pdf, warnings = typst.compile_with_warnings(
        tmp_path / "x.typ",
        font_paths=[font_file(400).parent],
        ignore_system_fonts=True,
        pdf_standards=["a-2a", "ua-1"],
    )
    assert not warnings
    assert pdf.startswith(b"%PDF")


def test_control_characters_do_not_break_the_drawing():
    etree.fromstring(Figure(text("a\x00b\x1bc", 0, 10, size=9, fill="#000"), 300, 50, TEXT, "x").svg().encode())
    assert element("g", title="a\nb") == '<g title="a b"/>'


def test_html_has_one_image_with_its_alternative():
    page = html.fromstring(Figure(RECT, 493.2, 100, TEXT, "trend", id_prefix="bomen-trend").html())
    assert page.tag == "figure"
    assert "role" not in page.attrib
    assert page.get("data-block") == "trend"
    image = page.xpath(".//*[@role='img']")[0]
    assert page.xpath(f"string(.//*[@id='{image.get('aria-labelledby')}'])") == TEXT.alt
    assert page.xpath(".//div[@tabindex='0' and @role='group' and @aria-label]")


def test_banner_stays_with_the_drawing_in_every_form():
    figure = Figure(RECT, 300, 50, TEXT, "x", banner="Voorbeeldeditie: fictieve cijfers")
    for form in (figure.html(), figure.typst(), figure.standalone_svg()):
        assert "fictieve cijfers" in form
    check_texts(figure)
    assert figure.height_pt > 60


def test_matplotlib_charts_become_plain_and_unique():
    before = dict(mpl.rcParams)
    one, other = own_chart(id_prefix="a"), own_chart(id_prefix="b")
    assert dict(mpl.rcParams) == before
    check_plain(one.svg())
    ids = html.fromstring(f"<main>{one.html()}{other.html()}</main>").xpath("//@id")
    assert len(ids) == len(set(ids)) >= 4
    references = set(re.findall(r"url\(#([^)]+)\)", one.svg()))
    assert references
    assert references <= set(ids)
    assert one.svg() == own_chart(id_prefix="a").svg()
    assert 'font-weight="600"' in one.svg()
    assert 'font-style="italic"' in one.svg()
    assert "&lt;b&gt; &amp; 'm²'" in one.svg()


def test_standalone_file_has_title_and_source_inside():
    figure = Figure(RECT, 493.2, 60, replace(TEXT, source="Bron: " + "lange naam " * 20), "x")
    root = etree.fromstring(figure.standalone_svg().encode())
    words = " ".join(root.itertext())
    assert TEXT.title in words
    assert TEXT.subtitle in words
    assert words.count("lange naam") + words.count("naam lange") >= 20
    assert figure.standalone_svg() == figure.standalone_svg()
    faces = root.findall("{http://www.w3.org/2000/svg}style")
    assert len(faces) == 1
    assert (faces[0].text or "").count("@font-face") == 3
    assert set(re.findall(r"url\((.{16})", faces[0].text or "")) == {"data:font/woff2;"}


def test_wrapping_keeps_all_characters_and_the_width():
    for words in ("een twee drie vier vijf", "Onafgebrokenlangwoord" * 4, "4.310\u00a0bomen per jaar"):
        lines = wrapped(words, 60, 9)
        assert "".join(lines).replace(" ", "") == words.replace(" ", "")
        assert all(text_width(line, 9) <= 60 for line in lines)
