"""The finished site as files: every link, weight, unique titles, what stands where, what is never silent."""

from __future__ import annotations

import io
import json
import zipfile
from collections import defaultdict
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import openpyxl
import pytest
from lxml import etree, html

from tests.nu_checker import nu_errors
from tests.site_sample import BASE_URL, WITH_REPORT, SiteSample

_LINKS = {"a": "href", "link": "href", "script": "src", "img": "src", "image": "href", "use": "href"}


def all_pages(root: Path) -> list[Path]:
    return sorted(root.rglob("*.html"))


@cache
def parsed(path: Path) -> html.HtmlElement:
    return html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()


@cache
def ids_of(path: Path) -> frozenset[str]:
    return frozenset(parsed(path).xpath("//@id"))


def addresses(page: html.HtmlElement) -> list[str]:
    return [found for tag, name in _LINKS.items() for found in page.xpath(f"//*[local-name()='{tag}']/@{name}")]


def fault_of(root: Path, page: Path, address: str) -> str:
    """Why a link leads nowhere; empty when it is in order."""
    if address.startswith(BASE_URL):
        page, address = root / "index.html", address.removeprefix(BASE_URL)
        address = f"{address}index.html" if address == "" or address.endswith("/") else address
    parts = urlsplit(address)
    if parts.scheme in ("https", "http", "mailto", "data"):
        return ""
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not target.is_file():
        return f"{page.relative_to(root)}: {address}: no such file"
    if parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in ids_of(target):
        # The comparison keeps its choice in the address.
        return "" if "=" in parts.fragment else f"{page.relative_to(root)}: {address}: no such place on the page"
    return ""


def test_every_link_of_the_whole_site_resolves(built_site: SiteSample) -> None:
    root = built_site.root.resolve()
    faults, links = set(), 0
    for page in all_pages(root):
        for address in addresses(parsed(page)):
            links += 1
            if fault := fault_of(root, page, address):
                faults.add(fault)
    assert links > 5_000
    assert not faults, "\n".join(sorted(faults)[:30])


def test_every_page_has_one_title_of_its_own_one_h1_and_the_frame(built_site: SiteSample) -> None:
    titles = defaultdict(list)
    for path in all_pages(built_site.root):
        page = parsed(path)
        titles[page.findtext(".//title")].append(path)
        assert len(page.xpath("//h1")) == 1, path
        assert page.get("lang") == "nl-BE"
        assert "Voorbeeldeditie: fictieve cijfers" in page.find(".//header").text_content()
        assert "Geen officieel document van de Vlaamse overheid" in page.find(".//footer").text_content()
        assert page.xpath("//meta[@name='description']/@content")[0].strip()
        assert not page.xpath("//@id[. = preceding::*/@id]") or len(ids_of(path)) == len(page.xpath("//@id")), path
    assert [found for found in titles.values() if len(found) > 1] == []


def test_weights(built_site: SiteSample) -> None:
    root = built_site.root
    home = [root / "index.html", root / "assets/site.css", *(root / "assets").glob("zoek*.js")]
    assert (root / "index.html").stat().st_size < 300_000
    assert sum(path.stat().st_size for path in (root / "assets").glob("zoek*.js")) < 80_000
    assert sum(path.stat().st_size for path in home) < 300_000
    # The site of all of Flanders stays below 350 MB (benchmarks/site.py); Gent is one of the large ones.
    own = [root / "gemeente/gent", root / "editie/voorbeeld/gemeente/gent"]
    gent = sum(path.stat().st_size for folder in own for path in folder.iterdir())
    assert gent < 1_200_000


def test_former_municipalities_lead_on(built_site: SiteSample) -> None:
    page = parsed(built_site.root / "gemeente/moerbeke/index.html")
    main = page.get_element_by_id("inhoud")
    assert "Moerbeke is sinds 1 januari 2025 deel van Lokeren." in main.text_content()
    assert main.xpath(".//a/@href") == ["../lokeren/index.html"]
    # Deinze merged and kept its name: the address is that of the municipality of today.
    assert "nu Deinze" not in parsed(built_site.root / "gemeente/deinze/index.html").text_content()


def test_a_municipality_without_report_says_so(built_site: SiteSample) -> None:
    assert "282 municipalities have no report; their pages say so." in built_site.said
    text = parsed(built_site.root / "gemeente/aalter/index.html").get_element_by_id("inhoud").text_content()
    assert "Van Aalter is er in de editie Voorbeeldeditie 2025 geen verslag." in text
    assert not (built_site.root / "editie/voorbeeld/gemeente/aalter").exists()
    edition = parsed(built_site.root / "editie/voorbeeld/index.html").get_element_by_id("inhoud").text_content()
    assert "Deze editie telt 3 verslagen." in edition and "Zonder verslag: Aalst, Aalter" in edition


@pytest.mark.parametrize("nis", sorted(WITH_REPORT))
def test_the_page_of_a_municipality_says_what_its_report_says(built_site: SiteSample, nis: str) -> None:
    slug = WITH_REPORT[nis]
    report = parsed(built_site.outputs / "voorbeeld" / f"{nis}-{slug}" / "rapport.html").find(".//main")
    page = parsed(built_site.root / "gemeente" / slug / "index.html").get_element_by_id("inhoud")

    def words(element: html.HtmlElement, path: str) -> list[str]:
        return [" ".join(found.text_content().split()) for found in element.xpath(path)]

    for path in (".//h1", ".//h3", ".//p[not(ancestor::section)]", ".//td", ".//figcaption", ".//svg/title"):
        told = words(report, path)
        assert told and set(told) <= set(words(page, path))
    assert len(page.xpath(".//svg[@role='img']")) == len(report.xpath(".//svg[@role='img']"))
    # No word of a drawing is lost: it stands where it stood, or once among the definitions.
    drawn = {" ".join(text.split()) for text in report.xpath(".//svg//text/text()")}
    assert drawn <= {" ".join(text.split()) for text in page.xpath(".//svg//text/text()")}


def test_downloads_are_what_the_batch_made(built_site: SiteSample) -> None:
    made = built_site.outputs / "voorbeeld" / "44021-gent"
    kept = built_site.root / "editie/voorbeeld/gemeente/gent"
    start = "klimaatpact-2025-44021-gent"
    assert (kept / f"{start}.pdf").read_bytes() == (made / "rapport.pdf").read_bytes()
    assert (kept / f"{start}-besluit.docx").read_bytes() == (made / "besluit.docx").read_bytes()
    with zipfile.ZipFile(kept / f"{start}-cijfers.zip") as archive:
        assert archive.read("cijfers.csv") == (made / "cijfers.csv").read_bytes()
    with zipfile.ZipFile(kept / f"{start}-verslag.zip") as archive:
        assert {"rapport.html", "presentatie.html"} <= set(archive.namelist())
        fonts = [name for name in archive.namelist() if name.endswith(".woff2")]
        page = archive.read("rapport.html").decode()
        assert len(fonts) == 4 and all(name in page for name in fonts) and "data:font" not in page
    mine = openpyxl.load_workbook(io.BytesIO((kept / f"{start}-cijfers.xlsx").read_bytes()), read_only=True)
    whole = openpyxl.load_workbook(io.BytesIO((made / "cijfers.xlsx").read_bytes()), read_only=True)
    assert [name for name in whole.sheetnames if name not in mine.sheetnames] == ["Gemeenten"]
    for name in ("Overzicht", "Reeksen", "Vergelijking"):
        assert list(mine[name].values) == list(whole[name].values)


def test_the_map_counts_every_municipality_once(built_site: SiteSample) -> None:
    page = parsed(built_site.root / "index.html")
    figure = page.xpath("//figure[@data-block='hexmap']")[0]
    links = figure.xpath(".//a")
    assert len(links) == 285 == len({item.get("href") for item in links})
    assert all(item.get("tabindex") == "-1" for item in links)
    assert figure.xpath(".//a/ancestor::*[@aria-hidden='true']")
    texts = [text.strip() for text in figure.xpath(".//svg//text/text()")]
    numbers = [int(text) for text in texts if text.isdigit()]
    assert numbers[-1] == 285 == sum(numbers[:-1])


def test_sitemap_names_every_page_once(built_site: SiteSample) -> None:
    found = etree.parse(str(built_site.root / "sitemap.xml")).xpath("//*[local-name()='loc']/text()")
    pages = [path.relative_to(built_site.root) for path in all_pages(built_site.root)]
    wanted = {BASE_URL + path.as_posix().removesuffix("index.html") for path in pages if path.name != "404.html"}
    assert len(found) == len(set(found)) and set(found) == wanted
    assert json.loads((built_site.root / "site.json").read_text())["editions"][0]["id"] == "voorbeeld"


def test_nu_checker_finds_no_error(built_site: SiteSample) -> None:
    """One page of every folder, and those that are unlike all others."""
    by_folder = {path.relative_to(built_site.root).parts[:-2]: path for path in all_pages(built_site.root)}
    root = built_site.root
    extra = [root / "index.html", root / "404.html", root / "gemeente/gent/index.html"]
    extra += [root / "gemeente/moerbeke/index.html", root / "gemeente/aalter/index.html"]
    assert nu_errors(sorted({*by_folder.values(), *extra})) == []
