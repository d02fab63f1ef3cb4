"""From understood rows to figures, and to the target levels that a file states beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from lekp_lib.data.cells import CellError, parse_date, parse_number, text_of
from lekp_lib.data.grid import Cell
from lekp_lib.data.observation import Measure, Observation, Status
from lekp_lib.data.row_meaning import LEVEL, aimed, valued
from lekp_lib.data.row_table import RowTable
from lekp_lib.pact import Catalog
from lekp_lib.pact.shapes import FileShape


def _optional_date(cell: Cell) -> dt.date | None:
    return None if cell is None else parse_date(cell)[0]


def _optional_year(cell: Cell) -> int | None:
    return None if cell is None else parse_date(cell)[0].year


def _source(catalog: Catalog, shape: FileShape) -> Any:
    by_name = {text.casefold(): source.id for source in catalog.sources.values() for text in (source.id, source.name)}

    def find(cell: Cell) -> str:
        text = text_of(cell)
        if not text:
            return shape.source
        if text.casefold() not in by_name:
            raise CellError(f"a source: {', '.join(sorted(catalog.sources))}", "Put a document in the remark.")
        return by_name[text.casefold()]

    return find


def _link(cell: Cell) -> str:
    text = text_of(cell)
    if text and not text.startswith(("https://", "http://")):
        raise CellError("an address that begins with https://")
    return text


def _summed(observations: tuple[Observation, ...]) -> tuple[Observation, ...]:
    first: dict[tuple[Any, ...], Observation] = {}
    for item in observations:
        key = (item.nis, item.target_id, item.indicator, item.reference_date, item.measure)
        known = first.get(key)
        first[key] = item if known is None else replace(known, value=known.value + item.value)
    return tuple(first.values())


def _levels(table: RowTable, shape: FileShape) -> tuple[Observation, ...]:
    """Levels that the file states beside its figures; what is no number there is no mistake of a figure."""
    found = []
    for row in table.frame.to_dict("records"):
        stated = row["value"] if text_of(row.get("kind")).casefold() == LEVEL else row.get("level")
        try:
            value = parse_number(stated, shape.decimal) if stated is not None else 0.0
        except CellError:
            continue
        if value > 0:
            target, sub, nis = row["target_id"].id, row["sub"].id, row["nis"]
            found.append(Observation(target, sub, nis, row["date"], value, Status.PROVISIONAL, shape.source))
    return tuple(found)


def _observations(
    table: RowTable, shape: FileShape, catalog: Catalog, url: str, retrieved: dt.date | None
) -> tuple[Observation, ...]:
    valued(table, shape)
    parsers = {
        "source_id": _source(catalog, shape),
        "url": _link,
        "remark": text_of,
        "since": _optional_date,
        "base_year": _optional_year,
    }
    for name, parse in parsers.items():
        if name in table.frame:
            table.understand(name, parse)
    defaults = {"source_id": shape.source, "url": url, "remark": "", "since": None, "base_year": None}
    columns = {
        name: list(table.frame[name]) if name in table.frame else [default] * len(table.frame)
        for name, default in defaults.items()
    }
    frame = table.frame
    found = tuple(
        Observation(
            target_id=target.id,
            indicator=sub.id,
            nis=nis,
            reference_date=date,
            value=value,
            status=state,
            source_id=source,
            measure=Measure.SHARE_PCT if share else Measure.AMOUNT,
            date_precision=precision,
            retrieved=retrieved,
            url=link or url,
            since=since,
            base_year=base_year,
            remark=remark,
        )
        for target, sub, nis, date, value, state, share, precision, source, link, remark, since, base_year in zip(
            *(frame[name] for name in ("target_id", "sub", "nis", "date", "value", "state", "share", "precision")),
            *columns.values(),
            strict=True,
        )
    )
    return _summed(found) if shape.sum else found


def figures_of_rows(
    table: RowTable, shape: FileShape, catalog: Catalog, *, url: str, retrieved: dt.date | None
) -> tuple[tuple[Observation, ...], tuple[Observation, ...]]:
    """Figures of rows that have a date and a municipality.

    Parameters
    ----------
    table
        Rows with place and date; the other fields still as in the file.
    shape
        Declares what they mean.
    catalog
        Targets, units and sources.
    url, retrieved
        Address of the file, and the day on which it came in.

    Returns
    -------
    tuple
        Figures, and stated target levels.
    """
    aimed(table, catalog)
    levels = _levels(table, shape) if {"kind", "level"} & set(table.frame) else ()
    return _observations(table, shape, catalog, url, retrieved), levels
