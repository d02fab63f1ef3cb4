"""What changed between two editions: figures that were revised, came in or went away."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from lekp_lib.edition.edition import Edition
from lekp_lib.edition.models import Observation
from lekp_lib.edition.tables import observations_of

_Key = tuple[str, str, str, dt.date]


class ChangeKind(StrEnum):
    """What happened to a figure."""

    REVISED = "herzien"
    NEW = "nieuw"
    GONE = "verdwenen"


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure that is not the same in both editions; ``before`` or ``after`` is ``None`` where it is absent."""

    kind: ChangeKind
    target_id: str
    indicator: str
    nis: str
    reference_date: dt.date
    before: Observation | None
    after: Observation | None


def _figures(edition: Edition, nis: str | None) -> dict[_Key, Observation]:
    frame = edition.figures
    if nis is not None:
        frame = frame[frame["nis"] == nis]
    return {(item.target_id, item.indicator, item.nis, item.reference_date): item for item in observations_of(frame)}


def _says_another_thing(before: Observation, after: Observation) -> bool:
    """Value, sort, certainty or answer differ; a newer day of retrieval alone is no change."""
    seen = ("value", "measure", "status", "original", "since", "base_year", "date_precision")
    return any(getattr(before, name) != getattr(after, name) for name in seen)


def diff_figures(old: Edition, new: Edition, nis: str | None = None) -> tuple[FigureChange, ...]:
    """Figures that differ between two editions.

    Parameters
    ----------
    old, new
        The earlier and the later edition.
    nis
        Only this municipality; all by default. The code of a municipality that merged in between is in one edition
        only, so that its figures are gone and those of its successor new.

    Returns
    -------
    tuple of FigureChange
        By target, indicator, municipality and date.
    """
    before, after = _figures(old, nis), _figures(new, nis)
    changes = []
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        if was is not None and now is not None and not _says_another_thing(was, now):
            continue
        kind = ChangeKind.NEW if was is None else ChangeKind.GONE if now is None else ChangeKind.REVISED
        changes.append(FigureChange(kind, *key, was, now))
    return tuple(changes)
