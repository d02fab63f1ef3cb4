"""Commands of ``lekp data`` that make and compare editions; each calls one function of its room."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lekp_lib.cli.console import errors_for_people, plain
from lekp_lib.errors import ParameterError

form = typer.Typer(help="Corrections and explanations as a workbook.", no_args_is_help=True)

_DATA_DIR = Annotated[Path, typer.Option(help="Folder with the raw files, the imports and the editions.")]
_SAID_DIR = Annotated[Path, typer.Option("--map", help="Folder with correcties/, toelichtingen/ and vormen/.")]
_TO_FILE = Annotated[Path | None, typer.Option("--naar", help="Write to this file as well (.csv or .xlsx).")]
_TODAY = Annotated[
    dt.datetime | None,
    typer.Option("--vandaag", help="Day to count from (ISO date); today by default.", formats=["%Y-%m-%d"]),
]
_DAY = typer.Option(help="Reference date of the edition (ISO date).", formats=["%Y-%m-%d"])
_DATA, _SAID = Path("data"), Path("parameters")


def _day(given: dt.datetime | None) -> dt.date:
    return given.date() if given is not None else dt.datetime.now(dt.UTC).date()


def _counted(number: int, noun: str, plural: str) -> str:
    return f"{number} {noun if number == 1 else plural}"


def _edition_folder(data_dir: Path, text: str) -> Path:
    """Folder of an edition by id, below the data folder first, or by path."""
    from lekp_lib.edition import find_edition
    from lekp_lib.edition.manifest import MANIFEST_NAME

    prepared = data_dir / "edities" / text
    return prepared if (prepared / MANIFEST_NAME).is_file() else find_edition(text)


def check(
    map_: _SAID_DIR = _SAID,
    data_dir: _DATA_DIR = _DATA,
    peildatum: Annotated[dt.datetime | None, _DAY] = None,
    vandaag: _TODAY = None,
) -> None:
    """Check all corrections and explanations: form, targets, places, and whether the figures are as expected."""
    from lekp_lib.data.schema import find_shape
    from lekp_lib.data.store import RawStore
    from lekp_lib.edition.corrections import read_folder, read_remarks
    from lekp_lib.edition.prepare import gather, imported, read_inputs
    from lekp_lib.pact import load_catalog, own_files
    from lekp_lib.register import load_register

    console = Console(soft_wrap=True, highlight=False)
    with errors_for_people():
        if not map_.is_dir():
            raise ParameterError(f"{map_}: geen map; verwacht een map met correcties/ en toelichtingen/")
        catalog, register, today = load_catalog(own=own_files(map_)), load_register(), _day(vandaag)
        on = _day(peildatum or vandaag)
        files = [read_folder(map_ / name) for name in ("correcties", "toelichtingen")]
        remarks = read_remarks(files[0], files[1], catalog, register, on, today)
        told = [_counted(len(remarks.corrections), "correctie", "correcties")]
        told += [_counted(len(remarks.explanations), "toelichting", "toelichtingen")]
        number = _counted(len(files[0]) + len(files[1]), "bestand", "bestanden")
        console.print(f"{' en '.join(told)} in {number}: in orde")
        inputs, shapes = imported(data_dir, partial(find_shape, folder=map_))
        if not inputs:
            console.print("er is nog niets ingelezen: of correcties het verwachte cijfer vinden, is niet nagekeken")
            return
        results = read_inputs(RawStore(data_dir), inputs, shapes, catalog, register)
        gather([item.shape for item in inputs], results, remarks, catalog, register, on)
        console.print("elke actieve correctie vindt het cijfer dat ze verwacht")


def boundaries(
    file: Annotated[Path, typer.Argument(help="GeoJSON with one area per municipality and its NIS code.")],
    bron: Annotated[str, typer.Option(help="Who made the boundaries: id of a source, such as statbel.")],
    peildatum: Annotated[dt.datetime, _DAY],
    titel: Annotated[str, typer.Option(help="What the provider calls them; stands below every map.")] = "",
    url: Annotated[str, typer.Option(help="Address of the file.")] = "",
    published: Annotated[
        dt.datetime | None, typer.Option(help="Day of publication (ISO date).", formats=["%Y-%m-%d"])
    ] = None,
    data_dir: _DATA_DIR = _DATA,
    vandaag: _TODAY = None,
) -> None:
    """Keep a file of boundaries for the maps of later editions; `lekp data update --source vrbg` fetches one."""
    from lekp_lib.data.store import first_day, keep_boundaries
    from lekp_lib.edition.boundaries import simplified
    from lekp_lib.pact import load_catalog
    from lekp_lib.register import load_register

    with errors_for_people():
        if file.suffix.lower() not in {".geojson", ".json"}:
            raise ParameterError(
                f"{file}: found ending {file.suffix!r}; expected GeoJSON (.geojson), so save it as that"
            )
        register, on = load_register(), peildatum.date()
        areas = simplified(file, file.name, register, on)
        passport = keep_boundaries(
            file,
            data_dir=data_dir,
            source=load_catalog().source(bron),
            url=url,
            title=titel,
            published=published.date() if published is not None else None,
            since=first_day(register, on),
            retrieved=_day(vandaag),
        )
        told = f"grenzen van {len(areas)} gemeenten, bewaard als {passport.sha256[:12]}"
        Console(soft_wrap=True, highlight=False).print(f"{plain(file.name)}: {told}")


def prepare(
    editie: Annotated[str, typer.Option(help="Id of the new edition, such as 2026.")],
    peildatum: Annotated[dt.datetime, _DAY],
    titel: Annotated[str, typer.Option(help="Name for readers.")] = "",
    vorige: Annotated[str, typer.Option(help="Edition before this one (id or path): reports tell what changed.")] = "",
    vanaf: Annotated[str, typer.Option(help="Edition to build on (id or path); own figures go before its.")] = "",
    alleen: Annotated[
        list[str] | None, typer.Option(help="Only this import (see `lekp data list`); may be given again.")
    ] = None,
    zonder: Annotated[list[str] | None, typer.Option(help="Leave this import out; may be given again.")] = None,
    map_: _SAID_DIR = _SAID,
    data_dir: _DATA_DIR = _DATA,
    vandaag: _TODAY = None,
) -> None:
    """Freeze everything that was imported into an edition, with corrections and explanations."""
    from lekp_lib.data.schema import find_shape
    from lekp_lib.data.store import data_lock
    from lekp_lib.edition.prepare import Asked
    from lekp_lib.edition.prepare import prepare as make
    from lekp_lib.pact import load_catalog, own_files
    from lekp_lib.register import load_register

    console = Console(soft_wrap=True, highlight=False)
    with errors_for_people():
        before = _edition_folder(data_dir, vorige) if vorige else None
        base = _edition_folder(data_dir, vanaf) if vanaf else None
        choice = tuple(alleen or ()), tuple(zonder or ())
        asked = Asked(editie, peildatum.date(), _day(vandaag), titel, before, base, *choice)
        catalog, register = load_catalog(own=own_files(map_)), load_register()
        shapes = partial(find_shape, folder=map_)
        with data_lock(data_dir):
            made = make(data_dir, asked, said_dir=map_, catalog=catalog, register=register, find_shape=shapes)
        for finding in made.findings:
            console.print(f"  na te kijken: {plain(finding.where)}: {plain(finding.message)}")
        for note in made.notes:
            console.print(f"  {plain(note)}")
        rows = ", ".join(f"{name} {entry.rows}" for name, entry in made.manifest.tables.items() if entry.rows)
        console.print(f"editie {made.manifest.id}: {made.folder} ({rows})")
        if made.manifest.fictitious:
            console.print(f"[bold]elk verslag ervan zegt:[/bold] {plain(made.manifest.banner)}")


def rebuild(
    editie: Annotated[str, typer.Argument(help="Edition (id or path), made by lekp data prepare.")],
    naar: Annotated[Path, typer.Option(help="Folder for the copy; must not exist yet.")],
    data_dir: _DATA_DIR = _DATA,
) -> None:
    """Make an edition again from its manifest and the raw files, and compare byte for byte."""
    from lekp_lib.edition.prepare import rebuild as make
    from lekp_lib.register import load_register

    console = Console(soft_wrap=True, highlight=False)
    with errors_for_people():
        folder = _edition_folder(data_dir, editie)
        _, differing = make(folder, naar, data_dir=data_dir, register=load_register())
    if differing:
        console.print(f"{naar}: andere bytes in {', '.join(differing)}")
        raise typer.Exit(1)
    console.print(f"{naar}: dezelfde bytes")


def diff(
    vroeger: Annotated[str, typer.Argument(help="Earlier edition (id or path).")],
    nu: Annotated[str, typer.Argument(help="Later edition (id or path).")],
    naar: _TO_FILE = None,
    data_dir: _DATA_DIR = _DATA,
) -> None:
    """Show what differs between two editions: revised, new and gone figures, and verdicts that changed."""
    from lekp_lib.cli.edition_tables import diff_table
    from lekp_lib.cli.tables import screen_table, write_table
    from lekp_lib.edition import Edition
    from lekp_lib.edition.diff import diff_figures
    from lekp_lib.indicators.changes import verdict_changes
    from lekp_lib.parameters import ReportParameters

    console = Console()
    with errors_for_people():
        old, new = (Edition.open(str(_edition_folder(data_dir, text))) for text in (vroeger, nu))
        verdicts = verdict_changes(old, new, ReportParameters(gemeente="*"))
        table = diff_table(old, new, diff_figures(old, new), verdicts)
        console.print(screen_table(table.only("wat", "gemeente", "doel", "peildatum", "vroeger", "nu")))
        if naar is not None:
            write_table(table, naar)
            console.print(f"{naar}: {len(table.rows)} rows")


def status(
    naar: Annotated[
        list[Path] | None, typer.Option(help="Write to this file as well: .csv, .xlsx or .ics; may be given again.")
    ] = None,
    map_: _SAID_DIR = _SAID,
    data_dir: _DATA_DIR = _DATA,
    vandaag: _TODAY = None,
) -> None:
    """Show per source its rhythm, its last figure, when the next one is expected, and whether it is late."""
    from lekp_lib.cli.edition_tables import status_table
    from lekp_lib.cli.tables import screen_table, write_table
    from lekp_lib.data.schema import find_shape
    from lekp_lib.data.store import RawStore, source_statuses, write_calendar
    from lekp_lib.edition.prepare import imported, newest_reference_dates, read_inputs
    from lekp_lib.pact import load_catalog, own_files
    from lekp_lib.paths import write_file
    from lekp_lib.present.quality import status_events
    from lekp_lib.register import load_register

    console = Console()
    with errors_for_people():
        catalog, store, today = load_catalog(own=own_files(map_)), RawStore(data_dir), _day(vandaag)
        inputs, shapes = imported(data_dir, partial(find_shape, folder=map_))
        results = read_inputs(store, inputs, shapes, catalog, load_register())
        statuses = source_statuses(catalog, store.passports(), newest_reference_dates(shapes, results), today)
        table = status_table(statuses, today)
        console.print(screen_table(table.only("bron", "ritme", "laatste peildatum", "volgende verwacht", "te laat")))
        for path in naar or []:
            if path.suffix.lower() == ".ics":
                stamp = dt.datetime.combine(today, dt.time(), dt.UTC)
                write_file(path, write_calendar(status_events(statuses), "LEKP-bronnen", stamp))
            else:
                write_table(table, path)
            console.print(str(path))


@form.command("export")
def form_export(
    bestand: Annotated[Path, typer.Argument(help="Workbook to write (.xlsx).")], map_: _SAID_DIR = _SAID
) -> None:
    """Write all corrections and explanations to a workbook with instructions and drop-downs."""
    from lekp_lib.edition.form import export_form
    from lekp_lib.pact import load_catalog, own_files
    from lekp_lib.paths import write_file

    with errors_for_people():
        if bestand.suffix.lower() != ".xlsx":
            raise ParameterError(f"{bestand}: found ending {bestand.suffix!r}; expected .xlsx")
        write_file(bestand, export_form(map_, load_catalog(own=own_files(map_))))
        Console(soft_wrap=True, highlight=False).print(str(bestand))


@form.command("import")
def form_import(
    bestand: Annotated[Path, typer.Argument(help="Filled-in workbook (.xlsx).")], map_: _SAID_DIR = _SAID
) -> None:
    """Write the rows of a filled-in workbook as YAML files, all or nothing."""
    from lekp_lib.edition.form import import_form

    console = Console(soft_wrap=True, highlight=False)
    with errors_for_people():
        result = import_form(bestand, map_)
        for path in result.written:
            console.print(f"{path}: geschreven")
        for path in result.unchanged:
            console.print(f"{path}: dezelfde gegevens, blijft zoals het is")
        console.print(f"{_counted(result.entries, 'rij', 'rijen')}. Doe nu `lekp data check`.")


def add_commands(app: typer.Typer) -> None:
    """Mount the commands of this module in ``lekp data``."""
    for command in (check, boundaries, prepare, rebuild, diff, status):
        app.command(command.__name__)(command)
    app.add_typer(form, name="form")
