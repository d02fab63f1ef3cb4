"""Households from a be.STAT view (data-sources.md 2.1): kept, and imported only when somebody tells the year.

The answer has no year. A guessed year would give a wrong denominator that looks right; therefore the raw file waits for
a person, unless the connection tells the day (``options: {datum: …}`` of the feed).
"""

from __future__ import annotations

from collections.abc import Mapping

from lekp_lib.data.connectors.update import (
    FeedUpdate,
    UpdateContext,
    UpdateResult,
    each_feed,
    json_object,
    put_answer,
    take_in,
)
from lekp_lib.data.http import UpdateError
from lekp_lib.data.raw_store import RawStore
from lekp_lib.pact.connections import Feed
from lekp_lib.pact.load_shapes import find_shape


def _fetch(context: UpdateContext, feed: Feed) -> FeedUpdate:
    shape = find_shape(feed.shape, context.shapes_folder)
    needed = [names for field, names in shape.columns.items() if field not in shape.optional]

    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        facts = json_object(body, context.host).get(shape.records or "facts")
        if not isinstance(facts, list) or not facts or not all(isinstance(fact, dict) for fact in facts):
            raise UpdateError(f"{context.host} gave a view without facts")
        there = {key for fact in facts for key in fact}
        lacking = [" or ".join(names) for names in needed if not set(names) & there]
        if lacking:
            found = ", ".join(sorted(map(str, there))[:15])
            raise UpdateError(f"{context.host}: the view has no {', '.join(lacking)}; it has {found}. Was it changed?")

    context.progress(feed.title, 0, 0)
    answer = context.ask(f"{context.connection.url}/{feed.name}/result/JSON", check)
    name = f"bestat_{feed.shape}_{answer.retrieved.isoformat()}.json"
    if "datum" in feed.options:
        return take_in(context, feed, answer.body, answer, name=name, options=feed.options)
    store = RawStore(context.data_dir)
    known = {passport.sha256 for passport in store.passports()}
    passport = put_answer(context, answer.body, answer, name=name, title=feed.title)
    advice = (
        "the view does not tell its year; look it up at be.STAT and give: "
        f"lekp data import {store.path(passport.sha256)} --as {feed.shape} --option datum=YEAR-01-01"
    )
    return FeedUpdate(feed.title, "unchanged" if passport.sha256 in known else "stored", passport, (advice,))


def update(context: UpdateContext) -> UpdateResult:
    """Fetch the views.

    Parameters
    ----------
    context
        What to work with.

    Returns
    -------
    UpdateResult
    """
    return each_feed(context, _fetch)
