"""The data folder through its commands: imports at once, withdrawn, chosen per edition, confirmed, mended."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.edition import Edition
from tests.data.import_samples import csv_bytes, row
from tests.unit.test_boundaries_frozen import squares

TODAY = ("--vandaag", "2026-11-26")
OWN_TARGET = """\
id: zonnedaken
name: Zonnedaken
short_name: Zonnedaken
werf: "1"
kind: context
indicators:
  - {id: waarde, label: Zonnedak, unit: {singular: Zonnedak, plural: Zonnedak, symbol: Zonnedak, counted: false}}
path_start: 2015-12-31
description: Een uitleg.
sources: [gemeente]
source_certainty: bron
synonyms: [zonnedak]
references: [Een uitleg.]
"""


class Desk:
    """A data folder, and the commands of a person who works with it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"

    def lekp(self, *words: str, code: int = 0) -> str:
        given = [*words, "--data-dir", str(self.data)]
        result = CliRunner().invoke(app, ["data", *given], env={"COLUMNS": "200"})
        assert result.exit_code == code, result.output
        return result.output

    def file(self, name: str, content: bytes) -> str:
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)

    def bring_in(self, name: str, content: bytes, *more: str, code: int = 0) -> str:
        given = self.lekp("import", self.file(name, content), "--as", "sjabloon", *TODAY, *more, code=code)
        found = re.search(r"import ([0-9a-f]{8})", given)
        return found.group(1) if found and not code else given

    def prepare(self, name: str, *more: str, code: int = 0) -> str:
        there = ("--map", str(self.folder / "parameters"))
        return self.lekp("prepare", "--editie", name, "--peildatum", "2026-01-01", *TODAY, *there, *more, code=code)

    def value(self, edition: str, target: str = "bomen", nis: str = "44021") -> list[float]:
        return values(Edition.open(str(self.data / "edities" / edition)), target, nis)


def values(edition: Edition, target: str, nis: str) -> list[float]:
    figures = edition.figures
    return figures[(figures["target_id"] == target) & (figures["nis"] == nis)]["value"].tolist()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_import_withdraw_correct_import_again_makes_an_edition_without_the_first(desk: Desk) -> None:
    first = desk.bring_in("een.csv", csv_bytes(row(waarde="1200"), row(nis="11002", gemeente="Antwerpen")))
    assert "ingetrokken" in desk.lekp("withdraw", first[:5], "--reden", "verkeerd jaar", *TODAY)
    second = desk.bring_in("twee.csv", csv_bytes(row(waarde="1300")))
    desk.prepare("een")
    assert (desk.value("een"), desk.value("een", nis="11002")) == ([1300.0], [])
    listed = " ".join(desk.lekp("list").split())
    assert f"{first} │ 2026-11-26 │ sjabloon │ een.csv" in listed and second in listed
    assert "ingetrokken op 2026-11-26: verkeerd jaar" in listed and "in gebruik" in listed
    lines = [json.loads(line) for line in (desk.data / "imports.jsonl").read_text().splitlines()]
    assert [line.get("withdrawn") for line in lines] == ["2026-11-26", None]
    # Importing the very same file again brings it back, as a new line below the withdrawn one.
    assert desk.bring_in("een.csv", csv_bytes(row(waarde="1200"))) != first
    assert len((desk.data / "imports.jsonl").read_text().splitlines()) == 3


def test_an_import_that_is_not_there_cannot_be_withdrawn(desk: Desk) -> None:
    assert "geen enkele import heeft een nummer als 'x'" in desk.lekp("withdraw", "x", *TODAY, code=1)
    known = desk.bring_in("een.csv", csv_bytes())
    desk.lekp("withdraw", known, *TODAY)
    assert "geen enkele import" in desk.lekp("withdraw", known, *TODAY, code=1)


def test_an_edition_of_some_imports_only(desk: Desk) -> None:
    trees = desk.bring_in("bomen.csv", csv_bytes(row(waarde="1200")))
    desk.bring_in("anders.csv", csv_bytes(row(waarde="1400")))
    desk.prepare("alles")
    desk.prepare("alleen", "--alleen", trees)
    desk.prepare("zonder", "--zonder", trees)
    assert [desk.value(name) for name in ("alles", "alleen", "zonder")] == [[1400.0], [1200.0], [1400.0]]
    assert "geen enkele import" in desk.prepare("fout", "--alleen", "ffffffff", code=1)


def test_an_edition_that_builds_on_another_lets_own_figures_go_first(desk: Desk) -> None:
    desk.bring_in("eigen.csv", csv_bytes(row(waarde="1200"), row(waarde="5", datum="2025-06-30")))
    told = " ".join(desk.prepare("basis").split())
    desk.bring_in("nieuw.csv", csv_bytes(row(waarde="1250")))
    last = re.findall(r"^\{.*\}$", (desk.data / "imports.jsonl").read_text(), re.MULTILINE)
    assert len(last) == 2 and "basis" in told
    other = Desk(desk.folder / "elders")
    other.folder.mkdir()
    other.bring_in("nieuw.csv", csv_bytes(row(waarde="1300")))
    told = " ".join(other.prepare("verder", "--vanaf", str(desk.data / "edities" / "basis")).split())
    assert "2 cijfers van editie basis" in told and "eigen cijfers gaan voor bij 1: bomen 1" in told
    assert other.value("verder") == [5.0, 1300.0]


def test_a_correction_of_a_figure_of_the_edition_below_is_checked_against_it(desk: Desk) -> None:
    desk.bring_in("eigen.csv", csv_bytes(row(waarde="1200")))
    desk.prepare("basis")
    other = Desk(desk.folder / "elders")
    (other.folder / "parameters" / "correcties").mkdir(parents=True)
    file = other.folder / "parameters" / "correcties" / "gent.yaml"
    of_trees = "correcties:\n  - {gemeente: Gent, doel: bomen, peildatum: 2025-12-31, verwacht: 1200, waarde: 1250,"
    file.write_text(of_trees + " reden: Opnieuw geteld., auteur: Jo Peeters, datum: 2026-01-05, status: actief}\n")
    given = ("check", "--map", str(other.folder / "parameters"), *TODAY)
    base = ("--vanaf", str(desk.data / "edities" / "basis"))
    assert "niet nagekeken" in other.lekp(*given)
    assert "vindt het cijfer dat ze verwacht" in other.lekp(*given, *base)
    other.bring_in("iets.csv", csv_bytes(row(nis="11002", gemeente="Antwerpen")))
    assert "geen zulk cijfer" in other.lekp(*given, code=1)
    assert "vindt het cijfer dat ze verwacht" in other.lekp(*given, *base)
    other.prepare("verder", *base)
    assert other.value("verder") == [1250.0]
    file.write_text(file.read_text().replace("verwacht: 1200", "verwacht: 1300"))
    assert "de waarde 1200" in other.lekp(*given, *base, code=1)


def test_an_edition_on_the_published_one_keeps_what_is_not_replaced(desk: Desk, tmp_path: Path) -> None:
    desk.bring_in("eigen.csv", csv_bytes(row(waarde="1300")))
    desk.prepare("verder", "--vanaf", "gepubliceerd", "--peildatum", "2026-03-31")
    made, base = Edition.open(str(desk.data / "edities" / "verder")), Edition.open("gepubliceerd")
    assert len(made.figures) == len(base.figures) + 1
    assert desk.value("verder", "laadpunten") == values(base, "laadpunten", "44021")
    assert "dezelfde bytes" in desk.lekp("rebuild", "verder", "--naar", str(tmp_path / "kopie"))
    assert (tmp_path / "kopie" / "figures.parquet").read_bytes() == (made.folder / "figures.parquet").read_bytes()


CORRECTION = """\
correcties:
  - {gemeente: Gent, doel: bomen, peildatum: 2025-12-31, verwacht: 1200, waarde: 1250, reden: Geteld, auteur: Jo,
     datum: 2026-01-05, status: actief}
  - {gemeente: Aalst, doel: bomen, peildatum: 2025-12-31, verwacht: 1200, schrappen: true, reden: Fout, auteur: Jo,
     datum: 2026-01-05, status: actief}
  - {gemeente: Gent, doel: ontharding, peildatum: 2025-12-31, verwacht: 5000, waarde: 6000, reden: Geteld, auteur: Jo,
     datum: 2026-01-05, status: actief}
"""
EXPLANATION = """\
toelichtingen:
  - {gemeente: Gent, doel: bomen, type: Toelichting, tekst: Uit de editie eronder, datum: 2026-01-06, auteur: Jo}
  - {gemeente: Aalst, doel: bomen, type: Toelichting, tekst: Blijft staan, datum: 2026-01-05, auteur: Jo}
"""


def test_an_edition_on_another_keeps_what_that_one_corrected_explained_and_knew(desk: Desk) -> None:
    """Own figures and texts go first, and what is used of the other edition is told."""
    for kind, text in (("correcties", CORRECTION), ("toelichtingen", EXPLANATION)):
        (desk.folder / "parameters" / kind).mkdir(parents=True)
        (desk.folder / "parameters" / kind / "a.yaml").write_text(text)
    paved = row(doel="ontharding", deelindicator="ontharding", eenheid="m2", waarde="5000")
    whole = row(nis="11002", gemeente="", datum="2024-12-31", waarde="70")
    part = row(nis="11007", gemeente="", datum="2024-12-31", waarde="30")
    desk.bring_in("een.csv", csv_bytes(row(), row(nis="41002", gemeente="Aalst"), paved, whole, part))
    told = "jaar;nis;naam;sector;energiedrager;uitstoot\n2024;44021;Gent;Huishoudens;gas;12,5\n"
    desk.lekp("import", desk.file("c.csv", told.encode()), "--as", "burgemeestersconvenant_co2", *TODAY)
    squares().to_file(desk.folder / "grenzen.geojson")
    about = ("--bron", "statbel", "--peildatum", "2026-01-01")
    desk.lekp("boundaries", str(desk.folder / "grenzen.geojson"), *about, *TODAY)
    desk.prepare("basis")
    other = Desk(desk.folder / "elders")
    (other.folder / "parameters" / "toelichtingen").mkdir(parents=True)
    own = EXPLANATION.splitlines(keepends=True)[:2]
    (other.folder / "parameters" / "toelichtingen" / "b.yaml").write_text("".join(own).replace("Uit", "Niet uit"))
    other.bring_in("nieuw.csv", csv_bytes(row(waarde="1300")))
    told = " ".join(other.prepare("verder", "--vanaf", str(desk.data / "edities" / "basis")).split())
    assert "eigen cijfers gaan voor bij 1: bomen 1" in told
    assert "ook overgenomen: 2 correcties, 1 toelichting, 1 rij context van editie basis" in told
    assert "niet overgenomen, want er zijn eigen gegevens: 1 correctie, 1 toelichting van editie basis" in told
    edition = Edition.open(str(other.data / "edities" / "verder"))
    corrections = edition.frame("corrections")
    assert set(zip(corrections["nis"], corrections["target_id"], strict=True)) == {
        ("41002", "bomen"), ("44021", "ontharding")
    }  # fmt: skip
    assert other.value("verder", "ontharding") == [6000.0] and other.value("verder", nis="41002") == []
    assert other.value("verder") == [1300.0] and other.value("verder", nis="11002") == [100.0]
    assert edition.explanation("bomen", "44021").text == "Niet uit de editie eronder"
    assert edition.explanation("bomen", "41002").text == "Blijft staan"
    base = Edition.open(str(desk.data / "edities" / "basis"))
    for table in ("context", "boundaries"):
        assert len(edition.frame(table)) and edition.frame(table).equals(base.frame(table)), table
    assert edition.manifest.boundaries == base.manifest.boundaries


def test_an_unlikely_figure_is_confirmed_once_and_accepted_by_the_edition(desk: Desk) -> None:
    many = csv_bytes(row(nis="73109", gemeente="Voeren", waarde="150000"))
    refused = " ".join(desk.bring_in("veel.csv", many, code=1).split())
    assert "meer dan 20 keer wat het pact vraagt" in refused and "--bevestig" in refused
    assert not (desk.data / "imports.jsonl").exists()
    desk.bring_in("veel.csv", many, "--bevestig")
    desk.bring_in("veel.csv", many)
    desk.prepare("een")
    assert desk.value("een", nis="73109") == [150000.0]
    more = csv_bytes(row(nis="73109", gemeente="Voeren", waarde="160000"))
    assert "--bevestig" in desk.bring_in("meer.csv", more, code=1)


def test_a_missing_passport_is_mended_by_importing_the_same_file_again(desk: Desk) -> None:
    desk.bring_in("een.csv", csv_bytes())
    other = csv_bytes(row(nis="11002", gemeente="Antwerpen"))
    desk.bring_in("twee.csv", other)
    passports = desk.data / "ruw" / "paspoorten.jsonl"
    passports.write_text(passports.read_text().splitlines()[0] + "\n")
    assert "geen paspoort" in desk.prepare("een", code=1)
    assert "paspoort ontbreekt" in desk.lekp("list")
    assert "is niet meer te lezen" in desk.lekp("import", desk.file("drie.csv", csv_bytes(row(waarde="7"))), "--as",
                                                "sjabloon", "--dry-run", *TODAY)  # fmt: skip
    desk.bring_in("twee.csv", other)
    desk.prepare("een")
    assert desk.value("een", nis="11002") == [1200.0]


def test_the_same_file_with_another_address_has_the_last_one_that_was_told_and_nothing_else_is_lost(desk: Desk) -> None:
    first = desk.bring_in("een.csv", csv_bytes(), "--url", "https://een.example/bomen.csv", "--published", "2026-01-02")
    desk.prepare("een")
    again = (desk.file("twee.csv", csv_bytes()), "--as", "sjabloon", "--vandaag", "2026-12-01")
    told = desk.lekp("import", *again, "--url", "https://twee.example/bomen.csv", "--dry-run")
    passports = (desk.data / "ruw" / "paspoorten.jsonl").read_text()
    assert "kwam eerder van https://een.example/bomen.csv; voor nieuwe edities wordt dat https://twee.example/" in told
    assert "twee.example" not in passports
    assert f"import {first}" in desk.lekp("import", *again, "--url", "https://twee.example/bomen.csv")
    assert "kwam eerder van" not in desk.lekp("import", *again)
    renewed = set(passports.replace("een.example", "twee.example").splitlines())
    assert set((desk.data / "ruw" / "paspoorten.jsonl").read_text().splitlines()) == renewed
    desk.prepare("twee")
    figures = {name: Edition.open(str(desk.data / "edities" / name)).figures["url"] for name in ("een", "twee")}
    assert {name: set(urls) for name, urls in figures.items()} == {
        "een": {"https://een.example/bomen.csv"},
        "twee": {"https://twee.example/bomen.csv"},
    }


@pytest.mark.slow
def test_six_imports_at_once_are_all_kept_and_an_edition_can_be_made(desk: Desk) -> None:
    codes = ["44021", "11002", "31005", "24062", "71016", "46021"]
    running = []
    for number, code in enumerate(codes):
        file = desk.file(f"{number}.csv", csv_bytes(row(nis=code, gemeente="", waarde=str(100 + number))))
        words = ["data", "import", file, "--as", "sjabloon", "--data-dir", str(desk.data), *TODAY]
        running.append(subprocess.Popen([sys.executable, "-c", "from lekp_lib.cli import main; main()", *words]))
    assert [process.wait(timeout=300) for process in running] == [0] * 6
    assert len((desk.data / "imports.jsonl").read_text().splitlines()) == 6
    assert len((desk.data / "ruw" / "paspoorten.jsonl").read_text().splitlines()) == 6
    desk.prepare("een")
    assert [desk.value("een", nis=code) for code in codes] == [[100.0 + number] for number in range(6)]


def test_a_name_with_a_line_separator_in_it_does_no_damage_to_the_lines_that_follow(desk: Desk) -> None:
    first = desk.bring_in("bomen\u2028en\x85meer.csv", csv_bytes())
    second = desk.bring_in("twee.csv", csv_bytes(row(nis="11002", gemeente="Antwerpen")))
    listed = desk.lekp("list")
    assert first in listed and second in listed and "twee.csv" in listed


def test_a_damaged_line_of_the_ledger_is_told_in_words_of_the_analyst(desk: Desk) -> None:
    desk.bring_in("een.csv", csv_bytes())
    passports = desk.data / "ruw" / "paspoorten.jsonl"
    passports.write_text(passports.read_text().replace('"provider":"', '"provider":"Een Naam '))
    told = " ".join(desk.lekp("list", code=1).split())
    assert "paspoorten.jsonl: regel 1: gevonden provider: 'Een Naam" in told
    assert "verwacht een regel zoals lekp die schrijft" in told and "should" not in told


def test_same_content_under_a_name_with_another_date_asks_for_the_date(desk: Desk) -> None:
    shapes = desk.folder / "parameters" / "vormen"
    shapes.mkdir(parents=True)
    columns = "columns: {nis: [nis], value: [bomen]}\nconstants: {target_id: bomen}\nwhen: {file_name: '([0-9]{4})'}\n"
    about = "id: tellers\ntitle: Tellers\nsource: gemeente\nyields: cijfers\nformats: [csv]\n"
    (shapes / "tellers.yaml").write_text(about + columns)
    given = ("--as", "tellers", *TODAY, "--map", str(desk.folder / "parameters"))
    first, second = (desk.file(f"bomen_{year}.csv", b"nis;bomen\n44021;1200\n") for year in (2024, 2025))
    desk.lekp("import", first, *given)
    told = desk.lekp("import", second, *given, code=1)
    assert "bomen_2025.csv: gevonden dezelfde inhoud als bomen_2024.csv" in told and "--option datum=" in told
    desk.lekp("import", second, *given, "--option", "datum=2025")
    desk.prepare("beide")
    figures = Edition.open(str(desk.data / "edities" / "beide")).figures
    assert sorted(map(str, figures["reference_date"].dt.date)) == ["2024-12-31", "2025-12-31"]


def test_boundaries_that_are_handed_over_again_are_the_newest_with_what_is_told_now(desk: Desk) -> None:
    frame = squares()
    for name in ("a", "b"):
        frame.assign(naam=name).to_file(desk.folder / f"{name}.geojson")
    for name, title in (("a", "Foute titel"), ("b", "Andere"), ("a", "Juiste titel")):
        path = str(desk.folder / f"{name}.geojson")
        desk.lekp("boundaries", path, "--bron", "statbel", "--peildatum", "2025-12-31", "--titel", title, *TODAY)
    desk.bring_in("bomen.csv", csv_bytes(row()))
    desk.prepare("kaart")
    boundaries = Edition.open(str(desk.data / "edities" / "kaart")).manifest.boundaries
    assert boundaries is not None and (boundaries.title, boundaries.name[-9:]) == ("Juiste titel", "a.geojson")


def test_what_differs_names_the_unit_of_both_and_targets_of_either(desk: Desk) -> None:
    own = desk.folder / "parameters" / "doelen"
    own.mkdir(parents=True)
    own.joinpath("zonnedaken.yaml").write_text(OWN_TARGET)
    extra = csv_bytes(row(doel="zonnedaken", deelindicator="", eenheid="", waarde="3,5"))
    desk.lekp("import", desk.file("eigen.csv", extra), "--as", "sjabloon", *TODAY, "--map", str(own.parent))
    desk.bring_in("a.csv", csv_bytes(row(eenheid="% van doel", waarde="45")))
    desk.prepare("vroeger")
    own.joinpath("zonnedaken.yaml").unlink()
    first = next(line.split()[1] for line in desk.lekp("list").splitlines() if "eigen.csv" in line)
    desk.lekp("withdraw", first, *TODAY)
    desk.bring_in("b.csv", csv_bytes(row()))
    desk.prepare("nu")
    told, file = desk.lekp("diff", "vroeger", "nu", "--naar", str(desk.folder / "d.csv")), desk.folder / "d.csv"
    assert re.search(r"herzien .* 45 .* 1200 .*% van het doel → bomen", told) and re.search("Zonnedaken .* 3,5 ", told)
    assert "verdwenen,44021,Gent,Zonnedaken,Zonnedak,2025-12-31,3.5,,Zonnedak," in file.read_text()


def test_invented_figures_are_named_when_editions_are_compared(desk: Desk) -> None:
    assert "Voorbeeldeditie 2025: Voorbeeldeditie: fictieve cijfers" in desk.lekp("diff", "gepubliceerd", "voorbeeld")
