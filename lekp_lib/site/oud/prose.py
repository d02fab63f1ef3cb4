"""Headings of a page and short method texts written as Markdown.

The Markdown reader knows paragraphs, lists, bold, italic and web links. Everything else is refused: a table or heading
that silently vanished would be a gap, and a heading level inside a box would break the outline of the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any

import mistune

from lekp_lib.errors import BlockError
from lekp_lib.site.oud.block import Block, typst_string, typst_text

_ANCHOR = re.compile(r"[a-z][a-z0-9-]*")
_WEB = re.compile(r"https?://[^\s<>]+")

Token = dict[str, Any]


class Heading(Block):
    """A heading of the page.

    Parameters
    ----------
    text
        The heading; never empty.
    level
        1 to 6; levels are not skipped (checked on the finished page).
    anchor
        Id that links go to: small letters, digits and hyphens. Empty for none.
    in_contents
        Whether the contents on paper name it; it is a bookmark in any case.

    Raises
    ------
    BlockError
        When the text is empty, or level or anchor is not usable.
    """

    name = "heading"

    def __init__(self, text: str, level: int = 2, anchor: str = "", *, in_contents: bool = True) -> None:
        if not text.strip():
            raise BlockError("heading without text; expected the words of the heading")
        if not 1 <= level <= 6:
            raise BlockError(f"heading {text!r}: level {level}; expected 1 to 6")
        if anchor and not _ANCHOR.fullmatch(anchor):
            raise BlockError(f"heading {text!r}: anchor {anchor!r}; expected small letters, digits and hyphens")
        self.words = text.strip()
        self.level = level
        self.anchor = anchor
        self.in_contents = in_contents

    def text(self) -> str:
        return self.words

    def html(self) -> str:
        anchor = f' id="{self.anchor}"' if self.anchor else ""
        return f"<h{self.level}{anchor}>{escape(self.words, quote=False)}</h{self.level}>"

    def typst(self) -> str:
        label = f" #label({typst_string(self.anchor)})" if self.anchor else ""
        hidden = "" if self.in_contents else "outlined: false, bookmarked: true, "
        return f"#heading(level: {self.level}, {hidden}{typst_string(self.words)}){label}\n\n"


class Title(Heading):
    """The one ``h1`` of the page: the message of the report."""

    name = "title"

    def __init__(self, text: str) -> None:
        super().__init__(text, level=1)


@dataclass(frozen=True, slots=True)
class _Part:
    """Piece of a read text: words, a line break, or something around other pieces."""

    kind: str
    words: str = ""
    parts: tuple[_Part, ...] = ()


_AROUND = ("paragraph", "block_text", "strong", "emphasis", "list_item")

_HTML = {
    "paragraph": "<p>{}</p>\n",
    "block_text": "{}",
    "strong": "<strong>{}</strong>",
    "emphasis": "<em>{}</em>",
    "bullets": "<ul>{}</ul>\n",
    "numbers": "<ol>{}</ol>\n",
    "list_item": "<li>{}</li>",
    "linebreak": "<br>",
}

_TYPST = {
    "paragraph": "{}\n\n",
    "block_text": "{}",
    "strong": "#strong[{}];",
    "emphasis": "#emph[{}];",
    "bullets": "#list({});\n\n",
    "numbers": "#enum({});\n\n",
    "list_item": "[{}], ",
    "linebreak": "#linebreak();",
}

_PLAIN = {
    **dict.fromkeys(_HTML, "{}"),
    "paragraph": "{}\n\n",
    "list_item": "- {}\n",
    "link": "{}",
    "linebreak": "\n",
}


def _read(token: Token) -> _Part:
    """Piece for one token of the Markdown reader; refuses what the renderers do not know."""
    kind = token["type"]
    if kind in ("text", "inline_html"):
        return _Part("text", token["raw"])
    if kind == "block_html":
        return _Part("paragraph", parts=(_Part("text", token["raw"].strip()),))
    if kind == "softbreak":
        return _Part("text", " ")
    if kind == "linebreak":
        return _Part(kind)
    parts = tuple(_read(child) for child in token.get("children", ()))
    if kind == "list":
        return _Part("numbers" if token["attrs"]["ordered"] else "bullets", parts=parts)
    if kind == "link":
        address = token["attrs"]["url"]
        if not _WEB.fullmatch(address):
            raise BlockError(f"method text: link to {address!r}; expected an address that starts with https://")
        return _Part(kind, address, parts)
    if kind not in _AROUND:
        found = kind.replace("_", " ")
        raise BlockError(f"method text: found {found}; expected paragraphs, lists, bold, italic and web links only")
    return _Part(kind, parts=parts)


def _html(part: _Part) -> str:
    if part.kind == "text":
        return escape(part.words, quote=False)
    inner = "".join(_html(child) for child in part.parts)
    if part.kind == "link":
        return f'<a href="{escape(part.words)}">{inner}</a>'
    return _HTML[part.kind].format(inner)


def _typst(part: _Part) -> str:
    if part.kind == "text":
        return typst_text(part.words)
    inner = "".join(_typst(child) for child in part.parts)
    if part.kind == "link":
        return f"#link({typst_string(part.words)})[{inner}];"
    return _TYPST[part.kind].format(inner)


def _plain(part: _Part) -> str:
    if part.kind == "text":
        return part.words
    return _PLAIN[part.kind].format("".join(_plain(child) for child in part.parts))


class Markdown(Block):
    """A short text of the catalogue, written as Markdown.

    Parameters
    ----------
    source
        Markdown with paragraphs, lists, bold, italic and web links. Raw HTML is shown as typed.

    Raises
    ------
    BlockError
        When the text is empty or holds anything else, such as a heading, a table or a picture.
    """

    name = "markdown"

    def __init__(self, source: str) -> None:
        tokens = mistune.create_markdown(renderer=None)(source)
        self.parts = tuple(
            _read(token) for token in tokens if isinstance(token, dict) and token["type"] != "blank_line"
        )
        if not self.parts:
            raise BlockError("method text: empty; expected at least one paragraph")

    def text(self) -> str:
        return "".join(_plain(part) for part in self.parts).strip()

    def html(self) -> str:
        return "".join(_html(part) for part in self.parts).strip()

    def typst(self) -> str:
        return "".join(_typst(part) for part in self.parts)
