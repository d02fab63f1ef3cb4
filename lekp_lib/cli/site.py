"""``lekp site``: the reports of an edition as one website."""

import datetime as dt
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from typer import Option

from lekp_lib.cli import shared
from lekp_lib.cli.shared import say
from lekp_lib.errors import ParameterError

_PAGE = r"https?://[^\s<>\"']+"
_MAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"


def _checked(option: str, text: str, pattern: str, expected: str) -> str:
    """What was typed without blanks around it, when it has the form that is expected or is empty."""
    if text.strip() and not re.fullmatch(pattern, text.strip()):
        raise ParameterError(f"{option}: gevonden {text!r}; verwacht {expected}")
    return text.strip()


def site(
    editie: shared.EditionName = "gepubliceerd",
    output_dir: shared.OutputDir = shared.OUTPUTS,
    site_dir: Annotated[Path | None, Option(help="Map van de site; anders site/ bij de verslagen.")] = None,
    allow_missing: Annotated[bool, Option("--allow-missing", help="Ook als gemeenten geen verslag hebben.")] = False,
    workers: shared.Workers = shared.CPUS,
    adres: Annotated[str, Option("--adres", "--base-url", help="Adres waar de site komt te staan.")] = "",
    contact: Annotated[str, Option(help="Mailadres of pagina waar lezers een fout kunnen melden.")] = "",
    logo: Annotated[Path | None, Option(help="Eigen logo boven elke pagina (png).")] = None,
    logo_text: Annotated[str, Option(help="Naam van de uitgever, voor wie het logo niet ziet.")] = "",
    serve: Annotated[bool, Option("--serve", help="Toon de site op deze computer, tot Ctrl-C.")] = False,
    port: Annotated[int, Option(min=0, max=65535, help="Poort voor --serve; 0 neemt een vrije.")] = 8000,
) -> None:
    """Maak de website rond de verslagen; maak die eerst met `lekp batch` van dezelfde editie."""
    from lekp_lib.edition import Edition
    from lekp_lib.site.build import HOST, build_site, local_server, older_editions, read_logo, read_output_folder
    from lekp_lib.site.context import SiteContext, check_reports, find_reports

    started, folder = time.perf_counter(), site_dir or output_dir / "site"
    mail_or_page = "een mailadres (klimaat@gemeente.be) of een adres dat begint met https://"
    reach = _checked("--contact", contact, f"{_PAGE}|{_MAIL}", mail_or_page)
    address = _checked("--adres", adres, _PAGE, "een volledig adres zoals https://klimaat.example/pact/")
    edition = Edition.open(editie)
    picture = read_logo(logo, logo_text) if logo else b""
    output = read_output_folder(folder)
    older = older_editions(output, edition)
    reports, missing = find_reports(output_dir, edition)
    check_reports(output_dir, edition, missing, allow_missing=allow_missing, any_report=bool(reports))
    today, base = dt.datetime.now().astimezone().date(), address and address.rstrip("/") + "/"
    built = build_site(
        SiteContext(edition, today, reports, older, reach, base, picture, logo_text.strip()), output, workers
    )
    if missing:
        say(f"{len(missing)} gemeenten hebben geen verslag; hun pagina's zeggen dat.")
    size = f"{built.pages} pagina's, {built.files} bestanden, {built.size / 1e6:.1f} MB"
    say(f"{folder}: {size} ({time.perf_counter() - started:.1f} s)")
    if serve:
        with local_server(folder, port) as server:
            say(f"http://{HOST}:{server.server_port}/ (Ctrl-C stopt)")
            with suppress(KeyboardInterrupt):
                server.serve_forever()
