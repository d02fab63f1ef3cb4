"""Figures beside the pact: shown with date and source, without level, share, rank or verdict.

A figure of context says nothing of a target. So there is no required path, no bar, no map and no comparison here, and
nothing of it reaches the counts of the 17.
"""

from __future__ import annotations

from collections.abc import Sequence

from lekp_lib.adapter.models import Point
from lekp_lib.edition import Edition
from lekp_lib.edition.models import Measure, Observation, Status
from lekp_lib.pact.models import SubIndicator, Target
from lekp_lib.site.oud.block import Block, Group, Paragraph
from lekp_lib.site.oud.boxes import Details, Facts
from lekp_lib.site.oud.dates import date_of
from lekp_lib.site.oud.figure import WIDTH_PT, Figure
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.layers import chart_style
from lekp_lib.site.oud.numbers import plain_number, unit_decimals
from lekp_lib.site.oud.palette import GRID, OWN, PAPER
from lekp_lib.site.oud.prose import Heading
from lekp_lib.site.oud.table import Cell, Column, Table
from lekp_lib.site.oud.target_fiche import figure_pairs, status_cell, value_words
from lekp_lib.site.oud.target_figures import Scene
from lekp_lib.site.oud.trend import trend_data
from lekp_lib.site.oud.trend_axes import year_position
from lekp_lib.site.oud.words.amount_words import amount_words
from lekp_lib.site.oud.words.correction_words import original_words
from lekp_lib.site.oud.words.figure_parts import TITLE_MAX, fit_alt, subtitle
from lekp_lib.site.oud.words.joins import fits, in_period
from lekp_lib.site.oud.words.source_words import source_line_of

TITLE = "Context"
INTRODUCTION = (
    "Deze cijfers staan naast het klimaatpact.",
    "Ze hebben geen doel en krijgen geen oordeel.",
    "Ze tellen niet mee bij de 17 doelen.",
)
_HEIGHT_PT = 138.0
_UNCERTAIN = (Status.PROVISIONAL, Status.ESTIMATED)


def _points(observations: Sequence[Observation], indicator: SubIndicator) -> list[Point]:
    """Amounts of one series, oldest first; a share of a level cannot be of context."""
    found = [item for item in observations if item.indicator == indicator.id and item.measure is Measure.AMOUNT]
    ordered = sorted(found, key=lambda item: item.reference_date)
    return [Point(item.reference_date, item.value, item.status, None, None, item) for item in ordered]


def _drawing(points: Sequence[Point], indicator: SubIndicator) -> object:
    """Line with a dot per figure; the axis starts at zero, or below where figures are."""
    from matplotlib.figure import Figure as Drawing
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    years = [year_position(point.date) for point in points]
    values = [point.value or 0.0 for point in points]
    with chart_style():
        drawing = Drawing(figsize=(WIDTH_PT / 72, _HEIGHT_PT / 72))
        axes = drawing.add_axes((0.115, 0.15, 0.865, 0.79))
        axes.plot(years, values, color=OWN, linewidth=2.4, clip_on=False)
        for year, value, point in zip(years, values, points, strict=True):
            inside = PAPER if point.status in _UNCERTAIN else OWN
            axes.plot([year], [value], "o", markersize=6.4, markerfacecolor=inside, markeredgecolor=OWN, clip_on=False)
        axes.set_ylim(min(0.0, *values) * 1.1, max(0.0, *values) * 1.1 or 1.0)
        axes.set_xlim(int(years[0]) - 1, int(years[-1]) + 1)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10))
        # A figure of 31 December stands at the end of its year: the label names that year.
        axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year - 1:.0f}"))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
        places = 0 if max(map(abs, values)) >= 10 else max(unit_decimals(value, indicator.unit) for value in values)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: plain_number(value, places)))
        axes.grid(axis="y", color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
    return drawing


def _words(target: Target, indicator: SubIndicator, points: Sequence[Point], scene: Scene) -> FigureText:
    first, last = points[0], points[-1]
    then, now = (amount_words(point.value or 0.0, indicator.unit) for point in (first, last))
    told = [
        f"Lijngrafiek van {first.date.year} tot {last.date.year}.",
        f"{indicator.label}: {then} {in_period(first)} en {now} {in_period(last)}.",
        "Er hoort geen doel bij.",
    ]
    invented = scene.fictitious or any(point.status is Status.EXAMPLE for point in points)
    open_dots = "open bolletje: voorlopig of geschat" if any(item.status in _UNCERTAIN for item in points) else ""
    return FigureText(
        title=fits(TITLE_MAX, [f"{name}: {now} {in_period(last)}" for name in (target.name, target.short_name)]),
        subtitle=subtitle([f"{indicator.label} in {scene.place}", f"in {indicator.unit.plural}", open_dots], invented),
        alt=fit_alt(told),
        source=source_line_of(points, scene.sources),
    )


def _chart(target: Target, indicator: SubIndicator, points: Sequence[Point], scene: Scene) -> Figure | None:
    """A line where there are at least two figures; one figure is a sentence, not a picture."""
    if len(points) < 2:
        return None
    return Figure.from_matplotlib(
        _drawing(points, indicator),  # type: ignore[arg-type]
        _words(target, indicator, points, scene),
        "context",
        id_prefix=f"context-{target.id}-{indicator.id}",
        data=trend_data(points),
        banner=scene.banner,
    )


def _table(target: Target, series: Sequence[tuple[SubIndicator, Sequence[Point]]], scene: Scene) -> Table:
    columns = (
        Column("Reeks", width="4fr"),
        Column("Peildatum", width="3fr"),
        Column("Cijfer", align="number", width="3fr"),
        Column("Status", width="3fr"),
        Column("Bron", width="3fr"),
    )
    rows: list[list[str | Cell]] = [
        [
            indicator.label,
            date_of(point.date, point.observation.date_precision),
            f"{value_words(target, point)}{_note(point, target)}",
            status_cell(point),
            scene.sources[point.observation.source_id].name,
        ]
        for indicator, points in series
        for point in points
    ]
    return Table(columns, rows, f"{target.name} in {scene.place}: alle cijfers", name="figures")


def _note(point: Point, target: Target) -> str:
    words = original_words(point, target)
    return f" ({words})" if words else ""


def _facts(target: Target, current: Point, scene: Scene) -> Facts:
    pairs: list[tuple[str, str | tuple[str, ...]]] = [("Wat is dit", target.description)]
    if target.counts:
        pairs.append(("Wat zit erin", target.counts))
    if target.counts_not:
        pairs.append(("Wat zit er niet in", target.counts_not))
    pairs.append(("Bron", scene.sources[current.observation.source_id].name))
    pairs += figure_pairs(current)
    if target.caveats:
        pairs.append(("Let op", target.caveats))
    return Facts(pairs)


def _section(target: Target, observations: Sequence[Observation], scene: Scene) -> list[Block]:
    series = [(item, _points(observations, item)) for item in target.indicators]
    known = [(item, points) for item, points in series if points]
    if not known:
        return []
    indicator, points = known[0]
    newest = points[-1]
    sentence = f"{indicator.label}: {amount_words(newest.value or 0.0, indicator.unit)} {in_period(newest)}."
    blocks: list[Block] = [Heading(target.name, 3), Paragraph(sentence)]
    blocks += [figure for item, found in known if (figure := _chart(target, item, found, scene)) is not None]
    blocks.append(_facts(target, newest, scene))
    blocks.append(Details("Toon de cijfers als tabel", _table(target, known, scene)))
    return blocks


def context_chapter(edition: Edition, nis: str, scene: Scene) -> Group:
    """The chapter *Context*.

    Parameters
    ----------
    edition
        Its catalogue says what context there is.
    nis
        Municipality.
    scene
        Name of the municipality and sources.

    Returns
    -------
    Group
        Empty when the edition has no such figures of this municipality: the chapter then does not exist.
    """
    parts = [_section(target, edition.observations(target.id, nis), scene) for target in edition.catalog.context]
    found = [block for part in parts for block in part]
    head: list[Block] = [Heading(TITLE, 2), Paragraph(INTRODUCTION)] if found else []
    return Group([*head, *found], name="context")
