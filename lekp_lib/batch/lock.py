"""One batch at a time per edition folder: a lock file that says whose it is, and that a dead owner cannot keep."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lekp_lib.report.outputs import OutputError, output_error

LOCK_FILE = ".batch.lock"
SCRATCH_PREFIX = ".werk-batch-"


class LockedError(OutputError):
    """Another batch is writing to the same folder."""


def _owner(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _take(descriptor: int) -> bool:
    """Lock an open file; the operating system frees it when its process is gone, however it went."""
    try:
        import fcntl
    except ImportError:
        return _take_on_windows(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _take_on_windows(descriptor: int) -> bool:
    import msvcrt

    locking: Any = msvcrt
    try:
        # One byte far behind the text, so that others can still read whose lock it is.
        os.lseek(descriptor, 1 << 20, os.SEEK_SET)
        locking.locking(descriptor, locking.LK_NBLCK, 1)
    except OSError:
        return False
    return True


def _refusal(path: Path, owner: dict[str, Any]) -> LockedError:
    who = f"process {owner.get('pid', '?')} on {owner.get('host', '?')}, since {owner.get('started', '?')}"
    advice = "Wait for it, or choose another --output-dir"
    if owner.get("host") != socket.gethostname():
        advice += f"; if that machine runs no batch any more, delete {path}"
    return LockedError(f"{path.parent}: another batch is writing there ({who}). {advice}")


@contextmanager
def locked(folder: Path, started: str) -> Iterator[Path]:
    """Keep other batches out of an edition folder, and clear away what a killed one left.

    Parameters
    ----------
    folder
        Folder of one edition in the outputs; made when absent.
    started
        Moment, for the message to others.

    Yields
    ------
    pathlib.Path
        Scratch folder of this batch, on the same disk; removed in the end.

    Raises
    ------
    LockedError
        When another batch holds the lock, here or on another machine.
    OutputError
        When the folder cannot be written to.
    """
    path = folder / LOCK_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise output_error(error, folder) from None
    try:
        owner = _owner(path)
        # A lock of this machine that can be taken is stale; one of another machine may not be visible from here.
        if not _take(descriptor) or owner.get("host", socket.gethostname()) != socket.gethostname():
            raise _refusal(path, owner)
        with _owned(path, folder, started) as scratch:
            yield scratch
    finally:
        os.close(descriptor)


@contextmanager
def _owned(path: Path, folder: Path, started: str) -> Iterator[Path]:
    try:
        mine = {"pid": os.getpid(), "host": socket.gethostname(), "started": started}
        path.write_text(json.dumps(mine) + "\n", encoding="utf-8")
        for left in folder.glob(f"{SCRATCH_PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX, dir=folder))
    except OSError as error:
        raise output_error(error, folder) from None
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        # Emptied, not deleted: somebody may have opened it already, and two files of one name are two locks.
        with contextlib.suppress(OSError):
            path.write_text("", encoding="utf-8")
