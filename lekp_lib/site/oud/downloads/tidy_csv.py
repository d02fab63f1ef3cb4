"""A table as CSV by RFC 4180: UTF-8 without byte order mark, comma, decimal point, ISO dates, every digit kept."""

from __future__ import annotations

import csv
import datetime as dt
import io

from lekp_lib.site.oud.downloads.safe_text import safe_text
from lekp_lib.site.oud.downloads.table import Cell, DataTable, Quantity


def _written(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, Quantity):
        return repr(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, int) else safe_text(value)


def csv_bytes(table: DataTable) -> bytes:
    """A table as the bytes of a CSV file.

    Parameters
    ----------
    table
        Any table for download.

    Returns
    -------
    bytes
        First line the names of the columns; nothing is an empty cell.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([field.name for field in table.fields])
    writer.writerows([_written(value) for value in table.cells(row)] for row in table.rows)
    return buffer.getvalue().encode("utf-8")
