"""Providers: what each of them is asked, and how its answer is known to be whole.

What is fetched is imported exactly as if a person had handed it over. A provider that fails costs its own feed only,
and its last good copy stays in use.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

import pandas as pd

from lekp_lib.data.cells import each
from lekp_lib.data.content import WEB_PAGE, ImportProblems
from lekp_lib.data.fetch import Answer, PoliteSession, UpdateError
from lekp_lib.data.importing import ImportContext, Origin, plan_import
from lekp_lib.data.places import BOX
from lekp_lib.data.readers import ReadResult
from lekp_lib.data.schema import Connection, Feed
from lekp_lib.data.store import ImportEntry, Ledger, Passport, RawStore, data_lock, fetched_name, first_day
from lekp_lib.errors import CatalogError, Problem

#: More refused rows than this share of a file are no incident: its meaning has changed.
MAX_REFUSED_PCT = 2
#: Around Flanders with a margin, in degrees (longitude, latitude).
DEGREES = (2.0, 50.4, 6.3, 51.8)
#: Layer of VRBG for points; :data:`~lekp_lib.data.store.FOR_MAPS` is for maps.
DETAILED = "Refgem"
LAMBERT_CRS = "http://www.opengis.net/def/crs/EPSG/0/31370"
GEOJSON = "application/geo+json"
#: Beyond this number Fluvius gives no pages, and Lokaal Beslist shows no more.
MAX_PAGED_ROWS = 10_000
MAX_TITLE_CHARACTERS = 400
AGAIN = "probeer het later opnieuw"
#: A start says that a session took place; its plan does not.
STARTED, PLANNED = "session_started_at", "session_planned_start"
#: Per column of the shape, the attributes of an agenda item that may tell it.
DECISION_TEXTS = {
    "titel": ("title", "resolution_title"),
    "gemeente": ("governing_body_location_name",),
    "orgaan": ("governing_body_classification_name", "governing_body_name"),
}

Progress = Callable[[str, int, int], None]
Items = list[dict[str, Any]]
Made = TypeVar("Made")


class Page(NamedTuple):
    """One page of a longer answer: items, number of all (0: not told), address of the next page ("": there is none)."""

    items: Items
    total: int = 0
    following: str | None = None


@dataclass(frozen=True)
class UpdateContext:
    """What a provider is asked with.

    Attributes
    ----------
    imports
        Catalogue, register, data folder and shapes.
    session
        The way to the network, or to what was recorded.
    connection
        Where to ask, and for what.
    today
        Day of the import.
    progress
        Told what is being fetched, how much is there and how much there will be (0 when not known).
    """

    imports: ImportContext
    session: PoliteSession
    connection: Connection
    today: dt.date
    progress: Progress = lambda _what, _done, _total: None

    @property
    def host(self) -> str:
        """Name of the provider's machine, for messages."""
        return urlsplit(self.connection.url).hostname or self.connection.url

    @property
    def store(self) -> RawStore:
        """The raw files."""
        return RawStore(self.imports.data_dir)

    def ask(
        self, url: str, read: Callable[[bytes, Mapping[str, str]], Made], **options: Mapping[str, str]
    ) -> tuple[Answer, Made]:
        """A new answer, or the recorded one when offline, and what ``read`` makes of its body and headers.

        Raises
        ------
        UpdateError
            Also when a recorded answer of earlier stands in: pages of two days never make one file. What was imported
            before stays in use.
        """
        answer = self.session.get(url, read, **options)
        if answer.failure:
            raise UpdateError(answer.failure)
        return answer, read(answer.body, {})

    def keep(self, body: bytes, answer: Answer, *, name: str, title: str, **known: Any) -> Passport:
        """Keep bytes that came with an answer, with its origin."""
        source = self.imports.catalog.source(self.connection.source)
        told = {"published": answer.modified, "media_type": answer.media_type or "application/octet-stream", **known}
        origin = {"provider": source.id, "licence": source.licence, "url": answer.url, "retrieved": answer.retrieved}
        return self.store.put(body, name=name, title=title, **origin, **told)


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


def _refuse_web_page(body: bytes, host: str, by_hand: str = "") -> None:
    """Refuse the html that sites give instead of data."""
    if WEB_PAGE.match(body[:1000]):
        told = f"{host} gaf een webpagina in plaats van gegevens (captcha, login of storing). {by_hand}"
        raise UpdateError(told.strip())


def _json_object(body: bytes, host: str) -> dict[str, Any]:
    """The json object of an answer."""
    _refuse_web_page(body, host)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UpdateError(f"{host} gaf json die afgekapt of beschadigd is ({str(error)[:100]})") from error
    if not isinstance(data, dict):
        raise UpdateError(f"{host} gaf json van de soort {type(data).__name__}; verwacht: een object")
    return data


def _refuse_renamed(where: str, needed: Iterable[tuple[str, ...]], there: Collection[str]) -> None:
    """Refuse an answer that has a needed field by none of its names."""
    lacking = [" of ".join(names) for names in needed if not any(name in there for name in names)]
    if lacking:
        names = ", ".join(list(map(str, there))[:25])
        raise UpdateError(f"{where} heeft geen veld {', '.join(lacking)}, wel {names}. Is het hernoemd?")


def _all_items(
    context: UpdateContext,
    feed: Feed,
    url: str,
    params: Mapping[str, str],
    read: Callable[[bytes, Mapping[str, str]], Page],
    *,
    noun: str,
    total: int = 0,
    headers: Mapping[str, str] | None = None,
) -> tuple[Items, list[Answer]]:
    """All items of a service that answers in pages, each once; ``{size}``, ``{done}``, ``{page}`` are filled in."""
    host, items, answers = context.host, [], []  # type: str, Items, list[Answer]
    while url and (not total or len(items) < total):
        counts = {"size": context.connection.page_size, "done": len(items), "page": len(answers)}
        asked = {name: text.format(**counts) for name, text in params.items()}
        answer, page = context.ask(url, read, params=asked, headers=headers or {})
        answers.append(answer)
        items += page.items
        total = page.total or total
        context.progress(feed.title, len(items), total)
        keys = Counter(str(item.get("id", item.get("properties", item))) for item in items)
        if twice := [key for key, count in keys.items() if count > 1]:
            some = ", ".join(key[:80] for key in twice[:3])
            raise UpdateError(f"{host} gaf {len(twice)} {noun} tweemaal ({some}): de pagina's overlappen; {AGAIN}")
        if not page.items:
            raise UpdateError(f"{host} stopte na {len(items)} van {total or 'een onbekend aantal'} {noun}; {AGAIN}")
        if page.following is not None:
            # The address of the next page brings its parameters along.
            url, params = page.following, {}
    if total and len(items) != total:
        raise UpdateError(f"{host} gaf {len(items)} {noun} en noemde er {total}; {AGAIN}")
    return items, answers


def _refusals_note(result: ReadResult, title: str) -> list[str]:
    """What is told of refused rows; too many of them are an error."""
    refused = result.refused
    if refused.empty:
        return []
    first = "; ".join(
        str(Problem(f"{row.file}: {row.cell}", row.found, row.expected, row.advice)) for row in each(refused.head(3))
    )
    count = f"{len(refused)} van {result.rows} rijen"
    if len(refused) * 100 > result.rows * MAX_REFUSED_PCT:
        raise UpdateError(f"{title}: {count} zijn niet bruikbaar, dus het bestand niet. De eerste: {first}")
    return [f"{count} zijn niet bruikbaar en blijven weg. De eerste: {first}"]


def _ingest(
    context: UpdateContext,
    feed: Feed,
    body: bytes,
    answer: Answer,
    *,
    name: str,
    examine: Callable[[ReadResult], list[str]] = lambda _result: [],
    options: Mapping[str, str] | None = None,
    **known: Any,
) -> FeedUpdate:
    """Read a downloaded file by its shape; keep and import it when all is well."""
    imports, ledger = context.imports, Ledger(context.imports.data_dir)
    with tempfile.TemporaryDirectory() as folder:
        # Looked at by the very function that looks at files that people hand over.
        path = Path(folder) / name
        path.write_bytes(body)
        origin = Origin(answer.url, feed.title)
        try:
            plan = plan_import(path, feed.shape, imports, today=context.today, options=options, origin=origin)
        except ImportProblems as error:
            raise UpdateError(f"{context.host} gaf iets anders dan {feed.title}: {error}") from error
    warnings = [f"{item.where}: {item.message}" for item in plan.findings if item.level == "warning"]
    errors = [f"{item.where}: {item.message}" for item in plan.findings if item.level != "warning"]
    if errors:
        raise UpdateError(f"{feed.title}: {len(errors)} onmogelijke cijfers. De eerste: {'; '.join(errors[:3])}")
    notes = [*_refusals_note(plan.result, feed.title), *examine(plan.result)]
    if warnings:
        notes.append(f"{len(warnings)} onwaarschijnlijke cijfers. De eerste: {'; '.join(warnings[:3])}")
    notes += plan.notes
    with data_lock(imports.data_dir):
        passport = context.keep(body, answer, name=name, title=feed.title, **known)
        entry = ImportEntry(sha256=passport.sha256, shape=feed.shape, options=dict(options or {}), date=context.today)
        before = [item for item in ledger.lines() if item.id == entry.id]
        if before and all(item.withdrawn for item in before):
            notes.append(f"deze import ({entry.id}) is ingetrokken en blijft dat; lees het bestand zelf opnieuw in")
        if not before:
            ledger.append(entry)
    return FeedUpdate(feed.title, "unchanged" if before else "new", passport, tuple(notes))


def _keep_whole(
    context: UpdateContext, feed: Feed, body: bytes, answer: Answer, state: Literal["new", "stored"], **known: Any
) -> FeedUpdate:
    """Keep a file that is not imported."""
    before = {passport.sha256 for passport in context.store.passports()}
    passport = context.keep(body, answer, title=feed.title, **known)
    return FeedUpdate(feed.title, "unchanged" if passport.sha256 in before else state, passport)


def _keep_pages(context: UpdateContext, feed: Feed, answers: list[Answer], stem: str) -> None:
    """Keep the pages too, after the whole was found good: a refused one leaves nothing behind."""
    for number, page in enumerate(answers, start=1):
        context.keep(page.body, page, name=f"{stem}_{number}.json", title=f"{feed.title}: pagina {number}")


# --- features: boundaries and charge points ------------------------------------------------------------------------


def _first_point(feature: Mapping[str, Any]) -> list[float]:
    """The first coordinates of a feature; empty when there are none."""
    point = (feature.get("geometry") or {}).get("coordinates")
    while isinstance(point, list) and point and isinstance(point[0], list):
        point = point[0]
    numbers = point[:2] if isinstance(point, list) else []
    return numbers if len(numbers) == 2 and all(isinstance(number, int | float) for number in numbers) else []


def _features(
    body: bytes, host: str, needed: Collection[tuple[str, ...]], box: tuple[float, float, float, float]
) -> dict[str, Any]:
    """A page of features, none of which lacks a field or lies outside a box: it would have other coordinates."""
    page = _json_object(body, host)
    if page.get("type") != "FeatureCollection" or not isinstance(page.get("features"), list):
        keys = ", ".join(list(page)[:8])
        raise UpdateError(f"{host} gaf json met de sleutels {keys}; verwacht: een FeatureCollection")
    for number, feature in enumerate(page["features"], start=1):
        where = f"{host}: feature {number}"
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            raise UpdateError(f"{where} heeft geen properties")
        _refuse_renamed(where, needed, properties)
        point = _first_point(feature)
        if not point:
            raise UpdateError(f"{where} heeft geen coördinaten")
        x, y = point
        if not (box[0] <= x <= box[2] and box[1] <= y <= box[3]):
            flanders = f"buiten Vlaanderen ({box[0]:g}-{box[2]:g}, {box[1]:g}-{box[3]:g})"
            raise UpdateError(f"{where} ligt op {x:g}, {y:g}, {flanders}: een ander coördinatenstelsel dan gevraagd?")
    return page


def _collection(features: Items, crs: str, **more: Any) -> bytes:
    """One GeoJSON file of the features of all pages, unchanged, with their coordinate system named."""
    more |= {"crs": {"type": "name", "properties": {"name": crs}}, "numberMatched": len(features)}
    return json.dumps({"type": "FeatureCollection", **more, "features": features}, ensure_ascii=False).encode()


def _boundary_page(context: UpdateContext, body: bytes, headers: Mapping[str, str]) -> Page:
    """A page of boundaries in Lambert 72, and the address of the next one; only on the same machine."""
    host, given = context.host, headers.get("Content-Crs", "").strip("<> ")
    if given and not given.endswith("/31370"):
        raise UpdateError(f"{host} gaf coördinaten in {given}; verwacht: {LAMBERT_CRS}")
    page = _features(body, host, (("NISCODE",), ("NAAM",)), BOX)
    links = [link for link in page.get("links") or () if isinstance(link, dict) and link.get("rel") == "next"]
    address = urljoin(context.connection.url, str(links[0].get("href", ""))) if links and page["features"] else ""
    if address and urlsplit(address)[:2] != urlsplit(context.connection.url)[:2]:
        raise UpdateError(f"de volgende pagina staat op een andere machine: {address}")
    total = page.get("numberMatched")
    return Page(page["features"], total if isinstance(total, int) else 0, address)


def fetch_boundaries(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """Boundaries: VRBG of Digitaal Vlaanderen by OGC API Features, in Lambert 72; a dated service, never the newest."""
    connection, since = context.connection, context.connection.since
    assert since is not None, "verbindingen/vrbg.yaml says from when the boundaries hold"
    features, answers = _all_items(
        context,
        feed,
        f"{connection.url}/collections/{feed.name}/items",
        {**connection.params, "limit": "{size}", "crs": LAMBERT_CRS},
        partial(_boundary_page, context),
        noun="grenzen",
    )
    found = {str(feature["properties"]["NISCODE"]).strip() for feature in features}
    places = {item.nis: item.name for item in context.imports.register.municipalities(since)}
    if missing := [f"{nis} {name}" for nis, name in places.items() if nis not in found]:
        some = ", ".join(missing[:5])
        raise UpdateError(f"{context.host} heeft geen grens van {len(missing)} gemeenten van {since}: {some}")
    _keep_pages(context, feed, answers, feed.name)
    body = _collection(features, "urn:ogc:def:crs:EPSG::31370", name=feed.name)
    name = fetched_name(feed.name, since)
    done = _keep_whole(context, feed, body, answers[-1], "new", name=name, media_type=GEOJSON)
    extra = len(found - set(places))
    notes = (f"{extra} vlakken zijn geen gemeente van het register en blijven buiten gebruik",) if extra else ()
    return replace(done, notes=notes)


def _boundaries_hash(context: UpdateContext, on: dt.date) -> str | None:
    """Fingerprint of the newest detailed boundaries that hold on a day; ``None`` when none were fetched."""
    wanted = ("digitaal_vlaanderen", fetched_name(DETAILED, first_day(context.imports.register, on)))
    found = [item.sha256 for item in context.store.passports() if (item.provider, item.name) == wanted]
    return found[-1] if found else None


def _point_total(host: str, body: bytes, _headers: Mapping[str, str]) -> int:
    """Number of features from the answer to ``resultType=hits``, which is xml."""
    _refuse_web_page(body, host)
    if matched := re.search(rb'<[^<>]*\bnumberMatched="([0-9]+)"', body):
        return int(matched[1])
    text = " ".join(re.sub(rb"<[^>]*>", b" ", body).decode("utf-8", "replace").split())
    raise UpdateError(f"{host} zegt niet hoeveel punten er zijn: {text[:200] or 'een leeg antwoord'}")


def fetch_charge_points(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """Charge points: WFS 2.0 of MOW, weighed and counted per municipality.

    The service stops at 20 000 features a page and says nothing; therefore it is first asked how many there are. Points
    are laid on the boundaries of VRBG when those were fetched.
    """
    host, url, shape = context.host, context.connection.url, context.imports.shape(feed.shape)
    needed = [names for name, names in shape.columns.items() if name in ("key", "name", "amount", "part")]

    def page(body: bytes, _headers: Mapping[str, str]) -> Page:
        return Page(_features(body, host, needed, DEGREES)["features"])

    asked = {"service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": feed.name}
    _, total = context.ask(url, partial(_point_total, host), params={**asked, "resultType": "hits"})
    if not total:
        raise UpdateError(f"{host} heeft geen punten; een lege laag is geen cijfer nul")
    asked |= {**context.connection.params, "srsName": "EPSG:4326"}
    paging = {"count": "{size}", "startIndex": "{done}"}
    features, answers = _all_items(context, feed, url, asked | paging, page, noun="punten", total=total)
    # Some servers count up to their own cap only; then there is something behind the end.
    if context.ask(url, page, params={**asked, "count": "1", "startIndex": str(total)})[1].items:
        raise UpdateError(f"{host} noemde {total} punten en heeft er meer; die telling is niet te vertrouwen")
    day = max(answer.retrieved for answer in answers)
    boundaries = _boundaries_hash(context, day)
    by_name = "de naam van de gemeente telt; voor plaatsen volgens coördinaten: eerst lekp data update --source vrbg"
    done = _ingest(
        context,
        feed,
        # The day inside makes it another file than that of last month, even when no point changed.
        _collection(features, "urn:ogc:def:crs:OGC:1.3:CRS84", name=feed.name, retrieved=day.isoformat()),
        answers[0],
        name=f"{feed.name}_{day.isoformat()}.geojson",
        options={"grenzen": f"sha256:{boundaries}"} if boundaries else {},
        examine=lambda _result: [] if boundaries else [by_name],
        media_type=GEOJSON,
    )
    _keep_pages(context, feed, answers, f"{feed.name}_{day.isoformat()}")
    return done


# --- tables: households, energy, inhabitants -----------------------------------------------------------------------


def fetch_view(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """Households from a be.STAT view: kept, and imported only when somebody tells the year.

    The answer has no year. A guessed year would give a wrong denominator that looks right; therefore the raw file waits
    for a person, unless the connection tells the day (``options: {datum: …}`` of the feed).
    """
    shape, host = context.imports.shape(feed.shape), context.host

    def read(body: bytes, _headers: Mapping[str, str]) -> None:
        facts = _json_object(body, host).get(shape.records or "facts")
        if not isinstance(facts, list) or not facts or not all(isinstance(fact, dict) for fact in facts):
            raise UpdateError(f"{host} gaf een weergave zonder feiten")
        _refuse_renamed(f"{host}: de weergave", shape.required.values(), {key: None for fact in facts for key in fact})

    context.progress(feed.title, 0, 0)
    answer, _ = context.ask(f"{context.connection.url}/{feed.name}/result/JSON", read)
    name = f"bestat_{feed.shape}_{answer.retrieved.isoformat()}.json"
    if "datum" in feed.options:
        return _ingest(context, feed, answer.body, answer, name=name, options=feed.options, examine=lambda _result: [])
    done = _keep_whole(context, feed, answer.body, answer, "stored", name=name)
    assert done.passport is not None
    file = context.store.path(done.passport.sha256)
    advice = f"lekp data import {file} --as {feed.shape} --option datum=JAAR-01-01"
    return replace(done, notes=(f"de weergave zegt haar jaar niet; zoek het op bij be.STAT en geef: {advice}",))


def _described(host: str, body: bytes, _headers: Mapping[str, str]) -> tuple[int, dt.date]:
    """Number of rows and day of the last update, from the description of a data set."""
    metas = _json_object(body, host).get("metas")
    facts = metas.get("default") if isinstance(metas, dict) else None
    facts = facts if isinstance(facts, dict) else {}
    rows, moment = facts.get("records_count"), facts.get("data_processed") or facts.get("modified")
    day = pd.to_datetime(str(moment), format="ISO8601", errors="coerce")
    if not isinstance(rows, int) or rows <= 0 or pd.isna(day):
        raise UpdateError(f"{host} zegt niet hoeveel rijen de dataset heeft en van welke dag (metas.default)")
    return rows, day.date()


def _table(context: UpdateContext, feed: Feed, url: str, rows: int) -> tuple[bytes, Answer]:
    """All rows of a data set in one csv; page by page where the provider gives no file."""
    shape, host = context.imports.shape(feed.shape), context.host
    needed = [*shape.columns.values(), *shape.texts.values(), *shape.numbers.values()]

    def export(body: bytes, _headers: Mapping[str, str]) -> None:
        _refuse_web_page(body, host)
        line = body.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
        _refuse_renamed(f"{host}: {feed.name}", needed, [name.strip().strip('"') for name in line.split(";")])

    def page(body: bytes, _headers: Mapping[str, str]) -> Page:
        results = _json_object(body, host).get("results")
        if not isinstance(results, list) or not all(isinstance(row, dict) for row in results):
            raise UpdateError(f"{host} gaf een pagina zonder resultaten")
        if results:
            _refuse_renamed(f"{host}: {feed.name}", needed, results[0])
        return Page(results)

    try:
        answer, _ = context.ask(f"{url}/exports/csv", export, params={"delimiter": ";", "use_labels": "false"})
    except UpdateError as error:
        # Whoever refuses one request should not get a hundred.
        if rows > MAX_PAGED_ROWS or any(code in str(error) for code in ("(401)", "(403)", "(429)")):
            raise
        context.progress(f"{feed.title}: geen export ({error}), pagina per pagina", 0, rows)
    else:
        return answer.body, answer
    paging = {"limit": "{size}", "offset": "{done}"}
    found, answers = _all_items(context, feed, f"{url}/records", paging, page, noun="rijen", total=rows)
    return pd.DataFrame(found, dtype=object).to_csv(sep=";", index=False).encode(), answers[-1]


def fetch_energy(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """Energy: open data of Fluvius by Explore v2.1.

    Whole data sets are exported and never filtered by name: names are in capitals there, and a filter in lower case
    gives no rows and no error. What comes is compared with the number of rows that the catalogue tells.
    """
    host, url = context.host, f"{context.connection.url}/{feed.name}"
    context.progress(feed.title, 0, 0)
    try:
        _, (rows, day) = context.ask(url, partial(_described, host))
    except UpdateError as error:
        by_hand = context.connection.by_hand.format(shape=feed.shape)
        raise UpdateError(f"{error} {by_hand}" if "(404)" in str(error) else str(error)) from error
    body, answer = _table(context, feed, url, rows)

    def whole(result: ReadResult) -> list[str]:
        if result.rows != rows:
            raise UpdateError(f"{host} gaf {result.rows} rijen van {feed.name} en noemde er {rows}; {AGAIN}")
        return [f"{rows} rijen, laatst bijgewerkt op {day}"]

    # Local production is the state of one day and has no date in its rows; the volumes tell their month.
    options = {} if context.imports.shape(feed.shape).has("date") else {"datum": day.isoformat()}
    name, told = f"{feed.name}_{day.isoformat()}.csv", {"published": day, "media_type": "text/csv"}
    return _ingest(context, feed, body, answer, name=name, options=options, examine=whole, **told)


def _all_inhabitants(context: UpdateContext, year: int, result: ReadResult) -> list[str]:
    """Every municipality of that day, each once: a file with some missing is no file."""
    day, counts = dt.date(year, 1, 1), result.counts
    expected = {item.nis: item.name for item in context.imports.register.municipalities(day)}
    found = set(counts.loc[counts["date"].eq(day), "nis"])
    missing = [f"{nis} {name}" for nis, name in expected.items() if nis not in found]
    other = sorted(found - set(expected))
    if missing or other:
        some = ", ".join([*missing[:5], *other[:5]])
        raise UpdateError(
            f"{context.host}: het bestand van {year} mist {len(missing)} gemeenten en heeft {len(other)} onbekende "
            f"codes ({some}); verwacht: de {len(expected)} van 1 januari {year}"
        )
    total = f"{counts['value'].sum():,}".replace(",", ".")
    return [f"{total} inwoners in {len(found)} gemeenten op {day}"]


def fetch_inhabitants(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """Inhabitants on 1 January: the open data zip of Statbel, of this year or else of last year.

    The site often gives programs a captcha page; then a person downloads the file and imports it, with the same result.
    """
    host, failures = context.host, list[UpdateError]()
    for year in (context.today.year, context.today.year - 1):
        name, by_hand = feed.name.format(year=year), context.connection.by_hand.format(year=year)
        context.progress(name, 0, 0)

        def check(body: bytes, _headers: Mapping[str, str], by_hand: str = by_hand) -> None:
            _refuse_web_page(body, host, by_hand)
            if not zipfile.is_zipfile(io.BytesIO(body)):
                raise UpdateError(f"{host} gaf geen hele zip. {by_hand}")

        try:
            answer, _ = context.ask(f"{context.connection.url}/{name}", check)
        except UpdateError as error:
            failures.append(error)
            if "(404)" in str(error) or context.session.offline:
                continue
            raise
        of_year = feed.model_copy(update={"title": feed.title.format(year=year)})
        whole, kind = partial(_all_inhabitants, context, year), "application/zip"
        return _ingest(context, of_year, answer.body, answer, name=name, examine=whole, media_type=kind)
    raise failures[0]


# --- decisions of councils -----------------------------------------------------------------------------------------


def _texts(value: Any) -> list[str]:
    """Texts of an attribute, which is a text, a list of texts (one per session) or nothing; on one line each."""
    texts = [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
    lines = ["".join(sign if sign.isprintable() else " " for sign in text) for text in texts]
    return [" ".join(line.split()) for line in lines if line.strip()]


def _last_day(value: Any) -> dt.date | None:
    """Day in Belgium of the last session: a point that was put off stands on the agenda of several."""
    moments = pd.to_datetime(_texts(value), format="ISO8601", errors="coerce", utc=True).dropna()
    return moments.max().tz_convert("Europe/Brussels").date() if len(moments) else None


def _decision(item: Mapping[str, Any], site: str, asked_on: dt.date) -> dict[str, str]:
    """An agenda item with the fields of the shape; empty where the service does not tell."""
    attributes = item["attributes"]
    told = {
        column: next((texts[0] for name in names if (texts := _texts(attributes.get(name)))), "")
        for column, names in DECISION_TEXTS.items()
    }
    if len(told["titel"]) > MAX_TITLE_CHARACTERS:
        told["titel"] = f"{told['titel'][: MAX_TITLE_CHARACTERS - 1].rstrip()}…"
    started = _last_day(attributes.get(STARTED))
    day = started or _last_day(attributes.get(PLANNED))
    # Many bodies never tell when a session started; a planned day that has passed is the best there is.
    past = started is not None or (day is not None and day < asked_on)
    link = f"{site}/agendapunten/{item['id']}"
    return {**told, "datum": day.isoformat() if day else "", "behandeld": "ja" if past else "nee", "link": link}


def _decision_page(host: str, body: bytes, _headers: Mapping[str, str]) -> Page:
    """Agenda items of a page and the number of all; an error when its fields have other names."""
    data = _json_object(body, host)
    count, items = data.get("count"), data.get("data")
    if not isinstance(count, int) or not isinstance(items, list):
        raise UpdateError(f"{host} gaf json met de sleutels {', '.join(list(data)[:8])}; verwacht: count en data")
    if count > MAX_PAGED_ROWS:
        raise UpdateError(f"{host} vindt {count} punten: is de vraag begrepen? Het toont er {MAX_PAGED_ROWS}")
    if not count:
        raise UpdateError(f"{host} vindt helemaal niets; {AGAIN}")
    for number, item in enumerate(items, start=1):
        key = item.get("id") if isinstance(item, dict) else None
        usable = isinstance(key, str) and re.fullmatch("[0-9A-Za-z_-]{1,100}", key)
        if not usable or not isinstance(item.get("attributes"), dict):
            raise UpdateError(f"{host}: punt {number} heeft geen bruikbare id en attributes")
    if items:
        there = {name: None for item in items for name in item["attributes"]}
        _refuse_renamed(f"{host}: de lijst", [*DECISION_TEXTS.values(), (STARTED, PLANNED)], there)
    return Page(items, count)


def fetch_decisions(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """Council decisions on the pact: what Lokaal Beslist finds, with title, day and address.

    One search over all municipalities, as the site's own search page does it. What is found helps a reader to the text
    of a decision; it is no figure, and no proof that there is no other decision.
    """
    host, connection = context.host, context.connection
    url = f"{connection.url}/search/{feed.name}/search"
    params = {**connection.params, "page[size]": "{size}", "page[number]": "{page}"}
    # Without the header the service gives its web page.
    headers, read = {"Accept": "application/vnd.api+json"}, partial(_decision_page, host)
    try:
        items, answers = _all_items(context, feed, url, params, read, noun="punten", headers=headers)
    except UpdateError as error:
        raise UpdateError(f"{str(error).rstrip('.')}. {connection.by_hand}") from error
    day = max(answer.retrieved for answer in answers)
    records = [_decision(item, connection.url, day) for item in items]

    def usable(result: ReadResult) -> list[str]:
        if result.context.empty:
            told = f"geen van de {result.rows} punten is een besluit van een raad over het pact"
            raise UpdateError(f"{host}: {told} ({'; '.join(result.notes)}). {connection.by_hand}")
        return [f"{len(result.context)} punten van {result.context['nis'].nunique()} gemeenten"]

    body = json.dumps({"aantal": len(records), "agendapunten": records}, ensure_ascii=False).encode()
    stem, kind = f"lokaalbeslist_{day.isoformat()}", "application/json"
    done = _ingest(context, feed, body, answers[0], name=f"{stem}.json", examine=usable, media_type=kind)
    _keep_pages(context, feed, answers, stem)
    return done


# --- all of them ---------------------------------------------------------------------------------------------------

PROVIDERS: Mapping[str, Callable[[UpdateContext, Feed], FeedUpdate]] = {
    "bestat": fetch_view,
    "fluvius": fetch_energy,
    "lokaalbeslist": fetch_decisions,
    "mow-laadpunten": fetch_charge_points,
    "statbel-bevolking": fetch_inhabitants,
    "vrbg": fetch_boundaries,
}


def _update_feed(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """Fetch one feed; when its provider fails, its last good copy, of whatever year, stays in use."""
    try:
        return PROVIDERS[context.connection.id](context, feed)
    except UpdateError as error:
        title = re.escape(feed.title).replace(re.escape("{year}"), "[0-9]{4}")
        known = [item for item in context.store.passports() if item.provider == context.connection.source]
        found = [item for item in known if re.fullmatch(title, item.title)]
        if found:
            return FeedUpdate(found[-1].title, "kept", found[-1], failure=str(error))
        return FeedUpdate(feed.title.replace(" {year}", ""), "absent", failure=str(error))


def update_all(contexts: Iterable[UpdateContext]) -> Iterator[tuple[str, FeedUpdate]]:
    """Update one connection after the other; boundaries first, because points are laid on them.

    Parameters
    ----------
    contexts
        One per connection.

    Yields
    ------
    tuple of str and FeedUpdate
        Id of the connection and what became of a feed, as soon as it is done.

    Raises
    ------
    CatalogError
        When a declared connection has no provider here.
    """
    asked = sorted(contexts, key=lambda context: context.connection.id != "vrbg")
    for context in asked:
        name = context.connection.id
        if name not in PROVIDERS:
            raise CatalogError(f"verbindingen/{name}.yaml: zo'n bron kent lekp niet; wel {', '.join(PROVIDERS)}")
    for context in asked:
        for feed in context.connection.feeds:
            yield context.connection.id, _update_feed(context, feed)
