"""Real reports in Chromium: a complete one, one with little data, one outside the pact, and the longest name."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import opened
from tests.report.conftest import REPORTS, finished_reports

pytestmark = pytest.mark.browser

# What a reader may set without losing content (WCAG 1.4.12).
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""

# WCAG 2.5.8: links inside a sentence are exempt.
SMALL_TARGETS = """() => [...document.querySelectorAll('nav a, summary, button')]
  .filter(e => e.checkVisibility()).map(e => [e.textContent, e.getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.width < 24).map(([text, box]) => `${text} ${box.width}x${box.height}`)"""


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, str]:
    folder = finished_reports(tmp_path_factory, worker_id)
    return {name: (folder / f"{name}.html").as_uri() for name in REPORTS}


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("name", sorted(REPORTS))
def test_report_is_accessible_and_stays_inside_the_window(
    window: Any, addresses: dict[str, str], name: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(window, addresses[name], width)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in page.requested if not url.startswith("data:")] == [addresses[name]]
    page.add_style_tag(content=SPACING)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("name", "screens"), [("gent", 30), ("houthulst", 10), ("mesen", 10)])
def test_a_telephone_shows_it_without_end(window: Any, addresses: dict[str, str], name: str, screens: int) -> None:
    page = opened(window, addresses[name], 390)
    assert page.evaluate("document.documentElement.scrollHeight") <= screens * 844
    wide = "[...document.querySelectorAll('svg, [role=img]')].filter(e => e.scrollWidth > 390).length"
    assert page.evaluate(wide) == 0


def test_the_whole_list_stands_on_the_first_screen_of_a_telephone(window: Any, addresses: dict[str, str]) -> None:
    page = opened(window, addresses["gent"], 390)
    ends = page.evaluate("[...document.querySelectorAll('.doelenlijst li')].map(e => e.getBoundingClientRect().bottom)")
    assert len(ends) == 17 and max(ends) <= 844


def test_verdicts_keep_their_words_in_forced_colours(window: Any, addresses: dict[str, str]) -> None:
    page = opened(window, addresses["gent"])
    usual = page.locator(".doelenlijst").screenshot()
    page.emulate_media(forced_colors="active")
    words = page.locator(".doelenlijst .oordeel > span").all_inner_texts()
    assert len(words) == 17 and all(words)
    assert page.locator(".doelenlijst").screenshot() != usual


@pytest.mark.parametrize("width", [1280, 320])
def test_targets_are_large_enough(window: Any, addresses: dict[str, str], width: int) -> None:
    assert opened(window, addresses["gent"], width).evaluate(SMALL_TARGETS) == []


def test_skip_link_is_first_and_leads_to_main(window: Any, addresses: dict[str, str]) -> None:
    page = opened(window, addresses["mesen"], 1280)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Naar de inhoud"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_banner_and_page_number_stand_on_every_printed_page(
    window: Any, addresses: dict[str, str], tmp_path: Path
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not on this machine")
    file = tmp_path / "print.pdf"
    opened(window, addresses["gent"], 1280).pdf(path=file, prefer_css_page_size=True)
    told = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    printed = told.split("\f")[:-1]
    assert len(printed) >= 5
    for number, text in enumerate(printed, 1):
        assert "Voorbeeldeditie: fictieve cijfers" in text
        assert f"{number}/{len(printed)}" in text.replace(" ", "")
