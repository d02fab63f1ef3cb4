"""A municipality in the site: its latest report at an address that never moves, and the frozen edition beside it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from lekp_lib.register import Municipality
from lekp_lib.site import compare, data_page
from lekp_lib.site.downloads import download_files, downloads_html
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.words.joins import place_of
from lekp_lib.site.page import Page, SiteFile, edition_path, link, municipality_path
from lekp_lib.site.report_page import PAGE_FILE, read_report
from lekp_lib.site.world import ReportFiles, SiteWorld


def missing_sentence(world: SiteWorld, name: str) -> str:
    """What a page says of a municipality without a report."""
    return (
        f"Van {name} is er in de editie {world.edition.title} geen verslag. "
        "De cijfers van deze gemeente staan wel in de tabellen per doel."
    )


def _without_report(world: SiteWorld, item: Municipality) -> Page:
    name = escape(item.name)
    return Page(
        path=municipality_path(world.slug(item.nis)),
        title=f"Klimaatpact in {item.name}: geen verslag",
        description=f"Van {item.name} is er in deze editie geen verslag over het klimaatpact.",
        body=f"<h1>{name}: geen verslag in deze editie</h1>\n<p>{escape(missing_sentence(world, item.name))}</p>",
    )


def _latest(world: SiteWorld, report: ReportFiles, downloads: str) -> tuple[Page, tuple[SiteFile, ...]]:
    slug = world.slug(report.nis)
    path = municipality_path(slug)
    parts = read_report((report.folder / PAGE_FILE).read_text(encoding="utf-8"), path)
    frozen = link(path, edition_path(world.edition.id, slug))
    beside = link(path, f"{compare.PATH}?gemeenten={slug}")
    section = (
        '<section class="site-downloads" aria-labelledby="downloads">\n'
        f'<h2 id="downloads">Downloads</h2>\n{downloads}\n'
        f'<p>De cijfers van alle gemeenten staan bij <a href="{link(path, data_page.PATH)}">Gegevens</a>.</p>\n'
        f'<p><a href="{beside}">Zet {escape(report.name)} naast andere gemeenten</a></p>\n'
        f'<p class="small">Dit is de editie {escape(world.edition.title)}. '
        f'<a href="{frozen}">Vast adres van deze editie</a>.</p>\n</section>'
    )
    page = Page(
        path=path,
        title=parts.title,
        description=parts.description,
        body=f'{parts.head}\n<p><a href="#downloads">Naar de downloads</a></p>\n{parts.body}\n{section}',
    )
    return page, tuple(parts.drawings.values())


def _frozen(world: SiteWorld, report: ReportFiles, downloads: str) -> Page:
    slug, edition = world.slug(report.nis), world.edition
    path = edition_path(edition.id, slug)
    latest = link(path, municipality_path(slug))
    return Page(
        path=path,
        title=f"Klimaatpactverslag {report.name}, {edition.title}: vaste editie",
        description=f"Het verslag van {report.name} zoals het gemaakt is voor {edition.title}.",
        body=(
            f"<h1>Klimaatpactverslag {escape(place_of(report.name))}: {escape(edition.title)}</h1>\n"
            f"<p>Deze bestanden zijn vast: stand op {date_long(edition.reference_date)}, "
            f"verslag {escape(report.run)}. Ze veranderen niet meer.</p>\n{downloads}\n"
            f'<p><a href="{latest}">Het laatste verslag van {escape(report.name)}</a></p>'
        ),
        crumbs=((edition.title, edition_path(edition.id)),),
    )


def make(world: SiteWorld, nis: str) -> Iterator[Page | SiteFile]:
    """Everything of one municipality: two pages, downloads, drawings.

    Parameters
    ----------
    world
        Edition and reports.
    nis
        Code of the municipality.
    """
    report = world.reports.get(nis)
    if report is None:
        yield _without_report(world, world.register.get(nis, world.on))
        return
    found = list(download_files(world, report))
    for _, file in found:
        yield file
    slug = world.slug(nis)
    page, drawings = _latest(world, report, downloads_html(municipality_path(slug), found))
    yield page
    yield from drawings
    yield _frozen(world, report, downloads_html(edition_path(world.edition.id, slug), found))
