"""Rows as fields: from the cells of a file to one column per field, with the place of every cell kept.

Here rows get lost in one of two ways only: left out by a declared rule, and counted in a note, or refused, and told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from lekp_lib.data.cells import CellError, shown, text_of
from lekp_lib.data.grid import Broken, Cell, Grid, column_key, find_column
from lekp_lib.data.import_result import Refusal
from lekp_lib.pact.shapes import FileShape, RowFilter

MAX_REFUSALS = 5_000


@dataclass
class RowTable:
    """Rows under way from cells to meaning.

    Attributes
    ----------
    frame
        One column per field, cells as the file has them until they are understood; ``@grid``, ``@line`` and
        ``@column`` (of the value) say where a row stands.
    grids
        The sheets.
    positions
        Per grid, the column of each field.
    refused, notes
        What was lost on the way, and why.
    """

    frame: pd.DataFrame
    grids: tuple[Grid, ...]
    positions: tuple[Mapping[str, int], ...]
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unlisted: int = 0

    def _refusal(self, row: Any, name: str, found: str, expected: str, advice: str) -> Refusal:
        number, line, column = int(row["@grid"]), int(row["@line"]), int(row["@column"])
        grid = self.grids[number]
        position = column if name == "value" and column >= 0 else self.positions[number].get(name)
        return Refusal(grid.file, line, grid.cell(line, position), found, expected, advice)

    def refuse(self, errors: Mapping[Any, CellError], name: str, cells: Mapping[Any, Cell] | None = None) -> None:
        """Take rows out of the table, each with its reason.

        Parameters
        ----------
        errors
            Reason per row index.
        name
            Field whose cell is at fault.
        cells
            What stands there, where the table no longer has it.
        """
        if not errors:
            return
        where = self.frame.loc[list(errors), ["@grid", "@line", "@column"]].to_dict("index")
        original: Mapping[Any, Cell] = cells if cells is not None else dict(self.frame.get(name, pd.Series()).items())
        for index, error in errors.items():
            if len(self.refused) >= MAX_REFUSALS:
                self.unlisted += 1
                continue
            found = shown(original[index]) if index in original else "nothing"
            found = "an empty cell" if found in ("None", "''", "nan") else found
            self.refused.append(self._refusal(where[index], name, found, error.expected, error.advice))
        self.frame = self.frame.drop(index=list(errors))

    def understand(self, name: str, parse: Callable[[Cell], Any]) -> None:
        """Replace the cells of a field by what they mean; rows that mean nothing are refused.

        Equal cells are understood once, so that a long file costs little more than its different cells.

        Parameters
        ----------
        name
            Field, a column of the frame.
        parse
            Meaning of a cell; raises :class:`CellError`.
        """
        known: dict[tuple[type, Cell], Any] = {}
        values: list[Any] = []
        errors: dict[Any, CellError] = {}
        for index, cell in self.frame[name].items():
            key = (type(cell), cell)
            if key not in known:
                try:
                    known[key] = parse(cell)
                except CellError as error:
                    known[key] = error
            value = known[key]
            if isinstance(value, CellError):
                errors[index] = value
            values.append(value)
        cells = dict(self.frame[name].items()) if errors else None
        self.frame[name] = pd.Series(values, index=self.frame.index, dtype=object)
        self.refuse(errors, name, cells)

    def leave_out(self, mask: pd.Series, why: str) -> None:
        """Take rows out by a declared rule, and note how many."""
        count = int(mask.sum())
        if count:
            self.notes.append(f"{count} row{'s' if count != 1 else ''} left out: {why}")
            self.frame = self.frame[~mask]

    def finish(self) -> None:
        """Tell of refusals that were too many to keep one by one."""
        if self.unlisted:
            self.notes.append(f"{self.unlisted} more refused rows are not listed one by one")


def _fits(rule: RowFilter) -> Callable[[str], bool]:
    if rule.matches is not None:
        pattern = re.compile(rule.matches)
        return lambda text: pattern.search(text) is not None
    if rule.matches_not is not None:
        unwanted = re.compile(rule.matches_not)
        return lambda text: unwanted.search(text) is None
    if rule.one_of:
        wanted = {column_key(text) for text in rule.one_of}
        return lambda text: column_key(text) in wanted
    banned = {column_key(text) for text in rule.not_one_of}
    return lambda text: column_key(text) not in banned


def _filtered(grid: Grid, shape: FileShape, left_out: Counter[str]) -> list[int]:
    """Positions of the rows that every filter lets through."""
    rules = [(find_column(grid.header, (rule.column,)), _fits(rule), rule.why) for rule in shape.filters]
    kept = []
    for position, row in enumerate(grid.rows):
        why = next((why for column, fits, why in rules if column is not None and not fits(text_of(row[column]))), None)
        if why is None:
            kept.append(position)
        else:
            left_out[why] += 1
    return kept


def _cleaner(shape: FileShape) -> Callable[[Cell], Cell]:
    """Cell without sentinels: what a provider writes where there is no value becomes ``None``."""
    sentinels = set(shape.sentinels)

    def clean(cell: Cell) -> Cell:
        if cell is None or isinstance(cell, Broken):
            return cell
        if isinstance(cell, str):
            stripped = cell.strip()
            return None if stripped in sentinels else stripped
        return None if text_of(cell) in sentinels else cell

    return clean


def _wide_columns(grid: Grid, shape: FileShape) -> list[tuple[int, dict[str, str]]]:
    assert shape.wide is not None
    pattern = re.compile(shape.wide.columns)
    taken = {find_column(grid.header, names) for names in shape.columns.values()}
    found = []
    for position, name in enumerate(grid.header):
        match = pattern.fullmatch(name) if position not in taken else None
        if match:
            found.append((position, {key: text or "" for key, text in match.groupdict().items()}))
    return found


def _parts(grid: Grid, number: int, shape: FileShape, kept: list[int], positions: Mapping[str, int]) -> pd.DataFrame:
    clean = _cleaner(shape)
    base: dict[str, list[Any]] = {
        name: [clean(grid.rows[row][position]) for row in kept] for name, position in positions.items()
    }
    base["@grid"] = [number] * len(kept)
    base["@line"] = [grid.lines[row] for row in kept]
    base["@column"] = [positions.get("value", -1)] * len(kept)
    if shape.sheet is not None:
        groups = re.fullmatch(shape.sheet, grid.sheet.strip())
        if groups is not None:
            base.update({key: [text] * len(kept) for key, text in groups.groupdict().items()})
    frame = pd.DataFrame(base, dtype=object)
    if shape.wide is None:
        return frame
    melted = []
    for position, groups_of_column in _wide_columns(grid, shape):
        values = pd.Series([clean(grid.rows[row][position]) for row in kept], index=frame.index, dtype=object)
        melted.append(frame.assign(**groups_of_column, value=values, **{"@column": position}))
    return pd.concat(melted, ignore_index=True) if melted else frame.assign(value=None).iloc[:0]


def row_table(grids: tuple[Grid, ...], shape: FileShape) -> RowTable:
    """Rows of all sheets as fields.

    Parameters
    ----------
    grids
        At least one.
    shape
        Declares columns, filters, sentinels, constants and wide columns.

    Returns
    -------
    RowTable
        Cells not yet understood; sentinels are ``None``; filtered rows left out and noted.
    """
    columns = {str(name): names for name, names in shape.columns.items()}
    accepted = {**columns, **shape.numbers, **shape.texts}
    left_out: Counter[str] = Counter()
    frames, positions = [], []
    for number, grid in enumerate(grids):
        found = {name: find_column(grid.header, names) for name, names in accepted.items()}
        known = {name: position for name, position in found.items() if position is not None}
        positions.append(known)
        frames.append(_parts(grid, number, shape, _filtered(grid, shape, left_out), known))
    frame = pd.concat(frames, ignore_index=True)
    for name, text in shape.constants.items():
        frame[name] = text
    notes = [f"{count} row{'s' if count != 1 else ''} left out: {why}" for why, count in left_out.items()]
    frame = frame.astype(object)
    # Sheets with different columns leave gaps, which pandas fills with NaN; an empty cell is None everywhere.
    return RowTable(frame.where(frame.notna(), None), grids, tuple(positions), notes=notes)
