"""Broken files: every one ends in a message that names the place, and in a data folder that stays empty."""

from __future__ import annotations

import datetime as dt
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from lekp_lib.cli import app
from tests.data.import_samples import (
    GOOD,
    HEADER,
    csv_bytes,
    csv_text,
    point,
    points,
    population_zip,
    replaced_part,
    row,
    xlsx_bytes,
    zip_bytes,
)


class Broken(NamedTuple):
    """A file, how it is imported, and what the message must say."""

    name: str
    content: Callable[[], bytes]
    says: tuple[str, ...]
    shape: str = "sjabloon"
    options: tuple[str, ...] = ()


def _csv(case: str, rows: list[tuple[str, ...]], *says: str) -> Broken:
    return Broken(f"{case}.csv", lambda: csv_bytes(*rows), says)


def _cell(case: str, field: str, text: str, *says: str) -> Broken:
    """One wrong cell on line 3, below a good row of another figure."""
    first = row(doel="ontharding", deelindicator="ontharding", eenheid="m2")
    place = f"regel 3, kolom {field}"
    return _csv(case, [first, row(**{field: text})], place, *says)


def _xlsx(case: str, content: Callable[[], bytes], *says: str) -> Broken:
    return Broken(f"{case}.xlsx", content, says)


def _merge(area: str) -> Callable[[], bytes]:
    return lambda: xlsx_bytes(GOOD, row(nis="11002", gemeente="Antwerpen"), change=lambda page: page.merge_cells(area))


def _put(cell: str, value: object, style: str | None = None) -> Callable[[], bytes]:
    def change(page: object) -> None:
        page[cell] = value  # type: ignore[index]
        if style:
            page[cell].number_format = style  # type: ignore[index]

    return lambda: xlsx_bytes(change=change)


def _lying_zip() -> bytes:
    """A zip whose directory declares five gigabytes for one member."""
    content = bytearray(zip_bytes({"TF_SOC_POP_STRUCT_2025.txt": b"x" * 1000}))
    start = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, start + 24, 0xFFFFFF00)
    return bytes(content)


def _locked_zip() -> bytes:
    content = bytearray(zip_bytes({"TF_SOC_POP_STRUCT_2025.txt": b"a|b\n1|2\n"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.index(mark)
        content[start + offset] |= 1
    return bytes(content)


def _cut(content: bytes, share: float) -> bytes:
    return content[: int(len(content) * share)]


def _flipped(content: bytes) -> bytes:
    changed = bytearray(content)
    for position in range(60, min(len(changed), 260)):
        changed[position] ^= 0x5A
    return bytes(changed)


ZIP = "statbel_bevolking"
MOW = "mow_laadpunten"
ON = ("datum=2026-10-06",)
POP = [("44021", "Gent", "40000", "M", "1", "130000"), ("44021", "Gent", "40000", "F", "1", "134000")]

FORM = [
    Broken("leeg.csv", lambda: b"", ("leeg.csv", "leeg bestand")),
    Broken("wit.csv", lambda: b"\xef\xbb\xbf \r\n\r\n", ("wit.csv", "leeg bestand")),
    Broken("kop.csv", lambda: csv_text().encode(), ("kop.csv", "kop zonder rijen")),
    Broken("dubbelepunt.csv", lambda: csv_bytes(sign=":"), ("dubbelepunt.csv", "geen kolom")),
    Broken("statbel.csv", lambda: csv_bytes(sign=";"), ("geen kolom", "CD_REFNIS"), "statbel_gebouwenpark"),
    Broken(
        "bytes.csv", lambda: csv_bytes(row(gemeente="Gent")) + b"\x81\x8d\n", ("bytes.csv: regel 3", "in cp1252 niet")
    ),
    Broken("nul.csv", lambda: csv_bytes(GOOD).replace(b"1200", b"12\x0000"), ("nul.csv: regel 2", "nulbyte")),
    Broken("utf16half.csv", lambda: csv_bytes(encoding="utf-16")[:-1], ("utf16half.csv", "utf-16")),
    Broken(
        "latin.txt",
        lambda: population_zip(POP)[:0] + "CD_REFNIS|MS_POPULATION\n44021|é\n".encode("cp1252"),
        ("regel 2, kolom MS_POPULATION", "een getal"),
        ZIP,
        ("datum=2025-01-01",),
    ),
    Broken(
        "quote.csv", lambda: csv_text(row(gemeente='"Gent')).encode(), ("quote.csv: na regel", "dubbel aanhalingsteken")
    ),
    Broken("lang.csv", lambda: csv_bytes((*GOOD, "x", "y")), ("lang.csv: regel 2", "10 cellen")),
    Broken("kort.csv", lambda: csv_bytes(GOOD[:-2]), ("kort.csv: regel 2", "6 cellen", "8 cellen")),
    Broken("veld.csv", lambda: csv_bytes(row(gemeente="x" * 140_000)), ("veld.csv", "field limit")),
    Broken("zonderkop.csv", lambda: csv_bytes(GOOD, header=GOOD), ("zonderkop.csv: kop", "geen kolom")),
    Broken(
        "pagina.csv", lambda: b"<!DOCTYPE html><html><title>captcha</title>", ("pagina.csv", "webpagina", "captcha")
    ),
    Broken("verslag.pdf", lambda: b"%PDF-1.7\n", ("verslag.pdf", "een pdf", "sjabloon")),
    Broken("oud.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ("oud.xls", "oud Excelbestand")),
    Broken("beeld.csv", lambda: b"\x89PNG\r\n\x1a\n", ("beeld.csv", "een afbeelding")),
    Broken("gz.csv", lambda: b"\x1f\x8b\x08\x00", ("gz.csv", "gzip")),
    Broken("json.csv", lambda: b'{"facts": []}', ("json.csv", "json", "xlsx of csv")),
]

CELLS = [
    _cell(
        "nis4",
        "nis",
        "4402",
        "vijf",
    ),
    _cell("nisonbekend", "nis", "44999", "44999"),
    _cell("niswaals", "nis", "62063", "62063"),
    _cell("nistekst", "nis", "BE44021", "BE44021"),
    _cell("nisleeg", "nis", "", "lege cel"),
    _cell("nisoud", "nis", "12030", "12041"),
    _cell("nisprovincie", "nis", "40000", "gemeente"),
    _cell("verschoven", "nis", "11002", "44021"),
    _cell("doel", "doel", "boomen", "boomen", "bomen"),
    _cell("deelindicator", "deelindicator", "laadpunten", "publiek"),
    _cell("datumleeg", "datum", "", "lege cel"),
    _cell("datumtekst", "datum", "eind vorig jaar", "2025-12-31"),
    _cell("datumkort", "datum", "31/12/25", "vier cijfers"),
    _cell("datumamerikaans", "datum", "12/31/2025", "dag eerst"),
    _cell("datumonmogelijk", "datum", "2025-02-30", "een dag die bestaat"),
    _cell("datumoud", "datum", "1830", "1990"),
    _cell("datumgetal", "datum", "46022", "46022"),
    _cell("waardetekst", "waarde", "veel", "veel"),
    _cell("waardedubbel", "waarde", "1.234", "1234", "1,2340"),
    _cell("waardeongeveer", "waarde", "±1200", "±1200"),
    _cell("waardebereik", "waarde", "100-200", "100-200"),
    _cell("waardeeenheid", "waarde", "1200 bomen", "1200 bomen"),
    _cell("waardeoneindig", "waarde", "inf", "inf"),
    _cell("formule", "waarde", "=1+1", "=1+1"),
    _cell("statusfout", "status", "misschien", "niet_geregistreerd"),
    Broken("eenheid.csv", lambda: csv_bytes(row(eenheid="km")), ("regel 2, kolom eenheid", "de eenheid bomen")),
    Broken(
        "paal.csv",
        lambda: csv_bytes(row(doel="laadpunten", deelindicator="", eenheid="laadpalen")),
        ("regel 2, kolom eenheid", "de eenheid laadpunten"),
    ),
    Broken("nulzonder.csv", lambda: csv_bytes(row(waarde="0", status="")), ("regel 2", "niet geregistreerd")),
    Broken("nulmetcijfer.csv", lambda: csv_bytes(row(status="nul")), ("regel 2", "nul")),
    Broken(
        "janee.csv",
        lambda: csv_bytes(row(doel="geen_heffing", deelindicator="", waarde="2", eenheid="")),
        ("regel 2", "ja of nee"),
    ),
    Broken(
        "link.csv",
        lambda: csv_bytes((*GOOD, "javascript:alert(1)"), header=(*HEADER, "link")),
        ("regel 2, kolom link", "https://"),
    ),
    Broken("bron.csv", lambda: csv_bytes((*GOOD, "Jan"), header=(*HEADER, "bron")), ("regel 2, kolom bron", "Jan")),
    Broken("editie.csv", lambda: csv_bytes((*GOOD, "2020"), header=(*HEADER, "editie")), ("kolom editie", "2019")),
    Broken(
        "naam.csv",
        lambda: b"gemeente;technologie;aantal;vermogen\nHEUSDENN;ZON;1;2\n",
        ("regel 2, kolom gemeente", "Heusden"),
        "fluvius_lokale_productie",
        ("datum=2026-08",),
    ),
    Broken(
        "dubbelnaam.csv",
        lambda: b"gemeente;technologie;aantal;vermogen\nDeurne;ZON;1;2\n",
        ("regel 2, kolom gemeente", "Deurne (Antwerpen)"),
        "fluvius_lokale_productie",
        ("datum=2026-08",),
    ),
]

IMPOSSIBLE = [
    Broken("negatief.csv", lambda: csv_bytes(row(waarde="-5")), ("Gent (44021), bomen.bomen", "nul of meer")),
    Broken(
        "led.csv",
        lambda: csv_bytes(row(doel="verledding", deelindicator="", waarde="130", eenheid="%")),
        ("verledding.aandeel_led", "hoogstens 100"),
    ),
    Broken("toekomst.csv", lambda: csv_bytes(row(datum="2031-01-01")), ("2031-01-01", "toekomst")),
    Broken("dubbel.csv", lambda: csv_bytes(GOOD, row(waarde="1300")), ("Gent (44021)", "1200 en 1300")),
    Broken("opgeheven.csv", lambda: csv_bytes(row(nis="11007", gemeente="Borsbeek")), ("11007", "2025-12-31")),
    Broken("alleenleeg.csv", lambda: csv_bytes(row(waarde="")), ("alleenleeg.csv", "geen enkele bruikbare rij")),
]

WORKBOOKS = [
    _xlsx("blad", lambda: xlsx_bytes(sheet="Blad1"), "blad.xlsx", "Blad1", "Cijfers"),
    _xlsx("samengevoegd", _merge("A2:A3"), "Cijfers!A2:A3", "samengevoegde cellen"),
    _xlsx("samengevoegdekop", _merge("F1:G1"), "Cijfers", "samengevoegde cellen"),
    _xlsx("formule", _put("F2", "=SUM(1,2)"), "Cijfers!F2", "een formule zonder bewaarde waarde"),
    _xlsx("foutcel", _put("F2", "#REF!"), "Cijfers!F2", "#REF!"),
    _xlsx("procent", _put("F2", 0.45, "0%"), "Cijfers!F2", "percentage"),
    _xlsx("waar", _put("F2", True), "Cijfers!F2", "een getal"),
    _xlsx("datumalswaarde", _put("F2", dt.date(2025, 1, 1)), "Cijfers!F2", "maak er een getal van"),
    _xlsx("kolomweg", lambda: xlsx_bytes(GOOD[:5], header=HEADER[:5]), "Cijfers", "geen kolom waarde"),
    _xlsx("leeg", lambda: xlsx_bytes((), header=()), "Cijfers", "geen kolom"),
    _xlsx("half", lambda: _cut(xlsx_bytes(), 0.6), "half.xlsx", "beschadigde zip"),
    _xlsx("geflipt", lambda: _flipped(xlsx_bytes()), "geflipt.xlsx"),
    _xlsx("geenboek", lambda: zip_bytes({"foto.jpg": b"x"}), "geenboek.xlsx", "geen werkmap"),
    _xlsx(
        "xmlstuk",
        lambda: replaced_part(xlsx_bytes(), "xl/worksheets/sheet1.xml", lambda xml: xml[:200]),
        "xmlstuk.xlsx",
        "werkmap",
    ),
    _xlsx(
        "entiteit",
        lambda: replaced_part(xlsx_bytes(), "xl/workbook.xml", lambda xml: b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml),
        "xl/workbook.xml",
        "entiteiten",
    ),
    _xlsx(
        "bom",
        lambda: replaced_part(xlsx_bytes(), "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * 60_000_000),
        "bom.xlsx",
        "zipbom",
    ),
    _xlsx(
        "pad", lambda: zip_bytes({"../../etc/cron.d/x": b"x", "xl/workbook.xml": b"<a/>"}), "pad.xlsx", "buiten de zip"
    ),
    _xlsx("breedte", lambda: xlsx_bytes(tuple("x" for _ in range(1200))), "Cijfers", "1200 kolommen"),
]

ARCHIVES = [
    Broken("bom.zip", lambda: zip_bytes({"TF_SOC_POP_STRUCT_2025.txt": b"0" * 60_000_000}), ("bom.zip", "zipbom"), ZIP),
    Broken("liegt.zip", _lying_zip, ("liegt.zip", "zipbom"), ZIP),
    Broken("pad.zip", lambda: zip_bytes({"../TF_SOC_POP_STRUCT_2025.txt": b"x"}), ("pad.zip", "buiten de zip"), ZIP),
    Broken("windows.zip", lambda: zip_bytes({"..\\..\\a.txt": b"x"}), ("windows.zip", "buiten de zip"), ZIP),
    Broken("absoluut.zip", lambda: zip_bytes({"/etc/a.txt": b"x"}), ("absoluut.zip", "buiten de zip"), ZIP),
    Broken("twee.zip", lambda: zip_bytes({"a.txt": b"x", "b.txt": b"y"}), ("twee.zip", "2 bestanden"), ZIP),
    Broken("geen.zip", lambda: zip_bytes({"leesmij.md": b"x"}), ("geen.zip", "leesmij.md"), ZIP),
    Broken("half.zip", lambda: _cut(population_zip(POP * 50), 0.5), ("half.zip", "beschadigde zip"), ZIP),
    Broken("slot.zip", _locked_zip, ("slot.zip", "wachtwoord"), ZIP),
    Broken(
        "veel.zip",
        lambda: zip_bytes({f"{n}.md": b"" for n in range(5_001)}, mode=zipfile.ZIP_STORED),
        ("veel.zip", "5001 bestanden"),
        ZIP,
    ),
    Broken("zonderjaar.zip", lambda: population_zip(POP, "bevolking.txt"), ("zonderjaar", "--option datum"), ZIP),
    Broken(
        "TF_SOC_POP_STRUCT_2025.zip",
        lambda: population_zip([("44021", "Gent", "4", "M", "1", "")]),
        ("regel 2, kolom MS_POPULATION", "lege cel"),
        ZIP,
    ),
]

RECORDS = [
    Broken("afgekapt.json", lambda: _cut(points(point(), point()), 0.7),
           ("afgekapt.json: regel 1", "afgekapt"), MOW, ON),
    Broken("pagina.json", lambda: points(point(), numberMatched=30_000),
           ("pagina.json", "1 records, terwijl"), MOW, ON),
    Broken("lijst.json", lambda: b"[1, 2]", ("lijst.json", "lijst"), MOW, ON),
    Broken("leeg.json", points, ("leeg.json", "geen records"), MOW, ON),
    Broken("diep.json", lambda: b'{"features":' + b"[" * 200_000, ("diep.json",), MOW, ON),
    Broken("fout.json", lambda: json.dumps({"error": "no access"}).encode(), ("fout.json", "error"), MOW, ON),
    Broken("hernoemd.json", lambda: points({**point(), "properties": {"gemeente": "Gent"}}),
           ("hernoemd.json: sleutels", "maximaal_vermogen_kw of kw"), MOW, ON),
    Broken("vermogen.json", lambda: points(point(maximaal_vermogen_kw=0)), ("record 1", "boven nul"), MOW, ON),
    Broken("vermogenleeg.json", lambda: points(point(maximaal_vermogen_kw=None)),
           ("record 1, kolom maximaal_vermogen_kw", "een lege cel", "boven nul"), MOW, ON),
    Broken("toegang.json", lambda: points(point(toegankelijkheid="privé")), ("record 1", "privé"), MOW, ON),
    Broken("tweemaal.json", lambda: points(point(), point()), ("record 2", "elk ding één keer"), MOW, ON),
    Broken("plaats.json", lambda: points(point(gemeente="Atlantis")), ("record 1", "Atlantis"), MOW, ON),
    Broken("zonderdatum.json", lambda: points(point()), ("zonderdatum.json", "geen datum"), MOW),
    Broken("optie.json", lambda: points(point()), ("--option", "kleur"), MOW, ("kleur=rood",)),
    Broken("grenzen.json", lambda: points(point()), ("nergens.geojson", "geen bestand"), MOW,
           (*ON, "grenzen=nergens.geojson")),
]  # fmt: skip

CASES = [*FORM, *CELLS, *IMPOSSIBLE, *WORKBOOKS, *ARCHIVES, *RECORDS]


def test_there_are_enough_ways_to_break_a_file() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) >= 60
    assert len(names) == len({(case.name, case.shape) for case in CASES})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_file_is_refused_with_its_place_and_nothing_is_written(case: Broken, tmp_path: Path) -> None:
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    path = folder / case.name
    path.write_bytes(case.content())
    command = ["data", "import", str(path), "--as", case.shape, "--data-dir", str(data), "--vandaag", "2026-11-23"]
    for option in case.options:
        command += ["--option", option]
    result = CliRunner().invoke(app, command)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    flat = " ".join(result.output.split())
    for text in case.says:
        assert text in flat, f"{text!r} is not in: {flat[-1500:]}"
    assert not data.exists(), "a refused file leaves nothing behind"
    assert list(folder.iterdir()) == [path]


def test_of_very_many_wrong_rows_the_first_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    path, data = tmp_path / "veel.csv", tmp_path / "data"
    path.write_bytes(csv_bytes(*[row(eenheid="km")] * 20_000))
    command = ["data", "import", str(path), "--as", "sjabloon", "--data-dir", str(data), "--vandaag", "2026-11-23"]
    result = CliRunner().invoke(app, command)
    assert isinstance(result.exception, SystemExit) and result.exit_code == 1
    flat = " ".join(result.output.split())
    assert "20000 rijen: 0 nieuw, 0 herzien, 0 ongewijzigd, 20000 geweigerd" in flat
    assert "veel.csv: regel 201, kolom eenheid" in flat and "veel.csv: regel 202" not in flat
    assert "19800 andere" in flat
    assert not data.exists()
