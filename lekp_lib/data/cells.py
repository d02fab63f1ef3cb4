"""The cells of a file: its bytes taken in safely, its tables as rows of texts, and what one text means.

Every cell of every format is text here, so that a rule holds for all of them.
"""

import calendar
import csv
import datetime as dt
import io
import json
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pandas as pd

from lekp_lib.data.schema import FileShape
from lekp_lib.errors import LekpError, Problem, ProblemGroup, system_text

MAX_FILE, MAX_UNPACKED, SMALL, MAX_RATIO, MAX_MEMBERS = 300_000_000, 1_000_000_000, 20_000_000, 200, 5_000
MAX_COLUMNS, MAX_ROWS, HEADER_SEARCHED, MAX_LISTED = 1_000, 2_000_000, 30, 50
ZIP = b"PK\x03\x04"
TABLE = "csv, xlsx, json of geojson"
NO_TABLE = {
    b"%PDF": ("een pdf", "Neem de cijfers over in het sjabloon (lekp data template)."),
    b"\xd0\xcf\x11\xe0": ("een oud Excelbestand (.xls)", "Open het en bewaar het als .xlsx."),
    b"\x1f\x8b": ("een gzip-bestand", "Pak het eerst uit."),
    b"7z\xbc\xaf": ("een 7z-bestand", "Pak het eerst uit."),
    b"Rar!": ("een rar-bestand", "Pak het eerst uit."),
    b"\x89PNG": ("een afbeelding", ""),
    b"\xff\xd8\xff": ("een afbeelding", ""),
    b"PAR1": ("een parquetbestand", "Bewaar het als csv."),
    b"SQLite format 3": ("een databank", "Bewaar de tabel als csv."),
}
WEB_PAGE = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|script|body)", re.IGNORECASE)
OF_A_MAC = re.compile(r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$)")
SEPARATORS = ";,\t|"
# What services call the number of all records, and what says that there are more of them.
TOTALS = ("numberMatched", "totalFeatures", "total_count")
MORE = ("exceededTransferLimit", "@odata.nextLink", "next")
BLANKS = re.compile("(?<=[0-9])[ \u00a0\u202f\u2009](?=[0-9]{3}(?:[^0-9]|$))")
# Per decimal sign: thousands that are grouped by the other sign or not at all, and decimals.
NUMBERS = {
    sign: re.compile(rf"-?(?:[0-9]{{1,15}}|[1-9][0-9]{{0,2}}(?:\{other}[0-9]{{3}})+)(?:\{sign}[0-9]+)?")
    for sign, other in (",.", ".,")
}
EXPONENT = re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d+")
YEARS = range(1990, 2101)
DATES = {
    "ymd": re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ][0-9:.+Z-]*)?"),
    "dmy": re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})"),
    "ym": re.compile(r"([0-9]{4})[-/.]?([0-9]{2})"),
    "my": re.compile(r"([0-9]{1,2})[-/.]([0-9]{4})"),
    "y": re.compile(r"([0-9]{4})(?:\.0+)?"),
}
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')

Lines = Iterator[tuple[int, list[str]]]


class CellError(ValueError):
    """A cell that cannot be understood."""

    def __init__(self, expected: str, advice: str = "") -> None:
        super().__init__(expected)
        self.expected, self.advice = expected, advice


def expect(holds: object, expected: str, advice: str = "") -> None:
    """Stop at a cell that cannot be understood, for one reason."""
    if not holds:
        raise CellError(expected, advice)


def printable(text: str) -> str:
    """Text of a foreign file without what a terminal would obey."""
    return "".join(char if char.isprintable() or char in "\u00a0\u202f" else "\ufffd" for char in text)


class ImportProblems(ProblemGroup, LekpError):
    """All reasons why a file cannot be read, or rows of it cannot be used; harmless in a terminal."""

    def __init__(self, title: str, problems: Iterable[Problem]) -> None:
        safe = [Problem(*map(printable, (one.where, one.found, one.expected, one.advice))) for one in problems]
        super().__init__(printable(title), safe)


def refuse(where: str, found: str, expected: str, advice: str = "") -> ImportProblems:
    """The error for a file that cannot be read, with one reason."""
    return ImportProblems(f"{where} is niet te lezen", [Problem(where, found, expected, advice)])


def refuse_if(wrong: object, where: str, found: str, expected: str, advice: str = "") -> None:
    """Stop at a file that cannot be read, for one reason."""
    if wrong:
        raise refuse(where, found, expected, advice)


# --- what a text means ---------------------------------------------------------------------------------------------


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows of a table as tuples with names, whatever types their columns have."""
    yield from frame.itertuples()


def tidy(text: object) -> str:
    """Text on one line, with single blanks."""
    return " ".join(str(text).split())


def key(text: object) -> str:
    """Text as it is compared: tidy and without case."""
    return tidy(text).casefold()


def number_text(value: float, decimal: str) -> str:
    """A typed number as text that :func:`parse_number` reads back in one way only."""
    text = format(Decimal(repr(value)), "f").removesuffix(".0") if math.isfinite(value) else ""
    if decimal == "auto" and len(text.partition(".")[2]) == 3:
        text += "0"
    return text.replace(".", ",") if decimal == "," else text


def cell_text(value: object, decimal: str, number_format: str = "") -> str:
    """Text of a typed cell, as people see it: 0.45 in the format ``0%`` is ``45%``, a day is ``2025-12-31``."""
    if value is None or isinstance(value, str):
        return (value or "").strip()
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, int | float):
        percent = "%" in LITERAL.sub("", number_format)
        return f"{number_text(round(value * 100, 9), decimal)}%" if percent else number_text(value, decimal)
    return value.date().isoformat() if isinstance(value, dt.datetime) else str(value)[:200]


def parse_number(text: str, decimal: str) -> float:
    """Number of a text; ``auto`` takes both decimal signs and refuses what can be read in two ways."""
    text = BLANKS.sub("", text.strip().removeprefix("'").replace("\u2212", "-").removeprefix("+").strip())
    readings = {
        float(text.replace(other, "").replace(sign, "."))
        for sign, other in (",.", ".,")
        if decimal in (sign, "auto") and NUMBERS[sign].fullmatch(text)
    }
    advice = f"Schrijf {re.sub('[.,]', '', text)} of {text.replace('.', ',')}0."
    expect(len(readings) < 2, "een getal dat op één manier te lezen is", advice)
    if not readings and decimal != "," and EXPONENT.fullmatch(text):
        readings = {float(text)}
    if readings and math.isfinite(value := readings.pop()):
        return value
    advice = "Laat de cel leeg als er geen cijfer is."
    if text.startswith("="):
        advice = "Dit is een formule zonder bewaarde waarde: open het bestand in Excel of LibreOffice en bewaar het."
    elif DATES["ymd"].fullmatch(text):
        advice = "De cel is opgemaakt als datum; maak er een getal van."
    raise CellError("een getal zoals " + {",": "1234,5", ".": "1234.5"}.get(decimal, "1234,5 of 1234.5"), advice)


def parse_date(text: str, year_is: str = "einde") -> tuple[dt.date, str]:
    """Date of a text, with how exact it is: ``dag``, or the last day of a ``maand`` or ``jaar``."""
    text = tidy(text).removeprefix("'")
    found = [(order, match) for order, pattern in DATES.items() if (match := pattern.fullmatch(text))]
    expect(found, "een datum zoals 2025-12-31, 31/12/2025, 2025-12 of 2025", "Schrijf het jaar met vier cijfers.")
    order, match = found[0]
    part = dict(zip(order, map(int, match.groups()), strict=True))
    year, month, day = part["y"], part.get("m", 12), part.get("d")
    advice = "Staat er een jaartal in een cel met datumopmaak?"
    expect(year in YEARS, f"een jaar van {YEARS[0]} tot {YEARS[-1]}", advice)
    expect(month in range(1, 13), "een dag die bestaat", "Schrijf de dag eerst: 31/12/2025.")
    if order == "y" and year_is == "1_januari":
        return dt.date(year, 1, 1), "dag"
    last = calendar.monthrange(year, month)[1]
    expect(day is None or 1 <= day <= last, "een dag die bestaat")
    return dt.date(year, month, day or last), ("jaar", "maand", "dag")[len(order) - 1]


# --- the bytes of a file -------------------------------------------------------------------------------------------


class Content(NamedTuple):
    """Bytes with the name to tell users: ``inwoners.zip > TF_SOC_POP_STRUCT_2025.txt``."""

    name: str
    data: bytes


@contextmanager
def undamaged(name: str, kind: str, expected: str, advice: str) -> Iterator[None]:
    """Whatever a library trips over in a damaged file becomes a message."""
    try:
        yield
    except LekpError:
        raise
    except Exception as error:
        found = f"een beschadigde {kind} ({type(error).__name__}: {str(error)[:120]})"
        raise refuse(name, found, expected, advice) from error


def open_zip(content: Content) -> zipfile.ZipFile:
    """A zip that is whole and safe. Declared sizes suffice: a member cannot give more than it declares."""
    with undamaged(content.name, "zip", "een heel bestand", "Haal of bewaar het opnieuw."):
        archive = zipfile.ZipFile(io.BytesIO(content.data))
    members = archive.infolist()
    found = f"{len(members)} bestanden in de zip"
    refuse_if(len(members) > MAX_MEMBERS, content.name, found, f"hoogstens {MAX_MEMBERS}")
    for member in members:
        place, name = PurePosixPath(member.filename.replace("\\", "/")), repr(member.filename[:80])
        outside = place.is_absolute() or ".." in place.parts or re.match(r"[A-Za-z]:", member.filename)
        refuse_if(outside, content.name, f"{name} in de zip, dat buiten de zip wijst", "gewone bestandsnamen")
        refuse_if(member.flag_bits & 1, content.name, f"{name} met een wachtwoord", "een open bestand")
    unpacked, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    bomb = unpacked > MAX_UNPACKED or (unpacked > SMALL and unpacked > MAX_RATIO * packed)
    found, advice = f"{unpacked} bytes, ingepakt in {packed}", "Dit lijkt een zipbom; gebruik het bestand niet."
    refuse_if(bomb, content.name, found, f"hoogstens {MAX_UNPACKED}", advice)
    return archive


def zip_member(content: Content, pattern: str) -> Content:
    """The one member of a zip with a name like a pattern; what a Mac adds does not count."""
    archive = open_zip(content)
    names = [one.filename for one in archive.infolist() if not one.is_dir() and not OF_A_MAC.search(one.filename)]
    fitting = [one for one in names if re.fullmatch(pattern, PurePosixPath(one).name)]
    found = f"{len(fitting)} bestanden die passen; in de zip zitten {', '.join(sorted(names)[:8]) or 'niets'}"
    refuse_if(len(fitting) != 1, content.name, found, f"één bestand met een naam als {pattern}")
    name = f"{content.name} > {fitting[0]}"
    with undamaged(name, "zip", "een heel bestand", "Haal of bewaar het opnieuw."):
        return Content(name, archive.read(fitting[0]))


def read_content(source: Path | bytes, name: str, member: str | None) -> Content:
    """The bytes to be read as a table; of a zip the member that fits, where a shape says so."""
    name = name or (source.name if isinstance(source, Path) else "bytes")
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        refuse_if(size > MAX_FILE, name, f"{size} bytes", f"hoogstens {MAX_FILE}", "Laat weg wat niet gebruikt wordt.")
        content = Content(name, source.read_bytes() if isinstance(source, Path) else source)
    except OSError as error:
        raise refuse(name, system_text(error), "een leesbaar bestand", "Kijk de naam en de map na.") from error
    refuse_if(not content.data[:100_000].strip(b"\x00 \r\n\t\xef\xbb\xbf"), name, "een leeg bestand", "een tabel")
    if content.data.startswith(ZIP) and member is not None:
        content = zip_member(content, member)
    for mark, (what, advice) in NO_TABLE.items():
        refuse_if(content.data.startswith(mark), content.name, what, TABLE, advice)
    advice = "De site gaf een pagina in plaats van het bestand (captcha, login of fout). Haal het met een browser."
    refuse_if(WEB_PAGE.match(content.data[:1024]), content.name, "een webpagina", TABLE, advice)
    return content


def decoded(content: Content) -> tuple[str, str]:
    """Text and encoding: by its mark or the zeros of a UTF-16, else UTF-8 or Windows-1252."""
    name, data = content
    marked = json.detect_encoding(data)
    for encoding in ("utf-8", "cp1252") if marked == "utf-8" else (marked,):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            place, found = error.start, f"de byte {data[error.start]:#04x}, die in {encoding} niet bestaat"
            continue
        before, zero, _ = text.partition("\x00")
        where, advice = f"{name}: regel {before.count(chr(10)) + 1}", "Dit is geen tekstbestand, of het is beschadigd."
        refuse_if(zero, where, "een nulbyte", "tekst", advice)
        return text, encoding
    where = f"{name}: regel {data[:place].count(10) + 1}"
    raise refuse(where, found, "UTF-8, UTF-16 of Windows-1252", "Bewaar het bestand als 'CSV UTF-8'.")


# --- its tables ----------------------------------------------------------------------------------------------------


class Sheet(NamedTuple):
    """Rows with their line (or record) number; ``kind`` is csv, xlsx or json; ``merged`` areas like ``A1:B2``."""

    file: str
    title: str
    kind: str
    rows: Lines
    notes: Sequence[str] = ()
    merged: Sequence[str] = ()
    crs: str = ""

    def cell(self, header: list[str], position: int | None) -> tuple[str, str]:
        """What stands before and after the number of a row in the name of a cell: ``regel 3, kolom waarde``."""
        if self.kind == "xlsx":
            from openpyxl.utils import get_column_letter

            return f"{self.title}!{'rij ' if position is None else get_column_letter(position + 1)}", ""
        word = "record" if self.kind == "json" else "regel"
        return f"{word} ", "" if position is None else f", kolom {header[position]}"


def positions_of(header: list[str], accepted: Sequence[str]) -> list[int]:
    """Positions of the accepted names that a header has, the first accepted first; ``#3`` is the third column."""
    keys, wanted = [key(name) for name in header], [key(name) for name in accepted]
    found = (place for one in wanted for place, name in enumerate(keys) if one in (name, f"#{place + 1}"))
    return list(dict.fromkeys(found))


def missing(header: list[str], shape: FileShape) -> dict[str, Sequence[str]]:
    """Required columns that a header lacks, with their accepted names."""
    return {name: names for name, names in shape.required.items() if not positions_of(header, names)}


def has_header(rows: Iterable[tuple[int, list[str]]], shape: FileShape) -> int | None:
    """Position of the first row that has all required columns."""
    return next((index for index, (_, row) in enumerate(rows) if not missing(row, shape)), None)


def split_header(sheet: Sheet, shape: FileShape) -> tuple[int, list[str], Lines]:
    """Line and names of the header, and the rows below it."""
    first = list(islice(sheet.rows, HEADER_SEARCHED))
    found = has_header(first, shape)
    if found is None:
        best = min((row for _, row in first), key=lambda row: (len(missing(row, shape)), -len(row)), default=[])
        there = ", ".join(name[:30] for name in best[:12]) or "geen namen"
        where = f"{sheet.file}: {sheet.title or ('sleutels' if sheet.kind == 'json' else 'kop')}"
        advice = "Neem een nieuw sjabloon: lekp data template." if shape.id.startswith("sjabloon") else ""
        problems = [
            Problem(where, f"geen kolom {' of '.join(names)}; er staan {there}", f"een kolom voor {name}", advice)
            for name, names in missing(best, shape).items()
        ]
        raise ImportProblems(f"{sheet.file} heeft niet de kolommen van {shape.id}", problems)
    line, header = first[found][0], [name.strip() for name in first[found][1]]
    refuse_if(len(header) > MAX_COLUMNS, sheet.file, f"{len(header)} kolommen", f"hoogstens {MAX_COLUMNS}")
    return line, header, chain(first[found + 1 :], sheet.rows)


def whole_rows(sheet: Sheet, header: list[str], rows: Lines, doubles: dict[str, list[int]]) -> Lines:
    """Lines as long as the header, as long as several columns for one field (``doubles``) say the same.

    In a csv another length is a mistake (pandas fills short rows up in silence).
    """
    width, problems = len(header), list[Problem]()
    for count, (line, row) in enumerate(rows):
        if count == MAX_ROWS:
            raise refuse(sheet.file, f"meer dan {MAX_ROWS} rijen", f"hoogstens {MAX_ROWS}")
        if len(row) != width and sheet.kind == "csv" and (len(row) < width or any(map(str.strip, row[width:]))):
            advice = "Een tekst met het scheidingsteken erin moet tussen dubbele aanhalingstekens staan."
            problems.append(Problem(f"{sheet.file}: regel {line}", f"{len(row)} cellen", f"{width} cellen", advice))
            if len(problems) == MAX_LISTED:
                break
        row.extend([""] * (width - len(row)))
        for name, places in doubles.items():
            if len({row[place].strip() for place in places} - {""}) > 1:
                told = " en ".join(repr(row[place][:40]) for place in places)
                columns = " en ".join(dict.fromkeys(header[place] for place in places))
                numbers = " en ".join(str(place + 1) for place in places)
                found = f"{told} in {len(places)} kolommen {columns}: kolom {numbers}"
                where = f"{sheet.file}: {str(line).join(sheet.cell(header, None))}"
                raise refuse(where, found, f"één kolom voor {name}", "Verwijder een van de kolommen.")
        yield line, row
    ImportProblems.raise_any(f"{sheet.file} is niet te lezen", problems)


def csv_rows(name: str, lines: Iterable[str], separator: str) -> Lines:
    """Lines that are not empty, each called after its first line: a quoted cell may run over several."""
    reader, line = csv.reader(lines, delimiter=separator, strict=True), 0
    try:
        for row in reader:
            if any(map(str.strip, row)):
                yield line + 1, row
            line = reader.line_num
    except csv.Error as error:
        advice = "Zoek op of boven deze regel een dubbel aanhalingsteken dat niet gesloten is."
        raise refuse(f"{name}: na regel {line}", str(error), "een goed gevormde csv", advice) from error


def has_columns(head: str, separator: str, shape: FileShape) -> bool:
    """Whether the beginning of a csv has a header by this separator."""
    with suppress(ImportProblems):
        rows = csv_rows("", io.StringIO(head, newline=""), separator)
        return has_header(islice(rows, HEADER_SEARCHED), shape) is not None
    return False


def csv_sheet(content: Content, shape: FileShape) -> Sheet:
    """The table of a csv; its separator is the one by which a header is found."""
    head, encoding = decoded(content)
    # A large text would stay beside its rows; it is decoded again while they are read.
    head = head[:200_000]
    tried = (*shape.delimiters, *SEPARATORS)
    separator = next((one for one in tried if has_columns(head, one, shape)), tried[0])
    notes = [] if encoding.startswith("utf") else [f"gelezen als {encoding}: kijk na of namen met accenten juist zijn"]
    lines = io.TextIOWrapper(io.BytesIO(content.data), encoding, newline="")
    return Sheet(content.name, "", "csv", csv_rows(content.name, lines, separator), notes)


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of json; a key that stands there twice would win in silence."""
    for name, count in Counter(name for name, _ in pairs).items():
        if count > 1:
            raise ValueError(f"de sleutel {name!r} staat er tweemaal")
    return dict(pairs)


def json_object(content: Content, shape: FileShape) -> dict[str, Any]:
    """The object of a json file."""
    text, _ = decoded(content)
    try:
        data = json.loads(text, object_pairs_hook=unique_keys)
    except (RecursionError, ValueError) as error:
        place = f": regel {error.lineno}, teken {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        found, advice = f"json die niet te lezen is ({error})", "Misschien is het bestand afgekapt; haal het opnieuw."
        raise refuse(f"{content.name}{place}", found, "geldige json", advice) from error
    data = {"": data} if isinstance(data, list) and shape.records is None else data
    found = f"json van de soort {type(data).__name__}"
    refuse_if(not isinstance(data, dict), content.name, found, "een object met een lijst van records")
    return dict(data)


def check_whole(name: str, shape: FileShape, data: dict[str, Any], count: int) -> None:
    """A page of a longer answer looks like a whole file: who speaks of pages must say that this is all."""
    totals = {word: data[word] for word in (shape.total, *TOTALS) if word in data}
    links = [link for link in data.get("links") or () if isinstance(link, dict)]
    more = any(link.get("rel") == "next" for link in links) or any(data.get(word) for word in MORE)
    known = [total for total in totals.values() if type(total) is int]
    unsaid = (totals or "numberReturned" in data) and not known
    said = ", ".join(f"{word} zegt {total}" for word, total in totals.items())
    found = f"{count} records, terwijl {said or ('er volgen er meer' if more else 'het aantal nergens staat')}"
    advice = "Dit is een pagina van een langer antwoord: haal alle pagina's, of gebruik --option onvolledig=ja."
    refuse_if(more or unsaid or {*known} - {count}, name, found, "alle records, en een aantal dat dat zegt", advice)


def fields_of(name: str, number: int, record: Any, *, feature: bool) -> dict[str, Any]:
    """Fields of a record; of a feature its properties, with the coordinates of its one point beside them."""
    properties: Any = record.get("properties") if feature and isinstance(record, dict) else record
    expected = "een GeoJSON-feature met properties" if feature else "een object"
    refuse_if(not isinstance(properties, dict), f"{name}: record {number}", type(properties).__name__, expected)
    geometry = (record.get("geometry") if feature else None) or {}
    points: Any = geometry.get("coordinates") or ()
    points = {"Point": [points], "MultiPoint": points}.get(str(geometry.get("type")), ())
    found = {"@lon": points[0][0], "@lat": points[0][1]} if len(points) == 1 and len(points[0]) >= 2 else {}
    return {**properties, **found}


def json_sheet(content: Content, shape: FileShape, *, partial: bool) -> Sheet:
    """The records of a json or geojson file, with the names of their fields as the header."""
    data, name = json_object(content, shape), content.name
    feature = data.get("type") == "FeatureCollection"
    where = "features" if feature else shape.records or ""
    records: Any = data.get(where)
    found, advice = f"de sleutels {', '.join(map(str, list(data)[:10]))}", "Is dit het antwoord van een andere dienst?"
    refuse_if(not isinstance(records, list), name, found, f"een lijst onder de sleutel {where!r}", advice)
    if not partial:
        check_whole(name, shape, data, len(records))
    refuse_if(not records, name, "geen records", "minstens één record", "Een leeg antwoord is geen cijfer nul.")
    objects = [fields_of(name, number, record, feature=feature) for number, record in enumerate(records, start=1)]
    header = list(dict.fromkeys(str(one) for record in objects for one in record))
    rows = ([cell_text(record.get(one), shape.decimal) for one in header] for record in objects)
    crs = (data.get("crs") or {}).get("properties") or {}
    return Sheet(name, "", "json", enumerate(chain([header], rows)), crs=str(crs.get("name", "")))
