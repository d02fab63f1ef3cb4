"""Council decisions on the pact: what Lokaal Beslist finds, with title, day and address (data-sources.md 2.8).

One search over all municipalities, as the site's own search page does it: following every session of every municipality
took thousands of requests each. What is found helps a reader to the text of a decision; it is no figure, and no
proof that there is no other decision.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from lekp_lib.data.connectors.update import (
    FeedUpdate,
    UpdateContext,
    UpdateResult,
    each_feed,
    json_object,
    put_answer,
    take_in,
)
from lekp_lib.data.http import Answer, UpdateError
from lekp_lib.data.import_result import ImportResult
from lekp_lib.pact.connections import Feed

#: Without it the service gives its web page.
HEADERS = {"Accept": "application/vnd.api+json"}
#: The search shows no more, whatever it found.
MAX_FOUND = 10_000
MAX_TITLE_CHARACTERS = 400
_KEY = re.compile(r"[0-9A-Za-z_-]{1,100}")
_BELGIUM = ZoneInfo("Europe/Brussels")
#: A start says that a session took place; its plan does not.
_STARTED, _PLANNED = "session_started_at", "session_planned_start"
#: Per needed fact, the attributes that may tell it.
_NEEDED = (
    ("title", "resolution_title"),
    ("governing_body_location_name",),
    ("governing_body_classification_name", "governing_body_name"),
    (_STARTED, _PLANNED),
)


def _texts(value: Any) -> tuple[str, ...]:
    """Texts of an attribute, which is a text, a list of texts (one per session) or nothing; on one line each."""
    values = value if isinstance(value, list) else [value]
    lines = (
        " ".join("".join(sign if sign.isprintable() else " " for sign in item).split())
        for item in values
        if isinstance(item, str)
    )
    return tuple(line for line in lines if line)


def _first(attributes: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((texts[0] for name in names if (texts := _texts(attributes.get(name)))), "")


def _last_day(attributes: Mapping[str, Any], name: str) -> dt.date | None:
    """Day of the last session: a point that was put off stands on the agenda of several."""
    days = []
    for text in _texts(attributes.get(name)):
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            continue
        days.append((moment.astimezone(_BELGIUM) if moment.tzinfo else moment).date())
    return max(days, default=None)


def _record(item: Mapping[str, Any], site: str, asked_on: dt.date) -> dict[str, str]:
    """An agenda item with the fields of the shape; empty where the service does not tell."""
    attributes = item["attributes"]
    title, place, body = (_first(attributes, names) for names in _NEEDED[:3])
    started = _last_day(attributes, _STARTED)
    day = started or _last_day(attributes, _PLANNED)
    # Many bodies never tell when a session started; a planned day that has passed is the best there is.
    past = day is not None and (started is not None or day < asked_on)
    return {
        "titel": title if len(title) <= MAX_TITLE_CHARACTERS else f"{title[: MAX_TITLE_CHARACTERS - 1].rstrip()}…",
        "gemeente": place,
        "orgaan": body,
        "datum": day.isoformat() if day else "",
        "behandeld": "ja" if past else "nee",
        "link": f"{site}/agendapunten/{item['id']}",
    }


def _page(body: bytes, host: str) -> tuple[int, list[dict[str, Any]]]:
    """Number of agenda items found, and those of this page.

    Raises
    ------
    UpdateError
        When it is no answer of the search, or its fields have other names.
    """
    data = json_object(body, host)
    count, items = data.get("count"), data.get("data")
    if not isinstance(count, int) or not isinstance(items, list):
        raise UpdateError(f"{host} gave json with the keys {', '.join(list(data)[:8])}; expected count and data")
    for number, item in enumerate(items, start=1):
        key = item.get("id") if isinstance(item, dict) else None
        attributes = item.get("attributes") if isinstance(item, dict) else None
        if not isinstance(key, str) or not _KEY.fullmatch(key) or not isinstance(attributes, dict):
            raise UpdateError(f"{host}: item {number} has no usable id and attributes")
    for names in _NEEDED:
        if items and not any(name in item["attributes"] for item in items for name in names):
            there = ", ".join(sorted(map(str, items[0]["attributes"]))[:20])
            raise UpdateError(f"{host}: no item has a field {' or '.join(names)}; there are {there}. Was it renamed?")
    return count, items


def _pages(context: UpdateContext, feed: Feed) -> tuple[list[dict[str, Any]], list[Answer]]:
    connection = context.connection

    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        _page(body, context.host)

    items: list[dict[str, Any]] = []
    answers: list[Answer] = []
    total = 1
    while len(items) < total:
        paging = {"page[size]": str(connection.page_size), "page[number]": str(len(answers))}
        url = f"{connection.url}/search/{feed.name}/search"
        answer = context.ask(url, check, params={**connection.params, **paging}, headers=HEADERS)
        total, found = _page(answer.body, context.host)
        if total > MAX_FOUND:
            raise UpdateError(f"{context.host} finds {total} items: was the question understood? It shows {MAX_FOUND}")
        if not found:
            reached = f"stopped after {len(items)} of {total} items" if total else "finds nothing at all"
            raise UpdateError(f"{context.host} {reached}; try again later")
        answers.append(answer)
        items += found
        context.progress(feed.title, len(items), total)
    if len({item["id"] for item in items}) != total:
        raise UpdateError(f"{context.host} told {total} items and gave others or some twice; try again later")
    return items, answers


def _usable(context: UpdateContext, result: ImportResult) -> tuple[str, ...]:
    rows = result.context
    if rows.empty:
        why = "; ".join(result.notes)
        raise UpdateError(
            f"{context.host}: none of the {result.rows} items is a decision of a council on the pact ({why}). "
            f"{context.connection.by_hand}"
        )
    return (f"{len(rows)} items of {rows['nis'].nunique()} municipalities",)


def _fetch(context: UpdateContext, feed: Feed) -> FeedUpdate:
    try:
        items, answers = _pages(context, feed)
    except UpdateError as error:
        raise UpdateError(f"{str(error).rstrip('.')}. {context.connection.by_hand}") from error
    day = max(answer.retrieved for answer in answers)
    records = [_record(item, context.connection.url, day) for item in items]
    done = take_in(
        context,
        feed,
        json.dumps({"aantal": len(records), "agendapunten": records}, ensure_ascii=False).encode(),
        answers[0],
        name=f"lokaalbeslist_{day.isoformat()}.json",
        examine=partial(_usable, context),
        media_type="application/json",
    )
    # After the whole was found good, so that a refused one leaves nothing behind.
    for number, page in enumerate(answers, start=1):
        name = f"lokaalbeslist_{day.isoformat()}_{number}.json"
        put_answer(context, page.body, page, name=name, title=f"{feed.title}: page {number}")
    return done


def update(context: UpdateContext) -> UpdateResult:
    """Fetch the agenda items.

    Parameters
    ----------
    context
        What to work with.

    Returns
    -------
    UpdateResult
    """
    return each_feed(context, _fetch)
