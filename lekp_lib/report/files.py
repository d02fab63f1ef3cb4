"""Where a report lands, how it gets there whole or not at all, and what its manifest says of it."""

import ctypes
import errno
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from itertools import chain, count
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

import platformdirs

from lekp_lib.errors import ReportError, system_text
from lekp_lib.paths import sha256_of

QUARANTINE, MANIFEST_FILE, MESSAGE_FILE, NOTEBOOK_FILE = "_broken", "manifest.json", "melding.txt", "rapport.ipynb"
#: Errors of the disk or folder, not of one report: the next report would meet them too.
_OF_THE_DISK = {
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EEXIST, errno.ENOTDIR,
}  # fmt: skip
#: Versions of which a cache is kept: reports are made with one or two of them at a time. What was used in the last day
#: stays too, because a process may be using it.
_KEPT_CACHES, _KEPT_S = 4, 86_400


class OutputError(ReportError):
    """The outputs folder cannot be written to; no other report will fare better."""


def output_error(error: OSError, root: Path) -> ReportError:
    """An error of the operating system as one for people; an :class:`OutputError` when it is about the disk."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno not in _OF_THE_DISK:
        return ReportError(f"het verslag kon niet geschreven worden: {error}")
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    advice = "maak plaats op die schijf" if full else "kies een andere map met --output-dir"
    return OutputError(f"{root}: daar kan geen verslag geschreven worden: {system_text(error)}{where}; {advice}")


def sha256_text(*parts: str) -> str:
    """Hash of some texts; no two lists of texts give the same."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


def quarantine_folder(report: Path) -> Path:
    """Where a report that failed is kept for inspection: ``outputs/<editie>/_broken/<nis>``."""
    return report.parent / QUARANTINE / report.name.partition("-")[0]


@contextmanager
def scratch_folder(root: Path) -> Iterator[Path]:
    """A folder of its own on the same disk as the outputs, removed in the end.

    Raises
    ------
    OutputError
        When the outputs folder cannot be written to.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        made = tempfile.TemporaryDirectory(prefix=".werk-", dir=root, ignore_cleanup_errors=True)
    except OSError as error:
        raise output_error(error, root) from None
    with made as folder:
        yield Path(folder)


@cache
def cache_folder(name: str, *stamp: str) -> Path:
    """Folder of the user that survives the process, or one that lives as long as the process when it cannot.

    Of every name, those that were used last stay.

    Parameters
    ----------
    name
        What is kept in it.
    *stamp
        Everything that the content depends on.
    """
    folder = platformdirs.user_cache_path("lekp") / name / sha256_text(*stamp)[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix=f"lekp-{name}-"))
        # Other than atexit, this is also done in a child that makes one of several reports.
        Finalize(None, shutil.rmtree, (folder,), {"ignore_errors": True}, exitpriority=0)
        return folder
    with suppress(OSError):  # another process may tidy up too
        times = {path: path.stat().st_mtime for path in folder.parent.glob("*/")}
        for old in sorted(times, key=lambda path: -times[path])[_KEPT_CACHES:]:
            if times[old] < time.time() - _KEPT_S:
                shutil.rmtree(old, ignore_errors=True)
    return folder


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; false where the machine or the file system cannot."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return rename is not None and not rename(here, os.fsencode(one), here, os.fsencode(other), exchange)


def move_into_place(made: Path, target: Path) -> None:
    """Put a finished folder in its place; an older one of the same name leaves only when the new one is there.

    On Linux both happen in one step, so that a process killed at any moment leaves either the old or the new report.

    Parameters
    ----------
    made
        Finished folder, on the same disk; it gets the rights of a folder that is made the ordinary way.
    target
        Its lasting address; a link there is replaced, never followed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_symlink():
        target.unlink()
    if not target.exists():
        made.rename(target)
        return
    if not _exchange(made, target):
        old = target.rename(made.with_name(f"{made.name}.oud"))
        try:
            made.rename(target)
        except OSError:
            old.rename(target)
            raise
        made = old
    shutil.rmtree(made, ignore_errors=True)


def quarantine(notebook: Path, folder: Path, message: str) -> Path:
    """Keep a failed notebook and its message where the analyst finds them; the place of the notebook."""
    clear_quarantine(folder)
    folder.mkdir(parents=True)
    if notebook.is_file():
        shutil.copy2(notebook, folder / NOTEBOOK_FILE)
    (folder / MESSAGE_FILE).write_text(message + "\n", encoding="utf-8")
    return folder / NOTEBOOK_FILE


def clear_quarantine(folder: Path) -> None:
    """Throw away what was kept of an earlier failure; a link there is removed, never followed."""
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a finished report says of itself; empty when there is none, or nothing that can be read."""
    try:
        content = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_manifest(folder: Path, content: Mapping[str, Any], names: Collection[str]) -> None:
    """Write what went into a report and what came out, with hash and size of the named files; it is written last."""
    files = {name: sha256_of(folder / name) for name in sorted(names)}
    sizes = {name: (folder / name).stat().st_size for name in files}
    text = json.dumps({**content, "files": files, "sizes": sizes}, ensure_ascii=False, indent=2, default=str)
    (folder / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")


def is_whole(folder: Path, manifest: Mapping[str, Any], *, by_hash: bool = False) -> bool:
    """Whether the files of a report are still those that were made.

    Parameters
    ----------
    folder
        Folder of the report.
    manifest
        See :func:`read_manifest`.
    by_hash
        Hash every file; otherwise one of the noted size that is not younger than the manifest is believed.
    """
    made, sizes = manifest.get("files"), manifest.get("sizes")
    if not made or not isinstance(made, dict) or not isinstance(sizes, dict) or folder.is_symlink():
        return False
    try:
        written = (folder / MANIFEST_FILE).lstat().st_ctime_ns  # of the inode: nobody can set it back
        for name, sha256 in made.items():
            state = (folder / name).lstat()
            unsure = by_hash or state.st_ctime_ns > written
            if state.st_size != sizes.get(name) or (unsure and sha256_of(folder / name) != sha256):
                return False
    except OSError:
        return False
    return True


def is_edited(folder: Path, manifest: Mapping[str, Any], name: str) -> bool:
    """Whether a file of an earlier report is a person's work: its manifest knows it with another hash, or not."""
    return (folder / name).is_file() and manifest.get("files", {}).get(name) != sha256_of(folder / name)


def free_draft(folder: Path, manifest: Mapping[str, Any], name: str) -> str:
    """Name under which a draft may be written: its own, unless a person edited the file of that name.

    ``besluit.docx`` becomes ``besluit-nieuw.docx``, then ``besluit-nieuw-2.docx`` and so on.
    """
    stem, _, ending = name.rpartition(".")
    others = (f"{stem}-nieuw{f'-{number}' if number > 1 else ''}.{ending}" for number in count(1))
    return next(draft for draft in chain([name], others) if not is_edited(folder, manifest, draft))


def carry_over(earlier: Path, folder: Path, leave: Collection[str]) -> list[str]:
    """Take the files of an earlier report along, but for those that are made anew or that nobody wants any more.

    Parameters
    ----------
    earlier, folder
        Folder of the earlier report, and the new one; what the new one has is not touched.
    leave
        Names that stay behind.

    Returns
    -------
    list of str
        Names that were taken along.
    """
    there = sorted(earlier.iterdir()) if earlier.is_dir() and not earlier.is_symlink() else []
    own = {*leave, MANIFEST_FILE, *(path.name for path in folder.iterdir())}
    taken = [path for path in there if path.name not in own and path.is_file() and not path.is_symlink()]
    for path in taken:
        shutil.copy2(path, folder / path.name)
    return [path.name for path in taken]
