"""Workbooks: as they are read (number formats, formulas, error, merged and hidden cells, bombs: what pandas does not
see), and the project's own template that people fill in and that the import reads back.

Everything a person reads in the template is Dutch. Lists of targets, figures, units and sources come from the
catalogue, so that the template and the import never disagree.
"""

import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lekp_lib.data import cells
from lekp_lib.data.cells import CellError, Content, Lines, Sheet, parse_date, refuse, refuse_if
from lekp_lib.data.schema import FileShape, template_words
from lekp_lib.errors import LekpError, Problem
from lekp_lib.pact import Catalog
from lekp_lib.paths import write_file
from lekp_lib.register import Municipality

#: What a sheet says beside the values of its cells.
MARKS = re.compile(
    rb'<mergeCell ref="(?P<merged>[A-Z]+[0-9]+:[A-Z]+[0-9]+)"'
    rb'|<row (?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(?P<row>[0-9]+)"'
    rb'|<col [^>]*?\bhidden="(?P<column>1|true)"|<f(?P<formula>[ >/])'
)
DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
TEMPLATE_TITLE = "Sjabloon voor het klimaatpactverslag"
SAVE_AGAIN = "Open het in Excel of LibreOffice en bewaar het als Excel-werkmap (.xlsx)."
A_WORKBOOK = ("werkmap", "een xlsx-bestand", SAVE_AGAIN)


def check_parts(content: Content) -> None:
    """Refuse what is no workbook, XML entities (they can grow without end) and the strict form."""
    with cells.open_zip(content) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            advice = "Zit er een ander bestand in de zip? Pak het uit, of kies een vorm die een zip leest."
            raise refuse(content.name, "een zip die geen werkmap is", "een xlsx-bestand", advice)
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                head, where = archive.open(name).read(2048), f"{content.name}: {name}"
                refuse_if(DOCTYPE.search(head), where, "XML met eigen entiteiten", "een gewone werkmap")
                strict = name == "xl/workbook.xml" and b"purl.oclc.org/ooxml" in head
                found = "een werkmap in de vorm 'Strict Open XML'"
                refuse_if(strict, content.name, found, "een xlsx-bestand", SAVE_AGAIN)


def cells_of(row: tuple[Any, ...], formulas: tuple[Any, ...], decimal: str) -> list[str]:
    """Texts of one row; a formula whose value was never computed stays the formula."""
    texts = [cells.cell_text(cell.value, decimal, getattr(cell, "number_format", "")) for cell in row]
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
    with cells.undamaged(place, *A_WORKBOOK):
        for number, (row, formula_row) in enumerate(zip_longest(sheet.iter_rows(), other, fillvalue=()), start=1):
            texts = cells_of(row, formula_row, decimal)
            if number > cells.MAX_ROWS:
                raise refuse(place, f"meer dan {cells.MAX_ROWS} rijen", f"hoogstens {cells.MAX_ROWS}")
            if len(texts) > cells.MAX_COLUMNS:
                raise refuse(f"{place}!rij {number}", f"{len(texts)} kolommen", f"hoogstens {cells.MAX_COLUMNS}")
            if texts:
                yield number, texts


def marks_of(content: Content, part: str) -> dict[str, list[str]]:
    """Merged areas, hidden rows and columns, formulas: found in the XML piece by piece, for it can be large."""
    found, rest = dict[str, list[str]](merged=[], row=[], column=[], formula=[]), b""
    with cells.open_zip(content) as archive, archive.open(part) as stream:
        while piece := stream.read(1_000_000):
            piece = rest + piece
            # The last tag may go on in the next piece.
            cut = piece.rfind(b"<")
            for mark in MARKS.finditer(piece, 0, cut):
                found[str(mark.lastgroup)].append(mark[str(mark.lastgroup)].decode())
            rest = piece[cut:]
    return found


def hidden_notes(title: str, state: str, marks: dict[str, list[str]]) -> list[str]:
    """What a person does not see in the sheet, and was read all the same."""
    hidden = marks["row"]
    numbers = ", ".join(hidden[:20]) + " …" * (len(hidden) > 20)
    notes = {
        f"{title}: dit blad is verborgen en werd toch gelezen": state != "visible",
        f"{title}: verborgen of weggefilterde rijen werden ook gelezen ({len(hidden)}): {numbers}": hidden,
        f"{title}: verborgen kolommen werden ook gelezen": marks["column"],
    }
    return [note for note, holds in notes.items() if holds]


def refuse_merged(sheet: Sheet, header_line: int) -> None:
    """Refuse merged cells from the header down: only the first of them has a value, the others look empty."""
    places = [area for area in sheet.merged if int(re.split("[A-Z]+", area)[-1]) >= header_line]
    where, told = f"{sheet.file}: {sheet.title}!", ("samengevoegde cellen", "één waarde per cel")
    problems = [Problem(where + place, *told, "Splits ze en vul elke cel in.") for place in places]
    cells.ImportProblems.raise_any(f"{sheet.file} is niet te lezen", problems)


def wanted_sheets(name: str, book: Any, shape: FileShape) -> list[str]:
    """Sheets by the declared pattern, in any case of letters; else the one visible sheet that has the columns."""
    names = [str(title) for title in book.sheetnames]
    if shape.sheet is not None:
        wanted = [title for title in names if re.fullmatch(shape.sheet, title.strip(), re.IGNORECASE)]
        found, advice = f"de bladen {', '.join(names[:12])}", "Kies een ander bestand of --as."
        refuse_if(not wanted, name, found, f"een blad met een naam als {shape.sheet}", advice)
        return wanted
    visible = [title for title in names if book[title].sheet_state == "visible"]
    fitting = []
    for title in visible if len(visible) > 1 else ():
        book[title].reset_dimensions()
        first = [cells_of(row, (), shape.decimal) for row in islice(book[title].iter_rows(), cells.HEADER_SEARCHED)]
        fitting += [title] if cells.has_header(list(enumerate(first)), shape) is not None else []
    found = f"{len(fitting)} bladen met deze kolommen: {', '.join(fitting)}"
    refuse_if(len(fitting) > 1, name, found, "één blad met cijfers", "Verwijder of verberg de andere bladen.")
    return fitting or visible[:1]


def workbook_sheets(content: Content, shape: FileShape) -> Iterator[Sheet]:
    """The sheets that a shape reads, row by row: a merged area or a far cell costs no memory."""
    from openpyxl import load_workbook

    with cells.undamaged(content.name, *A_WORKBOOK):
        check_parts(content)
        stream, options = io.BytesIO(content.data), {"read_only": True, "keep_links": False}
        book = load_workbook(stream, data_only=True, **options)
        made_from = book.properties.subject if book.properties.title == TEMPLATE_TITLE else None
        origin = [f"een sjabloon, gemaakt uit {made_from}"] if made_from else []
        for title in wanted_sheets(content.name, book, shape):
            sheet = book[title]
            marks = marks_of(content, str(getattr(sheet, "_worksheet_path", "")).lstrip("/"))
            notes = hidden_notes(title, sheet.sheet_state, marks)
            formulas = load_workbook(stream, data_only=False, **options)[title] if marks["formula"] else None
            rows = rows_of(f"{content.name}: {title}", sheet, formulas, shape.decimal)
            yield Sheet(content.name, title, "xlsx", rows, origin + notes, marks["merged"])


# --- the template ---------------------------------------------------------------------------------------------------


def _known_figures(catalog: Catalog) -> pd.DataFrame:
    """Target, label and unit of every figure, and its column in the wide template: ``bomen``, ``bomen.publiek``."""
    rows = [
        (target.name, sub.label, sub.unit.symbol, f"{target.id}.{sub.id}" if place else target.id)
        for target in catalog.measured
        for place, sub in enumerate(target.indicators)
    ]
    return pd.DataFrame(rows, columns=["Doel", "Deelindicator", "Eenheid", "Kolom in het brede sjabloon"])


def _help_sheet(book: Any, bold: Any, known: pd.DataFrame, instructions: Sequence[str], command: str) -> None:
    sheet, wrap = book.add_worksheet("Uitleg"), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 44)
    sheet.set_column(2, 3, 32)
    sheet.write_string(0, 0, "Zo vult u dit bestand in", book.add_format({"bold": True, "font_size": 16}))
    for row, text in enumerate(instructions, start=2):
        sheet.merge_range(row, 0, row, 3, "", wrap)
        sheet.write_string(row, 0, f"{row - 1}. {text}", wrap)
        sheet.set_row(row, 32)
    row = len(instructions) + 3
    sheet.merge_range(row, 0, row, 3, command, wrap)
    sheet.write_row(row + 2, 0, known, bold)
    for number, figure in enumerate(known.to_numpy(), start=row + 3):
        sheet.write_row(number, 0, figure)


def _drop_downs(book: Any, bold: Any, lists: dict[str, list[str]], rows: pd.DataFrame) -> None:
    """The lists of allowed words on a sheet of their own, and the cells that offer them."""
    from xlsxwriter.utility import xl_col_to_name

    figures, sheet = book.get_worksheet_by_name("Cijfers"), book.add_worksheet("Lijsten")
    rule, places = template_words()["keuzelijst"], {name: at for at, name in enumerate(rows.columns)}
    sheet.write_row(0, 0, lists, bold)
    sheet.set_column(0, len(lists) - 1, 26)
    for column, (name, items) in enumerate(lists.items()):
        sheet.write_column(1, column, items)
        letter = xl_col_to_name(column)
        if (at := places.get(name)) is not None:
            source = f"=Lijsten!${letter}$2:${letter}${len(items) + 1}"
            figures.data_validation(1, at, 2_000, at, {**rule, "source": source})
    for line in np.flatnonzero(rows.get("eenheid", pd.Series(dtype=str)).eq("ja/nee")) + 1:
        figures.data_validation(line, places["waarde"], line, places["waarde"], {**rule, "source": ["ja", "nee"]})


def _template_workbook(
    rows: pd.DataFrame, known: pd.DataFrame, lists: dict[str, list[str]], made_from: str, *, wide: bool
) -> bytes:
    """The workbook of a template: the same bytes for the same arguments."""
    from xlsxwriter import Workbook

    stream, texts = io.BytesIO(), template_words()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    created = dt.datetime(2026, 1, 1)  # noqa: DTZ001 -- the format knows no time zone
    book.set_properties({"title": TEMPLATE_TITLE, "subject": made_from, "created": created})
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    about = [f"Dit sjabloon is gemaakt uit {made_from}."] if made_from else []
    shape, way = ("sjabloon_breed", "uitleg_breed") if wide else ("sjabloon", "uitleg")
    command = f"Nu een verslag: lekp report GEMEENTE --cijfers BESTAND. Bewaren: lekp data import BESTAND --as {shape}"
    _help_sheet(book, bold, known, about + texts[way], command)
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    link = book.add_format({"num_format": "@", "font_color": "blue", "underline": 1, "valign": "top"})
    sheet = book.add_worksheet("Cijfers")
    sheet.write_row(0, 0, list(rows.columns), bold)
    # Three lines of a question, in points.
    sheet.set_default_row(None if wide else 45)
    for column, name in enumerate(rows.columns):
        # Text, so that a spreadsheet eats no zero of a code and makes no date of 2025-12.
        kept = text if name in ("nis", "datum", "sinds", "basisjaar") else None
        sheet.set_column(column, column, texts["breedte"].get(name, 14), kept)
        for line, cell in enumerate(rows[name], start=1):
            # A spreadsheet keeps no longer address as a link.
            if name == "adres" and cell.startswith("https://") and len(cell) <= 2000:
                sheet.write_url(line, column, cell, link, cell)
            elif cell:
                sheet.write_string(line, column, cell, text)
    sheet.freeze_panes(1, 2 if wide else 4)
    _drop_downs(book, bold, lists, rows)
    book.close()
    return stream.getvalue()


def write_template(
    path: Path,
    catalog: Catalog,
    places: Sequence[Municipality],
    rows: pd.DataFrame,
    *,
    date: str = "",
    made_from: str = "",
    wide: bool = False,
) -> None:
    """Write a workbook or csv that people fill in.

    Parameters
    ----------
    path
        File to write, ``.xlsx`` or ``.csv``; an existing file is never overwritten.
    catalog
        Targets, figures, sources.
    places
        All municipalities, for the list of codes and names.
    rows
        What is filled in beforehand, as texts in columns named as those of the template; may be empty.
    date
        Date that is filled in beforehand; may be empty.
    made_from
        Edition that the rows come from, in words; the workbook keeps it, and the import tells it.
    wide
        One row per municipality and date, one column per figure.

    Raises
    ------
    LekpError
        For another ending, a date that is none, or a file that exists already.
    """
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise LekpError(f"{path}: een bestand dat eindigt op {path.suffix!r}; verwacht: .xlsx of .csv")
    try:
        parse_date(date or "2025")
    except CellError as error:
        raise LekpError(f"--datum {date!r}: verwacht: {error.expected}") from error
    texts, known = template_words(), _known_figures(catalog)
    header = [*texts["kolommen_breed"], *known.iloc[:, -1]] if wide else texts["kolommen"]
    table = rows.assign(datum=date).reindex(columns=header).astype(object).fillna("")
    table = table.drop_duplicates("nis") if wide else table
    if path.suffix.lower() == ".xlsx":
        lists = {"nis": [place.nis for place in places], "gemeente": [place.name for place in places]}
        lists |= {name.lower(): list(known[name].unique()) for name in known.columns[:3]}
        factors = [sub.unit.factors for target in catalog.measured for sub in target.indicators]
        others = [name for one in factors for name, times in one.items() if times != 1]
        lists["eenheid"] = list(dict.fromkeys([*lists["eenheid"], *others]))
        lists |= {"soort": texts["soorten"], "status": texts["statussen"], "bron": sorted(catalog.sources)}
        content = _template_workbook(table, known, lists, made_from, wide=wide)
    else:
        table = table.map(lambda cell: f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell)
        # The mark tells Excel that it is UTF-8; with a semicolon a Dutch Excel opens it as columns.
        content = table.to_csv(sep=";", index=False, lineterminator="\r\n").encode("utf-8-sig")
    write_file(path, content, replace=False)
