"""Csv: delimiter, header, rows. A wrong delimiter is recognised and explained instead of read as one wide column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from lekp_lib.data.grid import HEADER_SEARCHED, MAX_COLUMNS, MAX_ROWS, Grid, missing_columns, used_columns
from lekp_lib.data.import_result import ImportProblems
from lekp_lib.data.safe_content import Content, refuse
from lekp_lib.data.text_content import decoded
from lekp_lib.errors import Problem
from lekp_lib.pact.shapes import FileShape

_DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "pipe"}
MAX_TOLD = 50


def _shown(delimiter: str) -> str:
    return f"{_DELIMITERS.get(delimiter, 'sign')} ({delimiter!r})"


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    """The first rows, read leniently: only the header is looked for here."""
    rows: list[list[str]] = []
    head = text[:200_000]
    try:
        for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter):
            rows.append([cell.strip() for cell in row])
            if len(rows) >= HEADER_SEARCHED:
                break
    except csv.Error:
        pass  # told by the strict reading of the whole file
    return rows


def _header_row(rows: list[list[str]], shape: FileShape) -> int | None:
    return next((index for index, row in enumerate(rows) if not missing_columns(row, shape)), None)


def _wrong_header(name: str, text: str, shape: FileShape) -> ImportProblems:
    """Why no header was found: another delimiter, or columns that are not there."""
    declared = " or ".join(_shown(delimiter) for delimiter in shape.delimiters)
    for delimiter in _DELIMITERS:
        if delimiter not in shape.delimiters and _header_row(_first_rows(text, delimiter), shape) is not None:
            found = f"columns separated by {_shown(delimiter)}"
            advice = "Save the file again with that separator, or declare another shape."
            return refuse(name, found, f"columns separated by {declared}", advice)
    rows = [row for delimiter in shape.delimiters for row in _first_rows(text, delimiter)]
    best = min(rows, key=lambda row: (len(missing_columns(row, shape)), -len(row)), default=[])
    missing = missing_columns(best, shape)
    if len(best) <= 1:
        for delimiter in _DELIMITERS:
            wider = max((len(row) for row in _first_rows(text, delimiter)), default=0)
            if delimiter not in shape.delimiters and wider > 1:
                found = f"one column; the file seems to be separated by {_shown(delimiter)}"
                return refuse(name, found, f"columns separated by {declared}")
    header = ", ".join(cell[:30] for cell in best[:12]) or "nothing"
    problems = [
        Problem(f"{name}: header", f"no column {' or '.join(names)}; there are {header}", f"a column for {field}")
        for field, names in missing.items()
    ]
    return ImportProblems(f"{name} does not have the columns of {shape.id}", problems)


def _numbered(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    for row in reader:
        # A quoted cell may run over several lines; a row is called after its first.
        yield before + 1, row
        before = reader.line_num


def _is_empty(row: list[str]) -> bool:
    return not any(cell.strip() for cell in row)


def _rows(
    name: str, text: str, delimiter: str, header_row: int, shape: FileShape
) -> tuple[list[str], list[list[str]], list[int]]:
    """Header, rows and lines, of the used columns only: a file of half a million rows has twenty others."""
    header: list[str] = []
    used: list[int] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    line = 0
    try:
        for index, (line, row) in enumerate(_numbered(text, delimiter)):
            if index < header_row:
                continue
            if index == header_row:
                header = [cell.strip() for cell in row]
                used = used_columns(header, shape)
                continue
            extra = row[len(header) :]
            if _is_empty(row):
                continue
            if len(row) < len(header) or (extra and not _is_empty(extra)):
                found = f"{len(row)} cells"
                advice = "A text that holds the separator must stand between double quotes."
                problems.append(Problem(f"{name}: line {line}", found, f"{len(header)} cells", advice))
                if len(problems) >= MAX_TOLD:
                    break
                continue
            if len(rows) >= MAX_ROWS:
                raise refuse(name, f"more than {MAX_ROWS} rows", f"at most {MAX_ROWS}")
            rows.append([row[position] for position in used])
            lines.append(line)
    except csv.Error as error:
        advice = "Look for a double quote that is not closed, on or above this line."
        problems.append(Problem(f"{name}: after line {line}", str(error), "well-formed csv", advice))
    if problems:
        raise ImportProblems(f"{name} cannot be read", problems)
    return [header[position] for position in used], rows, lines


def read_csv(content: Content, shape: FileShape) -> tuple[Grid, tuple[str, ...]]:
    """The table of a csv file.

    Parameters
    ----------
    content
        Bytes with their name.
    shape
        Declares delimiters, encoding and columns.

    Returns
    -------
    tuple of Grid and tuple of str
        The table, and what had to be noticed on the way (Windows-1252 instead of Unicode).

    Raises
    ------
    ImportProblems
        Unreadable text, wrong delimiter, missing columns, rows of another length: all of one kind at once.
    """
    text, encoding = decoded(content, shape.encoding)
    for delimiter in shape.delimiters:
        header_row = _header_row(_first_rows(text, delimiter), shape)
        if header_row is not None:
            break
    else:
        raise _wrong_header(content.name, text, shape)
    header, rows, lines = _rows(content.name, text, delimiter, header_row, shape)
    if len(header) > MAX_COLUMNS:
        raise refuse(content.name, f"{len(header)} columns", f"at most {MAX_COLUMNS}")
    notes = () if encoding.startswith("utf") else (f"read as {encoding}: check that names with accents are right",)
    return Grid(content.name, "", tuple(header), rows, lines, "csv"), notes
