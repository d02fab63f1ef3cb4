"""The finished page in Chromium, opened by double click: axe, reflow, text spacing, targets, print, no requests."""

import shutil
import subprocess
from pathlib import Path

import pytest

from lekp_lib.present.prose import Heading
from lekp_lib.report.html_exporter import HtmlExporter
from tests.report_sample import code, report, shown
from tests.unit.component_sample import components

pytestmark = pytest.mark.browser

# What a reader may set without losing content (WCAG 1.4.12).
SPACING = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
SPACING += " p { margin-bottom: 2em !important; }"

# WCAG 2.5.8: links inside a sentence are exempt.
SMALL_TARGETS = """() => [...document.querySelectorAll('nav a, summary, button')]
  .filter(e => e.checkVisibility()).map(e => [e.textContent, e.getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.width < 24).map(([text, box]) => `${text} ${box.width}x${box.height}`)"""


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    nb = report()
    nb.cells.extend(code(shown(block)) for block in components()[2:])
    nb.cells.extend(code(shown(Heading(f"Doel {number}", 3, f"rij-{number}"))) for number in range(10))
    file: Path = tmp_path_factory.mktemp("page") / "rapport.html"
    file.write_text(HtmlExporter().from_notebook_node(nb)[0], encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def open_page(browser, address):
    pages = []

    def opened(width: int):
        page = browser.new_page(viewport={"width": width, "height": 900})
        pages.append(page)
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(address)
        page.evaluate("document.fonts.ready")
        return page

    yield opened
    for page in pages:
        page.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing(open_page, width):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(open_page(width))
    assert found.violations_count == 0, found.generate_report()


def test_no_sideways_scroll_on_a_small_screen_also_with_text_spacing(open_page):
    page = open_page(320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.add_style_tag(content=SPACING)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_nothing_is_requested_but_the_page(open_page, address):
    page = open_page(1280)
    assert [url for url in page.requests if not url.startswith("data:")] == [address]


def test_own_font_is_used(open_page):
    page = open_page(1280)
    loaded = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family + f.weight)")
    assert {'"Source Sans Pro"400', '"Source Sans Pro"700'} <= {
        name if name.startswith('"') else f'"{name[:-3]}"{name[-3:]}' for name in loaded
    }


@pytest.mark.parametrize("width", [1280, 320])
def test_targets_are_large_enough(open_page, width):
    assert open_page(width).evaluate(SMALL_TARGETS) == []


def test_skip_link_is_first_visible_on_focus_and_leads_to_main(open_page):
    page = open_page(1280)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Naar de inhoud"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_banner_and_page_number_stand_on_every_printed_page(open_page, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not on this machine")
    file = tmp_path / "print.pdf"
    open_page(1280).pdf(path=file, prefer_css_page_size=True)
    told = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    pages = told.split("\f")[:-1]
    assert len(pages) >= 5
    for number, text in enumerate(pages, 1):
        assert "Voorbeeldeditie: fictieve cijfers" in text
        assert f"{number}/{len(pages)}" in text.replace(" ", "")
