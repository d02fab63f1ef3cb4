"""Build the site: every kind of page, framed, in a folder that takes the place of the former one when it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, cast

from lekp_lib.report.files import move_into_place, output_error, scratch_folder
from lekp_lib.site import (
    calendar_page,
    compare,
    data_page,
    edition_pages,
    flanders_page,
    former,
    home,
    method_page,
    municipality,
    statements,
    targets,
)
from lekp_lib.site.frame import Frame, Look
from lekp_lib.site.page import Page, SiteFile
from lekp_lib.site.sitemap import NOT_FOUND, sitemap
from lekp_lib.site.standing import SITE_FILE, Standing, keep_editions, site_json
from lekp_lib.site.world import SiteWorld
from lekp_lib.site.write import Writer, write_each


class Kind(Protocol):
    """A module that makes one kind of page; it may also have ``files(world)`` for files that are no pages."""

    def pages(self, world: SiteWorld) -> Iterator[Page] | Iterator[Page | SiteFile]:
        """All pages of the kind; files that belong to one page may stand among them."""
        ...


#: All kinds of pages but those of the municipalities, in the order of the menu. A kind that menu or foot leads to also
#: has its entry in ``menu.py``.
KINDS: tuple[Kind, ...] = (
    home,
    former,
    targets,
    flanders_page,
    compare,
    calendar_page,
    method_page,
    data_page,
    statements,
    edition_pages,
)


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: number of pages, number of all files, their bytes together."""

    pages: int
    files: int
    size: int


def files_of(kind: Kind, world: SiteWorld) -> Iterator[SiteFile]:
    """Files of a kind that are no pages; none when it has no such function."""
    make = cast("Callable[[SiteWorld], Iterator[SiteFile]] | None", getattr(kind, "files", None))
    return make(world) if make else iter(())


def _write_all(world: SiteWorld, look: Look, folder: Path, workers: int) -> int:
    """Everything but the editions of before; how many pages there are."""
    frame = Frame(world, look)
    writer = Writer(folder, frame)
    paths = []
    for kind in KINDS:
        paths += writer.write(kind.pages(world))
        writer.write(files_of(kind, world))
    keys = [item.nis for item in world.municipalities]
    paths += write_each(writer, partial(municipality.make, world), keys, workers)
    writer.write(frame.files())
    writer.write([SiteFile(SITE_FILE, site_json(world.edition, world.editions))])
    if look.base_url:
        paths += writer.write([NOT_FOUND, sitemap(paths, look.base_url, world.today)])
    return len(paths)


def build_site(world: SiteWorld, look: Look, standing: Standing, workers: int = 1) -> Built:
    """Build the site of an edition.

    Parameters
    ----------
    world
        The edition and its reports.
    look
        Choices of the publisher.
    standing
        Where the site comes; an earlier site there is replaced when the new one is whole.
    workers
        Processes at a time.

    Returns
    -------
    Built

    Raises
    ------
    ReportError
        When the folder cannot be written to.
    """
    target = standing.folder.resolve()
    try:
        with scratch_folder(target.parent) as scratch:
            made = scratch / "site"
            made.mkdir()
            pages = _write_all(world, look, made, workers)
            keep_editions(standing, world.editions, made)
            sizes = [path.stat().st_size for path in made.rglob("*") if path.is_file()]
            move_into_place(made, target)
    except OSError as error:
        raise output_error(error, standing.folder) from None
    return Built(pages, len(sizes), sum(sizes))
