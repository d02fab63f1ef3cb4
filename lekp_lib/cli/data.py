"""``lekp data`` and ``lekp list``: figures come in and become editions, and what there is.

Each command calls one function of its room and tells what came of it.
"""

import datetime as dt
import io
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Column, Table
from typer import Argument, Option

from lekp_lib.cli import shared
from lekp_lib.cli.shared import DATA, OWN, DataDir, OwnFolder, Today, count, say
from lekp_lib.data import cells, checks, importing, schema, store, workbook
from lekp_lib.edition import corrections
from lekp_lib.edition import edition as editions
from lekp_lib.edition import prepare as making
from lekp_lib.errors import ParameterError
from lekp_lib.indicators.compare import verdict_changes
from lekp_lib.pact.loader import load_catalog, own_files, usable_files
from lekp_lib.parameters import ReportParameters
from lekp_lib.paths import write_file
from lekp_lib.present.format import date_text, safe_text
from lekp_lib.register import load_register

data = typer.Typer()
form = typer.Typer(help="Correcties en toelichtingen als werkboek.", no_args_is_help=True)
lists = typer.Typer()
data.add_typer(form, name="form")

Base = Annotated[str, Option(help="Editie om op verder te bouwen (id of pad); eigen cijfers gaan voor.")]

#: Columns of what differs between editions, and their heads.
_DIFFERENCES = {
    "kind": "wat", "nis": "nis", "place": "gemeente", "target": "doel", "series": "reeks",
    "reference_date": "peildatum", "before": "vroeger", "after": "nu", "unit": "eenheid",
    "status_before": "status vroeger", "status_after": "status nu",
}  # fmt: skip
_FINDINGS = ["Soort", "Waar", "Cijfer", "Datum", "Oud", "Nieuw", "Gevonden", "Verwacht", "Raad"]
STATES = {
    "new": "nieuw, vanaf nu in gebruik",
    "stored": "nieuw, maar nog niet ingelezen",
    "unchanged": "ongewijzigd sinds de vorige keer",
    "kept": "mislukt, de laatste goede kopie blijft in gebruik",
    "absent": "mislukt, en er is geen eerdere kopie",
}
LEVELS = {"error": "fout", "confirm": "te bevestigen", "warning": "na te kijken"}
KINDS = {"new": "nieuw", "revised": "herzien", "unchanged": "ongewijzigd"}


def _words(cell: Any) -> str:
    """A cell as text that no spreadsheet takes for a formula; empty where nothing is known."""
    if pd.isna(cell):
        return ""
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return str(safe_text(str(cell)))


def _show(frame: pd.DataFrame, title: str | None = None, option: str = "--naar", shown: int = 60) -> None:
    """Print the first rows of a table; texts stay text whatever they hold. ``option`` writes all rows to a file."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(120, console.width)  # a file or a pipe has no width of its own
    heads = (Column(name, overflow="fold", no_wrap=not place) for place, name in enumerate(frame.columns))
    table = Table(*heads, title=title, title_justify="left")
    for row in frame.head(shown).itertuples(index=False, name=None):
        numbers = (checks.plain(cell) if isinstance(cell, float) and pd.notna(cell) else cell for cell in row)
        table.add_row(*(escape(_words(cell)) for cell in numbers))
    if len(frame) > shown:
        table.caption = f"… en nog {len(frame) - shown} rijen; schrijf alles weg met {option}"
    console.print(table)


def _show_all(rows: list[tuple[Any, ...]], *columns: str) -> None:
    _show(pd.DataFrame(rows, columns=list(columns)), shown=len(rows))


def _write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table by the ending of its name, and say so: ``.xlsx``, or ``.csv`` with decimal points and ISO dates."""
    if path.suffix.lower() == ".csv":
        write_file(path, frame.map(_words).to_csv(index=False, lineterminator="\r\n").encode("utf-8"))
    elif path.suffix.lower() == ".xlsx":
        buffer, cells = io.BytesIO(), frame.map(lambda cell: _words(cell) if isinstance(cell, str | bool) else cell)
        options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
        with pd.ExcelWriter(buffer, engine="xlsxwriter", date_format="yyyy-mm-dd", engine_kwargs=options) as writer:
            writer.book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 -- the format knows no zone
            cells.to_excel(writer, index=False, freeze_panes=(1, 0))
            writer.sheets["Sheet1"].autofit(max_width=420)
        write_file(path, buffer.getvalue())
    else:
        raise _other_ending(path, ".csv of .xlsx")
    say(f"{path}: {count(len(frame), 'rij', 'rijen')}")


def _other_ending(path: Path, expected: str) -> ParameterError:
    return ParameterError(f"{path}: gevonden {path.suffix!r} als einde van de naam; verwacht {expected}")


def _options(given: list[str]) -> dict[str, str]:
    """``name=text`` pairs as a mapping."""
    pairs = [[part.strip() for part in item.partition("=")] for item in given]
    if wrong := [item for item, parts in zip(given, pairs, strict=True) if not all(parts)]:
        raise ParameterError(f"--option {wrong[0]!r}: verwacht naam=waarde, zoals datum=2025-12-31")
    return {name: text for name, _, text in pairs}


def _context(map_: Path, data_dir: Path, *, strict: bool = False) -> importing.ImportContext:
    """What imports are read against; a half-filled declaration of one's own is named and left out, or refused."""
    own = own_files(map_)
    usable = own if strict else usable_files(own)
    say(*(f"weggelaten: {file.path} is nog niet in orde; zie lekp check" for file in own if file not in usable))
    return importing.ImportContext(load_catalog(own=usable), load_register(), data_dir, map_)


def _findings(plan: importing.ImportPlan) -> pd.DataFrame:
    """Everything of an import in one table, sort by sort: it can go back to whoever made the figures."""
    refused = plan.result.refused.set_axis(["Bestand", "Rij", "Cel", "Gevonden", "Verwacht", "Raad"], axis=1)
    found = [(LEVELS[item.level], item.where, item.rule, item.message) for item in plan.findings]
    changes = plan.changes.assign(kind=plan.changes["kind"].map(KINDS))
    changes[["old", "new"]] = changes[["old", "new"]].map(checks.plain, na_action="ignore")
    parts = [
        refused.assign(Soort="geweigerd", Waar=refused["Bestand"] + ": " + refused["Cel"]),
        pd.DataFrame(found, columns=["Soort", "Waar", "Cijfer", "Gevonden"]),
        changes.set_axis(_FINDINGS[:6], axis=1),
        pd.DataFrame({"Soort": "nota", "Waar": plan.path.name, "Gevonden": list(plan.notes)}),
    ]
    return pd.concat([part.reindex(columns=_FINDINGS) for part in parts])


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
    context, origin = _context(map_, data_dir), {"url": url, "published": published}
    plan = importing.plan_import(file, as_, context, today=vandaag, options=_options(option or []), origin=origin)
    findings = _findings(plan)
    hidden = ["nota", "ongewijzigd"] if dry_run else ["nota", *KINDS.values()]
    for sort in (sort for sort in findings["Soort"].unique() if sort not in hidden):
        rows = findings[findings["Soort"].eq(sort)].drop(columns="Soort").dropna(axis=1, how="all")
        _show(rows, f"{sort} ({len(rows)})", "--report")
    say(*(f"nota: {note}" for note in plan.notes))
    counts = ", ".join(f"{plan.changes['kind'].eq(kind).sum()} {word}" for kind, word in KINDS.items())
    more = f", {len(plan.result.context)} rijen context" if len(plan.result.context) else ""
    say(f"{file.name}: {plan.result.rows} rijen: {counts}{more}, {len(plan.result.refused)} geweigerd")
    if report is not None:
        _write_table(findings, report)
    if dry_run:
        say("proef: er is niets geschreven")
        return
    entry = importing.apply_import(plan, accept_partial=accept_partial, confirm=bevestig)
    say(f"ingelezen als {entry.shape}, import {entry.id}, bewaard als {entry.sha256[:12]}")


@data.command("list")
def list_(data_dir: DataDir = DATA) -> None:
    """De imports van de datamap: nummer, dag, vorm, bestand, en of ze ingetrokken zijn."""
    names, rows = {item.sha256: item.name for item in store.RawStore(data_dir).passports()}, []
    for entry in store.Ledger(data_dir).lines():
        state = f"ingetrokken op {entry.withdrawn}: {entry.reason}" if entry.withdrawn else "in gebruik"
        options = ", ".join(f"{name}={text[:20]}" for name, text in entry.options.items())
        name = names.get(entry.sha256, "paspoort ontbreekt: lees het bestand opnieuw in")
        rows.append((entry.id, entry.date, entry.shape, name, options, state))
    if rows:
        _show_all(rows, "Import", "Ingelezen", "Vorm", "Bestand", "Opties", "Toestand")
    else:
        say("er is nog niets ingelezen")


@data.command()
def withdraw(
    import_id: Annotated[str, Argument(help="Nummer van de import; zie `lekp data list`.")],
    vandaag: Today,
    reden: Annotated[str, Option(help="Waarom; blijft in de lijst van imports.")] = "zonder opgave van reden",
    data_dir: DataDir = DATA,
) -> None:
    """Trek een import in: latere edities doen het zonder. Lees het bestand opnieuw in, en het telt weer mee."""
    entry = store.Ledger(data_dir).withdraw(import_id, vandaag, reden)
    say(f"import {entry.id} ({entry.shape}) is ingetrokken; het bestand blijft bewaard")


@data.command()
def shapes(map_: OwnFolder = OWN) -> None:
    """De vormen van bestanden die ingelezen kunnen worden."""
    found = schema.load_shapes(map_).values()
    rows = [(shape.id, shape.title, ", ".join(shape.formats), shape.yields, shape.note) for shape in found]
    _show_all(rows, "--as", "Bestand", "Formaat", "Geeft", "Uitleg")


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
    # What draws and what asks the network is heavy; only the commands that use it load it.
    from lekp_lib.present import municipality

    context, edition = _context(map_, DATA), editions.Edition.open(str(_edition_folder(DATA, editie)))
    if context.catalog.own_files:
        edition = edition.with_catalog(context.catalog)
    reports = [municipality.open_report(gemeente=name, edition=edition) for name in gemeenten or ()]
    rows = pd.concat([report.sjabloon(alles) for report in reports] or [pd.DataFrame(columns=["nis"])])
    path = uit or Path(f"{reports[0].slug if reports else 'lekp-sjabloon'}.xlsx")
    everywhere = context.register.municipalities(vandaag)
    workbook.write_template(path, edition.catalog, everywhere, rows, date=datum, made_from=edition.label, wide=breed)
    say(f"sjabloon: {path}, {count(len(rows), 'rij', 'rijen')} om in te vullen, uit {edition.label}")
    base = "" if editie == "gepubliceerd" else f" --editie {editie}"
    say(*(f"daarna: lekp report {report.slug} --cijfers {path}{base}" for report in reports))


@data.command()
def update(
    vandaag: Today,
    source: Annotated[list[str] | None, Option(help="Verbinding, zoals vrbg; anders allemaal.")] = None,
    offline: Annotated[bool, Option("--offline", help="Gebruik de bewaarde antwoorden; vraag niemand iets.")] = False,
    map_: OwnFolder = OWN,
    data_dir: DataDir = DATA,
) -> None:
    """Haal de nieuwste cijfers en grenzen op bij wie ze maakt; wat mislukt, laat de laatste goede kopie in gebruik."""
    from lekp_lib.data import fetch, providers

    states = set()
    with fetch.PoliteSession(data_dir, offline=offline) as session, Progress(transient=True) as bars:
        task, imports = bars.add_task("", total=None), _context(map_, data_dir)

        def progress(what: str, done: int, total: int) -> None:
            bars.update(task, description=escape(what), completed=done, total=total or None)

        connections = schema.find_connections(tuple(source or ()), map_)
        feeds = providers.update_all(connections, imports=imports, session=session, today=vandaag, progress=progress)
        for name, feed in feeds:
            states.add(feed.state)
            file, reason = feed.passport, f"  reden: {feed.failure}" if feed.failure else ""
            kept = f"  {file.name}, {file.bytes} bytes, opgehaald op {file.retrieved}" if file else ""
            say(f"{name}: {feed.title}: {STATES[feed.state]}", reason, kept, *(f"  {note}" for note in feed.notes))
    raise typer.Exit("absent" in states)


def _edition_folder(data_dir: Path, text: str) -> Path:
    """Folder of an edition by id, below the data folder first, or by path."""
    return editions.find_edition(text, data_dir / editions.EDITIONS_FOLDER)


@data.command()
def check(
    vandaag: Today, map_: OwnFolder = OWN, data_dir: DataDir = DATA,
    peildatum: shared.ReferenceDate | None = None, vanaf: Base = "",
) -> None:  # fmt: skip
    """Kijk alle correcties en toelichtingen na: vorm, doelen, plaatsen, en of de cijfers zijn zoals verwacht."""
    if not map_.is_dir():
        raise ParameterError(f"{map_}: geen map; verwacht een map met correcties/ en toelichtingen/")
    context, on = _context(map_, data_dir, strict=True), peildatum or vandaag
    files = {kind: corrections.read_folder(map_ / kind) for kind in corrections.MODELS}
    remarks = corrections.read_remarks(files, context, on, vandaag)
    changed = count(len(remarks["correcties"]), "correctie", "correcties")
    explained = count(len(remarks["toelichtingen"]), "toelichting", "toelichtingen")
    say(f"{changed} en {explained} in {count(sum(map(len, files.values())), 'bestand', 'bestanden')}: in orde")
    base = editions.Edition.open(str(_edition_folder(data_dir, vanaf))) if vanaf else None
    if (inputs := making.imported(context)) or base:
        making.gather(inputs, remarks, context, on, base)
        say("elke actieve correctie vindt het cijfer dat ze verwacht")
    else:
        say("er is nog niets ingelezen: of correcties het verwachte cijfer vinden, is niet nagekeken")


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
        raise _other_ending(file, "GeoJSON (.geojson)")
    register = load_register()
    areas, source = making.simplified(file, file.name, register, peildatum), load_catalog().source(bron)
    name = f"{store.HANDED_OVER}_{store.first_day(register, peildatum)}_{file.name}"
    origin = {"provider": source.id, "licence": source.licence, "url": url, "title": titel, "published": published}
    passport = store.RawStore(data_dir).put(file, name=name, renew=True, retrieved=vandaag, **origin)
    say(f"{file.name}: grenzen van {len(areas)} gemeenten, bewaard als {passport.sha256[:12]}")


@data.command()
def prepare(
    editie: Annotated[str, Option(help="Id van de nieuwe editie, zoals 2026.")],
    peildatum: shared.ReferenceDate,
    vandaag: Today,
    titel: Annotated[str, Option(help="Naam voor lezers.")] = "",
    vorige: Annotated[str, Option(help="Editie hiervoor (id of pad): verslagen zeggen wat veranderde.")] = "",
    vanaf: Base = "",
    alleen: Annotated[list[str] | None, Option(help="Alleen deze import (zie `lekp data list`); mag vaker.")] = None,
    zonder: Annotated[list[str] | None, Option(help="Laat deze import weg; mag vaker.")] = None,
    map_: OwnFolder = OWN,
    data_dir: DataDir = DATA,
) -> None:
    """Maak een editie van alles wat ingelezen is, met correcties en toelichtingen."""
    before, base = (_edition_folder(data_dir, text) if text else None for text in (vorige, vanaf))
    context = _context(map_, data_dir, strict=True)
    with store.data_lock(data_dir):
        entries = importing.select_imports(data_dir, alleen or (), zonder or ())
        folder, manifest, notes = making.prepare(
            editie, peildatum, context, built=vandaag, entries=entries, title=titel, predecessor=before, base=base
        )
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
    places = [place for one in (old, new) for place in one.register.municipalities(one.reference_date)]
    names = editions.AREA_NAMES | {place.nis: place.name for place in places}
    verdicts = verdict_changes(old, new, ReportParameters(gemeente="*")).assign(kind="oordeel")
    figures = editions.diff_figures(old, new)
    targets = [target for one in (old, new) for target in one.catalog.measured]
    known = {(target.id, one.id): one for target in targets for one in target.indicators}
    series = [known[key] for key in zip(figures["target_id"], figures["indicator"], strict=True)]
    figures["series"] = [one.label for one in series]
    symbols = pd.Series([one.unit.symbol for one in series], figures.index, dtype=object)
    sides = [
        symbols.mask(measure.eq("aandeel_pct"), "% van het doel").where(measure.notna(), "")
        for measure in (figures["measure_before"], figures["measure_after"])
    ]
    figures["unit"] = [" → ".join(dict.fromkeys(filter(None, both))) for both in zip(*sides, strict=True)]
    figures = figures.rename(columns={"value_before": "before", "value_after": "after"})
    frame = pd.concat([verdicts.astype(object), figures.astype(object)], ignore_index=True)
    frame["reference_date"] = pd.to_datetime(frame["reference_date"]).dt.date
    frame["place"] = frame["nis"].map(names)
    frame["target"] = frame["target_id"].map({target.id: target.name for target in targets})
    return frame[list(_DIFFERENCES)].rename(columns=_DIFFERENCES)


@data.command()
def diff(
    vroeger: Annotated[str, Argument(help="De vroegere editie (id of pad).")],
    nu: Annotated[str, Argument(help="De latere editie (id of pad).")],
    naar: Annotated[Path | None, Option(help="Schrijf ook naar dit bestand (.csv of .xlsx).")] = None,
    data_dir: DataDir = DATA,
) -> None:
    """Toon wat verschilt tussen twee edities: herziene, nieuwe en verdwenen cijfers, en andere oordelen."""
    old, new = (editions.Edition.open(str(_edition_folder(data_dir, text))) for text in (vroeger, nu))
    say(*(f"{one.title}: {one.manifest.banner}" for one in (old, new) if one.manifest.banner), style="bold")
    frame = _differences(old, new)
    shown = frame[["wat", "gemeente", "doel", "peildatum", "vroeger", "nu", "eenheid"]]
    _show(shown, f"Wat veranderde van {old.title} naar {new.title}")
    if naar is not None:
        _write_table(frame, naar)


@data.command()
def status(
    vandaag: Today,
    naar: Annotated[list[Path] | None, Option(help="Schrijf ook naar dit bestand (.csv, .xlsx, .ics).")] = None,
    map_: OwnFolder = OWN,
    data_dir: DataDir = DATA,
) -> None:
    """Toon van elke bron het ritme, het laatste cijfer, wanneer het volgende verwacht wordt, en of het te laat is."""
    from lekp_lib.present import quality

    context = _context(map_, data_dir)
    newest = making.newest_reference_dates(context)
    statuses = store.source_statuses(context.catalog, store.RawStore(data_dir).passports(), newest, vandaag)
    rows = [
        (item.source.name, quality.rhythm_words(item.source), *item[2:6], "te laat" if item.overdue else None)
        for item in cells.each(statuses)
    ]
    heads = ["bron", "ritme", "laatste peildatum", "opgehaald", "gepubliceerd", "volgende verwacht", "te laat"]
    frame = pd.DataFrame(rows, columns=heads)
    _show(frame.drop(columns=["opgehaald", "gepubliceerd"]), f"Bronnen op {date_text(vandaag)}")
    for path in naar or []:
        if path.suffix.lower() == ".ics":
            events = quality.status_events(cells.each(statuses.assign(precision="dag")))
            write_file(path, quality.write_calendar(events, "LEKP-bronnen", vandaag))
            say(path)
        else:
            _write_table(frame, path)


@form.command("export")
def form_export(bestand: Annotated[Path, Argument(help="Nieuw werkboek (.xlsx).")], map_: OwnFolder = OWN) -> None:
    """Schrijf alle correcties en toelichtingen naar een werkboek met uitleg en keuzelijsten."""
    if bestand.suffix.lower() != ".xlsx":
        raise _other_ending(bestand, ".xlsx")
    write_file(bestand, corrections.export_form(map_, load_catalog(own=own_files(map_))), replace=False)
    say(bestand)


@form.command("import")
def form_import(bestand: Annotated[Path, Argument(help="Ingevuld werkboek (.xlsx).")], map_: OwnFolder = OWN) -> None:
    """Schrijf de rijen van een ingevuld werkboek als YAML-bestanden: allemaal of geen enkele."""
    written, unchanged, entries = corrections.import_form(bestand, map_)
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
    _show_all(rows, "NIS", "Gemeente", "Provincie", "Pact")


@lists.command("targets")
def list_targets(map_: OwnFolder = OWN) -> None:
    """De doelen van het pact, uw eigen doelen en de cijfers ernaast: nummer, id, naam en niveau per versie."""
    rows = []
    for target in load_catalog(own=own_files(map_)).measured:
        levels = "\n".join(f"{version}: {level.text}" for version, level in target.levels.items())
        kind = "context" if target.is_context else "eigen" if target.is_own else str(target.nr or "2.1")
        rows.append((kind, target.id, target.name, levels or "geen doel, geen oordeel"))
    _show_all(rows, "Nr", "Id", "Doel", "Niveau")


@lists.command("editions")
def list_editions() -> None:
    """De edities in lekp zelf, en die u zelf maakte in deze map."""
    rows = []
    for name in (*editions.embedded_editions(), *editions.prepared_editions()):
        manifest = editions.read_manifest(editions.find_edition(name))
        figures = sum(manifest.tables[table].rows for table in ("figures", "former", "totals"))
        rows.append((name, manifest.title, manifest.reference_date, figures, manifest.origin))
    _show_all(rows, "Id", "Editie", "Peildatum", "Cijfers", "Herkomst")
