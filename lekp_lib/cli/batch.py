"""``lekp batch``: all reports of an edition in one command."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from lekp_lib.cli.console import errors_for_people, plain
from lekp_lib.errors import ParameterError
from lekp_lib.paths import find_notebook

if TYPE_CHECKING:
    from lekp_lib.batch.plan import Plan
    from lekp_lib.batch.run import RunRecord

#: All reports are there / some are not / nothing could start.
OK, SOME_FAILED, NOT_STARTED = 0, 1, 2


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _options(editie: str, gemeenten: str, provincie: list[str], formats: str) -> dict[str, object]:
    """Options that were given, by key of the parameter file."""
    places = "alle" if gemeenten.strip() == "alle" else _items(gemeenten)
    options = {"editie": editie, "gemeenten": places, "provincies": provincie, "formaten": _items(formats)}
    return {name: value for name, value in options.items() if value}


def _print_plan(console: Console, plan: Plan) -> None:
    banner = f" [bold]{plain(plan.manifest.banner)}[/bold]" if plan.manifest.banner else ""
    console.print(f"{plain(plan.manifest.title)} ({plan.manifest.id}).{banner}")
    console.print(f"Te maken: {len(plan.tasks)}; actueel: {len(plan.up_to_date)}.")
    for why, count in plan.reasons.most_common():
        console.print(f"  {count} × {why}")


def _print_result(console: Console, record: RunRecord, folder: Path) -> None:
    from lekp_lib.batch.run import PAGE_FILE, Status

    counts = ", ".join(f"{len(record.having(status))} {status}" for status in Status if record.having(status))
    console.print(f"{counts} in {record.seconds:.1f} s")
    if record.reason:
        console.print(f"Vroegtijdig gestopt: {plain(record.reason)}")
    if record.remark:
        console.print(plain(record.remark))
    console.print(f"Runverslag: {plain(str(folder / PAGE_FILE))}")


def _exit_code(record: RunRecord, max_failed: int) -> int:
    from lekp_lib.batch.run import Status

    enough = not record.having(Status.ABORTED) and len(record.having(Status.FAILED)) <= max_failed
    return OK if enough else SOME_FAILED


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
    controleer: Annotated[
        bool, typer.Option("--controleer", help="Compare every file of a finished report with its hash.")
    ] = False,
    engine: Annotated[
        Literal["warm", "kernel"],
        typer.Option(help="warm: the cells run in the process of the report; kernel: in a Jupyter kernel beside it."),
    ] = "warm",
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that one report may take.")] = 300.0,
    max_failed: Annotated[int, typer.Option(min=0, help="So many failures are still exit code 0.")] = 0,
    notebook: Annotated[
        Path | None, typer.Option(help="Another notebook than notebooks/gemeenterapport.ipynb.")
    ] = None,
    output_dir: Annotated[Path, typer.Option(help="Root of the outputs.")] = Path("outputs"),
    dask: Annotated[
        str, typer.Option(help="Address of a Dask scheduler: make the reports on its workers (docs/cluster.md).")
    ] = "",
    onveilig: Annotated[
        bool, typer.Option("--onveilig", help="With --dask: an address of another machine without TLS.")
    ] = False,
) -> None:
    """Make the reports of all municipalities, or of a choice; what is up to date is left alone.

    With all municipalities the report on Flanders is made too.

    Exit code 0: all reports are there. 1: some are not (more than --max-failed). 2: nothing could start.
    """
    with errors_for_people(NOT_STARTED):
        from lekp_lib.batch.run import can_fork, guard, left_over, run_batch, run_here

        if can_fork():
            guard()
        from lekp_lib.batch.plan import make_plan, read_batch
        from lekp_lib.edition.edition import find_edition
        from lekp_lib.edition.manifest import read_manifest

        choice = read_batch(parameters, _options(editie, gemeenten, provincie or [], formats))
        executor = partial(run_here, workers=workers, timeout_s=timeout)
        if dask:
            from lekp_lib.batch.cluster import check_address, run_on_cluster

            check_address(dask, unsafe=onveilig)
            executor = partial(run_on_cluster, address=dask, timeout_s=timeout)
        only = left_over(output_dir / read_manifest(find_edition(choice.editie)).id) if retry else None
        sources = notebook or find_notebook(), find_notebook("vlaanderen.ipynb")
        console = Console(soft_wrap=True, highlight=False)
        try:
            plan = make_plan(
                choice, notebooks=sources, output_dir=output_dir, engine=engine, force=force,
                by_hash=controleer, only=only,
            )  # fmt: skip
            _print_plan(console, plan)
            if dry_run:
                raise typer.Exit(OK)
            settings = {
                "Motor": engine, "Werkers": dask or str(workers), "Formaten": ", ".join(choice.formaten),
                "Notebook": str(sources[0]), "Tijdslimiet": f"{timeout:g} s",
            }  # fmt: skip
            record = run_batch(plan, executor, settings=settings, console=console, keep_earlier=retry)
        except OSError as error:
            raise ParameterError(f"{output_dir}: niet bruikbaar ({error})") from None
    _print_result(console, record, plan.folder)
    raise typer.Exit(_exit_code(record, max_failed))
