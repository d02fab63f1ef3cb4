"""Commands of ``lekp data`` that make and compare editions; each calls one function of its room."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from typer import Argument, Option

from lekp_lib.cli import shared
from lekp_lib.cli.shared import DATA, OWN, DataDir, OwnFolder, Today, count, say
from lekp_lib.cli.tables import show, write_table
from lekp_lib.data.importing import ImportContext
from lekp_lib.data.store import RawStore, data_lock, first_day, keep_boundaries, source_statuses, write_calendar
from lekp_lib.edition import AREA_NAMES, MANIFEST_NAME, Edition, diff_figures, find_edition
from lekp_lib.edition import prepare as making
from lekp_lib.edition.corrections import MODELS, export_form, import_form, read_folder, read_remarks
from lekp_lib.errors import ParameterError
from lekp_lib.indicators.changes import verdict_changes
from lekp_lib.pact import load_catalog, own_files
from lekp_lib.parameters import ReportParameters
from lekp_lib.paths import write_file
from lekp_lib.present.format import date_text
from lekp_lib.present.quality import rhythm_words, status_events
from lekp_lib.register import load_register

_DIFFERENCES = [
    "wat", "nis", "gemeente", "doel", "reeks", "peildatum", "vroeger", "nu", "eenheid", "status vroeger", "status nu",
]  # fmt: skip
form = typer.Typer(help="Correcties en toelichtingen als werkboek.", no_args_is_help=True)


def _edition_folder(data_dir: Path, text: str) -> Path:
    """Folder of an edition by id, below the data folder first, or by path."""
    prepared = data_dir / "edities" / text
    return prepared if (prepared / MANIFEST_NAME).is_file() else find_edition(text)


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
    asked = making.Asked(editie, peildatum, vandaag, titel, before, base, tuple(alleen or ()), tuple(zonder or ()))
    context = ImportContext(load_catalog(own=own_files(map_)), load_register(), data_dir, map_)
    with data_lock(data_dir):
        made = making.prepare(asked, context)
    say(*(f"  na te kijken: {finding.where}: {finding.message}" for finding in made.findings))
    say(*(f"  {note}" for note in made.notes))
    rows = ", ".join(f"{name} {entry.rows}" for name, entry in made.manifest.tables.items() if entry.rows)
    say(f"editie {made.manifest.id}: {made.folder} ({rows})")
    if made.manifest.fictitious:
        say(f"elk verslag ervan zegt: {made.manifest.banner}", style="bold")


def rebuild(
    editie: Annotated[str, Argument(help="Editie (id of pad), gemaakt met `lekp data prepare`.")],
    naar: Annotated[Path, Option(help="Map voor de kopie; mag nog niet bestaan.")],
    data_dir: DataDir = DATA,
) -> None:
    """Maak een editie opnieuw uit haar manifest en de ruwe bestanden, en vergelijk byte voor byte."""
    differing = making.rebuild(_edition_folder(data_dir, editie), naar, data_dir=data_dir, register=load_register())
    say(f"{naar}: " + (f"andere bytes in {', '.join(differing)}" if differing else "dezelfde bytes"))
    raise typer.Exit(bool(differing))


def _differences(old: Edition, new: Edition) -> pd.DataFrame:
    """All that differs between two editions, verdicts first."""
    names = dict(AREA_NAMES)
    for edition in (old, new):
        names |= {place.nis: place.name for place in edition.register.municipalities(edition.reference_date)}
    verdicts = verdict_changes(old, new, ReportParameters(gemeente="*")).assign(wat="oordeel")
    verdicts["peildatum"] = verdicts["reference_date"].dt.date
    figures = diff_figures(old, new)
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


def diff(
    vroeger: Annotated[str, Argument(help="De vroegere editie (id of pad).")],
    nu: Annotated[str, Argument(help="De latere editie (id of pad).")],
    naar: Annotated[Path | None, Option(help="Schrijf ook naar dit bestand (.csv of .xlsx).")] = None,
    data_dir: DataDir = DATA,
) -> None:
    """Toon wat verschilt tussen twee edities: herziene, nieuwe en verdwenen cijfers, en andere oordelen."""
    old, new = (Edition.open(str(_edition_folder(data_dir, text))) for text in (vroeger, nu))
    frame = _differences(old, new)
    title = f"Wat veranderde van {old.title} naar {new.title}"
    show(frame, ["wat", "gemeente", "doel", "peildatum", "vroeger", "nu"], title=title)
    if naar is not None:
        write_table(frame, naar)
        say(f"{naar}: {len(frame)} rijen")


def status(
    vandaag: Today,
    naar: Annotated[list[Path] | None, Option(help="Schrijf ook naar dit bestand (.csv, .xlsx, .ics).")] = None,
    map_: OwnFolder = OWN,
    data_dir: DataDir = DATA,
) -> None:
    """Toon van elke bron het ritme, het laatste cijfer, wanneer het volgende verwacht wordt, en of het te laat is."""
    catalog, store = load_catalog(own=own_files(map_)), RawStore(data_dir)
    newest = making.newest_reference_dates(ImportContext(catalog, load_register(), data_dir, map_))
    statuses = source_statuses(catalog, store.passports(), newest, vandaag)
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
def form_export(
    bestand: Annotated[Path, Argument(help="Te schrijven werkboek (.xlsx).")], map_: OwnFolder = OWN
) -> None:
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
