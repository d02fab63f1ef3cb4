"""The shape of an edition's tables, and the way between rows and observations."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from io import BytesIO
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lekp_lib.edition.models import Measure, Observation, Status
from lekp_lib.errors import Problem

#: Tables of observations in an edition. ``figures`` are those of the municipalities of the reference date;
#: ``former`` those of municipalities that have merged since; ``totals`` those of provinces and Flanders.
TABLE_NAMES = ("figures", "former", "totals")

SCHEMA = pa.schema(
    [
        pa.field("target_id", pa.string(), nullable=False),
        pa.field("indicator", pa.string(), nullable=False),
        pa.field("nis", pa.string(), nullable=False),
        pa.field("reference_date", pa.date32(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("measure", pa.string(), nullable=False),
        pa.field("date_precision", pa.string(), nullable=False),
        pa.field("retrieved", pa.date32()),
        pa.field("url", pa.string(), nullable=False),
        pa.field("since", pa.date32()),
        pa.field("base_year", pa.int32()),
        pa.field("remark", pa.string(), nullable=False),
        pa.field("original", pa.float64()),
        pa.field("correction_note", pa.string(), nullable=False),
    ]
)
#: Columns that editions of manifest format 1 do not have, with the value that says "never corrected".
_LATER_COLUMNS: dict[str, float | str] = {"original": math.nan, "correction_note": ""}
SORT_KEY = ("target_id", "indicator", "nis", "reference_date")
DATE_PRECISIONS = ("dag", "maand", "jaar", "onbekend")


def _sort_key(observation: Observation) -> tuple[str, str, str, dt.date]:
    return (observation.target_id, observation.indicator, observation.nis, observation.reference_date)


def to_parquet(observations: Iterable[Observation]) -> tuple[bytes, int]:
    """Observations as the bytes of a parquet file, in a fixed order so that equal figures give equal bytes.

    Returns
    -------
    tuple of bytes and int
        The file, and its number of rows.
    """
    rows: list[dict[str, Any]] = [asdict(item) for item in sorted(observations, key=_sort_key)]
    columns = {field.name: [row[field.name] for row in rows] for field in SCHEMA}
    for name in ("status", "measure"):
        columns[name] = [str(value) for value in columns[name]]
    buffer = BytesIO()
    pq.write_table(pa.table(columns, schema=SCHEMA), buffer, compression="zstd", write_statistics=False)
    return buffer.getvalue(), len(rows)


def read_frame(content: bytes) -> pd.DataFrame:
    """A parquet table of observations as a data frame; what is absent is missing, never filled.

    Raises
    ------
    ValueError
        When the columns are not those of an edition table.
    """
    # Without Arrow's threads: the batch forks its children from this process, and only one without threads may fork.
    table = pq.ParquetFile(BytesIO(content), pre_buffer=False).read(use_threads=False)
    earlier = [name for name in SCHEMA.names if name not in _LATER_COLUMNS]
    if table.schema.names not in (SCHEMA.names, earlier):
        raise ValueError(f"columns {table.schema.names}; expected {SCHEMA.names}")
    frame: pd.DataFrame = table.to_pandas(date_as_object=False, use_threads=False)
    for name, value in _LATER_COLUMNS.items():
        if name not in frame:
            frame[name] = value
    dates = [field.name for field in SCHEMA if pa.types.is_date(field.type)]
    return frame.astype({"base_year": "Int64", **dict.fromkeys(dates, "datetime64[s]")})


def _none_if_missing(value: Any) -> Any:
    return None if pd.isna(value) else value


def observations_of(frame: pd.DataFrame) -> Iterator[Observation]:
    """Rows of an edition table as :class:`Observation` objects, in the order of the table."""
    names = [field.name for field in fields(Observation)]
    dates = {name: frame[name].dt.date.astype(object) for name in ("reference_date", "retrieved", "since")}
    for row in zip(*(dates.get(name, frame[name]).tolist() for name in names), strict=True):
        values = dict(zip(names, row, strict=True))
        base_year = _none_if_missing(values["base_year"])
        yield Observation(
            **{
                **values,
                "status": Status(values["status"]),
                "measure": Measure(values["measure"]),
                "retrieved": _none_if_missing(values["retrieved"]),
                "since": _none_if_missing(values["since"]),
                "base_year": None if base_year is None else int(base_year),
                "original": _none_if_missing(values["original"]),
            }
        )


def check_frame(frame: pd.DataFrame, where: str, known: dict[str, set[str]], nis: set[str]) -> list[Problem]:
    """Everything in a table of figures that no report may be made from.

    Parameters
    ----------
    frame
        Table of observations.
    where
        Name of the file, for the messages.
    known
        Indicator ids by target id, from the catalogue.
    nis
        Codes that may occur.

    Returns
    -------
    list of Problem
        With the row number, counted from 1 below the heading.
    """
    problems: list[Problem] = []

    def report(mask: pd.Series, column: str, expected: str) -> None:
        for position in mask.to_numpy().nonzero()[0][:20]:
            row = frame.iloc[position]
            problems.append(Problem(f"{where}: row {position + 1}, {column}", repr(row[column]), expected))

    report(~frame["target_id"].isin(list(known)), "target_id", "the id of a target of the catalogue")
    pairs = {(target, indicator) for target, ids in known.items() for indicator in ids}
    unknown = pd.Series(
        [
            target in known and (target, indicator) not in pairs
            for target, indicator in zip(frame["target_id"], frame["indicator"], strict=True)
        ],
        index=frame.index,
        dtype=bool,
    )
    report(unknown, "indicator", "an indicator of that target")
    report(~frame["nis"].isin(list(nis)), "nis", "a code that exists at the reference date")
    report(~frame["status"].isin([str(item) for item in Status]), "status", ", ".join(Status))
    report(~frame["measure"].isin([str(item) for item in Measure]), "measure", ", ".join(Measure))
    report(~frame["date_precision"].isin(DATE_PRECISIONS), "date_precision", ", ".join(DATE_PRECISIONS))
    finite = frame["value"].map(math.isfinite)
    report(~finite.astype(bool), "value", "a finite number; a missing figure has no row")
    endless = frame["original"].map(math.isinf).astype(bool)
    report(endless, "original", "a finite number, or nothing where the figure was not corrected")
    report(
        frame.duplicated(list(SORT_KEY)), "reference_date", "one figure per target, indicator, municipality and date"
    )
    return problems
