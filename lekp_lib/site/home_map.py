"""The map of home: in how many targets each municipality is on track or done."""

from __future__ import annotations

from collections.abc import Iterator

from lekp_lib.adapter import Verdict, VerdictCounts
from lekp_lib.site.oud.boundary_map import boundary_map
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.hexmap import linked_hexmap
from lekp_lib.site.oud.map_legend import NO_DATA, NOT_SIGNED, MapKey
from lekp_lib.site.oud.numbers import count_noun
from lekp_lib.site.oud.words.source_words import edition_source_line
from lekp_lib.site.page import HOME_PATH, link, municipality_path
from lekp_lib.site.world import SiteWorld

#: Highest number of targets of each class; fixed, so that editions compare.
CLASS_ENDS = (3, 6, 9, 12, 17)
_KEY = MapKey(
    title="Gehaald of op koers",
    classes=("0 tot 3 doelen", "4 tot 6 doelen", "7 tot 9 doelen", "10 tot 12 doelen", "13 tot 17 doelen"),
    no_data="te weinig oordelen",
    not_signed="niet ondertekend",
)


_UNCOLOURED = (
    (NO_DATA, "met een oordeel over minder dan de helft van de doelen"),
    (NOT_SIGNED, "die niet ondertekenden"),
)


def good_count(counts: VerdictCounts) -> int:
    """Targets that are reached or on track."""
    return counts.by_verdict[Verdict.REACHED] + counts.by_verdict[Verdict.ON_TRACK]


def judged_count(counts: VerdictCounts) -> int:
    """Targets with a verdict."""
    return sum(number for verdict, number in counts.by_verdict.items() if verdict.is_good or verdict.is_behind)


def state_of(counts: VerdictCounts) -> int:
    """Class of a municipality, or why it has none."""
    if not counts.applicable:
        return NOT_SIGNED
    # Few verdicts would look like few targets on track, and that is something else.
    if judged_count(counts) * 2 < counts.applicable:
        return NO_DATA
    return next(place for place, end in enumerate(CLASS_ENDS) if good_count(counts) <= end)


def tip(name: str, counts: VerdictCounts) -> str:
    """Words under the mouse: "Gent: 3 van de 17 doelen gehaald of op koers, 1 zonder oordeel"."""
    if not counts.applicable:
        return f"{name}: ondertekende het klimaatpact niet"
    unknown = counts.applicable - judged_count(counts)
    rest = f", {unknown} zonder oordeel" if unknown else ""
    return f"{name}: {good_count(counts)} van de {counts.applicable} doelen gehaald of op koers{rest}"


def _text(world: SiteWorld, states: dict[str, int]) -> FigureText:
    members = len(states)
    most = sum(state in (3, 4) for state in states.values())
    uncoloured = [
        count_noun(number, "gemeente", "gemeenten") + f" {words}"
        for state, words in (
            (NO_DATA, "met een oordeel over minder dan de helft van de doelen"),
            (NOT_SIGNED, "die niet ondertekenden"),
        )
        if (number := sum(found == state for found in states.values()))
    ]
    coloured = any(state < NO_DATA for state in states.values())
    most_words = f"Bij {count_noun(most, 'gemeente', 'gemeenten')} zijn dat er 10 of meer. " if coloured else ""
    left_out = f"Niet ingekleurd: {' en '.join(uncoloured)}. " if uncoloured else ""
    note = " (fictieve cijfers)" if world.edition.fictitious else ""
    points = (item.current for nis in states for item in world.of(nis))
    ids = sorted({point.observation.source_id for point in points if point is not None})
    return FigureText(
        title=(
            f"{most} van de {members} gemeenten: 10 of meer doelen gehaald of op koers"
            if coloured
            else f"Te weinig oordelen om de {members} gemeenten in te kleuren"
        ),
        subtitle=f"Aantal van de 17 doelen gehaald of op koers, stand op {date_long(world.on)}{note}",
        alt=(
            f"Kaart van de {members} gemeenten in vijf klassen volgens het aantal doelen dat gehaald of op koers is. "
            f"{most_words}{left_out}De lijst op deze pagina leidt naar elke gemeente."
        ),
        source=edition_source_line(ids, world.catalog.sources, world.on),
    )


#: Stands below the map.
RULE = (
    "Een gemeente krijgt een kleur als minstens de helft van haar doelen een oordeel heeft. "
    "Zonder die regel zou een gemeente zonder cijfers lijken op een gemeente met achterstand."
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
