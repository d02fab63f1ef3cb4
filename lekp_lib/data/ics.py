"""Calendar files (RFC 5545): whole-day events with text that may hold anything."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

_PRODUCT = "-//lekp//bronnenkalender//NL"
_LINE_OCTETS = 75


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
