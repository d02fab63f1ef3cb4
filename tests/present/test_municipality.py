"""The report object as a notebook sees it: tables, parts, texts, and what every municipality must be able to read."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from matplotlib.figure import Figure

from lekp_lib import open_report
from lekp_lib.edition import Edition
from lekp_lib.errors import ReportError
from lekp_lib.present import text
from lekp_lib.present.blocks import MIME_JSON, Block
from lekp_lib.present.municipality import Report
from lekp_lib.present.results import opened_edition
from lekp_lib.present.theme import MARKS
from tests.data.import_samples import csv_bytes, row
from tests.site_sample import later_edition
from tests.unit.test_prepare import Desk

EDITIONS = ("voorbeeld", "gepubliceerd")
HARD = (
    "Antwerpen",
    "Herstappe",
    "Mesen",
    "Baarle-Hertog",
    "Voeren",
    "Houthulst",
    "Gent",
    "Beveren-Kruibeke-Zwijndrecht",
)
#: Words that no reader gets to see any more.
GONE = re.compile(r"[Gg]een (oordeel|gegevens)\b|\buitgave\b|\b(nan|None|NaT)\b")


@cache
def report(place: str, edition: str = "voorbeeld") -> Report:
    return open_report(gemeente=place, editie=edition)


def chapters(rapport: Report) -> list[Block]:
    return [
        rapport.kort(), rapport.doelen(), rapport.andere_doelen(), rapport.kaarten(), rapport.cijfertabel(),
        rapport.vergelijkingstabel(), rapport.veranderd(), rapport.omgeving(), rapport.telling(), rapport.besluit(),
    ]  # fmt: skip


def test_tables_and_map_of_the_analyst() -> None:
    rapport = report("Gent")
    assert list(rapport.cijfers.index[:2]) == ["burgemeestersconvenant", "energie_patrimonium"]
    assert rapport.cijfers.loc["bomen", ["name", "unit"]].tolist() == ["Bomen", "bomen"]
    flanders = rapport.vlaanderen("bomen")
    assert len(flanders) == 285 and flanders.loc["44021", "name"] == "Gent"
    assert flanders.loc["44021", "value"] == rapport.cijfers.loc["bomen", "value"]
    found = rapport.kaart("bomen")
    assert len(found) == 285 and found.geometry.is_valid.all() and "rate" in found.columns
    assert len(rapport.kaart()) == 285


def test_the_parts_of_a_target_can_be_taken_apart_and_changed() -> None:
    doel = report("Gent").doel("bomen")
    for drawn in (doel.grafiek(), doel.vergelijking(), doel.kaart()):
        assert isinstance(drawn, Figure)
    assert doel.tabel().data["parts"][0]["rows"][0][0] == "31 december 2025"


def test_names_of_before_say_the_new_one() -> None:
    with pytest.raises(
        ReportError, match=re.escape('rapport.target bestaat niet meer: schrijf rapport.doel("bomen").')
    ):
        report("Gent").target("bomen")
    with pytest.raises(AttributeError):
        _ = report("Gent").bestaat_niet


def test_styles_travel_with_the_first_block_also_when_its_cell_runs_again() -> None:
    rapport = open_report(gemeente="Gent", editie="voorbeeld")
    first, second = rapport.kort()._repr_mimebundle_(), rapport.telling()._repr_mimebundle_()
    assert first["text/html"].startswith("<style") and not second["text/html"].startswith("<style")
    assert rapport.kort()._repr_mimebundle_()["text/html"].startswith("<style")
    assert first[MIME_JSON]["facts"]["banner"] == "Voorbeeldeditie: fictieve cijfers"
    json.dumps(first[MIME_JSON])


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("place", HARD)
def test_every_chapter_of_hard_municipalities_is_safe_and_speaks_the_ten_words(place: str, edition: str) -> None:
    rapport = report(place, edition)
    for block in chapters(rapport):
        shown = re.sub(r"<svg.*?</svg>", "", block.html(), flags=re.S)
        assert not GONE.search(shown), GONE.search(shown)
        assert "<script" not in shown and not re.search(r"href=\"(?!https://|#)", shown)
        json.dumps(block.json(), allow_nan=False)
    verdicts = {row["verdict"] for werf in rapport.kort().data["werven"] for row in werf["rows"]}
    assert verdicts <= set(MARKS)
    assert set(rapport.cijfers["verdict"]) <= set(MARKS)


@pytest.mark.parametrize("edition", EDITIONS)
def test_sentences_of_all_municipalities(edition: str) -> None:
    opened = opened_edition(edition)
    for place in opened.register.municipalities(opened.reference_date):
        rapport = open_report(gemeente=place.nis, editie=edition, edition=opened)
        told = [rapport.headline, *rapport.lead, *text.sentences("gevraagd", gemeente=rapport.gemeente)]
        for value in rapport.values.values():
            told += text.sentences("oordeel", doel=value)
            step, question = text.sentences("volgende_stap", doel=value), text.sentences("vraag", doel=value)
            assert (len(step), len(question)) == ((1, 1) if value.geldt else (0, 0)), (place.name, value.id, step)
            told += [*step, *question]
        for sentence in told:
            assert not GONE.search(sentence), (place.name, sentence)
            assert len(re.findall(r"[^\W\d_]+", sentence)) <= 20, (place.name, sentence)


def test_a_brief_of_any_municipality_has_few_words() -> None:
    for place in HARD:
        data = report(place).kort().data
        outside = [data["title"], *data["lead"], *data["asked"], *data["sources"]]
        outside += [item[key] for item in data["discuss"] for key in ("name", "step", "question", "amount")]
        assert sum(len(part.split()) for part in outside) <= 350


def test_words_of_a_municipality_are_text_and_never_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = SimpleNamespace(
        text='<script>alert(1)</script> [datum] {{ 7*7 }}', author='"><img src=x>', place="Gent",
        link="javascript:alert(1)",
        date=report("Gent").on,
    )  # fmt: skip
    rapport = open_report(gemeente="Gent", editie="voorbeeld")
    monkeypatch.setattr(type(rapport.edition), "explanation", lambda *_: hostile)
    shown = rapport.doel("bomen").html() + rapport.besluit().html()
    assert "<script" not in shown and "<img" not in shown and "javascript:" not in shown and "{{ 7*7 }}" in shown
    assert "(datum)" in shown and "alert(1)&lt;/script&gt; [datum]" not in shown


def test_a_werf_or_a_target_can_be_left_out() -> None:
    rapport = report("Gent")
    kinds = [block["data"].get("id") for block in rapport.doelen("1", zonder=["bomen"]).data["blocks"]]
    assert kinds == ["", "haag_geveltuin", "natuurgroenperken"]
    with pytest.raises(ReportError, match="verwacht wordt een van algemeen, 1"):
        rapport.doelen("9")


def test_a_municipality_without_a_verdict_asks_for_its_figures() -> None:
    """The draft is no decision about progress then."""
    rapport = report("Mesen", "gepubliceerd")
    articles = [
        piece["text"] for part in rapport.besluit().data["parts"] for piece in part["pieces"] if piece["kind"] == "art"
    ]
    assert articles and not any("stand van de klimaatdoelen" in article for article in articles)


def test_lead_and_table_say_what_changed_since_the_edition_before(tmp_path: Path) -> None:
    figures = opened_edition("voorbeeld").figures.copy()
    trees = (figures["target_id"] == "bomen") & (figures["nis"] == "44021")
    figures.loc[trees & (figures["value"] == 23_207), "value"] = 300_000
    edition = later_edition(tmp_path, figures, before="voorbeeld")
    rapport = open_report(gemeente="Gent", edition=edition, editie=str(edition.folder))
    told = "Sinds de vorige editie (Voorbeeldeditie 2025) veranderde het oordeel van 1\N{NO-BREAK SPACE}doel: bomen."
    assert told in rapport.lead
    assert ["Bomen", "grote achterstand", "doel gehaald"] in rapport.veranderd().data["blocks"][1]["data"]["parts"][0][
        "rows"
    ]
    other = open_report(gemeente="Duffel", edition=edition, editie=str(edition.folder))
    assert "Sinds de vorige editie (Voorbeeldeditie 2025) veranderde geen enkel oordeel." in other.lead


def test_own_figures_are_compared_with_the_edition_before_the_one_they_lie_on(tmp_path: Path) -> None:
    (tmp_path / "gent.csv").write_bytes(csv_bytes(row(waarde="300000")))
    own, edition = str(tmp_path / "gent.csv"), later_edition(tmp_path, opened_edition("voorbeeld").figures, "voorbeeld")
    without, beside = (open_report(gemeente="Gent", editie=str(edition.folder), cijfers=file) for file in ("", own))
    assert "Sinds Voorbeeldeditie 2025 veranderde geen enkel oordeel." in without.veranderd().html()
    table = beside.veranderd().data["blocks"][1]["data"]["parts"][0]["rows"]
    assert table == [["Bomen", "grote achterstand", "doel gehaald"]]
    assert not open_report(gemeente="Gent", editie="voorbeeld", cijfers=own).veranderd().data["blocks"]


def test_names_of_targets_are_small_letters_inside_a_sentence() -> None:
    opened = opened_edition("gepubliceerd")
    names = [target.name for target in opened.catalog.pact_targets]
    for place in ("De Haan", "Scherpenheuvel-Zichem", "Herstappe"):
        told = [*report(place, "gepubliceerd").lead, *report(place, "gepubliceerd").kort().data["outside"]]
        assert not [s for s in told for name in names if name in s[1:]], told


def test_a_figure_of_a_party_is_shown_with_its_source_and_leads_nowhere_else() -> None:
    """Duffel: 1.300 trees, told by a party."""
    rapport = report("Duffel", "gepubliceerd")
    row, g = rapport.values["bomen"], rapport.gemeente
    assert (row.waarde, row.oordeel, row.reden) == (1300, "zonder oordeel", "source_rank")
    table = rapport.cijfertabel().data
    shown = next(cells for part in table["parts"] for cells in part["rows"] if cells[0] == "Bomen")
    assert (
        shown[-1] == "Politieke partij"
        and table["links"][shown[1]] == row.bron_url == "https://www.groenduffel.be/lekp25"
    )
    known = next(item for item in rapport.kort().data["known"] if item["id"] == "bomen")
    page = rapport.kort().html()
    assert f'href="{row.bron_url}" rel="external noopener">1.300' in page and 'href="#bomen"' not in page
    assert known["source_url"] == row.bron_url and known["reason"] == "het cijfer komt van een partij"
    told = [rapport.headline, *rapport.lead, *rapport.kort().data["asked"], json.dumps(rapport.besluit().data)]
    assert not [words for words in told if "1.300" in words or "bomen" in words.lower()]
    assert row not in (g.beste, g.achterste) and row not in [*g.bespreken, *g.te_laat]
    assert g.beoordeeld == 1 and rapport.kort().data["discuss"] == []
    assert rapport.results.rates["bomen"].get("12009") is None


def test_charge_points_where_equivalents_are_asked_say_their_range_and_give_no_verdict() -> None:
    rapport = report("Wevelgem", "gepubliceerd")
    section = rapport.doel("laadpunten")
    told = "Naargelang vermogen en toegang is dat 207 tot 4.150 CPE; die marge volstaat niet voor een oordeel."
    assert rapport.values["laadpunten"].waarde == 415 and told in [" ".join(s.split()) for s in section.sentences]
    assert "laadpunten" in json.dumps(rapport.doelen("3").data) and section.data["dots"]["title"]
    assert rapport.values["laadpunten"].oordeel == "zonder oordeel" and rapport.gemeente.beoordeeld == 1
    other = report("Gent", "voorbeeld")
    assert not any(row.gewogen for row in other.values.values())


def test_a_part_of_before_a_merger_never_reads_as_the_whole() -> None:
    report = open_report(gemeente="Antwerpen", editie="gepubliceerd")
    told = [remark["text"] for remark in report.doel("laadpunten").data["remarks"]]
    words = "Antwerpen, publieke laadpunten: 580 laadpunten (31 december 2022)."
    assert [text.replace("\u00a0", " ") for text in told] == [words]


def test_the_level_of_a_yearly_pace_is_no_line_among_averages() -> None:
    compared = open_report(gemeente="Gent", editie="voorbeeld").doel("energie_patrimonium").data["dots"]["svg"]
    assert "vereist op de peildatum" in compared and "niveau van het doel" not in compared


@pytest.mark.parametrize(("edition", "more"), [("gepubliceerd", ""), ("voorbeeld", " --editie voorbeeld")])
def test_commands_for_missing_figures_name_another_edition_than_the_usual_one(edition: str, more: str) -> None:
    commands = open_report(gemeente="Gent", editie=edition).kort().data["commands"]
    assert commands == [f"lekp data template gent{more}", f"lekp report gent --cijfers gent.xlsx{more}"]


def test_a_headline_says_no_arrears_of_what_is_not_required_yet(tmp_path: Path) -> None:
    figures = Edition.open("voorbeeld").frame("figures")
    own = figures["nis"] == "44021"
    figures.loc[own, "value"] = 0
    figures = figures[~own | (figures["target_id"] != "burgemeestersconvenant")]
    edition = later_edition(tmp_path, figures, before="voorbeeld")
    rapport = open_report(gemeente="Gent", editie=str(edition.folder))
    verdicts = Counter(row.oordeel for row in rapport.numbered)
    assert verdicts["nog niet vereist"] and not verdicts["op koers"] + verdicts["doel gehaald"]
    assert rapport.headline == "Gent: geen enkel van de 17 klimaatdoelen gehaald of op koers"


def test_units_stand_with_the_number_that_they_belong_to() -> None:
    rapport = report("Lendelede", "gepubliceerd")
    shown = ["value", "unit", "level", "level_unit"]
    assert rapport.cijfers.loc["laadpunten", shown].tolist() == [70, "laadpunten", 86, "CPE"]
    assert rapport.vlaanderen("laadpunten").loc["34025", shown].tolist() == [70, "laadpunten", 86, "CPE"]
    assert rapport.cijfers.loc["bomen", ["unit", "level_unit"]].tolist() == ["bomen", "bomen"]


def test_a_cell_that_changes_what_it_got_changes_no_number_of_a_later_block() -> None:
    rapport = open_report(gemeente="Gent", editie="voorbeeld")
    doel = rapport.doel("bomen")
    all_figures = rapport.edition.figures
    tables = (rapport.cijfers, rapport.vlaanderen("bomen"), rapport.kaart("bomen"), all_figures)
    for table in tables:
        table["value"] = 1
    with pytest.raises(ReportError, match="alleen te lezen"):
        rapport.values["bomen"].waarde = 1
    with pytest.raises(TypeError):
        doel.value.rij["rate"] = 1
    for changed, untouched in zip(chapters(rapport), chapters(report("Gent")), strict=True):
        assert changed.html() == untouched.html()


def test_only_the_figure_itself_leads_to_its_source() -> None:
    """The share of Lendelede is the same words as its figure, "76 %", which may stand in another row too."""
    rapport = report("Lendelede", "gepubliceerd")
    address = rapport.values["verledding"].bron_url
    assert rapport.cijfertabel().html().count(f'href="{address}"') == 1


def test_a_newer_figure_of_the_press_keeps_the_precision_of_its_date() -> None:
    sentences = " ".join(report("Gent", "gepubliceerd").doel("deelsystemen").sentences).replace("\u00a0", " ")
    assert "Pers noemt 1.031 deelwagens voor 2023; dat telt niet voor het oordeel." in sentences


def test_a_municipality_that_ended_has_a_report_of_an_edition_of_its_time(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.bring_in("nis;doel;datum;waarde;status\n44040;bomen;2024-12-31;450;gemeten\n")
    rapport = open_report(gemeente="Melle", edition=desk.edition("2024", dt.date(2024, 12, 31)))
    shown = "".join(block.html() for block in chapters(rapport))
    assert "Melle" in shown and "Buurgemeenten" not in shown
