"""Boundaries of an edition: simplified together, every mistake of the file at once, no map on the wrong place."""

from __future__ import annotations

import datetime as dt
import json

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import box

from lekp_lib.data.cells import ImportProblems
from lekp_lib.edition.prepare import TOLERANCE_M, simplified
from lekp_lib.errors import EditionProblems
from lekp_lib.register import load_register

ON = dt.date(2025, 12, 31)
REGISTER = load_register()
PLACES = REGISTER.municipalities(ON)


def squares(shift=0.0, column="NISCODE", crs="EPSG:31370"):
    """Every municipality as a rectangle of its own size, in rows that touch."""
    rows, x, y = [], 30_000.0, 150_000.0
    for place in PLACES:
        side = place.area_km2 * 1e6 / 6_000
        if x + side > 260_000:
            x, y = 30_000.0, y + 6_000 + shift
        rows.append({column: place.nis, "geometry": box(x, y, x + side, y + 6_000)})
        x += side
    return gpd.GeoDataFrame(rows, crs=crs)


def written(frame, tmp_path):
    path = tmp_path / "grenzen.geojson"
    frame.to_file(path)
    return path


def test_one_simple_area_per_municipality(tmp_path):
    frame = squares()
    # A corner that matters less than the tolerance is not kept; a file may hold other areas too.
    first = frame.geometry[0]
    west, south, east, north = first.bounds
    dented = shapely.Polygon(
        [(west, south), (west - 3, (south + north) / 2), (west, north), (east, north), (east, south)]
    )
    frame.loc[0, "geometry"] = dented
    frame.loc[len(frame)] = ["21004", box(150_000, 240_000, 151_000, 241_000)]
    path = written(frame, tmp_path).rename(tmp_path / ("a" * 64))  # as the raw store names it
    rows = simplified(path, "grenzen", REGISTER, ON)
    assert rows["nis"].tolist() == sorted(place.nis for place in PLACES)
    own = rows[rows["nis"] == frame["NISCODE"][0]].iloc[0]
    assert min(x for x, _ in json.loads(own["rings"])[0]) == west and TOLERANCE_M > 3
    assert box(west, south, east, north).contains(shapely.Point(own["x"], own["y"]))
    assert {type(value) for text in rows["rings"] for ring in json.loads(text) for at in ring for value in at} == {int}


def test_borders_drawn_twice_are_simplified_as_one(tmp_path):
    frame = squares()
    frame["geometry"] = [
        shapely.affinity.translate(shape, (number % 3) * 4.0) for number, shape in enumerate(frame.geometry)
    ]
    rows = simplified(written(frame, tmp_path), "grenzen", REGISTER, ON)
    rings = [shapely.Polygon(ring) for text in rows["rings"] for ring in json.loads(text)]
    assert shapely.coverage_is_valid(rings) and len(rows) == len(PLACES)


def test_all_mistakes_at_once(tmp_path):
    frame = squares()
    frame.loc[1, "NISCODE"] = frame["NISCODE"][0]
    frame.loc[2, "geometry"] = box(100_000, 160_000, 100_100, 160_100)
    with pytest.raises(EditionProblems) as found:
        simplified(written(frame, tmp_path), "grenzen.geojson", REGISTER, ON)
    said = str(found.value)
    assert f"2 vlakken van {PLACES[0].nis} {PLACES[0].name}" in said
    assert f"geen vlak van {PLACES[1].nis} {PLACES[1].name}" in said
    assert f"{PLACES[2].nis} {PLACES[2].name}" in said and "een vlak van 0.0 km²" in said


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda frame: frame.set_crs("EPSG:3812", allow_override=True), "in meter Lambert 72"),
        (lambda frame: frame.set_crs("EPSG:4326", allow_override=True), "in meter Lambert 72"),
        (lambda frame: frame.rename(columns={"NISCODE": "code"}), "een kolom NISCODE"),
        (lambda frame: frame.assign(geometry=frame.geometry.boundary), "vormen die geen vlakken zijn"),
    ],
)
def test_other_coordinates_columns_and_shapes_are_refused(tmp_path, change, complaint):
    with pytest.raises(ImportProblems, match=complaint):
        simplified(written(change(squares()), tmp_path), "grenzen.geojson", REGISTER, ON)


def test_boundaries_of_another_time_are_refused(tmp_path):
    path = written(squares(), tmp_path)
    with pytest.raises(EditionProblems, match="de 300 gemeenten van 2024-12-31"):
        simplified(path, "grenzen.geojson", REGISTER, dt.date(2024, 12, 31))


def test_area_that_lies_under_another_is_refused(tmp_path):
    frame = squares()
    frame.loc[1, "geometry"] = shapely.affinity.translate(frame.geometry[1], -frame.geometry[1].bounds[0] + 30_000)
    with pytest.raises(EditionProblems, match="grenzen die elkaar overlappen"):
        simplified(written(frame, tmp_path), "x", REGISTER, ON)
