"""What assessing yields: levels, verdicts with their reason, series, comparisons. Numbers only; words come later."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from lekp_lib.edition.models import Observation, Status
from lekp_lib.pact import Level, PactVersion, Target
from lekp_lib.register.models import Count, PeerGroup, PeerKind


class Verdict(StrEnum):
    """The five verdicts of design.md chapter 4, and the two states that stand outside the count."""

    REACHED = "doel gehaald"
    ON_TRACK = "op koers"
    SLIGHTLY_BEHIND = "lichte achterstand"
    FAR_BEHIND = "grote achterstand"
    NONE = "zonder oordeel"
    NOT_YET_REQUIRED = "nog niet vereist"
    NOT_APPLICABLE = "niet van toepassing"

    @property
    def is_good(self) -> bool:
        """Reached or on track."""
        return self in (Verdict.REACHED, Verdict.ON_TRACK)

    @property
    def is_behind(self) -> bool:
        """Slightly or far behind."""
        return self in (Verdict.SLIGHTLY_BEHIND, Verdict.FAR_BEHIND)


class Reason(StrEnum):
    """Why a verdict is what it is; each has one sentence in ``present``."""

    SHARE = "share"  # the general rule was applied
    NO_DATA = "no_data"
    TOO_OLD = "too_old"
    DATE_UNCERTAIN = "date_uncertain"  # the verdict depends on the day within the month or year that the source names
    OTHER_UNIT = "other_unit"  # charge points where the level is in CPE
    NO_DENOMINATOR = "no_denominator"
    NO_BASE_YEAR = "no_base_year"
    ONLY_SHARE_PUBLISHED = "only_share_published"
    NOT_SIGNED = "not_signed"  # no pact version signed at all
    LEVEL_BELOW_ONE = "level_below_one"  # less than one whole thing is asked of a very small municipality
    VERSION_NOT_SIGNED = "version_not_signed"  # the target belongs to a later version
    BEFORE_DEADLINE = "before_deadline"
    SOURCE_RANK = "source_rank"
    UNDATED = "undated"
    NO_DEADLINE = "no_deadline"
    NO_FIGURE_SINCE_DEADLINE = "no_figure_since_deadline"


@dataclass(frozen=True, slots=True)
class TargetLevel:
    """The level that one municipality has to reach, with all that its written-out formula needs.

    ``exact`` is unrounded and used for shares; ``shown`` is rounded down for counted units (domain.md 2.3).
    ``denominator`` is ``None`` for fixed levels (100 %, yes/no).
    """

    level: Level
    version: PactVersion
    exact: float
    shown: float
    denominator: Count | None


@dataclass(frozen=True, slots=True)
class Point:
    """One reference date of a target: the figure, its share of the level, and the share that was expected then.

    ``share_pct`` and ``expected_pct`` are percentages (0 to 100 and more), unrounded; ``None`` where not computable.
    """

    date: dt.date
    value: float | None
    status: Status
    share_pct: float | None
    expected_pct: float | None
    observation: Observation


@dataclass(frozen=True, slots=True)
class Pace:
    """Recent and needed yearly additions in the unit of the level, and where the recent pace leads.

    ``recent_per_year`` is the plain average of the last three years, given only with enough yearly points.
    """

    recent_per_year: float | None
    needed_per_year: float | None
    projected_value: float | None
    projected_pct: float | None
    projected_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """One municipality x one target.

    Attributes
    ----------
    level
        ``None`` when the target does not hold, or no denominator is known.
    current
        The newest point of the indicator that the level asks for; may be of another indicator, and then
        ``reason`` is ``OTHER_UNIT`` and the share is ``None``.
    points
        All points of the same indicator, oldest first.
    parts
        For yes/no targets: newest point per part, in declared order; absent parts are ``None``.
    age_months
        Whole months between the current point and the reference date of the edition.
    """

    nis: str
    target: Target
    version: PactVersion | None
    level: TargetLevel | None
    current: Point | None
    points: tuple[Point, ...]
    parts: tuple[tuple[str, Point | None], ...]
    share_pct: float | None
    expected_pct: float | None
    verdict: Verdict
    reason: Reason
    age_months: int | None
    pace: Pace | None

    @property
    def applies(self) -> bool:
        """Whether the target holds for this municipality."""
        return self.verdict is not Verdict.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """Where a municipality stands in one peer group.

    Only members with a share count: ``with_data`` of ``members``. ``ahead`` counts members whose share,
    rounded as printed, is higher; ``median_pct`` is the median over members with a share, if there are at least three.
    """

    group: PeerGroup
    members: int
    with_data: int
    median_pct: float | None
    ahead: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One target across all municipalities, seen from one of them.

    ``shares`` maps NIS to share for all municipalities with one; ``not_signed`` and ``no_data`` hold the others,
    so that the three together are all municipalities.
    ``similar_better`` are up to three municipalities of the same size class that are further, nearest in size first.
    ``points`` are the compared figures by NIS, for their sources and dates.
    """

    nis: str
    target: Target
    shares: dict[str, float]
    no_data: tuple[str, ...]
    not_signed: tuple[str, ...]
    groups: tuple[GroupComparison, ...]
    similar_better: tuple[str, ...]
    points: dict[str, Point] = field(default_factory=dict)

    def group(self, kind: PeerKind) -> GroupComparison | None:
        """Standing in the peer group of one kind; ``None`` when the municipality has no such group."""
        return next((item for item in self.groups if item.group.kind is kind), None)


@dataclass(frozen=True, slots=True)
class VerdictCounts:
    """How many targets have which verdict, over the targets that apply."""

    by_verdict: dict[Verdict, int]
    applicable: int
    total: int
