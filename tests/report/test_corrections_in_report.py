"""What a municipality corrected, struck and explained stands in its report, on the page and on paper."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import html

from lekp_lib import open_report
from tests.data.import_samples import csv_bytes, row
from tests.data.test_data_folder import Desk
from tests.nu_checker import absent
from tests.warm_process import run_lekp

CORRECTIONS = """\
correcties:
  - {gemeente: Gent, doel: bomen, peildatum: 2025-12-31, verwacht: 1200, waarde: 1250, reden: "Telling <b>opnieuw</b>",
     auteur: Jo Peeters, datum: 2026-01-05, status: actief}
  - {gemeente: Gent, doel: bomen, peildatum: 2024-12-31, verwacht: 900, schrappen: true, reden: Dubbel geteld,
     auteur: Els Maes, datum: 2026-01-06, status: actief}
  - {gemeente: Gent, doel: bomen, peildatum: 2023-12-31, verwacht: 4, waarde: 5, reden: Herteld, auteur: Jo Peeters,
     datum: 2026-01-05, status: actief}
  - {gemeente: Gent, doel: bomen, indicator: publiek, peildatum: 2024-12-31, verwacht: 700, waarde: 800, reden: Herteld,
     auteur: Jo Peeters, datum: 2026-01-05, status: actief}
  - {gemeente: Gent, doel: warmte_sloopbeleid, indicator: warmteplan, peildatum: 2025-12-31, verwacht: ja, waarde: nee,
     reden: Nog niet goedgekeurd, auteur: Jo Peeters, datum: 2026-01-05, status: actief}
"""
FIGURES = """\
nis;doel;deelindicator;soort;datum;waarde;status
44021;bomen;;procent van doel;2023-12-31;4;gemeten
44021;bomen;;;2024-12-31;900;gemeten
44021;bomen;;;2025-12-31;1200;gemeten
44021;bomen;publiek;;2024-12-31;700;gemeten
44021;warmte_sloopbeleid;warmteplan;;2025-12-31;ja;gemeten
44021;warmte_sloopbeleid;sloopbeleidsplan;;2025-12-31;ja;gemeten
"""
EXPLANATIONS = """\
toelichtingen:
  - {gemeente: Gent, doel: bomen, type: Toelichting, tekst: Wij planten 🌳 in de winter., datum: 2026-01-07,
     auteur: An Jans}
"""
SHOWN = (
    "Toelichting van de gemeente", "Wij planten ? in de winter.", "An Jans, Gent, 7 januari 2026",
    "31 december 2025: was 1.200 bomen, nu 1.250 bomen. Telling <b>opnieuw</b>", "Jo Peeters, 5 januari 2026",
    "31 december 2024: was 900 bomen, geschrapt. Dubbel geteld", "Els Maes, 6 januari 2026",
    "31 december 2023: was 4 % van het doel, nu 5 % van het doel. Herteld",
    "31 december 2024, extra bomen op publiek domein: was 700 bomen, nu 800 bomen. Herteld",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of Gent from an edition with its corrections and explanation."""
    desk = Desk(tmp_path_factory.mktemp("gecorrigeerd"))
    for kind, text in (("correcties", CORRECTIONS), ("toelichtingen", EXPLANATIONS)):
        (desk.folder / "parameters" / kind).mkdir(parents=True)
        (desk.folder / "parameters" / kind / "gent.yaml").write_text(text, encoding="utf-8")
    desk.bring_in("cijfers.csv", FIGURES.encode())
    desk.prepare("eigen")
    edition = str(desk.data / "edities" / "eigen")
    options = ("--formats", "html,pdf", "--output-dir", str(desk.folder / "uit"))
    done = run_lekp("report", "Gent", "--editie", edition, *options)
    assert done.returncode == 0, done.stderr
    return desk.folder / "uit" / "eigen" / "44021-gent"


def test_the_page_shows_reason_explanation_and_the_figure_that_was_struck(folder: Path) -> None:
    page = html.document_fromstring((folder / "rapport.html").read_bytes())
    trees = " ".join(page.get_element_by_id("bomen").text_content().split())
    assert [words for words in SHOWN if words not in trees] == []
    assert "Door de gemeente gecorrigeerd: was 1.200 bomen" in trees


def test_paper_shows_the_same(folder: Path) -> None:
    if shutil.which("pdftotext") is None:
        absent("pdftotext is not on this machine")
    command = ["pdftotext", str(folder / "rapport.pdf"), "-"]
    words = " ".join(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    assert [found for found in SHOWN if found not in words] == []


def test_an_answer_that_was_taken_back_never_reads_as_confirmed(folder: Path) -> None:
    page = html.document_fromstring((folder / "rapport.html").read_bytes())
    plans = " ".join(page.get_element_by_id("warmte_sloopbeleid").text_content().split())
    assert "1 van de 2 plannen in orde" in plans and "Door de gemeente gecorrigeerd: was 2 plannen" in plans
    assert "bevestigd" not in plans


def test_of_before_a_merger_the_newest_figure_stands_not_that_of_the_last_series(tmp_path: Path) -> None:
    """Ham counted points of 2024 and public points of 2021; Tessenderlo counted none, so there is no sum."""
    desk = Desk(tmp_path)
    ham = {"nis": "71069", "gemeente": "Ham", "doel": "laadpunten", "eenheid": "laadpunten"}
    whole = row(**ham, deelindicator="laadpunten", datum="2024-12-30", waarde="73")
    part = row(**ham, deelindicator="publiek", datum="2021-12-31", waarde="9")
    desk.bring_in("ham.csv", csv_bytes(whole, part))
    desk.prepare("eigen")
    rapport = open_report(gemeente="Tessenderlo-Ham", editie=str(desk.data / "edities" / "eigen"))
    told = [item["text"] for item in rapport.doel("laadpunten").data["remarks"]]
    assert told == ["Ham: 73\N{NO-BREAK SPACE}laadpunten (30 december 2024)."]
