"""Boxes around text: notes, lists of facts, and what the web page shows only when asked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Literal

from lekp_lib.errors import BlockError
from lekp_lib.site.oud.block import Block, Paragraph, typst_string
from lekp_lib.site.oud.prose import Heading
from lekp_lib.site.oud.typst_code import typst_array, typst_bool

NoteKind = Literal["info", "explanation", "warning"]

#: Word before the title of a warning, so that colour is not the only sign of it (design.md 8.2).
WARNING_WORD = "Let op"

#: A note of more characters than this may run over two pages; half an A4 page at 9.5 pt holds about 2 200.
_SPLIT_ABOVE_CHARACTERS = 1800


def _as_blocks(body: str | Block | Sequence[str | Block]) -> tuple[Block, ...]:
    """Sentences that follow each other form one paragraph; blocks stay as they are."""
    parts = [body] if isinstance(body, str | Block) else list(body)
    blocks: list[Block] = []
    sentences: list[str] = []
    for part in parts:
        if isinstance(part, str):
            sentences.append(part)
            continue
        blocks += [Paragraph(sentences)] if any(sentences) else []
        sentences = []
        blocks.append(part)
    return tuple(blocks + ([Paragraph(sentences)] if any(sentences) else []))


class Note(Block):
    """A box with a title and text.

    Parameters
    ----------
    title
        What the box is about.
    body
        A sentence, a block, or a row of sentences and blocks.
    kind
        ``"info"`` (reading aid), ``"explanation"`` (toelichting of the municipality, in its own words) or
        ``"warning"`` (fictive figures, draft).
    level
        Heading level when the box belongs in the outline of the page; otherwise the title is no heading.

    Raises
    ------
    BlockError
        When title or body is empty.
    """

    name = "note"

    def __init__(
        self,
        title: str,
        body: str | Block | Sequence[str | Block],
        kind: NoteKind = "info",
        level: int | None = None,
    ) -> None:
        self.title = title.strip()
        self.body = _as_blocks(body)
        self.kind = kind
        self.level = level
        if not self.title:
            raise BlockError("note without title; expected a few words that say what the box is about")
        if not self.body:
            raise BlockError(f"note {self.title!r}: no text; leave the note out, or say what is missing")

    @property
    def _full_title(self) -> str:
        return f"{WARNING_WORD}: {self.title}" if self.kind == "warning" else self.title

    def text(self) -> str:
        return "\n".join([self._full_title, *(block.text() for block in self.body)])

    def html(self) -> str:
        title = escape(self._full_title, quote=False)
        if self.level is None:
            head = f'<p class="note-title">{title}</p>'
        else:
            head = Heading(self._full_title, self.level).html().replace(">", ' class="note-title">', 1)
        inner = "\n".join(block.html() for block in self.body)
        return f'<div class="note note-{self.kind}" role="note" data-block="note">\n{head}\n{inner}\n</div>'

    def typst(self) -> str:
        return self._typst("")

    def typst_compact(self) -> str:
        """The box for a full page; ``air`` is a name in the Typst code around it."""
        return self._typst(", air: air")

    def _typst(self, options: str) -> str:
        level = "none" if self.level is None else str(self.level)
        long = typst_bool(len(self.text()) > _SPLIT_ABOVE_CHARACTERS)
        inner = "\n".join(block.typst().strip() + "\n" for block in self.body)
        return (
            f'#lekp-note({typst_string(self._full_title)}, kind: "{self.kind}", level: {level}, '
            f"breakable: {long}{options})"
            f"[\n{inner}];\n\n"
        )


class Facts(Block):
    """Names and values under each other, such as the fiche of a target.

    Parameters
    ----------
    pairs
        (name, value) in reading order; the value is a text or several texts.

    Raises
    ------
    BlockError
        When there is no pair, or a name or value is empty.
    """

    name = "facts"

    def __init__(self, pairs: Sequence[tuple[str, str | Sequence[str]]]) -> None:
        self.pairs = tuple((name, (value,) if isinstance(value, str) else tuple(value)) for name, value in pairs)
        if not self.pairs:
            raise BlockError("facts: no pairs; leave the list out")
        faults = [
            f"pair {number} ({name!r}): found {list(values)}; expected a name and a value"
            for number, (name, values) in enumerate(self.pairs, 1)
            if not name.strip() or not values or not all(value.strip() for value in values)
        ]
        if faults:
            raise BlockError("facts cannot be shown:\n" + "\n".join(f"  - {fault}" for fault in faults))

    def text(self) -> str:
        return "\n".join(f"{name}: {' '.join(values)}" for name, values in self.pairs)

    def html(self) -> str:
        items = [
            f"<div><dt>{escape(name, quote=False)}</dt>"
            + "".join(f"<dd>{escape(value, quote=False)}</dd>" for value in values)
            + "</div>"
            for name, values in self.pairs
        ]
        return '<dl class="facts" data-block="facts">\n' + "\n".join(items) + "\n</dl>"

    def typst(self) -> str:
        pairs = [
            typst_array([typst_string(name), typst_array(typst_string(value) for value in values)])
            for name, values in self.pairs
        ]
        return f"#lekp-facts({typst_array(pairs)});\n\n"


class Details(Block):
    """Something that the web page shows when asked, such as the figures behind a chart.

    Parameters
    ----------
    summary
        Words of the switch: what opens.
    block
        What is shown.
    on_paper
        Whether paper shows the content; it has no switch, so the summary is left out there.

    Raises
    ------
    BlockError
        When the summary is empty.
    """

    name = "details"

    def __init__(self, summary: str, block: Block, on_paper: bool = False) -> None:
        if not summary.strip():
            raise BlockError("details without summary; expected the words of the switch")
        self.summary = summary.strip()
        self.block = block
        self.on_paper = on_paper

    def text(self) -> str:
        return f"{self.summary}\n{self.block.text()}"

    def html(self) -> str:
        summary = escape(self.summary, quote=False)
        inner = self.block.html()
        return f'<details class="details" data-block="details">\n<summary>{summary}</summary>\n{inner}\n</details>'

    def typst(self) -> str:
        return self.block.typst() if self.on_paper else ""
