"""Build the site: every kind of page, framed, in a folder that takes the place of the former one when it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from lekp_lib.errors import ReportError
from lekp_lib.report.outputs import move_into_place, output_error, scratch_folder
from lekp_lib.site import compare, home, municipality
from lekp_lib.site.frame import Frame, Look
from lekp_lib.site.page import Page, SiteFile
from lekp_lib.site.world import SiteWorld


class Kind(Protocol):
    """A module that makes one kind of page; it may also have ``files(world)`` for files that are no pages."""

    def pages(self, world: SiteWorld) -> Iterator[Page]:
        """All pages of the kind."""
        ...


#: All kinds of pages, in the order of the menu. A kind that menu or foot leads to also has its entry in ``menu.py``.
KINDS: tuple[Kind, ...] = (home, municipality, compare)


@dataclass(slots=True)
class Built:
    """What was built: number of pages, number of all files, their bytes together."""

    pages: int = 0
    files: int = 0
    size: int = 0


def files_of(kind: Kind, world: SiteWorld) -> Iterator[SiteFile]:
    """Files of a kind that are no pages; none when it has no such function."""
    make = cast("Callable[[SiteWorld], Iterator[SiteFile]] | None", getattr(kind, "files", None))
    return make(world) if make else iter(())


class _Writer:
    """Writes into the new site; a path that is there already is a mistake of ours."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.built = Built()

    def write(self, path: str, content: bytes) -> None:
        place = self._root / path
        if ".." in Path(path).parts or Path(path).is_absolute() or place.exists():
            raise ReportError(f"site: {path!r} is written twice, or lies outside the site")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        self.built.files += 1
        self.built.size += len(content)


def _write_all(world: SiteWorld, look: Look, folder: Path) -> Built:
    frame, writer = Frame(world, look), _Writer(folder)
    for kind in KINDS:
        for page in kind.pages(world):
            writer.write(page.path, frame.render(page))
            writer.built.pages += 1
        for file in files_of(kind, world):
            writer.write(file.path, file.content)
    for file in frame.files():
        writer.write(file.path, file.content)
    return writer.built


def build_site(world: SiteWorld, look: Look, site_dir: Path) -> Built:
    """Build the site of an edition.

    Parameters
    ----------
    world
        The edition and its reports.
    look
        Choices of the publisher.
    site_dir
        Folder of the site; an earlier site there is replaced when the new one is whole.

    Returns
    -------
    Built

    Raises
    ------
    ReportError
        When the folder cannot be written to.
    """
    try:
        with scratch_folder(site_dir.resolve().parent) as scratch:
            made = scratch / "site"
            made.mkdir()
            built = _write_all(world, look, made)
            move_into_place(made, site_dir.resolve())
    except OSError as error:
        raise output_error(error, site_dir) from None
    return built
