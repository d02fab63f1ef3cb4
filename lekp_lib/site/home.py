"""Home: search first, then every municipality by name."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from lekp_lib.site.page import HOME_PATH, Page, link, municipality_path
from lekp_lib.site.world import SiteWorld


def pages(world: SiteWorld) -> Iterator[Page]:
    """The one home page."""
    links = "\n".join(
        f'<li><a href="{link(HOME_PATH, municipality_path(world.slug(item.nis)))}">{escape(item.name)}</a></li>'
        for item in world.municipalities
    )
    count = len(world.municipalities)
    yield Page(
        path=HOME_PATH,
        title="Klimaatpact per gemeente: de stand van elk doel",
        description=f"Verslagen over het Lokaal Energie- en Klimaatpact voor de {count} Vlaamse gemeenten.",
        body=(
            "<h1>Hoe ver staat uw gemeente met het klimaatpact?</h1>\n"
            f'<h2 id="gemeenten">Alle gemeenten</h2>\n<ul>\n{links}\n</ul>'
        ),
    )
