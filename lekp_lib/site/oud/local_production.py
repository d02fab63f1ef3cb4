"""Local production of energy beside the target on projects of citizens: shown, never counted.

Fluvius tells per municipality and technology how many installations are connected to the grid, and their power. That
says nothing of who invested, so no share, level or verdict is made of it (spec data-sources.md 2.3 and 4).
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from dataclasses import dataclass

from lekp_lib.edition import Edition
from lekp_lib.register import Municipality
from lekp_lib.site.oud.block import Block, Group, Paragraph
from lekp_lib.site.oud.boxes import Details, Facts
from lekp_lib.site.oud.paper import COUNTING_LABEL, InAnnex
from lekp_lib.site.oud.table import Cell, Column, Table
from lekp_lib.site.oud.words.production_words import (
    NO_FIGURE,
    NOT_COUNTED,
    TITLE,
    count_words,
    power_words,
    production_sentence,
    production_source,
    technology_words,
)

#: File shape of the rows, as declared in the catalogue, and the target beside which they stand.
SHAPE = "fluvius_lokale_productie"
TARGET = "hernieuwbare_projecten"


@dataclass(frozen=True, slots=True)
class Technology:
    """One technology; ``None`` where the source gives no figure, which is no zero."""

    name: str
    installations: float | None
    power_kva: float | None


@dataclass(frozen=True, slots=True)
class LocalProduction:
    """Everything that the source told of one municipality on one day.

    Attributes
    ----------
    date
        State of the source.
    technologies
        Largest power first.
    provider, licence, url
        Of the source.
    retrieved
        Last day on which it was fetched or handed over.
    """

    date: dt.date
    technologies: tuple[Technology, ...]
    provider: str
    licence: str
    url: str
    retrieved: dt.date | None


def _sum(values: list[float | None]) -> float | None:
    """Sum of the parts of a municipality; without one of them there is no sum."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def local_production(edition: Edition, nis: str) -> LocalProduction | None:
    """Newest local production of a municipality at the reference date of an edition.

    Parameters
    ----------
    edition
        Frozen figures.
    nis
        Municipality.

    Returns
    -------
    LocalProduction or None
        ``None`` when the edition has none.
    """
    found = [json.loads(row.fields) for row in edition.context if (row.shape, row.nis) == (SHAPE, nis)]
    dated = [(dt.date.fromisoformat(fields["date"]), fields) for fields in found if fields.get("date")]
    known = [(day, fields) for day, fields in dated if day <= edition.reference_date]
    if not known:
        return None
    newest = max(day for day, _ in known)
    parts: dict[str, list[dict[str, float | None]]] = defaultdict(list)
    for day, fields in known:
        if day == newest:
            parts[str(fields.get("technologie") or "techniek niet genoemd")].append(fields)
    technologies = [
        Technology(
            name, _sum([row.get("installaties") for row in rows]), _sum([row.get("vermogen_kva") for row in rows])
        )
        for name, rows in parts.items()
    ]
    technologies.sort(key=lambda item: (-(item.power_kva or 0.0), item.name))
    source = edition.catalog.source("fluvius")
    fetched = [item.retrieved for item in edition.manifest.inputs if item.shape == SHAPE]
    return LocalProduction(
        newest, tuple(technologies), source.name, source.licence, source.url, max(fetched, default=None)
    )


def _amount(words: str) -> str | Cell:
    return Cell(words, muted=True) if words == NO_FIGURE else words


def _words(found: LocalProduction, place: str) -> tuple[str, ...]:
    """Sentences with everything in them, and the source last."""
    parts = [(item.name, item.installations, item.power_kva) for item in found.technologies]
    source = production_source(found.provider, found.date, found.retrieved, found.licence)
    return production_sentence(place, found.date, parts), *NOT_COUNTED, source


def _table(found: LocalProduction, place: str) -> Table:
    rows = [
        [technology_words(item.name), _amount(count_words(item.installations)), _amount(power_words(item.power_kva))]
        for item in found.technologies
    ]
    columns = (
        Column("Techniek", width="4fr"),
        Column("Installaties", "aantal", "number", "2fr"),
        Column("Vermogen", "in kVA", "number", "2fr"),
    )
    source = _words(found, place)[-1]
    return Table(columns, rows, f"Lokale productie in {place}", footnotes=[source], name="local-production")


def beside_target(edition: Edition, place: Municipality, target_id: str) -> Block | None:
    """Context in the section of a target: one paragraph, and on the web page a table besides.

    Parameters
    ----------
    edition
        Frozen figures.
    place
        Municipality.
    target_id
        Only :data:`TARGET` has such context.

    Returns
    -------
    Block or None
        ``None`` when there is nothing to show. On paper, where a target has one page, it stands in the annex
        (:func:`with_context`) when the report has that.
    """
    found = local_production(edition, place.nis) if target_id == TARGET else None
    if found is None:
        return None
    told = Paragraph([f"{TITLE}.", *_words(found, place.name)], "small")
    table = Details("Toon alle lokale productie als tabel", _table(found, place.name))
    return Group([InAnnex(told, COUNTING_LABEL + TARGET), table], "local-production")


def with_context(facts: Facts, edition: Edition, place: Municipality, target_id: str) -> Facts:
    """How a target is counted, with the context that is not counted as its last pair."""
    found = local_production(edition, place.nis) if target_id == TARGET else None
    return facts if found is None else Facts([*facts.pairs, ("Context, telt niet mee", _words(found, place.name))])
