"""The report on Flanders: the same road as a municipality's, and it says what the figures say."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import nbformat
import page as validator
import pikepdf
import pytest
from lxml import html as lxml_html

from lekp_lib import open_flanders
from lekp_lib.errors import ParameterError
from lekp_lib.parameters import LOOK, ReportParameters
from lekp_lib.present.flanders import OWN_ONLY
from lekp_lib.report.engine import notebook_parameters
from lekp_lib.report.files import read_manifest
from tests.warm_process import run_lekp

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "vlaanderen.ipynb"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished report of the published figures, where nearly everything is missing."""
    root = tmp_path_factory.mktemp("outputs")
    done = run_lekp("flanders", "--editie", "gepubliceerd", "--output-dir", str(root))
    assert done.returncode == 0, done.stderr
    assert [path.name for path in root.iterdir()] == ["gepubliceerd"], "no scratch folder is left"
    return root / "gepubliceerd" / "vlaanderen"


def test_report_is_whole_and_says_what_it_is(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert manifest["subject"] == "vlaanderen" and "municipality" not in manifest
    assert set(manifest["files"]) == {"rapport.html", "rapport.pdf", "vlaanderen.csv"}
    page = lxml_html.fromstring((folder / "rapport.html").read_text(encoding="utf-8"))
    assert [item.text_content() for item in page.iter("h1")] == [open_flanders(editie="gepubliceerd").headline]
    for profile in ("ua1", "2a"):
        told = validator.validate_pdf_bytes((folder / "rapport.pdf").read_bytes(), profile=profile)
        assert told.is_compliant, str(told)
    with pikepdf.open(folder / "rapport.pdf") as pdf:
        assert "Vlaanderen" in str(pdf.docinfo["/Title"])


def test_csv_keeps_missing_totals_empty(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((folder / "vlaanderen.csv").read_text(encoding="utf-8-sig"))))
    assert {row["gebied_soort"] for row in rows} == {"vlaanderen", "provincie", "referentieregio", "grootteklasse"}
    flanders = {row["doel_id"]: row for row in rows if row["gebied_soort"] == "vlaanderen"}
    assert (flanders["hemelwateropvang"]["bruikbaar"], flanders["hemelwateropvang"]["gemeenten"]) == ("0", "285")
    assert flanders["hemelwateropvang"]["deel_pct"] == ""
    # Pact 1.0 counts points and 2.0 equivalents: a row per unit.
    points = [row for row in rows if (row["gebied_soort"], row["doel_id"]) == ("vlaanderen", "laadpunten")]
    assert sorted(int(row["bruikbaar"]) for row in points) == [0, 75]
    counts = [name for name in rows[0] if name.startswith("aantal_")]
    assert all(sum(int(row[name]) for name in counts) == int(row["gemeenten"]) for row in rows)


def test_notebook_follows_the_parameters() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert set(notebook_parameters(notebook)) == set(ReportParameters.model_fields) - {*OWN_ONLY, *LOOK}


def test_a_municipality_is_refused() -> None:
    with pytest.raises(ParameterError, match="gemeente"):
        open_flanders(gemeente="Gent", editie="voorbeeld")
