"""Real reports in Chromium: a complete one, one with little data, one outside the pact, and the longest name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lekp_lib.edition import Edition
from lekp_lib.report.html_exporter import HtmlExporter
from tests.report.in_process import executed

pytestmark = pytest.mark.browser

REPORTS = {
    "gent": ("44021", "voorbeeld"),
    "beveren-kruibeke-zwijndrecht": ("46030", "voorbeeld"),
    "houthulst": ("32006", "gepubliceerd"),
    "mesen": ("33016", "gepubliceerd"),
}
# What a reader may set without losing content (WCAG 1.4.12).
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("reports")
    editions = {name: Edition.open(name) for name in ("gepubliceerd", "voorbeeld")}
    found = {}
    for name, (nis, edition) in REPORTS.items():
        path = folder / f"{name}.html"
        page, _ = HtmlExporter().from_notebook_node(executed(nis, editions[edition]))
        path.write_text(page, encoding="utf-8")
        found[name] = path.as_uri()
    return found


@pytest.fixture
def pages(browser: Any) -> Iterator[list[Any]]:
    """Pages to close after the test."""
    opened: list[Any] = []
    yield opened
    for page in opened:
        page.close()


def opened(browser: Any, pages: list[Any], address: str, width: int, **options: Any) -> Any:
    page = browser.new_page(viewport={"width": width, "height": 900}, **options)
    pages.append(page)
    page.requested = []
    page.on("request", lambda request: page.requested.append(request.url))
    page.goto(address)
    page.evaluate("document.fonts.ready")
    return page


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("name", sorted(REPORTS))
def test_report_is_accessible_and_stays_inside_the_window(
    browser: Any, pages: list[Any], addresses: dict[str, str], name: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, pages, addresses[name], width)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in page.requested if not url.startswith("data:")] == [addresses[name]]
    page.add_style_tag(content=SPACING)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_verdicts_keep_their_words_in_forced_colours(browser: Any, pages: list[Any], addresses: dict[str, str]) -> None:
    page = opened(browser, pages, addresses["gent"], 1280, forced_colors="active")
    words = page.locator(".overview-verdict strong").all_inner_texts()
    assert len(words) == 17 and all(words)
    fills = page.evaluate(
        "[...document.querySelectorAll('.overview-bar svg rect')].map(e => getComputedStyle(e).forcedColorAdjust)"
    )
    assert fills and "auto" not in fills
    usual = opened(browser, pages, addresses["gent"], 1280)
    assert page.locator(".overview").screenshot() != usual.locator(".overview").screenshot()


def test_printed_report_repeats_the_warning(browser: Any, pages: list[Any], addresses: dict[str, str]) -> None:
    page = opened(browser, pages, addresses["gent"], 1280)
    page.emulate_media(media="print")
    assert "fictieve cijfers" in page.locator("body").inner_text()
