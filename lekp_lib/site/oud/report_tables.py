"""The tables of the whole report: quality of the figures, and all figures together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lekp_lib.adapter import Assessment, Verdict
from lekp_lib.pact import Catalog, Target
from lekp_lib.site.oud.numbers import number, percent
from lekp_lib.site.oud.table import Cell, Column, RowGroup, Table
from lekp_lib.site.oud.target_fiche import NO_VALUE, age_cell, date_cell, provider_names
from lekp_lib.site.oud.words.amount_words import level_amount, stand_words
from lekp_lib.site.oud.words.correction_words import original_words
from lekp_lib.site.oud.words.quality_words import quality_reason, status_words

#: Names of the groups that stand beside the 17 targets.
GOALS_2_1, OWN_GOALS = "Doelen van pact 2.1", "Eigen doelen"


def group_beside(target: Target) -> str:
    """Group of a target that is not one of the 17; empty for the 17."""
    if target.nr is not None:
        return ""
    return OWN_GOALS if target.is_own else GOALS_2_1


def _by_werf(assessments: Sequence[Assessment], catalog: Catalog) -> list[tuple[str, list[Assessment]]]:
    groups = []
    for werf in catalog.werven:
        found = [item for item in assessments if item.target.werf == werf.id and item.target.nr is not None]
        if found:
            groups.append((werf.label, found))
    for label in (GOALS_2_1, OWN_GOALS):
        found = [item for item in assessments if group_beside(item.target) == label and item.applies]
        if found:
            groups.append((label, found))
    return groups


def _origin_note(assessment: Assessment) -> str:
    points = [assessment.current, *(point for _, point in assessment.parts)]
    found = (original_words(point, assessment.target) for point in points if point is not None)
    return ", ".join(dict.fromkeys(words for words in found if words))


def quality_table(
    assessments: Sequence[Assessment], catalog: Catalog, caption: str, late: Mapping[str, str] | None = None
) -> Table:
    """Per target: source, reference date, age, state of the figure, and why there is no verdict where there is none.

    ``late`` holds, by target id, the words for sources that are late with their next figure. A corrected figure has
    that of its source beside it.
    """
    rows = []
    for label, found in _by_werf(assessments, catalog):
        body: list[list[str | Cell]] = []
        for item in found:
            missing = item.current is None
            body.append(
                [
                    item.target.name,
                    provider_names(item, catalog),
                    date_cell(item),
                    age_cell(item),
                    Cell(status_words(item), muted=missing, note=_origin_note(item)),
                    Cell(quality_reason(item), muted=missing, note=(late or {}).get(item.target.id, "")),
                ]
            )
        rows.append(RowGroup(label, body))
    columns = (
        Column("Doel", width="4fr"),
        Column("Bron", width="3fr"),
        Column("Peildatum", width="2.6fr"),
        Column("Ouderdom", "maanden", "number", "1.9fr"),
        Column("Cijfer", width="2.4fr"),
        Column("Opmerking", width="4fr"),
    )
    return Table(columns, rows, caption, name="quality")


def level_cell(assessment: Assessment) -> str:
    """What has to be reached, or a dash."""
    level, parts = assessment.level, assessment.parts
    if level is None:
        return NO_VALUE
    if parts:
        return "ja" if len(parts) == 1 else f"{number(len(parts))} {level.level.unit.plural}"
    return level_amount(level)


def share_cell(assessment: Assessment) -> str:
    """Share of the target with one decimal, or a dash."""
    return percent(assessment.share_pct, 1) if assessment.share_pct is not None else NO_VALUE


def expected_cell(assessment: Assessment) -> str:
    """Share that was expected at the date of the figure, or a dash."""
    return percent(assessment.expected_pct, 1) if assessment.expected_pct is not None else NO_VALUE


def all_figures_table(assessments: Sequence[Assessment], catalog: Catalog, caption: str) -> Table:
    """Per target: newest figure, level, share, expected share and verdict."""
    rows = []
    for label, found in _by_werf(assessments, catalog):
        body: list[list[str | Cell]] = []
        for item in found:
            muted = item.verdict in (Verdict.NONE, Verdict.NOT_APPLICABLE)
            body.append(
                [
                    item.target.name,
                    Cell(stand_words(item), muted=item.current is None),
                    level_cell(item),
                    share_cell(item),
                    expected_cell(item),
                    date_cell(item),
                    Cell(item.verdict.value, mark=item.verdict, muted=muted),
                ]
            )
        rows.append(RowGroup(label, body))
    columns = (
        # Wide enough for what no line may break: "Burgemeestersconvenant", "12.345 wooneenheden", "100,0 %", a date.
        Column("Doel", width="36.5mm"),
        Column("Stand", align="number", width="33.5mm"),
        Column("Te bereiken", align="number", width="33.5mm"),
        Column("Deel", align="number", width="14mm"),
        Column("Vereist", align="number", width="14mm"),
        Column("Peildatum", width="18.5mm"),
        Column("Oordeel", width="1fr"),
    )
    return Table(columns, rows, caption, name="all-figures")
