"""The declared pact: does it say what the specification says, and is every mistake in it told at once."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lekp_lib.errors import CatalogError, CatalogProblems
from lekp_lib.pact import Catalog, PactVersion, load_catalog
from lekp_lib.pact.loader import PACKAGED, check_catalog
from lekp_lib.pact.yaml_files import parse_yaml, read_yaml
from lekp_lib.parameters import ReportParameters

NBSP = "\u00a0"
SPEC_KINDS = {
    "binary": "ja_nee",
    "cumulative": "cumulatief",
    "stock": "stand",
    "stock_percent": "stand",
    "percent_change_annual": "jaarlijks_tempo",
    "percent_change_vs_baseline": "reductie",
}
SPEC_CERTAINTIES = {
    "sourced": "bron",
    "sourced_partly": "deels_bron",
    "sourced_conflicting": "tegenstrijdig",
    "derived": "afgeleid",
    "general_knowledge": "algemeen_bekend",
    "not_found": "niet_gevonden",
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def spec(shared: Path) -> dict[str, Any]:
    read = read_yaml(shared / "spec" / "targets.yaml")
    # The specification writes werf 1 to 4 with plain numbers as keys; that is its only mistake of form.
    assert {problem.found for problem in read.problems} == {f"de sleutel {number}" for number in range(1, 5)}
    text = (shared / "spec" / "targets.yaml").read_text(encoding="utf-8")
    for number in range(1, 5):
        text = text.replace(f"\n    {number}: {{", f'\n    "{number}": {{')
    data: dict[str, Any] = parse_yaml(text, "targets.yaml").data
    return data


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "catalog"
    shutil.copytree(PACKAGED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def told(folder: Path) -> list[str]:
    return [str(problem) for problem in check_catalog(folder)]


def per_of(name: str) -> tuple[int, str]:
    if name == "inwoner":
        return 1, "inwoners"
    number, _, what = name.partition("_")
    return int(number), what


def test_packaged_catalogue_is_sound_and_complete(catalog: Catalog) -> None:
    assert check_catalog() == ()
    assert [target.nr for target in catalog.pact_targets] == list(range(1, 18))
    assert [target.nr for target in catalog.targets[17:]] == [None] * 3
    assert [target for werf in catalog.werven for target in catalog.of_werf(werf.id)] == list(catalog.pact_targets)
    assert load_catalog() is catalog


def test_names_labels_addresses_and_kinds_equal_the_specification(catalog: Catalog, spec: dict[str, Any]) -> None:
    declared = spec["targets"] + spec["extra_goals_2_1"]
    assert {target.id for target in catalog.targets} == {item["id"] for item in declared}
    for item in declared:
        target = catalog.target(item["id"])
        found = (target.nr, target.official_label, target.codelist_uri, target.werf)
        assert found == (item.get("nr"), item["official_label"], item["codelist_uri"], str(item["werf"]))
        assert target.kind is SPEC_KINDS[item["measure"]]
        assert target.level_certainty == SPEC_CERTAINTIES[item["target_confidence"]]
        assert target.source_certainty == SPEC_CERTAINTIES[item["source_confidence"]]
        assert bool(target.sources) == bool(item["source_org"])
        closed = item.get("closed_on")
        assert target.closed_on == (dt.date.fromisoformat(closed) if closed else None)
    werven = spec["meta"]["werven"]
    assert {werf.id: (werf.label, werf.motto) for werf in catalog.werven} == {
        key: (werf["label"], werf["motto"] or "") for key, werf in werven.items()
    }
    uris = {source.official_uri for source in catalog.sources.values()}
    for concept in spec["meta"]["codelist"]["authentic_sources"]["concepts"][1:]:
        assert concept["uri"] in uris


def test_levels_equal_the_specification(catalog: Catalog, spec: dict[str, Any]) -> None:
    compared = 0
    for item in spec["targets"] + spec["extra_goals_2_1"]:
        for version, wanted in item["target"].items():
            level = catalog.target(item["id"]).level_for(version)
            compared += 1
            if wanted is None:
                assert level is None
                continue
            assert level is not None
            if "value" in wanted:
                # Yes/no targets have one for every part.
                assert level.value == len(catalog.target(item["id"]).parts) or level.value == float(wanted["value"])
                assert level.factor is None
            else:
                stated = wanted.get("equivalent", wanted)
                factor = stated["factor"] * stated.get("kw_per_project", 1)
                assert (level.factor, (level.per_n, level.per)) == (factor, per_of(stated["per"]))
            if "of_which_fossil_free" in wanted:
                assert level.of_which is not None
                assert level.of_which.factor == wanted["of_which_fossil_free"]
            if "deadline" in wanted:
                assert (level.deadline and level.deadline.isoformat()) == wanted["deadline"]
            else:
                assert level.deadline == dt.date(wanted.get("year", 2030), 12, 31)
    assert compared == 38  # 17 targets x 2 versions, 1 level of 2.1, 3 goals of 2.1


def test_flemish_goals_equal_the_specification(catalog: Catalog, spec: dict[str, Any]) -> None:
    for item in spec["targets"]:
        goals = {total.value for total in catalog.target(item["id"]).flanders if total.kind == "doel"}
        wanted = {
            value * (1000 if key == "flanders_total_mw" else 1)
            for level in item["target"].values()
            if level
            for key, value in level.get("equivalent", level).items()
            if key.startswith("flanders_total")
        }
        assert goals == wanted, item["id"]


def test_a_version_falls_back_to_the_one_before_and_never_forward(catalog: Catalog) -> None:
    trees, tables, cars = (catalog.target(name) for name in ("bomen", "klimaattafels", "deelsystemen"))
    assert trees.level_for("2.1") is trees.levels["1.0"]
    assert trees.level_for(None) is None
    assert tables.level_for("1.0") is None
    assert tables.level_for("2.1") is tables.levels["2.0"]
    versions: tuple[PactVersion, ...] = ("1.0", "2.0", "2.1")
    levels = [cars.level_for(version) for version in versions]
    assert {level.unit.plural for level in levels if level} == {"deelwagens"}


@pytest.mark.parametrize(
    ("power_kw", "points"),
    [(3.7, 1), (22, 1), (22.1, 5), (149.9, 5), (150, 10), (300, 10)],
)
def test_cpe_weights_at_the_edges_of_the_bands(catalog: Catalog, power_kw: float, points: float) -> None:
    rule = catalog.target("laadpunten").weight_rule
    assert rule is not None
    assert rule.equivalents(power_kw, "publiek") == points
    assert rule.equivalents(power_kw, "semi_publiek") == points / 2


def test_cpe_rule_equals_the_specification(catalog: Catalog, spec: dict[str, Any]) -> None:
    rule = catalog.target("laadpunten").weight_rule
    assert rule is not None
    stated = next(item for item in spec["targets"] if item["id"] == "laadpunten")["cpe_rule"]
    assert [band["cpe"] for band in stated["bands"]] == [band.weight for band in rule.bands]
    assert stated["semi_public_factor"] == rule.part_factors["semi_publiek"]


@pytest.mark.parametrize(("power_kw", "part"), [(0.0, "publiek"), (float("nan"), "publiek"), (11.0, "privaat")])
def test_a_charge_point_without_power_or_part_has_no_weight(catalog: Catalog, power_kw: float, part: str) -> None:
    rule = catalog.target("laadpunten").weight_rule
    assert rule is not None
    with pytest.raises(ValueError, match=r"boven nul|geen factor"):
        rule.equivalents(power_kw, part)


def test_every_source_says_who_speaks(catalog: Catalog) -> None:
    ranks = {source.id: source.rank for source in catalog.sources.values()}
    assert {name for name, rank in ranks.items() if rank != "officieel"} == {"gemeente", "pers", "partij"}
    assert (ranks["gemeente"], ranks["pers"], ranks["partij"]) == ("gemeente", "pers", "partij")


def test_every_target_of_the_pact_has_a_rate_a_question_and_somebody_to_ask(catalog: Catalog) -> None:
    rates = {
        target.nr: (rate.n, rate.per, rate.decimals)
        for target in catalog.pact_targets
        if (rate := target.comparison) is not None
    }
    people = dict.fromkeys((7, 8, 15, 16, 17), (100, "inwoners", 1))
    people |= {9: (1000, "inwoners", 2), 12: (500, "inwoners", 1), 13: (1000, "inwoners", 2), 14: (100, "inwoners", 2)}
    dwellings = dict.fromkeys((10, 11), (1000, "wooneenheden", 1))
    assert rates == {2: (None, None, 2), 3: (None, None, 1), 4: (None, None, 1), **people, **dwellings}
    assert {target.id for target in catalog.targets if target.lasting} == {
        "burgemeestersconvenant", "warmte_sloopbeleid", "wijkverbeteringscontract",
    }  # fmt: skip
    for target in catalog.pact_targets:
        assert target.vraag.endswith("?") and target.holder is not None and target.holder.vraag.endswith("?")
        assert target.holder.adres.startswith("https://")


@given(st.integers(2015, 2029), st.integers(1, 15))
def test_the_average_asked_for_weighs_every_year_with_what_was_asked_then(base: int, years: int) -> None:
    level = load_catalog().target("energie_patrimonium").levels["2.0"]
    asked = [2.09 if year <= 2022 else 3 for year in range(base + 1, base + years + 1)]
    assert level.required_average(base, base + years) == pytest.approx(sum(asked) / years)
    assert level.required_average(2024, 2024) is None


def test_energy_since_2018_asks_2_39_percent_in_2024(catalog: Catalog) -> None:
    found = catalog.target("energie_patrimonium").levels["2.0"].required_average(2018, 2024)
    assert found == pytest.approx((4 * 2.09 + 2 * 3) / 6)
    assert catalog.target("energie_patrimonium").levels["1.0"].required_average(2018, 2024) == pytest.approx(2.09)


def test_every_mistake_of_every_file_is_told_at_once(copy: Path) -> None:
    change(copy, "doelen/bomen.yaml", "factor: 1,", "factr: 1,")
    change(copy, "doelen/ontharding.yaml", "factor: 1,", 'factor: "1",')
    change(copy, "doelen/fietspaden.yaml", "kind: cumulatief", "kind: cumulatief\nkind: stand")
    change(copy, "doelen/verledding.yaml", "kind: stand", "kind: [stand")
    change(copy, "doelen/klimaattafels.yaml", "kind: cumulatief", "kind: !!python/object/apply:os.getcwd []")
    change(copy, "doelen/laadpunten.yaml", "[mow, eco_movement]", "[mow, ecomovement]")
    change(copy, "doelen/deelsystemen.yaml", '  "1.0":', "  1.0:")
    change(copy, "bronnen/mow.yaml", "rhythm: maandelijks", "rhythm: soms")
    change(copy, "methode/tempo.md", "{min_punten}", "{minpunten}")
    (copy / "woordenlijst.yaml").unlink()
    with pytest.raises(CatalogProblems) as raised:
        load_catalog(copy)
    text = str(raised.value)
    for part in (
        "doelen/bomen.yaml, regel 8: levels.1.0.factr: gevonden een onbekende sleutel; verwacht alleen bekende "
        "sleutels. Bedoelde u 'factor'?",
        "doelen/ontharding.yaml, regel 8: levels.1.0.factor: gevonden '1'; verwacht een getal",
        "doelen/fietspaden.yaml, regel 8: kind: gevonden de sleutel een tweede keer (eerst op regel 7)",
        "doelen/verledding.yaml, regel ",
        "doelen/klimaattafels.yaml, regel 7: kind: gevonden de tag tag:yaml.org,2002:python/object/apply:os.getcwd",
        "sources[1]: gevonden bron 'ecomovement'",
        "doelen/deelsystemen.yaml, regel 8: gevonden de sleutel 1.0; verwacht een tekst",
        "bronnen/mow.yaml, regel 5: rhythm: gevonden 'soms'; verwacht een van 'wekelijks'",
        "methode/tempo.md: gevonden de plaatshouder {minpunten}",
        "woordenlijst.yaml: gevonden geen bestand of map",
    ):
        assert part in text
    assert "Traceback" not in text
    assert "geen doel met nummer" not in text


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("doelen/bomen.yaml", "nr: 7", "nr: 8", "nr: gevonden 8 (ook in doelen/bomen.yaml)"),
        ("doelen/bomen.yaml", "nr: 7\n", "", "geen doel met nummer 7"),
        ("doelen/bomen.yaml", "nr: 7", "id: boom\nnr: 7", "id: gevonden boom; verwacht bomen"),
        (
            "doelen/bomen.yaml",
            "2d39e883-336c-4c6f-99cb-73ffd5030bfc",
            "59f0da6e-aa99-413c-86ef-413039855046",
            "(ook in doelen/bomen.yaml)",
        ),
        ("doelen/bomen.yaml", '"boomplant"', '"wadi"', "gevonden wadi (ook in doelen/bomen.yaml)"),
        ("doelen/bomen.yaml", "indicator: bomen", "indicator: boom", "onbekende reeks boom"),
        ("doelen/bomen.yaml", "per_n: 1", "per_n: 0", "levels.1.0.per_n: gevonden 0; verwacht een getal groter dan 0"),
        ("doelen/bomen.yaml", "per: inwoners", "value: 3", "factor, per en per_n horen bij elkaar"),
        ("doelen/bomen.yaml", "unit: bomen", "unit: {symbol: m, counted: ja}", "counted: gevonden 'ja'; verwacht"),
        ("doelen/bomen.yaml", "factor: 1", "factor: true", "factor: gevonden True; verwacht een getal"),
        ("doelen/bomen.yaml", "factor: 1", "factor: .inf", "gevonden inf; verwacht een eindig getal"),
        ("doelen/bomen.yaml", "path_start: 2021-01-01", "path_start: 2021-02-30", "een onleesbare waarde"),
        ("doelen/bomen.yaml", 'name: "Bomen"', "name: &n Bomen", "een anker"),
        ("doelen/bomen.yaml", "nr: 7", "%YAML 1.1\n---\nnr: 7", "gevonden een %YAML-regel"),
        ("doelen/bomen.yaml", "unit: bomen", "unit: {symbol: m, singulier: x}", "unit.singulier: gevonden een"),
        ("doelen/bomen.yaml", "unit: bomen", "unit: boom", "regel 11: indicators[0].unit: gevonden 'boom'; verwacht"),
        ("doelen/laadpunten.yaml", "limit: 150", "limit: 15", "grenzen moeten stijgen"),
        ("bronnen/mow.yaml", "rhythm: maandelijks\n", "", "geef beide, of geen als het ritme niet bekend is"),
        ("bronnen/abb.yaml", "rang: officieel\n", "", "gevonden niets; verwacht de sleutel 'rang'"),
        ("doelen/bomen.yaml", "n: 100, ", "", "per en n horen bij elkaar"),
        (
            "doelen/bomen.yaml",
            "vergelijking:",
            "blijvend: true\nvergelijking:",
            "blijvend hoort bij doelen met ja of nee",
        ),
        ("doelen/bomen.yaml", 'adres: "https:', 'adres: "http:', "houder.adres: gevonden"),
        ("doelen/energie_patrimonium.yaml", "{waarde: 3}", "{tot_en_met: 2020, waarde: 3}", "jaren lopen op"),
        ("werven.yaml", 'id: "4"', "id: 4", "[4].id: gevonden 4"),
        ("woordenlijst.yaml", 'explanation: "Een auto', f'explanation: "{"woord " * 25}auto', "een zin van 33 woorden"),
        ("methode/noemer.md", "# De noemer", "De noemer", "verwacht een eerste regel '# Titel'"),
        ("methode/noemer.md", "{noemerjaar}", "{noemerjaar.__class__}", "de plaatshouder {noemerjaar.__class__}"),
    ],
)
def test_one_mistake_is_told_with_file_and_key(copy: Path, name: str, old: str, new: str, expected: str) -> None:
    change(copy, name, old, new)
    messages = told(copy)
    assert any(expected in message for message in messages), messages
    assert all(message.startswith(("doelen", "bronnen", "werven", "woordenlijst", "methode")) for message in messages)


@pytest.mark.parametrize("word", ["no", "nee", "ja", "on", "off", "y"])
def test_norway_trap_words_stay_text(word: str) -> None:
    assert parse_yaml(f"answer: {word}\n{word}: 1\n", "x.yaml").data == {"answer": word, word: 1}


@settings(deadline=None)
@given(st.text())
@example("a: &x [*x]")
@example("[" * 400)
@example("!!python/object/apply:os.system ['true']")
@example("? {a: b}\n: c")
@example("2025-01-01T 10:00:00")
@example("\uff12\uff10\uff12\uff15-01-01")
@example("!!bool ja")
@example("!!int ''")
def test_reading_hostile_text_never_raises_and_yields_plain_values(text: str) -> None:
    read = parse_yaml(text, "x.yaml")
    plain = (dict, list, str, int, float, bool, dt.date, type(None))
    assert isinstance(read.data, plain)


def test_a_broken_byte_and_an_endless_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: \xff\n")
    assert "geen UTF-8" in read_yaml(path).problems[0].found
    path.write_bytes(b"a" * 1_000_001)
    assert "meer dan 1 MB" in read_yaml(path).problems[0].found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Een. Twee. Drie.", "3 zinnen"),
        (" ".join(["woord"] * 20) + ".", ""),
        (" ".join(["woord"] * 21) + ".", "een zin van 21 woorden"),
        ("", "0 zinnen"),
    ],
)
def test_descriptions_are_one_or_two_short_sentences(copy: Path, text: str, told: str) -> None:
    path = copy / "doelen" / "bomen.yaml"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("description:")]
    path.write_text("\n".join([*lines, f'description: "{text}"']) + "\n", encoding="utf-8")
    messages = [str(problem) for problem in check_catalog(copy)]
    assert told in messages[0] if told else not messages


def test_council_files_and_notes_of_the_method_are_checked_too(copy: Path) -> None:
    change(copy, "oplaadlijst.yaml", "datum: 2026-08-12", "datum: 2027-08-12")
    long = " ".join(["woord"] * 26)
    entry = '  - {{datum: {}, editie: voorbeeld, fout: "Fout.", juist: "Juist.", gevolg: "{}"}}\n'
    listed = "".join(entry.format(day, text) for day, text in (("2026-01-01", "Geen."), ("2026-02-01", long)))
    (copy / "errata.yaml").write_text(listed, encoding="utf-8")
    change(copy, "methodewijzigingen.yaml", "datum: 2026-11-25", "datum: gisteren")
    messages = "\n".join(told(copy))
    for part in ("is van na het nalezen op", "gevolg: gevonden een zin van 26 woorden", "datum: gevonden 'gisteren'"):
        assert part in messages
    (copy / "errata.yaml").write_text(listed.replace(long, "Geen."), encoding="utf-8")
    assert "zet de nieuwste bovenaan" in "\n".join(told(copy))


def test_plain_spaces_before_units_become_no_break_spaces(catalog: Catalog) -> None:
    reduction = catalog.target("co2_patrimonium").level_for("2.0")
    assert reduction is not None
    assert f"55{NBSP}%" in reduction.text
    assert f"100{NBSP}%" in catalog.method_texts["oordeel"][1]


def test_method_texts_take_the_parameters_of_a_report(catalog: Catalog) -> None:
    parameters = ReportParameters(gemeente="Gent")
    texts = "".join(body for _, body in catalog.method_texts.values())
    assert "{drempel_licht}" in texts and "{max_ouderdom_maanden}" in texts
    for title, body in catalog.method_texts.values():
        filled = body.format_map(parameters.model_dump())
        assert "{" not in filled
        assert "#" not in filled
        assert title


def test_unknown_names_are_refused_with_a_suggestion(catalog: Catalog) -> None:
    for call, name in ((catalog.target, "boomen"), (catalog.source, "fluvus")):
        with pytest.raises(CatalogError, match="bedoelde u"):
            call(name)
