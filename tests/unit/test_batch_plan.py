"""Which reports may stay as they are: the rule, from a changed figure to a remade report."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import nbformat
import pytest

from lekp_lib.adapter import Assessor, Comparison
from lekp_lib.adapter.shown import sha256_text, shown_sha256
from lekp_lib.batch.plan import CHANGED, DAMAGED, FORCED, NEW, OTHER, Plan, make_plan
from lekp_lib.batch.selection import BatchParameters, BatchProblems, read_batch, select
from lekp_lib.edition import Edition, freeze
from lekp_lib.edition.models import Observation
from lekp_lib.edition.side_tables import ShownExplanation
from lekp_lib.edition.tables import observations_of
from lekp_lib.parameters import ReportParameters
from lekp_lib.present.report_view import ReportView
from lekp_lib.register import load_register
from lekp_lib.report.fingerprint import shows_own_report_only
from lekp_lib.report.make import fingerprint_of
from lekp_lib.report.outputs import is_whole, move_into_place, sha256_file, write_manifest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "gemeenterapport.ipynb"
GENT, MESEN, AALST = "44021", "33016", "41002"

Change = Callable[[Observation], Observation]


def _frozen(folder: Path, change: Change, explanations: Iterable[ShownExplanation] = ()) -> Edition:
    """The example edition with some figures changed."""
    source = Edition.open("voorbeeld")
    manifest = source.manifest
    freeze(
        folder,
        edition_id=manifest.id,
        title=manifest.title,
        reference_date=manifest.reference_date,
        built=manifest.built,
        origin=manifest.origin,
        fictitious=True,
        banner=manifest.banner,
        seed=manifest.seed,
        tables={"figures": [change(item) for item in observations_of(source.frame("figures"))]},
        sides={"explanations": tuple(explanations)},
    )
    return Edition.open(str(folder))


def _shown(edition: Edition, nis: str) -> str:
    return shown_sha256(Assessor(edition, ReportParameters(gemeente=nis, editie="voorbeeld")), nis)


def _of_gent(edition: Edition, *, newest: bool) -> Observation:
    figures = [item for item in edition.observations("bomen", GENT) if item.indicator == "bomen"]
    found = sorted(figures, key=lambda item: item.reference_date)
    return found[-1] if newest else found[0]


def _one_more(chosen: Observation, item: Observation) -> Observation:
    return replace(item, value=item.value + 1) if item == chosen else item


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return _frozen(tmp_path_factory.mktemp("editie") / "gewoon", lambda item: item)


@pytest.mark.parametrize(("newest", "others_change"), [(False, False), (True, True)])
def test_history_concerns_one_report_and_the_newest_figure_all(
    plain: Edition, tmp_path: Path, *, newest: bool, others_change: bool
) -> None:
    changed = _frozen(tmp_path / "anders", partial(_one_more, _of_gent(plain, newest=newest)))
    assert changed.manifest.tables["figures"].sha256 != plain.manifest.tables["figures"].sha256
    assert _shown(changed, GENT) != _shown(plain, GENT)
    for other in (MESEN, AALST):
        assert (_shown(changed, other) != _shown(plain, other)) is others_change
        same = [ReportView(edition, ReportParameters(gemeente=other)).run_id for edition in (plain, changed)]
        assert (same[0] != same[1]) is others_change, "the printed number follows the same rule"


def test_explanation_concerns_one_report(plain: Edition, tmp_path: Path) -> None:
    day = plain.reference_date
    said = ShownExplanation("bomen", GENT, "Toelichting", "Wij planten volgend jaar.", "", day, "dienst groen", "Gent")
    changed = _frozen(tmp_path / "uitleg", lambda item: item, [said])
    assert _shown(changed, GENT) != _shown(plain, GENT) and _shown(changed, MESEN) == _shown(plain, MESEN)


def test_nothing_of_a_comparison_is_forgotten() -> None:
    """A new field of a comparison must be looked at in ``assess/shown.py`` before this list may grow."""
    known = {"nis", "target", "shares", "no_data", "not_signed", "groups", "similar_better", "points"}
    assert {field.name for field in fields(Comparison)} == known


def test_hash_of_texts_keeps_them_apart() -> None:
    assert sha256_text("ab", "c") != sha256_text("a", "bc") != sha256_text("abc")


def _notebook(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


@pytest.mark.parametrize(
    ("source", "own_only"),
    [
        ("from lekp_lib import open_report\nrapport = open_report(gemeente=gemeente)", True),
        ("from lekp_lib import open_report\nopen_report(gemeente='Gent'); open_report(gemeente='Aalst')", False),
        ("from lekp_lib import Edition, open_report\nopen_report(gemeente=gemeente)", False),
        ("import lekp_lib\nopen_report(gemeente=gemeente)", False),
        ("from lekp_lib import open_report\nopen_report(gemeente=gemeente).edition.figures", False),
        ("from lekp_lib import open_report\nfor g in ('Gent', 'Aalst'):\n    open_report(gemeente=g)", False),
        ("from lekp_lib import open_report as o\no(gemeente='Gent')", False),
        ("%%time\nopen_report(gemeente=gemeente)", False),
    ],
)
def test_notebook_that_may_show_others_depends_on_the_whole_edition(
    tmp_path: Path, source: str, *, own_only: bool
) -> None:
    path = _notebook(tmp_path / "n.ipynb", source)
    assert shows_own_report_only(path, sha256_file(path)) is own_only
    assert shows_own_report_only(NOTEBOOK, sha256_file(NOTEBOOK))


def _plan(out: Path, **options: object) -> Plan:
    parameters = BatchParameters(editie="voorbeeld", gemeenten=["Gent", "Mesen"], formaten=["html"])
    return make_plan(parameters, notebook=NOTEBOOK, output_dir=out, engine="warm", **options)  # type: ignore[arg-type]


def _pretend_made(out: Path, **changed: object) -> Path:
    """A finished report of Mesen without the work."""
    task = next(item for item in _plan(out, force=True).tasks if item.nis == MESEN)
    view = ReportView(Edition.open("voorbeeld"), task.parameters)
    fingerprint = fingerprint_of(view, task.notebook, sha256_file(task.notebook))
    folder = out / "voorbeeld" / f"{MESEN}-mesen"
    folder.mkdir(parents=True)
    (folder / "rapport.html").write_text("Mesen", encoding="utf-8")
    content: dict[str, object] = {
        "formats": ["html"],
        "fingerprint": {"inputs": fingerprint.inputs, "shown": fingerprint.shown},
    }
    write_manifest(folder, content | changed)
    return folder


def _reason(out: Path) -> str:
    return _plan(out).reasons.get(MESEN, "")


def test_report_stays_as_long_as_everything_is_the_same(tmp_path: Path) -> None:
    assert _plan(tmp_path).reasons == {GENT: NEW, MESEN: NEW}
    folder = _pretend_made(tmp_path)
    plan = _plan(tmp_path)
    assert [task.nis for task in plan.tasks] == [GENT] and [task.nis for task in plan.up_to_date] == [MESEN]
    assert plan.seconds(2.0, 4) == 2.0 and plan.seconds(None, 1) > 0
    assert _plan(tmp_path, force=True).reasons == {GENT: FORCED, MESEN: FORCED}
    assert _plan(tmp_path, only={GENT}).up_to_date == ()
    (folder / "rapport.html").write_text("Mesem", encoding="utf-8")
    later = (folder / "manifest.json").stat().st_mtime_ns + 10**9
    os.utime(folder / "rapport.html", ns=(later, later))
    assert _reason(tmp_path) == DAMAGED
    (folder / "rapport.html").unlink()
    assert _reason(tmp_path) == DAMAGED
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    assert _reason(tmp_path) == NEW


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"formats": ["html", "pdf"]}, OTHER),
        ({"fingerprint": {"inputs": "anders", "shown": "anders"}}, CHANGED),
        ({"fingerprint": None}, OTHER),
    ],
)
def test_reason_is_told(tmp_path: Path, changed: dict[str, object], reason: str) -> None:
    _pretend_made(tmp_path, **changed)
    assert _reason(tmp_path) == reason


def test_other_edition_with_the_same_shown_figures_leaves_a_report_alone(tmp_path: Path) -> None:
    folder = _pretend_made(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["fingerprint"]["inputs"] = "van een andere editie"
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert _reason(tmp_path) == ""
    assert is_whole(folder, manifest)


def test_new_report_takes_the_place_of_the_old_in_one_step(tmp_path: Path) -> None:
    made, target = tmp_path / "nieuw", tmp_path / "uit" / "verslag"
    for folder, text in ((made, "nieuw"), (target, "oud")):
        folder.mkdir(parents=True)
        (folder / "rapport.html").write_text(text)
    move_into_place(made, target)
    assert (target / "rapport.html").read_text() == "nieuw" and not made.exists()


def test_parameter_files_of_the_repository_are_valid() -> None:
    register, on = load_register(), Edition.open("voorbeeld").reference_date
    small = read_batch(ROOT / "parameters" / "voorbeeld.yaml", {})
    everything = read_batch(ROOT / "parameters" / "alle-gemeenten.yaml", {"editie": "voorbeeld"})
    assert len(select(small, register, on)) == 5 and small.editie == "voorbeeld"
    assert len(select(everything, register, on)) == 285 and everything.editie == "voorbeeld"
    assert everything.report(GENT) == ReportParameters(gemeente=GENT, editie="voorbeeld")
    fields_of_both = set(ReportParameters.model_fields) - {"gemeente"}
    assert fields_of_both <= set(BatchParameters.model_fields), "a parameter of a report can be set for a batch"


def test_all_mistakes_of_a_file_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "fout.yaml"
    path.write_text("editie: voorbeeld\ngemeentes: alle\nnoemerjaar: '2020'\npact: '3.0'\n", encoding="utf-8")
    with pytest.raises(BatchProblems) as caught:
        read_batch(path, {})
    text = str(caught.value)
    for words in ("regel 2", "gemeenten", "regel 3", "regel 4", "fout.yaml"):
        assert words in text
    assert len(caught.value.problems) == 3


def test_unknown_places_and_provinces_are_told_together() -> None:
    register, on = load_register(), Edition.open("voorbeeld").reference_date
    with pytest.raises(BatchProblems) as caught:
        select(BatchParameters(gemeenten=["Gent", "Nergenshuizen"], provincies=["Holland"]), register, on)
    assert "Nergenshuizen" in str(caught.value) and "Holland" in str(caught.value)
    chosen = select(BatchParameters(gemeenten=["Gent", "44021", "Mesen"], provincies=["oost-vlaanderen"]), register, on)
    assert [item.name for item in chosen] == ["Gent"]
    with pytest.raises(BatchProblems, match="no municipality"):
        select(BatchParameters(gemeenten=["Gent"], provincies=["Limburg"]), register, on)
