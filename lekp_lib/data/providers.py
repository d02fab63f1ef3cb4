"""Providers: what each of them is asked, and how its answer is known to be whole.

What is fetched is imported exactly as if a person had handed it over. A provider that fails costs its own feed only,
and its last good copy stays in use.
"""

import datetime as dt
import io
import json
import re
import tempfile
import textwrap
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

import numpy as np
import pandas as pd

from lekp_lib.data.cells import ImportProblems
from lekp_lib.data.fetch import Answer, PoliteSession, UpdateError, stop_if
from lekp_lib.data.importing import ImportContext, objections, plan_import
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
#: Beyond this number Fluvius gives no pages, and Lokaal Beslist shows no more.
MAX_PAGED_ROWS = 10_000
AGAIN = "probeer het later opnieuw"
#: A start says that a session took place; its plan does not.
STARTED, PLANNED = "session_started_at", "session_planned_start"
#: Per column of the shape, the attributes of an agenda item that may tell it.
DECISION_TEXTS = {
    "titel": ("title", "resolution_title"),
    "gemeente": ("governing_body_location_name",),
    "orgaan": ("governing_body_classification_name", "governing_body_name"),
}

Params = Mapping[str, str]
Items = list[dict[str, Any]]
Made = TypeVar("Made")
State = Literal["new", "stored", "unchanged", "kept", "absent"]


class Page(NamedTuple):
    """One page of a longer answer: items, number of all (0: not told), address of the next page ("": there is none)."""

    items: Items
    total: int = 0
    following: str | None = None


class Fetched(NamedTuple):
    """One file as a provider gave it, or made of its pages.

    Attributes
    ----------
    name, body
        File name and bytes.
    answer
        Where they came from.
    options
        Options of its import; ``None`` keeps it without importing it.
    pages
        The answers that it was made of.
    notes
        What is worth telling.
    examine
        Tells what was read, or refuses it.
    title
        Of the file in the raw store, when it is not that of the feed.
    """

    name: str
    body: bytes
    answer: Answer
    options: Params | None
    pages: Sequence[Answer] = ()
    notes: Sequence[str] = ()
    examine: Callable[[ReadResult], str] | None = None
    title: str = ""


class UpdateContext(NamedTuple):
    """What a provider is asked with.

    Attributes
    ----------
    imports
        Catalogue, register, data folder and shapes.
    session
        The way to the network, or to what was recorded.
    connection, feed
        Where to ask, and for what.
    today
        Day of the import.
    progress
        Told what is being fetched, how much is there and how much there will be (0 when not known).
    """

    imports: ImportContext
    session: PoliteSession
    connection: Connection
    feed: Feed
    today: dt.date
    progress: Callable[[str, int, int], None]

    @property
    def host(self) -> str:
        """Name of the provider's machine, for messages."""
        return urlsplit(self.connection.url).hostname or self.connection.url

    def ask(self, url: str, read: Callable[[bytes, Params], Made], params: Params | None = None) -> tuple[Answer, Made]:
        """An answer, and what ``read`` makes of its body and headers."""
        answer = self.session.ask(url, read, params=params or {}, headers=self.connection.headers)
        return answer, read(answer.body, {})

    def keep(self, name: str, answer: Answer, title: str, body: bytes) -> Passport:
        """Keep bytes that came with an answer, with its origin."""
        source = self.imports.catalog.source(self.connection.source)
        told: Any = {"provider": source.id, "licence": source.licence, "url": answer.url, "published": answer.modified}
        return RawStore(self.imports.data_dir).put(body, name=name, title=title, retrieved=answer.retrieved, **told)


class FeedUpdate(NamedTuple):
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
    state: State
    passport: Passport | None = None
    notes: Sequence[str] = ()
    failure: str = ""


def _records(body: bytes, host: str, name: str, expected: str) -> tuple[dict[str, Any], Items]:
    """The json object of an answer, and the list of objects under a key of it."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        at = getattr(error, "pos", 0)
        raise UpdateError(f"{host} gaf json die afgekapt of beschadigd is, bij teken {at}") from error
    records = data.get(name) if isinstance(data, dict) else None
    if not isinstance(records, list) or not all(isinstance(item, dict) for item in records):
        found = f"met de sleutels {', '.join(list(data)[:8])}" if isinstance(data, dict) else "zonder object"
        raise UpdateError(f"{host} gaf json {found}; verwacht: {expected}")
    return data, records


def _refuse_renamed(where: str, needed: Iterable[Sequence[str]], there: Collection[str]) -> None:
    """Refuse an answer that has a needed field by none of its names."""
    lacking = [" of ".join(names) for names in needed if not any(name in there for name in names)]
    names = ", ".join(list(map(str, there))[:25])
    stop_if(lacking, f"{where} heeft geen veld {', '.join(lacking)}, wel {names}. Is het hernoemd?")


def _refuse_missing(context: UpdateContext, what: str, on: dt.date, found: Collection[str]) -> None:
    """Refuse what lacks a municipality of a day: a file with some missing is no file."""
    places = context.imports.register.municipalities(on)
    missing = [f"{place.nis} {place.name}" for place in places if place.nis not in found]
    some = ", ".join(missing[:5])
    stop_if(missing, f"{context.host} heeft geen {what} van {len(missing)} gemeenten van {on}: {some}")


def _all_items(
    context: UpdateContext, url: str, params: Params, read: Callable[[bytes, Params], Page], noun: str, total: int = 0
) -> tuple[Items, list[Answer]]:
    """All items of a service that answers in pages, each once; ``{size}``, ``{done}``, ``{page}`` are filled in."""
    host, items, answers, keys = context.host, Items(), list[Answer](), Counter[str]()
    while url and (not total or len(items) < total):
        counts = {"{size}": context.connection.page_size, "{done}": len(items), "{page}": len(answers)}
        asked = {name: str(counts.get(text, text)) for name, text in params.items()}
        answer, page = context.ask(url, read, asked)
        answers.append(answer)
        items += page.items
        total = page.total or total
        context.progress(context.feed.title, len(items), total)
        keys.update(str(item.get("id", item.get("properties", item))) for item in page.items)
        twice = [key for key, count in keys.items() if count > 1]
        some = ", ".join(key[:80] for key in twice[:3])
        stop_if(twice, f"{host} gaf {len(twice)} {noun} tweemaal ({some}): de pagina's overlappen; {AGAIN}")
        stop_if(not page.items, f"{host} stopte na {len(items)} van {total or 'een onbekend aantal'} {noun}; {AGAIN}")
        if page.following is not None:
            # The address of the next page brings its parameters along.
            url, params = page.following, {}
    stop_if(total and len(items) != total, f"{host} gaf {len(items)} {noun} en noemde er {total}; {AGAIN}")
    return items, answers


# --- features: boundaries and charge points ------------------------------------------------------------------------


def _features(
    body: bytes, host: str, needed: Collection[Sequence[str]], box: tuple[float, float, float, float]
) -> tuple[dict[str, Any], Items]:
    """A page of features, none of which lacks a field or lies outside a box: it would have other coordinates."""
    # A heavy library that only features need.
    import shapely

    page, features = _records(body, host, "features", "een FeatureCollection")
    shapes = shapely.from_geojson([json.dumps(item.get("geometry")) for item in features], on_invalid="ignore")
    for number, (feature, bounds) in enumerate(zip(features, shapely.bounds(shapes), strict=True), start=1):
        where, properties = f"{host}: feature {number}", feature.get("properties")
        _refuse_renamed(where, needed, properties if isinstance(properties, dict) else {})
        stop_if(np.isnan(bounds).any(), f"{where} heeft geen coördinaten")
        outside = (bounds[:2] < box[:2]).any() or (bounds[2:] > box[2:]).any()
        place = f"op {bounds[0]:g}, {bounds[1]:g}, buiten Vlaanderen ({box[0]:g}-{box[2]:g}, {box[1]:g}-{box[3]:g})"
        stop_if(outside, f"{where} ligt {place}: een ander coördinatenstelsel dan gevraagd?")
    return page, features


def _collection(features: Items, crs: str, **more: Any) -> bytes:
    """One GeoJSON file of the features of all pages, unchanged, with their coordinate system named."""
    more |= {"crs": {"type": "name", "properties": {"name": crs}}, "numberMatched": len(features)}
    return json.dumps({"type": "FeatureCollection", **more, "features": features}, ensure_ascii=False).encode()


def _boundary_page(context: UpdateContext, body: bytes, headers: Params) -> Page:
    """A page of boundaries in Lambert 72, and the address of the next one; only on the same machine."""
    host, url, given = context.host, context.connection.url, headers.get("Content-Crs", "").strip("<> ")
    other = given and not given.endswith("/31370")
    stop_if(other, f"{host} gaf coördinaten in {given}; verwacht: {LAMBERT_CRS}")
    page, features = _features(body, host, (("NISCODE",), ("NAAM",)), BOX)
    links = [link for link in page.get("links") or () if isinstance(link, dict) and link.get("rel") == "next"]
    address = urljoin(url, str(links[0].get("href", ""))) if links and features else ""
    elsewhere = address and urlsplit(address)[:2] != urlsplit(url)[:2]
    stop_if(elsewhere, f"de volgende pagina staat op een andere machine: {address}")
    total = page.get("numberMatched")
    return Page(features, total if isinstance(total, int) else 0, address)


def fetch_boundaries(context: UpdateContext) -> Fetched:
    """Boundaries: VRBG of Digitaal Vlaanderen by OGC API Features, in Lambert 72; a dated service, never the newest."""
    connection, layer, since = context.connection, context.feed.name, context.connection.since
    if since is None:
        raise CatalogError("verbindingen/vrbg.yaml: verwacht: since, de dag vanaf wanneer de grenzen gelden")
    url = f"{connection.url}/collections/{layer}/items"
    params = {**connection.params, "limit": "{size}", "crs": LAMBERT_CRS}
    features, answers = _all_items(context, url, params, partial(_boundary_page, context), "grenzen")
    found = {str(feature["properties"]["NISCODE"]).strip() for feature in features}
    _refuse_missing(context, "grens", since, found)
    extra = len(found) - len(context.imports.register.municipalities(since))
    body = _collection(features, "urn:ogc:def:crs:EPSG::31370", name=layer)
    notes = [f"{extra} vlakken zijn geen gemeente van het register en blijven buiten gebruik"] * bool(extra)
    return Fetched(fetched_name(layer, since), body, answers[-1], None, answers, notes)


def _point_total(host: str, body: bytes, _headers: Params) -> int:
    """Number of features from the answer to ``resultType=hits``, which is xml."""
    if matched := re.search(rb'<[^<>]*\bnumberMatched="([0-9]+)"', body):
        return int(matched[1])
    text = " ".join(re.sub(rb"<[^>]*>", b" ", body).decode("utf-8", "replace").split())
    raise UpdateError(f"{host} zegt niet hoeveel punten er zijn: {text[:200] or 'een leeg antwoord'}")


def fetch_charge_points(context: UpdateContext) -> Fetched:
    """Charge points: WFS 2.0 of MOW, weighed and counted per municipality.

    The service stops at 20 000 features a page and says nothing; therefore it is first asked how many there are. Points
    are laid on the boundaries of VRBG when those were fetched.
    """
    host, url, layer = context.host, context.connection.url, context.feed.name

    def page(body: bytes, _headers: Params) -> Page:
        return Page(_features(body, host, (), DEGREES)[1])

    asked = {"service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": layer}
    _, total = context.ask(url, partial(_point_total, host), {**asked, "resultType": "hits"})
    stop_if(not total, f"{host} heeft geen punten; een lege laag is geen cijfer nul")
    asked |= {**context.connection.params, "srsName": "EPSG:4326"}
    paged = {**asked, "count": "{size}", "startIndex": "{done}"}
    features, answers = _all_items(context, url, paged, page, "punten", total)
    # Some servers count up to their own cap only; then there is something behind the end.
    _, behind = context.ask(url, page, {**asked, "count": "1", "startIndex": str(total)})
    stop_if(behind.items, f"{host} noemde {total} punten en heeft er meer; die telling is niet te vertrouwen")
    day = max(answer.retrieved for answer in answers)
    wanted = ("digitaal_vlaanderen", fetched_name(DETAILED, first_day(context.imports.register, day)))
    known = RawStore(context.imports.data_dir).passports()
    boundaries = [item.sha256 for item in known if (item.provider, item.name) == wanted]
    advice = "de naam van de gemeente telt; voor plaatsen volgens coördinaten: eerst lekp data update --source vrbg"
    # The day inside makes it another file than that of last month, even when no point changed.
    body = _collection(features, "urn:ogc:def:crs:OGC:1.3:CRS84", name=layer, retrieved=day.isoformat())
    options, notes = ({"grenzen": f"sha256:{boundaries[-1]}"}, []) if boundaries else ({}, [advice])
    return Fetched(f"{layer}_{day}.geojson", body, answers[0], options, answers, notes)


# --- tables: households, energy, inhabitants -----------------------------------------------------------------------


def fetch_view(context: UpdateContext) -> Fetched:
    """Households from a be.STAT view: kept, and imported only when somebody tells the year.

    The answer has no year. A guessed year would give a wrong denominator that looks right; therefore the raw file waits
    for a person, unless the connection tells the day (``options: {datum: …}`` of the feed).
    """
    host, feed, shape = context.host, context.feed, context.imports.shape(context.feed.shape)

    def read(body: bytes, _headers: Params) -> None:
        _, facts = _records(body, host, shape.records or "facts", "een weergave met feiten")
        stop_if(not facts, f"{host} gaf een weergave zonder feiten")
        _refuse_renamed(f"{host}: de weergave", shape.required.values(), {key: None for fact in facts for key in fact})

    answer, _ = context.ask(f"{context.connection.url}/{feed.name}/result/JSON", read)
    name = f"bestat_{feed.shape}_{answer.retrieved}.json"
    return Fetched(name, answer.body, answer, feed.options if "datum" in feed.options else None)


def _described(host: str, body: bytes, _headers: Params) -> tuple[int, dt.date]:
    """Number of rows and day of the last update, from the description of a data set."""
    with suppress(AttributeError, LookupError, RecursionError, TypeError, ValueError):
        facts = json.loads(body)["metas"]["default"]
        day = dt.datetime.fromisoformat(facts.get("data_processed") or facts["modified"]).date()
        if facts["records_count"] > 0:
            return facts["records_count"], day
    raise UpdateError(f"{host} zegt niet hoeveel rijen de dataset heeft en van welke dag (metas.default)")


def _table(context: UpdateContext, url: str, rows: int) -> tuple[bytes, Answer]:
    """All rows of a data set in one csv; page by page where the provider gives no file."""

    def page(body: bytes, _headers: Params) -> Page:
        return Page(_records(body, context.host, "results", "een pagina met resultaten")[1])

    try:
        answer, _ = context.ask(f"{url}/exports/csv", lambda *_: None, {"delimiter": ";", "use_labels": "false"})
        return answer.body, answer
    except UpdateError as error:
        # Whoever refuses one request should not get a hundred.
        if rows > MAX_PAGED_ROWS or any(code in str(error) for code in ("(401)", "(403)", "(429)")):
            raise
        context.progress(f"{context.feed.title}: geen export ({error}), pagina per pagina", 0, rows)
    paging = {"limit": "{size}", "offset": "{done}"}
    found, answers = _all_items(context, f"{url}/records", paging, page, "rijen", rows)
    return pd.DataFrame(found, dtype=object).to_csv(sep=";", index=False).encode(), answers[-1]


def fetch_energy(context: UpdateContext) -> Fetched:
    """Energy: open data of Fluvius by Explore v2.1.

    Whole data sets are exported and never filtered by name: names are in capitals there, and a filter in lower case
    gives no rows and no error. What comes is compared with the number of rows that the catalogue tells.
    """
    host, name = context.host, context.feed.name
    _, (rows, day) = context.ask(f"{context.connection.url}/{name}", partial(_described, host))
    body, answer = _table(context, f"{context.connection.url}/{name}", rows)

    def whole(result: ReadResult) -> str:
        stop_if(result.rows != rows, f"{host} gaf {result.rows} rijen van {name} en noemde er {rows}; {AGAIN}")
        return f"{rows} rijen, laatst bijgewerkt op {day}"

    # Local production is the state of one day and has no date in its rows; the volumes tell their month.
    options = {} if "date" in context.imports.shape(context.feed.shape).columns else {"datum": day.isoformat()}
    return Fetched(f"{name}_{day}.csv", body, answer._replace(modified=day), options, examine=whole)


def fetch_inhabitants(context: UpdateContext) -> Fetched:
    """Inhabitants on 1 January: the open data zip of Statbel, of this year or else of last year.

    The site often gives programs a captcha page; then a person downloads the file and imports it, with the same result.
    """

    def check(body: bytes, _headers: Params) -> None:
        stop_if(not zipfile.is_zipfile(io.BytesIO(body)), f"{context.host} gaf geen hele zip")

    year, name = context.today.year, context.feed.name
    try:
        answer, _ = context.ask(f"{context.connection.url}/{name.format(year=year)}", check)
    except UpdateError as error:
        if "(404)" not in str(error) and not context.session.offline:
            raise
        year -= 1
        answer, _ = context.ask(f"{context.connection.url}/{name.format(year=year)}", check)
    day, title = dt.date(year, 1, 1), context.feed.title.format(year=year)

    def whole(result: ReadResult) -> str:
        counts = result.counts[result.counts["date"].eq(day)]
        _refuse_missing(context, "inwoners", day, set(counts["nis"]))
        total = f"{counts['value'].sum():,}".replace(",", ".")
        return f"{total} inwoners in {len(counts)} gemeenten op {day}"

    return Fetched(name.format(year=year), answer.body, answer, {}, examine=whole, title=title)


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
    told["titel"] = textwrap.shorten(told["titel"], 400, placeholder="…")
    started = _last_day(attributes.get(STARTED))
    day = started or _last_day(attributes.get(PLANNED))
    # Many bodies never tell when a session started; a planned day that has passed is the best there is.
    past = started is not None or (day is not None and day < asked_on)
    link = f"{site}/agendapunten/{item['id']}"
    return {**told, "datum": str(day or ""), "behandeld": "ja" if past else "nee", "link": link}


def _decision_page(host: str, body: bytes, _headers: Params) -> Page:
    """Agenda items of a page and the number of all; an error when its fields have other names."""
    data, items = _records(body, host, "data", "count en data")
    count = data.get("count")
    if not isinstance(count, int) or not 0 < count <= MAX_PAGED_ROWS:
        raise UpdateError(f"{host} vindt {count} punten; verwacht: 1 tot {MAX_PAGED_ROWS}. Is de vraag begrepen?")
    for number, item in enumerate(items, start=1):
        named = re.fullmatch("[0-9A-Za-z_-]{1,100}", str(item.get("id") or ""))
        usable = named and isinstance(item.get("attributes"), dict)
        stop_if(not usable, f"{host}: punt {number} heeft geen bruikbare id en attributes")
    if items:
        there = {name: None for item in items for name in item["attributes"]}
        _refuse_renamed(f"{host}: de lijst", [*DECISION_TEXTS.values(), (STARTED, PLANNED)], there)
    return Page(items, count)


def fetch_decisions(context: UpdateContext) -> Fetched:
    """Council decisions on the pact: what Lokaal Beslist finds, with title, day and address.

    One search over all municipalities, as the site's own search page does it. What is found helps a reader to the text
    of a decision; it is no figure, and no proof that there is no other decision.
    """
    host, connection = context.host, context.connection
    url = f"{connection.url}/search/{context.feed.name}/search"
    params = {**connection.params, "page[size]": "{size}", "page[number]": "{page}"}
    items, answers = _all_items(context, url, params, partial(_decision_page, host), "punten")
    day = max(answer.retrieved for answer in answers)
    records = [_decision(item, connection.url, day) for item in items]
    body = json.dumps({"aantal": len(records), "agendapunten": records}, ensure_ascii=False).encode()
    return Fetched(f"lokaalbeslist_{day}.json", body, answers[0], {}, answers)


# --- all of them ---------------------------------------------------------------------------------------------------

PROVIDERS: Mapping[str, Callable[[UpdateContext], Fetched]] = {
    "bestat": fetch_view, "fluvius": fetch_energy, "lokaalbeslist": fetch_decisions,
    "mow-laadpunten": fetch_charge_points, "statbel-bevolking": fetch_inhabitants, "vrbg": fetch_boundaries,
}  # fmt: skip


def _read(context: UpdateContext, file: Fetched, title: str) -> list[str]:
    """What is worth telling of a file that can be imported; an error says why it cannot."""
    with tempfile.TemporaryDirectory() as folder:
        # Looked at by the very function that looks at files that people hand over.
        path, origin = Path(folder) / file.name, {"url": file.answer.url, "title": title}
        path.write_bytes(file.body)
        shape, today = context.feed.shape, context.today
        try:
            plan = plan_import(path, shape, context.imports, today=today, options=file.options, origin=origin)
        except ImportProblems as error:
            raise UpdateError(f"{context.host} gaf iets anders dan {title}: {error}") from error
    result, refused = plan.result, plan.result.refused[["cell", "found", "expected", "advice"]]
    first = "; ".join(str(Problem(*row)) for row in refused.head(3).itertuples(index=False, name=None))
    told = f"{len(refused)} van {result.rows} rijen zijn niet bruikbaar"
    many = len(refused) * 100 > result.rows * MAX_REFUSED_PCT
    stop_if(many, f"{title}: {told}, dus het bestand niet. De eerste: {first}")
    problems = objections(plan, accept_partial=True, confirm=False)
    some = "; ".join(map(str, problems[:3]))
    stop_if(problems, f"{title} is niet bruikbaar; aantal fouten: {len(problems)}. De eerste: {some}")
    notes = [f"{told} en blijven weg. De eerste: {first}"] * bool(len(refused))
    notes += [file.examine(result)] if file.examine else []
    if len(result.context):
        notes.append(f"{len(result.context)} rijen van {result.context['nis'].nunique()} gemeenten")
    if warnings := [f"{item.where}: {item.message}" for item in plan.findings if item.level == "warning"]:
        notes.append(f"{len(warnings)} onwaarschijnlijke cijfers. De eerste: {'; '.join(warnings[:3])}")
    return [*notes, *plan.notes]


def _use(context: UpdateContext, file: Fetched) -> FeedUpdate:
    """Keep a file and its pages, and import it when that was asked; a refused one leaves nothing behind."""
    feed, data_dir, title = context.feed, context.imports.data_dir, file.title or context.feed.title
    notes = [*file.notes, *(_read(context, file, title) if file.options is not None else ())]
    with data_lock(data_dir):
        known = {passport.sha256 for passport in RawStore(data_dir).passports()}
        passport = context.keep(file.name, file.answer, title, file.body)
        state: State = "unchanged" if passport.sha256 in known else "stored" if feed.shape else "new"
        if file.options is not None:
            told = {"shape": feed.shape, "options": file.options, "date": context.today}
            entry = ImportEntry(sha256=passport.sha256, **told)
            before = [item for item in Ledger(data_dir).lines() if item.id == entry.id]
            state = "unchanged" if before else "new"
            if before and all(item.withdrawn for item in before):
                notes.append(f"deze import ({entry.id}) is ingetrokken en blijft dat; lees het bestand zelf opnieuw in")
            if not before:
                Ledger(data_dir).append(entry)
        elif feed.shape:
            kept = RawStore(data_dir).path(passport.sha256)
            advice = f"lekp data import {kept} --as {feed.shape} --option datum=JAAR-01-01"
            notes.append(f"de weergave zegt haar jaar niet; zoek het op bij be.STAT en geef: {advice}")
        for number, page in enumerate(file.pages, start=1):
            context.keep(f"{Path(file.name).stem}_{number}.json", page, f"{title}: pagina {number}", page.body)
    return FeedUpdate(title, state, passport, notes)


def _update_feed(context: UpdateContext) -> FeedUpdate:
    """Fetch one feed; when its provider fails, its last good copy, of whatever year, stays in use."""
    context.progress(context.feed.title, 0, 0)
    try:
        return _use(context, PROVIDERS[context.connection.id](context))
    except UpdateError as error:
        title = re.escape(context.feed.title).replace(re.escape("{year}"), "[0-9]{4}")
        known = reversed(RawStore(context.imports.data_dir).passports())
        own = (item for item in known if item.provider == context.connection.source)
        last = next((item for item in own if re.fullmatch(title, item.title)), None)
        shown = last.title if last else context.feed.title.replace(" {year}", "")
        by_hand = context.connection.by_hand.replace("{shape}", context.feed.shape)
        failure = f"{str(error).rstrip('.')}. {by_hand}" if by_hand else str(error)
        return FeedUpdate(shown, "kept" if last else "absent", last, failure=failure)


def update_all(connections: Iterable[Connection], **asked: Any) -> Iterator[tuple[str, FeedUpdate]]:
    """Update one connection after the other; boundaries first, because points are laid on them.

    Parameters
    ----------
    connections
        Where to ask, and for what.
    asked
        ``imports``, ``session``, ``today`` and ``progress`` of :class:`UpdateContext`.

    Yields
    ------
    tuple of str and FeedUpdate
        Id of the connection and what became of a feed, as soon as it is done.

    Raises
    ------
    CatalogError
        When a declared connection has no provider here.
    """
    ordered = sorted(connections, key=lambda connection: connection.id != "vrbg")
    if unknown := [item.id for item in ordered if item.id not in PROVIDERS]:
        raise CatalogError(f"verbindingen/{unknown[0]}.yaml: zo'n bron kent lekp niet; wel {', '.join(PROVIDERS)}")
    for connection in ordered:
        for feed in connection.feeds:
            yield connection.id, _update_feed(UpdateContext(connection=connection, feed=feed, **asked))
