"""Providers: what each of them is asked, and how its answer is known to be whole.

What is fetched is imported exactly as if a person had handed it over. A provider that fails costs its own feed only,
and its last good copy stays in use.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from lxml import etree

from lekp_lib.data.cells import each
from lekp_lib.data.content import WEB_PAGE, ImportProblems
from lekp_lib.data.fetch import Answer, Check, PoliteSession, UpdateError
from lekp_lib.data.importing import ImportContext, Origin, plan_import
from lekp_lib.data.places import BOX
from lekp_lib.data.readers import ReadResult
from lekp_lib.data.schema import Connection, Feed, FieldName
from lekp_lib.data.store import ImportEntry, Ledger, Passport, RawStore, data_lock, fetched_name, first_day
from lekp_lib.errors import CatalogError, Problem

#: More refused rows than this share of a file are no incident: its meaning has changed.
MAX_REFUSED_PCT = 2
#: Around Flanders with a margin, in degrees (longitude, latitude).
DEGREES = (2.0, 50.4, 6.3, 51.8)
#: Layer of VRBG for points; :data:`~lekp_lib.data.store.FOR_MAPS` is for maps.
DETAILED = "Refgem"
LAMBERT_CRS = "http://www.opengis.net/def/crs/EPSG/0/31370"
#: Beyond this number Fluvius gives no pages, and Lokaal Beslist shows no more.
MAX_PAGED_ROWS = 10_000
MAX_TITLE_CHARACTERS = 400
AGAIN = "probeer het later opnieuw"
#: A start says that a session took place; its plan does not.
STARTED, PLANNED = "session_started_at", "session_planned_start"
#: Per needed fact of an agenda item, the attributes that may tell it.
DECISION_FACTS = (
    ("title", "resolution_title"),
    ("governing_body_location_name",),
    ("governing_body_classification_name", "governing_body_name"),
    (STARTED, PLANNED),
)

Progress = Callable[[str, int, int], None]
Features = list[dict[str, Any]]


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

    def ask(self, url: str, check: Check, **options: Mapping[str, str]) -> Answer:
        """A new answer, or the recorded one when offline.

        Raises
        ------
        UpdateError
            Also when a recorded answer of earlier stands in: pages of two days never make one file. What was imported
            before stays in use.
        """
        answer = self.session.get(url, check, **options)
        if answer.failure:
            raise UpdateError(answer.failure)
        return answer

    def keep(self, body: bytes, answer: Answer, *, name: str, title: str, **known: Any) -> Passport:
        """Keep bytes that came with an answer, with its origin."""
        source = self.imports.catalog.source(self.connection.source)
        return self.store.put(
            body,
            name=name,
            provider=source.id,
            title=title,
            url=answer.url,
            licence=source.licence,
            published=known.get("published") or answer.modified,
            retrieved=answer.retrieved,
            media_type=known.get("media_type") or answer.media_type or "application/octet-stream",
        )


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


def _refuse_web_page(body: bytes, host: str, by_hand: str = "") -> None:
    """Refuse the html that sites give instead of data."""
    if WEB_PAGE.match(body[:1000]):
        raise UpdateError(
            f"{host} gaf een webpagina in plaats van gegevens (captcha, login of storing). {by_hand}".strip()
        )


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
    options: Mapping[str, str] | None = None,
    examine: Callable[[ReadResult], list[str]] = lambda _result: [],
    **known: Any,
) -> FeedUpdate:
    """Read a downloaded file by its shape; keep and import it when all is well."""
    with tempfile.TemporaryDirectory() as folder:
        # Looked at by the very function that looks at files that people hand over.
        path = Path(folder) / name
        path.write_bytes(body)
        origin = Origin(answer.url, feed.title)
        try:
            plan = plan_import(path, feed.shape, context.imports, today=context.today, options=options, origin=origin)
        except ImportProblems as error:
            raise UpdateError(f"{context.host} gaf iets anders dan {feed.title}: {error}") from error
    told = {"warning": [], "error": []}  # type: dict[str, list[str]]
    for item in plan.findings:
        told["warning" if item.level == "warning" else "error"].append(f"{item.where}: {item.message}")
    if errors := told["error"]:
        raise UpdateError(f"{feed.title}: {len(errors)} onmogelijke cijfers. De eerste: {'; '.join(errors[:3])}")
    notes = [*_refusals_note(plan.result, feed.title), *examine(plan.result)]
    if warnings := told["warning"]:
        notes.append(f"{len(warnings)} onwaarschijnlijke cijfers. De eerste: {'; '.join(warnings[:3])}")
    notes += plan.notes
    with data_lock(context.imports.data_dir):
        passport = context.keep(body, answer, name=name, title=feed.title, **known)
        entry = ImportEntry(sha256=passport.sha256, shape=feed.shape, options=dict(options or {}), date=context.today)
        ledger = Ledger(context.imports.data_dir)
        before = [item for item in ledger.lines() if item.id == entry.id]
        if before and all(item.withdrawn for item in before):
            notes.append(f"deze import ({entry.id}) is ingetrokken en blijft dat; lees het bestand zelf opnieuw in")
        if before:
            return FeedUpdate(feed.title, "unchanged", passport, tuple(notes))
        ledger.append(entry)
    return FeedUpdate(feed.title, "new", passport, tuple(notes))


def _keep_pages(context: UpdateContext, feed: Feed, answers: list[Answer], stem: str) -> None:
    """Keep the pages too, after the whole was found good: a refused one leaves nothing behind."""
    for number, page in enumerate(answers, start=1):
        context.keep(page.body, page, name=f"{stem}_{number}.json", title=f"{feed.title}: pagina {number}")


# --- features: boundaries and charge points ------------------------------------------------------------------------


def _first_point(coordinates: Any) -> tuple[float, float] | None:
    while isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    if isinstance(coordinates, list) and len(coordinates) >= 2:
        x, y = coordinates[:2]
        if isinstance(x, int | float) and isinstance(y, int | float):
            return float(x), float(y)
    return None


def _check_features(
    page: Mapping[str, Any], host: str, fields: Iterable[tuple[str, ...]], box: tuple[float, float, float, float]
) -> None:
    """Refuse a page whose features lack a field, or lie outside a box: then they have other coordinates than asked."""
    features = page.get("features")
    if page.get("type") != "FeatureCollection" or not isinstance(features, list):
        keys = ", ".join(list(page)[:8])
        raise UpdateError(f"{host} gaf json met de sleutels {keys}; verwacht: een FeatureCollection")
    needed = tuple(fields)
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            raise UpdateError(f"{host}: feature {number} heeft geen properties")
        for names in needed:
            if not any(name in properties for name in names):
                there, what = ", ".join(map(str, list(properties)[:25])), " of ".join(names)
                raise UpdateError(f"{host}: feature {number} heeft geen veld {what}, wel {there}. Is het hernoemd?")
        point = _first_point((feature.get("geometry") or {}).get("coordinates"))
        if point is None:
            raise UpdateError(f"{host}: feature {number} heeft geen coördinaten")
        if not (box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]):
            raise UpdateError(
                f"{host}: feature {number} ligt op {point[0]:g}, {point[1]:g}, buiten Vlaanderen "
                f"({box[0]:g}-{box[2]:g}, {box[1]:g}-{box[3]:g}): een ander coördinatenstelsel dan gevraagd?"
            )


def _refuse_doubles(features: Features, host: str, key: str) -> None:
    """Refuse features that came twice: pages that overlap."""
    names = [feature.get("id", feature["properties"].get(key)) for feature in features]
    twice = sorted({str(name) for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        some = ", ".join(twice[:3])
        raise UpdateError(f"{host} gaf {len(twice)} features tweemaal ({some}): de pagina's overlappen; {AGAIN}")


def _collection(features: Features, crs: str, **more: Any) -> bytes:
    """One GeoJSON file of the features of all pages, unchanged, with their coordinate system named."""
    more |= {"crs": {"type": "name", "properties": {"name": crs}}, "numberMatched": len(features)}
    return json.dumps({"type": "FeatureCollection", **more, "features": features}, ensure_ascii=False).encode()


def _next_page(page: Mapping[str, Any], url: str) -> str:
    """Address of the next page; only on the same machine."""
    for link in page.get("links") or ():
        if isinstance(link, dict) and link.get("rel") == "next":
            address = urljoin(url, str(link.get("href", "")))
            if urlsplit(address)[:2] != urlsplit(url)[:2]:
                raise UpdateError(f"de volgende pagina staat op een andere machine: {address}")
            return address
    return ""


def _boundary_pages(context: UpdateContext, feed: Feed) -> tuple[Features, list[Answer]]:
    connection, host = context.connection, context.host

    def check(body: bytes, headers: Mapping[str, str]) -> None:
        given = headers.get("Content-Crs", "").strip("<> ")
        page = _json_object(body, host)
        if given and not given.endswith("/31370"):
            raise UpdateError(f"{host} gaf coördinaten in {given}; verwacht: {LAMBERT_CRS}")
        _check_features(page, host, (("NISCODE",), ("NAAM",)), BOX)

    url = f"{connection.url}/collections/{feed.name}/items"
    params = {**connection.params, "limit": str(connection.page_size), "crs": LAMBERT_CRS}
    features, answers, total, asked = [], [], 0, set()  # type: Features, list[Answer], int, set[str]
    while url and url not in asked:
        asked.add(url)
        answers.append(context.ask(url, check, params=params))
        page = _json_object(answers[-1].body, host)
        features += page["features"]
        total = int(page.get("numberMatched") or 0) or total
        context.progress(feed.title, len(features), total)
        if not page["features"] or (total and len(features) >= total):
            break
        # The address of the next page brings its parameters along.
        url, params = _next_page(page, url), {}
    if total and len(features) != total:
        raise UpdateError(f"{host} gaf {len(features)} grenzen van {total}; {AGAIN}")
    return features, answers


def fetch_boundaries(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """Boundaries: VRBG of Digitaal Vlaanderen by OGC API Features, in Lambert 72; a dated service, never the newest."""
    since = context.connection.since
    assert since is not None, "verbindingen/vrbg.yaml says from when the boundaries hold"
    features, answers = _boundary_pages(context, feed)
    _refuse_doubles(features, context.host, "NISCODE")
    found = {str(feature["properties"]["NISCODE"]).strip() for feature in features}
    places = context.imports.register.municipalities(since)
    missing = [f"{item.nis} {item.name}" for item in places if item.nis not in found]
    if missing:
        some = ", ".join(missing[:5])
        raise UpdateError(f"{context.host} heeft geen grens van {len(missing)} gemeenten van {since}: {some}")
    _keep_pages(context, feed, answers, feed.name)
    known = {passport.sha256 for passport in context.store.passports()}
    body = _collection(features, "urn:ogc:def:crs:EPSG::31370", name=feed.name)
    name, kind = fetched_name(feed.name, since), "application/geo+json"
    passport = context.keep(body, answers[-1], name=name, title=feed.title, media_type=kind)
    extra = len(found - {item.nis for item in places})
    notes = (f"{extra} vlakken zijn geen gemeente van het register en blijven buiten gebruik",) if extra else ()
    return FeedUpdate(feed.title, "unchanged" if passport.sha256 in known else "new", passport, notes)


def _boundaries_hash(context: UpdateContext, on: dt.date) -> str | None:
    """Fingerprint of the newest detailed boundaries that hold on a day; ``None`` when none were fetched."""
    wanted = ("digitaal_vlaanderen", fetched_name(DETAILED, first_day(context.imports.register, on)))
    found = [item.sha256 for item in context.store.passports() if (item.provider, item.name) == wanted]
    return found[-1] if found else None


def _point_total(body: bytes, host: str) -> int:
    """Number of features from the answer to ``resultType=hits``."""
    _refuse_web_page(body, host)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise UpdateError(f"{host} gaf geen xml op de vraag hoeveel punten er zijn ({str(error)[:100]})") from error
    matched = root.get("numberMatched", "")
    if not matched.isdigit():
        text = " ".join(str(part).strip() for part in root.itertext() if str(part).strip())
        raise UpdateError(f"{host} zegt niet hoeveel punten er zijn: {text[:200] or root.tag}")
    return int(matched)


def _point_pages(
    context: UpdateContext, feed: Feed, asked: dict[str, str], total: int
) -> tuple[Features, list[Answer]]:
    shape, host = context.imports.shape(feed.shape), context.host
    needed: tuple[FieldName, ...] = ("key", "name", "amount", "part")
    fields = [shape.columns[name] for name in needed]

    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        _check_features(_json_object(body, host), host, fields, DEGREES)

    def page(count: int, start: int) -> tuple[Answer, Features]:
        more = {**context.connection.params, "srsName": "EPSG:4326", "count": str(count), "startIndex": str(start)}
        answer = context.ask(context.connection.url, check, params={**asked, **more})
        found: Features = _json_object(answer.body, host)["features"]
        return answer, found

    features, answers = [], []  # type: Features, list[Answer]
    while len(features) < total:
        answer, found = page(context.connection.page_size, len(features))
        if not found:
            raise UpdateError(f"{host} stopte na {len(features)} van {total} punten; {AGAIN}")
        answers.append(answer)
        features += found
        context.progress(feed.title, len(features), total)
    _refuse_doubles(features, host, shape.columns["key"][0])
    if len(features) != total:
        raise UpdateError(f"{host} gaf {len(features)} punten en noemde er {total}; {AGAIN}")
    # Some servers count up to their own cap only; then there is something behind the end.
    if page(1, total)[1]:
        raise UpdateError(f"{host} noemde {total} punten en heeft er meer; die telling is niet te vertrouwen")
    return features, answers


def fetch_charge_points(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """Charge points: WFS 2.0 of MOW, weighed and counted per municipality.

    The service stops at 20 000 features a page and says nothing; therefore it is first asked how many there are. Points
    are laid on the boundaries of VRBG when those were fetched.
    """

    def check_hits(body: bytes, _headers: Mapping[str, str]) -> None:
        _point_total(body, context.host)

    asked = {"service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": feed.name}
    hits = context.ask(context.connection.url, check_hits, params={**asked, "resultType": "hits"})
    total = _point_total(hits.body, context.host)
    if not total:
        raise UpdateError(f"{context.host} heeft geen punten; een lege laag is geen cijfer nul")
    features, answers = _point_pages(context, feed, asked, total)
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
        media_type="application/geo+json",
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

    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        facts = _json_object(body, host).get(shape.records or "facts")
        if not isinstance(facts, list) or not facts or not all(isinstance(fact, dict) for fact in facts):
            raise UpdateError(f"{host} gaf een weergave zonder feiten")
        there = {key for fact in facts for key in fact}
        lacking = [" of ".join(names) for names in shape.required.values() if not set(names) & there]
        if lacking:
            found = ", ".join(sorted(map(str, there))[:15])
            raise UpdateError(f"{host}: de weergave heeft geen {', '.join(lacking)}, wel {found}. Is ze veranderd?")

    context.progress(feed.title, 0, 0)
    answer = context.ask(f"{context.connection.url}/{feed.name}/result/JSON", check)
    name = f"bestat_{feed.shape}_{answer.retrieved.isoformat()}.json"
    if "datum" in feed.options:
        return _ingest(context, feed, answer.body, answer, name=name, options=feed.options)
    known = {passport.sha256 for passport in context.store.passports()}
    passport = context.keep(answer.body, answer, name=name, title=feed.title)
    advice = (
        "de weergave zegt haar jaar niet; zoek het op bij be.STAT en geef: "
        f"lekp data import {context.store.path(passport.sha256)} --as {feed.shape} --option datum=JAAR-01-01"
    )
    return FeedUpdate(feed.title, "unchanged" if passport.sha256 in known else "stored", passport, (advice,))


def _described(body: bytes, host: str) -> tuple[int, dt.date]:
    """Number of rows and day of the last update, from the description of a data set."""
    metas = _json_object(body, host).get("metas")
    default = metas.get("default") if isinstance(metas, dict) else None
    facts: Mapping[str, Any] = default if isinstance(default, dict) else {}
    rows, moment = facts.get("records_count"), facts.get("data_processed") or facts.get("modified")
    try:
        day = dt.datetime.fromisoformat(str(moment)).date()
    except ValueError:
        day = None
    if not isinstance(rows, int) or rows <= 0 or day is None:
        raise UpdateError(f"{host} zegt niet hoeveel rijen de dataset heeft en van welke dag (metas.default)")
    return rows, day


def _check_columns(header: list[str], feed: Feed, context: UpdateContext) -> None:
    shape = context.imports.shape(feed.shape)
    groups = [*shape.columns.values(), *shape.texts.values(), *shape.numbers.values()]
    lacking = [" of ".join(names) for names in groups if not set(names) & set(header)]
    if lacking:
        there = ", ".join(header[:20])
        raise UpdateError(f"{context.host}: {feed.name} heeft geen kolom {', '.join(lacking)}, wel {there}")


def _records(context: UpdateContext, feed: Feed, rows: int) -> tuple[bytes, Answer]:
    """All rows page by page, as the csv that the export would have been."""
    host, size, found = context.host, context.connection.page_size, []  # type: str, int, list[dict[str, Any]]

    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        results = _json_object(body, host).get("results")
        if not isinstance(results, list) or not all(isinstance(row, dict) for row in results):
            raise UpdateError(f"{host} gaf een pagina zonder resultaten")
        if not results:
            raise UpdateError(f"{host} stopte na {len(found)} van {rows} rijen; {AGAIN}")
        _check_columns(list(results[0]), feed, context)

    while len(found) < rows:
        params = {"limit": str(size), "offset": str(len(found))}
        answer = context.ask(f"{context.connection.url}/{feed.name}/records", check, params=params)
        found += _json_object(answer.body, host)["results"]
        context.progress(feed.title, len(found), rows)
    if len({tuple(map(str, row.values())) for row in found}) != len(found):
        raise UpdateError(f"{host} gaf rijen tweemaal: de pagina's overlappen; {AGAIN}")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(dict.fromkeys(key for row in found for key in row)), delimiter=";")
    writer.writeheader()
    writer.writerows(found)
    return text.getvalue().encode(), answer


def _export(context: UpdateContext, feed: Feed, rows: int) -> tuple[bytes, Answer]:
    """All rows in one file; page by page where the provider gives no file."""

    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        _refuse_web_page(body, context.host)
        line = body.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
        _check_columns([name.strip().strip('"') for name in line.split(";")], feed, context)

    url = f"{context.connection.url}/{feed.name}/exports/csv"
    try:
        answer = context.ask(url, check, params={"delimiter": ";", "use_labels": "false"})
    except UpdateError as error:
        # Whoever refuses one request should not get a hundred.
        if rows > MAX_PAGED_ROWS or any(code in str(error) for code in ("(401)", "(403)", "(429)")):
            raise
        context.progress(f"{feed.title}: geen export ({error}), pagina per pagina", 0, rows)
        return _records(context, feed, rows)
    return answer.body, answer


def fetch_energy(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """Energy: open data of Fluvius by Explore v2.1.

    Whole data sets are exported and never filtered by name: names are in capitals there, and a filter in lower case
    gives no rows and no error. What comes is compared with the number of rows that the catalogue tells.
    """

    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        _described(body, context.host)

    context.progress(feed.title, 0, 0)
    try:
        answer = context.ask(f"{context.connection.url}/{feed.name}", check)
    except UpdateError as error:
        by_hand = context.connection.by_hand.format(shape=feed.shape)
        raise UpdateError(f"{error} {by_hand}" if "(404)" in str(error) else str(error)) from error
    rows, day = _described(answer.body, context.host)
    body, answer = _export(context, feed, rows)

    def whole(result: ReadResult) -> list[str]:
        if result.rows != rows:
            raise UpdateError(f"{context.host} gaf {result.rows} rijen van {feed.name} en noemde er {rows}; {AGAIN}")
        return [f"{rows} rijen, laatst bijgewerkt op {day}"]

    return _ingest(
        context,
        feed,
        body,
        answer,
        name=f"{feed.name}_{day.isoformat()}.csv",
        # Local production is the state of one day and has no date in its rows; the volumes tell their month.
        options={} if context.imports.shape(feed.shape).has("date") else {"datum": day.isoformat()},
        examine=whole,
        published=day,
        media_type="text/csv",
    )


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
    failure: UpdateError | None = None
    for year in (context.today.year, context.today.year - 1):
        name, by_hand = feed.name.format(year=year), context.connection.by_hand.format(year=year)
        context.progress(name, 0, 0)

        def check(body: bytes, _headers: Mapping[str, str], by_hand: str = by_hand) -> None:
            _refuse_web_page(body, context.host, by_hand)
            if not zipfile.is_zipfile(io.BytesIO(body)):
                raise UpdateError(f"{context.host} gaf geen hele zip. {by_hand}")

        try:
            answer = context.ask(f"{context.connection.url}/{name}", check)
        except UpdateError as error:
            failure = failure or error
            if "(404)" in str(error) or context.session.offline:
                continue
            raise
        of_year = feed.model_copy(update={"title": feed.title.format(year=year)})
        whole, kind = partial(_all_inhabitants, context, year), "application/zip"
        return _ingest(context, of_year, answer.body, answer, name=name, examine=whole, media_type=kind)
    assert failure is not None
    raise failure


# --- decisions of councils -----------------------------------------------------------------------------------------


def _texts(value: Any) -> tuple[str, ...]:
    """Texts of an attribute, which is a text, a list of texts (one per session) or nothing; on one line each."""
    values = value if isinstance(value, list) else [value]
    lines = (
        " ".join("".join(sign if sign.isprintable() else " " for sign in item).split())
        for item in values
        if isinstance(item, str)
    )
    return tuple(line for line in lines if line)


def _last_day(attributes: Mapping[str, Any], name: str) -> dt.date | None:
    """Day of the last session: a point that was put off stands on the agenda of several."""
    days = []
    for text in _texts(attributes.get(name)):
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            continue
        days.append((moment.astimezone(ZoneInfo("Europe/Brussels")) if moment.tzinfo else moment).date())
    return max(days, default=None)


def _decision(item: Mapping[str, Any], site: str, asked_on: dt.date) -> dict[str, str]:
    """An agenda item with the fields of the shape; empty where the service does not tell."""
    attributes = item["attributes"]
    title, place, body = (
        next((texts[0] for name in names if (texts := _texts(attributes.get(name)))), "")
        for names in DECISION_FACTS[:3]
    )
    started = _last_day(attributes, STARTED)
    day = started or _last_day(attributes, PLANNED)
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


def _decision_page(body: bytes, host: str) -> tuple[int, Features]:
    """Number of agenda items found, and those of this page; an error when its fields have other names."""
    data = _json_object(body, host)
    count, items = data.get("count"), data.get("data")
    if not isinstance(count, int) or not isinstance(items, list):
        raise UpdateError(f"{host} gaf json met de sleutels {', '.join(list(data)[:8])}; verwacht: count en data")
    for number, item in enumerate(items, start=1):
        key = item.get("id") if isinstance(item, dict) else None
        usable = isinstance(key, str) and re.fullmatch("[0-9A-Za-z_-]{1,100}", key)
        if not usable or not isinstance(item.get("attributes"), dict):
            raise UpdateError(f"{host}: punt {number} heeft geen bruikbare id en attributes")
    for names in DECISION_FACTS:
        if items and not any(name in item["attributes"] for item in items for name in names):
            there = ", ".join(sorted(map(str, items[0]["attributes"]))[:20])
            raise UpdateError(f"{host}: geen punt heeft een veld {' of '.join(names)}, wel {there}. Is het hernoemd?")
    return count, items


def _decision_pages(context: UpdateContext, feed: Feed) -> tuple[Features, list[Answer]]:
    connection, host = context.connection, context.host

    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        _decision_page(body, host)

    items, answers, total = [], [], 1  # type: Features, list[Answer], int
    # Without the header the service gives its web page.
    headers = {"Accept": "application/vnd.api+json"}
    while len(items) < total:
        paging = {"page[size]": str(connection.page_size), "page[number]": str(len(answers))}
        url = f"{connection.url}/search/{feed.name}/search"
        answer = context.ask(url, check, params={**connection.params, **paging}, headers=headers)
        total, found = _decision_page(answer.body, host)
        if total > MAX_PAGED_ROWS:
            raise UpdateError(f"{host} vindt {total} punten: is de vraag begrepen? Het toont er {MAX_PAGED_ROWS}")
        if not found:
            reached = f"stopte na {len(items)} van {total} punten" if total else "vindt helemaal niets"
            raise UpdateError(f"{host} {reached}; {AGAIN}")
        answers.append(answer)
        items += found
        context.progress(feed.title, len(items), total)
    if len({item["id"] for item in items}) != total:
        raise UpdateError(f"{host} noemde {total} punten en gaf andere of sommige tweemaal; {AGAIN}")
    return items, answers


def fetch_decisions(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """Council decisions on the pact: what Lokaal Beslist finds, with title, day and address.

    One search over all municipalities, as the site's own search page does it. What is found helps a reader to the text
    of a decision; it is no figure, and no proof that there is no other decision.
    """
    by_hand = context.connection.by_hand
    try:
        items, answers = _decision_pages(context, feed)
    except UpdateError as error:
        raise UpdateError(f"{str(error).rstrip('.')}. {by_hand}") from error
    day = max(answer.retrieved for answer in answers)
    records = [_decision(item, context.connection.url, day) for item in items]

    def usable(result: ReadResult) -> list[str]:
        if result.context.empty:
            told = f"geen van de {result.rows} punten is een besluit van een raad over het pact"
            raise UpdateError(f"{context.host}: {told} ({'; '.join(result.notes)}). {by_hand}")
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


def _last_good(context: UpdateContext, feed: Feed) -> Passport | None:
    """The newest file of a feed, of whatever year."""
    pattern = re.compile(re.escape(feed.title).replace(re.escape("{year}"), "[0-9]{4}"))
    source = context.connection.source
    found = [one for one in context.store.passports() if one.provider == source and pattern.fullmatch(one.title)]
    return found[-1] if found else None


def _update_feed(context: UpdateContext, feed: Feed) -> FeedUpdate:
    """Fetch one feed; when its provider fails, the last good copy stays in use."""
    try:
        return PROVIDERS[context.connection.id](context, feed)
    except UpdateError as error:
        passport = _last_good(context, feed)
        title = passport.title if passport else feed.title.replace(" {year}", "")
        return FeedUpdate(title, "kept" if passport else "absent", passport, failure=str(error))


def update_all(contexts: Iterable[UpdateContext]) -> Iterator[UpdateResult]:
    """Update one connection after the other; boundaries first, because points are laid on them.

    Parameters
    ----------
    contexts
        One per connection.

    Yields
    ------
    UpdateResult
        As soon as a connection is done.

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
        feeds = tuple(_update_feed(context, feed) for feed in context.connection.feeds)
        yield UpdateResult(context.connection.id, feeds)
