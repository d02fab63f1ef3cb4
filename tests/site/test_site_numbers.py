"""What the site says is what the tables say: grid, pages of targets, comparison, feeds, all 285 x 17, both editions."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree, html

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import assess
from lekp_lib.parameters import ReportParameters
from lekp_lib.present.format import date_text
from lekp_lib.site.context import SiteContext
from lekp_lib.site.pages import shared_pages
from tests.site_sample import TODAY, changed_figures, later_edition, later_site, made_once, site_of

EDITIONS = ("voorbeeld", "gepubliceerd")
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def sites(tmp_path_factory, worker_id, built_site) -> dict[str, tuple[Path, SiteContext]]:
    published = Edition.open("gepubliceerd")
    folder = made_once(tmp_path_factory, worker_id, "published", lambda folder: site_of(published, folder / "site"))
    example = built_site.root, SiteContext(Edition.open("voorbeeld"), TODAY)
    return {"voorbeeld": example, "gepubliceerd": (folder / "site", SiteContext(published, TODAY))}


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """Assessments by edition, straight from the rules."""
    editions = {name: Edition.open(name) for name in EDITIONS}
    return {
        name: assess(edition, ReportParameters(gemeente="*", editie=name)).set_index(["nis", "target_id"])
        for name, edition in editions.items()
    }


def page(root: Path, path: str) -> html.HtmlElement:
    return html.parse(str(root / path), html.HTMLParser(encoding="utf-8")).getroot()


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_cell_of_the_grids_is_the_verdict_of_the_municipality(sites, tables, edition):
    root, context = sites[edition]
    verdicts = tables[edition]["verdict"]
    names = {place.name: nis for nis, place in context.municipalities.items()}
    seen = Counter()
    for path in ("index.html", *(group.path for group in context.groups)):
        for table in page(root, path).xpath("//table[@class='rooster']"):
            for row in table.xpath("./tbody/tr"):
                cells = [words(cell) for cell in row]
                wanted = [verdicts[names[cells[0]], target.id] for target in context.edition.catalog.pact_targets]
                assert cells[1:] == wanted, (path, cells[0])
                seen[cells[0]] += 1
    # Home and the province, the size class, and where there is one the region.
    assert set(seen) == set(names) and min(seen.values()) >= 3


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_row_of_a_target_page_is_that_of_the_tables(sites, tables, edition):
    root, context = sites[edition]
    for target in context.targets.values():
        rows = page(root, f"doel/{target.id.replace('_', '-')}/index.html").xpath("//tr[@data-nis]")
        assert len(rows) == 285
        for row in rows:
            own = tables[edition].loc[row.get("data-nis"), target.id]
            cell = context.cell(row.get("data-nis"), target.id)
            assert words(row[4]) == own["verdict"] == cell.verdict
            assert words(row[1]) == " ".join(cell.figure.split())
            key = row[2].get("data-key")
            if key is not None:
                assert float(key) == pytest.approx(own["share_pct"], abs=1e-9)
            if row[3].get("data-key") is not None:
                assert float(row[3].get("data-key")) == pytest.approx(own["rate"], abs=1e-9)
            assert words(row[5]) == (own["tempo"] or "–")


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_comparison_holds_the_same_words(sites, edition):
    root, context = sites[edition]
    script = (root / "assets/vergelijk-gegevens.js").read_text(encoding="utf-8")
    data = json.loads(script.partition("window.lekp.vergelijk=")[2].rstrip(";\n"))
    slugs = {context.slug(nis): nis for nis in context.municipalities}
    assert len(data["gemeenten"]) == 285
    for slug, name, _, told in data["gemeenten"]:
        assert context.municipalities[slugs[slug]].name == name and len(told) == 17
        for (verdict, *rest), target in zip(told, context.edition.catalog.pact_targets, strict=True):
            cell = context.cell(slugs[slug], target.id)
            assert [data["oordelen"][verdict], *rest] == [cell.verdict, cell.share, cell.figure, cell.pace, cell.date]


def test_home_counts_every_municipality_once(sites):
    root, _ = sites["voorbeeld"]
    home = page(root, "index.html")
    links = home.xpath("//figure[@class='kaartvak']//a")
    assert len(links) == 285 == len({link.get("href") for link in links})
    assert all(link.get("tabindex") == "-1" and words(link) for link in links)
    counted = [int(words(item).rpartition(": ")[2]) for item in home.xpath("//figure//ul[@class='legende']/li")]
    assert sum(counted) == 285
    assert "252 van 269 in orde" in words(home) and "74,7 % (doel in CPE)" in words(home).replace("\u00a0", " ")
    details = home.xpath("//details[.//table[@class='rooster']]")
    assert len(details) == 5 and all(item.get("open") is None for item in details)


def feed_of(root: Path, slug: str) -> etree._Element:
    return etree.parse(str(root / "gemeente" / slug / "wijzigingen.xml")).getroot()


def faults_of(feed: etree._Element) -> list[str]:
    """What RFC 4287 asks of a feed and is not there."""
    found = [f"feed: {name}" for name in ("id", "title", "updated") if len(feed.findall(ATOM + name)) != 1]
    found += [] if feed.findtext(f"{ATOM}author/{ATOM}name") else ["feed: author"]
    for entry in feed.findall(f"{ATOM}entry"):
        found += [f"entry: {name}" for name in ("id", "title", "updated") if len(entry.findall(ATOM + name)) != 1]
        found += [] if entry.findtext(f"{ATOM}content") else ["entry: content"]
        links = entry.findall(f"{ATOM}link")
        found += [] if [link.get("rel") for link in links] == ["alternate"] else ["entry: link"]
    ids = [item.text or "" for item in feed.iter(f"{ATOM}id")]
    found += [] if len(set(ids)) == len(ids) and all(text.startswith("tag:") for text in ids) else ["ids"]
    dates = [item.text or "" for item in feed.iter(f"{ATOM}updated")]
    return found + [text for text in dates if len(text) != 20 or not text.endswith("Z")]


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_first_edition_has_one_entry_in_a_valid_feed(sites, edition):
    root, context = sites[edition]
    for nis in context.municipalities:
        feed = feed_of(root, context.slug(nis))
        assert faults_of(feed) == []
        assert [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")] == ["Zonder vorige editie"]


def test_fifty_changed_figures_give_exactly_fifty_entries(tmp_path_factory, worker_id):
    _, one, fallen = changed_figures()
    folder = made_once(tmp_path_factory, worker_id, "later", later_site)
    root = folder / "site"
    context = SiteContext(Edition.open(str(folder / "later")), TODAY)
    found = {}
    for nis in context.municipalities:
        feed = feed_of(root, context.slug(nis))
        assert faults_of(feed) == []
        assert feed.find(f"{ATOM}link[@rel='self']").get("href").startswith("https://klimaat.example/pact/gemeente/")
        for entry in feed.findall(f"{ATOM}entry"):
            found[nis, entry.findtext(f"{ATOM}id").rpartition("/")[2]] = entry.findtext(f"{ATOM}content")
    assert set(found) == set(zip(one["nis"], one["target_id"], strict=True)) and len(found) == 50
    assert all("in de vorige editie" in told for told in found.values())
    for row in one[one["date_precision"] == "maand"].itertuples():
        month = date_text(row.reference_date, "maand")
        assert f" in {month}: " in found[row.nis, row.target_id], found[row.nis, row.target_id]
    told = found[fallen["nis"], fallen["target_id"]]
    assert told.startswith("Oordeel: grote achterstand, in de vorige editie op koers.")
    changed = pd.read_csv(root / "methode" / "cijfers-veranderd.csv", dtype=str)
    assert len(changed) == 50 and set(changed["wat"]) == {"herzien"}
    verdicts = pd.read_csv(root / "methode" / "oordelen-veranderd.csv", dtype=str)
    row = verdicts[(verdicts["nis"] == fallen["nis"])].iloc[0]
    assert (row["vroeger"], row["nu"]) == ("op koers", "grote achterstand")
    method = words(page(root, "methode/index.html"))
    assert "Vergeleken met Gepubliceerde cijfers, stand op 31 maart 2026: 50 cijfers zijn anders" in method


def test_under_ten_municipalities_there_is_no_flemish_total(tmp_path):
    """What the method page says, on home and on the page of the target."""
    figures = Edition.open("voorbeeld").frame("figures")
    few = figures["nis"].isin(sorted(set(figures["nis"]))[:9])
    figures = figures[(figures["target_id"] != "bomen") | few]
    context = SiteContext(later_edition(tmp_path, figures, before="voorbeeld"), TODAY)
    pages = {}
    for page in shared_pages(context):  # made one by one: those after the two that count are not made
        pages |= {page.path: page.values} if hasattr(page, "template") else {}
        if "doel/bomen/index.html" in pages:
            break
    rows = {row["doel"].id: row for _, found in pages["index.html"]["werven"] for row in found}
    assert rows["bomen"]["samen"] == "" and rows["bomen"]["beoordeeld"] > 3
    assert rows["ontharding"]["samen"]
    areas = dict(dict(pages["doel/bomen/index.html"]["gebieden"])["provincie"])
    assert areas["Vlaanderen"][:4] == [""] * 4 and areas["Antwerpen"][2]
