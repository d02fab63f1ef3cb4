"""``lekp new``: a project, notebook, target, context or source of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lekp_lib.cli.console import errors_for_people, say

if TYPE_CHECKING:
    from lekp_lib.pact.drafts import NewKind

new = typer.Typer(help="Make something of your own: project, notebook, target, source.", no_args_is_help=True)

_MAP = Annotated[Path, typer.Option("--map", help="Folder with doelen/ and bronnen/ of your own.")]
_ID = Annotated[str, typer.Argument(metavar="ID", help="Name of the file: small letters, digits and underscores.")]
_OWN = Path("parameters")


def _declare(kind: NewKind, new_id: str, folder: Path) -> None:
    from lekp_lib.pact import write_new

    with errors_for_people():
        say(f"{write_new(kind, new_id, folder)}: vul elke INVULLEN in en controleer daarna met: lekp check")


@new.command()
def target(
    new_id: _ID,
    context: Annotated[
        bool, typer.Option("--context", help="Figures beside the pact: no level, no verdict, never counted.")
    ] = False,
    map_: _MAP = _OWN,
) -> None:
    """Make the file of a target of your own, or of figures for context."""
    _declare("context" if context else "doel", new_id, map_)


@new.command()
def source(new_id: _ID, map_: _MAP = _OWN) -> None:
    """Make the file of a source of your own."""
    _declare("bron", new_id, map_)


@new.command()
def notebook(
    bestand: Annotated[Path, typer.Argument(help="The copy.")],
    van: Annotated[str, typer.Option(help="Which notebook.")] = "gemeenterapport",
) -> None:
    """Copy a notebook of lekp, to be edited."""
    from lekp_lib.paths import copy_notebook

    with errors_for_people():
        say(str(copy_notebook(bestand, van)))


@new.command()
def project(map_: Annotated[Path, typer.Argument(metavar="MAP", help="Folder to make.")]) -> None:
    """Make a folder to work in, with the notebooks and parameter files of lekp."""
    from lekp_lib.paths import make_project

    with errors_for_people():
        say(f"{make_project(map_)}: ga erheen, en daarna: lekp report Houthulst")
