"""Tables with everything that a reader who cannot see them needs: caption, column heads, row heads, groups.

The same cells make the HTML table, the Typst table and the plain text (spec design.md 8.2 and 9.1, trap 11).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from html import escape

import pandas as pd

from lekp_lib.errors import BlockError
from lekp_lib.site.oud.block import Block, typst_string
from lekp_lib.site.oud.marks import inline_mark
from lekp_lib.site.oud.table_cells import NO_DATA, Cell, Column, Row, RowGroup, column_faults, grouped, row_faults
from lekp_lib.site.oud.typst_code import typst_array, typst_bool

__all__ = ["NO_DATA", "Cell", "Column", "Row", "RowGroup", "Table"]


class Table(Block):
    """A table; the first cell of each row is its row head.

    Parameters
    ----------
    columns
        Heads, units and alignment; the first one is the column of row heads.
    rows
        Rows of cells, or :class:`RowGroup` objects, each row as long as ``columns``.
    caption
        What the table shows, with place and date; required.
    footnotes
        Sentences below the table.
    name
        Machine name written into the page.

    Raises
    ------
    BlockError
        When the caption, a head or a cell is empty, or a row has another length; all faults at once.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[Row | RowGroup],
        caption: str,
        *,
        footnotes: Sequence[str] = (),
        name: str = "table",
    ) -> None:
        self.columns = tuple(columns)
        self.groups = grouped(rows)
        self.caption = caption.strip()
        self.footnotes = tuple(note for note in footnotes if note)
        self.name = name
        faults = [] if self.caption else ["no caption; expected what the table shows, where and when"]
        faults += column_faults(self.columns) + row_faults(self.columns, self.groups)
        if faults:
            lines = "\n".join(f"  - {fault}" for fault in faults)
            raise BlockError(f"table {self.caption or self.name!r} cannot be shown:\n{lines}")

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        caption: str,
        formats: Mapping[Hashable, Callable[[object], str]] | None = None,
        *,
        units: Mapping[Hashable, str] | None = None,
        footnotes: Sequence[str] = (),
    ) -> Table:
        """Table of a data frame: its first column gives the row heads, its index is not shown.

        Parameters
        ----------
        frame
            One row per table row; column labels become heads.
        caption
            As for the class.
        formats
            Per column a function that turns a value into Dutch text. Columns that hold numbers must have one, because
            Python's own text is not Dutch.
        units
            Per column the unit below the head.
        footnotes
            As for the class.

        Returns
        -------
        Table
            Missing values read "geen gegevens".

        Raises
        ------
        BlockError
            When a column of numbers has no format, or the table itself is not usable.
        """
        formats, units = formats or {}, units or {}
        numeric = {label for label in frame.columns if pd.api.types.is_numeric_dtype(frame[label])}
        bare = [str(label) for label in frame.columns if label in numeric and label not in formats]
        if bare:
            raise BlockError(f"table {caption!r}: no format for the number columns {', '.join(bare)}; give one each")
        columns = [
            Column(str(label), units.get(label, ""), "number" if label in numeric else "text")
            for label in frame.columns
        ]
        shown = [
            [
                Cell(NO_DATA, muted=True) if pd.isna(value) else Cell(formats.get(label, str)(value))
                for label, value in zip(frame.columns, record, strict=True)
            ]
            for record in frame.itertuples(index=False, name=None)
        ]
        return cls(columns, shown, caption, footnotes=footnotes)

    def _html_cell(self, column: Column, cell: Cell, is_head: bool) -> str:
        looks = [look for look, on in (("number", column.align == "number"), ("muted", cell.muted)) if on]
        look = f' class="{" ".join(looks)}"' if looks else ""
        inner = escape(cell.text, quote=False)
        inner = f'<a href="{escape(cell.link)}">{inner}</a>' if cell.link else inner
        inner = f"<strong>{inner}</strong>" if cell.strong else inner
        if cell.mark is not None:
            inner = f'<span class="marked">{inline_mark(cell.mark)} {inner}</span>'
        if cell.note:
            inner += f' <span class="cell-note">{escape(cell.note, quote=False)}</span>'
        return f'<th scope="row"{look}>{inner}</th>' if is_head else f"<td{look}>{inner}</td>"

    def _html_head(self, column: Column) -> str:
        look = ' class="number"' if column.align == "number" else ""
        width = f' style="width: {column.width}"' if column.width.endswith("%") else ""
        unit = f' <span class="unit">{escape(column.unit, quote=False)}</span>' if column.unit else ""
        return f'<th scope="col"{look}{width}>{escape(column.head, quote=False)}{unit}</th>'

    def html(self) -> str:
        span = len(self.columns)
        bodies = []
        for label, body in self.groups:
            head = f'<tr class="group"><th scope="rowgroup" colspan="{span}">{escape(label, quote=False)}</th></tr>\n'
            lines = [
                "<tr>"
                + "".join(
                    self._html_cell(column, cell, place == 0)
                    for place, (column, cell) in enumerate(zip(self.columns, row, strict=True))
                )
                + "</tr>"
                for row in body
            ]
            bodies.append("<tbody>\n" + (head if label else "") + "\n".join(lines) + "\n</tbody>")
        heads = "".join(self._html_head(column) for column in self.columns)
        notes = "".join(f'<p class="table-note">{escape(note, quote=False)}</p>\n' for note in self.footnotes)
        return (
            f'<div class="table" data-block="{escape(self.name)}">\n'
            f'<div class="table-scroll" role="group" aria-label="{escape(self.caption)}" tabindex="0">\n<table>\n'
            f"<caption><span>{escape(self.caption, quote=False)}</span></caption>\n"
            f"<thead><tr>{heads}</tr></thead>\n" + "\n".join(bodies) + f"\n</table>\n</div>\n{notes}</div>"
        )

    @staticmethod
    def _typst_cell(cell: Cell) -> str:
        looks = [f"mark: {typst_string(cell.mark.value)}"] if cell.mark is not None else []
        looks += ["strong: true"] if cell.strong else []
        looks += ["muted: true"] if cell.muted else []
        looks += [f"note: {typst_string(cell.note)}"] if cell.note else []
        return f"({', '.join([f'text: {typst_string(cell.text)}', *looks])})"

    def typst(self) -> str:
        bodies = [
            f"(label: {typst_string(label)}, rows: "
            + typst_array(typst_array(self._typst_cell(cell) for cell in row) for row in body)
            + ")"
            for label, body in self.groups
        ]
        heads = [f"(text: {typst_string(column.head)}, unit: {typst_string(column.unit)})" for column in self.columns]
        numeric = [typst_bool(column.align == "number") for column in self.columns]
        return (
            f"#lekp-table(\n  caption: {typst_string(self.caption)},\n"
            f"  widths: {typst_array(column.width for column in self.columns)},\n"
            f"  numeric: {typst_array(numeric)},\n"
            f"  heads: {typst_array(heads)},\n"
            f"  groups: {typst_array(bodies)},\n"
            f"  notes: {typst_array(typst_string(note) for note in self.footnotes)},\n);\n\n"
        )

    def text(self) -> str:
        lines = [self.caption]
        lines.append(" | ".join(f"{column.head} {column.unit}".strip() for column in self.columns))
        for label, body in self.groups:
            lines += [label] if label else []
            lines += [" | ".join(f"{cell.text} {cell.note}".strip() for cell in row) for row in body]
        return "\n".join([*lines, *self.footnotes])
