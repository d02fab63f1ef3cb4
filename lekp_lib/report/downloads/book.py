"""Tables as a spreadsheet: exact values, real dates, Dutch on screen and on paper, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lekp_lib.errors import ReportError
from lekp_lib.present.numbers import NBSP
from lekp_lib.present.palette import INK, LINE, MAP_OWN, PANEL
from lekp_lib.report.downloads.safe_text import safe_text
from lekp_lib.report.downloads.table import Cell, DataTable, Field, Quantity

#: Rows above the figures: the line that says what this is (and that it is invented), then the heads of the columns.
TOP_ROW, HEAD_ROW = 0, 1
#: Format 14 is the short date of the reader's own locale.
_DATE_FORMAT = 14
#: A header or footer of a printed page takes 255 characters; names are cut well before.
_PRINTED_MAX = 90
_A4 = 9
#: Columns of more characters together do not fit legibly on one page across.
_PAGE_CHARACTERS = 220
_LINE_PT = 15
#: Room for the button of the filter beside the head of a column, in characters.
_BUTTON = 2
#: A row is at most 409 pt high.
_LINES_MAX = 27


@dataclass(frozen=True, slots=True)
class BookTexts:
    """What a workbook says of itself.

    Attributes
    ----------
    title
        Name of the work, with the edition.
    top
        First line of every sheet; it opens with the warning of an example edition.
    banner
        That warning alone; empty where figures are real.
    header, footer
        Right side of the head, and left side of the foot, of a printed page.
    origin
        Where the figures come from.
    built
        Day on which the figures were frozen: the only date in the file.
    """

    title: str
    top: str
    banner: str
    header: str
    footer: str
    origin: str
    built: dt.date


class _ExactWorksheet(Worksheet):  # type: ignore[misc]
    """A sheet that keeps every digit: XlsxWriter writes 16, and some doubles need 17 to come back as they were."""

    def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        told = "".join(f' {key}="{self._escape_attributes(value)}"' for key, value in attributes)
        self.fh.write(f"<c{told}><v>{number!r}</v></c>")


@cache
def _number_format(decimals: int, is_percent: bool) -> str:
    """Number format in the notation of the file; each reader sees the separators of the own locale."""
    digits = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return f'{digits}"{NBSP}%"' if is_percent else digits


class _Book:
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


def _printed(text: str) -> str:
    """Text for a printed header or footer, where an ampersand starts a command."""
    short = text if len(text) <= _PRINTED_MAX else f"{text[: _PRINTED_MAX - 1]}…"
    return safe_text(short.replace("\n", " ")).replace("&", "&&")


def _set_up_print(sheet: Worksheet, texts: BookTexts, table: DataTable) -> None:
    # A wide table on one page would have letters of 4 pt: it gets two, each with the names of the targets.
    wide = sum(field.width for field in table.fields) > _PAGE_CHARACTERS
    if wide:
        names = [field.name for field in table.fields]
        sheet.repeat_columns(0, names.index("doel") if "doel" in names else 0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(2 if wide else 1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.7)
    sheet.repeat_rows(TOP_ROW, HEAD_ROW)
    warning = f"&B{_printed(texts.banner)}" if texts.banner else ""
    sheet.set_header(f"&L{warning}&R{_printed(texts.header)}")
    sheet.set_footer(f"&L{_printed(texts.footer)}&RPagina &P van &N")


def _write_heads(book: _Book, sheet: Worksheet, fields: Sequence[Field]) -> None:
    left = book.format(bold=True, bg_color=PANEL, text_wrap=True, bottom=1, bottom_color=LINE, align="left", indent=1)
    right = book.format(bold=True, bg_color=PANEL, text_wrap=True, bottom=1, bottom_color=LINE, align="right")
    for column, field in enumerate(fields):
        sheet.set_column(column, column, field.width + _BUTTON)
        numeric = field.type in ("number", "integer")
        sheet.write_string(HEAD_ROW, column, safe_text(field.title), right if numeric else left)
    sheet.set_row(HEAD_ROW, 32)


def _lines(table: DataTable, cells: Sequence[Cell]) -> int:
    """Lines that the longest text of a row needs in its column; not every program works that out by itself."""
    widths = (field.width + _BUTTON for field in table.fields)
    needed = (
        sum(math.ceil(max(len(line), 1) / width) for line in value.split("\n"))
        for value, width in zip(cells, widths, strict=True)
        if isinstance(value, str) and (len(value) > width or "\n" in value)
    )
    return min(max(needed, default=1), _LINES_MAX)


def _write_sheet(book: _Book, table: DataTable, texts: BookTexts) -> None:
    sheet = book.book.add_worksheet(table.title, worksheet_class=_ExactWorksheet)
    colour = MAP_OWN if texts.banner else INK
    sheet.write_string(TOP_ROW, 0, safe_text(texts.top), book.format(bold=True, font_color=colour))
    _write_heads(book, sheet, table.fields)
    for row, values in enumerate(table.rows, start=HEAD_ROW + 1):
        cells = table.cells(values)
        for column, value in enumerate(cells):
            book.put(sheet, row, column, value)
        if (lines := _lines(table, cells)) > 1:
            sheet.set_row(row, lines * _LINE_PT)
    last_row, last_column = HEAD_ROW + len(table.rows), len(table.fields) - 1
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet.autofilter(HEAD_ROW, 0, last_row, last_column)
    # NIS codes are text on purpose; without this every one of them gets a warning mark.
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xlsxwriter.utility.xl_rowcol_to_cell(last_row, last_column)}"})
    _set_up_print(sheet, texts, table)


def book_bytes(tables: Sequence[DataTable], texts: BookTexts) -> bytes:
    """Tables as an Excel workbook, a sheet each.

    Parameters
    ----------
    tables
        In the order of the sheets.
    texts
        What the workbook says of itself.

    Returns
    -------
    bytes
        Equal input gives equal bytes.

    Raises
    ------
    ReportError
        When a text is longer than a cell can hold.
    """
    properties = {
        "title": safe_text(texts.title),
        "subject": safe_text(texts.top),
        "author": "lekp",
        "keywords": "klimaatpact, LEKP",
        "comments": safe_text(texts.origin),
        "created": dt.datetime.combine(texts.built, dt.time()),
    }
    buffer = io.BytesIO()
    book = _Book(buffer, properties)
    for table in tables:
        _write_sheet(book, table, texts)
    book.book.close()
    return buffer.getvalue()
