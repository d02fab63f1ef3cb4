"""Tables as a spreadsheet: exact values, real dates, Dutch on screen and on paper, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from lekp_lib.site.oud.downloads.cells import BUTTON, Book, ExactWorksheet
from lekp_lib.site.oud.downloads.prepared_rows import PreparedWorksheet, prepare_rows, reserve
from lekp_lib.site.oud.downloads.safe_text import safe_text
from lekp_lib.site.oud.downloads.table import DataTable, Field
from lekp_lib.site.oud.palette import INK, LINE, MAP_OWN, PANEL

#: Rows above the figures: the line that says what this is (and that it is invented), then the heads of the columns.
TOP_ROW, HEAD_ROW = 0, 1
#: A header or footer of a printed page takes 255 characters; names are cut well before.
_PRINTED_MAX = 90
_A4 = 9
#: Columns of more characters together do not fit legibly on one page across.
_PAGE_CHARACTERS = 220


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


def _write_heads(book: Book, sheet: Worksheet, fields: Sequence[Field]) -> None:
    left = book.format(bold=True, bg_color=PANEL, text_wrap=True, bottom=1, bottom_color=LINE, align="left", indent=1)
    right = book.format(bold=True, bg_color=PANEL, text_wrap=True, bottom=1, bottom_color=LINE, align="right")
    for column, field in enumerate(fields):
        sheet.set_column(column, column, field.width + BUTTON)
        numeric = field.type in ("number", "integer")
        sheet.write_string(HEAD_ROW, column, safe_text(field.title), right if numeric else left)
    sheet.set_row(HEAD_ROW, 32)


def _write_sheet(book: Book, table: DataTable, texts: BookTexts, *, shared: bool) -> None:
    """One sheet; the rows of a shared one were written before, and only find their place here."""
    sheet = book.book.add_worksheet(table.title, worksheet_class=PreparedWorksheet if shared else ExactWorksheet)
    colour = MAP_OWN if texts.banner else INK
    sheet.write_string(TOP_ROW, 0, safe_text(texts.top), book.format(bold=True, font_color=colour))
    _write_heads(book, sheet, table.fields)
    last_row, last_column = HEAD_ROW + len(table.rows), len(table.fields) - 1
    if shared:
        sheet.take(prepare_rows(table, HEAD_ROW + 1), last_row, last_column)
    else:
        book.put_rows(sheet, table, HEAD_ROW + 1)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet.autofilter(HEAD_ROW, 0, last_row, last_column)
    # NIS codes are text on purpose; without this every one of them gets a warning mark.
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xlsxwriter.utility.xl_rowcol_to_cell(last_row, last_column)}"})
    _set_up_print(sheet, texts, table)


def book_bytes(tables: Sequence[DataTable], texts: BookTexts, shared: DataTable | None = None) -> bytes:
    """Tables as an Excel workbook, a sheet each.

    Parameters
    ----------
    tables
        In the order of the sheets.
    texts
        What the workbook says of itself.
    shared
        One of the tables, which stands in many workbooks: its rows are written once.

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
    book = Book(buffer, properties)
    if shared:
        reserve(book, prepare_rows(shared, HEAD_ROW + 1))
    for table in tables:
        _write_sheet(book, table, texts, shared=table is shared)
    book.book.close()
    return buffer.getvalue()
