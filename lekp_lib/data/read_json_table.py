"""Json and geojson: a list of records, with the number of records that the provider says there should be."""

from __future__ import annotations

import json
import math
from typing import Any

from lekp_lib.data.grid import MAX_COLUMNS, Cell, Grid, missing_columns
from lekp_lib.data.import_result import ImportProblems
from lekp_lib.data.safe_content import Content, refuse
from lekp_lib.data.text_content import decoded
from lekp_lib.errors import Problem
from lekp_lib.pact.shapes import FileShape

LON, LAT = "@lon", "@lat"


def _parsed(content: Content, shape: FileShape) -> dict[str, Any]:
    text, _ = decoded(content, shape.encoding or "utf-8")
    try:
        # Saved copies of be.STAT hold the bare token NaN, which is no json; Python reads it, and it is a missing value.
        data = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{content.name}: line {error.lineno}, column {error.colno}"
        raise refuse(where, error.msg, "valid json", "The file may be cut off; download it again.") from error
    except (RecursionError, ValueError) as error:
        raise refuse(content.name, f"json that cannot be read ({error})"[:200], "a list of records") from error
    if isinstance(data, list) and shape.records is None:
        data = {"": data}
    if not isinstance(data, dict):
        raise refuse(content.name, f"a json {type(data).__name__}", "an object with a list of records")
    return data


def _records(content: Content, shape: FileShape, data: dict[str, Any]) -> list[dict[str, Any]]:
    key = "features" if data.get("type") == "FeatureCollection" else shape.records or ""
    records = data.get(key)
    if not isinstance(records, list):
        found = f"the keys {', '.join(map(str, list(data)[:10]))}"
        raise refuse(content.name, found, f"a list under the key {key!r}", "Is this the answer of another service?")
    if key == "features":
        return [_feature(content, number, record) for number, record in enumerate(records, start=1)]
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise refuse(f"{content.name}: record {number}", f"a {type(record).__name__}", "an object with fields")
    return records


def _feature(content: Content, number: int, record: Any) -> dict[str, Any]:
    """Properties of a feature, with the coordinates of its point beside them."""
    where = f"{content.name}: record {number}"
    if not isinstance(record, dict) or not isinstance(record.get("properties"), dict):
        raise refuse(where, "no properties", "a GeoJSON feature")
    geometry = record.get("geometry") or {}
    point = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    fields = dict(record["properties"])
    if isinstance(point, list) and len(point) >= 2:
        fields[LON], fields[LAT] = point[0], point[1]
    return fields


def _check_complete(content: Content, shape: FileShape, data: dict[str, Any], count: int) -> None:
    """A page of a longer answer looks like a whole file; the provider's own total tells them apart."""
    total = data.get(shape.total) if shape.total else None
    if isinstance(total, int) and not isinstance(total, bool) and total != count:
        found = f"{count} records, while {shape.total} says {total}"
        advice = "This is one page of a longer answer; fetch all pages, or add --option onvolledig=ja for a trial."
        raise refuse(content.name, found, "all records", advice)


def _cell(value: Any) -> Cell:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (dict, list)):
        return json.dumps(value)[:100]
    return value


def read_json(content: Content, shape: FileShape, *, partial: bool) -> Grid:
    """The table of a json or geojson file.

    Parameters
    ----------
    content
        Bytes with their name.
    shape
        Declares where the records are, and the key of the total.
    partial
        Whether fewer records than the total are accepted.

    Returns
    -------
    Grid
        One column per key that occurs; ``@lon`` and ``@lat`` are the point of a feature.

    Raises
    ------
    ImportProblems
        Invalid json, no records, a page instead of the whole, missing keys.
    """
    data = _parsed(content, shape)
    records = _records(content, shape, data)
    if not partial:
        _check_complete(content, shape, data, len(records))
    header = list(dict.fromkeys(str(key) for record in records for key in record))
    if len(header) > MAX_COLUMNS:
        raise refuse(content.name, f"{len(header)} different keys", f"at most {MAX_COLUMNS}")
    if not records:
        raise refuse(content.name, "no records", "at least one record", "An empty answer is no figure of zero.")
    missing = missing_columns(header, shape)
    if missing:
        there = ", ".join(header[:15])
        problems = [
            Problem(f"{content.name}: keys", f"no key {' or '.join(names)}; there are {there}", f"a key for {field}")
            for field, names in missing.items()
        ]
        raise ImportProblems(f"{content.name} does not have the keys of {shape.id}", problems)
    rows = [[_cell(record.get(key)) for key in header] for record in records]
    return Grid(content.name, "", tuple(header), rows, list(range(1, len(rows) + 1)), "json")
