"""One report from command to folder: whole and checked, or not at all and explained."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from lekp_lib.report.execute import NotebookFailed
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.errors import ReportError
from lekp_lib.parameters import read_parameters
from lekp_lib.paths import find_notebook
from lekp_lib.report.make import make_report

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "gemeenterapport.ipynb"


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and everything that the command printed."""
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "300"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def changed_notebook(folder: Path, cell_with: str, source: str) -> Path:
    """The report notebook with one cell replaced."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cell = next(cell for cell in notebook.cells if cell_with in cell.source and cell.cell_type == "code")
    cell.source = source
    path = folder / "anders.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="module")
def houthulst(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished report of Houthulst from published figures."""
    root = tmp_path_factory.mktemp("outputs")
    code, text = run("report", "Houthulst", "--output-dir", str(root), "--formats", "html")
    assert code == 0, text
    return root


def test_report_lands_whole_in_its_folder(houthulst: Path) -> None:
    folder = houthulst / "gepubliceerd" / "32006-houthulst"
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "rapport.html"]
    assert [path.name for path in houthulst.iterdir()] == ["gepubliceerd"], "no scratch folder is left"
    page = (folder / "rapport.html").read_text(encoding="utf-8")
    assert page.count('data-block="target"') == 17
    assert "14,5" in page and "1.468" in page


def test_manifest_says_what_went_in_and_what_came_out(houthulst: Path) -> None:
    folder = houthulst / "gepubliceerd" / "32006-houthulst"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["municipality"] == {"nis": "32006", "name": "Houthulst"}
    assert manifest["edition"]["id"] == "gepubliceerd"
    assert set(manifest["files"]) == {"rapport.html"}
    assert set(manifest["seconds"]) >= {"notebook", "html", "controle"}
    assert {"lekp", "papermill", "nbconvert"} <= set(manifest["versions"])


def test_failing_cell_is_named_and_the_old_report_stays(houthulst: Path, tmp_path: Path) -> None:
    folder = houthulst / "gepubliceerd" / "32006-houthulst"
    before = (folder / "rapport.html").read_bytes()
    broken = changed_notebook(tmp_path, "rapport.overview()", "rapport.overzicht_dat_niet_bestaat()")
    code, text = run(
        "report", "Houthulst", "--output-dir", str(houthulst), "--formats", "html", "--notebook", str(broken)
    )
    assert code == 1
    assert "overzicht_dat_niet_bestaat" in text and "AttributeError" in text and "cell 6" in text
    kept = houthulst / "gepubliceerd" / "_broken" / "32006"
    assert (kept / "rapport.ipynb").is_file() and "AttributeError" in (kept / "melding.txt").read_text(encoding="utf-8")
    assert (folder / "rapport.html").read_bytes() == before
    assert not list(houthulst.glob(".werk-*"))


def test_report_that_says_something_else_than_the_figures_is_refused(tmp_path: Path) -> None:
    """A cell that shows another municipality under the same headings."""
    other = changed_notebook(
        tmp_path,
        'rapport.target("bomen")',
        'open_report(gemeente="Gent", editie="voorbeeld").target("bomen")',
    )
    with pytest.raises(ReportError, match="target bomen, verdict"):
        make_report(
            read_parameters({"gemeente": "Houthulst"}), notebook=other, output_dir=tmp_path / "uit", formats=["html"]
        )
    assert not (tmp_path / "uit" / "gepubliceerd" / "32006-houthulst").exists()


def test_missing_section_is_refused(tmp_path: Path) -> None:
    less = changed_notebook(tmp_path, 'rapport.target("bomen")', "gemeente;")
    with pytest.raises(ReportError, match="target bomen: found 0 sections"):
        make_report(
            read_parameters({"gemeente": "Houthulst"}), notebook=less, output_dir=tmp_path / "uit", formats=["html"]
        )


def test_notebook_without_parameter_is_refused_before_it_runs(tmp_path: Path) -> None:
    less = tmp_path / "anders.ipynb"
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    cell.source = cell.source.replace("min_punten", "minimum")
    nbformat.write(notebook, less)
    with pytest.raises(ReportError, match="does not assign min_punten"):
        make_report(
            read_parameters({"gemeente": "Houthulst"}), notebook=less, output_dir=tmp_path / "uit", formats=["html"]
        )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["report", "Bestaatniet"], "Bestaatniet"),
        (["report", "Gent", "--editie", "nergens"], "gepubliceerd, voorbeeld"),
        (["report", "Mesen", "--pact", "2.0"], "known not to have signed"),
        (["report", "Gent", "--pact", "3.0"], "pact"),
        (["report", "Gent", "--noemerjaar", "1900"], "noemerjaar"),
        (["report", "Gent", "--formats", "html,papier"], "papier"),
        (["report", "Gent", "--notebook", "bestaat-niet.ipynb"], "no such notebook"),
    ],
)
def test_errors_are_for_people(arguments: list[str], words: str, tmp_path: Path) -> None:
    code, text = run(*arguments, "--output-dir", str(tmp_path / "uit"))
    assert code == 1 and words in text and "Traceback" not in text
    assert not list((tmp_path / "uit").glob("*/*/rapport.html"))


def test_other_places_go_on_after_one_that_fails(tmp_path: Path) -> None:
    code, text = run("report", "Bestaatniet", "Mesen", "--output-dir", str(tmp_path), "--formats", "html")
    assert code == 1 and "Bestaatniet" in text
    assert (tmp_path / "gepubliceerd" / "33016-mesen" / "rapport.html").is_file()


def test_outputs_that_cannot_be_written_are_explained(tmp_path: Path) -> None:
    (tmp_path / "uit").write_text("een bestand in de weg")
    code, text = run("report", "Gent", "--output-dir", str(tmp_path / "uit"), "--formats", "html")
    assert code == 1 and "choose another --output-dir" in text


def test_lists_and_check() -> None:
    assert run("check")[0] == 0
    for what, words in (("municipalities", "44021"), ("targets", "haag_geveltuin"), ("editions", "voorbeeld")):
        code, text = run("list", what)
        assert code == 0 and words in text
    code, text = run("list", "municipalities", "--op", "2024-06-30")
    assert code == 0 and "73040" in text


def test_malformed_catalogue_is_explained(tmp_path: Path) -> None:
    (tmp_path / "doelen").mkdir()
    (tmp_path / "doelen" / "bomen.yaml").write_text("id: bomen\n  nr: 7\n")
    code, text = run("check", "--folder", str(tmp_path))
    assert code == 1 and "bomen.yaml" in text and "Traceback" not in text


def test_notebook_is_found_beside_the_package_too(tmp_path: Path) -> None:
    assert find_notebook(root=ROOT) == NOTEBOOK
    assert find_notebook(root=tmp_path).name == NOTEBOOK.name and find_notebook(root=tmp_path).is_file()


def test_failed_notebook_error_carries_the_cell() -> None:
    from lekp_lib.report.execute import BrokenCell

    error = NotebookFailed(BrokenCell(4, "rapport.x()\n", "ValueError: x"))
    assert "cell 4" in str(error) and "rapport.x()" in str(error)
