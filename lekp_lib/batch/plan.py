"""Which reports are asked for, which of them are needed, and which may stay."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from rapidfuzz import process

from lekp_lib.edition.edition import find_edition
from lekp_lib.edition.manifest import Manifest, check_tables, read_manifest
from lekp_lib.errors import ParameterError, Problem, ProblemGroup, RegisterError, ReportError
from lekp_lib.pact.yaml_files import YamlFile, read_model, read_yaml
from lekp_lib.parameters import ReportParameters
from lekp_lib.register import Municipality, load_register
from lekp_lib.report import files
from lekp_lib.report.engine import Engine
from lekp_lib.report.make import (
    DEFAULT_FORMATS,
    FLANDERS_FORMATS,
    FLANDERS_KEY,
    FORMATS,
    inputs_unchanged,
    own_look,
    report_fingerprint,
)

NEW, OTHER, DAMAGED, CHANGED, FORCED = REASONS = (
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
    key, name
        Name of its folder (``44021-gent``, ``vlaanderen``), and of the place.
    parameters
        With the NIS code as ``gemeente``.
    notebook, content
        Absolute path, and the bytes that were read there: a run has one notebook, whatever is edited meanwhile.
    output_dir
        Absolute path of the root of the outputs.
    edition_id
        Id of the edition; ``parameters.editie`` may be a path.
    formats
        Names of formats.
    engine
        What runs the notebook.
    """

    key: str
    name: str
    parameters: ReportParameters
    notebook: Path
    content: bytes
    output_dir: Path
    edition_id: str
    formats: tuple[str, ...]
    engine: Engine

    @property
    def nis(self) -> str:
        """Code of the municipality, or ``vlaanderen``."""
        return self.key.partition("-")[0]

    @property
    def target(self) -> Path:
        """Lasting folder of the report."""
        return files.report_folder(self.output_dir, self.edition_id, self.key)

    @property
    def quarantine(self) -> Path:
        """Where the report is kept when it fails."""
        return files.quarantine_folder(self.output_dir, self.edition_id, self.key)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch will do: reports to make, the reason for each by key, and reports that may stay."""

    manifest: Manifest
    folder: Path
    tasks: tuple[ReportTask, ...]
    reasons: dict[str, str]
    up_to_date: tuple[ReportTask, ...]

    def summarise_reasons(self) -> list[tuple[str, int]]:
        """Reasons with how often each holds."""
        counts = Counter(self.reasons.values())
        return [(why, counts[why]) for why in REASONS if counts[why]]


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
        advice = f"Bedoelde u {near[0]!r}?" if near else f"Bekende sleutels: {', '.join(known)}."
        problems.append(Problem(file.where((key,)), "een onbekende sleutel", "alleen bekende sleutels", advice))
    data = {key: values[key] for key in BatchChoice.model_fields if key in values}
    choice, of_choice = read_model(replace(file, data=data, problems=()), BatchChoice)
    data = {"gemeente": "*"} | {key: values[key] for key in of_report if key in values}
    parameters, wrong = read_model(replace(file, data=data, problems=()), ReportParameters)
    problems += [*of_choice, *wrong]
    unknown = sorted(set(choice.formaten) - set(FORMATS)) if choice else []
    if choice and (unknown or not choice.formaten):
        found = ", ".join(map(repr, unknown)) or "geen formaat"
        problems.append(Problem(file.where(("formaten",)), found, f"een keuze uit {', '.join(FORMATS)}"))
    if problems or not choice or not parameters:
        raise BatchProblems(f"{path or 'de opties van de batch'}: niet bruikbaar", problems)
    return choice, parameters


def _select(choice: BatchChoice, on: dt.date) -> list[Municipality]:
    """Municipalities that are meant, each once, by name; raises with every unknown name and province."""
    register, problems = load_register(), list[Problem]()
    everyone = register.municipalities(on)
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
    for name in (name for name in choice.provincies if name.casefold() not in provinces):
        problems.append(Problem("provincies", repr(name), f"een van {', '.join(sorted(provinces.values()))}"))
    selected = [item for item in everyone if item.nis in chosen and (not wanted or item.province.casefold() in wanted)]
    if not selected and not problems:
        problems.append(Problem("gemeenten, provincies", "geen gemeente die in beide staat", "minstens één"))
    if problems:
        raise BatchProblems("niet alle plaatsen zijn bekend", problems)
    return selected


def _read(notebook: Path) -> tuple[Path, bytes]:
    try:
        return notebook.resolve(), notebook.read_bytes()
    except OSError as error:
        raise ReportError(f"{notebook}: dit notebook is er niet ({error.strerror}); geef een .ipynb") from None


def _tasks(
    choice: BatchChoice, parameters: ReportParameters, manifest: Manifest, notebooks: tuple[Path, Path], shared: Any
) -> Iterator[ReportTask]:
    """Every report that is asked for; the one on Flanders goes with all municipalities."""
    formats = tuple(name for name in FLANDERS_FORMATS if name in choice.formaten)
    if choice.gemeenten == "alle" and not choice.provincies and formats:
        notebook, content = _read(notebooks[1])
        yield ReportTask(FLANDERS_KEY, "Vlaanderen", parameters, notebook, content, formats=formats, **shared)
    notebook, content = _read(notebooks[0])
    parameters, register = own_look(parameters, notebook, content), load_register()
    formats = tuple(name for name in FORMATS if name in choice.formaten)
    for place in _select(choice, manifest.reference_date):
        key = f"{place.nis}-{register.slug(place.nis, manifest.reference_date)}"
        own = parameters.model_copy(update={"gemeente": place.nis})
        yield ReportTask(key, place.name, own, notebook, content, formats=formats, **shared)


def _reason(task: ReportTask, manifest: Manifest, *, by_hash: bool) -> str:
    """Why a report must be made; empty when it may stay."""
    made = files.read_manifest(task.target)
    fingerprint = report_fingerprint(task.parameters, manifest, hashlib.sha256(task.content).hexdigest())
    if not made:
        return NEW
    if made.get("fingerprint") != fingerprint or not inputs_unchanged(made, task.notebook):
        return CHANGED
    if not set(task.formats) <= set(made.get("formats", ())):
        return OTHER
    whole = not task.target.is_symlink() and files.is_whole(task.target, made, by_hash=by_hash)
    return "" if whole else DAMAGED


def make_plan(
    choice: BatchChoice,
    parameters: ReportParameters,
    *,
    notebooks: tuple[Path, Path],
    output_dir: Path,
    engine: Engine,
    force: bool = False,
    by_hash: bool = False,
    only: Collection[str] | None = None,
) -> Plan:
    """Find out what must be made.

    Parameters
    ----------
    choice, parameters
        See :func:`read_batch`.
    notebooks
        Those of a municipality and of Flanders; each is read once.
    output_dir
        Root of the outputs.
    engine
        What runs the notebooks.
    force
        Make everything again.
    by_hash
        Hash every file of a finished report, whatever its time and size.
    only
        Make nothing outside these keys.

    Raises
    ------
    LekpError
        When the edition, a notebook or a place is wrong: nothing can start.
    """
    edition_folder = find_edition(parameters.editie)
    manifest = read_manifest(edition_folder)
    check_tables(edition_folder, manifest)
    shared = {"output_dir": output_dir.resolve(), "edition_id": manifest.id, "engine": engine}
    tasks, stay, reasons = list[ReportTask](), list[ReportTask](), dict[str, str]()
    for task in _tasks(choice, parameters, manifest, notebooks, shared):
        if only is not None and task.key not in only:
            continue
        if why := FORCED if force else _reason(task, manifest, by_hash=by_hash):
            tasks.append(task)
            reasons[task.key] = why
        else:
            stay.append(task)
    return Plan(manifest, output_dir.resolve() / manifest.id, tuple(tasks), reasons, tuple(stay))
