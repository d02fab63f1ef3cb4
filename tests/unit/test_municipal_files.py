"""Corrections and explanations: read safely, told with line and key, refused when stale, original kept beside."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lekp_lib.data.cells import ImportProblems
from lekp_lib.edition import Edition
from lekp_lib.edition.corrections import (
    Correction,
    Explanation,
    entries_yaml,
    export_form,
    import_form,
    read_entries,
    read_folder,
)
from lekp_lib.errors import EditionProblems
from lekp_lib.pact import load_catalog
from tests.unit.test_prepare import Desk, of

FIGURES = """\
nis;doel;deelindicator;datum;waarde;status
32006;bomen;bomen;2023-02-28;1468;gemeten
32006;bomen;publiek;2023-02-28;7;gemeten
73040;bomen;bomen;2023-02-28;5;gemeten
"""
CORRECTION = """\
correcties:
  - gemeente: Houthulst
    doel: bomen
    peildatum: 2023-02
    verwacht: 1468
    waarde: 1500
    reden: Telling opnieuw gedaan.
    auteur: Jo Peeters
    datum: 2026-01-05
    status: actief
"""
EXPLANATION = """\
toelichtingen:
  - nis: 32006
    doel: bomen
    type: Toelichting
    tekst: Wij planten vooral in de winter.
    link: https://www.houthulst.be/bomen
    datum: 2026-01-05
    auteur: Jo Peeters
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.bring_in(FIGURES)
    return made


def prepared(desk: Desk, corrections: str = "correcties: []\n", explanations: str = "toelichtingen: []\n") -> Edition:
    desk.say(corrections, explanations)
    return desk.edition()


def problems_of(desk: Desk, corrections: str = "correcties: []\n", explanations: str = "toelichtingen: []\n") -> str:
    with pytest.raises(EditionProblems) as caught:
        prepared(desk, corrections, explanations)
    return str(caught.value)


def test_correction_keeps_the_figure_of_the_source_beside_the_new_one(desk: Desk) -> None:
    edition = prepared(desk, CORRECTION)
    rows = of(edition.figures, "bomen", "32006", "indicator", "value", "original", "status", "correction_note")
    assert rows[0] == ("bomen", 1500.0, 1468.0, "gecorrigeerd", "Telling opnieuw gedaan. (Jo Peeters, 5/1/2026)")
    assert rows[1][:2] == ("publiek", 7.0) and pd.isna(rows[1][2]) and rows[1][3:] == ("definitief", "")
    assert of(edition.frame("corrections"), "bomen", "32006", "before", "after") == [(1468.0, 1500.0)]


def test_struck_figure_is_gone_but_remembered(desk: Desk) -> None:
    edition = prepared(desk, CORRECTION.replace("waarde: 1500", "schrappen: true"))
    assert of(edition.figures, "bomen", "32006", "indicator") == ["publiek"]
    ((before, after),) = of(edition.frame("corrections"), "bomen", "32006", "before", "after")
    assert before == 1468.0 and pd.isna(after)


@pytest.mark.parametrize("status", ["ontwerp", "overgenomen", "ingetrokken"])
def test_only_an_active_correction_changes_a_figure(status: str, desk: Desk) -> None:
    edition = prepared(desk, CORRECTION.replace("actief", status).replace("1468", "99"))
    assert of(edition.figures, "bomen", "32006", "value") == [1468.0, 7.0] and edition.frame("corrections").empty


def test_every_stale_correction_stops_the_run_at_once(desk: Desk) -> None:
    entries = CORRECTION.removeprefix("correcties:\n")
    second = entries.replace("bomen", "laadpunten").replace("    peildatum", "    indicator: cpe\n    peildatum", 1)
    told = problems_of(desk, CORRECTION.replace("1468", "1469") + second)
    assert "2 fouten" in told and "de waarde 1468" in told and "geen zulk cijfer" in told
    assert "a.yaml, regel 2" in told and "a.yaml, regel 11" in told


def test_correction_of_a_merged_municipality_finds_the_former_one(desk: Desk) -> None:
    edition = prepared(desk, CORRECTION.replace("Houthulst", "Kortessem").replace("1468", "5"))
    assert of(edition.frame("former"), "bomen", "73040", "value") == [1500.0]
    assert of(edition.frame("corrections"), "bomen", "71072", "place") == ["Kortessem"]


def test_every_mistake_of_every_file_is_told_with_its_line(desk: Desk) -> None:
    entries = CORRECTION.removeprefix("correcties:\n")
    wrong = (
        CORRECTION.replace("doel: bomen", "doel: boomen").replace("Houthulst", "Hothulst")
        + entries.replace("    waarde: 1500\n", "").replace("verwacht: 1468", "verwacht: veel")
        + entries.replace("datum: 2026-01-05", "datum: 2027-01-05").replace("actief", "klaar")
    )
    told = problems_of(desk, wrong, EXPLANATION.replace("https://", "http://").replace("Toelichting\n", "Correctie\n"))
    for part in ("a.yaml, regel 14: verwacht", "a.yaml, regel 27: status", "https://", "'Toelichting'", "'Aanvulling'"):
        assert part in told, part
    told = problems_of(desk, CORRECTION.replace("doel: bomen", "doel: boomen").replace("Houthulst", "Hothulst"))
    assert "boomen" in told and "Houthulst" in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("correcties: !!python/object/apply:os.system ['true']\n", "tag"),
        ("correcties: [&a {gemeente: x}, *a]\n", "anker"),
        ("correcties: {a: 1}\n", "lijst eronder"),
        ("toelichtingen: []\n", "'correcties'"),
        ("- a\n", "'correcties'"),
        ("correcties: [1]\n", "a.yaml"),
        (CORRECTION + "    status: actief\n", "tweede keer"),
        (CORRECTION.replace("gemeente: Houthulst", "gemeente: Houthulst\n    nis: 32006"), "gemeente en nis allebei"),
        (CORRECTION.replace("waarde: 1500", "waarde: 1500\n    schrappen: true"), "waarde en schrappen allebei"),
        (CORRECTION.replace("1500", "0.12345678901234567"), "15 cijfers"),
        (CORRECTION.replace("1500", ".inf"), "eindig getal"),
        (CORRECTION.replace("Jo Peeters", '"Jo \\u202E Peeters"'), "onzichtbare teken U+202E"),
        (CORRECTION + CORRECTION.removeprefix("correcties:\n"), "tweede actieve correctie"),
    ],
)
def test_unusable_corrections_are_explained(text: str, expected: str, desk: Desk) -> None:
    told = problems_of(desk, text)
    assert expected in told and "Value" not in told and "should" not in told


@pytest.mark.parametrize("word", ["nan", "NaN", "None", "<NA>", "<function geef at 0x7f> object at 0x7f"])
def test_words_that_no_page_may_show_are_told_with_file_line_and_key(word: str, desk: Desk) -> None:
    told = problems_of(desk, explanations=EXPLANATION.replace("in de winter", f"in de winter, {word}, of later"))
    assert "a.yaml, regel 5: tekst: gevonden" in told and "een tekst zonder" in told and "Zeg het anders" in told
    told = problems_of(desk, CORRECTION.replace("Telling opnieuw", f"Telling {word}").replace("Jo Peeters", word))
    assert "regel 7: reden: gevonden" in told and f"regel 8: auteur: gevonden {word!r}; verwacht een tekst" in told


def test_words_that_only_look_like_those_of_a_program_are_text(desk: Desk) -> None:
    honest = EXPLANATION.replace("in de winter", "naar Nan Goldin, in de Nonestraat").replace("/bomen", "/None/nan")
    rows = prepared(desk, explanations=honest).frame("explanations")
    assert rows.iloc[0][["text", "link"]].tolist() == [
        "Wij planten vooral naar Nan Goldin, in de Nonestraat.",
        "https://www.houthulst.be/None/nan",
    ]


def test_bytes_that_are_no_text_are_explained(desk: Desk) -> None:
    desk.say()
    (desk.said / "correcties" / "b.yaml").write_bytes(b"correcties: [\xff]")
    (desk.said / "correcties" / "c.yaml").write_bytes(b"x" * 1_000_001)
    with pytest.raises(EditionProblems, match=r"b\.yaml: .*UTF-8[^$]*c\.yaml: .*1 MB"):
        desk.prepare()


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "https://", "https://host", "https://a.be/ b", "https://u:p@a.be", "ftp://a.be",
        'https://a.be/"onclick=x', "https://a.be/<script>", "https://a.be:x/", "https://é.be/", "data:text/html,x",
    ],
)  # fmt: skip
def test_link_is_a_plain_https_address(link: str, desk: Desk) -> None:
    told = problems_of(desk, explanations=EXPLANATION.replace("https://www.houthulst.be/bomen", f"'{link}'"))
    assert "https://" in told


def test_explanation_of_more_than_500_characters_is_refused(desk: Desk) -> None:
    text = EXPLANATION.replace("Wij planten vooral in de winter.", "é" * 501)
    assert "hoogstens 500 tekens" in problems_of(desk, explanations=text)
    shorter = prepared(desk, explanations=text.replace("é" * 501, "é" * 500)).explanation("bomen", "32006")
    assert (shorter.text, shorter.place) == ("é" * 500, "Houthulst")


def test_explanation_of_a_former_municipality_goes_to_its_successor_and_keeps_the_name(desk: Desk) -> None:
    text = EXPLANATION.replace("nis: 32006", "gemeente: Kortessem")
    later = text.removeprefix("toelichtingen:\n").replace("2026-01-05", "2026-01-06").replace("winter", "zomer")
    shown = prepared(desk, explanations=text + later).explanation("bomen", "71072")
    assert (shown.text, shown.place) == ("Wij planten vooral in de zomer.", "Kortessem")


def test_two_last_explanations_of_one_day_are_refused(desk: Desk) -> None:
    twice = EXPLANATION + EXPLANATION.removeprefix("toelichtingen:\n")
    assert "tweede toelichting" in problems_of(desk, explanations=twice)


# --- the form ---------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40).filter(
    lambda text: text.strip() and "x005F_" not in text and not re.search("nan|NaN|NaT|None|Traceback|<NA>", text)
)
NUMBERS = st.integers(-(10**6), 10**9) | st.floats(-1e9, 1e9).map(lambda value: float(f"{value:.12g}"))
DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2026, 1, 1))


def written(folder: Path, key: str) -> dict[str, list]:
    found: dict[str, list] = {}
    for name, path in read_folder(folder / key).items():
        entries, problems = read_entries({name: path}, key)
        assert problems == []
        found |= {name: [entry for _, entry in entries]} if entries else {}
    return found


def round_trip(folder: Path, target: Path) -> None:
    form = target.with_suffix(".xlsx")
    form.write_bytes(export_form(folder, load_catalog()))
    import_form(form, target)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_form_goes_both_ways_without_loss(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("form")
    changes = data.draw(
        st.lists(
            st.builds(
                lambda **fields: Correction.model_validate(fields),
                gemeente=WORDS, doel=WORDS, indicator=st.just("") | WORDS, peildatum=DAYS,
                verwacht=NUMBERS | st.sampled_from(["ja", "nee"]), waarde=NUMBERS, reden=WORDS, auteur=WORDS,
                datum=DAYS, status=st.sampled_from(["ontwerp", "actief"]),
            ),
            min_size=1, max_size=4,
        )
    )  # fmt: skip
    told = data.draw(
        st.lists(
            st.builds(
                lambda **fields: Explanation.model_validate(fields),
                nis=st.just("01234"), doel=WORDS, type=st.sampled_from(["Toelichting", "Aanvulling"]),
                tekst=st.lists(WORDS, min_size=1, max_size=3).map("\n".join), datum=DAYS, auteur=WORDS,
            ),
            max_size=3,
        )
    )  # fmt: skip
    for key, name, entries in (("correcties", "een.yaml", changes), ("toelichtingen", "twee.yaml", told)):
        (folder / key).mkdir()
        if entries:
            (folder / key / name).write_bytes(entries_yaml(key, entries))
    assert written(folder, "correcties") == {"een.yaml": changes}
    round_trip(folder, folder / "terug")
    for key in ("correcties", "toelichtingen"):
        assert written(folder / "terug", key) == written(folder, key)


def test_text_that_looks_like_a_formula_stays_text_in_the_form(tmp_path: Path) -> None:
    (tmp_path / "correcties").mkdir()
    text = CORRECTION.replace("Telling opnieuw gedaan.", '\'=HYPERLINK("https://x.be";"klik")\'')
    (tmp_path / "correcties" / "a.yaml").write_text(text)
    (tmp_path / "f.xlsx").write_bytes(export_form(tmp_path, load_catalog()))
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "f.xlsx")["Correcties"].iter_rows() for cell in row]
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)


def test_form_leaves_files_with_the_same_entries_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "correcties").mkdir()
    path = tmp_path / "correcties" / "a.yaml"
    path.write_text("# met de hand geschreven\n" + CORRECTION)
    before = path.read_bytes()
    form = tmp_path / "f.xlsx"
    form.write_bytes(export_form(tmp_path, load_catalog()))
    assert (import_form(form, tmp_path), path.read_bytes()) == (([], [path], 1), before)
    book = openpyxl.load_workbook(form)
    page = book["Correcties"]
    column = [cell.value for cell in page[1]].index("reden") + 1
    page.cell(2, column).value = "Andere reden"
    book.save(form)
    assert import_form(form, tmp_path) == ([path], [], 1)
    assert path.read_text().startswith("# met de hand geschreven\n") and "Andere reden" in path.read_text()


def test_wrong_cells_are_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    form = tmp_path / "f.xlsx"
    form.write_bytes(export_form(tmp_path, load_catalog()))
    book = openpyxl.load_workbook(form)
    page = book["Toelichtingen"]
    heads = [cell.value for cell in page[1]]
    for row, values in enumerate(
        [
            {"bestand": "../buiten.yaml", "gemeente": "Gent"},
            {"gemeente": "Gent", "doel": "bomen", "type": "Toelichting", "tekst": "=1+1", "auteur": "A"},
        ],
        start=2,
    ):
        for name, value in values.items():
            page.cell(row, heads.index(name) + 1).value = value
    book.save(form)
    with pytest.raises(EditionProblems) as caught:
        import_form(form, tmp_path / "p")
    told = str(caught.value)
    assert "../buiten.yaml" in told and "geen formule" in told and "rij 3: datum" in told
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("content", [b"", b"geen werkboek", b"PK\x03\x04rest"])
def test_file_that_is_no_workbook_is_explained(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(ImportProblems, match=r"verwacht een (tabel|formulier|heel bestand)"):
        import_form(path, tmp_path)


def filled_form(tmp_path: Path, **cells: object) -> tuple[Path, openpyxl.Workbook]:
    """A form with one correction of the share of led lights."""
    form, entry = (
        tmp_path / "f.xlsx",
        {"gemeente": "Gent", "doel": "verledding", "peildatum": "2025-12-31", "verwacht": 40},
    )
    form.write_bytes(export_form(tmp_path / "leeg", load_catalog()))
    book = openpyxl.load_workbook(form)
    page = book["Correcties"]
    heads = [cell.value for cell in page[1]]
    entry |= {"reden": "Geteld", "auteur": "Jo", "datum": "2026-01-05", "status": "actief", **cells}
    for name, value in entry.items():
        page.cell(2, heads.index(name) + 1).value = value
    return form, book


def test_number_that_is_shown_a_hundred_times_as_large_is_refused(tmp_path: Path) -> None:
    form, book = filled_form(tmp_path, waarde=0.45)
    book["Correcties"].cell(2, 8).number_format = "0%"
    book.save(form)
    with pytest.raises(EditionProblems, match=r"cel H2: gevonden 0.45; verwacht de waarde zelf, geen .* percentage"):
        import_form(form, tmp_path / "p")


def test_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    form, book = filled_form(tmp_path, waarde=45)
    book["Correcties"]["N1"], book["Correcties"]["N2"] = "waarde", 99
    book.save(form)
    with pytest.raises(EditionProblems, match=r"rij 1: gevonden de kolommen .*waarde.*waarde; verwacht elk één keer"):
        import_form(form, tmp_path / "p")
    assert not (tmp_path / "p").exists()


def test_form_that_grows_without_end_is_not_opened(tmp_path: Path) -> None:
    form, book = filled_form(tmp_path, waarde=45)
    book.save(form)
    with zipfile.ZipFile(form, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b" " * 60_000_000)
    with pytest.raises(ImportProblems, match="zipbom"):
        import_form(form, tmp_path / "p")


@pytest.mark.parametrize("answer", ["verwacht: ja\n    waarde: 3", "verwacht: 1468\n    waarde: ja"])
def test_yes_is_no_number_of_trees(desk: Desk, answer: str) -> None:
    told = problems_of(desk, CORRECTION.replace("verwacht: 1468\n    waarde: 1500", answer))
    assert "a.yaml, regel 2: verwacht en waarde: gevonden ja of nee; verwacht een getal: bomen is geen vraag" in told


def test_figure_that_was_never_registered_cannot_be_corrected(desk: Desk) -> None:
    desk.bring_in("nis;doel;datum;waarde;status\n44021;bomen;2023-02-28;;niet geregistreerd\n", name="n.csv")
    told = problems_of(desk, CORRECTION.replace("gemeente: Houthulst", "gemeente: Gent"))
    assert "gevonden geen zulk cijfer; verwacht 1468" in told
