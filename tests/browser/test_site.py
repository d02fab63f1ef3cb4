"""The site in Chromium, by double click and from a server under a sub-path: search, keyboard, no script, every kind."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from lekp_lib.present.theme import MARKS
from lekp_lib.site.build import local_server
from tests.browser.conftest import opened
from tests.browser.test_slides import SPACING
from tests.site_sample import SiteSample

pytestmark = pytest.mark.browser

QUERIES = Path(__file__).with_name("search_queries.csv")
#: One page of each kind.
PAGES = (
    "index.html", "gemeente/moerbeke/index.html", "gemeente/gent/index.html", "gemeente/aalter/index.html",
    "doel/index.html", "doel/bomen/index.html", "doel/warmte-sloopbeleid/index.html", "vlaanderen/index.html",
    "vergelijk/index.html", "vergelijk/provincie-antwerpen/index.html", "kalender/index.html", "methode/index.html",
    "gegevens/index.html", "over/index.html", "toegankelijkheid/index.html", "editie/index.html",
    "editie/voorbeeld/index.html", "editie/voorbeeld/gemeente/gent/index.html",
)  # fmt: skip
#: It would fetch the style sheet by script, which a page from a folder may not.
AXE = {"preload": False}
#: The rows of one table are made alike, and looking at 285 of them takes seconds.
FEWER_ROWS = "document.querySelectorAll('tbody tr:nth-child(n+31)').forEach(row => row.remove())"


def assert_accessible(page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=AXE)
    assert found.violations_count == 0, found.generate_report()


@pytest.fixture(scope="session", params=["file", "http"])
def root(request: pytest.FixtureRequest, built_site: SiteSample) -> Iterator[str]:
    """Address of the site, with a slash at its end: a folder, or below a sub-path of a server."""
    if request.param == "file":
        yield f"{built_site.root.resolve().as_uri()}/"
        return
    with local_server(built_site.root.parent, 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{built_site.root.name}/"
        server.shutdown()
        thread.join()


class Reader:
    """Opens pages of the site; whatever goes wrong on one of them fails the test in the end."""

    def __init__(self, window: Any, root: str) -> None:
        self.window, self.root = window, root

    def open(self, path: str, width: int = 1280) -> Any:
        return opened(self.window, self.root + path, width)


@pytest.fixture
def reader(window: Any, root: str) -> Iterator[Reader]:
    yield Reader(window, root)
    assert window.faults == []
    assert [url for url in window.requested if not url.startswith((root, "data:"))] == []


@pytest.fixture
def without_script(browser: Any, root: str) -> Iterator[Any]:
    """The home page for who has no script."""
    with browser.new_page(java_script_enabled=False) as page:
        page.goto(f"{root}index.html")
        yield page


def test_forty_queries(reader: Reader) -> None:
    page = reader.open("index.html")
    wrong = []
    with QUERIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40
    for row in rows:
        page.fill("#zoek", row["query"])
        found = page.locator("#zoek-lijst [role=option]")
        first = found.first.locator(".site-found").inner_text() if found.count() else ""
        via = found.first.locator(".site-found-via").inner_text().partition("via ")[2] if found.count() else ""
        status = page.locator("#zoek-status").inner_text()
        if (first, via) != (row["first"], row["via"]) or (row["status"] and status != row["status"]):
            wrong.append((row["query"], first, via, status))
    assert wrong == []


def test_search_by_keyboard_alone(reader: Reader) -> None:
    page = reader.open("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "zoek"
    page.keyboard.type("brugge")
    field = page.locator("#zoek")
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    assert page.locator("[aria-selected=true]").inner_text().startswith("Erpe-Mere")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.locator("[aria-selected=true]").inner_text().startswith("Riemst")
    page.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false" and field.input_value() == "brugge"
    page.keyboard.press("Escape")
    assert field.input_value() == ""
    page.keyboard.type("geraardsbregen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gemeente/geraardsbergen/index.html")


def test_search_by_mouse_and_the_open_list_is_accessible(reader: Reader) -> None:
    page = reader.open("index.html", 320)
    page.fill("#zoek", "sint")
    if reader.root.startswith("file:"):  # from a server come the same bytes
        assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    sizes = [box.bounding_box() for box in page.locator("#zoek-lijst [role=option]").all()]
    assert len(sizes) == 12 and all(size["height"] >= 24 for size in sizes)
    page.fill("#zoek", "mariakerke")
    page.locator("#zoek-lijst [role=option]").click()
    page.wait_for_url("**/gemeente/gent/index.html")
    assert "Gent" in page.locator("h1").inner_text()


def test_what_the_mouse_points_at_can_be_read_and_seen(reader: Reader) -> None:
    page = reader.open("index.html")
    look = "(found, name) => getComputedStyle(found)[name]"
    page.fill("#zoek", "sint")
    chosen = page.locator("#zoek-lijst [role=option]").first
    page.keyboard.press("ArrowDown")
    colours = [chosen.evaluate(look, name) for name in ("color", "backgroundColor")]
    chosen.hover()
    assert [chosen.evaluate(look, name) for name in ("color", "backgroundColor")] == colours
    page.keyboard.press("Escape")
    place = page.locator(".kaartvak a", has_text="Gent:")
    assert place.locator("path").evaluate(look, "opacity") == "0.01"
    place.hover()
    outline = [place.locator("path").evaluate(look, name) for name in ("opacity", "fillOpacity", "strokeWidth")]
    assert outline == ["1", "0", "2px"] and place.locator("path").evaluate(look, "stroke") != "none"


def test_without_script_the_list_leads_everywhere(without_script: Any, root: str) -> None:
    page = without_script
    assert not page.locator("#zoek").is_visible()
    assert page.locator(".site-letter a").count() == 285
    page.get_by_role("link", name="Lokeren", exact=True).click()
    assert page.url == f"{root}gemeente/lokeren/index.html"
    page.get_by_role("link", name="Alle gemeenten").click()
    assert page.url == f"{root}index.html"


@pytest.mark.parametrize("path", PAGES)
def test_every_kind_of_page(reader: Reader, path: str) -> None:
    by_click = reader.root.startswith("file:")
    # The same bytes come from a server: there it matters that all that they ask for is found.
    for width in (1280, 320) if by_click else (1280,):
        page = reader.open(path, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # The report itself was tested at both widths; it is long, and what is added to it is not.
        if by_click and (width == 1280 or path != "gemeente/gent/index.html"):
            spacing = page.add_style_tag(content=SPACING)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            spacing.evaluate("element => element.remove()")
            page.evaluate(FEWER_ROWS)
            assert_accessible(page)


def test_the_grid_is_sorted_by_keyboard_and_fits_a_telephone(reader: Reader) -> None:
    page = reader.open("vergelijk/provincie-antwerpen/index.html", 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.documentElement.scrollHeight") <= 12 * 844
    read = (
        "[...document.querySelectorAll('.rooster tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))"
    )
    names = [row[0] for row in page.evaluate(read)]
    page.focus("#rooster-volgorde")
    page.keyboard.type("7. Bomen")
    order = list(MARKS)
    rows = page.evaluate(read)
    keys = [(order.index(row[7]), names.index(row[0])) for row in rows]
    assert keys == sorted(keys) and len(rows) == len(names)
    assert page.locator(".rooster [aria-sort]").count() == 1
    assert page.locator(".rooster th").nth(7).get_attribute("aria-sort") == "ascending"
    # Colour and shape: every word has a mark of its own.
    marks = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.rooster td')].map(cell => "
        "[cell.textContent, getComputedStyle(cell, '::before').backgroundImage]))"
    )
    assert len(set(marks.values())) == len(marks) >= 6 and "none" not in marks.values()
    page.emulate_media(media="print")
    assert not page.locator("#rooster-volgorde").is_visible() and page.locator(".rooster td").first.is_visible()


def test_home_opens_a_grid_without_script(without_script: Any) -> None:
    page = without_script
    grid = page.locator("#rooster-2")
    assert not grid.is_visible()
    page.get_by_text("Provincie Limburg", exact=True).click()
    assert grid.is_visible() and not page.locator("#rooster-2-volgorde").is_visible()
    assert grid.locator("tbody tr").count() > 30


def _heads(page: Any) -> list[str]:
    return [str(text) for text in page.locator("#vergelijking thead th a").all_inner_texts()]


def test_municipalities_are_compared_by_keyboard_and_the_address_says_which(reader: Reader) -> None:
    page = reader.open("vergelijk/index.html")
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
    page.fill("#gemeente-2", "Aalst")
    page.keyboard.press("Enter")
    page.wait_for_url("**#gemeenten=gent,aalst")
    page.go_back()
    expect(page.locator("#gemeente-2")).to_have_value("Sint-Niklaas")
    assert _heads(page) == ["Gent", "Sint-Niklaas"]
    page.emulate_media(media="print")
    assert not page.locator("#vergelijk-kiezer").is_visible() and page.locator(".compare-table").is_visible()


def test_a_comparison_with_wrong_former_and_too_many_names_is_answered_in_words(reader: Reader) -> None:
    page = reader.open("vergelijk/index.html?gemeenten=zulte,%3Cb%3Ex,moerbeke,gent,aalst", 320)
    assert _heads(page) == ["Zulte", "Lokeren", "Gent"]
    assert page.locator("#fout-2").inner_text().startswith("Geen gemeente met de naam “<b>x”.")
    assert page.get_attribute("#gemeente-2", "aria-invalid") == "true"
    told = page.locator("#vergelijking").inner_text()
    assert "Moerbeke is nu deel van Lokeren." in told
    assert "Er is plaats voor 4 gemeenten. Niet getoond: aalst." in told
    rows = page.locator(".compare-table tbody tr:not(.groep)")
    assert rows.count() == 17 and page.locator(".compare-table td .merk").count() == 17 * 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert_accessible(page)
    page.click("#vergelijk-wis")
    assert page.locator("#vergelijking").is_hidden() and page.input_value("#gemeente-1") == ""


def _order(page: Any) -> list[tuple[str, list[str]]]:
    """Label and names of each group of the table of a target, as they are shown."""
    groups = page.evaluate(
        "[...document.querySelectorAll('#gemeenten-tabel tbody')].filter(body => !body.hidden).map(body => "
        "[body.rows[0].textContent, [...body.rows].filter(row => row.dataset.nis && !row.hidden)"
        ".map(row => [row.dataset.name, row.cells[2].dataset.key])])"
    )
    return [(label.split(":")[0], rows) for label, rows in groups]


def test_a_target_is_sorted_and_filtered_by_keyboard(reader: Reader) -> None:
    page = reader.open("doel/bomen/index.html")
    at_first = _order(page)
    assert [label for label, _ in at_first] == ["Met een cijfer", "Zonder cijfer", "Doel geldt niet"]
    for key, turn in (("Enter", 1), ("Space", -1)):
        page.locator("#gemeenten-tabel button.sort:text-is('Deel')").focus()
        page.keyboard.press(key)
        shares = [float(share) * turn for _, share in _order(page)[0][1] if share]
        assert shares == sorted(shares) and len(set(shares)) > 50
        # No figure is no zero: the last groups keep their order.
        assert _order(page)[1:] == at_first[1:]
    page.focus("#filter-naam")
    page.keyboard.type("SINT g")
    assert {name for _, rows in _order(page) for name, _ in rows} == {"Sint-Genesius-Rode", "Sint-Gillis-Waas"}
    assert page.locator("#tabel-melding").inner_text() == "De tabel toont 2 van de 285 gemeenten."
    page.fill("#filter-naam", "zzz")
    assert page.locator("#tabel-melding").inner_text() == "Geen enkele gemeente past bij deze keuze."
    page.locator(".table-filter button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#tabel-melding")).to_contain_text("285 van de 285")
