"""The calendar of the sources: when each gave its last figure, when the next one is due, which one is late.

Days are counted from what the catalogue declares (rhythm, usual lag); the clock is passed in. Written as a calendar
file (RFC 5545) too: whole-day events with text that may hold anything.
"""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lekp_lib.data.store import Passport
from lekp_lib.pact import Catalog, Source
from lekp_lib.pact.models import Rhythm

_MONTHS = {Rhythm.MONTHLY: 1, Rhythm.TWICE_YEARLY: 6, Rhythm.YEARLY: 12}
#: Days after the expected one before a source counts as late; otherwise the end of the expected month.
_WEEKLY_GRACE_DAYS = 7
_PRODUCT, _LINE_OCTETS = "-//lekp//bronnenkalender//NL", 75


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What is known of one source on one day.

    Attributes
    ----------
    last_reference
        Newest reference date of its figures; ``None`` when nothing came in.
    retrieved, published
        Newest days in the passports of its files; ``None`` when not known.
    next_expected
        Day from which the next figure may be there; ``None`` where no rhythm is known or nothing came in.
    overdue
        The next figure should have been there.
    """

    source: Source
    last_reference: dt.date | None
    retrieved: dt.date | None
    published: dt.date | None
    next_expected: dt.date | None
    overdue: bool


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last day of a month stays the last day.

    Examples
    --------
    >>> add_months(dt.date(2026, 3, 31), 1), add_months(dt.date(2025, 2, 28), 12)
    (datetime.date(2026, 4, 30), datetime.date(2026, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(year, month + 1, length if is_last else min(day.day, length))


def next_expected(source: Source, last_reference: dt.date) -> dt.date | None:
    """Day from which the figure after the last one may be there.

    Parameters
    ----------
    source
        With rhythm and, where known, usual lag between reference date and publication.
    last_reference
        Reference date of the newest figure.

    Returns
    -------
    datetime.date or None
        ``None`` for a source without rhythm.
    """
    if source.rhythm is Rhythm.WEEKLY:
        following = last_reference + dt.timedelta(days=7)
    elif source.rhythm in _MONTHS:
        following = add_months(last_reference, _MONTHS[source.rhythm])
    else:
        return None
    return following + dt.timedelta(days=source.typical_lag_days or 0)


def is_overdue(source: Source, expected: dt.date | None, today: dt.date) -> bool:
    """Whether the figure is late: the month in which it was expected is over, for weekly ones a week has passed."""
    if expected is None:
        return False
    if source.rhythm is Rhythm.WEEKLY:
        return today > expected + dt.timedelta(days=_WEEKLY_GRACE_DAYS)
    return (today.year, today.month) > (expected.year, expected.month)


def newest_by_source(dated: Iterable[tuple[str, dt.date]]) -> dict[str, dt.date]:
    """Newest date per source id."""
    newest: dict[str, dt.date] = {}
    for source_id, date in dated:
        newest[source_id] = max(date, newest.get(source_id, date))
    return newest


def source_statuses(
    catalog: Catalog, passports: Iterable[Passport], last_reference: Mapping[str, dt.date], today: dt.date
) -> tuple[SourceStatus, ...]:
    """State of every source that the catalogue declares, in the order of their names.

    Parameters
    ----------
    catalog
        Sources with their rhythm.
    passports
        Of the raw files that came in.
    last_reference
        Newest reference date by source id, of what was read from those files.
    today
        The day for which the state holds.

    Returns
    -------
    tuple of SourceStatus
    """
    given = tuple(passports)
    found = []
    for source in sorted(catalog.sources.values(), key=lambda item: item.name.casefold()):
        own = [item for item in given if item.provider == source.id]
        reference = last_reference.get(source.id)
        expected = next_expected(source, reference) if reference is not None else None
        found.append(
            SourceStatus(
                source=source,
                last_reference=reference,
                retrieved=max((item.retrieved for item in own), default=None),
                published=max((item.published for item in own if item.published is not None), default=None),
                next_expected=expected,
                overdue=is_overdue(source, expected, today),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Event:
    """Something on one day; a ``uid`` that stays the same lets a newer calendar update the event, not double it."""

    uid: str
    day: dt.date
    title: str
    description: str = ""
    url: str = ""


def escaped(text: str) -> str:
    """Text value: backslash, semicolon, comma and line ends written as RFC 5545 3.3.11 asks; no control characters.

    Examples
    --------
    >>> escaped("a;b, c")
    'a\\\\;b\\\\, c'
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(char for char in plain if char in "\n\t" or (char >= " " and char != "\x7f"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """A content line in pieces of at most 75 octets, without cutting a character in two (RFC 5545 3.1)."""
    pieces: list[str] = []
    current, size = "", 0
    for char in line:
        octets = len(char.encode("utf-8"))
        if size + octets > _LINE_OCTETS:
            pieces.append(current)
            # The blank with which a continuation begins counts too.
            current, size = "", 1
        current += char
        size += octets
    return "\r\n ".join([*pieces, current])


def _address(url: str) -> str:
    """An address is no text value: it may not hold blanks or line ends, and is left out when it does."""
    return url if url.isascii() and url.isprintable() and " " not in url else ""


def write_calendar(events: Iterable[Event], name: str, stamp: dt.datetime) -> bytes:
    """Calendar file with whole-day events.

    Parameters
    ----------
    events
        In the order to be written.
    name
        Name of the calendar.
    stamp
        Moment at which it is made, with time zone.

    Returns
    -------
    bytes
        UTF-8 with CRLF line ends.

    Raises
    ------
    ValueError
        When the moment has no time zone.
    """
    if stamp.tzinfo is None:
        raise ValueError("the moment of a calendar needs a time zone")
    made = stamp.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for event in events:
        uid = hashlib.sha256(event.uid.encode("utf-8")).hexdigest()[:24]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}@lekp",
            f"DTSTAMP:{made}",
            f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.day + dt.timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(event.title)}",
        ]
        lines += [f"DESCRIPTION:{escaped(event.description)}"] if event.description else []
        lines += [f"URL:{_address(event.url)}"] if _address(event.url) else []
        lines += ["TRANSP:TRANSPARENT", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines).encode("utf-8")
