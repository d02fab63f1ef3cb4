"""Which municipality a row is about: by code, by name or by coordinates, as of a date, and never by a guess."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from lekp_lib.data.cells import CellError, key, parse_number
from lekp_lib.data.content import MAX_FILE, refuse
from lekp_lib.data.rows import Rows
from lekp_lib.data.schema import FileShape, Place
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
ONE_PLACE = "de naam van één Vlaamse gemeente"


class Finder:
    """Finds the code of a place; ``OUTSIDE`` for places outside Flanders where the shape leaves them out."""

    def __init__(self, register: Register, rule: Place) -> None:
        self.register, self.rule = register, rule
        everyone = [place for day in FIRST_DAY.values() for place in register.municipalities(day)]
        self.codes = {place.nis for place in everyone}
        self.areas = {key(place.province): place.province_nis for place in everyone}
        self.areas |= {"vlaanderen": FLANDERS, "vlaams gewest": FLANDERS}

    def day(self, date: dt.date, edition: str) -> dt.date:
        """Day whose municipalities a row knows."""
        editions = {str(year): day for year, day in FIRST_DAY.items()}
        if edition and edition not in editions:
            raise CellError(f"een editie van codes: {' of '.join(editions)}")
        day = date if self.rule.as_of == "datum" else self.rule.as_of
        return editions.get(edition) or max(day, FIRST_DAY[2019])

    def outside(self, expected: str, advice: str = "") -> str:
        """A place outside Flanders, or an area: left out where the shape says so."""
        if self.rule.outside == "weglaten":
            return OUTSIDE
        raise CellError(expected, advice)

    def of_code(self, text: str, day: dt.date) -> str:
        """Five digits; a code of another edition is kept, because the checks of figures tell it."""
        match = re.fullmatch(r"([0-9]{1,5})(?:\.0+)?", text.replace(" ", ""))
        if match is None:
            raise CellError("een NIS-code van vijf cijfers zoals 44021", "" if text else "Vul de code of de naam in.")
        code = match.group(1).zfill(5)
        if code in self.codes or (code in self.areas.values() and self.rule.areas):
            return code
        if code in self.areas.values():
            return self.outside("de code van een gemeente", "Laat rijen van provincies en gewesten weg.")
        if code[:2] not in {one[:2] for one in self.codes} and self.rule.outside == "weglaten":
            return OUTSIDE
        try:
            successor = self.register.successor(code, day)
        except RegisterError as error:
            raise CellError("de NIS-code van een Vlaamse gemeente", f"{error}.") from error
        if self.rule.former == "opvolger":
            return successor.nis
        advice = f"De code verviel voor 2019; het is nu {successor.nis} ({successor.name})."
        raise CellError(f"een code die bestond op {day}", advice)

    def of_name(self, text: str, day: dt.date) -> str:
        """Code of a place from a name, in any spelling of case, accents and hyphens."""
        if not text:
            raise CellError("een gemeente", "Vul de code of de naam in.")
        area = key(AREA_WORDS.sub("", text))
        # Antwerpen alone is the city; the province has to say that it is one.
        if self.rule.areas and area in self.areas and (AREA_WORDS.search(text) or self.areas[area] == FLANDERS):
            return self.areas[area]
        try:
            match = self.register.resolve(text, day)
        except RegisterError as error:
            if "ligt niet in Vlaanderen" in str(error):
                return self.outside("een Vlaamse gemeente", f"{error}.")
            raise CellError(ONE_PLACE, f"{error}.") from error
        if match.via and self.rule.former == "weigeren":
            place = match.municipality
            advice = f"{text} hoort nu bij {place.name} ({place.nis}); een deel is niet het geheel."
            raise CellError(f"een gemeente die bestond op {day}", advice)
        return match.municipality.nis

    def other_place(self, code: str, name: str, day: dt.date) -> str:
        """What a name says when it is not the municipality of the code: the sign of shifted rows. Empty: they agree."""
        if not name or code in self.areas.values() or code == OUTSIDE:
            return ""
        for on in (day, *FIRST_DAY.values()):
            try:
                match = self.register.resolve(name, on)
            except RegisterError:
                continue
            place = match.municipality
            if match.via or code in (place.nis, *place.predecessors) or self.successor(code) == place.nis:
                return ""
            return f"{place.name} ({place.nis})"
        return "geen Vlaamse gemeente die bekend is"

    def successor(self, code: str) -> str:
        """Code of 2025 that a code leads to; the code itself where the register has none."""
        try:
            return self.register.successor(code, FIRST_DAY[2025]).nis
        except RegisterError:
            return code


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
    if not path.is_file():
        raise refuse(str(path), "geen bestand", "een bestand met grenzen", "Kijk het pad na dat bij grenzen staat.")
    if path.stat().st_size > MAX_FILE:
        raise refuse(name, "een te groot bestand", f"hoogstens {MAX_FILE // 1_000_000} MB")
    try:
        frame = gpd.read_file(path)
    except Exception as error:
        raise refuse(name, f"geen leesbare grenzen ({str(error)[:120]})", "GeoJSON of GeoPackage") from error
    column = next((item for item in frame.columns if key(item) in CODE_COLUMNS), None)
    if column is None:
        there = ", ".join(map(str, frame.columns[:12]))
        raise refuse(name, f"de kolommen {there}", "een kolom NISCODE met de code van elke gemeente")
    if frame.crs is None:
        raise refuse(name, "geen coördinatenstelsel", "een zoals EPSG:31370")
    if not frame.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        raise refuse(name, "vormen die geen vlakken zijn", "één vlak per gemeente")
    codes = frame[column].astype(str).str.replace(r"\.0+$", "", regex=True).str.zfill(5)
    areas = gpd.GeoDataFrame({"nis": codes}, geometry=frame.geometry.force_2d(), crs=frame.crs)
    west, south, east, north = areas.to_crs(LAMBERT_72).total_bounds
    if not (west <= BOX[2] and east >= BOX[0] and south <= BOX[3] and north >= BOX[1]):
        there = f"vlakken van {west:.0f}, {south:.0f} tot {east:.0f}, {north:.0f} in meter Lambert 72"
        advice = f"De coördinaten zijn niet die van {frame.crs.to_string()}, zoals het bestand zegt."
        raise refuse(name, there, f"Vlaanderen, binnen {', '.join(map(str, BOX))}", advice)
    return areas.to_crs(crs)


def _by_point(rows: Rows, boundaries: Path) -> None:
    """Put the code around each point in ``@place``; a point that lies in none (quays, borders) keeps its name."""
    import geopandas as gpd
    from pyproj.exceptions import CRSError

    advice = "Laat zonder coördinaten --option grenzen weg; dan telt de naam."
    if not (rows.frame["lon"] + rows.frame["lat"]).any():
        raise refuse(rows.file, "geen enkele rij met coördinaten", "punten met coördinaten", advice)
    areas = read_boundaries(boundaries)
    for name in ("lon", "lat"):
        rows.refuse_where(rows.frame[name].eq(""), name, "een punt met coördinaten", advice)
        rows.understand(f"@{name}", [name], lambda text: parse_number(text.replace(",", "."), "."))
    frame = rows.frame
    try:
        points = gpd.points_from_xy(frame["@lon"].astype(float), frame["@lat"].astype(float), crs=rows.crs or WGS84)
    except CRSError as error:
        found = f"het coördinatenstelsel {rows.crs[:60]!r}"
        raise refuse(rows.file, found, "een bekend stelsel, zoals EPSG:31370") from error
    placed = gpd.GeoDataFrame(geometry=points.to_crs(WGS84), index=frame.index)
    joined = gpd.sjoin(placed, areas, how="left").sort_values("nis")
    codes = joined.loc[~joined.index.duplicated(), "nis"].reindex(frame.index).astype(object)
    outside = int(codes.isna().sum())
    if outside > MOST_OUTSIDE * len(frame):
        found = f"{outside} van {len(frame)} punten in geen enkele gemeente van {boundaries.name}"
        advice = "Zijn lengte en breedte verwisseld, of is het coördinatenstelsel een ander?"
        raise refuse(rows.file, found, f"hoogstens {100 * MOST_OUTSIDE:g} % van de punten", advice)
    if outside:
        told = "punten liggen" if outside > 1 else "punt ligt"
        rows.notes.append(f"{outside} {told} in geen enkele gemeente van de grenzen; daar telt de naam")
    rows.frame = frame.assign(**{"@place": codes.fillna(frame["name"])})


def place_rows(rows: Rows, shape: FileShape, register: Register, boundaries: Path | None) -> None:
    """Fill ``@nis``; rows outside Flanders go as the shape says."""
    finder, rule = Finder(register, shape.place), shape.place
    rows.understand("@day", ["@date", "edition"], finder.day, at="edition")
    if rule.own_edition_only:
        first = FIRST_DAY[2025]
        other = rows.frame["@day"].ge(first) != rows.frame["@date"].ge(first)
        rows.leave_out(other.astype(bool), "cijfers die herrekend zijn naar de grenzen van een andere datum")
    field = "nis" if rule.by == "nis" else "name"
    rows.frame = rows.frame.assign(**{"@place": rows.frame[field]})
    if rule.by == "punt" and boundaries is not None:
        _by_point(rows, boundaries)

    def find(text: str, day: dt.date) -> str:
        by_code = rule.by == "nis" or (rule.by == "punt" and text.isdigit())
        return finder.of_code(text, day) if by_code else finder.of_name(text, day)

    def agree(code: str, name: str, day: dt.date) -> str:
        if other := finder.other_place(code, name, day):
            expected = "een code en een naam van dezelfde gemeente"
            raise CellError(expected, f"De naam {name} is {other}; is er een rij verschoven?")
        return code

    rows.understand("@nis", ["@place", "@day"], find, at=field)
    if rule.by == "nis":
        rows.understand("@nis", ["@nis", "name", "@day"], agree, at="nis")
    rows.leave_out(rows.frame["@nis"].eq(OUTSIDE), "plaatsen buiten Vlaanderen")
