"""A finished report as part of the site: what stands in its ``<main>``, without its own style and fonts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from lekp_lib.errors import ReportError
from lekp_lib.site.drawings import share_between_pages, share_within_page
from lekp_lib.site.page import SiteFile

PAGE_FILE = "rapport.html"
_MAIN = re.compile(r"<main\b[^>]*>(?P<inner>.*)</main>", re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)">')
_CONTENTS = '<nav class="contents"'


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Parts of a report.

    Attributes
    ----------
    title, description
        Plain text.
    head
        Opening, up to the table of contents.
    body
        Table of contents and chapters.
    drawings
        Files that the parts show.
    """

    title: str
    description: str
    head: str
    body: str
    drawings: dict[str, SiteFile] = field(default_factory=dict)


def read_report(html: str, here: str) -> ReportPage:
    """Take a report apart.

    Parameters
    ----------
    html
        The page of :class:`~lekp_lib.report.exporters.HtmlExporter`.
    here
        Path of the page of the site that will show it.

    Returns
    -------
    ReportPage

    Raises
    ------
    ReportError
        When it is no such page.
    """
    main, title, description = _MAIN.search(html), _TITLE.search(html), _DESCRIPTION.search(html)
    if main is None or title is None:
        raise ReportError(f"{here}: found a report without <main> or <title>; make it again with `lekp batch --force`")
    inner, drawings = share_between_pages(main["inner"].strip(), here)
    head, sign, rest = share_within_page(inner).partition(_CONTENTS)
    return ReportPage(
        title=unescape(title[1]),
        description=unescape(description[1]) if description else "",
        head=head,
        body=sign + rest,
        drawings=drawings,
    )
