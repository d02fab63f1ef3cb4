"""The earlier objects built from the tables of ``indicators``, for rooms that do not read tables yet."""

from lekp_lib.adapter.assessor import Assessor, count_verdicts, required_path
from lekp_lib.adapter.compare import MIN_COMPARED, compare, printed_pct
from lekp_lib.adapter.models import (
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
from lekp_lib.adapter.path import expected_pct
from lekp_lib.adapter.target import Rules

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
    "compare",
    "count_verdicts",
    "expected_pct",
    "printed_pct",
    "required_path",
]
