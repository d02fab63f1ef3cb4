"""Figures over several targets: the overview of the 17, and the small trends of one werf."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from lekp_lib.adapter import Assessment, count_verdicts, required_path
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import Kind, Target
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.overview_chart import overview_figure
from lekp_lib.site.oud.overview_row import OverviewRow
from lekp_lib.site.oud.small_multiples import SmallTrend, small_multiples_figure
from lekp_lib.site.oud.target_figures import Scene, can_draw_trend
from lekp_lib.site.oud.words.amount_words import level_amount, share_words
from lekp_lib.site.oud.words.figure_words import overview_text, werf_text
from lekp_lib.site.oud.words.source_words import source_line_of
from lekp_lib.site.oud.words.verdict_words import detail_line, state_words


def _overview_row(assessment: Assessment, group: str, median_pct: float | None) -> OverviewRow:
    target = assessment.target
    answered = target.kind is Kind.YES_NO
    shown = assessment.applies and assessment.share_pct is not None and not answered
    state, detail = state_words(assessment), detail_line(assessment)
    return OverviewRow(
        target_id=target.id,
        group=group,
        name=target.name,
        verdict=assessment.verdict,
        share_pct=assessment.share_pct if shown else None,
        expected_pct=assessment.expected_pct if shown else None,
        median_pct=None if answered else median_pct,
        share_text=share_words(assessment)[0] if shown else "",
        detail=detail if detail != state else "",
        is_yes_no=answered,
        state_text=state,
    )


def overview_rows(
    assessments: Iterable[Assessment],
    catalog: Catalog,
    flanders_median_pct: Callable[[Target], float | None],
) -> tuple[OverviewRow, ...]:
    """Rows of the overview: the numbered targets in the official order, never sorted by score.

    Parameters
    ----------
    assessments
        Of one municipality.
    catalog
        For the names of the groups.
    flanders_median_pct
        Median share of all municipalities for a target, ``None`` when too few have one.
    """
    labels = {werf.id: werf.label for werf in catalog.werven}
    return tuple(
        _overview_row(item, labels[item.target.werf], flanders_median_pct(item.target))
        for item in assessments
        if item.target.nr is not None
    )


def _source(assessments: Iterable[Assessment], scene: Scene) -> str:
    parts = [point for item in assessments for _, point in item.parts if point is not None]
    current = [item.current for item in assessments if item.current is not None and not item.parts]
    return source_line_of([*parts, *current], scene.sources)


def _in_short(row: OverviewRow, assessment: Assessment) -> OverviewRow:
    """A row without bar has little room: only the level; why there is no verdict stands in the list and the tables."""
    if row.bar_pct is not None or row.is_yes_no:
        return row
    level = assessment.level
    return replace(row, detail=f"doel {level_amount(level)}" if level is not None and row.applies else "")


def overview_picture(rows: Sequence[OverviewRow], assessments: Sequence[Assessment], scene: Scene) -> Figure:
    """The overview as one drawing, for paper, slides and download."""
    numbered = [item for item in assessments if item.target.nr is not None]
    rows = [_in_short(row, item) for row, item in zip(rows, numbered, strict=True)]
    text = overview_text(
        numbered,
        count_verdicts(numbered),
        scene.place,
        date_long(scene.reference_date),
        _source(numbered, scene),
        scene.fictitious,
    )
    return overview_figure(rows, text, "overzicht", banner=scene.banner)


def werf_picture(label: str, werf_id: str, assessments: Sequence[Assessment], scene: Scene) -> Figure | None:
    """Small trends of the targets of one group, on the same axes.

    Returns
    -------
    Figure or None
        ``None`` when no target of the group has a figure to draw: an empty picture says nothing.
    """
    drawn = [item for item in assessments if item.target.kind is not Kind.YES_NO and item.applies]
    if not any(can_draw_trend(item) for item in drawn):
        return None
    trends = [
        SmallTrend(
            target_id=item.target.id,
            name=item.target.name,
            points=item.points,
            path=required_path(item),
            verdict=item.verdict,
            summary=share_words(item)[0],
        )
        for item in drawn
    ]
    text = werf_text(label, assessments, scene.place, _source(drawn, scene), scene.fictitious)
    return small_multiples_figure(trends, text, f"werf-{werf_id}", banner=scene.banner)
