"""Words for a source that is late with its next figure."""

from __future__ import annotations

import datetime as dt

from lekp_lib.site.oud.dates import MONTHS


def late_words(expected: dt.date) -> str:
    """Mark of a late source: "volgende cijfer verwacht in april 2026, te laat"."""
    return f"volgende cijfer verwacht in {MONTHS[expected.month - 1]} {expected.year}, te laat"
