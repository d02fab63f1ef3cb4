"""Pages of GeoJSON features become one collection, and only a whole one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from lekp_lib.data.connectors.update import json_object
from lekp_lib.data.http import UpdateError

Box = tuple[float, float, float, float]
#: Around Flanders with a margin, in degrees (longitude, latitude) and in metres of Lambert 72.
DEGREES: Box = (2.0, 50.4, 6.3, 51.8)
LAMBERT_72: Box = (10_000, 140_000, 275_000, 260_000)


def _first_point(coordinates: Any) -> tuple[float, float] | None:
    while isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    if isinstance(coordinates, list) and len(coordinates) >= 2:
        x, y = coordinates[:2]
        if isinstance(x, int | float) and isinstance(y, int | float):
            return float(x), float(y)
    return None


def check_features(page: Mapping[str, Any], host: str, fields: Iterable[tuple[str, ...]], box: Box) -> None:
    """Refuse a page whose features lack a field or lie elsewhere.

    Parameters
    ----------
    page
        A feature collection.
    host
        For messages.
    fields
        Per needed property, the names that it may have.
    box
        Where the first coordinate of every feature must lie; another coordinate system falls outside.

    Raises
    ------
    UpdateError
        With what was found.
    """
    features = page.get("features")
    if page.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise UpdateError(f"{host} gave json with the keys {', '.join(list(page)[:8])}; expected a FeatureCollection")
    needed = tuple(fields)
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            raise UpdateError(f"{host}: feature {number} has no properties")
        for names in needed:
            if not any(name in properties for name in names):
                there = ", ".join(map(str, list(properties)[:25]))
                what = " or ".join(names)
                raise UpdateError(f"{host}: feature {number} has no field {what}; it has {there}. Was it renamed?")
        point = _first_point((feature.get("geometry") or {}).get("coordinates"))
        if point is None:
            raise UpdateError(f"{host}: feature {number} has no coordinates")
        if not (box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]):
            raise UpdateError(
                f"{host}: feature {number} lies at {point[0]:g}, {point[1]:g}, outside Flanders "
                f"({box[0]:g}-{box[2]:g}, {box[1]:g}-{box[3]:g}): another coordinate system than was asked?"
            )


def refuse_doubles(features: Iterable[Mapping[str, Any]], host: str, key: str) -> None:
    """Refuse features that came twice: pages that overlap.

    Raises
    ------
    UpdateError
        With the first ones.
    """
    seen: set[Any] = set()
    twice = []
    for feature in features:
        name = feature.get("id", feature["properties"].get(key))
        if name in seen:
            twice.append(str(name))
        seen.add(name)
    if twice:
        raise UpdateError(
            f"{host} gave {len(twice)} features twice ({', '.join(twice[:3])}): its pages overlap; try again later"
        )


def collection(features: list[dict[str, Any]], crs: str, **told: Any) -> bytes:
    """One GeoJSON file of the features of all pages, unchanged, with their coordinate system named.

    Parameters
    ----------
    features
        As the provider gave them.
    crs
        Such as ``urn:ogc:def:crs:EPSG::31370``.
    told
        More keys of the collection.

    Returns
    -------
    bytes
    """
    told |= {"crs": {"type": "name", "properties": {"name": crs}}, "numberMatched": len(features)}
    return json.dumps({"type": "FeatureCollection", **told, "features": features}, ensure_ascii=False).encode()


__all__ = ["DEGREES", "LAMBERT_72", "check_features", "collection", "json_object", "refuse_doubles"]
