"""Where a report lands, what it is called, and how it gets there whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lekp_lib.errors import ReportError

BROKEN_FOLDER = "_broken"
MANIFEST_FILE = "manifest.json"


def report_folder(root: Path, edition_id: str, nis: str, slug: str) -> Path:
    """Folder of one report: ``outputs/<editie>/<nis>-<slug>``."""
    return root / edition_id / f"{nis}-{slug}"


def broken_folder(root: Path, edition_id: str, nis: str) -> Path:
    """Where a report that failed is kept for inspection."""
    return root / edition_id / BROKEN_FOLDER / nis


@contextmanager
def scratch_folder(root: Path) -> Iterator[Path]:
    """A folder of its own for one report, on the same disk as the outputs, removed in the end.

    Raises
    ------
    ReportError
        When the outputs folder cannot be written to.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".werk-", dir=root))
    except OSError as error:
        raise ReportError(
            f"{root}: cannot write reports there ({error.strerror}); choose another --output-dir"
        ) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def move_into_place(made: Path, target: Path) -> None:
    """Put a finished folder in its place; an older one of the same name leaves only when the new one is there.

    Parameters
    ----------
    made
        Finished folder, on the same disk.
    target
        Its lasting address.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    made.chmod(0o755)
    if not target.exists():
        made.rename(target)
        return
    old = made.parent / f"{made.name}.oud"
    target.rename(old)
    try:
        made.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def keep_broken(notebook: Path, folder: Path, message: str) -> Path:
    """Keep a failed notebook and its message where the analyst finds them.

    Returns
    -------
    Path
        The kept notebook.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    kept = folder / notebook.name
    if notebook.is_file():
        shutil.copy2(notebook, kept)
    (folder / "melding.txt").write_text(message + "\n", encoding="utf-8")
    return kept


def sha256_file(path: Path) -> str:
    """Hash of a file's bytes as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write what went into a report and what came out, with the hash of every file beside it."""
    files = {
        path.name: sha256_file(path)
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != MANIFEST_FILE
    }
    text = json.dumps({**content, "files": files}, ensure_ascii=False, indent=2, default=str)
    (folder / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")
