"""Prepare an edition from what was imported, and make it again from its manifest.

Everything that goes in is kept in the raw store first: the files with figures, the declarations of their shapes, the
corrections and the explanations. The manifest lists their hashes, so that the same bytes come out at any later time,
without network and whatever the files in the working folder say by then.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from pydantic import ValidationError

from lekp_lib.data import importing
from lekp_lib.data.cells import ImportProblems, each
from lekp_lib.data.checks import check_counts, check_figures, unconfirmed
from lekp_lib.data.importing import ImportContext, read_entry, select_imports
from lekp_lib.data.places import BOX, LAMBERT_72, read_boundaries
from lekp_lib.data.readers import NOT_REGISTERED, ReadResult
from lekp_lib.data.schema import FileShape
from lekp_lib.data.store import FileOrigin, ImportEntry, RawStore, first_day, kept_boundaries
from lekp_lib.edition import edition as editions
from lekp_lib.edition.corrections import MODELS, Entries, apply_corrections, explanation_rows, read_folder, read_remarks
from lekp_lib.edition.edition import FIGURE_TABLES, KEY, TABLES, Edition, Manifest, RawInput, typed
from lekp_lib.edition.mergers import merge_figures, with_parts
from lekp_lib.errors import EditionError, EditionProblems, Problem
from lekp_lib.pact import load_catalog
from lekp_lib.paths import sha256_of
from lekp_lib.register import Register, load_register

INVENTED_BANNER = "Bevat fictieve cijfers"
OWN_BANNER = "Eigen cijfers van de gemeente, niet bevroren"
#: Corners that matter less than a triangle with a side of about so many metres go (:func:`shapely.coverage_simplify`).
#: A whole map is then about 40 kB, and a quarter of a point on an A4 page is 160 m.
TOLERANCE_M = 400.0
#: A boundary whose area differs more than this from the register belongs to another place or another time.
_AREA_MARGIN = 0.25
#: Why a figure of a former municipality made no sum, at the end of its remark.
_NO_SUM = r" ?Niet opgeteld: [^.]*\.$"

#: Tables by name; the figures after correction, under the codes of their own time; sentences on what was left out.
Gathered = tuple[dict[str, pd.DataFrame], pd.DataFrame, list[str]]


# ---- what was imported -----------------------------------------------------------------------------------------------


def _shape_bytes(shape: FileShape) -> bytes:
    """A declared shape as it is kept."""
    return (shape.model_dump_json(indent=1) + "\n").encode("utf-8")


def imported(context: ImportContext, entries: Sequence[ImportEntry] | None = None) -> tuple[RawInput, ...]:
    """Imports as a manifest lists them: those that hold, or the ones that are given.

    Raises
    ------
    LekpError
        When an import has no raw file any more, or its shape is not declared any more.
    """
    store, inputs = RawStore(context.data_dir), []
    for entry in select_imports(context.data_dir) if entries is None else entries:
        origin = store.passport(entry.sha256).model_dump(include={"sha256", "name", "url", "retrieved"})
        shape = hashlib.sha256(_shape_bytes(context.shape(entry.shape))).hexdigest()
        chosen = {"shape": entry.shape, "shape_sha256": shape, "options": entry.options, "imported": entry.date}
        inputs.append(RawInput(**origin, **chosen))
    return tuple(inputs)


def read_inputs(inputs: Sequence[RawInput], context: ImportContext) -> list[ReadResult]:
    """Every raw file read again by its shape; rows that were refused at the import are refused again, and told."""
    results = []
    for item in inputs:
        result = read_entry(item, context, item)
        refused = told(len(result.refused), "geweigerde rij blijft weg", "geweigerde rijen blijven weg")
        result.notes = [f"{item.name}: {note}" for note in (*result.notes, refused) if note]
        results.append(result)
    return results


def newest_reference_dates(context: ImportContext) -> dict[str, dt.date]:
    """Newest reference date by source id of all that was imported: figures, counts and context."""
    inputs = imported(context)
    dated: list[tuple[str, dt.date]] = []
    for item, result in zip(inputs, read_inputs(inputs, context), strict=True):
        dated += zip(result.figures["source_id"], result.figures["reference_date"], strict=True)
        days = [*result.counts["date"], *result.context.get("date", ())]
        dated += [(context.shape(item.shape).source, day) for day in days if isinstance(day, dt.date)]
    return dict(sorted(dated))


def told(number: int, one: str, more: str) -> str:
    """A number with its words, in the singular or the plural; nothing for zero."""
    return f"{number} {one if number == 1 else more}" if number else ""


# ---- from files to tables --------------------------------------------------------------------------------------------


def _latest(figures: pd.DataFrame, *apart: str) -> pd.DataFrame:
    """One figure per target, series, municipality and date (and what stands ``apart``): the last.

    An amount is never replaced by a bare share of the target, nor a figure by "not registered": that would lose it.
    """
    rank = figures["status"].ne(NOT_REGISTERED) * 2 + figures["measure"].eq("stand")
    ordered = figures.assign(rank=rank).sort_values([*apart, "rank"], kind="stable").drop(columns="rank")
    return ordered.drop_duplicates([*KEY, *apart], keep="last")


def _same_places(base: Edition | None, register: Register, on: dt.date) -> bool:
    """Whether there is an edition below, with the municipalities of the day."""
    return base is not None and register.municipalities(base.reference_date) == register.municipalities(on)


def _context(
    inputs: Sequence[RawInput], results: Sequence[ReadResult], under: pd.DataFrame, register: Register, on: dt.date
) -> tuple[pd.DataFrame, int, int]:
    """Context by municipality of the reference date, and the numbers of rows on municipalities of later and from below.

    Rows that agree in everything but their amounts are about the same thing: those of the last import replace others.
    """
    records = [(0, row.shape, {"nis": row.nis, **json.loads(row.fields)}) for row in each(under)]
    for number, (item, result) in enumerate(zip(inputs, results, strict=True), start=1):
        records += [(number, item.shape, record) for record in result.context.to_dict("records")]
    current = {place.nis for place in register.municipalities(on)}
    to_come = {place.nis for place in register.municipalities(dt.date.max)} - current
    rows = []
    for number, shape, record in records:
        if (nis := str(record.pop("nis"))) not in to_come:
            code = register.successor(nis, on).nis
            fields = {key: None if pd.isna(value) else value for key, value in record.items()}
            fields |= {} if code == nis else {"nis": nis}
            text = json.dumps(fields, ensure_ascii=False, sort_keys=True, default=str)
            about = {key: value for key, value in json.loads(text).items() if isinstance(value, str)}
            rows.append((code, shape, text, f"{code} {shape} {about}", number))
    frame = pd.DataFrame(rows, columns=[*TABLES["context"].names, "about", "file"])
    newest = frame[frame["file"] == frame.groupby("about")["file"].transform("max")]
    return newest[TABLES["context"].names].drop_duplicates(), len(records) - len(rows), int(newest["file"].eq(0).sum())


def _laid_over(
    results: Sequence[ReadResult], base: Edition | None, context: ImportContext, on: dt.date
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Figures of municipalities, those of areas, and the number of figures that are dated later.

    ``base`` says which ones stood in the edition below; they go under the others. Its figures of municipalities are
    wholes already, as long as the municipalities are the same.
    """
    same = _same_places(base, context.register, on)
    frames = [base.frame(name).assign(base=True, settled=same and name == "figures") for name in FIGURE_TABLES if base]
    for frame in frames:
        # The reason why a figure of a former municipality made no sum is told again, if it holds.
        frame["remark"] = frame["remark"].str.replace(_NO_SUM, "", regex=True)
    frames += [typed(result.figures).assign(base=False, settled=False) for result in results]
    everything = pd.concat(frames, ignore_index=True)
    # Also once it is corrected: what was invented stands beside it.
    everything["invented"] = everything["status"].eq("voorbeeld") | everything["source_id"].eq("voorbeeld")
    unknown = sorted(set(everything["source_id"]) - set(context.catalog.sources))
    problems = [Problem("cijfers", f"de bron {name!r}", "de id van een bron uit de catalogus") for name in unknown]
    EditionProblems.raise_any("ingelezen cijfers", problems)
    later = everything["reference_date"] > pd.Timestamp(on)
    past = everything[~later]
    of_area = past["nis"].isin(list(editions.AREA_NAMES))
    totals, places = _latest(past[of_area]), with_parts(past[~of_area], context.register, on)
    places["is_part"] &= ~places["settled"]
    future = len(everything[later].drop_duplicates(KEY))
    return _latest(places, "is_part"), totals[totals["status"] != NOT_REGISTERED], future


def _with_base(own: pd.DataFrame, under: pd.DataFrame, keys: list[str], taken: pd.DataFrame) -> pd.DataFrame:
    """A table of remarks with the rows of the edition below about what is not ``taken`` by something own."""
    is_taken = pd.MultiIndex.from_frame(under[keys]).isin(pd.MultiIndex.from_frame(taken[keys]))
    return pd.concat([under[~is_taken], own], ignore_index=True)


def gather(
    inputs: Sequence[RawInput], remarks: Mapping[str, Entries], context: ImportContext, on: dt.date,
    base: Edition | None = None, boundaries: FileOrigin | None = None,
) -> Gathered:  # fmt: skip
    """The tables of an edition: read again, laid over each other, corrected, added up after mergers.

    What goes in are bytes that lie in the raw store, and what comes out depends on nothing else.

    Parameters
    ----------
    inputs
        What was imported, in order.
    remarks
        Corrections and explanations.
    context
        Targets, municipalities, data folder.
    on
        Reference date: figures and counts that are dated later stay out; context is told with its own day.
    base
        The edition below: what it holds stands where there is nothing own.
    boundaries
        Where those of municipalities come from.

    Returns
    -------
    tuple
        See :data:`Gathered`; ``base`` says which of the figures stood in the edition below.

    Raises
    ------
    EditionProblems
        When corrections do not fit the figures, or a source is not known.
    RegisterError
        For a code that no municipality ever had.
    """
    register, results = context.register, read_inputs(inputs, context)
    under = {name: base.frame(name) if base else pd.DataFrame(columns=schema.names) for name, schema in TABLES.items()}

    def current(rows: pd.DataFrame) -> pd.DataFrame:
        codes = {nis: register.successor(nis, on).nis for nis in rows["nis"].unique()}
        return rows.assign(nis=rows["nis"].map(codes))

    places, totals, future = _laid_over(results, base, context, on)
    corrected, applied = apply_corrections(places, remarks["correcties"], context, on)
    settled = corrected["base"] & ~corrected["is_part"]
    own, former = merge_figures(corrected[~settled], context.catalog, register)
    counts = pd.concat([under["counts"], *(result.counts for result in results)], ignore_index=True)
    counts = counts.drop_duplicates(["nis", "kind", "date"], keep="last")
    facts, later, from_below = _context(inputs, results, under["context"], register, on)
    explanations = explanation_rows(remarks["toelichtingen"], register, on)
    changed = corrected.loc[~corrected["base"], KEY]
    changed = pd.concat([changed.assign(reference_date=changed["reference_date"].dt.date), applied[KEY]])
    tables = {
        "figures": _latest(pd.concat([corrected[settled], own], ignore_index=True)),
        "former": former,
        "totals": totals,
        "counts": counts[counts["date"] <= on],
        "corrections": _with_base(applied, current(under["corrections"]), KEY, current(changed)),
        "explanations": _with_base(explanations, current(under["explanations"]), ["target_id", "nis"], explanations),
        "context": facts,
    }
    if boundaries is not None and base is not None and base.manifest.boundaries == boundaries:
        tables["boundaries"] = under["boundaries"]
    elif boundaries is not None:
        path = RawStore(context.data_dir).path(boundaries.sha256)
        tables["boundaries"] = simplified(path, boundaries.name, register, on)
    kept = {
        ("aantal", "aantallen"): (len(under["counts"].merge(tables["counts"])), len(under["counts"])),
        ("correctie", "correcties"): (len(tables["corrections"]) - len(applied), len(under["corrections"])),
        ("toelichting", "toelichtingen"): (len(tables["explanations"]) - len(explanations), len(under["explanations"])),
        ("rij context", "rijen context"): (from_below, len(under["context"])),
    }
    notes = [] if base is None else _base_notes(base, results, kept)
    notes += [note for result in results for note in result.notes]
    notes += [
        told(future, f"cijfer van na {on} blijft uit deze editie", f"cijfers van na {on} blijven uit deze editie"),
        told(later, f"rij context over een gemeente die op {on} niet bestond, blijft weg",
             f"rijen context over gemeenten die op {on} niet bestonden, blijven weg"),
        told(len(former), "cijfer van een vroegere gemeente vormt geen som en staat apart",
             "cijfers van vroegere gemeenten vormen geen som en staan apart"),
    ]  # fmt: skip
    return tables, pd.concat([corrected, totals]), list(filter(None, notes))


def _base_notes(
    base: Edition, results: Sequence[ReadResult], kept: Mapping[tuple[str, str], tuple[int, int]]
) -> list[str]:
    """What of the edition below is used, of how many (``kept``), and where something own stands in its place."""
    figures = pd.concat([base.frame(name) for name in FIGURE_TABLES])
    own = pd.concat([figures.head(0), *(typed(result.figures) for result in results)])[KEY].drop_duplicates()
    replaced = figures.merge(own, on=KEY)["target_id"].value_counts().sort_index()
    by_target = ", ".join(f"{target} {count}" for target, count in replaced.items())
    there = told(len(figures), "cijfer", "cijfers")
    notes = [f"{there} van editie {base.id} {'ligt' if len(figures) == 1 else 'liggen'} onder de eigen cijfers"]
    notes[0] += f"; eigen cijfers gaan voor bij {replaced.sum()}: {by_target}" if by_target else ""
    also = [told(number, *words) for words, (number, _) in kept.items()]
    lost = [told(there - number, *words) for words, (number, there) in kept.items()]
    for start, numbers in (("ook overgenomen", also), ("niet overgenomen, want er zijn eigen gegevens", lost)):
        if some := ", ".join(filter(None, numbers)):
            notes.append(f"{start}: {some} van editie {base.id}")
    return notes


# ---- boundaries ------------------------------------------------------------------------------------------------------


def _boundary_problems(own: Any, name: str, register: Register, on: dt.date) -> Iterator[Problem]:
    """Municipalities that are absent, there twice, elsewhere or of another size."""
    from shapely.geometry import box

    places = {item.nis: item for item in register.municipalities(on)}
    times, around = own["nis"].value_counts().sort_index(), box(*BOX)
    for nis, number in times[times > 1].items():
        yield Problem(name, f"{number} vlakken van {nis} {places[nis].name}", "één vlak per gemeente")
    advice = f"Neem een bestand met de gemeenten van {on}."
    if missing := [f"{nis} {places[nis].name}" for nis in sorted(set(places) - set(times.index))]:
        some = ", ".join(missing[:5]) + (f" en {len(missing) - 5} andere" if len(missing) > 5 else "")
        yield Problem(name, f"geen vlak van {some}", f"de {len(places)} gemeenten van {on}", advice)
    for nis, geometry in zip(own["nis"], own.geometry, strict=True):
        where, known, km2 = f"{name}: {nis} {places[nis].name}", places[nis].area_km2, geometry.area / 1e6
        # An empty area lies nowhere.
        if not around.covers(geometry.envelope):
            yield Problem(where, "een vlak buiten Vlaanderen, of geen", "haar eigen grens", advice)
        elif abs(km2 / known - 1) > _AREA_MARGIN:
            yield Problem(where, f"een vlak van {km2:.1f} km²", f"ongeveer {known:.1f} km²", advice)


def simplified(path: Path, name: str, register: Register, on: dt.date) -> pd.DataFrame:
    """Boundaries of all municipalities of a day, simplified together: neighbours stay neighbours, none disappears.

    Parameters
    ----------
    path
        GeoJSON; may hold other areas too, which stay out.
    name
        Of the file, for messages.
    register
        Which municipalities there are, and how large.
    on
        Reference date of the edition.

    Returns
    -------
    DataFrame
        The table ``boundaries``: one row per municipality, in order of code.

    Raises
    ------
    ImportProblems
        When the file holds no boundaries.
    EditionProblems
        With every municipality that is absent, there twice, elsewhere or of another size.
    """
    import shapely

    frame = read_boundaries(path, name, LAMBERT_72)
    own = frame[frame["nis"].isin([item.nis for item in register.municipalities(on)])].sort_values("nis")
    EditionProblems.raise_any("grenzen die niet bruikbaar zijn", _boundary_problems(own, name, register, on))
    areas = shapely.make_valid(own.geometry.to_numpy(), method="structure", keep_collapsed=False)
    if not shapely.coverage_is_valid(areas):
        # Borders that were drawn twice, a little apart: without this they would be simplified apart.
        areas = shapely.coverage_clean(areas, gap_width=50.0)
        cleaned = _boundary_problems(own.assign(geometry=areas), name, register, on)
        EditionProblems.raise_any("grenzen die elkaar overlappen", cleaned)
    rows = []
    for nis, area in zip(own["nis"], shapely.coverage_simplify(areas, TOLERANCE_M), strict=True):
        outlines = shapely.get_rings(shapely.get_parts(shapely.normalize(area)))
        rings = [shapely.get_coordinates(ring)[:-1].round().astype(int).tolist() for ring in outlines]
        x, y = shapely.maximum_inscribed_circle(area).coords[0]
        rows.append((nis, round(x), round(y), json.dumps(rings, separators=(",", ":"))))
    return pd.DataFrame(rows, columns=TABLES["boundaries"].names)


# ---- prepare ---------------------------------------------------------------------------------------------------------


def _to_look_at(
    judged: pd.DataFrame, counts: pd.DataFrame, context: ImportContext, today: dt.date, entries: Iterable[ImportEntry]
) -> list[str]:
    """What a person must look at in what is frozen: after correction, so that that can mend an impossible figure.

    What the edition below holds was judged when that was made, unless it was corrected since.
    """
    under, register = judged["base"] & (judged["status"] != "gecorrigeerd"), context.register
    own, before = (editions.as_read(judged[chosen]) for chosen in (~under, under))
    found = check_figures(own, context.catalog, register, before, today=today)
    findings = unconfirmed([*found, *check_counts(counts, register, today=today)], entries)
    advice = "Lees een verbeterd bestand in, trek de import in, of verbeter het cijfer in parameters/correcties."
    errors = [item for item in findings if item.level != "warning"]
    problems = [Problem(item.where, item.message, "een mogelijk cijfer", advice) for item in errors]
    EditionProblems.raise_any("cijfers die niet kunnen kloppen", problems)
    return [f"na te kijken: {item.where}: {item.message}" for item in findings]


def _freeze(folder: Path, judged: pd.DataFrame, banner: str, **about: Any) -> Manifest:
    """Freeze, once the result has been opened without mistakes."""
    invented = bool(judged["invented"].any())
    marks = [INVENTED_BANNER] * (invented and INVENTED_BANNER not in banner) + [banner] * bool(banner)
    about |= {"fictitious": invented, "banner": ". ".join(marks)}
    return editions.freeze(folder, check=Edition.open, **about)


def _named(folder: Path) -> editions.Predecessor:
    """An edition by id and hash."""
    return editions.Predecessor(id=editions.read_manifest(folder).id, sha256=sha256_of(folder / editions.MANIFEST_NAME))


def _check_asked(edition_id: str, on: dt.date, built: dt.date, predecessor: Path | None) -> None:
    """The id is plain and free, the reference date is there, and the edition before is another and an earlier one."""
    embedded = editions.embedded_editions()
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", edition_id) or edition_id in embedded:
        expected = f"kleine letters, cijfers en koppeltekens, zoals 2026; niet {' of '.join(embedded)}"
        raise EditionError(f"editie-id {edition_id!r}: verwacht {expected}")
    if on > built:
        raise EditionError(f"peildatum {on}: verwacht een dag tot en met vandaag, {built}")
    before = editions.read_manifest(predecessor) if predecessor else None
    if before and (before.reference_date > on or before.id == edition_id):
        found = f"gevonden editie {before.id!r} van {before.reference_date}"
        raise EditionError(f"{predecessor}: {found}; verwacht een andere editie, van {on} of vroeger")


def _boundary_input(store: RawStore, base: Edition | None, register: Register, on: dt.date) -> FileOrigin | None:
    """The file of boundaries that holds at the reference date, as its passport or else the edition below has it."""
    if passport := kept_boundaries(store, first_day(register, on)):
        return FileOrigin(**passport.model_dump(exclude={"bytes", "media_type"}))
    return base.manifest.boundaries if base and _same_places(base, register, on) else None


def prepare(
    edition_id: str, on: dt.date, context: ImportContext, *, built: dt.date, entries: Sequence[ImportEntry],
    predecessor: Path | None = None, base: Path | None = None, **texts: str,
) -> tuple[Path, Manifest, list[str]]:  # fmt: skip
    """Freeze what was imported into an edition.

    Parameters
    ----------
    edition_id
        Small letters, digits and hyphens.
    on
        Reference date: the day as of which the edition speaks.
    context
        Targets and municipalities; files of the project that are part of the catalogue go into the edition. Its data
        folder has the raw files and the ledger, the edition goes to ``edities/<id>`` below it. The folder of its shapes
        has ``correcties/`` and ``toelichtingen/`` too; either may be absent.
    built
        Today.
    entries
        Imports that go in, from :func:`~lekp_lib.data.importing.select_imports`.
    predecessor
        Folder of the edition before this one, with which reports compare.
    base
        Folder of the edition on which this one builds.
    **texts
        ``title``, the name for readers, else "Editie" and the id; ``banner``, what everything that is made from the
        edition says on each page.

    Returns
    -------
    tuple
        Folder and manifest of the edition, and what the person who made it must know.

    Raises
    ------
    EditionError
        When the id is not usable or taken, or nothing was imported.
    EditionProblems
        With every mistake of corrections and explanations, every stale correction, or every impossible figure.
    """
    _check_asked(edition_id, on, built, predecessor)
    data_dir, store, catalog = context.data_dir, RawStore(context.data_dir), context.catalog
    folder = data_dir / editions.EDITIONS_FOLDER / edition_id
    editions.refuse_existing(folder)
    if not (inputs := imported(context, entries)) and base is None:
        raise EditionError(f"{data_dir}: er is nog niets ingelezen; doe eerst `lekp data import BESTAND --as VORM`")
    below = Edition.open(str(base)) if base else None
    files = {kind: read_folder((context.shapes_folder or data_dir) / kind) for kind in MODELS}
    boundaries = _boundary_input(store, below, context.register, on)
    remarks = read_remarks(files, context, on, built)
    tables, judged, notes = gather(inputs, remarks, context, on, below, boundaries)
    if predecessor and editions.read_manifest(predecessor).fictitious and not judged["invented"].any():
        raise EditionError(f"{predecessor}: gevonden verzonnen cijfers; verwacht een vorige editie met echte cijfers")
    notes = _to_look_at(judged, tables["counts"], context, built, entries) + notes
    # The provider of what this program itself keeps: declared shapes, files of municipalities.
    keep: dict[str, Any] = {"provider": "lekp", "retrieved": built}
    for shape in (context.shape(item.shape) for item in inputs):
        store.put(_shape_bytes(shape), name=f"vorm-{shape.id}.json", media_type="application/json", **keep)
    said: dict[str, list[editions.TextInput]] = {kind: [] for kind in files}
    for kind, name, path in ((kind, *item) for kind, found in files.items() for item in found.items()):
        sha256 = store.put(path, name=name, media_type="application/yaml", **keep).sha256
        said[kind].append(editions.TextInput(name=name, sha256=sha256))
    names = sorted({catalog.source(name).name for name in judged["source_id"].unique()}, key=str.casefold)
    told_files = told(len(inputs), "ingelezen bestand", "ingelezen bestanden") or "0 ingelezen bestanden"
    manifest = _freeze(
        folder, judged, texts.get("banner", ""), tables=tables, id=edition_id, reference_date=on, built=built,
        title=texts.get("title") or f"Editie {edition_id}", inputs=inputs,
        origin=f"Cijfers uit {told_files}{', van ' * bool(names)}{', '.join(names)}.",
        predecessor=predecessor and _named(predecessor), base=base and _named(base), boundaries=boundaries,
        corrections=said["correcties"], explanations=said["toelichtingen"],
        # As the catalogue was when the figures were judged, whatever the files say by now.
        declared=[editions.DeclaredFile.model_validate(file, from_attributes=True) for file in catalog.own_files],
    )  # fmt: skip
    return folder, manifest, notes


# ---- figures of one's own, for one report ----------------------------------------------------------------------------


def _plan_template(file: Path, context: ImportContext, today: dt.date) -> importing.ImportPlan:
    """A filled-in template in its long form, or else in its wide one; what is wrong is told of the long form."""
    try:
        return importing.plan_import(file, "sjabloon", context, today=today)
    except ImportProblems:
        with suppress(ImportProblems):
            return importing.plan_import(file, "sjabloon_breed", context, today=today)
        raise


def with_own_figures(base: Path, file: Path) -> Edition:
    """An edition with the figures of a filled-in template laid over it, for one report; nothing is kept.

    Parameters
    ----------
    base
        Folder of the edition.
    file
        The template, as workbook or csv.

    Returns
    -------
    Edition
        Its banner says what it is, its notes what a person must know. The same file on the same edition gives the same
        edition. A figure that is newer than the edition makes that its reference date.

    Raises
    ------
    LekpError
        With every mistake of the file at once, as an import finds them.
    """
    under = Edition.open(str(base))
    with TemporaryDirectory(prefix="lekp-") as scratch:
        context = ImportContext(under.catalog, load_register(), Path(scratch))
        plan = _plan_template(file, context, dt.datetime.now(dt.UTC).date())
        figures = plan.result.figures
        on = max([under.reference_date, *figures["reference_date"]])
        built = max(under.manifest.built, on)
        entry = importing.apply_import(plan._replace(today=built))
        name = f"{under.id[:40]}-eigen-cijfers"
        texts: dict[str, Any] = {"title": f"{under.title} en eigen cijfers", "banner": OWN_BANNER}
        folder, _, notes = prepare(name, on, context, built=built, entries=[entry], base=base, **texts)
        edition = Edition.open(str(folder))
    used = f"{OWN_BANNER}: {told(len(figures), 'cijfer', 'cijfers')} uit {file.name}; er is niets bewaard"
    found = [f"na te kijken: {item.where}: {item.message}" for item in plan.findings]
    found += [note for note in notes if note.startswith("na te kijken") or "eigen cijfers" in note]
    other = f"; dit verslag bouwt op {under.label}, dus doelniveaus en wat ontbreekt kunnen nu anders zijn"
    of_file = [note + other * note.startswith("een sjabloon") for note in plan.notes if under.label not in note]
    edition.notes = (used, *dict.fromkeys(found), *of_file)
    edition.predecessor = under.predecessor
    edition.own_places = {under.register.successor(nis, on).nis for nis in figures["nis"]}
    return edition


# ---- make it again ---------------------------------------------------------------------------------------------------


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


def rebuild(folder: Path, target: Path, *, data_dir: Path, register: Register) -> list[str]:
    """Make an edition again from its manifest and the raw store, and compare.

    Parameters
    ----------
    folder
        Folder of the edition, with at least the manifest.
    target
        Where the new copy goes; must not exist yet.
    data_dir
        Folder with the raw files.
    register
        Municipalities. The targets are those of the package, with the files that the edition itself keeps.

    Returns
    -------
    list of str
        Names of tables whose bytes differ: none when all is as it was.

    Raises
    ------
    EditionError
        When the edition was not made from raw files, or raw files are absent.
    """
    was = editions.read_manifest(folder)
    if not was.inputs and was.base is None:
        raise EditionError(f"{folder}: editie {was.id!r} is niet uit ingelezen bestanden gemaakt; dit kan hier niet")
    store, kept = RawStore(data_dir), {"correcties": was.corrections, "toelichtingen": was.explanations}
    files = {kind: {item.name: store.path(item.sha256) for item in items} for kind, items in kept.items()}
    shapes = {item.shape: _kept_shape(store, item) for item in was.inputs}
    context = ImportContext(load_catalog(own=was.own_files), register, data_dir, _shapes=shapes)
    base = editions.open_named(was.base, was.id, data_dir / editions.EDITIONS_FOLDER) if was.base else None
    remarks = read_remarks(files, context, was.reference_date, was.built)
    tables, judged, _ = gather(was.inputs, remarks, context, was.reference_date, base, was.boundaries)
    manifest = _freeze(target, judged, **dict(was) | {"tables": tables})
    names = sorted({*was.tables, *manifest.tables})
    return [name for name in names if was.tables.get(name) != manifest.tables.get(name)]
