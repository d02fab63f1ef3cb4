"""``lekp report`` and ``lekp flanders``: one report, of a municipality or of all of them together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lekp_lib.cli.console import errors_for_people, plain
from lekp_lib.errors import ParameterError
from lekp_lib.parameters import read_parameters
from lekp_lib.paths import find_notebook

NOTEBOOK = "vlaanderen.ipynb"


def _flanders_formats(text: str) -> list[str]:
    from lekp_lib.report.flanders import FLANDERS_FORMATS

    asked = [item.strip() for item in text.split(",") if item.strip()]
    if not text:
        return list(FLANDERS_FORMATS)
    if not asked or set(asked) - set(FLANDERS_FORMATS):
        known = ", ".join(FLANDERS_FORMATS)
        raise ParameterError(f"--formats: found {text!r}; expected some of {known}, separated by commas")
    return [name for name in FLANDERS_FORMATS if name in asked]


def _report_formats(text: str) -> list[str]:
    from lekp_lib.report.formats import FORMATS

    asked = [item.strip() for item in text.split(",") if item.strip()]
    unknown = sorted(set(asked) - set(FORMATS))
    if unknown or not asked:
        raise ParameterError(f"--formats: found {text!r}; expected some of {', '.join(FORMATS)}, separated by commas")
    return [name for name in FORMATS if name in asked]


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
    with errors_for_people():
        wanted = _report_formats(formats) if formats else list(DEFAULT_FORMATS)
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
        source = notebook or find_notebook()
    for parameters in asked:
        try:
            with errors_for_people():
                made = make_report(parameters, notebook=source, output_dir=output_dir, formats=wanted, edition=edition)
                console.print(f"{plain(made.name)}: {made.folder} ({sum(made.seconds.values()):.1f} s)")
                for path in made.files.values():
                    console.print(f"  {path}")
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
) -> None:
    """Make the report on Flanders: all municipalities together."""
    from lekp_lib.report.flanders import make_flanders

    console = Console(soft_wrap=True, highlight=False)
    with errors_for_people():
        parameters = read_parameters(
            {"gemeente": "*", "editie": editie, "noemerjaar": noemerjaar, "wooneenheden": wooneenheden}
        )
        made = make_flanders(
            parameters,
            notebook=notebook or find_notebook(NOTEBOOK),
            output_dir=output_dir,
            formats=_flanders_formats(formats),
        )
        console.print(f"Vlaanderen: {made.folder} ({sum(made.seconds.values()):.1f} s)")
        for path in made.files.values():
            console.print(f"  {path}")
