"""Sources that were late with their next figure on the day on which an edition was frozen.

The day is that of the edition and not of the reader, so that a report can be made again unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable

from lekp_lib.adapter import Assessment
from lekp_lib.data.calendar import is_overdue, next_expected
from lekp_lib.edition import Edition
from lekp_lib.site.oud.words.due_words import late_words


def late_sources(edition: Edition, assessments: Iterable[Assessment]) -> dict[str, str]:
    """Words by target id where the source is late.

    Parameters
    ----------
    edition
        Gives the newest date of every source, over all municipalities, and the day it was frozen.
    assessments
        Of one municipality; targets that are closed, or without figure, wait for nothing.

    Returns
    -------
    dict of str
        "volgende cijfer verwacht in april 2026, te laat".
    """
    today, newest, found = edition.manifest.built, edition.newest_dates, {}
    for item in assessments:
        closed = item.target.closed_on is not None and item.target.closed_on < today
        if item.current is None or closed:
            continue
        source = edition.catalog.source(item.current.observation.source_id)
        expected = next_expected(source, newest.get((item.target.id, source.id), item.current.date))
        if expected is not None and is_overdue(source, expected, today):
            found[item.target.id] = late_words(expected)
    return found
