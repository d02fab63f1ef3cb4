"""Doelen: a page per target over all municipalities, and the list of all targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lekp_lib.adapter.flanders_results import FlandersResults
from lekp_lib.pact.models import Target
from lekp_lib.site.assets import script_file
from lekp_lib.site.download_list import Download, download_list
from lekp_lib.site.oud.block import Block, Paragraph
from lekp_lib.site.oud.boxes import Details
from lekp_lib.site.oud.downloads.pictures import svg_files
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.flanders_stack import FlandersOverview, StackRow
from lekp_lib.site.oud.flanders_target import FlandersTarget
from lekp_lib.site.oud.numbers import number
from lekp_lib.site.oud.prose import Heading, Title
from lekp_lib.site.oud.words.flanders_words import verdict_message
from lekp_lib.site.page import Page, SiteFile, link, target_path
from lekp_lib.site.target_csv import target_csv
from lekp_lib.site.target_parts import HEXMAP, area_tables, counting, maps, quality
from lekp_lib.site.target_table import SCRIPT, municipalities_table
from lekp_lib.site.world import SiteWorld

PATH, SECTION = "doel/index.html", "doelen"
_EXTRA = "Bijkomende doelen van pact 2.1"


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A target with its maps, in the order to be shown: path of the download, and the figure."""

    target: Target
    maps: dict[str, Figure]


def _slug(target: Target) -> str:
    return target_path(target.id).split("/")[1]


def _drawn(world: SiteWorld, target: Target) -> _Drawn:
    slug = _slug(target)
    found = {
        f"doel/{slug}/{slug}-{'kaart' if label == HEXMAP else 'kaart-grenzen'}.svg": figure
        for label, figure in maps(world, target)
    }
    return _Drawn(target, found)


def _downloads(here: str, found: list[SiteFile]) -> str:
    labels = {".csv": "Alle cijfers van dit doel", "grenzen.svg": "Kaart met echte grenzen", "kaart.svg": "Kaart"}
    items = [
        Download(
            file.path,
            next(label for ending, label in labels.items() if file.path.endswith(ending)),
            file.path.rsplit(".", 1)[1],
            len(file.content),
        )
        for file in found
    ]
    return download_list(here, items)


def _map_html(shown: FlandersTarget, drawn: _Drawn) -> str:
    found = list(drawn.maps.values())
    if not found:
        return Paragraph(shown.too_few_for_figures()).html()
    rest = [Details("Toon de kaart met echte grenzen", figure).html() for figure in found[1:]]
    return "\n".join([found[0].html(), *rest])


def _flanders_blocks(shown: FlandersTarget) -> list[Block]:
    blocks: list[Block] = [Paragraph(shown.sentences())]
    if published := shown.published():
        blocks.append(Paragraph(published))
    blocks += [shown.stack(), *shown.trends()]
    return [*blocks, *shown.trend_tables("Toon de jaren als tabel")]


def _body(world: SiteWorld, shown: FlandersTarget, drawn: _Drawn, downloads: str) -> str:
    target = shown.target
    strip = shown.strip()
    message = verdict_message(shown.results.flanders(target))
    parts = [
        Title(target.name).html(),
        Paragraph([target.description, message], "lead").html(),
        Heading("Vlaanderen", 2, "vlaanderen").html(),
        *(block.html() for block in _flanders_blocks(shown)),
        Heading("Op de kaart", 2, "kaart").html(),
        _map_html(shown, drawn),
    ]
    if strip is not None:
        parts += [Heading("Spreiding over de gemeenten", 2, "spreiding").html(), strip.html()]
    parts += [
        Heading("Alle gemeenten", 2, "gemeenten").html(),
        municipalities_table(world, target),
        Heading("Per provincie en regio", 2, "gebieden").html(),
        *(block.html() for block in area_tables(shown)),
        Heading("Hoe dit doel geteld wordt", 2, "telling").html(),
        counting(world, target).html(),
        Heading("Kwaliteit van de cijfers", 2, "kwaliteit").html(),
        quality(world, shown).html(),
        Heading("Downloads", 2, "downloads").html(),
        downloads,
    ]
    return "\n".join(parts)


def _shown(world: SiteWorld, results: FlandersResults, target: Target) -> FlandersTarget:
    return FlandersTarget(world.edition, results, world.scene, target)


def _page(
    world: SiteWorld, results: FlandersResults, drawn: _Drawn, svg: Mapping[str, str]
) -> Iterator[Page | SiteFile]:
    target, slug = drawn.target, _slug(drawn.target)
    here = target_path(target.id)
    found = [SiteFile(f"doel/{slug}/{slug}.csv", target_csv(world, target))]
    found += [SiteFile(path, svg[path].encode("utf-8")) for path in drawn.maps]
    members = number(len(world.municipalities))
    yield Page(
        path=here,
        title=f"{target.name}: klimaatpact in {members} gemeenten",
        description=f"{target.description} De stand van alle {members} Vlaamse gemeenten, met kaart en tabel.",
        body=_body(world, _shown(world, results, target), drawn, _downloads(here, found)),
        crumbs=(("Doelen", PATH),),
        scripts=(SCRIPT,),
        section=SECTION,
        wide=True,
    )
    yield from found


def _list(world: SiteWorld, results: FlandersResults) -> Page:
    labels = {werf.id: werf.label for werf in world.catalog.werven}
    rows = [
        StackRow(
            target.id,
            labels[target.werf] if target.nr is not None else _EXTRA,
            target.name,
            results.flanders(target).verdicts,
            _shown(world, results, target).brief(),
            link(PATH, target_path(target.id)),
        )
        for target in world.catalog.targets
    ]
    members = len(world.municipalities)
    lead = f"Per doel: hoeveel van de {number(members)} gemeenten welk oordeel hebben, en wat ze samen bereikten."
    overview = FlandersOverview(rows, members, Paragraph(lead), heading_level=2)
    flanders = f'<p><a href="{link(PATH, "vlaanderen/index.html")}">Het verslag van heel Vlaanderen</a></p>'
    return Page(
        path=PATH,
        title="De doelen van het klimaatpact",
        description=f"De 17 doelen van het Lokaal Energie- en Klimaatpact in {number(members)} gemeenten.",
        body="\n".join([Title("De doelen van het klimaatpact").html(), Paragraph(lead, "lead").html(), flanders,
                        overview.html()]),
        section=SECTION,
    )  # fmt: skip


def pages_of(world: SiteWorld, results: FlandersResults, wanted: Sequence[Target]) -> Iterator[Page | SiteFile]:
    """The pages of some targets, each with its downloads.

    Parameters
    ----------
    world
        Edition and names.
    results
        All municipalities of the same edition.
    wanted
        Targets, in the order of their pages.
    """
    every = [_drawn(world, target) for target in wanted]
    svg = svg_files({path: figure for drawn in every for path, figure in drawn.maps.items()})
    for drawn in every:
        yield from _page(world, results, drawn, svg)


def pages(world: SiteWorld) -> Iterator[Page | SiteFile]:
    """The list, and per target its page with its downloads."""
    results = FlandersResults(world.assessor)
    yield _list(world, results)
    yield from pages_of(world, results, world.catalog.targets)


def files(_world: SiteWorld) -> Iterator[SiteFile]:
    """The script of the tables."""
    yield script_file(SCRIPT)
