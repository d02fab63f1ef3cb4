"""Who drew the boundaries on a map, from when and under which terms: licences ask to say so on the map itself."""

from __future__ import annotations

from lekp_lib.edition.boundaries import Boundaries
from lekp_lib.site.oud.dates import date_long


def boundary_source(boundaries: Boundaries) -> str:
    """Sentence for the source line of a map.

    Parameters
    ----------
    boundaries
        Of the edition.

    Returns
    -------
    str
        "Gemeentegrenzen: Digitaal Vlaanderen, VRBG 2025, opgehaald op 2 februari 2026, vereenvoudigd. Modellicentie
        Gratis Hergebruik v1.0."
    """
    origin = boundaries.origin
    published = f"gepubliceerd op {date_long(origin.published)}" if origin.published else ""
    parts = [
        boundaries.provider,
        origin.title,
        published,
        f"opgehaald op {date_long(origin.retrieved)}",
        "vereenvoudigd",
    ]
    licence = f" {origin.licence.rstrip('.')}." if origin.licence else ""
    return f"Gemeentegrenzen: {', '.join(part for part in parts if part)}.{licence}"
