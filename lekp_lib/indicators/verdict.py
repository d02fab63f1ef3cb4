"""The verdict: five words by rule, or an honest abstention with its reason (spec design.md 4)."""

from __future__ import annotations

from lekp_lib.indicators.models import Verdict
from lekp_lib.pact.models import Kind

#: Shares come out of one division; closer than this they are equal.
_NOISE_PCT = 1e-9


def judge(
    share_pct: float,
    expected_pct: float | None,
    threshold: float,
    *,
    kind: Kind,
    deadline_passed: bool,
) -> Verdict:
    """Verdict on an unrounded share.

    Parameters
    ----------
    share_pct
        Realised share of the level, percent.
    expected_pct
        Share required at the same date; ``None`` when nothing is required yet.
    threshold
        From this part of the expected share on, being behind is slight (0.7).
    kind
        A yearly rate is an average that can still fall, so it is *reached* only once the deadline has passed.
    deadline_passed
        Whether the reference date of the figure is on or after the deadline.

    Examples
    --------
    >>> judge(45.0, 50.0, 0.7, kind=Kind.CUMULATIVE, deadline_passed=False)
    <Verdict.SLIGHTLY_BEHIND: 'lichte achterstand'>
    """
    if share_pct >= 100 - _NOISE_PCT and (kind is not Kind.ANNUAL_RATE or deadline_passed):
        return Verdict.REACHED
    if expected_pct is None:
        return Verdict.NOT_YET_REQUIRED
    if share_pct >= expected_pct - _NOISE_PCT:
        return Verdict.ON_TRACK
    if share_pct >= threshold * expected_pct - _NOISE_PCT:
        return Verdict.SLIGHTLY_BEHIND
    return Verdict.FAR_BEHIND
