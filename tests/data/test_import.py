"""Files that can be read: every shape, every way of writing, and what an import keeps."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.data.cells import CellError, ImportProblems, each, parse_date, parse_number
from lekp_lib.data.importing import ImportContext, apply_import, plan_import, read_entry
from lekp_lib.data.readers import ReadResult, read_file
from lekp_lib.data.schema import check_shapes, find_shape, load_shapes
from lekp_lib.data.store import Ledger, RawStore
from lekp_lib.data.workbook import write_template
from lekp_lib.errors import CatalogError, CatalogProblems
from lekp_lib.pact import load_catalog
from lekp_lib.pact.models import WeightRule
from lekp_lib.pact.yaml_files import read_yaml
from lekp_lib.present.municipality import open_report
from lekp_lib.register import load_register
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
)

TODAY = dt.date(2026, 11, 23)
PACKAGE = Path(__file__).parents[2] / "lekp_lib"
CIJFERS, PUBLISHED = PACKAGE / "data" / "cijfers", read_yaml(PACKAGE / "edition" / "gepubliceerd.yaml").data["files"]


def read(source: Path | bytes, shape: str = "sjabloon", name: str = "test", **options: str) -> ReadResult:
    return read_file(source, find_shape(shape), load_catalog(), load_register(), options=options, name=name)


def only(result: ReadResult) -> Any:
    assert result.refused.empty
    (figure,) = each(result.figures)
    return figure


def world(tmp_path: Path, own: Path | None = None) -> ImportContext:
    return ImportContext(load_catalog(), load_register(), tmp_path / "data", own)


# --- ways of writing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_the_template_is_read_in_every_usual_encoding_and_with_every_declared_sign(encoding: str, sign: str) -> None:
    cells = (*row(nis="23106", gemeente="PAJOTTEGEM"), "café")
    result = read(csv_bytes(cells, header=(*HEADER, "opmerking"), encoding=encoding, sign=sign))
    found = only(result)
    assert (found.nis, found.value, found.remark) == ("23106", 1200.0, "café")


@pytest.mark.parametrize(
    ("written", "unit", "figure", "value"),
    [
        ("7,4", "km", "fietspaden", 7400.0),
        ("1 234", "m", "fietspaden", 1234.0),
        ("1\u202f234,5", "m", "fietspaden", 1234.5),
        ("1.234.567", "m2", "ontharding", 1234567.0),
        ("1.234,5", "m²", "ontharding", 1234.5),
        ("1,234.5", "m²", "ontharding", 1234.5),
        ("2,5", "ha", "ontharding", 25000.0),
        ("0,125", "ha", "ontharding", 1250.0),
        ("500000", "liter", "hemelwateropvang", 500.0),
        ("45,5 %", "%", "verledding", 45.5),
        ("12", "stuks", "bomen", 12.0),
        ("1200,0", "", "bomen", 1200.0),
    ],
)
def test_numbers_and_units_become_those_of_the_catalogue(written: str, unit: str, figure: str, value: float) -> None:
    found = only(read(csv_bytes(row(doel=figure, deelindicator="", waarde=written, eenheid=unit))))
    assert (found.target_id, found.value) == (figure, value)


@pytest.mark.parametrize(
    ("written", "date", "precision"),
    [
        ("2025-06-30", dt.date(2025, 6, 30), "dag"),
        ("30/06/2025", dt.date(2025, 6, 30), "dag"),
        ("30-6-2025", dt.date(2025, 6, 30), "dag"),
        ("2025-02", dt.date(2025, 2, 28), "maand"),
        ("02/2024", dt.date(2024, 2, 29), "maand"),
        ("202502", dt.date(2025, 2, 28), "maand"),
        ("2025", dt.date(2025, 12, 31), "jaar"),
    ],
)
def test_dates_in_every_usual_form(written: str, date: dt.date, precision: str) -> None:
    found = only(read(csv_bytes(row(datum=written))))
    assert (found.reference_date, found.date_precision) == (date, precision)


@pytest.mark.parametrize("code", ["44021", "44021.0", " 44021 "])
def test_a_code_loses_nothing(code: str) -> None:
    assert only(read(csv_bytes(row(nis=code)))).nis == "44021"


@pytest.mark.parametrize("missing", ["", "-", "x", "?", "-99999", "-99997", "n.b.", "NaN"])
def test_a_missing_value_is_no_zero(missing: str) -> None:
    result = read(csv_bytes(GOOD, row(doel="ontharding", deelindicator="", eenheid="", waarde=missing)))
    assert only(result).target_id == "bomen"
    assert any("geen cijfer" in note for note in result.notes)


def test_zero_is_said_and_not_registered_has_no_value() -> None:
    zero = only(read(csv_bytes(row(waarde="", status="nul"))))
    assert (zero.value, zero.status) == (0.0, "definitief")
    nothing = only(read(csv_bytes(row(waarde="0", status="niet geregistreerd"))))
    assert nothing.status == "niet_geregistreerd" and math.isnan(nothing.value)


def test_names_of_targets_and_figures_may_be_written_as_people_read_them() -> None:
    cells = row(doel="BOMEN", deelindicator="publiek", nis="44021", gemeente="gent")
    assert only(read(csv_bytes(cells))).indicator == "publiek"
    label = load_catalog().target("laadpunten").indicators[1].label
    cells = row(doel="Laadpunten", deelindicator=label, eenheid="laadpunten")
    assert only(read(csv_bytes(cells))).indicator == "publiek"


def test_yes_and_no_belong_to_yes_no_targets_only() -> None:
    yes = row(doel="geen_heffing", deelindicator="", waarde="ja", eenheid="")
    assert only(read(csv_bytes(yes))).value == 1.0
    assert read(csv_bytes(row(waarde="ja"))).refused["cell"][0] == "regel 2, kolom waarde"


def test_a_share_of_the_target_is_no_amount() -> None:
    cells = (*row(waarde="14,5", eenheid=""), "procent van doel")
    found = only(read(csv_bytes(cells, header=(*HEADER, "soort"))))
    assert (found.measure, found.value) == ("aandeel_pct", 14.5)


def test_english_column_names_of_the_first_template_still_work() -> None:
    header = ("nis", "edition", "target_id", "sub_indicator", "date", "value", "unit", "value_kind", "status")
    cells = ("44021", "2025", "bomen", "publiek", "2025-12-31", "12.5", "", "realised", "measured")
    assert only(read(csv_bytes(cells, header=header, sign=","))).value == 12.5


def test_a_workbook_keeps_types_and_stored_values() -> None:
    cells = (44021, "Gent", "bomen", "bomen", dt.date(2025, 12, 31), 1200.5, None, "gemeten")
    found = only(read(xlsx_bytes(cells)))
    assert (found.nis, found.value, found.reference_date) == ("44021", 1200.5, dt.date(2025, 12, 31))


def test_a_percentage_cell_is_read_as_people_see_it() -> None:
    def percent(page: object) -> None:
        page["F2"] = 0.455  # type: ignore[index]
        page["F2"].number_format = "0.0%"  # type: ignore[index]

    content = xlsx_bytes(row(doel="verledding", deelindicator="", eenheid="%"), change=percent)
    assert only(read(content)).value == 45.5


def test_a_merged_title_above_the_header_does_no_harm() -> None:
    def title(page: object) -> None:
        page.insert_rows(1, 2)  # type: ignore[attr-defined]
        page["A1"] = "Cijfers van de gemeente"  # type: ignore[index]
        page.merge_cells("A1:H1")  # type: ignore[attr-defined]

    result = read(xlsx_bytes(GOOD, row(nis="99"), change=title))
    assert len(result.figures) == 1
    assert result.refused["cell"][0] == "Cijfers!A5"


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_every_whole_number_comes_back_however_its_thousands_are_written(number: int) -> None:
    for sign in (" ", "\u00a0", "\u202f"):
        assert parse_number(f"{number:,}".replace(",", sign), "auto") == number
    assert parse_number(f"{number:,}".replace(",", "."), ",") == number
    assert parse_number(f"{number:,}", ".") == number


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False, allow_infinity=False))
def test_four_decimals_can_be_read_in_one_way_only(number: object) -> None:
    text = str(number)
    assert parse_number(text.replace(".", ","), "auto") == parse_number(text, "auto") == float(text)


@given(st.text(max_size=30))
def test_any_text_is_a_number_a_date_or_a_cell_error(text: str) -> None:
    for parse in (lambda: parse_number(text, "auto"), lambda: parse_date(text)):
        with contextlib.suppress(CellError):
            assert parse() is not None


# --- shapes of providers -----------------------------------------------------------------------------------------


def test_all_shapes_are_sound_and_known_to_the_catalogue(tmp_path: Path) -> None:
    assert len(load_shapes()) >= 24
    assert check_shapes(load_catalog()) == ()
    (tmp_path / "vormen").mkdir()
    text = (
        "id: x\ntitle: X\nsource: niemand\nyields: cijfers\nformats: [csv]\n"
        "columns: {nis: [nis], date: [d], amount: [kw], part: [p]}\n"
        "weighing: {target_id: bomen, parts: {a: publiek}}\nconstants: {target_id: boomen}\n"
    )
    (tmp_path / "vormen" / "x.yaml").write_text(text, encoding="utf-8")
    told = " ".join(str(problem) for problem in check_shapes(load_catalog(), tmp_path))
    assert "niemand" in told
    assert "weight_rule" in told
    assert "boomen" in told


def test_facts_come_out_as_the_register_and_the_package_have_them(shared: Path) -> None:
    facts, register = shared / "data" / "facts", load_register()
    on = dt.date(2025, 1, 1)
    people = read(facts / "municipalities.csv", "feiten_inwoners")
    assert people.refused.empty
    of_2025 = [fact for fact in people.counts.itertuples() if fact.date == on]
    assert len(of_2025) == 285
    assert all(fact.value == register.population(fact.nis, 2025, on).value for fact in of_2025)  # type: ignore[union-attr]
    antwerp = {fact.date.year: fact.value for fact in people.counts.itertuples() if fact.nis == "11002"}
    assert antwerp[2024] == 544759, "before 2025 without Borsbeek"
    homes = read(facts / "dwellings_2025.csv", "feiten_wooneenheden")
    assert all(fact.value == register.dwellings(fact.nis, on).value for fact in homes.counts.itertuples())  # type: ignore[union-attr]
    assert len(read(facts / "households_2018_2023.csv", "feiten_huishoudens").counts) == 1800
    charged = each(read(facts / "charge_points_2026_03.csv", "feiten_laadpunten").figures)
    assert {(item.nis, item.value) for item in charged} == {
        (item.nis, item.value)
        for item in each(read(CIJFERS / "charge_points_2026_03.csv", "feiten_laadpunten").figures)
    }
    published = read(facts / "published_figures.csv", "feiten_gepubliceerd")
    assert (len(published.figures), len(published.refused)) == (40, 0)
    path = next(item for item in each(published.figures) if item.target_id == "fietspaden")
    assert path.value == 7400.0, "7.4 km"


@pytest.mark.parametrize(("name", "shape"), PUBLISHED.items())
def test_what_ships_is_read_by_its_own_shape_and_nothing_is_refused(name: str, shape: str) -> None:
    result = read(CIJFERS / name, shape)
    assert result.rows and result.refused.empty and result.rows == len(result.figures) + len(result.context)


def test_statbel_zip_sums_flanders_and_leaves_the_rest_out() -> None:
    rows = [("44021", "Gent", "40000", "M", "1", "130000"), ("44021", "Gent", "40000", "F", "1", "134000"),
            ("62063", "Luik", "60000", "M", "1", "9"), ("21004", "Brussel", " ", "F", "1", "9")]  # fmt: skip
    result = read(population_zip(rows), "statbel_bevolking", "TF_SOC_POP_STRUCT_2025.zip")
    assert [(fact.nis, fact.value, fact.date) for fact in result.counts.itertuples()] == [
        ("44021", 264000, dt.date(2025, 1, 1))
    ]
    assert "2 rijen weggelaten: plaatsen buiten Vlaanderen" in result.notes


def test_statbel_workbook_takes_the_year_from_every_sheet() -> None:
    cells = [(44021, "Gent", 1, 2, 264000), ("Bron: Statbel", None, None, None, None), (1000, "België", 1, 2, 9)]
    content = xlsx_bytes(*cells, header=("Code", "Plaats", "Mannen", "Vrouwen", "Totaal"), sheet="Bevolking in 2024")
    result = read(content, "statbel_bevolking_werkboek")
    assert [(fact.nis, fact.value, fact.date) for fact in result.counts.itertuples()] == [
        ("44021", 264000, dt.date(2024, 1, 1))
    ]


def test_building_stock_counts_dwellings_of_municipalities_only() -> None:
    header = ("CD_YEAR", "CD_REFNIS", "CD_REFNIS_NL", "CD_REFNIS_LVL", "CD_STAT_TYPE", "CD_BUILDING_TYPE", "MS_VALUE")
    gent = ("2025", "44021", "GENT", "5")
    rows = [(*gent, "T8", "R1", "100"), (*gent, "T8", "R2", "50"), (*gent, "T1", "R1", "7")]
    rows.append(("2025", "40000", "OOST", "2", "T8", "R1", "9"))
    result = read(xlsx_bytes(*rows, header=header, sheet="Gebouwenpark"), "statbel_gebouwenpark")
    assert [(fact.nis, fact.kind, fact.value) for fact in result.counts.itertuples()] == [
        ("44021", "wooneenheden", 150)
    ]


def test_be_stat_with_its_bare_nan_and_old_names(shared: Path) -> None:
    path = shared / "data" / "samples" / "bestat_view_result_json_sample.json"
    assert "NaN" in path.read_text(encoding="utf-8")
    assert [fact.value for fact in read(path, "bestat_huishoudens", datum="2018-01-01").counts.itertuples()] == [3776]
    old = {"Gewest": "Vlaams Gewest", "Gemeente": "Moerbeke (Gent)", "Particuliere huishoudens": 7}
    fact = read(json.dumps({"facts": [old]}).encode(), "bestat_huishoudens", datum="2018").counts.iloc[0]
    assert (fact.nis, fact.date) == ("44045", dt.date(2018, 1, 1))


def test_households_of_the_future_are_no_figures() -> None:
    content = b"y,nis,n,name,p,gr\n2023,44021,120000,Gent,OV,1\n2030,44021,130000,Gent,OV,1\n"
    assert [fact.value for fact in read(content, "huishoudensvooruitzichten").counts.itertuples()] == [120000]


def test_fluvius_in_capitals_adds_former_municipalities_to_their_successor(shared: Path) -> None:
    path = shared / "data" / "samples" / "fluvius_1_33_sample.csv"
    found = read(path, "fluvius_lokale_productie", datum="2026-08").context
    assert set(found["nis"]) == {"11001", "11002"}
    sun = found[(found["nis"] == "11002") & (found["technologie"] == "ZONNE-ENERGIE")]
    assert (sun["installaties"].item(), sun["vermogen_kva"].item()) == (20061, 141367.1)


@pytest.mark.parametrize(
    ("sheet", "shape", "column"),
    [("DE_05", "stadsmonitor_de_05", 8), ("AR_03", "stadsmonitor_ar_03", 5), ("WE_36", "stadsmonitor_we_36", 6)],
)
def test_stadsmonitor_takes_the_value_from_the_column_of_its_sheet(sheet: str, shape: str, column: int) -> None:
    header = ["Gemeente", "NIS-code", "Indicator", "Jaar", *(f"k{n}" for n in range(5, 9))]
    cells = ["Gent", 44021, "dichtheid", 2024, *range(105, 109)]
    found = read(xlsx_bytes(cells, header=header, sheet=sheet), shape).context
    assert found["waarde"].item() == 100 + column


def test_covenant_tables_are_context() -> None:
    content = "jaar;nis;naam;sector;energiedrager;uitstoot;betrouwbaarheid\n2018;44021;Gent;Huishoudens;gas;12,5;1\n"
    found = read(content.encode(), "burgemeestersconvenant_co2").context
    assert (found["nis"].item(), found["uitstoot_ton"].item()) == ("44021", 12.5)


# --- charge points -----------------------------------------------------------------------------------------------


def _rule() -> WeightRule:
    rule = load_catalog().target("laadpunten").weight_rule
    assert rule is not None
    return rule


@pytest.mark.parametrize("field", ["maximaal_vermogen_kw", "kw"])
def test_charge_points_are_counted_and_weighed_by_the_rule_under_both_names(field: str) -> None:
    things = [("publiek", 22), ("publiek", 50), ("semi-publiek", 150)]
    features = []
    for number, (access, power) in enumerate(things):
        feature = point(uniek_identificatienummer=f"a__{number}", toegankelijkheid=access)
        feature["properties"].pop("maximaal_vermogen_kw")
        feature["properties"][field] = power
        features.append(feature)
    result = read(points(*features), "mow_laadpunten", "punten_2026-10.json")
    found = {item.indicator: item.value for item in each(result.figures)}
    weights = [_rule().equivalents(power, access.replace("-", "_")) for access, power in things]
    assert found == {"laadpunten": 3, "publiek": 2, "semi_publiek": 1, "cpe": sum(weights),
                     "cpe_publiek": sum(weights[:2]), "cpe_semi_publiek": weights[2]}  # fmt: skip
    assert {item.reference_date for item in each(result.figures)} == {dt.date(2026, 10, 31)}


def test_the_recorded_answer_by_name_and_by_point(shared: Path) -> None:
    sample = shared / "data" / "samples" / "mow_laadpunten_public_wfs_2026-10-06.json"
    borders = shared / "data" / "geo" / "municipalities_2025_4326.geojson"
    by_name = read(sample, "mow_laadpunten", "", onvolledig="ja")
    by_point = read(sample, "mow_laadpunten", "", onvolledig="ja", grenzen=str(borders))
    assert by_name.figures.equals(by_point.figures)
    assert sum(item.value for item in each(by_point.figures) if item.indicator == "laadpunten") == 5


def test_a_point_lies_where_its_coordinates_say_and_at_sea_where_its_name_says(shared: Path) -> None:
    borders = str(shared / "data" / "geo" / "municipalities_2025_4326.geojson")
    ghent = [point(uniek_identificatienummer=f"g{n}", gemeente="Brugge", at=(3.7217, 51.0543)) for n in range(20)]
    content = points(*ghent, point(uniek_identificatienummer="b", gemeente="Oostende", at=(2.5, 51.5)))
    result = read(content, "mow_laadpunten", datum="2026-10-06", grenzen=borders)
    assert {item.nis for item in each(result.figures)} == {"44021", "35013"}
    assert any("telt de naam" in note for note in result.notes)


def test_charge_points_as_csv() -> None:
    header = "uniek_identificatienummer,uitbater,toegankelijkheid,maximaal_vermogen_kw,gemeente,longitude,latitude"
    content = f"{header}\na,Tesla,publiek,250,Gent,3.72,51.05\nb,Mobiflow,publiek,11.5,Gent,3.72,51.05\n".encode()
    result = read(content, "mow_laadpunten", datum="2026-10-06")
    assert {item.indicator: item.value for item in each(result.figures)}["cpe"] == 1
    assert any("Tesla" in note for note in result.notes)


# --- what an import keeps ----------------------------------------------------------------------------------------


def _file(tmp_path: Path, content: bytes, name: str = "cijfers.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_an_import_keeps_the_bytes_and_reads_them_again_to_the_same_figures(tmp_path: Path) -> None:
    here, path = world(tmp_path), _file(tmp_path, csv_bytes())
    plan = plan_import(path, "sjabloon", here, today=TODAY)
    assert not here.data_dir.exists()
    entry = apply_import(plan)
    store = RawStore(here.data_dir)
    assert store.path(entry.sha256).read_bytes() == path.read_bytes()
    assert store.passport(entry.sha256).name == "cijfers.csv"
    path.unlink()
    assert read_entry(entry, here).figures.equals(plan.result.figures)
    assert Ledger(here.data_dir).entries() == (entry,)


def test_new_revised_and_unchanged_are_told(tmp_path: Path) -> None:
    here = world(tmp_path)
    other = row(doel="ontharding", deelindicator="", eenheid="m2")
    first = _file(tmp_path, csv_bytes(GOOD, other), "een.csv")
    apply_import(plan_import(first, "sjabloon", here, today=TODAY))
    second = _file(tmp_path, csv_bytes(row(waarde="1300"), other, row(nis="11002", gemeente="")), "twee.csv")
    plan = plan_import(second, "sjabloon", here, today=TODAY)
    assert [(item.kind, None if pd.isna(item.old) else item.old, item.new) for item in plan.changes.itertuples()] == [
        ("revised", 1200.0, 1300.0),
        ("new", None, 1200.0),
        ("unchanged", 1200.0, 1200.0),
    ]


def test_good_rows_beside_refused_ones_only_when_asked(tmp_path: Path) -> None:
    here, path = world(tmp_path), _file(tmp_path, csv_bytes(GOOD, row(nis="99999")))
    plan = plan_import(path, "sjabloon", here, today=TODAY)
    with pytest.raises(ImportProblems, match="regel 3, kolom nis"):
        apply_import(plan)
    assert not here.data_dir.exists()
    entry = apply_import(plan, accept_partial=True)
    assert len(read_entry(entry, here).figures) == 1


def test_boundaries_are_kept_with_the_import(tmp_path: Path, shared: Path) -> None:
    here, path = world(tmp_path), _file(tmp_path, points(point()), "p.json")
    borders = tmp_path / "grenzen.geojson"
    borders.write_bytes((shared / "data" / "geo" / "municipalities_2025_4326.geojson").read_bytes())
    options = {"datum": "2026-10-06", "grenzen": str(borders)}
    plan = plan_import(path, "mow_laadpunten", here, today=TODAY, options=options)
    entry = apply_import(plan)
    borders.unlink()
    assert entry.options["grenzen"].startswith("sha256:")
    assert read_entry(entry, here).figures.equals(plan.result.figures)


def test_a_damaged_raw_file_and_a_damaged_ledger_are_refused(tmp_path: Path) -> None:
    here, path = world(tmp_path), _file(tmp_path, csv_bytes())
    entry = apply_import(plan_import(path, "sjabloon", here, today=TODAY))
    RawStore(here.data_dir).path(entry.sha256).write_bytes(b"changed")
    with pytest.raises(Exception, match="het origineel opnieuw"):
        read_entry(entry, here)
    Ledger(here.data_dir).path.write_text('{"sha256": 1}\n', encoding="utf-8")
    with pytest.raises(Exception, match="regel 1"):
        Ledger(here.data_dir).entries()


def test_the_store_changes_nothing_on_a_second_put_and_mends_a_damaged_file(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    first = store.put(b"abc", name="../../a.csv", provider="mow", retrieved=TODAY)
    assert first.name == "a.csv"
    store.path(first.sha256).write_bytes(b"x")
    assert store.put(b"abc", name="b.csv", provider="mow", retrieved=dt.date(2027, 1, 1)) == first
    assert store.path(first.sha256).read_bytes() == b"abc"
    assert len(store.passports()) == 1
    assert not [path for path in store.folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("sign", [";", ",", "\t", "|", "^"])
def test_a_new_provider_is_a_yaml_file_and_its_separator_is_found(sign: str, tmp_path: Path) -> None:
    own = tmp_path / "parameters"
    (own / "vormen").mkdir(parents=True)
    (own / "vormen" / "bomenteller.yaml").write_text(
        'id: bomenteller\ntitle: "Bomenteller"\nsource: groenblauwpeil\nyields: cijfers\nformats: [csv]\n'
        'delimiters: ["^"]\ndecimal: ","\ncolumns: {name: [Waar], date: [Wanneer], value: [Hoeveel]}\n'
        "constants: {target_id: bomen, status: voorlopig}\nplace: {by: naam}\n",
        encoding="utf-8",
    )
    path = _file(tmp_path, b"Waar|Wanneer|Hoeveel\nGENT|31/12/2025|1.234\n".replace(b"|", sign.encode()))
    found = next(each(plan_import(path, "bomenteller", world(tmp_path, own), today=TODAY).result.figures))
    assert (found.nis, found.value, found.source_id) == ("44021", 1234.0, "groenblauwpeil")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id: x\ntitle: !!python/object/apply:os.system [ls]\n", "regel 2"),
        ("id: x\ntitle: X\ndelimiter: ';'\n", "onbekende sleutel"),
        ("id: x\ntitle: X\nsource: mow\nyields: cijfers\nformats: [csv]\ncolumns: {nis: [nis]}\n", "target_id"),
        ("id: x\ntitle: X\nsource: mow\nyields: inwoners\nformats: [csv]\ncolumns: {nis: [a], value: [b]}\n"
         "wide: {columns: '('}\n", "patroon"),
    ],
)  # fmt: skip
def test_a_broken_declaration_is_refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "vormen").mkdir()
    (tmp_path / "vormen" / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogProblems, match=says):
        find_shape("x", tmp_path)
    with pytest.raises(CatalogError, match="bedoelde u 'sjabloon'"):
        find_shape("sjaboon", tmp_path)


def test_a_shape_like_another_says_only_what_differs(tmp_path: Path) -> None:
    (tmp_path / "vormen").mkdir()
    path = tmp_path / "vormen" / "telling.yaml"
    path.write_text("like: feiten_huishoudens\ncolumns: {nis: code, date: jaar, value: aantal}\n", encoding="utf-8")
    packaged, own = find_shape("feiten_huishoudens"), find_shape("telling", tmp_path)
    assert own.model_dump(exclude={"id", "columns"}) == packaged.model_dump(exclude={"id", "columns"})
    assert own.columns == {"nis": ["code"], "date": ["jaar"], "value": ["aantal"]}
    path.write_text("like: feiten_huishouden\n", encoding="utf-8")
    with pytest.raises(CatalogError, match=r"telling.yaml: de vorm 'feiten_huishouden' bestaat niet; bedoelde u"):
        find_shape("telling", tmp_path)
    path.write_text("id: ander\nlike: feiten_huishoudens\n", encoding="utf-8")
    with pytest.raises(CatalogProblems, match=r"telling.yaml, regel 1: id: gevonden ander; verwacht telling"):
        find_shape("telling", tmp_path)


def test_names_in_a_file_cannot_command_the_terminal() -> None:
    header = ("\x1b[31mnis", "gemeente\u202e", "doel")
    with pytest.raises(ImportProblems) as caught:
        read(csv_bytes(("1", "2", "3"), header=header), name="\x1b]0;x\x07.csv")
    assert all(char.isprintable() or char in "\n\u00a0" for char in str(caught.value))
    assert "gemeente" in str(caught.value)


# --- the template ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
@pytest.mark.parametrize("wide", [False, True])
def test_an_empty_template_gives_no_figures_and_a_filled_one_gives_them(
    tmp_path: Path, ending: str, wide: bool
) -> None:
    catalog, register = load_catalog(), load_register()
    on = dt.date(2025, 1, 1)
    rows = pd.concat([open_report(gemeente=name).sjabloon(alles=True) for name in ("Gent", "Antwerpen")])
    path = tmp_path / f"sjabloon{ending}"
    write_template(path, catalog, register.municipalities(on), rows, date="2025-12-31", wide=wide)
    shape = "sjabloon_breed" if wide else "sjabloon"
    empty = read(path, shape)
    assert (len(empty.figures), len(empty.refused)) == (0, 0)
    column = "bomen.publiek" if wide else "waarde"
    figures = [f"{target.id}.{sub.id}" for target in catalog.measured for sub in target.indicators]
    line = 1 if wide else 1 + figures.index("bomen.publiek")
    if ending == ".xlsx":
        book = reopened(path.read_bytes())
        page = book["Cijfers"]
        header = [cell.value for cell in page[1]]
        page.cell(line + 1, header.index(column) + 1, 250)
        book.save(path)
    else:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        cells = lines[line].split(";")
        cells[lines[0].split(";").index(column)] = "250"
        lines[line] = ";".join(cells)
        path.write_text("\n".join(lines), encoding="utf-8-sig")
    found = only(read(path, shape))
    assert (found.nis, found.target_id, found.indicator, found.value) == ("44021", "bomen", "publiek", 250.0)
    assert found.reference_date == dt.date(2025, 12, 31)


def test_the_workbook_has_instructions_and_drop_downs(tmp_path: Path) -> None:
    on, path = dt.date(2025, 1, 1), tmp_path / "s.xlsx"
    nothing = pd.DataFrame(columns=["nis"])
    write_template(path, load_catalog(), load_register().municipalities(on), nothing)
    book = reopened(path.read_bytes())
    assert book.sheetnames == ["Uitleg", "Cijfers", "Lijsten"]
    assert book["Lijsten"].max_row == 286
    lists = {str(item.sqref): item.formula1 for item in book["Cijfers"].data_validations.dataValidation}
    assert len(lists) == 8
    assert "Lijsten!$A$2:$A$286" in lists.values()
    with pytest.raises(Exception, match="bestaat al"):
        write_template(path, load_catalog(), load_register().municipalities(on), nothing)


# --- the command -------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_everything_writes_a_report_and_nothing_else(tmp_path: Path) -> None:
    path = _file(tmp_path, csv_bytes(GOOD, row(nis="99999", gemeente="=HYPERLINK(1)"), row(doel="x", waarde="-5")))
    report, data = tmp_path / "uit" / "verslag.xlsx", tmp_path / "data"
    command = ["data", "import", str(path), "--as", "sjabloon", "--dry-run", "--data-dir", str(data)]
    result = CliRunner().invoke(app, [*command, "--report", str(report), "--vandaag", "2026-11-23"])
    assert result.exit_code == 0, result.output
    assert "1 nieuw, 0 herzien, 0 ongewijzigd, 2 geweigerd" in result.output
    assert not data.exists()
    rows = pd.read_excel(report, dtype=str)
    assert list(rows["Soort"]) == ["geweigerd", "geweigerd", "nieuw"]
    assert rows["Waar"][0] == "cijfers.csv: regel 3, kolom nis"


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_read_and_every_bad_one_is_counted() -> None:
    codes = [place.nis for place in load_register().municipalities(dt.date(2025, 1, 1))]
    lines = ["nis;doel;deelindicator;datum;waarde;status"]
    lines += [f"{codes[n % 285]};bomen;publiek;{2021 + n % 5}-{1 + n // 1425 % 12:02d}-01;{n};gemeten"
              for n in range(100_000)]  # fmt: skip
    lines[50_001] = "00000;bomen;publiek;2025-01-01;1;gemeten"
    result = read(("\n".join(lines) + "\n").encode())
    assert (result.rows, len(result.figures)) == (100_000, 99_999)
    assert result.refused[["row", "cell"]].to_numpy().tolist() == [[50_002, "regel 50002, kolom nis"]]
