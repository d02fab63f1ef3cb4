"""Ordinary outputs are at home on the page and on paper, or refused with cell, reason and the line to paste."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import page as validator
import pytest
from lxml import html
from nbformat import NotebookNode

from tests.nu_checker import absent
from tests.report.cells import code, pasted, text, write
from tests.warm_process import run_lekp

FRAME = """import pandas as pd
import matplotlib.pyplot as plt
df = pd.DataFrame({
    "wijk": ["Noord", "Zuid"], "jaar": [2024, 2025], "bomen": [12345, None], "aandeel": [0.51234, 1.5],
    "nis": [44021, 11001], "datum": pd.to_datetime(["2025-12-31", "2024-01-01"]), "af": [True, False],
})"""
GOOD = [
    code(FRAME),
    text("## Tabellen"),
    code("#| tbl-cap: Bomen per wijk\ndf"),
    code('#| tbl-cap: Eigen opmaak\ndf[["wijk", "aandeel"]].style.format({"aandeel": "{:.1%}"}).hide(axis="index")'),
    code('#| tbl-cap: Per jaar\ndf.pivot_table(index="wijk", columns="jaar", values="aandeel")'),
    text("## Figuren"),
    code('#| fig-cap: Bomen\n#| fig-alt: Staafdiagram van twee wijken.\ndf.plot(x="wijk", y="bomen", kind="bar")'),
    code("#| fig-alt: Lijn van 1 naar 3.\nplt.plot([1, 2, 3])\nplt.show()"),
    code(
        "#| fig-alt: Lijn van 3 naar 1.\nfrom matplotlib.figure import Figure\n"
        "f = Figure(figsize=(4, 2))\nf.subplots().plot([3, 2, 1])\nf"
    ),
    code(
        "#| fig-alt: Kaart met een vierkant.\nimport geopandas as gpd\nfrom shapely.geometry import box\n"
        "gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)]).plot()"
    ),
    text("## Tekst"),
    code(
        "from IPython.display import Markdown, display\n"
        'display(Markdown("Een *zin* met **3** en [een link](https://a.be)."))'
    ),
    code('print("regel 1\\nregel <2>")'),
    pasted("Een groen vlak dat een boom voorstelt"),
    text("Tabel: Met strepen\n\n| a | b |\n|---|--:|\n| `x|y` | 1 |\n| é ž ł ő | **2** |"),
    text("Van $50 tot $100, of € 1.000; mail klimaat@gent.be; #label; *ster"),
    code("#| tbl-cap: Budget\nimport hulp\npd.DataFrame(hulp.rijen())"),
    code('with open("mijn/budget.csv") as f:\n    print(len(f.readlines()), "lijnen")'),
]
BAD = [
    (code(FRAME + "\ndf"), "een tabel zonder titel", "#| tbl-cap: "),
    (code(FRAME + "\nplt.plot([1]);"), "een figuur zonder tekst", "#| fig-alt: "),
    (code(FRAME + "\ndf.bomen"), "Series", "to_frame("),
    (code("object()"), "'<object", "puntkomma"),
    (code('from IPython.display import HTML\nHTML("<p>x</p>")'), "HTML", "display(Markdown("),
    (text("een <b>vet</b> woord"), "'<b>'", "markdown"),
    (text("| a | b |\n|---|---|\n| 1 | 2 |"), "een tabel zonder titel", "Tabel: "),
    (pasted("image.png"), "een beeld zonder tekst", "![Wat het beeld toont]"),
    (text("![Een foto van een boom](weg.png)"), "weg.png", "naast het notebook"),
    (text("[hier](../geheim.html)"), "../geheim.html", "https://"),
]
#: These end a report before the rest is looked at, or after it.
ALONE = [(text("Een boom: 🌳"), "U+1F333", "in letters"), (code("1 / 0"), "cel 3", "ZeroDivisionError")]


def make(notebook: Path, outputs: Path, *more: str) -> subprocess.CompletedProcess[str]:
    common = ("--editie", "voorbeeld", "--notebook", str(notebook), "--output-dir", str(outputs))
    return run_lekp("report", "Gent", *common, "--formats", "html,pdf", *more)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook with ordinary cells, a module and a csv beside it, and its report."""
    root = tmp_path_factory.mktemp("gewoon")
    write(root / "eigen.ipynb", *GOOD)
    (root / "mijn").mkdir()
    (root / "mijn" / "budget.csv").write_text("wijk,jaar,bedrag\nNoord,2024,1234.5\nZuid,2025,\n")
    (root / "hulp.py").write_text(
        "import csv\nfrom pathlib import Path\n\n\ndef rijen():\n"
        '    with (Path(__file__).parent / "mijn" / "budget.csv").open() as f:\n'
        "        return list(csv.DictReader(f))\n"
    )
    done = make(root / "eigen.ipynb", root / "uit")
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture(scope="module")
def page(folder: Path) -> html.HtmlElement:
    return html.document_fromstring((folder / "uit/voorbeeld/44021-gent/rapport.html").read_bytes())


def rows(page: html.HtmlElement, caption: str) -> list[list[str]]:
    table = next(t for t in page.iter("table") if t.findtext("caption") == caption)
    return [[" ".join(cell.text_content().split()) for cell in row.iter("th", "td")] for row in table.iter("tr")]


def test_a_dataframe_is_a_table_in_dutch(page: html.HtmlElement) -> None:
    assert rows(page, "Bomen per wijk") == [
        ["wijk", "jaar", "bomen", "aandeel", "nis", "datum", "af"],
        ["Noord", "2024", "12.345", "0,51", "44021", "31 december 2025", "ja"],
        ["Zuid", "2025", "niet bekend", "1,50", "11001", "1 januari 2024", "nee"],
    ]


def test_formats_that_somebody_chose_win(page: html.HtmlElement) -> None:
    assert rows(page, "Eigen opmaak")[1:] == [["Noord", "51.2%"], ["Zuid", "150.0%"]]


def test_levels_of_columns_and_years_in_heads(page: html.HtmlElement) -> None:
    assert rows(page, "Per jaar") == [
        ["wijk", "2024", "2025"],
        ["Noord", "0,5123", "niet bekend"],
        ["Zuid", "niet bekend", "1,5"],
    ]


def test_figures_have_their_text(page: html.HtmlElement) -> None:
    names = [item.get("aria-label") for item in page.xpath("//main//*[@role='img']")]
    assert names == [
        "Staafdiagram van twee wijken.", "Lijn van 1 naar 3.", "Lijn van 3 naar 1.", "Kaart met een vierkant.",
        "Een groen vlak dat een boom voorstelt",
    ]  # fmt: skip


def test_text_stays_text(page: html.HtmlElement) -> None:
    words = " ".join(page.find(".//main").text_content().split())
    assert "Van $50 tot $100, of € 1.000; mail klimaat@gent.be; #label; *ster" in words
    assert "regel 1 regel <2>" in words and "3 lijnen" in words
    assert page.xpath("//main//a[@href='https://a.be']/text()") == ["een link"]
    assert rows(page, "Met strepen") == [["a", "b"], ["x|y", "1"], ["é ž ł ő", "2"]]


def test_a_module_beside_the_notebook_is_at_home(page: html.HtmlElement) -> None:
    assert rows(page, "Budget")[1:] == [["Noord", "2024", "1.234,5"], ["Zuid", "2025", "niet bekend"]]


def test_paper_says_the_same(folder: Path) -> None:
    data = (folder / "uit/voorbeeld/44021-gent/rapport.pdf").read_bytes()
    for profile in ("ua1", "2a"):
        told = validator.validate_pdf_bytes(data, profile=profile)
        assert told.is_compliant, str(told)
    if shutil.which("pdftotext") is None:
        absent("pdftotext is not on this machine")
    command = ["pdftotext", str(folder / "uit/voorbeeld/44021-gent/rapport.pdf"), "-"]
    words = " ".join(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    for found in (
        "Bomen per wijk",
        "12.345",
        "31 december 2025",
        "x|y",
        "$50 tot $100",
        "regel <2>",
        "1.234,5",
        "51.2%",
    ):
        assert found in words


def test_a_kernel_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    done = make(folder / "eigen.ipynb", tmp_path, "--engine", "kernel")
    assert done.returncode == 0, done.stderr
    for name in ("rapport.html", "rapport.pdf"):
        here, there = (root / "voorbeeld/44021-gent" / name for root in (folder / "uit", tmp_path))
        assert here.read_bytes() == there.read_bytes()


def test_what_cannot_stand_there_is_refused_all_at_once_with_the_way_out(tmp_path: Path) -> None:
    done = make(write(tmp_path / "fout.ipynb", *(cell for cell, _, _ in BAD)), tmp_path / "uit")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    told = re.split(r"\n  - (?=cel )", done.stderr)[1:]
    for number, (_, found, way_out) in enumerate(BAD, 3):
        own = [item for item in told if item.startswith(f"cel {number} ")]
        assert own and found in own[0] and way_out in own[0], (number, told)


@pytest.mark.parametrize(("cell", "found", "way_out"), ALONE)
def test_what_ends_the_report_is_told_with_the_cell(
    tmp_path: Path, cell: NotebookNode, found: str, way_out: str
) -> None:
    done = make(write(tmp_path / "fout.ipynb", cell), tmp_path / "uit")
    assert done.returncode == 1
    assert found in done.stderr and way_out in done.stderr and "Traceback" not in done.stderr


def test_a_warning_is_told_and_not_published(tmp_path: Path) -> None:
    done = make(write(tmp_path / "let_op.ipynb", code('import warnings\nwarnings.warn("oude code")')), tmp_path / "uit")
    assert done.returncode == 0 and "let op: cel 3" in done.stdout and "oude code" in done.stdout
    assert "oude code" not in (tmp_path / "uit/voorbeeld/44021-gent/rapport.html").read_text()
