"""Everything about all municipalities of an edition, computed once: results per target and area, trends, rates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property

from lekp_lib.adapter.area_models import Area, AreaResult, WeightedRate
from lekp_lib.adapter.assessor import Assessor
from lekp_lib.adapter.flanders import area_result, areas_of, is_counted
from lekp_lib.adapter.flanders_trend import AreaPoint, area_path, area_trend, weighted_rate
from lekp_lib.adapter.models import Assessment, Reason
from lekp_lib.pact.models import Denominator, Target
from lekp_lib.register.models import PeerKind


class FlandersResults:
    """All municipalities of one edition under one set of parameters.

    Parameters
    ----------
    assessor
        Edition and parameters; every municipality is assessed as in its own report.
    """

    def __init__(self, assessor: Assessor) -> None:
        self.assessor = assessor
        self.on = assessor.on
        self.municipalities = assessor.edition.register.municipalities(assessor.on)
        self._results: dict[tuple[str, PeerKind], tuple[AreaResult, ...]] = {}

    @cached_property
    def inhabitants(self) -> Mapping[str, int]:
        """Inhabitants by NIS in the year of the denominator; those whose number is not known are absent."""
        counts = {item.nis: self.assessor.denominator(item.nis, Denominator.POPULATION) for item in self.municipalities}
        return {nis: count.value for nis, count in counts.items() if count is not None}

    def areas(self, kind: PeerKind) -> tuple[Area, ...]:
        """Flanders, the provinces or the reference regions."""
        return areas_of(self.municipalities, kind)

    def everyone(self, target: Target) -> tuple[Assessment, ...]:
        """All municipalities against one target."""
        return self.assessor.everyone(target)

    def by_area(self, target: Target, kind: PeerKind) -> tuple[AreaResult, ...]:
        """One target in every area of a kind, in alphabetical order."""
        key = (target.id, kind)
        if key not in self._results:
            everyone = self.everyone(target)
            self._results[key] = tuple(
                area_result(target, area, everyone, self.inhabitants) for area in self.areas(kind)
            )
        return self._results[key]

    def flanders(self, target: Target) -> AreaResult:
        """One target over all municipalities."""
        return self.by_area(target, PeerKind.FLANDERS)[0]

    @cached_property
    def pact(self) -> tuple[AreaResult, ...]:
        """The numbered targets over all municipalities, in the official order."""
        return tuple(self.flanders(target) for target in self.assessor.edition.catalog.targets if target.nr is not None)

    def _in_unit(self, target: Target, indicator: str) -> list[Assessment]:
        return [
            item for item in self.everyone(target) if item.level is not None and item.level.level.indicator == indicator
        ]

    def trend(self, target: Target, indicator: str) -> tuple[AreaPoint, ...]:
        """One target through the years, over the municipalities whose level is in this unit."""
        return area_trend(target, self._in_unit(target, indicator), indicator, self.on, self.assessor.rules)

    def path(self, target: Target, indicator: str) -> tuple[tuple[dt.date, float], ...]:
        """Required path of the municipalities that are counted."""
        return area_path(self._in_unit(target, indicator))

    def weighted(self, target: Target) -> WeightedRate | None:
        """Rate over all, recomputed from amounts; ``None`` where the edition has none."""
        counted = [item for item in self.everyone(target) if is_counted(item)]
        edition = self.assessor.edition
        return weighted_rate(target, [(item, edition.observations(target.id, item.nis)) for item in counted])

    def too_old(self, target: Target) -> tuple[Assessment, ...]:
        """Municipalities whose newest figure of a target is too old to be judged."""
        return tuple(item for item in self.everyone(target) if item.reason is Reason.TOO_OLD)
