"""Importing a file: look first, then keep it. All or nothing, and nothing is written before everything was read.

Keeping means: the raw bytes go into the raw store, and one line into the ledger says by which shape they are read.
Figures are never stored apart; they are read again from the raw bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lekp_lib.data.changes import Change, compare, known_values
from lekp_lib.data.findings import Finding
from lekp_lib.data.import_result import ImportProblems, ImportResult
from lekp_lib.data.import_world import BY_HASH, FILE_OPTIONS, World, read_entry, usable_options
from lekp_lib.data.ledger import ImportEntry, Ledger
from lekp_lib.data.passport import Passport
from lekp_lib.data.plausibility import check_observations
from lekp_lib.data.plausibility_counts import check_counts
from lekp_lib.data.raw_store import RawStore, fingerprint
from lekp_lib.data.read_shape import read_file
from lekp_lib.data.safe_content import refuse
from lekp_lib.errors import Problem
from lekp_lib.pact.shapes import FileShape

__all__ = ["ImportPlan", "Origin", "World", "carry_out", "plan_import", "read_entry", "usable_options"]

_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".zip": "application/zip",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file came from; goes into its passport."""

    url: str = ""
    title: str = ""
    published: dt.date | None = None


@dataclass(frozen=True)
class ImportPlan:
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
        What it would change.
    """

    path: Path
    shape: FileShape
    options: Mapping[str, str]
    sha256: str
    result: ImportResult
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that stop the import."""
        return tuple(item for item in self.findings if item.level == "error")

    def count(self, kind: str) -> int:
        """Number of changes of one kind."""
        return sum(item.kind == kind for item in self.changes)


def _earlier(world: World, shape: FileShape) -> list[ImportResult]:
    """Earlier imports of the same sort of figures; others cannot change them."""
    entries = Ledger(world.data_dir).entries()
    return [read_entry(entry, world) for entry in entries if world.shape(entry.shape).yields == shape.yields]


def plan_import(
    path: Path,
    shape_id: str,
    world: World,
    *,
    today: dt.date,
    options: Mapping[str, str] | None = None,
    origin: Origin | None = None,
) -> ImportPlan:
    """Read a file and look at what it would change; nothing is written.

    Parameters
    ----------
    path
        The file.
    shape_id
        Id of its declared shape.
    world
        Catalogue, register, data folder.
    today
        Day of the import.
    options
        What the file does not tell; see :data:`lekp_lib.data.read_shape.OPTIONS`.
    origin
        Address of the file, when known.

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
    told = dict(options or {})
    shape = world.shape(shape_id)
    url = origin.url if origin else ""
    store = RawStore(world.data_dir)
    result = read_file(
        path,
        shape,
        world.catalog,
        world.register,
        options=usable_options(told, store),
        name=path.name,
        url=url,
        retrieved=today,
    )
    earlier = _earlier(world, shape)
    before = [item for known in earlier for item in known.observations]
    findings = (
        *check_observations(
            result.observations, world.catalog, world.register, before, today=today, levels=result.levels
        ),
        *check_counts(result.counts, world.catalog, world.register, today=today),
    )
    changes = compare(result, known_values(earlier))
    return ImportPlan(path, shape, told, fingerprint(path), result, findings, changes)


def _objections(plan: ImportPlan, accept_partial: bool) -> list[Problem]:
    name = plan.path.name
    problems = [Problem(f"{name}: {item.where}", item.message, "a possible figure", "") for item in plan.errors]
    if not accept_partial:
        problems += [refusal.problem for refusal in plan.result.refused]
    nothing = not plan.changes and plan.result.context.empty
    if nothing and not problems:
        left = "; ".join(plan.result.notes) or "no rows"
        problems.append(Problem(name, f"not one usable row ({left})", "at least one figure"))
    return problems


def _kept(path: Path, store: RawStore, shape: FileShape, world: World, today: dt.date, origin: Origin) -> Passport:
    source = world.catalog.source(shape.source)
    return store.put(
        path,
        name=path.name,
        provider=source.id,
        title=origin.title or shape.title,
        url=origin.url or "",
        licence=source.licence,
        published=origin.published,
        retrieved=today,
        media_type=_MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream"),
    )


def carry_out(
    plan: ImportPlan, world: World, *, today: dt.date, accept_partial: bool = False, origin: Origin | None = None
) -> ImportEntry:
    """Keep the file of a plan and write the import into the ledger.

    Parameters
    ----------
    plan
        From :func:`plan_import`.
    world
        Catalogue, register, data folder.
    today
        Day of the import.
    accept_partial
        Whether refused rows may stay out. Impossible figures always stop the import.
    origin
        Address, title and publication date of the file, when known.

    Returns
    -------
    ImportEntry

    Raises
    ------
    ImportProblems
        With every refused row and every impossible figure; nothing is written then.
    """
    if problems := _objections(plan, accept_partial):
        raise ImportProblems(f"{plan.path.name} was not imported", problems)
    if fingerprint(plan.path) != plan.sha256:
        raise refuse(plan.path.name, "another content than a moment ago", "the same file", "Import it again.")
    store = RawStore(world.data_dir)
    options = dict(plan.options)
    for name in FILE_OPTIONS:
        text = options.get(name, "")
        if text and not text.startswith(BY_HASH):
            beside = Path(text)
            kept = store.put(beside, name=beside.name, provider=plan.shape.source, title=f"{name}", retrieved=today)
            options[name] = f"{BY_HASH}{kept.sha256}"
    passport = _kept(plan.path, store, plan.shape, world, today, origin or Origin())
    entry = ImportEntry(sha256=passport.sha256, shape=plan.shape.id, options=options, date=today)
    Ledger(world.data_dir).append(entry)
    return entry
