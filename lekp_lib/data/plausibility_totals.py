"""The sum of all municipalities against what is published for Flanders: a whole column in the wrong unit shows here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

from lekp_lib.data.findings import Finding, Known, plain
from lekp_lib.data.observation import Measure, Observation
from lekp_lib.pact.models import FlandersTotal, SubIndicator

FACTOR = 3.0
_MOST_OF_THEM = 0.9
_NEAR_DAYS = 550
FLANDERS = "02000"


def _is_share(sub: SubIndicator) -> bool:
    """Shares and rates do not add up."""
    return sub.unit.symbol.startswith("%") or sub.unit.symbol.startswith("per ")


def _told(total: float, published: FlandersTotal, sub: SubIndicator) -> str:
    what = "the goal for Flanders" if published.kind == "doel" else "published for Flanders"
    return (
        f"{plain(round(total, 1))} {sub.unit.symbol} together, {plain(published.value)} is {what} ({published.source})"
    )


def _against(total: float, date: dt.date, published: FlandersTotal, sub: SubIndicator) -> Iterator[str]:
    ratio = total / published.value if published.value else 0.0
    if published.kind == "doel":
        if ratio > FACTOR:
            yield f"{_told(total, published, sub)}: more than {plain(FACTOR)} times"
    elif published.kind == "stand" and abs((published.date - date).days) <= _NEAR_DAYS:
        too_low = ratio < 1 / FACTOR
        if (ratio > FACTOR and not published.lower_bound) or too_low:
            yield f"{_told(total, published, sub)}: a factor of more than {plain(FACTOR)}"


def _comparable(published: Sequence[FlandersTotal], indicator: str, date: dt.date) -> list[FlandersTotal]:
    """Goals, and the published figure nearest in time."""
    of_it = [item for item in published if item.indicator == indicator]
    nearest = sorted((item for item in of_it if item.kind == "stand"), key=lambda item: abs((item.date - date).days))
    return [*(item for item in of_it if item.kind == "doel"), *nearest[:1]]


def total_findings(items: Sequence[Observation], known: Known, areas: frozenset[str]) -> Iterator[Finding]:
    """Sums that differ from published totals by more than a factor.

    Parameters
    ----------
    items
        Figures to check.
    known
        Targets and municipalities.
    areas
        Codes of provinces and of Flanders, which are no parts of a sum.

    Yields
    ------
    Finding
        Only where nearly all municipalities have a figure at the date; for Flanders itself always.
    """
    sums: defaultdict[tuple[str, str, dt.date], dict[str, Observation]] = defaultdict(dict)
    for item in items:
        if item.measure is Measure.AMOUNT and (item.nis not in areas or item.nis == FLANDERS):
            sums[item.target_id, item.indicator, item.reference_date][item.nis] = item
    for (target_id, indicator, date), found in sums.items():
        sample = next(iter(found.values()))
        sub = known.sub(sample)
        if _is_share(sub):
            continue
        parts = [item.value for nis, item in found.items() if nis != FLANDERS]
        whole = len(known.register.municipalities(max(date, dt.date(2019, 1, 1))))
        totals = [sum(parts)] if len(parts) >= _MOST_OF_THEM * whole else []
        totals += [found[FLANDERS].value] if FLANDERS in found else []
        for published in _comparable(known.catalog.target(target_id).flanders, indicator, date):
            for total in totals:
                for message in _against(total, date, published, sub):
                    yield Finding("warning", "flanders", f"Vlaanderen, {target_id}.{indicator}, {date}", message)
