"""The figures of one target over all municipalities: which ones can honestly be drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lekp_lib.adapter import Assessment, Reason, Verdict
from lekp_lib.adapter.compare import comparable_share
from lekp_lib.adapter.flanders import FLANDERS_NIS, used_points
from lekp_lib.adapter.flanders_trend import AreaPoint
from lekp_lib.adapter.models import Point
from lekp_lib.edition.models import Observation, Status
from lekp_lib.pact.models import Target, Unit
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.hexmap import hexmap_figure
from lekp_lib.site.oud.numbers import number, percent
from lekp_lib.site.oud.strip import StripLine, strip_figure
from lekp_lib.site.oud.target_figures import Scene
from lekp_lib.site.oud.trend import TrendLabels, trend_figure
from lekp_lib.site.oud.words.flanders_figure_words import area_map_words, area_strip_words, trend_words
from lekp_lib.site.oud.words.flanders_words import is_enough, sum_words
from lekp_lib.site.oud.words.source_words import compared_source_line

_LEAST_CERTAIN_FIRST = (Status.EXAMPLE, Status.ESTIMATED, Status.PROVISIONAL, Status.CORRECTED, Status.FINAL)


def shares_of(everyone: Sequence[Assessment]) -> dict[str, float]:
    """Share by NIS of all with a comparable one; the same function as in every report."""
    return {item.nis: share for item in everyone if (share := comparable_share(item)) is not None}


def uncoloured(everyone: Sequence[Assessment]) -> tuple[list[str], list[str]]:
    """The others: without a usable figure, and those for whom the target does not hold."""
    shares = shares_of(everyone)
    without = [item.nis for item in everyone if item.nis not in shares and item.applies]
    return without, [item.nis for item in everyone if item.nis not in shares and not item.applies]


def legend_words(everyone: Sequence[Assessment]) -> tuple[str, str]:
    """Legend of the municipalities without colour: no figure at all is another thing than none that can be used."""
    waiting = [item for item in everyone if item.applies and comparable_share(item) is None]
    nothing = all(item.reason is Reason.NO_DATA for item in waiting)
    return ("geen gegevens" if nothing else "geen bruikbaar cijfer"), "doel geldt niet"


def compared_source(everyone: Sequence[Assessment], scene: Scene) -> str:
    """Source line of everything that is drawn."""
    return compared_source_line(used_points(everyone), scene.sources)


def map_words(target: Target, everyone: Sequence[Assessment], scene: Scene) -> FigureText:
    """Words around a map of all municipalities."""
    shares = shares_of(everyone)
    without, outside = uncoloured(everyone)
    return area_map_words(
        target, shares, len(without) + len(outside), "Zeshoekkaart", compared_source(everyone, scene),
        scene.fictitious,
    )  # fmt: skip


def area_hexmap(target: Target, everyone: Sequence[Assessment], scene: Scene) -> Figure | None:
    """All municipalities as hexagons; ``None`` with too few figures for a picture."""
    shares = shares_of(everyone)
    if not is_enough(len(shares)):
        return None
    without, outside = uncoloured(everyone)
    no_data, not_holding = legend_words(everyone)
    words = map_words(target, everyone, scene)
    return hexmap_figure(
        shares, without, outside, "", "", scene.provinces, scene.tiles, words, f"vlaanderen-kaart-{target.id}",
        not_signed_label=not_holding, no_data_label=no_data, banner=scene.banner,
    )  # fmt: skip


def area_strip(target: Target, everyone: Sequence[Assessment], middle_pct: float | None, scene: Scene) -> Figure | None:
    """One dot per municipality with the middle one; ``None`` with too few figures."""
    shares = shares_of(everyone)
    if middle_pct is None or not is_enough(len(shares)):
        return None
    deadlines = [level.deadline.year for level in target.levels.values() if level.deadline]
    return strip_figure(
        shares, "", "", StripLine(middle_pct, f"mediaan Vlaanderen {percent(middle_pct)}"), [],
        area_strip_words(target, shares, middle_pct, compared_source(everyone, scene), scene.fictitious),
        f"vlaanderen-spreiding-{target.id}",
        goal_label=f"doel {max(deadlines, default=2030)}",
        banner=scene.banner,
    )  # fmt: skip


def _drawn_point(target: Target, indicator: str, found: AreaPoint, unit: Unit | None) -> Point:
    """A total in the shape that the trend draws; as uncertain as its least certain figure."""
    states = {point.status for point in found.points}
    status = next(item for item in _LEAST_CERTAIN_FIRST if item in states)
    source = found.points[0].observation.source_id
    seen = Observation(target.id, indicator, FLANDERS_NIS, found.date, found.value, status, source)
    return Point(found.date, found.value if unit else None, status, found.share_pct, None, seen)


def area_trend_figure(  # noqa: PLR0913 -- all of them are drawn
    target: Target,
    indicator: str,
    points: Sequence[AreaPoint],
    path: tuple[tuple[dt.date, float], ...],
    scene: Scene,
    *,
    unit: Unit | None,
    level_words: str,
    expected_pct: float | None,
    group: str = "",
) -> Figure | None:
    """All municipalities together against their required path.

    Parameters
    ----------
    target, indicator
        What is drawn.
    points
        All days; only those with nearly the municipalities of today are drawn.
    path
        Dated shares of the required path.
    scene
        Sources and banner.
    unit
        Of the sum; ``None`` for a median, which stands as a share only.
    level_words
        The level of the municipalities in the last point; empty for a median.
    expected_pct
        What the path asked for at the dates of the newest figures.
    group
        Which municipalities, where a target has two units.

    Returns
    -------
    Figure or None
        ``None`` when there are too few figures for a total.
    """
    drawn = [point for point in points if point.is_comparable and is_enough(point.counted)]
    if not drawn or drawn[-1] is not points[-1]:
        return None
    last = drawn[-1]
    shown = tuple(_drawn_point(target, indicator, point, unit) for point in drawn)
    assessment = Assessment(
        nis=FLANDERS_NIS, target=target, version=None, level=None, current=shown[-1], points=shown, parts=(),
        share_pct=last.share_pct, expected_pct=expected_pct, verdict=Verdict.NONE, reason=Reason.SHARE,
        age_months=None, pace=None,
    )  # fmt: skip
    source = compared_source_line([point for item in drawn for point in item.points], scene.sources)
    deadlines = [level.deadline.year for level in target.levels.values() if level.deadline]
    year = max(deadlines, default=2030)
    labels = TrendLabels(
        target=f"doel van {number(last.counted)} gemeenten: {level_words}" if level_words else f"doel {year}",
        current=sum_words(last.value, unit) if unit else f"mediaan {percent(last.share_pct)}",
    )
    return trend_figure(
        assessment,
        trend_words(target, drawn, expected_pct, source, scene.fictitious, group=group),
        path,
        group or "Vlaanderen",
        f"vlaanderen-trend-{target.id}-{indicator}",
        labels,
        banner=scene.banner,
    )
