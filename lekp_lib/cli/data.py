"""``lekp data``: figures come in. Each command calls one function of its room and tells what came of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from lekp_lib.cli.console import errors_for_people, plain, say
from lekp_lib.cli.editions import add_commands
from lekp_lib.cli.update import update
from lekp_lib.errors import ParameterError

data = typer.Typer(help="Bring figures in, check them and make editions.", no_args_is_help=True)

_DATA_DIR = Annotated[Path, typer.Option(help="Folder with the raw files, the imports and the editions.")]
_MAP = Annotated[Path, typer.Option("--map", help="Folder with file shapes of your own in vormen/.")]
_TODAY = Annotated[
    dt.datetime | None,
    typer.Option("--vandaag", help="Day of the import (ISO date); today by default.", formats=["%Y-%m-%d"]),
]
_DATA, _OWN = Path("data"), Path("parameters")
SHOWN = 40


def _options(given: list[str]) -> dict[str, str]:
    """``name=text`` pairs as a mapping."""
    found: dict[str, str] = {}
    for item in given:
        name, sign, text = item.partition("=")
        if not sign or not name.strip() or not text.strip():
            raise ParameterError(f"--option {item!r}: expected name=value, such as datum=2025-12-31")
        found[name.strip()] = text.strip()
    return found


@data.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The file with figures.")],
    as_: Annotated[str, typer.Option("--as", help="Declared shape of the file; see `lekp data shapes`.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    accept_partial: Annotated[
        bool, typer.Option("--accept-partial", help="Import the good rows although others are refused.")
    ] = False,
    option: Annotated[
        list[str] | None, typer.Option(help="What the file does not tell: datum=2025-12-31, grenzen=FILE.")
    ] = None,
    url: Annotated[str, typer.Option(help="Address of the file; goes with every figure.")] = "",
    published: Annotated[
        dt.datetime | None, typer.Option(help="Day of publication (ISO date).", formats=["%Y-%m-%d"])
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write everything found to this file (.xlsx or .csv).")] = None,
    map_: _MAP = _OWN,
    data_dir: _DATA_DIR = _DATA,
    vandaag: _TODAY = None,
) -> None:
    """Import a file: look at every row, show what changes, and keep the file when nothing is wrong with it."""
    from lekp_lib.cli.import_tables import changes_table, findings_table, refused_table, report_table
    from lekp_lib.cli.tables import screen_table, write_table
    from lekp_lib.data.import_file import Origin, carry_out, plan_import
    from lekp_lib.data.import_world import World
    from lekp_lib.pact import load_catalog, own_files, usable_files
    from lekp_lib.register import load_register

    console = Console(soft_wrap=True, highlight=False)
    today = vandaag.date() if vandaag is not None else dt.datetime.now(dt.UTC).date()
    with errors_for_people():
        own, left_out = usable_files(own_files(map_))
        say(*(f"weggelaten: {problem}" for problem in left_out))
        world = World(load_catalog(own=own), load_register(), data_dir, map_)
        origin = Origin(url, "", published.date() if published is not None else None)
        plan = plan_import(file, as_, world, today=today, options=_options(option or []), origin=origin)
        if plan.result.refused:
            console.print(screen_table(refused_table(plan), SHOWN))
        if plan.findings:
            console.print(screen_table(findings_table(plan.findings), SHOWN))
        if dry_run and plan.changes:
            console.print(screen_table(changes_table(plan, unchanged=False), SHOWN))
        for note in plan.result.notes:
            console.print(f"note: {plain(note)}")
        counts = ", ".join(f"{plan.count(kind)} {kind}" for kind in ("new", "revised", "unchanged"))
        context = f", {len(plan.result.context)} rows of context" if len(plan.result.context) else ""
        told = f"{plan.result.rows} rows: {counts}{context}, {plan.result.refused_rows} refused"
        console.print(f"{plain(file.name)}: {told}")
        if report is not None:
            write_table(report_table(plan), report)
            console.print(f"report: {plain(str(report))}")
        if dry_run:
            console.print("dry run: nothing was written")
            return
        entry = carry_out(plan, world, today=today, accept_partial=accept_partial, origin=origin)
        console.print(f"imported as {entry.shape}, kept as {entry.sha256[:12]}")


@data.command()
def shapes(map_: _MAP = _OWN) -> None:
    """The file shapes that can be imported."""
    from lekp_lib.pact.load_shapes import load_shapes

    with errors_for_people():
        table = Table("--as", "Bestand", "Formaat", "Geeft", "Uitleg")
        table.columns[0].no_wrap = True
        for shape in load_shapes(map_).values():
            formats = ", ".join(shape.formats)
            table.add_row(shape.id, plain(shape.title), formats, shape.yields, plain(shape.note))
        Console(width=max(120, Console().width)).print(table)


@data.command()
def template(
    to: Annotated[Path, typer.Argument(help="File to write.")] = Path("lekp-sjabloon.xlsx"),
    xlsx: Annotated[bool, typer.Option("--xlsx", help="A workbook with drop-downs.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="A csv file.")] = False,
    breed: Annotated[bool, typer.Option("--breed", help="One row per municipality and date.")] = False,
    gemeente: Annotated[
        list[str] | None, typer.Option(help="Municipality whose rows are filled in beforehand; may be repeated.")
    ] = None,
    datum: Annotated[str, typer.Option(help="Date that is filled in beforehand (ISO).")] = "",
    map_: _MAP = _OWN,
) -> None:
    """Write an empty template, with Dutch instructions and drop-downs."""
    from lekp_lib.data.template import Template, write_template
    from lekp_lib.pact import load_catalog, own_files
    from lekp_lib.register import load_register

    with errors_for_people():
        if xlsx and csv:
            raise ParameterError("found --xlsx and --csv; choose one")
        ending = ".csv" if csv else ".xlsx" if xlsx else to.suffix.lower()
        on = dt.datetime.now(dt.UTC).date()
        register = load_register()
        places = tuple(register.resolve(text, on).municipality for text in gemeente or [])
        asked = Template(places, datum, wide=breed)
        path = to.with_suffix(ending)
        write_template(path, asked, load_catalog(own=own_files(map_)), register.municipalities(on))
        Console(soft_wrap=True, highlight=False).print(f"template: {plain(str(path))}")


add_commands(data)
data.command("update")(update)
