"""The project's own template: an empty workbook or csv that people fill in and that the import reads back.

Everything a person reads in it is Dutch. Lists of targets, figures, units and sources come from the catalogue, so that
the template and the import never disagree.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lekp_lib.data.cells import CellError, parse_date
from lekp_lib.data.store import write_whole
from lekp_lib.errors import LekpError
from lekp_lib.pact import Catalog, Target
from lekp_lib.pact.models import SubIndicator
from lekp_lib.register.models import Municipality

LONG = (
    "nis", "gemeente", "doel", "deelindicator", "datum", "waarde", "eenheid", "soort", "status",
    "bron", "link", "sinds", "basisjaar", "doelniveau", "opmerking",
)  # fmt: skip
WIDE_START = ("nis", "gemeente", "datum", "status", "bron")
SHEET, HELP, LISTS = "Cijfers", "Uitleg", "Lijsten"
KINDS = ("gerealiseerd", "doel", "procent van doel")
STATES = ("gemeten", "nul", "niet geregistreerd", "voorlopig", "geschat")
_ROWS = 2_000
_WIDTHS = {"gemeente": 24, "doel": 30, "deelindicator": 34, "opmerking": 44, "link": 34, "status": 18, "soort": 16}

_INSTRUCTIONS_LONG = (
    "Vul op het blad Cijfers één rij in per cijfer. Laat de kolomnamen staan.",
    "Laat een rij zonder cijfer leeg in de kolom waarde: een leeg cijfer is iets anders dan nul.",
    "Is het cijfer echt nul, schrijf dan 0 en kies de status nul. "
    "Is er niets bijgehouden, kies dan niet geregistreerd.",
    "De waarde is het totaal tot en met de datum, niet wat er sinds het vorige cijfer bijkwam.",
    "De datum is de dag waarop het cijfer slaat: 31/12/2025, of 2025-12 of 2025 als de dag niet bekend is.",
    "Staat de waarde in een andere eenheid (km, ha, MWh), schrijf die eenheid dan in de kolom eenheid. "
    "Het inlezen rekent om.",
    "Vragen met ja of nee: schrijf ja of nee, en in de kolom sinds vanaf wanneer.",
    "De kolom bron is wie het cijfer meet. Zet een document in link of in opmerking.",
    "De kolom doelniveau is niet nodig. Staat het niveau in uw document, vul het dan in: "
    "zo blijkt of de juiste noemer gebruikt is.",
    "Een percentage van het doel is ook goed: kies dan de soort procent van doel.",
)
_INSTRUCTIONS_WIDE = (
    "Vul op het blad Cijfers één rij in per gemeente en datum, en één kolom per cijfer.",
    "Laat een cel zonder cijfer leeg: een leeg cijfer is iets anders dan nul.",
    "Staan er nullen in een rij, kies dan de status gemeten: dan zijn het echte nullen.",
    "De waarde is het totaal tot en met de datum, in de eenheid die hieronder bij de kolom staat.",
    "De datum is de dag waarop het cijfer slaat: 31/12/2025, of 2025-12 of 2025 als de dag niet bekend is.",
    "Vragen met ja of nee: schrijf ja of nee.",
)


@dataclass(frozen=True, slots=True)
class Template:
    """What the user asked for.

    Attributes
    ----------
    places
        Municipalities whose rows are filled in beforehand.
    date
        Date that is filled in beforehand; may be empty.
    wide
        One row per municipality and date, one column per figure.
    """

    places: Sequence[Municipality] = ()
    date: str = ""
    wide: bool = False


def figures(catalog: Catalog) -> Iterator[tuple[Target, SubIndicator]]:
    """Every target with each of its figures, in official order."""
    for target in catalog.measured:
        for sub in target.indicators:
            yield target, sub


def figure_column(target: Target, sub: SubIndicator) -> str:
    """Name of a figure's column in the wide template: ``bomen``, ``bomen.publiek``."""
    return target.id if sub is target.indicators[0] else f"{target.id}.{sub.id}"


def template_table(asked: Template, catalog: Catalog) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and filled-in rows of a template."""
    if asked.wide:
        header = (*WIDE_START, *(figure_column(target, sub) for target, sub in figures(catalog)))
        rows: list[tuple[str, ...]] = [(place.nis, place.name, asked.date) for place in asked.places]
    else:
        header = LONG
        rows = [
            (place.nis, place.name, target.name, sub.label, asked.date, "", sub.unit.symbol)
            for place in asked.places
            for target, sub in figures(catalog)
        ]
    return header, [(*row, *([""] * (len(header) - len(row)))) for row in rows]


def _csv_bytes(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    # The mark tells Excel that it is UTF-8; with a semicolon a Dutch Excel opens it as columns.
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def _help_sheet(book: Any, formats: dict[str, Any], catalog: Catalog, *, wide: bool) -> None:
    sheet = book.add_worksheet(HELP)
    sheet.set_column(0, 1, 44)
    sheet.set_column(2, 3, 22)
    sheet.write_string(0, 0, "Zo vult u dit bestand in", formats["head"])
    row = 2
    for number, text in enumerate(_INSTRUCTIONS_WIDE if wide else _INSTRUCTIONS_LONG, start=1):
        sheet.merge_range(row, 0, row, 3, f"{number}. {text}", formats["wrap"])
        sheet.set_row(row, 32)
        row += 1
    shape = "sjabloon_breed" if wide else "sjabloon"
    sheet.merge_range(
        row + 1, 0, row + 1, 3, f"Inlezen: lekp data import BESTAND --as {shape} --dry-run", formats["wrap"]
    )
    row += 3
    for column, text in enumerate(("Doel", "Deelindicator", "Eenheid", "Kolom in het brede sjabloon")):
        sheet.write_string(row, column, text, formats["bold"])
    known = [(target.name, sub.label, sub.unit.symbol, figure_column(target, sub)) for target, sub in figures(catalog)]
    for offset, cells in enumerate(known, start=1):
        for column, text in enumerate(cells):
            sheet.write_string(row + offset, column, text)


def _list_sheet(book: Any, formats: dict[str, Any], catalog: Catalog, places: Sequence[Municipality]) -> dict[str, str]:
    """The lists behind the drop-downs; returns the range of each."""
    sheet = book.add_worksheet(LISTS)
    labels = dict.fromkeys(sub.label for target in catalog.measured for sub in target.indicators)
    lists: dict[str, Sequence[str]] = {
        "nis": [place.nis for place in places],
        "gemeente": [place.name for place in places],
        "doel": [target.name for target in catalog.measured],
        "deelindicator": list(labels),
        "soort": KINDS,
        "status": STATES,
        "bron": sorted(catalog.sources),
    }
    ranges = {}
    for column, (name, items) in enumerate(lists.items()):
        sheet.write_string(0, column, name, formats["bold"])
        sheet.set_column(column, column, 26)
        for row, item in enumerate(items, start=1):
            sheet.write_string(row, column, item)
        letter = chr(65 + column)
        ranges[name] = f"={LISTS}!${letter}$2:${letter}${len(items) + 1}"
    return ranges


def _drop_downs(sheet: Any, header: Sequence[str], ranges: dict[str, str]) -> None:
    for column, name in enumerate(header):
        if name not in ranges:
            continue
        sheet.data_validation(
            1,
            column,
            _ROWS,
            column,
            {
                "validate": "list",
                "source": ranges[name],
                # A warning, no wall: a former municipality or another spelling may be right, and the import decides.
                "error_type": "warning",
                "error_title": "Niet in de lijst",
                "error_message": "Kies een waarde uit de lijst, of kijk na of dit klopt.",
            },
        )


def _workbook_bytes(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    catalog: Catalog,
    places: Sequence[Municipality],
    *,
    wide: bool,
) -> bytes:
    """The workbook of a template: the same bytes for the same arguments."""
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "Sjabloon voor het klimaatpactverslag", "created": dt.datetime(2026, 1, 1)})  # noqa: DTZ001 -- the format knows no time zone
    formats = {
        "head": book.add_format({"bold": True, "font_size": 16}),
        "bold": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        # Text, so that a spreadsheet eats no zero of a code and makes no date of 2025-12.
        "text": book.add_format({"num_format": "@"}),
    }
    sheet = book.add_worksheet(SHEET)
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, formats["bold"])
        kept_as_text = formats["text"] if name in ("nis", "datum", "sinds", "basisjaar") else None
        sheet.set_column(column, column, _WIDTHS.get(name, 14), kept_as_text)
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            if text:
                sheet.write_string(number, column, text, formats["text"])
    sheet.freeze_panes(1, 2)
    _help_sheet(book, formats, catalog, wide=wide)
    _drop_downs(sheet, header, _list_sheet(book, formats, catalog, places))
    book.close()
    return stream.getvalue()


def write_template(path: Path, asked: Template, catalog: Catalog, places: Sequence[Municipality]) -> None:
    """Write a template.

    Parameters
    ----------
    path
        File to write, ``.xlsx`` or ``.csv``; an existing file is never overwritten.
    asked
        What the user asked for.
    catalog
        Targets, figures, sources.
    places
        All municipalities, for the list of codes and names.

    Raises
    ------
    LekpError
        For another ending, a date that is none, or a file that exists already.
    """
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise LekpError(f"{path}: een bestand dat eindigt op {path.suffix!r}; verwacht: .xlsx of .csv")
    if path.exists():
        raise LekpError(f"{path}: bestaat al, misschien ingevuld; kies een andere naam")
    if asked.date:
        try:
            parse_date(asked.date)
        except CellError as error:
            raise LekpError(f"--datum {asked.date!r}: verwacht: {error.expected}") from error
    header, rows = template_table(asked, catalog)
    if path.suffix.lower() == ".csv":
        content = _csv_bytes(header, rows)
    else:
        content = _workbook_bytes(header, rows, catalog, places, wide=asked.wide)
    try:
        write_whole(path, content)
    except OSError as error:
        raise LekpError(f"{path}: kan niet geschreven worden: {error.strerror or error}") from error
