"""What stands in the folder of the site already: whether it is a site, and which editions it keeps."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lekp_lib.edition import Edition
from lekp_lib.errors import ParameterError
from lekp_lib.site.world import EditionEntry

#: At the root of every site: what it is, and its editions, newest first.
SITE_FILE = "site.json"
_SHARED = "editie"


@dataclass(frozen=True, slots=True)
class Standing:
    """An earlier site, or an empty place.

    Attributes
    ----------
    folder
        Where it stands.
    editions
        Its editions, newest first.
    fictitious
        Whether their figures are invented; ``None`` in an empty place.
    """

    folder: Path
    editions: tuple[EditionEntry, ...] = ()
    fictitious: bool | None = None


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        content = json.loads((folder / SITE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("lekp") == "site" else None


def read_standing(folder: Path) -> Standing:
    """Look at the place where the site will come.

    Parameters
    ----------
    folder
        The folder of the site.

    Returns
    -------
    Standing

    Raises
    ------
    ParameterError
        When something else stands there: a site takes the place of the whole folder.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return Standing(folder)
    content = _read(folder) if folder.is_dir() else None
    if content is None:
        raise ParameterError(
            f"{folder}: found something that is no site made by lekp; expected an earlier site, an empty folder or no "
            "folder at all, because the new site takes its place. Choose another --site-dir"
        )
    entries = tuple(
        EditionEntry(str(item["id"]), str(item["title"]), dt.date.fromisoformat(item["reference_date"]))
        for item in content["editions"]
    )
    return Standing(folder, entries, bool(content["fictitious"]))


def older_editions(standing: Standing, edition: Edition) -> tuple[EditionEntry, ...]:
    """Editions that stay beside the new one, newest first.

    Parameters
    ----------
    standing
        The earlier site.
    edition
        The edition that the site will show.

    Raises
    ------
    ParameterError
        When the earlier site shows a newer edition, or invented figures would come beside real ones.
    """
    others = tuple(entry for entry in standing.editions if entry.id != edition.id)
    if others and standing.fictitious is not edition.fictitious:
        kinds = ("real", "invented") if edition.fictitious else ("invented", "real")
        raise ParameterError(
            f"{standing.folder}: the site there shows {kinds[0]} figures, and edition {edition.id!r} holds "
            f"{kinds[1]} ones; the two never stand in one site. Choose another --site-dir"
        )
    newer = [entry.id for entry in others if entry.reference_date > edition.reference_date]
    if newer:
        raise ParameterError(
            f"{standing.folder}: the site there shows edition {newer[0]!r}, which is newer than {edition.id!r}; "
            "an address of a municipality always shows the newest. Choose another --site-dir"
        )
    return others


def keep_editions(standing: Standing, editions: tuple[EditionEntry, ...], made: Path) -> None:
    """Take the frozen editions of the earlier site along, without a second copy on disk where that is possible."""
    for entry in editions:
        there = standing.folder / _SHARED / entry.id
        if there.is_dir():
            shutil.copytree(there, made / _SHARED / entry.id, copy_function=_link_or_copy)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def site_json(edition: Edition, older: tuple[EditionEntry, ...]) -> bytes:
    """What a site says of itself."""
    now = EditionEntry(edition.id, edition.title, edition.reference_date)
    entries = [
        {"id": entry.id, "title": entry.title, "reference_date": entry.reference_date.isoformat()}
        for entry in (now, *older)
    ]
    content = {"lekp": "site", "fictitious": edition.fictitious, "editions": entries}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
