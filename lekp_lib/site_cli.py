"""``lekp site``: the reports of an edition as one website."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lekp_lib.batch.alone import become_alone, can_fork
from lekp_lib.console import errors_for_people, plain

_MEGABYTE = 1_000_000


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
) -> None:
    """Make the website around the reports; run `lekp batch` for the same edition first."""
    fork = can_fork()
    if fork:
        become_alone()
    from lekp_lib.edition import Edition
    from lekp_lib.site.build import build_site
    from lekp_lib.site.contact import read_contact
    from lekp_lib.site.frame import Look
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
        look = Look(base_url=base_url and base_url.rstrip("/") + "/")
        built = build_site(world, look, standing, workers)
    if found.missing:
        console.print(f"{len(found.missing)} municipalities have no report; their pages say so.")
    console.print(
        f"{plain(str(folder))}: {built.pages} pages, {built.files} files, {built.size / _MEGABYTE:.1f} MB "
        f"({time.perf_counter() - started:.1f} s)"
    )
