"""The downloads of one municipality: what the batch made, under names that say what they are, stored once."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePosixPath

from lekp_lib.site.oud.downloads.datapackage import ATTRIBUTION_FILE, CSV_FILE, PACKAGE_FILE
from lekp_lib.site.oud.downloads.write import WORKBOOK_FILE
from lekp_lib.site.oud.numbers import NBSP, number
from lekp_lib.site.oud.report_view import ReportView
from lekp_lib.site.page import SiteFile, edition_path, link
from lekp_lib.site.world import ReportFiles, SiteWorld

#: Entries of a zip carry no time of their own: the same report always gives the same bytes.
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_KILO, _MEGA = 1000, 1_000_000


@dataclass(frozen=True, slots=True)
class Offer:
    """One download: what readers see, the end of its file name, the files of the report in it.

    With several files it is a zip, and one of them need not be there.
    """

    label: str
    note: str
    ending: str
    files: tuple[str, ...]


OFFERS = (
    Offer("Verslag om af te drukken", "PDF", ".pdf", ("rapport.pdf",)),
    Offer(
        "Verslag en presentatie om te bewaren of door te sturen",
        "zip met webpagina's die ook zonder internet werken",
        "-verslag.zip",
        ("rapport.html", "presentatie.html", "besluit.html", "checklist.txt"),
    ),
    Offer("Ontwerp van gemeenteraadsbesluit", "Word", "-besluit.docx", ("besluit.docx",)),
    Offer("Ontwerp van gemeenteraadsbesluit", "gewone tekst", "-besluit.txt", ("besluit.txt",)),
    Offer("Cijfers van de gemeente", "Excel", "-cijfers.xlsx", (WORKBOOK_FILE,)),
    Offer(
        "Cijfers van de gemeente",
        "zip met csv, beschrijving en bronvermelding",
        "-cijfers.zip",
        (CSV_FILE, PACKAGE_FILE, ATTRIBUTION_FILE),
    ),
    Offer("Figuren", "zip met SVG en PNG", "-figuren.zip", ("figuren.zip",)),
)


def size_words(size: int) -> str:
    """Size of a file for readers.

    Examples
    --------
    >>> size_words(524_725).replace(NBSP, " "), size_words(1_240_000).replace(NBSP, " "), size_words(90)
    ('525 kB', '1,2 MB', '1\\xa0kB')
    """
    if size >= _MEGA:
        return f"{number(size / _MEGA, 1)}{NBSP}MB"
    return f"{number(max(1, round(size / _KILO)), 0)}{NBSP}kB"


def _zipped(entries: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=9)
    return buffer.getvalue()


_FONT = re.compile(rb"url\(\"data:font/woff2;base64,([A-Za-z0-9+/=]+)\"\)")


def _with_fonts_beside(page: bytes, fonts: dict[str, bytes]) -> bytes:
    """A page of which the fonts are files in a folder beside it, so that the pages of one zip share them."""

    def beside(match: re.Match[bytes]) -> bytes:
        font = base64.b64decode(match[1])
        name = f"lettertypes/{hashlib.sha256(font).hexdigest()[:12]}.woff2"
        fonts[name] = font
        return f'url("{name}")'.encode()

    return _FONT.sub(beside, page)


def _entries(report: ReportFiles, names: Sequence[str]) -> dict[str, bytes]:
    """Files for a zip by name."""
    fonts: dict[str, bytes] = {}
    found = {name: (report.folder / name).read_bytes() for name in names}
    pages = {name: _with_fonts_beside(content, fonts) for name, content in found.items() if name.endswith(".html")}
    return {**found, **pages, **fonts}


def _workbook(world: SiteWorld, report: ReportFiles) -> bytes:
    """Figures of the municipality alone; those of all stand once in the site."""
    from lekp_lib.site.oud.downloads.workbook import workbook_bytes

    parameters = world.parameters.model_copy(update={"gemeente": report.nis})
    return workbook_bytes(ReportView(world.edition, parameters), everyone=False)


def _content(world: SiteWorld, report: ReportFiles, offer: Offer, names: Sequence[str]) -> bytes:
    if offer.files == (WORKBOOK_FILE,):
        return _workbook(world, report)
    return (report.folder / names[0]).read_bytes() if len(offer.files) == 1 else _zipped(_entries(report, names))


def download_path(world: SiteWorld, nis: str, offer: Offer) -> str:
    """Lasting address of a download: ``editie/<id>/gemeente/<slug>/klimaatpact-<jaar>-<nis>-<slug>.pdf``."""
    slug = world.slug(nis)
    name = f"klimaatpact-{world.on.year}-{nis}-{slug}{offer.ending}"
    return str(PurePosixPath(edition_path(world.edition.id, slug)).with_name(name))


def download_files(world: SiteWorld, report: ReportFiles) -> Iterator[tuple[Offer, SiteFile]]:
    """The downloads that a report has.

    Parameters
    ----------
    world
        For edition and names.
    report
        Files that the batch left.
    """
    for offer in OFFERS:
        there = [name for name in offer.files if name in report.sizes]
        if offer.files[0] not in there:
            continue
        content = _content(world, report, offer, there)
        yield offer, SiteFile(download_path(world, report.nis, offer), content)


def downloads_html(here: str, found: Sequence[tuple[Offer, SiteFile]]) -> str:
    """The downloads as a list of links with kind and size."""
    items = "\n".join(
        f'<li><a href="{escape(link(here, file.path))}">{escape(offer.label)}</a> '
        f"({escape(offer.note)}, {size_words(len(file.content))})</li>"
        for offer, file in found
    )
    return f'<ul class="downloads">\n{items}\n</ul>'
