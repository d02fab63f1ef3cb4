"""Words of the map that shows where a municipality lies and with which others it is compared."""

from __future__ import annotations

from collections.abc import Collection

from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.map_legend import MapKey
from lekp_lib.site.oud.numbers import count_noun, number
from lekp_lib.site.oud.words.figure_parts import TITLE_MAX, fit_alt
from lekp_lib.site.oud.words.joins import fits

#: Who says which municipality lies in which province and region (register/data/README.md).
_SOURCE = "Bron: Statbel (provincies) en Provincies in Cijfers (referentieregio's)."


def location_key(place: str, province: str, region: str) -> MapKey:
    """Legend from far to near; the region is left out when it is not known."""
    return MapKey(
        title="Ligging",
        classes=(
            "elders in Vlaanderen",
            f"elders in de provincie {province}",
            f"elders in de referentieregio {region}" if region else "",
            "buurgemeente",
            place,
        ),
        no_data="",
        not_signed="",
    )


def location_text(place: str, province: str, region: str, states: Collection[int], day: str) -> FigureText:
    """Words of the map.

    Parameters
    ----------
    place, province, region
        Names; the region may be empty.
    states
        Class of every municipality, as in :func:`location_key`.
    day
        The day of which the municipalities are shown, in words.

    Returns
    -------
    FigureText
    """
    everyone, near = list(states), list(states).count(3)
    neighbours = f"heeft {count_noun(near, 'buurgemeente', 'buurgemeenten')}" if near else "heeft geen buurgemeenten"
    where = f"{place} ligt in de provincie {province}"
    region_words = f", in de referentieregio {region}," if region else ""
    return FigureText(
        title=fits(TITLE_MAX, [f"Waar {place} ligt, met buren en provincie", f"Waar {place} ligt", "Ligging"]),
        subtitle=f"Buurgemeenten, referentieregio en provincie, op {day}",
        alt=fit_alt(
            [
                f"Kaart van de {number(len(everyone))} Vlaamse gemeenten met hun grenzen.",
                f"{where}{region_words} en {neighbours}.",
            ]
        ),
        source=_SOURCE if region else "Bron: Statbel (provincies).",
    )
