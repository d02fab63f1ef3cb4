"""Pages of the targets: every number is that of the municipality's own report, and everybody is counted once."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from functools import cache
from typing import Any

import pytest
from lxml import html as lxml_html

from lekp_lib.adapter.flanders_results import FlandersResults
from lekp_lib.edition import Edition
from lekp_lib.edition.boundaries import Area, Boundaries
from lekp_lib.edition.manifest import BoundaryInput
from lekp_lib.present.numbers import number
from lekp_lib.present.report_view import open_report
from lekp_lib.site import flanders_page, targets
from lekp_lib.site.page import Page, SiteFile, target_path
from lekp_lib.site.target_csv import target_csv
from lekp_lib.site.world import SiteWorld

EDITIONS = ("voorbeeld", "gepubliceerd")
TODAY = dt.date(2026, 4, 1)


@cache
def world(edition: str) -> SiteWorld:
    return SiteWorld(Edition.open(edition), TODAY, {})


@cache
def made(edition: str) -> dict[str, Page | SiteFile]:
    parts = [*targets.pages(world(edition)), *flanders_page.pages(world(edition))]
    assert len({part.path for part in parts}) == len(parts)
    return {part.path: part for part in parts}


def page_of(edition: str, path: str) -> Any:
    part = made(edition)[path]
    assert isinstance(part, Page)
    return lxml_html.fragment_fromstring(part.body, create_parent="main")


def text(element: Any) -> str:
    return " ".join(element.text_content().split())


def table_rows(edition: str, target_id: str) -> dict[str, dict[str, str]]:
    """Cells of the produced table by NIS code and head of the column."""
    table = page_of(edition, target_path(target_id)).get_element_by_id("gemeenten-tabel")
    heads = [text(cell) for cell in table.iterfind("./thead/tr/th")]
    rows = table.xpath("./tbody/tr[@data-nis]")
    return {row.get("data-nis"): dict(zip(heads, map(text, row), strict=True)) for row in rows}


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_number_is_that_of_the_report_of_the_municipality(edition: str) -> None:
    """All 285 x 17: the cells of the produced page against those of the report's own table."""
    here = world(edition)
    pages = {target.id: table_rows(edition, target.id) for target in here.catalog.pact_targets}
    assert all(set(rows) == set(here.names) for rows in pages.values())
    compared = 0
    for nis, name in here.names.items():
        table = open_report(gemeente=nis, editie=edition, edition=here.edition).all_figures()
        own = {row[0].text: [" ".join(cell.text.split()) for cell in row] for _, rows in table.groups for row in rows}
        for target in here.catalog.pact_targets:
            _, stand, level, share, expected, date, verdict = own[target.name]
            shown = pages[target.id][nis]
            assert shown["Gemeente"] == name
            wanted = {"Stand": stand, "Oordeel": verdict, "Peildatum": date}
            if "Deel" in shown:
                wanted |= {"Te bereiken": level, "Deel": share, "Vereist": expected}
            assert {head: shown[head] for head in wanted} == wanted, (name, target.id)
            compared += len(wanted)
    assert compared > 285 * 17 * 5


@pytest.mark.parametrize("edition", EDITIONS)
def test_everybody_is_counted_once_on_every_page(edition: str) -> None:
    here = world(edition)
    for target in here.catalog.targets:
        page = page_of(edition, target_path(target.id))
        counts = [int(item.get("data-count")) for item in page.xpath('.//ul[@class="stack-counts"]/li')]
        assert sum(counts) == 285, target.id
        for figure in page.xpath('.//figure[@data-block="hexmap" or @data-block="boundary-map"]'):
            numbers = [int(item.text) for item in figure.iter("text") if re.fullmatch(r"\d+", item.text or "")]
            assert numbers[-1] == 285 == sum(numbers[:-1]), target.id
        heads = [text(item) for item in page.xpath('.//table[@id="gemeenten-tabel"]/tbody/tr[@class="group"]')]
        assert sum(int(head.rsplit(" ", 1)[1]) for head in heads) == 285


def test_municipalities_without_a_figure_are_a_group_at_the_end() -> None:
    table = page_of("gepubliceerd", target_path("bomen")).get_element_by_id("gemeenten-tabel")
    labels = [text(body[0]) for body in table.iterfind("./tbody")]
    assert labels == ["Met een cijfer: 5", "Geen gegevens: 276", "Doel geldt niet: 4"]
    assert [body.get("data-fixed") is not None for body in table.iterfind("./tbody")] == [False, True, True]
    rows = table_rows("gepubliceerd", "bomen")
    assert rows["41034"]["Stand"] == "0 bomen", "Lede: a real zero"
    assert rows["44021"]["Stand"] == "geen gegevens" and rows["44021"]["Deel"] == "–"
    for body in table.iterfind("./tbody"):
        names = [row.get("data-name") for row in body.xpath("./tr[@data-nis]")]
        order = [place.name for place in world("gepubliceerd").municipalities if place.name in set(names)]
        assert names == order


def test_csv_has_every_municipality_and_exact_values() -> None:
    here = world("voorbeeld")
    for target in here.catalog.targets:
        rows = list(csv.DictReader(io.StringIO(target_csv(here, target).decode("utf-8"))))
        assert len(rows) == 285
        for row, item in zip(rows, here.everyone(target), strict=True):
            value = item.current.value if item.current is not None else None
            assert (row["nis"], row["oordeel"]) == (item.nis, item.verdict.value)
            assert row["stand"] == ("" if value is None else repr(float(value))), "an absent figure is no zero"
            assert row["fictief"] == "true"


def test_total_of_the_page_is_the_sum_of_its_own_table() -> None:
    """Read back from the produced HTML: the trees of the rows that count make the total in the sentence."""
    page = page_of("voorbeeld", target_path("bomen"))
    rows = table_rows("voorbeeld", "bomen").values()
    judged = [row for row in rows if row["Oordeel"] not in ("zonder oordeel", "niet van toepassing")]
    trees, goal = (
        sum(int(row[head].split()[0].replace(".", "")) for row in judged) for head in ("Stand", "Te bereiken")
    )
    assert f"Samen: {number(trees)} van {number(goal)} bomen" in text(page)


@pytest.mark.parametrize("edition", EDITIONS)
def test_list_of_targets_and_flanders_are_there(edition: str) -> None:
    here = world(edition)
    listed = page_of(edition, targets.PATH).xpath('.//span[@class="stack-name"]/a/@href')
    assert listed == [f"{target.id.replace('_', '-')}/index.html" for target in here.catalog.targets]
    flanders = page_of(edition, flanders_page.PATH)
    assert len(flanders.findall(".//h1")) == 1
    assert "geen volledig verslag van Vlaanderen" in text(flanders)


def test_real_boundaries_are_a_second_map_where_the_edition_has_them() -> None:
    """One square per municipality stands in for the real boundaries, which this repository does not hold."""
    edition = Edition.open("gepubliceerd")
    codes = [place.nis for place in edition.register.municipalities(edition.reference_date)]
    areas = {}
    for number_of, nis in enumerate(codes):
        x, y, side = 20_000 + number_of % 20 * 10_000, 150_000 + number_of // 20 * 10_000, 10_000
        ring = ((x, y), (x, y + side), (x + side, y + side), (x + side, y))
        areas[nis] = Area((x + side // 2, y + side // 2), (ring,))
    origin = BoundaryInput(
        sha256="0" * 64, name="grenzen.geojson", provider="statbel", title="Sectoren", licence="Open",
        retrieved=TODAY,
    )  # fmt: skip
    edition.__dict__["boundaries"] = Boundaries(areas, origin, "Statbel")
    here = SiteWorld(edition, TODAY, {})
    parts = list(targets.pages_of(here, FlandersResults(here.assessor), [here.catalog.target("laadpunten")]))
    page, paths = parts[0], [part.path for part in parts]
    assert isinstance(page, Page)
    assert paths[1:] == [
        "doel/laadpunten/laadpunten.csv", "doel/laadpunten/laadpunten-kaart.svg",
        "doel/laadpunten/laadpunten-kaart-grenzen.svg",
    ]  # fmt: skip
    root = lxml_html.fragment_fromstring(page.body, create_parent="main")
    (figure,) = root.xpath('.//details//figure[@data-block="boundary-map"]')
    numbers = [int(item.text) for item in figure.iter("text") if re.fullmatch(r"\d+", item.text or "")]
    assert numbers[-1] == 285 == sum(numbers[:-1])
    assert "Toon de kaart met echte grenzen" in text(root) and "Kaart met echte grenzen (svg" in text(root)
