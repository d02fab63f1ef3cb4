"""Boundaries of the municipalities: VRBG of Digitaal Vlaanderen by OGC API Features, in Lambert 72 (EPSG:31370).

A dated service (VRBG2025) is asked, never "the newest": boundaries belong to an edition of codes (data-sources.md 2.2).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from lekp_lib.data.connectors.features import LAMBERT_72, check_features, collection, json_object, refuse_doubles
from lekp_lib.data.connectors.update import FeedUpdate, UpdateContext, UpdateResult, each_feed, put_answer
from lekp_lib.data.http import Answer, UpdateError
from lekp_lib.data.kept_boundaries import fetched_name, first_day
from lekp_lib.data.raw_store import RawStore
from lekp_lib.pact.connections import Feed
from lekp_lib.register import load_register

PROVIDER = "digitaal_vlaanderen"
#: For points; the other layer of the declaration, :data:`~lekp_lib.data.kept_boundaries.FOR_MAPS`, is for maps.
DETAILED = "Refgem"
CRS = "http://www.opengis.net/def/crs/EPSG/0/31370"
CRS_URN = "urn:ogc:def:crs:EPSG::31370"
_FIELDS = (("NISCODE",), ("NAAM",))


def _check(host: str) -> Any:
    def check(body: bytes, headers: Mapping[str, str]) -> None:
        page = json_object(body, host)
        given = headers.get("Content-Crs", "").strip("<> ")
        if given and not given.endswith("/31370"):
            raise UpdateError(f"{host} gave coordinates in {given}; expected {CRS}")
        check_features(page, host, _FIELDS, LAMBERT_72)

    return check


def _next(page: Mapping[str, Any], url: str) -> str:
    """Address of the next page; only on the same machine."""
    for link in page.get("links") or ():
        if isinstance(link, dict) and link.get("rel") == "next":
            address = urljoin(url, str(link.get("href", "")))
            if urlsplit(address)[:2] != urlsplit(url)[:2]:
                raise UpdateError(f"the next page stands on another machine: {address}")
            return address
    return ""


def _pages(context: UpdateContext, feed: Feed) -> tuple[list[dict[str, Any]], list[Answer]]:
    connection = context.connection
    url = f"{connection.url}/collections/{feed.name}/items"
    params = {**connection.params, "limit": str(connection.page_size), "crs": CRS}
    features: list[dict[str, Any]] = []
    answers: list[Answer] = []
    total = 0
    asked: set[str] = set()
    while url and url not in asked:
        asked.add(url)
        answer = context.ask(url, _check(context.host), params=params)
        page = json_object(answer.body, context.host)
        answers.append(answer)
        features += page["features"]
        total = int(page.get("numberMatched") or 0) or total
        context.progress(feed.title, len(features), total)
        if not page["features"] or (total and len(features) >= total):
            break
        # The address of the next page brings its parameters along.
        url, params = _next(page, url), {}
    if total and len(features) != total:
        raise UpdateError(f"{context.host} gave {len(features)} boundaries of {total}; try again later")
    return features, answers


def _fetch(context: UpdateContext, feed: Feed) -> FeedUpdate:
    since = context.connection.since
    assert since is not None, "verbindingen/vrbg.yaml says from when the boundaries hold"
    features, answers = _pages(context, feed)
    refuse_doubles(features, context.host, "NISCODE")
    found = {str(feature["properties"]["NISCODE"]).strip() for feature in features}
    municipalities = context.register.municipalities(since)
    missing = [f"{item.nis} {item.name}" for item in municipalities if item.nis not in found]
    if missing:
        some = ", ".join(missing[:5])
        raise UpdateError(f"{context.host} has no boundary of {len(missing)} municipalities of {since}: {some}")
    for number, page in enumerate(answers, start=1):
        put_answer(context, page.body, page, name=f"{feed.name}_{number}.json", title=f"{feed.title}: page {number}")
    known = {passport.sha256 for passport in RawStore(context.data_dir).passports()}
    body, kind = collection(features, CRS_URN, name=feed.name), "application/geo+json"
    name = fetched_name(feed.name, since)
    passport = put_answer(context, body, answers[-1], name=name, title=feed.title, media_type=kind)
    extra = len(found - {item.nis for item in municipalities})
    notes = (f"{extra} areas are no municipality of the register and stay out of use",) if extra else ()
    return FeedUpdate(feed.title, "unchanged" if passport.sha256 in known else "new", passport, notes)


def update(context: UpdateContext) -> UpdateResult:
    """Fetch the boundaries.

    Parameters
    ----------
    context
        What to work with.

    Returns
    -------
    UpdateResult
        One feed of detailed boundaries (for points) and one of simplified ones (for maps).
    """
    return each_feed(context, _fetch)


def boundaries_hash(data_dir: Path, on: dt.date) -> str | None:
    """Fingerprint of the newest detailed boundaries that hold on a day; ``None`` when none were fetched."""
    name = fetched_name(DETAILED, first_day(load_register(), on))
    found = [item.sha256 for item in RawStore(data_dir).passports() if (item.provider, item.name) == (PROVIDER, name)]
    return found[-1] if found else None
