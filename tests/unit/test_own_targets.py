"""Targets, context and sources that a project declares itself: checked, frozen, shown, never mixed in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from lekp_lib.present.report_view import ReportView, open_report
from lekp_lib.report.downloads.context_rows import STATE
from lekp_lib.report.downloads.write import write_csv, write_workbook
from typer.testing import CliRunner

from lekp_lib.adapter import Verdict, count_verdicts
from lekp_lib.adapter.shown import shown_sha256
from lekp_lib.cli import app
from lekp_lib.data.schema import find_shape
from lekp_lib.edition import Edition
from lekp_lib.edition.prepare import Prepared, prepare
from lekp_lib.edition.rebuild import rebuild
from lekp_lib.errors import CatalogError, CatalogProblems, EditionProblems
from lekp_lib.pact import (
    catalog_with,
    check_text,
    load_catalog,
    new_text,
    own_files,
    project_folder,
    save_text,
    usable_files,
    write_new,
)
from lekp_lib.register import load_register
from tests.unit.test_prepare import ASKED, Desk

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
    return prepare(
        desk.data, ASKED, said_dir=desk.said, find_shape=find_shape, catalog=catalog, register=load_register()
    )


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
def houthulst(edition: Edition) -> ReportView:
    return open_report(edition=edition, gemeente="Houthulst", editie=edition.id)


@pytest.mark.parametrize("kind", ["doel", "context", "bron"])
def test_a_new_file_is_refused_until_everything_is_filled_in(kind: str) -> None:
    text = new_text(kind, "proef")  # type: ignore[arg-type]
    problems = check_text("bronnen" if kind == "bron" else "doelen", text)
    assert len(problems) == sum("INVULLEN" in line.split("#")[0] for line in text.splitlines()) + 2 * text.count(
        'singular: "INVULLEN"'
    )
    assert all("regel " in problem.where and "INVULLEN" in problem.found for problem in problems)


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
    messages = [str(problem) for problem in check_text("doelen", GOAL.replace(old, new, 1), desk.said)]
    assert any(told in message for message in messages), messages


def test_saving_refuses_mistakes_and_never_overwrites_unasked(tmp_path: Path) -> None:
    with pytest.raises(CatalogProblems, match="zonnekaart"):
        save_text("doelen", GOAL, tmp_path)
    assert not list(tmp_path.iterdir())
    save_text("bronnen", SOURCE, tmp_path)
    path = save_text("doelen", GOAL, tmp_path)
    with pytest.raises(CatalogError, match="bestaat al"):
        save_text("doelen", GOAL, tmp_path)
    save_text("doelen", GOAL.replace("per_n: 50", "per_n: 25"), tmp_path, replace=True)
    assert [item.name for item in path.parent.iterdir()] == ["zonnedaken.yaml"] and "per_n: 25" in path.read_text()
    with pytest.raises(CatalogError, match="bestand van het pakket"):
        new_text("doel", "bomen")


def test_a_half_filled_target_is_left_out_and_blocks_no_import(tmp_path: Path) -> None:
    save_text("bronnen", SOURCE, tmp_path)
    save_text("doelen", GOAL, tmp_path)
    half = write_new("doel", "half", tmp_path)
    kept, left_out = usable_files(own_files(tmp_path))
    assert [file.name for file in kept] == ["zonnedaken.yaml", "zonnekaart.yaml"]
    assert left_out and all(item.where.startswith(half.as_posix()) for item in left_out)
    assert load_catalog(own=kept).target("zonnedaken").is_own
    (tmp_path / "bronnen" / "zonnekaart.yaml").write_text("id: zonnekaart\n", encoding="utf-8")
    assert usable_files(own_files(tmp_path))[0] == ()
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
    assert done.exit_code == 0 and f"weggelaten: {half.as_posix()}" in done.output


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
        assert rebuild(edition.folder, tmp_path / "kopie", data_dir=desk.data, register=load_register())[1] == ()
    finally:
        save_text("doelen", GOAL, desk.said, replace=True)
    assert (tmp_path / "kopie" / "manifest.json").read_bytes() == (edition.folder / "manifest.json").read_bytes()


def test_an_own_goal_is_judged_beside_the_17_and_stays_out_of_the_council_decision(houthulst: ReportView) -> None:
    # Houthulst had 10 110 inhabitants on 1 January 2020: level 202,2; 90 of them is 44,5 %, 50 % of the path is 2025.
    own = houthulst.assessment("zonnedaken")
    assert own.level is not None and (own.level.shown, own.verdict) == (202, Verdict.SLIGHTLY_BEHIND)
    assert own.share_pct == pytest.approx(9000 / 202)
    assert count_verdicts(houthulst.assessments).total == 17
    shown = houthulst.other_targets().text()
    assert shown.startswith("Eigen doelen") and "pact 2.1" not in shown
    assert "Eigen doelen" in houthulst.all_figures().text()
    assert "onnedak" not in houthulst.decision().text()
    assert "<b>van de gemeente" not in houthulst.target("zonnedaken").html()


def test_context_is_shown_without_verdict_and_counts_nowhere(edition: Edition, houthulst: ReportView) -> None:
    chapter = houthulst.context()
    words = chapter.text()
    assert words.startswith("Context") and "52.250" in words and "2011" in words
    assert "data-verdict" not in chapter.html() and 'data-block="verdict"' not in chapter.html()
    assert "% van het doel" not in words and "op koers" not in words
    ids = {item.target.id for item in houthulst.assessments}
    assert not ids & {target.id for target in edition.catalog.context} and len(edition.catalog.context) == 3
    for block in (houthulst.summary(), houthulst.overview(), houthulst.all_figures(), houthulst.decision()):
        assert "grondgebied" not in block.text()
    diksmuide = open_report(edition=edition, gemeente="Diksmuide", editie=edition.id)
    assert diksmuide.context().text() == ""


def test_downloads_have_context_as_not_counted_and_only_where_there_is_any(
    edition: Edition, houthulst: ReportView, tmp_path: Path
) -> None:
    text = write_csv(houthulst, tmp_path).read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["toestand"] == STATE]
    assert sorted((row["doel_id"], row["reeks_id"], row["peildatum"], row["stand"], row["status"]) for row in rows) == [
        ("co2_grondgebied", "uitstoot", "2011-12-31", "61000.0", "definitief"),
        ("co2_grondgebied", "uitstoot", "2018-12-31", "52250.0", "voorlopig"),
        # A series of which nobody gave a figure, beside one that has: empty, and said so.
        ("koolstofbalans", "bos", "", "", "geen gegevens"),
        ("koolstofbalans", "saldo", "2025-12-31", "-12.5", "definitief"),
        ("renovatie_deelnemers", "deelnemers", "2025-12-31", "12.0", "definitief"),
    ]
    unjudged = ("nr", "doelniveau", "deel_pct", "vereist_deel_pct", "oordeel")
    assert {row[name] for row in rows for name in unjudged} == {""} and {row["nieuwste"] for row in rows} == {"false"}
    assert {row["doel"] for row in rows if row["doel_id"] == "koolstofbalans"} == {"'=1+1 Koolstofbalans"}
    cited = (tmp_path / "bronvermelding.txt").read_text(encoding="utf-8")
    used = [edition.catalog.source(name).name for name in ("veka_inventaris", "loket", "zonnekaart")]
    assert all(f"- {name} (" in cited for name in used)

    book = openpyxl.load_workbook(write_workbook(houthulst, tmp_path))
    heads, *cells = book["Context"].iter_rows(min_row=2)
    sheet = [dict(zip([head.value for head in heads], [cell.value for cell in row], strict=True)) for row in cells]
    assert [row["Stand"] for row in sheet] == [float(row["stand"]) if row["stand"] else None for row in rows]
    assert {row["Toestand"] for row in sheet} == {STATE} and "eerste raming" in [row["Opmerking"] for row in sheet]
    assert "f" not in {cell.data_type for row in cells for cell in row}
    assert "'@SUM(A1) saldo" in [row["Reeks"] for row in sheet]
    counted = [cell for name in ("Overzicht", "Reeksen") for row in book[name].values for cell in row]
    assert not any(
        name in str(cell)
        for name in ("CO₂-uitstoot op het grondgebied", "Woningen aan een klimaattafel", "Koolstof")
        for cell in counted
    )

    diksmuide = open_report(edition=edition, gemeente="Diksmuide", editie=edition.id)
    assert "Context" not in openpyxl.load_workbook(write_workbook(diksmuide, tmp_path)).sheetnames
    assert STATE not in write_csv(diksmuide, tmp_path).read_text(encoding="utf-8")
    assert f"- {used[0]} (" not in (tmp_path / "bronvermelding.txt").read_text(encoding="utf-8")


def test_a_changed_context_figure_or_declaration_remakes_the_report(edition: Edition, houthulst: ReportView) -> None:
    changed = edition.frame("figures")
    changed.loc[changed["value"] == 61000, "value"] = 61001
    other = Edition(
        edition.folder, edition.manifest, edition.catalog, edition.register, {**edition._frames, "figures": changed}
    )
    for nis, same in (("32006", False), ("32003", True)):
        view = open_report(edition=other, gemeente=nis, editie=edition.id)
        before = shown_sha256(open_report(edition=edition, gemeente=nis, editie=edition.id).assessor, nis)
        assert (shown_sha256(view.assessor, nis) == before) is same
    declared = tuple(item.model_copy(update={"text": item.text + "#"}) for item in edition.manifest.declared)
    reworded = Edition(
        edition.folder, edition.manifest.model_copy(update={"declared": declared}), edition.catalog, edition.register,
        edition._frames,
    )  # fmt: skip
    view = open_report(edition=reworded, gemeente="32006", editie=edition.id)
    assert shown_sha256(view.assessor, "32006") != houthulst.figures_sha256


def test_a_draft_can_be_tried_on_an_edition_before_it_is_saved(edition: Edition) -> None:
    catalog, target = catalog_with(GOAL.replace("[zonnekaart]", "[gemeente]"))
    tried = Edition.open("gepubliceerd").with_catalog(catalog, edition.observations("zonnedaken", "32006"))
    found = open_report(edition=tried, gemeente="Houthulst").assessment(target.id)
    assert found.current is not None and found.current.value == 90
    stray = edition.observations("zonnedaken", "32006")
    with pytest.raises(EditionProblems, match="one figure per target"):
        tried.with_catalog(catalog, stray)
