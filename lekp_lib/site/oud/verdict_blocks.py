"""Verdicts on the page: a shape, the word, and the sentences that give the reason (spec design.md 4 and D7)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from lekp_lib.adapter.models import Verdict, VerdictCounts
from lekp_lib.errors import BlockError
from lekp_lib.site.oud.block import Block, typst_string, typst_text
from lekp_lib.site.oud.marks import inline_mark
from lekp_lib.site.oud.typst_code import typst_array

#: The five verdicts in the order of design.md chapter 4; always shown, also when the count is 0.
COUNTED = (Verdict.REACHED, Verdict.ON_TRACK, Verdict.SLIGHTLY_BEHIND, Verdict.FAR_BEHIND, Verdict.NONE)

#: The states outside the count; shown only when there are any.
OUTSIDE = (Verdict.NOT_YET_REQUIRED, Verdict.NOT_APPLICABLE)


def css_name(verdict: Verdict) -> str:
    """Verdict as part of a class name: ``lichte-achterstand``."""
    return verdict.value.replace(" ", "-")


def _split_verdict(verdict: Verdict, sentences: str) -> tuple[str, str]:
    """The verdict word with its punctuation, and the rest; the word is put in front where the sentences lack it."""
    word = verdict.value
    if sentences.lower().startswith(word):
        after = sentences[len(word) :]
        if not after[:1].isalnum():
            mark = after[:1] if after[:1] in (".", ":", ",") else ""
            return sentences[: len(word)] + mark, after[len(mark) :].strip()
    return f"{word[0].upper()}{word[1:]}.", sentences


class VerdictLine(Block):
    """One verdict with its sentences.

    Parameters
    ----------
    verdict
        Decides shape and word.
    sentences
        Finished sentences. When the first one begins with the verdict word, that word is made bold; otherwise the word
        is put in front, so that it never stands there twice.

    Raises
    ------
    BlockError
        When there is no sentence: a verdict without its reason is not shown.
    """

    name = "verdict"

    def __init__(self, verdict: Verdict, sentences: str | Sequence[str]) -> None:
        given = [sentences] if isinstance(sentences, str) else list(sentences)
        body = " ".join(sentence.strip() for sentence in given if sentence.strip())
        if not body:
            raise BlockError(f"verdict {verdict.value!r} without a sentence; expected the reason for the verdict")
        self.verdict = verdict
        self.word, self.rest = _split_verdict(verdict, body)

    def text(self) -> str:
        return f"{self.word} {self.rest}".strip()

    def html(self) -> str:
        word, rest = escape(self.word, quote=False), escape(self.rest, quote=False)
        return (
            f'<p class="verdict verdict-{css_name(self.verdict)}" data-block="verdict">'
            f"{inline_mark(self.verdict)} <strong>{word}</strong> {rest}</p>"
        )

    def typst(self) -> str:
        verdict = typst_string(self.verdict.value)
        return f"#lekp-verdict({verdict}, {typst_string(self.word)})[{typst_text(self.rest)}];\n\n"


def _count_words(verdict: Verdict, count: int) -> str:
    """Words behind the number: "3 doelen gehaald", "7 op koers"."""
    if verdict is Verdict.REACHED:
        return "doel gehaald" if count == 1 else "doelen gehaald"
    return verdict.value


class CountsRow(Block):
    """How many targets have which verdict: shape, number and word.

    Parameters
    ----------
    counts
        Counts over the targets; the five verdicts always appear, the two states outside the count when there are any.

    Raises
    ------
    BlockError
        When the counts do not add up to the applicable targets or to all targets (design.md 14, gate 8).
    """

    name = "counts"

    def __init__(self, counts: VerdictCounts) -> None:
        by_verdict = counts.by_verdict
        outside = by_verdict.get(Verdict.NOT_APPLICABLE, counts.total - counts.applicable)
        applicable = sum(count for verdict, count in by_verdict.items() if verdict is not Verdict.NOT_APPLICABLE)
        if applicable != counts.applicable or applicable + outside != counts.total:
            raise BlockError(
                f"counts: {applicable} targets with a verdict and {outside} not applicable; "
                f"expected {counts.applicable} applicable of {counts.total} in all"
            )
        self.items = [(verdict, by_verdict.get(verdict, 0)) for verdict in COUNTED]
        waiting = by_verdict.get(Verdict.NOT_YET_REQUIRED, 0)
        extra = zip(OUTSIDE, (waiting, outside), strict=True)
        self.items += [(verdict, count) for verdict, count in extra if count]

    def text(self) -> str:
        return ", ".join(f"{count} {_count_words(verdict, count)}" for verdict, count in self.items)

    def _html_item(self, verdict: Verdict, count: int) -> str:
        look = "count count-zero" if count == 0 else "count"
        return (
            f'<li class="{look}" data-verdict="{css_name(verdict)}" data-count="{count}">{inline_mark(verdict)} '
            f'<strong class="count-number">{count}</strong> '
            f'<span class="count-word">{_count_words(verdict, count)}</span></li>'
        )

    def html(self) -> str:
        lists = []
        for look, verdicts in (("counts", COUNTED), ("counts counts-outside", OUTSIDE)):
            items = "\n".join(self._html_item(verdict, count) for verdict, count in self.items if verdict in verdicts)
            lists += [f'<ul class="{look}" role="list">\n{items}\n</ul>'] if items else []
        return '<div data-block="counts">\n' + "\n".join(lists) + "\n</div>"

    def typst(self) -> str:
        items = [
            f"({typst_string(verdict.value)}, {typst_string(str(count))}, {typst_string(_count_words(verdict, count))})"
            for verdict, count in self.items
        ]
        return f"#lekp-counts({typst_array(items)});\n\n"
