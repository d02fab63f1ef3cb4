"""Tables of an edition that hold no figures of targets: denominators, what municipalities changed and explained,
context, boundaries.

They are written only when they have rows, and read back as the same frozen objects.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from lekp_lib.errors import Problem
from lekp_lib.register import CountFact


@dataclass(frozen=True, slots=True)
class AppliedCorrection:
    """A figure that the municipality changed or struck out.

    Attributes
    ----------
    nis, place
        The municipality of the edition, and the name of the (former) one whose figure it is.
    before, after
        In the unit of the indicator; ``after`` is ``None`` for a figure that was struck out.
    measure
        What the two numbers are: see :class:`~lekp_lib.edition.models.Measure`.
    place, reason, author
        Texts of people; not trusted.
    """

    target_id: str
    indicator: str
    nis: str
    reference_date: dt.date
    before: float
    after: float | None
    measure: str
    place: str
    reason: str
    author: str
    date: dt.date


@dataclass(frozen=True, slots=True)
class ShownExplanation:
    """What a municipality says about one target (*toelichting*); texts are not trusted.

    ``place`` is the name of the (former) municipality that speaks.
    """

    target_id: str
    nis: str
    kind: Literal["Toelichting", "Aanvulling"]
    text: str
    link: str
    date: dt.date
    author: str
    place: str


@dataclass(frozen=True, slots=True)
class ContextRow:
    """A fact about a municipality that is no figure of a target, as its source gave it.

    ``fields`` is a JSON text with sorted keys; its meaning is that of the file shape.
    """

    nis: str
    shape: str
    fields: str


@dataclass(frozen=True, slots=True)
class BoundaryRow:
    """Simplified boundary of a municipality, in whole metres of Lambert 72 (EPSG:31370).

    ``rings`` is a JSON text: a list of outlines, each a list of points; ``x`` and ``y`` are a place well inside.
    """

    nis: str
    x: int
    y: int
    rings: str


SideRow = AppliedCorrection | ShownExplanation | CountFact | ContextRow | BoundaryRow

#: What a row is, per table.
SIDE_TABLES: Mapping[str, type[Any]] = {
    "counts": CountFact,
    "corrections": AppliedCorrection,
    "explanations": ShownExplanation,
    "context": ContextRow,
    "boundaries": BoundaryRow,
}
_TYPES = {"dt.date": pa.date32(), "float": pa.float64(), "int": pa.int64()}


def _schema(name: str) -> pa.Schema:
    """Columns are the fields of a row; only one that may be ``None`` may be empty."""
    columns = [(field.name, str(field.type)) for field in fields(SIDE_TABLES[name])]
    return pa.schema(
        [
            pa.field(column, _TYPES.get(kind.removesuffix(" | None"), pa.string()), nullable=kind.endswith("| None"))
            for column, kind in columns
        ]
    )


def side_to_parquet(name: str, rows: Iterable[SideRow]) -> tuple[bytes, int]:
    """Rows as the bytes of a parquet file, in a fixed order.

    Parameters
    ----------
    name
        Of the table, from :data:`SIDE_TABLES`.
    rows
        Objects of that table.

    Returns
    -------
    tuple of bytes and int
        The file, and its number of rows.
    """
    schema = _schema(name)
    plain = [asdict(row) for row in rows]
    plain.sort(key=lambda row: tuple("" if row[key] is None else str(row[key]) for key in schema.names))
    columns = {key: [row[key] for row in plain] for key in schema.names}
    buffer = BytesIO()
    pq.write_table(pa.table(columns, schema=schema), buffer, compression="zstd", write_statistics=False)
    return buffer.getvalue(), len(plain)


def read_side(name: str, content: bytes) -> tuple[SideRow, ...]:
    """A side table as objects, in the order of the file.

    Raises
    ------
    ValueError
        When the columns or their types are not those of the table, or a cell that must be filled is empty.
    """
    schema = _schema(name)
    table = pq.ParquetFile(BytesIO(content), pre_buffer=False).read(use_threads=False)  # as in tables.py
    if not table.schema.equals(schema, check_metadata=False):
        raise ValueError(f"de kolommen {table.schema.names} van deze types; verwacht {schema.names}")
    for field in schema:
        if not field.nullable and table.column(field.name).null_count:
            raise ValueError(f"kolom {field.name!r} heeft lege cellen; verwacht een waarde in elke")
    return tuple(SIDE_TABLES[name](**row) for row in table.to_pylist())


def check_sides(
    sides: Mapping[str, tuple[SideRow, ...]], folder: Path, known: Mapping[str, set[str]], nis: set[str]
) -> list[Problem]:
    """Rows of side tables that name a target, indicator or municipality that does not exist.

    Parameters
    ----------
    sides
        Rows by table.
    folder
        Of the edition, for the messages.
    known
        Indicator ids by target id.
    nis
        Codes of the municipalities of the edition.

    Returns
    -------
    list of Problem
    """
    problems = []
    for name, rows in sides.items():
        for number, row in enumerate(rows, start=1):
            where = f"{folder / name}.parquet: rij {number}"
            if isinstance(row, CountFact):
                continue  # the register judges these when it takes them in
            if row.nis not in nis:
                problems.append(Problem(f"{where}, nis", repr(row.nis), "een code die op de peildatum bestaat"))
            if isinstance(row, ContextRow | BoundaryRow):
                continue
            if row.target_id not in known:
                problems.append(Problem(f"{where}, target_id", repr(row.target_id), "de id van een doel"))
            elif isinstance(row, AppliedCorrection) and row.indicator not in known[row.target_id]:
                problems.append(Problem(f"{where}, indicator", repr(row.indicator), "een indicator van dat doel"))
    return problems
