"""``lekp batch``: all reports of an edition in one command."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from lekp_lib.batch.alone import become_alone, can_fork
from lekp_lib.errors import LekpError, ParameterError
from lekp_lib.paths import find_notebook

if TYPE_CHECKING:
    from lekp_lib.batch.plan import Plan
    from lekp_lib.batch.record import RunRecord

#: All reports are there / some are not / nothing could start.
OK, SOME_FAILED, NOT_STARTED = 0, 1, 2


def _not_started(error: LekpError) -> NoReturn:
    Console(stderr=True, soft_wrap=True, highlight=False).print(f"[bold]error:[/bold] {escape(str(error))}")
    raise typer.Exit(NOT_STARTED) from None


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _given(editie: str, gemeenten: str, provincie: list[str], formats: str) -> dict[str, object]:
    """Options that were given, by key of the parameter file."""
    options: dict[str, object] = {
        "editie": editie, "gemeenten": _items(gemeenten), "provincies": provincie, "formaten": _items(formats),
    }  # fmt: skip
    if gemeenten.strip() == "alle":
        options["gemeenten"] = "alle"
    return {name: value for name, value in options.items() if value}


def _tell_plan(console: Console, plan: Plan, seconds: float) -> None:
    from lekp_lib.batch.plan import told_reasons

    banner = f" [bold]{escape(plan.manifest.banner)}[/bold]" if plan.manifest.banner else ""
    console.print(f"{escape(plan.manifest.title)} ({plan.manifest.id}).{banner}")
    console.print(f"Te maken: {len(plan.tasks)}; actueel: {len(plan.up_to_date)}.")
    for why, count in told_reasons(plan):
        console.print(f"  {count} × {why}")
    if plan.tasks:
        console.print(f"Geschatte duur: {seconds:.0f} s.")


def _tell_result(console: Console, record: RunRecord, folder: Path) -> None:
    from lekp_lib.batch.run_page import PAGE_FILE
    from lekp_lib.batch.tasks import Status

    counts = ", ".join(f"{record.count(status)} {status}" for status in Status if record.count(status))
    console.print(f"{counts} in {record.seconds:.1f} s")
    if record.reason:
        console.print(f"Vroegtijdig gestopt: {escape(record.reason)}")
    console.print(f"Runverslag: {folder / PAGE_FILE}")


def _exit_code(record: RunRecord, max_failed: int) -> int:
    from lekp_lib.batch.tasks import Status

    cut_off = record.count(Status.ABORTED) > 0
    return SOME_FAILED if cut_off or record.count(Status.FAILED) > max_failed else OK


def batch(
    editie: Annotated[
        str, typer.Option(help="Edition: gepubliceerd, voorbeeld, or the path of an edition folder.")
    ] = "",
    gemeenten: Annotated[str, typer.Option(help="Names or NIS codes, separated by commas; 'alle' for all.")] = "",
    provincie: Annotated[list[str] | None, typer.Option(help="Only this province; may be repeated.")] = None,
    parameters: Annotated[
        Path | None, typer.Option(help="YAML file, such as parameters/alle-gemeenten.yaml; options go above it.")
    ] = None,
    formats: Annotated[str, typer.Option(help="Formats, separated by commas; all but figuren by default.")] = "",
    workers: Annotated[int, typer.Option(min=1, max=256, help="Reports at a time.")] = os.cpu_count() or 1,
    force: Annotated[bool, typer.Option("--force", help="Make reports that are up to date again.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be made.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Only what failed or was cut off last time.")] = False,
    engine: Annotated[
        Literal["warm", "kernel"],
        typer.Option(help="warm: in forked children of one process; kernel: a Jupyter kernel per report."),
    ] = "warm",
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that one report may take.")] = 300.0,
    max_failed: Annotated[int, typer.Option(min=0, help="So many failures are still exit code 0.")] = 0,
    notebook: Annotated[
        Path | None, typer.Option(help="Another notebook than notebooks/gemeenterapport.ipynb.")
    ] = None,
    output_dir: Annotated[Path, typer.Option(help="Root of the outputs.")] = Path("outputs"),
    dask: Annotated[
        str, typer.Option(help="Address of a Dask scheduler, tcp://host:8786: make the reports on its workers.")
    ] = "",
    shared_outputs: Annotated[
        bool, typer.Option("--shared-outputs", help="With --dask: all machines see --output-dir, at the same path.")
    ] = False,
) -> None:
    """Make the reports of all municipalities, or of a choice; what is up to date is left alone.

    Exit code 0: all reports are there. 1: some are not (more than --max-failed). 2: nothing could start.
    """
    fork = can_fork()
    if fork and not dask:
        become_alone()
    from lekp_lib.batch.cluster import Cluster
    from lekp_lib.batch.plan import make_plan
    from lekp_lib.batch.record import left_over, mean_seconds, read_results
    from lekp_lib.batch.run import RunOptions, run_batch
    from lekp_lib.batch.selection import read_batch
    from lekp_lib.edition.edition import find_edition
    from lekp_lib.edition.manifest import read_manifest

    console = Console(soft_wrap=True, highlight=False)
    used = engine if fork or dask else "kernel"
    try:
        chosen = read_batch(parameters, _given(editie, gemeenten, provincie or [], formats))
        only = None
        if retry:
            only = left_over(output_dir / read_manifest(find_edition(chosen.editie)).id)
        source = notebook or find_notebook()
        plan = make_plan(chosen, notebook=source, output_dir=output_dir, engine=used, force=force, only=only)
        per_report = mean_seconds(read_results(plan.folder).values())
        _tell_plan(console, plan, plan.seconds(per_report, workers))
        if dry_run:
            raise typer.Exit(OK)
        record = run_batch(
            plan,
            RunOptions(
                workers=workers, timeout_s=timeout, fork=fork, keep_earlier=retry,
                cluster=Cluster(dask, shared_outputs) if dask else None,
            ),
            settings={
                "Motor": used, "Werkers": dask or str(workers), "Formaten": ", ".join(chosen.formaten),
                "Notebook": str(source), "Tijdslimiet": f"{timeout:g} s",
            },
            console=console,
            now=lambda: dt.datetime.now().astimezone(),
        )  # fmt: skip
    except LekpError as error:
        _not_started(error)
    except OSError as error:
        _not_started(ParameterError(f"{output_dir}: cannot be used ({error})"))
    _tell_result(console, record, plan.folder)
    raise typer.Exit(_exit_code(record, max_failed))
