"""Schema of the table of figures: columns, units, meaning and allowed words. Imported only where a table is checked."""

from __future__ import annotations

from collections.abc import Sequence

import pandera.pandas as pa

from lekp_lib.edition.models import Measure, Status
from lekp_lib.edition.tables import DATE_PRECISIONS, SORT_KEY

DATE = "datetime64[s]"


def column(dtype: str, meaning: str, unit: str = "", allowed: Sequence[str] = (), *, always: bool = False) -> pa.Column:
    """One column of a table, with what the reference page says of it.

    Parameters
    ----------
    dtype
        Type of pandas.
    meaning
        One sentence; says when the value is missing.
    unit
        Unit of the values, where they have the same one.
    allowed
        The only words that may stand there.
    always
        Whether no value may be missing.
    """
    checks = [pa.Check.isin(list(allowed))] if allowed else []
    return pa.Column(dtype, checks, nullable=not always, description=meaning, metadata={"unit": unit, "words": allowed})


FIGURES = pa.DataFrameSchema(
    {
        "target_id": column("str", "Target, or context, of the catalogue.", always=True),
        "indicator": column("str", "Series of that target.", always=True),
        "nis": column("str", "Municipality at the reference date of the edition.", always=True),
        "reference_date": column(DATE, "Day that the figure describes.", always=True),
        "value": column("float64", "Figure; 0 or 1 for a part of a yes/no target.", "unit of the series", always=True),
        "status": column("str", "How certain the figure is.", allowed=[str(item) for item in Status], always=True),
        "source_id": column("str", "Source of the catalogue.", always=True),
        "measure": column(
            "str",
            "An amount, or a share of the target that the source computed.",
            "",
            [str(item) for item in Measure],
            always=True,
        ),
        "date_precision": column(
            "str",
            "How exactly the source names its date; the reference date is the last day of that period.",
            "",
            DATE_PRECISIONS,
            always=True,
        ),
        "retrieved": column(DATE, "Day on which the figure was read."),
        "url": column("str", "Address of the document; empty when there is none.", always=True),
        "since": column(DATE, "Since when a part of a yes/no target is in order."),
        "base_year": column("Int64", "Year with which a reduction or a yearly average compares.", "year"),
        "remark": column("str", "Remark of the source; empty when there is none.", always=True),
        "original": column(
            "float64", "What the source says, where the municipality corrected it.", "unit of the series"
        ),
        "correction_note": column("str", "Reason, author and date of a correction.", always=True),
    },
    strict=True,
    unique=list(SORT_KEY),
    title="figures",
    description="Edition.figures: one observation a row.",
)
