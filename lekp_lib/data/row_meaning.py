"""What the rows of a file mean: date, target and indicator, status, value in the unit of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from lekp_lib.data.cells import CellError, parse_date, parse_number, text_of
from lekp_lib.data.grid import Cell, Percent, column_key
from lekp_lib.data.observation import Status
from lekp_lib.data.row_table import RowTable
from lekp_lib.data.safe_content import refuse
from lekp_lib.data.units import SHARE_WORDS, converted, factor_to
from lekp_lib.errors import CatalogError
from lekp_lib.pact import Catalog, Kind, Target
from lekp_lib.pact.models import SubIndicator
from lekp_lib.pact.shapes import FileShape

ZERO, NOT_REGISTERED = "nul", "niet_geregistreerd"
REALISED, LEVEL, SHARE = "gerealiseerd", "doel", "procent_van_doel"
_YES_NO = {"ja": 1.0, "nee": 0.0, "1": 1.0, "0": 0.0, "yes": 1.0, "no": 0.0, "waar": 1.0, "onwaar": 0.0}


def translated(table: RowTable, shape: FileShape) -> None:
    """Put the declared meaning in the place of the words of the file."""
    for name, words in shape.words.items():
        if name in table.frame:
            meaning = {column_key(text): value for text, value in words.items()}
            cells = table.frame[name]
            table.frame[name] = [meaning.get(column_key(text_of(cell)), cell) for cell in cells]


def dated(table: RowTable, shape: FileShape, name: str, option: str | None) -> None:
    """Fill ``date`` and ``precision``.

    Raises
    ------
    ImportProblems
        When neither the file nor the user tells a date.
    """
    if "date" not in table.frame:
        text: Any = option or shape.when.fixed
        if text is None and shape.when.file_name and (match := re.search(shape.when.file_name, name)):
            text = match.group(1)
        if text is None:
            advice = "Say of which date the figures are: --option datum=2025-12-31."
            raise refuse(name, "no date", "a date for the figures of this file", advice)
        table.frame["date"] = pd.Series([text] * len(table.frame), index=table.frame.index, dtype=object)
        try:
            parse_date(text, shape.when.year_is)
        except CellError as error:
            raise refuse(f"{name}: datum", repr(text), error.expected, error.advice) from error
    table.understand("date", lambda cell: parse_date(cell, shape.when.year_is))
    table.frame["precision"] = [pair[1] for pair in table.frame["date"]]
    table.frame["date"] = pd.Series([pair[0] for pair in table.frame["date"]], index=table.frame.index, dtype=object)


def _of_target(catalog: Catalog) -> Callable[[Cell], Target]:
    by_name = {column_key(text): target for target in catalog.measured for text in (target.name, target.short_name)}

    def find(cell: Cell) -> Target:
        text = text_of(cell)
        if column_key(text) in by_name:
            return by_name[column_key(text)]
        try:
            return catalog.target(text.casefold())
        except CatalogError as error:
            known = ", ".join(target.id for target in catalog.measured)
            hint = str(error).partition(";")[2].partition(" Known")[0].strip().capitalize()
            raise CellError(f"a target: {known}", hint) from error

    return find


def _sub_indicator(target: Target, text: str) -> SubIndicator:
    if not text:
        return target.indicators[0]
    for indicator in target.indicators:
        if column_key(text) in (column_key(indicator.id), column_key(indicator.label)):
            return indicator
    known = ", ".join(indicator.id for indicator in target.indicators)
    raise CellError(f"a figure of {target.id}: {known}")


def aimed(table: RowTable, catalog: Catalog) -> None:
    """Fill ``target`` and ``sub`` (target and sub-indicator of the catalogue)."""
    table.understand("target_id", _of_target(catalog))
    texts = [text_of(cell) for cell in table.frame["indicator"]] if "indicator" in table.frame else None
    kinds = (
        [text_of(cell).casefold() for cell in table.frame["kind"]] if "kind" in table.frame else [""] * len(table.frame)
    )
    known: dict[tuple[str, str], Any] = {}
    found, errors = [], {}
    for position, (index, target) in enumerate(table.frame["target_id"].items()):
        # A stated level is of the target as a whole, whatever the file calls it.
        text = texts[position] if texts and kinds[position] != LEVEL else ""
        key = (target.id, text)
        if key not in known:
            try:
                known[key] = _sub_indicator(target, text)
            except CellError as error:
                known[key] = error
        if isinstance(known[key], CellError):
            errors[index] = known[key]
        found.append(known[key])
    table.frame["sub"] = pd.Series(found, index=table.frame.index, dtype=object)
    table.refuse(errors, "indicator")


def _said(row: Mapping[Any, Any], name: str, default: str) -> str:
    return text_of(row.get(name)).casefold() or default


def _value(row: Mapping[Any, Any], shape: FileShape) -> tuple[float, Status, bool] | None:
    """Value in the unit of the catalogue, status, and whether it is a share; ``None`` for what is no figure at all."""
    cell, target, sub = row["value"], row["target_id"], row["sub"]
    status, kind, unit = _said(row, "status", ""), _said(row, "kind", REALISED), text_of(row.get("unit"))
    if status == NOT_REGISTERED or kind == LEVEL:
        return None
    if kind not in (REALISED, SHARE):
        raise CellError(f"the kind {REALISED}, {LEVEL} or {SHARE}", field="kind")
    if cell is None:
        if status != ZERO:
            return None
        cell = 0
    share = kind == SHARE or column_key(unit) in SHARE_WORDS
    if target.kind is Kind.YES_NO and not share:
        value = _YES_NO.get(text_of(cell).casefold())
        if value is None:
            raise CellError("ja or nee")
    else:
        value = _amount(cell, share, sub, unit, shape)
    if value == 0 and not status:
        raise CellError(
            f"a status beside a zero: {ZERO} or {NOT_REGISTERED}", "Zero is not the same as not registered."
        )
    if status == ZERO and value != 0:
        raise CellError(f"zero, because the status says {ZERO}")
    try:
        return value, Status.FINAL if status in ("", ZERO) else Status(status), share
    except ValueError as error:
        known = ", ".join([ZERO, NOT_REGISTERED, *(item.value for item in Status)])
        raise CellError(f"a status: {known}", field="status") from error


def _amount(cell: Cell, share: bool, sub: SubIndicator, unit: str, shape: FileShape) -> float:
    in_percent = share or sub.unit.symbol.startswith("%")
    if isinstance(cell, Percent) and not in_percent:
        raise CellError(f"a figure in {sub.unit.symbol}", "The cell is formatted as a percentage.")
    if isinstance(cell, str) and in_percent:
        cell = cell.rstrip("% \u00a0")
    number = parse_number(cell, shape.decimal)
    factor = Decimal(1) if share else factor_to(sub.unit, unit)
    return converted(number, factor)


def valued(table: RowTable, shape: FileShape) -> None:
    """Fill ``value`` (a number), ``state`` and ``share``; rows without a figure are left out and noted."""
    names = [name for name in ("value", "target_id", "sub", "status", "kind", "unit") if name in table.frame]
    found: dict[Any, Any] = {}
    errors: dict[str, dict[Any, CellError]] = {}
    # Not through to_dict: that makes plain floats of numbers that know that they are percentages.
    for index, *cells in zip(table.frame.index, *(table.frame[name] for name in names), strict=True):
        try:
            found[index] = _value(dict(zip(names, cells, strict=True)), shape)
        except CellError as error:
            errors.setdefault(error.field or "value", {})[index] = error
    for field, of_field in errors.items():
        table.refuse(of_field, field)
    empty = pd.Series([found[index] is None for index in table.frame.index], index=table.frame.index, dtype=bool)
    table.leave_out(empty, "no figure (empty, not registered, or a target level)")
    values = [found[index] for index in table.frame.index]
    for position, name in enumerate(("value", "state", "share")):
        column = [value[position] for value in values]
        table.frame[name] = pd.Series(column, index=table.frame.index, dtype=object)
