"""Where a municipality stands in each peer group, as a small table; and the sentences that belong to it."""

from __future__ import annotations

from collections.abc import Mapping

from lekp_lib.assess import Comparison, GroupComparison
from lekp_lib.catalog.models import Kind
from lekp_lib.present.block import Block, Paragraph
from lekp_lib.present.numbers import number, percent
from lekp_lib.present.table import Cell, Column, Table
from lekp_lib.present.words.comparison_words import ahead_sentence, coverage_sentences, similar_sentence
from lekp_lib.register.models import PeerKind

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
    return [
        Paragraph([first, similar_sentence(comparison, names)]),
        comparison_table(comparison, place),
        Paragraph(coverage_sentences(comparison)[1:], "small"),
    ]
