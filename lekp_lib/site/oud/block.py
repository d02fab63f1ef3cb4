"""Blocks: what a notebook cell shows, once for the web page and once for paper.

Every block gives HTML for readers on screen, Typst for the PDF and plain text for everything else, from the same
data and the same sentences (design.md, D1). JupyterLab, papermill and both exporters read them through
``_repr_mimebundle_``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from html import escape

MIME_TYPST = "text/x-typst"


def typst_string(text: str) -> str:
    """Data string as Typst code that nothing in it can break out of (design.md 10.3).

    Parameters
    ----------
    text
        Any text, trusted or not.

    Returns
    -------
    str
        A quoted Typst string, without the leading ``#``.

    Examples
    --------
    >>> print(typst_string('3 "m"'))
    "3 \\"m\\""
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def typst_text(text: str) -> str:
    """Data string inside Typst markup; the closing semicolon keeps what follows from being read as code."""
    return f"#{typst_string(text)};"


class Block(ABC):
    """Something that a cell shows to the reader of the report."""

    #: Machine name of the kind of block; the finished report is checked by it.
    name: str = "block"

    @abstractmethod
    def html(self) -> str:
        """HTML fragment: valid inside ``<main>``, no script, no external address."""

    @abstractmethod
    def typst(self) -> str:
        """Typst markup for the same content."""

    @abstractmethod
    def text(self) -> str:
        """The same content as plain text: what a screen reader would say."""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html(), MIME_TYPST: self.typst(), "text/plain": self.text()}


class Paragraph(Block):
    """One or more sentences.

    Parameters
    ----------
    sentences
        Finished Dutch sentences; empty ones are left out.
    role
        Look: ``""`` (body), ``"lead"`` (opening of the report) or ``"small"`` (source lines).
    """

    name = "paragraph"

    def __init__(self, sentences: str | Iterable[str], role: str = "") -> None:
        given = [sentences] if isinstance(sentences, str) else list(sentences)
        self.sentences = tuple(sentence for sentence in given if sentence)
        self.role = role

    def text(self) -> str:
        return " ".join(self.sentences)

    def html(self) -> str:
        look = f' class="{self.role}"' if self.role else ""
        return f"<p{look}>{escape(self.text(), quote=False)}</p>"

    def typst(self) -> str:
        body = typst_text(self.text())
        return f"#lekp-{self.role}[{body}]\n\n" if self.role else f"{body}\n\n"


class Group(Block):
    """Blocks that belong together, shown one after the other.

    Parameters
    ----------
    blocks
        The parts, in reading order.
    name
        Machine name written into the page (``data-block``), so that the finished report can be checked.
    attributes
        Further ``data-`` attributes, such as ``{"target": "bomen"}``.
    anchor
        Id to which other parts of the page link.
    """

    def __init__(
        self,
        blocks: Sequence[Block],
        name: str = "group",
        attributes: dict[str, str] | None = None,
        anchor: str = "",
    ) -> None:
        self.blocks = tuple(blocks)
        self.name = name
        self.attributes = attributes or {}
        self.anchor = anchor

    def text(self) -> str:
        return "\n\n".join(part for part in (block.text() for block in self.blocks) if part)

    def html(self) -> str:
        data = "".join(f' data-{key}="{escape(value)}"' for key, value in self.attributes.items())
        inner = "\n".join(block.html() for block in self.blocks)
        data += f' id="{escape(self.anchor)}"' if self.anchor else ""
        return f'<div class="block {self.name}" data-block="{self.name}"{data}>\n{inner}\n</div>'

    def typst(self) -> str:
        return "\n".join(block.typst() for block in self.blocks)
