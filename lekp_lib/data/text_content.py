"""From bytes to text: byte order marks, UTF-8, UTF-16, Windows-1252. What fits none is refused with its line."""

from __future__ import annotations

import codecs

from lekp_lib.data.safe_content import Content, refuse

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 4096
# More than this share of zero bytes on one side of each pair: UTF-16 whose mark was lost.
_ZERO_SHARE = 0.3


def _marked(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    head = data[:_LOOKED_AT]
    half = max(1, len(head) // 2)
    if head[1::2].count(0) / half > _ZERO_SHARE:
        return "utf-16-le"
    if head[0::2].count(0) / half > _ZERO_SHARE:
        return "utf-16-be"
    return None


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def decoded(content: Content, encoding: str | None) -> tuple[str, str]:
    """Text of a content, with the encoding it turned out to have.

    Parameters
    ----------
    content
        Bytes with their name.
    encoding
        Declared encoding; a byte order mark wins over it. ``None``: UTF-8, and Windows-1252 when it is no UTF-8,
        because that is what Dutch programs on Windows write. Nothing else is guessed.

    Returns
    -------
    tuple of str and str
        Text without byte order mark, and the name of the encoding.

    Raises
    ------
    ImportProblems
        When the bytes fit no such encoding; names the line.
    """
    data = content.data
    marked = _marked(data)
    candidates = [marked] if marked else [encoding] if encoding else ["utf-8", "cp1252"]
    failure: UnicodeDecodeError | None = None
    tried = ""
    for candidate in candidates:
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError as error:
            failure, tried = error, candidate
            continue
        if "\x00" in text:
            where = f"{content.name}: line {text.count(chr(10), 0, text.index(chr(0))) + 1}"
            raise refuse(where, "a zero byte", "text", "This is no text file, or it is damaged.")
        return text.removeprefix("\ufeff"), candidate
    assert failure is not None
    where = f"{content.name}: line {_line(data, failure.start)}"
    found = f"the byte {data[failure.start]:#04x}, which is no {tried}"
    raise refuse(where, found, "UTF-8, UTF-16 or Windows-1252", "Save the file as 'CSV UTF-8'.")
