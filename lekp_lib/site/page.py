"""What a page of the site is before the frame stands around it, and how pages name each other."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

HOME_PATH = "index.html"
ASSETS = "assets"


@dataclass(frozen=True, slots=True)
class Page:
    """One page, without its frame.

    Attributes
    ----------
    path
        Address below the root of the site, with slashes: ``kalender/index.html``.
    title
        Plain text that no other page has.
    description
        Plain text for search engines and social previews.
    body
        Safe HTML inside ``<main>``; its first element is the only ``<h1>``.
    crumbs
        Label and path of the pages above this one, home left out.
    scripts
        Classic scripts, as names below ``assets/``. They run from ``file://``: no modules, no fetching.
    section
        The entry of the menu that is current (:data:`lekp_lib.site.menu.MENU`); empty for home and what is below it.
    wide
        A wider column, for big tables.
    """

    path: str
    title: str
    description: str
    body: str
    crumbs: tuple[tuple[str, str], ...] = ()
    scripts: tuple[str, ...] = ()
    section: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file of the site that is not a page; ``path`` as for :class:`Page`."""

    path: str
    content: bytes


def link(here: str, there: str) -> str:
    """Relative address from one page to another, the same from a server, a sub-path or a USB stick.

    Parameters
    ----------
    here
        Path of the page that holds the link.
    there
        Path of the page or file it leads to, with a fragment where wanted.

    Returns
    -------
    str

    Examples
    --------
    >>> link("gemeente/gent/index.html", "doel/bomen/index.html#kaart")
    '../../doel/bomen/index.html#kaart'
    >>> link("index.html", "index.html#gemeenten"), link("doel/index.html", "index.html")
    ('#gemeenten', '../index.html')
    """
    path, sign, fragment = there.partition("#")
    if path == here and sign:
        return f"#{fragment}"
    return posixpath.relpath(path, posixpath.dirname(here) or ".") + sign + fragment


def municipality_path(slug: str) -> str:
    """Lasting address of a municipality: always its latest report."""
    return f"gemeente/{slug}/index.html"


def target_path(target_id: str) -> str:
    """Lasting address of a target; ids of targets may hold an underscore, addresses do not."""
    return f"doel/{target_id.replace('_', '-')}/index.html"


def edition_path(edition_id: str, slug: str = "") -> str:
    """Lasting address of a frozen edition, or of one municipality in it."""
    return f"editie/{edition_id}/gemeente/{slug}/index.html" if slug else f"editie/{edition_id}/index.html"
