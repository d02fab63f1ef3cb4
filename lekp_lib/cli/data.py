"""``lekp data``: figures come in. Each command calls one function of its room and tells what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.markup import escape
from rich.progress import Progress
from typer import Argument, Option

from lekp_lib.cli import editions, shared
from lekp_lib.cli.shared import DATA, OWN, DataDir, OwnFolder, Today, say
from lekp_lib.cli.tables import show, write_table
from lekp_lib.data.checks import plain
from lekp_lib.data.fetch import PoliteSession
from lekp_lib.data.importing import ImportContext, ImportPlan, Origin, apply_import, plan_import
from lekp_lib.data.providers import update_all
from lekp_lib.data.schema import find_connections, load_shapes
from lekp_lib.data.store import Ledger, RawStore
from lekp_lib.data.workbook import write_template
from lekp_lib.errors import ParameterError
from lekp_lib.pact import load_catalog, own_files, usable_files
from lekp_lib.register import load_register

data = typer.Typer()
data.add_typer(editions.form, name="form")
for _command in (
    editions.check, editions.boundaries, editions.prepare, editions.rebuild, editions.diff, editions.status,
):  # fmt: skip
    data.command()(_command)

STATES = {
    "new": "nieuw, vanaf nu in gebruik",
    "stored": "nieuw, maar nog niet ingelezen",
    "unchanged": "ongewijzigd sinds de vorige keer",
    "kept": "mislukt, de laatste goede kopie blijft in gebruik",
    "absent": "mislukt, en er is geen eerdere kopie",
}
LEVELS = {"error": "fout", "confirm": "te bevestigen", "warning": "na te kijken"}
KINDS = {"new": "nieuw", "revised": "herzien", "unchanged": "ongewijzigd"}


def _options(given: list[str]) -> dict[str, str]:
    """``name=text`` pairs as a mapping."""
    pairs = [[part.strip() for part in item.partition("=")] for item in given]
    if wrong := [item for item, parts in zip(given, pairs, strict=True) if not all(parts)]:
        raise ParameterError(f"--option {wrong[0]!r}: verwacht naam=waarde, zoals datum=2025-12-31")
    return {name: text for name, _, text in pairs}


def _context(map_: Path, data_dir: Path) -> ImportContext:
    """What imports are read against; a half-filled declaration of one's own is named and left out."""
    own, left_out = usable_files(own_files(map_))
    say(*(f"weggelaten: {problem}" for problem in left_out))
    return ImportContext(load_catalog(own=own), load_register(), data_dir, map_)


def _tables(plan: ImportPlan) -> dict[str, pd.DataFrame]:
    """Refused rows, findings and changes of an import, as people read them."""
    findings = [(LEVELS[item.level], item.rule, item.where, item.message) for item in plan.findings]
    changes = plan.changes.assign(kind=plan.changes["kind"].map(KINDS)).astype(object)
    changes[["old", "new"]] = changes[["old", "new"]].map(plain, na_action="ignore")
    return {
        "Geweigerde rijen": plan.result.refused.set_axis(
            ["Bestand", "Rij", "Cel", "Gevonden", "Verwacht", "Raad"], axis=1
        ),
        "Plausibiliteit": pd.DataFrame(findings, columns=["Ernst", "Regel", "Waar", "Bevinding"]),
        "Cijfers": changes.set_axis(["Wijziging", "NIS", "Cijfer", "Datum", "Oud", "Nieuw"], axis=1),
    }


def _report(plan: ImportPlan) -> pd.DataFrame:
    """Everything of an import in one table: it can go back to whoever made the figures."""
    refused, findings, changes = _tables(plan).values()
    parts = [
        refused.assign(Soort="geweigerd", Waar=refused["Bestand"] + ": " + refused["Cel"]),
        findings.rename(columns={"Ernst": "Soort", "Bevinding": "Gevonden", "Regel": "Cijfer"}),
        changes.rename(columns={"Wijziging": "Soort", "NIS": "Waar"}),
        pd.DataFrame({"Soort": "nota", "Waar": plan.path.name, "Gevonden": list(plan.notes)}),
    ]
    columns = ["Soort", "Waar", "Cijfer", "Datum", "Oud", "Nieuw", "Gevonden", "Verwacht", "Raad"]
    return pd.concat([part.reindex(columns=columns).astype(object) for part in parts])


@data.command("import")
def import_(
    file: Annotated[Path, Argument(help="Het bestand met cijfers.")],
    as_: Annotated[str, Option("--as", help="Vorm van het bestand; zie `lekp data shapes`.")],
    vandaag: Today,
    dry_run: Annotated[bool, Option("--dry-run", help="Toon alleen wat zou veranderen.")] = False,
    accept_partial: Annotated[bool, Option("--accept-partial", help="Laat geweigerde rijen weg.")] = False,
    bevestig: Annotated[bool, Option("--bevestig", help="Bevestig de onwaarschijnlijke cijfers.")] = False,
    option: Annotated[list[str] | None, Option(help="Wat niet in het bestand staat: datum=2025-12-31.")] = None,
    url: shared.Address = "",
    published: shared.Published = None,
    report: Annotated[Path | None, Option(help="Schrijf alle bevindingen naar dit bestand (.xlsx of .csv).")] = None,
    map_: OwnFolder = OWN,
    data_dir: DataDir = DATA,
) -> None:
    """Lees een bestand in: bekijk elke rij, toon wat verandert, en bewaar het bestand als er niets mis mee is."""
    context, origin = _context(map_, data_dir), Origin(url, "", published)
    plan = plan_import(file, as_, context, today=vandaag, options=_options(option or []), origin=origin)
    tables = _tables(plan)
    changes = tables.pop("Cijfers")
    if dry_run:
        tables["Cijfers"] = changes[changes["Wijziging"].ne("ongewijzigd")]
    for title, frame in tables.items():
        if not frame.empty:
            show(frame, title=f"{title} ({len(frame)})", option="--report")
    say(*(f"nota: {note}" for note in plan.notes))
    counts = ", ".join(f"{plan.count(kind)} {word}" for kind, word in KINDS.items())
    more = f", {len(plan.result.context)} rijen context" if len(plan.result.context) else ""
    say(f"{file.name}: {plan.result.rows} rijen: {counts}{more}, {len(plan.result.refused)} geweigerd")
    if report is not None:
        write_table(_report(plan), report)
        say(f"verslag: {report}")
    if dry_run:
        say("proef: er is niets geschreven")
        return
    entry = apply_import(plan, context, today=vandaag, accept_partial=accept_partial, confirm=bevestig, origin=origin)
    say(f"ingelezen als {entry.shape}, import {entry.id}, bewaard als {entry.sha256[:12]}")


@data.command("list")
def list_(data_dir: DataDir = DATA) -> None:
    """De imports van de datamap: nummer, dag, vorm, bestand, en of ze ingetrokken zijn."""
    names, rows = {item.sha256: item.name for item in RawStore(data_dir).passports()}, []
    for entry in Ledger(data_dir).lines():
        state = f"ingetrokken op {entry.withdrawn}: {entry.reason}" if entry.withdrawn else "in gebruik"
        options = ", ".join(f"{name}={text[:20]}" for name, text in entry.options.items())
        name = names.get(entry.sha256, "paspoort ontbreekt: lees het bestand opnieuw in")
        rows.append((entry.id, entry.date, entry.shape, name, options, state))
    if not rows:
        say("er is nog niets ingelezen")
        return
    show(rows, ["Import", "Ingelezen", "Vorm", "Bestand", "Opties", "Toestand"], shown=len(rows))


@data.command()
def withdraw(
    import_id: Annotated[str, Argument(help="Nummer van de import; zie `lekp data list`.")],
    vandaag: Today,
    reden: Annotated[str, Option(help="Waarom; blijft in de lijst van imports.")] = "zonder opgave van reden",
    data_dir: DataDir = DATA,
) -> None:
    """Trek een import in: latere edities doen het zonder. Lees het bestand opnieuw in, en het telt weer mee."""
    entry = Ledger(data_dir).withdraw(import_id, vandaag, reden)
    say(f"import {entry.id} ({entry.shape}) is ingetrokken; het bestand blijft bewaard")


@data.command()
def shapes(map_: OwnFolder = OWN) -> None:
    """De vormen van bestanden die ingelezen kunnen worden."""
    rows = [
        (item.id, item.title, ", ".join(item.formats), item.yields, item.note) for item in load_shapes(map_).values()
    ]
    show(rows, ["--as", "Bestand", "Formaat", "Geeft", "Uitleg"], shown=len(rows))


@data.command()
def template(
    vandaag: Today,
    to: Annotated[Path, Argument(help="Te schrijven bestand.")] = Path("lekp-sjabloon.xlsx"),
    xlsx: Annotated[bool, Option("--xlsx", help="Een werkboek met keuzelijsten.")] = False,
    csv: Annotated[bool, Option("--csv", help="Een csv-bestand.")] = False,
    breed: Annotated[bool, Option("--breed", help="Eén rij per gemeente en datum.")] = False,
    gemeente: Annotated[list[str] | None, Option(help="Gemeente waarvan de rijen klaarstaan; mag vaker.")] = None,
    datum: Annotated[str, Option(help="Datum die al ingevuld is (JJJJ-MM-DD).")] = "",
    map_: OwnFolder = OWN,
) -> None:
    """Schrijf een leeg sjabloon, met uitleg en keuzelijsten."""
    if xlsx and csv:
        raise ParameterError("--xlsx en --csv samen; kies er een")
    path = to.with_suffix(".csv" if csv else ".xlsx" if xlsx else to.suffix.lower())
    context = _context(map_, DATA)
    places = tuple(context.register.resolve(text, vandaag).municipality for text in gemeente or [])
    everywhere = context.register.municipalities(vandaag)
    write_template(path, context.catalog, everywhere, places, datum, wide=breed)
    say(f"sjabloon: {path}")


@data.command()
def update(
    vandaag: Today,
    source: Annotated[list[str] | None, Option(help="Verbinding, zoals vrbg; anders allemaal.")] = None,
    offline: Annotated[bool, Option("--offline", help="Gebruik de bewaarde antwoorden; vraag niemand iets.")] = False,
    map_: OwnFolder = OWN,
    data_dir: DataDir = DATA,
) -> None:
    """Haal de nieuwste cijfers en grenzen op bij wie ze maakt; wat mislukt, laat de laatste goede kopie in gebruik."""
    absent = False
    with PoliteSession(data_dir, offline=offline) as session, Progress(transient=True) as bars:
        task, imports = bars.add_task("", total=None), _context(map_, data_dir)

        def progress(what: str, done: int, total: int) -> None:
            bars.update(task, description=escape(what), completed=done, total=total or None)

        connections = find_connections(tuple(source or ()), map_)
        for name, feed in update_all(connections, imports, session, vandaag, progress):
            absent = absent or feed.state == "absent"
            say(f"{name}: {feed.title}: {STATES[feed.state]}")
            if feed.failure:
                say(f"  reden: {feed.failure}")
            if feed.passport:
                size = f"{feed.passport.bytes} bytes, opgehaald op {feed.passport.retrieved}"
                say(f"  {feed.passport.name}, {size}")
            say(*(f"  {note}" for note in feed.notes))
    if absent:
        raise typer.Exit(1)
