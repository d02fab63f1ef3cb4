"""Make one report: run the notebook, write the formats, check them, put the folder in its place with a manifest."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lekp_lib.edition import Edition, Manifest
from lekp_lib.edition.edition import GIVEN_EDITIONS, find_edition
from lekp_lib.errors import ReportError
from lekp_lib.parameters import LOOK, ReportParameters
from lekp_lib.report import files
from lekp_lib.report.engine import (
    HIDDEN_TAG,
    Engine,
    execute,
    hash_input,
    notebook_parameters,
    read_notebook,
)

#: In the order in which they are made: the function of this room that writes the files of each format. It gets the
#: contents of the notebook, the report and the folder, and imports what it needs only when it is asked for.
FORMATS: Mapping[str, str] = {
    "html": "page.write_page", "pdf": "paper.write_pdf", "xlsx": "spreadsheet.write_workbook",
    "csv": "spreadsheet.write_csv", "figuren": "pictures.write_pictures", "docx": "council.write_docx",
    "besluit": "council.write_page", "slides": "slides.write_slides",
}  # fmt: skip
#: Made only when asked for: some 50 drawings take seconds and megabytes per report.
ON_REQUEST = frozenset({"figuren"})
#: What a report has when nobody chooses.
DEFAULT_FORMATS = tuple(name for name in FORMATS if name not in ON_REQUEST)
FLANDERS_KEY = "vlaanderen"
_FLANDERS: Mapping[str, str] = {**FORMATS, "csv": "spreadsheet.write_flanders_csv"}
FLANDERS_FORMATS = ("html", "pdf", "csv")
#: Packages whose version can change what a report looks like.
VERSIONS_OF = (
    "lekp", "papermill", "nbconvert", "nbclient", "ipykernel", "ipython", "mistune", "jinja2", "pandas", "matplotlib",
    "geopandas", "typst", "pikepdf", "fonttools", "font-source-sans-pro", "xlsxwriter", "python-docx",
)  # fmt: skip
#: Rooms and files of the package that are no part of a report; the figures have hashes of their own.
_NO_PART_OF_A_REPORT = ("batch", "site", "cli", "edition/embedded", "_notebooks", "_parameters")


@dataclass(frozen=True, slots=True)
class ReportResult:
    """A finished report.

    Attributes
    ----------
    key, name
        Name of its folder (``44021-gent``, ``vlaanderen``), and of the place.
    folder
        Where it is.
    files
        Files of each format that was made in this run.
    seconds
        Wall time per step and per format.
    notes
        Dutch sentences for whoever made it: an edited decision that was left alone, a warning of a cell.
    """

    key: str
    name: str
    folder: Path
    files: dict[str, list[Path]]
    seconds: dict[str, float]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Job:
    """One report on its way."""

    key: str
    name: str
    view: Any
    parameters: dict[str, Any]
    notebook: Path
    content: bytes
    output_dir: Path
    writers: Mapping[str, str]
    formats: Sequence[str]
    engine: Engine
    fingerprint: str
    subject: dict[str, Any]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def target(self) -> Path:
        return files.report_folder(self.output_dir, self.view.edition.id, self.key)

    def metadata(self) -> dict[str, Any]:
        """What the manifest says besides the files."""
        return {
            "run": self.view.run_id, **self.subject, "fingerprint": self.fingerprint, "parameters": self.parameters,
            "edition": self.view.edition.manifest.model_dump(mode="json"),
            "notebook": {"name": self.notebook.name, "sha256": hashlib.sha256(self.content).hexdigest()},
            "versions": {"python": platform.python_version()} | {name: version(name) for name in VERSIONS_OF},
            "engine": self.engine, "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
        }  # fmt: skip


# ---- may a finished report stay as it is?


def sha256_text(*parts: str) -> str:
    """Hash of some texts; no two lists of texts give the same."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


@cache
def code_sha256(package: Path | None = None) -> str:
    """Hash of code, catalogue, register, templates and package versions that reports are made with."""
    root = package or Path(__file__).parents[1]
    parts = [platform.python_version(), *(f"{name} {version(name)}" for name in VERSIONS_OF)]
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and not name.startswith(_NO_PART_OF_A_REPORT):
            parts += [name, hash_input(path)]
    return sha256_text(*parts)


def report_fingerprint(parameters: ReportParameters, manifest: Manifest, notebook_sha256: str) -> str:
    """Hash of everything known before a report is made.

    Parameters
    ----------
    parameters
        With the NIS code as ``gemeente``.
    manifest
        Of the edition; it holds the hashes of the tables.
    notebook_sha256
        Of the notebook's bytes.
    """
    logo = hash_input(Path(parameters.logo.replace("{nis}", parameters.gemeente))) if parameters.logo else ""
    figures = manifest.model_dump_json()
    return sha256_text(figures, notebook_sha256, parameters.model_dump_json(), logo, code_sha256())


def inputs_unchanged(manifest: Mapping[str, Any], notebook: Path) -> bool:
    """Whether everything that the cells of a report opened is as it was; false when nobody can say."""
    inputs = manifest.get("inputs")
    if not isinstance(inputs, dict):
        return False
    return all(hash_input(notebook.parent / name) == sha256 for name, sha256 in inputs.items())


def is_current(
    folder: Path, fingerprint: str, formats: Sequence[str], notebook: Path, *, by_hash: bool = False
) -> bool:
    """Whether a finished report may stay as it is.

    Parameters
    ----------
    folder
        Folder of the report.
    fingerprint
        See :func:`report_fingerprint`.
    formats
        Formats that are wanted; each must be of the latest run.
    notebook
        Files that its cells opened are looked up from its folder.
    by_hash
        Hash the finished files too, whatever their time and size say.
    """
    manifest = files.read_manifest(folder)
    if manifest.get("fingerprint") != fingerprint or not set(formats) <= set(manifest.get("formats", ())):
        return False
    return inputs_unchanged(manifest, notebook) and files.is_whole(folder, manifest, by_hash=by_hash)


# ---- from notebook to folder


def own_look(parameters: ReportParameters, notebook: Path, content: bytes) -> ReportParameters:
    """Parameters with the notebook's own logo and colour where nobody asked for others; the logo as full path."""
    own = notebook_parameters(read_notebook(notebook, content))
    chosen = {name: own[name] for name in LOOK if own.get(name) and not getattr(parameters, name)}
    logo = chosen.get("logo", "") and str(notebook.resolve().parent / chosen["logo"])
    logo = logo or (parameters.logo and str(Path.cwd() / parameters.logo))
    return parameters.model_copy(update={**chosen, "logo": logo})


@contextmanager
def _known_edition(given: str) -> Iterator[None]:
    """The cells find the edition by the name that was given here, whatever their working folder is."""
    before = os.environ.get(GIVEN_EDITIONS, "{}")
    os.environ[GIVEN_EDITIONS] = json.dumps({given: str(find_edition(given).resolve()), **json.loads(before)})
    try:
        yield
    finally:
        os.environ[GIVEN_EDITIONS] = before


def _write_formats(job: _Job, contents: Any, folder: Path) -> dict[str, list[str]]:
    """Write the formats in the folder; names of the files by format."""
    made, there = dict[str, list[str]](), set[str]()
    for name in job.formats:
        started, (module, _, function) = time.perf_counter(), job.writers[name].partition(".")
        getattr(import_module(f"lekp_lib.report.{module}"), function)(contents, job.view, folder)
        job.seconds[name] = time.perf_counter() - started
        made[name] = sorted({path.name for path in folder.iterdir()} - there)
        there.update(made[name])
    return made


def _keep_edited(folder: Path, target: Path, made: dict[str, list[str]], manifest: Mapping[str, Any]) -> list[str]:
    """A decision that a person edited stays; the new draft goes beside it. Sentences that say so."""
    notes = []
    for names in made.values():
        for place, name in enumerate(names):
            draft = files.free_draft(target, manifest, name) if name.startswith("besluit.") else name
            if draft != name:
                names[place] = (folder / name).rename(folder / draft).name
                notes.append(f"{name} is met de hand bewerkt en blijft staan; het nieuwe ontwerp is {draft}")
    return notes


def _finish(job: _Job, inputs: dict[str, str] | None, folder: Path, made: dict[str, list[str]]) -> list[str]:
    """Take along what was not asked for, write the manifest, move into place."""
    manifest = files.read_manifest(job.target)
    notes, before = _keep_edited(folder, job.target, made, manifest), manifest.get("made", {})
    again = {name for fmt, names in before.items() if fmt in made for name in names}
    drafts = {name for name in again if name.startswith("besluit")}
    edited = {name for name in drafts if files.free_draft(job.target, manifest, name) != name}
    kept = files.carry_over(job.target, folder, again - edited)
    earlier = {fmt: names for fmt, names in before.items() if fmt not in made and set(names) <= set(kept)}
    runs = {fmt: manifest.get("earlier", {}).get(fmt, manifest.get("run")) for fmt in earlier}
    content = {"formats": list(made), "made": made | earlier, "earlier": runs, "inputs": inputs}
    names = [name for names in (made | earlier).values() for name in names]
    files.write_manifest(folder, job.metadata() | content, names)
    files.move_into_place(folder, job.target)
    return notes


def _needed(content: bytes) -> bytes:
    """The notebook without the working cells at its end: nothing that the report shows can depend on them."""
    notebook = json.loads(content)
    while notebook["cells"] and HIDDEN_TAG in notebook["cells"][-1].get("metadata", {}).get("tags", ()):
        notebook["cells"].pop()
    return json.dumps(notebook).encode()


def _make(job: _Job, scratch: Path) -> ReportResult:
    started, folder = time.perf_counter(), scratch / "verslag"
    with _known_edition(job.parameters["editie"]):
        done = execute(job.notebook, job.parameters, scratch, job.engine, _needed(job.content))
    job.seconds["notebook"] = time.perf_counter() - started
    contents = import_module("lekp_lib.report.outputs").read_contents(done.notebook, job.notebook.parent)
    if contents.facts.get("run", job.view.run_id) != job.view.run_id:
        place = contents.facts.get("place", "een ander verslag")
        raise ReportError(
            f"{job.notebook}: het eerste blok toont {place} met andere cijfers of parameters dan gevraagd zijn; geef "
            "open_report() de waarden van de cel met de tag 'parameters'."
        )
    contents.facts = {**job.view.facts, **contents.facts}
    folder.mkdir()
    made = _write_formats(job, contents, folder)
    notes = (*contents.warnings, *_finish(job, done.inputs, folder, made))
    paths = {fmt: [job.target / name for name in names] for fmt, names in made.items()}
    return ReportResult(job.key, job.name, job.target, paths, job.seconds, notes)


@contextmanager
def _quarantined(job: _Job, scratch: Path) -> Iterator[None]:
    """Keep the notebook and the message of a report that fails, and say where they are."""
    broken = files.quarantine_folder(job.output_dir, job.view.edition.id, job.key)
    try:
        yield
    except OSError as error:
        raise files.output_error(error, job.output_dir) from None
    except ReportError as error:
        with suppress(OSError):
            kept = files.quarantine(scratch / files.NOTEBOOK_FILE, broken, str(error))
            if kept.is_file():
                error.args = (f"{job.name}: {error}\n  Het notebook met de fout: {kept}",)
        raise
    files.clear_quarantine(broken)


def _render(job: _Job, scratch: Path | None) -> ReportResult:
    made = files.scratch_folder(job.output_dir) if scratch is None else nullcontext(scratch)
    with made as folder, _quarantined(job, folder):
        return _make(job, folder.resolve())


def read_source(notebook: Path) -> bytes:
    """Bytes of a notebook; raises :class:`ReportError` when it is not there."""
    try:
        return notebook.read_bytes()
    except OSError as error:
        raise ReportError(f"{notebook}: dit notebook is er niet ({error.strerror}); geef een .ipynb") from None


def render_report(
    parameters: ReportParameters, *, notebook: Path, output_dir: Path, formats: Sequence[str] = DEFAULT_FORMATS,
    edition: Edition | None = None, engine: Engine = "warm", scratch: Path | None = None,
    content: bytes | None = None,
) -> ReportResult:  # fmt: skip
    """Make the report of one municipality in all asked formats, or nothing at all.

    Parameters
    ----------
    parameters
        Validated parameters; ``gemeente`` may be anything that the register resolves.
    notebook
        The notebook to run; read once.
    output_dir
        Root of the outputs; the report lands in ``<editie>/<nis>-<slug>``.
    formats
        Names from :data:`FORMATS`; files of other formats stay as they are, marked as of their run.
    edition
        An edition that is open already.
    engine
        What runs the notebook; ``warm`` only once per process (:mod:`lekp_lib.report.engine`).
    scratch
        Existing empty folder on the disk of the outputs, which the caller removes; ``None`` makes one for the while.
    content
        Bytes of the notebook when they were read before.

    Raises
    ------
    LekpError
        When a place, parameter, edition, cell or check is wrong. An older report then stays as it was, and
        ``<editie>/_broken/<nis>`` holds the notebook and the message.
    """
    from lekp_lib.present.municipality import open_report

    started, content = time.perf_counter(), read_source(notebook) if content is None else content
    parameters = own_look(parameters, notebook, content)
    view = open_report(**parameters.model_dump(), edition=edition)
    # One name for one place: what the notebook receives is what the folder is called after.
    parameters = parameters.model_copy(update={"gemeente": view.place.nis})
    fingerprint = report_fingerprint(parameters, view.edition.manifest, hashlib.sha256(content).hexdigest())
    job = _Job(
        f"{view.place.nis}-{view.slug}", view.place.name, view, parameters.for_notebook(), notebook, content,
        output_dir, FORMATS, formats, engine, fingerprint,
        {"municipality": {"nis": view.place.nis, "name": view.place.name}},
    )  # fmt: skip
    job.seconds["openen"] = time.perf_counter() - started
    return _render(job, scratch)


def render_flanders(
    parameters: ReportParameters, *, notebook: Path, output_dir: Path, formats: Sequence[str] = FLANDERS_FORMATS,
    edition: Edition | None = None, engine: Engine = "warm", scratch: Path | None = None,
    content: bytes | None = None,
) -> ReportResult:  # fmt: skip
    """Make the report on Flanders, in ``<editie>/vlaanderen``; as :func:`render_report`.

    Parameters
    ----------
    parameters
        Those about one municipality do not count.
    notebook, output_dir, edition, engine, scratch, content
        As for :func:`render_report`.
    formats
        Some of :data:`FLANDERS_FORMATS`.
    """
    from lekp_lib.present.flanders import OWN_ONLY, open_flanders

    started, content = time.perf_counter(), read_source(notebook) if content is None else content
    chosen = {key: value for key, value in parameters.for_notebook().items() if key not in OWN_ONLY}
    view, sha256 = open_flanders(**chosen, edition=edition), hashlib.sha256(content).hexdigest()
    fingerprint = report_fingerprint(parameters.model_copy(update={"gemeente": "*"}), view.edition.manifest, sha256)
    job = _Job(
        FLANDERS_KEY, "Vlaanderen", view, chosen, notebook, content, output_dir, _FLANDERS, formats, engine,
        fingerprint, {"subject": FLANDERS_KEY},
    )  # fmt: skip
    job.seconds["openen"] = time.perf_counter() - started
    return _render(job, scratch)
