"""``lekp data``: figures come in. Each command calls one function of its room and tells what came of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from lekp_lib.cli.console import errors_for_people, plain, say
from lekp_lib.cli.editions import add_commands
from lekp_lib.errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd

    from lekp_lib.data.importing import ImportContext, ImportPlan

data = typer.Typer(help="Bring figures in, check them and make editions.", no_args_is_help=True)

_DATA_DIR = Annotated[Path, typer.Option(help="Folder with the raw files, the imports and the editions.")]
_MAP = Annotated[Path, typer.Option("--map", help="Folder with file shapes of your own in vormen/.")]
_TODAY = Annotated[
    dt.datetime | None,
    typer.Option("--vandaag", help="Day of the import (ISO date); today by default.", formats=["%Y-%m-%d"]),
]
_DATA, _OWN = Path("data"), Path("parameters")
SHOWN = 40
STATES = {
    "new": "nieuw, vanaf nu in gebruik",
    "stored": "nieuw, maar nog niet ingelezen",
    "unchanged": "ongewijzigd sinds de vorige keer",
    "kept": "[bold]mislukt[/bold], de laatste goede kopie blijft in gebruik",
    "absent": "[bold]mislukt[/bold], en er is geen eerdere kopie",
}
LEVELS = {"error": "fout", "confirm": "te bevestigen", "warning": "na te kijken"}
KINDS = {"new": "nieuw", "revised": "herzien", "unchanged": "ongewijzigd"}


def _day(given: dt.datetime | None) -> dt.date:
    return given.date() if given is not None else dt.datetime.now(dt.UTC).date()


def _options(given: list[str]) -> dict[str, str]:
    """``name=text`` pairs as a mapping."""
    found: dict[str, str] = {}
    for item in given:
        name, sign, text = item.partition("=")
        if not sign or not name.strip() or not text.strip():
            raise ParameterError(f"--option {item!r}: verwacht naam=waarde, zoals datum=2025-12-31")
        found[name.strip()] = text.strip()
    return found


def _context(map_: Path, data_dir: Path) -> ImportContext:
    """What imports are read against; a half-filled declaration of one's own is named and left out."""
    from lekp_lib.data.importing import ImportContext
    from lekp_lib.pact import load_catalog, own_files, usable_files
    from lekp_lib.register import load_register

    own, left_out = usable_files(own_files(map_))
    say(*(f"weggelaten: {problem}" for problem in left_out))
    return ImportContext(load_catalog(own=own), load_register(), data_dir, map_)


def _show(console: Console, title: str, frame: pd.DataFrame) -> None:
    """A table on the screen, with how many rows are left out."""
    import pandas as pd

    table = Table(*map(str, frame.columns), title=f"{title} ({len(frame)})")
    for row in frame.head(SHOWN).itertuples(index=False, name=None):
        table.add_row(*("" if pd.isna(cell) else plain(str(cell)) for cell in row))
    console.print(table)
    if len(frame) > SHOWN:
        console.print(f"nog {len(frame) - SHOWN} rijen; schrijf alles weg met --report")


def _tables(plan: ImportPlan) -> dict[str, pd.DataFrame]:
    """Refused rows, findings and changes of an import, as people read them."""
    import pandas as pd

    from lekp_lib.data.checks import plain as number

    refused = plan.result.refused.set_axis(["Bestand", "Rij", "Cel", "Gevonden", "Verwacht", "Raad"], axis=1)
    findings = pd.DataFrame(
        [(LEVELS[item.level], item.rule, item.where, item.message) for item in plan.findings],
        columns=["Ernst", "Regel", "Waar", "Bevinding"],
    )
    changes = plan.changes.assign(kind=plan.changes["kind"].map(KINDS))
    for name in ("old", "new"):
        changes[name] = [None if pd.isna(value) else number(value) for value in changes[name]]
    changes = changes.set_axis(["Wijziging", "NIS", "Cijfer", "Datum", "Oud", "Nieuw"], axis=1)
    return {"Geweigerde rijen": refused, "Plausibiliteit": findings, "Cijfers": changes}


def _write_report(plan: ImportPlan, path: Path) -> None:
    """Everything of an import in one table: it can go back to whoever made the figures."""
    import pandas as pd

    from lekp_lib.cli.tables import PlainTable, write_table

    refused, findings, changes = _tables(plan).values()
    parts = [
        refused.assign(Soort="geweigerd", Waar=refused["Bestand"] + ": " + refused["Cel"]),
        findings.assign(Soort=findings["Ernst"], Gevonden=findings["Bevinding"], Cijfer=findings["Regel"]),
        changes.assign(Soort=changes["Wijziging"], Waar=changes["NIS"]),
        pd.DataFrame({"Soort": "nota", "Waar": plan.path.name, "Gevonden": list(plan.notes)}),
    ]
    columns = ("Soort", "Waar", "Cijfer", "Datum", "Oud", "Nieuw", "Gevonden", "Verwacht", "Raad")
    table = pd.concat([part.reindex(columns=list(columns)).astype(object) for part in parts])
    rows = table.where(table.notna(), None).itertuples(index=False, name=None)
    write_table(PlainTable(f"Import van {plan.path.name}", columns, [tuple(row) for row in rows]), path)


@data.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The file with figures.")],
    as_: Annotated[str, typer.Option("--as", help="Declared shape of the file; see `lekp data shapes`.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    accept_partial: Annotated[
        bool, typer.Option("--accept-partial", help="Import the good rows although others are refused.")
    ] = False,
    bevestig: Annotated[
        bool, typer.Option("--bevestig", help="Confirm the unlikely figures that were listed; it is remembered.")
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
    from lekp_lib.data.importing import Origin, apply_import, plan_import

    console = Console(soft_wrap=True, highlight=False)
    with errors_for_people():
        context, today = _context(map_, data_dir), _day(vandaag)
        origin = Origin(url, "", published.date() if published is not None else None)
        plan = plan_import(file, as_, context, today=today, options=_options(option or []), origin=origin)
        refused, findings, changes = _tables(plan).items()
        changed = (changes[0], changes[1][changes[1]["Wijziging"].ne("ongewijzigd")])
        for title, frame in (refused, findings, *([changed] if dry_run else [])):
            if not frame.empty:
                _show(console, title, frame)
        for note in plan.notes:
            console.print(f"nota: {plain(note)}")
        counts = ", ".join(f"{plan.count(kind)} {word}" for kind, word in KINDS.items())
        more = f", {len(plan.result.context)} rijen context" if len(plan.result.context) else ""
        told = f"{plan.result.rows} rijen: {counts}{more}, {len(plan.result.refused)} geweigerd"
        console.print(f"{plain(file.name)}: {told}")
        if report is not None:
            _write_report(plan, report)
            console.print(f"verslag: {plain(str(report))}")
        if dry_run:
            console.print("proef: er is niets geschreven")
            return
        entry = apply_import(plan, context, today=today, accept_partial=accept_partial, confirm=bevestig, origin=origin)
        console.print(f"ingelezen als {entry.shape}, import {entry.id}, bewaard als {entry.sha256[:12]}")


@data.command("list")
def list_(data_dir: _DATA_DIR = _DATA) -> None:
    """The imports of the data folder: number, day, shape, file, and whether they were withdrawn."""
    from lekp_lib.data.store import Ledger, RawStore

    with errors_for_people():
        names = {item.sha256: item.name for item in RawStore(data_dir).passports()}
        table = Table("Import", "Ingelezen", "Vorm", "Bestand", "Opties", "Toestand")
        lines = Ledger(data_dir).lines()
        for entry in lines:
            state = f"ingetrokken op {entry.withdrawn}: {entry.reason}" if entry.withdrawn else "in gebruik"
            options = ", ".join(f"{name}={text[:20]}" for name, text in entry.options.items())
            name = names.get(entry.sha256, "paspoort ontbreekt: lees het bestand opnieuw in")
            table.add_row(entry.id, str(entry.date), entry.shape, plain(name), plain(options), plain(state))
        console = Console(width=max(120, Console().width), highlight=False)
        console.print(table if lines else "er is nog niets ingelezen")


@data.command()
def withdraw(
    import_id: Annotated[str, typer.Argument(help="Number of the import; see `lekp data list`.")],
    reden: Annotated[str, typer.Option(help="Why; stays in the list of imports.")] = "zonder opgave van reden",
    data_dir: _DATA_DIR = _DATA,
    vandaag: _TODAY = None,
) -> None:
    """Withdraw an import: later editions do without it. Nothing is deleted; importing the file again brings it back."""
    from lekp_lib.data.store import Ledger

    with errors_for_people():
        entry = Ledger(data_dir).withdraw(import_id, _day(vandaag), reden)
        told = f"import {entry.id} ({entry.shape}) is ingetrokken; het bestand blijft bewaard"
        Console(soft_wrap=True, highlight=False).print(told)


@data.command()
def shapes(map_: _MAP = _OWN) -> None:
    """The file shapes that can be imported."""
    from lekp_lib.data.schema import load_shapes

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
    from lekp_lib.data.workbook import write_template

    console = Console(soft_wrap=True, highlight=False)
    with errors_for_people():
        if xlsx and csv:
            raise ParameterError("--xlsx en --csv samen; kies er een")
        ending = ".csv" if csv else ".xlsx" if xlsx else to.suffix.lower()
        context, on = _context(map_, _DATA), dt.datetime.now(dt.UTC).date()
        places = tuple(context.register.resolve(text, on).municipality for text in gemeente or [])
        path = to.with_suffix(ending)
        everywhere = context.register.municipalities(on)
        write_template(path, context.catalog, everywhere, chosen=places, date=datum, wide=breed)
        console.print(f"sjabloon: {plain(str(path))}")


@data.command()
def update(
    source: Annotated[
        list[str] | None, typer.Option(help="Connection, such as vrbg or mow-laadpunten; all of them by default.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Use the recorded answers; ask nobody.")] = False,
    map_: Annotated[Path, typer.Option("--map", help="Folder with connections and file shapes of your own.")] = _OWN,
    data_dir: _DATA_DIR = _DATA,
    vandaag: _TODAY = None,
) -> None:
    """Fetch the newest figures and boundaries from their providers; what fails leaves the last good copy in use."""
    from lekp_lib.data.fetch import PoliteSession
    from lekp_lib.data.providers import UpdateContext, update_all
    from lekp_lib.data.schema import find_connections

    console = Console(soft_wrap=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    absent = False
    with (
        errors_for_people(),
        PoliteSession(data_dir, offline=offline) as session,
        Progress(*columns, console=console, transient=True) as bars,
    ):
        task, imports = bars.add_task("", total=None), _context(map_, data_dir)

        def progress(what: str, done: int, total: int) -> None:
            bars.update(task, description=plain(what), completed=done, total=total or None)

        connections = find_connections(tuple(source or ()), map_)
        for name, feed in update_all(
            UpdateContext(imports, session, one, _day(vandaag), progress) for one in connections
        ):
            absent = absent or feed.state == "absent"
            console.print(f"{name}: {plain(feed.title)}: {STATES[feed.state]}")
            if feed.failure:
                console.print(f"  reden: {plain(feed.failure)}")
            if feed.passport:
                size = f"{feed.passport.bytes} bytes, opgehaald op {feed.passport.retrieved}"
                console.print(f"  {plain(feed.passport.name)}, {size}")
            for note in feed.notes:
                console.print(f"  {plain(note)}")
    if absent:
        raise typer.Exit(1)


add_commands(data)
