"""The annotated page: one Besluit with title, reasons and articles in order, and nothing of others that runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree
from lxml import html as lxml_html

from lekp_lib.present.decision import DecisionText, decision_texts, placeholders
from lekp_lib.report.council_html import DUTCH, PREFIXES, council_html
from lekp_lib.report.html_checks import check_html
from tests.unit import decision_sample

TYPE = "rdf:type"
Triple = tuple[str, str, str]


def _terms(names: str) -> list[str]:
    """Full addresses of prefixed names; an unknown prefix fails."""
    return [PREFIXES[prefix] + local for prefix, local in (name.split(":") for name in names.split())]


def _triples(element: etree._Element, subject: str = "") -> Iterator[Triple]:
    """Triples of a page in RDFa 1.1, as far as the page uses it; objects are identifiers or flattened text.

    An element with typeof or resource names a thing, to which a property of the same element leads from the thing
    around it. Another property gives the text of its element.
    """
    thing = element.get("resource") or (element.get("href") if element.get("typeof") else None)
    said = "".join(element.itertext()).split()
    for name in _terms(element.get("property", "")):
        yield subject, name, thing or " ".join(said)
    if thing:
        for name in _terms(element.get("typeof", "")):
            yield thing, TYPE, name
    for child in element.iterchildren(etree.Element):
        yield from _triples(child, thing or subject)


def triples(draft: DecisionText) -> list[Triple]:
    page = lxml_html.document_fromstring(council_html(draft).encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    declared = dict(pair for pair in zip(*[iter(page.get("prefix", "").split())] * 2, strict=True))
    assert {name.rstrip(":"): address for name, address in declared.items()} == PREFIXES
    return list(_triples(page))


def objects(found: list[Triple], subject: str, name: str) -> list[str]:
    return [item[2] for item in found if item[:2] == (subject, _terms(name)[0])]


@pytest.mark.parametrize("name", ["usual", "example", "hostile"])
def test_page_is_one_decision_with_its_articles_in_order(name: str) -> None:
    draft: DecisionText = getattr(decision_sample, name)()
    found = triples(draft)
    besluiten = [item[0] for item in found if item[1:] == (TYPE, _terms("besluit:Besluit")[0])]
    assert besluiten == ["#besluit"]
    assert objects(found, "#besluit", "eli:title") == [" ".join(draft.title.split())]
    assert objects(found, "#besluit", "eli:description") == [" ".join(draft.description.split())]
    assert objects(found, "#besluit", "eli:language") == [DUTCH]
    assert objects(found, "#behandeling", "prov:generated") == ["#besluit"]
    (reasons,) = objects(found, "#besluit", "besluit:motivering")
    for heading in ("Aanleiding en voorgeschiedenis", "Juridische grond", "Feiten en motivering", "Bijlagen"):
        assert heading in reasons
    assert "neemt kennis van de stand van het" not in reasons, "articles are no reasons"
    articles = objects(found, "#besluit", "eli:has_part")
    assert articles == ["#artikel-1", "#artikel-2"]
    for article, address in zip(draft.articles, articles, strict=True):
        assert (address, TYPE, _terms("besluit:Artikel")[0]) in found
        assert objects(found, address, "eli:number") == [str(article.number)]
        assert objects(found, address, "eli:language") == [DUTCH]
        assert objects(found, address, "prov:value") == [" ".join(" ".join(article.texts).split())]
    (value,) = objects(found, "#besluit", "prov:value")
    assert value.startswith("Artikel 1 De gemeenteraad neemt kennis van")


def test_legal_texts_with_an_address_are_cited() -> None:
    found = triples(decision_sample.usual())
    assert set(objects(found, "#besluit", "eli:cites")) == {"https://codex.vlaanderen.be/doc/document/1029017"}


@pytest.mark.parametrize("name", ["usual", "example", "hostile"])
def test_page_passes_the_checks_and_says_everything(name: str) -> None:
    draft: DecisionText = getattr(decision_sample, name)()
    page = council_html(draft)
    assert check_html(page) == () and page == council_html(draft)
    root = lxml_html.document_fromstring(page.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    assert root.get("lang") == "nl-BE"
    said = " ".join("".join(root.find("body").itertext()).split())
    for text in decision_texts(draft):
        assert " ".join(text.split()) in said, text
    marked = list(dict.fromkeys("".join(item.itertext()) for item in root.iter("mark")))
    assert marked == list(placeholders(draft))


def test_foreign_text_stays_text() -> None:
    root = lxml_html.document_fromstring(council_html(decision_sample.hostile()))
    assert not list(root.iter("script", "img")) and len(list(root.iter("main"))) == 1
    quote = root.find(".//blockquote")
    assert quote is not None and "(vul mij in)" in quote.text_content() and "onerror" in quote.text_content()
    assert "\x00" not in root.text_content() and "\u202e" not in root.text_content()


def test_banner_stands_first_and_last() -> None:
    root = lxml_html.document_fromstring(council_html(decision_sample.example()).encode())
    main = root.find("body/main")
    assert main is not None
    parts = [item.text_content().strip() for item in main]
    assert parts[0] == parts[-1] == "Voorbeeldeditie: fictieve cijfers"
    assert "Voorbeeldeditie" not in council_html(decision_sample.usual()).replace("‘Voorbeeldeditie 2025’", "")
