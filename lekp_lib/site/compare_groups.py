"""The groups that have a comparison of their own: provinces, reference regions, size classes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lekp_lib.register.models import PeerGroup, PeerKind
from lekp_lib.site.world import SiteWorld

#: Kinds with a page, each with the heading of its list.
KINDS_WITH_PAGE = {
    PeerKind.PROVINCE: "Per provincie",
    PeerKind.REGION: "Per referentieregio",
    PeerKind.SIZE: "Per aantal inwoners",
}
_NUMBER = re.compile(r"\d[\d.]*")


@dataclass(frozen=True, slots=True)
class ComparedGroup:
    """A group of municipalities with a page of its own."""

    group: PeerGroup
    slug: str

    @property
    def path(self) -> str:
        """Address of its page."""
        return f"vergelijk/{self.slug}/index.html"


def _order(group: PeerGroup) -> tuple[int, int, str]:
    """Provinces and regions by name, size classes from small to large."""
    kind = list(KINDS_WITH_PAGE).index(group.kind)
    number = _NUMBER.search(group.label) if group.kind is PeerKind.SIZE else None
    smallest = int(number.group().replace(".", "")) if number and "minder dan" not in group.label else 0
    return kind, smallest, group.label


def compared_groups(world: SiteWorld) -> tuple[ComparedGroup, ...]:
    """Every group with a page, each once, by kind.

    Parameters
    ----------
    world
        The edition of the site.

    Returns
    -------
    tuple of ComparedGroup
    """
    from slugify import slugify

    found = {
        (group.kind, group.label): group
        for place in world.municipalities
        for group in world.register.peer_groups(place.nis, world.on)
        if group.kind in KINDS_WITH_PAGE
    }
    return tuple(ComparedGroup(group, slugify(group.label)) for group in sorted(found.values(), key=_order))
