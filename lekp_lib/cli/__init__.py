"""The ``lekp`` command: reports, lists and checks. Every message of an error is for the person who typed."""

import gc
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option
from typer.core import TyperGroup

from lekp_lib import __version__
from lekp_lib.cli import report, shared
from lekp_lib.cli.shared import OWN, OwnFolder, count, say


class _LazyCommands(TyperGroup):
    """``lekp data`` and ``lekp list``: read when asked for, because their commands need the heavy rooms."""

    @cached_property
    def _loaded(self) -> TyperGroup:
        from lekp_lib.cli.data import data, lists

        return typer.main.get_group(data if self.name == "data" else lists)

    def list_commands(self, ctx: Any) -> list[str]:
        return self._loaded.list_commands(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return self._loaded.get_command(ctx, cmd_name)


app = typer.Typer(cls=shared.Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
new = typer.Typer(help="Iets van uzelf maken: project, notebook, doel, bron.", no_args_is_help=True)
for name, told in (
    ("list", "Tonen wat er is: gemeenten, doelen, edities."),
    ("data", "Cijfers binnenhalen, nakijken en tot edities maken."),
):
    app.add_typer(typer.Typer(cls=_LazyCommands, help=told, no_args_is_help=True), name=name)
app.add_typer(new, name="new")
for command in (report.batch, report.flanders, report.site, report.report):
    app.command()(command)

_Id = Annotated[str, Argument(metavar="ID", help="Naam van het bestand: kleine letters, cijfers en lage streepjes.")]


@app.command()
def check(
    folder: Annotated[Path | None, Option(help="Een andere map met de catalogus dan die van lekp.")] = None,
    map_: OwnFolder = OWN,
) -> None:
    """Kijk het pact, uw eigen doelen, bronnen en bestandsvormen, het register en de ingebouwde edities na."""
    from lekp_lib.data.schema import check_shapes
    from lekp_lib.edition.edition import Edition, embedded_editions
    from lekp_lib.pact.loader import check_catalog, load_catalog, own_files
    from lekp_lib.register import load_register

    own = own_files(map_) if folder is None else ()
    places = (folder,) if folder else (None, map_)
    problems = check_catalog(folder, own)
    problems = problems or tuple(wrong for one in places for wrong in check_shapes(load_catalog(folder, own), one))
    if problems:
        say(*(f"  - {problem}" for problem in problems), f"catalogus: {len(problems)} keer te verbeteren")
        raise typer.Exit(1)
    files = count(len(own), "bestand", "bestanden")
    say("catalogus: in orde" + (f", met {files} van {map_}" if own else ""))
    if folder is None:
        load_register()
        say("register: in orde")
        for name in embedded_editions():
            rows = sum(entry.rows for entry in Edition.open(name).manifest.tables.values())
            say(f"editie {name}: in orde, {rows} cijfers")


@app.command()
def doctor(output_dir: shared.OutputDir = shared.OUTPUTS) -> None:
    """Zeg wat er op deze computer ontbreekt en hoe u dat oplost. Code 1 als er geen verslag gemaakt kan worden."""
    from lekp_lib.doctor import examine

    findings = examine(output_dir)
    for item in findings:
        say(f"{item.state:<10} {item.what}: {item.found}", f"{'':<10} {item.advice}" if item.advice else "")
    if missing := sum(item.state == "ontbreekt" for item in findings):
        say(f"{missing} keer iets dat ontbreekt")
        raise typer.Exit(1)
    say("alles wat een verslag nodig heeft, is er")


def _declare(kind: Any, new_id: str, folder: Path) -> None:
    from lekp_lib.pact.loader import write_new

    say(f"{write_new(kind, new_id, folder)}: vul elke INVULLEN in en controleer daarna met: lekp check")


@new.command()
def target(
    new_id: _Id,
    context: Annotated[bool, Option("--context", help="Cijfers naast het pact: geen niveau en geen oordeel.")] = False,
    map_: OwnFolder = OWN,
) -> None:
    """Maak het bestand van een eigen doel, of van cijfers naast het pact."""
    _declare("context" if context else "doel", new_id, map_)


@new.command()
def source(new_id: _Id, map_: OwnFolder = OWN) -> None:
    """Maak het bestand van een eigen bron."""
    _declare("bron", new_id, map_)


@new.command()
def notebook(
    bestand: Annotated[Path, Argument(help="De kopie.")],
    van: Annotated[str, Option(help="Welk notebook.")] = "gemeenterapport",
) -> None:
    """Kopieer een notebook van lekp, om het te bewerken."""
    from lekp_lib.paths import copy_notebook

    say(copy_notebook(bestand, van))


@new.command()
def project(map_: Annotated[Path, Argument(metavar="MAP", help="De nieuwe map.")]) -> None:
    """Maak een map om in te werken, met de notebooks en parameterbestanden van lekp."""
    from lekp_lib.paths import make_project

    say(f"{make_project(map_)}: ga erheen, en daarna: lekp report Houthulst")


def _version(asked: bool) -> None:
    if asked:
        say(f"lekp {__version__}")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[bool, Option("--version", callback=_version, is_eager=True, help="Toon de versie.")] = False,
) -> None:
    """Klimaatpactverslagen voor elke gemeente in Vlaanderen."""


def main() -> None:
    """Entry point of the ``lekp`` command."""
    # A command is a short process that keeps nearly all it makes: looking for garbage every moment costs a tenth of it.
    gc.set_threshold(100_000, 50, 50)
    try:
        app()
    finally:
        gc.freeze()  # all memory goes at once: to look first which of it is garbage took half a second of a report
