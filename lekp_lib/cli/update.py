"""The command ``lekp data update``: the only one that uses the network."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from lekp_lib.cli.console import errors_for_people, plain

_STATES = {
    "new": "new, in use from now on",
    "stored": "new, but not imported yet",
    "unchanged": "unchanged since the last time",
    "kept": "[bold]failed[/bold], the last good copy stays in use",
    "absent": "[bold]failed[/bold], and there is no earlier copy",
}


def update(
    source: Annotated[
        list[str] | None, typer.Option(help="Connection, such as vrbg or mow-laadpunten; all of them by default.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Use the recorded answers; ask nobody.")] = False,
    map_: Annotated[Path, typer.Option("--map", help="Folder with connections and file shapes of your own.")] = Path(
        "parameters"
    ),
    data_dir: Annotated[Path, typer.Option(help="Folder with the raw files, the imports and the editions.")] = Path(
        "data"
    ),
    vandaag: Annotated[
        dt.datetime | None,
        typer.Option("--vandaag", help="Day of the import (ISO date); today by default.", formats=["%Y-%m-%d"]),
    ] = None,
) -> None:
    """Fetch the newest figures and boundaries from their providers; what fails leaves the last good copy in use."""
    from lekp_lib.data.connectors.run import run
    from lekp_lib.data.connectors.update import UpdateContext
    from lekp_lib.data.http import PoliteSession
    from lekp_lib.pact import load_catalog, own_files
    from lekp_lib.pact.connections import find_connections
    from lekp_lib.register import load_register

    console = Console(soft_wrap=True, highlight=False)
    today = vandaag.date() if vandaag is not None else dt.datetime.now(dt.UTC).date()
    absent = False
    with (
        errors_for_people(),
        PoliteSession(data_dir, offline=offline) as session,
        Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console, transient=True
        ) as bars,
    ):
        task = bars.add_task("", total=None)

        def progress(what: str, done: int, total: int) -> None:
            bars.update(task, description=plain(what), completed=done, total=total or None)

        catalog, register = load_catalog(own=own_files(map_)), load_register()
        contexts = [
            UpdateContext(data_dir, session, connection, catalog, register, today, progress, map_)
            for connection in find_connections(tuple(source or ()), map_)
        ]
        for result in run(contexts):
            for feed in result.feeds:
                absent = absent or feed.state == "absent"
                console.print(f"{result.connection}: {plain(feed.title)}: {_STATES[feed.state]}")
                if feed.failure:
                    console.print(f"  why: {plain(feed.failure)}")
                if feed.passport:
                    retrieved = f"retrieved {feed.passport.retrieved}"
                    console.print(f"  {plain(feed.passport.name)}, {feed.passport.bytes} bytes, {retrieved}")
                for note in feed.notes:
                    console.print(f"  {plain(note)}")
    if absent:
        raise typer.Exit(1)
