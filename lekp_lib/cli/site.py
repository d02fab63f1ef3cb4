"""``lekp site``: the reports of an edition as one website."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lekp_lib.cli.console import errors_for_people, plain
from lekp_lib.errors import ParameterError

_MEGABYTE = 1_000_000
_CONTACT = re.compile(r"https?://[^\s<>\"']+|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def _address(text: str) -> str:
    """A full address with a slash at its end; empty stays empty."""
    if text and not text.startswith(("https://", "http://")):
        raise ParameterError(
            f"--adres: gevonden {text!r}; verwacht een volledig adres zoals https://klimaat.example/pact/"
        )
    return text and text.rstrip("/") + "/"


def _contact(text: str) -> str:
    """A mail address or the address of a page, without blanks around it."""
    given = text.strip()
    if given and not _CONTACT.fullmatch(given):
        raise ParameterError(
            f"--contact: gevonden {text!r}; verwacht een mailadres (klimaat@gemeente.be) of een adres dat begint met https://"
        )
    return given


def _show(folder: Path, port: int, console: Console) -> None:
    from lekp_lib.site.build import HOST, local_server

    with errors_for_people(), local_server(folder, port) as server:
        console.print(f"http://{HOST}:{server.server_port}/ (Ctrl-C stopt)")
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
    adres: Annotated[
        str, typer.Option("--adres", "--base-url", help="Address where the site will stand, for sitemap and feeds.")
    ] = "",
    contact: Annotated[
        str, typer.Option(help="Mail address or page where readers can report a mistake; stands on the site.")
    ] = "",
    logo: Annotated[Path | None, typer.Option(help="Own logo at the head of every page (png).")] = None,
    logo_text: Annotated[str, typer.Option(help="Name of the publisher, for those who do not see the logo.")] = "",
    serve: Annotated[bool, typer.Option("--serve", help="Show the site on this machine, until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port for --serve; 0 takes a free one.")] = 8000,
) -> None:
    """Make the website around the reports; run `lekp batch` for the same edition first."""
    from lekp_lib.edition import Edition
    from lekp_lib.site.build import build_site, older_editions, read_logo, read_output_folder
    from lekp_lib.site.context import SiteContext, check_reports, find_reports

    console = Console(soft_wrap=True, highlight=False)
    folder = site_dir or output_dir / "site"
    with errors_for_people():
        started = time.perf_counter()
        reach, address, edition = _contact(contact), _address(adres), Edition.open(editie)
        picture = read_logo(logo, logo_text) if logo else b""
        output = read_output_folder(folder)
        older = older_editions(output, edition)
        reports, missing = find_reports(output_dir, edition)
        check_reports(output_dir, edition, missing, allow_missing=allow_missing, any_report=bool(reports))
        today = dt.datetime.now().astimezone().date()
        context = SiteContext(edition, today, reports, older, reach, address, picture, logo_text.strip())
        built = build_site(context, output, workers)
    if missing:
        console.print(f"{len(missing)} gemeenten hebben geen verslag; hun pagina's zeggen dat.")
    console.print(
        f"{plain(str(folder))}: {built.pages} pagina's, {built.files} bestanden, {built.size / _MEGABYTE:.1f} MB "
        f"({time.perf_counter() - started:.1f} s)"
    )
    if serve:
        _show(folder, port, console)
