"""Tables of the commands: a DataFrame on the screen, as csv or as workbook."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from lekp_lib.errors import ParameterError
from lekp_lib.paths import write_file
from lekp_lib.report.spreadsheet import safe_text

#: A table that is no terminal's is at least so many characters wide.
_WIDTH = 120


def _words(cell: Any) -> str:
    """A cell as text that no spreadsheet takes for a formula; empty where nothing is known."""
    if pd.isna(cell):
        return ""
    match cell:
        case bool():
            return "ja" if cell else "nee"
        case float():
            return f"{cell:.0f}" if cell.is_integer() else str(cell)
    return str(safe_text(str(cell)))


def show(
    rows: Any,
    columns: list[str] | None = None,
    *,
    title: str | None = None,
    shown: int = 60,
    option: str = "--naar",
) -> None:
    """Print the first rows of a table; texts stay text whatever they hold.

    Parameters
    ----------
    rows
        A DataFrame under names that people read, or tuples.
    columns
        Names of the columns to show.
    title
        Stands above it.
    shown
        Most rows on a screen.
    option
        The option that writes all rows to a file.
    """
    frame, console = pd.DataFrame(rows, columns=columns), Console(highlight=False)
    if not console.is_terminal:
        console.width = max(_WIDTH, console.width)
    heads = (Column(name, overflow="fold", no_wrap=not place) for place, name in enumerate(frame.columns))
    table = Table(*heads, title=title, title_justify="left")
    for row in frame.head(shown).itertuples(index=False, name=None):
        table.add_row(*(Text(_words(cell)) for cell in row))
    if len(frame) > shown:
        table.caption = f"… en nog {len(frame) - shown} rijen; schrijf alles weg met {option}"
    console.print(table)


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table by the ending of the file name: ``.csv`` (UTF-8, comma, decimal point, ISO dates) or ``.xlsx``.

    Raises
    ------
    ParameterError
        For any other ending.
    """
    if path.suffix.lower() == ".csv":
        write_file(path, frame.map(_words).to_csv(index=False, lineterminator="\r\n").encode("utf-8"))
    elif path.suffix.lower() == ".xlsx":
        buffer, cells = io.BytesIO(), frame.map(lambda cell: _words(cell) if isinstance(cell, str | bool) else cell)
        options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
        with pd.ExcelWriter(buffer, engine="xlsxwriter", date_format="yyyy-mm-dd", engine_kwargs=options) as writer:
            writer.book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 -- the format knows no zone
            cells.to_excel(writer, index=False, freeze_panes=(1, 0))
            writer.sheets["Sheet1"].autofit(max_width=420)
        write_file(path, buffer.getvalue())
    else:
        raise ParameterError(f"{path}: gevonden {path.suffix!r} als einde van de naam; verwacht .csv of .xlsx")
