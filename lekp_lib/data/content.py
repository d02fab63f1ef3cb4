"""The bytes of a file, taken in safely: size, zips, what is no table, and text in its encoding."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from xml.etree.ElementTree import ParseError

from lekp_lib.errors import LekpError, Problem, ProblemGroup

MAX_FILE, MAX_UNPACKED, SMALL, MAX_RATIO, MAX_MEMBERS = 300_000_000, 1_000_000_000, 20_000_000, 200, 5_000
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
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
DAMAGED = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, KeyError, ValueError, TypeError, IndexError, AttributeError,
    OSError, EOFError, ParseError,
)  # fmt: skip


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


class Content(NamedTuple):
    """Bytes with the name to tell users: ``inwoners.zip > TF_SOC_POP_STRUCT_2025.txt``."""

    name: str
    data: bytes


def open_zip(content: Content) -> zipfile.ZipFile:
    """A zip that is whole and safe. Declared sizes suffice: a member cannot give more than it declares."""
    name = content.name
    try:
        archive = zipfile.ZipFile(io.BytesIO(content.data))
    except DAMAGED as error:
        raise refuse(
            name, f"een beschadigde zip ({error})", "een heel bestand", "Haal of bewaar het opnieuw."
        ) from error
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise refuse(name, f"{len(members)} bestanden in de zip", f"hoogstens {MAX_MEMBERS}")
    for member in members:
        place = PurePosixPath(member.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or re.match(r"[A-Za-z]:", member.filename):
            found = f"{member.filename[:80]!r} in de zip, dat buiten de zip wijst"
            raise refuse(name, found, "gewone bestandsnamen")
        if member.flag_bits & 1:
            raise refuse(name, f"{member.filename[:80]!r} met een wachtwoord", "een open bestand")
    unpacked, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    if unpacked > MAX_UNPACKED or (unpacked > SMALL and unpacked > MAX_RATIO * packed):
        found = f"{unpacked} bytes, ingepakt in {packed}"
        raise refuse(name, found, f"hoogstens {MAX_UNPACKED}", "Dit lijkt een zipbom; gebruik het bestand niet.")
    return archive


def zip_member(content: Content, pattern: str) -> Content:
    """The one member of a zip with a name like a pattern; what a Mac adds does not count."""
    archive = open_zip(content)
    names = [one.filename for one in archive.infolist() if not one.is_dir() and not OF_A_MAC.search(one.filename)]
    fitting = [one for one in names if re.fullmatch(pattern, PurePosixPath(one).name)]
    if len(fitting) != 1:
        inside = ", ".join(sorted(names)[:8]) or "niets"
        found = f"{len(fitting)} bestanden die passen; in de zip zitten {inside}"
        raise refuse(content.name, found, f"één bestand met een naam als {pattern}")
    name = f"{content.name} > {fitting[0]}"
    try:
        return Content(name, archive.read(fitting[0]))
    except DAMAGED as error:
        raise refuse(
            name, f"een beschadigde zip ({error})", "een heel bestand", "Haal of bewaar het opnieuw."
        ) from error


def read_content(source: Path | bytes, name: str, member: str | None) -> Content:
    """The bytes to be read as a table; of a zip the member that fits, where a shape says so."""
    name = name or (source.name if isinstance(source, Path) else "bytes")
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        if size > MAX_FILE:
            raise refuse(name, f"{size} bytes", f"hoogstens {MAX_FILE}", "Laat weg wat niet gebruikt wordt.")
        data = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        found = error.strerror or str(error)
        raise refuse(name, found, "een leesbaar bestand", "Kijk de naam en de map na.") from error
    if not data.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise refuse(name, "een leeg bestand", "een tabel")
    content = Content(name, data)
    if data.startswith(ZIP) and member is not None:
        content = zip_member(content, member)
    for mark, (what, advice) in NO_TABLE.items():
        if content.data.startswith(mark):
            raise refuse(content.name, what, TABLE, advice)
    if WEB_PAGE.match(content.data[:1024]):
        advice = "De site gaf een pagina in plaats van het bestand (captcha, login of fout). Haal het met een browser."
        raise refuse(content.name, "een webpagina", TABLE, advice)
    return content


def encoding_of(data: bytes) -> str | None:
    """Encoding by byte order mark, or by the zero bytes of a UTF-16 that lost its mark."""
    marked = next((encoding for mark, encoding in MARKS.items() if data.startswith(mark)), None)
    head = data[:4096]
    zeros = {"utf-16-le": head[1::2].count(0), "utf-16-be": head[::2].count(0)}
    return marked or next((name for name, count in zeros.items() if count > 0.15 * len(head)), None)


def decoded(content: Content, declared: str | None) -> tuple[str, str]:
    """Text and encoding: by its mark, else UTF-8, the declared one or Windows-1252, the first that fits."""
    marked = encoding_of(content.data)
    first = ["utf-16"] if declared == "utf-16" else []
    for encoding in [marked] if marked else dict.fromkeys([*first, "utf-8", declared or "cp1252", "cp1252"]):
        try:
            text = content.data.decode(encoding).removeprefix("\ufeff")
            break
        except UnicodeDecodeError as error:
            failure, tried = error, encoding
    else:
        where = f"{content.name}: regel {content.data[: failure.start].count(10) + 1}"
        found = f"de byte {content.data[failure.start]:#04x}, die in {tried} niet bestaat"
        raise refuse(where, found, "UTF-8, UTF-16 of Windows-1252", "Bewaar het bestand als 'CSV UTF-8'.")
    if "\x00" in text:
        where = f"{content.name}: regel {text.count(chr(10), 0, text.index(chr(0))) + 1}"
        raise refuse(where, "een nulbyte", "tekst", "Dit is geen tekstbestand, of het is beschadigd.")
    return text, encoding
