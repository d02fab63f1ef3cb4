"""Blocks: what a notebook cell shows, once as HTML, once as data for paper, once as plain text."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt

from lekp_lib import __version__
from lekp_lib.edition import Edition
from lekp_lib.errors import ReportError
from lekp_lib.present.theme import css_variables, mark_data

MIME_JSON = "application/vnd.lekp+json"
TEMPLATES = Path(__file__).parent / "templates"


@cache
def html_environment() -> Environment:
    """The HTML templates; every value is escaped, drawings alone are marked as safe there."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals |= {"mark_data": mark_data, "markdown": MarkdownIt("commonmark", {"html": False}).render}
    return environment


@cache
def styles() -> str:
    """The style sheet of all blocks."""
    return css_variables() + (TEMPLATES / "stijl.css").read_text(encoding="utf-8")


class Block:
    """Something that a cell shows to the reader of the report.

    Parameters
    ----------
    kind
        Name of the template ``templates/<kind>.html.j2`` and of the function in the paper template.
    data
        Finished texts, numbers for bars and drawings as SVG text, or what makes them; JSON can hold all of it.
    text
        The same content as plain text.
    """

    #: About the report as a whole (title, edition, banner, run), and whether the styles travel with this block.
    facts: Mapping[str, Any] = MappingProxyType({})
    with_styles = False

    def __init__(self, kind: str, data: Mapping[str, Any] | Callable[[], Mapping[str, Any]], text: str = "") -> None:
        self.kind, self._data, self.text = kind, data, text

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The content; made when it is first asked for."""
        return self._data() if callable(self._data) else self._data

    def html(self) -> str:
        """Accessible fragment: valid inside ``<main>``, no script, no address of elsewhere but links."""
        return html_environment().get_template(f"{self.kind}.html.j2").render(d=self.data).strip()

    def json(self) -> dict[str, Any]:
        """What the paper template reads."""
        return {"kind": self.kind, "data": self.data, "facts": dict(self.facts)}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        style = f"<style data-lekp>{styles()}</style>\n" if self.with_styles else ""
        return {"text/plain": self.text, "text/html": style + self.html(), MIME_JSON: self.json()}


class Group(Block):
    """Blocks that belong together, shown one after the other; with ``keep`` paper does not part them."""

    def __init__(self, blocks: Sequence[Block], keep: bool = False) -> None:
        self.blocks, self.keep = tuple(blocks), keep
        super().__init__("groep", self._content, "\n\n".join(block.text for block in self.blocks if block.text))

    def _content(self) -> dict[str, Any]:
        return {"blocks": [{"kind": block.kind, "data": block.data} for block in self.blocks], "keep": self.keep}

    def html(self) -> str:
        """The fragments of all parts."""
        return "\n".join(block.html() for block in self.blocks)


def heading(text: str, level: int = 2, anchor: str = "") -> Block:
    """A heading; ``anchor`` is its id on the page."""
    return Block("kop", {"level": level, "text": text, "id": anchor}, text)


def paragraph(*sentences: str, points: Sequence[str] = ()) -> Block:
    """Paragraphs, and a list below them."""
    return Block("tekst", {"title": "", "paragraphs": list(sentences), "points": list(points)}, " ".join(sentences))


def short_id(*parts: str) -> str:
    """Short id of texts and of the code: the same input always has the same id."""
    return hashlib.sha256("\n".join([*parts, __version__]).encode()).hexdigest()[:10]


class Opened:
    """What a notebook opens: its blocks carry its facts, the first one its styles too."""

    #: Name of the variable in the notebook, and what stands now for names of before.
    VARIABLE: ClassVar[str] = "rapport"
    OLD_NAMES: ClassVar[Mapping[str, str]] = {}
    edition: Edition
    _first_block = ""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What stands around the pages."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        """Names of before say their new one."""
        if name in self.OLD_NAMES:
            new = f"{self.VARIABLE}.{self.OLD_NAMES[name]}"
            raise ReportError(f"{self.VARIABLE}.{name} bestaat niet meer: schrijf {new}.")
        raise AttributeError(f"{self.VARIABLE} heeft geen {name!r}; dir({self.VARIABLE}) toont wat het heeft")

    def edition_facts(self, **own: Any) -> dict[str, Any]:
        """What stands around the pages: edition, banner, date of the build, and what the caller adds."""
        manifest = self.edition.manifest
        built = dt.datetime.combine(manifest.built, dt.time(), dt.UTC)
        return {
            "year": self.edition.reference_date.year, "edition": self.edition.id, "banner": manifest.banner or "",
            "built": built.isoformat(), "licence": manifest.origin, "accent": "", "logo": "", "logo_aspect": 1.0,
            "nis": "",
            **own,
        }  # fmt: skip

    def shown(self, key: str, *blocks: Block) -> Block:
        """One block, or several as a group, with the facts; the styles go with the first key, whenever it runs."""
        self._first_block = self._first_block or key
        block = blocks[0] if len(blocks) == 1 else Group(blocks)
        block.facts, block.with_styles = self.facts, key == self._first_block
        return block
