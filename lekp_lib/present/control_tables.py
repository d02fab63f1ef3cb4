"""The tables of the data check: what the pictures show in numbers, and what somebody should look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from lekp_lib.data.cells import each
from lekp_lib.data.checks import Finding
from lekp_lib.edition.models import Measure, Observation
from lekp_lib.errors import CatalogError
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import SubIndicator
from lekp_lib.present.control_imports import SeenImport
from lekp_lib.present.control_numbers import Coverage, SourceCoverage, Spread
from lekp_lib.present.dates import date_of, date_short
from lekp_lib.present.numbers import amount, count_noun, number, percent, plain_number
from lekp_lib.present.outlier_strip import share_words
from lekp_lib.present.table import Cell, Column, Row, RowGroup, Table
from lekp_lib.present.target_fiche import NO_VALUE
from lekp_lib.present.words.finding_words import LEVEL_WORDS, rule_words

#: So many rows of one table are shown; more than a person looks through is counted instead.
SHOWN = 40
#: So many findings of one rule.
SHOWN_OF_RULE = 15

Key = tuple[str, str, dt.date]


def rest_note(total: int) -> tuple[str, ...]:
    """Says how many rows are not shown."""
    return (f"Niet getoond: nog {count_noun(total - SHOWN, 'rij', 'rijen')}.",) if total > SHOWN else ()


def coverage_table(rows: Sequence[Coverage]) -> Table:
    """Per target the municipalities with a recent figure, an old one, none, and with a verdict."""
    body = [
        [
            row.target.name,
            number(row.recent),
            number(row.old),
            number(row.missing),
            number(row.judged),
            date_short(row.dates[-1]) if row.dates else NO_VALUE,
        ]
        for row in rows
    ]
    columns = (
        Column("Doel", width="4fr"),
        Column("Recent", "gemeenten", "number", "2fr"),
        Column("Te oud", "gemeenten", "number", "2fr"),
        Column("Geen cijfer", "gemeenten", "number", "2fr"),
        Column("Met oordeel", "gemeenten", "number", "2fr"),
        Column("Nieuwste", width="2.2fr"),
    )
    return Table(columns, body, "Gemeenten met en zonder cijfer, per doel", name="coverage-table")


def sources_table(found: Sequence[SourceCoverage], catalog: Catalog, late: Mapping[str, str]) -> Table:
    """Per source the targets, municipalities, figures and dates; ``late`` has words by source id."""
    body: list[Row] = [
        [
            Cell(catalog.source(row.source_id).name, note=late.get(row.source_id, "")),
            ", ".join(catalog.target(target).short_name for target in row.targets),
            number(row.municipalities),
            number(row.figures),
            date_short(row.oldest),
            date_short(row.newest),
        ]
        for row in found
    ]
    columns = (
        Column("Bron", width="3.4fr"),
        Column("Doelen", width="4fr"),
        Column("Gemeenten", align="number", width="2fr"),
        Column("Cijfers", align="number", width="1.8fr"),
        Column("Oudste", width="2.2fr"),
        Column("Nieuwste", width="2.2fr"),
    )
    return Table(columns, body, "Cijfers per bron", name="sources")


def _crossed(spread: Spread, nis: str) -> str:
    above = spread.shares[nis] > spread.high
    return f"boven {share_words(spread.high)}" if above else f"onder {share_words(spread.low)}"


def far_table(spreads: Sequence[Spread], names: Mapping[str, str]) -> Table:
    """All far shares, by target."""
    groups = [
        RowGroup(
            spread.target.name,
            [[names[nis], share_words(spread.shares[nis]), _crossed(spread, nis)] for nis in spread.far],
        )
        for spread in spreads
        if spread.far
    ]
    columns = (
        Column("Gemeente", width="3fr"),
        Column("Deel van het doel", align="number", width="2fr"),
        Column("Grens", align="number", width="2fr"),
    )
    return Table(columns, groups, "Gemeenten die ver van de andere liggen", name="far")


def series_name(figure: str, catalog: Catalog) -> str:
    """Words for ``bomen.publiek``: target and series; counts such as ``inwoners`` keep their word."""
    target_id, _, rest = figure.partition(".")
    indicator, _, share = rest.partition(" ")
    try:
        target = catalog.target(target_id)
    except CatalogError:
        return figure
    sub = next((item for item in target.indicators if item.id == indicator), None)
    label = f"{target.name}: {sub.label}" if sub is not None and sub.label != target.name else target.name
    return f"{label} {share}".strip()


def _sub(observation: Observation, catalog: Catalog) -> SubIndicator:
    target = catalog.target(observation.target_id)
    return next(item for item in target.indicators if item.id == observation.indicator)


def value_words(observation: Observation, catalog: Catalog) -> str:
    """One figure with its unit, or the share that the source gave."""
    if observation.measure is Measure.SHARE_PCT:
        return f"{percent(observation.value, 1)} van het doel"
    return amount(observation.value, _sub(observation, catalog).unit)


def findings_table(
    findings: Sequence[Finding], figures: Mapping[tuple[str, str, str], Observation], catalog: Catalog
) -> Table:
    """What is impossible or unlikely, by rule; ``figures`` by the place, series and date that a finding names."""
    by_rule: dict[str, list[Finding]] = {}
    for item in findings:
        by_rule.setdefault(item.rule, []).append(item)
    groups = []
    for rule, found in by_rule.items():
        body: list[list[str]] = []
        for item in found[:SHOWN_OF_RULE]:
            place, figure, date = item.where.rsplit(", ", 2)
            observation = figures.get((place, figure, date))
            body.append(
                [
                    place,
                    series_name(figure, catalog),
                    date_short(dt.date.fromisoformat(date)),
                    value_words(observation, catalog) if observation else NO_VALUE,
                    LEVEL_WORDS[item.level],
                ]
            )
        rest = len(found) - SHOWN_OF_RULE
        more = f" (nog {number(rest)} niet getoond)" if rest > 0 else ""
        groups.append(RowGroup(f"{rule_words(rule)}{more}", body))
    columns = (
        Column("Gemeente", width="3fr"),
        Column("Cijfer", width="4fr"),
        Column("Peildatum", width="2.2fr"),
        Column("Waarde", align="number", width="2.6fr"),
        Column("Ernst", width="2fr"),
    )
    return Table(columns, groups, "Cijfers om na te kijken", name="findings")


def imports_table(seen: Sequence[SeenImport]) -> Table:
    """Per import the rows, the refused ones and the revised figures."""
    body: list[Row] = [
        [
            Cell(item.name, note="kan niet meer gelezen worden" if item.problem else ""),
            item.entry.shape,
            date_short(item.entry.date),
            NO_VALUE if item.problem else number(item.result.rows),
            NO_VALUE if item.problem else number(len(item.result.refused)),
            NO_VALUE if item.problem else number(len(item.revised)),
        ]
        for item in seen
    ]
    columns = (
        Column("Bestand", width="4fr"),
        Column("Vorm", width="3fr"),
        Column("Ingelezen", width="2.2fr"),
        Column("Rijen", align="number", width="1.6fr"),
        Column("Geweigerd", align="number", width="2fr"),
        Column("Herzien", align="number", width="1.8fr"),
    )
    return Table(columns, body, "Ingelezen bestanden", name="imports")


def refused_table(seen: Iterable[SeenImport]) -> Table | None:
    """Every refused row with its place; ``None`` when there is none."""
    rows = [refusal for item in seen for refusal in each(item.result.refused)]
    if not rows:
        return None
    columns = (
        Column("Bestand", width="3fr"),
        Column("Plaats", width="3fr"),
        Column("Gevonden", width="3fr"),
        Column("Verwacht", width="4fr"),
    )
    body: list[Row] = [
        [row.file, row.cell, row.found or "niets", Cell(row.expected or NO_VALUE, note=row.advice)]
        for row in rows[:SHOWN]
    ]
    notes = rest_note(len(rows))
    return Table(columns, body, "Geweigerde rijen", footnotes=notes, name="refused")


def revisions_table(seen: Iterable[SeenImport], names: Mapping[str, str], catalog: Catalog) -> Table | None:
    """Every revised figure with its old and new value; ``None`` when there is none."""
    rows = [(item, change) for item in seen for change in each(item.revised)]
    if not rows:
        return None
    columns = (
        Column("Gemeente", width="3fr"),
        Column("Cijfer", width="4fr"),
        Column("Peildatum", width="2.2fr"),
        Column("Was", align="number", width="2fr"),
        Column("Werd", align="number", width="2fr"),
        Column("Door", width="3fr"),
    )
    body = [
        [
            names.get(change.nis, change.nis),
            series_name(change.figure, catalog),
            date_short(change.date),
            plain_number(change.old) if change.old is not None else NO_VALUE,
            plain_number(change.new),
            item.name,
        ]
        for item, change in rows[:SHOWN]
    ]
    return Table(columns, body, "Herziene cijfers", footnotes=rest_note(len(rows)), name="revisions")


def oldest_table(
    figures: Iterable[Observation], names: Mapping[str, str], catalog: Catalog, months: Mapping[Key, int]
) -> Table:
    """The oldest of the newest figures, one row per municipality and target."""
    columns = (
        Column("Gemeente", width="3fr"),
        Column("Doel", width="3fr"),
        Column("Peildatum", width="2.4fr"),
        Column("Ouderdom", "maanden", "number", "2fr"),
        Column("Waarde", align="number", width="2.6fr"),
        Column("Bron", width="3fr"),
    )
    body = [
        [
            names.get(item.nis, item.nis),
            catalog.target(item.target_id).name,
            date_of(item.reference_date, item.date_precision),
            number(months[item.target_id, item.nis, item.reference_date]),
            value_words(item, catalog),
            catalog.source(item.source_id).name,
        ]
        for item in figures
    ]
    return Table(columns, body, "De oudste cijfers", name="oldest")
