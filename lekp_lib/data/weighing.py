"""Things counted and weighed per municipality: charge points, and their equivalents (CPE), by the catalogue's rule.

The weights stand in the target's own file (domain.md 3.4), the words for public and semi-public in the file shape.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pandas as pd

from lekp_lib.data.cells import CellError, parse_number, text_of
from lekp_lib.data.grid import Cell, column_key
from lekp_lib.data.observation import Observation, Status
from lekp_lib.data.row_table import RowTable
from lekp_lib.errors import CatalogError
from lekp_lib.pact import Catalog, Target
from lekp_lib.pact.models import WeightRule
from lekp_lib.pact.shapes import FileShape


def _power(shape: FileShape) -> Any:
    def parse(cell: Cell) -> float:
        value = 0.0 if cell is None else parse_number(cell, shape.decimal)
        if value <= 0:
            raise CellError("a number above zero", "Unknown power is no low power.")
        return value

    return parse


def _part(parts: dict[str, str]) -> Any:
    known = {column_key(text): part for text, part in parts.items()}

    def find(cell: Cell) -> str:
        key = column_key(text_of(cell))
        if key not in known:
            raise CellError(f"one of {', '.join(parts)}")
        return known[key]

    return find


def _refuse_doubles(table: RowTable) -> None:
    """Things that stand in the file twice: pages that overlap, or a file pasted behind itself."""
    if "key" not in table.frame:
        return
    again = table.frame["key"].notna() & table.frame["key"].duplicated()
    error = CellError("every thing once", "The same key stands higher up: overlapping pages?")
    table.refuse(dict.fromkeys(table.frame.index[again], error), "key")


def _amounts(frame: pd.DataFrame, rule: WeightRule, target: Target) -> Iterator[tuple[str, pd.Series]]:
    """Sub-indicator and its amount per municipality and date, for the whole and for every part."""
    keys = [frame["nis"], frame["date"]]
    groups = frame.groupby(["nis", "date"]).size()
    yield rule.counted, groups.astype(float)
    yield rule.result, frame["weight"].astype(float).groupby(keys).sum()
    declared = {indicator.id for indicator in target.indicators}
    for part in rule.part_factors:
        of_part = frame[frame["part"] == part]
        part_keys = [of_part["nis"], of_part["date"]]
        # Whoever has points of one part only has zero of the other: here zero is known, not missing.
        yield part, of_part.groupby(["nis", "date"]).size().reindex(groups.index, fill_value=0).astype(float)
        weighed_part = f"{rule.result}_{part}"
        if weighed_part in declared:
            total = of_part["weight"].astype(float).groupby(part_keys).sum()
            yield weighed_part, total.reindex(groups.index, fill_value=0.0)


def weighed(
    table: RowTable, shape: FileShape, catalog: Catalog, *, url: str, retrieved: dt.date | None
) -> tuple[Observation, ...]:
    """Counted and weighed figures per municipality.

    Parameters
    ----------
    table
        Rows with place and date; fields ``amount`` and ``part`` still as in the file.
    shape
        Declares the target and which text is which part.
    catalog
        Has the weight rule.
    url, retrieved
        Address of the file, and the day on which it came in.

    Returns
    -------
    tuple of Observation
        The whole, each part, and the same weighed; unrounded.

    Raises
    ------
    CatalogError
        When the target has no weight rule.
    """
    assert shape.weighing is not None
    target = catalog.target(shape.weighing.target_id)
    rule = target.weight_rule
    if rule is None:
        raise CatalogError(
            f"vormen/{shape.id}.yaml: {target.id} has no weight_rule; add one to doelen/{target.id}.yaml"
        )
    _refuse_doubles(table)
    table.understand("amount", _power(shape))
    table.understand("part", _part(shape.weighing.parts))
    frame = table.frame.copy()
    weights = {pair: rule.equivalents(*pair) for pair in set(zip(frame["amount"], frame["part"], strict=True))}
    frame["weight"] = [weights[pair] for pair in zip(frame["amount"], frame["part"], strict=True)]
    precision = dict(zip(frame["date"], frame["precision"], strict=True))
    return tuple(
        Observation(
            target_id=target.id,
            indicator=indicator,
            nis=nis,
            reference_date=date,
            value=float(value),
            status=Status.FINAL,
            source_id=shape.source,
            date_precision=precision[date],
            retrieved=retrieved,
            url=url,
        )
        for indicator, amounts in _amounts(frame, rule, target)
        for nis, date, value in amounts.rename("value").reset_index().itertuples(index=False)
    )
