"""A table as it stands in a file, before anything is understood: cells, and where each of them stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lekp_lib.pact.shapes import FileShape

MAX_COLUMNS = 1_000
MAX_ROWS = 2_000_000
HEADER_SEARCHED = 30

Cell = Any  # None, str, int, float, bool, datetime: what the format itself tells apart


class Percent(float):
    """A number that its file shows as a percentage, already times 100: Excel keeps 45 % as 0.45."""

    __slots__ = ()


class Broken(str):
    """A cell without usable value; the text says why: a formula that was never computed."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of one sheet or file, below its header.

    Attributes
    ----------
    file
        Name for messages.
    sheet
        Name of the sheet; empty for other formats.
    header
        Column names as they stand there, trimmed.
    rows
        Cells per row, each as long as ``header``.
    lines
        Row or line in the file per row, from 1.
    kind
        ``csv``, ``xlsx`` or ``json``: how a cell is called.
    """

    file: str
    sheet: str
    header: tuple[str, ...]
    rows: list[list[Cell]]
    lines: list[int]
    kind: str

    def cell(self, line: int, column: int | None) -> str:
        """How a cell is called in messages: ``Cijfers!C12``, ``line 12, column waarde``."""
        if self.kind == "xlsx":
            place = f"{letters(column)}{line}" if column is not None else f"row {line}"
            return f"{self.sheet}!{place}"
        word = "record" if self.kind == "json" else "line"
        return f"{word} {line}, column {self.header[column]}" if column is not None else f"{word} {line}"


def letters(column: int) -> str:
    """Spreadsheet letters of a column counted from 0.

    Examples
    --------
    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    text, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_key(name: object) -> str:
    """A column name as it is compared: without case and without blanks around or doubled."""
    return " ".join(str(name).split()).casefold() if name is not None else ""


def find_column(header: tuple[str, ...] | list[str], accepted: tuple[str, ...]) -> int | None:
    """Position of the first accepted name that the header has.

    Parameters
    ----------
    header
        Column names.
    accepted
        Names in order of preference; ``#3`` is the third column.

    Returns
    -------
    int or None
        Counted from 0.
    """
    keys = [column_key(name) for name in header]
    for name in accepted:
        if name.startswith("#") and name[1:].isdigit():
            position = int(name[1:]) - 1
            if position < len(keys):
                return position
        elif column_key(name) in keys:
            return keys.index(column_key(name))
    return None


def required_columns(shape: FileShape) -> dict[str, tuple[str, ...]]:
    """Fields and filters of a shape that a header must have, with the accepted names."""
    fields = {str(field): names for field, names in shape.columns.items() if field not in shape.optional}
    filters = {f"filter {item.column}": (item.column,) for item in shape.filters}
    return {**fields, **shape.numbers, **shape.texts, **filters}


def missing_columns(header: tuple[str, ...] | list[str], shape: FileShape) -> dict[str, tuple[str, ...]]:
    """Required columns that a header lacks."""
    return {
        field: names for field, names in required_columns(shape).items() if find_column(list(header), names) is None
    }


def used_columns(header: tuple[str, ...] | list[str], shape: FileShape) -> list[int]:
    """Positions of the columns that a shape looks at; all of them when it names a column by its position."""
    accepted = [*shape.columns.values(), *shape.numbers.values(), *shape.texts.values()]
    names = [name for group in accepted for name in group] + [item.column for item in shape.filters]
    if any(name.startswith("#") for name in names):
        return list(range(len(header)))
    keys = {column_key(name) for name in names}
    wide = re.compile(shape.wide.columns) if shape.wide else None
    return [
        position
        for position, name in enumerate(header)
        if column_key(name) in keys or (wide is not None and wide.fullmatch(name))
    ]
