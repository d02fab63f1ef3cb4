"""Commands ``lekp new``: a target, figures for context or a source of one's own, as a commented file to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lekp_lib.console import errors_for_people, plain

new = typer.Typer(help="Make a commented file for a target or source of your own.", no_args_is_help=True)

_MAP = Annotated[Path, typer.Option("--map", help="Folder with doelen/ and bronnen/ of your own.")]
_ID = Annotated[str, typer.Argument(metavar="ID", help="Name of the file: small letters, digits and underscores.")]
_OWN = Path("parameters")


def _tell(path: Path) -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"{plain(str(path))}: fill in every INVULLEN, then run: lekp check")


@new.command()
def target(
    new_id: _ID,
    context: Annotated[
        bool, typer.Option("--context", help="Figures beside the pact: no level, no verdict, never counted.")
    ] = False,
    map_: _MAP = _OWN,
) -> None:
    """Make the file of a target of your own, or of figures for context."""
    from lekp_lib.catalog import write_new

    with errors_for_people():
        _tell(write_new("context" if context else "doel", new_id, map_))


@new.command()
def source(new_id: _ID, map_: _MAP = _OWN) -> None:
    """Make the file of a source of your own."""
    from lekp_lib.catalog import write_new

    with errors_for_people():
        _tell(write_new("bron", new_id, map_))
