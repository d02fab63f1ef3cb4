"""Files of a sample of reports, made by the command, against exact fractions that know nothing of the program."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.independent.report_numbers import faults_of, faults_of_page
from tests.warm_process import run_lekp

SAMPLE = {
    "voorbeeld": ("Gent", "Scherpenheuvel-Zichem", "Herstappe"),
    "gepubliceerd": ("De Haan", "Duffel", "Mesen", "Houthulst", "Beveren-Kruibeke-Zwijndrecht"),
}


@pytest.mark.slow
@pytest.mark.parametrize("edition", SAMPLE)
def test_every_number_in_every_file_is_an_expected_one(edition: str, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not on this machine")
    done = run_lekp("report", *SAMPLE[edition], "--editie", edition, "--output-dir", str(tmp_path))
    assert done.returncode == 0, done.stderr
    folders = sorted((tmp_path / edition).iterdir())
    assert len(folders) == len(SAMPLE[edition])
    assert [fault for folder in folders for fault in faults_of(edition, folder)] == []
    if edition == "voorbeeld":
        page = (tmp_path / edition / "44021-gent" / "rapport.html").read_text("utf-8").replace("23.207", "23.208")
        assert any("bomen: page says 23.208" in fault for fault in faults_of_page(edition, "44021", page.encode()))
