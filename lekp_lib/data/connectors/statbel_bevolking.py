"""Inhabitants on 1 January: the open data zip of Statbel (data-sources.md 2.1).

The site often gives programs a captcha page; then a person downloads the file and imports it, with the same result.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from functools import partial

from lekp_lib.data.connectors.update import (
    FeedUpdate,
    UpdateContext,
    UpdateResult,
    each_feed,
    refuse_web_page,
    take_in,
)
from lekp_lib.data.http import Answer, UpdateError
from lekp_lib.data.import_result import ImportResult
from lekp_lib.pact.connections import Feed


def _ask(context: UpdateContext, name: str, by_hand: str) -> Answer:
    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        refuse_web_page(body, context.host, by_hand)
        if not zipfile.is_zipfile(io.BytesIO(body)):
            raise UpdateError(f"{context.host} gave no whole zip. {by_hand}")

    return context.ask(f"{context.connection.url}/{name}", check)


def _whole(context: UpdateContext, year: int, result: ImportResult) -> tuple[str, ...]:
    """Every municipality of that day, each once: a file with some missing is no file."""
    day = dt.date(year, 1, 1)
    expected = {item.nis: item.name for item in context.register.municipalities(day)}
    found = {fact.nis for fact in result.counts if fact.date == day}
    missing = [f"{nis} {name}" for nis, name in expected.items() if nis not in found]
    other = sorted(found - set(expected))
    if missing or other:
        some = ", ".join([*missing[:5], *other[:5]])
        raise UpdateError(
            f"{context.host}: the file of {year} lacks {len(missing)} municipalities and has {len(other)} unknown codes"
            f" ({some}); expected the {len(expected)} of 1 January {year}"
        )
    total = f"{sum(fact.value for fact in result.counts):,}".replace(",", " ")
    return (f"{total} inhabitants in {len(found)} municipalities on {day}",)


def _fetch(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """The file of this year, or of last year when the new one is not published yet."""
    failure: UpdateError | None = None
    for year in (context.today.year, context.today.year - 1):
        name = feed.name.format(year=year)
        context.progress(name, 0, 0)
        try:
            answer = _ask(context, name, context.connection.by_hand.format(year=year))
        except UpdateError as error:
            failure = failure or error
            if "(404)" in str(error) or context.session.offline:
                continue
            raise
        of_year = feed.model_copy(update={"title": feed.title.format(year=year)})
        return take_in(
            context,
            of_year,
            answer.body,
            answer,
            name=name,
            examine=partial(_whole, context, year),
            media_type="application/zip",
        )
    assert failure is not None
    raise failure


def update(context: UpdateContext) -> UpdateResult:
    """Fetch the inhabitants.

    Parameters
    ----------
    context
        What to work with.

    Returns
    -------
    UpdateResult
    """
    return each_feed(context, _fetch)
