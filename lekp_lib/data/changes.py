"""What an import would change: figures that are new, revised (old to new) or the same as before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from lekp_lib.data.import_result import ImportResult

ChangeKind = Literal["new", "revised", "unchanged"]
FigureKey = tuple[str, str, dt.date]


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of an import, beside what was known of it.

    Attributes
    ----------
    kind
        ``new``, ``revised`` or ``unchanged``.
    nis, figure, date
        Municipality, ``target.indicator`` (or ``inwoners`` …) and date.
    old, new
        Values; ``old`` is ``None`` for a new figure.
    """

    kind: ChangeKind
    nis: str
    figure: str
    date: dt.date
    old: float | None
    new: float


def values(result: ImportResult) -> dict[FigureKey, float]:
    """Figures and counts of one import, by municipality, figure and date.

    Parameters
    ----------
    result
        What a file gave.

    Returns
    -------
    dict
        A share of the target and an amount are different figures.
    """
    found: dict[FigureKey, float] = {}
    for item in result.observations:
        suffix = " (% van doel)" if item.measure.value == "aandeel_pct" else ""
        found[item.nis, f"{item.target_id}.{item.indicator}{suffix}", item.reference_date] = item.value
    for fact in result.counts:
        found[fact.nis, fact.kind, fact.date] = float(fact.value)
    return found


def known_values(results: Iterable[ImportResult]) -> dict[FigureKey, float]:
    """Figures after all earlier imports: the last import of a figure wins."""
    found: dict[FigureKey, float] = {}
    for result in results:
        found.update(values(result))
    return found


def compare(result: ImportResult, known: Mapping[FigureKey, float]) -> tuple[Change, ...]:
    """What a file would change.

    Parameters
    ----------
    result
        What the file gave.
    known
        Figures before.

    Returns
    -------
    tuple of Change
        Revised ones first, then new, then unchanged; by municipality, figure and date.
    """
    changes = []
    for key, value in values(result).items():
        old = known.get(key)
        kind: ChangeKind = "new" if old is None else "unchanged" if old == value else "revised"
        changes.append(Change(kind, *key, old, value))
    order = {"revised": 0, "new": 1, "unchanged": 2}
    return tuple(sorted(changes, key=lambda item: (order[item.kind], item.nis, item.figure, item.date)))
