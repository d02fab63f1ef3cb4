"""Verdicts that changed between two editions, under the same rules."""

from __future__ import annotations

from dataclasses import dataclass

from lekp_lib.adapter.assessor import Assessor
from lekp_lib.adapter.models import Assessment
from lekp_lib.edition import Edition
from lekp_lib.parameters import ReportParameters


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """One municipality x one target with another verdict than before."""

    before: Assessment
    after: Assessment


def verdict_changes(
    old: Edition, new: Edition, parameters: ReportParameters, nis: str | None = None
) -> tuple[VerdictChange, ...]:
    """Verdicts that differ between two editions.

    Parameters
    ----------
    old, new
        The earlier and the later edition.
    parameters
        Rules for both; each municipality is held to the version of the parameters, or to the highest it signed.
    nis
        Only this municipality; all that exist in both editions by default.

    Returns
    -------
    tuple of VerdictChange
        By municipality, then by target in the official order. A municipality that merged in between has no verdict
        before its merger.
    """
    earlier, later = Assessor(old, parameters), Assessor(new, parameters)
    both = [code for code in later.all_nis if code in set(earlier.all_nis) and nis in (None, code)]
    changes = []
    for code in both:
        if new.register.parts(code, old.reference_date, new.reference_date) != (code,):
            continue  # the same code, but another territory
        before = {item.target.id: item for item in earlier.municipality(code)}
        changes += [
            VerdictChange(before[item.target.id], item)
            for item in later.municipality(code)
            if item.verdict is not before[item.target.id].verdict
        ]
    return tuple(changes)
