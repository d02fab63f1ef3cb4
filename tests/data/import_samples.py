"""Files for import tests, made on the spot: the template, workbooks, zips, and ways to break them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook

HEADER = ("nis", "gemeente", "doel", "deelindicator", "datum", "waarde", "eenheid", "status")
GOOD = ("44021", "Gent", "bomen", "bomen", "2025-12-31", "1200", "bomen", "gemeten")


def row(**changed: str) -> tuple[str, ...]:
    """The good row with some cells changed."""
    return tuple(changed.get(name, cell) for name, cell in zip(HEADER, GOOD, strict=True))


def csv_text(*rows: Sequence[str], header: Sequence[str] = HEADER, sign: str = ";") -> str:
    return "\r\n".join(sign.join(cells) for cells in (header, *rows)) + "\r\n"


def csv_bytes(*rows: Sequence[str], encoding: str = "utf-8", **more: Any) -> bytes:
    return csv_text(*(rows or (GOOD,)), **more).encode(encoding)


def xlsx_bytes(
    *rows: Sequence[Any],
    header: Sequence[Any] = HEADER,
    sheet: str = "Cijfers",
    change: Callable[[Any], None] | None = None,
) -> bytes:
    """A workbook as openpyxl writes it; formulas have no stored value then."""
    book = Workbook()
    page = book.active
    page.title = sheet
    for cells in (header, *(rows or (GOOD,))):
        page.append(list(cells))
    if change is not None:
        change(page)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def zip_bytes(members: Mapping[str, bytes], *, mode: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", mode) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def replaced_part(workbook: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook in which one part is another."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[part] = change(members[part])
    return zip_bytes(members)


def population_zip(rows: Sequence[Sequence[str]], name: str = "TF_SOC_POP_STRUCT_2025.txt") -> bytes:
    header = ("CD_REFNIS", "TX_DESCR_NL", "CD_PROV_REFNIS", "CD_SEX", "CD_AGE", "MS_POPULATION")
    text = "\n".join("|".join(cells) for cells in (header, *rows)) + "\n"
    return zip_bytes({name: text.encode("utf-8-sig")})


def point(**changed: Any) -> dict[str, Any]:
    """One charge point as the service gives it."""
    properties = {
        "uniek_identificatienummer": "a__1",
        "uitbater": "Mobiflow",
        "toegankelijkheid": "publiek",
        "maximaal_vermogen_kw": 22,
        "gemeente": "Gent",
    }
    lon, lat = changed.pop("at", (3.7217, 51.0543))
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {**properties, **changed},
    }


def points(*features: dict[str, Any], **envelope: Any) -> bytes:
    found = {"type": "FeatureCollection", "features": list(features), "numberMatched": len(features), **envelope}
    return json.dumps(found).encode()


def reopened(content: bytes) -> Any:
    return load_workbook(io.BytesIO(content))
