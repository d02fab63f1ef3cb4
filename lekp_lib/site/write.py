"""Pages and files into the folder of a new site, by one process or by several."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from lekp_lib.batch.processes import can_fork, thread_names
from lekp_lib.errors import ReportError
from lekp_lib.site.frame import Frame
from lekp_lib.site.page import Page, SiteFile

#: Makes everything of one municipality.
Maker = Callable[[str], Iterator[Page | SiteFile]]


class Writer:
    """Writes into one folder.

    Parameters
    ----------
    root
        The new site.
    frame
        Puts pages into their frame.
    """

    def __init__(self, root: Path, frame: Frame) -> None:
        self._root = root
        self._frame = frame

    def write(self, parts: Iterable[Page | SiteFile]) -> list[str]:
        """Write pages and files.

        Returns
        -------
        list of str
            Paths of the pages.

        Raises
        ------
        ReportError
            When a path lies outside the site, or is there already with another content.
        """
        pages = []
        for part in parts:
            if isinstance(part, Page):
                pages.append(part.path)
                self._put(part.path, self._frame.render(part))
            else:
                self._put(part.path, part.content)
        return pages

    def _put(self, path: str, content: bytes) -> None:
        place = self._root / path
        if Path(path).is_absolute() or ".." in Path(path).parts:
            raise ReportError(f"site: {path!r} lies outside the site")
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            with place.open("xb") as file:
                file.write(content)
        except FileExistsError:
            # A drawing that many pages share has its hash as its name; anything else twice is a mistake of ours.
            if place.stem not in _shared_name(content):
                raise ReportError(f"site: {path!r} is made twice") from None


def _shared_name(content: bytes) -> tuple[str, ...]:
    import hashlib

    return (hashlib.sha256(content).hexdigest()[:16],)


_job: tuple[Writer, Maker] | None = None


def _set_job(writer: Writer, maker: Maker) -> None:
    global _job  # noqa: PLW0603 -- set once in a forked child, which serves this one job
    _job = (writer, maker)


def _make_one(key: str) -> list[str]:
    assert _job is not None
    writer, maker = _job
    return writer.write(maker(key))


def write_each(writer: Writer, maker: Maker, keys: Sequence[str], workers: int) -> list[str]:
    """Make and write the parts of each key, in forked children where the process may fork.

    Parameters
    ----------
    writer
        Of the new site.
    maker
        Makes the parts of one key.
    keys
        Codes of municipalities.
    workers
        Processes at a time.

    Returns
    -------
    list of str
        Paths of the pages, in the order of the keys.
    """
    if workers > 1 and len(keys) > 1 and can_fork() and len(thread_names()) == 1:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(workers, context, initializer=_set_job, initargs=(writer, maker)) as pool:
            found = list(pool.map(_make_one, keys, chunksize=4))
    else:
        found = [writer.write(maker(key)) for key in keys]
    return [path for paths in found for path in paths]
