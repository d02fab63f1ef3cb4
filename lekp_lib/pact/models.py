"""The pact as data: what a target and its levels look like.

The models say which keys the YAML files of ``doelen/`` may have; unknown keys are refused.
Meaning of the fields: spec domain.md chapters 2 and 3.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, model_validator

from lekp_lib.pact.sources import Source, Term, Werf
from lekp_lib.pact.vocabulary import (
    PACT_VERSIONS,
    Certainty,
    DatePrecision,
    Declared,
    Denominator,
    Kind,
    PactVersion,
    Rhythm,
    WerfId,
)
from lekp_lib.pact.weights import WeightRule

__all__ = [
    "PACT_VERSIONS",
    "Baseline",
    "Certainty",
    "Denominator",
    "Derived",
    "FlandersTotal",
    "Kind",
    "Level",
    "Milestone",
    "OfWhich",
    "PactVersion",
    "Rhythm",
    "Source",
    "SubIndicator",
    "Target",
    "Term",
    "Unit",
    "WeightRule",
    "Werf",
    "WerfId",
]


#: Search words that every official target has at least.
MIN_SYNONYMS = 4
_NOT_OF_CONTEXT = (
    "nr", "official_label", "codelist_uri", "levels", "level_certainty", "parts", "weight_rule", "closed_on",
)  # fmt: skip
_NOT_OF_CONTEXT = (
    "nr", "official_label", "codelist_uri", "levels", "level_certainty", "parts", "weight_rule", "closed_on",
)  # fmt: skip


class Unit(Declared):
    """The unit in which a level and its figures are expressed.

    ``singular`` and ``plural`` are words ("boom", "bomen"); ``symbol`` is printed in narrow places ("m²").
    ``counted`` units are whole things: their level is shown rounded down (domain.md 2.3); others keep ``decimals``.
    """

    singular: str = Field(min_length=1)
    plural: str = Field(min_length=1)
    symbol: str = Field(min_length=1)
    counted: bool
    decimals: int = Field(default=0, ge=0, le=3)


class Milestone(Declared):
    """A step on the way to a level, with a date of its own (18 kWp per 500 inhabitants by the end of 2025)."""

    factor: float = Field(gt=0)
    deadline: dt.date
    text: str


class OfWhich(Declared):
    """A part of a level that must be of a certain sort (25 of the 50 renovations fossil-free); same ``per_n``."""

    factor: float = Field(gt=0)
    indicator: str
    text: str


class Level(Declared):
    """What a signatory of one pact version has to reach.

    Either ``factor`` per ``per_n`` of ``per`` (1.5 CPE per 100 inhabitants) or a fixed ``value``
    (100 %; yes/no targets have value 1, reached when every part is).
    ``indicator`` is the id of the sub-indicator whose figures count for this level.
    ``deadline`` is ``None`` when no public text states one.
    """

    text: str
    indicator: str
    unit: Unit
    factor: float | None = Field(default=None, gt=0)
    per: Denominator | None = None
    per_n: int | None = Field(default=None, gt=0)
    value: float | None = Field(default=None, gt=0)
    deadline: dt.date | None = dt.date(2030, 12, 31)
    milestone: Milestone | None = None
    of_which: OfWhich | None = None
    note: str = ""

    @model_validator(mode="after")
    def _one_way_to_compute(self) -> Level:
        by_factor = (self.factor is not None, self.per is not None, self.per_n is not None)
        if any(by_factor) and not all(by_factor):
            raise ValueError("factor, per and per_n belong together: give all three or none")
        if all(by_factor) == (self.value is not None):
            raise ValueError("give either factor + per + per_n, or value")
        if self.value is not None and (self.milestone or self.of_which):
            raise ValueError("milestone and of_which belong to levels with a factor")
        return self


class Derived(Declared):
    """How a rate follows from amounts, so that it can be computed again for municipalities that merged.

    ``aandeel``: ``of`` in percent of ``to``. ``daling``: decrease in percent of ``of`` since the base year.
    """

    rule: Literal["aandeel", "daling"]
    of: str
    to: str = ""

    @model_validator(mode="after")
    def _whole_where_needed(self) -> Derived:
        if bool(self.to) != (self.rule == "aandeel"):
            raise ValueError("'to' belongs to the rule 'aandeel', and only there")
        return self


class SubIndicator(Declared):
    """One measured series of a target: the whole, or a part of it (public / private).

    ``may_be_negative`` is for context only (a balance, a change): with targets the kind says so.
    """

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    label: str
    unit: Unit
    part_of: str | None = None
    derived: Derived | None = None
    may_be_negative: bool = False


class Baseline(Declared):
    """Where the required path starts."""

    date: dt.date
    certainty: Certainty
    note: str = ""


class FlandersTotal(Declared):
    """A published or stated total for Flanders, used to calibrate and to check.

    ``kind``: ``doel`` (stated goal at its end date), ``stand`` (published figure), ``aandeel_pct`` (published share of
    the goal, in percent). ``date`` is the last day of the month or year where ``date_precision`` says so.
    ``lower_bound`` marks figures of which only "more than" is known.
    """

    date: dt.date
    date_precision: DatePrecision = "dag"
    value: float
    indicator: str
    kind: Literal["doel", "stand", "aandeel_pct"]
    source: str = Field(pattern=r"^https?://\S+$")
    lower_bound: bool = False
    note: str = ""


class Target(Declared):
    """One of the 17 targets, one of the 3 goals that pact 2.1 added, a goal of one's own, or figures for context.

    Attributes
    ----------
    nr
        1 to 17 in the official order; ``None`` for all that is not counted among the 17.
    official_label, codelist_uri
        Name and address in the official list; empty for what a project declares itself.
    kind
        Decides the required path.
    levels
        By pact version; a version that changes nothing is absent, and ``level_for`` falls back.
        An absent lower version means that the target does not hold for it. Empty for context, and only there.
    indicators
        The measured series; the first one is the default.
    parts
        For yes/no targets: the ids of the sub-indicators that each count for an equal part.
    path_start
        First day of the required path; the base year of a reduction starts on 31 December. Of context: first day of
        the series.
    closed_on
        After this date no figures come in any more; a figure of that date or later never becomes too old.
    weight_rule
        How unlike things are made equal before they are counted (CPE of charge points).
    references
        Addresses of the texts behind level, rule and caveats.
    """

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    nr: int | None = Field(default=None, ge=1, le=17)
    official_label: str = ""
    name: str = Field(min_length=1, max_length=34)
    short_name: str = Field(min_length=1, max_length=22)
    codelist_uri: str = Field(default="", pattern=r"^(http://lblod\.data\.gift/concepts/[0-9a-f-]{36})?$")
    werf: WerfId
    kind: Kind
    direction: Literal["hoger_is_beter"] = "hoger_is_beter"
    levels: dict[PactVersion, Level] = Field(default_factory=dict)
    level_certainty: Certainty | None = None
    indicators: tuple[SubIndicator, ...] = Field(min_length=1)
    parts: tuple[str, ...] = ()
    path_start: dt.date
    baseline: Baseline | None = None
    closed_on: dt.date | None = None
    weight_rule: WeightRule | None = None
    description: str
    counts: tuple[str, ...] = ()
    counts_not: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    source_certainty: Certainty
    synonyms: tuple[str, ...] = Field(min_length=1)
    flanders: tuple[FlandersTotal, ...] = ()
    references: tuple[str, ...] = Field(min_length=1)

    def _named_indicators(self) -> list[str]:
        named = [level.indicator for level in self.levels.values()] + list(self.parts)
        named += [level.of_which.indicator for level in self.levels.values() if level.of_which]
        named += [indicator.part_of for indicator in self.indicators if indicator.part_of]
        named += [total.indicator for total in self.flanders]
        rules = [indicator.derived for indicator in self.indicators if indicator.derived]
        named += [name for rule in rules for name in (rule.of, rule.to) if name]
        if self.weight_rule:
            named += [self.weight_rule.result, self.weight_rule.counted, *self.weight_rule.part_factors]
        return named

    @property
    def is_context(self) -> bool:
        """Figures beside the pact: shown with their source, never counted and never judged."""
        return self.kind is Kind.CONTEXT

    @property
    def is_own(self) -> bool:
        """Declared by a project, not in the official list."""
        return not self.codelist_uri

    @model_validator(mode="after")
    def _is_one_thing(self) -> Target:
        if self.is_context:
            if given := [name for name in _NOT_OF_CONTEXT if getattr(self, name)]:
                raise ValueError(f"kind context has no {', '.join(given)}: such figures are shown, not judged")
            return self
        if below := [indicator.id for indicator in self.indicators if indicator.may_be_negative]:
            raise ValueError(
                f"may_be_negative at {', '.join(below)}: only for kind context; elsewhere the kind says it"
            )
        if not self.levels or self.level_certainty is None:
            raise ValueError("levels and level_certainty are needed, unless the kind is context")
        if self.nr is not None and self.is_own:
            raise ValueError("a number from 1 to 17 belongs to a target of the official list, with its codelist_uri")
        if bool(self.official_label) == self.is_own:
            raise ValueError("official_label and codelist_uri belong together: give both or none")
        if not self.is_own and len(self.synonyms) < MIN_SYNONYMS:
            raise ValueError(f"synonyms: at least {MIN_SYNONYMS} words by which readers search for an official target")
        return self

    @model_validator(mode="after")
    def _hangs_together(self) -> Target:
        ids = [indicator.id for indicator in self.indicators]
        if len(set(ids)) != len(ids):
            raise ValueError(f"indicators: every id once, found {', '.join(ids)}")
        unknown = sorted(set(self._named_indicators()) - set(ids))
        if unknown:
            raise ValueError(f"unknown indicator {', '.join(unknown)}; declared are {', '.join(ids)}")
        if bool(self.parts) != (self.kind is Kind.YES_NO):
            raise ValueError("parts belong to yes/no targets, and every yes/no target has at least one")
        for version, level in self.levels.items():
            if level.deadline and level.deadline <= self.path_start:
                dates = f"deadline {level.deadline} is not after path_start {self.path_start}"
                raise ValueError(f"levels.{version}: {dates}")
        return self

    def level_for(self, version: PactVersion | None) -> Level | None:
        """Level of the given version, falling back to the version before it; ``None`` when it does not hold.

        Parameters
        ----------
        version
            Highest version signed, or ``None`` when nothing was signed.

        Returns
        -------
        Level or None
        """
        if version is None:
            return None
        for candidate in reversed(PACT_VERSIONS[: PACT_VERSIONS.index(version) + 1]):
            if candidate in self.levels:
                return self.levels[candidate]
        return None
