"""Energy context: open data of Fluvius by Explore v2.1 (data-sources.md 2.3).

Whole data sets are exported and never filtered by name: names are in capitals there, and a filter in lower case gives
no rows and no error. What the export gives is compared with the number of rows that the catalogue tells.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

from lekp_lib.data.connectors.update import (
    FeedUpdate,
    UpdateContext,
    UpdateResult,
    each_feed,
    json_object,
    refuse_web_page,
    take_in,
)
from lekp_lib.data.http import Answer, UpdateError
from lekp_lib.data.import_result import ImportResult
from lekp_lib.pact.connections import Feed
from lekp_lib.pact.load_shapes import find_shape

#: Beyond this the service gives no pages.
MAX_PAGED_ROWS = 10_000


def _facts(body: bytes, host: str) -> tuple[int, dt.date]:
    """Number of rows and day of the last update, from the description of a data set."""
    data = json_object(body, host)
    metas = data.get("metas")
    default = metas.get("default") if isinstance(metas, dict) else None
    told: Mapping[str, Any] = default if isinstance(default, dict) else {}
    rows, moment = told.get("records_count"), told.get("data_processed") or told.get("modified")
    try:
        day = dt.datetime.fromisoformat(str(moment)).date()
    except ValueError:
        day = None
    if not isinstance(rows, int) or rows <= 0 or day is None:
        raise UpdateError(f"{host} does not tell how many rows the data set has and of which day (metas.default)")
    return rows, day


def _check_columns(header: list[str], feed: Feed, context: UpdateContext) -> None:
    shape = find_shape(feed.shape, context.shapes_folder)
    groups = [*shape.columns.values(), *shape.texts.values(), *shape.numbers.values()]
    lacking = [" or ".join(names) for names in groups if not set(names) & set(header)]
    if lacking:
        raise UpdateError(
            f"{context.host}: {feed.name} has no column {', '.join(lacking)}; it has {', '.join(header[:20])}"
        )


def _export(context: UpdateContext, feed: Feed) -> Answer:
    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        refuse_web_page(body, context.host)
        line = body.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
        _check_columns([name.strip().strip('"') for name in line.split(";")], feed, context)

    url = f"{context.connection.url}/{feed.name}/exports/csv"
    return context.ask(url, check, params={"delimiter": ";", "use_labels": "false"})


def _records(context: UpdateContext, feed: Feed, rows: int) -> tuple[bytes, Answer]:
    """All rows page by page, as the csv that the export would have been."""
    if rows > MAX_PAGED_ROWS:
        raise UpdateError(f"{feed.name} has {rows} rows; pages end at {MAX_PAGED_ROWS}")
    found: list[dict[str, Any]] = []

    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        results = json_object(body, context.host).get("results")
        if not isinstance(results, list) or not all(isinstance(row, dict) for row in results):
            raise UpdateError(f"{context.host} gave a page without results")
        if not results:
            raise UpdateError(f"{context.host} stopped after {len(found)} of {rows} rows; try again later")
        _check_columns(list(results[0]), feed, context)

    size = context.connection.page_size
    while len(found) < rows:
        params = {"limit": str(size), "offset": str(len(found))}
        answer = context.ask(f"{context.connection.url}/{feed.name}/records", check, params=params)
        found += json_object(answer.body, context.host)["results"]
        context.progress(feed.title, len(found), rows)
    if len({tuple(map(str, row.values())) for row in found}) != len(found):
        raise UpdateError(f"{context.host} gave rows twice: its pages overlap; try again later")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(dict.fromkeys(key for row in found for key in row)), delimiter=";")
    writer.writeheader()
    writer.writerows(found)
    return text.getvalue().encode(), answer


def _fetch(context: UpdateContext, feed: Feed) -> FeedUpdate:
    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        _facts(body, context.host)

    context.progress(feed.title, 0, 0)
    by_hand = context.connection.by_hand.format(shape=feed.shape)
    try:
        described = context.ask(f"{context.connection.url}/{feed.name}", check)
    except UpdateError as error:
        raise UpdateError(f"{error} {by_hand}" if "(404)" in str(error) else str(error)) from error
    rows, day = _facts(described.body, context.host)
    try:
        answer = _export(context, feed)
        body = answer.body
    except UpdateError as error:
        # Whoever refuses one request should not get a hundred.
        if rows > MAX_PAGED_ROWS or any(code in str(error) for code in ("(401)", "(403)", "(429)")):
            raise
        context.progress(f"{feed.title}: no export ({error}), page by page", 0, rows)
        body, answer = _records(context, feed, rows)

    def whole(result: ImportResult) -> tuple[str, ...]:
        if result.rows != rows:
            raise UpdateError(f"{context.host} gave {result.rows} rows of {feed.name} and told {rows}; try again later")
        return (f"{rows} rows, last update {day}",)

    return take_in(
        context,
        feed,
        body,
        answer,
        name=f"{feed.name}_{day.isoformat()}.csv",
        # Local production is the state of one day and has no date in its rows; the volumes tell their month.
        options={} if find_shape(feed.shape, context.shapes_folder).has("date") else {"datum": day.isoformat()},
        examine=whole,
        published=day,
        media_type="text/csv",
    )


def update(context: UpdateContext) -> UpdateResult:
    """Fetch the data sets.

    Parameters
    ----------
    context
        What to work with.

    Returns
    -------
    UpdateResult
    """
    return each_feed(context, _fetch)
