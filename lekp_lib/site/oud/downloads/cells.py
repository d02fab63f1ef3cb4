"""Cells of a workbook in memory: exact numbers, real dates, looks that are made once, rows as high as their text."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lekp_lib.errors import ReportError
from lekp_lib.site.oud.downloads.safe_text import safe_text
from lekp_lib.site.oud.downloads.table import Cell, DataTable, Quantity
from lekp_lib.site.oud.numbers import NBSP
from lekp_lib.site.oud.palette import INK

#: Format 14 is the short date of the reader's own locale.
_DATE_FORMAT = 14
_LINE_PT = 15
#: Room for the button of the filter beside the head of a column, in characters.
BUTTON = 2
#: A row is at most 409 pt high.
_LINES_MAX = 27


def _lines(table: DataTable, cells: Sequence[Cell]) -> int:
    """Lines that the longest text of a row needs in its column; not every program works that out by itself."""
    widths = (field.width + BUTTON for field in table.fields)
    needed = (
        sum(math.ceil(max(len(line), 1) / width) for line in value.split("\n"))
        for value, width in zip(cells, widths, strict=True)
        if isinstance(value, str) and (len(value) > width or "\n" in value)
    )
    return min(max(needed, default=1), _LINES_MAX)


class ExactWorksheet(Worksheet):  # type: ignore[misc]
    """A sheet that keeps every digit: XlsxWriter writes 16, and some doubles need 17 to come back as they were."""

    def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        told = "".join(f' {key}="{self._escape_attributes(value)}"' for key, value in attributes)
        self.fh.write(f"<c{told}><v>{number!r}</v></c>")


@cache
def _number_format(decimals: int, is_percent: bool) -> str:
    """Number format in the notation of the file; each reader sees the separators of the own locale."""
    digits = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return f'{digits}"{NBSP}%"' if is_percent else digits


class Book:
    """A workbook in memory with its cell formats, each made once.

    Parameters
    ----------
    buffer
        Takes the bytes.
    properties
        Title, author and the like; ``created`` is the only date in the file.
    """

    def __init__(self, buffer: io.BytesIO, properties: Mapping[str, Any]) -> None:
        options = {
            "in_memory": True,  # gives the parts of the file a fixed time
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(buffer, options)
        self.book.set_properties(dict(properties))
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def format(self, **looks: Any) -> Format:
        """Cell format with these looks."""
        key = tuple(sorted(looks.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"font_color": INK, "valign": "top", **looks})
        return self._formats[key]

    @property
    def looks(self) -> tuple[dict[str, Any], ...]:
        """Looks of all cell formats so far, in the order in which they were asked for."""
        return tuple(map(dict, self._formats))

    def number_formats(self) -> None:
        """Give all cell formats so far their number in the file, in the order in which they were asked for."""
        for found in self._formats.values():
            found._get_xf_index()  # noqa: SLF001 -- otherwise the first cell in the file that has it decides

    def put(self, sheet: Worksheet, row: int, column: int, value: Cell) -> None:
        """Write one cell by the type of its value; nothing leaves the cell empty.

        Raises
        ------
        ReportError
            When the text is longer than a cell can hold.
        """
        if value is None or value == "":
            return
        if isinstance(value, Quantity):
            looks = self.format(num_format=_number_format(value.decimals, value.is_percent))
            result = sheet.write_number(row, column, value.value, looks)
        elif isinstance(value, bool):
            result = sheet.write_string(row, column, "ja" if value else "nee", self.format(align="left", indent=1))
        elif isinstance(value, int):
            result = sheet.write_number(row, column, value, self.format(num_format="0"))
        elif isinstance(value, dt.date):
            looks = self.format(num_format=_DATE_FORMAT, align="left", indent=1)
            result = sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), looks)
        else:
            result = sheet.write_string(
                row, column, safe_text(value), self.format(text_wrap=True, align="left", indent=1)
            )
        if result:
            raise ReportError(
                f"sheet {sheet.get_name()}, row {row + 1}, column {column + 1}: found a text of {len(str(value))} "
                "characters; expected at most 32767. Shorten the remark in the source of the figure."
            )

    def put_rows(self, sheet: Worksheet, table: DataTable, first_row: int) -> None:
        """Write the rows of a table, each as high as its longest text.

        Parameters
        ----------
        sheet
            Sheet of this book.
        table
            The rows.
        first_row
            Where the first one comes, from 0.

        Raises
        ------
        ReportError
            When a text is longer than a cell can hold.
        """
        for row, values in enumerate(table.rows, start=first_row):
            cells = table.cells(values)
            for column, value in enumerate(cells):
                self.put(sheet, row, column, value)
            if (lines := _lines(table, cells)) > 1:
                sheet.set_row(row, lines * _LINE_PT)
