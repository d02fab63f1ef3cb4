"""Which municipality every row of a file is about: by code, by name or by coordinates, as of a date."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from lekp_lib.data.boundaries import codes_of_points, read_boundaries
from lekp_lib.data.cells import CellError, parse_number, text_of
from lekp_lib.data.places import OutsideFlanders, PlaceFinder
from lekp_lib.data.row_table import RowTable
from lekp_lib.pact.shapes import FileShape
from lekp_lib.register.register import Register

_OUTSIDE = object()


def _found(finder: PlaceFinder, by: str, text: str, day: dt.date) -> Any:
    try:
        if not text:
            raise CellError("a municipality", "Fill in the code or the name.")
        return finder.of_code(text, day) if by == "nis" else finder.of_name(text, day)
    except OutsideFlanders:
        return _OUTSIDE
    except CellError as error:
        return error


def _days(table: RowTable, finder: PlaceFinder) -> pd.Series:
    frame = table.frame
    editions = [text_of(cell) for cell in frame["edition"]] if "edition" in frame else [""] * len(frame)
    days: list[Any] = []
    errors: dict[Any, CellError] = {}
    for index, date, edition in zip(frame.index, frame["date"], editions, strict=True):
        try:
            days.append(finder.day(date, edition))
        except CellError as error:
            days.append(None)
            errors[index] = error
    found = pd.Series(days, index=frame.index, dtype=object)
    table.refuse(errors, "edition")
    return found.drop(index=list(errors))


def _own_edition(table: RowTable, days: pd.Series, finder: PlaceFinder) -> pd.Series:
    in_force = [finder.day(date, "") for date in table.frame["date"]]
    other = pd.Series(
        [(day.year >= 2025) != (own.year >= 2025) for day, own in zip(days, in_force, strict=True)],
        index=table.frame.index,
        dtype=bool,
    )
    table.leave_out(other, "figures computed again for the borders of another date")
    return days[~other]


def _codes_by_point(table: RowTable, boundaries: Path | None) -> list[str]:
    """Codes of the municipalities around the points; the name of a point that lies in none of them (quays, borders)."""
    assert boundaries is not None
    for name in ("lon", "lat"):
        table.understand(name, lambda cell: parse_number(cell, "."))
    points = table.frame[["lon", "lat"]].astype(float)
    codes = codes_of_points(points, read_boundaries(boundaries))
    names = [text_of(cell) for cell in table.frame["name"]]
    by_name = sum(not code and bool(name) for code, name in zip(codes, names, strict=True))
    if by_name:
        table.notes.append(f"{by_name} points lie in no municipality of the boundaries and were placed by name")
    return [code or name for code, name in zip(codes, names, strict=True)]


def placed(table: RowTable, shape: FileShape, register: Register, boundaries: Path | None) -> None:
    """Fill ``nis``; rows outside Flanders go as the shape says."""
    finder = PlaceFinder(register, shape.place)
    by, field = shape.place.by, "nis" if shape.place.by == "nis" else "name"
    days = _days(table, finder)
    if shape.place.own_edition_only:
        days = _own_edition(table, days, finder)
    by_point = by == "punt" and boundaries is not None
    texts = _codes_by_point(table, boundaries) if by_point else [text_of(cell) for cell in table.frame[field]]
    names = [text_of(cell) for cell in table.frame["name"]] if by == "nis" and "name" in table.frame else []
    known: dict[tuple[str, dt.date], Any] = {}
    found: list[Any] = []
    errors: dict[Any, CellError] = {}
    for position, (index, text, day) in enumerate(zip(table.frame.index, texts, days, strict=True)):
        if (text, day) not in known:
            known[text, day] = _found(finder, "nis" if by_point and text.isdigit() else by, text, day)
        place = known[text, day]
        if names and isinstance(place, str):
            key = (f"{place}|{names[position]}", day)
            if key not in known:
                known[key] = finder.contradiction(place, names[position], day)
            if known[key]:
                advice = f"The name {names[position]} belongs to {known[key]}; has a row shifted?"
                place = CellError("a code and a name of the same municipality", advice)
        if isinstance(place, CellError):
            errors[index] = place
        found.append(place)
    outside = pd.Series([place is _OUTSIDE for place in found], index=table.frame.index, dtype=bool)
    cells = dict(zip(table.frame.index, texts, strict=True))
    table.frame["nis"] = pd.Series(found, index=table.frame.index, dtype=object)
    table.refuse(errors, field, cells)
    table.leave_out(outside.drop(index=list(errors)), "places outside Flanders")
