"""A table for download: declared columns with an explanation each, and rows of exact, unrounded values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lekp_lib.pact.models import Unit
from lekp_lib.site.oud.numbers import percent_decimals, unit_decimals

FieldType = Literal["string", "integer", "number", "date", "boolean"]
#: Shares are shown as in the tables of the report, with one decimal; more where that would read as 0 % or 100 %.
_SHARE_DECIMALS = 1


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the way it is shown; the value itself stays unrounded.

    Attributes
    ----------
    value
        Exact value.
    decimals
        Shown decimals.
    is_percent
        The value is a percentage (45.3 for 45,3 %), not a fraction.
    """

    value: float
    decimals: int
    is_percent: bool = False


Cell = str | int | bool | dt.date | Quantity | None


@dataclass(frozen=True, slots=True)
class Field:
    """One column.

    Attributes
    ----------
    name
        Machine name, for CSV.
    title
        Head of the column in the spreadsheet.
    type
        Type in the words of the Table Schema standard.
    description
        Dutch explanation of what stands there, and when it is empty.
    unit
        Unit of all values, where they have the same one.
    width
        Width in the spreadsheet, in characters.
    """

    name: str
    title: str
    type: FieldType
    description: str
    unit: str = ""
    width: float = 12


@dataclass(frozen=True, slots=True, eq=False)
class DataTable:
    """Rows under declared columns; a table is the same as another one only when it is that one.

    Attributes
    ----------
    title
        Name of the sheet.
    fields
        Columns, in order.
    rows
        Values by column name; a name that is absent is an empty cell.
    """

    title: str
    fields: tuple[Field, ...]
    rows: Sequence[Mapping[str, Cell]]

    def cells(self, row: Mapping[str, Cell]) -> list[Cell]:
        """Values of a row in the order of the columns."""
        return [row.get(field.name) for field in self.fields]


def amount(value: float | None, unit: Unit) -> Quantity | None:
    """An amount with the decimals that the report prints; nothing stays nothing."""
    return None if value is None else Quantity(value, unit_decimals(value, unit))


def share(value_pct: float | None) -> Quantity | None:
    """A share of the target in percent; nothing stays nothing."""
    if value_pct is None:
        return None
    return Quantity(value_pct, percent_decimals(value_pct, _SHARE_DECIMALS), is_percent=True)
