"""Every table of both editions has the columns, types and words of its schema."""

from __future__ import annotations

from lekp_lib.edition import Edition
from lekp_lib.indicators.areas import areas
from lekp_lib.indicators.assess import assess
from lekp_lib.indicators.compare import compare, published_targets
from lekp_lib.indicators.schema import AREAS, ASSESSMENTS, COMPARISONS, FIGURES, PUBLISHED_TARGETS
from lekp_lib.parameters import ReportParameters


def test_tables_fit_their_schemas(edition: Edition, parameters: ReportParameters) -> None:
    assessments = assess(edition, parameters)
    FIGURES.validate(edition.figures, lazy=True)
    ASSESSMENTS.validate(assessments, lazy=True)
    PUBLISHED_TARGETS.validate(published_targets(assessments, edition), lazy=True)
    COMPARISONS.validate(compare(assessments, edition), lazy=True)
    AREAS.validate(areas(assessments, edition, parameters), lazy=True)


def test_areas_add_up(edition: Edition, parameters: ReportParameters) -> None:
    table = areas(assess(edition, parameters), edition, parameters)
    sums = table.groupby(["target_id", "unit", "area_kind"])[["members", "counted", "value", "yes", "no"]].sum()
    for _, parts in sums.groupby(["target_id", "unit"]):
        flanders, provinces = (parts.xs(kind, level="area_kind").iloc[0] for kind in ("vlaanderen", "provincie"))
        assert (flanders - provinces).abs().max() < 1e-6 * max(1, flanders.abs().max())
