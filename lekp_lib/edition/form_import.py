"""Corrections and explanations as a workbook, for people who do not write YAML: from xlsx to YAML, without loss."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from pydantic import ValidationError
from ruamel.yaml import YAML

from lekp_lib.edition.form_sheets import FILE_COLUMN, MAX_ROWS, SHEETS, Sheet, plain_entry
from lekp_lib.edition.municipal_files import TextFile, parse_entries
from lekp_lib.errors import EditionError, EditionProblems, Problem
from lekp_lib.pact.models import Declared
from lekp_lib.pact.yaml_files import YamlFile, schema_problems

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,80}\.yaml")
_DEFAULT_FILE = "formulier.yaml"
_MAX_BYTES = 10_000_000


def _cell(name: str, cell: Any) -> Any:
    """Value of a cell as the models want it; raises ValueError for a formula or an error value."""
    if cell.data_type in ("f", "e"):
        raise ValueError("a formula or an error; write the value itself")
    value = cell.value
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if name == "schrappen":
        words = {"ja": True, "nee": False}
        return words.get(str(value).strip().lower(), value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _rows(page: Any, sheet: Sheet, where: str, problems: list[Problem]) -> Iterable[tuple[int, dict[str, Any]]]:
    rows = page.iter_rows()
    header = [str(cell.value or "").strip().lower() for cell in next(rows, ())]
    absent = [name for name in sheet.model.model_fields if name not in header]
    unknown = [name for name in header if name and name not in sheet.columns]
    if absent or unknown:
        found = f"columns {', '.join(filter(None, header))}"
        problems.append(Problem(f"{where}, row 1", found, f"columns {', '.join(sheet.columns)}"))
        return
    for cells in rows:
        values: dict[str, Any] = {}
        for name, cell in zip(header, cells, strict=False):
            if not name or cell.value is None or (isinstance(cell.value, str) and not cell.value.strip()):
                continue
            try:
                values[name] = _cell(name, cell)
            except ValueError as error:
                problems.append(Problem(f"{where}, cell {cell.coordinate}", repr(cell.value)[:60], str(error)))
        if values:
            yield cells[0].row, values


def _read_sheet(book: Any, sheet: Sheet, name: str, problems: list[Problem]) -> dict[str, list[Declared]]:
    where = f"{name}, sheet {sheet.name}"
    found: dict[str, list[Declared]] = {}
    if sheet.name not in book.sheetnames:
        problems.append(Problem(name, f"sheets {', '.join(book.sheetnames)}", f"a sheet {sheet.name!r}"))
        return found
    for row, values in _rows(book[sheet.name], sheet, where, problems):
        here = f"{where}, row {row}"
        file = str(values.pop(FILE_COLUMN, _DEFAULT_FILE)).strip()
        if not _FILE_NAME.fullmatch(file):
            problems.append(Problem(f"{here}: {FILE_COLUMN}", repr(file)[:60], "a file name such as houthulst.yaml"))
            continue
        if row > MAX_ROWS:
            problems.append(Problem(here, f"more than {MAX_ROWS} rows", f"at most {MAX_ROWS} rows"))
            break
        try:
            entry = sheet.model.model_validate_json(json.dumps(values, default=str), strict=True)
        except ValidationError as error:
            problems.extend(schema_problems(YamlFile(here, values), error))
            continue
        found.setdefault(file, []).append(entry)
    return found


def _head_comment(content: bytes) -> str:
    """Comment lines with which a file begins; they are kept."""
    lines = []
    for line in content.decode("utf-8-sig").splitlines():
        if line.strip() and not line.startswith("#"):
            break
        lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def _yaml(key: str, entries: Sequence[Declared], before: str) -> bytes:
    writer = YAML()
    writer.default_flow_style = False
    writer.width = 110
    writer.indent(mapping=2, sequence=4, offset=2)
    buffer = io.StringIO()
    writer.dump({key: [plain_entry(entry) for entry in entries]}, buffer)
    return (before + buffer.getvalue()).encode("utf-8")


@dataclass(frozen=True, slots=True)
class FormResult:
    """What importing a form does: files written, files that stay as they are, entries in all."""

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]
    entries: int


def import_form(path: Path, folder: Path) -> FormResult:
    """Write the rows of a filled-in workbook as YAML files, all of them or none.

    Parameters
    ----------
    path
        Workbook as :func:`~lekp_lib.edition.form_export.export_form` makes it.
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
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    if not path.is_file() or path.stat().st_size > _MAX_BYTES:
        raise EditionError(f"{path}: no such file, or more than 10 MB; expected a form from `lekp data form export`")
    problems: list[Problem] = []
    try:
        book = openpyxl.load_workbook(path)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError) as error:
        raise EditionError(f"{path}: not a readable xlsx workbook ({error}); save it as .xlsx") from None
    sheets = [(sheet, _read_sheet(book, sheet, path.name, problems)) for sheet in SHEETS]
    if problems:
        raise EditionProblems(f"the form {path.name}", problems)
    writes: list[tuple[Path, bytes]] = []
    unchanged: list[Path] = []
    for sheet, files in sheets:
        for name, entries in files.items():
            target = folder / sheet.key / name
            before = target.read_bytes() if target.is_file() else b""
            placed, faults = parse_entries([TextFile(name, before)], sheet.key, sheet.model) if before else ((), [])
            if before and not faults and [item.entry for item in placed] == entries:
                unchanged.append(target)
                continue
            writes.append((target, _yaml(sheet.key, entries, _head_comment(before))))
    for target, content in writes:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = target.with_name(f".{target.name}.tmp")
        scratch.write_bytes(content)
        scratch.replace(target)
    total = sum(len(entries) for _, files in sheets for entries in files.values())
    return FormResult(tuple(target for target, _ in writes), tuple(unchanged), total)
