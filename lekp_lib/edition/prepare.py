"""Prepare an edition from what was imported.

Everything that goes in is kept in the raw store first: the files with figures, the declarations of their shapes, the
corrections and the explanations. The manifest lists their hashes, so that the same bytes come out at any later time,
without network and whatever the files in the working folder say by then (see :mod:`lekp_lib.edition.rebuild`).
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lekp_lib.data.checks import Finding, check_counts, check_figures, unconfirmed
from lekp_lib.data.importing import confirmed_findings, select_imports
from lekp_lib.data.observation import figures_frame
from lekp_lib.data.readers import COUNTS
from lekp_lib.data.store import RawStore, first_day, kept_boundaries
from lekp_lib.edition.corrections import read_folder, read_remarks
from lekp_lib.edition.edition import Edition, embedded_editions
from lekp_lib.edition.freeze import Provenance, freeze
from lekp_lib.edition.gather import Rows, gather, is_invented
from lekp_lib.edition.kept_inputs import (
    FindShape,
    base_result,
    imported,
    keep,
    read_inputs,
    replaced_note,
    shape_bytes,
    text_inputs,
)
from lekp_lib.edition.manifest import (
    MANIFEST_NAME,
    DeclaredFile,
    Manifest,
    Predecessor,
    RawInput,
    read_manifest,
    sha256_of,
)
from lekp_lib.edition.simplify_boundaries import boundary_input, with_boundaries
from lekp_lib.errors import EditionError, EditionProblems, Problem
from lekp_lib.pact import Catalog
from lekp_lib.register import CountFact, Register

EDITIONS_FOLDER = "edities"
INVENTED_BANNER = "Bevat fictieve cijfers"


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


def _checked(
    rows: Rows, catalog: Catalog, register: Register, today: dt.date, confirmed: Iterable[str]
) -> tuple[Finding, ...]:
    """Plausibility of what is frozen: after correction, so that a correction can mend an impossible figure."""
    counts = pd.DataFrame([row for row in rows.sides["counts"] if isinstance(row, CountFact)], columns=list(COUNTS))
    found = (
        *check_figures(figures_frame(rows.judged), catalog, register, today=today),
        *check_counts(counts, register, today=today),
    )
    findings = unconfirmed(found, confirmed)
    errors = [item for item in findings if item.level != "warning"]
    if errors:
        advice = "Lees een verbeterd bestand in, trek de import in, of verbeter het cijfer in parameters/correcties."
        problems = [Problem(item.where, item.message, "een mogelijk cijfer", advice) for item in errors]
        raise EditionProblems("cijfers die niet kunnen kloppen", problems)
    return findings


def _origin(inputs: Sequence[RawInput], rows: Rows, catalog: Catalog) -> str:
    names = sorted({catalog.source(item.source_id).name for item in rows.judged}, key=str.casefold)
    files = "1 ingelezen bestand" if len(inputs) == 1 else f"{len(inputs)} ingelezen bestanden"
    return f"Cijfers uit {files}, van {', '.join(names)}." if names else f"Cijfers uit {files}."


def freeze_rows(folder: Path, asked: Asked, rows: Rows, origin: str, provenance: Provenance) -> Manifest:
    """Freeze beside the final place, open the result once, and only then put it there."""
    if folder.exists():
        raise EditionError(
            f"{folder}: exists already; an edition is never overwritten. Choose another id, or remove it first."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    invented = is_invented(rows)
    scratch = Path(tempfile.mkdtemp(prefix=".nieuw-", dir=folder.parent))
    try:
        made = freeze(
            scratch / folder.name,
            edition_id=asked.edition_id,
            title=asked.title or f"Editie {asked.edition_id}",
            reference_date=asked.reference_date,
            built=asked.built,
            origin=origin,
            tables=rows.tables,
            fictitious=invented,
            banner=INVENTED_BANNER if invented else "",
            sides=rows.sides,
            provenance=provenance,
        )
        Edition.open(str(scratch / folder.name))
        (scratch / folder.name).rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return made


def _named(folder: Path) -> Predecessor:
    """An edition by id and hash."""
    return Predecessor(id=read_manifest(folder).id, sha256=sha256_of(folder / MANIFEST_NAME))


def _predecessor(folder: Path | None, asked: Asked) -> Predecessor | None:
    if folder is None:
        return None
    before = read_manifest(folder)
    if before.reference_date > asked.reference_date or before.id == asked.edition_id:
        raise EditionError(
            f"{folder}: found edition {before.id!r} of {before.reference_date}; expected another edition, of "
            f"{asked.reference_date} or before"
        )
    return _named(folder)


def _check_id(edition_id: str) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", edition_id) or edition_id in embedded_editions():
        taken = ", ".join(embedded_editions())
        raise EditionError(
            f"edition id {edition_id!r}: expected small letters, digits and hyphens, such as 2026; not one of {taken}"
        )


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
    _check_id(asked.edition_id)
    folder = data_dir / EDITIONS_FOLDER / asked.edition_id
    if folder.exists():
        raise EditionError(
            f"{folder}: exists already; an edition is never overwritten. Choose another id, or remove it first."
        )
    entries = select_imports(data_dir, asked.only, asked.without)
    inputs, shapes = imported(data_dir, find_shape, entries)
    if not inputs and asked.base is None:
        raise EditionError(f"{data_dir}: er is nog niets ingelezen; doe eerst `lekp data import BESTAND --as VORM`")
    store = RawStore(data_dir)
    predecessor = _predecessor(asked.predecessor, asked)
    corrections, explanations = (read_folder(said_dir / name) for name in ("correcties", "toelichtingen"))
    remarks = read_remarks(corrections, explanations, catalog, register, asked.reference_date, asked.built)
    results = read_inputs(store, inputs, shapes, catalog, register)
    under = [base_result(asked.base)] if asked.base else []
    shape_ids = [*("" for _ in under), *(item.shape for item in inputs)]
    rows = gather(shape_ids, [*under, *results], remarks, catalog, register, asked.reference_date)
    told = [replaced_note(one, results, asked.base.name) for one in under if asked.base]
    findings = _checked(rows, catalog, register, asked.built, confirmed_findings(entries))
    passport = kept_boundaries(store, first_day(register, asked.reference_date))
    boundaries = boundary_input(passport) if passport is not None else None
    rows = with_boundaries(rows, store, boundaries, register, asked.reference_date)
    for shape in shapes:
        keep(store, shape_bytes(shape), f"vorm-{shape.id}.json", asked.built, "application/json")
    for file in (*corrections, *explanations):
        keep(store, file.content, file.name, asked.built, "application/yaml")
    # As the catalogue was when the figures were judged, whatever the files say by now.
    declared = tuple(DeclaredFile(kind=item.kind, name=item.name, text=item.text) for item in catalog.own_files)
    said_files = text_inputs(corrections), text_inputs(explanations)
    base = _named(asked.base) if asked.base else None
    provenance = Provenance(predecessor, inputs, *said_files, boundaries, declared, base)
    manifest = freeze_rows(folder, asked, rows, _origin(inputs, rows, catalog), provenance)
    return Prepared(folder, manifest, findings, (*told, *rows.notes))
