"""The files of the site that are no pages: reports, tables of the whole edition, descriptions for programs, indexes."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lekp_lib import __version__
from lekp_lib.data.cells import each
from lekp_lib.data.store import source_statuses
from lekp_lib.edition import AREA_NAMES
from lekp_lib.pact import Source
from lekp_lib.paths import sha256_of
from lekp_lib.present import text
from lekp_lib.present.format import safe_text
from lekp_lib.present.quality import rhythm_words, status_events, write_calendar
from lekp_lib.present.theme import MARKS
from lekp_lib.register import FIRST_DAY
from lekp_lib.report.files import read_manifest
from lekp_lib.report.make import FLANDERS_KEY
from lekp_lib.report.spreadsheet import workbook
from lekp_lib.site.changes import edition_changes
from lekp_lib.site.context import SiteContext, SiteFile, edition_path, former_municipalities, report_fault, target_path

TEMPLATES = Path(__file__).parent / "templates"


# ---- files of one report ---------------------------------------------------------------------------------------------

#: What readers see, its form, the end of the file name, the files of the report in it; several become a zip.
_OFFERS = (
    ("Verslag in het kort, twee bladzijden", "pdf", "-kort.pdf", ("kort.pdf",)),
    ("Volledig verslag om af te drukken", "pdf", ".pdf", ("rapport.pdf",)),
    ("Presentatie voor de gemeenteraad", "webpagina", "-presentatie.html", ("presentatie.html",)),
    ("Ontwerp van gemeenteraadsbesluit", "Word", "-besluit.docx", ("besluit.docx",)),
    ("Ontwerp van gemeenteraadsbesluit", "gewone tekst", "-besluit.txt", ("besluit.txt",)),
    ("Cijfers van de gemeente", "Excel", "-cijfers.xlsx", ("cijfers.xlsx",)),
    ("Cijfers van de gemeente", "zip met csv, beschrijving en bronvermelding", "-cijfers.zip",
     ("cijfers.csv", "datapackage.json", "bronvermelding.txt")),
    ("Figuren", "zip met SVG en PNG", "-figuren.zip", ("figuren.zip",)),
)  # fmt: skip
_FLANDERS_OFFERS = (
    ("Vlaanderen in het kort", "pdf", "-kort.pdf", ("kort.pdf",)),
    ("Verslag van Vlaanderen om af te drukken", "pdf", ".pdf", ("rapport.pdf",)),
    ("Alle getallen van dit verslag", "csv", ".csv", ("vlaanderen.csv",)),
)
_FONT = re.compile(rb"url\(\"data:font/woff2;base64,([A-Za-z0-9+/=]+)\"\)")


def font_name(font: bytes) -> str:
    """Name of a font file: the same font is stored once."""
    return f"{hashlib.sha256(font).hexdigest()[:12]}.woff2"


def _as_served(content: bytes, form: str) -> bytes:
    """A file of a report as the site offers it; a page takes the fonts of the site, which are the same."""
    if form != "webpagina":
        return content

    def of_site(match: re.Match[bytes]) -> bytes:
        return f'url("../../../../assets/fonts/{font_name(base64.b64decode(match[1]))}")'.encode()

    return _FONT.sub(of_site, content).replace(b"font-src data:", b"font-src 'self'")


def zip_bytes(entries: Mapping[str, bytes]) -> bytes:
    """Files as the bytes of a zip; entries carry no time, so that the same report always gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


def _as_made(folder: Path, manifest: Mapping[str, Any], name: str) -> bytes | None:
    """A file of the report as the program made it, beside the one that a person edited if need be."""
    stem, _, ending = name.partition(".")
    files: dict[str, str] = manifest["files"]
    for draft, sha256 in files.items():
        place = folder / draft
        is_draft = draft == name or (draft.startswith(f"{stem}-nieuw") and draft.endswith(ending))
        if is_draft and place.is_file() and not place.is_symlink() and sha256_of(place) == sha256:
            return place.read_bytes()
    return None


def _offered(folder: Path, offers: Sequence[tuple[str, str, str, tuple[str, ...]]], start: str) -> list[SiteFile]:
    """What a report offers of a list, at addresses that begin the same."""
    manifest, files = read_manifest(folder), []
    for label, form, ending, names in offers:
        found = {name: content for name in names if (content := _as_made(folder, manifest, name)) is not None}
        if names[0] in found:
            content = zip_bytes(found) if len(names) > 1 else _as_served(found[names[0]], form)
            files.append(SiteFile(f"{start}{ending}", content, label, form))
    return files


def municipality_files(context: SiteContext, nis: str) -> list[SiteFile]:
    """Downloads of the report of one municipality, at their lasting addresses.

    Parameters
    ----------
    context
        Edition and reports.
    nis
        Code of the municipality; without report there are none.
    """
    slug, report = context.slug(nis), context.reports.get(nis)
    start = edition_path(context.edition.id, slug).removesuffix("index.html")
    return _offered(report.folder, _OFFERS, f"{start}klimaatpact-{context.on.year}-{nis}-{slug}") if report else []


def flanders_folder(context: SiteContext) -> Path | None:
    """Folder of the report on Flanders beside those of the municipalities; ``None`` when none fits the edition."""
    beside = [report.folder.with_name(FLANDERS_KEY) for report in context.reports.values()][:1]
    return next((folder for folder in beside if not report_fault(folder, context.edition)), None)


def flanders_files(context: SiteContext) -> list[SiteFile]:
    """Downloads of the report on Flanders."""
    folder = flanders_folder(context)
    start = f"vlaanderen/klimaatpact-vlaanderen-{context.edition.id}"
    return _offered(folder, _FLANDERS_OFFERS, start) if folder else []


# ---- tables of the whole edition -------------------------------------------------------------------------------------


@cache
def _declared() -> dict[str, Any]:
    return dict(yaml.safe_load(Path(__file__).with_name("kolommen.yaml").read_text(encoding="utf-8")))


def fields_of(name: str) -> list[dict[str, str]]:
    """Declared columns of a table: ``naam``, ``titel``, ``type``, ``eenheid``, ``uitleg``."""
    known, names = _declared()["velden"], _declared()["tabellen"][name]["kolommen"]
    return [{"naam": column, "eenheid": "", **known[column]} for column in names]


def _assessments(context: SiteContext) -> pd.DataFrame:
    frame = context.results.assessments
    values = [context.values[nis][target] for nis, target in zip(frame["nis"], frame["target_id"], strict=True)]
    return frame.assign(
        stand_in_woorden=[text.macro("woorden", "stand", value) for value in values],
        eenheid=[value.eenheid_cijfer.symbol for value in values],
        provincie=[context.municipalities[nis].province for nis in frame["nis"]],
    )


def _figures(context: SiteContext, table: str) -> pd.DataFrame:
    frame = context.edition.frame(table)
    own = [context.series[key] for key in zip(frame["target_id"], frame["indicator"], strict=True)]
    units = pd.Series([item.unit.symbol for item in own], frame.index, dtype="str")
    units = units.mask(frame["measure"] == "aandeel_pct", "% van het doel")
    return frame.assign(reeks=[item.label for item in own], eenheid=units)


def _places(context: SiteContext) -> pd.DataFrame:
    register, on, year = context.edition.register, context.on, context.parameters.noemerjaar
    rows = []
    for nis, place in context.municipalities.items():
        people, homes = register.population(nis, year, on), register.dwellings(nis, on)
        rows.append({
            "nis": nis, "provincie": place.province, "referentieregio": place.region, "adres": context.slug(nis),
            "pact_version": register.pact_version(nis, on), "inwoners": people and people.value,
            "inwoners_op": people and people.date, "wooneenheden": homes and homes.value,
            "wooneenheden_op": homes and homes.date,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _targets(context: SiteContext) -> pd.DataFrame:
    werven = {werf.id: werf.label for werf in context.edition.catalog.werven}
    return pd.DataFrame([
        {
            "target_id": target.id, "officiele_naam": target.official_label, "werf": werven.get(target.werf),
            "measure": str(target.kind), "pact_version": version, "niveau": level.text, "factor": level.factor,
            "per_aantal": level.per_n, "per_noemer": level.per and str(level.per), "vaste_waarde": level.value,
            "unit": level.unit.symbol, "deadline": level.deadline,
        }
        for target in context.targets.values()
        for version, level in target.levels.items()
    ])  # fmt: skip


def used_sources(context: SiteContext) -> list[Source]:
    """Sources of which the edition holds figures, by name."""
    used = {source for name in _TABLES for source in context.edition.frame(name)["source_id"]}
    found = [source for source in context.edition.catalog.sources.values() if source.id in used]
    return sorted(found, key=lambda source: source.name.casefold())


def _sources(context: SiteContext) -> pd.DataFrame:
    used = {source.id for source in used_sources(context)}
    return pd.DataFrame([
        {"source_id": s.id, "organisatie": s.organisation, "licentie": s.licence, "ritme": rhythm_words(s),
         "url": s.url or None, "gebruikt": s.id in used}
        for s in sorted(context.edition.catalog.sources.values(), key=lambda source: source.name.casefold())
    ])  # fmt: skip


def _corrections(context: SiteContext) -> pd.DataFrame:
    return pd.DataFrame([
        {"nis": c.nis, "target_id": c.target_id, "reeks": context.series[c.target_id, c.indicator].label,
         "reference_date": c.reference_date, "voor_correctie": c.before, "na_correctie": c.after, "measure": c.measure,
         "reason": c.reason, "door": c.author, "datum": c.date}
        for c in each(context.edition.frame("corrections"))
    ])  # fmt: skip


_TABLES = {"figures": "cijfers", "former": "cijfers-vroeger", "totals": "totalen"}


def _finished(context: SiteContext, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The declared columns in their order, with names of places, targets and sources, ready to be written."""
    edition, catalog, fields = context.edition, context.edition.catalog, fields_of(name)
    frame = frame.assign(editie=edition.id, fictief=edition.fictitious).reset_index(drop=True)
    if "nis" in frame:
        before = edition.register.municipalities(FIRST_DAY[2025] - dt.timedelta(days=1))
        places = {place.nis: place.name for place in (*before, *context.municipalities.values())}
        places |= {place.nis: place.name for place in before} if name == "cijfers-vroeger" else AREA_NAMES
        frame["gemeente"] = frame["nis"].map(places)
    if "target_id" in frame:
        targets = {target.id: target for target in catalog.measured}
        frame["doel"] = [targets[key].name for key in frame["target_id"]]
        frame["nr"] = [targets[key].nr for key in frame["target_id"]]
    if "source_id" in frame:
        frame["bron"] = frame["source_id"].map({key: source.name for key, source in catalog.sources.items()})
    columns = {f["naam"]: frame[f["naam"] if f["naam"] in frame else f["van"]] for f in fields}
    return pd.DataFrame({f["naam"]: _typed(columns[f["naam"]], f["type"]) for f in fields})


def _typed(column: pd.Series[Any], kind: str) -> pd.Series[Any]:
    if kind == "date":
        return pd.to_datetime(column).dt.date.astype(object).where(column.notna(), None)
    if kind == "string":
        return column.map(safe_text, na_action="ignore").replace("", None)
    kinds = {"integer": pd.Int64Dtype(), "number": pd.Float64Dtype(), "boolean": pd.BooleanDtype()}
    return column.astype(kinds[kind])


@lru_cache(maxsize=2)
def edition_tables(context: SiteContext) -> dict[str, pd.DataFrame]:
    """Every table of the edition that has rows, with Dutch column names; by the name of its file."""
    frames = {"oordelen": _assessments(context)}
    frames |= {name: _figures(context, table) for table, name in _TABLES.items()}
    frames |= {"gemeenten": _places(context), "doelen": _targets(context), "bronnen": _sources(context)}
    frames["correcties"] = _corrections(context)
    return {name: _finished(context, name, frame) for name, frame in frames.items() if len(frame)}


def correction_rows(context: SiteContext) -> list[dict[Any, Any]]:
    """Corrections by municipalities, the newest first."""
    table = edition_tables(context).get("correcties", pd.DataFrame(columns=["datum", "gemeente"]))
    table = table.sort_values(["datum", "gemeente"], ascending=False).astype(object)
    return table.where(table.notna(), None).to_dict("records")


def table_columns(context: SiteContext) -> list[dict[str, Any]]:
    """Per table its name, title, explanation, number of rows and declared columns."""
    declared = _declared()["tabellen"]
    return [
        {"naam": name, "titel": declared[name]["titel"], "uitleg": declared[name]["uitleg"], "rijen": len(frame),
         "velden": fields_of(name)}
        for name, frame in edition_tables(context).items()
    ]  # fmt: skip


def _csv(frame: pd.DataFrame) -> bytes:
    """A table by RFC 4180: every digit kept, ISO dates, yes and no in small letters."""
    flags = {str(name): frame[name].astype("str").str.lower() for name in frame.select_dtypes("boolean")}
    return frame.assign(**flags).to_csv(index=False, lineterminator="\r\n").encode()


# ---- descriptions of the data for programs ---------------------------------------------------------------------------


def data_title(context: SiteContext) -> str:
    """Name of the whole, with the warning that figures are invented where they are."""
    return f"Klimaatpact per gemeente, {context.edition.title}" + " [fictieve cijfers]" * context.edition.fictitious


def citation(context: SiteContext) -> str:
    """Reference to the data in one line."""
    edition, title = context.edition, data_title(context)
    return f"lekp ({edition.manifest.built.year}). {title}. Editie {edition.id}, gemaakt met lekp {__version__}."


_DESCRIPTIONS = (
    ("datapackage.json", "Beschrijving van de csv-bestanden (Data Package)", "json"),
    ("bronvermelding.txt", "Bronvermelding en licenties", "txt"),
    ("dcat.jsonld", "Beschrijving voor datacatalogi (DCAT-AP)", "JSON-LD"),
)


def _described(context: SiteContext, template: str, files: Sequence[SiteFile]) -> bytes:
    """A description of the data for people or programs, from a template."""
    days = pd.concat([context.edition.frame(name)["reference_date"] for name in _TABLES])
    rows = [
        {"naam": PurePosixPath(f.path).name, "tabel": PurePosixPath(f.path).stem, "wat": f.label, "vorm": f.form,
         "bytes": len(f.content), "sha256": hashlib.sha256(f.content).hexdigest()}
        for f in files
    ]  # fmt: skip
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=False, undefined=StrictUndefined)  # noqa: S701
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    written = environment.get_template(template).render(
        site=context, manifest=context.edition.manifest, titel=data_title(context), verwijzing=citation(context),
        bronnen=used_sources(context), bestanden=rows, versie=__version__, velden=fields_of,
        eerste=str(days.min())[:10], laatste=str(days.max())[:10],
    )  # fmt: skip
    plain = template.endswith(".txt.j2")
    return (written if plain else json.dumps(json.loads(written), ensure_ascii=False, indent=2)).encode()


@lru_cache(maxsize=2)
def data_files(context: SiteContext) -> tuple[SiteFile, ...]:
    """Every file of the data page, made once; the page tells their sizes."""
    tables, declared = edition_tables(context), _declared()["tabellen"]
    rows = [{"tabel": table["naam"], **field} for table in table_columns(context) for field in table["velden"]]
    words = pd.DataFrame(rows).rename(columns={"naam": "kolom", "titel": "opschrift"})
    dictionary = words[["tabel", "kolom", "opschrift", "type", "eenheid", "uitleg"]]
    sheets = {"Woordenboek": dictionary, **{declared[name]["titel"]: frame for name, frame in tables.items()}}
    book = workbook(data_title(context), context.edition, context.on, sheets)
    files = [SiteFile("gegevens/editie.xlsx", book, "Alles in een rekenblad, met woordenboek", "xlsx")]
    for name, frame in tables.items():
        files.append(SiteFile(f"gegevens/{name}.csv", _csv(frame), declared[name]["uitleg"], "csv"))
        parquet = frame.to_parquet(index=False, compression="zstd")
        files.append(SiteFile(f"gegevens/{name}.parquet", parquet, declared[name]["uitleg"], "parquet"))
    files.append(SiteFile("gegevens/woordenboek.csv", _csv(dictionary), "Uitleg bij elke kolom", "csv"))
    for name, label, form in _DESCRIPTIONS:
        files.append(SiteFile(f"gegevens/{name}", _described(context, f"{name}.j2", files), label, form))
    return tuple(files)


# ---- calendar, targets, changes --------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def source_states(context: SiteContext) -> tuple[Any, ...]:
    """State on the day of the build of every source that the edition uses or that a target waits for, by name."""
    figures = pd.concat([context.edition.frame(name) for name in ("figures", "totals")])
    sources = figures.sort_values("reference_date").groupby("source_id")
    retrieved, precision = sources["retrieved"].max().dropna(), sources["date_precision"].last()
    last = {str(key): pd.Timestamp(day).date() for key, day in sources["reference_date"].max().items()}
    served = {key for target in context.targets.values() for key in target.sources}
    states = source_statuses(context.edition.catalog, (), last, context.today)
    states["precision"] = [precision.get(source.id) for source in states["source"]]
    return tuple(
        state._replace(retrieved=retrieved.get(state.source.id))
        for state in each(states)
        if state.last_reference or state.source.id in served
    )


def calendar_files(context: SiteContext) -> list[SiteFile]:
    """The calendar for programs and, when a figure is due, for a diary."""
    banner, states = context.edition.manifest.banner, source_states(context)
    rows = [
        {"source_id": state.source.id, "organisatie": state.source.organisation, "ritme": rhythm_words(state.source),
         "laatste_peildatum": state.last_reference, "retrieved": state.retrieved, "te_laat": state.overdue,
         "volgende_verwacht": state.next_expected, "toestand_op": context.today}
        for state in states
    ]  # fmt: skip
    table = _finished(context, "bronnenkalender", pd.DataFrame(rows))
    files = [SiteFile("kalender/bronnen.csv", _csv(table), "Tabel van alle bronnen", "csv")]
    if events := status_events(states, banner):
        name = "Cijfers van het klimaatpact" + (f" ({banner})" if banner else "")
        diary = write_calendar(events, name, context.today)
        label = "Agenda met de dagen waarop nieuwe cijfers verwacht worden"
        files.insert(0, SiteFile("kalender/bronnen.ics", diary, label, "ics"))
    return files


@lru_cache(maxsize=64)
def target_files(context: SiteContext, target_id: str) -> tuple[SiteFile, ...]:
    """All municipalities against one target as csv, and the map."""
    rows, target = edition_tables(context)["oordelen"], context.targets[target_id]
    start = f"{target_path(target.id).removesuffix('index.html')}{target.id.replace('_', '-')}"
    table = SiteFile(f"{start}.csv", _csv(rows[rows["doel_id"] == target.id]), "Alle cijfers van dit doel", "csv")
    drawing = context.results.map(target).svg(f"kaart-{target.id}").replace(' aria-hidden="true"', "", 1)
    return table, SiteFile(f"{start}-kaart.svg", drawing.encode(), "Kaart", "svg")


def change_files(context: SiteContext) -> list[SiteFile]:
    """What changed since the edition before, row by row."""
    changes = edition_changes(context)
    if changes is None:
        return []
    keys = zip(changes.figures["target_id"], changes.figures["indicator"], strict=True)
    figures = changes.figures.assign(reeks=[context.series[key].label for key in keys])
    frames = {"oordelen-veranderd": changes.verdicts, "cijfers-veranderd": figures}
    made = {name: _csv(_finished(context, name, frame)) for name, frame in frames.items() if len(frame)}
    told = _declared()["tabellen"]
    return [SiteFile(f"methode/{name}.csv", made[name], told[name]["uitleg"], "csv") for name in made]


# ---- what the scripts read -------------------------------------------------------------------------------------------


def as_script(name: str, value: object) -> bytes:
    """A value as a classic script that puts it in the one global, ``lekp``; nothing in it can end the script."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return f'"use strict";window.lekp=window.lekp||{{}};window.lekp.{name}={written};\n'.encode()


def search_rows(context: SiteContext) -> list[list[Any]]:
    """Everything that the search finds: kind, name, path, NIS code, other names by kind."""
    register, rows = context.edition.register, []
    mergers = register.mergers(context.on)
    for nis, place in context.municipalities.items():
        former = [row for row in mergers if register.successor(row.old_nis, context.on).nis == nis]
        gone = {row.old_name for row in former} - {place.name}
        parts = set(register.submunicipalities(nis)) - gone - {place.name}
        names = {"d": sorted(parts), "f": sorted(gone), "n": sorted({row.old_nis for row in former} - {nis})}
        rows.append(["g", place.name, context.path(nis), nis, {k: v for k, v in names.items() if v}])
    for target in context.targets.values():
        others = (*target.synonyms, target.short_name, target.official_label.rpartition(" - ")[2])
        synonyms = list(dict.fromkeys(name for name in others if name.casefold() != target.name.casefold()))
        rows.append(["d", target.name, target_path(target.id), "", {"s": synonyms} if synonyms else {}])
    return rows


def compare_data(context: SiteContext) -> dict[str, Any]:
    """What the script of the comparison needs: per municipality one cell per target, in the order of the werven."""
    werven = [(werf.label, context.edition.catalog.of_werf(werf.id)) for werf in context.edition.catalog.werven]
    order, words = [target.id for _, targets in werven for target in targets], list(MARKS)
    places = []
    for nis, place in context.municipalities.items():
        cells = [context.cell(nis, target_id) for target_id in order]
        told = [[words.index(own.verdict), own.share, own.figure, own.pace, own.date] for own in cells]
        places.append([context.slug(nis), place.name, context.path(nis), told])
    return {
        "oordelen": words, "gemeenten": places,
        "vroeger": [[slug, c[0].old_name, context.slug(c[-1].new_nis)] for slug, c in former_municipalities(context)],
        "doelen": [[label, [[t.name, target_path(t.id)] for t in targets]] for label, targets in werven],
    }  # fmt: skip


def shared_files(context: SiteContext) -> Iterator[SiteFile]:
    """All files that belong to no single municipality."""
    yield SiteFile("assets/zoek-index.js", as_script("index", search_rows(context)))
    yield SiteFile("assets/vergelijk-gegevens.js", as_script("vergelijk", compare_data(context)))
    targets = [file for target_id in context.targets for file in target_files(context, target_id)]
    made = (*data_files(context), *calendar_files(context), *change_files(context), *flanders_files(context))
    yield from (*made, *targets)
