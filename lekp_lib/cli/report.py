"""``lekp report``, ``lekp flanders``, ``lekp batch`` and ``lekp site``: one report, that of all together, all of them.

The site is made around them.
"""

import datetime as dt
import re
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option

from lekp_lib.cli import shared
from lekp_lib.cli.shared import errors_for_people, say
from lekp_lib.errors import ParameterError
from lekp_lib.paths import find_notebook

_PAGE = r"https?://[^\s<>\"']+"
_MAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
#: Of a batch: all reports are there / some are not / nothing could start.
OK, SOME_FAILED, NOT_STARTED = 0, 1, 2


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _chosen(text: str, known: Collection[str]) -> list[str]:
    """Formats that were asked for, in the order in which they are made."""
    asked = _items(text)
    if text and (not asked or set(asked) - set(known)):
        names = ", ".join(known)
        raise ParameterError(f"--formats: er staat {text!r}; verwacht wordt een keuze uit {names}, met komma's")
    return [name for name in known if name in asked]


def _tell(make: Callable[[], Any]) -> None:
    """Make one report and say where it is; ends with exit code 1 when it fails."""
    with errors_for_people():
        made = make()
        files = (f"  {path}" for paths in made.files.values() for path in paths)
        notes = (f"  let op: {note}" for note in made.notes)
        say(f"{made.name}: {made.folder} ({sum(made.seconds.values()):.1f} s)", *files, *notes)


def _fails_in_child(make: Callable[[], Any]) -> bool:
    """Whether it fails in a process of its own, because a process runs one notebook."""
    from lekp_lib.report.processes import new_process

    child = new_process(_tell, (make,))
    child.start()
    child.join()
    return bool(child.exitcode)


def _render(
    places: list[str], given: dict[str, Any], formats: str, notebook: Path | None, flanders: bool, **settings: Any
) -> None:
    """Make the reports of municipalities, or that of all together."""
    from lekp_lib.parameters import read_parameters
    from lekp_lib.report.make import FLANDERS_FORMATS, FORMATS, render_report

    known, name = (FLANDERS_FORMATS, "vlaanderen.ipynb") if flanders else (FORMATS, "gemeenterapport.ipynb")
    asked, wanted = [read_parameters({"gemeente": place, **given}) for place in places], _chosen(formats, known)
    source = notebook or find_notebook(name)
    make = partial(render_report, notebook=source, formats=wanted, flanders=flanders, **settings)
    if len(asked) == 1:
        _tell(partial(make, asked[0]))
    else:
        failed = [_fails_in_child(partial(make, parameters)) for parameters in asked]
        raise typer.Exit(any(failed))


def report(
    places: Annotated[list[str], Argument(metavar="GEMEENTE...", help="Naam, vroegere naam of NIS-code.")],
    editie: shared.EditionName = "gepubliceerd",
    pact: Annotated[str, Option(help="Versie van het pact: auto, 1.0, 2.0 of 2.1.")] = "auto",
    noemerjaar: shared.DenominatorYear = 2020,
    wooneenheden: shared.Dwellings = "woningen",
    formats: shared.Formats = "",
    logo: Annotated[str, Option(help="Logo van de gemeente: pad van een png-bestand.")] = "",
    huisstijl: Annotated[str, Option(help="Accentkleur van de pagina, zoals #0B5394.")] = "",
    cijfers: Annotated[
        str, Option(help="Ingevuld sjabloon: eigen cijfers in dit verslag, die niet bewaard worden.")
    ] = "",
    output_dir: shared.OutputDir = shared.OUTPUTS,
    notebook: shared.Notebook = None,
    engine: shared.Engine = "warm",
) -> None:
    """Maak het verslag van een of meer gemeenten; formaten die u niet vraagt, blijven zoals ze zijn."""
    given = {
        "editie": editie, "pact": pact, "noemerjaar": noemerjaar, "wooneenheden": wooneenheden, "logo": logo,
        "huisstijl": huisstijl, "cijfers": cijfers,
    }  # fmt: skip
    _render(places, given, formats, notebook, flanders=False, output_dir=output_dir, engine=engine)


def flanders(
    editie: shared.EditionName = "gepubliceerd",
    noemerjaar: shared.DenominatorYear = 2020,
    wooneenheden: shared.Dwellings = "woningen",
    formats: Annotated[str, Option(help="Formaten met komma's ertussen: html, pdf, csv.")] = "",
    output_dir: shared.OutputDir = shared.OUTPUTS,
    notebook: shared.Notebook = None,
    engine: shared.Engine = "warm",
) -> None:
    """Maak het verslag over Vlaanderen: alle gemeenten samen."""
    given = {"editie": editie, "noemerjaar": noemerjaar, "wooneenheden": wooneenheden}
    _render(["*"], given, formats, notebook, flanders=True, output_dir=output_dir, engine=engine)


def batch(
    editie: shared.EditionName = "",
    gemeenten: Annotated[str, Option(help="Namen of NIS-codes met komma's ertussen; alle voor allemaal.")] = "",
    provincie: Annotated[list[str] | None, Option(help="Alleen deze provincie; mag vaker.")] = None,
    parameters: Annotated[Path | None, Option(help="YAML-bestand met parameters; opties gaan erboven.")] = None,
    formats: shared.Formats = "",
    workers: shared.Workers = shared.CPUS,
    force: Annotated[bool, Option("--force", help="Maak ook opnieuw wat actueel is.")] = False,
    dry_run: Annotated[bool, Option("--dry-run", help="Zeg alleen wat er gemaakt zou worden.")] = False,
    retry: Annotated[bool, Option("--retry", help="Alleen wat vorige keer mislukte of afgebroken werd.")] = False,
    controleer: Annotated[bool, Option("--controleer", help="Vergelijk elk bestand met zijn vingerafdruk.")] = False,
    engine: shared.Engine = "warm",
    timeout: Annotated[float, Option(min=1, help="Seconden die één verslag mag duren.")] = 300.0,
    max_failed: Annotated[int, Option(min=0, help="Zoveel mislukte verslagen geven nog code 0.")] = 0,
    notebook: shared.Notebook = None,
    output_dir: shared.OutputDir = shared.OUTPUTS,
    dask: Annotated[str, Option(help="Adres van een Dask-scheduler die de verslagen laat maken.")] = "",
    onveilig: Annotated[bool, Option("--onveilig", help="Met --dask: een ander adres zonder TLS.")] = False,
) -> None:
    """Maak de verslagen van alle gemeenten, of van een keuze; wat actueel is, blijft zoals het is.

    Met alle gemeenten komt ook het verslag over Vlaanderen er.

    Code 0: alle verslagen zijn er. Code 1: er ontbreken er (meer dan --max-failed). Code 2: er kon niets beginnen.
    """
    with errors_for_people(NOT_STARTED):
        from lekp_lib.batch.run import PAGE_FILE, Status, guard, left_over, make_reports, run_batch
        from lekp_lib.report.processes import can_fork

        if can_fork():
            guard()
        from rich.console import Console

        from lekp_lib.batch.plan import make_plan, read_batch
        from lekp_lib.edition import find_edition, read_manifest

        places = "alle" if gemeenten.strip() == "alle" else _items(gemeenten)
        given = {"editie": editie, "gemeenten": places, "provincies": provincie, "formaten": _items(formats)}
        choice = read_batch(parameters, {name: value for name, value in given.items() if value})
        executor = partial(make_reports, workers=workers, timeout_s=timeout)
        if dask:
            from lekp_lib.batch.cluster import check_address, run_on_cluster

            check_address(dask, unsafe=onveilig)
            executor = partial(run_on_cluster, address=dask, timeout_s=timeout)
        only = left_over(output_dir / read_manifest(find_edition(choice.editie)).id) if retry else None
        sources = notebook or find_notebook(), find_notebook("vlaanderen.ipynb")
        settings = {
            "Motor": engine, "Werkers": dask or str(workers), "Formaten": ", ".join(choice.formaten),
            "Notebook": str(sources[0]), "Tijdslimiet": f"{timeout:g} s",
        }  # fmt: skip
        plan = make_plan(
            choice, notebooks=sources, output_dir=output_dir, engine=engine, force=force, by_hash=controleer, only=only
        )
        say(f"{plan.manifest.title} ({plan.manifest.id}). {plan.manifest.banner}".strip())
        say(f"Te maken: {len(plan.tasks)}; actueel: {len(plan.up_to_date)}.")
        say(*(f"  {count} × {reason}" for reason, count in plan.reasons.most_common()))
        if dry_run:
            raise typer.Exit(OK)
        console = Console(soft_wrap=True, highlight=False)
        record = run_batch(plan, executor, settings=settings, console=console, keep_earlier=retry)
    counts = ", ".join(f"{len(record.having(status))} {status}" for status in Status if record.having(status))
    early = f"Vroegtijdig gestopt: {record.reason}" if record.reason else ""
    say(f"{counts} in {record.seconds:.1f} s", early, record.remark, f"Runverslag: {plan.folder / PAGE_FILE}")
    enough = not record.having(Status.ABORTED) and len(record.having(Status.FAILED)) <= max_failed
    raise typer.Exit(OK if enough else SOME_FAILED)


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
    from lekp_lib.present.blocks import read_logo
    from lekp_lib.site.build import HOST, build_site, local_server, older_editions, read_output_folder
    from lekp_lib.site.context import SiteContext, check_reports, find_reports

    started, folder = time.perf_counter(), site_dir or output_dir / "site"
    mail_or_page = "een mailadres (klimaat@gemeente.be) of een adres dat begint met https://"
    reach = _checked("--contact", contact, f"{_PAGE}|{_MAIL}", mail_or_page)
    address = _checked("--adres", adres, _PAGE, "een volledig adres zoals https://klimaat.example/pact/")
    edition = Edition.open(editie)
    if logo and not logo_text.strip():
        raise ParameterError(f"--logo {logo}: geen woorden voor wie het niet ziet; geef de uitgever met --logo-text")
    picture = read_logo(logo, "--logo")[0] if logo else b""
    output = read_output_folder(folder)
    older = older_editions(output, edition)
    reports, missing = find_reports(output_dir, edition)
    check_reports(output_dir, edition, missing, allow_missing=allow_missing, any_report=bool(reports))
    today, base = dt.datetime.now().astimezone().date(), address and address.rstrip("/") + "/"
    context = SiteContext(edition, today, reports, older, reach, base, picture, logo_text.strip())
    built = build_site(context, output, workers)
    absent = f"{len(missing)} gemeenten hebben geen verslag; hun pagina's zeggen dat." if missing else ""
    size = f"{built.pages} pagina's, {built.files} bestanden, {built.size / 1e6:.1f} MB"
    say(absent, f"{folder}: {size} ({time.perf_counter() - started:.1f} s)")
    if serve:
        with local_server(folder, port) as server:
            say(f"http://{HOST}:{server.server_port}/ (Ctrl-C stopt)")
            with suppress(KeyboardInterrupt):
                server.serve_forever()
