"""One target over all municipalities as CSV: exact values, ISO dates, text that never becomes a formula."""

from __future__ import annotations

from lekp_lib.adapter import Assessment
from lekp_lib.pact.models import Target
from lekp_lib.site.oud.downloads.table import Cell, DataTable, Field, amount, share
from lekp_lib.site.oud.downloads.tidy_csv import csv_bytes
from lekp_lib.site.oud.words.amount_words import indicator_of
from lekp_lib.site.oud.words.reason_words import reason_words
from lekp_lib.site.world import SiteWorld

_FIELDS = (
    Field("nis", "NIS-code", "string", "Code van de gemeente"),
    Field("gemeente", "Gemeente", "string", "Naam van de gemeente"),
    Field("provincie", "Provincie", "string", "Provincie"),
    Field("referentieregio", "Referentieregio", "string", "Referentieregio; leeg voor 2025"),
    Field("doel_id", "Doel", "string", "Kenmerk van het doel"),
    Field("pactversie", "Pactversie", "string", "Hoogste ondertekende versie; leeg als er geen is"),
    Field("reeks", "Reeks", "string", "Reeks van het cijfer"),
    Field("stand", "Stand", "number", "Nieuwste cijfer; leeg als er geen is, dat is geen nul"),
    Field("eenheid", "Eenheid", "string", "Eenheid van de stand"),
    Field("te_bereiken", "Te bereiken", "number", "Doel van de gemeente, niet afgerond"),
    Field("te_bereiken_eenheid", "Eenheid van het doel", "string", "Eenheid van het doel"),
    Field("deel_pct", "Deel", "number", "Stand in procent van het doel"),
    Field("vereist_pct", "Vereist", "number", "Deel dat het vereiste pad vroeg op de peildatum"),
    Field("oordeel", "Oordeel", "string", "Oordeel volgens de rekenregel"),
    Field("reden", "Reden", "string", "Waarom er geen oordeel is"),
    Field("peildatum", "Peildatum", "date", "Peildatum van de stand"),
    Field("status", "Status", "string", "Hoe zeker het cijfer is"),
    Field("bron", "Bron", "string", "Wie het cijfer geeft"),
    Field("bron_adres", "Adres", "string", "Adres van de bron"),
    Field("fictief", "Fictief", "boolean", "Of de cijfers verzonnen zijn"),
)


def _row(world: SiteWorld, item: Assessment, region: str | None) -> dict[str, Cell]:
    current, level = item.current, item.level
    row: dict[str, Cell] = {
        "nis": item.nis,
        "gemeente": world.names[item.nis],
        "provincie": world.scene.provinces[item.nis],
        "referentieregio": region,
        "doel_id": item.target.id,
        "pactversie": item.version,
        "deel_pct": share(item.share_pct),
        "vereist_pct": share(item.expected_pct),
        "oordeel": item.verdict.value,
        "reden": reason_words(item) or None,
        "fictief": world.edition.fictitious,
    }
    if level is not None:
        row |= {"te_bereiken": amount(level.exact, level.level.unit), "te_bereiken_eenheid": level.level.unit.symbol}
    if current is not None:
        observation, unit = current.observation, indicator_of(item.target, current).unit
        row |= {
            "reeks": observation.indicator,
            "stand": amount(current.value, unit),
            "eenheid": unit.symbol,
            "peildatum": current.date,
            "status": current.status.value,
            "bron": world.catalog.source(observation.source_id).name,
            "bron_adres": observation.url or None,
        }
    return row


def target_csv(world: SiteWorld, target: Target) -> bytes:
    """All municipalities against one target.

    Parameters
    ----------
    world
        Edition and names.
    target
        Any target.

    Returns
    -------
    bytes
        A CSV file; absent figures are empty cells.
    """
    regions = {item.nis: item.region for item in world.municipalities}
    rows = [_row(world, item, regions[item.nis]) for item in world.everyone(target)]
    return csv_bytes(DataTable(target.name, _FIELDS, rows))
