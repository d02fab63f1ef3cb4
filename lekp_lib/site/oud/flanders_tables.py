"""Tables over all municipalities: totals, provinces, regions, verdicts, coverage, oldest figures. Never a ranking."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from lekp_lib.adapter import Assessment
from lekp_lib.adapter.area_models import AreaResult, Total
from lekp_lib.adapter.flanders import used_points
from lekp_lib.adapter.models import Point
from lekp_lib.edition.models import Status
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import Target
from lekp_lib.site.oud.dates import date_short
from lekp_lib.site.oud.numbers import number, percent
from lekp_lib.site.oud.table import Cell, Column, RowGroup, Table
from lekp_lib.site.oud.table_cells import Row
from lekp_lib.site.oud.verdict_blocks import COUNTED, OUTSIDE
from lekp_lib.site.oud.words.flanders_words import (
    is_enough,
    level_words,
    middle_value,
    sum_words,
    too_few,
    too_old_words,
    unit_name,
    without_words,
)
from lekp_lib.site.oud.words.joins import join_words
from lekp_lib.site.oud.words.quality_words import STATUS_WORDS
from lekp_lib.site.oud.words.source_words import source_names

NO_VALUE = "–"
#: Fewer figures than this in a province or region give no number for it; the same bound as for medians in reports.
MIN_IN_AREA = 3

_NOT_SUMMED = "telt niet op"


def _by_werf(
    results: Sequence[AreaResult], catalog: Catalog, rows: Callable[[AreaResult], list[Row]]
) -> list[RowGroup]:
    groups = []
    for werf in catalog.werven:
        body = [row for item in results if item.target.werf == werf.id for row in rows(item)]
        if body:
            groups.append(RowGroup(werf.label, body))
    return groups


def _counted_cell(counted: int, members: int) -> str:
    return f"{number(counted)} van {number(members)}"


def _total_row(result: AreaResult, total: Total) -> Row:
    several = len(result.totals) > 1
    name = Cell(result.target.name, note=f"doel in {unit_name(total.unit)}" if several else "")
    counted = _counted_cell(total.counted, total.applying)
    if not is_enough(total.counted) or total.share_pct is None:
        goal = level_words(total.level_all, total.unit) if total.level_all is not None else NO_VALUE
        note = f"{goal} voor alle {number(total.applying)}" if total.level_all is not None else ""
        words = Cell(too_few(total.counted, total.applying), muted=True)
        return [name, words, Cell(NO_VALUE, muted=True, note=note), NO_VALUE, NO_VALUE, counted]
    share, expected = total.share_pct, total.expected_pct
    return [
        name,
        sum_words(total.value, total.unit),
        level_words(total.level, total.unit),
        percent(share, 1),
        percent(expected, 1) if expected is not None else NO_VALUE,
        counted,
    ]


def _other_row(result: AreaResult) -> Row:
    """Targets that do not add up: the middle municipality, or how many are in order."""
    if result.answers is not None:
        answers = result.answers
        told = f"{number(answers.in_order)} in orde" if answers.known else "geen gegevens"
        counted = _counted_cell(answers.known, answers.applying)
        return [result.target.name, Cell(told, muted=not answers.known), _NOT_SUMMED, NO_VALUE, NO_VALUE, counted]
    middle, coverage = result.middle, result.coverage
    counted = _counted_cell(coverage.counted, coverage.applying)
    if middle is None or middle.value is None or middle.share_pct is None or not is_enough(middle.counted):
        words = Cell(too_few(coverage.counted, coverage.applying), muted=True)
        return [result.target.name, words, _NOT_SUMMED, NO_VALUE, NO_VALUE, counted]
    value = Cell(middle_value(middle.value, result.target), note="mediaan")
    return [
        result.target.name,
        value,
        _NOT_SUMMED,
        Cell(percent(middle.share_pct, 1), note="mediaan"),
        NO_VALUE,
        counted,
    ]


def totals_table(results: Sequence[AreaResult], catalog: Catalog, caption: str) -> Table:
    """Per target the total of the municipalities with a usable figure against the levels of the same municipalities."""

    def rows(item: AreaResult) -> list[Row]:
        return [_total_row(item, total) for total in item.totals] or [_other_row(item)]

    columns = (
        Column("Doel", width="3.4fr"),
        Column("Samen", align="number", width="3.2fr"),
        Column("Te bereiken", align="number", width="3fr"),
        Column("Deel", align="number", width="1.7fr"),
        Column("Vereist", align="number", width="1.7fr"),
        Column("Met bruikbaar cijfer", "gemeenten", "number", "2.4fr"),
    )
    notes = [
        "Samen en Te bereiken gaan over dezelfde gemeenten: die met een bruikbaar cijfer.",
        "Vereist is wat het vereiste pad vroeg op de peildatum van elk cijfer.",
    ]
    return Table(columns, _by_werf(results, catalog, rows), caption, footnotes=notes, name="flanders-totals")


def area_cell(result: AreaResult, indicator: str = "") -> Cell:
    """One target in one area: share, median or number in order, with how many municipalities stand behind it.

    ``indicator`` chooses among the totals of a target in two units.
    """
    coverage = result.coverage
    if not coverage.applying:
        return Cell("geldt niet", muted=True)
    if result.answers is not None:
        answers = result.answers
        if not answers.known:
            return Cell("geen gegevens", muted=True)
        return Cell(f"{number(answers.in_order)} in orde", note=f"van {number(answers.known)}")
    if result.middle is not None:
        share, counted, applying = result.middle.share_pct, result.middle.counted, coverage.applying
    else:
        total = next((item for item in result.totals if indicator in ("", item.indicator)), None)
        if total is None:
            return Cell("geldt niet", muted=True)
        share, counted, applying = total.share_pct, total.counted, total.applying
    if share is None or counted < MIN_IN_AREA:
        return Cell(too_few(counted, applying), muted=True)
    return Cell(percent(share), note=f"{number(counted)} van {number(applying)}")


def shown_total(results: Sequence[AreaResult]) -> Total | None:
    """For a target in two units the one that most municipalities have a usable figure in, the same for all areas."""
    totals = [total for item in results for total in item.totals]
    names = dict.fromkeys(total.indicator for total in totals)
    if len(names) < 2:
        return None
    most = max(names, key=lambda name: sum(total.counted for total in totals if total.indicator == name))
    return next(total for total in totals if total.indicator == most)


def _area_cells(found: Sequence[AreaResult]) -> list[Cell]:
    shown = shown_total(found)
    return [area_cell(item, shown.indicator if shown else "") for item in found]


def _unit_note(found: Sequence[AreaResult]) -> str:
    shown = shown_total(found)
    return f"doel in {unit_name(shown.unit)}" if shown else ""


#: What the cells of :func:`area_cell` say.
AREA_NOTE = (
    "Het deel van het doel, en hoeveel gemeenten met een bruikbaar cijfer meetellen. "
    "Bij doelen in procent is het de mediaan."
)


def areas_by_target(rows_by_target: Sequence[Sequence[AreaResult]], catalog: Catalog, caption: str) -> Table:
    """Rows are targets, columns are areas in alphabetical order; for the five provinces."""
    areas = [item.area for item in rows_by_target[0]]
    columns = [Column("Doel", width="3fr")]
    columns += [Column(area.name, f"{number(len(area.members))} gemeenten", width="2.4fr") for area in areas]
    by_target = {found[0].target.id: found for found in rows_by_target}

    def rows(item: AreaResult) -> list[Row]:
        found = by_target[item.target.id]
        return [[Cell(item.target.name, note=_unit_note(found)), *_area_cells(found)]]

    groups = _by_werf([found[0] for found in rows_by_target], catalog, rows)
    return Table(columns, groups, caption, footnotes=[AREA_NOTE], name="flanders-areas")


def areas_table(rows_by_target: Sequence[Sequence[AreaResult]], first: str, caption: str) -> Table:
    """Rows are areas in alphabetical order, columns are targets; for many areas and few targets."""
    columns = [Column(first, "gemeenten", width="2.6fr")]
    columns += [Column(found[0].target.short_name, _unit_note(found), width="2.2fr") for found in rows_by_target]
    rows: list[Row] = []
    cells = [_area_cells(found) for found in rows_by_target]
    for place, result in enumerate(rows_by_target[0]):
        area = result.area
        rows.append([Cell(area.name, note=number(len(area.members))), *(column[place] for column in cells)])
    return Table(columns, rows, caption, footnotes=[AREA_NOTE], name="flanders-areas")


def verdicts_table(results: Sequence[AreaResult], catalog: Catalog, caption: str) -> Table:
    """Number of municipalities per verdict and target; every row adds up to all municipalities."""
    columns = [Column("Doel", width="3.6fr")]
    columns += [Column(verdict.value.capitalize(), align="number", width="1.7fr") for verdict in (*COUNTED, *OUTSIDE)]
    columns.append(Column("Samen", align="number", width="1.3fr"))

    def rows(item: AreaResult) -> list[Row]:
        counts = [number(item.verdicts[verdict]) for verdict in (*COUNTED, *OUTSIDE)]
        return [[item.target.name, *counts, number(sum(item.verdicts.values()))]]

    return Table(columns, _by_werf(results, catalog, rows), caption, name="flanders-verdicts")


def coverage_table(
    results: Sequence[AreaResult],
    everyone: Callable[[Target], Sequence[Assessment]],
    catalog: Catalog,
    caption: str,
) -> Table:
    """Per target: source, dates, states of the figures, how many count, and why the others do not."""

    def rows(item: AreaResult) -> list[Row]:
        points = used_points(everyone(item.target))
        ids = dict.fromkeys(point.observation.source_id for point in points)
        source = source_names(ids or item.target.sources, catalog.sources) or "niet bekend"
        if not points:
            source = f"{source} (verwacht)"
        dates = [point.date for point in points]
        span = NO_VALUE
        if dates:
            first, last = date_short(min(dates)), date_short(max(dates))
            span = first if first == last else f"{first} tot {last}"
        coverage = item.coverage
        people = coverage.inhabitants_pct
        return [[
            item.target.name,
            source,
            Cell(span, muted=not dates, note=status_counts(points)),
            Cell(_counted_cell(coverage.counted, coverage.members)),
            percent(people) if people is not None else NO_VALUE,
            without_words(coverage) or "alle gemeenten tellen mee",
        ]]  # fmt: skip

    columns = (
        Column("Doel", width="3fr"),
        Column("Bron", width="3fr"),
        Column("Peildatums", width="3fr"),
        Column("Bruikbaar", "gemeenten", "number", "2fr"),
        Column("Inwoners", "waar een cijfer is", "number", "1.8fr"),
        Column("Niet meegeteld", "gemeenten", width="3.6fr"),
    )
    return Table(columns, _by_werf(results, catalog, rows), caption, name="flanders-coverage")


def status_counts(points: Sequence[Point]) -> str:
    """How many figures have which state: "272 volledig en 3 voorlopig"; empty without figures."""
    found = Counter(point.status for point in points)
    return join_words([f"{number(found[state])} {STATUS_WORDS[state]}" for state in Status if found.get(state)])


def oldest_table(
    groups: Sequence[tuple[Target, Sequence[Assessment]]], names: Mapping[str, str], months: int, caption: str
) -> Table | None:
    """Targets with figures that are too old, with date and names in the order of the alphabet; ``None`` without any."""
    rows: list[Row] = []
    for target, found in groups:
        if not found:
            continue
        dates = [item.current.date for item in found if item.current is not None]
        said = sorted(names[item.nis] for item in found)
        rows.append([target.name, _oldest(dates), number(len(found)), too_old_words(said, months)])
    if not rows:
        return None
    columns = (
        Column("Doel", width="2.4fr"),
        Column("Oudste peildatum", width="2fr"),
        Column("Te oud", "gemeenten", "number", "1.4fr"),
        Column("Gemeenten", width="6fr"),
    )
    return Table(columns, rows, caption, name="flanders-oldest")


def _oldest(dates: Sequence[dt.date]) -> str:
    return date_short(min(dates)) if dates else NO_VALUE
