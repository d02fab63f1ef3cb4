"""Nothing that an edition or a notebook holds stops a report or runs off the paper, and all parts tell one story."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from lxml import html

from lekp_lib import open_report
from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import assess
from lekp_lib.parameters import ReportParameters
from tests.nu_checker import absent
from tests.report.cells import code, text, write
from tests.site_sample import later_edition
from tests.warm_process import run_lekp

WORDS = "Dit cijfer kwam met een lange opmerking van wie het bijhoudt, en die opmerking staat volledig in het verslag. "
LONG = "a" * 400
#: The first drawing of a notebook in the style of the reports; the last one is shown without being asked for.
DRAWINGS = (
    "import matplotlib.pyplot as plt\nfrom lekp_lib import open_report, style\n"
    "rapport = open_report(gemeente=gemeente, editie=editie)",
    "#| fig-alt: Eerste.\nwith style():\n    rapport.kaart('bomen').plot('rate')\nplt.show()",
    "#| fig-alt: Tweede.\nrapport.kaart('bomen').plot('rate').set_axis_off()",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gent when every figure is too old and has a remark of 500 characters, with a word of 400 letters in a cell."""
    root = tmp_path_factory.mktemp("hard")
    figures = Edition.open("voorbeeld").figures.copy()
    own = figures["nis"] == "44021"
    newest = figures[own].groupby(["target_id", "indicator"])["reference_date"].transform("max")
    figures.loc[newest.index[newest == figures.loc[newest.index, "reference_date"]], "reference_date"] = pd.Timestamp(
        2022, 12, 30
    )
    figures = figures[~own | (figures["reference_date"] <= pd.Timestamp(2022, 12, 31))]
    figures.loc[figures["nis"] == "44021", "remark"] = (WORDS * 5)[:500]
    edition = later_edition(root, figures, before="voorbeeld")
    done = run_lekp("report", "Gent", "--editie", str(edition.folder), "--output-dir", str(root / "uit"))
    assert done.returncode == 0, done.stderr
    notebook = write(root / "eigen.ipynb", text(f"Een lang woord: {LONG}."), *map(code, DRAWINGS))
    options = ("--notebook", str(notebook), "--output-dir", str(root / "cel"), "--formats", "html,pdf")
    done = run_lekp("report", "Gent", "--editie", "voorbeeld", *options)
    assert done.returncode == 0, done.stderr
    return root


def test_old_figures_with_long_remarks_make_a_report_in_every_format(folder: Path) -> None:
    made = folder / "uit" / "later" / "44021-gent"
    assert {"rapport.html", "rapport.pdf", "kort.pdf", "presentatie.html", "besluit.docx"} <= {
        path.name for path in made.iterdir()
    }
    words = html.parse(str(made / "rapport.html")).getroot().find(".//main").itertext()
    page = " ".join(" ".join(words).split())
    assert "0 op koers 0 lichte achterstand 0 grote achterstand 15 zonder oordeel" in page and "36 maanden oud" in page
    assert WORDS.strip() in (made / "cijfers.csv").read_text(encoding="utf-8-sig")


def test_a_word_of_400_letters_is_broken_before_the_edge_of_the_paper(folder: Path) -> None:
    if shutil.which("pdftotext") is None:
        absent("pdftotext is not on this machine")
    file = folder / "cel" / "voorbeeld" / "44021-gent" / "rapport.pdf"
    told = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, text=True, check=True).stdout
    told = told.replace("\u200b", "")
    width = float(re.findall(r'<page width="([\d.]+)"', told)[0])
    parts = [(float(end), word) for end, word in re.findall(r'xMax="([\d.]+)"[^>]*>(a+\.?)<', told)]
    assert sum(len(word.rstrip(".")) for _, word in parts) == 400
    assert max(end for end, _ in parts) < width - 20


def test_a_drawing_in_the_style_of_the_reports_takes_no_later_one_away(folder: Path) -> None:
    page = html.parse(str(folder / "cel" / "voorbeeld" / "44021-gent" / "rapport.html")).getroot()
    assert [item.get("aria-label") for item in page.xpath("//main//*[@role='img']")] == ["Eerste.", "Tweede."]


def test_workbook_page_and_maps_say_what_the_table_says(tmp_path: Path) -> None:
    options = ("--editie", "voorbeeld", "--output-dir", str(tmp_path), "--formats", "html,xlsx")
    done = run_lekp("report", "Gent", *options)
    assert done.returncode == 0, done.stderr
    made, rapport = tmp_path / "voorbeeld" / "44021-gent", open_report(gemeente="Gent", editie="voorbeeld")
    head, *lines = openpyxl.load_workbook(made / "cijfers.xlsx")["Cijfers"].iter_rows(min_row=2, values_only=True)
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    numbered = rapport.cijfers[rapport.cijfers["nr"].notna()]
    given = {(row["Nr"], row["Oordeel"]) for row in rows if row["Nr"] in set(numbered["nr"])}
    assert given == set(numbered[["nr", "verdict"]].itertuples(index=False, name=None))
    page = html.parse(str(made / "rapport.html")).getroot()
    shown = " ".join(page.get_element_by_id("kaarten").itertext())
    table = assess(Edition.open("voorbeeld"), ReportParameters(gemeente="*", editie="voorbeeld"))
    wanted = [
        ((rows["rate"] >= rows["rate_level"].max()).sum(), rows["rate"].notna().sum())
        for _, rows in table[table["target_id"].isin(numbered.index)].groupby("target_id", sort=False)
        if rows["rate"].notna().any()
    ]
    assert [(int(n), int(m)) for n, m in re.findall(r"(\d+) van (\d+) op ", shown)] == wanted
    # The map has one yardstick, and says of which pact where pacts ask for another level or thing, or for a pace.
    told = re.findall(r"\d+ van \d+ op (het niveau van LEKP \S+|wat LEKP \S+ vereist)", shown)
    levels = [f"het niveau van LEKP {version}" for version in ("2.0", "2.1", "1.0")]
    assert told == ["wat LEKP 2.0 vereist", *levels]


def test_the_table_of_all_figures_fits_the_paper_and_a_brief_of_many_rows_is_one_page(tmp_path: Path) -> None:
    """Lede has figures of parties with long words, a tempo and a source in every row: nine columns."""
    if shutil.which("pdftotext") is None:
        absent("pdftotext is not on this machine")
    done = run_lekp("report", "Lede", "--editie", "gepubliceerd", "--formats", "pdf", "--output-dir", str(tmp_path))
    assert done.returncode == 0, done.stderr
    made = tmp_path / "gepubliceerd" / "41034-lede"
    told = subprocess.run(["pdftotext", "-bbox", made / "rapport.pdf", "-"], capture_output=True, text=True, check=True)
    place = r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">([^<]+)<'
    pages, edge = told.stdout.split("<page ")[1:], 595.3 - 18 / 25.4 * 72
    for page in pages:
        words = sorted((top, float(start), float(end), word) for start, top, end, word in re.findall(place, page))
        assert max(end for _, _, end, _ in words) < edge + 1
        for one, other in pairwise(words):
            assert one[0] != other[0] or one[2] < other[1] + 0.5, (one, other)
    assert ">Bronnen:<" in pages[0] and "inwoners" in pages[0]
