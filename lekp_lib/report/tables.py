"""Tables of pandas, from the HTML in which a notebook keeps them, as tables for readers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from lxml.html import HtmlElement

from lekp_lib.present.format import number
from lekp_lib.present.tables import MISSING, cell_text

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?= 00:00:00$|$)")
_WORDS = {"nan": None, "none": None, "nat": None, "<na>": None, "": None, "true": True, "false": False}
#: Room on paper, and what a letter and the air between two columns take of it in a table.
_ROOM_MM, _LETTER_MM, _AIR_MM = 174, 1.6, 3.0


def _grid(rows: Sequence[HtmlElement]) -> list[list[HtmlElement]]:
    """Cells of some rows; one that spans rows or columns stands in each of them."""
    grid: list[dict[int, HtmlElement]] = [{} for _ in rows]
    for index, row in enumerate(rows):
        for cell in row.iterchildren("th", "td"):
            column = next(place for place in range(10_000) if place not in grid[index])
            for down in range(index, min(index + int(cell.get("rowspan") or 1), len(grid))):
                grid[down] |= {column + across: cell for across in range(int(cell.get("colspan") or 1))}
    return [[row[key] for key in sorted(row)] for row in grid]


def _texts(grid: Sequence[Sequence[HtmlElement]]) -> list[list[str]]:
    """Texts of a grid by column."""
    return [[" ".join(cell.text_content().split()) for cell in column] for column in zip(*grid, strict=True)]


def _value(text: str) -> Any:
    """What a cell held before pandas printed it, as far as a reader can tell."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _NUMBER.fullmatch(text):
        return int(text) if text.lstrip("-").isdigit() else float(text)
    found = _DATE.match(text)
    return dt.date.fromisoformat(found[0]) if found else text


def _column(head: str, texts: Sequence[str]) -> tuple[list[str], bool]:
    """Cells of one column in Dutch, and whether they are numbers."""
    values = [_value(text) for text in texts]
    floats = [Decimal(repr(value)) for value in values if isinstance(value, float)]
    most = 2 if any(abs(item) >= 1 for item in floats) else 4
    places = min(most, max([0, *(-int(item.normalize().as_tuple().exponent) for item in floats)]))
    whole = [int(value) if isinstance(value, float) and not places else value for value in values]
    numeric = any(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return [cell_text(value, head, places) for value in whole], numeric


def _too_wide(columns: Sequence[Sequence[str]]) -> bool:
    longest = [max(len(word) for text in column for word in text.split(" ")) for column in columns]
    return sum(letters * _LETTER_MM + _AIR_MM for letters in longest) > _ROOM_MM


def pandas_table(root: HtmlElement, table: HtmlElement, caption: str) -> dict[str, Any] | str:
    """Data of a block ``tabel`` from the HTML of a DataFrame or a Styler.

    Parameters
    ----------
    root
        What stands around the table; pandas says there how many rows there are when it leaves some out.
    table
        The table; formats that a Styler chose stay as they are.
    caption
        Its title.

    Returns
    -------
    dict or str
        In words what is wrong, when it cannot be shown.
    """
    body = _grid(table.xpath("./tbody/tr"))
    heads, texts = _texts(_grid(table.xpath("./thead/tr"))), _texts(body)
    if not texts or len(heads) != len(texts):
        return "een tabel zonder rijen of zonder kolomkoppen"
    index = sum(cell.tag == "th" for cell in body[0])
    # The names of the index stand in the last row of the heads, those of the columns on several levels.
    labels = [next(filter(None, reversed(head)), "") for head in heads[:index]]
    labels += [" · ".join(dict.fromkeys(filter(None, head))) for head in heads[index:]]
    if "geometry" in labels:
        return 'een tabel met een kolom "geometry"; laat die weg met drop(columns="geometry"), of teken ze met plot()'
    counts_only = index == 1 and not labels[0] and all(text.lstrip("-").isdigit() for text in texts[0])
    if counts_only and len(labels) > 1:
        labels, texts = labels[1:], texts[1:]
    styled = (table.get("id") or "").startswith("T_")
    made = [_column(label, column) for label, column in zip(labels, texts, strict=True)]
    absent = {text for text, value in _WORDS.items() if value is None}
    own = [[MISSING if text.lower() in absent else text for text in column] for column in texts]
    cells = own if styled else [column for column, _ in made]
    labels = [label or "onderdeel" for label in labels]
    if _too_wide([[label, *column] for label, column in zip(labels, cells, strict=True)]):
        return f"een tabel van {len(labels)} kolommen, te breed voor papier"
    size = next((re.findall(r"\d+", item.text_content()) for item in root.iter("p")), [])
    return {
        "caption": caption,
        "columns": [{"label": label, "numeric": numeric} for label, (_, numeric) in zip(labels, made, strict=True)],
        "parts": [{"label": "", "rows": [list(row) for row in zip(*cells, strict=True)]}],
        "note": f"Niet alle {number(int(size[0]))} rijen zijn getoond." if size else "",
        "marks": {},
        "closed": False,
    }
