"""A finding: something about figures that cannot be right, or that somebody should look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lekp_lib.data.observation import Observation
from lekp_lib.errors import RegisterError
from lekp_lib.pact import Catalog, Target
from lekp_lib.pact.models import SubIndicator
from lekp_lib.register.models import FIRST_DAY
from lekp_lib.register.register import Register

FindingLevel = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Attributes
    ----------
    level
        ``error``: cannot be right, and stops an import; ``warning``: look at it.
    rule
        Short name of the rule, the same for all findings of one kind.
    where
        Municipality, figure and date.
    message
        What was found and what was expected.
    """

    level: FindingLevel
    rule: str
    where: str
    message: str


@dataclass(frozen=True)
class Known:
    """What figures are checked against.

    Attributes
    ----------
    catalog, register
        Targets and municipalities.
    today
        Day of the check; ``None`` leaves the rule on future dates out.
    """

    catalog: Catalog
    register: Register
    today: dt.date | None = None

    def name(self, nis: str) -> str:
        """Name of a place, or its code when the register has none."""
        for day in (FIRST_DAY[2025], FIRST_DAY[2019]):
            try:
                return self.register.get(nis, day).name
            except RegisterError:
                continue
        return nis

    def where(self, item: Observation) -> str:
        """Place of a figure in messages: ``Gent (44021), bomen.publiek, 2025-12-31``."""
        name = self.name(item.nis)
        place = f"{name} ({item.nis})" if name != item.nis else item.nis
        return f"{place}, {item.target_id}.{item.indicator}, {item.reference_date}"

    def target(self, item: Observation) -> Target:
        """Target of a figure."""
        return self.catalog.target(item.target_id)

    def sub(self, item: Observation) -> SubIndicator:
        """Sub-indicator of a figure."""
        return next(sub for sub in self.target(item).indicators if sub.id == item.indicator)


def by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then by rule and place; each once."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda item: (item.level, item.rule, item.where, item.message)))


def plain(value: float) -> str:
    """A number in messages: without a decimal point when it is whole."""
    return str(int(value)) if float(value).is_integer() else repr(round(float(value), 4))
