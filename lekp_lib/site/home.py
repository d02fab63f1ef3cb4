"""Home: search first, then every municipality by name, the map, the targets, the newest figures."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from lekp_lib.register import Municipality
from lekp_lib.site.home_map import RULE, home_maps
from lekp_lib.site.home_tables import newest_table, targets_table
from lekp_lib.site.oud.block import Paragraph
from lekp_lib.site.oud.boxes import Note
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.page import HOME_PATH, Page, SiteFile, link, municipality_path
from lekp_lib.site.search import INDEX_FILE, SCRIPT_FILE, SEARCH_HTML, former_names, search_files
from lekp_lib.site.world import SiteWorld


def _initial(item: Municipality) -> str:
    return item.name[:1].upper()


def _list(world: SiteWorld) -> str:
    """All municipalities by first letter, with links to the letters."""
    groups = [(letter, list(found)) for letter, found in groupby(world.municipalities, key=_initial)]
    jumps = "".join(f'<li><a href="#letter-{letter.lower()}">{letter}</a></li>' for letter, _ in groups)
    parts = []
    for letter, found in groups:
        items = "".join(
            f'<li><a href="{link(HOME_PATH, municipality_path(world.slug(item.nis)))}">{escape(item.name)}</a></li>'
            for item in found
        )
        parts.append(f'<div class="site-letter"><h3 id="letter-{letter.lower()}">{letter}</h3>\n<ul>{items}</ul></div>')
    return f'<ul class="site-letters" aria-label="Naar een letter">{jumps}</ul>\n' + "\n".join(parts)


def _former(world: SiteWorld) -> str:
    items = "".join(
        f'<li><a href="{link(HOME_PATH, path)}">{escape(name)}</a>, nu {escape(now)}</li>'
        for name, path, now in former_names(world)
    )
    return (
        '<details class="details"><summary>Vroegere gemeenten</summary>\n'
        f'<ul class="site-columns">{items}</ul></details>'
    )


def _maps(world: SiteWorld) -> str:
    found = list(home_maps(world))
    first = found[0][1].html()
    rest = "".join(
        f'<details class="details"><summary>Toon de kaart met {escape(label[:1].lower() + label[1:])}</summary>\n'
        f"{figure.html()}</details>"
        for label, figure in found[1:]
    )
    return first + Paragraph(RULE, "small").html() + rest


def pages(world: SiteWorld) -> Iterator[Page]:
    """The one home page."""
    count = len(world.municipalities)
    independent = Note(
        "Een onafhankelijk hulpmiddel",
        [
            "Deze site is geen officiële site van de Vlaamse overheid of van een gemeente. "
            "Een vaste rekenregel maakt elk oordeel uit openbare cijfers. Het is geen officiële beoordeling."
        ],
    )
    yield Page(
        path=HOME_PATH,
        title="Klimaatpact per gemeente: de stand van elk doel",
        description=(
            f"Hoe ver staan de {count} Vlaamse gemeenten met de 17 doelen van het Lokaal Energie- en Klimaatpact? "
            f"Stand op {date_long(world.on)}."
        ),
        body="\n".join(
            [
                "<h1>Hoe ver staat uw gemeente met het klimaatpact?</h1>",
                SEARCH_HTML,
                f'<h2 id="gemeenten">Alle {count} gemeenten</h2>',
                _list(world),
                _former(world),
                '<h2 id="kaart">Gemeenten op de kaart</h2>',
                _maps(world),
                '<h2 id="doelen">De 17 doelen in Vlaanderen</h2>',
                targets_table(world).html(),
                '<h2 id="laatste-gegevens">Laatste gegevens</h2>',
                newest_table(world).html(),
                independent.html(),
            ]
        ),
        scripts=(INDEX_FILE, SCRIPT_FILE),
    )


def files(world: SiteWorld) -> Iterator[SiteFile]:
    """The search index and its script."""
    return search_files(world)
