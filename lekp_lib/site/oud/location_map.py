"""Map of where a municipality lies and with which others the report compares it; needs an edition with boundaries."""

from __future__ import annotations

from collections.abc import Mapping

from lekp_lib.register import Municipality, PeerGroup
from lekp_lib.register.models import PeerKind
from lekp_lib.site.oud.boundary_map import boundary_map
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.target_figures import Scene
from lekp_lib.site.oud.words.location_words import location_key, location_text

_ELSEWHERE, _PROVINCE, _REGION, _NEIGHBOUR, _OWN = range(5)
#: From far to near: what comes later lies within or beside what came before.
_CLASSES = {PeerKind.PROVINCE: _PROVINCE, PeerKind.REGION: _REGION, PeerKind.NEIGHBOURS: _NEIGHBOUR}


def _states(place: Municipality, groups: Mapping[PeerKind, PeerGroup]) -> dict[str, int]:
    states = dict.fromkeys(groups[PeerKind.FLANDERS].members, _ELSEWHERE)
    for kind, number in _CLASSES.items():
        if kind in groups:
            states |= dict.fromkeys(groups[kind].members, number)
    return states | {place.nis: _OWN}


def location_map(place: Municipality, groups: tuple[PeerGroup, ...], scene: Scene) -> Figure | None:
    """Map with the neighbours, the region and the province of a municipality.

    Parameters
    ----------
    place
        The municipality.
    groups
        Its peers, from the register.
    scene
        Boundaries, provinces and date.

    Returns
    -------
    Figure or None
        ``None`` when the edition has no boundaries.
    """
    if scene.boundaries is None:
        return None
    states = _states(place, {group.kind: group for group in groups})
    region = place.region or ""
    return boundary_map(
        scene.boundaries,
        states,
        scene.provinces,
        location_text(place.name, place.province, region, states.values(), date_long(scene.reference_date)),
        "ligging",
        key=location_key(place.name, place.province, region),
        own_nis=place.nis,
        own_label=place.name,
        banner=scene.banner,
    )
