"""Flanders, the check of an edition and the trial of a target, as their notebooks use them."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from lekp_lib import open_datacontrole, open_flanders, open_report
from lekp_lib.errors import ParameterError, ReportError
from lekp_lib.present import charts
from lekp_lib.present.flanders import Flanders
from lekp_lib.present.municipality import Report
from lekp_lib.present.quality import DataCheck
from lekp_lib.present.results import opened_edition
from lekp_lib.present.trial import BANNER, Trial

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "proefbank.ipynb"


@cache
def flanders() -> Flanders:
    return open_flanders(editie="voorbeeld")


@cache
def draft() -> str:
    names: dict[str, str] = {}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.source.startswith("ontwerp"):
            exec(cell.source, names)
    return names["ontwerp"]


def trial(text: str, figures: object, tmp_path: Path) -> Trial:
    return Trial(text, figures, "Houthulst", opened_edition("gepubliceerd"), tmp_path)  # type: ignore[arg-type]


def test_flanders_counts_every_municipality_once() -> None:
    counts = flanders().oordelen().data["parts"][0]["rows"]
    assert len(counts) == 17 and {sum(int(cell) for cell in row[1:]) for row in counts} == {285}
    assert len(flanders().gemeenten("bomen")) == 285
    assert flanders().cijfers.index.is_unique


def test_flanders_tells_a_target_in_one_unit() -> None:
    """Pact 1.0 counts charging points and 2.0 equivalents: what most have is told, here and per province."""
    sentences = flanders().doel("laadpunten").data["blocks"][1]["data"]["paragraphs"][0]
    assert sentences.startswith("203 van de 205 gemeenten met een doel in laadpuntequivalenten hebben")
    tables = [table for table in flanders().provincies().data["blocks"] if "Werf 3" in table["data"]["caption"]]
    columns = [column["label"] for column in tables[0]["data"]["columns"]]
    cells = [row[columns.index("Laadpunten (CPE)")] for row in tables[0]["data"]["parts"][0]["rows"]]
    assert sum(int(cell.rpartition("(")[2].removesuffix(")")) for cell in cells) == 203
    nothing = open_flanders(editie="gepubliceerd").doel("geen_heffing")
    assert "Geen enkele gemeente heeft een bruikbaar antwoord." in nothing.text


def test_the_middle_of_the_ages_stands_where_its_date_says() -> None:
    days = [[dt.date(2020, 1, 1), dt.date(2024, 12, 31)]] * 2
    drawn = charts.ages(["a", "b"], days, ["01/01/2020"] * 2, dt.date(2022, 1, 1), "te oud")
    middles = [line.get_xdata()[0] for line in drawn.figure().axes[0].lines if line.get_marker() == "o"]
    assert len(middles) == 2 and max(middles) < 1
    same = [[dt.date(2023, 12, 31)]]
    assert charts.ages(["a"], same, ["31/12/2023"], same[0][0], "te oud").svg("ouderdom")


def test_flanders_refuses_what_is_of_one_municipality() -> None:
    with pytest.raises(ParameterError, match="gemeente"):
        open_flanders(editie="voorbeeld", gemeente="Gent")
    with pytest.raises(ReportError, match=r"schrijf vlaanderen\.kort\(\)"):
        flanders().overview()


def test_a_data_check_says_what_it_finds(tmp_path: Path) -> None:
    found = open_datacontrole(editie="gepubliceerd", gegevensmap=str(tmp_path / "data"))
    rows = found.dekking().data["blocks"][1]["data"]["parts"][0]["rows"]
    assert all(sum(int(cell) for cell in row[1:4]) == 285 for row in rows)
    assert "staat geen ingelezen bestand" in found.geweigerd().text
    for block in (
        found.kort(),
        found.bronnen(),
        found.uitschieters(),
        found.na_te_kijken(),
        found.herzien(),
        found.oudste(),
    ):
        assert block.html() and '<th scope="col"></th>' not in block.html()
    assert found.bronnen().data["columns"][0]["label"] == "Bron"
    oldest = found.oudste().data["blocks"][-1]["data"]
    assert oldest["note"] == f"Niet getoond: nog {len(found.nieuwste) - len(oldest['parts'][0]['rows'])}."


def spoiled(frame: pd.DataFrame) -> None:
    """Every column turned upside down in place, one added, and the first one gone."""
    for place in range(frame.shape[1]):
        frame.isetitem(place, frame.iloc[::-1, place].array)
    frame["eigen"] = 1
    del frame[frame.columns[0]]


def test_what_a_cell_does_with_a_table_changes_no_block(tmp_path: Path) -> None:
    """Every opening of an edition shares its figures and its results."""

    def blocks() -> list[str]:
        place = open_report(gemeente="Gent", editie="voorbeeld")
        found = open_datacontrole(editie="voorbeeld", gegevensmap=str(tmp_path / "data"))
        together = open_flanders(editie="voorbeeld")
        for touched in tables(place, together, found) if spoil else ():
            spoiled(touched)
        shown = (
            place.kort(), place.doel("bomen"), place.kaarten(), place.cijfertabel(), place.vergelijkingstabel(),
            together.kort(), together.totalen(), together.provincies(), together.doel("bomen"), together.oordelen(),
            together.dekking(), together.oudste(), found.kort(), found.dekking(), found.bronnen(), found.uitschieters(),
            found.na_te_kijken(), found.oudste(),
        )  # fmt: skip
        return [json.dumps(block.data, default=str) for block in shown]

    def tables(place: Report, together: Flanders, found: DataCheck) -> tuple[pd.DataFrame, ...]:
        return (
            place.cijfers, place.vlaanderen("bomen"), place.kaart(), place.kaart("bomen"), place.sjabloon(),
            together.cijfers, together.gebieden, together.gemeenten("bomen"), found.cijfers, found.nieuwste, found.ver,
        )  # fmt: skip

    spoil = False
    before = blocks()
    spoil = True
    assert blocks() == before
    spoil = False
    assert blocks() == before


def test_level_share_and_verdict_of_a_draft_by_hand(tmp_path: Path) -> None:
    table = pd.DataFrame({"nis": [32006], "datum": ["2025-12-31"], "waarde": [40]})
    found = trial(draft(), table, tmp_path)
    assert found.problems == ()
    row = found.cijfers.loc["32006"]
    # 10 110 inhabitants, 1 per 100: 101; half was expected, and 0.7 of a half is 35 %.
    assert (row["level"], row["verdict"]) == (101, "lichte achterstand")
    assert found.facts["banner"] == BANNER
    for block in (found.kort(), found.oordeel(), found.figuren(), found.verdeling(), found.bewaar()):
        assert block.html()


def test_mistakes_of_a_draft_are_shown_with_line_and_advice(tmp_path: Path) -> None:
    found = trial(draft().replace("kind: stand", "kind: stnad"), "laadpunten", tmp_path)
    assert "stnad" in found.kort().text and "nog fouten" in found.oordeel().text
    assert "Niet bewaard" in found.bewaar(True).text and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("figures", ["ladpunten", "bomen.prive", "weg.csv"])
def test_figures_that_are_not_there(figures: str, tmp_path: Path) -> None:
    assert figures.rsplit(".", maxsplit=1)[-1] in trial(draft(), figures, tmp_path).kort().text


def test_coverage_tells_dates_as_exact_as_their_sources() -> None:
    rows = {row[0]: row for row in open_flanders(editie="gepubliceerd").dekking().data["parts"][0]["rows"]}
    assert rows["Burgemeestersconvenant"][1:4] == ["285 van 285", "01/2024", "01/2024"]
    assert rows["Natuurgroenperken"][2] == "2022"
