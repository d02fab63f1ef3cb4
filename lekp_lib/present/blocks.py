"""Blocks: what a notebook cell shows, once as HTML, once as data for paper, once as plain text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt

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
    facts
        About the report as a whole: title, edition, banner, run; the exporters take them from the first block.
    with_styles
        Whether the styles travel with this block, so that a page without our exporter shows them too.
    """

    def __init__(
        self, kind: str, data: Mapping[str, Any] | Callable[[], Mapping[str, Any]], text: str = "", facts: Mapping[str, Any] | None = None,
        with_styles: bool = False,
    ) -> None:  # fmt: skip
        self.kind, self._data, self.text, self.facts, self.with_styles = kind, data, text, facts or {}, with_styles

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The content; made when it is first asked for."""
        return self._data() if callable(self._data) else self._data

    def html(self) -> str:
        """Accessible fragment: valid inside ``<main>``, no script, no address of elsewhere but links."""
        return html_environment().get_template(f"{self.kind}.html.j2").render(d=self.data).strip()

    def json(self) -> dict[str, Any]:
        """What the paper template reads."""
        return {"kind": self.kind, "data": self.data, "facts": self.facts}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        style = f"<style data-lekp>{styles()}</style>\n" if self.with_styles else ""
        return {"text/plain": self.text, "text/html": style + self.html(), MIME_JSON: self.json()}


class Group(Block):
    """Blocks that belong together, shown one after the other."""

    def __init__(
        self, blocks: Sequence[Block], facts: Mapping[str, Any] | None = None, with_styles: bool = False
    ) -> None:
        self.blocks = tuple(blocks)
        text = "\n\n".join(block.text for block in self.blocks if block.text)
        super().__init__("groep", self._content, text, facts, with_styles)

    def _content(self) -> dict[str, Any]:
        return {"blocks": [{"kind": block.kind, "data": block.data} for block in self.blocks]}

    def html(self) -> str:
        """The fragments of all parts."""
        return "\n".join(block.html() for block in self.blocks)
