"""The template as a workbook: the sheet to fill in with drop-downs, the instructions, and the lists."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from lekp_lib.pact import Catalog
from lekp_lib.register.models import Municipality

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


def _figure_rows(catalog: Catalog) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for target in catalog.measured:
        for number, sub in enumerate(target.indicators):
            column = target.id if number == 0 else f"{target.id}.{sub.id}"
            rows.append((target.name, sub.label, sub.unit.symbol, column))
    return rows


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
    for offset, cells in enumerate(_figure_rows(catalog), start=1):
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


def workbook_bytes(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    catalog: Catalog,
    places: Sequence[Municipality],
    *,
    wide: bool,
) -> bytes:
    """The workbook of a template.

    Parameters
    ----------
    header
        Column names of the sheet to fill in.
    rows
        Rows that are filled in beforehand.
    catalog
        Targets, figures, sources.
    places
        All municipalities, for the lists.
    wide
        Which instructions belong to it.

    Returns
    -------
    bytes
        The same for the same arguments.
    """
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
