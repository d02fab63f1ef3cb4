"""Former municipalities keep an address: a page that says where they went, and leads on."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from slugify import slugify

from lekp_lib.register.models import Merger
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.page import Page, link, municipality_path
from lekp_lib.site.world import SiteWorld


def former_municipalities(world: SiteWorld) -> tuple[tuple[str, tuple[Merger, ...]], ...]:
    """Former municipalities whose name no municipality has any more.

    Parameters
    ----------
    world
        Decides the day.

    Returns
    -------
    tuple
        Slug of the address, and the mergers that lead to a municipality of today, oldest first; sorted by name.
    """
    taken = {world.slug(nis) for nis in world.names}
    mergers = {item.old_nis: item for item in world.register.mergers(world.on)}
    found = []
    for first in sorted(mergers.values(), key=lambda item: item.old_name):
        chain = [first]
        while chain[-1].new_nis in mergers and chain[-1].new_nis not in world.names:
            chain.append(mergers[chain[-1].new_nis])
        slug = slugify(first.old_name)
        if slug not in taken:
            taken.add(slug)
            found.append((slug, tuple(chain)))
    return tuple(found)


def went_sentence(chain: tuple[Merger, ...]) -> str:
    """Where a former municipality went: "Moerbeke is sinds 1 januari 2025 deel van Lokeren."."""
    steps = [f"sinds {date_long(item.date)} deel van {item.new_name}" for item in chain]
    return f"{chain[0].old_name} is {', en dat is '.join(steps)}."


def pages(world: SiteWorld) -> Iterator[Page]:
    """One page per former municipality."""
    for slug, chain in former_municipalities(world):
        path, name, last = municipality_path(slug), chain[0].old_name, chain[-1]
        there = link(path, municipality_path(world.slug(last.new_nis)))
        said = went_sentence(chain)
        yield Page(
            path=path,
            title=f"{name}: nu {last.new_name}",
            description=said,
            body=(
                f"<h1>{escape(name)} is nu {escape(last.new_name)}</h1>\n<p>{escape(said)} Het klimaatpact en zijn "
                f"doelen gelden voor de nieuwe gemeente.</p>\n"
                f'<p><a href="{there}">Naar het verslag van {escape(last.new_name)}</a></p>'
            ),
        )
