"""Charge points: WFS 2.0 of MOW, all pages of it, weighed and counted per municipality (data-sources.md 2.6).

The service stops at 20 000 features a page and says nothing; therefore it is first asked how many there are. The rows
carry no NIS code, so points are laid on the boundaries of VRBG when those were fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from lekp_lib.data.connectors.features import DEGREES, check_features, collection, json_object, refuse_doubles
from lekp_lib.data.connectors.update import (
    FeedUpdate,
    UpdateContext,
    UpdateResult,
    each_feed,
    put_answer,
    refuse_web_page,
    take_in,
)
from lekp_lib.data.connectors.vrbg import boundaries_hash
from lekp_lib.data.http import Answer, UpdateError
from lekp_lib.pact.connections import Feed
from lekp_lib.pact.load_shapes import find_shape
from lekp_lib.pact.shapes import FieldName

CRS_URN = "urn:ogc:def:crs:OGC:1.3:CRS84"
_FIELDS_NEEDED: tuple[FieldName, ...] = ("key", "name", "amount", "part")


def _total(body: bytes, host: str) -> int:
    """Number of features from the answer to ``resultType=hits``."""
    refuse_web_page(body, host)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise UpdateError(f"{host} gave no xml when asked for the number of points ({str(error)[:100]})") from error
    matched = root.get("numberMatched", "")
    if not matched.isdigit():
        text = " ".join(str(part).strip() for part in root.itertext() if str(part).strip())
        raise UpdateError(f"{host} does not tell how many points there are: {text[:200] or root.tag}")
    return int(matched)


def _params(feed: Feed, **more: str) -> dict[str, str]:
    asked = {"service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": feed.name}
    return {**asked, **more}


def _pages(context: UpdateContext, feed: Feed, total: int) -> tuple[list[dict[str, Any]], list[Answer]]:
    url = context.connection.url
    shape = find_shape(feed.shape, context.shapes_folder)
    fields = [shape.columns[name] for name in _FIELDS_NEEDED]

    def check(body: bytes, _headers: Mapping[str, str]) -> None:
        check_features(json_object(body, context.host), context.host, fields, DEGREES)

    def page(count: int, start: int) -> tuple[Answer, list[dict[str, Any]]]:
        fixed = {**context.connection.params, "srsName": "EPSG:4326", "count": str(count)}
        answer = context.ask(url, check, params=_params(feed, **fixed, startIndex=str(start)))
        found: list[dict[str, Any]] = json_object(answer.body, context.host)["features"]
        return answer, found

    features: list[dict[str, Any]] = []
    answers: list[Answer] = []
    while len(features) < total:
        answer, found = page(context.connection.page_size, len(features))
        if not found:
            raise UpdateError(f"{context.host} stopped after {len(features)} of {total} points; try again later")
        answers.append(answer)
        features += found
        context.progress(feed.title, len(features), total)
    refuse_doubles(features, context.host, shape.columns["key"][0])
    if len(features) != total:
        raise UpdateError(f"{context.host} gave {len(features)} points and told {total}; try again later")
    # Some servers count up to their own cap only; then there is something behind the end.
    if page(1, total)[1]:
        raise UpdateError(f"{context.host} told {total} points and has more; its count cannot be trusted")
    return features, answers


def _fetch(context: UpdateContext, feed: Feed) -> FeedUpdate:
    def check_hits(body: bytes, _headers: Mapping[str, str]) -> None:
        _total(body, context.host)

    hits = context.ask(context.connection.url, check_hits, params=_params(feed, resultType="hits"))
    total = _total(hits.body, context.host)
    if not total:
        raise UpdateError(f"{context.host} has no points; an empty layer is no figure of zero")
    features, answers = _pages(context, feed, total)
    day = max(answer.retrieved for answer in answers)
    boundaries = boundaries_hash(context.data_dir, day)
    options = {"grenzen": f"sha256:{boundaries}"} if boundaries else {}
    by_name = "placed by the name of the municipality; for places by coordinates: lekp data update --source vrbg first"
    done = take_in(
        context,
        feed,
        # The day inside makes it another file than that of last month, even when no point changed.
        collection(features, CRS_URN, name=feed.name, retrieved=day.isoformat()),
        answers[0],
        name=f"{feed.name}_{day.isoformat()}.geojson",
        options=options,
        examine=lambda _result: () if boundaries else (by_name,),
        media_type="application/geo+json",
    )
    # After the whole was found good, so that a refused one leaves nothing behind.
    for number, page in enumerate(answers, start=1):
        name = f"{feed.name}_{day.isoformat()}_{number}.json"
        put_answer(context, page.body, page, name=name, title=f"{feed.title}: page {number}")
    return done


def update(context: UpdateContext) -> UpdateResult:
    """Fetch the charge points.

    Parameters
    ----------
    context
        What to work with.

    Returns
    -------
    UpdateResult
    """
    return each_feed(context, _fetch)
