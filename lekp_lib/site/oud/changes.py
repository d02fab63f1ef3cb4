"""The chapter "Wat veranderde": verdicts and figures that are not what they were in the edition before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lekp_lib.adapter.changes import VerdictChange, verdict_changes
from lekp_lib.edition import Edition
from lekp_lib.edition.diff import FigureChange, diff_figures
from lekp_lib.errors import EditionError
from lekp_lib.pact import Catalog
from lekp_lib.parameters import ReportParameters
from lekp_lib.site.oud.block import Block, Group, Paragraph
from lekp_lib.site.oud.boxes import Note
from lekp_lib.site.oud.dates import date_of
from lekp_lib.site.oud.prose import Heading
from lekp_lib.site.oud.table import Cell, Column, Table
from lekp_lib.site.oud.words.change_words import (
    compared_sentence,
    figure_words,
    figures_sentence,
    verdicts_sentence,
)

TITLE = "Wat veranderde"


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different from the edition before, for one municipality.

    ``problem`` tells why it cannot be known, although the edition names one before it.
    """

    title: str = ""
    sentence: str = ""
    verdicts: tuple[VerdictChange, ...] = ()
    figures: tuple[FigureChange, ...] = ()
    problem: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there was an edition to compare with."""
        return bool(self.title)


def find_changes(edition: Edition, parameters: ReportParameters, nis: str) -> Changes | None:
    """Compare an edition with the one that its manifest names; ``None`` when it names none."""
    named = edition.manifest.predecessor
    if named is None:
        return None
    try:
        old = edition.predecessor
    except EditionError:
        return Changes(problem=f"De vorige editie, {named.id}, is niet gevonden. Wat veranderde, is niet na te gaan.")
    if old is None:
        return None
    return Changes(
        title=old.title,
        sentence=compared_sentence(old.title, old.reference_date),
        verdicts=verdict_changes(old, edition, parameters, nis),
        figures=diff_figures(old, edition, nis),
    )


def _verdict_table(changes: Sequence[VerdictChange], place: str) -> Table:
    rows: list[list[str | Cell]] = [
        [
            item.after.target.name,
            Cell(item.before.verdict.value, mark=item.before.verdict),
            Cell(item.after.verdict.value, mark=item.after.verdict),
        ]
        for item in changes
    ]
    columns = (Column("Doel", width="4fr"), Column("Vroeger", width="3fr"), Column("Nu", width="3fr"))
    return Table(columns, rows, f"Oordelen van {place} die veranderden", name="verdict-changes")


def _figure_row(change: FigureChange, catalog: Catalog) -> list[str | Cell]:
    target = catalog.target(change.target_id)
    indicator = next(item for item in target.indicators if item.id == change.indicator)
    known = change.after or change.before
    precision = known.date_precision if known is not None else "dag"
    states = [item.status.value if item is not None else "" for item in (change.before, change.after)]
    told = states if states[0] != states[1] else ["", ""]
    return [
        Cell(target.name, note=indicator.label if indicator.label != target.name else ""),
        date_of(change.reference_date, precision),
        Cell(figure_words(change.before, target, indicator), muted=change.before is None, note=told[0]),
        Cell(figure_words(change.after, target, indicator), muted=change.after is None, note=told[1]),
        change.kind.value,
    ]


def _figure_table(changes: Sequence[FigureChange], catalog: Catalog, place: str) -> Table:
    order = {target.id: number for number, target in enumerate(catalog.measured)}
    ordered = sorted(changes, key=lambda item: order.get(item.target_id, len(order)))
    columns = (
        Column("Doel", width="4fr"),
        Column("Peildatum", width="3fr"),
        Column("Vroeger", align="number", width="3fr"),
        Column("Nu", align="number", width="3fr"),
        Column("Wat", width="2fr"),
    )
    rows = [_figure_row(item, catalog) for item in ordered]
    return Table(columns, rows, f"Cijfers van {place} die veranderden", name="figure-changes")


def changes_chapter(changes: Changes | None, catalog: Catalog, place: str) -> Group:
    """The chapter as blocks.

    Parameters
    ----------
    changes
        From :func:`find_changes`.
    catalog
        Names and units of the targets.
    place
        Name of the municipality.

    Returns
    -------
    Group
        Empty when the edition names no edition before it: the chapter then does not exist.
    """
    blocks: list[Block] = []
    if changes is not None:
        blocks.append(Heading(TITLE, 2))
    if changes is not None and changes.problem:
        blocks.append(Note("Vorige editie niet gevonden", changes.problem, kind="warning"))
    elif changes is not None:
        told = (changes.sentence, verdicts_sentence(changes.verdicts), figures_sentence(changes.figures))
        blocks.append(Paragraph(told))
        if changes.verdicts:
            blocks.append(_verdict_table(changes.verdicts, place))
        if changes.figures:
            blocks.append(_figure_table(changes.figures, catalog, place))
    return Group(blocks, name="changes")
