"""Workbooks: number formats, formulas, error cells, merged and hidden cells, bombs; what pandas does not see."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, zip_longest
from typing import Any

from openpyxl import load_workbook

from lekp_lib.data.cells import cell_text
from lekp_lib.data.content import DAMAGED, Content, ImportProblems, open_zip, refuse
from lekp_lib.data.schema import FileShape
from lekp_lib.data.tables import HEADER_SEARCHED, MAX_COLUMNS, MAX_ROWS, Lines, Sheet, has_header
from lekp_lib.errors import Problem

MERGED = re.compile(rb'<mergeCell ref="([A-Z]+[0-9]+:[A-Z]+([0-9]+))"')
ROW = re.compile(rb"<row [^>]*>")
ROW_NUMBER = re.compile(rb'\br="([0-9]+)"')
HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
HIDDEN_COLUMNS = re.compile(rb'<col [^>]*?\bhidden="(?:1|true)"')
FORMULA = re.compile(rb"<f[ >/]")
DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
SAVE_AGAIN = "Open het in Excel of LibreOffice en bewaar het als Excel-werkmap (.xlsx)."


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Whatever openpyxl trips over in a damaged workbook becomes a message."""
    try:
        yield
    except DAMAGED as error:
        found = f"een beschadigde werkmap ({type(error).__name__}: {str(error)[:120]})"
        raise refuse(name, found, "een xlsx-bestand", SAVE_AGAIN) from error


def check_parts(content: Content) -> None:
    """Refuse what is no workbook, XML entities (they can grow without end) and the strict form."""
    with open_zip(content) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            advice = "Zit er een ander bestand in de zip? Pak het uit, of kies een vorm die een zip leest."
            raise refuse(content.name, "een zip die geen werkmap is", "een xlsx-bestand", advice)
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                head = archive.open(name).read(2048)
                if DOCTYPE.search(head):
                    raise refuse(f"{content.name}: {name}", "XML met eigen entiteiten", "een gewone werkmap")
                if name == "xl/workbook.xml" and b"purl.oclc.org/ooxml" in head:
                    found = "een werkmap in de vorm 'Strict Open XML'"
                    raise refuse(content.name, found, "een xlsx-bestand", SAVE_AGAIN)


def cells_of(row: tuple[Any, ...], formulas: tuple[Any, ...], decimal: str) -> list[str]:
    """Texts of one row; a formula whose value was never computed stays the formula."""
    texts = [cell_text(cell.value, decimal, getattr(cell, "number_format", "")) for cell in row]
    for column, cell in enumerate(formulas):
        if cell.data_type == "f" and not any(texts[column : column + 1]):
            texts += [""] * (column + 1 - len(texts))
            texts[column] = str(cell.value) if isinstance(cell.value, str) else "=(formule)"
    while texts and not texts[-1]:
        texts.pop()
    return texts


def rows_of(place: str, sheet: Any, formulas: Any, decimal: str) -> Lines:
    """Number and texts of every row that is not empty."""
    for page in filter(None, (sheet, formulas)):
        page.reset_dimensions()
    other = formulas.iter_rows() if formulas is not None else ()
    with readable(place):
        for number, (row, formula_row) in enumerate(zip_longest(sheet.iter_rows(), other, fillvalue=()), start=1):
            texts = cells_of(row, formula_row, decimal)
            if number > MAX_ROWS:
                raise refuse(place, f"meer dan {MAX_ROWS} rijen", f"hoogstens {MAX_ROWS}")
            if len(texts) > MAX_COLUMNS:
                raise refuse(f"{place}!rij {number}", f"{len(texts)} kolommen", f"hoogstens {MAX_COLUMNS}")
            if texts:
                yield number, texts


def hidden_notes(title: str, state: str, xml: bytes) -> list[str]:
    """What a person does not see in the sheet, and was read all the same."""
    rows = [ROW_NUMBER.search(row) for row in ROW.findall(xml) if HIDDEN.search(row)]
    hidden = [found.group(1).decode() for found in rows if found]
    notes = [f"{title}: dit blad is verborgen en werd toch gelezen"] if state != "visible" else []
    if hidden:
        more = " …" if len(hidden) > 20 else ""
        numbers = ", ".join(hidden[:20]) + more
        notes.append(f"{title}: verborgen of weggefilterde rijen werden ook gelezen ({len(hidden)}): {numbers}")
    if HIDDEN_COLUMNS.search(xml):
        notes.append(f"{title}: verborgen kolommen werden ook gelezen")
    return notes


def refuse_merged(sheet: Sheet, header_line: int) -> None:
    """Refuse merged cells from the header down: only the first of them has a value, the others look empty."""
    places = [area.decode() for area, bottom in sheet.merged if int(bottom) >= header_line]
    if places:
        advice = "Splits ze en vul elke cel in."
        problems = [
            Problem(f"{sheet.file}: {sheet.title}!{place}", "samengevoegde cellen", "één waarde per cel", advice)
            for place in places
        ]
        raise ImportProblems(f"{sheet.file} is niet te lezen", problems)


def wanted_sheets(name: str, book: Any, shape: FileShape) -> list[str]:
    """Sheets by the declared pattern, in any case of letters; else the one visible sheet that has the columns."""
    names = [str(title) for title in book.sheetnames]
    if shape.sheet is not None:
        wanted = [title for title in names if re.fullmatch(shape.sheet, title.strip(), re.IGNORECASE)]
        if not wanted:
            found = f"de bladen {', '.join(names[:12])}"
            raise refuse(name, found, f"een blad met een naam als {shape.sheet}", "Kies een ander bestand of --as.")
        return wanted
    visible = [title for title in names if book[title].sheet_state == "visible"]
    fitting = []
    for title in visible if len(visible) > 1 else ():
        book[title].reset_dimensions()
        first = [cells_of(row, (), shape.decimal) for row in islice(book[title].iter_rows(), HEADER_SEARCHED)]
        fitting += [title] if has_header(list(enumerate(first)), shape) is not None else []
    if len(fitting) > 1:
        found = f"{len(fitting)} bladen met deze kolommen: {', '.join(fitting)}"
        raise refuse(name, found, "één blad met cijfers", "Verwijder of verberg de andere bladen.")
    return fitting or visible[:1]


def workbook_sheets(content: Content, shape: FileShape) -> Iterator[Sheet]:
    """The sheets that a shape reads, row by row: a merged area or a far cell costs no memory."""
    with readable(content.name):
        check_parts(content)
        stream, options = io.BytesIO(content.data), {"read_only": True, "keep_links": False}
        book = load_workbook(stream, data_only=True, **options)
        for title in wanted_sheets(content.name, book, shape):
            sheet = book[title]
            with open_zip(content) as archive:
                part = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
                xml = archive.read(part) if part in archive.namelist() else b""
            notes, merged = hidden_notes(title, sheet.sheet_state, xml), MERGED.findall(xml)
            formulas = load_workbook(stream, data_only=False, **options)[title] if FORMULA.search(xml) else None
            # The text of a large sheet is not kept while its rows are read.
            del xml
            rows = rows_of(f"{content.name}: {title}", sheet, formulas, shape.decimal)
            yield Sheet(content.name, title, "xlsx", rows, notes, merged)
