"""The site in Chromium, by double click and from a server under a sub-path: search, keyboard, no script, every kind."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest

from lekp_lib.edition import Edition
from lekp_lib.site.build import KINDS
from lekp_lib.site.reports import find_reports
from lekp_lib.site.serve import local_server
from lekp_lib.site.world import SiteWorld
from tests.browser.test_report_pages import SPACING
from tests.browser.test_site_compare import TODAY
from tests.site_sample import SiteSample

pytestmark = pytest.mark.browser

QUERIES = Path(__file__).with_name("search_queries.csv")
#: Pages unlike the first one of their kind, and those that no kind makes.
OTHER_PAGES = {
    "municipality": "gemeente/gent/index.html",
    "without-report": "gemeente/aalter/index.html",
    "frozen": "editie/voorbeeld/gemeente/gent/index.html",
    "edition": "editie/voorbeeld/index.html",
}
#: It would fetch the style sheet by script, which a page from a folder may not.
AXE = {"preload": False}
KIND_NAMES = [cast(ModuleType, kind).__name__.rpartition(".")[2] for kind in KINDS]


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


@pytest.fixture(scope="session")
def first_pages(built_site: SiteSample) -> dict[str, str]:
    """Path of the first page that each kind makes."""
    edition = Edition.open("voorbeeld")
    world = SiteWorld(edition, TODAY, find_reports(built_site.outputs, edition).reports)
    return {name: next(iter(kind.pages(world))).path for name, kind in zip(KIND_NAMES, KINDS, strict=True)}


class Reader:
    """Opens pages; whatever goes wrong on one of them fails the test in the end."""

    def __init__(self, browser: Any, root: str) -> None:
        self.browser, self.root = browser, root
        self.faults: list[str] = []
        self.opened: list[Any] = []

    def open(self, path: str, width: int = 1280, **options: Any) -> Any:
        page = self.browser.new_page(viewport={"width": width, "height": 900}, **options)
        self.opened.append(page)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type in ("error", "warning") else None)
        page.on("requestfailed", lambda asked: self.faults.append(f"failed: {asked.url}"))
        page.on(
            "response", lambda told: self.faults.append(f"{told.status}: {told.url}") if told.status > 399 else None
        )
        page.on("request", lambda asked: self._check(asked.url))
        page.goto(self.root + path)
        page.evaluate("document.fonts.ready")
        return page

    def _check_answer(self, status: int, url: str) -> None:
        if status >= 400:
            self.faults.append(f"{status}: {url}")

    def _check(self, url: str) -> None:
        if not url.startswith((self.root, "data:")):
            self.faults.append(f"asked for {url}")


@pytest.fixture
def reader(browser: Any, root: str) -> Iterator[Reader]:
    made = Reader(browser, root)
    yield made
    for page in made.opened:
        page.close()
    assert made.faults == []


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
    from axe_playwright_python.sync_playwright import Axe

    page = reader.open("index.html", 320)
    page.fill("#zoek", "sint")
    found = Axe().run(page, options=AXE)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    sizes = [box.bounding_box() for box in page.locator("#zoek-lijst [role=option]").all()]
    assert len(sizes) == 12 and all(size["height"] >= 24 for size in sizes)
    page.fill("#zoek", "mariakerke")
    page.locator("#zoek-lijst [role=option]").click()
    page.wait_for_url("**/gemeente/gent/index.html")
    assert "Gent" in page.locator("h1").inner_text()


def test_without_script_the_list_leads_everywhere(reader: Reader) -> None:
    page = reader.browser.new_page(java_script_enabled=False)
    reader.opened.append(page)
    page.goto(f"{reader.root}index.html")
    assert not page.locator("#zoek").is_visible()
    assert page.locator(".site-letter a").count() == 285
    page.get_by_role("link", name="Lokeren", exact=True).click()
    assert page.url == f"{reader.root}gemeente/lokeren/index.html"
    page.get_by_role("link", name="Alle gemeenten").click()
    assert page.url == f"{reader.root}index.html"


@pytest.mark.parametrize("name", [*KIND_NAMES, *OTHER_PAGES])
def test_every_kind_of_page(reader: Reader, first_pages: dict[str, str], name: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    by_click = reader.root.startswith("file:")
    # The same bytes come from a server: there it matters that all that they ask for is found.
    for width in (1280, 320) if by_click else (1280,):
        page = reader.open({**first_pages, **OTHER_PAGES}[name], width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # The report itself was tested at both widths; it is long, and what is added to it is not.
        if by_click and (width == 1280 or name != "municipality"):
            found = Axe().run(page, options=AXE)
            assert found.violations_count == 0, f"{width}: {found.generate_report()}"
            page.add_style_tag(content=SPACING)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
