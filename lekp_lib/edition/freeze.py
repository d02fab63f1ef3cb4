"""Freeze figures into an edition: tables, hashes and manifest, in one rename."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lekp_lib.edition.manifest import MANIFEST_NAME, Manifest, TableEntry
from lekp_lib.edition.models import Observation
from lekp_lib.edition.side_tables import SIDE_TABLES, SideRow, side_to_parquet
from lekp_lib.edition.tables import TABLE_NAMES, to_parquet
from lekp_lib.errors import EditionError


def _contents(
    tables: Mapping[str, Iterable[Observation]], sides: Mapping[str, Iterable[SideRow]]
) -> dict[str, tuple[bytes, int]]:
    """Bytes and number of rows per table; a side table without rows is left out."""
    if unknown := sorted({*tables, *sides} - {*TABLE_NAMES, *SIDE_TABLES}):
        known = ", ".join((*TABLE_NAMES, *SIDE_TABLES))
        raise EditionError(f"gevonden de tabellen {', '.join(unknown)}; verwacht enkele van {known}")
    figures = {name: to_parquet(tables.get(name, ())) for name in TABLE_NAMES}
    others = {name: side_to_parquet(name, sides.get(name, ())) for name in SIDE_TABLES}
    return figures | {name: content for name, content in others.items() if content[1]}


def freeze(
    folder: Path,
    *,
    edition_id: str,
    tables: Mapping[str, Iterable[Observation]],
    sides: Mapping[str, Iterable[SideRow]] | None = None,
    fictitious: bool = False,
    banner: str = "",
    **about: Any,
) -> Manifest:
    """Write an edition folder that can never be half there.

    Parameters
    ----------
    folder
        Where the edition goes; must not exist yet.
    edition_id, fictitious, banner
        See :class:`~lekp_lib.edition.manifest.Manifest`.
    tables
        Observations by table name (``figures``, ``former``, ``totals``); an absent table is empty.
    sides
        Rows by name of :data:`~lekp_lib.edition.side_tables.SIDE_TABLES`.
    **about
        Other fields of the manifest: title, dates, origin, and from what the edition was made.

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
            f"{folder}: bestaat al; een editie wordt nooit overschreven. Kies een andere id, of haal ze eerst weg."
        )
    if fictitious and not banner:
        raise EditionError(
            f"editie {edition_id!r} is fictief en heeft geen banner; verzonnen cijfers zeggen dat op elke bladzijde"
        )
    contents = _contents(tables, sides or {})
    needs_third = any(about.get(name) for name in ("declared", "boundaries", "base"))
    about |= {"format": 3 if needs_third else 2, "id": edition_id, "fictitious": fictitious, "banner": banner}
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        entries = {}
        for name, (content, rows) in contents.items():
            file, sha256 = f"{name}.parquet", hashlib.sha256(content).hexdigest()
            (scratch / file).write_bytes(content)
            entries[name] = TableEntry(file=file, rows=rows, sha256=sha256)
        manifest = Manifest(tables=entries, **about)
        (scratch / MANIFEST_NAME).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        scratch.chmod(0o755)
        scratch.rename(folder)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return manifest
