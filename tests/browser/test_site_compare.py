"""The comparison in a real browser: picked by keyboard, shared, reloaded, walked back, printed, and without script."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from lekp_lib.edition import Edition
from lekp_lib.site import compare
from lekp_lib.site.frame import Frame, Look
from lekp_lib.site.oud.target_fiche import date_cell
from lekp_lib.site.oud.words.amount_words import share_words
from lekp_lib.site.oud.words.verdict_words import detail_line
from lekp_lib.site.world import SiteWorld

TODAY = dt.date(2026, 3, 2)


@pytest.fixture(scope="module")
def world() -> SiteWorld:
    return SiteWorld(Edition.open("voorbeeld"), TODAY, {})


@pytest.fixture(scope="module")
def address(world: SiteWorld, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the page stands, with all that belongs to it."""
    root = tmp_path_factory.mktemp("site")
    frame = Frame(world, Look())
    made = [(page.path, frame.render(page)) for page in compare.pages(world)]
    made += [(file.path, file.content) for source in (compare.files(world), frame.files()) for file in source]
    for path, content in made:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return Path(root, compare.PATH).as_uri()


@pytest.fixture
def page(browser: Any, address: str) -> Any:
    """The page, freshly opened; a script error or a request to anywhere else fails the test."""
    opened, faults = browser.new_page(viewport={"width": 1280, "height": 900}), []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    opened.on("request", lambda asked: None if asked.url.startswith("file:") else faults.append(asked.url))
    opened.goto(address)
    yield opened
    opened.close()
    assert faults == []


def _heads(page: Any) -> list[str]:
    return [str(text) for text in page.locator("#vergelijking thead th a").all_inner_texts()]


def test_municipalities_are_picked_by_keyboard_and_the_address_says_which(page: Any) -> None:
    page.focus("#gemeente-1")
    page.keyboard.type("gent")
    page.keyboard.press("Tab")
    page.keyboard.type("sint niklaas")
    page.keyboard.press("Enter")
    page.wait_for_selector("#vergelijking table")
    assert page.url.endswith("#gemeenten=gent,sint-niklaas")
    assert _heads(page) == ["Gent", "Sint-Niklaas"]
    assert page.locator("[role=status]").inner_text() == "2 gemeenten naast elkaar getoond."
    assert page.evaluate("document.activeElement.id") == "vergelijking-titel"
    assert page.title().startswith("Gent en Sint-Niklaas: ")
    assert page.input_value("#vergelijk-adres") == page.url

    page.reload()
    assert _heads(page) == ["Gent", "Sint-Niklaas"]
    assert page.input_value("#gemeente-2") == "Sint-Niklaas"

    page.fill("#gemeente-2", "Aalst")
    page.keyboard.press("Enter")
    page.wait_for_url("**#gemeenten=gent,aalst")
    page.go_back()
    page.wait_for_function("document.querySelector('#gemeente-2').value === 'Sint-Niklaas'")
    assert _heads(page) == ["Gent", "Sint-Niklaas"]


def test_an_address_with_wrong_former_and_too_many_names_is_answered_in_words(page: Any, address: str) -> None:
    page.goto(f"{address}?gemeenten=zulte,%3Cb%3Ex,moerbeke,gent,aalst")
    assert _heads(page) == ["Zulte", "Lokeren", "Gent"]
    assert page.locator("#fout-2").inner_text().startswith("Geen gemeente met de naam “<b>x”.")
    assert page.get_attribute("#gemeente-2", "aria-invalid") == "true"
    told = page.locator("#vergelijking").inner_text()
    assert "Moerbeke is nu deel van Lokeren." in told
    assert "Er is plaats voor 4 gemeenten. Niet getoond: aalst." in told
    page.click("#vergelijk-wis")
    assert page.locator("#vergelijking").is_hidden()
    assert page.input_value("#gemeente-1") == ""


def test_every_cell_says_what_the_report_says(page: Any, address: str, world: SiteWorld) -> None:
    slugs = {world.slug(place.nis): place.nis for place in world.municipalities}
    wanted = ["gent", "herstappe", "lokeren", "zwevegem"]
    page.goto(f"{address}#gemeenten={','.join(wanted)}")
    rows = page.evaluate(
        "[...document.querySelectorAll('.compare-table tbody tr:not(.group)')].map(row => [...row.cells].map("
        "cell => [...cell.querySelectorAll('strong,.compare-share,.compare-figure,.cell-note')]"
        ".map(part => part.textContent)))"
    )
    assert len(rows) == 17
    for column, slug in enumerate(wanted, start=1):
        own = [item for item in world.of(slugs[slug]) if item.target.nr is not None]
        for row, item in zip(rows, own, strict=True):
            share = share_words(item)[0] if item.applies and not item.parts else ""
            date = f"peildatum {date_cell(item)}" if item.current else "geen peildatum"
            expected = [item.verdict.value, *([f"{share} van het doel"] if share else []), detail_line(item), date]
            assert row[column] == expected, (slug, item.target.id)
    shapes = page.locator(".compare-table td svg.mark")
    assert shapes.count() == 17 * 4


def test_the_comparison_prints_and_fits_a_narrow_screen(page: Any, address: str) -> None:
    page.goto(f"{address}#gemeenten=gent,aalst")
    page.emulate_media(media="print")
    assert not page.locator("#vergelijk-kiezer").is_visible()
    assert not page.locator(".compare-groups").is_visible()
    assert page.locator(".compare-table").is_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_in_a_comparison_with_a_fault_in_it(page: Any, address: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}#gemeenten=gent,aalst,nergens")
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag22aa"]}
    # Without preload axe does not fetch the style sheets itself, which file:// forbids.
    found = Axe().run(page, options={"runOnly": rules, "preload": False})
    assert found.response["violations"] == []


def test_without_script_the_groups_are_there_and_the_form_is_not(browser: Any, address: str, world: SiteWorld) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert not page.locator("#vergelijk-kiezer").is_visible()
    assert page.locator("noscript").count() == 1
    page.click("text=Referentieregio Waasland")
    assert page.locator("h1").inner_text() == "Referentieregio Waasland"
    bomen = page.locator("#bomen ~ .table").first.locator("tbody tr")
    lokeren = next(place for place in world.municipalities if place.name == "Lokeren")
    item = next(one for one in world.of(lokeren.nis) if one.target.id == "bomen")
    cells = [bomen.nth(number).inner_text().split("\t") for number in range(bomen.count())]
    own = next(row for row in cells if row[0].strip() == "Lokeren")
    shown = [text.strip() for text in own[1:]]
    assert shown == [detail_line(item), share_words(item)[0], item.verdict.value, date_cell(item)]
    context.close()
