"""Assessing: pure functions from figures to shares, verdicts, pace and comparisons."""

from lekp_lib.indicators.assessor import Assessor, count_verdicts, required_path
from lekp_lib.indicators.compare import MIN_COMPARED, compare, printed_pct
from lekp_lib.indicators.models import (
    Assessment,
    Comparison,
    GroupComparison,
    Pace,
    Point,
    Reason,
    TargetLevel,
    Verdict,
    VerdictCounts,
)
from lekp_lib.indicators.path import expected_pct
from lekp_lib.indicators.target import Rules, assess_target

__all__ = [
    "MIN_COMPARED",
    "Assessment",
    "Assessor",
    "Comparison",
    "GroupComparison",
    "Pace",
    "Point",
    "Reason",
    "Rules",
    "TargetLevel",
    "Verdict",
    "VerdictCounts",
    "assess_target",
    "compare",
    "count_verdicts",
    "expected_pct",
    "printed_pct",
    "required_path",
]
