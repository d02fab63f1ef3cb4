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

from lekp_lib.edition.edition import find_edition
from lekp_lib.edition.manifest import Manifest, check_tables, read_manifest
from lekp_lib.errors import ParameterError, Problem, ProblemGroup, RegisterError, ReportError
from lekp_lib.pact import load_catalog
from lekp_lib.pact.yaml_files import YamlFile, read_model, read_yaml
from lekp_lib.parameters import ReportParameters
from lekp_lib.register import Municipality, Register, load_register
from lekp_lib.report import files
from lekp_lib.report.engine import notebook_parameters, read_notebook
from lekp_lib.report.make import (
    DEFAULT_FORMATS,
    FLANDERS_FORMATS,
    FLANDERS_KEY,
    FORMATS,
    inputs_unchanged,
    own_look,
    report_fingerprint,
)  # fmt: skip

if TYPE_CHECKING:
    from lekp_lib.report.engine import Engine

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
    snapshot
        Copy of the notebook as the plan read it; the folder of the notebook itself stays that of its cells.
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
    snapshot: Path | None = None

    @property
    def target(self) -> Path:
        """Lasting folder of the report."""
        return self.output_dir / self.edition_id / self.folder

    @property
    def broken(self) -> Path:
        """Where a report that failed is kept."""
        return files.quarantine_folder(self.output_dir, self.edition_id, self.nis)


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


def _reason(task: ReportTask, fingerprint: str, *, thorough: bool) -> str:
    """Why a report must be made; empty when it may stay."""
    manifest = files.read_manifest(task.target)
    if not manifest:
        return NEW
    if manifest.get("fingerprint") != fingerprint or not inputs_unchanged(manifest, task.notebook):
        return CHANGED
    if not set(task.formats) <= set(manifest.get("formats", ())):
        return OTHER
    return "" if files.is_whole(task.target, manifest, by_hash=thorough) else DAMAGED


def _check_notebook(path: Path, content: bytes, parameters: ReportParameters) -> None:
    """Refuse a notebook that does not take the parameters of a report; better here than in 285 reports."""
    unknown = sorted(set(parameters.for_notebook()) - set(notebook_parameters(read_notebook(path, content))))
    if unknown:
        raise ReportError(
            f"{path}: de cel met de tag 'parameters' kent {', '.join(unknown)} niet; verwacht wordt elke parameter. "
            "Zet die in de cel."
        )


def _all_tasks(
    choice: BatchChoice, parameters: ReportParameters, manifest: Manifest, notebooks: dict[Path, bytes], shared: Any
) -> Iterator[tuple[ReportTask, str]]:
    """Every report that is asked for, with its fingerprint; Flanders with all of them."""
    notebook, of_flanders = notebooks
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in notebooks.items()}
    register, on = load_register(), manifest.reference_date
    formats = tuple(name for name in FLANDERS_FORMATS if name in choice.formaten)
    if choice.gemeenten == "alle" and not choice.provincies and formats:
        report = parameters.model_copy(update={"gemeente": "*", "pact": "auto"})
        task = ReportTask(FLANDERS_KEY, "Vlaanderen", FLANDERS_KEY, report, of_flanders, formats=formats, **shared)
        yield task, report_fingerprint(report, manifest, hashes[of_flanders])
    formats = tuple(name for name in FORMATS if name in choice.formaten)
    for place in select(choice, register, on):
        report = own_look(parameters.model_copy(update={"gemeente": place.nis}), notebook, notebooks[notebook])
        folder = f"{place.nis}-{register.slug(place.nis, on)}"
        task = ReportTask(place.nis, place.name, folder, report, notebook, formats=formats, **shared)
        yield task, report_fingerprint(report, manifest, hashes[notebook])


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
    for task, fingerprint in _all_tasks(choice, parameters, manifest, read, shared):
        if only is not None and task.nis not in only:
            continue
        why = FORCED if force else _reason(task, fingerprint, thorough=thorough)
        if why:
            tasks.append(task)
            reasons[task.nis] = why
        else:
            stay.append(task)
    if any(task.notebook == notebook for task in tasks):
        _check_notebook(notebook, read[notebook], tasks[-1].parameters)
    return Plan(manifest, output_dir.resolve() / manifest.id, tuple(tasks), reasons, tuple(stay), read)
