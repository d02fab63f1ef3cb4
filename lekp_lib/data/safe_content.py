"""The bytes of a file that somebody hands over, taken in safely: size limits, zips, and what is no table at all.

Files come from outside. Whatever they hold, reading them costs bounded memory, writes nothing, and ends in data or in
a message that says what is wrong with the file.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lekp_lib.data.import_result import ImportProblems
from lekp_lib.errors import Problem

MAX_FILE_BYTES = 300_000_000
MAX_UNPACKED_BYTES = 1_000_000_000
MAX_RATIO = 200
SMALL_BYTES = 20_000_000
MAX_MEMBERS = 5_000

_ZIP = b"PK\x03\x04"
_OTHER_FORMATS = (
    (b"%PDF", "a PDF", "Copy the figures into the template (lekp data template)."),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls)", "Open it and save it as .xlsx."),
    (b"\x1f\x8b", "a gzip file", "Unpack it first."),
    (b"7z\xbc\xaf", "a 7z file", "Unpack it first."),
    (b"Rar!", "a rar file", "Unpack it first."),
    (b"\x89PNG", "a picture", ""),
    (b"\xff\xd8\xff", "a picture", ""),
    (b"PAR1", "a parquet file", "Export it as csv."),
    (b"SQLite format 3", "a database", "Export the table as csv."),
)
_HTML = re.compile(rb"^\s*(?:<!doctype\s+html|<html|<head|<script)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one file, with the name to tell users: ``inwoners.zip > TF_SOC_POP_STRUCT_2025.txt``."""

    name: str
    data: bytes

    @property
    def is_workbook(self) -> bool:
        """Whether these are the bytes of a zip, which every xlsx is."""
        return self.data.startswith(_ZIP)


def refuse(name: str, found: str, expected: str, advice: str = "") -> ImportProblems:
    """The error for a file that cannot be read at all, with one reason.

    Parameters
    ----------
    name, found, expected, advice
        As in :class:`~lekp_lib.errors.Problem`.

    Returns
    -------
    ImportProblems
        To be raised.
    """
    return ImportProblems(f"{name} cannot be read", [Problem(name, found, expected, advice)])


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"


def check_archive(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse an archive that would grow beyond all measure, or whose names point outside it.

    Parameters
    ----------
    name
        Name for messages.
    archive
        Opened; nothing of it is unpacked here.

    Raises
    ------
    ImportProblems
        With every such member. A zip cannot give more bytes than it declares (zipfile stops there), so that looking
        at the declared sizes is enough.
    """
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise refuse(name, f"{len(members)} files inside", f"at most {MAX_MEMBERS}")
    problems = []
    for member in members:
        place = PurePosixPath(member.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or re.match(r"^[A-Za-z]:", member.filename):
            advice = "Such a file can overwrite others; do not use it."
            found = f"the member {member.filename[:80]!r}, which points outside the zip"
            problems.append(Problem(name, found, "plain names", advice))
        if member.flag_bits & 0x1:
            problems.append(Problem(name, f"{member.filename[:80]!r} is locked with a password", "an open file"))
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > SMALL_BYTES and unpacked / packed > MAX_RATIO):
        found = f"{_megabytes(unpacked)} packed into {_megabytes(packed)}"
        expected = f"at most {_megabytes(MAX_UNPACKED_BYTES)}, and at most {MAX_RATIO} times the packed size"
        problems.append(Problem(name, found, expected, "This looks like a zip bomb; do not use the file."))
    if problems:
        raise ImportProblems(f"{name} is not safe to read", problems)


def open_archive(name: str, data: bytes) -> zipfile.ZipFile:
    """A zip, checked by :func:`check_archive`.

    Raises
    ------
    ImportProblems
        When it is damaged or not safe.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise refuse(name, f"a damaged zip ({error})", "a whole file", "Download or save it again.") from error
    check_archive(name, archive)
    return archive


def _member(name: str, data: bytes, pattern: str) -> Content:
    archive = open_archive(name, data)
    names = [item.filename for item in archive.infolist() if not item.is_dir()]
    fitting = [item for item in names if re.fullmatch(pattern, PurePosixPath(item).name)]
    if len(fitting) != 1:
        inside = ", ".join(sorted(names)[:8]) or "nothing"
        found = f"{len(fitting)} members that fit; inside are {inside}"
        raise refuse(name, found, f"one member with a name like {pattern}", "Choose another file or another --as.")
    inner = f"{name} > {fitting[0]}"
    try:
        return Content(inner, archive.read(fitting[0]))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise refuse(inner, f"a damaged zip ({error})", "a whole file", "Download or save it again.") from error


def _refuse_other_formats(content: Content) -> None:
    head = content.data[:1024]
    for mark, what, advice in _OTHER_FORMATS:
        if head.startswith(mark):
            raise refuse(content.name, what, "csv, xlsx, json or geojson", advice)
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        advice = "The site gave a page instead of the file (captcha, login or error). Download it in a browser."
        raise refuse(content.name, "a web page", "csv, xlsx, json or geojson", advice)


def read_content(source: Path | bytes, name: str, zip_member: str | None) -> Content:
    """The bytes to be read as a table.

    Parameters
    ----------
    source
        A file, or its bytes.
    name
        Name for messages; that of the file when empty.
    zip_member
        Pattern of the member to take when the file is a zip that is no workbook.

    Returns
    -------
    Content

    Raises
    ------
    ImportProblems
        When the file is absent, empty, too large, unsafe or something that no table can be.
    """
    shown = name or (source.name if isinstance(source, Path) else "bytes")
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        if size > MAX_FILE_BYTES:
            raise refuse(
                shown, _megabytes(size), f"at most {_megabytes(MAX_FILE_BYTES)}", "Leave out what is not used."
            )
        data = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise refuse(
            shown, error.strerror or str(error), "a readable file", "Check the name and the folder."
        ) from error
    if not data.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise refuse(shown, "an empty file", "a table")
    content = Content(shown, data)
    if content.is_workbook and zip_member is not None:
        content = _member(shown, data, zip_member)
    _refuse_other_formats(content)
    return content
