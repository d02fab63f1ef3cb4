"""Freeze figures into an edition: tables, hashes and manifest, in one rename."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lekp_lib.edition.manifest import (
    MANIFEST_NAME,
    BoundaryInput,
    DeclaredFile,
    Manifest,
    Predecessor,
    RawInput,
    TableEntry,
    TextInput,
)
from lekp_lib.edition.models import Observation
from lekp_lib.edition.side_tables import SIDE_TABLES, SideRow, side_to_parquet
from lekp_lib.edition.tables import TABLE_NAMES, to_parquet
from lekp_lib.errors import EditionError


@dataclass(frozen=True, slots=True)
class Provenance:
    """From what an edition was made: see :class:`~lekp_lib.edition.manifest.Manifest`."""

    predecessor: Predecessor | None = None
    inputs: tuple[RawInput, ...] = ()
    corrections: tuple[TextInput, ...] = ()
    explanations: tuple[TextInput, ...] = ()
    boundaries: BoundaryInput | None = None
    declared: tuple[DeclaredFile, ...] = ()
    base: Predecessor | None = None


def _contents(
    tables: Mapping[str, Iterable[Observation]], sides: Mapping[str, Iterable[SideRow]]
) -> dict[str, tuple[bytes, int]]:
    """Bytes and number of rows per table; a side table without rows is left out."""
    found = {name: to_parquet(tables.get(name, ())) for name in TABLE_NAMES}
    made = {name: side_to_parquet(name, sides.get(name, ())) for name in SIDE_TABLES}
    return found | {name: content for name, content in made.items() if content[1]}


def freeze(  # noqa: PLR0913 -- the fields of the manifest, each by name
    folder: Path,
    *,
    edition_id: str,
    title: str,
    reference_date: dt.date,
    built: dt.date,
    origin: str,
    tables: Mapping[str, Iterable[Observation]],
    fictitious: bool = False,
    banner: str = "",
    seed: int | None = None,
    sides: Mapping[str, Iterable[SideRow]] | None = None,
    provenance: Provenance = Provenance(),
) -> Manifest:
    """Write an edition folder that can never be half there.

    Parameters
    ----------
    folder
        Where the edition goes; must not exist yet.
    edition_id, title, reference_date, built, origin, fictitious, banner, seed
        See :class:`~lekp_lib.edition.manifest.Manifest`.
    tables
        Observations by table name (``figures``, ``former``, ``totals``); an absent table is empty.
    sides
        Rows by name of :data:`~lekp_lib.edition.side_tables.SIDE_TABLES`.
    provenance
        From what it was made.

    Returns
    -------
    Manifest

    Raises
    ------
    EditionError
        When the folder exists already, a table name is not known, or invented figures come without a banner.
    """
    if folder.exists():
        raise EditionError(
            f"{folder}: exists already; an edition is never overwritten. Choose another id, or remove it first."
        )
    unknown = sorted((set(tables) - set(TABLE_NAMES)) | (set(sides or {}) - set(SIDE_TABLES)))
    if unknown:
        known = ", ".join((*TABLE_NAMES, *SIDE_TABLES))
        raise EditionError(f"found tables {', '.join(unknown)}; expected some of {known}")
    if fictitious and not banner:
        raise EditionError(
            f"edition {edition_id!r} is fictitious and has no banner; invented figures must say so on every page"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        entries = {}
        for name, (content, rows) in _contents(tables, sides or {}).items():
            file = f"{name}.parquet"
            (scratch / file).write_bytes(content)
            entries[name] = TableEntry(file=file, rows=rows, sha256=hashlib.sha256(content).hexdigest())
        manifest = Manifest(
            format=3 if provenance.declared or provenance.boundaries or provenance.base else 2,
            id=edition_id,
            title=title,
            reference_date=reference_date,
            built=built,
            origin=origin,
            fictitious=fictitious,
            banner=banner,
            seed=seed,
            predecessor=provenance.predecessor,
            inputs=provenance.inputs,
            corrections=provenance.corrections,
            explanations=provenance.explanations,
            boundaries=provenance.boundaries,
            declared=provenance.declared,
            base=provenance.base,
            tables=entries,
        )
        (scratch / MANIFEST_NAME).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        scratch.chmod(0o755)
        scratch.rename(folder)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return manifest
