"""The finished site as files: every link, weight, unique titles, what stands where, what is never silent."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections import defaultdict
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree, html

from tests.nu_checker import nu_errors
from tests.site_sample import BASE_URL, TODAY, WITH_REPORT, SiteSample

_LINKS = {"a": "href", "link": "href", "script": "src", "img": "src", "image": "href", "use": "href"}


def all_pages(root: Path) -> list[Path]:
    """Pages of the site itself; the slides are a page of the report, as a download."""
    return sorted(path for path in root.rglob("*.html") if not path.name.endswith("-presentatie.html"))


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
        assert "Geen officieel document van de Vlaamse overheid" in page.xpath("//footer")[-1].text_content()
        assert page.xpath("//meta[@name='description']/@content")[0].strip()
        policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert "default-src 'none'" in policy and "script-src 'self';" in policy, path
        assert not page.xpath("//script[not(@src)]") and not page.xpath("//@*[starts-with(name(), 'on')]"), path
        assert not page.xpath("//@id[. = preceding::*/@id]") or len(ids_of(path)) == len(page.xpath("//@id")), path
    assert [found for found in titles.values() if len(found) > 1] == []


def test_weights(built_site: SiteSample) -> None:
    root = built_site.root
    home = [root / "index.html", root / "assets/site.css", *(root / "assets").glob("zoek*.js")]
    assert (root / "index.html").stat().st_size < 350_000
    assert sum(path.stat().st_size for path in (root / "assets").glob("zoek*.js")) < 80_000
    assert sum(path.stat().st_size for path in home) < 450_000
    # The site of all of Flanders stays below 200 MB (benchmarks/site.py); Gent is one of the large ones.
    own = [root / "gemeente/gent", root / "editie/voorbeeld/gemeente/gent"]
    gent = sum(path.stat().st_size for folder in own for path in folder.iterdir())
    assert gent < 700_000


def test_former_municipalities_lead_on(built_site: SiteSample) -> None:
    page = parsed(built_site.root / "gemeente/moerbeke/index.html")
    main = page.get_element_by_id("inhoud")
    assert "Moerbeke is sinds 1 januari 2025 deel van Lokeren." in main.text_content()
    assert main.xpath(".//a/@href") == ["../lokeren/index.html"]
    # Deinze merged and kept its name: the address is that of the municipality of today.
    assert "nu Deinze" not in parsed(built_site.root / "gemeente/deinze/index.html").text_content()


def test_a_municipality_without_report_says_so(built_site: SiteSample) -> None:
    assert "282 gemeenten hebben geen verslag; hun pagina's zeggen dat." in built_site.said
    text = parsed(built_site.root / "gemeente/aalter/index.html").get_element_by_id("inhoud").text_content()
    assert "Van Aalter is er in de editie Voorbeeldeditie 2025 geen verslag." in text
    assert not (built_site.root / "editie/voorbeeld/gemeente/aalter").exists()
    edition = parsed(built_site.root / "editie/voorbeeld/index.html").get_element_by_id("inhoud").text_content()
    assert (
        "Deze editie telt 3 verslagen." in edition.replace("\u00a0", " ") and "Zonder verslag: Aalst, Aalter" in edition
    )


@pytest.mark.parametrize("nis", sorted(WITH_REPORT))
def test_the_page_of_a_municipality_says_what_its_report_says(built_site: SiteSample, nis: str) -> None:
    slug = WITH_REPORT[nis]
    report = parsed(built_site.outputs / "voorbeeld" / f"{nis}-{slug}" / "rapport.html").find(".//main")
    page = parsed(built_site.root / "gemeente" / slug / "index.html").get_element_by_id("inhoud")

    def words(element: html.HtmlElement, path: str) -> list[str]:
        return [" ".join(found.text_content().split()) for found in element.xpath(path)]

    for path in (".//h1", ".//h3", ".//p[not(ancestor::section)]", ".//td", ".//li", ".//svg//text()/.."):
        assert set(words(report, path)) <= set(words(page, path)), path
    assert len(page.xpath(".//*[@role='img']")) == len(report.xpath(".//*[@role='img']"))


def test_downloads_are_what_the_batch_made(built_site: SiteSample) -> None:
    made = built_site.outputs / "voorbeeld" / "44021-gent"
    kept = built_site.root / "editie/voorbeeld/gemeente/gent"
    start = "klimaatpact-2025-44021-gent"
    same = {
        ".pdf": "rapport.pdf", "-kort.pdf": "kort.pdf", "-besluit.docx": "besluit.docx", "-besluit.txt": "besluit.txt",
        "-cijfers.xlsx": "cijfers.xlsx",
    }  # fmt: skip
    for ending, name in same.items():
        assert (kept / f"{start}{ending}").read_bytes() == (made / name).read_bytes(), name
    with zipfile.ZipFile(kept / f"{start}-cijfers.zip") as archive:
        assert archive.read("cijfers.csv") == (made / "cijfers.csv").read_bytes()
    slides = (kept / f"{start}-presentatie.html").read_text(encoding="utf-8")
    fonts = re.findall(r'url\("([^"]*\.woff2)"\)', slides)
    assert fonts and all((kept / name).resolve().is_file() for name in fonts) and "data:font" not in slides
    assert "font-src 'self'" in slides
    page = parsed(built_site.root / "gemeente/gent/index.html")
    offered = [link.text_content() for link in page.xpath("//section[@class='site-downloads']//ul//a")]
    assert offered[:3] == [
        "Verslag in het kort, twee bladzijden", "Volledig verslag om af te drukken", "Presentatie voor de gemeenteraad",
    ]  # fmt: skip


def test_an_edited_draft_never_reaches_the_site(built_site: SiteSample, tmp_path: Path) -> None:
    from lekp_lib.edition import Edition
    from lekp_lib.site.context import SiteContext, find_reports
    from lekp_lib.site.downloads import municipality_files

    outputs = tmp_path / "outputs"
    shutil.copytree(built_site.outputs / "voorbeeld" / "44021-gent", outputs / "voorbeeld" / "44021-gent")
    draft = outputs / "voorbeeld" / "44021-gent" / "besluit.docx"
    original = draft.read_bytes()
    draft.write_bytes(original + b"edited by hand")
    with draft.with_name("besluit.txt").open("a", encoding="utf-8") as text:
        text.write("ook met de hand bewerkt")
    edition = Edition.open("voorbeeld")
    reports, _ = find_reports(outputs, edition)
    assert list(reports) == ["44021"]
    context = SiteContext(edition, TODAY, reports)
    assert not [file for file in municipality_files(context, "44021") if file.path.endswith(".docx")]
    # What the next run leaves: the new draft beside the edited one, known to the manifest by its own name.
    draft.with_name("besluit-nieuw.docx").write_bytes(original)
    path = draft.with_name("manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for part in ("files", "sizes"):
        manifest[part]["besluit-nieuw.docx"] = manifest[part].pop("besluit.docx")
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert [f.content for f in municipality_files(context, "44021") if f.path.endswith(".docx")] == [original]


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
