"""``lekp data`` and ``lekp list``: figures come in and become editions, and what there is.

Each command calls one function of its room and tells what came of it.
"""

import datetime as dt
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.markup import escape
from rich.progress import Progress
from typer import Argument, Option

from lekp_lib.cli import shared
from lekp_lib.cli.shared import DATA, OWN, DataDir, OwnFolder, Today, count, say
from lekp_lib.cli.tables import show, write_table
from lekp_lib.data.checks import plain
from lekp_lib.data.fetch import PoliteSession
from lekp_lib.data.importing import ImportContext, ImportPlan, Origin, apply_import, plan_import, select_imports
from lekp_lib.data.providers import update_all
from lekp_lib.data.schema import find_connections, load_shapes
from lekp_lib.data.store import Ledger, RawStore, data_lock, first_day, keep_boundaries, source_statuses, write_calendar
from lekp_lib.data.workbook import write_template
from lekp_lib.edition import edition as editions
from lekp_lib.edition import prepare as making
from lekp_lib.edition.corrections import MODELS, export_form, import_form, read_folder, read_remarks
from lekp_lib.errors import ParameterError
from lekp_lib.indicators.compare import verdict_changes
from lekp_lib.pact import load_catalog, own_files
from lekp_lib.pact.loader import usable_files
from lekp_lib.parameters import ReportParameters
from lekp_lib.paths import write_file
from lekp_lib.present.format import date_text
from lekp_lib.present.municipality import open_report
from lekp_lib.present.quality import rhythm_words, status_events
from lekp_lib.register import load_register

data = typer.Typer()
form = typer.Typer(help="Correcties en toelichtingen als werkboek.", no_args_is_help=True)
lists = typer.Typer()
data.add_typer(form, name="form")

_DIFFERENCES = [
    "wat", "nis", "gemeente", "doel", "reeks", "peildatum", "vroeger", "nu", "eenheid", "status vroeger", "status nu",
]  # fmt: skip
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
    own = own_files(map_)
    usable = usable_files(own)
    say(*(f"weggelaten: {file.path} is nog niet in orde; zie lekp check" for file in own if file not in usable))
    return ImportContext(load_catalog(own=usable), load_register(), data_dir, map_)


def _tables(plan: ImportPlan) -> dict[str, pd.DataFrame]:
    """Refused rows, findings and changes of an import, as people read them."""
    findings = [(LEVELS[item.level], item.rule, item.where, item.message) for item in plan.findings]
    changes = plan.changes.assign(kind=plan.changes["kind"].map(KINDS)).astype(object)
    changes[["old", "new"]] = changes[["old", "new"]].map(plain, na_action="ignore")
    refused = plan.result.refused.set_axis(["Bestand", "Rij", "Cel", "Gevonden", "Verwacht", "Raad"], axis=1)
    return {
        "Geweigerde rijen": refused,
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
    entry = apply_import(plan, accept_partial=accept_partial, confirm=bevestig)
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
    found = load_shapes(map_).values()
    rows = [(shape.id, shape.title, ", ".join(shape.formats), shape.yields, shape.note) for shape in found]
    show(rows, ["--as", "Bestand", "Formaat", "Geeft", "Uitleg"], shown=len(rows))


@data.command()
def template(
    vandaag: Today,
    gemeenten: Annotated[
        list[str] | None, Argument(metavar="[GEMEENTE]...", help="Naam of NIS-code; zonder: een leeg sjabloon.")
    ] = None,
    uit: Annotated[Path | None, Option(help="Te schrijven bestand (.xlsx of .csv); anders GEMEENTE.xlsx.")] = None,
    editie: Annotated[str, Option(help="Editie die zegt wat ontbreekt (id of pad).")] = "gepubliceerd",
    alles: Annotated[bool, Option("--alles", help="Ook de cijfers die er al zijn.")] = False,
    breed: Annotated[bool, Option("--breed", help="Eén rij per gemeente en datum.")] = False,
    datum: Annotated[str, Option(help="Datum die al ingevuld is (JJJJ-MM-DD).")] = "",
    map_: OwnFolder = OWN,
) -> None:
    """Schrijf een sjabloon met een rij per cijfer dat ontbreekt: niveau, wie het bewaart, en wat u vraagt."""
    context, edition = _context(map_, DATA), editions.Edition.open(str(_edition_folder(DATA, editie)))
    if context.catalog.own_files:
        edition = edition.with_catalog(context.catalog)
    reports = [open_report(gemeente=name, edition=edition) for name in gemeenten or ()]
    rows = pd.concat([report.sjabloon(alles) for report in reports] or [pd.DataFrame(columns=["nis"])])
    path = uit or Path(f"{reports[0].slug if reports else 'lekp-sjabloon'}.xlsx")
    everywhere = context.register.municipalities(vandaag)
    write_template(path, edition.catalog, everywhere, rows, date=datum, made_from=edition.label, wide=breed)
    say(f"sjabloon: {path}, {count(len(rows), 'rij', 'rijen')} om in te vullen, uit {edition.label}")
    if reports:
        say(f"daarna: lekp report {reports[0].slug} --cijfers {path}")


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


def _edition_folder(data_dir: Path, text: str) -> Path:
    """Folder of an edition by id, below the data folder first, or by path."""
    return editions.find_edition(text, data_dir / editions.EDITIONS_FOLDER)


@data.command()
def check(
    vandaag: Today,
    map_: OwnFolder = OWN,
    data_dir: DataDir = DATA,
    peildatum: shared.ReferenceDate | None = None,
) -> None:
    """Kijk alle correcties en toelichtingen na: vorm, doelen, plaatsen, en of de cijfers zijn zoals verwacht."""
    if not map_.is_dir():
        raise ParameterError(f"{map_}: geen map; verwacht een map met correcties/ en toelichtingen/")
    catalog, register, on = load_catalog(own=own_files(map_)), load_register(), peildatum or vandaag
    files = {kind: read_folder(map_ / kind) for kind in MODELS}
    remarks = read_remarks(files, catalog, register, on, vandaag)
    corrections = count(len(remarks["correcties"]), "correctie", "correcties")
    explanations = count(len(remarks["toelichtingen"]), "toelichting", "toelichtingen")
    number = count(sum(map(len, files.values())), "bestand", "bestanden")
    say(f"{corrections} en {explanations} in {number}: in orde")
    context = ImportContext(catalog, register, data_dir, map_)
    inputs = making.imported(context)
    if not inputs:
        say("er is nog niets ingelezen: of correcties het verwachte cijfer vinden, is niet nagekeken")
        return
    making.gather(inputs, remarks, context, on)
    say("elke actieve correctie vindt het cijfer dat ze verwacht")


@data.command()
def boundaries(
    file: Annotated[Path, Argument(help="GeoJSON met één gebied per gemeente en haar NIS-code.")],
    bron: Annotated[str, Option(help="Wie de grenzen maakte: id van een bron, zoals statbel.")],
    peildatum: shared.ReferenceDate,
    vandaag: Today,
    titel: Annotated[str, Option(help="Hoe de maker ze noemt; staat onder elke kaart.")] = "",
    url: shared.Address = "",
    published: shared.Published = None,
    data_dir: DataDir = DATA,
) -> None:
    """Bewaar een bestand met grenzen voor de kaarten; `lekp data update --source vrbg` haalt er een op."""
    if file.suffix.lower() not in {".geojson", ".json"}:
        raise ParameterError(f"{file}: gevonden {file.suffix!r} als einde van de naam; verwacht GeoJSON (.geojson)")
    register = load_register()
    areas, source = making.simplified(file, file.name, register, peildatum), load_catalog().source(bron)
    since = first_day(register, peildatum)
    passport = keep_boundaries(
        file, data_dir=data_dir, source=source, url=url, title=titel, published=published, since=since,
        retrieved=vandaag,
    )  # fmt: skip
    say(f"{file.name}: grenzen van {len(areas)} gemeenten, bewaard als {passport.sha256[:12]}")


@data.command()
def prepare(
    editie: Annotated[str, Option(help="Id van de nieuwe editie, zoals 2026.")],
    peildatum: shared.ReferenceDate,
    vandaag: Today,
    titel: Annotated[str, Option(help="Naam voor lezers.")] = "",
    vorige: Annotated[str, Option(help="Editie hiervoor (id of pad): verslagen zeggen wat veranderde.")] = "",
    vanaf: Annotated[str, Option(help="Editie om op verder te bouwen (id of pad); eigen cijfers gaan voor.")] = "",
    alleen: Annotated[list[str] | None, Option(help="Alleen deze import (zie `lekp data list`); mag vaker.")] = None,
    zonder: Annotated[list[str] | None, Option(help="Laat deze import weg; mag vaker.")] = None,
    map_: OwnFolder = OWN,
    data_dir: DataDir = DATA,
) -> None:
    """Maak een editie van alles wat ingelezen is, met correcties en toelichtingen."""
    before, base = (_edition_folder(data_dir, text) if text else None for text in (vorige, vanaf))
    context = ImportContext(load_catalog(own=own_files(map_)), load_register(), data_dir, map_)
    with data_lock(data_dir):
        folder, manifest, notes = making.prepare(
            editie, peildatum, context, built=vandaag, entries=select_imports(data_dir, alleen or (), zonder or ()),
            title=titel, predecessor=before, base=base,
        )  # fmt: skip
    say(*(f"  {note}" for note in notes))
    rows = ", ".join(f"{name} {entry.rows}" for name, entry in manifest.tables.items() if entry.rows)
    say(f"editie {manifest.id}: {folder} ({rows})")
    if manifest.fictitious:
        say(f"elk verslag ervan zegt: {manifest.banner}", style="bold")


@data.command()
def rebuild(
    editie: Annotated[str, Argument(help="Editie (id of pad), gemaakt met `lekp data prepare`.")],
    naar: Annotated[Path, Option(help="Map voor de kopie; mag nog niet bestaan.")],
    data_dir: DataDir = DATA,
) -> None:
    """Maak een editie opnieuw uit haar manifest en de ruwe bestanden, en vergelijk byte voor byte."""
    differing = making.rebuild(_edition_folder(data_dir, editie), naar, data_dir=data_dir, register=load_register())
    say(f"{naar}: " + (f"andere bytes in {', '.join(differing)}" if differing else "dezelfde bytes"))
    raise typer.Exit(bool(differing))


def _differences(old: editions.Edition, new: editions.Edition) -> pd.DataFrame:
    """All that differs between two editions, verdicts first."""
    names = dict(editions.AREA_NAMES)
    for edition in (old, new):
        names |= {place.nis: place.name for place in edition.register.municipalities(edition.reference_date)}
    verdicts = verdict_changes(old, new, ReportParameters(gemeente="*")).assign(wat="oordeel")
    verdicts["peildatum"] = verdicts["reference_date"].dt.date
    figures = editions.diff_figures(old, new)
    known = {(target.id, one.id): one for target in new.catalog.measured for one in target.indicators}
    series = [known[key] for key in zip(figures["target_id"], figures["indicator"], strict=True)]
    figures["reeks"], figures["eenheid"] = [one.label for one in series], [one.unit.symbol for one in series]
    figures["peildatum"] = figures["reference_date"].dt.date
    moments = {"value_before": "vroeger", "value_after": "nu", "status_before": "status vroeger"}
    figures = figures.rename(columns={"kind": "wat", "status_after": "status nu", **moments})
    verdicts = verdicts.rename(columns={"before": "vroeger", "after": "nu"}).astype(object)
    frame = pd.concat([verdicts, figures.astype(object)], ignore_index=True)
    frame["gemeente"] = frame["nis"].map(names)
    frame["doel"] = frame["target_id"].map({target.id: target.name for target in new.catalog.measured})
    return frame.reindex(columns=_DIFFERENCES)


@data.command()
def diff(
    vroeger: Annotated[str, Argument(help="De vroegere editie (id of pad).")],
    nu: Annotated[str, Argument(help="De latere editie (id of pad).")],
    naar: Annotated[Path | None, Option(help="Schrijf ook naar dit bestand (.csv of .xlsx).")] = None,
    data_dir: DataDir = DATA,
) -> None:
    """Toon wat verschilt tussen twee edities: herziene, nieuwe en verdwenen cijfers, en andere oordelen."""
    old, new = (editions.Edition.open(str(_edition_folder(data_dir, text))) for text in (vroeger, nu))
    frame = _differences(old, new)
    title = f"Wat veranderde van {old.title} naar {new.title}"
    show(frame, ["wat", "gemeente", "doel", "peildatum", "vroeger", "nu"], title=title)
    if naar is not None:
        write_table(frame, naar)
        say(f"{naar}: {len(frame)} rijen")


@data.command()
def status(
    vandaag: Today,
    naar: Annotated[list[Path] | None, Option(help="Schrijf ook naar dit bestand (.csv, .xlsx, .ics).")] = None,
    map_: OwnFolder = OWN,
    data_dir: DataDir = DATA,
) -> None:
    """Toon van elke bron het ritme, het laatste cijfer, wanneer het volgende verwacht wordt, en of het te laat is."""
    context = _context(map_, data_dir)
    newest = making.newest_reference_dates(context)
    statuses = source_statuses(context.catalog, RawStore(data_dir).passports(), newest, vandaag)
    rows = [
        {
            "bron": item.source.name, "ritme": rhythm_words(item.source), "laatste peildatum": item.last_reference,
            "opgehaald": item.retrieved, "gepubliceerd": item.published, "volgende verwacht": item.next_expected,
            "te laat": "te laat" if item.overdue else None,
        }
        for item in statuses
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    columns = ["bron", "ritme", "laatste peildatum", "volgende verwacht", "te laat"]
    show(frame, columns, title=f"Bronnen op {date_text(vandaag)}")
    for path in naar or []:
        if path.suffix.lower() == ".ics":
            stamp = dt.datetime.combine(vandaag, dt.time(), dt.UTC)
            write_file(path, write_calendar(status_events(statuses), "LEKP-bronnen", stamp))
        else:
            write_table(frame, path)
        say(path)


@form.command("export")
def form_export(bestand: Annotated[Path, Argument(help="Nieuw werkboek (.xlsx).")], map_: OwnFolder = OWN) -> None:
    """Schrijf alle correcties en toelichtingen naar een werkboek met uitleg en keuzelijsten."""
    if bestand.suffix.lower() != ".xlsx":
        raise ParameterError(f"{bestand}: gevonden {bestand.suffix!r} als einde van de naam; verwacht .xlsx")
    write_file(bestand, export_form(map_, load_catalog(own=own_files(map_))))
    say(bestand)


@form.command("import")
def form_import(bestand: Annotated[Path, Argument(help="Ingevuld werkboek (.xlsx).")], map_: OwnFolder = OWN) -> None:
    """Schrijf de rijen van een ingevuld werkboek als YAML-bestanden: allemaal of geen enkele."""
    written, unchanged, entries = import_form(bestand, map_)
    say(*(f"{path}: geschreven" for path in written))
    say(*(f"{path}: dezelfde gegevens, blijft zoals het is" for path in unchanged))
    say(f"{count(entries, 'rij', 'rijen')}. Doe nu `lekp data check`.")


@lists.command("municipalities")
def list_municipalities(
    op: Annotated[dt.date, shared.day_option(help="Dag van de lijst.", default_factory=lambda: "2025-01-01")],
) -> None:
    """Alle gemeenten op een dag: code, naam, provincie en versie van het pact."""
    register = load_register()
    rows = [
        (place.nis, place.name, place.province, register.pact_version(place.nis, op) or "niet ondertekend")
        for place in register.municipalities(op)
    ]
    show(rows, ["NIS", "Gemeente", "Provincie", "Pact"], shown=len(rows))


@lists.command("targets")
def list_targets(map_: OwnFolder = OWN) -> None:
    """De doelen van het pact, uw eigen doelen en de cijfers ernaast: nummer, id, naam en niveau per versie."""
    rows = []
    for target in load_catalog(own=own_files(map_)).measured:
        levels = "\n".join(f"{version}: {level.text}" for version, level in target.levels.items())
        kind = "context" if target.is_context else "eigen" if target.is_own else str(target.nr or "2.1")
        rows.append((kind, target.id, target.name, levels or "geen doel, geen oordeel"))
    show(rows, ["Nr", "Id", "Doel", "Niveau"], shown=len(rows))


@lists.command("editions")
def list_editions() -> None:
    """De edities in lekp zelf, en die u zelf maakte in deze map."""
    rows = []
    for name in (*editions.embedded_editions(), *editions.prepared_editions()):
        manifest = editions.read_manifest(editions.find_edition(name))
        figures = sum(manifest.tables[table].rows for table in ("figures", "former", "totals"))
        rows.append((name, manifest.title, manifest.reference_date, figures, manifest.origin))
    show(rows, ["Id", "Editie", "Peildatum", "Cijfers", "Herkomst"], shown=len(rows))
