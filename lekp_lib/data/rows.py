"""Rows under way from texts to meaning: one DataFrame, from which a row goes in two ways only, refused or left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from lekp_lib.data.cells import CellError, key, tidy
from lekp_lib.data.content import refuse
from lekp_lib.data.schema import FIELDS, FileShape, RowFilter
from lekp_lib.data.tables import Lines, Sheet, positions_of, split_header, whole_rows
from lekp_lib.data.workbook import refuse_merged

REFUSED = ("file", "row", "cell", "found", "expected", "advice")

Cells = dict[tuple[str, str], tuple[str, str]]


@dataclass
class Rows:
    """``frame`` has texts in columns named after fields, meanings in columns that begin with ``@``."""

    file: str
    frame: pd.DataFrame
    cells: Cells
    count: int = 0
    dated: bool = True
    crs: str = ""
    refused: list[pd.DataFrame] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def cell(self, sheet: str, row: int, name: str) -> str:
        """Name of a cell, or of its row where the field has no column."""
        before, after = self.cells.get((sheet, name)) or self.cells[sheet, ""]
        return f"{before}{row}{after}"

    def refuse(self, errors: pd.Series, name: str) -> None:
        """Take rows out, each with its reason: a Series of :class:`CellError` by row."""
        if errors.empty:
            return
        lost = self.frame.loc[errors.index]
        at = [error.field or name for error in errors]
        at = [column if one == "value" else one for one, column in zip(at, lost["@column"], strict=True)]
        texts = [str(lost[error.field or name].iloc[place]) for place, error in enumerate(errors)]
        columns = {
            "file": self.file,
            "row": lost["@row"],
            "cell": [self.cell(*place) for place in zip(lost["@sheet"], lost["@row"], at, strict=True)],
            "found": [repr(text[:60]) if text else "een lege cel" for text in texts],
            "expected": [error.expected for error in errors],
            "advice": [error.advice for error in errors],
        }
        self.refused.append(pd.DataFrame(columns))
        self.frame = self.frame.drop(index=errors.index)

    def refuse_where(self, mask: pd.Series, name: str, expected: str, advice: str = "") -> None:
        """Take rows out for one reason."""
        self.refuse(pd.Series(CellError(expected, advice), index=self.frame.index[mask], dtype=object), name)

    def leave_out(self, mask: pd.Series, reason: str) -> None:
        """Take rows out by a declared rule, and note how many."""
        if count := int(mask.sum()):
            self.notes.append(f"{count} {'rij' if count == 1 else 'rijen'} weggelaten: {reason}")
            self.frame = self.frame[~mask]

    def understand(self, into: str, names: Iterable[str], parse: Callable[..., Any], at: str = "") -> None:
        """Fill ``into`` with the meaning of some columns; every different combination is understood once."""
        names = list(names)
        keys = list(zip(*(self.frame[name].tolist() for name in names), strict=True))
        known: dict[tuple[Any, ...], Any] = {}
        for texts in dict.fromkeys(keys):
            try:
                known[texts] = parse(*texts)
            except CellError as error:
                known[texts] = error
        self.frame = self.frame.assign(
            **{into: pd.Series([known[texts] for texts in keys], index=self.frame.index, dtype=object)}
        )
        if any(isinstance(value, CellError) for value in known.values()):
            wrong = self.frame[into].map(lambda value: isinstance(value, CellError)).astype(bool)
            self.refuse(self.frame.loc[wrong, into], at or names[0])

    def refusals(self) -> pd.DataFrame:
        """All refused rows, by row and cell."""
        found = pd.concat(self.refused) if self.refused else pd.DataFrame(columns=list(REFUSED))
        return found.sort_values(["row", "cell"], ignore_index=True)


def _fits(rule: RowFilter, texts: pd.Series) -> pd.Series:
    """Which texts a filter lets through."""
    if rule.matches or rule.matches_not:
        found = texts.str.contains(re.compile(rule.matches or rule.matches_not or ""))
        return found if rule.matches else ~found
    found = texts.map(key).isin([key(text) for text in rule.one_of or rule.not_one_of])
    return found if rule.one_of else ~found


def _cleaned(texts: pd.Series, shape: FileShape, name: str) -> pd.Series:
    """Texts without sentinels (what a provider writes where there is no value), cut as declared."""
    texts = texts.str.strip()
    texts = texts.mask(texts.isin(shape.sentinels), "")
    pattern = dict(shape.cut).get(name)  # type: ignore[call-overload]
    if pattern is None:
        return texts
    found = [re.search(pattern, text) for text in texts]
    cut = [match.group() if match else text for match, text in zip(found, texts, strict=True)]
    return pd.Series(cut, index=texts.index, dtype=str)


def _melted(frame: pd.DataFrame, wide: dict[str, re.Match[str]]) -> pd.DataFrame:
    """One row per figure, where the file has several in a row."""
    rest = [name for name in frame.columns if name not in wide]
    found = frame.melt(id_vars=rest, value_vars=list(wide), var_name="@column", value_name="value")
    groups = pd.DataFrame([match.groupdict(default="") for match in wide.values()], index=list(wide))
    return found.join(groups, on="@column")


def _agreeing(sheet: Sheet, header: list[str], rows: Lines, doubles: dict[str, list[int]]) -> Lines:
    """The rows, as long as several columns for one field never say different things."""
    for line, row in rows:
        for name, places in doubles.items():
            if len({row[place].strip() for place in places} - {""}) > 1:
                columns = " en ".join(header[place] for place in places)
                told = " en ".join(repr(row[place][:40]) for place in places)
                where = f"{sheet.file}: {str(line).join(sheet.cell(header, None))}"
                found, expected = f"{told} in de kolommen {columns}", f"één kolom voor {name}"
                raise refuse(where, found, expected, "Verwijder een van de kolommen.")
        yield line, row


def _sheet_rows(sheet: Sheet, shape: FileShape) -> tuple[pd.DataFrame, int, Cells]:
    """Rows of one sheet by field, how many there were, and how its cells are called."""
    line, header, below = split_header(sheet, shape)
    refuse_merged(sheet, line)
    found = {name: positions_of(header, names) for name, names in shape.accepted.items()}
    used = {name: places[0] for name, places in found.items() if places}
    # A geometry goes before the coordinates in the columns beside it.
    doubles = {
        name: places for name, places in found.items() if len(places) > 1 and not header[places[0]].startswith("@")
    }
    rows = whole_rows(sheet, len(header), below)
    rows = _agreeing(sheet, header, rows, doubles) if doubles else rows
    wide = {}
    if shape.wide is not None:
        matches = {place: re.fullmatch(shape.wide.columns, name) for place, name in enumerate(header)}
        wide = {f"@wide{place}": match for place, match in matches.items() if match and place not in used.values()}
    positions = {**used, **{name: int(name.removeprefix("@wide")) for name in wide}}
    picked = [(line, *(row[place] for place in positions.values())) for line, row in rows]
    frame = pd.DataFrame(picked, columns=["@row", *positions]).astype(dict.fromkeys(positions, str))
    for number, rule in enumerate(shape.filters):
        frame[f"@filter{number}"] = _fits(rule, frame[f"@filter{number}"].map(tidy)).astype(bool)
    for name in positions:
        if not name.startswith("@filter"):
            frame[name] = _cleaned(frame[name], shape, name)
    frame["@sheet"] = sheet.title
    if shape.sheet and (match := re.fullmatch(shape.sheet, sheet.title.strip(), re.IGNORECASE)):
        frame = frame.assign(**match.groupdict())
    cells = {(sheet.title, name): sheet.cell(header, place) for name, place in positions.items()}
    frame = _melted(frame, wide) if shape.wide else frame.assign(**{"@column": "value"})
    return frame, len(picked), {**cells, (sheet.title, ""): sheet.cell(header, None)}


def read_rows(file: str, sheets: Iterable[Sheet], shape: FileShape) -> Rows:
    """Rows of all sheets: filtered, without sentinels, with constants and declared words; texts all of them."""
    frames, rows = [], Rows(file, pd.DataFrame(), {})
    for sheet in sheets:
        frame, count, cells = _sheet_rows(sheet, shape)
        frames.append(frame)
        rows.cells.update(cells)
        rows.notes += sheet.notes
        rows.count, rows.crs = rows.count + count, rows.crs or sheet.crs
    rows.frame = pd.concat(frames, ignore_index=True).fillna("").assign(**shape.constants)
    rows.dated = "date" in rows.frame
    for number, rule in enumerate(shape.filters):
        rows.leave_out(~rows.frame[f"@filter{number}"].astype(bool), rule.why)
    rows.frame = rows.frame.assign(**{name: "" for name in FIELDS if name not in rows.frame})
    for name, words in shape.words.items():
        meaning = {key(text): word for text, word in words.items()}
        rows.frame[name] = rows.frame[name].map(lambda text, meaning=meaning: meaning.get(key(text), text))
    return rows
