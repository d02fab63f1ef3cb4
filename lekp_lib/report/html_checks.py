"""Checks on a finished web page: what axe and browsers let pass, and what no reader may meet (spec design.md 9.1, 14).

One pass over the parsed page, never a rewrite of it: a serialised tree would turn ``viewBox`` into ``viewbox``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from lxml import etree, html

from lekp_lib.errors import Problem

Element: TypeAlias = etree._Element  # noqa: SLF001  (lxml has no public name for the class)

#: Text that nbconvert invents for an image without one (design.md 9.1, trap 1).
INVENTED_ALT = "No description has been provided for this image"

_LEAK = re.compile(rf"\b(?:nan|NaN|NaT|None|Traceback)\b|<NA>|object at 0x|{INVENTED_ALT}")
_CSS_ADDRESS = re.compile(r"""url\(\s*['"]?(?!data:|#)([^'")\s]+)|@import\s+([^;]+)""", re.IGNORECASE)
_LOADING = ("src", "srcset", "poster", "data", "action", "formaction", "background", "xlink:href")
_CODE_ADDRESS = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)
_ONE_FILE = "a page that is complete in one file"
_SCOPES = {"col", "row", "colgroup", "rowgroup"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NO_TEXT = {"script", "style", "template"}
_CELLS = etree.XPath("count(//main/*[contains(concat(' ', @class, ' '), ' cell ')])")
_STRING = etree.XPath("string()")


def _where(element: Element) -> str:
    """Element with its line and the nearest block that names itself."""
    place = f"<{element.tag}> on line {element.sourceline}"
    for ancestor in (element, *element.iterancestors()):
        if name := ancestor.get("data-block"):
            target = ancestor.get("data-target")
            return f"{place}, block {name!r}" + (f" of target {target!r}" if target else "")
    return place


def _words(element: Element | None) -> str:
    return "" if element is None else " ".join(str(_STRING(element)).split())


def _is_hidden(element: Element) -> bool:
    return any(each.get("aria-hidden") == "true" for each in (element, *element.iterancestors()))


class _Page:
    """A parsed page with its ids and headings, and the list of problems found so far."""

    def __init__(self, text: str) -> None:
        parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
        self.root = html.document_fromstring(text.encode(), parser=parser)
        self.elements: list[Element] = list(self.root.iter(etree.Element))
        self.by_id: dict[str, Element] = {}
        self.problems: list[Problem] = []

    def add(self, element: Element, found: str, expected: str, advice: str = "") -> None:
        self.problems.append(Problem(_where(element), found, expected, advice))


def _check_ids(page: _Page) -> None:
    for element in page.elements:
        name = element.get("id")
        if name is None:
            continue
        if name in page.by_id or not name.strip():
            page.add(element, f"id {name!r} a second time" if name else "an empty id", "an id that the page has once")
        page.by_id.setdefault(name, element)


def _check_image(page: _Page, image: Element) -> None:
    alt = image.get("alt")
    decorative = image.get("role") in ("presentation", "none") or _is_hidden(image)
    if alt is None or (not alt.strip() and not decorative):
        page.add(image, "no text alternative", "alt with what the image says", "Use a Figure block.")


def _check_svg(page: _Page, svg: Element) -> None:
    if _is_hidden(svg) or any(ancestor.tag == "svg" for ancestor in svg.iterancestors()):
        return
    names = [page.by_id.get(name) for name in svg.get("aria-labelledby", "").split()]
    name = svg.get("aria-label", "").strip() or "".join(map(_words, names)) or _words(svg.find("title"))
    if svg.get("role") != "img" or not name:
        page.add(
            svg,
            "a drawing without role and name",
            'role="img" and a title, or aria-hidden="true"',
            "Use a Figure block.",
        )


def _check_table(page: _Page, table: Element) -> None:
    if table.get("role") in ("presentation", "none"):
        return
    if not _words(table.find("caption")):
        page.add(
            table,
            "a table without caption",
            "a caption that says what the table shows",
            "Use a Table block, or put a paragraph 'Tabel: ...' right above a markdown table.",
        )
    if table.find("thead") is None:
        page.add(table, "a table without thead", "a row of column heads")
    for cell in table.iter("th"):
        if not _words(cell):
            page.add(cell, "an empty head cell", "the word that names the column or row")
        if cell.get("scope") not in _SCOPES:
            page.add(cell, f"scope {cell.get('scope')!r}", "scope col, row, colgroup or rowgroup")
    for row in table.iterfind("tbody/tr"):
        if row.find("th") is None:
            page.add(row, "a row without head cell", "a first cell <th scope='row'>")


def _check_css(page: _Page, element: Element, css: str) -> None:
    for match in _CSS_ADDRESS.finditer(css):
        page.add(element, f"{(match[1] or match[2])[:80]!r} is loaded from elsewhere", _ONE_FILE)


def _check_link(page: _Page, link: Element, address: str) -> None:
    if address.startswith("#") and address != "#" and address[1:] not in page.by_id:
        page.add(link, f"a link to {address!r}, which is not on the page", "a link that leads somewhere")
    if _CODE_ADDRESS.match(address):
        page.add(link, f"a link to {address[:40]!r}", "a link to a page")


def _check_attributes(page: _Page, element: Element) -> None:
    for name, value in ((str(key), str(text)) for key, text in element.items()):
        if name in _LOADING or (name == "href" and element.tag != "a"):
            if not value.strip().startswith(("data:", "#")):
                page.add(element, f"{value[:80]!r} is loaded from elsewhere", _ONE_FILE)
        elif name == "href":
            _check_link(page, element, value.strip())
        elif name == "style":
            _check_css(page, element, value)
        elif name.startswith("on"):
            page.add(element, f"attribute {name!r} with code", "a page that works without script")


def _check_foreign(page: _Page, element: Element) -> None:
    page.add(element, "a script or a foreign page", "a page that works without")


def _check_style(page: _Page, element: Element) -> None:
    _check_css(page, element, element.text or "")


def _check_leaks(page: _Page, element: Element) -> None:
    own = element.text if element.tag not in _NO_TEXT else ""
    said = (own, element.tail, element.get("alt"), element.get("aria-label"), element.get("title"))
    for text in said:
        if text and (match := _LEAK.search(text)):
            page.add(element, f"{match[0]!r} in {text.strip()[:80]!r}", "Dutch text for the reader")


def _check_headings(page: _Page) -> None:
    headings = [element for element in page.elements if element.tag in _HEADINGS]
    count = sum(element.tag == "h1" for element in headings)
    if count != 1:
        page.problems.append(Problem("page", f"{count} headings <h1>", "exactly one, the message of the report"))
    previous = 0
    for element in headings:
        level = _HEADINGS[str(element.tag)]
        if level > previous + 1:
            page.add(
                element, f"level {level} after level {previous} ({_words(element)[:60]!r})", f"at most {previous + 1}"
            )
        if not _words(element):
            page.add(element, "a heading without words", "words")
        previous = level


def _check_root(page: _Page) -> None:
    if not (page.root.get("lang") or "").startswith("nl"):
        page.problems.append(Problem("page", f"lang {page.root.get('lang')!r}", 'lang="nl-BE" on <html>'))
    if not _words(page.root.find("head/title")):
        page.problems.append(Problem("page", "no title", "a title unique to the municipality"))
    if len(list(page.root.iter("main"))) != 1:
        page.problems.append(Problem("page", "not exactly one <main>", "one <main> with the content"))


def _check_cells(page: _Page, cells: int) -> None:
    found = int(str(_CELLS(page.root)).removesuffix(".0"))
    if found != cells:
        page.problems.append(
            Problem(
                "page",
                f"{found} of {cells} pieces of the notebook stand at their place",
                "all of them, one after the other",
                "A block leaves an element, a comment or a quotation mark open.",
            )
        )


_BY_TAG: dict[str, Callable[[_Page, Element], None]] = {
    "img": _check_image,
    "svg": _check_svg,
    "table": _check_table,
    "style": _check_style,
    **dict.fromkeys(("script", "iframe", "object", "embed", "base", "form"), _check_foreign),
}


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
        Python words in the text, language and title. Empty when the page may be published.
    """
    page = _Page(page_text)
    _check_root(page)
    _check_ids(page)
    _check_headings(page)
    for element in page.elements:
        if check := _BY_TAG.get(str(element.tag)):
            check(page, element)
        _check_attributes(page, element)
        _check_leaks(page, element)
    if cells is not None:
        _check_cells(page, cells)
    return tuple(page.problems)
