"""What came in before an edition was made: rows that were refused and figures that were revised, from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lekp_lib.data.changes import Change, FigureKey, compare, values
from lekp_lib.data.import_result import ImportResult
from lekp_lib.data.import_world import World, read_entry
from lekp_lib.data.ledger import ImportEntry, Ledger
from lekp_lib.data.raw_store import RawStore
from lekp_lib.errors import LekpError
from lekp_lib.pact import Catalog, load_catalog
from lekp_lib.pact.custom import own_files
from lekp_lib.register import Register


@dataclass(frozen=True, slots=True)
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
    result: ImportResult
    revised: tuple[Change, ...] = ()
    problem: str = ""


def _catalog(catalog: Catalog, project: Path) -> Catalog:
    """With the targets that the project declares by now; a mistake in one of those is no matter of a data check."""
    try:
        return load_catalog(own=own_files(project)) if project.is_dir() else catalog
    except LekpError:
        return catalog


def _seen(entry: ImportEntry, world: World, known: dict[str, dict[FigureKey, float]]) -> SeenImport:
    store = RawStore(world.data_dir)
    try:
        name = store.passport(entry.sha256).name
    except LekpError as error:
        return SeenImport(entry, entry.sha256[:12], ImportResult(), problem=str(error))
    try:
        result, yields = read_entry(entry, world), world.shape(entry.shape).yields
    except LekpError as error:
        return SeenImport(entry, name, ImportResult(), problem=str(error))
    before = known.setdefault(yields, {})
    revised = tuple(item for item in compare(result, before) if item.kind == "revised")
    before.update(values(result))
    return SeenImport(entry, name, result, revised)


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
    world = World(_catalog(catalog, project), register, data_dir, project if project.is_dir() else None)
    known: dict[str, dict[FigureKey, float]] = {}
    return tuple(_seen(entry, world, known) for entry in entries)
