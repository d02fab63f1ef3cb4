"""Which reports are asked for, which of them are needed, and which may stay."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from lekp_lib.edition.edition import Manifest, check_tables, find_edition, read_manifest
from lekp_lib.errors import ParameterError, Problem, ProblemGroup, RegisterError
from lekp_lib.pact.yaml_files import YamlFile, read_model, read_yaml
from lekp_lib.parameters import ReportParameters
from lekp_lib.register import Municipality, load_register
from lekp_lib.report import files, make
from lekp_lib.report.engine import Engine

_Format = Annotated[str, Field(pattern=f"^({'|'.join(make.FORMATS)})$")]


class BatchProblems(ProblemGroup, ParameterError):
    """All mistakes of a file with the parameters of a batch."""


class BatchChoice(ReportParameters):
    """What a file such as ``parameters/alle-gemeenten.yaml`` holds: parameters of all reports, and which there are.

    Attributes
    ----------
    gemeente, cijfers
        Of one report; no file gives them, and no message proposes them.
    gemeenten
        ``alle``, or a list of names, former names or NIS codes.
    provincies
        Only municipalities of these provinces; empty for all.
    formaten
        Formats of each report.
    """

    gemeente: SkipJsonSchema[str] = "*"
    cijfers: SkipJsonSchema[str] = ""
    gemeenten: Literal["alle"] | list[str] = "alle"
    provincies: list[str] = Field(default_factory=list)
    formaten: list[_Format] = Field(default_factory=lambda: list(make.DEFAULT_FORMATS), min_length=1)


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
    folder
        Absolute path of the folder of the edition in the outputs; ``parameters.editie`` may be a path.
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
    folder: Path
    formats: tuple[str, ...]
    engine: Engine

    @property
    def target(self) -> Path:
        """Lasting folder of the report."""
        return self.folder / self.key

    @property
    def quarantine(self) -> Path:
        """Where the report is kept when it fails."""
        return files.quarantine_folder(self.target)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch will do in the folder of an edition: reports to make, how many for which reason, and what stays."""

    manifest: Manifest
    folder: Path
    tasks: list[ReportTask]
    reasons: Counter[str]
    up_to_date: list[ReportTask]


def read_batch(path: Path | None, options: Mapping[str, object]) -> BatchChoice:
    """What a batch makes: what the file says, and above it the options of the command line.

    Parameters
    ----------
    path
        YAML file; ``None`` takes the defaults.
    options
        Options that were given, by key of the file.

    Raises
    ------
    BatchProblems
        With every mistake of the file and the options at once.
    """
    file = YamlFile("opties", {}) if path is None else read_yaml(path)
    data = {} if file.data is None else file.data
    given = {**data, **options} if isinstance(data, dict) else data
    choice, wrong = read_model(replace(file, data=given), BatchChoice)
    advice = "Noem de plaatsen onder 'gemeenten'."
    of_one = [key for key in ("gemeente", "cijfers") if key in given]
    wrong += [Problem(file.where((key,)), "een sleutel van één verslag", "die van een batch", advice) for key in of_one]
    BatchProblems.raise_any(f"{path or 'de opties van de batch'}: niet bruikbaar", wrong)
    assert choice
    return choice


def _select(choice: BatchChoice, on: dt.date) -> list[Municipality]:
    """Municipalities that are meant, each once, by name; raises with every unknown name and province."""
    register, problems, chosen = load_register(), list[Problem](), set[str]()
    for name in () if choice.gemeenten == "alle" else choice.gemeenten:
        try:
            chosen.add(register.resolve(name, on).municipality.nis)
        except RegisterError as error:
            problems.append(Problem("gemeenten", repr(name), "een gemeente", str(error)))
    places = register.municipalities(on)
    provinces, wanted = {place.province for place in places}, {name.casefold() for name in choice.provincies}
    unknown = [name for name in choice.provincies if name.casefold() not in map(str.casefold, provinces)]
    problems += [Problem("provincies", repr(name), f"een van {', '.join(sorted(provinces))}") for name in unknown]
    named = [place for place in places if choice.gemeenten == "alle" or place.nis in chosen]
    selected = [place for place in named if not wanted or place.province.casefold() in wanted]
    if not selected and not problems:
        problems.append(Problem("gemeenten, provincies", "geen gemeente die in beide staat", "minstens één"))
    BatchProblems.raise_any("niet alle plaatsen zijn bekend", problems)
    return selected


def _tasks(
    choice: BatchChoice, notebooks: Sequence[Path], on: dt.date, folder: Path, engine: Engine
) -> Iterator[ReportTask]:
    """Every report that is asked for; the one on Flanders goes with all municipalities."""
    task = partial(ReportTask, folder=folder, engine=engine)
    parameters = ReportParameters(**choice.model_dump(include=set(ReportParameters.model_fields)))
    formats = tuple(name for name in make.FLANDERS_FORMATS if name in choice.formaten)
    if choice.gemeenten == "alle" and not choice.provincies and formats:
        content = make.read_source(notebooks[1])
        yield task(make.FLANDERS_KEY, "Vlaanderen", parameters, notebooks[1], content, formats=formats)
    notebook, content = notebooks[0], make.read_source(notebooks[0])
    parameters, register = make.own_choices(parameters, notebook, content), load_register()
    formats = tuple(name for name in make.FORMATS if name in choice.formaten)
    for place in _select(choice, on):
        key, own = f"{place.nis}-{register.slug(place.nis, on)}", parameters.model_copy(update={"gemeente": place.nis})
        yield task(key, place.name, own, notebook, content, formats=formats)


def _reason(task: ReportTask, manifest: Manifest, *, by_hash: bool) -> str:
    """Why a report must be made; empty when it may stay."""
    made = files.read_manifest(task.target)
    fingerprint = make.report_fingerprint(task.parameters, manifest, hashlib.sha256(task.content).hexdigest())
    if not made:
        return "nog niet gemaakt"
    if made.get("fingerprint") != fingerprint or not make.inputs_unchanged(made, task.notebook):
        return "cijfers, instellingen, notebook of programma gewijzigd"
    if not set(task.formats) <= set(made.get("formats", ())):
        return "andere formaten"
    return "" if files.is_whole(task.target, made, by_hash=by_hash) else "bestanden gewijzigd of weg"


def make_plan(
    choice: BatchChoice, *, notebooks: Sequence[Path], output_dir: Path, engine: Engine, force: bool = False,
    by_hash: bool = False, only: Collection[str] | None = None,
) -> Plan:  # fmt: skip
    """Find out what must be made.

    Parameters
    ----------
    choice
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
    edition = find_edition(choice.editie)
    manifest = read_manifest(edition)
    check_tables(edition, manifest)
    folder = output_dir.resolve() / manifest.id
    asked = _tasks(choice, [path.resolve() for path in notebooks], manifest.reference_date, folder, engine)
    tasks = [task for task in asked if only is None or task.key in only]
    reasons = {task.key: "gevraagd" if force else _reason(task, manifest, by_hash=by_hash) for task in tasks}
    needed, stays = ([task for task in tasks if bool(reasons[task.key]) is wanted] for wanted in (True, False))
    return Plan(manifest, folder, needed, Counter(filter(None, reasons.values())), stays)
