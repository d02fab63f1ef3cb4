"""The ``lekp`` command: reports, lists and checks. Every message of an error is for the person who typed."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from lekp_lib import __version__
from lekp_lib.cli import batch, data, new, report, site
from lekp_lib.cli.console import errors_for_people, plain, say

app = typer.Typer(
    name="lekp",
    help="Climate-pact reports for every Flemish municipality.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
lists = typer.Typer(help="Show what there is: municipalities, targets, editions.", no_args_is_help=True)
app.add_typer(lists, name="list")
app.add_typer(data.data, name="data")
app.add_typer(new.new, name="new")
app.command("batch")(batch.batch)
app.command("flanders")(report.flanders)
app.command("site")(site.site)
app.command("report")(report.report)

_MAP = Annotated[Path, typer.Option("--map", help="Folder with doelen/, bronnen/ and vormen/ of your own.")]
_OWN = Path("parameters")
_TODAY = typer.Option("--op", help="Day for which the list holds (ISO date).", formats=["%Y-%m-%d"])


@app.command()
def check(
    folder: Annotated[Path | None, typer.Option(help="Another catalogue folder than the packaged one.")] = None,
    map_: _MAP = _OWN,
) -> None:
    """Check the declared pact, your own targets, sources and file shapes, the register and the embedded editions."""
    from lekp_lib.data.schema import check_shapes
    from lekp_lib.edition import Edition, embedded_editions
    from lekp_lib.pact import check_catalog, load_catalog, own_files
    from lekp_lib.register import load_register

    with errors_for_people():
        own = own_files(map_) if folder is None else ()
        problems = check_catalog(folder, own)
        if not problems:
            catalog = load_catalog(folder, own)
            problems = check_shapes(catalog, folder)
            problems += check_shapes(catalog, map_) if folder is None else ()
        if problems:
            say(*(f"  - {problem}" for problem in problems), f"catalogus: {len(problems)} keer te verbeteren")
            raise typer.Exit(1)
        files = f"{len(own)} {'bestand' if len(own) == 1 else 'bestanden'}"
        say("catalogus: in orde" + (f", met {files} van {map_}" if own else ""))
        if folder is None:
            load_register()
            say("register: in orde")
            for name in embedded_editions():
                rows = sum(entry.rows for entry in Edition.open(name).manifest.tables.values())
                say(f"editie {name}: in orde, {rows} cijfers")


@app.command()
def doctor(
    output_dir: Annotated[Path, typer.Option(help="Root of the outputs.")] = Path("outputs"),
) -> None:
    """Say what is missing on this machine and how to mend it. Exit code 1 when a report cannot be made."""
    from lekp_lib.doctor import examine

    findings = examine(output_dir)
    for item in findings:
        say(f"{item.state:<10} {item.what}: {item.found}")
        if item.advice:
            say(f"{'':<10} {item.advice}")
    if any(item.state == "ontbreekt" for item in findings):
        say(f"{sum(item.state == 'ontbreekt' for item in findings)} keer iets dat ontbreekt")
        raise typer.Exit(1)
    say("alles wat een verslag nodig heeft, is er")


@lists.command("municipalities")
def list_municipalities(
    on: Annotated[dt.datetime, _TODAY] = dt.datetime(2025, 1, 1),  # noqa: DTZ001 -- a calendar day, not a moment
) -> None:
    """All municipalities at a date: code, name, province, pact version."""
    from lekp_lib.register import load_register

    with errors_for_people():
        register, day = load_register(), on.date()
        table = Table("NIS", "Gemeente", "Provincie", "Pact")
        for item in register.municipalities(day):
            table.add_row(
                item.nis, plain(item.name), item.province, register.pact_version(item.nis, day) or "niet ondertekend"
            )
        Console().print(table)


@lists.command("targets")
def list_targets(map_: _MAP = _OWN) -> None:
    """The targets of the pact, your own ones, and figures for context: number, id, name and level per version."""
    from lekp_lib.pact import load_catalog, own_files

    with errors_for_people():
        table = Table("Nr", "Id", "Doel", "Niveau")
        for target in load_catalog(own=own_files(map_)).measured:
            levels = "\n".join(f"{version}: {level.text}" for version, level in target.levels.items())
            kind = "context" if target.is_context else "eigen" if target.is_own else str(target.nr or "2.1")
            table.add_row(kind, target.id, plain(target.name), plain(levels or "geen doel, geen oordeel"))
        Console().print(table)


@lists.command("editions")
def list_editions() -> None:
    """The editions inside the package, and those prepared in the working folder."""
    from lekp_lib.edition import embedded_editions, find_edition, prepared_editions, read_manifest

    with errors_for_people():
        table = Table("Id", "Editie", "Peildatum", "Cijfers", "Herkomst")
        for name in (*embedded_editions(), *prepared_editions()):
            manifest = read_manifest(find_edition(name))
            rows = sum(manifest.tables[table].rows for table in ("figures", "former", "totals"))
            table.add_row(name, manifest.title, manifest.reference_date.isoformat(), str(rows), manifest.origin)
        Console().print(table)


def _version(show: bool) -> None:
    if show:
        sys.stdout.write(f"lekp {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Climate-pact reports for every Flemish municipality."""


def main() -> None:
    """Entry point of the ``lekp`` command."""
    app()
