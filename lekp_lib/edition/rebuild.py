"""Make an edition again from its manifest and the raw store, without network and without the files of today."""

from __future__ import annotations

from pathlib import Path

from lekp_lib.data.store import RawStore
from lekp_lib.edition.corrections import read_remarks
from lekp_lib.edition.edition import find_edition
from lekp_lib.edition.freeze import Provenance
from lekp_lib.edition.gather import gather
from lekp_lib.edition.kept_inputs import base_result, kept_shape, kept_texts, read_inputs
from lekp_lib.edition.manifest import MANIFEST_NAME, Manifest, Predecessor, read_manifest, sha256_of
from lekp_lib.edition.prepare import EDITIONS_FOLDER, Asked, freeze_rows
from lekp_lib.edition.simplify_boundaries import with_boundaries
from lekp_lib.errors import EditionError
from lekp_lib.pact import load_catalog
from lekp_lib.register import Register


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
        raise EditionError(f"{edition}: edition {was.id!r} was not made from imported files; nothing to make it from")
    store = RawStore(data_dir)
    catalog = load_catalog(own=was.own_files)
    remarks = read_remarks(
        kept_texts(store, was.corrections),
        kept_texts(store, was.explanations),
        catalog,
        register,
        was.reference_date,
        was.built,
    )
    shapes = [kept_shape(store, item) for item in was.inputs]
    results = read_inputs(store, was.inputs, shapes, catalog, register)
    under = [base_result(_base_folder(was.base, data_dir))] if was.base else []
    shape_ids = [*("" for _ in under), *(item.shape for item in was.inputs)]
    rows = gather(shape_ids, [*under, *results], remarks, catalog, register, was.reference_date)
    rows = with_boundaries(rows, store, was.boundaries, register, was.reference_date)
    asked = Asked(was.id, was.reference_date, was.built, was.title)
    provenance = Provenance(
        was.predecessor,
        was.inputs,
        was.corrections,
        was.explanations,
        declared=was.declared,
        boundaries=was.boundaries,
        base=was.base,
    )
    manifest = freeze_rows(target, asked, rows, was.origin, provenance)
    names = sorted({*was.tables, *manifest.tables})
    return manifest, tuple(name for name in names if was.tables.get(name) != manifest.tables.get(name))
