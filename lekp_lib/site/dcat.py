"""The record of the data for catalogues: DCAT as JSON-LD, with the terms of the Flemish profile as far as facts go.

The Flemish profile (DCAT-AP Vlaanderen 2.0) also asks for a publisher, and per file for a licence from its own list.
The publisher is whoever puts the site online, and figures keep the licence of their source: neither is made up here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lekp_lib import __version__
from lekp_lib.edition.tables import TABLE_NAMES
from lekp_lib.site.contact import contact_address
from lekp_lib.site.world import SiteWorld

if TYPE_CHECKING:
    from lekp_lib.site.data_files import DataFile

_EU = "http://publications.europa.eu/resource/authority"
_IANA = "https://www.iana.org/assignments/media-types"
CONTEXT: Mapping[str, Any] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
#: Media type, and the entry in the list of file types of the European Union where it is known.
_FORMS = {
    "csv": ("text/csv", "CSV"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
    "parquet": ("application/vnd.apache.parquet", ""),
    "json": ("application/json", "JSON"),
    "txt": ("text/plain", "TXT"),
}


def _nl(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "nl"}


def _day(value: object) -> dict[str, str]:
    return {"@value": str(value), "@type": "xsd:date"}


def _rights(text: str) -> dict[str, Any]:
    return {"@type": "dct:RightsStatement", "rdfs:label": _nl(text)}


def _distribution(file: DataFile, rights: str) -> dict[str, Any]:
    media, listed = _FORMS[file.form]
    told: dict[str, Any] = {
        "@id": file.name,
        "@type": "dcat:Distribution",
        "dct:title": _nl(f"{file.label} ({file.form})"),
        "dcat:accessURL": {"@id": "index.html"},
        "dcat:downloadURL": {"@id": file.name},
        "dcat:mediaType": {"@id": f"{_IANA}/{media}"},
        "dcat:byteSize": {"@value": str(len(file.content)), "@type": "xsd:nonNegativeInteger"},
        "dct:rights": _rights(rights),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": hashlib.sha256(file.content).hexdigest(),
        },
    }
    return told | ({"dct:format": {"@id": f"{_EU}/file-type/{listed}"}} if listed else {})


def _period(world: SiteWorld) -> dict[str, Any]:
    dates = [date for name in TABLE_NAMES for date in world.edition.frame(name)["reference_date"].dt.date]
    return {"@type": "dct:PeriodOfTime", "dcat:startDate": _day(min(dates)), "dcat:endDate": _day(max(dates))}


def dcat_record(world: SiteWorld, files: Iterable[DataFile]) -> dict[str, Any]:
    """Description of the edition as one dataset with its files.

    Parameters
    ----------
    world
        The edition of the site.
    files
        Files that the dataset is offered as.

    Returns
    -------
    dict
        Ready for JSON. Addresses are relative to the record, because a site may stand anywhere.
    """
    from lekp_lib.site.data_files import data_citation, data_title, used_sources

    manifest, sources = world.edition.manifest, used_sources(world)
    told = "; ".join(f"{source.name}: {source.licence}" for source in sources)
    rights = f"De cijfers houden de licentie van hun bron. {told}."
    described = [manifest.banner and f"{manifest.banner}.", manifest.origin, "Een lege cel is nooit een nul."]
    record: dict[str, Any] = {
        "@context": CONTEXT,
        "@id": "#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": f"klimaatpact-{manifest.id}",
        "dct:title": _nl(data_title(world)),
        "dct:description": _nl(" ".join(filter(None, described))),
        "dct:bibliographicCitation": data_citation(world),
        "dct:issued": _day(manifest.built),
        "dct:language": {"@id": f"{_EU}/language/NLD"},
        "dct:spatial": {"@id": "http://data.europa.eu/nuts/code/BE2"},
        "dct:temporal": _period(world),
        "dct:accessRights": {"@id": f"{_EU}/access-right/PUBLIC"},
        "dct:rights": _rights(rights),
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": _nl(manifest.origin)},
        "dcat:theme": {"@id": f"{_EU}/data-theme/ENVI"},
        "dcat:keyword": [_nl(word) for word in ("klimaatpact", "LEKP", "gemeenten")],
        "dcat:landingPage": {"@id": "index.html"},
        "dcat:version": manifest.id,
        "prov:wasGeneratedBy": {"@type": "prov:Activity", "rdfs:label": f"lekp {__version__}"},
        "prov:wasDerivedFrom": [
            {"@type": "prov:Entity", "rdfs:label": _nl(source.name)} | ({"@id": source.url} if source.url else {})
            for source in sources
        ],
        "dcat:distribution": [_distribution(file, rights) for file in files],
    }
    if world.contact:
        kind = "vcard:hasURL" if world.contact.startswith("http") else "vcard:hasEmail"
        contact = {"@type": "vcard:Organization", kind: {"@id": contact_address(world.contact)}}
        record["dcat:contactPoint"] = contact
    return record
