"""Processes of reports: whether they can be forked, that it is from a single thread, and that nothing lives on."""

import ctypes
import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from lekp_lib.errors import ReportError

#: What keeps libraries from starting threads at import: pools of BLAS, OpenMP and numexpr, and the cleaning thread of
#: the allocator that comes with Arrow. Typst has one thread in the child: the other processor makes another report.
SINGLE_THREAD = {
    **{f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMEXPR", "RAYON")},
    "ARROW_DEFAULT_MEMORY_POOL": "system", "JE_ARROW_MALLOC_CONF": "background_thread:false",
}  # fmt: skip
#: Requests to Linux (``prctl``): the orphans below come to this process; a signal when the parent is gone.
ADOPT_ORPHANS, SIGNAL_AT_END_OF_PARENT = 36, 1
#: Request to Linux (``madvise``) to put memory on one large page, and the size of such a page.
_ON_A_LARGE_PAGE, _LARGE_PAGE_BYTES = 25, 1 << 21


def can_fork() -> bool:
    """Whether reports can be forked here; macOS has fork, but its libraries do not survive one."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def check_single_threaded() -> None:
    """Refuse to fork from a process with more than one thread: a lock that another one holds would stay locked."""
    names = [path.read_text(encoding="utf-8").strip() for path in Path("/proc/self/task").glob("*/comm")]
    if len(names) > 1:
        why = "Meld dit: een bibliotheek start een thread zodra ze geladen wordt."
        raise ReportError(f"het proces dat de verslagen start heeft {len(names)} threads ({', '.join(names)}). {why}")


def use_large_pages() -> None:
    """Put what this process holds on large pages, where Linux can: a fork and the end of a child take half the time."""
    madvise, maps = ctypes.CDLL(None).madvise, Path("/proc/self/maps").read_text(encoding="utf-8")
    for first, last in re.findall(r"^(\w+)-(\w+) rw-p \w+ 00:00 0 *(?:\[heap\])?$", maps, re.MULTILINE):
        begin = -(-int(first, 16) // _LARGE_PAGE_BYTES) * _LARGE_PAGE_BYTES
        for place in range(begin, int(last, 16) - _LARGE_PAGE_BYTES + 1, _LARGE_PAGE_BYTES):
            madvise(ctypes.c_void_p(place), ctypes.c_size_t(_LARGE_PAGE_BYTES), _ON_A_LARGE_PAGE)


def new_process(target: Callable[..., object], args: tuple[object, ...]) -> Any:
    """A process that is not started yet: forked where that can be done, else made anew."""
    context: Any = multiprocessing.get_context("fork" if can_fork() else "spawn")
    return context.Process(target=target, args=args)


def control(option: int, value: int) -> None:
    """Ask Linux for something that holds for this process: one of the two above."""
    ctypes.CDLL(None).prctl(option, value)


def end_leftovers(keep: Collection[int | None] = ()) -> None:
    """Kill all children of this process but some; where it adopts orphans, what they leave goes too.

    Parameters
    ----------
    keep
        Process ids of children that go on.
    """
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    while left := {int(pid) for pid in (listed.read_text().split() if listed.is_file() else ())} - set(keep):
        for pid in left:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
