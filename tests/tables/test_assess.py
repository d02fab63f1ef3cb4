"""The table of assessments against a second computation that imports nothing of the program: no cell may differ."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import REASONS, TEMPOS, VERDICTS, assess
from lekp_lib.parameters import ReportParameters
from tests.independent import expected_tables

KEY = ["nis", "target_id"]
COLUMNS = (
    "pact_version", "level_exact", "level", "indicator", "reference_date", "value", "source_id", "share_pct",
    "expected_pct", "pace_per_year", "needed_per_year", "projected_pct", "tempo", "verdict", "reason",
)  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return float(value)
    if value is None or (not isinstance(value, Fraction) and pd.isna(value)):
        return None
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return value


def _differs(found: Any, expected: Any) -> bool:
    if isinstance(found, float) and isinstance(expected, float):
        return abs(found - expected) > 1e-8
    return bool(found != expected)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_cell_is_that_of_the_second_computation(
    edition: Edition, parameters: ReportParameters, column: str
) -> None:
    expected = {
        key: _plain(row.get(column, "" if column == "tempo" else None))
        for key, row in expected_tables.assess(edition.id).items()
    }
    table = assess(edition, parameters).set_index(KEY)[column]
    found = {key: _plain(value) for key, value in table.items()}
    assert {key: (found[key], value) for key, value in expected.items() if _differs(found[key], value)} == {}
    assert len(found) == len(expected) == 285 * 20


def test_every_row_has_one_of_the_words_and_a_reason_of_the_list(
    edition: Edition, parameters: ReportParameters
) -> None:
    table = assess(edition, parameters)
    assert set(table["verdict"]) <= set(VERDICTS) and set(table["reason"]) <= set(REASONS)
    assert set(table["tempo"]) <= set(TEMPOS) and len(VERDICTS) == 10
    judged = table["reason"].isin(["share", "before_deadline"])
    assert (judged == table["verdict"].isin(VERDICTS[:6])).all()
    assert table.loc[judged, ["value", "share_pct", "level"]].notna().all(axis=None)
    assert table.loc[table["verdict"] == "niet in deze editie", "reason"].eq("no_data").all()
