"""One figure, with everything that a reader must know to trust it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd


class Status(StrEnum):
    """How certain a figure is. A missing figure is never a zero: it has no row, or one that says "not registered"."""

    FINAL = "definitief"
    PROVISIONAL = "voorlopig"
    ESTIMATED = "geschat"
    CORRECTED = "gecorrigeerd"
    EXAMPLE = "voorbeeld"
    #: The source itself says that nothing was entered: the value is missing.
    UNREGISTERED = "niet_geregistreerd"


class Measure(StrEnum):
    """What the number of an observation is: an amount, or a share that the source computed itself."""

    AMOUNT = "stand"
    SHARE_PCT = "aandeel_pct"


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure of one municipality at one date.

    Attributes
    ----------
    value
        In the unit of the sub-indicator; 0 or 1 for yes/no parts; percent of the target for ``SHARE_PCT``.
    date_precision
        ``dag``, ``maand`` or ``jaar``: how exactly the source gives its reference date
        (``reference_date`` then is the last day of that month or year).
    since
        For yes/no parts: since when.
    base_year
        For yearly rates: the year from which the average counts.
    original
        What the source says, where the municipality corrected it; ``None`` for a figure that nobody changed.
    correction_note
        Reason, author and date of the correction, as one text for readers; not trusted.
    """

    target_id: str
    indicator: str
    nis: str
    reference_date: dt.date
    value: float
    status: Status
    source_id: str
    measure: Measure = Measure.AMOUNT
    date_precision: str = "dag"
    retrieved: dt.date | None = None
    url: str = ""
    since: dt.date | None = None
    base_year: int | None = None
    remark: str = ""
    original: float | None = None
    correction_note: str = ""


#: Columns of a table of figures: the fields of an observation.
FIGURES = (
    "target_id", "indicator", "nis", "reference_date", "value", "status", "source_id", "measure", "date_precision",
    "retrieved", "url", "since", "base_year", "remark", "original", "correction_note",
)  # fmt: skip


def figures_frame(observations: Iterable[Observation]) -> pd.DataFrame:
    """Figures as a table with the columns of :data:`FIGURES`; what is not known is ``None``."""
    rows = [tuple(getattr(item, name) for name in FIGURES) for item in observations]
    return pd.DataFrame(rows, columns=list(FIGURES), dtype=object).astype({"value": float})


def observations_of(frame: pd.DataFrame) -> tuple[Observation, ...]:
    """Figures of a table as objects."""
    plain = frame.astype(object).where(frame.notna(), None)
    records: list[dict[str, Any]] = plain[list(FIGURES)].to_dict("records")  # type: ignore[assignment]
    return tuple(
        Observation(
            **{
                **row,
                "value": float("nan" if row["value"] is None else row["value"]),
                "status": Status(row["status"]),
                "measure": Measure(row["measure"]),
                "base_year": None if row["base_year"] is None else int(row["base_year"]),
            }
        )
        for row in records
    )
