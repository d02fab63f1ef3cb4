"""The data check: counts worked out by hand, and what came in before the edition, read again from its raw bytes."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import pytest

from lekp_lib.adapter import Rules
from lekp_lib.data.importing import ImportContext, apply_import, plan_import
from lekp_lib.data.store import RawStore
from lekp_lib.edition import Edition
from lekp_lib.pact import load_catalog
from lekp_lib.present.control_numbers import coverage_of, fences, spread_of
from lekp_lib.present.control_view import ControlView, open_datacontrole
from lekp_lib.present.words.finding_words import RULE_WORDS
from lekp_lib.register import load_register
from tests.data.import_samples import GOOD, csv_bytes, row

TODAY = dt.date(2026, 2, 1)
SOURCES = Path(__file__).parents[2] / "lekp_lib" / "data"


@pytest.fixture(scope="module")
def view() -> ControlView:
    return open_datacontrole(editie="gepubliceerd")


def test_coverage_counts_every_municipality_once(view: ControlView) -> None:
    rows = {row.target.id: row for row in view.rows}
    assert {row.everyone for row in rows.values()} == {285}
    # The charge points of March 2026 are known of all municipalities; only pact 1.0 counts them.
    assert (rows["laadpunten"].recent, rows["laadpunten"].missing) == (285, 0)
    register = view.edition.register
    versions = [register.pact_version(item.nis, view.on) for item in register.municipalities(view.on)]
    # Less than one charge point is asked of Herstappe: no target there.
    assert rows["laadpunten"].judged == versions.count("1.0") - 1 > 0
    figures = view.edition.figures
    for target, found in rows.items():
        assert len(found.dates) == figures.loc[figures["target_id"] == target, "nis"].nunique()


def test_older_than_the_limit_by_hand(view: ControlView) -> None:
    target = view.catalog.target("bomen")
    everyone = view.assessor.everyone(target)
    assert view.on == dt.date(2026, 3, 31)
    dates = [max(point.date for point in item.points) for item in everyone if item.points]
    found = coverage_of(target, everyone, view.on, Rules(max_age_months=24))
    # Two years before the reference date to the day is still in time.
    assert found.old == sum(date < dt.date(2024, 3, 31) for date in dates) > 0
    assert found.old + found.recent == len(dates)


def test_far_is_three_widths_of_the_middle_half_beyond_it() -> None:
    # Quartiles of 10 ... 14 are 10.5 and 13.5, the width is 3, three widths are 9.
    assert fences([10.0, 11.0, 12.0, 13.0, 14.0]) == (1.5, 22.5)
    # Without any width a point of percent counts as one.
    assert fences([50.0] * 10) == (47.0, 53.0)


def test_yes_no_and_sparse_targets_have_no_far_ones(view: ControlView) -> None:
    for target in ("geen_heffing", "bomen"):
        assert spread_of(view.catalog.target(target), view.assessor.everyone(view.catalog.target(target))) is None


def test_every_rule_has_dutch_words() -> None:
    rules = {"ended", "unknown_nis", "not_yet", "flanders"}
    for node in ast.walk(ast.parse((SOURCES / "checks.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add" and len(node.args) == 4:
            rules |= {node.args[1].value} if isinstance(node.args[1], ast.Constant) else set()
    assert rules == set(RULE_WORDS)


def test_without_imports_it_says_so(view: ControlView, tmp_path: Path) -> None:
    bare = ControlView(view.edition, 24, tmp_path / "data", tmp_path / "parameters")
    assert bare.imports is None
    assert "In de map data staat geen enkel ingelezen bestand." in bare.refused().text()


def test_refused_rows_and_revisions_come_from_the_ledger(view: ControlView, tmp_path: Path) -> None:
    world = ImportContext(load_catalog(), load_register(), tmp_path / "data")
    contents = (csv_bytes(GOOD, row(nis="99999")), csv_bytes(row(waarde="1300")))
    for name, content in zip(("een.csv", "twee.csv"), contents, strict=True):
        path = tmp_path / name
        path.write_bytes(content)
        plan = plan_import(path, "sjabloon", world, today=TODAY)
        apply_import(plan, world, today=TODAY, accept_partial=True)
    found = ControlView(view.edition, 24, tmp_path / "data", tmp_path / "parameters")
    assert found.imports is not None and [item.name for item in found.imports] == ["een.csv", "twee.csv"]
    assert "regel 3, kolom nis | 99999" in found.refused().text().replace("'", "")
    assert "Gent | Bomen: Extra bomen | 31/12/2025 | 1.200 | 1.300 | twee.csv" in found.revisions().text()
    # A raw file that was damaged since does not stop the check, and is not passed over.
    entry = found.imports[0].entry
    RawStore(tmp_path / "data").path(entry.sha256).write_bytes(b"nis")
    again = ControlView(view.edition, 24, tmp_path / "data", tmp_path / "parameters")
    assert "een.csv kan niet meer gelezen worden" in again.refused().text()


def test_findings_of_the_frozen_figures_are_shown_with_their_value() -> None:
    view = open_datacontrole(editie="voorbeeld", edition=Edition.open("voorbeeld"))
    jumps = [item for item in view.findings if item.rule == "jump"]
    assert jumps
    shown = view.suspects().text()
    for item in jumps:
        assert item.where.rsplit(", ", 2)[0] in shown
    assert "not_yet" not in {item.rule for item in view.findings}
