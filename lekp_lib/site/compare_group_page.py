"""The page of one group: its municipalities side by side, target by target; complete without script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from lekp_lib.adapter import Assessment, Comparison, Verdict
from lekp_lib.pact import Target
from lekp_lib.pact.models import Kind
from lekp_lib.register.models import PeerGroup, PeerKind
from lekp_lib.site.compare_cell import compare_cell
from lekp_lib.site.compare_data import pact_targets
from lekp_lib.site.compare_groups import ComparedGroup
from lekp_lib.site.oud.block import Block, Paragraph
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import count_noun, number
from lekp_lib.site.oud.prose import Heading, Title
from lekp_lib.site.oud.table import Cell, Column, Table
from lekp_lib.site.oud.target_fiche import NO_VALUE
from lekp_lib.site.oud.verdict_blocks import COUNTED, OUTSIDE
from lekp_lib.site.oud.words.comparison_words import median_sentence
from lekp_lib.site.oud.words.joins import lower_first
from lekp_lib.site.page import Page, link, municipality_path, target_path
from lekp_lib.site.world import SiteWorld

HERE = (("Vergelijk", "vergelijk/index.html"),)


def anchor(target: Target) -> str:
    """Id of the heading of a target."""
    return target.id.replace("_", "-")


def _place_cell(world: SiteWorld, nis: str, here: str) -> Cell:
    return Cell(world.names[nis], link=link(here, municipality_path(world.slug(nis))))


def _counts_table(world: SiteWorld, group: PeerGroup, here: str) -> Table:
    counts = {nis: world.counts(nis) for nis in group.members}
    shown = [*COUNTED, *(state for state in OUTSIDE if any(item.by_verdict[state] for item in counts.values()))]
    columns = [Column("Gemeente")] + [Column(verdict.value.capitalize(), "doelen", "number") for verdict in shown]
    rows: list[list[str | Cell]] = [
        [_place_cell(world, nis, here), *(number(counts[nis].by_verdict[verdict]) for verdict in shown)]
        for nis in group.members
    ]
    caption = f"{group.label}: aantal doelen per oordeel, {date_long(world.on)}"
    return Table(columns, rows, caption, name="compare-counts")


def _of_group(comparison: Comparison, group: PeerGroup) -> Iterator[str]:
    """Medians of the group and of Flanders; the same numbers as in the reports."""
    own = [nis for nis in group.members if nis in comparison.shares]
    if comparison.target.kind is Kind.YES_NO:
        met = sum(comparison.shares[nis] >= 100 for nis in own)
        if own:
            noun = count_noun(len(own), "gemeente", "gemeenten")
            yield f"Dit is in orde in {number(met)} van de {noun} met een antwoord."
    else:
        for kind in (group.kind, PeerKind.FLANDERS):
            found = comparison.group(kind)
            if found is not None and (told := median_sentence(found)):
                yield told
    without = len(group.members) - len(own)
    if without:
        noun = count_noun(without, "gemeente", "gemeenten")
        yield f"Zonder cijfer dat te vergelijken is: {noun} van de {number(len(group.members))}."


def _target_table(
    world: SiteWorld, target: Target, assessments: Sequence[Assessment], caption: str, here: str
) -> Table:
    columns = [Column("Gemeente"), Column("Stand"), Column("Deel van het doel", align="number")]
    columns += [Column("Oordeel"), Column("Peildatum")]
    if target.kind is Kind.YES_NO:
        del columns[2]
    rows = []
    for item in assessments:
        cell = compare_cell(item)
        muted = cell.verdict in (Verdict.NONE, Verdict.NOT_APPLICABLE)
        row: list[str | Cell] = [_place_cell(world, item.nis, here), Cell(cell.figure, muted=item.current is None)]
        row += [] if target.kind is Kind.YES_NO else [cell.share or NO_VALUE]
        rows.append([*row, Cell(cell.verdict.value, mark=cell.verdict, muted=muted), cell.date])
    return Table(columns, rows, caption, name="compare-target")


def _body(world: SiteWorld, one: ComparedGroup, others: Sequence[ComparedGroup]) -> str:
    group = one.group
    members = count_noun(len(group.members), "gemeente", "gemeenten")
    lead = f"De {members} van deze groep naast elkaar, op de peildatum van de editie: {date_long(world.on)}."
    order = "De volgorde is die van het alfabet. Er is geen rangschikking."
    every = [target for _, targets in pact_targets(world) for target in targets]
    contents = "".join(f'<li><a href="#{anchor(item)}">{escape(item.name, quote=False)}</a></li>' for item in every)
    parts = [
        Title(group.label).html(),
        Paragraph([lead, order], "lead").html(),
        Heading("Aantal doelen per oordeel", 2).html(),
        _counts_table(world, group, one.path).html(),
        f'<nav class="site-contents" aria-label="Doelen op deze pagina"><ul class="columns">{contents}</ul></nav>',
    ]
    first = group.members[0]
    for target in every:
        by_nis = {item.nis: item for item in world.everyone(target)}
        comparison = world.assessor.compare(by_nis[first])
        caption = f"{target.name}: {lower_first(group.label)}"
        table = _target_table(world, target, [by_nis[nis] for nis in group.members], caption, one.path)
        blocks: list[Block] = [Heading(target.name, 2, anchor(target)), Paragraph(_of_group(comparison, group)), table]
        parts += [block.html() for block in blocks if block.text()]
        about = link(one.path, target_path(target.id))
        parts.append(
            f'<p class="small"><a href="{about}">{escape(target.name, quote=False)} in heel Vlaanderen</a></p>'
        )
    same = [item for item in others if item.group.kind is group.kind and item != one]
    if same:
        listed = "".join(
            f'<li><a href="{link(one.path, item.path)}">{escape(item.group.label, quote=False)}</a></li>'
            for item in same
        )
        parts += [Heading("Andere groepen", 2).html(), f'<ul class="columns">{listed}</ul>']
    return "\n".join(parts)


def group_pages(world: SiteWorld, groups: Sequence[ComparedGroup]) -> Iterator[Page]:
    """One page per group.

    Parameters
    ----------
    world
        The edition of the site.
    groups
        See :func:`~lekp_lib.site.compare_groups.compared_groups`.

    Yields
    ------
    Page
    """
    for one in groups:
        count = len(one.group.members)
        yield Page(
            path=one.path,
            title=f"{one.group.label}: gemeenten naast elkaar",
            description=f"De 17 doelen van het klimaatpact voor {count_noun(count, 'gemeente', 'gemeenten')} naast "
            f"elkaar: {lower_first(one.group.label)}. Stand, deel van het doel, oordeel en peildatum.",
            body=_body(world, one, groups),
            crumbs=HERE,
            section="vergelijk",
            wide=True,
        )
