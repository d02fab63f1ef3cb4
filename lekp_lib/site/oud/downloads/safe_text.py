"""Text of others on its way into a spreadsheet or CSV: never a formula, never a control character.

A spreadsheet program runs a cell of a CSV file that starts with one of a few characters; a cell of a workbook does the
same once someone saves it as CSV and opens that again. A leading apostrophe makes both plain text.
"""

from __future__ import annotations

from functools import lru_cache

#: What a spreadsheet program takes for the start of a formula; the wide forms are read like the narrow ones.
_FORMULA_STARTS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_BLANK_STARTS = ("\t", "\r", "\n")


def _printable(character: str) -> str:
    """The character, or a space for what XML 1.0 has no place for."""
    code = ord(character)
    blank = (code < 32 and character not in "\t\n") or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF)
    return " " if blank else character


@lru_cache(maxsize=4096)
def safe_text(text: str) -> str:
    """Text that stays text in every spreadsheet program.

    Parameters
    ----------
    text
        Anything.

    Returns
    -------
    str
        The same text, with an apostrophe in front where a program could take it for a formula. Line ends become
        ``\\n``, other control characters a space.

    Examples
    --------
    >>> safe_text("=1+1"), safe_text("  @SUM(A1)"), safe_text("'s-Gravenvoeren"), safe_text("2 - 1")
    ("'=1+1", "'  @SUM(A1)", "'s-Gravenvoeren", '2 - 1')
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = "".join(map(_printable, lines))
    # Judged as written: a control character before a sign has become a blank.
    dangerous = text.startswith(_BLANK_STARTS) or clean.lstrip().startswith(_FORMULA_STARTS)
    return f"'{clean}" if dangerous else clean
