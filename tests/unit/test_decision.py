"""The draft council decision as words: true for signatories and others, and honest about what is still open."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from lekp_lib import open_report
from lekp_lib.edition import Edition
from lekp_lib.pact import check_catalog, load_catalog
from lekp_lib.pact.loader import PACKAGED
from lekp_lib.pact.models import sentences, word_count
from lekp_lib.present.decision import DecisionInput, DecisionText, decision_text, decision_texts, placeholders
from lekp_lib.present.decision_block import decision_block, decision_input
from lekp_lib.present.decision_pieces import PLACEHOLDER, Quote, piece_texts
from lekp_lib.present.words.decision_words import Standing, foreign
from lekp_lib.report.council_text import checklist_text, council_text

SITUATIONS = ("gewoon", "niet_ondertekend", "bijna_geen_gegevens", "voorbeeld")


@pytest.fixture(scope="module")
def example() -> Edition:
    return Edition.open("voorbeeld")


@pytest.fixture(scope="module")
def published() -> Edition:
    return Edition.open("gepubliceerd")


@pytest.fixture(scope="module")
def given(example: Edition, published: Edition) -> dict[str, DecisionInput]:
    """The four situations; ids of runs change with the code, so they are fixed here."""

    def of(edition: Edition, place: str) -> DecisionInput:
        view = open_report(edition=edition, gemeente=place, editie=edition.id)
        return replace(decision_input(view), run="0123456789")

    gent = of(example, "Gent")
    return {
        # The figures of the example edition serve as if they were real ones.
        "gewoon": replace(gent, banner="", edition="Cijfers 2025", edition_id="cijfers-2025"),
        "niet_ondertekend": replace(of(published, "Mesen"), known_on=dt.date(2026, 11, 23)),
        "bijna_geen_gegevens": replace(of(published, "Houthulst"), known_on=dt.date(2026, 11, 23)),
        "voorbeeld": gent,
    }


@pytest.fixture(scope="module")
def drafts(given: dict[str, DecisionInput]) -> dict[str, DecisionText]:
    return {name: decision_text(item) for name, item in given.items()}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_text(situation: str, drafts: dict[str, DecisionText], snapshot: SnapshotAssertion) -> None:
    assert council_text(drafts[situation]) == snapshot


def test_checklist(drafts: dict[str, DecisionText], snapshot: SnapshotAssertion) -> None:
    assert checklist_text(drafts["gewoon"]) == snapshot


@pytest.mark.parametrize("situation", SITUATIONS)
def test_sentences_are_short_and_placeholders_are_listed(situation: str, drafts: dict[str, DecisionText]) -> None:
    draft = drafts[situation]
    for part in draft.parts:
        for piece in part.pieces if part.id != "juridisch" else ():
            for text in piece_texts(piece):
                assert all(word_count(sentence) <= 25 for sentence in sentences(text)), text
    text = council_text(draft)
    assert list(placeholders(draft)) == list(dict.fromkeys(PLACEHOLDER.findall(text)))
    assert text.count("[") == text.count("]") == len(PLACEHOLDER.findall(text))
    open_places = decision_block(draft).attributes["open"]
    assert int(open_places) == len(placeholders(draft)) >= 7
    assert f"telt nog {open_places} in te vullen plaatsen" in decision_block(draft).text()


def test_headings_and_articles_are_those_of_council_software(drafts: dict[str, DecisionText]) -> None:
    assert [part.heading for part in drafts["gewoon"].parts] == [
        "Onderwerp",
        "Aanleiding en voorgeschiedenis",
        "Juridische grond",
        "Feiten en motivering",
        "Financiële gevolgen",
        "Bijlagen",
        "Besluit",
    ]
    assert drafts["gewoon"].title == "Rapportering Lokaal Energie- en Klimaatpact 2.0 2025. Kennisname."
    assert [article.number for article in drafts["gewoon"].articles] == [1, 2]
    for draft in drafts.values():
        assert draft.articles[0].texts[0].startswith("De gemeenteraad neemt kennis van ")


def test_after_the_last_round_nothing_is_a_duty(given: dict[str, DecisionInput]) -> None:
    """The last year of data is 2025, and the Loket closed on 1 June 2026: one day later is too late."""
    usual = given["gewoon"]
    assert decision_text(replace(usual, known_on=dt.date(2026, 6, 1))).standing is Standing.DUTY
    for later in (
        replace(usual, known_on=dt.date(2026, 6, 2)),
        replace(usual, reference_date=dt.date(2026, 1, 1)),
    ):
        draft = decision_text(later)
        said = " ".join(decision_texts(draft))
        assert draft.standing is Standing.VOLUNTARY and draft.title.startswith("Voortgang ")
        assert "vrijwillig" in said and "geen verplichte rapportering" in said
        assert len(draft.articles) == 1 and "Agentschap Binnenlands Bestuur" not in said


def test_non_signatory_has_no_duty_and_no_text_of_the_pact(drafts: dict[str, DecisionText]) -> None:
    draft = drafts["niet_ondertekend"]
    said = " ".join(decision_texts(draft))
    assert "geen verplichting" in said and "Rapportering" not in draft.title
    assert "Loket" not in said and "subsidi" not in said and "inspanningsverbintenis" not in said
    assert all("lokaal bestuur" in text for piece in draft.part("juridisch").pieces for text in piece_texts(piece))
    assert [step.id for step in draft.uploads] == ["register"]


@pytest.mark.parametrize(("version", "count"), [(None, 2), ("1.0", 4), ("2.0", 5), ("2.1", 6)])
def test_legal_texts_fit_the_version_and_come_word_for_word(
    version: str | None, count: int, given: dict[str, DecisionInput]
) -> None:
    draft = decision_text(replace(given["gewoon"], version=version))  # type: ignore[arg-type]
    shown = [text for piece in draft.part("juridisch").pieces for text in piece_texts(piece)]
    known = [ground.tekst for ground in load_catalog().legal_grounds.gronden]
    assert len(shown) == count and [text for text in known if text in shown] == shown


def test_example_edition_says_so_from_first_to_last_line(drafts: dict[str, DecisionText]) -> None:
    draft, banner = drafts["voorbeeld"], "Voorbeeldeditie: fictieve cijfers"
    for text in (council_text(draft), checklist_text(draft)):
        lines = [line for line in text.splitlines() if line]
        assert lines[0] == lines[-1] == banner
    assert banner in draft.title
    assert all(banner in " ".join(article.texts) for article in draft.articles)
    assert "verzonnen" in " ".join(decision_texts(draft))
    assert banner not in council_text(drafts["gewoon"])


def test_few_data_are_not_told_as_zeros(drafts: dict[str, DecisionText]) -> None:
    said = " ".join(decision_texts(drafts["bijna_geen_gegevens"]))
    assert re.search(r"Voor 1\d doelen zijn er geen gegevens\.", said)
    assert "Geen gegevens betekent niet dat de stand 0 is." in said
    assert "achterstand het grootst" not in said
    zero = " ".join(decision_texts(drafts["gewoon"]))
    assert "Grote achterstand: 0 van" in zero and "Deze 0 staat zo in de bron" in zero


def test_explanations_of_the_municipality_are_quoted(given: dict[str, DecisionInput]) -> None:
    said = "Wij planten in 2026 [bijna] alles.\nZie <b>hier</b>."
    draft = decision_text(replace(given["gewoon"], explanations={"bomen": [said], "onbekend": ["weg"], "led": [" "]}))
    quotes = [piece for part in draft.parts for piece in part.pieces if isinstance(piece, Quote)]
    assert quotes == [Quote("Bomen", "Wij planten in 2026 (bijna) alles. Zie <b>hier</b>.")]
    assert not any("uitleg bij de achterstand" in place for place in placeholders(draft))
    without = decision_text(given["gewoon"])
    assert any("uitleg bij de achterstand" in place for place in placeholders(without))


def test_merged_municipality_names_every_signature(example: Edition) -> None:
    view = open_report(edition=example, gemeente="Hasselt", editie="voorbeeld")
    said = " ".join(decision_texts(decision_text(decision_input(view))))
    assert "Hasselt ontstond op 1 januari 2025 uit Hasselt en Kortessem." in said
    for name in ("Hasselt", "Kortessem"):
        assert f"Ondertekening van LEKP 1.0 door {name}: [datum en nummer van het besluit van {name} over" in said


def test_chosen_version_is_said_to_be_chosen(example: Edition) -> None:
    view = open_report(edition=example, gemeente="Houthulst", editie="voorbeeld", pact="2.0")
    assert "De opsteller van het verslag koos pact 2.0" in council_text(decision_text(decision_input(view)))


def test_foreign_text_cannot_pose_as_a_placeholder_or_hide() -> None:
    assert foreign(" Gent\x00\u202e\n[datum]\u00a0x ") == "Gent (datum)\u00a0x"
    assert foreign("'s-Gravenvoeren, Brûly–Éé") == "'s-Gravenvoeren, Brûly–Éé"


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("juridische_grond.yaml", "id: dlb_artikel_40", "id: dlb_artikel_2", "staat er meer dan één keer"),
        ("juridische_grond.yaml", "artikel 40 (bevoegdheid", "artikel [40] (bevoegdheid", "haakjes zijn voor"),
        ("juridische_grond.yaml", 'vanaf: "2.1"', 'vanaf: "3.0"', "vanaf"),
        ("juridische_grond.yaml", "certainty: deels_bron", "certainty: zeker", "certainty"),
        ("oplaadlijst.yaml", "datum: 2026-08-12", "datum: 2027-08-12", "2027-08-12"),
        ("oplaadlijst.yaml", "adres: https://lokaalbeslist", "adres: lokaalbeslist", "adres"),
        ("oplaadlijst.yaml", "Dit blijft mogelijk, ook na", "Dit blijft " + "altijd " * 25 + "mogelijk na", "woorden"),
    ],
)
def test_wrong_council_files_are_explained(tmp_path: Path, file: str, old: str, new: str, words: str) -> None:
    folder = tmp_path / "catalog"
    shutil.copytree(PACKAGED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    told = [str(problem) for problem in check_catalog(folder)]
    assert any(file in line and words in line for line in told), told
