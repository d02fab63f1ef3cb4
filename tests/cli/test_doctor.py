"""What the doctor says of a machine where something is missing, and that it finds nothing wrong with this one."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.doctor import examine


def test_nothing_that_a_report_needs_is_missing_here(tmp_path: Path) -> None:
    found = examine(tmp_path / "outputs")
    assert [item for item in found if item.state == "ontbreekt"] == []
    assert {"Python", "pakketten", "lettertype", "typst", "kernel python3", "exporters", "batch", "uitvoer"} <= {
        item.what for item in found
    }
    assert not (tmp_path / "outputs").exists()


def test_an_absent_and_an_old_package_are_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = ["typst>=0.15.2", "pandas>=3.0", "numpy>=2.2", "pytest>=9; extra == 'dev'"]
    versions = {"pandas": "2.9", "numpy": "2.3"}
    monkeypatch.setattr("lekp_lib.doctor.requires", lambda _: declared)
    monkeypatch.setattr(
        "lekp_lib.doctor.distributions",
        lambda name: [SimpleNamespace(version=versions[name])] if name in versions else [],
    )
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1 and "1 keer iets dat ontbreekt" in done.output
    assert "typst is er niet, nodig is >=0.15.2; pandas 2.9, nodig is >=3.0" in done.output
    assert "numpy" not in done.output and "pytest" not in done.output and "make setup" in done.output


def test_a_full_disk_and_absent_programs_do_not_stop_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10_000_000))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    states = {item.what: item.state for item in examine(tmp_path)}
    assert states["uitvoer"] == "in orde" and states["schijf"] == states["java"] == "niet nodig"
    assert "ontbreekt" not in states.values()


def test_a_folder_that_cannot_be_written_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("lekp_lib.doctor.tempfile.TemporaryFile", refused)
    (found,) = [item for item in examine(tmp_path) if item.what == "uitvoer"]
    assert found.state == "ontbreekt" and "--output-dir" in found.advice
