"""The page of a municipality: always its latest report."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from lekp_lib.site.page import Page, municipality_path
from lekp_lib.site.world import SiteWorld


def pages(world: SiteWorld) -> Iterator[Page]:
    """One page per municipality of the edition."""
    for item in world.municipalities:
        if item.nis in world.reports:
            said = f"Het verslag van {item.name} is gemaakt."
        else:
            said = f"Van {item.name} is er in deze editie geen verslag."
        yield Page(
            path=municipality_path(world.slug(item.nis)),
            title=f"Klimaatpact in {item.name}",
            description=f"Stand van het Lokaal Energie- en Klimaatpact in {item.name}.",
            body=f"<h1>Klimaatpact in {escape(item.name)}</h1>\n<p>{escape(said)}</p>",
        )
