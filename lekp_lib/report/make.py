"""Make one report: run the notebook, write the formats, check them, put the folder in its place with a manifest."""

import gc
import hashlib
import json
import os
import platform
import sys
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from lekp_lib.edition.edition import GIVEN_EDITIONS, Manifest, find_edition
from lekp_lib.errors import LekpError, ReportError, system_text
from lekp_lib.parameters import ADDED, ReportParameters
from lekp_lib.paths import ProjectError, packaged_folder, write_file
from lekp_lib.report import engine as notebooks
from lekp_lib.report import files, processes

#: In the order in which they are made: the function of this room that makes the files of each format. It gets the
#: contents of the notebook and the report, and its module is imported only when it is asked for.
FORMATS: Mapping[str, str] = {
    "html": "page.page_files", "pdf": "paper.pdf_files", "xlsx": "spreadsheet.workbook_files",
    "csv": "spreadsheet.csv_files", "figuren": "paper.picture_files", "docx": "council.docx_files",
    "besluit": "council.page_files", "slides": "council.slides_files",
}  # fmt: skip
#: What a report has when nobody chooses: some 50 drawings as files take seconds and megabytes.
DEFAULT_FORMATS = tuple(name for name in FORMATS if name != "figuren")
FLANDERS_KEY = "vlaanderen"
FLANDERS_FORMATS = {name: FORMATS[name] for name in ("html", "pdf")} | {"csv": "spreadsheet.flanders_csv_files"}
#: Layers of drawings that are kept between two reports: some 60 of each, most of them of all municipalities.
_MOST_LAYERS = 400
#: Packages whose version can change what a report looks like.
VERSIONS_OF = (
    "lekp", "papermill", "nbconvert", "nbclient", "ipykernel", "ipython", "mistune", "jinja2", "pandas", "matplotlib",
    "geopandas", "typst", "pikepdf", "fonttools", "font-source-sans-pro", "xlsxwriter", "python-docx",
)  # fmt: skip
#: Rooms and files of the package that are no part of a report; the figures have hashes of their own.
_NO_PART_OF_A_REPORT = ("batch", "site", "cli", "edition/embedded", "_notebooks", "_parameters")


@dataclass(slots=True)
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
    files: dict[str, list[Path]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


# ---- may a finished report stay as it is?


@cache
def _versions() -> dict[str, str]:
    """Version of Python and of every package that can change a report."""
    return {"python": platform.python_version()} | {name: version(name) for name in VERSIONS_OF}


@cache
def code_sha256() -> str:
    """Hash of code, catalogue, register, templates and package versions that reports are made with."""
    root = Path(__file__).parents[1]
    parts = [f"{name} {number}" for name, number in _versions().items()]
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and not name.startswith(_NO_PART_OF_A_REPORT):
            parts += [name, notebooks.hash_input(path)]
    return files.sha256_text(*parts)


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
    logo = parameters.logo and notebooks.hash_input(Path(parameters.logo.replace("{nis}", parameters.gemeente)))
    figures = manifest.model_dump_json()
    return files.sha256_text(figures, notebook_sha256, parameters.model_dump_json(), logo, code_sha256())


def inputs_unchanged(manifest: Mapping[str, Any], notebook: Path) -> bool:
    """Whether everything that the cells of a report opened is as it was; false when nobody can say."""
    inputs, now = manifest.get("inputs"), notebooks.hash_input
    return isinstance(inputs, dict) and all(now(notebook.parent / name) == old for name, old in inputs.items())


# ---- from notebook to folder


@dataclass(frozen=True, slots=True)
class _Job:
    """One report on its way: what is made of what, and what the manifest says besides the files."""

    view: Any
    notebook: Path
    content: bytes
    makers: Mapping[str, str]
    metadata: dict[str, Any]
    result: ReportResult


def own_choices(parameters: ReportParameters, notebook: Path, content: bytes) -> ReportParameters:
    """Parameters with the notebook's own look and figures where nobody asked for others; files as full paths."""
    own = notebooks.notebook_parameters(notebooks.read_notebook(notebook, content))
    chosen = {name: own[name] for name in ADDED if own.get(name) and not getattr(parameters, name)}
    if "cijfers" in chosen and parameters.gemeente == "*":
        own_file = f"cijfers = {chosen['cijfers']!r} in de cel met parameters is van één gemeente"
        raise ReportError(
            f"{notebook}: {own_file}; maak dat verslag met lekp report, of laat cijfers leeg voor een batch"
        )
    for name in ("logo", "cijfers"):
        folder = notebook.resolve().parent if name in chosen else Path.cwd()
        named = chosen.get(name) or getattr(parameters, name)
        chosen[name] = str(folder / named) if named else ""
    return parameters.model_copy(update=chosen)


def _make_known(given: str) -> None:
    """The cells find the edition by the name that was given here, whatever their working folder is."""
    known = json.loads(os.environ.get(GIVEN_EDITIONS, "{}")) | {given: str(find_edition(given).resolve())}
    os.environ[GIVEN_EDITIONS] = json.dumps(known)


@contextmanager
def _timed(job: _Job, step: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    job.result.seconds[step] = round(time.perf_counter() - started, 3)


def _needed(content: bytes) -> bytes:
    """The notebook without the working cells at its end: nothing that the report shows can depend on them."""
    notebook = json.loads(content)
    while notebook["cells"] and notebooks.HIDDEN_TAG in notebook["cells"][-1].get("metadata", {}).get("tags", ()):
        notebook["cells"].pop()
    return json.dumps(notebook).encode()


def _finish(job: _Job, inputs: dict[str, str] | None, folder: Path, made: dict[str, list[str]]) -> Iterator[str]:
    """Take along what was not asked for, write the manifest, move into place; sentences about edited decisions.

    A decision that a person edited stays; the new draft goes beside it.
    """
    target = job.result.folder
    manifest = files.read_manifest(target)
    for names in made.values():
        for place, name in enumerate(names):
            draft = files.free_draft(target, manifest, name) if name.startswith("besluit.") else name
            if draft != name:
                names[place] = (folder / name).rename(folder / draft).name
                yield f"{name} is met de hand bewerkt en blijft staan; het nieuwe ontwerp is {draft}"
    before = manifest.get("made", {})
    again = {name for fmt, names in before.items() if fmt in made for name in names}
    edited = {name for name in again if name.startswith("besluit") and files.is_edited(target, manifest, name)}
    kept = files.carry_over(target, folder, again - edited)
    earlier = {fmt: names for fmt, names in before.items() if fmt not in made and set(names) <= set(kept)}
    runs = {fmt: manifest.get("earlier", {}).get(fmt, manifest.get("run")) for fmt in earlier}
    every, seconds = made | earlier, job.result.seconds
    content = {"formats": list(made), "made": every, "earlier": runs, "inputs": inputs, "seconds": seconds}
    files.write_manifest(folder, job.metadata | content, [name for names in every.values() for name in names])
    files.move_into_place(folder, target)


@contextmanager
def _kept_layers(job: _Job) -> Iterator[None]:
    """Layers of charts and maps that an earlier report of the edition drew, and those of this one for the next.

    Only where nobody changed the notebook: a cell may draw in another style. One file per edition and version of the
    code, and at most so many layers in it.
    """
    from lekp_lib.present.theme import SHARED_LAYERS

    packaged = packaged_folder("notebooks") / job.notebook.name
    warm = job.metadata["engine"] == "warm" and packaged.is_file()
    if not warm or packaged.read_bytes() != job.content:
        yield
        return
    path = files.cache_folder("drawings", code_sha256()) / f"{job.view.edition.id}.json"
    with suppress(OSError, ValueError, TypeError):
        SHARED_LAYERS.update(json.loads(path.read_bytes()))
    before = len(SHARED_LAYERS)
    yield
    if len(SHARED_LAYERS) > before:
        layers = dict(list(SHARED_LAYERS.items())[-_MOST_LAYERS:])
        with suppress(ProjectError):
            write_file(path, json.dumps(layers).encode())


def _keep_templates() -> None:
    """Templates that an earlier report compiled, with the same code: some fifty of them take a fifth of a second."""
    from jinja2 import FileSystemBytecodeCache

    from lekp_lib.present import blocks, text

    class Kept(FileSystemBytecodeCache):
        """A file that is damaged, or that a full disk refuses, is no reason to make no report."""

        def load_bytecode(self, bucket: Any) -> None:
            with suppress(Exception):
                super().load_bytecode(bucket)

        def dump_bytecode(self, bucket: Any) -> None:
            with suppress(OSError):
                super().dump_bytecode(bucket)

    folder = files.cache_folder("templates", code_sha256())
    for templates in (text.environment(), blocks.html_environment()):
        templates.bytecode_cache = Kept(str(folder))


def _make(job: _Job, scratch: Path) -> ReportResult:
    parameters, folder, result = job.metadata["parameters"], scratch / "verslag", job.result
    _make_known(parameters["editie"])
    with _timed(job, "notebook"):
        notebook, inputs = notebooks.execute(
            job.notebook, parameters, scratch, job.metadata["engine"], _needed(job.content)
        )
    contents = import_module("lekp_lib.report.outputs").read_contents(notebook, job.notebook.parent)
    if contents.facts.get("run", job.view.run_id) != job.view.run_id:
        place = contents.facts.get("place", "een ander verslag")
        raise ReportError(
            f"{job.notebook}: het eerste blok toont {place} met andere cijfers of parameters dan gevraagd zijn; geef "
            "open_report() de waarden van de cel met de tag 'parameters'."
        )
    contents.facts = {**job.view.facts, **contents.facts}
    folder.mkdir()
    made = dict[str, list[str]]()
    for name, maker in job.makers.items():
        with _timed(job, name):
            content = resolve_name(f"lekp_lib.report.{maker}")(contents, job.view)
        for file, data in content.items():
            (folder / file).write_bytes(data if isinstance(data, bytes) else data.encode())
        made[name] = sorted(content)
    result.notes = (*job.view.edition.notes, *contents.warnings, *_finish(job, inputs, folder, made))
    result.files = {fmt: [result.folder / name for name in names] for fmt, names in made.items()}
    return result


@contextmanager
def _quarantined(job: _Job, scratch: Path) -> Iterator[None]:
    """Keep the notebook and the message of a report that fails, and say where they are."""
    broken = files.quarantine_folder(job.result.folder)
    try:
        yield
    except OSError as error:
        raise files.output_error(error, broken.parents[2]) from None
    except ReportError as error:
        with suppress(OSError):
            kept = files.quarantine(scratch / files.NOTEBOOK_FILE, broken, str(error))
            if kept.is_file():
                error.args = (f"{job.result.name}: {error}\n  Het notebook met de fout: {kept}",)
        raise
    files.clear_quarantine(broken)


def read_source(notebook: Path) -> bytes:
    """Bytes of a notebook; raises :class:`ReportError` when it is not there."""
    try:
        return notebook.read_bytes()
    except OSError as error:
        raise ReportError(f"{notebook}: dit notebook is er niet ({system_text(error)}); geef een .ipynb") from None


def _open(parameters: ReportParameters, flanders: bool) -> tuple[Any, dict[str, Any]]:
    """What the report shows, and the parameters that its notebook gets."""
    if flanders:
        from lekp_lib.present.flanders import OWN_ONLY, open_flanders

        given = {key: value for key, value in parameters.for_notebook().items() if key not in OWN_ONLY}
        return open_flanders(**given), given
    from lekp_lib.present.municipality import open_report

    view = open_report(**parameters.model_dump())
    # One name for one place: what the notebook receives is what the folder is called after.
    return view, parameters.model_copy(update={"gemeente": view.place.nis}).for_notebook()


def render_report(
    parameters: ReportParameters, *, notebook: Path, output_dir: Path, formats: Sequence[str] = (),
    engine: notebooks.Engine = "warm", scratch: Path | None = None, content: bytes | None = None,
    flanders: bool = False,
) -> ReportResult:  # fmt: skip
    """Make one report in all asked formats, or nothing at all.

    Parameters
    ----------
    parameters
        Validated parameters; ``gemeente`` may be anything that the register resolves.
    notebook
        The notebook to run; read once.
    output_dir
        Root of the outputs; the report lands in ``<editie>/<nis>-<slug>`` or ``<editie>/vlaanderen``.
    formats
        Names from :data:`FORMATS`, or :data:`FLANDERS_FORMATS`; files of other formats stay as they are, marked as of
        their run. None: those of :data:`DEFAULT_FORMATS`, or all three.
    engine
        What runs the notebook; ``warm`` only once per process (:mod:`lekp_lib.report.engine`).
    scratch
        Existing empty folder on the disk of the outputs, which the caller removes; ``None`` makes one for the while.
    content
        Bytes of the notebook when they were read before.
    flanders
        The report on all municipalities together; parameters about one of them do not count.

    Raises
    ------
    LekpError
        When a place, parameter, edition, cell or check is wrong. An older report then stays as it was, and
        ``<editie>/_broken/<nis>`` holds the notebook and the message.
    """
    started, content = time.perf_counter(), read_source(notebook) if content is None else content
    if not scratch:
        _keep_templates()
    if not flanders:
        parameters = own_choices(parameters, notebook, content)
    view, given = _open(parameters, flanders)
    nis, slug, place = (view.facts[name] for name in ("nis", "slug", "place"))
    manifest, sha256 = view.edition.manifest, hashlib.sha256(content).hexdigest()
    fingerprinted = parameters.model_copy(update={"gemeente": nis or "*"})
    metadata = {
        "run": view.run_id, **({"municipality": {"nis": nis, "name": place}} if nis else {"subject": slug}),
        "fingerprint": report_fingerprint(fingerprinted, manifest, sha256), "parameters": given,
        "edition": manifest.model_dump(mode="json"), "notebook": {"name": notebook.name, "sha256": sha256},
        "versions": _versions(), "engine": engine,
    }  # fmt: skip
    known, default = (FLANDERS_FORMATS, FLANDERS_FORMATS) if flanders else (FORMATS, DEFAULT_FORMATS)
    makers = {name: known[name] for name in formats or default}
    key = f"{nis}-{slug}" if nis else slug
    result = ReportResult(key, place, output_dir / view.edition.id / key)
    job = _Job(view, notebook, content, makers, metadata, result)
    result.seconds["openen"] = round(time.perf_counter() - started, 3)
    if scratch:  # one of many, which have their layers from the process that forks
        with _quarantined(job, scratch):
            return _make(job, scratch.resolve())
    with files.scratch_folder(output_dir) as own, _quarantined(job, own), _kept_layers(job):
        return _make(job, own.resolve())


# ---- before a process forks one child per report

#: Reports whose drawings are made for practice: one in so many, and at least some. Nearly all axes of the edition have
#: then been drawn.
_PRACTICE_SHARE, _PRACTICE_REPORTS = 48, 3
#: So many reports earn back the third of a second that large pages take.
_MANY_REPORTS = 50
#: New objects before a forked process looks for garbage: it makes one report and ends.
_GARBAGE_THRESHOLD = 100_000
_ON_THE_WAY = (
    "IPython.core.completer", "IPython.core.logger", "IPython.core.pylabtools", "matplotlib.backends.backend_svg",
    "matplotlib.figure", "matplotlib_inline.config", "nbclient", "pandas.io.formats.excel", "pandas.io.formats.html",
    "pandas.io.formats.string", "papermill.clientwrap", "papermill.translators", "text_unidecode", "xlsxwriter",
)  # fmt: skip


def _seen_by_all() -> dict[str, object]:
    """What every report would see of a warm-up that changed it."""
    import matplotlib as mpl

    return {
        "environment": dict(os.environ), "working folder": Path.cwd(), "matplotlib settings": dict(mpl.rcParams),
        "warning filters": list(warnings.filters), "main module": sys.modules["__main__"],
    }  # fmt: skip


def _practise(editie: str, parameters: Sequence[ReportParameters]) -> None:
    """Open the edition, and draw what a few of its reports show."""
    from lekp_lib.present.municipality import open_report
    from lekp_lib.present.results import opened_edition

    edition = opened_edition(editie)
    step = max(1, len(parameters) // max(_PRACTICE_REPORTS, len(parameters) // _PRACTICE_SHARE))
    for chosen in parameters[::step]:
        with suppress(LekpError):  # the report itself will tell
            view = open_report(**chosen.model_dump(), edition=edition)
            for block in (
                view.kort, view.doelen, view.andere_doelen, view.kaarten, view.cijfertabel, view.vergelijkingstabel,
                view.veranderd, view.omgeving, view.telling, view.regels, view.woorden, view.besluit, view.herkomst,
            ):  # fmt: skip
                block().html()


def prepare(editie: str, parameters: Sequence[ReportParameters], formats: Sequence[str]) -> None:
    """Load and draw what the reports of an edition share, and freeze it, so that forked processes share the memory too.

    Parameters
    ----------
    editie
        Id or path of the edition.
    parameters
        Of the reports that will be made; some are drawn for practice.
    formats
        Names of formats; nothing is compiled, because Typst starts threads.

    Raises
    ------
    ReportError
        When this left traces that a report would see.
    """
    from lekp_lib.report.page import environment, font_face_css, font_folder, missing_characters

    for module in (*_ON_THE_WAY, *(f"lekp_lib.report.{FORMATS[name].partition('.')[0]}" for name in formats)):
        import_module(module)
    notebooks.prepare_shell()
    before = _seen_by_all()
    with warnings.catch_warnings():  # forgotten on the way out, so that a report warns too
        import_module("matplotlib.backends").backend_registry.list_all()
        code_sha256()
        font_face_css()
        font_folder()
        missing_characters("a")
        _practise(editie, parameters)
        templates = environment()
        for name in templates.list_templates(extensions=["j2"]):
            templates.get_template(name)
    if changed := [name for name, state in _seen_by_all().items() if state != before[name]]:
        raise ReportError(
            f"het voorbereiden van de verslagen veranderde {', '.join(changed)}; elk verslag zou dat zien"
        )
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE_THRESHOLD)
    if len(parameters) > _MANY_REPORTS:
        processes.use_large_pages()
