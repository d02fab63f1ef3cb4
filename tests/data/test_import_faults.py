"""Kinds of faults that real files showed: the right value, or a refusal that names file, row and cell."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from lekp_lib.cli import app
from tests.data.import_samples import (
    GOOD,
    HEADER,
    csv_bytes,
    point,
    points,
    population_zip,
    reopened,
    row,
    xlsx_bytes,
    zip_bytes,
)

MOW, POP, HOMES = "mow_laadpunten", "statbel_bevolking", "bestat_huishoudens"
MARCH = ("datum=2026-03",)
ON_2018 = ("datum=2018-01-01",)


def imported(path: Path, shape: str, *options: str, map_: Path | None = None) -> tuple[int, str, pd.DataFrame]:
    """Exit code, text and report of a dry run; what is impossible is an error there too."""
    report = path.parent / "verslag.csv"
    report.unlink(missing_ok=True)
    data = path.parent / "data"
    words = ["data", "import", str(path), "--as", shape, "--data-dir", str(data), "--vandaag", "2026-11-26"]
    words += [part for option in options for part in ("--option", option)] + ["--report", str(report)]
    words += ["--map", str(map_)] if map_ else []
    result = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    assert "Traceback" not in result.output and not isinstance(result.exception, KeyError | ValueError | TypeError)
    table = pd.read_csv(report, dtype=str).fillna("") if report.is_file() else pd.DataFrame()
    return result.exit_code, " ".join(result.output.split()), table


def values(table: pd.DataFrame) -> dict[str, str]:
    """New values by code and figure."""
    new = table[table["Soort"].eq("nieuw")]
    return {
        f"{nis} {figure}": value for nis, figure, value in zip(new["Waar"], new["Cijfer"], new["Nieuw"], strict=True)
    }


class Case(NamedTuple):
    """A file, and what its import says; ``value`` is one figure that must come out, empty for a refusal."""

    kind: str
    name: str
    content: Callable[[], bytes] | None
    says: tuple[str, ...]
    value: tuple[str, str] | None = None
    shape: str = "sjabloon"
    options: tuple[str, ...] = ()


def case(kind: str, name: str, content: Any, *says: str, **more: Any) -> Case:
    return Case(kind, name, content, says, **more)


def homes(*rows: tuple[str | None, float | None], place: str = "Wevelgem") -> bytes:
    level = "Type particulier huishouden niveau 1"
    facts = [
        {"Gewest": "Vlaams Gewest", "Gemeente": place, level: part, "Particuliere huishoudens": value}
        for part, value in rows
    ]
    return json.dumps({"facts": facts}).encode()


def cell(name: str, value: Any, style: str = "", **changed: Any) -> Callable[[], bytes]:
    def change(page: Any) -> None:
        page[name] = value
        page[name].number_format = style or page[name].number_format

    return lambda: xlsx_bytes(row(**changed), change=change)


def led(*shares: str) -> Callable[[], bytes]:
    codes = ["44021", "11002", "31005", "24062", "41002"]
    rows = [row(nis=nis, gemeente="", doel="verledding", deelindicator="", waarde=share, eenheid="%")
            for nis, share in zip(codes, shares, strict=False)]  # fmt: skip
    return lambda: csv_bytes(*rows)


def sheets(**pages: list[tuple[Any, ...]]) -> Callable[[], bytes]:
    def change(page: Any) -> None:
        for title, rows in pages.items():
            added = page.parent.create_sheet(title)
            for cells in rows:
                added.append(list(cells))
        page.parent.remove(page)

    return lambda: xlsx_bytes(change=change)


TOTALS = [("a", 8000.0), ("b", 5372.0), (None, 13372.0)]
VOLUMES = [("Jaar", "NIS", "sector", "drager", "verbruik"), (2018, 44021, "H", "gas", 5)]
TXT = b"CD_REFNIS|MS_POPULATION\n44021|270000\n"
OWN = [
    case("A1", "totaal_eerst.json", lambda: homes(*TOTALS[::-1]), "1 rij weggelaten: totalen",
         value=("34041 huishoudens", "13372"), shape=HOMES, options=ON_2018),
    case("A1", "totaalwoord.json", lambda: homes(("a", 8000.0), ("b", 5372.0), ("Totaal", 13372.0)), "totalen",
         value=("34041 huishoudens", "13372"), shape=HOMES, options=ON_2018),
    case("A1", "verschilt.json", lambda: homes(*TOTALS[:2], (None, 13000.0)), "record 3", "'13000'",
         "de som van de delen, 13372", shape=HOMES, options=ON_2018),
    case("A1", "dubbeldeel.json", lambda: homes(("a", 1.0), ("a", 1.0), ("b", 2.0)), "record 2", "elk deel één keer",
         shape=HOMES, options=ON_2018),
    case("A1", "zonderdelen.json", lambda: homes((None, 13372.0)), value=("34041 huishoudens", "13372"), shape=HOMES,
         options=ON_2018),
    case("A2", "pct_escaped.xlsx", cell("F2", 45, "0\\%", doel="verledding", deelindicator="", eenheid="%"),
         value=("44021 verledding.aandeel_led", "45")),
    case("A2", "pct_echt.xlsx", cell("F2", 0.45, "0.0%", doel="verledding", deelindicator="", eenheid="%"),
         value=("44021 verledding.aandeel_led", "45")),
    case("A2", "datum1899.xlsx", cell("E2", dt.date(1900, 1, 5)), "Cijfers!E2", "een jaar van 1990 tot 2100"),
    case("A2", "datumcel.xlsx", cell("E2", dt.date(2025, 6, 30)), value=("44021 bomen.bomen", "1200")),
    case("A2", "toekomstcel.xlsx", cell("E2", dt.date(2150, 1, 1)), "Cijfers!E2", "2100"),
    case("A3", "tweenamen.csv", lambda: csv_bytes((*GOOD, "77"), header=(*HEADER, "value")), "regel 2",
         "kolommen waarde en value", "'1200' en '77'"),
    case("A3", "tweegelijke.csv", lambda: csv_bytes((*GOOD, "1200"), header=(*HEADER, "value")),
         value=("44021 bomen.bomen", "1200")),
    case("A3", "tweebladen.xlsx", sheets(Een=VOLUMES, Twee=VOLUMES), "2 bladen met deze kolommen: Een, Twee",
         shape="burgemeestersconvenant_energie"),
    case("A3", "sleutel.json", lambda: b'{"facts": [{"Gemeente": "Gent", "Gemeente": "Aalst"}]}', "'Gemeente'",
         "tweemaal", shape=HOMES, options=ON_2018),
    case("A3", "frans.csv", lambda: csv_bytes(row(gemeente="Gand")), value=("44021 bomen.bomen", "1200")),
    case("A3", "tikfout.csv", lambda: csv_bytes(row(gemeente="Gnet")), "regel 2, kolom nis", "Gnet"),
    case("A4", "eenbreuk.csv", led("0,45", "62", "90"), "is het een breuk?", value=("44021 verledding.aandeel_led",
         "0,45")),
    case("A4", "deelbreuken.csv", lambda: csv_bytes(
        *[(*row(nis=nis, gemeente="", waarde=share, eenheid=""), "procent van doel")
          for nis, share in (("44021", "0,1"), ("11002", "0,5"), ("31005", "0,9"))], header=(*HEADER, "soort")),
         "schrijf 45, niet 0,45"),
    case("A4", "km_als_m.csv", lambda: csv_bytes(row(doel="fietspaden", deelindicator="", eenheid="m",
         waarde="90000000")), "90000000 m; dat is meer dan mogelijk lijkt"),
    case("A4", "watt.csv", lambda: b"uniek_identificatienummer,uitbater,toegankelijkheid,kw,gemeente\n"
         b"a,A,publiek,0.022,Gent\n", "regel 2, kolom kw", "van 0.5 tot 4000", shape=MOW, options=MARCH),
    case("A4", "halve_auto.csv", lambda: csv_bytes(row(doel="deelsystemen", deelindicator="deelwagens", waarde="3,5",
         eenheid="")), "3,5", "dit wordt geteld"),
    case("A6", "volgende.json", lambda: points(point(), links=[{"rel": "next", "href": "x"}]), "1 records",
         shape=MOW, options=MARCH),
    case("A6", "afgekapt.json", lambda: points(point(), numberMatched=1, exceededTransferLimit=True), "1 records",
         shape=MOW, options=MARCH),
    case("A6", "alleenterug.json", lambda: json.dumps({"type": "FeatureCollection", "features": [point()],
         "numberReturned": 1}).encode(), "het aantal nergens staat", shape=MOW, options=MARCH),
    case("A6", "proef.json", lambda: points(point(), numberMatched="unknown"), value=("44021 laadpunten.laadpunten",
         "1"), shape=MOW, options=(*MARCH, "onvolledig=ja")),
    case("A7", "dubbeldatum.csv", csv_bytes, "--option datum", "het bestand heeft zelf een datum",
         options=("datum=2024-12-31",)),
    case("A7", "onnodig.csv", csv_bytes, "--option onvolledig", "alleen antwoorden in json",
         options=("onvolledig=ja",)),
    case("A7", "multi2.json", lambda: points({**point(), "geometry": {"type": "MultiPoint",
         "coordinates": [[3.7, 51.0], [4.4, 51.2]]}}), value=("44021 laadpunten.laadpunten", "1"), shape=MOW,
         options=MARCH),
    case("A8", "klein.xlsx", lambda: xlsx_bytes(sheet="cijfers"), value=("44021 bomen.bomen", "1200")),
    case("A8", "TF_SOC_POP_STRUCT_2025.zip", lambda: zip_bytes({"TF_SOC_POP_STRUCT_2025.txt": TXT,
         "__MACOSX/._TF_SOC_POP_STRUCT_2025.txt": b"x"}), value=("44021 inwoners", "270000"), shape=POP),
    case("A8", "fluvius2020.csv", lambda: (
        b"Gemeente;Markt;Richting;Sector;Aantal;Benaderend Verbruik (kWh)\nGent;E;A;X;1;5\nREST;E;A;X;1;5\n"
        b"Ixelles;E;A;X;1;5\nEdingen;E;A;X;1;7\n"), "1 rij weggelaten: niet toegewezen",
        "2 rijen weggelaten: plaatsen buiten Vlaanderen", "1 rijen context", shape="fluvius_verbruik",
        options=("datum=2020",)),
    case("A8", "latin.csv", lambda: csv_bytes(row(nis="73109", gemeente="Fourons"), row(gemeente="Gent"),
         encoding="latin-1"), value=("73109 bomen.bomen", "1200")),
    case("A9", "opgeheven.csv", lambda: csv_bytes(row(nis="44012", gemeente="De Pinte", datum="2026-01-01")),
         "De Pinte (44012)", "Nazareth-De Pinte (44086)"),
    case("A9", "TF_SOC_POP_STRUCT_2025.zip", lambda: population_zip([("11007", "Borsbeek", "1", "M", "1", "11000")]),
         "Borsbeek (11007), inwoners, 2025-01-01", "bestond niet meer", shape=POP),
    case("A9", "wanordelijk.csv", lambda: csv_bytes(row(nis="12030", gemeente="")), "regel 2, kolom nis", "12041"),
    case("A12", "punt.csv", lambda: b"gemeente;technologie;aantal;vermogen\nGent;ZON;1;0,125\n", "regel 2",
         "'0,125'", shape="fluvius_lokale_productie", options=("datum=2026-08",)),
    case("A12", "komma.csv", lambda: csv_bytes(row(doel="fietspaden", deelindicator="", eenheid="km", waarde="0,125")),
         value=("44021 fietspaden.fietspaden", "125")),
    case("A12", "reuzegroot.csv", lambda: csv_bytes(row(waarde="5e999")), "regel 2, kolom waarde", "'5e999'"),
    case("A12", "statussen.csv", lambda: csv_bytes(GOOD, row(nis="11002", gemeente="", status="")),
         value=("11002 bomen.bomen", "1200")),
]  # fmt: skip

SHARED = [
    case("A1", "bestat_totaalrij.json", None, value=("34041 huishoudens", "13372"), shape=HOMES, options=ON_2018),
    case("A2", "xpct_lit.xlsx", None, "is het een breuk?", value=("44021 verledding.aandeel_led", "0,5")),
    case("A2", "xyear_as_date.xlsx", None, "Cijfers!E2", "datumopmaak"),
    case("A3", "dupcol.csv", None, "2 kolommen waarde: kolom 6 en 10"),
    case("A3", "TF_SOC_POP_STRUCT_2024.zip", None, "de datums 2024 en 2025", shape=POP),
    case("A3", "frenchother.csv", None, "regel 2, kolom nis", "Antwerpen (11002)"),
    case("A4", "shareof1.csv", None, "schrijf 45, niet 0,45"),
    case("A4", "fraction.csv", None, "1200,5 bomen; dit wordt geteld"),
    case("A4", "kwW.json", None, "record 1, kolom maximaal_vermogen_kw", "watt", shape=MOW, options=MARCH),
    case("A5", "lambcrs_in.json", None, value=("44021 laadpunten.laadpunten", "1"), shape=MOW,
         options=(*MARCH, "grenzen=GRENZEN")),
    case("A6", "tot_unknown.json", None, "numberMatched zegt unknown", shape=MOW, options=MARCH),
    case("A7", "laad_2026-03.csv", None, "geen enkele rij met coördinaten", shape=MOW, options=("grenzen=GRENZEN",)),
    case("A7", "multipoint.json", None, value=("44021 laadpunten.laadpunten", "1"), shape=MOW,
         options=(*MARCH, "grenzen=GRENZEN")),
    case("A8", "TF_SOC_POP_STRUCT_2022.txt", None, "cp1252", value=("44021 inwoners", "270000"), shape=POP),
    case("A8", "strict.xlsx", None, "Strict Open XML"),
    case("A8", "xhidrow.xlsx", None, "verborgen of weggefilterde rijen werden ook gelezen (1): 3",
         value=("44021 bomen.bomen", "1200")),
    case("A9", "TF_SOC_POP_STRUCT_2026.txt", None, "De Pinte (44012)", shape=POP),
]  # fmt: skip


def judged(found: Case, path: Path, *options: str) -> None:
    code, told, table = imported(path, found.shape, *options)
    for text in (*found.says, path.name):
        assert text in told, told[-1500:]
    assert code == (1 if found.value is None and "rijen context" not in told else 0), told[-1500:]
    if found.value is not None:
        assert values(table)[found.value[0]] == found.value[1]


@pytest.mark.parametrize("found", OWN, ids=lambda found: f"{found.kind}-{found.name}")
def test_own_case(found: Case, tmp_path: Path) -> None:
    assert found.content is not None
    (tmp_path / found.name).write_bytes(found.content())
    judged(found, tmp_path / found.name, *found.options)


@pytest.mark.parametrize("found", SHARED, ids=lambda found: f"{found.kind}-{found.name}")
def test_recorded_case(found: Case, tmp_path: Path, shared: Path) -> None:
    source = shared / "cases" / "import" / found.name
    if not source.is_file():
        pytest.skip(f"{source} is not there")
    (tmp_path / found.name).write_bytes(source.read_bytes())
    borders = str(shared / "data" / "geo" / "municipalities_2025_4326.geojson")
    judged(found, tmp_path / found.name, *(option.replace("GRENZEN", borders) for option in found.options))


def test_points_outside_stop_above_one_in_twenty(tmp_path: Path, shared: Path) -> None:
    borders = f"grenzen={shared / 'data' / 'geo' / 'municipalities_2025_4326.geojson'}"
    for count, says in ((10, "1 van 11 punten in geen enkele gemeente"), (30, "1 punt ligt in geen enkele gemeente")):
        inside = [point(uniek_identificatienummer=f"a{n}") for n in range(count)]
        path = tmp_path / "punten.json"
        path.write_bytes(points(*inside, point(uniek_identificatienummer="zee", at=(2.5, 51.5))))
        _, told, _ = imported(path, MOW, *MARCH, borders)
        assert says in told
    path.write_bytes(points(*inside, crs={"type": "name", "properties": {"name": "EPSG:999999"}}))
    assert "EPSG:999999" in imported(path, MOW, *MARCH, borders)[1]


def test_boundaries_with_heights_and_codes_called_geoitem_are_read(tmp_path: Path, shared: Path) -> None:
    solid = gpd.read_file(shared / "data" / "geo" / "municipalities_2025_4326.geojson")
    solid = solid.rename(columns={"NISCODE": "geoitem"})
    solid["geometry"] = solid.geometry.force_3d()
    solid.to_file(tmp_path / "grenzen.geojson", driver="GeoJSON")
    path = tmp_path / "punt.json"
    path.write_bytes(points(point(gemeente="Antwerpen")))
    _, _, table = imported(path, MOW, *MARCH, f"grenzen={tmp_path / 'grenzen.geojson'}")
    assert values(table)["44021 laadpunten.laadpunten"] == "1"


@pytest.mark.parametrize(("code", "pattern"), [("11002A00-", "^[0-9]{5}"), ("BE11002", "[0-9]{5}$"),
                                               ("NIS 11002 (2025)", "[0-9]{5}")])  # fmt: skip
def test_a_shape_cuts_codes(code: str, pattern: str, tmp_path: Path) -> None:
    own = tmp_path / "parameters"
    (own / "vormen").mkdir(parents=True)
    text = (
        'id: sectoren\ntitle: "Sectoren"\nsource: gemeente\nyields: cijfers\nformats: [csv]\n'
        f"columns: {{nis: [sector], date: [datum], value: [aantal]}}\ncut: {{nis: '{pattern}'}}\n"
        "constants: {target_id: bomen}\n"
    )
    (own / "vormen" / "sectoren.yaml").write_text(text, encoding="utf-8")
    path = tmp_path / "sectoren.csv"
    path.write_text(f"sector;datum;aantal\n{code};2025;12\n", encoding="utf-8")
    assert values(imported(path, "sectoren", map_=own)[2]) == {"11002 bomen.bomen": "12"}


def test_a_filtered_workbook_names_its_hidden_rows_and_columns(tmp_path: Path) -> None:
    path = tmp_path / "filter.xlsx"
    book = reopened(xlsx_bytes(GOOD, row(nis="11002", gemeente="")))
    book["Cijfers"].row_dimensions[3].hidden = True
    book["Cijfers"].column_dimensions["B"].hidden = True
    book.save(path)
    assert load_workbook(path)["Cijfers"].row_dimensions[3].hidden
    _, told, _ = imported(path, "sjabloon")
    assert "ook gelezen (1): 3" in told and "verborgen kolommen werden ook gelezen" in told
