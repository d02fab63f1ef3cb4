"""Editions: frozen, complete, honest about what is absent, and refused when damaged."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from lekp_lib.data.readers import FIGURES
from lekp_lib.edition.edition import Edition, embedded_editions, find_edition, freeze, prepared_editions
from lekp_lib.edition.example import freeze_example, freeze_published
from lekp_lib.errors import EditionError, EditionProblems
from lekp_lib.register import load_register


@pytest.fixture(scope="module")
def example() -> Edition:
    return Edition.open("voorbeeld")


@pytest.fixture(scope="module")
def published() -> Edition:
    return Edition.open("gepubliceerd")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of an embedded edition that a test may damage."""
    return Path(shutil.copytree(find_edition("gepubliceerd"), tmp_path / "proef"))


def figure(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "target_id": "bomen", "indicator": "bomen", "nis": "32006", "reference_date": dt.date(2024, 12, 31),
        "value": 12.0, "status": "definitief", "source_id": "gemeente", "measure": "stand", "date_precision": "dag",
        "url": "", "remark": "", "correction_note": "",
    }  # fmt: skip
    return values | changes


ABOUT = {
    "id": "proef", "title": "Proef", "reference_date": dt.date(2025, 12, 31), "built": dt.date(2026, 1, 5),
    "origin": "Een proef.", "fictitious": False,
}  # fmt: skip


def make(folder: Path, *figures: dict[str, object]) -> Path:
    freeze(folder, {"figures": pd.DataFrame(list(figures)).reindex(columns=list(FIGURES))}, **ABOUT)
    return folder


@pytest.mark.parametrize(("name", "build"), [("gepubliceerd", freeze_published), ("voorbeeld", freeze_example)])
def test_embedded_edition_can_be_rebuilt_to_the_same_bytes(name: str, build: object, tmp_path: Path) -> None:
    build(tmp_path / name)  # type: ignore[operator]
    for path in sorted(find_edition(name).iterdir()):
        assert (tmp_path / name / path.name).read_bytes() == path.read_bytes(), path.name


def test_published_edition_has_only_real_figures_with_their_source(published: Edition) -> None:
    figures = published.figures
    assert not published.fictitious and published.reference_date == dt.date(2026, 3, 31)
    assert "voorbeeld" not in set(figures["status"]) | set(figures["source_id"])
    others = figures[figures["target_id"] != "laadpunten"]
    assert others["url"].str.startswith("https://").all()
    points = figures[(figures["indicator"] == "laadpunten") & (figures["reference_date"] == pd.Timestamp(2026, 3, 31))]
    assert (len(points), points["value"].sum()) == (285, 79_945)
    assert figures["source_id"].isin(list(published.catalog.sources)).all()


@pytest.mark.parametrize("name", ["figures", "former", "totals"])
def test_no_published_figure_is_without_source_date_rank_and_licence(published: Edition, name: str) -> None:
    frame = published.frame(name)
    sources = [published.catalog.source(key) for key in frame["source_id"]]
    assert all(source.rank and source.licence for source in sources)
    addresses = [url or source.url for url, source in zip(frame["url"], sources, strict=True)]
    assert all(address.startswith("https://") for address in addresses)
    assert frame["reference_date"].notna().all() and frame["date_precision"].isin(["dag", "maand", "jaar"]).all()


def test_covenant_of_mayors_is_known_of_every_municipality(published: Edition) -> None:
    covenant = published.figures.query("target_id == 'burgemeestersconvenant'").set_index("nis")
    assert (len(covenant), covenant["value"].sum()) == (285, 280) and set(covenant["date_precision"]) == {"maand"}
    assert covenant.loc["23106", "remark"].endswith("Zelfde antwoord van Galmaarden, Gooik en Herne.")
    suspended = covenant["remark"].str.contains("opgeschort")
    assert covenant.loc[suspended, "value"].eq(1).all() and suspended.sum() == 20
    assert "Aarschot zegt zelf" in covenant.loc["24001", "remark"]


def test_public_charge_points_are_never_the_total(published: Edition) -> None:
    figures = pd.concat([published.frame(name) for name in ("figures", "former", "totals")])
    public = figures[figures["remark"].str.contains("[Aa]lleen publieke|Publieke laadpunten volgens")]
    assert len(public) == 10 and set(public["indicator"]) == {"publiek"}


def test_figure_of_a_merged_municipality_is_not_given_to_its_successor(published: Edition) -> None:
    former, figures = published.frame("former"), published.figures
    assert former[former["target_id"] == "natuurgroenperken"]["nis"].tolist() == ["73040"]
    assert figures[(figures["target_id"] == "natuurgroenperken") & (figures["nis"] == "71072")].empty


def test_example_edition_is_complete_and_says_that_it_is_invented(example: Edition) -> None:
    assert example.fictitious and example.manifest.banner == "Voorbeeldeditie: fictieve cijfers"
    figures = example.figures
    assert set(figures["source_id"]) == {"voorbeeld"}
    assert {"voorbeeld", "voorlopig", "geschat"} == set(figures["status"])
    assert set(figures["target_id"]) == {target.id for target in example.catalog.targets}
    without = {item.nis for item in load_register().municipalities(example.reference_date)} - set(figures["nis"])
    assert without == {"73028"}
    years = figures[figures["target_id"] == "bomen"].groupby("nis")["reference_date"].nunique()
    assert (years == 5).mean() > 0.9
    shared_cars = figures[figures["target_id"] == "deelsystemen"]
    assert shared_cars["reference_date"].min() == pd.Timestamp(2022, 12, 31)
    assert (figures["value"] == 0).any()


@pytest.mark.parametrize(
    ("target_id", "indicator", "year", "published_total", "tolerance"),
    [
        ("bomen", "bomen", 2022, 0.029 * 6_629_143, 0.15),
        ("natuurgroenperken", "natuurgroenperken", 2022, 775, 0.15),
        ("deelsystemen", "deelwagens", 2022, 3_162, 0.12),
        ("deelsystemen", "deelwagens", 2023, 4_026, 0.15),
        ("laadpunten", "cpe", 2022, 16_000, 0.15),
        ("laadpunten", "cpe", 2024, 57_000, 0.05),
    ],
)
def test_example_totals_are_near_the_published_ones(
    example: Edition, target_id: str, indicator: str, year: int, published_total: float, tolerance: float
) -> None:
    figures = example.figures
    rows = figures[
        (figures["target_id"] == target_id)
        & (figures["indicator"] == indicator)
        & (figures["reference_date"] == pd.Timestamp(year, 12, 31))
    ]
    assert rows["value"].sum() == pytest.approx(published_total, rel=tolerance)


def test_example_led_share_is_near_the_published_one(example: Edition) -> None:
    figures = example.figures
    rows = figures[(figures["indicator"] == "aandeel_led") & (figures["reference_date"] == pd.Timestamp(2024, 12, 31))]
    assert rows["value"].mean() == pytest.approx(46.36, abs=3)


def test_parts_of_a_figure_never_exceed_it(example: Edition) -> None:
    figures = example.figures.set_index(["target_id", "indicator", "nis", "reference_date"])["value"]
    for target in example.catalog.targets:
        for indicator in target.indicators:
            if indicator.part_of and not target.parts and (target.id, indicator.id) in figures.index.droplevel([2, 3]):
                part = figures[target.id, indicator.id]
                whole = figures[target.id, indicator.part_of].reindex(part.index)
                assert (part <= whole + 1e-9).all(), (target.id, indicator.id)


def test_unknown_edition_names_those_that_exist() -> None:
    with pytest.raises(EditionError, match="gepubliceerd, voorbeeld"):
        Edition.open("bestaat-niet")
    assert embedded_editions() == ("gepubliceerd", "voorbeeld")


def test_changed_table_is_refused(copy: Path) -> None:
    content = bytearray((copy / "figures.parquet").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "figures.parquet").write_bytes(bytes(content))
    with pytest.raises(EditionProblems, match=r"figures\.parquet.*sha256"):
        Edition.open(str(copy))


def test_every_damaged_table_is_named_at_once(copy: Path) -> None:
    (copy / "figures.parquet").unlink()
    (copy / "totals.parquet").write_bytes(b"geen parquet")
    with pytest.raises(EditionProblems) as caught:
        Edition.open(str(copy))
    assert [problem.where.rsplit("/", 1)[-1] for problem in caught.value.problems] == [
        "figures.parquet",
        "totals.parquet",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"{", "geldige JSON in UTF-8"),
        (b"", "geldige JSON in UTF-8"),
        (b'{"title": "\xff"}', "geldige JSON in UTF-8"),
        (b'{"id": "X"}', "de sleutel 'title'"),
        (b"[]", "sleutels met een waarde"),
    ],
)
def test_unusable_manifest_is_explained(copy: Path, content: bytes, expected: str) -> None:
    (copy / "manifest.json").write_bytes(content)
    with pytest.raises(EditionProblems, match=rf"manifest\.json: .*verwacht {expected}\. Zet de editie terug"):
        Edition.open(str(copy))


@pytest.mark.parametrize("name", ["figures", "former", "totals", "vreemd"])
def test_manifest_that_lacks_a_table_or_names_an_unknown_one_is_explained(copy: Path, name: str) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    tables = manifest["tables"]
    manifest["tables"] = {key: entry for key, entry in tables.items() if key != name}
    manifest["tables"] |= {} if name in tables else {name: tables["totals"]}
    (copy / "manifest.json").write_text(json.dumps(manifest))
    found = ", ".join(manifest["tables"])
    expected = "minstens figures, former, totals, en alleen figures, former, totals, counts, "
    with pytest.raises(EditionError) as caught:
        Edition.open(str(copy))
    assert f"proef/manifest.json: tables: gevonden {found}; verwacht {expected}" in str(caught.value)
    assert ". Zet de editie terug, of maak ze opnieuw met `lekp data prepare " in str(caught.value)


def test_table_that_is_no_parquet_is_explained_even_when_its_hash_is_right(copy: Path) -> None:
    import hashlib

    (copy / "totals.parquet").write_bytes(b"geen parquet")
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["tables"]["totals"]["sha256"] = hashlib.sha256(b"geen parquet").hexdigest()
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(EditionError, match=r"totals\.parquet: geen tabel met cijfers"):
        Edition.open(str(copy))


def test_empty_edition_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="bevat geen enkel cijfer"):
        Edition.open(str(make(tmp_path / "leeg")))


def test_edition_is_never_overwritten(tmp_path: Path) -> None:
    folder = make(tmp_path / "proef", figure())
    before = sorted(path.read_bytes() for path in folder.iterdir())
    with pytest.raises(EditionError, match="nooit overschreven"):
        make(folder, figure(value=13.0))
    assert sorted(path.read_bytes() for path in folder.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["proef"]


def test_wrong_rows_are_all_reported(tmp_path: Path) -> None:
    wrong = [
        figure(target_id="bestaat_niet"),
        figure(indicator="bestaat_niet"),
        figure(nis="99999"),
        figure(nis="73040"),
        figure(value=float("nan")),
        figure(value=float("inf"), nis="11001"),
        figure(date_precision="eeuw", nis="11002"),
    ]
    with pytest.raises(EditionProblems) as caught:
        Edition.open(str(make(tmp_path / "fout", *wrong)))
    assert len(caught.value.problems) == len(wrong)
    assert all(": rij " in problem.where for problem in caught.value.problems)


def test_same_figure_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EditionProblems, match="één cijfer per doel"):
        Edition.open(str(make(tmp_path / "dubbel", figure(), figure(value=13.0))))


def test_invented_figures_need_a_banner(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="geen banner"):
        freeze(tmp_path / "x", {}, **ABOUT | {"fictitious": True})


def test_prepared_edition_is_found_from_a_folder_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data" / "edities" / "kopie"
    shutil.copytree(find_edition("gepubliceerd"), folder)
    for name in ("parameters", "notebooks"):
        (tmp_path / name).mkdir()
    # JupyterLab runs a notebook in its own folder.
    monkeypatch.chdir(tmp_path / "notebooks")
    assert prepared_editions() == ("kopie",)
    assert find_edition("kopie").resolve() == folder
