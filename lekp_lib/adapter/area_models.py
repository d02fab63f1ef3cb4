"""What is known of one target over an area: Flanders, a province, a reference region. Numbers only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lekp_lib.adapter.models import Reason, Verdict
from lekp_lib.pact.models import Target, Unit
from lekp_lib.register.models import PeerKind


@dataclass(frozen=True, slots=True)
class Area:
    """A named set of municipalities; ``kind`` is Flanders, province or reference region."""

    kind: PeerKind
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many municipalities stand behind a number.

    ``counted`` of ``members`` have a usable amount; ``without`` counts the others for whom the target holds, by
    reason; those for whom it does not hold are ``members - applying``. Inhabitants are those of the denominator year.
    """

    members: int
    applying: int
    counted: int
    without: dict[Reason, int]
    inhabitants: int
    inhabitants_counted: int

    @property
    def not_applying(self) -> int:
        """Municipalities for whom the target does not hold."""
        return self.members - self.applying

    @property
    def no_data(self) -> int:
        """Municipalities for whom the target holds and nobody registered a figure."""
        return self.without.get(Reason.NO_DATA, 0)

    @property
    def unusable(self) -> int:
        """Municipalities with a figure that may not be used: too old, in another unit, only a share."""
        return self.applying - self.counted - self.no_data

    @property
    def inhabitants_pct(self) -> float | None:
        """Share of the inhabitants who live where there is a usable figure; ``None`` where nobody is known."""
        return 100 * self.inhabitants_counted / self.inhabitants if self.inhabitants else None


@dataclass(frozen=True, slots=True)
class Total:
    """Sum of figures against the sum of the levels of the same municipalities, in one unit.

    Attributes
    ----------
    indicator, unit
        Of the level; a target whose versions ask for different units has one total per unit.
    value, level
        Sums over the ``counted`` municipalities, unrounded.
    required
        What the required paths asked for, each at the date of its own figure; ``None`` where there is no path.
    counted, applying
        Municipalities in the sum, and all for whom a level in this unit holds.
    level_all
        Level of all those for whom it holds; ``None`` when one of them has no known level.
    first_date, last_date
        Oldest and newest figure in the sum.
    """

    indicator: str
    unit: Unit
    value: float
    level: float
    required: float | None
    counted: int
    applying: int
    level_all: float | None
    first_date: dt.date | None
    last_date: dt.date | None

    @property
    def share_pct(self) -> float | None:
        """Share of the level of the same municipalities, recomputed from the sums."""
        return 100 * self.value / self.level if self.level else None

    @property
    def expected_pct(self) -> float | None:
        """Share that the paths asked for at the dates of the figures."""
        return None if self.required is None or not self.level else 100 * self.required / self.level


@dataclass(frozen=True, slots=True)
class PlainSum:
    """Sum of figures in a unit that the level does not ask for; it stands against no target."""

    indicator: str
    unit: Unit
    value: float
    counted: int
    first_date: dt.date
    last_date: dt.date


@dataclass(frozen=True, slots=True)
class Middle:
    """The middle municipality of those with a usable figure: its value and its share, each a median of its own."""

    counted: int
    value: float | None
    share_pct: float | None


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to a yes/no target over those for whom it holds; the rest is unknown, never "no"."""

    applying: int
    in_order: int
    not_in_order: int

    @property
    def known(self) -> int:
        """Municipalities whose answer is complete."""
        return self.in_order + self.not_in_order

    @property
    def unknown(self) -> int:
        """Municipalities without a complete answer."""
        return self.applying - self.known


@dataclass(frozen=True, slots=True)
class WeightedRate:
    """A rate recomputed from summed amounts (all led lamps of all lamps), over the municipalities that have both."""

    value_pct: float
    counted: int
    first_date: dt.date
    last_date: dt.date


@dataclass(frozen=True, slots=True)
class AreaResult:
    """One target over one area: verdicts (they add up to the members), coverage, and sums, middle or answers."""

    area: Area
    target: Target
    verdicts: dict[Verdict, int]
    coverage: Coverage
    totals: tuple[Total, ...]
    other_units: tuple[PlainSum, ...]
    middle: Middle | None
    answers: Answers | None
