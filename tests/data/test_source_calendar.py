"""When the next figure is due, who is late, and a calendar file that every program reads."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lekp_lib.data.store import Passport, next_due, source_statuses
from lekp_lib.pact import load_catalog
from lekp_lib.pact.models import Source
from lekp_lib.present.quality import write_calendar

END_OF_MARCH = dt.date(2026, 3, 31)
TODAY = dt.date(2026, 5, 1)


def make_source(id: str = "groenblauwpeil", name: str = "Groenblauwpeil") -> Source:  # noqa: A002
    """A source with a name."""
    return Source.model_validate(
        {
            "id": id,
            "name": name,
            "organisation": name,
            "rang": "officieel",
            "rhythm": "wekelijks",
            "rhythm_certainty": "bron",
            "licence": "niet bekend",
            "description": "Een bron om mee te testen.",
        }
    )


@pytest.mark.parametrize(
    ("rhythm", "lag", "expected", "last_good_day"),
    [
        ("wekelijks", None, dt.date(2026, 4, 7), dt.date(2026, 4, 14)),
        ("maandelijks", None, dt.date(2026, 4, 30), dt.date(2026, 4, 30)),
        ("maandelijks", 45, dt.date(2026, 6, 14), dt.date(2026, 6, 30)),
        ("halfjaarlijks", None, dt.date(2026, 9, 30), dt.date(2026, 9, 30)),
        ("jaarlijks", 439, dt.date(2028, 6, 12), dt.date(2028, 6, 30)),
    ],
)
def test_next_figure_and_the_day_from_which_it_is_late(
    rhythm: str, lag: int | None, expected: dt.date, last_good_day: dt.date
) -> None:
    source = make_source().model_copy(update={"rhythm": rhythm, "typical_lag_days": lag})
    assert next_due(source, END_OF_MARCH, last_good_day) == (expected, False)
    assert next_due(source, END_OF_MARCH, last_good_day + dt.timedelta(days=1)) == (expected, True)


@pytest.mark.parametrize("rhythm", ["eenmalig", "niet_bekend"])
def test_source_without_rhythm_is_never_late(rhythm: str) -> None:
    source = make_source().model_copy(update={"rhythm": rhythm})
    assert next_due(source, END_OF_MARCH, dt.date(2099, 1, 1)) == (None, False)


def test_state_of_every_source() -> None:
    passport = Passport(sha256="0" * 64, bytes=1, name="x.csv", provider="mow", retrieved=dt.date(2026, 4, 2))
    given = load_catalog(), [passport], {"mow": END_OF_MARCH}, TODAY
    statuses = {item.source.id: item for item in source_statuses(*given).itertuples()}
    assert set(statuses) == set(load_catalog().sources)
    mow = statuses["mow"]
    assert (mow.last_reference, mow.retrieved, mow.published) == (END_OF_MARCH, dt.date(2026, 4, 2), None)
    assert (mow.next_expected, mow.overdue) == (dt.date(2026, 4, 30), True)
    assert statuses["statbel"].last_reference is None and not statuses["statbel"].overdue


def unfolded(content: bytes) -> list[str]:
    text = content.decode("utf-8")
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode("utf-8")) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


@given(st.text(max_size=300))
def test_any_text_comes_back_from_a_calendar_and_stays_in_its_line(text: str) -> None:
    lines = unfolded(write_calendar([("a", END_OF_MARCH, text, text, "")], "Bronnen", TODAY))
    assert len(lines) == (15 if text else 14)
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(char for char in plain if char in "\n\t" or (char >= " " and char != "\x7f"))
    assert unescaped(next(line for line in lines if line.startswith("SUMMARY:"))[8:]) == kept


def test_calendar_has_the_lines_of_the_standard_and_no_hostile_address() -> None:
    lines = unfolded(write_calendar([("mow", END_OF_MARCH, "MOW", "", "https://a.be\r\nX:1")], "B;ron", TODAY))
    assert lines[:5] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//lekp//bronnenkalender//NL",
                         "CALSCALE:GREGORIAN", "X-WR-CALNAME:B\\;ron"]  # fmt: skip
    assert "DTSTART;VALUE=DATE:20260331" in lines and "DTEND;VALUE=DATE:20260401" in lines
    assert "DTSTAMP:20260501T000000Z" in lines and not any(line.startswith(("URL", "X:1")) for line in lines)
