"""Accessible tables from DataFrames: a caption, headers with a scope, Dutch numbers, words for what is missing."""

import datetime as dt
import math
import re
from collections.abc import Hashable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import pandas as pd

from lekp_lib.present import format as fmt
from lekp_lib.present.blocks import Block

MISSING = "niet bekend"
#: Columns whose whole numbers are years, and whose values are identifiers: they are never grouped.
_YEAR = re.compile(r"(^|[^a-z])(jaar|year|jaartal)([^a-z]|$)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(^|[^a-z])(nis|id|code|postcode|nr|nummer)([^a-z]|$)", re.IGNORECASE)
_MAX_DECIMALS = 3


def cell_text(value: Any, name: Hashable = "", decimals: int | None = None) -> str:
    """One cell as a Dutch reader writes it.

    Parameters
    ----------
    value
        Any value of a DataFrame.
    name
        Name of its column (or index): years and identifiers stay as they are.
    decimals
        Of the whole column, so that decimals stand below each other; ``None``: as many as the value needs, at most 3.

    Examples
    --------
    >>> cell_text(12345.5), cell_text(2025, "jaar"), cell_text(None), cell_text(True)
    ('12.345,5', '2025', 'niet bekend', 'ja')
    """
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "ja" if value else "nee"
    if isinstance(value, dt.date):
        return fmt.date_text(value)
    if not isinstance(value, Real) or _IDENTIFIER.search(str(name)):
        return str(value)
    plain = float(value)
    if _YEAR.search(str(name)) and plain.is_integer() and 1900 <= plain <= 2100:
        return str(int(plain))
    if isinstance(value, Integral):
        return fmt.number(int(value))
    return fmt.number(plain, decimals) if decimals is not None else fmt.short_number(plain, _MAX_DECIMALS)


def _column_decimals(values: pd.Series) -> int | None:
    """Decimals that all numbers of a column share."""
    if not pd.api.types.is_float_dtype(values):
        return None
    known = [fmt.rounded(float(value), _MAX_DECIMALS).normalize() for value in values.dropna()]
    return min(max((max(-int(value.as_tuple().exponent), 0) for value in known), default=0), _MAX_DECIMALS)


def frame_rows(frame: pd.DataFrame) -> tuple[list[str], list[bool], list[list[str]]]:
    """Header, which columns are numbers, and rows as texts; the index comes first where it does not only count."""
    body, header, numeric = [], [], []
    if frame.index.name is not None or not pd.api.types.is_integer_dtype(frame.index):
        for level in range(frame.index.nlevels):
            name = str(frame.index.names[level] or "onderdeel")
            header.append(name)
            numeric.append(False)
            body.append([cell_text(value, name) for value in frame.index.get_level_values(level)])
    for column, values in frame.items():
        decimals = _column_decimals(values)
        header.append(" ".join(map(str, column)) if isinstance(column, tuple) else str(column))
        numeric.append(pd.api.types.is_numeric_dtype(values) and values.dtype != bool)
        body.append([cell_text(value, column, decimals) for value in values.tolist()])
    return header, numeric, [list(row) for row in zip(*body, strict=True)]


def table_block(
    frame: pd.DataFrame, caption: str, note: str = "", groups: Sequence[str] | None = None,
    marks: Mapping[str, str] | None = None, closed: bool = False, links: Mapping[str, str] | None = None,
    linked: str = "",
) -> Block:  # fmt: skip
    """A DataFrame as an accessible table, on screen and on paper.

    Parameters
    ----------
    frame
        Rows and columns; the first column becomes the header of its row.
    caption
        What the table holds; stands in ``<caption>``.
    note
        Small print below it.
    groups
        One label per row; where it changes, a row of its own says so.
    marks
        Texts of cells that get a mark before them, with the name of the mark.
    closed
        On a screen the table opens only when asked for; paper shows it.
    links
        Texts of cells that lead to an address, with that address.
    linked
        Label of the column of those cells: the same words elsewhere come from somewhere else.

    Returns
    -------
    Block
        Of kind ``tabel``.

    Examples
    --------
    >>> block = table_block(pd.DataFrame({"Doel": ["Bomen"], "Stand": [1468]}), "Stand van Houthulst")
    >>> block.data["parts"][0]["rows"]
    [['Bomen', '1.468']]
    """
    header, numeric, rows = frame_rows(frame)
    labels = list(groups) if groups is not None else [""] * len(rows)
    parts: list[dict[str, Any]] = []
    for label, row in zip(labels, rows, strict=True):
        if not parts or parts[-1]["label"] != label:
            parts.append({"label": label, "rows": []})
        parts[-1]["rows"].append(row)
    columns = [{"label": name, "numeric": bool(is_number)} for name, is_number in zip(header, numeric, strict=True)]
    data = {
        "caption": caption, "columns": columns, "parts": parts, "note": note, "marks": dict(marks or {}),
        "links": dict(links or {}), "linked": header.index(linked) if linked in header else None, "closed": closed,
    }  # fmt: skip
    text = "\n".join([caption, " | ".join(header), *(" | ".join(row) for row in rows)])
    return Block("tabel", data, text)
