"""Freeze figures into an edition: tables, hashes and manifest, in one rename."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from lekp_lib.edition.manifest import MANIFEST_NAME, Manifest, TableEntry
from lekp_lib.edition.models import Observation
from lekp_lib.edition.tables import TABLE_NAMES, to_parquet
from lekp_lib.errors import EditionError


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
    unknown = sorted(set(tables) - set(TABLE_NAMES))
    if unknown:
        raise EditionError(f"found tables {', '.join(unknown)}; expected some of {', '.join(TABLE_NAMES)}")
    if fictitious and not banner:
        raise EditionError(
            f"edition {edition_id!r} is fictitious and has no banner; invented figures must say so on every page"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        entries = {}
        for name in TABLE_NAMES:
            content, rows = to_parquet(tables.get(name, ()))
            file = f"{name}.parquet"
            (scratch / file).write_bytes(content)
            entries[name] = TableEntry(file=file, rows=rows, sha256=hashlib.sha256(content).hexdigest())
        manifest = Manifest(
            id=edition_id,
            title=title,
            reference_date=reference_date,
            built=built,
            origin=origin,
            fictitious=fictitious,
            banner=banner,
            seed=seed,
            tables=entries,
        )
        (scratch / MANIFEST_NAME).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        scratch.chmod(0o755)
        scratch.rename(folder)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return manifest
