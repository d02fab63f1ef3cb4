"""Which reports are needed, which may stay, and how long it will take."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lekp_lib.adapter.shown import sha256_text
from lekp_lib.batch.selection import BatchParameters, select
from lekp_lib.batch.tasks import ReportTask
from lekp_lib.edition.edition import find_edition
from lekp_lib.edition.manifest import Manifest, check_tables, read_manifest
from lekp_lib.errors import ReportError
from lekp_lib.pact import load_catalog
from lekp_lib.parameters import LOOK, ReportParameters
from lekp_lib.register import load_register
from lekp_lib.report.fingerprint import code_sha256, inputs_sha256, made_with, read_fingerprint
from lekp_lib.report.formats import FORMATS
from lekp_lib.report.notebook_look import with_own_look
from lekp_lib.report.outputs import is_whole, read_report_manifest, report_folder, sha256_file

if TYPE_CHECKING:
    from lekp_lib.report.execute import Engine

#: Wall time per report and worker when no earlier run tells, in seconds (measured, see docs/batch.md).
USUAL_SECONDS = {"warm": 1.0, "kernel": 10.0}

NEW, OTHER, DAMAGED, CHANGED, FORCED = (
    "nog niet gemaakt",
    "andere formaten",
    "bestanden gewijzigd of weg",
    "cijfers, instellingen, notebook of programma gewijzigd",
    "gevraagd",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch will do.

    Attributes
    ----------
    manifest
        Of the edition.
    folder
        Folder of the edition in the outputs.
    tasks
        Reports to make.
    reasons
        Why, by NIS code.
    up_to_date
        Reports that may stay.
    """

    manifest: Manifest
    folder: Path
    tasks: tuple[ReportTask, ...]
    reasons: dict[str, str]
    up_to_date: tuple[ReportTask, ...]

    def seconds(self, per_report: float | None, workers: int) -> float:
        """Expected wall time.

        Parameters
        ----------
        per_report
            Mean wall time of one report in one worker, of an earlier run; ``None`` when there was none.
        workers
            Reports at a time.
        """
        if not self.tasks:
            return 0.0
        each = per_report or USUAL_SECONDS[self.tasks[0].engine]
        return len(self.tasks) * each / min(workers, len(self.tasks))


def _why(task: ReportTask, folder: Path, inputs: str, shown: Callable[[], str]) -> str:
    """Why a report must be made; empty when it may stay. ``shown`` is asked for only when the inputs differ."""
    manifest = read_report_manifest(folder)
    if manifest is None:
        return NEW
    kept = read_fingerprint(manifest, task.formats)
    if kept is None:
        return OTHER if "fingerprint" in manifest else CHANGED
    if kept.inputs != inputs and kept.shown != shown():
        return CHANGED
    return "" if is_whole(folder, manifest) else DAMAGED


def _check_notebook(path: Path, parameters: BatchParameters) -> None:
    """Refuse a notebook that does not take the parameters of a report; better here than in 285 reports."""
    from lekp_lib.report.execute import parameter_names, read_notebook

    needed = {*_PARAMETERS, *(name for name in LOOK if getattr(parameters, name))}
    unknown = sorted(needed - parameter_names(read_notebook(path)))
    if unknown:
        raise ReportError(
            f"{path}: the parameters cell does not assign {', '.join(unknown)}; expected every parameter there. "
            "Add it to the cell tagged 'parameters'."
        )


_PARAMETERS = ("editie", "noemerjaar", "wooneenheden", "pact", "drempel_licht", "max_ouderdom_maanden", "min_punten")


def _look(report: ReportParameters) -> str:
    """Hash of the look that a report asks for."""
    if not report.logo and not report.huisstijl:
        return ""
    from lekp_lib.present.look import look_facts, look_sha256

    return look_sha256(look_facts(report, report.gemeente, Path.cwd()))


def make_plan(
    parameters: BatchParameters,
    *,
    notebook: Path,
    output_dir: Path,
    engine: Engine,
    force: bool = False,
    only: Collection[str] | None = None,
) -> Plan:
    """Find out what must be made.

    Parameters
    ----------
    parameters
        Of the batch.
    notebook
        The notebook to run.
    output_dir
        Root of the outputs.
    engine
        What runs the notebook.
    force
        Make everything again.
    only
        Make nothing outside these NIS codes.

    Raises
    ------
    LekpError
        When the edition, the notebook or a place is wrong: nothing can start.
    """
    manifest_folder = find_edition(parameters.editie)
    manifest = read_manifest(manifest_folder)
    check_tables(manifest_folder, manifest)
    load_catalog()
    register, on = load_register(), manifest.reference_date
    if not notebook.is_file():
        raise ReportError(f"{notebook}: no such notebook; expected the path of an .ipynb file")
    notebook = notebook.resolve()
    notebook_sha256, code = sha256_file(notebook), code_sha256()
    whole = sha256_text(manifest.model_dump_json())
    formats = tuple(name for name in FORMATS if name in parameters.formaten)
    tasks: list[ReportTask] = []
    stay: list[ReportTask] = []
    reasons: dict[str, str] = {}
    for place in select(parameters, register, on):
        if only is not None and place.nis not in only:
            continue
        report = with_own_look(parameters.report(place.nis), notebook, notebook_sha256)
        task = ReportTask(
            place.nis, place.name, register.slug(place.nis, on), report, notebook, output_dir.resolve(), manifest.id,
            formats, engine,
        )  # fmt: skip
        folder = report_folder(task.output_dir, manifest.id, task.nis, task.slug)
        inputs = inputs_sha256(whole, notebook_sha256, report, made_with(code, _look(report)))
        shown = _shown(task, notebook_sha256)
        why = FORCED if force else _why(task, folder, inputs, shown)
        if why:
            tasks.append(task)
            reasons[task.nis] = why
        else:
            stay.append(task)
    if tasks:
        _check_notebook(notebook, parameters)
    return Plan(manifest, output_dir.resolve() / manifest.id, tuple(tasks), reasons, tuple(stay))


def _shown(task: ReportTask, notebook_sha256: str) -> Callable[[], str]:
    def shown() -> str:
        from lekp_lib.present.report_view import open_report, opened_edition
        from lekp_lib.report.make import fingerprint_of

        view = open_report(**task.parameters.model_dump(), edition=opened_edition(task.parameters.editie))
        return fingerprint_of(view, task.notebook, notebook_sha256).shown

    return shown


def told_reasons(plan: Plan) -> Sequence[tuple[str, int]]:
    """Reasons of a plan with how often each holds, in the order of :data:`NEW` and further."""
    found = list(plan.reasons.values())
    return [(why, found.count(why)) for why in (NEW, OTHER, DAMAGED, CHANGED, FORCED) if why in found]
