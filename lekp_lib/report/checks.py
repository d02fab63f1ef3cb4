"""Checks on a finished web page: what axe and browsers let pass, and what no reader may meet.

The page is only read, never rewritten: a serialised tree would turn ``viewBox`` into ``viewbox``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from lekp_lib.errors import Problem

_HIDDEN = "ancestor-or-self::*[@aria-hidden='true']"
_NAMED = "@role='img' and (@aria-label!='' or @aria-labelledby or title)"
_ONE_FILE = "een pagina in één bestand"
#: Elements that may not be there: where they are, what is found, what is expected.
_REFUSED = (
    ("/html[not(@lang='nl-BE')]", "een andere taal dan nl-BE", "lang='nl-BE'"),
    ("/html/head[not(normalize-space(title))]", "geen titel", "een titel in <head>"),
    ("/html[count(//main)!=1]", "geen of meer dan één <main>", "precies één <main>"),
    ("/html[count(//h1)!=1]", "geen of meer dan één kop van niveau 1", "één titel met #, de andere koppen met ##"),
    ("//*[self::h1 or self::h2 or self::h3 or self::h4][not(normalize-space())]", "een lege kop", "een kop met tekst"),
    (f"//img[not(normalize-space(@alt)) and not(@role='presentation') and not({_HIDDEN})]", "een beeld zonder tekst",
     "alt met wat het beeld zegt: #| fig-alt: … bovenaan de cel"),
    (f"//svg[not({_HIDDEN}) and not(ancestor::svg) and not(ancestor-or-self::*[{_NAMED}])]",
     "een tekening zonder rol en naam", "role='img' met een naam, of aria-hidden='true'"),
    ("//table[not(normalize-space(caption))]", "een tabel zonder titel", "een titel: #| tbl-cap: … bovenaan de cel"),
    ("//table[not(thead)]", "een tabel zonder kolomkoppen", "een rij met kolomkoppen"),
    ("//th[not(normalize-space())]", "een lege kopcel", "het woord dat de kolom of rij noemt"),
    ("//th[not(contains(' col row colgroup rowgroup ', concat(' ', @scope, ' ')))]", "een kopcel zonder scope",
     "scope"),
    ("//tbody/tr[not(th)]", "een rij zonder kopcel", "een eerste cel <th scope='row'>"),
    ("//script | //iframe | //object | //embed | //base | //form", "een script of een vreemde pagina",
     "een pagina die zonder werkt"),
    ("//*[@*[starts-with(name(), 'on')]]", "een attribuut met code", "een pagina die zonder script werkt"),
    ("//a[starts-with(@href, 'javascript:') or starts-with(@href, 'data:')]", "een link met code",
     "een link naar een pagina"),
    ("//*[@*[contains(' src srcset poster data action formaction background ', concat(' ', name(), ' '))"
     " and not(starts-with(., 'data:'))]] | //link", "iets dat van elders geladen wordt", _ONE_FILE),
    ("//*[not(self::a)][@href and not(starts-with(@href, '#')) and not(starts-with(@href, 'data:'))]",
     "iets dat van elders geladen wordt", _ONE_FILE),
)  # fmt: skip
#: Words of Python, and the text that nbconvert invents for an image without one.
_LEAK = re.compile(
    r"\b(?:nan|NaN|NaT|None|Traceback)\b|<NA>|object at 0x|No description has been provided for this image"
)
_CSS_ADDRESS = re.compile(r"""url\(\s*['"]?(?!data:|#)([^'")\s]+)|@import\s+([^;]+)""", re.IGNORECASE)
_READ: Any = etree.XPath("//text()[not(parent::style or parent::script)] | //@alt | //@aria-label | //@title")
_CSS: Any = etree.XPath("//style/text() | //@style")


def _problem(element: Any, found: str, expected: str) -> Problem:
    heading = element.xpath("string((ancestor::section | ancestor::div)[last()]//*[self::h2 or self::h3][1])")
    place = f"<{element.tag}>, regel {element.sourceline}" + (f", onder {str(heading).strip()!r}" if heading else "")
    return Problem(place, found, expected)


def _reading_order(root: Any) -> Iterator[Problem]:
    """Skipped heading levels, ids that stand twice, links to nothing."""
    level = 0
    for heading in root.xpath("//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]"):
        before, level = level, int(heading.tag[1])
        if level > before + 1:
            yield _problem(heading, f"een kop van niveau {level} na een van niveau {before}", f"hoogstens {before + 1}")
    ids: set[str] = set()
    for element in root.xpath("//*[@id]"):
        if element.get("id") in ids:
            yield _problem(element, f"id {element.get('id')!r} een tweede keer", "een id die de pagina één keer heeft")
        ids.add(element.get("id"))
    for link in root.xpath("//a[starts-with(@href, '#')]"):
        if link.get("href")[1:] not in ids:
            yield _problem(link, f"een link naar {link.get('href')!r}, wat de pagina niet heeft", "een link die klopt")


def check_html(page_text: str, cells: int | None = None) -> tuple[Problem, ...]:
    """Find what must not be in a published page.

    Parameters
    ----------
    page_text
        The whole page.
    cells
        Number of pieces that went in; each must be a child of ``<main>`` with class ``cell``. ``None``: not checked.

    Returns
    -------
    tuple of Problem
        Text alternatives, drawings without name, tables, headings, ids, addresses that would be loaded, script,
        words of Python, language and title. Empty when the page may be published.
    """
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    root: Any = html.document_fromstring(page_text.encode(), parser=parser)
    problems = [
        _problem(element, found, expected) for path, found, expected in _REFUSED for element in root.xpath(path)
    ]
    problems += _reading_order(root)
    for text in _READ(root):
        if found := _LEAK.search(text):
            problems.append(_problem(text.getparent(), f"{found[0]!r} in de tekst", "woorden, zoals 'niet bekend'"))
    for css in _CSS(root):
        if found := _CSS_ADDRESS.search(css):
            problems.append(_problem(css.getparent(), f"{found[0][:80]!r} wordt van elders geladen", _ONE_FILE))
    there = int(root.xpath("count(//main/*[contains(concat(' ', @class, ' '), ' cell ')])"))
    if cells not in (None, there):
        problems.append(Problem("pagina", f"{there} delen", f"{cells}, zoveel als het notebook toont"))
    return tuple(problems)
