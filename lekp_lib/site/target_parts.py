"""The parts of the page of a target: maps, areas, how it is counted, what the figures are worth, downloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lekp_lib.adapter.area_models import AreaResult, Total
from lekp_lib.adapter.flanders import used_points
from lekp_lib.pact.models import Target
from lekp_lib.register.models import PeerKind
from lekp_lib.site.oud.block import Block, Paragraph
from lekp_lib.site.oud.boundary_map import boundary_map
from lekp_lib.site.oud.boxes import Facts
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.flanders_figures import legend_words, map_words, shares_of, uncoloured
from lekp_lib.site.oud.flanders_tables import MIN_IN_AREA, NO_VALUE, status_counts
from lekp_lib.site.oud.flanders_target import FlandersTarget
from lekp_lib.site.oud.hexmap import linked_hexmap
from lekp_lib.site.oud.map_legend import MapKey, share_states
from lekp_lib.site.oud.numbers import number, percent
from lekp_lib.site.oud.table import Cell, Column, Table
from lekp_lib.site.oud.table_cells import Row
from lekp_lib.site.oud.words.flanders_words import (
    is_enough,
    level_words,
    middle_value,
    sum_words,
    too_few,
    unit_name,
    without_words,
)
from lekp_lib.site.oud.words.joins import capital, join_words
from lekp_lib.site.oud.words.source_words import compared_source_line, source_names
from lekp_lib.site.oud.words.verdict_words import short_verdict
from lekp_lib.site.page import link, municipality_path, target_path
from lekp_lib.site.world import SiteWorld

HEXMAP, BOUNDARIES = "Even grote vlakken", "Echte grenzen"


def maps(world: SiteWorld, target: Target) -> Iterator[tuple[str, Figure]]:
    """Label and map: hexagons, and the real boundaries where the edition has them; none with too few figures."""
    everyone = world.everyone(target)
    shares = shares_of(everyone)
    if not is_enough(len(shares)):
        return
    without, outside = uncoloured(everyone)
    states = share_states(list(world.names), shares, without, outside)
    no_data, not_holding = legend_words(everyone)
    key = MapKey(no_data=no_data, not_signed=not_holding)
    here, scene = target_path(target.id), world.scene
    links = {nis: link(here, municipality_path(world.slug(nis))) for nis in states}
    tips = {item.nis: f"{world.names[item.nis]}: {short_verdict(item)}" for item in everyone}
    text = map_words(target, everyone, scene)
    yield HEXMAP, linked_hexmap(
        states, scene.provinces, scene.tiles, text, f"kaart-{target.id}", key=key, links=links, tips=tips,
        banner=scene.banner,
    )  # fmt: skip
    if world.edition.boundaries is not None:
        yield BOUNDARIES, boundary_map(
            world.edition.boundaries, states, scene.provinces, text, f"grenzen-{target.id}", key=key, links=links,
            tips=tips, values=shares, banner=scene.banner,
        )  # fmt: skip


def _total_rows(result: AreaResult, total: Total, *, several: bool) -> Row:
    name = Cell(result.area.name, note=f"doel in {unit_name(total.unit)}" if several else "")
    counted = f"{number(total.counted)} van {number(total.applying)}"
    if not total.applying:
        return [name, Cell("doel geldt niet", muted=True), NO_VALUE, NO_VALUE, NO_VALUE, counted]
    if total.counted < MIN_IN_AREA or total.share_pct is None:
        words = Cell(too_few(total.counted, total.applying), muted=True)
        return [name, words, NO_VALUE, NO_VALUE, NO_VALUE, counted]
    expected = total.expected_pct
    return [
        name,
        sum_words(total.value, total.unit),
        level_words(total.level, total.unit),
        percent(total.share_pct, 1),
        percent(expected, 1) if expected is not None else NO_VALUE,
        counted,
    ]


def _middle_row(result: AreaResult) -> Row:
    coverage, middle = result.coverage, result.middle
    counted = f"{number(coverage.counted)} van {number(coverage.applying)}"
    if middle is None or middle.value is None or middle.share_pct is None or middle.counted < MIN_IN_AREA:
        return [result.area.name, Cell(too_few(coverage.counted, coverage.applying), muted=True), NO_VALUE, counted]
    return [result.area.name, middle_value(middle.value, result.target), percent(middle.share_pct, 1), counted]


def _answer_row(result: AreaResult) -> Row:
    answers = result.answers
    if answers is None or not answers.known:
        return [result.area.name, Cell("geen gegevens", muted=True), NO_VALUE, "0"]
    return [result.area.name, number(answers.in_order), number(answers.not_in_order), number(answers.known)]


def areas_of_target(results: Sequence[AreaResult], first: str, caption: str) -> Table:
    """One target per province or region, alphabetical; totals, medians or answers by the kind of target."""
    head = Column(first, width="3fr")
    counted = Column("Met bruikbaar cijfer", "gemeenten", "number", "2fr")
    if results[0].answers is not None:
        columns = [
            head,
            Column("In orde", "gemeenten", "number", "2fr"),
            Column("Niet in orde", "gemeenten", "number", "2fr"),
            Column("Antwoord bekend", "gemeenten", "number", "2fr"),
        ]
        return Table(columns, [_answer_row(item) for item in results], caption, name="areas")
    if results[0].middle is not None:
        columns = [
            head,
            Column("Mediaan", align="number", width="3fr"),
            Column("Mediaan van het deel", align="number", width="2fr"),
            counted,
        ]
        return Table(columns, [_middle_row(item) for item in results], caption, name="areas")
    several = any(len(item.totals) > 1 for item in results)
    rows = [_total_rows(item, total, several=several) for item in results for total in item.totals]
    columns = [
        head,
        Column("Samen", align="number", width="3fr"),
        Column("Te bereiken", align="number", width="3fr"),
        Column("Deel", align="number", width="2fr"),
        Column("Vereist", align="number", width="2fr"),
        counted,
    ]
    note = "Samen en Te bereiken gaan over dezelfde gemeenten: die met een bruikbaar cijfer."
    return Table(columns, rows, caption, footnotes=[note], name="areas")


def area_tables(shown: FlandersTarget) -> list[Block]:
    """Per province and, since 2025, per reference region; a target that holds nowhere in an area leaves it out."""
    tables: list[Block] = []
    for kind, first in ((PeerKind.PROVINCE, "Provincie"), (PeerKind.REGION, "Referentieregio")):
        found = [item for item in shown.results.by_area(shown.target, kind) if item.coverage.applying]
        if found:
            caption = f"{shown.target.name} per {first.lower()}"
            tables.append(areas_of_target(found, first, caption))
    return tables or [Paragraph("Dit doel geldt voor geen enkele gemeente.")]


def counting(world: SiteWorld, target: Target) -> Facts:
    """What counts, what does not, and the formula of every pact version."""
    pairs: list[tuple[str, str | tuple[str, ...]]] = [("Officiële naam", target.official_label)]
    pairs.append(("Wat is het doel", target.description))
    if target.counts:
        pairs.append(("Wat telt mee", target.counts))
    if target.counts_not:
        pairs.append(("Wat telt niet mee", target.counts_not))
    formulas = tuple(f"Pact {version}: {capital(level.text)}" for version, level in target.levels.items())
    pairs.append(("Formule", formulas))
    notes = tuple(dict.fromkeys(level.note for level in target.levels.values() if level.note))
    if notes:
        pairs.append(("Bij het doel", notes))
    if target.sources:
        pairs.append(("Bron", source_names(target.sources, world.catalog.sources)))
    if target.caveats:
        pairs.append(("Let op", target.caveats))
    return Facts(pairs)


def quality(world: SiteWorld, shown: FlandersTarget) -> Facts:
    """Source, dates and states of all figures, who is not counted, whose figure is too old."""
    target = shown.target
    points = used_points(world.everyone(target))
    coverage = shown.results.flanders(target).coverage
    pairs: list[tuple[str, str | tuple[str, ...]]] = [
        ("Bron en peildatum", compared_source_line(points, world.catalog.sources))
    ]
    if points:
        pairs.append(("Staat van de cijfers", status_counts(points)))
    counted = f"{number(coverage.counted)} van de {number(coverage.members)} gemeenten"
    people = coverage.inhabitants_pct
    if people is not None:
        counted += f", met {percent(people)} van de inwoners"
    pairs.append(("Bruikbaar", counted))
    if rest := without_words(coverage):
        pairs.append(("Niet meegeteld", rest))
    if names := sorted(world.names[item.nis] for item in shown.results.too_old(target)):
        pairs.append(("Te oud cijfer", join_words(names)))
    return Facts(pairs)
