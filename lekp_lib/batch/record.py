"""The record of a run, ``run.json``: which reports are there and which are not, also after a run that was cut off."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lekp_lib.batch.tasks import ReportResult, Status, result_from_json
from lekp_lib.errors import ReportError

RECORD_FILE = "run.json"
CUT_OFF = "de run werd afgebroken voor dit verslag klaar was"


@dataclass(slots=True)
class RunRecord:
    """One run of a batch.

    Attributes
    ----------
    edition_id, edition_title, banner
        The edition, and the words that stay with everything made from an example.
    started, finished
        Moments in ISO form; ``finished`` is empty as long as the run goes on, or when it was killed.
    settings
        Engine, workers, formats, notebook and so on, for people.
    reason
        Why the run stopped before its end; empty otherwise.
    results
        By NIS code.
    """

    edition_id: str
    edition_title: str
    banner: str
    started: str
    settings: dict[str, Any]
    finished: str = ""
    reason: str = ""
    seconds: float = 0.0
    peak_kb: int = 0
    results: dict[str, ReportResult] = field(default_factory=dict)

    def count(self, status: Status) -> int:
        """How many reports have a status."""
        return Counter(result.status for result in self.results.values())[status]

    def with_status(self, *statuses: Status) -> list[ReportResult]:
        """Reports with one of some statuses, by name."""
        found = [result for result in self.results.values() if result.status in statuses]
        return sorted(found, key=lambda result: (result.name, result.nis))


def write_atomically(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all.

    Parameters
    ----------
    path
        Where it goes.
    text
        What it holds.
    """
    handle, name = tempfile.mkstemp(prefix=".werk-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_record(folder: Path, record: RunRecord) -> Path:
    """Write the record of a run.

    Parameters
    ----------
    folder
        Folder of the edition in the outputs.
    record
        What to write.
    """
    content = {
        "edition": {"id": record.edition_id, "title": record.edition_title, "banner": record.banner},
        "started": record.started,
        "finished": record.finished,
        "reason": record.reason,
        "seconds": round(record.seconds, 2),
        "peak_kb": record.peak_kb,
        "settings": record.settings,
        "counts": {str(status): record.count(status) for status in Status},
        "results": [record.results[nis].as_json() for nis in sorted(record.results)],
    }
    path = folder / RECORD_FILE
    write_atomically(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return path


def read_results(folder: Path) -> dict[str, ReportResult]:
    """Results of the last run in a folder, by NIS code; empty when there was none, or its record cannot be read."""
    try:
        content = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
        results = [result_from_json(item) for item in content["results"]]
    except (OSError, ValueError, TypeError, KeyError):
        return {}
    return {result.nis: result for result in results}


def left_over(folder: Path) -> set[str]:
    """NIS codes of reports that failed or were cut off in the last run.

    Raises
    ------
    ReportError
        When there was no run, or nothing is left over from it.
    """
    results = read_results(folder)
    if not results:
        raise ReportError(f"{folder / RECORD_FILE}: found no earlier run to go on with; run lekp batch without --retry")
    left = {nis for nis, item in results.items() if item.status in (Status.FAILED, Status.ABORTED)}
    if not left:
        raise ReportError(f"{folder / RECORD_FILE}: nothing failed in the last run; run lekp batch without --retry")
    return left


def mean_seconds(results: Iterable[ReportResult]) -> float | None:
    """Mean wall time of the reports that were made; ``None`` without any."""
    times = [result.seconds for result in results if result.status is Status.DONE and result.seconds]
    return sum(times) / len(times) if times else None
