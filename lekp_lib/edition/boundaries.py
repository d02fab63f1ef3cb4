"""Boundaries of the municipalities of one edition: simplified once when it is frozen, light enough for every map.

Neighbours stay neighbours, and no municipality disappears.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lekp_lib.edition.manifest import BoundaryInput
from lekp_lib.edition.side_tables import BoundaryRow
from lekp_lib.errors import EditionProblems, Problem
from lekp_lib.register import Register

#: Corners that matter less than a triangle with a side of about so many metres go (:func:`shapely.coverage_simplify`).
#: A whole map is then about 40 kB, and a quarter of a point on an A4 page is 160 m.
TOLERANCE_M = 400.0
#: A boundary whose area differs more than this from the register belongs to another place or another time.
_AREA_MARGIN = 0.25
#: Metres of Lambert 72 (EPSG:31370), whole.
Metres = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Area:
    """One municipality.

    Attributes
    ----------
    centre
        Middle of the largest circle that fits in it.
    rings
        Outlines of its parts and of the holes in them, each closed by its first point, which is not repeated. Two
        municipalities that touch share the points of their border.
    """

    centre: Metres
    rings: tuple[tuple[Metres, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Boundaries:
    """All municipalities of an edition, and where their boundaries come from.

    Compared by identity: an edition has one, and what is drawn of it is kept as long as it lives.

    Attributes
    ----------
    areas
        By NIS code, of every municipality of the edition.
    origin
        The file they were read from.
    provider
        Name of the provider, for readers.
    """

    areas: Mapping[str, Area]
    origin: BoundaryInput
    provider: str


def boundaries_of(rows: Iterable[BoundaryRow], origin: BoundaryInput, provider: str) -> Boundaries:
    """Boundaries from the rows of an edition.

    Parameters
    ----------
    rows
        Of the table ``boundaries``.
    origin
        From the manifest.
    provider
        Name of the provider, for readers.

    Returns
    -------
    Boundaries
    """
    areas = {
        row.nis: Area((row.x, row.y), tuple(tuple((x, y) for x, y in ring) for ring in json.loads(row.rings)))
        for row in rows
    }
    return Boundaries(areas, origin, provider)


def _checked(frame: Any, name: str, register: Register, on: dt.date) -> Any:
    """Areas of the municipalities of the day, in order of code; every mistake at once."""
    from lekp_lib.data.places import BOX

    places = {item.nis: item for item in register.municipalities(on)}
    own = frame[frame["nis"].isin(places)]
    problems = [
        Problem(name, f"{times} vlakken van {nis} {places[nis].name}", "één vlak per gemeente")
        for nis, times in own["nis"].value_counts().sort_index().items()
        if times > 1
    ]
    advice = f"Neem een bestand met de gemeenten van {on}."
    missing = [f"{nis} {place.name}" for nis, place in sorted(places.items()) if nis not in set(own["nis"])]
    if missing:
        some = ", ".join(missing[:5]) + (f" en {len(missing) - 5} andere" if len(missing) > 5 else "")
        problems.append(Problem(name, f"geen vlak van {some}", f"de {len(places)} gemeenten van {on}", advice))
    for nis, geometry in zip(own["nis"], own.geometry, strict=True):
        found, known = geometry.area / 1e6, places[nis].area_km2
        west, south, east, north = geometry.bounds if not geometry.is_empty else (0.0, 0.0, 0.0, 0.0)
        where = f"{name}: {nis} {places[nis].name}"
        if not (BOX[0] <= west and east <= BOX[2] and BOX[1] <= south and north <= BOX[3]):
            problems.append(Problem(where, "een vlak buiten Vlaanderen, of geen", "haar eigen grens", advice))
        elif abs(found / known - 1) > _AREA_MARGIN:
            problems.append(Problem(where, f"een vlak van {found:.1f} km²", f"ongeveer {known:.1f} km²", advice))
    if problems:
        raise EditionProblems("grenzen die niet bruikbaar zijn", problems)
    return own.sort_values("nis", ignore_index=True)


def simplified(path: Path, name: str, register: Register, on: dt.date) -> tuple[BoundaryRow, ...]:
    """Boundaries of all municipalities of a day, simplified together.

    Parameters
    ----------
    path
        GeoJSON; may hold other areas too, which stay out.
    name
        Of the file, for messages.
    register
        Which municipalities there are, and how large.
    on
        Reference date of the edition.

    Returns
    -------
    tuple of BoundaryRow
        One per municipality, in order of code.

    Raises
    ------
    ImportProblems
        When the file holds no boundaries.
    EditionProblems
        With every municipality that is absent, there twice, elsewhere or of another size.
    """
    import shapely

    from lekp_lib.data.places import LAMBERT_72, read_boundaries

    own = _checked(read_boundaries(path, name, LAMBERT_72), name, register, on)
    areas = shapely.make_valid(own.geometry.to_numpy(), method="structure", keep_collapsed=False)
    if not shapely.coverage_is_valid(areas):
        # Borders that were drawn twice, a little apart: without this they would be simplified apart.
        areas = shapely.coverage_clean(areas, gap_width=50.0)
    light = shapely.coverage_simplify(areas, TOLERANCE_M)
    rows = []
    for nis, area in zip(own["nis"], light, strict=True):
        parts = [part for part in shapely.get_parts(shapely.normalize(area)) if part.geom_type == "Polygon"]
        rings = [
            [[round(x), round(y)] for x, y in ring.coords[:-1]]
            for part in parts
            for ring in (part.exterior, *part.interiors)
        ]
        x, y = shapely.maximum_inscribed_circle(area).coords[0]
        rows.append(BoundaryRow(nis, round(x), round(y), json.dumps(rings, separators=(",", ":"))))
    return tuple(rows)
