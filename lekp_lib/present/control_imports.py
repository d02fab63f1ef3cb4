"""What came in before an edition was made: rows that were refused and figures that were revised, from the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from lekp_lib.data.importing import CHANGES, ImportContext, changes_of, read_entry
from lekp_lib.data.readers import ReadResult
from lekp_lib.data.store import ImportEntry, Ledger, RawStore
from lekp_lib.errors import LekpError
from lekp_lib.pact import Catalog, load_catalog
from lekp_lib.pact.custom import own_files
from lekp_lib.register import Register


@dataclass(frozen=True)
class SeenImport:
    """One import of the ledger, read again from its raw bytes.

    Attributes
    ----------
    name
        Name that the file had.
    result
        What it gave; empty when it can no longer be read.
    revised
        Figures that it changed, against all imports before it.
    problem
        Why it can no longer be read; empty when it can.
    """

    entry: ImportEntry
    name: str
    result: ReadResult
    revised: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CHANGES)))
    problem: str = ""


def _catalog(catalog: Catalog, project: Path) -> Catalog:
    """With the targets that the project declares by now; a mistake in one of those is no matter of a data check."""
    try:
        return load_catalog(own=own_files(project)) if project.is_dir() else catalog
    except LekpError:
        return catalog


def _seen(entry: ImportEntry, world: ImportContext, known: dict[str, list[ReadResult]]) -> SeenImport:
    store = RawStore(world.data_dir)
    try:
        name = store.passport(entry.sha256).name
    except LekpError as error:
        return SeenImport(entry, entry.sha256[:12], ReadResult(), problem=str(error))
    try:
        result, yields = read_entry(entry, world), world.shape(entry.shape).yields
    except LekpError as error:
        return SeenImport(entry, name, ReadResult(), problem=str(error))
    before = known.setdefault(yields, [])
    changes = changes_of(result, before)
    before.append(result)
    return SeenImport(entry, name, result, changes[changes["kind"].eq("revised")])


def seen_imports(data_dir: Path, project: Path, catalog: Catalog, register: Register) -> tuple[SeenImport, ...] | None:
    """All imports of a data folder, oldest first.

    Parameters
    ----------
    data_dir
        Folder with raw files and ledger.
    project
        Folder with declarations of the project (``parameters``); may be absent.
    catalog, register
        Targets and municipalities.

    Returns
    -------
    tuple of SeenImport or None
        ``None`` when nothing was ever imported there.

    Raises
    ------
    ProblemGroup
        When the ledger is damaged.
    """
    entries = Ledger(data_dir).entries()
    if not entries:
        return None
    world = ImportContext(_catalog(catalog, project), register, data_dir, project if project.is_dir() else None)
    known: dict[str, list[ReadResult]] = {}
    return tuple(_seen(entry, world, known) for entry in entries)
