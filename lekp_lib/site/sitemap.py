"""For a site whose address is known: the map for search engines, and the page for addresses that do not exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from lekp_lib.site.page import HOME_PATH, Page, SiteFile

SITEMAP_PATH = "sitemap.xml"
#: Web servers show it at any depth, so that its links name the whole address.
NOT_FOUND = Page(
    path="404.html",
    title="Pagina niet gevonden",
    description="Dit adres bestaat niet op deze site.",
    body=(
        "<h1>Deze pagina bestaat niet</h1>\n<p>Het adres is misschien verkeerd overgenomen. Zoek uw gemeente of een "
        "doel op de startpagina: kies daarvoor ‘Gemeenten’ in het menu.</p>"
    ),
)


def public_address(path: str, base_url: str) -> str:
    """Full address of a page; that of a folder for its ``index.html``.

    Examples
    --------
    >>> public_address("gemeente/gent/index.html", "https://klimaat.example/pact/")
    'https://klimaat.example/pact/gemeente/gent/'
    """
    return base_url + quote(
        path.removesuffix(HOME_PATH) if path.endswith(f"/{HOME_PATH}") or path == HOME_PATH else path
    )


def sitemap(paths: Iterable[str], base_url: str, changed: dt.date) -> SiteFile:
    """The map of all pages.

    Parameters
    ----------
    paths
        Of the pages.
    base_url
        Address of the site, with a slash at its end.
    changed
        Day on which the site was made.
    """
    lines = [
        f"<url><loc>{escape(public_address(path, base_url))}</loc><lastmod>{changed.isoformat()}</lastmod></url>"
        for path in paths
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return SiteFile(SITEMAP_PATH, (head + "\n".join(lines) + "\n</urlset>\n").encode("utf-8"))
