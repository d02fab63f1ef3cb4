"""What stands below the charts of a target: how it is counted, where the figure comes from, and the figures."""

from __future__ import annotations

from collections.abc import Sequence

from lekp_lib.adapter import Assessment, Point
from lekp_lib.edition.models import Measure, Status
from lekp_lib.edition.side_tables import AppliedCorrection
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import Kind, Rhythm, Target
from lekp_lib.site.oud.boxes import Facts
from lekp_lib.site.oud.dates import date_long, date_of, date_short
from lekp_lib.site.oud.numbers import number, percent
from lekp_lib.site.oud.table import Cell, Column, Table
from lekp_lib.site.oud.words.amount_words import amount_words, answer_words, indicator_of
from lekp_lib.site.oud.words.correction_words import correction_lines, original_words
from lekp_lib.site.oud.words.level_words import denominator_words, formula, milestone_sentence
from lekp_lib.site.oud.words.source_words import source_names

NO_VALUE = "–"


def rhythm_words(rhythm: Rhythm) -> str:
    """How often a source publishes, for readers."""
    return "niet bekend" if rhythm is Rhythm.UNKNOWN else rhythm.value


def source_lines(assessment: Assessment, catalog: Catalog) -> tuple[str, ...]:
    """Providers of a target: of the figure that is shown, or of the figures that are expected."""
    current = assessment.current
    ids = [current.observation.source_id] if current else list(assessment.target.sources)
    return tuple(f"{source.name} ({rhythm_words(source.rhythm)})" for source in map(catalog.source, ids)) or (
        "niet bekend",
    )


def figure_pairs(current: Point) -> list[tuple[str, str]]:
    """Dates, state and origin of the newest figure, as name and value; what nobody told is left out."""
    observation = current.observation
    retrieved = date_long(observation.retrieved) if observation.retrieved else "niet genoteerd"
    pairs = [
        ("Peildatum", date_of(current.date, observation.date_precision)),
        ("Opgehaald op", retrieved),
        ("Status van het cijfer", current.status.value),
        ("Basisjaar", str(observation.base_year or "")),
        ("Bij het cijfer", observation.remark),
        ("Adres van de bron", observation.url),
    ]
    return [(name, value) for name, value in pairs if value.strip()]


def fiche(assessment: Assessment, catalog: Catalog, corrections: Sequence[AppliedCorrection] = ()) -> Facts:
    """How a target is counted, with formula, denominator, source and dates.

    Parameters
    ----------
    assessment
        Of one municipality.
    catalog
        For the names of the sources.
    corrections
        What the municipality changed or struck out.

    Returns
    -------
    Facts
    """
    target, level, current = assessment.target, assessment.level, assessment.current
    pairs: list[tuple[str, str | tuple[str, ...]]] = []
    if target.official_label:
        pairs.append(("Officiële naam", target.official_label))
    pairs.append(("Wat is het doel", target.description))
    if target.counts:
        pairs.append(("Wat telt mee", target.counts))
    if target.counts_not:
        pairs.append(("Wat telt niet mee", target.counts_not))
    if level is not None:
        pairs.append(("Formule", formula(level)))
        if noemer := denominator_words(level):
            pairs.append(("Noemer", noemer))
        if level.level.note:
            pairs.append(("Bij het doel", level.level.note))
        if step := milestone_sentence(level):
            pairs.append(("Tussenstap", step))
    pairs.append(("Bron", source_lines(assessment, catalog)))
    if current is not None:
        pairs += figure_pairs(current)
    if corrections:
        pairs.append(("Correcties", tuple(text for item in corrections for text in correction_lines(item, target))))
    if target.caveats:
        pairs.append(("Let op", target.caveats))
    return Facts(pairs)


def value_words(target: Target, point: Point) -> str:
    """One figure with its unit, or the share where the source gave only that."""
    if target.kind is Kind.YES_NO:
        return answer_words(point)
    if point.value is None:
        return "alleen een aandeel"
    return amount_words(point.value, indicator_of(target, point).unit)


def _share_cell(share_pct: float | None) -> str:
    return percent(share_pct, 1) if share_pct is not None else NO_VALUE


def status_cell(point: Point) -> Cell:
    """State of a figure, stressed where it is not certain, with the remark of its source."""
    remark = point.observation.remark
    certain = point.status in (Status.FINAL, Status.EXAMPLE)
    return Cell(point.status.value, strong=not certain, note=remark)


def figures_table(assessment: Assessment, catalog: Catalog, caption: str) -> Table | None:
    """All figures of a target: per reference date the figure, its share and the share that was expected then.

    Parameters
    ----------
    assessment
        Of one municipality.
    catalog
        For the names of the sources.
    caption
        Of the table.

    Returns
    -------
    Table or None
        ``None`` when there is no figure at all.
    """
    if not assessment.points:
        return None
    target = assessment.target
    several = len({point.observation.indicator for point in assessment.points}) > 1
    head = [Column("Peildatum", width="3fr"), Column("Cijfer", align="number", width="3fr")]
    if several:
        head.insert(1, Column("Reeks", width="3fr"))
    if target.kind is not Kind.YES_NO:
        head += [
            Column("Deel van het doel", align="number", width="2fr"),
            Column("Vereist deel", align="number", width="2fr"),
        ]
    head += [Column("Status", width="3fr"), Column("Bron", width="3fr")]
    rows = []
    for point in assessment.points:
        shown = Cell(value_words(target, point), note=original_words(point, target))
        cells: list[str | Cell] = [date_of(point.date, point.observation.date_precision), shown]
        if several:
            cells.insert(1, indicator_of(target, point).label)
        if target.kind is not Kind.YES_NO:
            cells += [_share_cell(point.share_pct), _share_cell(point.expected_pct)]
        cells += [status_cell(point), catalog.source(point.observation.source_id).name]
        rows.append(cells)
    shares = any(point.observation.measure is Measure.SHARE_PCT for point in assessment.points)
    notes = ["Bij 'alleen een aandeel' publiceerde de bron geen aantal, wel een deel van het doel."] if shares else []
    return Table(head, rows, caption, footnotes=notes, name="figures")


def date_cell(assessment: Assessment) -> str:
    """Reference date of the newest figure in a narrow place, or a dash."""
    current = assessment.current
    if current is None:
        return NO_VALUE
    precision = current.observation.date_precision
    return date_short(current.date) if precision == "dag" else date_of(current.date, precision)


def age_cell(assessment: Assessment) -> str:
    """Age of the newest figure in months, or a dash."""
    return NO_VALUE if assessment.age_months is None else number(assessment.age_months)


def provider_names(assessment: Assessment, catalog: Catalog) -> str:
    """Names of the providers in one line."""
    current = assessment.current
    ids = [current.observation.source_id] if current else list(assessment.target.sources)
    return source_names(ids, catalog.sources) or "niet bekend"
