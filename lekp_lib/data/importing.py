"""Importing a file: look first, then keep it. All or nothing, and nothing is written before everything was read.

Keeping means: the raw bytes go into the raw store, and one line into the ledger says by which shape they are read.
Figures are never stored apart; they are read again from the raw bytes.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from lekp_lib.data.cells import ImportProblems, refuse_if
from lekp_lib.data.checks import Finding, check_counts, check_figures, unconfirmed
from lekp_lib.data.readers import ReadResult, read_file
from lekp_lib.data.schema import FileShape, find_shape
from lekp_lib.data.store import ImportEntry, Ledger, RawStore, data_lock, find_import
from lekp_lib.errors import LekpError, Problem, ProblemGroup
from lekp_lib.pact import Catalog
from lekp_lib.paths import sha256_of
from lekp_lib.register import Register

BY_HASH = "sha256:"
LISTED = 200
KEYS = ["nis", "figure", "date"]


@dataclass(frozen=True)
class ImportContext:
    """What imports are read against.

    Attributes
    ----------
    catalog, register
        Targets and municipalities.
    data_dir
        Data folder of the user.
    shapes_folder
        Folder with ``vormen/*.yaml`` of the user's own, or ``None``.
    """

    catalog: Catalog
    register: Register
    data_dir: Path
    shapes_folder: Path | None = None
    _shapes: dict[str, FileShape] = field(default_factory=dict, repr=False, compare=False)

    def shape(self, shape_id: str) -> FileShape:
        """Declared shape by id, read once."""
        if shape_id not in self._shapes:
            self._shapes[shape_id] = find_shape(shape_id, self.shapes_folder)
        return self._shapes[shape_id]


class ImportPlan(NamedTuple):
    """An import that was looked at and not yet carried out.

    Attributes
    ----------
    path, shape, options
        What would be kept.
    sha256
        Fingerprint of the file when it was read.
    result
        What it gave.
    findings
        What is impossible or unlikely about it.
    changes
        What it would change: columns kind (``revised``, ``new``, ``unchanged``), nis, figure, date, old, new.
    notes
        What a person must know, of this file and of earlier ones that can no longer be read.
    context, today, origin
        As they were given.
    """

    path: Path
    shape: FileShape
    options: Mapping[str, str]
    sha256: str
    result: ReadResult
    findings: tuple[Finding, ...]
    changes: pd.DataFrame
    notes: tuple[str, ...]
    context: ImportContext
    today: dt.date
    origin: dict[str, Any]


def usable_options(options: Mapping[str, str], store: RawStore) -> dict[str, str]:
    """Options of the ledger with the paths of files that it names by fingerprint."""
    kept = options.get("grenzen", "").partition(BY_HASH)[2]
    return {**options, **({"grenzen": str(store.path(kept))} if kept else {})}


def read_entry(entry: Any, context: ImportContext, origin: Any = None) -> ReadResult:
    """What an import gives, read again from the raw bytes; ``origin`` has name, url and day, else its passport has."""
    store, catalog, register = RawStore(context.data_dir), context.catalog, context.register
    origin, options = origin or store.passport(entry.sha256), usable_options(entry.options, store)
    path, shape, day = store.path(entry.sha256), context.shape(entry.shape), origin.retrieved
    return read_file(path, shape, catalog, register, options=options, name=origin.name, url=origin.url, retrieved=day)


def select_imports(
    data_dir: Path, only: Collection[str] = (), without: Collection[str] = ()
) -> tuple[ImportEntry, ...]:
    """Imports of the ledger that hold, in order: all of them, only some, or all but some.

    Parameters
    ----------
    data_dir
        Data folder.
    only, without
        Ids of imports, or the beginning of them.

    Raises
    ------
    LekpError
        For an id that no import has.
    """
    entries = Ledger(data_dir).entries()
    wanted = [find_import(entries, text) for text in only] or list(entries)
    unwanted = [find_import(entries, text) for text in without]
    return tuple(entry for entry in entries if entry in wanted and entry not in unwanted)


def values_of(results: Iterable[ReadResult]) -> pd.DataFrame:
    """Figures and counts of imports: columns nis, figure, date, value; of one figure the last stands."""
    tables = [pd.DataFrame(columns=[*KEYS, "value"])]
    for figures, counts in ((one.figures.dropna(subset="value"), one.counts) for one in results):
        share = figures["measure"].map({"aandeel_pct": " (% van doel)"}).fillna("").astype(str)
        named = figures["target_id"].astype(str) + "." + figures["indicator"].astype(str) + share
        tables.append(figures.assign(figure=named, date=figures["reference_date"])[[*KEYS, "value"]])
        tables.append(counts.rename(columns={"kind": "figure"})[[*KEYS, "value"]])
    found = pd.concat([table.astype(object) for table in tables])
    return found.drop_duplicates(KEYS, keep="last").astype({"value": float})


def changes_of(result: ReadResult, before: Iterable[ReadResult]) -> pd.DataFrame:
    """What a file would change, beside earlier imports of which the last one of a figure wins.

    Returns
    -------
    DataFrame
        Columns kind, nis, figure, date, old, new; revised ones first, then new, then unchanged.
    """
    new, old = values_of([result]).rename(columns={"value": "new"}), values_of(before).rename(columns={"value": "old"})
    frame = new.merge(old, on=KEYS, how="left")
    order = np.select([frame["old"].isna(), frame["old"].eq(frame["new"])], [1, 2], 0)
    frame = frame.assign(kind=pd.Series(["revised", "new", "unchanged"]).loc[order].to_numpy(), order=order)
    return frame.sort_values(["order", *KEYS], ignore_index=True)[["kind", *KEYS, "old", "new"]]


def _earlier(context: ImportContext, shape: FileShape, sha256: str) -> tuple[list[ReadResult], list[str]]:
    """Earlier imports of the same sort of figures, and those that can no longer be read."""
    results, notes = [], []
    for entry in Ledger(context.data_dir).entries():
        try:
            if context.shape(entry.shape).yields == shape.yields:
                results.append(read_entry(entry, context))
        except LekpError as error:
            # The same file comes in again: that mends it.
            if entry.sha256 != sha256:
                first = str(error).splitlines()[0]
                notes.append(f"een eerdere import ({entry.id}, {entry.shape}) is niet meer te lezen: {first}")
    return results, notes


def _findings(result: ReadResult, earlier: list[ReadResult], context: ImportContext, today: dt.date) -> list[Finding]:
    """What is impossible or unlikely, as an edition would find it, less what a person confirmed before."""
    before = [one.figures for one in earlier if not one.figures.empty]
    known, register = pd.concat(before) if before else None, context.register
    checked = check_figures(result.figures, context.catalog, register, known, today=today, levels=result.levels)
    found = [*checked, *(check_counts(result.counts, register, today=today) if len(result.counts) else ())]
    if len(result.counts) and not any(item.level == "error" for item in found):
        try:
            register.with_counts(row for one in (*earlier, result) for row in one.counts.itertuples(index=False))
        except ProblemGroup as error:
            told = [(item.where, f"{item.found}; verwacht: {item.expected}") for item in error.problems]
            found += [Finding("error", "register", *item) for item in told]
    return unconfirmed(found, Ledger(context.data_dir).entries())


def plan_import(
    path: Path,
    shape_id: str,
    context: ImportContext,
    *,
    today: dt.date,
    options: Mapping[str, str] | None = None,
    origin: Mapping[str, Any] | None = None,
) -> ImportPlan:
    """Read a file and look at what it would change; nothing is written.

    Parameters
    ----------
    path
        The file.
    shape_id
        Id of its declared shape.
    context
        Catalogue, register, data folder.
    today
        Day of the import.
    options
        What the file does not tell; see :data:`lekp_lib.data.readers.OPTIONS`.
    origin
        What is known of the file: ``url``, ``title``, ``published``, as in its passport. Of a content that was kept
        before, it takes the place of what was said then.

    Returns
    -------
    ImportPlan

    Raises
    ------
    ImportProblems
        When the file as a whole cannot be read.
    CatalogError
        When there is no such shape.
    """
    shape, given = context.shape(shape_id), dict(options or {})
    usable, told = usable_options(given, RawStore(context.data_dir)), {"url": "", **(origin or {})}
    about: dict[str, Any] = {"options": usable, "name": path.name, "url": told["url"], "retrieved": today}
    # Before it is read: a file that changes meanwhile is another one when it is kept.
    sha256 = sha256_of(path) if path.is_file() else ""
    result = read_file(path, shape, context.catalog, context.register, **about)
    earlier, notes = _earlier(context, shape, sha256)
    was = {item.sha256: item.url for item in RawStore(context.data_dir).passports()}.get(sha256)
    if was and told["url"] not in ("", was):
        notes.append(f"deze inhoud kwam eerder van {was}; voor nieuwe edities wordt dat {told['url']}")
    findings, changes = _findings(result, earlier, context, today), changes_of(result, earlier)
    found = (result, tuple(findings), changes, (*result.notes, *notes))
    return ImportPlan(path, shape, given, sha256, *found, context, today, told)


def objections(plan: ImportPlan, *, accept_partial: bool, confirm: bool) -> list[Problem]:
    """Why a plan cannot be carried out as it is."""
    name = plan.path.name
    problems = [
        Problem(f"{name}: --option {option}", reason, "een optie die iets verandert", "Laat de optie weg.")
        for option, reason in plan.result.unused.items()
    ]
    for item in plan.findings:
        if item.level == "error" or (item.level == "confirm" and not confirm):
            advice = "Klopt het cijfer toch, bevestig het dan: lekp data import met --bevestig."
            found, _, expected = item.message.partition("; verwacht: ")
            told = (found, expected or "een mogelijk cijfer", advice if item.level == "confirm" else "")
            problems.append(Problem(f"{name}: {item.where}", *told))
    if not accept_partial:
        refused = plan.result.refused[["cell", "found", "expected", "advice"]].itertuples(index=False, name=None)
        problems += [Problem(f"{name}: {cell}", *told) for cell, *told in refused]
    if plan.changes.empty and plan.result.context.empty and not problems:
        left = "; ".join(plan.result.notes) or "geen rijen"
        problems.append(Problem(name, f"geen enkele bruikbare rij ({left})", "minstens één cijfer"))
    return problems


def apply_import(plan: ImportPlan, *, accept_partial: bool = False, confirm: bool = False) -> ImportEntry:
    """Keep the file of a plan and write the import into the ledger.

    Parameters
    ----------
    plan
        From :func:`plan_import`.
    accept_partial
        Whether refused rows may stay out. Impossible figures always stop the import.
    confirm
        Whether a person confirms the unlikely figures that were listed.

    Returns
    -------
    ImportEntry

    Raises
    ------
    ImportProblems
        With every refused row and every impossible figure; nothing is written then.
    """
    if problems := objections(plan, accept_partial=accept_partial, confirm=confirm):
        if (rest := len(problems) - LISTED) > 0:
            problems[LISTED:] = [Problem("en verder", f"{rest} andere", "geen", "Schrijf alles weg met --report.")]
        raise ImportProblems(f"{plan.path.name} is niet ingelezen", problems)
    data_dir, name = plan.context.data_dir, plan.path.name
    store, options, source = RawStore(data_dir), dict(plan.options), plan.context.catalog.source(plan.shape.source)
    same: dict[str, Any] = {"provider": source.id, "retrieved": plan.today}
    with data_lock(data_dir):
        other = sha256_of(plan.path) != plan.sha256
        refuse_if(other, name, "een andere inhoud dan daarnet", "hetzelfde bestand", "Lees het opnieuw in.")
        borders = options.get("grenzen", BY_HASH)
        if not borders.startswith(BY_HASH):
            kept = store.put(Path(borders), name=borders, title="grenzen", **same)
            options["grenzen"] = f"{BY_HASH}{kept.sha256}"
        about = {"title": plan.shape.title, "licence": source.licence} | same | plan.origin
        kept = store.put(plan.path, name=name, **about)
        found, dated = f"dezelfde inhoud als {kept.name}, die al bewaard is", plan.shape.when.file_name
        advice = "De naam zegt de datum. Zeg ze zelf: --option datum=2025-12-31."
        refuse_if(dated and kept.name != name and "datum" not in options, name, found, "een andere inhoud", advice)
        if told := {field: given for field, given in plan.origin.items() if given}:
            store.put(plan.path, renew=True, **kept.model_dump(exclude={"sha256", "bytes"}) | told)
        confirmed = tuple(item.key for item in plan.findings if item.level == "confirm")
        used = {"shape": plan.shape.id, "options": options, "date": plan.today}
        entry = ImportEntry(sha256=kept.sha256, confirmed=confirmed, **used)
        Ledger(data_dir).append(entry)
    return entry
