"""Prepare an edition from what was imported, and make it again from its manifest.

Everything that goes in is kept in the raw store first: the files with figures, the declarations of their shapes, the
corrections and the explanations. The manifest lists their hashes, so that the same bytes come out at any later time,
without network and whatever the files in the working folder say by then.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from lekp_lib.data.checks import Finding, check_counts, check_figures, unconfirmed
from lekp_lib.data.importing import confirmed_findings, select_imports, usable_options
from lekp_lib.data.observation import figures_frame
from lekp_lib.data.readers import COUNTS, ReadResult, read_file
from lekp_lib.data.schema import FileShape
from lekp_lib.data.store import ImportEntry, Ledger, RawStore, first_day, kept_boundaries
from lekp_lib.edition.boundaries import simplified
from lekp_lib.edition.corrections import (
    Remarks,
    TextFile,
    apply_corrections,
    read_folder,
    read_remarks,
    shown_explanations,
)
from lekp_lib.edition.edition import AREA_NAMES, Edition, embedded_editions, find_edition
from lekp_lib.edition.freeze import freeze
from lekp_lib.edition.manifest import (
    MANIFEST_NAME,
    BoundaryInput,
    DeclaredFile,
    Manifest,
    Predecessor,
    RawInput,
    TextInput,
    read_manifest,
    sha256_of,
)
from lekp_lib.edition.mergers import merge_figures
from lekp_lib.edition.models import Measure, Observation, Status
from lekp_lib.edition.side_tables import ContextRow, SideRow
from lekp_lib.edition.tables import TABLE_NAMES, observations_of
from lekp_lib.errors import EditionError, EditionProblems, Problem
from lekp_lib.pact import Catalog, load_catalog
from lekp_lib.register import CountFact, Register

EDITIONS_FOLDER = "edities"
INVENTED_BANNER = "Bevat fictieve cijfers"
#: Provider in the passports of what this program itself keeps: declared shapes, files of municipalities.
KEEPER = "lekp"

FindShape = Callable[[str], FileShape]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person who makes an edition chose.

    Attributes
    ----------
    edition_id
        Small letters, digits and hyphens.
    reference_date
        The day as of which the edition speaks.
    built
        Today.
    title
        Name for readers; "Editie" and the id when empty.
    predecessor
        Folder of the edition before this one, with which reports compare.
    base
        Folder of the edition on which this one builds.
    only, without
        Ids of imports: only these, or all but these.
    """

    edition_id: str
    reference_date: dt.date
    built: dt.date
    title: str = ""
    predecessor: Path | None = None
    base: Path | None = None
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A frozen edition, and what the person who made it must know."""

    folder: Path
    manifest: Manifest
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of an edition, by table, and what the person who made it must know.

    ``judged`` are the figures after correction, under the codes of their own time: those that plausibility is asked
    of. ``notes`` are sentences on what was left out.
    """

    tables: Mapping[str, Iterable[Observation]]
    sides: Mapping[str, Iterable[SideRow]]
    judged: tuple[Observation, ...]
    notes: tuple[str, ...] = ()


# --- what was imported ----------------------------------------------------------------------------------------------


def _shape_bytes(shape: FileShape) -> bytes:
    """A declared shape as it is kept."""
    return (shape.model_dump_json(indent=1) + "\n").encode("utf-8")


def imported(
    data_dir: Path, find_shape: FindShape, entries: Sequence[ImportEntry] | None = None
) -> tuple[tuple[RawInput, ...], tuple[FileShape, ...]]:
    """Everything that was imported, in order, with the shapes that hold now; nothing is written.

    Parameters
    ----------
    data_dir
        Folder with raw files and ledger.
    find_shape
        Declared shape by id.
    entries
        Which imports; all that hold by default.

    Returns
    -------
    tuple
        Inputs as a manifest lists them, and their shapes; both empty when nothing was imported.

    Raises
    ------
    LekpError
        When an import has no raw file any more, or its shape is not declared any more.
    """
    store = RawStore(data_dir)
    passports = {passport.sha256: passport for passport in store.passports()}
    inputs, shapes = [], []
    for entry in Ledger(data_dir).entries() if entries is None else entries:
        passport = passports.get(entry.sha256) or store.passport(entry.sha256)
        shape = find_shape(entry.shape)
        shapes.append(shape)
        inputs.append(
            RawInput(
                sha256=entry.sha256,
                name=passport.name,
                url=passport.url,
                retrieved=passport.retrieved,
                shape=entry.shape,
                shape_sha256=hashlib.sha256(_shape_bytes(shape)).hexdigest(),
                options=entry.options,
                imported=entry.date,
            )
        )
    return tuple(inputs), tuple(shapes)


def read_inputs(
    store: RawStore, inputs: Sequence[RawInput], shapes: Sequence[FileShape], catalog: Catalog, register: Register
) -> tuple[ReadResult, ...]:
    """Every raw file read again by its shape; rows that were refused at the import are refused again, and told."""
    results = []
    for item, shape in zip(inputs, shapes, strict=True):
        path, options = store.path(item.sha256), usable_options(item.options, store)
        about = {"name": item.name, "url": item.url, "retrieved": item.retrieved}
        result = read_file(path, shape, catalog, register, options=options, **about)  # type: ignore[arg-type]
        count = len(result.refused)
        refused = [f"{item.name}: {count} geweigerde rijen blijven weg"] if count else []
        results.append(replace(result, notes=[*(f"{item.name}: {note}" for note in result.notes), *refused]))
    return tuple(results)


def newest_reference_dates(shapes: Sequence[FileShape], results: Sequence[ReadResult]) -> dict[str, dt.date]:
    """Newest reference date by source id, of figures, counts and context."""
    dated: list[tuple[str, dt.date]] = []
    for shape, result in zip(shapes, results, strict=True):
        dated += zip(result.figures["source_id"], result.figures["reference_date"], strict=True)
        dated += [(shape.source, day) for day in result.counts["date"]]
        if len(result.context):
            dated += [(shape.source, day) for day in result.context["date"] if isinstance(day, dt.date)]
    return dict(sorted(dated))


def _base_result(folder: Path) -> ReadResult:
    """Figures and counts of another edition, to be laid under the imports as if they had come in before them."""
    edition = Edition.open(str(folder))
    figures = figures_frame(item for name in TABLE_NAMES for item in observations_of(edition.frame(name)))
    return ReadResult(figures=figures, counts=pd.DataFrame(edition.counts, columns=list(COUNTS)))


def _replaced_note(base: ReadResult, results: Sequence[ReadResult], name: str) -> str:
    """How many figures of the edition below are used, and for which targets own figures stand in their place."""
    keys = ["target_id", "indicator", "nis", "reference_date"]
    own = pd.concat([base.figures.head(0), *(one.figures for one in results)])[keys].drop_duplicates()
    replaced = base.figures.merge(own, on=keys)["target_id"].value_counts(sort=False)
    told = ", ".join(f"{target} {count}" for target, count in sorted(replaced.items(), key=str))
    figures = f"{len(base.figures)} cijfers van editie {name} liggen onder de eigen cijfers"
    return f"{figures}; eigen cijfers gaan voor bij {replaced.sum()}: {told}" if told else figures


# --- from files to rows ---------------------------------------------------------------------------------------------


def _laid_over(results: Iterable[ReadResult]) -> tuple[Observation, ...]:
    """One figure per target, series, municipality and date: that of the last import.

    An amount is never replaced by a bare share of the target, nor a figure by "not registered": that would lose it.
    """
    everything = [item for result in results for item in result.observations]
    everything.sort(key=lambda item: (item.status is not Status.UNREGISTERED, item.measure is Measure.AMOUNT))
    return tuple(
        {(item.target_id, item.indicator, item.nis, item.reference_date): item for item in everything}.values()
    )


def _plain(value: object) -> object:
    """A cell as JSON has it; nothing stays nothing."""
    if value is None or (not isinstance(value, str | list | dict) and pd.isna(value)):  # type: ignore[call-overload]
        return None
    if isinstance(value, dt.date):
        return value.isoformat()
    item = getattr(value, "item", None)
    return item() if callable(item) else value


def _context(
    shapes: Sequence[str], results: Sequence[ReadResult], register: Register, on: dt.date
) -> tuple[set[ContextRow], int]:
    """Context by municipality of the reference date, and the number of rows on municipalities of later.

    Rows that agree in everything but their amounts are about the same thing: those of the last import replace others.
    """
    rows: dict[str, set[ContextRow]] = {}
    later = 0
    current = {place.nis for place in register.municipalities(on)}
    to_come = {place.nis for place in register.municipalities(dt.date.max)} - current
    for shape, result in zip(shapes, results, strict=True):
        of_file: dict[str, set[ContextRow]] = {}
        for record in result.context.to_dict(orient="records"):
            nis = str(record.pop("nis", ""))
            if nis in to_come:
                later += 1
                continue
            code = nis if nis in current else register.successor(nis, on).nis
            fields = {str(key): _plain(value) for key, value in record.items()}
            if code != nis:
                fields["nis"] = nis
            texts = {key: value for key, value in fields.items() if isinstance(value, str)}
            row = ContextRow(code, shape, json.dumps(fields, ensure_ascii=False, sort_keys=True))
            of_file.setdefault(json.dumps([code, shape, texts], sort_keys=True), set()).add(row)
        rows |= of_file
    return {row for group in rows.values() for row in group}, later


def _notes(results: Iterable[ReadResult], on: dt.date, future: int, later: int, former: int) -> tuple[str, ...]:
    """What was left out, in sentences."""
    notes = [note for result in results for note in result.notes]
    if future:
        notes.append(f"{future} cijfers van na {on} blijven uit deze editie")
    if later:
        notes.append(f"{later} rijen context over gemeenten die op {on} niet bestonden, blijven weg")
    if former:
        notes.append(f"{former} cijfers van vroegere gemeenten vormen geen som en staan apart")
    return tuple(notes)


def gather(
    shapes: Sequence[str],
    results: Sequence[ReadResult],
    remarks: Remarks,
    catalog: Catalog,
    register: Register,
    on: dt.date,
) -> Rows:
    """The rows of an edition: read again, laid over each other, corrected, added up after mergers.

    Pure: what goes in are bytes that lie in the raw store, and what comes out depends on nothing else.

    Parameters
    ----------
    shapes, results
        What was read, file by file in the order of import, with the shape it was read by.
    remarks
        Corrections and explanations.
    catalog, register
        Targets and municipalities.
    on
        Reference date: what is dated later stays out.

    Returns
    -------
    Rows

    Raises
    ------
    EditionProblems
        When corrections do not fit the figures, or a source is not known.
    RegisterError
        For a code that no municipality ever had.
    """
    everything = _laid_over(results)
    if unknown := sorted({item.source_id for item in everything} - set(catalog.sources)):
        problems = [Problem("cijfers", f"de bron {name!r}", "de id van een bron uit de catalogus") for name in unknown]
        raise EditionProblems("ingelezen cijfers", problems)
    known = [item for item in everything if item.reference_date <= on]
    totals = [item for item in known if item.nis in AREA_NAMES and item.status is not Status.UNREGISTERED]
    of_places = [item for item in known if item.nis not in AREA_NAMES]
    corrected = apply_corrections(of_places, remarks.corrections, catalog, register, on)
    merged = merge_figures(corrected.observations, catalog, register, on)
    counts = {(fact.nis, fact.kind, fact.date): fact for result in results for fact in result.count_facts}
    context, later = _context(shapes, results, register, on)
    return Rows(
        tables={"figures": merged.figures, "former": merged.former, "totals": totals},
        sides={
            "counts": [fact for fact in counts.values() if fact.date <= on],
            "corrections": corrected.applied,
            "explanations": shown_explanations(remarks.explanations, register, on),
            "context": context,
        },
        judged=(*corrected.observations, *totals),
        notes=_notes(results, on, len(everything) - len(known), later, len(merged.former)),
    )


def _with_boundaries(
    rows: Rows, store: RawStore, origin: BoundaryInput | None, register: Register, on: dt.date
) -> Rows:
    """The rows of an edition with its boundaries, when there is a file of them."""
    if origin is None:
        return rows
    return replace(
        rows, sides={**rows.sides, "boundaries": simplified(store.path(origin.sha256), origin.name, register, on)}
    )


# --- prepare --------------------------------------------------------------------------------------------------------


def _collect(  # noqa: PLR0913 -- everything that an edition is made from
    store: RawStore,
    inputs: Sequence[RawInput],
    shapes: Sequence[FileShape],
    base: Path | None,
    remarks: Remarks,
    boundaries: BoundaryInput | None,
    *,
    catalog: Catalog,
    register: Register,
    on: dt.date,
) -> Rows:
    """The rows of an edition from what lies in the raw store, with the edition below and its boundaries."""
    results = read_inputs(store, inputs, shapes, catalog, register)
    under = [_base_result(base)] if base else []
    shape_ids = [*("" for _ in under), *(item.shape for item in inputs)]
    rows = gather(shape_ids, [*under, *results], remarks, catalog, register, on)
    sides, notes = dict(rows.sides), [_replaced_note(one, results, base.name) for one in under if base]
    if boundaries is not None:
        sides["boundaries"] = simplified(store.path(boundaries.sha256), boundaries.name, register, on)
    return replace(rows, sides=sides, notes=(*notes, *rows.notes))


def _checked(
    rows: Rows, catalog: Catalog, register: Register, today: dt.date, confirmed: Iterable[str]
) -> tuple[Finding, ...]:
    """Plausibility of what is frozen: after correction, so that a correction can mend an impossible figure."""
    counts = pd.DataFrame([row for row in rows.sides["counts"] if isinstance(row, CountFact)], columns=list(COUNTS))
    figures = figures_frame(rows.judged)
    every = (*check_figures(figures, catalog, register, today=today), *check_counts(counts, register, today=today))
    findings = unconfirmed(every, confirmed)
    advice = "Lees een verbeterd bestand in, trek de import in, of verbeter het cijfer in parameters/correcties."
    errors = [item for item in findings if item.level != "warning"]
    if errors:
        problems = [Problem(item.where, item.message, "een mogelijk cijfer", advice) for item in errors]
        raise EditionProblems("cijfers die niet kunnen kloppen", problems)
    return findings


def _origin(inputs: Sequence[RawInput], rows: Rows, catalog: Catalog) -> str:
    names = sorted({catalog.source(item.source_id).name for item in rows.judged}, key=str.casefold)
    files = "1 ingelezen bestand" if len(inputs) == 1 else f"{len(inputs)} ingelezen bestanden"
    return f"Cijfers uit {files}, van {', '.join(names)}." if names else f"Cijfers uit {files}."


def _refuse_existing(folder: Path) -> None:
    if folder.exists():
        raise EditionError(
            f"{folder}: bestaat al; een editie wordt nooit overschreven. Kies een andere id, of haal ze eerst weg."
        )


def _freeze_rows(folder: Path, rows: Rows, edition_id: str, **about: Any) -> Manifest:
    """Freeze beside the final place, open the result once, and only then put it there."""
    from lekp_lib.edition.schema import FIGURES

    _refuse_existing(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    invented = any(item.status is Status.EXAMPLE or item.source_id == "voorbeeld" for item in rows.judged)
    about |= {"fictitious": invented, "banner": INVENTED_BANNER if invented else ""}
    with tempfile.TemporaryDirectory(prefix=".nieuw-", dir=folder.parent) as scratch:
        made = Path(scratch) / folder.name
        manifest = freeze(made, edition_id=edition_id, tables=rows.tables, sides=rows.sides, **about)
        FIGURES.validate(Edition.open(str(made)).figures)
        made.rename(folder)
    return manifest


def _named(folder: Path | None) -> Predecessor | None:
    """An edition by id and hash."""
    return Predecessor(id=read_manifest(folder).id, sha256=sha256_of(folder / MANIFEST_NAME)) if folder else None


def _check_asked(asked: Asked) -> None:
    """The id is plain and free, and the edition before is another and an earlier one."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", asked.edition_id) or asked.edition_id in embedded_editions():
        raise EditionError(
            f"editie-id {asked.edition_id!r}: verwacht kleine letters, cijfers en koppeltekens, zoals 2026; "
            f"niet {' of '.join(embedded_editions())}"
        )
    if asked.predecessor is None:
        return
    before = read_manifest(asked.predecessor)
    if before.reference_date > asked.reference_date or before.id == asked.edition_id:
        raise EditionError(
            f"{asked.predecessor}: gevonden editie {before.id!r} van {before.reference_date}; verwacht een andere "
            f"editie, van {asked.reference_date} of vroeger"
        )


def _keep_inputs(store: RawStore, shapes: Iterable[FileShape], files: Iterable[TextFile], day: dt.date) -> None:
    """Shapes and files of municipalities in the raw store, so that the edition can be made again."""
    contents = [(_shape_bytes(shape), f"vorm-{shape.id}.json", "application/json") for shape in shapes]
    contents += [(file.content, file.name, "application/yaml") for file in files]
    for content, name, media_type in contents:
        store.put(content, name=name, provider=KEEPER, retrieved=day, media_type=media_type)


def _boundary_input(store: RawStore, register: Register, on: dt.date) -> BoundaryInput | None:
    """The file of boundaries that holds at the reference date, as its passport has it."""
    passport = kept_boundaries(store, first_day(register, on))
    if passport is None:
        return None
    return BoundaryInput(**{name: getattr(passport, name) for name in BoundaryInput.model_fields})


def prepare(
    data_dir: Path,
    asked: Asked,
    *,
    said_dir: Path,
    catalog: Catalog,
    register: Register,
    find_shape: FindShape,
) -> Prepared:
    """Freeze everything that was imported into an edition.

    Parameters
    ----------
    data_dir
        Folder with raw files and ledger; the edition goes to ``edities/<id>`` below it.
    asked
        Id, dates, title and predecessor.
    said_dir
        Folder with ``correcties/`` and ``toelichtingen/``; either may be absent.
    catalog, register
        Targets and municipalities; files of the project that are part of the catalogue go into the edition.
    find_shape
        Declared shape by id.

    Returns
    -------
    Prepared

    Raises
    ------
    EditionError
        When the id is not usable or taken, or nothing was imported.
    EditionProblems
        With every mistake of corrections and explanations, every stale correction, or every impossible figure.
    """
    _check_asked(asked)
    folder, store, on = data_dir / EDITIONS_FOLDER / asked.edition_id, RawStore(data_dir), asked.reference_date
    _refuse_existing(folder)
    entries = select_imports(data_dir, asked.only, asked.without)
    inputs, shapes = imported(data_dir, find_shape, entries)
    if not inputs and asked.base is None:
        raise EditionError(f"{data_dir}: er is nog niets ingelezen; doe eerst `lekp data import BESTAND --as VORM`")
    corrections, explanations = (read_folder(said_dir / name) for name in ("correcties", "toelichtingen"))
    remarks = read_remarks(corrections, explanations, catalog, register, on, asked.built)
    boundaries = _boundary_input(store, register, on)
    rows = _collect(store, inputs, shapes, asked.base, remarks, boundaries, catalog=catalog, register=register, on=on)
    findings = _checked(rows, catalog, register, asked.built, confirmed_findings(entries))
    _keep_inputs(store, shapes, (*corrections, *explanations), asked.built)
    manifest = _freeze_rows(
        folder,
        rows,
        asked.edition_id,
        title=asked.title or f"Editie {asked.edition_id}",
        reference_date=on,
        built=asked.built,
        origin=_origin(inputs, rows, catalog),
        predecessor=_named(asked.predecessor),
        base=_named(asked.base),
        inputs=inputs,
        corrections=tuple(TextInput(name=file.name, sha256=file.sha256) for file in corrections),
        explanations=tuple(TextInput(name=file.name, sha256=file.sha256) for file in explanations),
        boundaries=boundaries,
        # As the catalogue was when the figures were judged, whatever the files say by now.
        declared=tuple(DeclaredFile(kind=item.kind, name=item.name, text=item.text) for item in catalog.own_files),
    )
    return Prepared(folder, manifest, findings, rows.notes)


# --- make it again --------------------------------------------------------------------------------------------------


def _kept_shape(store: RawStore, item: RawInput) -> FileShape:
    """Shape by which a file was read, as it was declared then."""
    try:
        return FileShape.model_validate_json(store.path(item.shape_sha256).read_bytes(), strict=True)
    except ValidationError as error:
        raise EditionError(
            f"de vorm {item.shape!r} is vastgelegd op een manier die deze versie niet leest ({error.error_count()} "
            "verschillen); doe `lekp data rebuild` met de versie van lekp die de editie maakte, of maak ze opnieuw met "
            "`lekp data prepare`"
        ) from None


def _base_folder(base: Predecessor, data_dir: Path) -> Path:
    """Folder of the edition below, when it is still what it was."""
    prepared = data_dir / EDITIONS_FOLDER / base.id
    folder = prepared if prepared.is_dir() else find_edition(base.id)
    if sha256_of(folder / MANIFEST_NAME) != base.sha256:
        raise EditionError(f"{folder}: editie {base.id!r} is niet meer wat ze was; zet de oude map terug")
    return folder


def rebuild(edition: Path, target: Path, *, data_dir: Path, register: Register) -> tuple[Manifest, tuple[str, ...]]:
    """Make an edition again from its manifest and the raw store, and compare.

    Parameters
    ----------
    edition
        Folder with at least the manifest.
    target
        Where the new copy goes; must not exist yet.
    data_dir
        Folder with the raw files.
    register
        Municipalities. The targets are those of the package, with the files that the edition itself keeps.

    Returns
    -------
    tuple
        Manifest of the copy, and the names of tables whose bytes differ: none when all is as it was.

    Raises
    ------
    EditionError
        When the edition was not made from raw files, or raw files are absent.
    """
    was = read_manifest(edition)
    if not was.inputs and was.base is None:
        raise EditionError(
            f"{edition}: editie {was.id!r} is niet uit ingelezen bestanden gemaakt en kan niet opnieuw gemaakt worden"
        )
    store, on, catalog = RawStore(data_dir), was.reference_date, load_catalog(own=was.own_files)
    corrections, explanations = (
        [TextFile(item.name, store.path(item.sha256).read_bytes()) for item in items]
        for items in (was.corrections, was.explanations)
    )
    remarks = read_remarks(corrections, explanations, catalog, register, on, was.built)
    shapes = [_kept_shape(store, item) for item in was.inputs]
    base = _base_folder(was.base, data_dir) if was.base else None
    rows = _collect(store, was.inputs, shapes, base, remarks, was.boundaries, catalog=catalog, register=register, on=on)
    about = {name: getattr(was, name) for name in Manifest.model_fields if name not in ("format", "id", "tables")}
    manifest = _freeze_rows(target, rows, was.id, **about)
    names = sorted({*was.tables, *manifest.tables})
    return manifest, tuple(name for name in names if was.tables.get(name) != manifest.tables.get(name))
