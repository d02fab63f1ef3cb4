"""The command ``lekp flanders``: the report on all municipalities together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lekp_lib.console import errors_for_people
from lekp_lib.errors import ParameterError
from lekp_lib.parameters import read_parameters

NOTEBOOK = "vlaanderen.ipynb"


def _formats(text: str) -> list[str]:
    from lekp_lib.report.flanders import FLANDERS_FORMATS

    asked = [item.strip() for item in text.split(",") if item.strip()]
    if not text:
        return list(FLANDERS_FORMATS)
    if not asked or set(asked) - set(FLANDERS_FORMATS):
        known = ", ".join(FLANDERS_FORMATS)
        raise ParameterError(f"--formats: found {text!r}; expected some of {known}, separated by commas")
    return [name for name in FLANDERS_FORMATS if name in asked]


def flanders_command(find_notebook: Callable[[str], Path]) -> Callable[..., None]:
    """The command, with the way to find its notebook.

    Parameters
    ----------
    find_notebook
        Path of a notebook of the project by file name.
    """

    def flanders(
        editie: Annotated[
            str, typer.Option(help="Edition: gepubliceerd, voorbeeld, or the path of an edition folder.")
        ] = "gepubliceerd",
        noemerjaar: Annotated[
            int, typer.Option(help="Population of 1 January of this year is the denominator.")
        ] = 2020,
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
                formats=_formats(formats),
            )
            console.print(f"Vlaanderen: {made.folder} ({sum(made.seconds.values()):.1f} s)")
            for path in made.files.values():
                console.print(f"  {path}")

    return flanders
