"""The whole edition as tables for download: verdicts, figures, places, targets, sources, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lekp_lib.adapter import Assessment
from lekp_lib.edition import AREA_NAMES
from lekp_lib.edition.models import Measure, Observation
from lekp_lib.edition.tables import TABLE_NAMES, observations_of
from lekp_lib.pact import Denominator, Target
from lekp_lib.site import data_fields as fields
from lekp_lib.site.compare_data import BEFORE_MERGERS
from lekp_lib.site.oud.downloads.own_figures import indicator, shown_indicator
from lekp_lib.site.oud.downloads.table import Cell, DataTable, Quantity, amount, share
from lekp_lib.site.oud.target_fiche import provider_names, rhythm_words
from lekp_lib.site.oud.words.amount_words import stand_words
from lekp_lib.site.oud.words.quality_words import quality_reason, status_words
from lekp_lib.site.world import SiteWorld

Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class EditionTable:
    """One table with its file name and what it holds.

    Attributes
    ----------
    name
        File name without ending.
    told
        One Dutch sentence.
    table
        Columns and rows.
    """

    name: str
    told: str
    table: DataTable


def _head(world: SiteWorld) -> dict[str, Cell]:
    return {"editie": world.edition.id, "fictief": world.edition.fictitious}


def _target(target: Target) -> dict[str, Cell]:
    return {"doel_id": target.id, "nr": target.nr, "doel": target.name}


def _verdict_row(world: SiteWorld, item: Assessment) -> Row:
    unit, current, level = shown_indicator(item).unit, item.current, item.level
    place = world.register.get(item.nis, world.on)
    return {
        **_head(world),
        "nis": item.nis,
        "gemeente": place.name,
        "provincie": place.province,
        **_target(item.target),
        "pactversie": item.version,
        "stand": amount(current.value, unit) if current else None,
        "eenheid": unit.symbol,
        "stand_in_woorden": stand_words(item),
        "doelniveau": amount(level.exact, level.level.unit) if level else None,
        "eenheid_doel": level.level.unit.symbol if level else None,
        "einddatum": level.level.deadline if level else None,
        "deel_pct": share(item.share_pct),
        "vereist_deel_pct": share(item.expected_pct),
        "oordeel": item.verdict.value,
        "reden": quality_reason(item),
        "peildatum": current.date if current else None,
        "nauwkeurigheid": current.observation.date_precision if current else None,
        "ouderdom_maanden": item.age_months,
        "status": status_words(item),
        "bron": provider_names(item, world.catalog),
    }


def _verdicts(world: SiteWorld) -> EditionTable:
    rows = [_verdict_row(world, item) for place in world.municipalities for item in world.of(place.nis)]
    told = (
        "Per gemeente en doel het nieuwste cijfer, het doel, het deel en het oordeel; ook wat ontbreekt heeft een rij."
    )
    return EditionTable("oordelen", told, DataTable("Oordelen", fields.VERDICTS, rows))


def _figure_row(world: SiteWorld, names: Mapping[str, str], observation: Observation) -> Row:
    target = world.catalog.target(observation.target_id)
    series = indicator(target, observation.indicator)
    is_share = observation.measure is Measure.SHARE_PCT
    return {
        **_head(world),
        "nis": observation.nis,
        "gemeente": names.get(observation.nis),
        **_target(target),
        "reeks_id": series.id,
        "reeks": series.label,
        "peildatum": observation.reference_date,
        "nauwkeurigheid": observation.date_precision,
        "waarde": share(observation.value) if is_share else amount(observation.value, series.unit),
        "eenheid": "% van het doel" if is_share else series.unit.symbol,
        "soort": observation.measure.value,
        "status": observation.status.value,
        "bron_id": observation.source_id,
        "bron": world.catalog.source(observation.source_id).name,
        "opgehaald": observation.retrieved,
        "url": observation.url or None,
        "sinds": observation.since,
        "basisjaar": observation.base_year,
        "oorspronkelijk": amount(observation.original, series.unit),
        "correctie": observation.correction_note or None,
        "opmerking": observation.remark or None,
    }


_FIGURE_TABLES = {
    "figures": ("cijfers", "Cijfers", "Alle cijfers van de gemeenten, een rij per doel, reeks en peildatum."),
    "former": ("cijfers-vroeger", "Cijfers vroeger", "Cijfers van gemeenten die intussen gefuseerd zijn."),
    "totals": ("totalen", "Totalen", "Gepubliceerde totalen van provincies en Vlaanderen."),
}


def _names(world: SiteWorld, key: str) -> Mapping[str, str]:
    """Names by code; a code that lives on after a merger had another name before it."""
    if key == "former":
        return {place.nis: place.name for place in world.register.municipalities(BEFORE_MERGERS)}
    return {**AREA_NAMES, **world.names}


def _figures(world: SiteWorld) -> list[EditionTable]:
    found = []
    for key in TABLE_NAMES:
        name, title, told = _FIGURE_TABLES[key]
        names = _names(world, key)
        rows = [_figure_row(world, names, item) for item in observations_of(world.edition.frame(key))]
        if rows:
            found.append(EditionTable(name, told, DataTable(title, fields.FIGURES, rows)))
    return found


def _places(world: SiteWorld) -> EditionTable:
    rows = []
    for place in world.municipalities:
        people = world.assessor.denominator(place.nis, Denominator.POPULATION)
        homes = world.assessor.denominator(place.nis, Denominator.DWELLINGS)
        rows.append(
            {
                **_head(world),
                "nis": place.nis,
                "gemeente": place.name,
                "provincie": place.province,
                "referentieregio": place.region,
                "adres": world.slug(place.nis),
                "pactversie": world.register.pact_version(place.nis, world.on),
                "inwoners": people.value if people else None,
                "inwoners_op": people.date if people else None,
                "wooneenheden": homes.value if homes else None,
                "wooneenheden_op": homes.date if homes else None,
            }
        )
    told = "De gemeenten, met de noemers waarmee hun doelen berekend zijn. De gemeenten en noemers zijn echt."
    return EditionTable("gemeenten", told, DataTable("Gemeenten", fields.PLACES, rows))


def _targets(world: SiteWorld) -> EditionTable:
    werven = {werf.id: werf.label for werf in world.catalog.werven}
    rows: list[Row] = [
        {
            "editie": world.edition.id,
            **_target(target),
            "officiele_naam": target.official_label,
            "werf": werven.get(target.werf),
            "soort": target.kind.value,
            "pactversie": version,
            "niveau": level.text,
            "factor": Quantity(level.factor, 2) if level.factor is not None else None,
            "per_aantal": level.per_n,
            "per_noemer": level.per.value if level.per else None,
            "vaste_waarde": Quantity(level.value, level.unit.decimals) if level.value is not None else None,
            "eenheid_doel": level.unit.symbol,
            "einddatum": level.deadline,
        }
        for target in world.catalog.targets
        for version, level in target.levels.items()
    ]
    told = "De doelen van het klimaatpact met hun niveau per pactversie."
    return EditionTable("doelen", told, DataTable("Doelen", fields.TARGETS, rows))


def _sources(world: SiteWorld) -> EditionTable:
    used = {source_id for name in TABLE_NAMES for source_id in world.edition.frame(name)["source_id"]}
    rows: list[Row] = [
        {
            "editie": world.edition.id,
            "bron_id": source.id,
            "bron": source.name,
            "organisatie": source.organisation,
            "licentie": source.licence,
            "ritme": rhythm_words(source.rhythm),
            "url": source.url or None,
            "gebruikt": source.id in used,
        }
        for source in sorted(world.catalog.sources.values(), key=lambda item: item.name.casefold())
    ]
    return EditionTable("bronnen", "De bronnen met hun licentie.", DataTable("Bronnen", fields.SOURCES, rows))


def _corrections(world: SiteWorld) -> list[EditionTable]:
    rows = []
    for item in world.edition.corrections:
        target = world.catalog.target(item.target_id)
        series = indicator(target, item.indicator)
        rows.append(
            {
                **_head(world),
                "nis": item.nis,
                "gemeente": item.place,
                "doel_id": target.id,
                "doel": target.name,
                "reeks": series.label,
                "peildatum": item.reference_date,
                "vroeger": amount(item.before, series.unit),
                "nu": amount(item.after, series.unit),
                "soort": item.measure,
                "reden": item.reason,
                "door": item.author,
                "datum": item.date,
            }
        )
    told = "Wat gemeenten aan cijfers verbeterden, met het cijfer van de bron ernaast."
    return [EditionTable("correcties", told, DataTable("Correcties", fields.CORRECTIONS, rows))] if rows else []


@lru_cache(maxsize=1)
def edition_tables(world: SiteWorld) -> tuple[EditionTable, ...]:
    """Every table of the edition that has rows; made once, page and files ask for it again and again.

    Parameters
    ----------
    world
        The edition of the site.

    Returns
    -------
    tuple of EditionTable
    """
    return (
        _verdicts(world), *_figures(world), _places(world), _targets(world), _sources(world), *_corrections(world),
    )  # fmt: skip


def dictionary_table(tables: tuple[EditionTable, ...]) -> DataTable:
    """Every column of every table with its explanation."""
    rows: list[Row] = [
        {
            "tabel": item.name,
            "kolom": field.name,
            "opschrift": field.title,
            "type": field.type,
            "eenheid": field.unit or None,
            "uitleg": field.description,
        }
        for item in tables
        for field in item.table.fields
    ]
    return DataTable("Woordenboek", fields.DICTIONARY, rows)
