"""All numbers of the report on Flanders as CSV: one row per target, unit and area, every digit kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lekp_lib.adapter.area_models import AreaResult, Total
from lekp_lib.adapter.flanders_results import FlandersResults
from lekp_lib.pact.models import Unit
from lekp_lib.register.models import PeerKind
from lekp_lib.site.oud.downloads.table import Cell, DataTable, Field, amount, share
from lekp_lib.site.oud.downloads.tidy_csv import csv_bytes
from lekp_lib.site.oud.verdict_blocks import COUNTED, OUTSIDE, css_name

FLANDERS_CSV = "vlaanderen.csv"
_KINDS = (PeerKind.FLANDERS, PeerKind.PROVINCE, PeerKind.REGION)

_FIELDS = (
    Field("gebied_soort", "Soort gebied", "string", "vlaanderen, provincie of referentieregio"),
    Field("gebied", "Gebied", "string", "Naam van het gebied"),
    Field("doel_id", "Doel", "string", "Kenmerk van het doel"),
    Field("doel", "Naam", "string", "Naam van het doel"),
    Field("reeks", "Reeks", "string", "Reeks van de cijfers; een doel in twee eenheden heeft twee rijen"),
    Field("eenheid", "Eenheid", "string", "Eenheid van som, mediaan en doel"),
    Field("gemeenten", "Gemeenten", "integer", "Alle gemeenten van het gebied"),
    Field("doel_geldt", "Doel geldt", "integer", "Gemeenten waarvoor het doel (in deze eenheid) geldt"),
    Field("bruikbaar", "Bruikbaar", "integer", "Gemeenten met een bruikbaar cijfer; alleen zij tellen mee"),
    Field("inwoners", "Inwoners", "integer", "Inwoners van het gebied in het noemerjaar"),
    Field("inwoners_bruikbaar", "Inwoners bruikbaar", "integer", "Inwoners van de gemeenten met een bruikbaar cijfer"),
    Field("som", "Som", "number", "Som van de bruikbare cijfers; leeg waar cijfers niet optellen"),
    Field("doel_som", "Som van de doelen", "number", "Som van de doelen van dezelfde gemeenten, niet afgerond"),
    Field("vereist", "Vereist", "number", "Wat het vereiste pad vroeg op de peildatum van elk cijfer"),
    Field("doel_alle", "Doel van alle", "number", "Doelen van alle gemeenten waarvoor het doel geldt"),
    Field("deel_pct", "Deel", "number", "Som in procent van de som van de doelen"),
    Field("mediaan", "Mediaan", "number", "Middelste cijfer; alleen waar cijfers niet optellen"),
    Field("mediaan_deel_pct", "Mediaan deel", "number", "Middelste deel van het doel"),
    Field("in_orde", "In orde", "integer", "Gemeenten die in orde zijn; alleen bij ja of nee"),
    Field("niet_in_orde", "Niet in orde", "integer", "Gemeenten die niet in orde zijn; alleen bij ja of nee"),
    Field("eerste_peildatum", "Eerste peildatum", "date", "Oudste cijfer in de som"),
    Field("laatste_peildatum", "Laatste peildatum", "date", "Nieuwste cijfer in de som"),
    *(
        Field(f"aantal_{css_name(verdict).replace('-', '_')}", verdict.value, "integer", f"Gemeenten: {verdict.value}")
        for verdict in (*COUNTED, *OUTSIDE)
    ),
)


def _shared(result: AreaResult) -> dict[str, Cell]:
    coverage = result.coverage
    return {
        "gebied_soort": result.area.kind.value,
        "gebied": result.area.name,
        "doel_id": result.target.id,
        "doel": result.target.name,
        "gemeenten": coverage.members,
        "doel_geldt": coverage.applying,
        "bruikbaar": coverage.counted,
        "inwoners": coverage.inhabitants,
        "inwoners_bruikbaar": coverage.inhabitants_counted,
        **{f"aantal_{css_name(item).replace('-', '_')}": result.verdicts[item] for item in (*COUNTED, *OUTSIDE)},
    }


def _of_total(total: Total) -> dict[str, Cell]:
    """A sum of nothing is no zero: without a usable figure its cells stay empty."""
    known = total.counted > 0
    unit = total.unit
    return {
        "reeks": total.indicator,
        "eenheid": unit.symbol,
        "doel_geldt": total.applying,
        "bruikbaar": total.counted,
        "som": amount(total.value, unit) if known else None,
        "doel_som": amount(total.level, unit) if known else None,
        "vereist": amount(total.required, unit) if known else None,
        "doel_alle": amount(total.level_all, unit),
        "deel_pct": share(total.share_pct),
        "eerste_peildatum": total.first_date,
        "laatste_peildatum": total.last_date,
    }


def _of_rest(result: AreaResult, unit: Unit) -> dict[str, Cell]:
    row: dict[str, Cell] = {"eenheid": unit.symbol}
    if result.middle is not None:
        row |= {
            "mediaan": amount(result.middle.value, unit),
            "mediaan_deel_pct": share(result.middle.share_pct),
        }
    if result.answers is not None:
        row |= {"in_orde": result.answers.in_order, "niet_in_orde": result.answers.not_in_order}
    return row


def _rows(result: AreaResult) -> Iterator[Mapping[str, Cell]]:
    shared = _shared(result)
    if not result.totals:
        yield shared | _of_rest(result, result.target.indicators[0].unit)
    for total in result.totals:
        yield shared | _of_total(total)


def flanders_table(results: FlandersResults) -> DataTable:
    """All targets, those of pact 2.1 too, in Flanders, every province and every reference region."""
    targets = results.assessor.edition.catalog.targets
    rows = [
        row
        for target in targets
        for kind in _KINDS
        for result in results.by_area(target, kind)
        for row in _rows(result)
    ]
    return DataTable("Vlaanderen", _FIELDS, rows)


def flanders_csv(results: FlandersResults) -> bytes:
    """The table as the bytes of a CSV file; text cannot become a formula."""
    return csv_bytes(flanders_table(results))
