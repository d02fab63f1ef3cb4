"""Table of contents of the web page: every heading gets an id, and h2 and h3 become links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from slugify import slugify

#: Id of ``<main>``, where the skip link leads.
MAIN_ID = "inhoud-van-het-verslag"

_HEADING = re.compile(r"<h([1-6])\b([^>]*)>(.*?)</h\1\s*>", re.DOTALL | re.IGNORECASE)
_ID = re.compile(r"""\sid\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_CLASS = re.compile(r"\sclass\s*=", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


@dataclass(slots=True)
class Entry:
    """A heading in the contents, with the headings below it.

    ``text`` is plain text, to be escaped where it is shown.
    """

    text: str
    anchor: str
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Contents:
    """Headings of a page.

    Attributes
    ----------
    title
        Text of the first ``h1``; empty when there is none.
    entries
        One per ``h2``, each with its ``h3``. Headings with a class belong to a block (title of a note, group of an
        overview) and stay out.
    """

    title: str = ""
    entries: list[Entry] = field(default_factory=list)


def _free_anchor(text: str, taken: set[str]) -> str:
    base = slugify(text, max_length=60, word_boundary=True) or "deel"
    anchor, number = base, 2
    while anchor in taken:
        anchor, number = f"{base}-{number}", number + 1
    taken.add(anchor)
    return anchor


def add_anchors(fragments: list[str]) -> tuple[list[str], Contents]:
    """Give every heading an id that the page has once, and list the headings.

    Parameters
    ----------
    fragments
        HTML fragments in reading order. Ids that stand there already are kept.

    Returns
    -------
    fragments : list of str
        The same, with ids on headings; nothing else is touched.
    contents : Contents
        Title, and the headings of level 2 and 3.
    """
    taken = {MAIN_ID, *(name for fragment in fragments for name in _ID.findall(fragment))}
    contents = Contents()

    def mark(match: re.Match[str]) -> str:
        level, attributes, inner = int(match[1]), match[2], match[3]
        text = " ".join(unescape(_TAG.sub("", inner)).split())
        if given := _ID.search(attributes):
            anchor, heading = given[1], match[0]
        else:
            anchor = _free_anchor(text, taken)
            heading = f'<h{level} id="{anchor}"{attributes}>{inner}</h{level}>'
        if level == 1:
            contents.title = contents.title or text
        elif _CLASS.search(attributes):
            return heading
        elif level == 2:
            contents.entries.append(Entry(text, anchor))
        elif level == 3 and contents.entries:
            contents.entries[-1].entries.append(Entry(text, anchor))
        return heading

    return [_HEADING.sub(mark, fragment) for fragment in fragments], contents
