"""``lekp site``: the reports of an edition as one website."""

from __future__ import annotations

import datetime as dt
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lekp_lib.batch.processes import can_fork, ensure_single_threaded
from lekp_lib.cli.console import errors_for_people, plain
from lekp_lib.errors import ParameterError

_MEGABYTE = 1_000_000


def _address(text: str) -> str:
    """A full address with a slash at its end; empty stays empty."""
    if text and not text.startswith(("https://", "http://")):
        raise ParameterError(
            f"--base-url: found {text!r}; expected a full address such as https://klimaat.example/pact/"
        )
    return text and text.rstrip("/") + "/"


def _show(folder: Path, port: int, console: Console) -> None:
    from lekp_lib.site.serve import HOST, local_server

    with errors_for_people(), local_server(folder, port) as server:
        console.print(f"http://{HOST}:{server.server_port}/ (Ctrl-C stops)")
        with suppress(KeyboardInterrupt):
            server.serve_forever()


def site(
    editie: Annotated[
        str, typer.Option(help="Edition: gepubliceerd, voorbeeld, or the path of an edition folder.")
    ] = "gepubliceerd",
    output_dir: Annotated[Path, typer.Option(help="Root of the outputs, where the reports are.")] = Path("outputs"),
    site_dir: Annotated[
        Path | None, typer.Option(help="Folder of the site; <output-dir>/site by default.", show_default=False)
    ] = None,
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Some municipalities may lack a report; their pages say so.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes at a time.")] = os.cpu_count() or 1,
    base_url: Annotated[
        str, typer.Option(help="Address where the site will stand, for sitemap and social previews.")
    ] = "",
    contact: Annotated[
        str, typer.Option(help="Mail address or page where readers can report a mistake; stands on the site.")
    ] = "",
    logo: Annotated[Path | None, typer.Option(help="Own logo at the head of every page (svg, png, jpg, webp).")] = None,
    logo_text: Annotated[str, typer.Option(help="Name of the publisher, for those who do not see the logo.")] = "",
    serve: Annotated[bool, typer.Option("--serve", help="Show the site on this machine, until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port for --serve; 0 takes a free one.")] = 8000,
) -> None:
    """Make the website around the reports; run `lekp batch` for the same edition first."""
    fork = can_fork()
    if fork:
        ensure_single_threaded()
    from lekp_lib.edition import Edition
    from lekp_lib.site.build import build_site
    from lekp_lib.site.contact import read_contact
    from lekp_lib.site.frame import Look
    from lekp_lib.site.logo import read_logo
    from lekp_lib.site.reports import check_reports, find_reports
    from lekp_lib.site.standing import older_editions, read_standing
    from lekp_lib.site.world import SiteWorld

    console = Console(soft_wrap=True, highlight=False)
    folder = site_dir or output_dir / "site"
    with errors_for_people():
        started = time.perf_counter()
        reach = read_contact(contact)
        edition = Edition.open(editie)
        found = find_reports(output_dir, edition)
        check_reports(found, edition, output_dir, allow_missing=allow_missing)
        standing = read_standing(folder)
        older = older_editions(standing, edition)
        today = dt.datetime.now().astimezone().date()
        world = SiteWorld(edition, today, found.reports, older, reach)
        look = Look(
            base_url=_address(base_url),
            logo=read_logo(logo, logo_text) if logo else None,
            logo_text=logo_text.strip(),
        )
        built = build_site(world, look, standing, workers)
    if found.missing:
        console.print(f"{len(found.missing)} municipalities have no report; their pages say so.")
    console.print(
        f"{plain(str(folder))}: {built.pages} pages, {built.files} files, {built.size / _MEGABYTE:.1f} MB "
        f"({time.perf_counter() - started:.1f} s)"
    )
    if serve:
        _show(folder, port, console)
