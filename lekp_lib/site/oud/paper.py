"""Blocks that look another way on paper, where one target has exactly one page.

What a page has no room for stands complete in an annex; a report without that annex keeps it in its place, so that
nothing is silently missing (spec design.md 2, chapter 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from lekp_lib.site.oud.block import Block, Group, typst_string
from lekp_lib.site.oud.boxes import Facts, Note
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.typst_code import typst_array

#: Labels by which a page finds out whether the annex is there, and on which page.
COUNTING_LABEL = "telling-"
COMPARISON_LABEL = "bijlage-vergelijking"

#: Parts of a fiche that explain the figure in use; what a page leaves out first comes first.
_EXTRA = ("Wat is het doel", "Bij het doel", "Tussenstap", "Adres van de bron")
_NEEDED = (
    "Formule", "Noemer", "Bron", "Peildatum", "Opgehaald op", "Status van het cijfer", "Basisjaar", "Bij het cijfer",
    "Correcties",
)  # fmt: skip
_LEAST = ("Bron", "Peildatum", "Opgehaald op", "Status van het cijfer")


def label(name: str) -> str:
    """Place in the document that other pages ask for."""
    return f"#metadata(none) #label({typst_string(name)})\n"


class OnPaper(Block):
    """A block with a form of its own on paper.

    Parameters
    ----------
    screen
        What the web page shows; its text is that of the block.
    paper
        What paper shows: blocks one after the other.
    """

    name = "on-paper"

    def __init__(self, screen: Block, paper: Sequence[Block]) -> None:
        self.screen = screen
        self.paper = tuple(paper)

    def text(self) -> str:
        return self.screen.text()

    def html(self) -> str:
        return self.screen.html()

    def typst(self) -> str:
        return "".join(block.typst() for block in self.paper)


class InAnnex(Block):
    """A block that paper shows only where the report has no annex for it.

    Parameters
    ----------
    block
        What the web page shows.
    annex
        Label of the annex.
    """

    name = "in-annex"

    def __init__(self, block: Block, annex: str) -> None:
        self.block = block
        self.annex = annex

    def text(self) -> str:
        return self.block.text()

    def html(self) -> str:
        return self.block.html()

    def typst(self) -> str:
        return f"#lekp-without-annex({typst_string(self.annex)})[\n{self.block.typst()}];\n\n"


class Labelled(Block):
    """A block that paper can refer to, and keeps on one page."""

    name = "labelled"

    def __init__(self, block: Block, name: str) -> None:
        self.block = block
        self.label = name

    def text(self) -> str:
        return self.block.text()

    def html(self) -> str:
        return self.block.html()

    def typst(self) -> str:
        return f"#block(breakable: false, width: 100%)[\n{label(self.label)}{self.block.typst()}];\n\n"


def _pairs(facts: Facts, names: Sequence[str]) -> str:
    return typst_array(
        typst_array([typst_string(name), typst_string(" ".join(values))])
        for name, values in facts.pairs
        if name in names
    )


class TargetPage(Group):
    """The section of one target; on paper one page.

    Parameters
    ----------
    blocks
        In reading order, the fiche last of those that paper shows.
    target_id
        Id of the target.
    verdict
        Its verdict, for the check of the finished page.
    """

    def __init__(self, blocks: Sequence[Block], target_id: str, verdict: str) -> None:
        super().__init__(blocks, "target", {"target": target_id, "verdict": verdict}, target_id)
        self.target_id = target_id

    def _body(self) -> str:
        figures = [block for block in self.blocks if isinstance(block, Figure)]
        parts = []
        for block in self.blocks:
            if isinstance(block, Figure):
                # A source under two figures that follow each other is said once, under the last one.
                following = figures[figures.index(block) + 1 :]
                said_later = bool(following) and following[0].words.source == block.words.source
                parts.append(block.typst_compact(with_source=not said_later))
            elif isinstance(block, Note):
                parts.append(block.typst_compact())
            elif not isinstance(block, Facts):
                parts.append(block.typst())
        return "\n".join(parts)

    def typst(self) -> str:
        fiche = next((block for block in self.blocks if isinstance(block, Facts)), None)
        if fiche is None:
            return f"#let air = 1\n{self._body()}"
        compared = any(isinstance(block, OnPaper) for block in self.blocks)
        comparison = COMPARISON_LABEL if compared else ""
        return (
            f"#lekp-target({typst_string(COUNTING_LABEL + self.target_id)}, {typst_string(comparison)}, "
            f"long: {_pairs(fiche, (*_EXTRA, *_NEEDED))}, short: {_pairs(fiche, _NEEDED)}, "
            f"least: {_pairs(fiche, _LEAST)}, full: [\n{fiche.typst()}], air => [\n{self._body()}]);\n\n"
        )


class CountingAnnex(Block):
    """How each target is counted, complete; the web page has it at the targets and links to them.

    Parameters
    ----------
    fiches
        (target id, name, fiche) in official order.
    """

    name = "counting-annex"

    def __init__(self, fiches: Sequence[tuple[str, str, Facts]]) -> None:
        self.fiches = tuple(fiches)

    _OPENING = "Bij elk doel staat hoe het geteld wordt, met formule, bron en peildatum:"

    def text(self) -> str:
        return "\n".join([self._OPENING, *(f"- {name}" for _, name, _ in self.fiches)])

    def html(self) -> str:
        links = "\n".join(
            f'<li><a href="#{escape(target)}">{escape(name, quote=False)}</a></li>' for target, name, _ in self.fiches
        )
        return (
            f'<div class="block counting-annex" data-block="counting-annex">\n<p>{self._OPENING}</p>\n'
            f'<ul class="target-links">\n{links}\n</ul>\n</div>'
        )

    def typst(self) -> str:
        return "".join(
            f"#lekp-counting({typst_string(name)})[\n{label(COUNTING_LABEL + target)}{fiche.typst()}];\n\n"
            for target, name, fiche in self.fiches
        )
