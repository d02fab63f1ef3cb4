"""Components in a browser: no sideways scroll on a small screen, targets of 24 px, no fault that axe can find."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lekp_lib.present import palette
from tests.unit import component_sample as sample

pytestmark = pytest.mark.browser

PAGE_CSS = """*{box-sizing:border-box} body{margin:0;font:17px/1.55 Arial,sans-serif;color:var(--inkt);
overflow-wrap:break-word;hyphens:auto} main{padding:0 1rem} a{color:var(--accent)}"""

# WCAG 1.4.12: what a reader may set without losing content.
SPACING_CSS = "* {line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}"


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine, but CI needs it")
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    body = "\n".join(block.html() for block in sample.components()).replace("<details", "<details open")
    style = palette.css_variables() + PAGE_CSS + sample.STYLE_CSS.read_text(encoding="utf-8")
    file: Path = tmp_path_factory.mktemp("page") / "page.html"
    head = "<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>Onderdelen</title>"
    file.write_text(
        f"<!DOCTYPE html><html lang='nl-BE'><head>{head}<style>{style}</style></head>"
        f"<body><main>{body}</main></body></html>",
        encoding="utf-8",
    )
    return file.as_uri()


@pytest.mark.parametrize("spacing", ["", SPACING_CSS], ids=["plain", "text spacing"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_page_does_not_scroll_sideways(browser, address: str, width: int, spacing: str) -> None:  # type: ignore[no-untyped-def]
    tab = browser.new_page(viewport={"width": width, "height": 800})
    tab.goto(address)
    if spacing:
        tab.add_style_tag(content=spacing)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    clipped = tab.evaluate(
        "[...document.querySelectorAll('.overview-row > *, .count > *, .facts dd, .note > *')]"
        f".filter(e => !e.matches('.visually-hidden') && e.getBoundingClientRect().right > {width})"
        ".map(e => e.outerHTML)"
    )
    assert clipped == []
    tab.close()


def test_targets_are_large_enough(browser, address: str) -> None:  # type: ignore[no-untyped-def]
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    tab.goto(address)
    small = tab.evaluate(
        "[...document.querySelectorAll('summary, .overview a')].map(e => [e.textContent, e.getBoundingClientRect()])"
        ".filter(([, box]) => box.height < 24 || box.width < 24).map(([text]) => text)"
    )
    assert small == []
    tab.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(browser, address: str, width: int) -> None:  # type: ignore[no-untyped-def]
    axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    tab = browser.new_page(viewport={"width": width, "height": 800})
    tab.goto(address)
    found = axe_playwright.Axe().run(tab).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    tab.close()
