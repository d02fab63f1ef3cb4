"""Boundaries of the municipalities of one edition: simplified once when it is frozen, light enough for every map."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lekp_lib.edition.manifest import BoundaryInput
from lekp_lib.edition.side_tables import BoundaryRow

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
