"""The shape of an edition's tables, and the way between rows and observations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lekp_lib.data.observation import observations_of as rows_as_observations
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
_LATER_COLUMNS: dict[str, float | str] = {"original": float("nan"), "correction_note": ""}
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
        raise ValueError(f"de kolommen {table.schema.names}; verwacht {SCHEMA.names}")
    frame: pd.DataFrame = table.to_pandas(date_as_object=False, use_threads=False)
    for name, value in _LATER_COLUMNS.items():
        if name not in frame:
            frame[name] = value
    dates = [field.name for field in SCHEMA if pa.types.is_date(field.type)]
    return frame.astype({"base_year": "Int64", **dict.fromkeys(dates, "datetime64[s]")})


def observations_of(frame: pd.DataFrame) -> tuple[Observation, ...]:
    """Rows of an edition table as :class:`Observation` objects, in the order of the table."""
    dates = {name: frame[name].dt.date.astype(object) for name in ("reference_date", "retrieved", "since")}
    return rows_as_observations(frame.assign(**dates))


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
            problems.append(Problem(f"{where}: rij {position + 1}, {column}", repr(row[column]), expected))

    report(~frame["target_id"].isin(list(known)), "target_id", "de id van een doel uit de catalogus")
    pairs = {(target, indicator) for target, ids in known.items() for indicator in ids}
    named = pd.MultiIndex.from_frame(frame[["target_id", "indicator"]])
    unknown = frame["target_id"].isin(list(known)) & ~named.isin(list(pairs))
    report(unknown, "indicator", "een indicator van dat doel")
    report(~frame["nis"].isin(list(nis)), "nis", "een code die op de peildatum bestaat")
    allowed: dict[str, list[str]] = {
        "status": list(Status),
        "measure": list(Measure),
        "date_precision": list(DATE_PRECISIONS),
    }
    for column, words in allowed.items():
        report(~frame[column].isin([str(word) for word in words]), column, ", ".join(words))
    given = np.isfinite(frame["value"]) | frame["status"].eq(Status.UNREGISTERED)
    report(~given, "value", "een eindig getal; een cijfer dat ontbreekt heeft geen rij")
    report(np.isinf(frame["original"]), "original", "een eindig getal, of niets als het cijfer niet verbeterd is")
    report(frame.duplicated(list(SORT_KEY)), "reference_date", "één cijfer per doel, indicator, gemeente en datum")
    return problems
