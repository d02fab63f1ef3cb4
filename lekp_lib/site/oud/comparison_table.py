"""Where a municipality stands in each peer group, as a small table; and the sentences that belong to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lekp_lib.adapter import MIN_COMPARED, Comparison, GroupComparison
from lekp_lib.pact.models import Kind
from lekp_lib.register.models import PeerKind
from lekp_lib.site.oud.block import Block, Group, Paragraph
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.numbers import number, percent
from lekp_lib.site.oud.paper import COMPARISON_LABEL, InAnnex, Labelled, OnPaper
from lekp_lib.site.oud.table import Cell, Column, RowGroup, Table
from lekp_lib.site.oud.words.comparison_words import ahead_sentence, coverage_sentences, similar_sentence

NO_VALUE = "–"


def _row(compared: GroupComparison) -> list[str | Cell]:
    median = percent(compared.median_pct) if compared.median_pct is not None else NO_VALUE
    ahead = number(compared.ahead) if compared.ahead is not None else NO_VALUE
    return [compared.group.label, median, ahead, f"{number(compared.with_data)} van {number(compared.members)}"]


def comparison_table(comparison: Comparison, place: str) -> Table:
    """Median, number of municipalities that are further and coverage, per peer group, Flanders first."""
    ordered = sorted(comparison.groups, key=lambda item: item.group.kind is not PeerKind.FLANDERS)
    columns = (
        Column("Groep", width="5fr"),
        Column("Mediaan", "van het doel", "number", "2fr"),
        Column("Staan verder", "gemeenten", "number", "2fr"),
        Column("Met cijfer", "gemeenten", "number", "2fr"),
    )
    rows = [_row(item) for item in ordered]
    return Table(columns, rows, f"{comparison.target.name}: {place} naast andere gemeenten", name="comparison")


def comparison_blocks(comparison: Comparison, place: str, names: Mapping[str, str]) -> list[Block]:
    """Sentences and table on the place of a municipality among the others.

    Parameters
    ----------
    comparison
        One target.
    place
        Name of the municipality.
    names
        Names by NIS.

    Returns
    -------
    list of Block
        Yes/no targets have no distances, so no medians and no table.
    """
    flanders = comparison.group(PeerKind.FLANDERS)
    first = ahead_sentence(flanders) if flanders is not None else ""
    if comparison.target.kind is Kind.YES_NO:
        met = sum(share >= 100 for share in comparison.shares.values())
        first = f"In Vlaanderen is dit in orde in {number(met)} van de {number(len(comparison.shares))} gemeenten."
        return [Paragraph([first, *coverage_sentences(comparison)[1:]])]
    similar, coverage = similar_sentence(comparison, names), coverage_sentences(comparison)[1:]
    screen = [Paragraph([first, similar]), comparison_table(comparison, place), Paragraph(coverage, "small")]
    paper = [Paragraph([first, similar, *coverage]), InAnnex(screen[1], COMPARISON_LABEL)]
    return [OnPaper(Group(screen), paper)]


def _median_cell(compared: GroupComparison | None) -> str | Cell:
    """Median of a group, with how many of those that have a figure are further."""
    if compared is None or compared.median_pct is None:
        return Cell(NO_VALUE, muted=True)
    found = f"van {number(compared.with_data)}"
    ahead = f"{number(compared.ahead)} {found} verder" if compared.ahead is not None else f"{found} met cijfer"
    return Cell(percent(compared.median_pct), note=ahead)


def comparisons_table(groups: Sequence[tuple[str, Sequence[Comparison]]], nis: str, place: str) -> Block | None:
    """All targets across all peer groups: own share, medians, and how many municipalities are further.

    Parameters
    ----------
    groups
        Heading and comparisons, in official order; yes/no targets have no distances and are left out.
    nis, place
        The own municipality.

    Returns
    -------
    Block or None
        ``None`` when there is nothing to compare.
    """
    measured = [
        (heading, [item for item in found if item.target.kind is not Kind.YES_NO and item.groups])
        for heading, found in groups
    ]
    every = [item for _, found in measured for item in found]
    if not every:
        return None
    kinds = sorted({group.group.kind for item in every for group in item.groups}, key=list(PeerKind).index)
    kinds.sort(key=lambda kind: kind is not PeerKind.FLANDERS)
    labels = {group.group.kind: group.group.label for item in every for group in item.groups}
    members = {group.group.kind: group.members for item in every for group in item.groups}
    columns = [Column("Doel", width="3.4fr"), Column(place, "van het doel", "number", "2.2fr")]
    columns += [Column(labels[kind], f"{number(members[kind])} gemeenten", "number", "2.6fr") for kind in kinds]
    rows = []
    for heading, found in measured:
        body: list[list[str | Cell]] = []
        for item in found:
            own = item.shares.get(nis)
            first = percent(own) if own is not None else Cell(NO_VALUE, muted=True)
            body.append([item.target.name, first, *(_median_cell(item.group(kind)) for kind in kinds)])
        if body:
            rows.append(RowGroup(heading, body))
    note = "Per groep staat de mediaan, in procent van het doel. Daaronder staat hoeveel gemeenten verder staan."
    table = Table(columns, rows, f"{place} naast andere gemeenten", footnotes=[note], name="comparisons")
    return Labelled(table, COMPARISON_LABEL)


def comparison_annex(
    groups: Sequence[tuple[str, Sequence[Comparison]]], nis: str, place: str, where: Figure | None = None
) -> Block:
    """The table of :func:`comparisons_table` with a map of the municipalities before it, or why there is none.

    Parameters
    ----------
    groups
        Heading and comparisons of the targets that apply, in official order.
    nis, place
        The own municipality.
    where
        Map of where it lies.

    Returns
    -------
    Block
    """
    if not any(found for _, found in groups):
        return Paragraph(f"Geen enkel doel geldt voor {place}. Daarom is er geen vergelijking.")
    enough = [(label, [item for item in found if len(item.shares) >= MIN_COMPARED]) for label, found in groups]
    table = comparisons_table(enough, nis, place)
    found = table or Paragraph("Te weinig gemeenten hebben een cijfer voor een vergelijking.")
    return Group([where, found], "comparison-annex") if where is not None else found
