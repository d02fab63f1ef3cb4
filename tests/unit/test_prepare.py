"""An edition from imported files: frozen once, complete in its manifest, made again to the same bytes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

from lekp_lib.data.importing import ImportContext, select_imports
from lekp_lib.data.store import ImportEntry, Ledger, RawStore
from lekp_lib.edition.edition import MANIFEST_NAME, Edition, Manifest, find_edition
from lekp_lib.edition.prepare import INVENTED_BANNER, newest_reference_dates, prepare, rebuild
from lekp_lib.errors import EditionError, EditionProblems, LekpError
from lekp_lib.pact import load_catalog
from lekp_lib.paths import sha256_of
from lekp_lib.register import load_register

ON, TODAY = dt.date(2025, 12, 31), dt.date(2026, 2, 1)
TREES = """\
nis;doel;datum;waarde;status;bron
32006;bomen;2024-12-31;1200;definitief;groenblauwpeil
32006;bomen;2025-12-31;1500;definitief;groenblauwpeil
71022;bomen;2023-12-31;10;definitief;groenblauwpeil
73040;bomen;2023-12-31;5;definitief;groenblauwpeil
02000;bomen;2023-02-28;2000;definitief;groenblauwpeil
"""
CORRECTION = """\
correcties:
  - {nis: 32006, doel: bomen, peildatum: 2025-12-31, verwacht: 1500, waarde: 1468, reden: Geteld, auteur: Jo,
     datum: 2026-01-05, status: actief}
"""
EXPLANATION = """\
toelichtingen:
  - {gemeente: Kortessem, doel: bomen, type: Toelichting, tekst: In de winter, datum: 2026-01-05, auteur: Jo}
"""


class Prepared(NamedTuple):
    """What :func:`prepare` hands back."""

    folder: Path
    manifest: Manifest
    notes: list[str]


def prepared(context: ImportContext, name: str = "2025", on: dt.date = ON, **asked: Any) -> Prepared:
    entries = select_imports(context.data_dir)
    return Prepared(*prepare(name, on, context, built=TODAY, entries=entries, **asked))


class Desk:
    """A data folder with what was imported, and the files of municipalities."""

    def __init__(self, folder: Path) -> None:
        self.data, self.said = folder / "data", folder / "parameters"

    def bring_in(self, text: str, shape: str = "sjabloon", name: str = "cijfers.csv") -> None:
        passport = RawStore(self.data).put(text.encode(), name=name, provider="gemeente", retrieved=TODAY)
        Ledger(self.data).append(ImportEntry(sha256=passport.sha256, shape=shape, date=TODAY))

    def say(self, correction: str = CORRECTION, explanation: str = EXPLANATION) -> None:
        for name, text in (("correcties", correction), ("toelichtingen", explanation)):
            (self.said / name).mkdir(parents=True, exist_ok=True)
            (self.said / name / "a.yaml").write_text(text)

    def context(self) -> ImportContext:
        return ImportContext(load_catalog(), load_register(), self.data, self.said)

    def prepare(self, name: str = "2025", on: dt.date = ON, **asked: Any) -> Prepared:
        return prepared(self.context(), name, on, **asked)

    def edition(self, name: str = "2025", on: dt.date = ON) -> Edition:
        return Edition.open(str(self.prepare(name, on).folder))

    def rebuild(self, made: Prepared, target: Path) -> list[str]:
        return rebuild(made.folder, target, data_dir=self.data, register=load_register())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.bring_in(TREES)
    return made


def of(frame: pd.DataFrame, target: str, nis: str, *columns: str) -> list[Any]:
    """Cells of the rows of one target and municipality: values, or tuples when several columns are asked for."""
    rows = frame[(frame["target_id"] == target) & (frame["nis"] == nis)]
    return rows[columns[0]].tolist() if len(columns) == 1 else list(rows[list(columns)].itertuples(False, None))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_edition_holds_figures_corrections_explanations_and_all_hashes(desk: Desk) -> None:
    desk.say()
    made = desk.prepare()
    edition = Edition.open(str(made.folder))
    assert of(edition.figures, "bomen", "32006", "value") == [1200.0, 1468.0]
    whole = (15.0, "Som van de cijfers van Hasselt en Kortessem.")
    assert of(edition.figures, "bomen", "71072", "value", "remark") == [whole]
    assert "cijfers.csv: 1 geweigerde rij blijft weg" in made.notes
    assert of(edition.frame("corrections"), "bomen", "32006", "before", "after") == [(1500.0, 1468.0)]
    told = edition.explanation("bomen", "71072")
    assert told is not None and (told.text, told.place) == ("In de winter", "Kortessem")
    manifest = made.manifest
    store = RawStore(desk.data)
    hashes = [item.sha256 for item in (*manifest.inputs, *manifest.corrections, *manifest.explanations)]
    assert len(hashes) == 3 and all(store.path(sha256).is_file() for sha256 in hashes)
    assert manifest.format == 2 and not manifest.fictitious and "Groenblauwpeil" in manifest.origin


def test_rebuild_gives_the_same_bytes_whatever_the_working_folder_says_by_then(desk: Desk, tmp_path: Path) -> None:
    desk.say()
    made = desk.prepare()
    desk.say(CORRECTION.replace("1468", "9"), EXPLANATION.replace("winter", "zomer"))
    desk.bring_in(TREES.replace("1200", "1300"))
    assert desk.rebuild(made, tmp_path / "kopie") == []
    assert files(tmp_path / "kopie") == files(made.folder)
    with pytest.raises(EditionError, match="nooit overschreven"):
        desk.rebuild(made, tmp_path / "kopie")


def test_preparing_twice_gives_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    desk.say()
    first = files(desk.prepare().folder)
    other = Desk(tmp_path / "elders")
    other.bring_in(TREES)
    other.say()
    assert files(other.prepare().folder) == first


def test_damaged_or_absent_raw_file_stops_a_rebuild(desk: Desk, tmp_path: Path) -> None:
    made = desk.prepare()
    place = RawStore(desk.data).path(made.manifest.inputs[0].sha256)
    content = place.read_bytes()
    place.write_bytes(content.replace(b"1200", b"1201"))
    with pytest.raises(LekpError, match="vingerafdruk"):
        desk.rebuild(made, tmp_path / "kopie")
    place.unlink()
    with pytest.raises(LekpError, match="absent"):
        desk.rebuild(made, tmp_path / "kopie")
    assert not (tmp_path / "kopie").exists()


@pytest.mark.parametrize(
    ("correction", "explanation", "expected"),
    [
        (CORRECTION.replace("1500", "1499"), EXPLANATION, "de waarde 1500 van groenblauwpeil"),
        (CORRECTION.replace("doel: bomen", "doel: boom"), EXPLANATION.replace("bomen", "boom"), "2 fouten"),
        (CORRECTION.replace("1468", "-3"), EXPLANATION, "nul of meer"),
        (CORRECTION.replace("2026-01-05", "2027-01-05"), EXPLANATION, "een dag tot en met vandaag"),
    ],
)
def test_what_cannot_be_right_stops_the_run_and_leaves_nothing(
    correction: str, explanation: str, expected: str, desk: Desk
) -> None:
    desk.say(correction, explanation)
    with pytest.raises(EditionProblems, match=expected):
        desk.prepare()
    assert not (desk.data / "edities").exists() or not list((desk.data / "edities").iterdir())


def test_correction_can_mend_an_impossible_figure(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.bring_in(TREES.replace("2025-12-31;1500", "2025-12-31;-1500"))
    with pytest.raises(EditionProblems, match="nul of meer"):
        desk.prepare()
    desk.say(CORRECTION.replace("verwacht: 1500", "verwacht: -1500"))
    assert of(desk.edition().figures, "bomen", "32006", "original")[-1] == -1500.0


def test_edition_is_never_overwritten_and_ids_are_plain(desk: Desk) -> None:
    made = desk.prepare()
    before = files(made.folder)
    with pytest.raises(EditionError, match="nooit overschreven"):
        desk.prepare()
    assert files(made.folder) == before
    for wrong in ("../weg", "Gent", "", "voorbeeld", "a/b", ".verborgen"):
        with pytest.raises(EditionError, match="editie-id"):
            desk.prepare(wrong)


def test_nothing_imported_is_told(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="nog niets ingelezen"):
        Desk(tmp_path).prepare()


def test_last_import_counts_and_later_figures_stay_out(desk: Desk) -> None:
    desk.bring_in("nis;doel;datum;waarde\n32006;bomen;2024-12-31;1250\n32006;bomen;2026-01-31;9999\n", name="b.csv")
    made = desk.prepare()
    edition = Edition.open(str(made.folder))
    assert of(edition.figures, "bomen", "32006", "value") == [1250.0, 1500.0]
    assert "1 cijfer van na 2025-12-31 blijft uit deze editie" in made.notes


def test_invented_figures_put_a_banner_on_the_whole_edition(desk: Desk) -> None:
    desk.bring_in("nis;doel;datum;waarde;status;bron\n11001;bomen;2024-12-31;5;voorbeeld;voorbeeld\n", name="v.csv")
    made = desk.prepare()
    assert made.manifest.fictitious and made.manifest.banner == INVENTED_BANNER


def test_denominators_that_were_imported_hold_in_this_edition_only(desk: Desk) -> None:
    desk.bring_in("nis,naam,year,buildings,dwellings\n32006,Houthulst,2025,1,4321\n", "feiten_wooneenheden", "w.csv")
    edition = desk.edition()
    mine, packaged = (register.dwellings("32006", ON) for register in (edition.register, load_register()))
    assert mine is not None and packaged is not None
    assert (mine.value, mine.source) == (4321, "Statbel, wooneenheden op 1 januari 2025")
    assert packaged.value != 4321


def test_edition_before_is_named_by_hash(desk: Desk) -> None:
    before = desk.prepare("2024", dt.date(2024, 12, 31))
    made = desk.prepare(predecessor=before.folder)
    named = made.manifest.predecessor
    assert named is not None and (named.id, named.sha256) == ("2024", sha256_of(before.folder / MANIFEST_NAME))
    assert Edition.open(str(made.folder)).predecessor is not None
    with pytest.raises(EditionError, match="verwacht een andere editie, van 2023-12-31 of vroeger"):
        desk.prepare("2023", dt.date(2023, 12, 31), predecessor=before.folder)


def test_edition_of_another_format_is_read_as_before(tmp_path: Path) -> None:
    """Format 1 has no columns for corrections and no side tables."""
    import hashlib
    import json

    import pyarrow.parquet as pq

    from lekp_lib.edition import find_edition

    folder = tmp_path / "oud"
    folder.mkdir()
    manifest = json.loads((find_edition("gepubliceerd") / MANIFEST_NAME).read_text())
    del manifest["tables"]["context"]
    for name, entry in manifest["tables"].items():
        table = pq.read_table(find_edition("gepubliceerd") / entry["file"]).drop(["original", "correction_note"])
        pq.write_table(table, folder / entry["file"])
        manifest["tables"][name]["sha256"] = hashlib.sha256((folder / entry["file"]).read_bytes()).hexdigest()
    for key in ("predecessor", "inputs", "corrections", "explanations"):
        del manifest[key]
    (folder / MANIFEST_NAME).write_text(json.dumps(manifest | {"format": 1}))
    old, new = Edition.open(str(folder)), Edition.open("gepubliceerd")
    assert old.figures.equals(new.figures) and old.explanation("bomen", "32006") is None


def test_newest_dates_are_told_per_source(desk: Desk) -> None:
    desk.bring_in("nis,naam,year,buildings,dwellings\n32006,Houthulst,2025,1,4321\n", "feiten_wooneenheden", "w.csv")
    newest = newest_reference_dates(desk.context())
    assert newest == {"groenblauwpeil": dt.date(2025, 12, 31), "statbel": dt.date(2025, 1, 1)}


def test_real_figures_are_not_compared_with_invented_ones(desk: Desk) -> None:
    with pytest.raises(
        EditionError, match="voorbeeld: gevonden verzonnen cijfers; verwacht een vorige editie met echte"
    ):
        desk.prepare(predecessor=find_edition("voorbeeld"))
    desk.bring_in("nis;doel;datum;waarde;status\n44021;bomen;2025-12-31;5;voorbeeld\n")
    assert desk.prepare(predecessor=find_edition("voorbeeld")).manifest.fictitious


def test_edition_speaks_of_no_day_that_is_still_to_come(desk: Desk) -> None:
    with pytest.raises(EditionError, match="peildatum 2062-12-31: verwacht een dag tot en met vandaag, 2026-02-01"):
        desk.prepare(on=dt.date(2062, 12, 31))


def test_invented_figure_that_was_corrected_still_puts_a_banner_on_the_edition(desk: Desk) -> None:
    desk.bring_in("nis;doel;datum;waarde;status\n32006;bomen;2025-12-31;1500;voorbeeld\n", name="v.csv")
    desk.say()
    made = desk.prepare()
    assert (made.manifest.fictitious, made.manifest.banner) == (True, INVENTED_BANNER)
