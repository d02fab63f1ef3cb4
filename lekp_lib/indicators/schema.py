"""Schemas of the tables of verdicts, comparisons and areas. Imported only where a table is checked or described."""

from __future__ import annotations

import pandera.pandas as pa

from lekp_lib.edition.freeze import DATE, figures_schema
from lekp_lib.edition.freeze import schema_column as column
from lekp_lib.indicators.assess import REASONS, TEMPOS, VERDICTS
from lekp_lib.pact import PACT_VERSIONS, Denominator
from lekp_lib.register import PeerKind

FIGURES = figures_schema()
_LEVEL, _SERIES, _PERCENT, _RATE = "unit of the level", "unit of the series", "%", "rate of the target"
_COPIED = ("date_precision", "status", "measure", "source_id", "url", "base_year", "since", "original")
_AREAS = [str(kind) for kind in (PeerKind.FLANDERS, PeerKind.PROVINCE, PeerKind.REGION, PeerKind.SIZE)]


def _of_figure(name: str) -> pa.Column:
    """The same column as in the table of figures, missing where there is no figure."""
    known = FIGURES.columns[name]
    words = (known.metadata or {}).get("words", ())
    return column(str(known.dtype), f"{known.description} Of the current figure.", allowed=words)


ASSESSMENTS = pa.DataFrameSchema(
    {
        "nis": column("str", "Municipality.", always=True),
        "target_id": column("str", "Target of the catalogue.", always=True),
        "pact_version": column(
            "str", "Version of the pact that is held to; missing when none was signed.", "", PACT_VERSIONS
        ),
        "level_indicator": column("str", "Series that the level asks for; missing when the target does not hold."),
        "unit": column("str", "Symbol of the unit of the level."),
        "level_exact": column("float64", "Level, unrounded; missing when the denominator is not known.", _LEVEL),
        "level": column("float64", "Level as printed and judged: whole things rounded down.", _LEVEL),
        "denominator_kind": column("str", "What the level is counted per.", "", [str(item) for item in Denominator]),
        "denominator": column("float64", "Number of inhabitants, dwellings or households.", "denominator_kind"),
        "denominator_date": column(DATE, "Day of that count."),
        "path_start": column(DATE, "First day of the required path.", always=True),
        "deadline": column(DATE, "Last day; missing when no public text states one."),
        "indicator": column("str", "Series of the current figure."),
        "reference_date": column(DATE, "Day of the current figure; for yes/no the oldest of the answers."),
        "value": column(
            "float64",
            "Current figure: the newest judged one, else the newest of the others. Parts in order for yes/no.",
            _SERIES,
        ),
        **{name: _of_figure(name) for name in _COPIED},
        "rank": column("str", "Rank of the source.", "", ["officieel", "gemeente", "pers", "partij"]),
        "parts_yes": column("float64", "Parts of a yes/no target that are in order, of those known.", "parts"),
        "parts_total": column("float64", "Parts of a yes/no target; missing for other targets.", "parts"),
        "share_pct": column(
            "float64", "Share of the level; missing where figure and level cannot be held against each other.", _PERCENT
        ),
        "expected_pct": column("float64", "Share that the required path asks for on the day of the figure.", _PERCENT),
        "verdict": column("str", "State of the target.", "", VERDICTS, always=True),
        "reason": column("str", "Why; share means that the general rule was applied.", "", REASONS, always=True),
        "tempo": column(
            "str",
            "Does the present pace reach the level in time? Empty where that is no question.",
            "",
            TEMPOS,
            always=True,
        ),
        "pace_per_year": column(
            "float64", "Slope of least squares through the last figure of the newest four years.", f"{_LEVEL} a year"
        ),
        "needed_per_year": column(
            "float64", "What is needed from the day of the figure on; unrounded.", f"{_LEVEL} a year"
        ),
        "projected_pct": column("float64", "Share of the level at the deadline at the present pace.", _PERCENT),
        "arrival_year": column("float64", "Year in which the present pace reaches the level.", "year"),
        "age_months": column("float64", "Whole months from the figure to the reference date of the edition.", "months"),
        "age_days": column("float64", "Days from the figure to the reference date of the edition.", "days"),
        "rate": column(
            "float64",
            "What is compared: the figure per so many inhabitants or dwellings, as the catalogue says.",
            _RATE,
        ),
        "rate_level": column("float64", "The level as a rate; missing when it is in another unit.", _RATE),
        "rate_expected": column("float64", "What the path asks for on the day of the figure, as a rate.", _RATE),
        "other_value": column("float64", "A newer figure of a source that is not judged.", _SERIES),
        "other_measure": _of_figure("measure"),
        "other_date": column(DATE, "Day of that other figure."),
        "other_source_id": column("str", "Source of that other figure."),
        "other_url": column("str", "Address of that other figure."),
    },
    strict=True,
    unique=["nis", "target_id"],
    title="assessments",
    description="assess(edition, parameters): one row per municipality and target.",
)

COMPARISONS = pa.DataFrameSchema(
    {
        "nis": column("str", "Municipality.", always=True),
        "target_id": column("str", "Target of the catalogue.", always=True),
        "group": column("str", "Kind of group.", "", [str(kind) for kind in PeerKind], always=True),
        "label": column("str", "Name of the group for readers.", always=True),
        "members": column("int64", "Municipalities in the group.", "municipalities", always=True),
        "n": column("int64", "Members with a rate.", "municipalities", always=True),
        "median": column("float64", "Median of these rates; missing below ten, and for neighbours.", _RATE),
        "ahead": column(
            "float64", "Members whose rate as printed is higher; missing without an own rate.", "municipalities"
        ),
        "rank": column("float64", "Place of the municipality: ahead + 1.", "place"),
    },
    strict=True,
    unique=["nis", "target_id", "group"],
    title="comparisons",
    description="compare(assessments, edition): one row per municipality, target and group.",
)

_COUNT = "municipalities"
AREAS = pa.DataFrameSchema(
    {
        "area_kind": column("str", "Kind of area.", "", _AREAS, always=True),
        "area": column("str", "Name of the area.", always=True),
        "target_id": column("str", "Target of the catalogue.", always=True),
        "level_indicator": column("str", "Series of the levels that are added up; missing where levels do not add up."),
        "unit": column("str", "Symbol of the unit of sums and medians.", always=True),
        "members": column("int64", "Municipalities of the area.", _COUNT, always=True),
        "applying": column("int64", "Municipalities for whom the target, in this unit, holds.", _COUNT, always=True),
        "counted": column("int64", "Municipalities with a usable figure.", _COUNT, always=True),
        "inhabitants": column("float64", "Inhabitants of the area in the year of the denominator.", "inhabitants"),
        "inhabitants_counted": column("float64", "Inhabitants of municipalities with a usable figure.", "inhabitants"),
        "value": column("float64", "Sum of the usable figures.", _LEVEL),
        "level": column("float64", "Sum of the unrounded levels of the same municipalities.", _LEVEL),
        "required": column("float64", "Sum of what each path asks for on the day of its figure.", _LEVEL),
        "share_pct": column("float64", "value as part of level.", _PERCENT),
        "expected_pct": column("float64", "required as part of level.", _PERCENT),
        "level_all": column("float64", "Sum of the levels of all for whom it holds.", _LEVEL),
        "first_date": column(DATE, "Oldest figure in the sum."),
        "last_date": column(DATE, "Newest figure in the sum."),
        "median_value": column("float64", "Middle figure where levels do not add up; missing below ten.", _SERIES),
        "median_share_pct": column("float64", "Middle share where levels do not add up; missing below ten.", _PERCENT),
        "yes": column("float64", "Municipalities in order; only for yes/no.", _COUNT),
        "no": column("float64", "Municipalities not in order; only for yes/no.", _COUNT),
        "unknown": column("float64", "Municipalities without a complete answer; only for yes/no.", _COUNT),
        **{word: column("int64", f"Municipalities with this state: {word}.", _COUNT, always=True) for word in VERDICTS},
    },
    strict=True,
    title="areas",
    description="areas(assessments, edition, parameters): one row per area, target and unit.",
)
