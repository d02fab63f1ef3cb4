"""Where a municipality stands among the others: one definition of each median, over those with a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from statistics import median

from lekp_lib.adapter.models import Assessment, Comparison, GroupComparison, Point, Reason
from lekp_lib.register.models import PeerGroup, PeerKind

#: Fewer figures than this in all of Flanders make no comparison: a median of five says nothing about 285.
MIN_COMPARED = 10
#: Fewer figures than this in one group give no median for that group.
MIN_IN_GROUP = 3
#: So many similar municipalities that are further are named.
SIMILAR_NAMED = 3


@cache  # every report ranks the same shares of all municipalities
def printed_pct(share_pct: float) -> int:
    """Share as printed without decimals, half up; nobody is ranked on a difference that is not printed."""
    return int(Decimal(repr(round(share_pct, 9))).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def comparable_share(assessment: Assessment) -> float | None:
    """Share that may be compared: recent, in the unit of the level, and computed by the same rule as all others."""
    comparable = (Reason.SHARE, Reason.BEFORE_DEADLINE, Reason.DATE_UNCERTAIN)
    return assessment.share_pct if assessment.reason in comparable else None


def _group(group: PeerGroup, shares: Mapping[str, float], own: float | None) -> GroupComparison:
    found = [shares[nis] for nis in group.members if nis in shares]
    ahead = None if own is None else sum(printed_pct(share) > printed_pct(own) for share in found)
    return GroupComparison(
        group=group,
        members=len(group.members),
        with_data=len(found),
        median_pct=median(found) if len(found) >= MIN_IN_GROUP else None,
        ahead=ahead,
    )


def compare(
    own: Assessment,
    others: Iterable[Assessment],
    groups: Sequence[PeerGroup],
    population: Callable[[str], int],
) -> Comparison:
    """One target across all municipalities, seen from one of them.

    Parameters
    ----------
    own
        Assessment of the municipality itself; takes the place of its entry among the others.
    others
        Assessments of the same target for all municipalities.
    groups
        Peer groups of the municipality.
    population
        Inhabitants by NIS, to find municipalities of like size.

    Returns
    -------
    Comparison
        Shares, municipalities without data and municipalities without signature together are all municipalities.
    """
    everyone = {item.nis: item for item in others} | {own.nis: own}
    shares: dict[str, float] = {}
    points: dict[str, Point] = {}
    no_data: list[str] = []
    not_signed: list[str] = []
    for nis, item in sorted(everyone.items()):
        share = comparable_share(item)
        if share is not None:
            shares[nis] = share
            if item.current is not None:
                points[nis] = item.current
        elif item.applies:
            no_data.append(nis)
        else:
            not_signed.append(nis)
    own_share = shares.get(own.nis)
    size_class = next((group for group in groups if group.kind is PeerKind.SIZE), None)
    better: list[str] = []
    if own_share is not None and size_class is not None:
        further = [
            nis for nis in size_class.members if nis in shares and printed_pct(shares[nis]) > printed_pct(own_share)
        ]
        better = sorted(further, key=lambda nis: (abs(population(nis) - population(own.nis)), nis))[:SIMILAR_NAMED]
    return Comparison(
        nis=own.nis,
        target=own.target,
        shares=shares,
        no_data=tuple(no_data),
        not_signed=tuple(not_signed),
        groups=tuple(_group(group, shares, own_share) for group in groups),
        similar_better=tuple(better),
        points=points,
    )
