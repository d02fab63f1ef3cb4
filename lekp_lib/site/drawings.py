"""Drawings of a report stored once: what all reports share as files, what one page repeats as one definition.

A report draws the same map cells, dots, ticks and legends again and again. Nothing is drawn otherwise here: a run of
paths becomes an image of the same paths, and a repeated element a reference to one of its kind.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter

from lekp_lib.site.page import ASSETS, SiteFile, link

#: Figures of all municipalities, which are the same in every report of an edition.
_OF_ALL = re.compile(r'<figure class="figure figure-(?:hexmap|strip)".*?</figure>', re.DOTALL)
_PATHS = re.compile(r'(?:<path d="[^"<>]*"[^<>]*/>)+')
#: A shorter run of paths stays in the page: it is not worth a request.
_WORTH_A_FILE = 1500
#: Room around everything that such a drawing holds, in its own units; the same numbers place it and give its window.
_WINDOW = (-50, -50, 700, 500)

_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_LEAF = r"<(?:path|line|rect|circle)\b[^<>]*/>|<text\b[^<>]*>[^<]*</text>"
_GROUPS = re.compile(rf"<g(?: [^<>]*)?>(?:{_LEAF})+</g>")
_LEAVES = re.compile(_LEAF)
#: What follows the same things in the same order each time, such as the ticks of an axis, becomes one thing.
_RUNS = re.compile(r'(?:<use href="#\w+"/>){4,}')
#: A reference takes some 20 characters.
_WORTH_A_NAME, _OFTEN = 50, 3
#: Prefix of the ids of definitions; no id of a report starts with it.
PREFIX = "tk"


def _file_of(paths: str) -> SiteFile:
    x, y, width, height = _WINDOW
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x} {y} {width} {height}" stroke-linejoin="round">'
        f"{paths}</svg>\n"
    ).encode()
    return SiteFile(f"{ASSETS}/tekening/{hashlib.sha256(svg).hexdigest()[:16]}.svg", svg)


def share_between_pages(html: str, here: str) -> tuple[str, dict[str, SiteFile]]:
    """Replace what every report of the edition draws alike by an image beside the pages.

    Parameters
    ----------
    html
        Contents of a report.
    here
        Path of the page that shows it.

    Returns
    -------
    html : str
    files : dict of SiteFile
        The drawings by path; the name of each is the hash of its content.
    """
    drawings: dict[str, SiteFile] = {}
    x, y, width, height = _WINDOW

    def of_paths(match: re.Match[str]) -> str:
        if len(match[0]) < _WORTH_A_FILE:
            return match[0]
        file = _file_of(match[0])
        drawings[file.path] = file
        return f'<image href="{link(here, file.path)}" x="{x}" y="{y}" width="{width}" height="{height}"/>'

    return _OF_ALL.sub(lambda figure: _PATHS.sub(of_paths, figure[0]), html), drawings


def _named(html: str, pattern: re.Pattern[str], names: dict[str, str]) -> str:
    """Replace elements that the drawings of a page repeat by references, and note their definitions."""
    counts = Counter(found for svg in _SVG.findall(html) for found in pattern.findall(svg))
    for element, count in counts.items():
        if count >= _OFTEN and len(element) >= _WORTH_A_NAME:
            names[element] = f"{PREFIX}{len(names)}"

    def refer(match: re.Match[str]) -> str:
        name = names.get(match[0])
        return f'<use href="#{name}"/>' if name else match[0]

    return _SVG.sub(lambda svg: pattern.sub(refer, svg[0]), html)


def _with_id(element: str, name: str) -> str:
    if element.startswith("<use "):
        return f'<g id="{name}">{element}</g>'
    tag = re.match(r"<\w+", element)
    assert tag is not None
    return f'{tag[0]} id="{name}"{element[tag.end() :]}'


def share_within_page(html: str) -> str:
    """Define once what the drawings of a page repeat.

    Parameters
    ----------
    html
        Contents of a page.

    Returns
    -------
    str
        The same, with the definitions in front; they look as they did where they stood, because a reference takes over
        colour and place from where it stands.
    """
    names: dict[str, str] = {}
    html = _named(html, _GROUPS, names)
    html = _named(html, _LEAVES, names)
    html = _named(html, _RUNS, names)
    if not names:
        return html
    definitions = "".join(_with_id(element, name) for element, name in names.items())
    hidden = 'class="site-definitions" width="0" height="0" aria-hidden="true" focusable="false"'
    return f"<svg {hidden}><defs>{definitions}</defs></svg>\n{html}"
