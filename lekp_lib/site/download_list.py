"""Lists of files to download: what it is, which form it has, how big it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from lekp_lib.site.downloads import size_words
from lekp_lib.site.page import link


@dataclass(frozen=True, slots=True)
class Download:
    """One file.

    Attributes
    ----------
    path
        Its address in the site.
    label
        What it holds, in plain Dutch.
    form
        Short name of the format, such as ``csv``.
    size
        Bytes.
    """

    path: str
    label: str
    form: str
    size: int


def download_list(here: str, downloads: Iterable[Download]) -> str:
    """The list as HTML.

    Parameters
    ----------
    here
        Path of the page that holds the list.
    downloads
        In the order to be shown.

    Returns
    -------
    str
    """
    items = "\n".join(
        f'<li><a href="{escape(link(here, item.path))}">{escape(item.label, quote=False)} '
        f"({item.form}, {size_words(item.size)})</a></li>"
        for item in downloads
    )
    return f'<ul class="downloads">\n{items}\n</ul>'
