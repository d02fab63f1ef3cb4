"""The slides in Chromium: keys, buttons, no overflow, no request, and readable without script and on paper."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from lekp_lib import open_report
from lekp_lib.edition import Edition
from lekp_lib.report.council import slides_page
from tests.browser.conftest import opened

pytestmark = pytest.mark.browser

DECKS = {
    "gent": ("44021", "voorbeeld", 4),
    "beveren-kruibeke-zwijndrecht": ("46030", "voorbeeld", 4),
    "houthulst": ("32006", "gepubliceerd", 3),
    "mesen": ("33016", "gepubliceerd", 3),
    "herstappe": ("73028", "voorbeeld", 3),
    # The fullest cards, and the longest list of what is not known.
    "lede": ("Lede", "voorbeeld", 4),
    "bree": ("Bree", "voorbeeld", 4),
}
#: Width and height of a projector.
STAGE = (1280, 720)
MEASURES = """() => [...document.querySelectorAll('main > section')].map(section => {
  const frame = section.querySelector('.frame'), body = section.querySelector('.slide-body');
  return {
    id: section.id, slide: section.offsetHeight, width: frame.offsetWidth, frame: frame.offsetHeight,
    over: [section, frame, body].map(e => [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth]),
  };
})"""
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("slides")
    editions = {name: Edition.open(name) for name in ("gepubliceerd", "voorbeeld")}
    found = {}
    for name, (nis, edition, _) in DECKS.items():
        path = folder / f"{name}.html"
        view = open_report(edition=editions[edition], gemeente=nis, editie=edition)
        page = slides_page(view.kort().data, view.facts)
        path.write_text(page, encoding="utf-8")
        found[name] = path.as_uri()
    return found


def shown(page: Any) -> str:
    """Id of the slide whose top is at the top of the window."""
    found: str = page.evaluate(
        "[...document.querySelectorAll('main > section')]"
        ".find(e => Math.abs(e.getBoundingClientRect().top) < 2)?.id ?? ''"
    )
    return found


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 768)])
@pytest.mark.parametrize("name", sorted(DECKS))
def test_every_slide_fits_its_stage(window: Any, addresses: dict[str, str], name: str, width: int, height: int) -> None:
    page = opened(window, addresses[name], width, height)
    measured = page.evaluate(MEASURES)
    assert len(measured) == DECKS[name][2]
    for slide in measured:
        assert slide["slide"] == height, slide
        assert abs(slide["frame"] - slide["width"] * 9 / 16) <= 1, slide
        assert all(over <= 0 for pair in slide["over"] for over in pair), slide
    assert [url for url in page.requested if not url.startswith("data:")] == [addresses[name]]
    assert page.faults == []


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 740)])
@pytest.mark.parametrize("name", sorted(DECKS))
def test_slides_are_accessible(window: Any, addresses: dict[str, str], name: str, width: int, height: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(window, addresses[name], width, height)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_text_of_the_overview_is_readable_from_the_back_row(window: Any, addresses: dict[str, str]) -> None:
    page = opened(window, addresses["gent"], *STAGE)
    sizes = page.evaluate(
        "[...document.querySelectorAll('.overview tbody th, .overview tbody td, .key li, .slide-body p')]"
        ".filter(e => !e.matches('.disclaimer, .slide-head p')).map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert sizes and min(sizes) >= 18


def test_keys_buttons_and_hash_walk_through_the_slides(window: Any, addresses: dict[str, str]) -> None:
    page = opened(window, addresses["gent"], *STAGE)
    status = page.locator("[role=status]")
    assert status.inner_text() == "1 / 4"
    for key, number in (
        ("ArrowRight", 2), ("PageDown", 3), (" ", 4), ("ArrowLeft", 3), ("ArrowDown", 4), ("PageUp", 3),
        ("ArrowUp", 2), ("Shift+ ", 1), ("ArrowLeft", 1), ("End", 4), ("ArrowRight", 4), ("Home", 1),
    ):  # fmt: skip
        page.keyboard.press("Shift+Space" if key == "Shift+ " else key)
        assert (status.inner_text(), shown(page)) == (f"{number} / 4", f"dia-{number}"), key
    page.keyboard.press("End")
    assert page.url.endswith("#dia-4")
    page.get_by_role("button", name="Vorige dia").click()
    assert shown(page) == "dia-3"
    page.keyboard.press("Space")
    assert shown(page) == "dia-2", "space on a focused button presses it"
    again = opened(window, addresses["gent"] + "#dia-3", *STAGE)
    assert (again.locator("[role=status]").inner_text(), shown(again)) == ("3 / 4", "dia-3")
    again.set_viewport_size({"width": 1600, "height": 900})
    again.wait_for_timeout(100)
    assert shown(again) == "dia-3"


def test_full_screen_goes_on_and_off_with_one_key(window: Any, addresses: dict[str, str]) -> None:
    page = opened(window, addresses["gent"], *STAGE)
    page.keyboard.press("f")
    page.locator(":fullscreen").wait_for()
    page.keyboard.press("f")
    page.locator(":fullscreen").wait_for(state="detached")


def test_swipe_turns_a_slide(browser: Any, addresses: dict[str, str]) -> None:
    with browser.new_page(viewport={"width": 1024, "height": 768}, has_touch=True) as page:
        opened(page, addresses["gent"], 1024, 768)
        page.evaluate(
            """() => {
              const at = (x, type) => {
                const touch = new Touch({identifier: 1, target: document.body, clientX: x, clientY: 300});
                const on = type === 'touchstart' ? [touch] : [];
                const told = {touches: on, changedTouches: [touch], bubbles: true};
                document.body.dispatchEvent(new TouchEvent(type, told));
              };
              at(600, 'touchstart'); at(300, 'touchend');
            }"""
        )
        assert shown(page) == "dia-2"


def test_focus_can_be_seen_on_every_button(window: Any, addresses: dict[str, str]) -> None:
    page = opened(window, addresses["gent"], *STAGE)
    names = []
    for _ in range(3):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert names == ["Vorige dia", "Volgende dia", "Volledig scherm"]


def test_without_script_the_slides_are_a_document(browser: Any, addresses: dict[str, str]) -> None:
    with browser.new_page(viewport={"width": 1280, "height": 720}, java_script_enabled=False) as page:
        page.goto(addresses["gent"])
        assert page.locator("main > section").count() == 4
        assert not page.get_by_role("button").count()
        assert page.locator(".page-number").last.inner_text().strip(" ·") == "4 / 4"
        page.mouse.wheel(0, 4000)
        assert page.locator("#dia-4 h2").bounding_box()


def test_more_room_between_letters_cuts_nothing_off(window: Any, addresses: dict[str, str]) -> None:
    page = opened(window, addresses["gent"], *STAGE)
    page.add_style_tag(content=SPACING)
    for slide in page.evaluate(MEASURES):
        assert all(over[0] <= 0 for over in slide["over"]) and slide["slide"] >= slide["frame"], slide


@pytest.mark.parametrize("name", ["gent", "houthulst", "mesen"])
def test_paper_has_one_slide_per_landscape_page(window: Any, addresses: dict[str, str], name: str) -> None:
    page = opened(window, addresses[name], *STAGE)
    content = page.pdf(prefer_css_page_size=True)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        boxes = [[round(float(side)) for side in sheet.mediabox] for sheet in pdf.pages]
    assert len(boxes) == DECKS[name][2]
    assert all(abs(box[2] - 842) <= 1 and abs(box[3] - 595) <= 1 for box in boxes)


def test_nothing_moves_for_readers_who_ask_for_less_motion(window: Any, addresses: dict[str, str]) -> None:
    window.emulate_media(reduced_motion="reduce")
    page = opened(window, addresses["gent"], *STAGE)
    page.keyboard.press("End")
    assert shown(page) == "dia-4", "there at once, without a moving picture"
    assert page.evaluate("document.getAnimations().length") == 0
