"""Small rules for the Dutch texts of the catalogue: sentence length and placeholders.

Plain language is a legal duty of local governments (Bestuursdecreet art. II.10); spec design.md 7.2 sets the lengths.
"""

from __future__ import annotations

import re
from string import Formatter

MAX_WORDS_SENTENCE = 20
MAX_WORDS_EXPLANATION = 25

_NO_BREAK = "\u00a0"
_BEFORE_UNIT = re.compile(r"(?<=[\d}]) (?=(?:%|m²|m³|km|kWh|kWp?|MW|CPE)(?!\w))")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"'(]?[A-Z0-9])")


def no_break(text: str) -> str:
    """Put a no-break space between a number and its sign or unit (design.md 7.1), so that authors can type plain ones.

    Examples
    --------
    >>> no_break("36 kWp en 100 %") == "36\\u00a0kWp en 100\\u00a0%"
    True
    """
    return _BEFORE_UNIT.sub(_NO_BREAK, text)


def sentences(text: str) -> tuple[str, ...]:
    """Sentences of a text; a point inside a number or before a small letter ends none.

    Examples
    --------
    >>> sentences("De gemeente telt 1.000 bomen. Dat is genoeg.")
    ('De gemeente telt 1.000 bomen.', 'Dat is genoeg.')
    """
    return tuple(part for part in _SENTENCE_END.split(" ".join(text.split())) if part)


def word_count(text: str) -> int:
    """Words of a text; signs that stand alone (a dash, a percent sign) are no words.

    Examples
    --------
    >>> word_count("Meer dan 40 % - en CO₂")
    5
    """
    return sum(1 for word in text.split() if any(character.isalnum() for character in word))


def description_complaints(text: str) -> tuple[str, ...]:
    """What is wrong with a description: it has one or two sentences of at most 20 words (design.md 7.2).

    Returns
    -------
    tuple of str
        Empty when all is well.
    """
    parts = sentences(text)
    complaints = [] if 1 <= len(parts) <= 2 else [f"{len(parts)} sentences"]
    complaints += [
        f"a sentence of {word_count(part)} words: {part!r}" for part in parts if word_count(part) > MAX_WORDS_SENTENCE
    ]
    return tuple(complaints)


def placeholders(text: str) -> tuple[str, ...]:
    """Names between braces in a method text, as :meth:`str.format` would fill them.

    Raises
    ------
    ValueError
        When a brace stands alone, or a placeholder is more than a name (``{a.b}``, ``{a!r}``, ``{a:>3}``).

    Examples
    --------
    >>> placeholders("ouder dan {max_ouderdom_maanden} maanden")
    ('max_ouderdom_maanden',)
    """
    names = []
    for _, name, layout, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or layout or conversion:
            raise ValueError(f"a placeholder is a name between braces, found {{{name}}}")
        names.append(name)
    return tuple(names)
