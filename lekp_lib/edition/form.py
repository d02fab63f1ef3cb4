"""Corrections and explanations as a workbook, for people who do not write YAML: both ways, without loss.

The workbook holds the same entries as the YAML files, one row each, with the file they belong to.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from zipfile import BadZipFile

import pandas as pd
from ruamel.yaml import YAML

from lekp_lib.edition.corrections import (
    MAX_CHARACTERS,
    Correction,
    CorrectionStatus,
    Explanation,
    TextFile,
    parse_entries,
    parse_entry,
    read_folder,
)
from lekp_lib.errors import EditionError, EditionProblems, Problem
from lekp_lib.pact import Catalog
from lekp_lib.pact.yaml_files import YamlFile
from lekp_lib.paths import write_file

Entry = Correction | Explanation
#: Column that names the YAML file of a row.
FILE_COLUMN = "bestand"
MAX_ROWS = 20_000
#: Per sheet: the folder and key of its files, and what an entry is.
SHEETS: dict[str, tuple[str, type[Any]]] = {
    "Correcties": ("correcties", Correction),
    "Toelichtingen": ("toelichtingen", Explanation),
}
_CHOICES: dict[str, list[str]] = {
    "status": list(CorrectionStatus),
    "schrappen": ["ja", "nee"],
    "type": list(get_args(Explanation.model_fields["type"].annotation)),
}
_GUIDE = (
    "Correcties en toelichtingen van gemeenten",
    "Eén rij is één correctie of één toelichting. Laat een cel leeg als ze niet van toepassing is.",
    "bestand: het YAML-bestand waarin de rij terechtkomt. Leeg mag; dan wordt het formulier.yaml.",
    "gemeente of nis: vul één van de twee in.",
    "verwacht: het cijfer dat de bron nu geeft. Klopt dat niet meer, dan stopt de verwerking en zegt dat.",
    "waarde: het cijfer zoals het moet zijn. Vul bij schrappen 'ja' in om het cijfer weg te laten.",
    "status: alleen een correctie met status 'actief' verandert een cijfer.",
    f"tekst: hoogstens {MAX_CHARACTERS} tekens. link: een adres dat met https:// begint.",
    "Van elke gemeente verschijnt per doel alleen de toelichting met de laatste datum.",
)
_WIDTHS = {"tekst": 70, "reden": 60, "gemeente": 26, "doel": 30, "link": 40, "auteur": 24, "bestand": 24}
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,80}\.yaml")
_MAX_BYTES = 10_000_000


def _plain(entry: Entry) -> dict[str, Any]:
    """An entry as plain values, without what is left at its default; whole numbers without decimal point."""
    values = entry.model_dump(exclude_defaults=True)
    whole = {name: int(value) for name, value in values.items() if isinstance(value, float) and value.is_integer()}
    words = {name: str(value) for name, value in values.items() if isinstance(value, CorrectionStatus)}
    return values | whole | words


def _table(folder: Path, key: str, model: type[Any]) -> pd.DataFrame:
    """Entries of a folder, one a row."""
    placed, problems = parse_entries(read_folder(folder / key), key, model)
    if problems:
        raise EditionProblems(f"de bestanden in {folder / key}", problems)
    rows = [{FILE_COLUMN: item.file, **_plain(item.entry)} for item in placed]
    cells = [{name: "ja" if value is True else value for name, value in row.items()} for row in rows]
    return pd.DataFrame(cells, columns=[FILE_COLUMN, *model.model_fields], dtype=object)


def _finish(page: Any, columns: Sequence[str], text: Any, targets: str) -> None:
    """Widths, fixed heading and drop-downs of a sheet."""
    page.freeze_panes(1, 0)
    for column, name in enumerate(columns):
        page.set_column(column, column, _WIDTHS.get(name, 14), text if name in _WIDTHS else None)
        choices = targets if name == "doel" else _CHOICES.get(name)
        if choices:
            page.data_validation(1, column, MAX_ROWS, column, {"validate": "list", "source": choices})


def export_form(folder: Path, catalog: Catalog) -> bytes:
    """Workbook with all corrections and explanations of a folder.

    Parameters
    ----------
    folder
        With ``correcties/`` and ``toelichtingen/``; either may be absent.
    catalog
        For the drop-down of targets.

    Returns
    -------
    bytes
        An xlsx file; every text in it is text, never a formula or a link.

    Raises
    ------
    EditionProblems
        When a YAML file has mistakes: what cannot be read cannot be carried over without loss.
    """
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    targets = pd.DataFrame({"doel": [target.id for target in catalog.targets]})
    with pd.ExcelWriter(
        buffer, engine="xlsxwriter", date_format="yyyy-mm-dd", engine_kwargs={"options": options}
    ) as book:
        # A fixed moment, so that equal entries give equal workbooks.
        book.book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 -- the format knows no time zone
        text = book.book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        pd.DataFrame(_GUIDE).to_excel(book, sheet_name="Uitleg", index=False, header=False)
        book.sheets["Uitleg"].set_column(0, 0, 110)
        targets.to_excel(book, sheet_name="Lijsten", index=False)
        for sheet, (key, model) in SHEETS.items():
            table = _table(folder, key, model)
            table.to_excel(book, sheet_name=sheet, index=False)
            _finish(book.sheets[sheet], list(table.columns), text, f"=Lijsten!$A$2:$A${len(targets) + 1}")
    return buffer.getvalue()


def _cell(name: str, cell: Any) -> Any:
    """Value of a cell as the models want it; raises ValueError for a formula or an error value."""
    if cell.data_type in ("f", "e"):
        raise ValueError("de waarde zelf, geen formule of fout")
    value = cell.value
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if name == "schrappen":
        return {"ja": True, "nee": False}.get(str(value).strip().lower(), value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _rows(page: Any, model: type[Any], where: str, problems: list[Problem]) -> Iterable[tuple[int, dict[str, Any]]]:
    """Filled rows of a sheet with their number."""
    rows = page.iter_rows()
    header = [str(cell.value or "").strip().lower() for cell in next(rows, ())]
    columns = {FILE_COLUMN, *model.model_fields}
    if set(model.model_fields) - set(header) or set(filter(None, header)) - columns:
        found = f"de kolommen {', '.join(filter(None, header))}"
        problems.append(
            Problem(f"{where}, rij 1", found, f"de kolommen {', '.join((FILE_COLUMN, *model.model_fields))}")
        )
        return
    for cells in rows:
        values: dict[str, Any] = {}
        for name, cell in zip(header, cells, strict=False):
            if not name or cell.value is None or not str(cell.value).strip():
                continue
            try:
                values[name] = _cell(name, cell)
            except ValueError as error:
                problems.append(Problem(f"{where}, cel {cell.coordinate}", repr(cell.value)[:60], str(error)))
        if values:
            yield cells[0].row, values


def _read_sheet(book: Any, sheet: str, name: str, problems: list[Problem]) -> dict[str, list[Entry]]:
    """Entries of a sheet by file."""
    where, model = f"{name}, blad {sheet}", SHEETS[sheet][1]
    entries: dict[str, list[Entry]] = {}
    if sheet not in book.sheetnames:
        problems.append(Problem(name, f"de bladen {', '.join(book.sheetnames)}", f"een blad {sheet!r}"))
        return entries
    for row, values in _rows(book[sheet], model, where, problems):
        here = f"{where}, rij {row}"
        file = str(values.pop(FILE_COLUMN, "formulier.yaml")).strip()
        if row > MAX_ROWS:
            problems.append(Problem(here, f"meer dan {MAX_ROWS} rijen", f"hoogstens {MAX_ROWS} rijen"))
            break
        if not _FILE_NAME.fullmatch(file):
            found = repr(file)[:60]
            problems.append(Problem(f"{here}: {FILE_COLUMN}", found, "een bestandsnaam zoals houthulst.yaml"))
            continue
        entry = parse_entry(YamlFile(here, values), model, problems)
        if entry is not None:
            entries.setdefault(file, []).append(entry)
    return entries


def _head_comment(content: bytes) -> str:
    """Comment lines with which a file begins; they are kept."""
    lines = []
    for line in content.decode("utf-8-sig").splitlines():
        if line.strip() and not line.startswith("#"):
            break
        lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def entries_yaml(key: str, entries: Sequence[Entry], before: str = "") -> bytes:
    """Entries as a YAML file, below a comment."""
    writer = YAML()
    writer.default_flow_style = False
    writer.width = 110
    writer.indent(mapping=2, sequence=4, offset=2)
    buffer = io.StringIO()
    writer.dump({key: [_plain(entry) for entry in entries]}, buffer)
    return (before + buffer.getvalue()).encode("utf-8")


@dataclass(frozen=True, slots=True)
class FormResult:
    """What importing a form does: files written, files that stay as they are, entries in all."""

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]
    entries: int


def _open_book(path: Path) -> Any:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    if not path.is_file() or path.stat().st_size > _MAX_BYTES:
        raise EditionError(
            f"{path}: geen bestand, of meer dan 10 MB; verwacht een formulier van `lekp data form export`"
        )
    try:
        return openpyxl.load_workbook(path)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError) as error:
        raise EditionError(f"{path}: geen leesbaar xlsx-werkboek ({error}); bewaar het als .xlsx") from None


def import_form(path: Path, folder: Path) -> FormResult:
    """Write the rows of a filled-in workbook as YAML files, all of them or none.

    Parameters
    ----------
    path
        Workbook as :func:`export_form` makes it.
    folder
        With ``correcties/`` and ``toelichtingen/``; made when absent. Files that the workbook does not name are left
        as they are, and so are files whose entries are the same; comments at the head of a file are kept.

    Returns
    -------
    FormResult

    Raises
    ------
    EditionError
        When the file is no workbook.
    EditionProblems
        With every wrong cell.
    """
    book, problems = _open_book(path), list[Problem]()
    sheets = {sheet: _read_sheet(book, sheet, path.name, problems) for sheet in SHEETS}
    if problems:
        raise EditionProblems(f"het formulier {path.name}", problems)
    writes: dict[Path, bytes] = {}
    unchanged: list[Path] = []
    for sheet, files in sheets.items():
        key, model = SHEETS[sheet]
        for name, entries in files.items():
            target = folder / key / name
            before = target.read_bytes() if target.is_file() else b""
            placed, faults = parse_entries([TextFile(name, before)] if before else [], key, model)
            if before and not faults and [item.entry for item in placed] == entries:
                unchanged.append(target)
            else:
                writes[target] = entries_yaml(key, entries, _head_comment(before))
    for target, content in writes.items():
        write_file(target, content)
    total = sum(len(entries) for files in sheets.values() for entries in files.values())
    return FormResult(tuple(writes), tuple(unchanged), total)
