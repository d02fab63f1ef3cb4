"""Xlsx: sheets, header, typed cells. Formulas give the value that Excel last computed, never one of our own."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from lekp_lib.data.grid import (
    HEADER_SEARCHED,
    MAX_COLUMNS,
    MAX_ROWS,
    Broken,
    Cell,
    Grid,
    Percent,
    letters,
    missing_columns,
)
from lekp_lib.data.import_result import ImportProblems
from lekp_lib.data.safe_content import Content, open_archive, refuse
from lekp_lib.errors import Problem
from lekp_lib.pact.shapes import FileShape

_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_FORMULA = re.compile(rb"<f[ >/]")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
    EOFError,
    ParseError,
)


def _check_parts(content: Content) -> None:
    """Refuse workbooks that declare XML entities: no program writes them, and they can grow without end."""
    with open_archive(content.name, content.data) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" not in names:
            advice = "Is it a zip with another file inside? Unpack it, or choose a shape that reads a zip."
            raise refuse(content.name, "a zip that is no workbook", "an xlsx file", advice)
        for name in names:
            if name.endswith((".xml", ".rels")):
                with archive.open(name) as part:
                    if _DOCTYPE.search(part.read(2048)):
                        raise refuse(f"{content.name}: {name}", "an XML declaration of entities", "a plain workbook")


def _open(content: Content, *, values: bool) -> Any:
    try:
        return load_workbook(io.BytesIO(content.data), read_only=True, data_only=values, keep_links=False)
    except (InvalidFileException, *_UNREADABLE) as error:
        found = f"a workbook that cannot be opened ({type(error).__name__}: {str(error)[:120]})"
        raise refuse(
            content.name, found, "an xlsx file", "Open it in Excel or LibreOffice and save it again."
        ) from error


def _sheet_xml(book: Any, sheet: Any, archive: zipfile.ZipFile) -> bytes:
    """The XML of a sheet; merged ranges and formulas are looked up there, because reading row by row hides them."""
    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    return archive.read(path) if path in archive.namelist() else b""


def _cell(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "%" in str(cell.number_format):
        return Percent(round(value * 100, 9))
    return value


def _rows(name: str, sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MAX_ROWS:
            raise refuse(f"{name}: {sheet.title}", f"more than {MAX_ROWS} rows", f"at most {MAX_ROWS}")
        cells = [_cell(cell) for cell in row]
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise refuse(f"{name}: {sheet.title}!row {number}", f"{len(cells)} columns", f"at most {MAX_COLUMNS}")
        if cells:
            yield number, cells


def _column_number(text: str) -> int:
    number = 0
    for char in text:
        number = number * 26 + ord(char) - 64
    return number - 1


def _merged_problems(name: str, sheet: str, xml: bytes, header_line: int) -> list[Problem]:
    """Merged cells from the header down: only the first cell of the range has a value, the others look empty."""
    problems = []
    for left, top, right, bottom in _MERGED.findall(xml):
        if int(bottom) >= header_line:
            place = f"{left.decode()}{top.decode()}:{right.decode()}{bottom.decode()}"
            advice = "Unmerge them and fill every cell."
            problems.append(Problem(f"{name}: {sheet}!{place}", "merged cells", "one value per cell", advice))
    return problems


def _mark_uncomputed(name: str, book: Any, sheet: str, found: dict[int, list[Cell]]) -> None:
    """Put a :class:`Broken` where a formula has no value that was stored with it."""
    for number, row in _rows(name, book[sheet]):
        for column, cell in enumerate(row):
            if not (isinstance(cell, str) and cell.startswith("=")) and not hasattr(cell, "ref"):
                continue
            cells = found.setdefault(number, [])
            cells.extend([None] * (column + 1 - len(cells)))
            if cells[column] in (None, ""):
                cells[column] = Broken("a formula without stored value")


def _grid(content: Content, shape: FileShape, books: tuple[Any, Any], sheet: Any, xml: bytes) -> Grid:
    name = content.name
    found = dict(_rows(name, sheet))
    if _FORMULA.search(xml):
        _mark_uncomputed(name, books[1], sheet.title, found)
    numbers = sorted(found)
    texts = {
        number: ["" if cell is None else str(cell) for cell in found[number]] for number in numbers[:HEADER_SEARCHED]
    }
    header_line = next((number for number, row in texts.items() if not missing_columns(row, shape)), None)
    if header_line is None:
        best = min(texts.values(), key=lambda row: (len(missing_columns(row, shape)), -len(row)), default=[])
        there = ", ".join(cell[:30] for cell in best[:12]) or "nothing"
        merged = _merged_problems(name, sheet.title, xml, 1)
        problems = [
            Problem(
                f"{name}: {sheet.title}", f"no column {' or '.join(names)}; there are {there}", f"a column for {field}"
            )
            for field, names in missing_columns(best, shape).items()
        ]
        raise ImportProblems(f"{name} does not have the columns of {shape.id}", [*problems, *merged])
    if merged := _merged_problems(name, sheet.title, xml, header_line):
        raise ImportProblems(f"{name} cannot be read", merged)
    header = [text.strip() for text in texts[header_line]]
    lines = [number for number in numbers if number > header_line]
    width = max([len(header), *(len(found[number]) for number in lines)])
    # A column without name is kept, so that positions stay those of the sheet.
    header += [f"({letters(column)})" for column in range(len(header), width)]
    rows = [found[number] + [None] * (width - len(found[number])) for number in lines]
    return Grid(name, sheet.title, tuple(header), rows, lines, "xlsx")


def read_xlsx(content: Content, shape: FileShape) -> tuple[Grid, ...]:
    """The tables of a workbook.

    Parameters
    ----------
    content
        Bytes with their name.
    shape
        Declares sheets and columns.

    Returns
    -------
    tuple of Grid
        One per sheet that fits; the first visible sheet when the shape names none.

    Raises
    ------
    ImportProblems
        No workbook, no such sheet, missing columns, merged cells.
    """
    try:
        _check_parts(content)
    except _UNREADABLE as error:
        raise refuse(content.name, f"a damaged zip ({error})", "a whole file", "Download or save it again.") from error
    books = (_open(content, values=True), _open(content, values=False))
    try:
        names = [str(name) for name in books[0].sheetnames]
        wanted = [name for name in names if shape.sheet and re.fullmatch(shape.sheet, name.strip())]
        if shape.sheet is None:
            wanted = [name for name in names if books[0][name].sheet_state == "visible"][:1]
        if not wanted:
            found = f"the sheets {', '.join(names[:12])}"
            raise refuse(content.name, found, f"a sheet with a name like {shape.sheet}", "Choose another file or --as.")
        with open_archive(content.name, content.data) as archive:
            return tuple(
                _grid(content, shape, books, books[0][name], _sheet_xml(books[0], books[0][name], archive))
                for name in wanted
            )
    except _UNREADABLE as error:
        found = f"a damaged workbook ({type(error).__name__}: {str(error)[:120]})"
        raise refuse(
            content.name, found, "an xlsx file", "Open it in Excel or LibreOffice and save it again."
        ) from error
    finally:
        for book in books:
            book.close()
