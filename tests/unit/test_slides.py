"""The slides for the council: the right slides, the numbers of the report, nothing of others let through."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from lekp_lib import open_report
from lekp_lib.adapter import Verdict, count_verdicts
from lekp_lib.edition import Edition
from lekp_lib.pact.models import Kind
from lekp_lib.present.numbers import percent
from lekp_lib.present.report_view import ReportView
from lekp_lib.present.words.amount_words import share_words
from lekp_lib.present.words.slide_words import council_requests, discussion_title, unknown_groups
from lekp_lib.present.words.summary_words import largest_gaps
from lekp_lib.report.formats import DEFAULT_FORMATS, FORMATS
from lekp_lib.report.html_checks import check_html
from lekp_lib.report.slide_contents import MAX_SLIDES, slides_of
from lekp_lib.report.slides import slides_page

BANNER = "Voorbeeldeditie: fictieve cijfers"
WERVEN = ["werf"] * 5
CASES = {
    ("Gent", "voorbeeld"): ["message", "reading", "overview", *WERVEN, "discussion", "council"],
    ("Beveren-Kruibeke-Zwijndrecht", "voorbeeld"): [
        "message", "reading", "overview", *WERVEN, "discussion", "council",
    ],
    ("Houthulst", "gepubliceerd"): ["message", "reading", "overview", *["werf"] * 3, "unknown", "council"],
    ("Mesen", "gepubliceerd"): ["message", "figures", "council"],
    ("Herstappe", "voorbeeld"): ["message", "unknown", "council"],
}  # fmt: skip


@pytest.fixture(scope="module")
def editions() -> dict[str, Edition]:
    return {name: Edition.open(name) for name in ("gepubliceerd", "voorbeeld")}


def view_of(editions: dict[str, Edition], place: str, edition: str) -> ReportView:
    return open_report(edition=editions[edition], gemeente=place, editie=edition)


def tree_of(view: ReportView) -> html.HtmlElement:
    return html.document_fromstring(slides_page(view))


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize(("place", "edition"), sorted(CASES))
def test_each_place_gets_the_slides_that_it_can_fill(editions: dict[str, Edition], place: str, edition: str) -> None:
    view = view_of(editions, place, edition)
    page = slides_page(view)
    tree = html.document_fromstring(page)
    sections = tree.findall(".//main/section")
    assert [section.get("data-slide") for section in sections] == CASES[place, edition]
    assert [section.get("id") for section in sections] == [f"dia-{n}" for n in range(1, len(sections) + 1)]
    for section in sections:
        assert (BANNER in words(section.find(".//header"))) is (edition == "voorbeeld")
        foot = words(section.find(".//footer"))
        assert view.run_id in foot and view.edition.title in foot
        assert section.find(".//footer/p[@class='source']").text.strip()
        assert section.find(".//h1") is not None or section.find(".//h2") is not None
    assert words(tree.find(".//h1")) == " ".join(view.headline.split())
    assert len(page.encode()) < 600_000
    assert tree.get("lang") == "nl-BE" and "presentatie" in tree.findtext("head/title")


def test_no_place_gets_more_slides_than_a_council_listens_to(editions: dict[str, Edition]) -> None:
    for name, edition in editions.items():
        for place in edition.register.municipalities(edition.reference_date)[::12]:
            slides = slides_of(open_report(edition=edition, gemeente=place.nis, editie=name))
            assert 2 <= len(slides) <= MAX_SLIDES, place.name
            told = [slide.data for slide in slides if slide.kind in ("unknown", "council")]
            view = open_report(edition=edition, gemeente=place.nis, editie=name)
            unknown = [item for item in view.assessments if item.target.nr and item.verdict is Verdict.NONE]
            text = str(told)
            assert all(item.target.name in text for item in unknown), place.name


def test_numbers_are_those_of_the_assessments(editions: dict[str, Edition]) -> None:
    view = view_of(editions, "Gent", "voorbeeld")
    tree = tree_of(view)
    counted = {
        item.get("data-verdict"): int(item.get("data-count")) for item in tree.iter("li") if item.get("data-count")
    }
    counts = count_verdicts(view.assessments).by_verdict
    assert counted == {verdict.value.replace(" ", "-"): counts.get(verdict, 0) for verdict in list(Verdict)[:5]}
    rows = {row.get("data-target"): row for row in tree.iter("tr") if row.get("data-target")}
    numbered = [item for item in view.assessments if item.target.nr is not None]
    assert list(rows) == [item.target.id for item in numbered]
    for item in numbered:
        row = rows[item.target.id]
        assert words(row.find("td[last()]")) == item.verdict.value
        if item.target.kind is Kind.YES_NO:
            continue
        assert words(row.find("td[@class='share']")) == " ".join(share_words(item)[0].split())
        fill = row.find(".//span[@class='fill']").get("style")
        drawn = min(max(item.share_pct or 0.0, 0.0), 118.0) / 118 * 100
        assert fill.startswith(f"width:{round(drawn, 2)}%")


def test_largest_gaps_are_put_up_with_pace_and_similar_places(editions: dict[str, Edition]) -> None:
    view = view_of(editions, "Gent", "voorbeeld")
    gaps = largest_gaps([item for item in view.assessments if item.target.nr is not None], 3)
    cards = tree_of(view).findall(".//ul[@class='cards']/li")
    assert [card.get("data-target") for card in cards] == [item.target.id for item in gaps]
    for card, item in zip(cards, gaps, strict=True):
        said = words(card)
        assert "per jaar nodig" in said and "Vergelijkbare gemeenten die verder staan" in said
        comparison = view.comparison(item.target.id)
        for nis in comparison.similar_better:
            name = view.scene.names[nis]
            assert f"{name} ({percent(comparison.shares[nis])})".replace("\u00a0", " ") in said


def test_hardly_any_data_is_no_drawing_and_no_zero(editions: dict[str, Edition]) -> None:
    for place, edition in (("Herstappe", "voorbeeld"), ("Mesen", "gepubliceerd")):
        tree = tree_of(view_of(editions, place, edition))
        assert not tree.xpath("//figure | //*[@class='bar']")
        assert "0\u00a0%" not in tree.find(".//main").text_content()
    asked = tree_of(view_of(editions, "Mesen", "gepubliceerd")).findall(".//ol[@class='requests']/li")
    assert [words(item) for item in asked] == ["Kennisnemen van de cijfers die er zijn op 31 maart 2026."]


def test_hostile_names_stay_text(editions: dict[str, Edition]) -> None:
    view = view_of(editions, "Gent", "voorbeeld")
    hostile = '<script>alert("1")</script>&<img src=x onerror=y>{{ 7 * 7 }}'
    view.place = replace(view.place, name=hostile)
    target = view.assessments[0].target.model_copy(update={"name": "<b>&</section>"})
    view.__dict__["assessments"] = (replace(view.assessments[0], target=target), *view.assessments[1:])
    page = slides_page(view)
    tree = html.document_fromstring(page)
    assert len(tree.findall(".//script")) == 1 and not tree.findall(".//img") and not tree.findall(".//main//b")
    assert words(tree.find(".//h1")).startswith(hostile)
    assert len(tree.findall(".//main/section")) == 10


def test_page_is_complete_in_one_file_and_its_script_is_small(editions: dict[str, Edition]) -> None:
    page = slides_page(view_of(editions, "Gent", "voorbeeld"))
    script = html.document_fromstring(page).findtext(".//script")
    assert len(script.encode()) < 4000 and "http" not in script
    problems = check_html(page)
    assert [problem.found for problem in problems] == ["a script or a foreign page"]
    assert page.count("<script>") == 1 and "script-src 'sha256-" in page.replace("&#39;", "'")


def test_same_input_gives_the_same_bytes(editions: dict[str, Edition]) -> None:
    pages = [slides_page(view_of(editions, name, "voorbeeld")) for name in ("Gent", "44021")]
    assert pages[0] == pages[1]


def test_slides_are_a_format_of_a_report(editions: dict[str, Edition], tmp_path: Path) -> None:
    view = view_of(editions, "Mesen", "gepubliceerd")
    path = FORMATS["slides"](None, view, tmp_path)  # type: ignore[arg-type]
    assert path == tmp_path / "presentatie.html" and path.read_text(encoding="utf-8") == slides_page(view)
    assert "slides" in DEFAULT_FORMATS


def test_words_follow_what_there_is(editions: dict[str, Edition]) -> None:
    view = view_of(editions, "Houthulst", "gepubliceerd")
    numbered = [item for item in view.assessments if item.target.nr is not None]
    asked = council_requests(numbered, (), view.on)
    assert not any("helpt" in text for text in asked) and any("ontbrekende cijfers" in text for text in asked)
    reasons = [reason for reason, _ in unknown_groups(numbered)]
    assert reasons == ["Er zijn geen gegevens (13 doelen)", "Het cijfer komt uit de pers of van een partij (2 doelen)"]
    assert [discussion_title(count) for count in (1, 3)] == ["Eén doel om te bespreken", "Drie doelen om te bespreken"]
