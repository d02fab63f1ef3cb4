"""Boundaries from a file, made light: neighbours stay neighbours, no municipality disappears."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from lekp_lib.data.places import BOX, LAMBERT_72, read_boundaries
from lekp_lib.data.store import Passport, RawStore
from lekp_lib.edition.gather import Rows
from lekp_lib.edition.manifest import BoundaryInput
from lekp_lib.edition.side_tables import BoundaryRow
from lekp_lib.errors import EditionProblems, Problem
from lekp_lib.register import Register

#: Corners that matter less than a triangle with a side of about so many metres go (:func:`shapely.coverage_simplify`).
#: A whole map is then about 40 kB, and a quarter of a point on an A4 page is 160 m.
TOLERANCE_M = 400.0
#: A boundary whose area differs more than this from the register belongs to another place or another time.
_AREA_MARGIN = 0.25


def _checked(frame: Any, name: str, register: Register, on: dt.date) -> Any:
    """Areas of the municipalities of the day, in order of code; every mistake at once."""
    places = {item.nis: item for item in register.municipalities(on)}
    own = frame[frame["nis"].isin(places)]
    problems = [
        Problem(name, f"{times} areas of {nis} {places[nis].name}", "one area per municipality")
        for nis, times in own["nis"].value_counts().sort_index().items()
        if times > 1
    ]
    advice = f"Take a file with the municipalities of {on}."
    missing = [f"{nis} {place.name}" for nis, place in sorted(places.items()) if nis not in set(own["nis"])]
    if missing:
        some = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        problems.append(Problem(name, f"no area of {some}", f"the {len(places)} municipalities of {on}", advice))
    for nis, geometry in zip(own["nis"], own.geometry, strict=True):
        found, known = geometry.area / 1e6, places[nis].area_km2
        west, south, east, north = geometry.bounds if not geometry.is_empty else (0.0, 0.0, 0.0, 0.0)
        where = f"{name}: {nis} {places[nis].name}"
        if not (BOX[0] <= west and east <= BOX[2] and BOX[1] <= south and north <= BOX[3]):
            problems.append(Problem(where, "an area outside Flanders or none", "its own boundary", advice))
        elif abs(found / known - 1) > _AREA_MARGIN:
            problems.append(Problem(where, f"an area of {found:.1f} km²", f"about {known:.1f} km²", advice))
    if problems:
        raise EditionProblems("boundaries that cannot be used", problems)
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


def boundary_input(passport: Passport) -> BoundaryInput:
    """What the manifest says of the file of boundaries."""
    return BoundaryInput(
        sha256=passport.sha256,
        name=passport.name,
        provider=passport.provider,
        title=passport.title,
        url=passport.url,
        licence=passport.licence,
        published=passport.published,
        retrieved=passport.retrieved,
    )


def with_boundaries(rows: Rows, store: RawStore, origin: BoundaryInput | None, register: Register, on: dt.date) -> Rows:
    """The rows of an edition with its boundaries, when there is a file of them.

    Parameters
    ----------
    rows
        From :func:`~lekp_lib.edition.gather.gather`.
    store
        Raw files.
    origin
        The file, or ``None``: the edition then has no boundaries.
    register, on
        Which municipalities there are.

    Returns
    -------
    Rows

    Raises
    ------
    LekpError
        As for :func:`simplified`; when the raw file is absent or damaged.
    """
    if origin is None:
        return rows
    found = simplified(store.path(origin.sha256), origin.name, register, on)
    return replace(rows, sides={**rows.sides, "boundaries": found})
