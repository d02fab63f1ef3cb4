"""Which reports are asked for, which of them are needed, and which may stay."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from rapidfuzz import process

from lekp_lib.adapter.shown import sha256_text
from lekp_lib.edition.edition import find_edition
from lekp_lib.edition.manifest import Manifest, check_tables, read_manifest
from lekp_lib.errors import ParameterError, Problem, ProblemGroup, RegisterError, ReportError
from lekp_lib.pact import load_catalog
from lekp_lib.pact.yaml_files import YamlFile, read_model, read_yaml
from lekp_lib.parameters import LOOK, ReportParameters
from lekp_lib.register import Municipality, Register, load_register
from lekp_lib.report.fingerprint import code_sha256, inputs_sha256, made_with, read_fingerprint
from lekp_lib.report.flanders import FLANDERS_FOLDER, FLANDERS_FORMATS
from lekp_lib.report.formats import DEFAULT_FORMATS, FORMATS
from lekp_lib.report.notebook_look import with_own_look
from lekp_lib.report.outputs import MANIFEST_FILE, broken_folder, read_report_manifest, sha256_file

if TYPE_CHECKING:
    from lekp_lib.report.execute import Engine

NEW, OTHER, DAMAGED, CHANGED, FORCED = (
    "nog niet gemaakt",
    "andere formaten",
    "bestanden gewijzigd of weg",
    "cijfers, instellingen, notebook of programma gewijzigd",
    "gevraagd",
)


class BatchProblems(ProblemGroup, ParameterError):
    """All mistakes of a file with the parameters of a batch."""


class BatchChoice(BaseModel):
    """What a file such as ``parameters/alle-gemeenten.yaml`` holds besides the parameters of a report.

    Attributes
    ----------
    gemeenten
        ``alle``, or a list of names, former names or NIS codes.
    provincies
        Only municipalities of these provinces; empty for all.
    formaten
        Formats of each report.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    gemeenten: Literal["alle"] | list[str] = "alle"
    provincies: list[str] = Field(default_factory=list)
    formaten: list[str] = Field(default_factory=lambda: list(DEFAULT_FORMATS))


@dataclass(frozen=True, slots=True)
class ReportTask:
    """One report to make; it can be pickled.

    Attributes
    ----------
    nis, name
        The municipality, or ``vlaanderen``.
    folder
        Name of its folder in the outputs of the edition.
    parameters
        With its NIS code as ``gemeente``.
    notebook, output_dir
        Absolute paths.
    edition_id
        Id of the edition; ``parameters.editie`` may be a path.
    formats
        Names of formats.
    engine
        What runs the notebook.
    """

    nis: str
    name: str
    folder: str
    parameters: ReportParameters
    notebook: Path
    output_dir: Path
    edition_id: str
    formats: tuple[str, ...]
    engine: Engine

    @property
    def target(self) -> Path:
        """Lasting folder of the report."""
        return self.output_dir / self.edition_id / self.folder

    @property
    def broken(self) -> Path:
        """Where a report that failed is kept."""
        return broken_folder(self.output_dir, self.edition_id, self.nis)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch will do: reports to make with the reason by NIS code, and reports that may stay.

    ``notebooks`` holds the bytes of the notebooks: they are read once, and a run that goes on for minutes makes all its
    reports with them.
    """

    manifest: Manifest
    folder: Path
    tasks: tuple[ReportTask, ...]
    reasons: dict[str, str]
    up_to_date: tuple[ReportTask, ...]
    notebooks: dict[Path, bytes]

    def summarise_reasons(self) -> list[tuple[str, int]]:
        """Reasons with how often each holds."""
        counts = Counter(self.reasons.values())
        return [(why, counts[why]) for why in (NEW, OTHER, DAMAGED, CHANGED, FORCED) if counts[why]]


# --- what is asked


def read_batch(path: Path | None, options: Mapping[str, object]) -> tuple[BatchChoice, ReportParameters]:
    """What a batch makes: what the file says, and above it the options of the command line.

    Parameters
    ----------
    path
        YAML file; ``None`` takes the defaults.
    options
        Options that were given, by key of the file.

    Returns
    -------
    tuple of BatchChoice and ReportParameters
        The latter hold for all reports; its ``gemeente`` is a placeholder.

    Raises
    ------
    BatchProblems
        With every mistake of the file and the options at once.
    """
    file = YamlFile("opties", {}) if path is None else read_yaml(path)
    values: dict[str, Any] = {**(file.data if isinstance(file.data, dict) else {}), **options}
    of_report = [name for name in ReportParameters.model_fields if name != "gemeente"]
    known, problems = [*BatchChoice.model_fields, *of_report], list(file.problems)
    for key in sorted(values.keys() - set(known)):
        near = process.extractOne(key, known, score_cutoff=60)
        advice = f"Bedoelt u {near[0]!r}?" if near else f"Bekende sleutels: {', '.join(known)}."
        problems.append(Problem(file.where((key,)), "een sleutel die niets betekent", "een bekende sleutel", advice))
    data = {key: values[key] for key in BatchChoice.model_fields if key in values}
    choice, of_choice = read_model(replace(file, data=data, problems=()), BatchChoice)
    data = {"gemeente": "alle"} | {key: values[key] for key in of_report if key in values}
    parameters, wrong = read_model(replace(file, data=data, problems=()), ReportParameters)
    problems += [*of_choice, *wrong]
    unknown = sorted(set(choice.formaten) - set(FORMATS)) if choice else []
    if choice and (unknown or not choice.formaten):
        found = ", ".join(map(repr, unknown)) or "geen formaat"
        problems.append(Problem(file.where(("formaten",)), found, f"enkele van {', '.join(FORMATS)}"))
    if problems or not choice or not parameters:
        raise BatchProblems(f"{path or 'de opties van de batch'}: niet bruikbaar", problems)
    return choice, parameters


def select(choice: BatchChoice, register: Register, on: dt.date) -> tuple[Municipality, ...]:
    """Municipalities that are meant, each once, by name.

    Parameters
    ----------
    choice
        Names and provinces.
    register, on
        The municipalities as of a day.

    Raises
    ------
    BatchProblems
        With every name that nobody has, and every province that does not exist.
    """
    everyone, problems = register.municipalities(on), list[Problem]()
    chosen = {item.nis for item in everyone}
    if choice.gemeenten != "alle":
        chosen = set()
        for name in choice.gemeenten:
            try:
                chosen.add(register.resolve(name, on).municipality.nis)
            except RegisterError as error:
                problems.append(Problem("gemeenten", repr(name), "een gemeente", str(error)))
    provinces = {item.province.casefold(): item.province for item in everyone}
    wanted = {name.casefold() for name in choice.provincies}
    for name in choice.provincies:
        if name.casefold() not in provinces:
            problems.append(Problem("provincies", repr(name), ", ".join(sorted(provinces.values()))))
    if problems:
        raise BatchProblems("niet alle plaatsen zijn bekend", problems)
    selected = tuple(
        item for item in everyone if item.nis in chosen and (not wanted or item.province.casefold() in wanted)
    )
    if not selected:
        problem = Problem("gemeenten, provincies", "geen gemeente in beide", "minstens één")
        raise BatchProblems("er blijft geen gemeente over", [problem])
    return selected


# --- what is needed


def _is_whole(folder: Path, manifest: Mapping[str, Any], *, thorough: bool) -> bool:
    """Whether the files of a report are those that were made.

    A file of the noted size that was not touched after the manifest is believed, unless ``thorough``. The moment that
    counts is that of the inode: nobody can set it back.
    """
    files, sizes = manifest.get("files"), manifest.get("sizes")
    if not files or not isinstance(files, dict) or not isinstance(sizes, dict) or folder.is_symlink():
        return False
    try:
        written = (folder / MANIFEST_FILE).lstat().st_ctime_ns
        for name, sha256 in files.items():
            state = (folder / name).lstat()
            if state.st_size != sizes.get(name):
                return False
            if (thorough or state.st_ctime_ns > written) and sha256_file(folder / name) != sha256:
                return False
    except OSError:
        return False
    return True


def _reason(task: ReportTask, inputs: str, notebook_sha256: str, *, thorough: bool) -> str:
    """Why a report must be made; empty when it may stay."""
    manifest = read_report_manifest(task.target)
    if manifest is None:
        return NEW
    kept = read_fingerprint(manifest, task.formats)
    if kept is None:
        return OTHER if "fingerprint" in manifest else CHANGED
    if kept.inputs != inputs and kept.shown != _shown(task, notebook_sha256):
        return CHANGED
    return "" if _is_whole(task.target, manifest, thorough=thorough) else DAMAGED


def _shown(task: ReportTask, notebook_sha256: str) -> str:
    """Hash of the figures that a report shows: slow, so only asked for when the edition as a whole is another one."""
    if task.nis == FLANDERS_FOLDER:
        return ""
    from lekp_lib.present.report_view import open_report, opened_edition
    from lekp_lib.report.make import fingerprint_of

    view = open_report(**task.parameters.model_dump(), edition=opened_edition(task.parameters.editie))
    return fingerprint_of(view, task.notebook, notebook_sha256).shown


def _check_notebook(path: Path, parameters: ReportParameters) -> None:
    """Refuse a notebook that does not take the parameters of a report; better here than in 285 reports."""
    from lekp_lib.report.execute import parameter_names, read_notebook

    needed = {name for name in ReportParameters.model_fields if name not in LOOK or getattr(parameters, name)}
    unknown = sorted(needed - parameter_names(read_notebook(path)))
    if unknown:
        raise ReportError(
            f"{path}: de cel met de tag 'parameters' kent {', '.join(unknown)} niet; verwacht wordt elke parameter. "
            "Zet die in de cel."
        )


def _look(report: ReportParameters) -> str:
    """Hash of the look that a report asks for."""
    if not report.logo and not report.huisstijl:
        return ""
    from lekp_lib.present.look import look_facts, look_sha256

    return look_sha256(look_facts(report, report.gemeente, Path.cwd()))


def _all_tasks(
    choice: BatchChoice, parameters: ReportParameters, manifest: Manifest, notebooks: dict[Path, bytes], shared: Any
) -> Iterator[tuple[ReportTask, str, str]]:
    """Every report that is asked for, with the hashes of its inputs and of its notebook; Flanders with all of them."""
    (notebook, of_flanders), whole, code = notebooks, sha256_text(manifest.model_dump_json()), code_sha256()
    register, on = load_register(), manifest.reference_date
    formats = tuple(name for name in FLANDERS_FORMATS if name in choice.formaten)
    if choice.gemeenten == "alle" and not choice.provincies and formats:
        report = parameters.model_copy(update={"gemeente": "*", "pact": "auto", "editie": manifest.id})
        sha256 = hashlib.sha256(notebooks[of_flanders]).hexdigest()
        task = ReportTask(
            FLANDERS_FOLDER, "Vlaanderen", FLANDERS_FOLDER, report.model_copy(update={"editie": parameters.editie}),
            of_flanders, formats=formats, **shared,
        )  # fmt: skip
        yield task, inputs_sha256(whole, sha256, report, code), sha256
    sha256 = hashlib.sha256(notebooks[notebook]).hexdigest()
    formats = tuple(name for name in FORMATS if name in choice.formaten)
    for place in select(choice, register, on):
        report = with_own_look(parameters.model_copy(update={"gemeente": place.nis}), notebook, sha256)
        folder = f"{place.nis}-{register.slug(place.nis, on)}"
        task = ReportTask(place.nis, place.name, folder, report, notebook, formats=formats, **shared)
        yield task, inputs_sha256(whole, sha256, report, made_with(code, _look(report))), sha256


def make_plan(
    choice: BatchChoice,
    parameters: ReportParameters,
    *,
    notebooks: tuple[Path, Path],
    output_dir: Path,
    engine: Engine,
    force: bool = False,
    thorough: bool = False,
    only: Collection[str] | None = None,
) -> Plan:
    """Find out what must be made.

    Parameters
    ----------
    choice, parameters
        See :func:`read_batch`.
    notebooks
        Those of a municipality and of Flanders.
    output_dir
        Root of the outputs.
    engine
        What runs the notebooks.
    force
        Make everything again.
    thorough
        Hash every file of a finished report, whatever its time and size.
    only
        Make nothing outside these NIS codes.

    Raises
    ------
    LekpError
        When the edition, a notebook or a place is wrong: nothing can start.
    """
    edition_folder = find_edition(parameters.editie)
    manifest = read_manifest(edition_folder)
    check_tables(edition_folder, manifest)
    load_catalog()
    for path in notebooks:
        if not path.is_file():
            raise ReportError(f"{path}: dit notebook bestaat niet; verwacht wordt het pad van een .ipynb-bestand")
    read = {path.resolve(): path.read_bytes() for path in notebooks}
    notebook = notebooks[0].resolve()
    shared = {"output_dir": output_dir.resolve(), "edition_id": manifest.id, "engine": engine}
    tasks, stay, reasons = [], [], dict[str, str]()
    for task, inputs, sha256 in _all_tasks(choice, parameters, manifest, read, shared):
        if only is not None and task.nis not in only:
            continue
        why = FORCED if force else _reason(task, inputs, sha256, thorough=thorough)
        if why:
            tasks.append(task)
            reasons[task.nis] = why
        else:
            stay.append(task)
    if any(task.notebook == notebook for task in tasks):
        _check_notebook(notebook, tasks[-1].parameters)
    return Plan(manifest, output_dir.resolve() / manifest.id, tuple(tasks), reasons, tuple(stay), read)
