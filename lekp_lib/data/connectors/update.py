"""What every connector gets and gives: asking, checking, keeping, and what is left when a provider fails."""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from lekp_lib.data.http import Answer, Check, PoliteSession, UpdateError
from lekp_lib.data.import_file import Origin, World, plan_import
from lekp_lib.data.import_result import ImportProblems, ImportResult
from lekp_lib.data.ledger import ImportEntry, Ledger
from lekp_lib.data.passport import Passport
from lekp_lib.data.raw_store import RawStore
from lekp_lib.pact import Catalog
from lekp_lib.pact.connections import Connection, Feed
from lekp_lib.register import Register

Progress = Callable[[str, int, int], None]
_HTML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|script|body)", re.IGNORECASE)
#: More refused rows than this share of a file are no incident: its meaning has changed.
MAX_REFUSED_PCT = 2


@dataclass(frozen=True)
class UpdateContext:
    """What a connector works with.

    Attributes
    ----------
    data_dir
        Folder with raw files and ledger.
    session
        The way to the network, or to what was recorded.
    connection
        Where to ask, and for what.
    catalog, register
        What targets and municipalities there are.
    today
        Day of the import.
    progress
        Told what is being fetched, how much is there and how much there will be (0 when not known).
    shapes_folder
        Folder with ``vormen/*.yaml`` of the user's own, or ``None``.
    """

    data_dir: Path
    session: PoliteSession
    connection: Connection
    catalog: Catalog
    register: Register
    today: dt.date
    progress: Progress = lambda _what, _done, _total: None
    shapes_folder: Path | None = None

    @property
    def host(self) -> str:
        """Name of the provider's machine, for messages."""
        return urlsplit(self.connection.url).hostname or self.connection.url

    def ask(self, url: str, check: Check, **told: Mapping[str, str]) -> Answer:
        """A new answer, or the recorded one when offline.

        Raises
        ------
        UpdateError
            Also when a recorded answer of earlier stands in: pages of two days never make one file. What was imported
            before stays in use.
        """
        answer = self.session.get(url, check, **told)
        if answer.failure:
            raise UpdateError(answer.failure)
        return answer


@dataclass(frozen=True, slots=True)
class FeedUpdate:
    """What became of one feed.

    Attributes
    ----------
    title
        The feed.
    state
        ``new``: in use from now on; ``stored``: new, and waits for what a person must tell; ``unchanged``: the
        provider still gives the same file; ``kept``: the provider failed, and the last good copy stays in use;
        ``absent``: it failed, and there is no copy.
    passport
        The file in use.
    notes
        What was left out, and other things worth telling.
    failure
        Why the provider's answer is not used.
    """

    title: str
    state: Literal["new", "stored", "unchanged", "kept", "absent"]
    passport: Passport | None = None
    notes: tuple[str, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """What became of all feeds of a connection."""

    connection: str
    feeds: tuple[FeedUpdate, ...]


def refuse_web_page(body: bytes, host: str, by_hand: str = "") -> None:
    """Refuse the html that sites give instead of data.

    Raises
    ------
    UpdateError
        With what a person can do.
    """
    if _HTML.match(body[:1000]):
        advice = f" {by_hand}" if by_hand else ""
        raise UpdateError(f"{host} gave a web page instead of data (captcha, login or notice of trouble).{advice}")


def json_object(body: bytes, host: str) -> dict[str, Any]:
    """The json object of an answer.

    Raises
    ------
    UpdateError
        Web pages, cut-off or other json.
    """
    refuse_web_page(body, host)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UpdateError(f"{host} gave json that is cut off or damaged ({str(error)[:100]})") from error
    if not isinstance(data, dict):
        raise UpdateError(f"{host} gave a json {type(data).__name__}; expected an object")
    return data


def put_answer(context: UpdateContext, body: bytes, answer: Answer, *, name: str, title: str, **told: Any) -> Passport:
    """Keep bytes that came with an answer, with its origin."""
    source = context.catalog.source(context.connection.source)
    media_type = told.get("media_type") or answer.media_type or "application/octet-stream"
    return RawStore(context.data_dir).put(
        body,
        name=name,
        provider=source.id,
        title=title,
        url=answer.url,
        licence=source.licence,
        published=told.get("published") or answer.modified,
        retrieved=answer.retrieved,
        media_type=media_type,
    )


def _told_refusals(result: ImportResult, title: str) -> tuple[str, ...]:
    if not result.refused:
        return ()
    first = "; ".join(str(item.problem) for item in result.refused[:3])
    if result.refused_rows * 100 > result.rows * MAX_REFUSED_PCT:
        count = f"{result.refused_rows} of {result.rows} rows"
        raise UpdateError(f"{title}: {count} cannot be used, so the file is not. First ones: {first}")
    return (f"{result.refused_rows} of {result.rows} rows cannot be used and stay out. First ones: {first}",)


def take_in(
    context: UpdateContext,
    feed: Feed,
    body: bytes,
    answer: Answer,
    *,
    name: str,
    options: Mapping[str, str] | None = None,
    examine: Callable[[ImportResult], tuple[str, ...]] = lambda _result: (),
    **told: Any,
) -> FeedUpdate:
    """Read a downloaded file by its shape; keep and import it when all is well.

    Parameters
    ----------
    context, feed
        Where it belongs.
    body, answer, name
        The file, and where it came from.
    options
        Of the import; a file among them is told as ``sha256:<hash>`` of the raw store.
    examine
        Looks at the result and gives notes, or raises when the file cannot be whole.
    told
        ``published`` and ``media_type``, when known better than by the answer.

    Returns
    -------
    FeedUpdate

    Raises
    ------
    UpdateError
        When the file is not what its shape says; nothing is kept then.
    """
    kept = dict(options or {})
    world = World(context.catalog, context.register, context.data_dir, context.shapes_folder)
    with tempfile.TemporaryDirectory() as folder:
        # Looked at by the very function that looks at files that people hand over.
        path = Path(folder) / name
        path.write_bytes(body)
        origin = Origin(answer.url, feed.title)
        try:
            plan = plan_import(path, feed.shape, world, today=context.today, options=kept, origin=origin)
        except ImportProblems as error:
            raise UpdateError(f"{context.host} gave something else than {feed.title}: {error}") from error
    result = plan.result
    if plan.errors:
        first = "; ".join(f"{item.where}: {item.message}" for item in plan.errors[:3])
        raise UpdateError(f"{feed.title}: {len(plan.errors)} impossible figures. First ones: {first}")
    warnings = tuple(f"{item.where}: {item.message}" for item in plan.findings if item.level == "warning")
    unlikely = (f"{len(warnings)} unlikely figures. First ones: {'; '.join(warnings[:3])}",) if warnings else ()
    notes = (*_told_refusals(result, feed.title), *examine(result), *unlikely, *result.notes)
    passport = put_answer(context, body, answer, name=name, title=feed.title, **told)
    ledger = Ledger(context.data_dir)
    entry = ImportEntry(sha256=passport.sha256, shape=feed.shape, options=kept, date=context.today)
    if any(entry.says_the_same(item) for item in ledger.entries()):
        return FeedUpdate(feed.title, "unchanged", passport, notes)
    ledger.append(entry)
    return FeedUpdate(feed.title, "new", passport, notes)


def last_good(context: UpdateContext, feed: Feed) -> Passport | None:
    """The newest file of a feed, of whatever year."""
    pattern = re.compile(re.escape(feed.title).replace(re.escape("{year}"), "[0-9]{4}"))
    of_feed = [
        passport
        for passport in RawStore(context.data_dir).passports()
        if passport.provider == context.connection.source and pattern.fullmatch(passport.title)
    ]
    return of_feed[-1] if of_feed else None


def each_feed(context: UpdateContext, fetch: Callable[[UpdateContext, Feed], FeedUpdate]) -> UpdateResult:
    """Fetch every feed of a connection; a provider that fails costs its own feed only.

    Parameters
    ----------
    context
        What to work with.
    fetch
        Fetches one feed, or raises an UpdateError.

    Returns
    -------
    UpdateResult
    """
    done = []
    for feed in context.connection.feeds:
        try:
            done.append(fetch(context, feed))
        except UpdateError as error:
            passport = last_good(context, feed)
            title = passport.title if passport else feed.title.replace(" {year}", "")
            done.append(FeedUpdate(title, "kept" if passport else "absent", passport, failure=str(error)))
    return UpdateResult(context.connection.id, tuple(done))
