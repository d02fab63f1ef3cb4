"""Reports inside JupyterLab: the look stays with our outputs, and out of the finished page."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import pytest

from lekp_lib.present.block import Paragraph
from lekp_lib.present.lab_style import MIME_LAB_STYLE, SCOPE, lab_css
from lekp_lib.report import opening
from lekp_lib.report.html_exporter import HtmlExporter
from lekp_lib.report.lab_menu import LABELS
from lekp_lib.report.page_styles import page_sheets


def test_style_touches_only_outputs_with_a_block() -> None:
    css = lab_css(*page_sheets())
    assert css.startswith(f"{SCOPE} {{") and css.rstrip().endswith("}")
    assert css.count("{") == css.count("}")
    # Whatever comes after the first brace closes again only at the very end: no rule stands outside the scope.
    depth = 0
    for place, sign in enumerate(css):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth > 0 or place < len(SCOPE) + 1 or not css[place + 1 :].strip(), css[place : place + 80]
    assert not re.search(r"@page|:root|^\s*(?:html|body)\b|\bmain [a-z]", css, re.MULTILINE)


def test_style_is_shown_in_jupyterlab_only(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[Any, bool]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw=False: shown.append((data, raw)))
    opening.show_style({}, {})
    assert shown == []
    opening.show_style({"accent": "#123456"}, {"JPY_SESSION_NAME": "notebooks/gemeenterapport.ipynb"})
    ((style, raw),) = shown
    assert raw and MIME_LAB_STYLE in style and style["text/html"].startswith("<style>")
    assert "--accent: #123456;" in style["text/html"]


def test_exported_page_has_the_style_once() -> None:
    text = Paragraph("Een zin.")._repr_mimebundle_()
    style = {"text/html": f"<style>{SCOPE} {{}}</style>", MIME_LAB_STYLE: "", "text/plain": ""}
    outputs = [
        nbformat.v4.new_output("display_data", data=style),
        nbformat.v4.new_output("execute_result", data=text, execution_count=1),
    ]
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Titel"), nbformat.v4.new_code_cell("rapport", outputs=outputs)]
    )
    page, _ = HtmlExporter().from_notebook_node(book)
    assert "Een zin." in page
    assert page.count("<style>") == 1 and "jp-RenderedHTML" not in page


def test_menu_has_the_names_that_people_know() -> None:
    assert LABELS == {"lekp-html": "LEKP-rapport (HTML)", "lekp-pdf": "LEKP-rapport (PDF)"}
