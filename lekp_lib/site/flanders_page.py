"""Vlaanderen: the report on all municipalities together in the frame of the site, with its downloads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lekp_lib.parameters import LOOK, ReportParameters
from lekp_lib.report.files import is_whole, read_manifest
from lekp_lib.report.make import FLANDERS_KEY
from lekp_lib.site.download_list import Download, download_list
from lekp_lib.site.oud.downloads.flanders_csv import FLANDERS_CSV, flanders_csv
from lekp_lib.site.oud.flanders_view import OWN_ONLY, FlandersView
from lekp_lib.site.oud.prose import Heading
from lekp_lib.site.page import Page, SiteFile
from lekp_lib.site.report_page import PAGE_FILE, read_report
from lekp_lib.site.world import SiteWorld

PATH, SECTION = "vlaanderen/index.html", "vlaanderen"
_PDF = "rapport.pdf"
_LABELS = {_PDF: "Verslag van Vlaanderen om af te drukken", FLANDERS_CSV: "Alle getallen van dit verslag"}


def finished_report(world: SiteWorld) -> Path | None:
    """Folder of the report on Flanders, beside those of the municipalities; ``None`` when none fits the edition."""
    some = next(iter(world.reports.values()), None)
    if some is None:
        return None
    folder = some.folder.parent / FLANDERS_KEY
    manifest = read_manifest(folder)
    if not manifest or not is_whole(folder, manifest) or PAGE_FILE not in manifest["files"]:
        return None
    usual = ReportParameters(gemeente="*", editie=world.edition.id).model_dump()
    made_with = manifest.get("parameters") or {}
    left_out = {*OWN_ONLY, *LOOK, "editie"}
    same = all(made_with.get(name) == value for name, value in usual.items() if name not in left_out)
    return folder if same and manifest.get("edition") == world.edition.manifest.model_dump(mode="json") else None


def _file(name: str, content: bytes, edition_id: str) -> SiteFile:
    ending = name.rsplit(".", 1)[1]
    return SiteFile(f"vlaanderen/klimaatpact-vlaanderen-{edition_id}.{ending}", content)


def _with_downloads(body: str, found: list[tuple[str, SiteFile]]) -> str:
    items = [Download(file.path, _LABELS[name], file.path.rsplit(".", 1)[1], len(file.content)) for name, file in found]
    return "\n".join([body, Heading("Downloads", 2, "downloads").html(), download_list(PATH, items)])


def _from_report(world: SiteWorld, folder: Path) -> Iterator[Page | SiteFile]:
    parts = read_report((folder / PAGE_FILE).read_text(encoding="utf-8"), PATH)
    edition = world.edition.id
    found = [
        (name, _file(name, (folder / name).read_bytes(), edition)) for name in _LABELS if (folder / name).is_file()
    ]
    yield Page(
        path=PATH,
        title=parts.title,
        description=parts.description,
        body=_with_downloads(f'{parts.head}\n<p><a href="#downloads">Naar de downloads</a></p>\n{parts.body}', found),
        section=SECTION,
    )
    for _, file in found:
        yield file
    yield from parts.drawings.values()


def _from_figures(world: SiteWorld) -> Iterator[Page | SiteFile]:
    """The heart of the report, straight from the figures, where nobody made the report itself."""
    view = FlandersView(world.edition, world.parameters)
    heart = view.summary().html()
    parts = [
        heart,
        "<p>Van deze editie is er geen volledig verslag van Vlaanderen en geen PDF.</p>",
        Heading("De gemeenten samen", 2).html(),
        view.totals().html(),
        Heading("Per provincie", 2).html(),
        view.provinces().html(),
        Heading("Dekking van de cijfers", 2).html(),
        view.coverage().html(),
        Heading("Alle oordelen", 2).html(),
        view.verdicts().html(),
    ]
    found = [(FLANDERS_CSV, _file(FLANDERS_CSV, flanders_csv(view.results), world.edition.id))]
    facts = view.facts()
    yield Page(
        path=PATH,
        title=str(facts["title"]),
        description=str(facts["description"]),
        body=_with_downloads("\n".join(parts), found),
        section=SECTION,
        wide=True,
    )
    for _, file in found:
        yield file


def pages(world: SiteWorld) -> Iterator[Page | SiteFile]:
    """The one page, with its downloads and drawings."""
    folder = finished_report(world)
    yield from _from_figures(world) if folder is None else _from_report(world, folder)
