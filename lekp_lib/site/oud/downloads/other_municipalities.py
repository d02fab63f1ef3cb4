"""The other municipalities as rows: the peer groups of every target, and the share of each municipality."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from lekp_lib.adapter import MIN_COMPARED, Assessment, Comparison, GroupComparison
from lekp_lib.edition import Edition
from lekp_lib.pact.models import Kind
from lekp_lib.parameters import ReportParameters
from lekp_lib.site.oud.downloads.own_fields import DATE, NR, PRECISION, TARGET
from lekp_lib.site.oud.downloads.own_figures import Row, shown_assessments
from lekp_lib.site.oud.downloads.table import Cell, DataTable, Field, share
from lekp_lib.site.oud.report_view import ReportView
from lekp_lib.site.oud.words.reason_words import NO_DATA_WORDS

GROUP_FIELDS = (
    NR,
    TARGET,
    Field("soort", "Soort groep", "string", "Soort van de groep gemeenten.", width=16),
    Field("groep", "Groep", "string", "Naam van de groep gemeenten.", width=38),
    Field("gemeenten", "Gemeenten", "integer", "Aantal gemeenten in de groep.", width=11),
    Field(
        "met_cijfer", "Met cijfer", "integer", "Aantal gemeenten van de groep met een vergelijkbaar cijfer.", width=11,
    ),
    Field(
        "mediaan_pct", "Mediaan", "number",
        "Middelste deel van het doel over de gemeenten met een cijfer, onafgerond. Leeg bij te weinig cijfers.",
        "procent", 11,
    ),
    Field(
        "staan_verder", "Staan verder", "integer",
        "Aantal gemeenten van de groep met een hoger deel, na afronding op hele procenten. "
        "Leeg als de gemeente zelf geen vergelijkbaar cijfer heeft.", width=11,
    ),
    Field(
        "toestand", "Toestand", "string", "Wat er is of ontbreekt: 'volledig', of de reden van een lege cel.", width=34,
    ),
)  # fmt: skip

MUNICIPALITY_FIELDS = (
    NR,
    TARGET,
    Field("nis", "NIS-code", "string", "NIS-code van de gemeente.", width=9),
    Field("gemeente", "Gemeente", "string", "Naam van de gemeente.", width=28),
    Field("provincie", "Provincie", "string", "Provincie van de gemeente.", width=17),
    Field(
        "deel_pct", "Deel van het doel", "number",
        "Deel van het doel dat de gemeente bereikte, onafgerond: de waarde in de stippen en op de kaart.",
        "procent", 11,
    ),
    Field(
        "toestand", "Toestand", "string",
        "'cijfer', 'geen gegevens', 'niet vergelijkbaar' (er is een cijfer, maar te oud, in een andere eenheid of "
        "zonder basis) of 'niet van toepassing' (de gemeente ondertekende dit niet).", width=20,
    ),
    DATE,
    PRECISION,
    Field("status", "Status", "string", "Status die de bron of de gemeente aan het cijfer gaf.", width=13),
    Field("bron", "Bron", "string", "Wie het cijfer leverde.", width=46),
)  # fmt: skip


def _group_state(comparison: Comparison, group: GroupComparison) -> str:
    if comparison.target.kind is Kind.YES_NO:
        return "ja/nee-doel: geen mediaan en geen volgorde"
    if len(comparison.shares) < MIN_COMPARED:
        return "te weinig gemeenten voor een vergelijking"
    if group.median_pct is None:
        return "te weinig cijfers in de groep voor een mediaan"
    return "volledig" if group.ahead is not None else "geen vergelijkbaar cijfer van de gemeente zelf"


def _group_row(comparison: Comparison, group: GroupComparison) -> Row:
    # What the report does not compare, the spreadsheet does not compare either.
    compared = comparison.target.kind is not Kind.YES_NO and len(comparison.shares) >= MIN_COMPARED
    return {
        "nr": comparison.target.nr,
        "doel": comparison.target.name,
        "soort": group.group.kind.value,
        "groep": group.group.label,
        "gemeenten": group.members,
        "met_cijfer": group.with_data,
        "mediaan_pct": share(group.median_pct) if compared else None,
        "staan_verder": group.ahead if compared else None,
        "toestand": _group_state(comparison, group),
    }


def groups_table(view: ReportView) -> DataTable:
    """Per target and peer group: median, members, members with a figure, how many are further.

    Parameters
    ----------
    view
        The report.
    """
    comparisons = [view.comparison(item.target.id) for item in shown_assessments(view)]
    rows = [_group_row(one, group) for one in comparisons for group in one.groups]
    return DataTable("Vergelijking", GROUP_FIELDS, rows)


def _figure_cells(view: ReportView, comparison: Comparison, nis: str) -> dict[str, Cell]:
    point = comparison.points.get(nis)
    if point is None:
        return {}
    observation = point.observation
    return {
        "peildatum": point.date,
        "nauwkeurigheid": observation.date_precision,
        "status": point.status.value,
        "bron": view.catalog.source(observation.source_id).name,
    }


def _state(comparison: Comparison, item: Assessment) -> str:
    if item.nis in comparison.shares:
        return "cijfer"
    if not item.applies:
        return "niet van toepassing"
    return NO_DATA_WORDS if item.current is None else "niet vergelijkbaar"


def _municipality_rows(view: ReportView, own: Assessment) -> list[Row]:
    comparison = view.comparison(own.target.id)
    everyone = {item.nis: item for item in view.assessor.everyone(own.target)} | {own.nis: own}
    return [
        {
            "nr": own.target.nr,
            "doel": own.target.name,
            "nis": place.nis,
            "gemeente": place.name,
            "provincie": place.province,
            "deel_pct": share(comparison.shares.get(place.nis)),
            "toestand": _state(comparison, everyone[place.nis]),
            **_figure_cells(view, comparison, place.nis),
        }
        for place in view.edition.register.municipalities(view.on)
    ]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the rows depend on when the own municipality is assessed like all others; ``view`` is any such report."""

    edition: Edition
    parameters: ReportParameters
    targets: tuple[str, ...]
    view: ReportView = field(compare=False)


def _table(view: ReportView) -> DataTable:
    rows = [row for own in shown_assessments(view) for row in _municipality_rows(view, own)]
    return DataTable("Gemeenten", MUNICIPALITY_FIELDS, rows)


@lru_cache(maxsize=4)
def _shared_table(shared: _Shared) -> DataTable:
    return _table(shared.view)


def municipalities_table(view: ReportView) -> DataTable:
    """Per target the share of every municipality: the exact values behind dots and map, absence included.

    Parameters
    ----------
    view
        The report.

    Returns
    -------
    DataTable
        One and the same for all reports of an edition, unless the report assesses its own municipality otherwise than
        the others do (another pact version was asked for).
    """
    shown = shown_assessments(view)
    if any(own not in view.assessor.everyone(own.target) for own in shown):
        return _table(view)
    parameters = view.parameters.model_copy(update={"gemeente": "*"})
    return _shared_table(_Shared(view.edition, parameters, tuple(own.target.id for own in shown), view))
