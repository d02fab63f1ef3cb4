"""Assess an edition: the same functions for the municipality of the report and for all it is compared with."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from statistics import median
from typing import Any

from lekp_lib.adapter.compare import MIN_COMPARED, comparable_share, compare
from lekp_lib.adapter.level import target_level
from lekp_lib.adapter.models import Assessment, Comparison, Verdict, VerdictCounts
from lekp_lib.adapter.path import expected_pct
from lekp_lib.adapter.target import Rules, assessment_of
from lekp_lib.edition import Edition
from lekp_lib.errors import ParameterError
from lekp_lib.indicators.assess import assess, check_denominator_year
from lekp_lib.pact import Denominator, Kind, PactVersion, Target
from lekp_lib.parameters import ReportParameters
from lekp_lib.register.models import Count

#: Yearly steps at which a path is drawn.
_LAST_DAY = (12, 31)


def count_verdicts(assessments: Iterable[Assessment]) -> VerdictCounts:
    """How many targets have which verdict, over the numbered targets that apply."""
    pact = [item for item in assessments if item.target.nr is not None]
    found = Counter(item.verdict for item in pact)
    return VerdictCounts(
        by_verdict={verdict: found.get(verdict, 0) for verdict in Verdict},
        applicable=sum(item.applies for item in pact),
        total=len(pact),
    )


def required_path(assessment: Assessment) -> tuple[tuple[dt.date, float], ...]:
    """The required path as dated shares, from its first day to the deadline; empty where there is none."""
    target, level = assessment.target, assessment.level
    deadline = level.level.deadline if level is not None else None
    if deadline is None or target.kind in (Kind.YES_NO, Kind.ANNUAL_RATE):
        return ()
    begin = 0.0
    ends = [dt.date(year, *_LAST_DAY) for year in range(target.path_start.year, deadline.year + 1)]
    dates = sorted({date for date in ends if target.path_start < date < deadline} | {deadline})
    path = [(target.path_start - dt.timedelta(days=0 if target.kind is Kind.REDUCTION else 1), begin)]
    for date in dates:
        share = expected_pct(target.kind, date, target.path_start, deadline, begin)
        if share is not None:
            path.append((date, share))
    return tuple(path)


@lru_cache(maxsize=8)
def _rows(edition: Edition, parameters: ReportParameters) -> dict[tuple[str, str], Any]:
    """Rows of the table of assessments by municipality and target, absence as ``None``."""
    table = assess(edition, parameters).astype(object)
    table = table.where(table.notna(), None)
    return {(str(row.nis), str(row.target_id)): row for row in table.itertuples(index=False)}


@lru_cache(maxsize=128)
def _everyone(edition: Edition, shared: ReportParameters, target_id: str) -> tuple[Assessment, ...]:
    """All municipalities against one target; the same for every report of an edition, so kept for the next one."""
    assessor, target = Assessor(edition, shared), edition.catalog.target(target_id)
    version = edition.register.pact_version
    return tuple(assessor.assess(target, nis, version(nis, assessor.on)) for nis in assessor.all_nis)


class Assessor:
    """All assessments of one edition under one set of parameters.

    Parameters
    ----------
    edition
        Frozen figures.
    parameters
        Denominator year, thresholds and the like; ``gemeente`` and ``pact`` concern only the own municipality.
    """

    def __init__(self, edition: Edition, parameters: ReportParameters) -> None:
        self.edition = edition
        self.parameters = parameters
        self.on = edition.reference_date
        self.rules = Rules(
            threshold=parameters.drempel_licht,
            max_age_months=parameters.max_ouderdom_maanden,
            min_points=parameters.min_punten,
        )

    @cached_property
    def all_nis(self) -> tuple[str, ...]:
        """Codes of all municipalities at the reference date."""
        return tuple(item.nis for item in self.edition.register.municipalities(self.on))

    def denominator(self, nis: str, kind: Denominator) -> Count | None:
        """Inhabitants, dwellings or households of a municipality, by the chosen year and basis."""
        register, year = self.edition.register, self.parameters.noemerjaar
        if kind is Denominator.POPULATION:
            return register.population(nis, year, self.on)
        if kind is Denominator.HOUSEHOLDS or self.parameters.wooneenheden == "huishoudens":
            return register.households(nis, year, self.on)
        return register.dwellings(nis, self.on)

    def version(self, nis: str) -> PactVersion | None:
        """Version to assess a municipality against: the highest signed one, or the one asked for.

        Raises
        ------
        ParameterError
            When a version is asked for of a municipality that is known to have refused the pact.
        """
        signed = self.edition.register.pact_version(nis, self.on)
        asked = self.parameters.pact
        if asked == "auto":
            return signed
        if signed is None:
            name = self.edition.register.get(nis, self.on).name
            raise ParameterError(
                f"pact: found {asked!r}; expected 'auto', because {name} is known not to have signed the pact. "
                "Leave pact on 'auto': the report then shows the figures and says that no target applies."
            )
        return asked

    def assess(self, target: Target, nis: str, version: PactVersion | None) -> Assessment:
        """One municipality against one target and version."""
        changes = {"gemeente": "*", "pact": "auto"}
        if version is not None and version != self.edition.register.pact_version(nis, self.on):
            changes = {"gemeente": nis, "pact": version}
        row = _rows(self.edition, self.parameters.model_copy(update=changes))[nis, target.id]
        declared = target.level_for(version)
        level = (
            target_level(declared, version, lambda kind: self.denominator(nis, kind))
            if declared is not None and version is not None
            else None
        )
        if level is not None:
            level = replace(level, exact=row.level_exact, shown=row.level)
        return assessment_of(row, target, level, self.edition.observations(target.id, nis))

    def everyone(self, target: Target) -> tuple[Assessment, ...]:
        """All municipalities against one target, each against the highest version it signed; computed once."""
        shared = self.parameters.model_copy(update={"gemeente": "*", "pact": "auto"})
        return _everyone(self.edition, shared, target.id)

    def municipality(self, nis: str, targets: Sequence[Target] | None = None) -> tuple[Assessment, ...]:
        """One municipality against all targets (the 17, in the official order, then the goals of 2.1)."""
        check_denominator_year(self.edition, self.parameters.model_copy(update={"gemeente": nis}))
        version = self.version(nis)
        return tuple(self.assess(target, nis, version) for target in targets or self.edition.catalog.targets)

    def _population(self, nis: str) -> int:
        count = self.edition.register.population(nis, self.on.year, self.on)
        count = count or self.edition.register.population(nis, 2020, self.on)
        return count.value if count else 0

    def compare(self, own: Assessment) -> Comparison:
        """Place of one municipality among all, for the target of the assessment."""
        groups = self.edition.register.peer_groups(own.nis, self.on)
        return compare(own, self.everyone(own.target), groups, self._population)

    def flanders_median_pct(self, target: Target) -> float | None:
        """Median share over all municipalities with a comparable one; the same number on every page.

        ``None`` when too few municipalities have one.
        """
        shares = [share for item in self.everyone(target) if (share := comparable_share(item)) is not None]
        return median(shares) if len(shares) >= MIN_COMPARED else None
