"""State of every source on the day of the build, as far as the edition of the site tells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import pandas as pd

from lekp_lib.data.calendar import SourceStatus, newest_by_source, source_statuses
from lekp_lib.site.oud.dates import date_of
from lekp_lib.site.world import SiteWorld

#: Tables of an edition whose figures tell how far a source is.
_TABLES = ("figures", "totals")


@dataclass(frozen=True, slots=True)
class SourceState:
    """State of one source, with the names of the targets it serves.

    ``reference`` is the newest reference date as exact as the source gives it; empty without figure.
    """

    status: SourceStatus
    reference: str
    targets: tuple[str, ...]


def _told(edition_frame: pd.DataFrame, column: str) -> list[tuple[str, dt.date]]:
    known = edition_frame[edition_frame[column].notna()]
    return list(zip(known["source_id"].tolist(), known[column].dt.date, strict=True))


def source_states(world: SiteWorld) -> tuple[SourceState, ...]:
    """State of all sources that the edition uses or waits for, by name.

    Parameters
    ----------
    world
        The edition and the day of the build.

    Returns
    -------
    tuple of SourceState
        A source that no target waits for and of which the edition holds nothing is left out.
    """
    frame = pd.concat([world.edition.frame(name) for name in _TABLES], ignore_index=True)
    newest = newest_by_source(_told(frame, "reference_date"))
    retrieved = newest_by_source(_told(frame, "retrieved"))
    keys = zip(frame["source_id"].tolist(), frame["reference_date"].dt.date, strict=True)
    precision = dict(zip(keys, frame["date_precision"].tolist(), strict=True))
    served: dict[str, list[str]] = {}
    for target in world.catalog.targets:
        for source_id in target.sources:
            served.setdefault(source_id, []).append(target.name)
    found = []
    for item in source_statuses(world.catalog, (), newest, world.today):
        key, last = item.source.id, item.last_reference
        if last is None and key not in served:
            continue
        words = date_of(last, precision[key, last]) if last is not None else ""
        status = replace(item, retrieved=retrieved.get(key))
        found.append(SourceState(status, words, tuple(served.get(key, ()))))
    return tuple(found)
