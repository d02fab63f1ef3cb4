"""Corrections and explanations as a workbook, for people who do not write YAML: from YAML to xlsx."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lekp_lib.edition.explanations import MAX_CHARACTERS
from lekp_lib.edition.form_sheets import FILE_COLUMN, MAX_ROWS, SHEETS, Sheet, plain_entry
from lekp_lib.edition.municipal_files import parse_entries, read_folder
from lekp_lib.errors import EditionProblems
from lekp_lib.pact import Catalog

_GUIDE = (
    "Correcties en toelichtingen van gemeenten",
    "",
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


def _entries(folder: Path, sheet: Sheet) -> list[tuple[str, dict[str, Any]]]:
    placed, problems = parse_entries(read_folder(folder / sheet.key), sheet.key, sheet.model)
    if problems:
        raise EditionProblems(f"the files in {folder / sheet.key}", problems)
    return [(item.file, plain_entry(item.entry)) for item in placed]


def _write_head(page: Any, sheet: Sheet, looks: Mapping[str, Any], targets: str) -> None:
    """Column heads, widths and drop-downs."""
    page.freeze_panes(1, 0)
    for column, name in enumerate(sheet.columns):
        page.write_string(0, column, name, looks["head"])
        page.set_column(column, column, _WIDTHS.get(name, 14), looks["text"] if name in _WIDTHS else None)
        choices: str | list[str] = targets if name == "doel" else list(sheet.choices.get(name, ()))
        if choices:
            page.data_validation(1, column, MAX_ROWS, column, {"validate": "list", "source": choices})


def _write_cell(page: Any, row: int, column: int, value: object, looks: Mapping[str, Any]) -> None:
    """One value; every text as text, so that nothing that somebody typed becomes a formula or a link."""
    if isinstance(value, bool):
        page.write_string(row, column, "ja" if value else "nee")
    elif isinstance(value, int | float):
        page.write_number(row, column, value)
    elif isinstance(value, dt.date):
        page.write_datetime(row, column, value, looks["day"])
    elif value is not None:
        page.write_string(row, column, str(value), looks["text"])


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
        An xlsx file.

    Raises
    ------
    EditionProblems
        When a YAML file has mistakes: what cannot be read cannot be carried over without loss.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    literal = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(buffer, literal)
    # A fixed moment, so that equal entries give equal workbooks.
    book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 -- the format knows no time zone
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "text": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
    }
    guide = book.add_worksheet("Uitleg")
    guide.set_column(0, 0, 110)
    for row, line in enumerate(_GUIDE):
        guide.write_string(row, 0, line, looks["head"] if row == 0 else None)
    lists = book.add_worksheet("Lijsten")
    targets = [target.id for target in catalog.targets]
    lists.write_string(0, 0, "doel", looks["head"])
    for row, name in enumerate(targets, start=1):
        lists.write_string(row, 0, name)
    for sheet in SHEETS:
        page = book.add_worksheet(sheet.name)
        _write_head(page, sheet, looks, f"=Lijsten!$A$2:$A${len(targets) + 1}")
        for row, (file, entry) in enumerate(_entries(folder, sheet), start=1):
            for column, name in enumerate(sheet.columns):
                _write_cell(page, row, column, {**entry, FILE_COLUMN: file}.get(name), looks)
    book.close()
    return buffer.getvalue()
