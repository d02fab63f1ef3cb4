"""Pages of the targets in a real browser: sorted and filtered by keyboard, whole without script, axe, narrow, Nu."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lekp_lib.adapter.flanders_results import FlandersResults
from lekp_lib.edition import Edition
from lekp_lib.site import flanders_page, targets
from lekp_lib.site.frame import Frame, Look
from lekp_lib.site.oud.numbers import rounded
from lekp_lib.site.page import Page, SiteFile, target_path
from lekp_lib.site.world import SiteWorld

VNU_DEFAULT = Path.home() / ".cache" / "lekp" / "vnu" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
#: A sum, two units, yes or no; and a target with hardly any figures.
BUILT = {"voorbeeld": ("bomen", "laadpunten", "warmte_sloopbeleid"), "gepubliceerd": ("bomen",)}
SHOWN = (
    *((edition, target_path(target)) for edition, ids in BUILT.items() for target in ids),
    ("gepubliceerd", targets.PATH),
    ("gepubliceerd", flanders_page.PATH),
)


@pytest.fixture(scope="module")
def worlds() -> dict[str, SiteWorld]:
    return {name: SiteWorld(Edition.open(name), dt.date(2026, 4, 1), {}) for name in ("voorbeeld", "gepubliceerd")}


@pytest.fixture(scope="module")
def site(worlds: dict[str, SiteWorld], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both editions, one folder each."""
    root = tmp_path_factory.mktemp("site")
    for name, world in worlds.items():
        frame = Frame(world, Look())
        parts: list[Page | SiteFile] = [*targets.files(world), *frame.files()]
        if name == "gepubliceerd":
            parts += [*targets.pages(world), *flanders_page.pages(world)]
        else:
            wanted = [world.catalog.target(target) for target in BUILT[name]]
            parts += targets.pages_of(world, FlandersResults(world.assessor), wanted)
        for part in parts:
            place = root / name / part.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(frame.render(part) if isinstance(part, Page) else part.content)
    return root


@pytest.fixture
def page(browser: Any, site: Path) -> Any:
    """Bomen of the example; a script error or a request to anywhere else fails the test."""
    opened, faults = browser.new_page(viewport={"width": 1280, "height": 900}), []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    opened.on("request", lambda asked: None if asked.url.startswith("file:") else faults.append(asked.url))
    opened.goto((site / "voorbeeld" / target_path("bomen")).as_uri())
    yield opened
    opened.close()
    assert faults == []


def _order(page: Any) -> list[tuple[str, list[str]]]:
    """Label and NIS codes of each group, as they are shown."""
    return [
        (str(label), list(codes))
        for label, codes in page.evaluate(
            "[...document.querySelectorAll('#gemeenten-tabel tbody')].filter(body => !body.hidden).map(body => "
            "[body.rows[0].textContent, [...body.rows].filter(row => row.dataset.nis && !row.hidden)"
            ".map(row => row.dataset.nis)])"
        )
    ]


def _press(page: Any, head: str, key: str = "Enter") -> None:
    page.locator(f"#gemeenten-tabel button.sort:text-is('{head}')").focus()
    page.keyboard.press(key)


def test_sorted_by_keyboard_with_missing_figures_at_the_end(page: Any, worlds: dict[str, SiteWorld]) -> None:
    world = worlds["voorbeeld"]
    everyone = {item.nis: item for item in world.everyone(world.catalog.target("bomen"))}
    at_first = _order(page)
    head = page.locator("#gemeenten-tabel th:has(button:text-is('Deel'))")
    _press(page, "Deel")
    assert head.get_attribute("aria-sort") == "ascending"
    assert page.locator("#gemeenten-tabel [aria-sort]").count() == 1
    rising = _order(page)
    shares = [rounded(everyone[nis].share_pct, 1) for nis in rising[0][1]]
    assert shares == sorted(shares) and len(set(shares)) > 50
    _press(page, "Deel", "Space")
    assert head.get_attribute("aria-sort") == "descending"
    falling = _order(page)
    assert [rounded(everyone[nis].share_pct, 1) for nis in falling[0][1]] == sorted(shares, reverse=True)
    assert rising[1:] == falling[1:] == at_first[1:], "no figure is no zero: the last groups keep their order"
    assert [label.split(":")[0] for label, _ in falling] == ["Met een cijfer", "Geen gegevens", "Doel geldt niet"]
    equal = next(place for place, share in enumerate(shares) if shares.count(share) > 1)
    names = [world.names[nis] for nis in rising[0][1][equal : equal + 2]]
    assert names == sorted(names), "equal as printed: in the order of the alphabet"
    _press(page, "Gemeente")
    assert _order(page) == at_first


def test_filtered_by_keyboard_and_said_aloud(page: Any, worlds: dict[str, SiteWorld]) -> None:
    status = page.locator("#tabel-melding")
    assert status.inner_text() == "De tabel toont 285 van de 285 gemeenten."
    page.focus("#filter-naam")
    page.keyboard.type("SINT g")
    assert [worlds["voorbeeld"].names[nis] for _, codes in _order(page) for nis in codes] == [
        "Sint-Genesius-Rode", "Sint-Gillis-Waas",
    ]  # fmt: skip
    assert status.inner_text() == "De tabel toont 2 van de 285 gemeenten."
    page.fill("#filter-naam", "")
    page.focus("#filter-provincie")
    page.keyboard.type("Limburg")
    page.focus("#filter-oordeel")
    page.keyboard.type("zonder oordeel")
    shown = {nis for _, codes in _order(page) for nis in codes}
    world = worlds["voorbeeld"]
    assert shown == {
        item.nis
        for item in world.everyone(world.catalog.target("bomen"))
        if item.verdict.value == "zonder oordeel" and world.scene.provinces[item.nis] == "Limburg"
    }
    page.fill("#filter-naam", "zzz")
    assert status.inner_text() == "Geen enkele gemeente past bij deze keuze."
    page.locator(".table-filter button").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('#tabel-melding').textContent.includes('285 van de 285')")


def test_whole_and_alphabetical_without_script(browser: Any, site: Path, worlds: dict[str, SiteWorld]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "gepubliceerd" / target_path("bomen")).as_uri())
    assert not page.locator("#tabel-filter").is_visible() and page.locator("button.sort").count() == 0
    rows = page.locator("#gemeenten-tabel tbody tr[data-nis] th").all_inner_texts()
    assert len(rows) == 285 and rows[:2] == ["De Haan", "Duffel"]
    assert page.locator("#gemeenten-tabel tbody").nth(1).locator("tr").first.inner_text() == "Geen gegevens: 276"
    context.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_sticks_out(browser: Any, site: Path, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # A table of 285 rows beside a map of 285 links takes axe seconds, so each kind of page is read at one width.
    axed = {(1280, *SHOWN[1]), *((320, *shown) for shown in SHOWN[3:])}
    page = browser.new_page(viewport={"width": width, "height": 900})
    for edition, path in SHOWN:
        page.goto((site / edition / path).as_uri())
        if (width, edition, path) in axed:
            found = Axe().run(page)
            assert found.violations_count == 0, (path, found.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        small = page.evaluate(
            "[...document.querySelectorAll('main a:not(svg a), main button, main select, main input')]"
            ".filter(node => node.getClientRects().length && !node.closest('p, dd, svg'))"
            ".filter(node => node.getBoundingClientRect().height < 24).map(node => node.outerHTML.slice(0, 80))"
        )
        assert small == [], path
    page.close()


def test_nu_checker_finds_no_error(site: Path) -> None:
    jar = Path(os.environ.get("LEKP_VNU_JAR") or VNU_DEFAULT)
    if shutil.which("java") is None or not jar.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no Java, or no Nu checker at {jar}, but CI needs it")
        pytest.skip(f"no Java, or no Nu checker at {jar}; npm package vnu-jar, or name it with LEKP_VNU_JAR")
    files = [site / edition / path for edition, path in SHOWN[1:]]
    command = ["java", "-jar", jar, "--errors-only", "--exit-zero-always", "--format", "json", *files]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    messages = json.loads(told.stderr)["messages"]
    assert [item["message"] for item in messages] == []
