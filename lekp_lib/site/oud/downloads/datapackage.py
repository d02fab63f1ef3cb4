"""Description of the CSV file for programs: a Data Package of the Frictionless standard, version 2."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from lekp_lib import __version__
from lekp_lib.site.oud.downloads.about import used_sources
from lekp_lib.site.oud.downloads.table import DataTable, Field
from lekp_lib.site.oud.report_view import ReportView
from lekp_lib.site.oud.words.citation_words import citation

PROFILE = "https://datapackage.org/profiles/2.0/{}.json"
CSV_FILE, ATTRIBUTION_FILE, PACKAGE_FILE = "cijfers.csv", "bronvermelding.txt", "datapackage.json"
#: Columns that every row fills.
_ALWAYS_THERE = ("nis", "gemeente", "editie", "peildatum_editie", "fictief", "doel_id", "doel", "reeks_id", "toestand")


def _field(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": field.name,
        "title": field.title,
        "type": field.type,
        "description": field.description,
    }
    if field.unit:
        told["unit"] = field.unit
    if field.name in _ALWAYS_THERE:
        told["constraints"] = {"required": True}
    return told


def _sources(view: ReportView) -> list[dict[str, str]]:
    found = []
    for source in used_sources(view):
        told = {"title": source.name, "organisation": source.organisation, "licence": source.licence}
        found.append({**told, "path": source.url} if source.url else told)
    return found


def licences() -> Sequence[dict[str, str]]:
    """Figures keep the licence of their source; a file beside this one names each."""
    return [{"path": ATTRIBUTION_FILE, "title": "Licentie per bron: zie bronvermelding.txt"}]


def resource(table: DataTable, path: str, title: str, content: bytes) -> dict[str, Any]:
    """Description of one CSV file in a package.

    Parameters
    ----------
    table
        What the file holds.
    path
        Name of the file beside the description.
    title
        What it is, in words.
    content
        Bytes of the file.

    Returns
    -------
    dict
    """
    return {
        "$schema": PROFILE.format("dataresource"),
        "name": path.removesuffix(".csv"),
        "type": "table",
        "title": title,
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {"$schema": PROFILE.format("tabledialect"), "delimiter": ",", "lineTerminator": "\r\n"},
        "schema": {
            "$schema": PROFILE.format("tableschema"),
            "fields": [_field(field) for field in table.fields],
            "missingValues": [""],
        },
    }


def descriptor(view: ReportView, table: DataTable, content: bytes) -> dict[str, Any]:
    """Descriptor of the package with the CSV file of one report.

    Parameters
    ----------
    view
        The report.
    table
        Table in the CSV file.
    content
        Bytes of the CSV file.

    Returns
    -------
    dict
        Ready for JSON; the same input gives the same descriptor.
    """
    manifest = view.edition.manifest
    title = f"Klimaatpactverslag {view.place.name}, {manifest.title}: alle cijfers"
    described = [
        manifest.banner,
        manifest.origin,
        "Een rij per doel, reeks en peildatum; ook wat ontbreekt heeft een rij. Een lege cel is nooit een nul.",
        "Context telt niet mee en heeft alleen rijen als er cijfers van zijn.",
        "Tekst die een rekenblad als formule kan lezen, begint met een apostrof.",
    ]
    return {
        "$schema": PROFILE.format("datapackage"),
        "name": f"klimaatpact-{manifest.id}-{view.place.nis}-{view.slug}",
        "id": view.run_id,
        "title": f"{manifest.banner}. {title}" if manifest.banner else title,
        "description": " ".join(filter(None, (f"{part}".rstrip(".") + "." if part else "" for part in described))),
        "version": __version__,
        "created": f"{manifest.built.isoformat()}T00:00:00Z",
        "keywords": ["klimaatpact", "LEKP", view.place.name],
        "contributors": [{"title": "lekp", "roles": ["creator"]}],
        "sources": _sources(view),
        "licenses": list(licences()),
        "citation": citation(view),
        "fictitious": view.edition.fictitious,
        "resources": [resource(table, CSV_FILE, title, content)],
    }
