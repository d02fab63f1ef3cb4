"""Tables of the commands: on screen, as CSV and as workbook, from the same rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from lekp_lib.errors import ParameterError
from lekp_lib.paths import write_file
from lekp_lib.report.downloads.safe_text import safe_text

Cell = str | int | float | bool | dt.date | None
#: More rows than this say nothing on a screen; the files have them all.
SHOWN_ROWS = 60


@dataclass(frozen=True, slots=True)
class PlainTable:
    """Rows under column heads; ``None`` is an empty cell."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]

    def only(self, *columns: str) -> PlainTable:
        """The same rows with fewer columns, for a narrow screen."""
        places = [self.columns.index(name) for name in columns]
        return PlainTable(self.title, columns, [[row[place] for place in places] for row in self.rows])


def _words(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def screen_table(table: PlainTable, shown: int = SHOWN_ROWS) -> Table:
    """The first rows for the terminal; texts stay text whatever they hold."""
    found = Table(*table.columns, title=table.title, title_justify="left")
    for row in table.rows[:shown]:
        found.add_row(*(Text(safe_text(_words(value)) if isinstance(value, str) else _words(value)) for value in row))
    if len(table.rows) > shown:
        found.caption = f"… en nog {len(table.rows) - shown} rijen"
    return found


def csv_table_bytes(table: PlainTable) -> bytes:
    """The table as CSV: UTF-8, comma, decimal point, ISO dates; no text that a spreadsheet takes for a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([safe_text(value) if isinstance(value, str) else _words(value) for value in row])
    return buffer.getvalue().encode("utf-8")


def workbook_bytes(table: PlainTable) -> bytes:
    """The table as a workbook with one sheet; every text is written as text."""
    import xlsxwriter

    buffer = io.BytesIO()
    literal = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(buffer, literal)
    book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 -- the format knows no time zone
    head, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(table.columns):
        sheet.write_string(0, column, name, head)
        widest = max([len(name), *(len(_words(row[column])) for row in table.rows[:500])])
        sheet.set_column(column, column, min(max(widest + 2, 10), 60))
    for number, row in enumerate(table.rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str | bool):
                sheet.write_string(number, column, safe_text(_words(value)))
            elif isinstance(value, dt.date):
                sheet.write_datetime(number, column, value, day)
            elif value is not None:
                sheet.write_number(number, column, value)
    book.close()
    return buffer.getvalue()


def write_table(table: PlainTable, path: Path) -> None:
    """Write a table by the ending of the file name: ``.csv`` or ``.xlsx``.

    Raises
    ------
    ParameterError
        For any other ending.
    """
    writers = {".csv": csv_table_bytes, ".xlsx": workbook_bytes}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise ParameterError(f"{path}: found ending {path.suffix!r}; expected {' or '.join(writers)}")
    write_file(path, writer(table))
