"""The map of home: in how many targets each municipality is on track or done."""

from __future__ import annotations

from collections.abc import Iterator

from lekp_lib.assess import Verdict, VerdictCounts
from lekp_lib.present.boundary_map import boundary_map
from lekp_lib.present.dates import date_long
from lekp_lib.present.figure import Figure
from lekp_lib.present.figure_text import FigureText
from lekp_lib.present.hexmap import linked_hexmap
from lekp_lib.present.map_legend import NO_DATA, NOT_SIGNED, MapKey
from lekp_lib.present.numbers import count_noun
from lekp_lib.present.words.source_words import edition_source_line
from lekp_lib.site.page import HOME_PATH, link, municipality_path
from lekp_lib.site.world import SiteWorld

#: Highest number of targets of each class; fixed, so that editions compare.
CLASS_ENDS = (3, 6, 9, 12, 17)
_KEY = MapKey(
    title="Gehaald of op koers",
    classes=("0 tot 3 doelen", "4 tot 6 doelen", "7 tot 9 doelen", "10 tot 12 doelen", "13 tot 17 doelen"),
    no_data="geen enkel oordeel",
    not_signed="niet ondertekend",
)


def good_count(counts: VerdictCounts) -> int:
    """Targets that are reached or on track."""
    return counts.by_verdict[Verdict.REACHED] + counts.by_verdict[Verdict.ON_TRACK]


def state_of(counts: VerdictCounts) -> int:
    """Class of a municipality, or why it has none."""
    if not counts.applicable:
        return NOT_SIGNED
    judged = sum(number for verdict, number in counts.by_verdict.items() if verdict.is_good or verdict.is_behind)
    if not judged:
        return NO_DATA
    return next(place for place, end in enumerate(CLASS_ENDS) if good_count(counts) <= end)


def tip(name: str, counts: VerdictCounts) -> str:
    """Words under the mouse: "Gent: 3 van de 17 doelen gehaald of op koers"."""
    if not counts.applicable:
        return f"{name}: ondertekende het klimaatpact niet"
    return f"{name}: {good_count(counts)} van de {counts.applicable} doelen gehaald of op koers"


def _text(world: SiteWorld, states: dict[str, int]) -> FigureText:
    members = len(states)
    most = sum(state in (3, 4) for state in states.values())
    uncoloured = [
        count_noun(number, "gemeente", "gemeenten") + f" {words}"
        for state, words in ((NO_DATA, "zonder enkel oordeel"), (NOT_SIGNED, "die niet ondertekenden"))
        if (number := sum(found == state for found in states.values()))
    ]
    left_out = f" Niet ingekleurd: {' en '.join(uncoloured)}." if uncoloured else ""
    note = " (fictieve cijfers)" if world.edition.fictitious else ""
    points = (item.current for nis in states for item in world.of(nis))
    ids = sorted({point.observation.source_id for point in points if point is not None})
    return FigureText(
        title=f"In {most} van de {members} gemeenten zijn 10 of meer doelen op koers",
        subtitle=f"Aantal van de 17 doelen gehaald of op koers, stand op {date_long(world.on)}{note}",
        alt=(
            f"Kaart van de {members} gemeenten in vijf klassen volgens het aantal doelen dat gehaald of op koers is. "
            f"Bij {most} gemeenten zijn dat er 10 of meer.{left_out} De lijst op deze pagina leidt naar elke gemeente."
        ),
        source=edition_source_line(ids, world.catalog.sources, world.on),
    )


def home_maps(world: SiteWorld) -> Iterator[tuple[str, Figure]]:
    """Label and drawing: equal hexagons, and the real boundaries when the edition has them."""
    counts = {nis: world.counts(nis) for nis in world.names}
    states = {nis: state_of(found) for nis, found in counts.items()}
    links = {nis: link(HOME_PATH, municipality_path(world.slug(nis))) for nis in states}
    tips = {nis: tip(world.names[nis], found) for nis, found in counts.items()}
    scene, text = world.scene, _text(world, states)
    yield "Even grote vlakken", linked_hexmap(
        states, scene.provinces, scene.tiles, text, "kaart-gemeenten",
        key=_KEY, links=links, tips=tips, banner=scene.banner,
    )  # fmt: skip
    if world.edition.boundaries is not None:
        yield "Echte grenzen", boundary_map(
            world.edition.boundaries, states, scene.provinces, text, "kaart-grenzen",
            key=_KEY, links=links, tips=tips, banner=scene.banner,
        )  # fmt: skip
