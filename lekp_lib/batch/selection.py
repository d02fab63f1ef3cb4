"""For which municipalities, and how: the file of a batch, its options, and the municipalities that they mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz import process

from lekp_lib.errors import ParameterError, Problem, ProblemGroup, RegisterError
from lekp_lib.pact.yaml_files import YamlFile, read_yaml
from lekp_lib.parameters import DwellingBasis, PactChoice, ReportParameters
from lekp_lib.register import Municipality, Register
from lekp_lib.report.formats import DEFAULT_FORMATS, FORMATS

#: Instead of a list of municipalities.
ALL: Literal["alle"] = "alle"


class BatchProblems(ProblemGroup, ParameterError):
    """All mistakes of a file with the parameters of a batch."""


class BatchParameters(BaseModel):
    """What stands in a file such as ``parameters/alle-gemeenten.yaml``.

    Attributes
    ----------
    editie
        Id or path of an edition.
    gemeenten
        ``alle``, or a list of names, former names or NIS codes.
    provincies
        Only municipalities of these provinces; empty for all.
    formaten
        Formats of each report.
    noemerjaar, wooneenheden, pact, drempel_licht, max_ouderdom_maanden, min_punten, logo, huisstijl
        As in :class:`~lekp_lib.parameters.ReportParameters`, for all reports.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    editie: str = Field(default="gepubliceerd", min_length=1)
    gemeenten: Literal["alle"] | list[str] = ALL
    provincies: list[str] = Field(default_factory=list)
    formaten: list[str] = Field(default_factory=lambda: list(DEFAULT_FORMATS))
    noemerjaar: int = Field(default=2020, ge=2019, le=2030)
    wooneenheden: DwellingBasis = "woningen"
    pact: PactChoice = "auto"
    drempel_licht: float = Field(default=0.7, gt=0, lt=1, strict=False)
    max_ouderdom_maanden: int = Field(default=24, ge=1, le=120)
    min_punten: int = Field(default=3, ge=2, le=10)
    logo: str = ""
    huisstijl: str = ""

    def report(self, nis: str) -> ReportParameters:
        """Parameters of the report of one municipality."""
        shared = {name: getattr(self, name) for name in ReportParameters.model_fields if name != "gemeente"}
        return ReportParameters(gemeente=nis, **shared)


def _advice(name: str) -> str:
    near = process.extractOne(name, list(BatchParameters.model_fields), score_cutoff=60)
    return f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(BatchParameters.model_fields)}."


def _problem(read: YamlFile, error: Mapping[str, Any]) -> Problem:
    # A value of two possible types is told once per type; the type is no key of the file.
    keys = tuple(part for part in error["loc"] if isinstance(part, int) or part in BatchParameters.model_fields)
    keys = keys or tuple(error["loc"])
    if error["type"] == "extra_forbidden":
        return Problem(read.where(keys), "a key that means nothing here", "a known key", _advice(str(keys[-1])))
    return Problem(read.where(keys), repr(error["input"])[:80], str(error["msg"]))


def read_batch(path: Path | None, given: Mapping[str, object]) -> BatchParameters:
    """Parameters of a batch: what the file says, and above it what was given on the command line.

    Parameters
    ----------
    path
        YAML file; ``None`` takes the defaults.
    given
        Options that were given, by key of the file.

    Raises
    ------
    BatchProblems
        With every mistake of the file and the options at once.
    """
    read = YamlFile("options", {}) if path is None else read_yaml(path)
    title = f"{path or 'the options of the batch'}: not usable"
    if read.problems:
        raise BatchProblems(title, read.problems)
    if not isinstance(read.data, dict):
        raise BatchProblems(title, [Problem(read.name, repr(read.data)[:60], "keys such as 'editie: voorbeeld'")])
    try:
        parameters = BatchParameters.model_validate({**read.data, **given})
    except ValidationError as error:
        problems = {problem.where: problem for problem in (_problem(read, item) for item in error.errors())}
        raise BatchProblems(title, problems.values()) from None
    unknown = sorted(set(parameters.formaten) - set(FORMATS))
    if unknown or not parameters.formaten:
        where, found = read.where(("formaten",)), ", ".join(map(repr, unknown)) or "no format"
        raise BatchProblems(title, [Problem(where, found, f"some of {', '.join(FORMATS)}")])
    return parameters


def select(parameters: BatchParameters, register: Register, on: dt.date) -> tuple[Municipality, ...]:
    """Municipalities that are meant, each once, by name.

    Parameters
    ----------
    parameters
        Names and provinces.
    register, on
        The municipalities as of a day.

    Raises
    ------
    BatchProblems
        With every name that nobody has, and every province that does not exist.
    """
    everyone, problems = register.municipalities(on), list[Problem]()
    chosen = {item.nis: item for item in everyone}
    if parameters.gemeenten != ALL:
        chosen = {}
        for name in parameters.gemeenten:
            try:
                found = register.resolve(name, on).municipality
                chosen[found.nis] = found
            except RegisterError as error:
                problems.append(Problem("gemeenten", repr(name), "a municipality", str(error)))
    provinces = {item.province.casefold(): item.province for item in everyone}
    wanted = {name.casefold() for name in parameters.provincies}
    for name in parameters.provincies:
        if name.casefold() not in provinces:
            problems.append(Problem("provincies", repr(name), ", ".join(sorted(provinces.values()))))
    if problems:
        raise BatchProblems("not all places are known", problems)
    found_all: Sequence[Municipality] = [item for item in everyone if item.nis in chosen]
    selected = tuple(item for item in found_all if not wanted or item.province.casefold() in wanted)
    if not selected:
        raise BatchProblems(
            "no municipality is left", [Problem("gemeenten, provincies", "no municipality in both", "at least one")]
        )
    return selected
