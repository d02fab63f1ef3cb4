"""Declared file shapes: what a provider's file looks like, so that a new provider needs a YAML file and no Python.

A shape says where the cells of a file stand, what they mean and how they are written. It never holds figures.
Meaning of the keys in words: docs of the data import; shapes of the known providers: spec data-sources.md 3.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from lekp_lib.pact.models import Declared

Format = Literal["csv", "xlsx", "json", "geojson"]
Yields = Literal["cijfers", "inwoners", "wooneenheden", "huishoudens", "context"]
FieldName = Literal[
    "nis",
    "name",
    "date",
    "edition",
    "value",
    "target_id",
    "indicator",
    "unit",
    "kind",
    "status",
    "source_id",
    "url",
    "remark",
    "since",
    "base_year",
    "amount",
    "part",
    "key",
    "level",
    "lon",
    "lat",
]
COUNT_YIELDS: tuple[Yields, ...] = ("inwoners", "wooneenheden", "huishoudens")
DEFAULT_SENTINELS = ("", "-", "--", "–", "x", "X", "?", ".", "..", "n.b.", "nb", "n/a", "NaN", "-99999", "-99997")


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no usable pattern: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class RowFilter(Declared):
    """Which rows count: those whose cell is, or is not, one of some texts or matches a pattern.

    ``column`` is a column of the file (not a field); ``why`` is told to the user with the number of rows left out.
    """

    column: str = Field(min_length=1)
    one_of: tuple[str, ...] = ()
    not_one_of: tuple[str, ...] = ()
    matches: Pattern | None = None
    matches_not: Pattern | None = None
    why: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_rule(self) -> RowFilter:
        given = [rule for rule in (self.one_of, self.not_one_of, self.matches, self.matches_not) if rule]
        if len(given) != 1:
            raise ValueError("give exactly one of one_of, not_one_of, matches, matches_not")
        return self


class Place(Declared):
    """How a row tells its municipality.

    Attributes
    ----------
    by
        ``nis``: a code; ``naam``: a name; ``punt``: coordinates with the boundaries of the option ``grenzen``, or the
        name when no boundaries are given.
    as_of
        Day whose municipalities the file knows: ``datum`` (that of the row) or a fixed day.
    former
        What to do with a name or code that had ended by then, or a *deelgemeente*: refuse the row, or count it for the
        successor (only sound where rows are summed).
    outside
        Rows outside Flanders: refuse, or leave out and tell how many.
    areas
        Whether codes of provinces and of Flanders may stand among the municipalities.
    own_edition_only
        Leave out rows whose code edition (field ``edition``) was not yet, or no longer, in force at their date.
    """

    by: Literal["nis", "naam", "punt"] = "nis"
    as_of: Literal["datum"] | dt.date = "datum"
    former: Literal["weigeren", "opvolger"] = "weigeren"
    outside: Literal["weigeren", "weglaten"] = "weigeren"
    areas: bool = False
    own_edition_only: bool = False


class When(Declared):
    """How a row tells its date, apart from a column.

    Attributes
    ----------
    fixed
        The day of every figure of the file.
    file_name
        Pattern with one group that is a date, found in the name of the file.
    year_is
        What a bare year means: its last day, or 1 January (Statbel counts inhabitants on 1 January).
    """

    fixed: dt.date | None = None
    file_name: Pattern | None = None
    year_is: Literal["einde", "1_januari"] = "einde"


class Wide(Declared):
    """Several figures per row: every column whose whole name matches is one figure.

    Named groups of the pattern (``date``, ``target_id``, ``indicator``) fill the fields of the same name.
    """

    columns: Pattern

    @model_validator(mode="after")
    def _groups_are_fields(self) -> Wide:
        unknown = set(re.compile(self.columns).groupindex) - {"date", "target_id", "indicator"}
        if unknown:
            raise ValueError(f"unknown group {', '.join(sorted(unknown))}; known are date, target_id, indicator")
        return self


class Weighing(Declared):
    """Things that are counted and weighed by the weight rule of a target (charge points, and their equivalents).

    Fields ``amount`` (what the bands are cut on) and ``part`` are needed; ``parts`` says which text is which part.
    """

    target_id: str
    parts: dict[str, str] = Field(min_length=1)


class FileShape(Declared):
    """One shape of file.

    Attributes
    ----------
    id
        What the user types after ``--as``.
    source
        Source id; a column ``source_id`` may tell another one per row.
    yields
        Figures of targets, counts of inhabitants, *wooneenheden* or households, or context that is in no target.
    formats
        Formats in which this shape occurs.
    zip_member
        Pattern of the one member to read when the file is a zip.
    delimiters, encoding, decimal
        Of csv. Without encoding: UTF-8, UTF-16 or Windows-1252, whichever fits. ``auto`` for decimals refuses what
        can be read in two ways (``1.234``).
    sheet
        Pattern of the sheets to read; every match is read, a group ``date`` gives the date. Without: the first sheet.
    records
        Key under which a json file has its list of rows.
    total
        Key of a json file that says how many rows there should be.
    columns
        Per field the accepted column names, newest first; ``#3`` is the third column whatever its name.
    optional
        Fields whose column may be absent.
    constants
        Fields that are the same for every row.
    words
        Per field what a text of the file means here.
    numbers, texts
        Columns that a context table carries along.
    sum
        Whether rows of one municipality and date are parts to be added.
    missing_in_sum
        A part without value: the sum is unknown (the row is refused), or the provider leaves zeros out.
    """

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str = Field(min_length=1)
    source: str = Field(pattern=r"^[a-z0-9_]+$")
    yields: Yields
    note: str = ""
    formats: tuple[Format, ...] = Field(min_length=1)
    zip_member: Pattern | None = None
    delimiters: tuple[str, ...] = (";",)
    encoding: Literal["utf-8", "cp1252", "utf-16"] | None = None
    decimal: Literal[",", ".", "auto"] = "auto"
    sheet: Pattern | None = None
    records: str | None = None
    total: str | None = None
    columns: dict[FieldName, tuple[str, ...]] = Field(min_length=1)
    optional: tuple[FieldName, ...] = ()
    constants: dict[FieldName, str] = Field(default_factory=dict)
    words: dict[FieldName, dict[str, str]] = Field(default_factory=dict)
    sentinels: tuple[str, ...] = DEFAULT_SENTINELS
    filters: tuple[RowFilter, ...] = ()
    place: Place = Place()
    when: When = When()
    wide: Wide | None = None
    weighing: Weighing | None = None
    sum: bool = False
    missing_in_sum: Literal["weigeren", "nul"] = "weigeren"
    numbers: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    texts: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    def has(self, field: FieldName) -> bool:
        """Whether a row of this shape can tell a field at all."""
        in_wide = self.wide is not None and field in re.compile(self.wide.columns).groupindex
        return field in self.columns or field in self.constants or in_wide

    @model_validator(mode="after")
    def _hangs_together(self) -> FileShape:
        place_field: FieldName = "nis" if self.place.by == "nis" else "name"
        if place_field not in self.columns:
            raise ValueError(f"columns: no column for {place_field}, and place.by is {self.place.by}")
        if self.place.by == "punt" and not {"lon", "lat"} <= set(self.columns):
            raise ValueError("columns: a place by point needs lon and lat")
        if not set(self.optional) <= set(self.columns):
            raise ValueError(f"optional: no columns for {', '.join(set(self.optional) - set(self.columns))}")
        if self.weighing and not ({"amount", "part"} <= set(self.columns) and self.yields == "cijfers"):
            raise ValueError("weighing needs columns amount and part, and yields cijfers")
        if self.yields == "cijfers" and not self.weighing and not self.has("target_id"):
            raise ValueError("figures need target_id, as a column, a constant or a group of wide.columns")
        by_value = self.yields != "context" and not self.weighing
        if by_value and not self.wide and "value" not in self.columns:
            raise ValueError("columns: no column for value, and the shape is not wide")
        if self.yields == "context" and not (self.numbers or self.texts):
            raise ValueError("a context table needs at least one column in numbers or texts")
        if any(len(delimiter) != 1 for delimiter in self.delimiters):
            raise ValueError("delimiters: every delimiter is one character")
        return self
