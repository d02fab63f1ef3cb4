"""Which file in the raw store holds the boundaries of a day: fetched from VRBG, or handed over by a person."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from lekp_lib.data.import_file import Origin
from lekp_lib.data.passport import Passport
from lekp_lib.data.raw_store import RawStore
from lekp_lib.pact import Catalog
from lekp_lib.register import Register

#: Simplified layer of VRBG: enough for maps.
FOR_MAPS = "RefgemG100"
_FETCHED, _HANDED_OVER = "vrbg_{layer}_{since}.geojson", "grenzen_{since}_"


def first_day(register: Register, on: dt.date) -> dt.date:
    """Day from which the municipalities of a day are as they are: their boundaries hold from then on."""
    return max((item.valid_from for item in register.municipalities(on)), default=on)


def fetched_name(layer: str, since: dt.date) -> str:
    """Name of a fetched layer of VRBG in the raw store."""
    return _FETCHED.format(layer=layer, since=since.isoformat())


def keep_boundaries(
    path: Path,
    *,
    data_dir: Path,
    source_id: str,
    origin: Origin,
    catalog: Catalog,
    since: dt.date,
    today: dt.date,
) -> Passport:
    """Keep a GeoJSON file of boundaries for the editions that follow; it must have been looked at before.

    Parameters
    ----------
    path
        The file.
    data_dir
        Folder with the raw files.
    source_id
        Provider, from the catalogue; gives the licence.
    origin
        Address, title and day of publication, when known.
    catalog
        For the provider.
    since
        Day from which the boundaries hold, from :func:`first_day`.
    today
        Day on which it was handed over.

    Returns
    -------
    Passport

    Raises
    ------
    CatalogError
        When the provider is not known.
    RawFileError
        When the file cannot be read.
    """
    source = catalog.source(source_id)
    return RawStore(data_dir).put(
        path,
        name=_HANDED_OVER.format(since=since.isoformat()) + path.name,
        provider=source.id,
        title=origin.title,
        url=origin.url,
        licence=source.licence,
        published=origin.published,
        retrieved=today,
        media_type="application/geo+json",
    )


def kept_boundaries(store: RawStore, since: dt.date) -> Passport | None:
    """Newest file of boundaries for maps: of VRBG, or handed over.

    Parameters
    ----------
    store
        Raw files.
    since
        Day from which the boundaries hold.

    Returns
    -------
    Passport or None
        ``None`` when there is no such file.
    """
    fetched, handed_over = fetched_name(FOR_MAPS, since), _HANDED_OVER.format(since=since.isoformat())
    found = [item for item in store.passports() if item.name == fetched or item.name.startswith(handed_over)]
    return found[-1] if found else None
