"""What the commands on editions and sources show: differences between editions, the calendar of the sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lekp_lib.cli.tables import Cell, PlainTable
from lekp_lib.data.store import SourceStatus
from lekp_lib.edition import AREA_NAMES, Edition
from lekp_lib.edition.diff import FigureChange
from lekp_lib.present.format import date_text
from lekp_lib.present.quality import rhythm_words

if TYPE_CHECKING:
    import pandas as pd

_DIFF_COLUMNS = (
    "wat", "nis", "gemeente", "doel", "reeks", "peildatum", "vroeger", "nu", "eenheid", "status vroeger", "status nu",
)  # fmt: skip
_STATUS_COLUMNS = ("bron", "ritme", "laatste peildatum", "opgehaald", "gepubliceerd", "volgende verwacht", "te laat")


def _names(*editions: Edition) -> dict[str, str]:
    found = dict(AREA_NAMES)
    for edition in editions:
        found |= {place.nis: place.name for place in edition.register.municipalities(edition.reference_date)}
    return found


def _figure_row(change: FigureChange, new: Edition, names: dict[str, str]) -> list[Cell]:
    target = new.catalog.target(change.target_id)
    indicator = next(item for item in target.indicators if item.id == change.indicator)
    before, after = change.before, change.after
    return [
        change.kind.value,
        change.nis,
        names.get(change.nis, ""),
        target.name,
        indicator.label,
        change.reference_date,
        before.value if before else None,
        after.value if after else None,
        indicator.unit.symbol,
        before.status.value if before else None,
        after.status.value if after else None,
    ]


def _verdict_rows(changes: pd.DataFrame, new: Edition, names: dict[str, str]) -> list[list[Cell]]:
    dated = changes["reference_date"].dt.date.where(changes["reference_date"].notna(), None)
    return [
        ["oordeel", nis, names.get(nis, ""), new.catalog.target(target).name, None, day, was, now, None, None, None]
        for nis, target, was, now, day in zip(
            changes["nis"], changes["target_id"], changes["before"], changes["after"], dated, strict=True
        )
    ]


def diff_table(old: Edition, new: Edition, figures: Iterable[FigureChange], verdicts: pd.DataFrame) -> PlainTable:
    """All that differs between two editions, verdicts first.

    Parameters
    ----------
    old, new
        The two editions, for names and units.
    figures, verdicts
        The differences.

    Returns
    -------
    PlainTable
    """
    names = _names(old, new)
    rows = _verdict_rows(verdicts, new, names) + [_figure_row(item, new, names) for item in figures]
    return PlainTable(f"Wat veranderde van {old.title} naar {new.title}", _DIFF_COLUMNS, rows)


def status_table(statuses: Sequence[SourceStatus], today: dt.date) -> PlainTable:
    """The state of every source on one day."""
    rows: list[list[Cell]] = [
        [
            item.source.name,
            rhythm_words(item.source),
            item.last_reference,
            item.retrieved,
            item.published,
            item.next_expected,
            "te laat" if item.overdue else None,
        ]
        for item in statuses
    ]
    return PlainTable(f"Bronnen op {date_text(today)}", _STATUS_COLUMNS, rows)
