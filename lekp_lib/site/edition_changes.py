"""Wat veranderde: what differs between the edition of the site and the one before it, over all municipalities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lekp_lib.adapter.changes import VerdictChange, verdict_changes
from lekp_lib.adapter.models import Verdict
from lekp_lib.edition.diff import ChangeKind, FigureChange, diff_figures
from lekp_lib.errors import EditionError
from lekp_lib.site.oud.block import Block, Paragraph
from lekp_lib.site.oud.boxes import Note
from lekp_lib.site.oud.downloads.own_fields import DATE, TARGET
from lekp_lib.site.oud.downloads.table import DataTable, Field
from lekp_lib.site.oud.numbers import count_noun, number
from lekp_lib.site.oud.table import Column, Table
from lekp_lib.site.oud.words.change_words import compared_sentence, figure_words, figures_sentence
from lekp_lib.site.oud.words.joins import sentence
from lekp_lib.site.world import SiteWorld

#: From best to worst; a change to or from anything else is neither forward nor back.
_ORDER = (Verdict.REACHED, Verdict.ON_TRACK, Verdict.SLIGHTLY_BEHIND, Verdict.FAR_BEHIND)
_NIS = Field("nis", "NIS-code", "string", "NIS-code van de gemeente.", width=9)
_PLACE = Field("gemeente", "Gemeente", "string", "Naam van de gemeente.", width=28)
_FICTITIOUS = Field("fictief", "Fictief", "boolean", "Of de cijfers verzonnen zijn.", width=9)
VERDICT_FIELDS = (
    _NIS,
    _PLACE,
    TARGET,
    Field("vroeger", "Vroeger", "string", "Oordeel in de vorige editie.", width=19),
    Field("nu", "Nu", "string", "Oordeel in deze editie.", width=19),
    _FICTITIOUS,
)
FIGURE_FIELDS = (
    Field("wat", "Wat", "string", "Herzien, nieuw of verdwenen.", width=11),
    _NIS,
    _PLACE,
    TARGET,
    Field("reeks", "Reeks", "string", "Gemeten reeks van het doel.", width=32),
    DATE,
    Field("vroeger", "Vroeger", "string", "Cijfer in de vorige editie, of 'geen cijfer'.", width=24),
    Field("nu", "Nu", "string", "Cijfer in deze editie, of 'geen cijfer'.", width=24),
    _FICTITIOUS,
)


@dataclass(frozen=True, slots=True)
class EditionChanges:
    """Differences with the edition before.

    ``problem`` tells why they cannot be known, although the edition names one before it; ``title`` is empty then.
    """

    title: str = ""
    compared: str = ""
    verdicts: tuple[VerdictChange, ...] = ()
    figures: tuple[FigureChange, ...] = ()
    problem: str = ""


def edition_changes(world: SiteWorld) -> EditionChanges | None:
    """Compare the edition of the site with the one that its manifest names; ``None`` when it names none."""
    named = world.edition.manifest.predecessor
    if named is None:
        return None
    try:
        old = world.edition.predecessor
    except EditionError:
        told = f"De vorige editie, {named.id}, is niet gevonden. Wat veranderde, is niet na te gaan."
        return EditionChanges(problem=told)
    if old is None:
        return None
    verdicts = verdict_changes(old, world.edition, world.parameters)
    return EditionChanges(
        title=old.title,
        compared=compared_sentence(old.title, old.reference_date),
        verdicts=tuple(item for item in verdicts if item.after.target.nr is not None),
        figures=diff_figures(old, world.edition),
    )


def _direction(change: VerdictChange) -> str:
    before, after = change.before.verdict, change.after.verdict
    if before not in _ORDER or after not in _ORDER:
        return "anders"
    return "vooruit" if _ORDER.index(after) < _ORDER.index(before) else "achteruit"


def _verdicts_sentence(changes: Sequence[VerdictChange]) -> str:
    if not changes:
        return "Geen enkel oordeel veranderde."
    places = len({item.after.nis for item in changes})
    verb = "veranderde" if len(changes) == 1 else "veranderden"
    verdicts, where = count_noun(len(changes), "oordeel", "oordelen"), count_noun(places, "gemeente", "gemeenten")
    return sentence(f"in {where} {verb} {verdicts}")


def _table(world: SiteWorld, changes: EditionChanges) -> Table | None:
    """Per target how many verdicts went forward, back or elsewhere, and how many figures are not the same."""
    verdicts = Counter((item.after.target.id, _direction(item)) for item in changes.verdicts)
    figures = Counter((item.target_id, item.kind) for item in changes.figures)
    heads = ("vooruit", "achteruit", "anders")
    rows = []
    for target in world.catalog.targets:
        counts = [verdicts[target.id, head] for head in heads]
        counts += [figures[target.id, kind] for kind in ChangeKind]
        if any(counts):
            rows.append([target.name, *map(number, counts)])
    if not rows:
        return None
    columns = [Column("Doel", width="34%")]
    columns += [Column(head.capitalize(), "oordelen", "number") for head in heads]
    columns += [Column(kind.value.capitalize(), "cijfers", "number") for kind in ChangeKind]
    note = "Anders: van of naar 'zonder oordeel', 'nog niet vereist' of 'niet van toepassing'."
    return Table(columns, rows, f"Wat veranderde sinds {changes.title}", footnotes=[note], name="edition-changes")


def changes_blocks(world: SiteWorld, changes: EditionChanges | None) -> list[Block]:
    """What the method page says of the differences; that nothing can be compared where no edition is named."""
    if changes is None:
        return [Paragraph("Deze editie noemt geen vorige editie. Daarom is er geen vergelijking.")]
    if changes.problem:
        return [Note("Vorige editie niet gevonden", changes.problem, kind="warning")]
    told = (changes.compared, _verdicts_sentence(changes.verdicts), figures_sentence(changes.figures))
    table = _table(world, changes)
    return [Paragraph(told), *([table] if table else [])]


def verdicts_data(world: SiteWorld, changes: EditionChanges) -> DataTable:
    """Every verdict that changed, one row each."""
    rows = [
        {
            "nis": item.after.nis,
            "gemeente": world.names[item.after.nis],
            "doel": item.after.target.name,
            "vroeger": item.before.verdict.value,
            "nu": item.after.verdict.value,
            "fictief": world.edition.fictitious,
        }
        for item in changes.verdicts
    ]
    return DataTable("Oordelen", VERDICT_FIELDS, rows)


def figures_data(world: SiteWorld, changes: EditionChanges) -> DataTable:
    """Every figure that changed, one row each."""
    rows = []
    for item in changes.figures:
        target = world.catalog.target(item.target_id)
        indicator = next(one for one in target.indicators if one.id == item.indicator)
        rows.append(
            {
                "wat": item.kind.value,
                "nis": item.nis,
                "gemeente": world.names.get(item.nis),
                "doel": target.name,
                "reeks": indicator.label,
                "peildatum": item.reference_date,
                "vroeger": figure_words(item.before, target, indicator),
                "nu": figure_words(item.after, target, indicator),
                "fictief": world.edition.fictitious,
            }
        )
    return DataTable("Cijfers", FIGURE_FIELDS, rows)
