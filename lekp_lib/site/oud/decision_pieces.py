"""What a council decision is made of: paragraphs, lists, quotes and articles under headings, and its placeholders."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: What the municipality fills in, with its brackets.
PLACEHOLDER = re.compile(r"\[[^\[\]\n]+\]")


@dataclass(frozen=True, slots=True)
class Sentences:
    """One paragraph."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; ``addresses`` holds per item the address of the legal text that it names, or nothing."""

    items: tuple[str, ...]
    addresses: tuple[str, ...] = ()

    def linked(self) -> tuple[tuple[str, str], ...]:
        """Items with their address, empty where there is none."""
        return tuple(zip(self.items, self.addresses or ("",) * len(self.items), strict=True))


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the municipality about one target, as given."""

    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One numbered article."""

    number: int
    texts: tuple[str, ...]

    @property
    def heading(self) -> str:
        """Word and number: ``Artikel 1``."""
        return f"Artikel {self.number}"


Piece = Sentences | Bullets | Quote | Article


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with what stands under it; ``id`` names the part for the renderers."""

    id: str
    heading: str
    pieces: tuple[Piece, ...]


def piece_texts(piece: Piece) -> tuple[str, ...]:
    """The texts of one piece, in reading order."""
    if isinstance(piece, Bullets):
        return piece.items
    return (piece.text,) if isinstance(piece, Quote) else piece.texts
