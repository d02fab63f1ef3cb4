"""Groups of municipalities with which one is compared: province, region, size class, neighbours, Flanders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import pairwise

from lekp_lib.register.models import Municipality, PeerGroup, PeerKind

# Upper bounds are chosen so that every class has at least fifteen members in both code editions: a median of fewer
# says little, and the single large city would be compared with nobody.
_SIZE_BOUNDS = (10_000, 15_000, 20_000, 30_000, 40_000)


def _thousands(value: int) -> str:
    return f"{value:,}".replace(",", ".")


@cache  # asked of every municipality for each report
def size_label(inhabitants: int) -> str:
    """Size class of a number of inhabitants, as Dutch label.

    Parameters
    ----------
    inhabitants
        Number of inhabitants.

    Returns
    -------
    str

    Examples
    --------
    >>> size_label(14_999)
    'Gemeenten met 10.000 tot 14.999 inwoners'
    >>> size_label(40_000)
    'Gemeenten met 40.000 inwoners of meer'
    """
    if inhabitants < _SIZE_BOUNDS[0]:
        return f"Gemeenten met minder dan {_thousands(_SIZE_BOUNDS[0])} inwoners"
    for low, high in pairwise(_SIZE_BOUNDS):
        if inhabitants < high:
            return f"Gemeenten met {_thousands(low)} tot {_thousands(high - 1)} inwoners"
    return f"Gemeenten met {_thousands(_SIZE_BOUNDS[-1])} inwoners of meer"


def peer_groups(
    municipality: Municipality,
    everyone: Iterable[Municipality],
    inhabitants: Mapping[str, int],
    neighbours: tuple[str, ...],
) -> tuple[PeerGroup, ...]:
    """Peer groups of one municipality.

    Parameters
    ----------
    municipality
        The own municipality.
    everyone
        All municipalities of the same date, in the order that members should have.
    inhabitants
        Inhabitants by NIS code, one year for all.
    neighbours
        NIS codes of the neighbours; empty when unknown or when there are none (Voeren).

    Returns
    -------
    tuple of PeerGroup
        Province, reference region (absent before 2025: the regions are those of 2025), size class, neighbours (absent
        when there are none) and Flanders. The own municipality is a member, except of the neighbours.
    """
    candidates = tuple(everyone)

    def group(kind: PeerKind, label: str, belongs: Callable[[Municipality], bool]) -> PeerGroup:
        return PeerGroup(kind, label, tuple(other.nis for other in candidates if belongs(other)))

    groups = [
        group(
            PeerKind.PROVINCE,
            f"Provincie {municipality.province}",
            lambda other: other.province_nis == municipality.province_nis,
        )
    ]
    if municipality.region is not None:
        label = f"Referentieregio {municipality.region}"
        groups.append(group(PeerKind.REGION, label, lambda other: other.region == municipality.region))
    size = size_label(inhabitants[municipality.nis])
    groups.append(group(PeerKind.SIZE, size, lambda other: size_label(inhabitants[other.nis]) == size))
    if neighbours:
        groups.append(group(PeerKind.NEIGHBOURS, "Buurgemeenten", lambda other: other.nis in neighbours))
    groups.append(group(PeerKind.FLANDERS, "Vlaanderen", lambda other: True))
    return tuple(groups)
