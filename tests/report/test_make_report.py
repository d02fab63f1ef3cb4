"""One report from command to folder: whole, or not at all and explained; never stale, nothing overwritten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from lxml import html

from lekp_lib.paths import find_notebook
from lekp_lib.report.files import cache_folder, read_manifest
from tests.report.cells import code, text, write
from tests.warm_process import run_lekp

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "gemeenterapport.ipynb"
PLACE = "gepubliceerd/32006-houthulst"


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and everything that the command printed."""
    done = run_lekp(*arguments, COLUMNS="300")
    return done.returncode, done.stdout + done.stderr


def started_anew(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command that also has to find its home and load its libraries."""
    command = [sys.executable, "-c", "from lekp_lib.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment)


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
    """The finished report of Houthulst from published figures, in all formats."""
    root = tmp_path_factory.mktemp("uit") / "met {haken} [en /meer]"
    code_, said = run("report", "Houthulst", "--output-dir", str(root))
    assert code_ == 0, said
    return root


def test_report_lands_whole_in_its_folder(houthulst: Path) -> None:
    assert sorted(path.name for path in (houthulst / PLACE).iterdir()) == [
        "besluit.docx", "besluit.html", "besluit.txt", "bronvermelding.txt", "checklist.txt", "cijfers.csv",
        "cijfers.xlsx", "datapackage.json", "kort.pdf", "manifest.json", "presentatie.html", "rapport.html",
        "rapport.pdf",
    ]  # fmt: skip
    assert [path.name for path in houthulst.iterdir()] == ["gepubliceerd"], "no scratch folder is left"
    page = (houthulst / PLACE / "rapport.html").read_text(encoding="utf-8")
    assert "Houthulst" in html.document_fromstring(page).findtext(".//h1") and "1.468" in page


def test_manifest_says_what_went_in_and_what_came_out(houthulst: Path) -> None:
    manifest = read_manifest(houthulst / PLACE)
    assert manifest["municipality"] == {"nis": "32006", "name": "Houthulst"}
    assert manifest["edition"]["id"] == "gepubliceerd"
    assert set(manifest["files"]) == {path.name for path in (houthulst / PLACE).iterdir()} - {"manifest.json"}
    assert manifest["made"]["pdf"] == ["kort.pdf", "rapport.pdf"] and manifest["earlier"] == {}
    assert {"lekp", "papermill", "nbconvert"} <= set(manifest["versions"])
    assert not [name for name in manifest["inputs"] if name.startswith("/")]


def test_formats_that_are_not_asked_for_stay_and_are_marked(houthulst: Path) -> None:
    folder = houthulst / PLACE
    before, run_id = (folder / "rapport.pdf").read_bytes(), read_manifest(folder)["run"]
    assert run("report", "Houthulst", "--output-dir", str(houthulst), "--formats", "html", "--pact", "1.0")[0] == 0
    manifest = read_manifest(folder)
    assert (folder / "rapport.pdf").read_bytes() == before
    assert manifest["formats"] == ["html"] and manifest["earlier"]["pdf"] == run_id != manifest["run"]
    assert run("report", "Houthulst", "--output-dir", str(houthulst))[0] == 0


def test_the_only_drawing_of_a_report_is_a_picture_too(tmp_path: Path) -> None:
    code_, said = run("report", "Herstappe", "--output-dir", str(tmp_path), "--formats", "figuren")
    assert code_ == 0, said
    with zipfile.ZipFile(tmp_path / "gepubliceerd/73028-herstappe/figuren.zip") as file:
        pictures = [name for name in file.namelist() if name.endswith(".png")]
        assert len(pictures) == 1 and file.read(pictures[0]).startswith(b"\x89PNG")


def test_a_decision_edited_by_hand_is_never_overwritten(houthulst: Path) -> None:
    folder = houthulst / PLACE
    with zipfile.ZipFile(folder / "besluit.docx", "a") as file:
        file.writestr("docProps/eigen.txt", "met de hand")
    (folder / "notities.txt").write_text("van mij")
    edited = (folder / "besluit.docx").read_bytes()
    again = ("report", "Houthulst", "--output-dir", str(houthulst), "--formats", "docx")
    code_, said = run(*again)
    assert code_ == 0 and "besluit.docx is met de hand bewerkt" in said
    assert (folder / "besluit.docx").read_bytes() == edited and (folder / "notities.txt").read_text() == "van mij"
    draft = (folder / "besluit-nieuw.docx").read_bytes()
    assert zipfile.is_zipfile(folder / "besluit-nieuw.docx") and "besluit.docx" not in read_manifest(folder)["files"]
    assert run(*again)[0] == 0, "an unedited draft may be replaced"
    assert (folder / "besluit-nieuw.docx").read_bytes() == draft
    (folder / "besluit-nieuw.docx").write_bytes(b"ook bewerkt")
    assert "besluit-nieuw-2.docx" in run(*again)[1]
    assert (folder / "besluit-nieuw.docx").read_bytes() == b"ook bewerkt"


def test_failing_cell_is_named_and_the_old_report_stays(houthulst: Path, tmp_path: Path) -> None:
    folder = houthulst / PLACE
    before = (folder / "rapport.html").read_bytes()
    broken = changed_notebook(tmp_path, "rapport.kaarten()", "rapport.bestaat_niet()")
    common = ("--output-dir", str(houthulst), "--formats", "html", "--notebook", str(broken))
    code_, said = run("report", "Houthulst", *common)
    number = next(n for n, c in enumerate(nbformat.read(broken, as_version=4).cells, 1) if "bestaat_niet" in c.source)
    assert code_ == 1 and "bestaat_niet" in said and "AttributeError" in said and f"cel {number} " in said
    kept = houthulst / "gepubliceerd" / "_broken" / "32006"
    assert (kept / "rapport.ipynb").is_file() and "AttributeError" in (kept / "melding.txt").read_text(encoding="utf-8")
    assert (folder / "rapport.html").read_bytes() == before
    assert not list(houthulst.glob(".werk-*"))


def test_another_municipality_than_asked_is_refused(tmp_path: Path) -> None:
    other = changed_notebook(tmp_path, "rapport.kort()", 'open_report(gemeente="Gent", editie="voorbeeld").kort()')
    code_, said = run("report", "Houthulst", "--output-dir", str(tmp_path / "uit"), "--notebook", str(other))
    assert code_ == 1 and "toont Gent" in said
    assert not (tmp_path / "uit" / PLACE).exists()


def test_dropping_a_chapter_is_one_step(tmp_path: Path) -> None:
    less = changed_notebook(tmp_path, "rapport.kaarten()", "pass")
    code_, said = run("report", "Gent", "--editie", "voorbeeld", "--output-dir", str(tmp_path), "--formats", "html",
                      "--notebook", str(less))  # fmt: skip
    assert code_ == 0, said
    assert "kaart-bomen" not in (tmp_path / "voorbeeld/44021-gent/rapport.html").read_text(encoding="utf-8")


def test_notebook_without_parameter_is_refused_with_the_line(tmp_path: Path) -> None:
    less = changed_notebook(tmp_path, "min_punten = ", 'gemeente = "Houthulst"')
    code_, said = run("report", "Houthulst", "--output-dir", str(tmp_path), "--notebook", str(less))
    assert code_ == 1 and "min_punten = 3" in said and "'parameters'" in said


def test_never_stale(tmp_path: Path) -> None:
    (tmp_path / "mijn {map}").mkdir()
    data, module = tmp_path / "mijn {map}" / "budget.csv", tmp_path / "hulp.py"
    data.write_text("een")
    module.write_text("def lees(naam):\n    with open(naam) as f:\n        return f.read()\n")
    cell = code('import hulp\nprint(hulp.lees("mijn {map}/budget.csv"))')
    notebook = write(tmp_path / "eigen.ipynb", cell)
    common = ("--editie", "voorbeeld", "--notebook", str(notebook), "--output-dir", str(tmp_path / "uit"))
    assert run("report", "Gent", *common, "--formats", "html")[0] == 0
    folder = tmp_path / "uit" / "voorbeeld" / "44021-gent"
    assert set(read_manifest(folder)["inputs"]) == {"hulp.py", "mijn {map}/budget.csv"}

    def current(formats: str = "html", *more: str) -> bool:
        told = run_lekp("batch", "--gemeenten", "Gent", *common, "--formats", formats, "--dry-run", *more).stdout
        return "Te maken: 0; actueel: 1." in told

    assert current("html", "--controleer") and not current("html,pdf")
    for path in (data, module):
        content = path.read_bytes()
        path.write_bytes(content + b"\n# anders")
        assert not current()
        path.write_bytes(content)
        assert current()
    (folder / "rapport.html").write_text("stuk")
    assert not current()


def test_what_nobody_can_follow_is_always_made_again(tmp_path: Path) -> None:
    cell = code('import subprocess\nprint(subprocess.run(["echo", "hallo"], capture_output=True, text=True).stdout)')
    notebook = write(tmp_path / "eigen.ipynb", cell)
    common = ("--editie", "voorbeeld", "--notebook", str(notebook), "--output-dir", str(tmp_path), "--formats", "html")
    assert run("report", "Gent", *common)[0] == 0
    assert read_manifest(tmp_path / "voorbeeld/44021-gent")["inputs"] is None


def test_a_home_that_cannot_be_written_to(tmp_path: Path) -> None:
    home, temporary = "/proc/nergens", tmp_path / "tijdelijk"
    temporary.mkdir()
    nowhere = {"HOME": home, "XDG_CACHE_HOME": f"{home}/.cache", "TMPDIR": str(temporary)}
    for places in (["Mesen"], ["Mesen", "Herstappe"]):
        done = started_anew("report", *places, "--output-dir", str(tmp_path / "uit"), **nowhere)
        assert done.returncode == 0, done.stderr
    assert [path.name for path in temporary.iterdir() if path.name.startswith("lekp-")] == []


def test_of_what_earlier_versions_kept_the_newest_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for number in range(6):
        earlier = tmp_path / "lekp" / "templates" / f"versie-{number}"
        earlier.mkdir(parents=True)
        (earlier / "iets").write_text("iets")
        os.utime(earlier, (number, number))
    own = cache_folder("templates", "nu")
    left = {path.name for path in (tmp_path / "lekp" / "templates").iterdir()}
    assert left == {own.name, "versie-3", "versie-4", "versie-5"}


def test_what_another_process_may_be_using_is_not_tidied_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    used = [cache_folder("fonts", f"omgeving {number}") for number in range(8)]
    assert all(folder.is_dir() for folder in used)


@pytest.mark.parametrize("engine", ["warm", "kernel"])
@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("exit()", "haal die regel weg"),
        (
            "import asyncio\n\nasync def f():\n    pass\n\nasyncio.run(f())",
            "cannot be called from a running event loop",
        ),
    ],
)
def test_engines_refuse_alike(tmp_path: Path, engine: str, cell: str, words: str) -> None:
    notebook = write(tmp_path / "eigen.ipynb", code(cell))
    common = ("--editie", "voorbeeld", "--notebook", str(notebook), "--output-dir", str(tmp_path / "uit"))
    done = run_lekp("report", "Gent", *common, "--engine", engine)
    assert done.returncode == 1 and words in done.stderr and "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr, "a file or a pipe gets no colours, whatever a kernel asks for"


def test_awaiting_and_the_folder_of_the_notebook(tmp_path: Path) -> None:
    cell = code('import asyncio\nfrom pathlib import Path\nprint(await asyncio.sleep(0, "klaar"), Path.cwd().name)')
    notebook = write(tmp_path / "map" / "eigen.ipynb", cell, text("einde"))
    done = run_lekp(
        "report", "Gent", "--editie", "voorbeeld", "--notebook", str(notebook), "--output-dir", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    assert "klaar map" in (tmp_path / "voorbeeld/44021-gent/rapport.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["report", "Bestaatniet"], "Bestaatniet"),
        (["report", "Gent", "--editie", "nergens"], "gepubliceerd, voorbeeld"),
        (["report", "Gent", "--pact", "3.0"], "pact"),
        (["report", "Gent", "--noemerjaar", "1900"], "noemerjaar"),
        (["report", "Gent", "--formats", "html,papier"], "papier"),
        (["report", "Gent", "--notebook", "bestaat-niet.ipynb"], "dit notebook is er niet"),
    ],
)
def test_errors_are_for_people(arguments: list[str], words: str, tmp_path: Path) -> None:
    code_, said = run(*arguments, "--output-dir", str(tmp_path / "uit"))
    assert code_ == 1 and words in said and "Traceback" not in said
    assert not list((tmp_path / "uit").glob("*/*/rapport.html"))


def test_other_places_go_on_after_one_that_fails(tmp_path: Path) -> None:
    done = run_lekp("report", "Bestaatniet", "Mesen", "--output-dir", str(tmp_path), "--formats", "html")
    assert done.returncode == 1 and "Bestaatniet" in done.stderr
    assert (tmp_path / "gepubliceerd" / "33016-mesen" / "rapport.html").is_file()


def test_outputs_that_cannot_be_written_are_explained(tmp_path: Path) -> None:
    (tmp_path / "uit").write_text("een bestand in de weg")
    code_, said = run("report", "Gent", "--output-dir", str(tmp_path / "uit"), "--formats", "html")
    assert code_ == 1 and "kies een andere map met --output-dir" in said


def test_notebook_is_found_beside_the_package_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert find_notebook() == NOTEBOOK
    monkeypatch.chdir(tmp_path)
    assert find_notebook().name == NOTEBOOK.name and find_notebook().is_file()


def test_the_same_input_gives_the_same_bytes(houthulst: Path, tmp_path: Path) -> None:
    done = started_anew("report", "32006", "--output-dir", str(tmp_path), "--engine", "kernel")
    assert done.returncode == 0, done.stderr
    names = json.loads((tmp_path / PLACE / "manifest.json").read_text(encoding="utf-8"))["files"]
    there = houthulst / PLACE
    same = {name for name in names if (there / name).is_file() and not name.startswith("besluit.docx")}
    assert {name for name in same if (tmp_path / PLACE / name).read_bytes() != (there / name).read_bytes()} == set()


def test_layers_kept_between_reports_change_no_byte(tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "lekp"
    page = Path("voorbeeld/44021-gent/rapport.html")

    def made(name: str, notebook: Path = NOTEBOOK) -> bytes:
        common = ("--editie", "voorbeeld", "--formats", "html", "--notebook", str(notebook))
        done = run_lekp(
            "report", "Gent", *common, "--output-dir", str(tmp_path / name), XDG_CACHE_HOME=str(tmp_path / "cache")
        )
        assert done.returncode == 0, done.stderr
        return (tmp_path / name / page).read_bytes()

    first = made("koud")
    (kept,) = (cache / "drawings").rglob("voorbeeld.json")
    layers = json.loads(kept.read_text())
    assert made("warm") == first and len(layers) > 30
    kept.write_text(json.dumps(dict.fromkeys(layers, "<path/>")))
    kept.parent.rename(kept.parent.with_name("van-vroeger"))
    assert made("oud") == first, "layers of other code are not used"
    kept.write_text("stuk")
    compiled = sorted((cache / "templates").rglob("*.cache"))
    for path in compiled:
        path.write_bytes(path.read_bytes()[:30])
    assert made("stuk") == first and len(compiled) > 20
    kept.unlink()
    other = changed_notebook(
        tmp_path, "rapport.kaarten()", "from lekp_lib.present import theme\ntheme.LINE = '#FF0000'"
    )
    made("anders", other)
    assert not kept.exists(), "a notebook that somebody changed may draw in another style"
