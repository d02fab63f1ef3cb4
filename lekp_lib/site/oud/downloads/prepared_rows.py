"""Rows that are the same in the workbooks of all reports, written once.

In the file a cell names its text and its look by number. A workbook that takes prepared rows therefore gives out the
numbers of these first, in the order in which they were prepared; whether they were prepared just now or long before
makes no difference to its bytes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lekp_lib.site.oud.downloads.cells import Book, ExactWorksheet
from lekp_lib.site.oud.downloads.table import DataTable


@dataclass(frozen=True, slots=True)
class PreparedRows:
    """Finished rows of a sheet.

    Attributes
    ----------
    xml
        The rows as they stand in the file.
    texts
        Texts of the cells, each once, in order of their number.
    cells
        Number of cells with a text.
    looks
        Looks of the cells, in order of their number.
    """

    xml: str
    texts: tuple[str, ...]
    cells: int
    looks: tuple[dict[str, Any], ...]


class PreparedWorksheet(ExactWorksheet):
    """A sheet of which all rows but the first few were written before."""

    prepared = ""

    def take(self, rows: PreparedRows, last_row: int, last_column: int) -> None:
        """Take rows below those that are written cell by cell.

        Parameters
        ----------
        rows
            What to take; see :func:`reserve`.
        last_row, last_column
            Where they end, from 0.
        """
        self.prepared = rows.xml
        self._check_dimensions(last_row, last_column)

    def _write_rows(self) -> None:
        super()._write_rows()
        self.fh.write(self.prepared)


@lru_cache(maxsize=4)
def prepare_rows(table: DataTable, first_row: int) -> PreparedRows:
    """Write the rows of a table, once per table.

    Parameters
    ----------
    table
        The rows.
    first_row
        Where the first one comes, from 0.

    Raises
    ------
    ReportError
        When a text is longer than a cell can hold.
    """
    book = Book(io.BytesIO(), {})
    sheet = book.book.add_worksheet(table.title, worksheet_class=ExactWorksheet)
    book.put_rows(sheet, table, first_row)
    book.number_formats()
    strings = sheet.str_table
    sheet.fh = io.StringIO()
    if table.rows:
        sheet._write_rows()  # noqa: SLF001 -- the library has no public way to write rows without a file around them
    return PreparedRows(sheet.fh.getvalue(), tuple(strings.string_table), strings.count, book.looks)


def reserve(book: Book, rows: PreparedRows) -> None:
    """Give the texts and looks of prepared rows their numbers in a workbook, before any other.

    Parameters
    ----------
    book
        New workbook without cells.
    rows
        What one of its sheets will take.
    """
    for looks in rows.looks:
        book.format(**looks)
    book.number_formats()
    strings = book.book.str_table
    for text in rows.texts:
        strings._get_shared_string_index(text)  # noqa: SLF001 -- as its sheets do
    strings.count = rows.cells
