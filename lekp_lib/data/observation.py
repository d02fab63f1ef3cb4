"""One figure, with everything that a reader must know to trust it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How certain a figure is. A missing figure has no row at all: it is never a zero."""

    FINAL = "definitief"
    PROVISIONAL = "voorlopig"
    ESTIMATED = "geschat"
    CORRECTED = "gecorrigeerd"
    EXAMPLE = "voorbeeld"


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
