"""In which municipality a point lies: boundaries from a file, and a join of many points at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from lekp_lib.data.grid import column_key
from lekp_lib.data.safe_content import MAX_FILE_BYTES, refuse

_CODE_COLUMNS = ("niscode", "nis", "nis_code", "cd_munty_refnis", "refnis")
_WGS84 = "EPSG:4326"
LAMBERT_72 = "EPSG:31370"
#: Around Flanders with a margin, in metres of Lambert 72: what lies elsewhere has another coordinate system.
BOX = (10_000, 140_000, 275_000, 260_000)


def read_boundaries(path: Path, name: str = "", crs: str = _WGS84) -> Any:
    """Boundaries of municipalities with a column ``nis``.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage or shapefile with a column of NIS codes (VRBG calls it ``NISCODE``).
    name
        Of the file, for messages; that of the path when empty.
    crs
        Coordinate system of the answer: WGS 84, or :data:`LAMBERT_72` for lengths and areas in metres.

    Returns
    -------
    GeoDataFrame
        Columns ``nis`` (five digits) and ``geometry``.

    Raises
    ------
    ImportProblems
        No readable boundaries, no codes, no areas, no coordinate system or another than the file says.
    """
    # A heavy library that only files of points need.
    import geopandas as gpd

    name = name or path.name
    if not path.is_file():
        raise refuse(str(path), "no such file", "a file of boundaries", "Check the path that was given for grenzen.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise refuse(name, "a file that is too large", f"at most {MAX_FILE_BYTES // 1_000_000} MB")
    try:
        frame = gpd.read_file(path)
    except Exception as error:
        raise refuse(name, f"no readable boundaries ({str(error)[:120]})", "GeoJSON or GeoPackage") from error
    column = next((item for item in frame.columns if column_key(item) in _CODE_COLUMNS), None)
    if column is None:
        there = ", ".join(map(str, frame.columns[:12]))
        raise refuse(name, f"the columns {there}", "a column NISCODE with the code of every municipality")
    if frame.crs is None:
        raise refuse(name, "no coordinate system", "one such as EPSG:31370")
    if not frame.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        raise refuse(name, "geometries that are no areas", "one area per municipality")
    codes = frame[column].astype(str).str.replace(r"\.0+$", "", regex=True).str.zfill(5)
    areas = gpd.GeoDataFrame({"nis": codes}, geometry=frame.geometry, crs=frame.crs)
    west, south, east, north = areas.to_crs(LAMBERT_72).total_bounds
    if not (west <= BOX[2] and east >= BOX[0] and south <= BOX[3] and north >= BOX[1]):
        there = f"areas from {west:.0f}, {south:.0f} to {east:.0f}, {north:.0f} in metres of Lambert 72"
        advice = f"Its coordinates are not those of {frame.crs.to_string()}, as the file says."
        raise refuse(name, there, f"Flanders, within {', '.join(map(str, BOX))}", advice)
    return areas.to_crs(crs)


def codes_of_points(points: pd.DataFrame, boundaries: Any) -> pd.Series:
    """Code of the municipality around each point.

    Parameters
    ----------
    points
        Columns ``lon`` and ``lat`` in degrees (WGS 84).
    boundaries
        From :func:`read_boundaries`.

    Returns
    -------
    Series of str
        Empty text where a point lies in no municipality; on a border the lower code, so that a point counts once.
    """
    import geopandas as gpd

    places = gpd.GeoDataFrame(geometry=gpd.points_from_xy(points["lon"], points["lat"], crs=_WGS84), index=points.index)
    joined = gpd.sjoin(places, boundaries, how="left", predicate="intersects").sort_values("nis")
    codes: pd.Series = joined.loc[~joined.index.duplicated(), "nis"].reindex(points.index).fillna("").astype(str)
    return codes
