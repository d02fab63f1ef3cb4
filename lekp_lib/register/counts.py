"""Inhabitants, dwellings and households of a municipality, each with its date and source.

Unknown stays unknown: no figure is estimated, carried over to another year or to another territory.
"""

from __future__ import annotations

import datetime as dt
from typing import cast

from lekp_lib.register.models import Count, Municipality
from lekp_lib.register.tables import Edition, Tables

_DWELLINGS_YEAR = 2025


def _names(tables: Tables, codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(tables.municipalities[2019, nis].name for nis in codes)


def _parts(municipality: Municipality, year: int) -> tuple[str, ...]:
    """Former municipalities that made up this one on 1 January of ``year``; empty when it existed itself."""
    merged_later = municipality.is_merged and dt.date(year, 1, 1) < municipality.valid_from
    return municipality.predecessors if merged_later else ()


def population(tables: Tables, municipality: Municipality, year: int) -> Count | None:
    """Inhabitants on 1 January of a year (domain.md 2.2).

    Parameters
    ----------
    tables
        The register's tables.
    municipality
        As of the date of the report.
    year
        Any year.

    Returns
    -------
    Count or None
        None when unknown. Before a merger the figure is the sum of the former municipalities (domain.md 2.7).
    """
    edition = cast(Edition, municipality.edition)
    parts = _parts(municipality, year)
    key = (edition, municipality.nis, year)
    value = tables.population.get(key)
    if value is None and parts:
        of_parts = [tables.population.get((2019, nis, year)) for nis in parts]
        known = [part for part in of_parts if part is not None]
        value = sum(known) if len(known) == len(parts) else None
    if value is None:
        return None
    source = tables.population_sources.get(key, f"Statbel, bevolking op 1 januari {year}")
    return Count(value, dt.date(year, 1, 1), source, _names(tables, parts))


def dwellings(tables: Tables, municipality: Municipality) -> Count | None:
    """Dwellings (*woongelegenheden*) in the building stock of 2025, or of a newer count (domain.md 2.4).

    Parameters
    ----------
    tables
        The register's tables.
    municipality
        As of the date of the report.

    Returns
    -------
    Count or None
        None for a municipality that ended in 2024: the table has the municipalities of 2025 only. Antwerpen without
        Borsbeek is such a one, though its code lives on.
    """
    value = tables.dwellings.get(municipality.nis)
    if value is None or municipality.valid_to is not None:
        return None
    packaged = (dt.date(_DWELLINGS_YEAR, 1, 1), f"Statbel, Gebouwenpark {_DWELLINGS_YEAR}")
    date, source = tables.dwelling_origins.get(municipality.nis, packaged)
    return Count(value, date, source)


def households(tables: Tables, municipality: Municipality, year: int) -> Count | None:
    """Private households on 1 January of a year (domain.md 2.4).

    Parameters
    ----------
    tables
        The register's tables.
    municipality
        As of the date of the report.
    year
        Any year.

    Returns
    -------
    Count or None
        None outside the observed years. For a merged municipality the sum of the former ones.
    """
    # The packaged table has codes of 2019, so that a municipality of 2025 is looked up through its parts. A code that
    # exists since the merger only can have a count of its own; 11002 then is Antwerpen without Borsbeek.
    parts = _parts(municipality, year)
    if (2019, municipality.nis) not in tables.municipalities and (municipality.nis, year) in tables.households:
        parts = ()
    if municipality.valid_to is not None and dt.date(year, 1, 1) > municipality.valid_to:
        return None
    codes = parts or (municipality.nis,)
    of_parts = [tables.households.get((nis, year)) for nis in codes]
    known = [part for part in of_parts if part is not None]
    if len(known) < len(of_parts):
        return None
    standard = f"Statistiek Vlaanderen, Huishoudensvooruitzichten 2024, waargenomen huishoudens op 1 januari {year}"
    sources = dict.fromkeys(tables.household_sources.get((nis, year), standard) for nis in codes)
    return Count(sum(known), dt.date(year, 1, 1), "; ".join(sources), _names(tables, parts))
