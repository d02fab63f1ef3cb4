"""A process without running threads: the only kind that may be forked (spec performance.md 5).

The libraries for numbers start theirs when they are imported, and read the environment at that moment. So the command
sets it before anything is imported, and starts itself anew when that is too late.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lekp_lib.errors import ReportError

#: What keeps the libraries from starting threads at import: pools of BLAS, OpenMP and numexpr, and the cleaning
#: thread of the allocator that comes with Arrow.
SINGLE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
_TASKS = Path("/proc/self/task")
_STARTED_ANEW = "LEKP_STARTED_ANEW"


def can_fork() -> bool:
    """Whether reports can be made in forked children here; macOS has fork, but its libraries do not survive one."""
    return sys.platform == "linux" and hasattr(os, "fork")


def thread_names() -> tuple[str, ...]:
    """Names of the threads of this process, the main thread among them, as the operating system knows them."""
    names = []
    for task in sorted(_TASKS.iterdir(), key=lambda path: int(path.name)):
        try:
            names.append((task / "comm").read_text(encoding="utf-8").strip())
        except OSError:
            continue  # a thread that ended meanwhile
    return tuple(names)


def check_alone() -> None:
    """Refuse to fork from a process with more than one thread: a lock that another thread holds would stay locked.

    Raises
    ------
    ReportError
        With the names of the threads.
    """
    names = thread_names()
    if len(names) > 1:
        raise ReportError(
            f"found {len(names)} threads in the process that starts the reports ({', '.join(names)}); expected 1. "
            "Use --engine kernel, or report this: a library started a thread at import."
        )


def become_alone() -> None:
    """See to it that this process has one thread: set the environment, and start anew when libraries came first."""
    missing = {name: value for name, value in SINGLE_THREAD.items() if os.environ.get(name) != value}
    os.environ.update(missing)
    loaded = {"numpy", "pyarrow"} & set(sys.modules)
    if missing and loaded and len(thread_names()) > 1 and _STARTED_ANEW not in os.environ:
        os.environ[_STARTED_ANEW] = "1"
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 -- this very command
