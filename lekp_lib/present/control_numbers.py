"""What a data check counts: which municipalities have a figure, how old it is, and which shares lie far from others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from lekp_lib.adapter import MIN_COMPARED, Assessment, Rules
from lekp_lib.adapter.compare import comparable_share
from lekp_lib.adapter.target import is_stale
from lekp_lib.edition.models import Observation
from lekp_lib.pact.models import Kind, Target

#: So many times the middle half beyond its edge is far: Tukey's outer fence (Exploratory Data Analysis, 1977).
FENCE = 3.0
#: The middle half counts as at least this wide, in points of percent; else every other share would be far.
LEAST_SPREAD = 1.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """Municipalities with and without figure for one target; the three counts together are all municipalities.

    Attributes
    ----------
    recent, old, missing
        Newest figure not too old to judge, too old, and no figure at all.
    judged
        Municipalities with a verdict.
    dates
        Newest reference date per municipality with a figure, sorted.
    """

    target: Target
    recent: int
    old: int
    missing: int
    judged: int
    dates: tuple[dt.date, ...]

    @property
    def everyone(self) -> int:
        """Number of municipalities."""
        return self.recent + self.old + self.missing

    @property
    def middle(self) -> dt.date | None:
        """Median of the newest dates; ``None`` without figure."""
        return self.dates[(len(self.dates) - 1) // 2] if self.dates else None


def coverage_of(target: Target, everyone: Iterable[Assessment], on: dt.date, rules: Rules) -> Coverage:
    """Coverage of one target.

    Parameters
    ----------
    target
        The target.
    everyone
        Assessments of all municipalities.
    on
        Reference date of the edition; ages are counted up to it.
    rules
        With the greatest age of a figure that gets a verdict.
    """
    found = list(everyone)
    newest = [max(item.points, key=lambda point: point.date) for item in found if item.points]
    old = sum(is_stale(target, point, on, rules) for point in newest)
    return Coverage(
        target=target,
        recent=len(newest) - old,
        old=old,
        missing=len(found) - len(newest),
        judged=sum(item.verdict.is_good or item.verdict.is_behind for item in found),
        dates=tuple(sorted(point.date for point in newest)),
    )


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """What one source gave: targets, municipalities, number of figures, oldest and newest date."""

    source_id: str
    targets: tuple[str, ...]
    municipalities: int
    figures: int
    oldest: dt.date
    newest: dt.date


def sources_of(figures: Iterable[Observation]) -> tuple[SourceCoverage, ...]:
    """Coverage per source, that with the most figures first."""
    by_source: dict[str, list[Observation]] = {}
    for item in figures:
        by_source.setdefault(item.source_id, []).append(item)
    found = [
        SourceCoverage(
            source_id=source_id,
            targets=tuple(dict.fromkeys(item.target_id for item in items)),
            municipalities=len({item.nis for item in items}),
            figures=len(items),
            oldest=min(item.reference_date for item in items),
            newest=max(item.reference_date for item in items),
        )
        for source_id, items in by_source.items()
    ]
    return tuple(sorted(found, key=lambda item: (-item.figures, item.source_id)))


@dataclass(frozen=True, slots=True)
class Spread:
    """Shares of one target over the municipalities, and those that lie far from the middle half.

    Attributes
    ----------
    shares
        Comparable share in percent by NIS.
    low, high
        Beyond these a share is far.
    far
        NIS codes beyond them, farthest from the median first.
    """

    target: Target
    shares: Mapping[str, float]
    low: float
    high: float
    far: tuple[str, ...]


def spread_of(target: Target, everyone: Iterable[Assessment]) -> Spread | None:
    """Shares and far ones of one target.

    Returns
    -------
    Spread or None
        ``None`` for yes/no targets, and where too few municipalities have a comparable share.
    """
    shares = {item.nis: share for item in everyone if (share := comparable_share(item)) is not None}
    if target.kind is Kind.YES_NO or len(shares) < MIN_COMPARED:
        return None
    low, high = fences(list(shares.values()))
    middle = median(shares.values())
    far = [nis for nis, share in shares.items() if not low <= share <= high]
    return Spread(target, shares, low, high, tuple(sorted(far, key=lambda nis: (-abs(shares[nis] - middle), nis))))


def fences(values: Sequence[float]) -> tuple[float, float]:
    """Limits beyond which a value lies far: three times the width of the middle half beyond its edges.

    Examples
    --------
    >>> fences([10.0, 11.0, 12.0, 13.0, 14.0])
    (1.5, 22.5)
    """
    first, _, third = quantiles(values, n=4, method="exclusive")
    reach = FENCE * max(third - first, LEAST_SPREAD)
    return first - reach, third + reach
