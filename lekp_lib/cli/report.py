"""``lekp report`` and ``lekp flanders``: one report, of a municipality or of all of them together."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from lekp_lib.cli.console import errors_for_people, plain
from lekp_lib.errors import ParameterError
from lekp_lib.parameters import read_parameters
from lekp_lib.paths import find_notebook

if TYPE_CHECKING:
    from lekp_lib.report.make import ReportResult

NOTEBOOK = "vlaanderen.ipynb"
_Engine = Annotated[
    Literal["warm", "kernel"], typer.Option(help="warm: inside this process; kernel: in a Jupyter kernel.")
]


def _chosen(text: str, known: Collection[str], default: Collection[str]) -> list[str]:
    """Formats that were asked for, in the order in which they are made."""
    asked = [item.strip() for item in text.split(",") if item.strip()]
    if not text:
        return list(default)
    if not asked or set(asked) - set(known):
        names = ", ".join(known)
        raise ParameterError(f"--formats: er staat {text!r}; verwacht wordt een keuze uit {names}, met komma's")
    return [name for name in known if name in asked]


def _tell(make: Callable[[], ReportResult]) -> None:
    """Make one report and say where it is; ends with exit code 1 when it fails."""
    console = Console(soft_wrap=True, highlight=False)
    with errors_for_people():
        made = make()
        console.print(f"{plain(made.name)}: {plain(str(made.folder))} ({sum(made.seconds.values()):.1f} s)")
        for path in (path for paths in made.files.values() for path in paths):
            console.print(f"  {plain(str(path))}")
        for note in made.notes:
            console.print(f"  let op: {plain(note)}")


def _tell_in_child(make: Callable[[], ReportResult]) -> None:
    try:
        _tell(make)
    except typer.Exit as end:
        raise SystemExit(end.exit_code) from None


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
    logo: Annotated[str, typer.Option(help="The municipality's own logo: path of a PNG file.")] = "",
    huisstijl: Annotated[str, typer.Option(help="Accent colour of the page, such as #0B5394.")] = "",
    output_dir: Annotated[Path, typer.Option(help="Root of the outputs.")] = Path("outputs"),
    notebook: Annotated[
        Path | None, typer.Option(help="Another notebook than notebooks/gemeenterapport.ipynb.")
    ] = None,
    engine: _Engine = "warm",
) -> None:
    """Make the report of one or more municipalities; formats that are not asked for stay as they are."""
    from lekp_lib.report.make import DEFAULT_FORMATS, FORMATS, render_report

    with errors_for_people():
        shared = {"editie": editie, "pact": pact, "noemerjaar": noemerjaar, "wooneenheden": wooneenheden}
        look = {"logo": logo, "huisstijl": huisstijl}
        asked = [read_parameters({"gemeente": place, **shared, **look}) for place in places]
        wanted = _chosen(formats, FORMATS, DEFAULT_FORMATS)
    # A process runs one notebook; where it cannot be forked, each further one gets a kernel.
    forks = len(asked) > 1 and sys.platform == "linux"
    used = engine if forks or len(asked) == 1 else "kernel"
    source = notebook or find_notebook()
    make = partial(render_report, notebook=source, output_dir=output_dir, formats=wanted, engine=used)
    failed = 0
    for parameters in asked:
        if forks:
            one = partial(make, parameters)
            child = multiprocessing.get_context("fork").Process(target=_tell_in_child, args=(one,))
            child.start()
            child.join()
            failed += bool(child.exitcode)
            continue
        try:
            _tell(partial(make, parameters))
        except typer.Exit:
            failed += 1
    if failed:
        raise typer.Exit(1)


def flanders(
    editie: Annotated[
        str, typer.Option(help="Edition: gepubliceerd, voorbeeld, or the path of an edition folder.")
    ] = "gepubliceerd",
    noemerjaar: Annotated[int, typer.Option(help="Population of 1 January of this year is the denominator.")] = 2020,
    wooneenheden: Annotated[str, typer.Option(help="Dwelling denominator: woningen or huishoudens.")] = "woningen",
    formats: Annotated[str, typer.Option(help="Formats, separated by commas: html, pdf, csv.")] = "",
    output_dir: Annotated[Path, typer.Option(help="Root of the outputs.")] = Path("outputs"),
    notebook: Annotated[Path | None, typer.Option(help=f"Another notebook than notebooks/{NOTEBOOK}.")] = None,
    engine: _Engine = "warm",
) -> None:
    """Make the report on Flanders: all municipalities together."""
    from lekp_lib.report.make import FLANDERS_FORMATS, render_flanders

    with errors_for_people():
        parameters = read_parameters(
            {"gemeente": "*", "editie": editie, "noemerjaar": noemerjaar, "wooneenheden": wooneenheden}
        )
        wanted = _chosen(formats, FLANDERS_FORMATS, FLANDERS_FORMATS)
    source = notebook or find_notebook(NOTEBOOK)
    make = partial(render_flanders, parameters, notebook=source, output_dir=output_dir)
    _tell(partial(make, formats=wanted, engine=engine))
