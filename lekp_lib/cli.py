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
from lekp_lib.batch.command import batch_command
from lekp_lib.console import errors_for_people as _errors_for_people
from lekp_lib.console import plain as _plain
from lekp_lib.data_cli import data
from lekp_lib.errors import ParameterError
from lekp_lib.flanders_cli import flanders_command
from lekp_lib.own_cli import doctor, new
from lekp_lib.parameters import read_parameters
from lekp_lib.project_files import packaged_folder
from lekp_lib.site_cli import site

app = typer.Typer(
    name="lekp",
    help="Climate-pact reports for every Flemish municipality.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
lists = typer.Typer(help="Show what there is: municipalities, targets, editions.", no_args_is_help=True)
app.add_typer(lists, name="list")
app.add_typer(data, name="data")
app.add_typer(new, name="new")
app.command("doctor")(doctor)

_MAP = Annotated[Path, typer.Option("--map", help="Folder with doelen/, bronnen/ and vormen/ of your own.")]
_OWN = Path("parameters")
_TODAY = typer.Option("--op", help="Day for which the list holds (ISO date).", formats=["%Y-%m-%d"])


def default_notebook(root: Path | None = None, name: str = "gemeenterapport.ipynb") -> Path:
    """A notebook of the project: in the working folder, else the one inside the installed package."""
    near = (root or Path.cwd()) / "notebooks" / name
    if near.is_file():
        return near
    packaged = packaged_folder("notebooks") / near.name
    return packaged if packaged.is_file() else near


app.command("batch")(batch_command(default_notebook))
app.command("flanders")(flanders_command(lambda name: default_notebook(name=name)))
app.command("site")(site)


def _parse_formats(text: str) -> list[str]:
    from lekp_lib.report.formats import FORMATS

    asked = [item.strip() for item in text.split(",") if item.strip()]
    unknown = sorted(set(asked) - set(FORMATS))
    if unknown or not asked:
        raise ParameterError(f"--formats: found {text!r}; expected some of {', '.join(FORMATS)}, separated by commas")
    return [name for name in FORMATS if name in asked]


@app.command()
def report(
    places: Annotated[
        list[str], typer.Argument(help="Names, former names, sub-municipalities or NIS codes.", metavar="PLACE...")
    ],
    editie: Annotated[
        str, typer.Option(help="Edition: gepubliceerd, voorbeeld, or the path of an edition folder.")
    ] = "gepubliceerd",
    pact: Annotated[str, typer.Option(help="Pact version: auto, 1.0, 2.0 or 2.1.")] = "auto",
    noemerjaar: Annotated[int, typer.Option(help="Population of 1 January of this year is the denominator.")] = 2020,
    wooneenheden: Annotated[str, typer.Option(help="Dwelling denominator: woningen or huishoudens.")] = "woningen",
    formats: Annotated[str, typer.Option(help="Formats, separated by commas; all but figuren by default.")] = "",
    logo: Annotated[str, typer.Option(help="The municipality's own logo: path of a PNG or SVG file.")] = "",
    huisstijl: Annotated[str, typer.Option(help="Accent colour of the page, such as #0B5394.")] = "",
    output_dir: Annotated[Path, typer.Option(help="Root of the outputs.")] = Path("outputs"),
    notebook: Annotated[
        Path | None, typer.Option(help="Another notebook than notebooks/gemeenterapport.ipynb.")
    ] = None,
) -> None:
    """Make the report of one or more municipalities."""
    from lekp_lib.edition import Edition
    from lekp_lib.report.formats import DEFAULT_FORMATS
    from lekp_lib.report.make import make_report

    console = Console(soft_wrap=True, highlight=False)
    failed = 0
    with _errors_for_people():
        wanted = _parse_formats(formats) if formats else list(DEFAULT_FORMATS)
        asked = [
            read_parameters(
                {
                    "gemeente": place,
                    "editie": editie,
                    "pact": pact,
                    "noemerjaar": noemerjaar,
                    "wooneenheden": wooneenheden,
                    "logo": logo,
                    "huisstijl": huisstijl,
                }
            )
            for place in places
        ]
        edition = Edition.open(editie)
        source = notebook or default_notebook()
    for parameters in asked:
        try:
            with _errors_for_people():
                made = make_report(parameters, notebook=source, output_dir=output_dir, formats=wanted, edition=edition)
                console.print(f"{_plain(made.name)}: {made.folder} ({sum(made.seconds.values()):.1f} s)")
                for path in made.files.values():
                    console.print(f"  {path}")
        except typer.Exit:
            failed += 1
    if failed:
        raise typer.Exit(1)


@app.command()
def check(
    folder: Annotated[Path | None, typer.Option(help="Another catalogue folder than the packaged one.")] = None,
    map_: _MAP = _OWN,
) -> None:
    """Check the declared pact, your own targets, sources and file shapes, the register and the embedded editions."""
    from lekp_lib.edition import Edition, embedded_editions
    from lekp_lib.pact import check_catalog, load_catalog, own_files
    from lekp_lib.pact.load_shapes import check_shapes
    from lekp_lib.pact.method_notes import check_method_notes
    from lekp_lib.register import load_register

    console = Console(soft_wrap=True, highlight=False)
    with _errors_for_people():
        own = own_files(map_) if folder is None else ()
        problems = check_catalog(folder, own)
        if not problems:
            catalog = load_catalog(folder, own)
            problems = check_shapes(catalog, folder)
            problems += check_shapes(catalog, map_) if folder is None else ()
            problems += check_method_notes(catalog, folder)
        for problem in problems:
            console.print(f"  - {_plain(str(problem))}")
        if problems:
            console.print(f"catalogue: {len(problems)} problem{'s' if len(problems) > 1 else ''}")
            raise typer.Exit(1)
        console.print("catalogue: in order" + (f", with {len(own)} files of {map_}" if own else ""))
        if folder is None:
            load_register()
            console.print("register: in order")
            for name in embedded_editions():
                rows = sum(entry.rows for entry in Edition.open(name).manifest.tables.values())
                console.print(f"edition {name}: in order, {rows} figures")


@lists.command("municipalities")
def list_municipalities(
    on: Annotated[dt.datetime, _TODAY] = dt.datetime(2025, 1, 1),  # noqa: DTZ001 -- a calendar day, not a moment
) -> None:
    """All municipalities at a date: code, name, province, pact version."""
    from lekp_lib.register import load_register

    with _errors_for_people():
        register, day = load_register(), on.date()
        table = Table("NIS", "Gemeente", "Provincie", "Pact")
        for item in register.municipalities(day):
            table.add_row(
                item.nis, _plain(item.name), item.province, register.pact_version(item.nis, day) or "niet ondertekend"
            )
        Console().print(table)


@lists.command("targets")
def list_targets(map_: _MAP = _OWN) -> None:
    """The targets of the pact, your own ones, and figures for context: number, id, name and level per version."""
    from lekp_lib.pact import load_catalog, own_files

    with _errors_for_people():
        table = Table("Nr", "Id", "Doel", "Niveau")
        for target in load_catalog(own=own_files(map_)).measured:
            levels = "\n".join(f"{version}: {level.text}" for version, level in target.levels.items())
            kind = "context" if target.is_context else "eigen" if target.is_own else str(target.nr or "2.1")
            table.add_row(kind, target.id, _plain(target.name), _plain(levels or "geen doel, geen oordeel"))
        Console().print(table)


@lists.command("editions")
def list_editions() -> None:
    """The editions inside the package, and those prepared in the working folder."""
    from lekp_lib.edition import embedded_editions, find_edition, prepared_editions, read_manifest

    with _errors_for_people():
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
