"""Gegevens: the whole edition to download, with data dictionary, licences, versions, what came in, corrections."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from lekp_lib import __version__
from lekp_lib.edition.manifest import MANIFEST_NAME, sha256_of
from lekp_lib.site.contact import contact_sentence
from lekp_lib.site.data_files import BOOK_NAME, DataFile, data_citation, data_files, site_files, used_sources
from lekp_lib.site.data_tables import EditionTable, edition_tables
from lekp_lib.site.download_list import Download, download_list
from lekp_lib.site.downloads import size_words
from lekp_lib.site.oud.block import Block, Paragraph
from lekp_lib.site.oud.boxes import Facts, Note
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import count_noun, number
from lekp_lib.site.oud.prose import Heading, Title
from lekp_lib.site.oud.table import Cell, Column, Table
from lekp_lib.site.oud.words.correction_words import correction_lines
from lekp_lib.site.page import Page, SiteFile, edition_path, link
from lekp_lib.site.world import SiteWorld

PATH = "gegevens/index.html"
_ABSENT = "–"


def _whole(files: tuple[DataFile, ...]) -> str:
    """What is not one table: the workbook, the dictionary, the descriptions."""
    loose = [item for item in files if item.form not in ("csv", "parquet") or item.label.startswith("Uitleg")]
    return download_list(PATH, [Download(item.path, item.label, item.form, len(item.content)) for item in loose])


def _table_list(files: tuple[DataFile, ...], tables: tuple[EditionTable, ...]) -> Table:
    sizes = {item.name: item for item in files}
    rows = []
    for item in tables:
        cells: list[str | Cell] = [Cell(item.table.title, note=item.told), number(len(item.table.rows))]
        for form in ("csv", "parquet"):
            file = sizes[f"{item.name}.{form}"]
            label = f"{item.name}.{form}"
            cells.append(Cell(label, link=link(PATH, file.path), note=size_words(len(file.content))))
        rows.append(cells)
    columns = (Column("Tabel"), Column("Rijen", align="number"), Column("Csv"), Column("Parquet"))
    note = "Een lege cel is nooit een nul. De uitleg bij elke kolom zegt wanneer een cel leeg is."
    return Table(columns, rows, "Tabellen van de editie", footnotes=[note], name="data-tables")


def _dictionary(tables: tuple[EditionTable, ...]) -> str:
    """Per table the columns with their explanation, opened on demand."""
    parts = []
    for item in tables:
        rows = [
            [Cell(field.name, note=field.title), field.type, field.unit or _ABSENT, field.description]
            for field in item.table.fields
        ]
        columns = (Column("Kolom", width="24%"), Column("Type"), Column("Eenheid"), Column("Uitleg"))
        table = Table(columns, rows, f"Kolommen van {item.name}", name="dictionary")
        parts += [Heading(item.table.title, 3, f"kolommen-{item.name}").html(), table.html()]
    return "\n".join(parts)


def _licences(world: SiteWorld) -> Table:
    rows: list[list[str | Cell]] = [
        [
            Cell(source.name, note=source.organisation, link=source.url),
            source.licence,
        ]
        for source in used_sources(world)
    ]
    columns = (Column("Bron", width="50%"), Column("Licentie"))
    return Table(columns, rows, "Licentie per bron van deze editie", name="licences")


def _versions(world: SiteWorld) -> Facts:
    manifest = world.edition.manifest
    before = manifest.predecessor
    return Facts(
        [
            ("Editie", f"{manifest.title} ({manifest.id})"),
            ("Peildatum", date_long(manifest.reference_date)),
            ("Bevroren op", date_long(manifest.built)),
            ("Vorige editie", before.id if before else "geen"),
            ("Herkomst", manifest.origin),
            ("Vingerafdruk", f"sha256 {sha256_of(world.edition.folder / MANIFEST_NAME)}"),
            ("Gemaakt met", f"lekp {__version__}"),
        ]
    )


def _older(world: SiteWorld) -> str:
    """Editions that stay in the site under their own address."""
    if not world.editions:
        return Paragraph("Deze site bevat geen oudere edities.").html()
    items = "".join(
        f'<li><a href="{link(PATH, edition_path(one.id))}">{escape(one.title)}</a></li>' for one in world.editions
    )
    return f"<p>Oudere edities blijven op hun eigen adres staan:</p>\n<ul>{items}</ul>"


def _came_in(world: SiteWorld) -> Block:
    """The changelog of the data: every raw file that the edition was read from, the newest first."""
    inputs = sorted(world.edition.manifest.inputs, key=lambda item: (item.imported, item.name), reverse=True)
    if not inputs:
        return Paragraph(
            "Deze editie is niet uit losse bronbestanden ingelezen. Bij elk cijfer staat zijn bron en, als dat "
            "genoteerd is, de dag van ophalen."
        )
    rows: list[list[str | Cell]] = [
        [date_long(item.imported), Cell(item.name, link=item.url), date_long(item.retrieved), item.sha256[:12]]
        for item in inputs
    ]
    columns = (Column("Ingelezen op"), Column("Bestand"), Column("Opgehaald op"), Column("Vingerafdruk"))
    return Table(columns, rows, "Ingelezen bestanden, de nieuwste eerst", name="inputs")


def _corrections(world: SiteWorld) -> Block:
    found = sorted(world.edition.corrections, key=lambda item: (item.date, item.place, item.target_id), reverse=True)
    if not found:
        return Paragraph("Geen enkele gemeente corrigeerde een cijfer van deze editie.")
    rows: list[list[str | Cell]] = []
    for item in found:
        target = world.catalog.target(item.target_id)
        told, why = correction_lines(item, target)
        rows.append([date_long(item.date), item.place, target.name, Cell(told, note=why)])
    columns = (Column("Datum"), Column("Gemeente"), Column("Doel"), Column("Correctie"))
    return Table(columns, rows, "Correcties door gemeenten, de nieuwste eerst", name="corrections-log")


def _html(*blocks: Block) -> str:
    return "\n".join(block.html() for block in blocks)


def pages(world: SiteWorld) -> Iterator[Page]:
    """The one page."""
    files, tables = data_files(world), edition_tables(world)
    manifest = world.edition.manifest
    total = sum(len(item.table.rows) for item in tables)
    lead = "De hele editie om te hergebruiken: elk cijfer, elk oordeel en elke noemer, met uitleg bij elke kolom."
    safe = (
        "Getallen zijn onafgerond. Tekst die een rekenblad als formule kan lezen, begint met een apostrof.",
        f"Samen zijn er {count_noun(total, 'rij', 'rijen')}.",
    )
    profile = (
        "De beschrijving voor datacatalogi volgt DCAT-AP Vlaanderen zover de feiten gaan. De uitgever ontbreekt: dat "
        "is wie deze site publiceert. Er is ook geen licentie voor het geheel: elk cijfer houdt die van zijn bron."
    )
    body = [
        Title("Gegevens om te hergebruiken").html(),
        Paragraph(lead, "lead").html(),
        Note(manifest.banner, manifest.origin, kind="warning").html() if manifest.banner else "",
        _html(Heading("Downloads", 2, "downloads"), Paragraph(safe)),
        _whole(files),
        _html(_table_list(files, tables), Paragraph(profile, "small")),
        _html(Heading("Bronvermelding", 2, "bronvermelding"), Paragraph(data_citation(world))),
        _html(Heading("Licenties", 2, "licenties"), _licences(world)),
        _html(Heading("Versies", 2, "versies"), _versions(world)),
        _older(world),
        _html(Heading("Wat er binnenkwam", 2, "binnengekomen"), _came_in(world)),
        _html(Heading("Correcties", 2, "correcties"), _corrections(world)),
        f"<p>{contact_sentence(world.contact, 'een fout in de cijfers')}</p>",
        Heading("Woordenboek van de kolommen", 2, "woordenboek").html(),
        _dictionary(tables),
    ]
    yield Page(
        path=PATH,
        title="Gegevens van het klimaatpact per gemeente",
        description=f"Alle cijfers en oordelen van {world.edition.title} als csv, parquet en rekenblad ({BOOK_NAME}), "
        "met uitleg bij elke kolom, licentie per bron, versies en correcties.",
        body="\n".join(part for part in body if part),
        section="gegevens",
    )


def files(world: SiteWorld) -> Iterator[SiteFile]:
    """All downloads of the page."""
    yield from site_files(world)
