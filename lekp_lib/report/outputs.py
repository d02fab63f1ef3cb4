"""Where a report lands, what it is called, and how it gets there whole or not at all."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from lekp_lib.errors import ReportError

#: Errors of the disk or folder, not of one report: the next report would meet them too.
_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
#: ``renameat2`` of Linux: swap two names in one step.
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


class OutputError(ReportError):
    """The outputs folder cannot be written to; no other report will fare better."""


def output_error(error: OSError, root: Path) -> ReportError:
    """An error of the operating system as one for people.

    Parameters
    ----------
    error
        What happened.
    root
        Root of the outputs.

    Returns
    -------
    ReportError
        An :class:`OutputError` when it is about the disk rather than about one report.
    """
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in _OF_THE_DISK:
        advice = (
            "make room on that disk" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "choose another --output-dir"
        )
        return OutputError(f"{root}: cannot write reports there: {error.strerror}{where}; {advice}")
    return ReportError(f"the report could not be written: {error}")


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
        raise OutputError(
            f"{root}: cannot write reports there ({error.strerror}); choose another --output-dir"
        ) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; false where the machine or the file system cannot."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None).renameat2
    except AttributeError:
        return False
    return not rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)


def move_into_place(made: Path, target: Path) -> None:
    """Put a finished folder in its place; an older one of the same name leaves only when the new one is there.

    On Linux both happen in one step, so that a process killed at any moment leaves either the old or the new report.

    Parameters
    ----------
    made
        Finished folder, on the same disk.
    target
        Its lasting address.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        made.rename(target)
        return
    if _exchange(made, target):
        shutil.rmtree(made, ignore_errors=True)
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
    forget_broken(folder)
    folder.mkdir(parents=True)
    kept = folder / notebook.name
    if notebook.is_file():
        shutil.copy2(notebook, kept)
    (folder / "melding.txt").write_text(message + "\n", encoding="utf-8")
    return kept


def forget_broken(folder: Path) -> None:
    """Throw away what was kept of an earlier failure; a link there is removed, never followed."""
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


def sha256_file(path: Path) -> str:
    """Hash of a file's bytes as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write what went into a report and what came out, with hash and size of every file; it is written last."""
    made = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name != MANIFEST_FILE]
    files = {path.name: sha256_file(path) for path in made}
    sizes = {path.name: path.stat().st_size for path in made}
    text = json.dumps({**content, "files": files, "sizes": sizes}, ensure_ascii=False, indent=2, default=str)
    (folder / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")


def read_report_manifest(folder: Path) -> dict[str, Any] | None:
    """What a finished report says of itself; ``None`` when there is none, or nothing that can be read."""
    try:
        content = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def is_whole(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether the files of a report are still those that were made.

    A file of the noted size that is not younger than the manifest is believed; any other one is hashed.

    Parameters
    ----------
    folder
        Folder of the report.
    manifest
        See :func:`read_report_manifest`.
    """
    files, sizes = manifest.get("files"), manifest.get("sizes")
    if not files or not isinstance(files, dict) or not isinstance(sizes, dict):
        return False
    try:
        written = (folder / MANIFEST_FILE).stat().st_mtime_ns
        for name, sha256 in files.items():
            state = (folder / name).stat()
            if state.st_size != sizes.get(name):
                return False
            if state.st_mtime_ns > written and sha256_file(folder / name) != sha256:
                return False
    except OSError:
        return False
    return True
