"""Reading a file as its declared shape says: from bytes to figures, counts or context, without writing anything.

Downloaded or handed over, today or when an edition is made again: the same bytes, shape and options give the same
result. A row that cannot be used is in ``refused`` with its place; a file that cannot be read is an error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from lekp_lib.data.cells import CellError, parse_number, text_of
from lekp_lib.data.figures_of_rows import figures_of_rows
from lekp_lib.data.grid import Cell, Grid
from lekp_lib.data.import_result import CountRow, ImportProblems, ImportResult
from lekp_lib.data.observation import Observation
from lekp_lib.data.read_json_table import read_json
from lekp_lib.data.read_text_table import read_csv
from lekp_lib.data.read_workbook import read_xlsx
from lekp_lib.data.row_meaning import dated, translated
from lekp_lib.data.row_places import placed
from lekp_lib.data.row_table import RowTable, row_table
from lekp_lib.data.safe_content import Content, read_content, refuse
from lekp_lib.data.weighing import weighed
from lekp_lib.pact import Catalog
from lekp_lib.pact.shapes import COUNT_YIELDS, FileShape
from lekp_lib.register.register import Register

OPTIONS = {
    "datum": "date of the figures, when the file does not tell it",
    "grenzen": "file with the boundaries of the municipalities, for files of points",
    "onvolledig": "'ja' reads a page of a longer answer as if it were whole",
}


def _check_options(options: Mapping[str, str]) -> None:
    unknown = sorted(set(options) - set(OPTIONS))
    if unknown:
        known = "; ".join(f"{name} ({text})" for name, text in OPTIONS.items())
        raise refuse("--option", ", ".join(unknown), f"one of {known}")


def _grids(content: Content, shape: FileShape, options: Mapping[str, str]) -> tuple[tuple[Grid, ...], tuple[str, ...]]:
    if content.is_workbook:
        if "xlsx" not in shape.formats:
            advice = "Give the xlsx or zip that the shape expects, or choose another --as."
            raise refuse(content.name, "a workbook or zip", " or ".join(shape.formats), advice)
        return read_xlsx(content, shape), ()
    looks_like_json = content.data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    if looks_like_json and {"json", "geojson"} & set(shape.formats):
        return (read_json(content, shape, partial=options.get("onvolledig") == "ja"),), ()
    if looks_like_json or "csv" not in shape.formats:
        found = "json" if looks_like_json else "text"
        raise refuse(content.name, found, " or ".join(shape.formats), "Choose another file or another --as.")
    grid, notes = read_csv(content, shape)
    return (grid,), notes


def _number(shape: FileShape) -> Any:
    def parse(cell: Cell) -> float:
        return parse_number(cell, shape.decimal)

    return parse


def _without_value(table: RowTable, name: str) -> None:
    empty = pd.Series([cell is None for cell in table.frame[name]], index=table.frame.index, dtype=bool)
    table.leave_out(empty, "no figure (empty or marked as missing)")


def _day_words(date: dt.date) -> str:
    """Day as the report prints it behind a count: nearly always the first of January."""
    first = (date.month, date.day) == (1, 1)
    return f"1 januari {date.year}" if first else f"{date.day}/{date.month}/{date.year}"


def _counts(table: RowTable, shape: FileShape, label: str) -> tuple[CountRow, ...]:
    if shape.sum and shape.missing_in_sum == "weigeren":
        lost = {
            index: CellError("a value", "A sum with a missing part is unknown.")
            for index, cell in table.frame["value"].items()
            if cell is None
        }
        table.refuse(lost, "value")
    _without_value(table, "value")
    table.understand("value", _number(shape))
    bad = {
        index: CellError("a whole number of zero or more")
        for index, value in table.frame["value"].items()
        if value < 0 or (not shape.sum and not float(value).is_integer())
    }
    table.refuse(bad, "value")
    frame = table.frame[["nis", "date", "value"]].copy()
    frame["value"] = frame["value"].astype(float)
    if shape.sum:
        frame = frame.groupby(["nis", "date"], sort=True)[["value"]].sum().reset_index()
    return tuple(
        CountRow(nis, shape.yields, date, round(value), f"{label}, {shape.yields} op {_day_words(date)}")
        for nis, date, value in zip(frame["nis"], frame["date"], frame["value"], strict=True)
    )


def _context(table: RowTable, shape: FileShape, register: Register) -> pd.DataFrame:
    for name in shape.numbers:
        table.understand(name, lambda cell: None if cell is None else parse_number(cell, shape.decimal))
        table.frame[name] = table.frame[name].astype(float)
    for name in shape.texts:
        table.frame[name] = [text_of(cell) for cell in table.frame[name]]
    frame = table.frame[["nis", "date", *shape.texts, *shape.numbers]].copy()
    if shape.sum:
        keys = ["nis", "date", *shape.texts]
        # A sum with a missing part is missing, unless the provider leaves zeros out.
        skip = shape.missing_in_sum == "nul"
        frame = frame.groupby(keys, sort=True, as_index=False)[list(shape.numbers)].sum(skipna=skip)
    names = {nis: register.successor(nis, dt.date(2025, 1, 1)).name for nis in set(frame["nis"])}
    frame.insert(1, "name", [names[nis] for nis in frame["nis"]])
    return frame.reset_index(drop=True)


def read_file(
    source: Path | bytes,
    shape: FileShape,
    catalog: Catalog,
    register: Register,
    *,
    options: Mapping[str, str] | None = None,
    name: str = "",
    url: str = "",
    retrieved: dt.date | None = None,
) -> ImportResult:
    """Figures, counts or context of one file.

    Parameters
    ----------
    source
        A file or its bytes.
    shape
        How to read it.
    catalog, register
        What targets and municipalities there are.
    options
        What the file does not tell; see :data:`OPTIONS`.
    name
        Name of the file, for messages and dates in names; needed for bytes.
    url
        Address of the file; goes with every figure that has no address of its own.
    retrieved
        Day on which the file came in; goes with every figure.

    Returns
    -------
    ImportResult

    Raises
    ------
    ImportProblems
        When the file as a whole cannot be read: all reasons of one kind at once.
    """
    told = dict(options or {})
    _check_options(told)
    content = read_content(source, name, shape.zip_member)
    grids, notes = _grids(content, shape, told)
    rows = sum(len(grid.rows) for grid in grids)
    if not rows:
        raise refuse(content.name, "a header without rows", "at least one row", "An empty file is no figure of zero.")
    table = row_table(grids, shape)
    translated(table, shape)
    dated(table, shape, content.name, told.get("datum"))
    boundaries = Path(told["grenzen"]) if "grenzen" in told else None
    placed(table, shape, register, boundaries)
    observations: tuple[Observation, ...] = ()
    counts: tuple[CountRow, ...] = ()
    levels: tuple[Observation, ...] = ()
    context = pd.DataFrame()
    if shape.weighing is not None:
        observations = weighed(table, shape, catalog, url=url, retrieved=retrieved)
    elif shape.yields in COUNT_YIELDS:
        counts = _counts(table, shape, catalog.source(shape.source).name)
    elif shape.yields == "context":
        context = _context(table, shape, register)
    else:
        observations, levels = figures_of_rows(table, shape, catalog, url=url, retrieved=retrieved)
    table.finish()
    refused = tuple(sorted(table.refused, key=lambda item: (item.row, item.cell)))
    return ImportResult(observations, counts, context, refused, (*notes, *table.notes), rows, levels, table.unlisted)


__all__ = ["OPTIONS", "ImportProblems", "ImportResult", "read_file"]
