"""Verdicts that changed between two editions, under the same rules."""

from __future__ import annotations

import pandas as pd

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import assess
from lekp_lib.parameters import ReportParameters

_KEY = ["nis", "target_id"]


def lasting_codes(old: Edition, new: Edition) -> list[str]:
    """Municipalities that are the same in both editions; the same code with another territory is another one."""
    before = {place.nis for place in old.register.municipalities(old.reference_date)}
    both = [place.nis for place in new.register.municipalities(new.reference_date) if place.nis in before]
    return [nis for nis in both if new.register.parts(nis, old.reference_date, new.reference_date) == (nis,)]


def verdict_changes(old: Edition, new: Edition, parameters: ReportParameters) -> pd.DataFrame:
    """Verdicts that differ between two editions.

    Parameters
    ----------
    old, new
        The earlier and the later edition.
    parameters
        Rules for both.

    Returns
    -------
    pandas.DataFrame
        One row per municipality and target with another verdict: ``nis``, ``target_id``, ``before``, ``after`` and
        ``reference_date`` of the figure that counts now; by municipality, then by target in the official order.
    """
    earlier = assess(old, parameters)[[*_KEY, "verdict"]].rename(columns={"verdict": "before"})
    later = assess(new, parameters)[[*_KEY, "verdict", "reference_date"]].rename(columns={"verdict": "after"})
    both = later[later["nis"].isin(lasting_codes(old, new))].merge(earlier, on=_KEY)
    return both[both["before"] != both["after"]].reset_index(drop=True)
