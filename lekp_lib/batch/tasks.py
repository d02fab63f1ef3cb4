"""What travels between plan and workers: one report is one task that can be pickled, and gives one result."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lekp_lib.parameters import ReportParameters

if TYPE_CHECKING:
    from lekp_lib.report.execute import Engine


class Status(StrEnum):
    """What became of a report, in the words of the progress and of the run report."""

    DONE = "klaar"
    SKIPPED = "overgeslagen"
    FAILED = "mislukt"
    ABORTED = "afgebroken"


@dataclass(frozen=True, slots=True)
class ReportTask:
    """One report to make.

    Attributes
    ----------
    nis, name, slug
        The municipality.
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
    slug: str
    parameters: ReportParameters
    notebook: Path
    output_dir: Path
    edition_id: str
    formats: tuple[str, ...]
    engine: Engine


@dataclass(frozen=True, slots=True)
class ReportResult:
    """What became of one task.

    Attributes
    ----------
    nis, name
        The municipality.
    status
        See :class:`Status`.
    seconds, cpu_seconds
        Wall time and processor time.
    message
        Why it failed or was skipped, for people.
    cell
        Where it failed, when that was in a cell: number, first line and error.
    kind
        What failed, the same text for the same mistake in another report; empty unless it failed.
    stops_all
        Whether no other report will fare better: the disk is full, or may not be written to.
    peak_kb
        Highest memory of the process, in kB.
    """

    nis: str
    name: str
    status: Status
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    message: str = ""
    cell: str = ""
    kind: str = ""
    stops_all: bool = False
    peak_kb: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain values, for a file or a pipe."""
        return asdict(self)


def result_from_json(content: dict[str, Any]) -> ReportResult:
    """A result from its plain values.

    Raises
    ------
    TypeError, ValueError
        When they are not those of a result.
    """
    return replace(ReportResult(**content), status=Status(content["status"]))


def unfinished(task: ReportTask, status: Status, message: str, kind: str = "") -> ReportResult:
    """Result of a task that could not tell its own."""
    return ReportResult(task.nis, task.name, status, message=message, kind=kind)
