"""What a table is made of: columns, cells, groups of rows, and the check that none of them leaves a reader guessing.

An empty cell is refused, because it cannot tell zero, "geen gegevens" and "niet van toepassing" apart (spec design.md 4
and 7.1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lekp_lib.adapter.models import Verdict

NO_DATA = "geen gegevens"

_WIDTH = re.compile(r"auto|\d+(\.\d+)?(fr|mm|%)")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    head
        Text of the head cell; never empty.
    unit
        Unit, shown smaller below the head ("m²", "% van het doel").
    align
        ``"number"`` puts the values to the right with digits of equal width.
    width
        Hint for the width: ``auto``, a share such as ``2fr``, millimetres or percent. Paper follows it exactly; the
        web page takes only percentages and otherwise lets the content decide.
    """

    head: str
    unit: str = ""
    align: Literal["text", "number"] = "text"
    width: str = "auto"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is more than plain text.

    Attributes
    ----------
    text
        What the cell says; never empty.
    mark
        Verdict whose shape stands before the text; the text itself says the word.
    strong
        Bold, for a total or the own municipality.
    muted
        Secondary ink, for "geen gegevens" and "niet van toepassing".
    note
        Short remark on a line of its own below the text.
    link
        Address to which the text leads, on the web page only.
    """

    text: str
    mark: Verdict | None = None
    strong: bool = False
    muted: bool = False
    note: str = ""
    link: str = ""


Row = Sequence[str | Cell]


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under a common head, such as the targets of one werf."""

    label: str
    rows: Sequence[Row]


def _as_cell(value: str | Cell) -> Cell:
    return value if isinstance(value, Cell) else Cell(value)


def grouped(rows: Sequence[Row | RowGroup]) -> tuple[tuple[str, tuple[tuple[Cell, ...], ...]], ...]:
    """Body as (group label, rows); loose rows that follow each other form a group without label."""
    groups: list[tuple[str, list[tuple[Cell, ...]]]] = []
    for entry in rows:
        if isinstance(entry, RowGroup):
            groups.append((entry.label, [tuple(_as_cell(value) for value in row) for row in entry.rows]))
            continue
        if not groups or groups[-1][0]:
            groups.append(("", []))
        groups[-1][1].append(tuple(_as_cell(value) for value in entry))
    return tuple((label, tuple(body)) for label, body in groups)


def column_faults(columns: Sequence[Column]) -> list[str]:
    """What is wrong with the heads and widths; empty when nothing is."""
    if not columns:
        return ["no columns; expected at least one"]
    faults = []
    for number, column in enumerate(columns, 1):
        if not column.head.strip():
            faults.append(f"column {number}: empty head; expected the word that names the column")
        if not _WIDTH.fullmatch(column.width):
            faults.append(f"column {number}: width {column.width!r}; expected auto, 2fr, 30mm or 25%")
    return faults


def row_faults(columns: Sequence[Column], groups: Sequence[tuple[str, Sequence[Sequence[Cell]]]]) -> list[str]:
    """What is wrong with the rows: none at all, another length, empty cells."""
    if not any(body for _, body in groups):
        return ["no rows; leave the table out, or say in a sentence that there is nothing to show"]
    faults = []
    number = 0
    for label, body in groups:
        if not body:
            faults.append(f"group {label!r}: no rows; leave the group out")
        for row in body:
            number += 1
            if len(row) != len(columns):
                faults.append(f"row {number}: {len(row)} cells; expected {len(columns)}, one per column")
                continue
            faults += [
                f"row {number}, column {column.head!r}: empty cell; expected a value or {NO_DATA!r}, "
                "because an empty cell does not tell zero from missing"
                for column, cell in zip(columns, row, strict=True)
                if not cell.text.strip()
            ]
    return faults
