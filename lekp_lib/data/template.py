"""The project's own template: an empty workbook or csv that people fill in and that the import reads back.

Everything a person reads in it is Dutch. Lists of targets, figures, units and sources come from the catalogue, so that
the template and the import never disagree.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lekp_lib.data.cells import CellError, parse_date
from lekp_lib.data.json_lines import write_whole
from lekp_lib.data.template_workbook import workbook_bytes
from lekp_lib.errors import LekpError
from lekp_lib.pact import Catalog, Target
from lekp_lib.pact.models import SubIndicator
from lekp_lib.register.models import Municipality

LONG = (
    "nis", "gemeente", "doel", "deelindicator", "datum", "waarde", "eenheid", "soort", "status",
    "bron", "link", "sinds", "basisjaar", "doelniveau", "opmerking",
)  # fmt: skip
WIDE_START = ("nis", "gemeente", "datum", "status", "bron")


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


def _long_rows(asked: Template, catalog: Catalog) -> list[tuple[str, ...]]:
    rows = []
    for place in asked.places:
        for target, sub in figures(catalog):
            filled = (place.nis, place.name, target.name, sub.label, asked.date, "", sub.unit.symbol)
            rows.append((*filled, *([""] * (len(LONG) - len(filled)))))
    return rows


def _wide_rows(asked: Template, width: int) -> list[tuple[str, ...]]:
    return [
        (place.nis, place.name, asked.date, *([""] * (width - 3)))
        for place in asked.places
    ]  # fmt: skip


def template_table(asked: Template, catalog: Catalog) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and filled-in rows of a template.

    Parameters
    ----------
    asked
        What the user asked for.
    catalog
        Targets and their figures.

    Returns
    -------
    tuple
        Column names, and rows of text.
    """
    if not asked.wide:
        return LONG, _long_rows(asked, catalog)
    columns = (*WIDE_START, *(figure_column(target, sub) for target, sub in figures(catalog)))
    return columns, _wide_rows(asked, len(columns))


def _csv_bytes(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    # The mark tells Excel that it is UTF-8; with a semicolon a Dutch Excel opens it as columns.
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


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
        raise LekpError(f"{path}: found the ending {path.suffix!r}; expected .xlsx or .csv")
    if path.exists():
        raise LekpError(f"{path}: exists already, perhaps filled in; choose another name")
    if asked.date:
        try:
            parse_date(asked.date)
        except CellError as error:
            raise LekpError(f"--datum {asked.date!r}: expected {error.expected}") from error
    header, rows = template_table(asked, catalog)
    if path.suffix.lower() == ".csv":
        content = _csv_bytes(header, rows)
    else:
        content = workbook_bytes(header, rows, catalog, places, wide=asked.wide)
    try:
        write_whole(path, content)
    except OSError as error:
        raise LekpError(f"{path}: cannot be written: {error.strerror or error}") from error
