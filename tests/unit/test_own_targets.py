"""Targets, context and sources that a project declares itself: checked, frozen, shown, never mixed in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.data.importing import ImportContext
from lekp_lib.edition import Edition
from lekp_lib.edition.prepare import rebuild
from lekp_lib.errors import CatalogError, CatalogProblems, EditionProblems
from lekp_lib.pact import catalog_with, load_catalog, own_files, project_folder, save_text
from lekp_lib.pact.loader import CustomKind, NewKind, usable_files, write_new
from lekp_lib.parameters import read_parameters
from lekp_lib.paths import ProjectError
from lekp_lib.present.municipality import Report, open_report
from lekp_lib.register import load_register
from lekp_lib.report.make import report_fingerprint
from lekp_lib.report.outputs import Contents
from lekp_lib.report.spreadsheet import csv_files, workbook_files
from tests.unit.test_prepare import Desk, Prepared
from tests.unit.test_prepare import prepared as prepared_from

GOAL = """\
id: zonnedaken
name: "Zonnedaken"
short_name: "Zonnedaken"
werf: "2"
kind: cumulatief
levels:
  "1.0":
    text: "1 zonnedak per 50 inwoners"
    indicator: aantal
    unit: {singular: "zonnedak", plural: "zonnedaken", symbol: "zonnedaken", counted: true}
    factor: 1
    per_n: 50
    per: inwoners
level_certainty: afgeleid
indicators:
  - id: aantal
    label: "Zonnedaken"
    unit: {singular: "zonnedak", plural: "zonnedaken", symbol: "zonnedaken", counted: true}
path_start: 2021-01-01
description: "De gemeente wil 1 zonnedak per 50 inwoners tegen 2030."
sources: [zonnekaart]
source_certainty: bron
synonyms: ["zonnedak"]
references: ["het zonneplan van de gemeente"]
"""
SOURCE = """\
id: zonnekaart
name: "Zonnekaart <b>van de gemeente</b>"
organisation: "Gemeente"
rang: gemeente
rhythm: jaarlijks
rhythm_certainty: bron
licence: "vrij te gebruiken"
description: "Telling van zonnedaken."
"""
BALANCE = """\
id: koolstofbalans
name: "=1+1 Koolstofbalans"
short_name: "Koolstofbalans"
werf: algemeen
kind: context
indicators:
  - id: saldo
    label: "@SUM(A1) saldo"
    unit: {singular: "ton CO₂", plural: "ton CO₂", symbol: "ton CO₂", counted: false}
    may_be_negative: true
  - id: bos
    label: "Opslag in bos"
    unit: {singular: "ton CO₂", plural: "ton CO₂", symbol: "ton CO₂", counted: false}
path_start: 2021-01-01
description: "Wat de bodem en het bos van de gemeente opslaan of uitstoten."
sources: [zonnekaart]
source_certainty: bron
synonyms: ["koolstof"]
references: ["het klimaatplan van de gemeente"]
"""
FIGURES = """\
nis;doel;deelindicator;datum;waarde;status;bron;opmerking
32006;Zonnedaken;;2025-12-31;90;definitief;zonnekaart;
32006;co2_grondgebied;;2011-12-31;61000;definitief;veka_inventaris;
32006;co2_grondgebied;;2018-12-31;52250;voorlopig;veka_inventaris;eerste raming
32006;renovatie_deelnemers;;2025-12-31;12;definitief;loket;
32006;koolstofbalans;saldo;2025-12-31;-12.5;definitief;zonnekaart;
32003;bomen;;2025-12-31;100;definitief;groenblauwpeil;
"""


def prepared(desk: Desk) -> Prepared:
    catalog = load_catalog(own=own_files(desk.said))
    return prepared_from(ImportContext(catalog, load_register(), desk.data, desk.said))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("project"))
    save_text("bronnen", SOURCE, made.said)
    save_text("doelen", GOAL, made.said)
    save_text("doelen", BALANCE, made.said)
    made.bring_in(FIGURES)
    return made


@pytest.fixture(scope="module")
def edition(desk: Desk) -> Edition:
    return Edition.open(str(prepared(desk).folder))


@pytest.fixture(scope="module")
def houthulst(edition: Edition) -> Report:
    return open_report(edition=edition, gemeente="Houthulst", editie=edition.id)


def mistakes(kind: CustomKind, text: str, project: Path) -> list[str]:
    """What saving a declaration tells; nothing is saved."""
    with pytest.raises(CatalogProblems) as caught:
        save_text(kind, text, project)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("kind", ["doel", "context", "bron"])
def test_a_new_file_is_refused_until_everything_is_filled_in(kind: NewKind, tmp_path: Path) -> None:
    text = write_new(kind, "proef", tmp_path).read_text(encoding="utf-8")
    problems = mistakes("bronnen" if kind == "bron" else "doelen", text, tmp_path)
    places = [number for number, line in enumerate(text.splitlines(), 1) if "INVULLEN" in line.split("#")[0]]
    assert all(f"regel {number}: gevonden" in problem for number, problem in zip(places, problems, strict=True))
    assert all("INVULLEN" in problem and "Vul het in" in problem for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("id: zonnedaken", "id: bomen", "doelen/bomen.yaml, regel 1: id: gevonden bomen (ook in doelen/bomen.yaml)"),
        ("id: zonnedaken", "id: zonnedaken\nnr: 3", "regel 2: nr: gevonden 3; verwacht geen zulke sleutel"),
        ("id: zonnedaken", "id: ../weg", "regel 1: id: gevonden '../weg'"),
        ("factor: 1", "factor: veel", "regel 11: levels.1.0.factor: gevonden 'veel'; verwacht een getal"),
        ("kind: cumulatief", "kind: context", "kind context heeft geen levels, level_certainty"),
        ('label: "Zonnedaken"', 'label: "Zonnedaken"\n    may_be_negative: true', "alleen voor kind context"),
        ("[zonnekaart]", "[zonekaart]", "regel 21: sources[0]: gevonden bron 'zonekaart'"),
        ('["zonnedak"]', '["wadi"]', "gevonden wadi (ook in doelen/"),
        ("levels:", "niveaus:", "regel 6: niveaus: gevonden een onbekende sleutel; verwacht alleen bekende sleutels"),
    ],
)
def test_every_mistake_names_line_found_and_expected(desk: Desk, old: str, new: str, told: str) -> None:
    messages = mistakes("doelen", GOAL.replace(old, new, 1), desk.said)
    assert any(told in message for message in messages), messages


def test_saving_refuses_mistakes_and_never_overwrites_unasked(tmp_path: Path) -> None:
    with pytest.raises(CatalogProblems, match="zonnekaart"):
        save_text("doelen", GOAL, tmp_path)
    assert not list(tmp_path.iterdir())
    save_text("bronnen", SOURCE, tmp_path)
    path = save_text("doelen", GOAL, tmp_path)
    with pytest.raises(ProjectError, match="bestaat al"):
        save_text("doelen", GOAL, tmp_path)
    save_text("doelen", GOAL.replace("per_n: 50", "per_n: 25"), tmp_path, replace=True)
    assert [item.name for item in path.parent.iterdir()] == ["zonnedaken.yaml"] and "per_n: 25" in path.read_text()
    with pytest.raises(CatalogError, match="bestand van het pakket"):
        write_new("doel", "bomen", tmp_path)


def test_a_half_filled_target_is_left_out_and_blocks_no_import(tmp_path: Path) -> None:
    save_text("bronnen", SOURCE, tmp_path)
    save_text("doelen", GOAL, tmp_path)
    half = write_new("doel", "half", tmp_path)
    kept = usable_files(own_files(tmp_path))
    assert [file.name for file in kept] == ["zonnedaken.yaml", "zonnekaart.yaml"]
    assert load_catalog(own=kept).target("zonnedaken").is_own
    (tmp_path / "bronnen" / "zonnekaart.yaml").write_text("id: zonnekaart\n", encoding="utf-8")
    assert usable_files(own_files(tmp_path)) == ()
    path = tmp_path / "cijfers.csv"
    path.write_text(FIGURES.splitlines()[0] + "\n32003;bomen;;2025-12-31;100;definitief;groenblauwpeil;\n")
    arguments = [
        "data",
        "import",
        str(path),
        "--as",
        "sjabloon",
        "--map",
        str(tmp_path),
        "--data-dir",
        str(tmp_path / "d"),
    ]
    done = CliRunner().invoke(app, [*arguments, "--vandaag", "2026-11-23"])
    assert done.exit_code == 0 and f"weggelaten: {half.as_posix()} is nog niet" in done.output


def test_the_project_is_found_from_a_folder_below_it(tmp_path: Path) -> None:
    (tmp_path / "parameters").mkdir()
    (tmp_path / "notebooks" / "eigen").mkdir(parents=True)
    assert project_folder(tmp_path / "notebooks" / "eigen") == tmp_path / "parameters"


def test_an_edition_keeps_what_was_declared_whatever_the_project_says_later(
    desk: Desk, edition: Edition, tmp_path: Path
) -> None:
    assert edition.manifest.format == 3 and len(edition.manifest.declared) == 3
    save_text("doelen", GOAL.replace("per_n: 50", "per_n: 25"), desk.said, replace=True)
    try:
        level = Edition.open(str(edition.folder)).catalog.target("zonnedaken").level_for("1.0")
        assert level is not None and level.per_n == 50
        assert rebuild(edition.folder, tmp_path / "kopie", data_dir=desk.data, register=load_register()) == []
    finally:
        save_text("doelen", GOAL, desk.said, replace=True)
    assert (tmp_path / "kopie" / "manifest.json").read_bytes() == (edition.folder / "manifest.json").read_bytes()


def test_an_own_goal_is_judged_beside_the_17_and_stays_out_of_the_council_decision(houthulst: Report) -> None:
    # Houthulst had 10 110 inhabitants on 1 January 2020: level 202,2; 90 of them is 44,5 %, 50 % of the path is 2025.
    own = houthulst.cijfers.loc["zonnedaken"]
    assert (own["level"], own["verdict"]) == (202, "lichte achterstand")
    assert own["share_pct"] == pytest.approx(9000 / 202)
    assert houthulst.cijfers["nr"].notna().sum() == 17
    shown = houthulst.andere_doelen()
    assert "Eigen doelen" in shown.html() and "pact 2.1" not in shown.html()
    assert "onnedak" in str(houthulst.cijfertabel().data) and "onnedak" not in str(houthulst.besluit().data)
    assert "<b>van de gemeente" not in shown.html()


def test_context_is_shown_without_verdict_and_counts_nowhere(edition: Edition, houthulst: Report) -> None:
    chapter = houthulst.omgeving().html()
    assert "Context" in chapter and "52.250" in chapter
    assert "% van het doel" not in chapter and "op koers" not in chapter
    assert not set(houthulst.cijfers.index) & {target.id for target in edition.catalog.context}
    for block in (houthulst.kort(), houthulst.cijfertabel(), houthulst.besluit()):
        assert "grondgebied" not in block.html()
    diksmuide = open_report(edition=edition, gemeente="Diksmuide", editie=edition.id)
    assert diksmuide.omgeving().html() == ""


def test_downloads_have_context_without_verdict_and_no_formula(houthulst: Report) -> None:
    table = csv_files(None, houthulst)["cijfers.csv"]
    rows = list(csv.DictReader(io.StringIO(bytes(table).decode("utf-8-sig"))))
    context = [row for row in rows if row["doel_id"] in ("co2_grondgebied", "koolstofbalans", "renovatie_deelnemers")]
    assert {(row["doel_id"], row["datum"], row["cijfer"]) for row in context} >= {
        ("co2_grondgebied", "2011-12-31", "61000.0"), ("co2_grondgebied", "2018-12-31", "52250.0"),
        ("koolstofbalans", "2025-12-31", "-12.5"), ("renovatie_deelnemers", "2025-12-31", "12.0"),
    }  # fmt: skip
    assert {row["oordeel"] for row in context} == {""}
    assert {row["doel"] for row in rows if row["doel_id"] == "koolstofbalans"} == {"'=1+1 Koolstofbalans"}
    book = openpyxl.load_workbook(io.BytesIO(workbook_files(Contents(), houthulst)["cijfers.xlsx"]))
    assert book.sheetnames == ["Kort", "Cijfers", "Reeksen", "Vergelijking", "Bronnen"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells} and "'@SUM(A1) saldo" in {cell.value for cell in cells}


def test_a_changed_declaration_remakes_the_report(edition: Edition) -> None:
    declared = tuple(item.model_copy(update={"text": item.text + "#"}) for item in edition.manifest.declared)
    reworded = edition.manifest.model_copy(update={"declared": declared})
    asked = read_parameters({"gemeente": "32006", "editie": edition.id})
    assert report_fingerprint(asked, reworded, "") != report_fingerprint(asked, edition.manifest, "")


def test_a_draft_can_be_tried_on_an_edition_before_it_is_saved(edition: Edition) -> None:
    catalog, target = catalog_with(GOAL.replace("[zonnekaart]", "[gemeente]"))
    figures = edition.figures
    own = figures[(figures["target_id"] == "zonnedaken") & (figures["nis"] == "32006")]
    tried = Edition.open("gepubliceerd").with_catalog(catalog, own)
    assert open_report(edition=tried, gemeente="Houthulst").cijfers.loc[target.id, "value"] == 90
    with pytest.raises(EditionProblems, match="één cijfer per doel"):
        tried.with_catalog(catalog, own)
