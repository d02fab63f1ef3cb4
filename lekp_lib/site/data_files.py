"""The files of the data page: csv and parquet per table, one workbook, a data package, attribution, DCAT-AP."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from lekp_lib import __version__
from lekp_lib.edition.tables import TABLE_NAMES
from lekp_lib.pact import Source
from lekp_lib.site.data_fields import EDITION, FICTITIOUS
from lekp_lib.site.data_tables import EditionTable, dictionary_table, edition_tables
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.downloads.book import BookTexts, book_bytes
from lekp_lib.site.oud.downloads.datapackage import ATTRIBUTION_FILE, PACKAGE_FILE, PROFILE, licences, resource
from lekp_lib.site.oud.downloads.safe_text import safe_text
from lekp_lib.site.oud.downloads.table import DataTable, Field, Quantity
from lekp_lib.site.oud.downloads.tidy_csv import csv_bytes
from lekp_lib.site.oud.words.citation_words import FICTITIOUS_WORDS
from lekp_lib.site.page import SiteFile
from lekp_lib.site.world import SiteWorld

FOLDER = "gegevens"
BOOK_NAME, DICTIONARY_NAME, DCAT_NAME = "editie.xlsx", "woordenboek.csv", "dcat.jsonld"

#: Columns that the first line of every sheet says already.
_SAID_ABOVE = (EDITION, FICTITIOUS)


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of the data page: what it holds in words, its format, and its bytes."""

    name: str
    label: str
    form: str
    content: bytes

    @property
    def path(self) -> str:
        """Address in the site."""
        return f"{FOLDER}/{self.name}"


def data_title(world: SiteWorld) -> str:
    """Name of the whole, with the warning that figures are invented where they are."""
    title = f"Klimaatpact per gemeente, {world.edition.title}"
    return f"{title} [{FICTITIOUS_WORDS}]" if world.edition.fictitious else title


def data_citation(world: SiteWorld) -> str:
    """Reference to the data in one line: maker, year in which the edition was frozen, title, edition, version."""
    year = world.edition.manifest.built.year
    return f"lekp ({year}). {data_title(world)}. Editie {world.edition.id}, gemaakt met lekp {__version__}."


def used_sources(world: SiteWorld) -> tuple[Source, ...]:
    """Sources of which the edition holds figures, by name."""
    used = {source_id for name in TABLE_NAMES for source_id in world.edition.frame(name)["source_id"]}
    found = (source for source in world.catalog.sources.values() if source.id in used)
    return tuple(sorted(found, key=lambda source: source.name.casefold()))


def _top(world: SiteWorld) -> str:
    banner = world.edition.manifest.banner
    told = f"{data_title(world)}. Stand op {date_long(world.on)}."
    return f"{banner}. {told}" if banner else told


def _book(world: SiteWorld, tables: tuple[EditionTable, ...]) -> bytes:
    manifest = world.edition.manifest
    texts = BookTexts(
        title=data_title(world),
        top=_top(world),
        banner=manifest.banner,
        header="Klimaatpact per gemeente",
        footer=f"{manifest.title}, editie {manifest.id}",
        origin=manifest.origin,
        built=manifest.built,
    )
    sheets = [
        replace(item.table, fields=tuple(field for field in item.table.fields if field not in _SAID_ABOVE))
        for item in tables
    ]
    return book_bytes([dictionary_table(tables), *sheets], texts)


def _arrow_value(field: Field, value: Any) -> Any:
    if isinstance(value, Quantity):
        return float(value.value)
    return safe_text(value) if isinstance(value, str) and field.type == "string" else value


def parquet_bytes(table: DataTable, facts: Mapping[str, str]) -> bytes:
    """A table as the bytes of a parquet file; the explanation of each column goes with it.

    Parameters
    ----------
    table
        Any table for download.
    facts
        What the file says of itself.

    Returns
    -------
    bytes
        The same texts as in the csv file; equal input gives equal bytes.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {
        "string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "date": pa.date32(),
        "boolean": pa.bool_(),
    }  # fmt: skip
    schema = pa.schema(
        [
            pa.field(item.name, kinds[item.type], metadata={"description": item.description, "unit": item.unit})
            for item in table.fields
        ],
        metadata=dict(facts),
    )
    columns = {item.name: [_arrow_value(item, row.get(item.name)) for row in table.rows] for item in table.fields}
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns, schema=schema), buffer, compression="zstd", write_statistics=False)
    return buffer.getvalue()


def _attribution(world: SiteWorld) -> str:
    manifest = world.edition.manifest
    lines = [f"{manifest.banner}. {manifest.origin}", ""] if manifest.banner else []
    lines += ["Bronvermelding", data_citation(world), "", "Bronnen en licenties van de cijfers"]
    for source in used_sources(world):
        address = f", {source.url}" if source.url else ""
        lines.append(f"- {source.name} ({source.organisation}{address}). Licentie: {source.licence}.")
    return "\n".join([*lines, "", manifest.origin]) + "\n"


def _package(world: SiteWorld, csv: Mapping[str, tuple[EditionTable, bytes]]) -> dict[str, Any]:
    manifest = world.edition.manifest
    described = [manifest.banner and f"{manifest.banner}.", manifest.origin, "Een lege cel is nooit een nul."]
    return {
        "$schema": PROFILE.format("datapackage"),
        "name": f"klimaatpact-{manifest.id}",
        "title": data_title(world),
        "description": " ".join(filter(None, described)),
        "version": __version__,
        "created": f"{manifest.built.isoformat()}T00:00:00Z",
        "keywords": ["klimaatpact", "LEKP", "gemeenten"],
        "contributors": [{"title": "lekp", "roles": ["creator"]}],
        "sources": [
            {"title": item.name, "organisation": item.organisation, "licence": item.licence}
            | ({"path": item.url} if item.url else {})
            for item in used_sources(world)
        ],
        "licenses": list(licences()),
        "citation": data_citation(world),
        "fictitious": manifest.fictitious,
        "resources": [resource(item.table, name, item.told, content) for name, (item, content) in csv.items()],
    }


@lru_cache(maxsize=1)
def data_files(world: SiteWorld) -> tuple[DataFile, ...]:
    """Every file of the data page, made once; the page tells their sizes.

    Parameters
    ----------
    world
        The edition of the site.

    Returns
    -------
    tuple of DataFile
    """
    return tuple(_made(world))


def _made(world: SiteWorld) -> Iterator[DataFile]:
    from lekp_lib.site.dcat import dcat_record

    tables = edition_tables(world)
    facts = {
        "title": data_title(world), "edition": world.edition.id, "fictitious": str(world.edition.fictitious).lower(),
        "origin": world.edition.manifest.origin, "citation": data_citation(world),
    }  # fmt: skip
    csv = {f"{item.name}.csv": (item, csv_bytes(item.table)) for item in tables}
    book = DataFile(BOOK_NAME, "Alles in een rekenblad, met woordenboek", "xlsx", _book(world, tables))
    found = [book]
    for name, (item, content) in csv.items():
        found.append(DataFile(name, item.told, "csv", content))
        parquet = parquet_bytes(item.table, facts)
        found.append(DataFile(f"{item.name}.parquet", item.told, "parquet", parquet))
    dictionary = csv_bytes(dictionary_table(tables))
    found.append(DataFile(DICTIONARY_NAME, "Uitleg bij elke kolom", "csv", dictionary))
    package = json.dumps(_package(world, csv), ensure_ascii=False, indent=2)
    found.append(DataFile(PACKAGE_FILE, "Beschrijving van de csv-bestanden (Data Package)", "json", package.encode()))
    found.append(DataFile(ATTRIBUTION_FILE, "Bronvermelding en licenties", "txt", _attribution(world).encode()))
    record = json.dumps(dcat_record(world, found), ensure_ascii=False, indent=2)
    yield from found
    yield DataFile(DCAT_NAME, "Beschrijving voor datacatalogi (DCAT-AP)", "JSON-LD", f"{record}\n".encode())


def site_files(world: SiteWorld) -> Iterator[SiteFile]:
    """The files as files of the site."""
    for item in data_files(world):
        yield SiteFile(item.path, item.content)
