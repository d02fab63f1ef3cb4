"""A table as it stands in a file: numbered rows of texts, from csv or json, and its header."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from openpyxl.utils import get_column_letter

from lekp_lib.data.cells import cell_text, key
from lekp_lib.data.content import Content, ImportProblems, decoded, refuse
from lekp_lib.data.schema import FileShape
from lekp_lib.errors import Problem

MAX_COLUMNS, MAX_ROWS, HEADER_SEARCHED, MAX_LISTED = 1_000, 2_000_000, 30, 50
SEPARATORS = {";": "puntkomma's", ",": "komma's", "\t": "tabs", "|": "verticale strepen"}
# What services call the number of all records, and what says that there are more of them.
TOTALS = ("numberMatched", "totalFeatures", "total_count")
MORE = ("exceededTransferLimit", "@odata.nextLink", "next")

Lines = Iterator[tuple[int, list[str]]]


@dataclass
class Sheet:
    """Rows with their line (or record) number; ``kind`` is csv, xlsx or json; ``merged`` areas with their last row."""

    file: str
    title: str
    kind: str
    rows: Lines
    notes: list[str] = field(default_factory=list)
    merged: list[tuple[bytes, bytes]] = field(default_factory=list)
    crs: str = ""

    def cell(self, header: list[str], position: int | None) -> tuple[str, str]:
        """What stands before and after the number of a row in the name of a cell: ``regel 3, kolom waarde``."""
        if self.kind == "xlsx":
            return f"{self.title}!{'rij ' if position is None else get_column_letter(position + 1)}", ""
        word = "record" if self.kind == "json" else "regel"
        return f"{word} ", "" if position is None else f", kolom {header[position]}"


def positions_of(header: list[str], accepted: tuple[str, ...]) -> list[int]:
    """Positions of the accepted names that a header has, the first accepted first; ``#3`` is the third column."""
    keys, found = [key(name) for name in header], []
    for name in accepted:
        if re.fullmatch("#[0-9]+", name):
            found += [int(name[1:]) - 1] if int(name[1:]) <= len(keys) else []
        elif key(name) in keys:
            found.append(keys.index(key(name)))
    return list(dict.fromkeys(found))


def missing(header: list[str], shape: FileShape) -> dict[str, tuple[str, ...]]:
    """Required columns that a header lacks, with their accepted names."""
    return {name: names for name, names in shape.required.items() if not positions_of(header, names)}


def no_header(sheet: Sheet, rows: list[list[str]], shape: FileShape) -> ImportProblems:
    """Every column that the best row lacks."""
    best = min(rows, key=lambda row: (len(missing(row, shape)), -len(row)), default=[])
    there = ", ".join(name[:30] for name in best[:12]) or "geen namen"
    where = f"{sheet.file}: {sheet.title or ('sleutels' if sheet.kind == 'json' else 'kop')}"
    problems = [
        Problem(where, f"geen kolom {' of '.join(names)}; er staan {there}", f"een kolom voor {name}")
        for name, names in missing(best, shape).items()
    ]
    return ImportProblems(f"{sheet.file} heeft niet de kolommen van {shape.id}", problems)


def refuse_twice(sheet: Sheet, header: list[str], shape: FileShape) -> None:
    """A name that stands in the header twice, of which the first would win in silence."""
    accepted = {key(name) for names in shape.accepted.values() for name in names}
    accepted |= {key(name) for name in header if shape.wide and re.fullmatch(shape.wide.columns, name)}
    for name, count in Counter(map(key, header)).items():
        if count > 1 and name in accepted:
            columns = " en ".join(str(number) for number, one in enumerate(header, start=1) if key(one) == name)
            found = f"{count} kolommen {name}: kolom {columns}"
            raise refuse(f"{sheet.file}: {sheet.title or 'kop'}", found, "elke kolom één keer", "Verwijder er een.")


def has_header(rows: list[tuple[int, list[str]]], shape: FileShape) -> int | None:
    """Position of the first row that has all required columns."""
    return next((index for index, (_, row) in enumerate(rows) if not missing(row, shape)), None)


def split_header(sheet: Sheet, shape: FileShape) -> tuple[int, list[str], Lines]:
    """Line and names of the header, and the rows below it."""
    first = list(islice(sheet.rows, HEADER_SEARCHED))
    found = has_header(first, shape)
    if found is None:
        raise no_header(sheet, [row for _, row in first], shape)
    line, header = first[found][0], [name.strip() for name in first[found][1]]
    if len(header) > MAX_COLUMNS:
        raise refuse(sheet.file, f"{len(header)} kolommen", f"hoogstens {MAX_COLUMNS}")
    refuse_twice(sheet, header, shape)
    return line, header, chain(first[found + 1 :], sheet.rows)


def whole_rows(sheet: Sheet, width: int, rows: Lines) -> Lines:
    """Lines as long as the header. In a csv another length is a mistake (pandas fills short rows up in silence)."""
    problems: list[Problem] = []
    for count, (line, row) in enumerate(rows):
        if count == MAX_ROWS:
            raise refuse(sheet.file, f"meer dan {MAX_ROWS} rijen", f"hoogstens {MAX_ROWS}")
        if sheet.kind == "csv" and (len(row) < width or any(map(str.strip, row[width:]))):
            advice = "Een tekst met het scheidingsteken erin moet tussen dubbele aanhalingstekens staan."
            problems.append(Problem(f"{sheet.file}: regel {line}", f"{len(row)} cellen", f"{width} cellen", advice))
            if len(problems) == MAX_LISTED:
                break
        yield line, row if len(row) >= width else row + [""] * (width - len(row))
    if problems:
        raise ImportProblems(f"{sheet.file} is niet te lezen", problems)


def csv_rows(name: str, text: str, separator: str) -> Lines:
    """Lines that are not empty, each called after its first line: a quoted cell may run over several."""
    reader, line = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 0
    try:
        for row in reader:
            if any(map(str.strip, row)):
                yield line + 1, row
            line = reader.line_num
    except csv.Error as error:
        advice = "Zoek op of boven deze regel een dubbel aanhalingsteken dat niet gesloten is."
        raise refuse(f"{name}: na regel {line}", str(error), "een goed gevormde csv", advice) from error


def first_rows(text: str, separator: str) -> list[list[str]]:
    """The first rows, read leniently: only the header is looked for here."""
    reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=separator)
    with suppress(csv.Error):
        return [[cell.strip() for cell in row] for row in islice(reader, HEADER_SEARCHED)]
    return []


def csv_sheet(content: Content, shape: FileShape) -> Sheet:
    """The table of a csv: the separator is the one by which a header is found, and must be a declared one."""
    text, encoding = decoded(content, shape.encoding)
    for separator in dict.fromkeys((*shape.delimiters, *SEPARATORS)):
        if any(not missing(row, shape) for row in first_rows(text, separator)):
            break
    else:
        separator = shape.delimiters[0]
    if separator not in shape.delimiters:
        declared = " of ".join(SEPARATORS.get(one, one) for one in shape.delimiters)
        found = f"kolommen gescheiden door {SEPARATORS[separator]}"
        advice = "Bewaar het bestand opnieuw met dat teken, of kies een andere vorm."
        raise refuse(content.name, found, f"kolommen gescheiden door {declared}", advice)
    notes = [] if encoding.startswith("utf") else [f"gelezen als {encoding}: kijk na of namen met accenten juist zijn"]
    return Sheet(content.name, "", "csv", csv_rows(content.name, text, separator), notes)


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of json; a key that stands there twice would win in silence."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValueError(f"de sleutel {twice!r} staat er tweemaal")
    return found


def json_object(content: Content, shape: FileShape) -> dict[str, Any]:
    """The object of a json file."""
    text, _ = decoded(content, shape.encoding or "utf-8")
    try:
        data = json.loads(text, object_pairs_hook=unique_keys)
    except json.JSONDecodeError as error:
        where = f"{content.name}: regel {error.lineno}, teken {error.colno}"
        raise refuse(
            where, error.msg, "geldige json", "Misschien is het bestand afgekapt; haal het opnieuw."
        ) from error
    except (RecursionError, ValueError) as error:
        raise refuse(content.name, f"json die niet te lezen is ({error})"[:200], "een lijst van records") from error
    if isinstance(data, list) and shape.records is None:
        return {"": data}
    if not isinstance(data, dict):
        raise refuse(content.name, f"json van de soort {type(data).__name__}", "een object met een lijst van records")
    return data


def check_whole(name: str, shape: FileShape, data: dict[str, Any], count: int) -> None:
    """A page of a longer answer looks like a whole file: who speaks of pages must say that this is all."""
    totals = {word: data[word] for word in (shape.total, *TOTALS) if word in data}
    paged = bool(totals) or "numberReturned" in data
    links = [link for link in data.get("links") or () if isinstance(link, dict)]
    more = any(link.get("rel") == "next" for link in links) or any(data.get(word) for word in MORE)
    known = [total for total in totals.values() if type(total) is int]
    if more or (paged and not known) or any(total != count for total in known):
        said = ", ".join(f"{word} zegt {total}" for word, total in totals.items())
        said = said or ("er volgen er meer" if more else "het aantal nergens staat")
        advice = "Dit is een pagina van een langer antwoord: haal alle pagina's, of gebruik --option onvolledig=ja."
        raise refuse(name, f"{count} records, terwijl {said}", "alle records, en een aantal dat dat zegt", advice)


def fields_of(name: str, number: int, record: Any, *, feature: bool) -> dict[str, Any]:
    """Fields of a record; of a feature its properties, with the coordinates of its one point beside them."""
    properties = record.get("properties") if feature and isinstance(record, dict) else record
    if not isinstance(properties, dict):
        expected = "een GeoJSON-feature met properties" if feature else "een object"
        raise refuse(f"{name}: record {number}", type(properties).__name__, expected)
    geometry = (record.get("geometry") if feature else None) or {}
    place: Any = geometry.get("coordinates") or ()
    if geometry.get("type") == "MultiPoint" and len(place) == 1:
        place = place[0]
    elif geometry.get("type") != "Point":
        place = ()
    return {**properties, "@lon": place[0], "@lat": place[1]} if len(place) >= 2 else dict(properties)


def json_sheet(content: Content, shape: FileShape, *, partial: bool) -> Sheet:
    """The records of a json or geojson file, with the names of their fields as the header."""
    data, name = json_object(content, shape), content.name
    feature = data.get("type") == "FeatureCollection"
    where = "features" if feature else shape.records or ""
    records: Any = data.get(where)
    if not isinstance(records, list):
        found = f"de sleutels {', '.join(map(str, list(data)[:10]))}"
        raise refuse(name, found, f"een lijst onder de sleutel {where!r}", "Is dit het antwoord van een andere dienst?")
    if not partial:
        check_whole(name, shape, data, len(records))
    if not records:
        raise refuse(name, "geen records", "minstens één record", "Een leeg antwoord is geen cijfer nul.")
    objects = [fields_of(name, number, record, feature=feature) for number, record in enumerate(records, start=1)]
    header = list(dict.fromkeys(str(one) for record in objects for one in record))
    rows = ([cell_text(record.get(one), shape.decimal) for one in header] for record in objects)
    crs = (data.get("crs") or {}).get("properties") or {}
    return Sheet(name, "", "json", enumerate(chain([header], rows)), crs=str(crs.get("name", "")))
