"""Corrections and explanations: read safely, told with line and key, refused when stale, original kept beside."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lekp_lib.edition.corrections import (
    Correction,
    Explanation,
    TextFile,
    apply_corrections,
    parse_entries,
    read_folder,
    read_remarks,
    shown_explanations,
)
from lekp_lib.edition.form import entries_yaml, export_form, import_form
from lekp_lib.edition.models import Observation, Status
from lekp_lib.errors import EditionError, EditionProblems
from lekp_lib.pact import load_catalog
from lekp_lib.register import load_register

ON, TODAY = dt.date(2025, 12, 31), dt.date(2026, 3, 1)
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


def said(corrections: str = "", explanations: str = "", on: dt.date = ON):
    files = [[TextFile("a.yaml", text.encode())] if text else [] for text in (corrections, explanations)]
    return read_remarks(files[0], files[1], load_catalog(), load_register(), on, TODAY)


def problems_of(corrections: str = "", explanations: str = "") -> str:
    with pytest.raises(EditionProblems) as caught:
        said(corrections, explanations)
    return str(caught.value)


def figure(value: float = 1468.0, **changes: object) -> Observation:
    given: dict[str, object] = {
        "target_id": "bomen", "indicator": "bomen", "nis": "32006", "reference_date": dt.date(2023, 2, 28),
        "value": value, "status": Status.FINAL, "source_id": "pers",
    }  # fmt: skip
    return Observation(**(given | changes))  # type: ignore[arg-type]


def corrected(text: str, *figures: Observation):
    return apply_corrections(figures, said(text).corrections, load_catalog(), load_register(), ON)


def test_correction_keeps_the_figure_of_the_source_beside_the_new_one() -> None:
    result = corrected(CORRECTION, figure(), figure(7.0, indicator="publiek"))
    new, untouched = result.observations
    assert (new.value, new.original, new.status) == (1500.0, 1468.0, Status.CORRECTED)
    assert new.correction_note == "Telling opnieuw gedaan. (Jo Peeters, 5/1/2026)"
    assert untouched == figure(7.0, indicator="publiek")
    assert [(row.before, row.after, row.nis) for row in result.applied] == [(1468.0, 1500.0, "32006")]


def test_struck_figure_is_gone_but_remembered() -> None:
    result = corrected(CORRECTION.replace("waarde: 1500", "schrappen: true"), figure())
    assert result.observations == ()
    assert [(row.before, row.after) for row in result.applied] == [(1468.0, None)]


@pytest.mark.parametrize("status", ["ontwerp", "overgenomen", "ingetrokken"])
def test_only_an_active_correction_changes_a_figure(status: str) -> None:
    assert corrected(CORRECTION.replace("actief", status), figure(99.0)).observations == (figure(99.0),)


def test_every_stale_correction_stops_the_run_at_once() -> None:
    entries = CORRECTION.removeprefix("correcties:\n")
    second = entries.replace("bomen", "laadpunten").replace("    peildatum", "    indicator: cpe\n    peildatum", 1)
    with pytest.raises(EditionProblems) as caught:
        corrected(CORRECTION + second, figure(1469.0))
    told = str(caught.value)
    assert "2 fouten" in told and "de waarde 1469" in told and "geen zulk cijfer" in told
    assert "a.yaml, regel 2" in told and "a.yaml, regel 11" in told


def test_correction_of_a_merged_municipality_finds_the_former_one() -> None:
    text = CORRECTION.replace("Houthulst", "Kortessem").replace("2023-02", "2023-03-31")
    result = corrected(text, figure(nis="73040", reference_date=dt.date(2023, 3, 31)))
    assert result.observations[0].value == 1500.0
    assert (result.applied[0].nis, result.applied[0].place) == ("71072", "Kortessem")


def test_every_mistake_of_every_file_is_told_with_its_line() -> None:
    entries = CORRECTION.removeprefix("correcties:\n")
    wrong = (
        CORRECTION.replace("doel: bomen", "doel: boomen").replace("Houthulst", "Hothulst")
        + entries.replace("    waarde: 1500\n", "").replace("verwacht: 1468", "verwacht: veel")
        + entries.replace("datum: 2026-01-05", "datum: 2027-01-05").replace("actief", "klaar")
    )
    told = problems_of(wrong, EXPLANATION.replace("https://", "http://").replace("Toelichting\n", "Correctie\n"))
    for part in ("a.yaml, regel 14: verwacht", "a.yaml, regel 27: status", "https://", "'Toelichting'"):
        assert part in told, part
    told = problems_of(CORRECTION.replace("doel: bomen", "doel: boomen").replace("Houthulst", "Hothulst"))
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
        (CORRECTION.replace("gemeente: Houthulst", "gemeente: Houthulst\n    nis: 32006"), "geef gemeente of nis"),
        (CORRECTION.replace("waarde: 1500", "waarde: 1500\n    schrappen: true"), "geef waarde, of"),
        (CORRECTION.replace("1500", "0.12345678901234567"), "15 cijfers"),
        (CORRECTION.replace("1500", ".inf"), "eindig getal"),
        (CORRECTION.replace("Jo Peeters", '"Jo \\u202E Peeters"'), "onzichtbaar teken U+202E"),
        (CORRECTION + CORRECTION.removeprefix("correcties:\n"), "tweede actieve correctie"),
    ],
)
def test_unusable_corrections_are_explained(text: str, expected: str) -> None:
    assert expected in problems_of(text)


def test_bytes_that_are_no_text_are_explained() -> None:
    _, problems = parse_entries([TextFile("b.yaml", b"correcties: [\xff]"), TextFile("c.yaml", b"x" * 1_000_001)],
                                "correcties", Correction)  # fmt: skip
    assert ["UTF-8" in str(problems[0]), "1 MB" in str(problems[1])] == [True, True]


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "https://", "https://host", "https://a.be/ b", "https://u:p@a.be", "ftp://a.be",
        'https://a.be/"onclick=x', "https://a.be/<script>", "https://a.be:x/", "https://é.be/", "data:text/html,x",
    ],
)  # fmt: skip
def test_link_is_a_plain_https_address(link: str) -> None:
    told = problems_of(explanations=EXPLANATION.replace("https://www.houthulst.be/bomen", f"'{link}'"))
    assert "https://" in told


def test_explanation_of_more_than_500_characters_is_refused() -> None:
    text = EXPLANATION.replace("Wij planten vooral in de winter.", "é" * 500)
    assert len(said(explanations=text).explanations) == 1
    assert "500" in problems_of(explanations=text.replace("é" * 500, "é" * 501))


def test_explanation_of_a_former_municipality_goes_to_its_successor_and_keeps_the_name() -> None:
    text = EXPLANATION.replace("nis: 32006", "gemeente: Kortessem")
    (row,) = shown_explanations(said(explanations=text).explanations, load_register(), ON)
    assert (row.nis, row.place) == ("71072", "Kortessem")


def test_two_last_explanations_of_one_day_are_refused() -> None:
    assert "tweede toelichting" in problems_of(explanations=EXPLANATION + EXPLANATION.removeprefix("toelichtingen:\n"))


# --- the form ---------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40).filter(
    lambda text: text.strip() and "x005F_" not in text
)
NUMBERS = st.integers(-(10**6), 10**9) | st.floats(-1e9, 1e9).map(lambda value: float(f"{value:.12g}"))
DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2026, 1, 1))


def written(folder: Path, model: type, key: str) -> dict[str, list]:
    placed, problems = parse_entries(read_folder(folder / key), key, model)
    assert problems == []
    found: dict[str, list] = {}
    for item in placed:
        found.setdefault(item.file, []).append(item.entry)
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
    assert written(folder, Correction, "correcties") == {"een.yaml": changes}
    round_trip(folder, folder / "terug")
    for key, model in (("correcties", Correction), ("toelichtingen", Explanation)):
        assert written(folder / "terug", model, key) == written(folder, model, key)


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
    result = import_form(form, tmp_path)
    assert (result.written, result.unchanged, path.read_bytes()) == ((), (path,), before)
    book = openpyxl.load_workbook(form)
    page = book["Correcties"]
    column = [cell.value for cell in page[1]].index("reden") + 1
    page.cell(2, column).value = "Andere reden"
    book.save(form)
    assert import_form(form, tmp_path).written == (path,)
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
    with pytest.raises(EditionError, match="geen leesbaar xlsx"):
        import_form(path, tmp_path)
