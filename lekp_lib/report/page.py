"""The web page of a notebook: a Jinja2 template around its blocks, complete in one file, checked before writing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from slugify import slugify

from lekp_lib.errors import Problem, ReportProblems
from lekp_lib.present.blocks import Block, styles
from lekp_lib.present.format import date_text
from lekp_lib.report.checks import check_html
from lekp_lib.report.fonts import font_face_css
from lekp_lib.report.outputs import NEW_PAGE_TAG, Contents, Piece, logo_size, report_facts

TEMPLATES = Path(__file__).parent / "templates"
_HEADING = re.compile(r"<h([1-6])\b([^>]*)>(.*?)</h\1\s*>", re.DOTALL)
_ID = re.compile(r"""\sid=["']([^"']+)["']""")
_TO_PART = re.compile(r'<a href="#([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawing"] = named_drawing
    return environment


@cache
def page_css() -> str:
    """All CSS of a page: fonts, colours, page and blocks, without any address outside the page."""
    return "\n".join([font_face_css(), (TEMPLATES / "verslag.css").read_text("utf-8"), styles()])


def named_drawing(svg: str, alt: str) -> Markup:
    """A drawing inside the page, with its name for who does not see it, and ids that the page has once."""
    prefix = f"t{hashlib.sha256(f'{alt}{svg}'.encode()).hexdigest()[:8]}-"
    named = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}", svg)
    return Markup(named.replace("<svg", Markup('<svg role="img" aria-label="{}"').format(alt), 1))  # noqa: S704


def _piece_html(piece: Piece) -> str:
    if piece.html:
        return piece.html
    if piece.block["kind"] == "tabel":
        return Block("tabel", piece.block["data"]).html()
    return _environment().get_template(f"{piece.block['kind']}.html.j2").render(d=piece.block["data"])


class _Headings:
    """Gives every heading an id that the page has once, and lists those of level 2 and 3 for the contents."""

    def __init__(self, fragments: Sequence[str]) -> None:
        self.taken = {"inhoud-van-het-verslag", *(name for text in fragments for name in _ID.findall(text))}
        self.title, self.entries = "", list[dict[str, Any]]()
        self.fragments = [_HEADING.sub(self._mark, text) for text in fragments]

    def _anchor(self, text: str) -> str:
        base = slugify(text, max_length=60, word_boundary=True) or "deel"
        anchor = next(name for n in range(1, 999) if (name := base if n == 1 else f"{base}-{n}") not in self.taken)
        self.taken.add(anchor)
        return anchor

    def _mark(self, match: re.Match[str]) -> str:
        level, attributes, inner = int(match[1]), match[2], match[3]
        text, given = " ".join(unescape(_TAG.sub("", inner)).split()), _ID.search(attributes)
        anchor = given[1] if given else self._anchor(text)
        entry: dict[str, Any] = {"text": text, "anchor": anchor, "entries": []}
        if level == 1:
            self.title = self.title or text
        elif level == 2:
            self.entries.append(entry)
        elif level == 3 and self.entries and "class=" not in attributes:
            self.entries[-1]["entries"].append(entry)
        return match[0] if given else f'<h{level} id="{anchor}"{attributes}>{inner}</h{level}>'


def _without_dead_ends(fragments: list[str]) -> list[str]:
    """Links to a part that the notebook leaves out become plain words."""
    there = {found for text in fragments for found in _ID.findall(text)}
    return [_TO_PART.sub(lambda match: match[0] if match[1] in there else match[2], text) for text in fragments]


def page_of(contents: Contents) -> str:
    """The web page of a notebook that has been read, complete in one file.

    Raises
    ------
    ReportProblems
        When the page does not pass its checks; all problems at once.
    """
    facts, headings = report_facts(contents), _Headings([_piece_html(piece).strip() for piece in contents.pieces])
    fragments, title = _without_dead_ends(headings.fragments), facts["title"] or headings.title
    if not title:
        raise ReportProblems("de pagina heeft geen titel", [Problem("notebook", "geen kop", "een eerste kop: # Titel")])
    cells = [
        {"html": Markup(html), "new_page": NEW_PAGE_TAG in piece.tags}  # noqa: S704 -- finished above
        for piece, html in zip(contents.pieces, fragments, strict=True)
    ]
    split = next((place for place, html in enumerate(fragments) if place and "<h2" in html), len(cells))
    built = facts["moment"] and f"gemaakt op {date_text(facts['moment'].date())}"
    footer = " · ".join(filter(None, (facts["edition"] and f"editie {facts['edition']}", built, facts["run"])))
    page = _environment().get_template("verslag.html.j2").render(
        facts=facts, title=title, entries=headings.entries, head=cells[:split], body=cells[split:], footer=footer,
        css=Markup(page_css()),  # noqa: S704
        printed_banner=re.sub(r"[^\w ,.:;()-]", " ", facts["banner"]),
        logo=[round(side) for side in logo_size(facts, 240, 64)],
    )  # fmt: skip
    if problems := check_html(page, len(cells)):
        raise ReportProblems(f"de pagina {title!r} komt niet door de controle", problems)
    return page


def write_page(contents: Contents, _report: object, folder: Path) -> None:
    """Write ``rapport.html``."""
    (folder / "rapport.html").write_text(page_of(contents), encoding="utf-8")
