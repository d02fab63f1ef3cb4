"""The figures of one target: which ones can honestly be drawn, and with which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from lekp_lib.adapter import MIN_COMPARED, Assessment, Comparison, GroupComparison, required_path
from lekp_lib.edition.boundaries import Boundaries
from lekp_lib.pact import Source
from lekp_lib.pact.models import Kind
from lekp_lib.register.models import PeerKind
from lekp_lib.site.oud.boundary_map import boundary_map
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.hexmap import hexmap_figure
from lekp_lib.site.oud.map_legend import share_states
from lekp_lib.site.oud.numbers import percent, percent_decimals
from lekp_lib.site.oud.strip import StripLine, strip_figure
from lekp_lib.site.oud.trend import TrendLabels, trend_figure
from lekp_lib.site.oud.words.amount_words import level_amount, stand_words
from lekp_lib.site.oud.words.pace_words import needed_label, recent_label
from lekp_lib.site.oud.words.place_words import map_text, strip_text
from lekp_lib.site.oud.words.source_words import compared_source_line, source_line_of
from lekp_lib.site.oud.words.trend_words import trend_text


@dataclass(frozen=True, slots=True)
class Scene:
    """What all figures of a report share.

    Attributes
    ----------
    place
        Name of the municipality.
    names, provinces, tiles
        Name, province and hexagon of every municipality, by NIS.
    sources
        Sources of the catalogue, by id.
    reference_date
        Of the edition.
    banner
        Words that stay with every drawing of an example edition.
    boundaries
        Real boundaries, when the edition has them.
        Words that stay with every drawing: of an example edition, or of a draft.
    draft
        Whether the banner is about a target that is tried out, and says nothing of the figures.
    """

    place: str
    names: Mapping[str, str]
    provinces: Mapping[str, str]
    tiles: Mapping[str, tuple[int, int]]
    sources: Mapping[str, Source]
    reference_date: dt.date
    banner: str = ""
    boundaries: Boundaries | None = None
    draft: bool = False

    @property
    def fictitious(self) -> bool:
        """Whether all figures are invented; a single invented figure says so itself, by its status."""
        return bool(self.banner) and not self.draft


def _trend_labels(assessment: Assessment) -> TrendLabels:
    level, pace = assessment.level, assessment.pace
    if level is None:
        raise ValueError(f"{assessment.target.id}: a trend needs a level; ask can_draw_trend first")
    year = level.level.deadline.year if level.level.deadline else 2030
    pace_detail = ""
    if pace is not None and pace.recent_per_year is not None and pace.projected_pct is not None:
        pace_detail = f"{recent_label(assessment)}: {percent(pace.projected_pct)} in {year}"
    return TrendLabels(
        target=f"doel {year}: {level_amount(level)}",
        path_detail=needed_label(assessment),
        pace_detail=pace_detail,
        current=stand_words(assessment),
    )


def can_draw_trend(assessment: Assessment) -> bool:
    """Whether there is at least one figure that can stand against the target."""
    measured = assessment.target.kind is not Kind.YES_NO and assessment.level is not None
    return measured and assessment.applies and any(point.share_pct is not None for point in assessment.points)


def trend(assessment: Assessment, scene: Scene) -> Figure:
    """Figures of the municipality against the required path."""
    source = source_line_of([point for point in assessment.points if point.share_pct is not None], scene.sources)
    return trend_figure(
        assessment,
        trend_text(assessment, scene.place, source, scene.fictitious),
        required_path(assessment),
        scene.place,
        f"trend-{assessment.target.id}",
        _trend_labels(assessment),
        banner=scene.banner,
    )


def can_compare(comparison: Comparison) -> bool:
    """Whether enough municipalities have a comparable share."""
    return len(comparison.shares) >= MIN_COMPARED


def _own_label(assessment: Assessment, comparison: Comparison, scene: Scene) -> str:
    share = comparison.shares.get(assessment.nis)
    return scene.place if share is None else f"{scene.place} {percent(share, percent_decimals(share))}"


def _line(group: GroupComparison | None, label: str) -> StripLine | None:
    if group is None or group.median_pct is None:
        return None
    return StripLine(group.median_pct, f"{label} {percent(group.median_pct)}")


def _compared_source(comparison: Comparison, scene: Scene) -> str:
    return compared_source_line(comparison.points.values(), scene.sources)


def strip(assessment: Assessment, comparison: Comparison, scene: Scene) -> Figure:
    """One dot per municipality, the own one marked, with medians."""
    province = comparison.group(PeerKind.PROVINCE)
    size = comparison.group(PeerKind.SIZE)
    lines = [
        _line(province, f"mediaan {province.group.label.removeprefix('Provincie ')}" if province else ""),
        _line(size, "mediaan grootteklasse"),
    ]
    source = _compared_source(comparison, scene)
    return strip_figure(
        comparison.shares,
        assessment.nis,
        _own_label(assessment, comparison, scene),
        _line(comparison.group(PeerKind.FLANDERS), "mediaan Vlaanderen"),
        [line for line in lines if line is not None],
        strip_text(comparison, assessment, scene.place, source, scene.fictitious),
        f"strip-{assessment.target.id}",
        goal_label=f"doel {_goal_year(assessment)}",
        banner=scene.banner,
    )


def _goal_year(assessment: Assessment) -> int:
    levels = assessment.target.levels.values()
    deadlines = [level.deadline for level in levels if level.deadline is not None]
    return max(deadlines).year if deadlines else 2030


def hexmap(assessment: Assessment, comparison: Comparison, scene: Scene) -> Figure:
    """All municipalities as hexagons of equal size, coloured by their share of the target."""
    return hexmap_figure(
        comparison.shares,
        comparison.no_data,
        comparison.not_signed,
        assessment.nis,
        _own_label(assessment, comparison, scene),
        scene.provinces,
        scene.tiles,
        map_text(
            comparison,
            assessment,
            scene.place,
            _compared_source(comparison, scene),
            scene.fictitious,
        ),
        f"kaart-{assessment.target.id}",
        banner=scene.banner,
    )


def boundaries_map(assessment: Assessment, comparison: Comparison, scene: Scene) -> Figure | None:
    """The same classes as the hex map, on the real boundaries; ``None`` when the edition has none."""
    if scene.boundaries is None:
        return None
    source = _compared_source(comparison, scene)
    return boundary_map(
        scene.boundaries,
        share_states(scene.boundaries.areas, comparison.shares, comparison.no_data, comparison.not_signed),
        scene.provinces,
        map_text(comparison, assessment, scene.place, source, scene.fictitious, "Kaart met grenzen van de gemeenten"),
        f"grenzen-{assessment.target.id}",
        own_nis=assessment.nis,
        own_label=_own_label(assessment, comparison, scene),
        values=comparison.shares,
        banner=scene.banner,
    )
