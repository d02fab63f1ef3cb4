"""What the doctor says of a machine where something is missing, and that it finds nothing wrong with this one."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from lekp_lib.doctor import check_outputs, check_packages, check_programs, check_python, examine


def test_nothing_that_a_report_needs_is_missing_here(tmp_path: Path) -> None:
    found = examine(tmp_path / "outputs")
    assert [item for item in found if item.state == "ontbreekt"] == []
    assert {"Python", "pakketten", "lettertype", "typst", "kernel python3", "exporters", "batch", "uitvoer"} <= {
        item.what for item in found
    }
    assert not (tmp_path / "outputs").exists()


def test_an_old_python_an_absent_and_an_old_package_are_named_with_what_to_do() -> None:
    assert (check_python((3, 10)).state, check_python((3, 12)).state) == ("ontbreekt", "in orde")

    def installed(name: str) -> str:
        if name == "typst":
            raise PackageNotFoundError(name)
        return {"pandas": "2.9", "numpy": "2.3"}[name]

    declared = ["typst>=0.15.2", "pandas>=3.0", "numpy>=2.2", "pytest>=9; extra == 'dev'"]
    absent, old = check_packages(declared, installed)
    assert (absent.what, absent.found) == ("pakket typst", "is er niet") and "typst>=0.15.2" in absent.advice
    assert (old.what, old.found) == ("pakket pandas", "2.9, nodig is >=3.0")
    assert [item.state for item in check_packages(["numpy>=2.2"], installed)] == ["in orde"]


def test_a_full_disk_and_absent_programs_do_not_stop_a_report(tmp_path: Path) -> None:
    states = {item.what: item.state for item in check_outputs(tmp_path, lambda _: 10_000_000)}
    assert states == {"uitvoer": "in orde", "schijf": "niet nodig"}
    assert {item.state for item in check_programs(lambda _: None)} == {"niet nodig"}


def test_a_folder_that_cannot_be_written_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("lekp_lib.doctor.tempfile.TemporaryFile", refused)
    (found,) = check_outputs(tmp_path)
    assert found.state == "ontbreekt" and "--output-dir" in found.advice
