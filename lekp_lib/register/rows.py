"""Rows of the packaged tables, read strictly: every cell that is not what it should be becomes a problem.

Codes stay text (a NIS code read as a number loses its meaning as key), an empty cell is never zero, and all
mistakes of all tables are gathered before anything is refused.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from lekp_lib.errors import Problem

_NIS = re.compile(r"[1-9][0-9]{4}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; the reading methods note a problem and return a stand-in when a cell is wrong.

    The stand-ins never leave the loader: a table with problems is refused as a whole.
    """

    file: str
    line: int
    cells: dict[str, str]
    problems: list[Problem]

    def note(self, column: str, expected: str, advice: str = "") -> None:
        """Note that a cell is not what it should be."""
        where = f"{self.file} line {self.line}, column {column}"
        self.problems.append(Problem(where, repr(self.cells.get(column, "")), expected, advice))

    def text(self, column: str) -> str:
        """Text that must not be empty."""
        value = self.cells[column]
        if not value.strip() or value != value.strip():
            self.note(column, "a text without blanks around it")
        return value

    def choice(self, column: str, allowed: Collection[str]) -> str:
        """One of the allowed texts."""
        value = self.cells[column]
        if value not in allowed:
            self.note(column, "one of " + ", ".join(sorted(allowed)))
        return value

    def nis(self, column: str) -> str:
        """NIS code: text of five digits."""
        value = self.cells[column]
        if not _NIS.fullmatch(value):
            self.note(column, "a NIS code of five digits")
        return value

    def whole(self, column: str) -> int:
        """Whole number above zero."""
        value = self.cells[column]
        if not (value.isascii() and value.isdigit() and int(value) > 0):
            self.note(column, "a whole number above zero", "Leave out what is unknown; zero is not unknown.")
            return 1
        return int(value)

    def optional_whole(self, column: str) -> int | None:
        """Whole number above zero, or None for an empty cell."""
        return self.whole(column) if self.cells[column] else None

    def signed(self, column: str) -> int:
        """Whole number, also below zero."""
        try:
            return int(self.cells[column])
        except ValueError:
            self.note(column, "a whole number")
            return 0

    def number(self, column: str, low: float, high: float) -> float:
        """Decimal number within bounds."""
        try:
            value = float(self.cells[column])
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            self.note(column, f"a number from {low:g} to {high:g}")
            return low
        return value

    def date(self, column: str) -> dt.date:
        """Date written as year-month-day."""
        try:
            return dt.date.fromisoformat(self.cells[column])
        except ValueError:
            self.note(column, "a date such as 2025-01-01")
            return dt.date.min

    def optional_date(self, column: str) -> dt.date | None:
        """Date written as year-month-day, or None for an empty cell."""
        return self.date(column) if self.cells[column] else None


def read_rows(path: Path, columns: Collection[str], problems: list[Problem]) -> Iterator[Row]:
    """Rows of a comma-separated UTF-8 table with a header.

    Parameters
    ----------
    path
        The file.
    columns
        Columns that must be there; further ones are kept.
    problems
        List to which mistakes are added.

    Yields
    ------
    Row
        In the order of the file; nothing when the file is absent or lacks a column.
    """
    if not path.is_file():
        problems.append(Problem(path.name, "no such file", f"a table with {', '.join(columns)}"))
        return
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader, [])
        absent = [column for column in columns if column not in header]
        if absent:
            problems.append(Problem(f"{path.name} line 1", ", ".join(header), f"also {', '.join(absent)}"))
            return
        for cells in reader:
            if len(cells) != len(header):
                where = f"{path.name} line {reader.line_num}"
                problems.append(Problem(where, f"{len(cells)} cells", f"{len(header)} cells, as in the header"))
                continue
            yield Row(path.name, reader.line_num, dict(zip(header, cells, strict=True)), problems)
