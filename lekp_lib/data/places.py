"""Which municipality a row is about: by code, by name or by coordinates, as of a date, and never by a guess."""

import datetime as dt
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from lekp_lib.data.cells import MAX_FILE, CellError, expect, key, refuse, refuse_if
from lekp_lib.data.schema import Place
from lekp_lib.errors import RegisterError
from lekp_lib.register import FIRST_DAY, Register

FLANDERS = "02000"
OUTSIDE = ""
MOST_OUTSIDE = 0.05
WGS84, LAMBERT_72 = "EPSG:4326", "EPSG:31370"
#: Around Flanders with a margin, in metres of Lambert 72: what lies elsewhere has another coordinate system.
BOX = (10_000, 140_000, 275_000, 260_000)
CODE_COLUMNS = ("niscode", "nis", "nis_code", "cd_munty_refnis", "refnis", "geoitem")
AREA_WORDS = re.compile(r"\s*\(provincie\)|^provincie\s+", re.IGNORECASE)


class Finder:
    """Finds the code of a place; ``OUTSIDE`` for places outside Flanders where the shape leaves them out."""

    def __init__(self, register: Register, rule: Place) -> None:
        self.register, self.rule = register, rule
        everyone = [place for day in FIRST_DAY.values() for place in register.municipalities(day)]
        self.codes = {place.nis for place in everyone}
        self.areas = {key(place.province): place.province_nis for place in everyone}
        self.areas |= {"vlaanderen": FLANDERS, "vlaams gewest": FLANDERS}
        self.editions = {str(year): day for year, day in FIRST_DAY.items()} | {"": None}

    def day(self, date: dt.date, of_edition: dt.date | None) -> dt.date:
        """Day whose municipalities a row knows."""
        return of_edition or max(date if self.rule.as_of == "datum" else self.rule.as_of, FIRST_DAY[2019])

    def find(self, text: str, day: dt.date) -> str:
        """Code of the place that a row tells by what its shape says; a point that was found has its code already."""
        expected = "een gemeente" if self.rule.by != "nis" else "een NIS-code van vijf cijfers zoals 44021"
        expect(text, expected, "Vul de code of de naam in.")
        by_code = self.rule.by == "nis" or (self.rule.by == "punt" and text.isdigit())
        return self._of_code(text, day) if by_code else self._of_name(text, day)

    def _of_code(self, text: str, day: dt.date) -> str:
        """Five digits; a code of another edition is kept, because the checks of figures tell it."""
        code = re.sub(r"(?<=[0-9])\.0+$", "", text.replace(" ", "")).zfill(5)
        expect(re.fullmatch("[0-9]{5}", code), "een NIS-code van vijf cijfers zoals 44021")
        if code in self.codes or (code in self.areas.values() and self.rule.areas):
            return code
        if code[:2] not in {one[:2] for one in self.codes} and self.rule.outside == "weglaten":
            return OUTSIDE
        area = code in self.areas.values()
        expect(not area, "de code van een gemeente", "Laat rijen van provincies en gewesten weg.")
        try:
            successor = self.register.successor(code, day)
        except RegisterError as error:
            raise CellError("de NIS-code van een Vlaamse gemeente", f"{error}.") from error
        advice = f"De code verviel voor 2019; het is nu {successor.nis} ({successor.name})."
        expect(self.rule.former == "opvolger", f"een code die bestond op {day}", advice)
        return successor.nis

    def _of_name(self, text: str, day: dt.date) -> str:
        """Code of a place from a name, in any spelling of case, accents and hyphens."""
        area = self.areas.get(key(AREA_WORDS.sub("", text)))
        # Antwerpen alone is the city; the province has to say that it is one.
        if self.rule.areas and area and (AREA_WORDS.search(text) or area == FLANDERS):
            return area
        try:
            match = self.register.resolve(text, day)
        except RegisterError as error:
            foreign = "ligt niet in Vlaanderen" in str(error)
            if foreign and self.rule.outside == "weglaten":
                return OUTSIDE
            expected = "een Vlaamse gemeente" if foreign else "de naam van één Vlaamse gemeente"
            raise CellError(expected, f"{error}.") from error
        place = match.municipality
        advice = f"{text} hoort nu bij {place.name} ({place.nis}); een deel is niet het geheel."
        expect(not match.via or self.rule.former == "opvolger", f"een gemeente die bestond op {day}", advice)
        return place.nis

    def agree(self, code: str, name: str, day: dt.date) -> str:
        """The code, unless the name beside it is that of another municipality: the sign of shifted rows."""
        if not name or code not in self.codes:
            return code
        now, other = self.register.successor(code, FIRST_DAY[2025]).nis, "geen Vlaamse gemeente die bekend is"
        for on in (day, *FIRST_DAY.values()):
            with suppress(RegisterError):
                match = self.register.resolve(name, on)
                place, other = match.municipality, f"{match.municipality.name} ({match.municipality.nis})"
                if match.via or code in (place.nis, *place.predecessors) or now == place.nis:
                    return code
                break
        expected = "een code en een naam van dezelfde gemeente"
        raise CellError(expected, f"De naam {name} is {other}; is er een rij verschoven?")


def read_boundaries(path: Path, name: str = "", crs: str = WGS84) -> Any:
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
        Columns ``nis`` (five digits) and ``geometry`` (flat).

    Raises
    ------
    ImportProblems
        No readable boundaries, no codes, no areas, no coordinate system or another than the file says.
    """
    # A heavy library that only files of points need.
    import geopandas as gpd

    name = name or path.name
    advice = "Kijk het pad na dat bij grenzen staat."
    refuse_if(not path.is_file(), str(path), "geen bestand", "een bestand met grenzen", advice)
    refuse_if(path.stat().st_size > MAX_FILE, name, "een te groot bestand", f"hoogstens {MAX_FILE // 1_000_000} MB")
    try:
        frame = gpd.read_file(path)
    except Exception as error:
        raise refuse(name, f"geen leesbare grenzen ({str(error)[:120]})", "GeoJSON of GeoPackage") from error
    column = next((item for item in frame.columns if key(item) in CODE_COLUMNS), None)
    there = ", ".join(map(str, frame.columns[:12]))
    refuse_if(column is None, name, f"de kolommen {there}", "een kolom NISCODE met de code van elke gemeente")
    refuse_if(frame.crs is None, name, "geen coördinatenstelsel", "een zoals EPSG:31370")
    flat = frame.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    refuse_if(not flat, name, "vormen die geen vlakken zijn", "één vlak per gemeente")
    codes = frame[column].astype(str).str.replace(r"\.0+$", "", regex=True).str.zfill(5)
    areas = gpd.GeoDataFrame({"nis": codes}, geometry=frame.geometry.force_2d(), crs=frame.crs)
    west, south, east, north = areas.to_crs(LAMBERT_72).total_bounds
    elsewhere = not (west <= BOX[2] and east >= BOX[0] and south <= BOX[3] and north >= BOX[1])
    there = f"vlakken van {west:.0f}, {south:.0f} tot {east:.0f}, {north:.0f} in meter Lambert 72"
    advice = f"De coördinaten zijn niet die van {frame.crs.to_string()}, zoals het bestand zegt."
    refuse_if(elsewhere, name, there, f"Vlaanderen, binnen {', '.join(map(str, BOX))}", advice)
    return areas.to_crs(crs)


def codes_of_points(file: str, points: pd.DataFrame, crs: str, boundaries: Path) -> pd.Series:
    """Code of the municipality around each point (lon, lat); missing where it lies in none (quays, borders)."""
    import geopandas as gpd
    from pyproj.exceptions import CRSError

    areas = read_boundaries(boundaries)
    try:
        places = gpd.points_from_xy(*points.astype(float).to_numpy().T, crs=crs or WGS84)
    except CRSError as error:
        raise refuse(file, f"het coördinatenstelsel {crs[:60]!r}", "een bekend stelsel, zoals EPSG:31370") from error
    joined = gpd.sjoin(gpd.GeoDataFrame(geometry=places.to_crs(WGS84), index=points.index), areas, how="left")
    codes: pd.Series = joined["nis"].sort_values().groupby(level=0).first().reindex(points.index).astype(object)
    outside = int(codes.isna().sum())
    found = f"{outside} van {len(codes)} punten in geen enkele gemeente van {boundaries.name}"
    advice = "Zijn lengte en breedte verwisseld, of is het coördinatenstelsel een ander?"
    many = outside > MOST_OUTSIDE * len(codes)
    refuse_if(many, file, found, f"hoogstens {100 * MOST_OUTSIDE:g} % van de punten", advice)
    return codes
