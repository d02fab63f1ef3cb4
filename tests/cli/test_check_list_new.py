"""``lekp check``, ``lekp list`` and ``lekp new``: what they show, what they refuse, in Dutch."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.errors import ParameterError
from lekp_lib.parameters import read_parameters


def lekp(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_check_of_what_is_packaged(tmp_path: Path) -> None:
    code, told = lekp("check", "--map", tmp_path)
    assert code == 0
    assert told.splitlines()[:2] == ["catalogus: in orde", "register: in orde"]
    assert "editie gepubliceerd: in orde" in told and "editie voorbeeld: in orde" in told


def test_a_new_target_is_told_to_be_filled_in_place_by_place(tmp_path: Path) -> None:
    code, told = lekp("new", "target", "zonnedaken", "--map", tmp_path)
    path = tmp_path / "doelen" / "zonnedaken.yaml"
    assert code == 0 and f"{path}: vul elke INVULLEN in" in told and path.is_file()
    code, told = lekp("check", "--map", tmp_path)
    assert code == 1 and f"{path.as_posix()}, regel 6: gevonden 'name: \"INVULLEN\"'" in told
    assert told.splitlines()[-1].startswith("catalogus: ") and "Traceback" not in told
    for words in (("target", "zonnedaken"), ("target", "Zonnedaken"), ("source", "fluvius")):
        code, told = lekp("new", *words, "--map", tmp_path)
        assert code == 1 and told.startswith("fout: ") and words[1] in told


def test_a_new_source_says_who_speaks_and_is_in_order_once_filled_in(tmp_path: Path) -> None:
    assert lekp("new", "source", "telling", "--map", tmp_path)[0] == 0
    path = tmp_path / "bronnen" / "telling.yaml"
    text = path.read_text(encoding="utf-8")
    assert "rang: gemeente " in text
    filled = text.replace("rhythm: INVULLEN", "rhythm: jaarlijks").replace("certainty: INVULLEN", "certainty: bron")
    path.write_text(filled.replace("INVULLEN", "voorbeeld.be"), encoding="utf-8")
    code, told = lekp("check", "--map", tmp_path)
    assert code == 0 and f"met 1 bestand van {tmp_path}" in told


@pytest.mark.parametrize(
    ("words", "rows", "part"),
    [
        (("municipalities",), 285, "Mesen"),
        (("municipalities", "--op", "2024-12-31"), 300, "Borsbeek"),
        (("targets", "--map", "nergens"), 0, "1 extra boom per inwoner"),
        (("editions",), 0, "gepubliceerd"),
    ],
)
def test_lists(words: tuple[str, ...], rows: int, part: str) -> None:
    code, told = lekp("list", *words)
    assert code == 0 and part in told
    if rows:
        assert sum(line.startswith("│") for line in told.splitlines()) == rows


def test_a_project_and_a_notebook_are_copied_and_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "werk"
    assert lekp("new", "project", folder)[0] == 0
    assert (folder / "notebooks" / "gemeenterapport.ipynb").is_file() and (folder / "parameters").is_dir()
    for words in (("project", folder), ("notebook", folder / "notebooks" / "gemeenterapport.ipynb")):
        code, told = lekp("new", *words)
        assert code == 1 and "bestaat al" in told
    assert lekp("new", "notebook", tmp_path / "kopie", "--van", "vlaanderen")[0] == 0
    assert (tmp_path / "kopie.ipynb").is_file()
    code, told = lekp("new", "notebook", tmp_path / "x", "--van", "niets")
    assert code == 1 and "verwacht een van" in told


def test_version_starts_quickly() -> None:
    before = os.times()
    command = [sys.executable, "-c", "from lekp_lib.cli import main; main()", "--version"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = os.times()
    seconds = used.children_user + used.children_system - before.children_user - before.children_system
    # 0,1 s on a quiet machine.
    assert told.startswith("lekp ") and seconds < 0.3


def test_help_reads_no_heavy_library() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from lekp_lib.cli import app; "
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0; "
        "print(sorted({'pandas', 'numpy', 'matplotlib', 'pydantic'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_an_import_loads_neither_drawings_nor_the_network(tmp_path: Path) -> None:
    file = tmp_path / "cijfers.csv"
    file.write_text("nis;doel;datum;waarde\n44021;bomen;2025-12-31;5\n", encoding="utf-8")
    code = (
        "import sys; from typer.testing import CliRunner; from lekp_lib.cli import app; "
        f"told = CliRunner().invoke(app, ['data', 'import', {str(file)!r}, '--as', 'sjabloon', '--dry-run']); "
        "assert told.exit_code == 0, told.output; "
        "print(sorted({'matplotlib', 'geopandas', 'openpyxl', 'requests'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout == "[]\n"


def test_a_day_that_is_none_is_refused_in_words() -> None:
    code, told = lekp("list", "municipalities", "--op", "31/12/2024")
    assert code == 2 and "'31/12/2024' is geen dag; verwacht jaar-maand-dag, zoals 2025-12-31" in told


def test_parameters_out_of_range_are_told_all_at_once(tmp_path: Path) -> None:
    code, told = lekp("report", "Gent", "--noemerjaar", "1999", "--pact", "9", "--output-dir", tmp_path)
    assert code == 1 and "noemerjaar: gevonden 1999; verwacht een getal van minstens 2019" in told
    assert "pact: gevonden '9'; verwacht een van 'auto', '1.0', '2.0' of '2.1'" in told
    with pytest.raises(ParameterError, match="min_punten: gevonden 10; verwacht een van 2, 3 of 4"):
        read_parameters({"gemeente": "Gent", "min_punten": 10})


LONG = "a" * 300


@pytest.mark.parametrize(
    "words",
    [("report", "Gent", "--editie", LONG), ("new", "notebook", LONG), ("data", "list", "--data-dir", LONG),
     ("check", "--folder", LONG), ("data", "form", "import", LONG), ("data", "template", "--uit", f"{LONG}.csv")],
    ids=lambda words: " ".join(words[:2]),
)  # fmt: skip
def test_what_the_operating_system_refuses_is_told_in_words(words: tuple[str, ...]) -> None:
    code, told = lekp(*words)
    assert code == 1 and "een te lange naam" in told.replace("\n", " ")


def test_notebook_is_copied_into_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert lekp("new", "notebook", ".")[0] == 0 and (tmp_path / "gemeenterapport.ipynb").is_file()
