"""The sources as days in a calendar: what the command ``lekp data status`` and the site hand out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lekp_lib.data.calendar import Event, SourceStatus
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.target_fiche import rhythm_words
from lekp_lib.site.oud.words.due_words import late_words


def status_events(
    statuses: Iterable[SourceStatus], warning: str = "", references: Mapping[str, str] | None = None
) -> list[Event]:
    """One event per source with a next figure, on the day from which it may be there.

    Parameters
    ----------
    statuses
        State of the sources on one day.
    warning
        Stands in front of every title: that the figures are invented.
    references
        By source id, the last reference date as exact as the source gives it; the day itself where it is absent.

    Returns
    -------
    list of Event
    """
    events = []
    for item in statuses:
        if item.next_expected is None or item.last_reference is None:
            continue
        reference = (references or {}).get(item.source.id, date_long(item.last_reference))
        told = f"Laatste peildatum: {reference}. Ritme: {rhythm_words(item.source.rhythm)}."
        late = f" Let op: {late_words(item.next_expected)}." if item.overdue else ""
        title = f"Nieuw cijfer verwacht: {item.source.name}"
        title = f"{warning}. {title}" if warning else title
        events.append(Event(f"bron-{item.source.id}", item.next_expected, title, told + late, item.source.url))
    return events
