"""Components on paper: the document compiles without warning, conforms, and no text breaks out of it."""

from __future__ import annotations

import io
import re
from collections import Counter

import page
import pikepdf
import pytest
import typst

from lekp_lib.adapter.models import Verdict
from lekp_lib.present import palette
from lekp_lib.present.figure import Figure
from lekp_lib.present.figure_text import FigureText
from lekp_lib.report.fonts import font_folder
from tests.unit import component_sample as sample

pytestmark = pytest.mark.pdf

HOSTILE = 'x#panic("x") "] ); *_$<@ </script> \\ // -- \'1. = + ~ #let [ '
ALT = 'Lijngrafiek van 2021 tot 2030 van "bomen" #panic("x") ], met het vereiste pad tot 100 procent.'


def figure(title: str) -> Figure:
    words = FigureText(title, "Voorbeeldgem, 2025", ALT, "Bron: verzonnen.")
    return Figure('<rect width="493.2" height="90" fill="#EEF2F5"/>', 493.2, 90, words, "trend")


def compiled(body: str) -> bytes:
    source = sample.SET_UP + sample.STYLE_TYP.read_text(encoding="utf-8") + body
    pdf, warnings = typst.compile_with_warnings(
        source.encode(), font_paths=[str(font_folder())], ignore_system_fonts=True, pdf_standards=["a-2a", "ua-1"]
    )
    assert [warning.message for warning in warnings] == []
    return bytes(pdf)


def tags(pdf: bytes) -> Counter[str]:
    found: Counter[str] = Counter()

    def walk(node: pikepdf.Object) -> None:
        if isinstance(node, pikepdf.Array):
            for part in node:
                walk(part)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found[str(node.S)] += 1
            if "/K" in node:
                walk(node.K)

    with pikepdf.open(io.BytesIO(pdf)) as document:
        walk(document.Root.StructTreeRoot.K)
    return found


@pytest.fixture(scope="module")
def pdf() -> bytes:
    blocks = [*sample.components(), figure("Zo halen we 82 % van het doel")]
    return compiled("\n".join(block.typst() for block in blocks))


@pytest.mark.parametrize("profile", [page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A])
def test_all_components_together_conform(pdf: bytes, profile: page.ValidationProfile) -> None:
    report = page.validate_pdf_bytes(pdf, profile=profile)
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert report.is_compliant


def test_tags_are_those_of_the_content(pdf: bytes) -> None:
    found = tags(pdf)
    overview = sample.Overview(sample.rows()).paper
    tables = [sample.table(), sample.table(), overview]
    assert (found["/H1"], found["/H2"], found["/H3"], found["/Figure"]) == (1, 2, 1, 1)
    assert found["/Table"] == found["/THead"] == found["/Caption"] == len(tables)
    assert found["/TH"] == sum(len(table.columns) + len(table.groups) for table in tables)
    assert found["/Lbl"] == found["/LI"] == 4 + 2  # facts and the list in the method text
    assert found["/Link"] == 1


def test_hostile_text_is_printed_and_not_run() -> None:
    blocks = [*sample.components(lambda text: HOSTILE + text), figure(HOSTILE)]
    hostile = compiled("\n".join(block.typst() for block in blocks))
    assert page.is_pdf_compliant_bytes(hostile, profile=page.ValidationProfile.PDF_UA_1)


def test_long_table_runs_over_pages_and_is_one_table_with_one_head() -> None:
    rows = [[f"Gemeente {number}", "een lange toelichting " * 12] for number in range(60)]
    columns = [sample.Column("Gemeente"), sample.Column("Toelichting", width="1fr")]
    pdf = compiled(sample.Table(columns, rows, "Lange tabel").typst())
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) > 1
    found = tags(pdf)
    assert (found["/Table"], found["/TR"], found["/TH"]) == (1, 61, 2)


def test_colours_and_verdicts_are_those_of_the_palette() -> None:
    style = sample.STYLE_TYP.read_text(encoding="utf-8")
    found = dict(re.findall(r'"([^"]+)": \(colour: rgb\("(#\w{6})"\)', style))
    assert found == {verdict.value: palette.MARKS[verdict].colour for verdict in Verdict}
    inks = {"inkt": "INK", "zacht": "SOFT", "lijn": "LINE", "accent": "ACCENT", "vlak": "PANEL", "raster": "GRID"}
    for role, name in inks.items():
        assert f'#let lekp-{role} = rgb("{getattr(palette, name)}")' in style


def test_css_uses_only_colours_of_the_palette() -> None:
    style = sample.STYLE_CSS.read_text(encoding="utf-8")
    known = set(re.findall(r"--[\w-]+(?=:)", palette.css_variables() + style))
    assert set(re.findall(r"var\((--[\w-]+)", style)) <= known
