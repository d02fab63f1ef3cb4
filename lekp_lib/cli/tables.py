"""Tables of the commands: on screen, as CSV and as workbook, from the same rows."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from lekp_lib.errors import ParameterError
from lekp_lib.paths import write_file
from lekp_lib.report.spreadsheet import safe_text

if TYPE_CHECKING:
    import pandas as pd

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

    def frame(self) -> pd.DataFrame:
        """The rows as a DataFrame; no text that a spreadsheet takes for a formula."""
        import pandas as pd

        rows = [[_words(value) if isinstance(value, str | bool) else value for value in row] for row in self.rows]
        return pd.DataFrame(rows, columns=list(self.columns), dtype=object)


def _words(value: Cell) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nee"
        case float():
            return f"{value:.0f}" if value.is_integer() else repr(value)
        case dt.date():
            return value.isoformat()
    return str(safe_text(str(value)))


def screen_table(table: PlainTable, shown: int = SHOWN_ROWS) -> Table:
    """The first rows for the terminal; texts stay text whatever they hold."""
    found = Table(*table.columns, title=table.title, title_justify="left")
    for row in table.rows[:shown]:
        found.add_row(*(Text(_words(value)) for value in row))
    if len(table.rows) > shown:
        found.caption = f"… en nog {len(table.rows) - shown} rijen"
    return found


def _workbook(frame: pd.DataFrame) -> bytes:
    import pandas as pd

    buffer = io.BytesIO()
    literal = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    options: dict[str, Any] = {"engine_kwargs": {"options": literal}, "date_format": "yyyy-mm-dd"}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", **options) as writer:
        writer.book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 -- the format knows no zone
        frame.to_excel(writer, index=False, freeze_panes=(1, 0))
        writer.sheets["Sheet1"].autofit(max_width=420)
    return buffer.getvalue()


def write_table(table: PlainTable, path: Path) -> None:
    """Write a table by the ending of the file name: ``.csv`` (UTF-8, comma, decimal point, ISO dates) or ``.xlsx``.

    Raises
    ------
    ParameterError
        For any other ending.
    """
    match path.suffix.lower():
        case ".csv":
            write_file(path, table.frame().map(_words).to_csv(index=False, lineterminator="\r\n").encode("utf-8"))
        case ".xlsx":
            write_file(path, _workbook(table.frame()))
        case other:
            raise ParameterError(f"{path}: gevonden {other!r} als einde van de naam; verwacht .csv of .xlsx")
