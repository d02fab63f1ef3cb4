"""The frozen editions: which there are, and the municipalities of the one that is shown now."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import count_noun
from lekp_lib.site.page import Page, edition_path, link
from lekp_lib.site.world import EditionEntry, SiteWorld

EDITIONS_PATH = "editie/index.html"


def _entry_html(entry: EditionEntry, note: str) -> str:
    there = link(EDITIONS_PATH, edition_path(entry.id))
    date = date_long(entry.reference_date)
    return f'<li><a href="{there}">{escape(entry.title)}</a>, stand op {date}{note}</li>'


def _overview(world: SiteWorld) -> Page:
    now = EditionEntry(world.edition.id, world.edition.title, world.on)
    items = [_entry_html(now, ": getoond op deze site"), *(_entry_html(entry, "") for entry in world.editions)]
    return Page(
        path=EDITIONS_PATH,
        title="Edities van de cijfers",
        description="Elke editie van de cijfers en verslagen houdt haar eigen vaste adres.",
        body=(
            "<h1>Edities</h1>\n<p>De pagina van een gemeente toont altijd haar laatste verslag. Elke editie houdt "
            "daarnaast een vast adres, met de bestanden zoals ze gemaakt zijn.</p>\n<ul>\n"
            + "\n".join(items)
            + "\n</ul>"
        ),
    )


def _edition(world: SiteWorld) -> Page:
    edition = world.edition
    path = edition_path(edition.id)
    items = "\n".join(
        f'<li><a href="{link(path, edition_path(edition.id, world.slug(item.nis)))}">{escape(item.name)}</a></li>'
        for item in world.municipalities
        if item.nis in world.reports
    )
    missing = [item.name for item in world.municipalities if item.nis not in world.reports]
    told = f"<p>Zonder verslag: {escape(', '.join(missing))}.</p>\n" if missing else ""
    return Page(
        path=path,
        title=f"{edition.title}: alle verslagen van de editie",
        description=f"De verslagen van {edition.title}, stand op {date_long(world.on)}, op hun vaste adres.",
        body=(
            f"<h1>{escape(edition.title)}</h1>\n<p>Stand op {date_long(world.on)}. "
            f"{escape(edition.manifest.origin)}</p>\n"
            f"<p>Deze editie telt {count_noun(len(world.reports), 'verslag', 'verslagen')}.</p>\n{told}"
            f'<ul class="site-columns">\n{items}\n</ul>'
        ),
        crumbs=(("Edities", EDITIONS_PATH),),
    )


def pages(world: SiteWorld) -> Iterator[Page]:
    """The list of editions, and the page of the edition that is shown."""
    yield _overview(world)
    yield _edition(world)
