"""What a source says was never entered: a state of its own, from a file to the table of assessments."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import assess
from lekp_lib.parameters import ReportParameters
from tests.independent import expected_tables

FILE = """nis;doel;datum;waarde;status;bron
44021;bomen;2025-12-31;;niet geregistreerd;groenblauwpeil
44021;ontharding;2024-12-31;500;gemeten;groenblauwpeil
44021;ontharding;2025-12-31;;niet geregistreerd;groenblauwpeil
44021;fietspaden;2025-12-31;0;nul;mow
71022;bomen;2023-12-31;;niet geregistreerd;groenblauwpeil
73040;bomen;2023-12-31;;niet geregistreerd;groenblauwpeil
23023;bomen;2023-12-31;;niet geregistreerd;groenblauwpeil
23024;bomen;2023-12-31;12;gemeten;groenblauwpeil
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("project")
    data = ["--data-dir", str(place / "data"), "--vandaag", "2026-02-01"]
    (place / "cijfers.csv").write_text(FILE, encoding="utf-8")
    for command in (
        ["import", str(place / "cijfers.csv"), "--as", "sjabloon"],
        ["prepare", "--editie", "2025", "--peildatum", "2025-12-31"],
    ):
        result = CliRunner().invoke(app, ["data", *command, *data])
        assert result.exit_code == 0, result.output
    return place / "data" / "edities" / "2025"


def test_what_was_never_entered_is_a_state_of_its_own(folder: Path) -> None:
    edition = Edition.open(str(folder))
    table = assess(edition, ReportParameters(gemeente="*", editie=str(folder))).set_index(["nis", "target_id"])
    words = {key: tuple(table.loc[key, ["verdict", "reason"]]) for key in table.index}
    nothing = ("niet geregistreerd", "not_registered")
    assert words["44021", "bomen"] == words["71072", "bomen"] == nothing
    assert table.loc[("44021", "bomen"), ["value", "reference_date", "share_pct"]].isna().all()
    # A figure that is known stays the figure, and a real zero is a zero.
    assert table.loc[("44021", "ontharding"), "value"] == 500 and table.loc[("44021", "fietspaden"), "value"] == 0
    # One part of a merged municipality that entered nothing makes no statement on the whole.
    assert words["23106", "bomen"] == words["44021", "klimaattafels"] == ("niet in deze editie", "no_data")
    assert edition.figures["value"].notna().all() and len(edition.unregistered) == 3


def test_the_second_computation_says_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(expected_tables.REFERENCE_DATES, "2025", pd.Timestamp("2025-12-31").date())
    expected = expected_tables.assess(str(folder))
    table = assess(Edition.open(str(folder)), ReportParameters(gemeente="*", editie=str(folder)))
    for row in table.to_dict("records"):
        other = expected[row["nis"], row["target_id"]]
        assert (row["verdict"], row["reason"]) == (other["verdict"], other["reason"])


def test_a_figure_with_that_state_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fout.csv").write_text(FILE.replace(";;niet", ";12;niet"), encoding="utf-8")
    command = ["data", "import", str(tmp_path / "fout.csv"), "--as", "sjabloon", "--data-dir", str(tmp_path / "data")]
    result = CliRunner().invoke(app, command)
    assert result.exit_code != 0 and "een lege cel, want de status is niet_geregistreerd" in " ".join(
        result.output.split()
    )
