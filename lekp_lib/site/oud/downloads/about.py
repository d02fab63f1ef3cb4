"""What a reader must know of a download: edition, run, parameters, denominators, sources with licence, citation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lekp_lib import __version__
from lekp_lib.pact import Source
from lekp_lib.pact.models import Denominator
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.downloads.context_rows import context_rows
from lekp_lib.site.oud.downloads.own_figures import shown_assessments
from lekp_lib.site.oud.downloads.table import Cell, DataTable, Field, Quantity
from lekp_lib.site.oud.report_view import ReportView
from lekp_lib.site.oud.words.amount_words import former_names
from lekp_lib.site.oud.words.citation_words import citation, report_title

NO_FIGURES = "geen gegevens voor het gekozen jaar"
_DENOMINATORS = (
    (Denominator.POPULATION, "Inwoners"),
    (Denominator.DWELLINGS, "Wooneenheden"),
    (Denominator.HOUSEHOLDS, "Huishoudens"),
)
ABOUT_FIELDS = (
    Field("onderdeel", "Onderdeel", "string", "Waarover de regel gaat.", width=18),
    Field("naam", "Naam", "string", "Wat er staat.", width=30),
    Field("waarde", "Waarde", "string", "De waarde.", width=52),
    Field("toelichting", "Toelichting", "string", "Uitleg of herkomst.", width=80),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the description of a download."""

    part: str
    name: str
    value: Cell
    note: str = ""


def top_line(view: ReportView) -> str:
    """First line of every sheet and page: the warning of an example edition, then what this is."""
    told = f"{report_title(view)}. Stand op {date_long(view.on)}. Verslag {view.run_id}."
    banner = view.edition.manifest.banner
    return f"{banner}. {told}" if banner else told


def used_sources(view: ReportView) -> tuple[Source, ...]:
    """Sources of every figure in the downloads, compared ones, context and denominators too; in alphabetical order."""
    ids: set[str] = set()
    for item in shown_assessments(view):
        found = view.edition.observations(item.target.id, view.place.nis)
        ids |= {observation.source_id for observation in found}
        ids |= {point.observation.source_id for point in view.comparison(item.target.id).points.values()}
    counts = [view.assessor.denominator(view.place.nis, kind) for kind, _ in _DENOMINATORS]
    told = [count.source for count in counts if count is not None]
    sources = view.catalog.sources.values()
    ids |= {source.id for source in sources if any(text.startswith(source.name) for text in told)}
    ids |= {str(row["bron_id"]) for row in context_rows(view) if row.get("bron_id")}
    return tuple(sorted((source for source in sources if source.id in ids), key=lambda source: source.name.casefold()))


def _report_lines(view: ReportView) -> list[Line]:
    manifest, part = view.edition.manifest, "Verslag"
    lines = [Line(part, "Waarschuwing", manifest.banner, manifest.origin)] if manifest.banner else []
    return [
        *lines,
        Line(part, "Bronvermelding", citation(view), "Zo kunt u naar deze cijfers verwijzen."),
        Line(part, "Gemeente", view.place.name, f"NIS-code {view.place.nis}"),
        Line(part, "Editie", manifest.title, manifest.id),
        Line(part, "Peildatum van de editie", view.on, "Tot deze dag tellen de maanden in de ouderdom van een cijfer."),
        Line(part, "Cijfers bevroren op", manifest.built, "Dag waarop de editie werd vastgelegd."),
        Line(part, "Herkomst", manifest.origin),
        Line(
            part,
            "Pactversie",
            f"pact {view.version}" if view.version else "geen",
            "Versie waaraan de cijfers getoetst zijn.",
        ),
        Line(part, "Nummer van het verslag", view.run_id, "Dezelfde cijfers en instellingen geven hetzelfde nummer."),
        Line(part, "Gemaakt met", f"lekp {__version__}", "Onafhankelijk open hulpmiddel, geen officieel document."),
        Line(part, "Lege cel", "geen gegevens", "Een lege cel is nooit een nul. De toestand of reden staat ernaast."),
        Line(part, "Afronding", "geen", "Elke cel bevat de onafgeronde waarde. Alleen de weergave is afgerond."),
    ]


def _parameter_lines(view: ReportView) -> list[Line]:
    used = view.parameters.model_dump(exclude={"gemeente", "editie"})
    return [
        Line("Instellingen", name, Quantity(value, 0 if isinstance(value, int) else 2) if _is_number(value) else value)
        for name, value in used.items()
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _denominator_lines(view: ReportView) -> list[Line]:
    lines = []
    for kind, label in _DENOMINATORS:
        count = view.assessor.denominator(view.place.nis, kind)
        if count is None:
            lines.append(Line("Noemers", label, None, NO_FIGURES))
            continue
        origin = f"; {former_names(count.summed_from)}" if count.summed_from else ""
        lines.append(Line("Noemers", label, Quantity(count.value, 0), f"{count.source}{origin}"))
    return lines


def _source_lines(view: ReportView) -> list[Line]:
    return [
        Line(
            "Bronnen",
            source.name,
            f"Licentie: {source.licence}",
            ". ".join(filter(None, (source.organisation, source.url))),
        )
        for source in used_sources(view)
    ]


def _column_lines(tables: Iterable[DataTable]) -> list[Line]:
    return [
        Line(f"Kolommen {table.title}", field.title, f"in {field.unit}" if field.unit else "", field.description)
        for table in tables
        for field in table.fields
    ]


def about_lines(view: ReportView, tables: Sequence[DataTable]) -> list[Line]:
    """Description of a download, line by line.

    Parameters
    ----------
    view
        The report.
    tables
        Tables whose columns must be explained.
    """
    return [
        *_report_lines(view),
        *_parameter_lines(view),
        *_denominator_lines(view),
        *_source_lines(view),
        *_column_lines(tables),
    ]


def about_table(view: ReportView, tables: Sequence[DataTable]) -> DataTable:
    """The description as a sheet."""
    rows = [
        {"onderdeel": line.part, "naam": line.name, "waarde": line.value, "toelichting": line.note or None}
        for line in about_lines(view, tables)
    ]
    return DataTable("Metadata", ABOUT_FIELDS, rows)


def attribution(view: ReportView) -> str:
    """Plain text beside the CSV file: how to cite, and the licence of every source.

    Parameters
    ----------
    view
        The report.

    Returns
    -------
    str
        Lines that end in a line feed.
    """
    banner = view.edition.manifest.banner
    lines = [f"{banner}. {view.edition.manifest.origin}", ""] if banner else []
    lines += ["Bronvermelding", citation(view), "", "Bronnen en licenties van de cijfers"]
    for source in used_sources(view):
        address = f", {source.url}" if source.url else ""
        lines.append(f"- {source.name} ({source.organisation}{address}). Licentie: {source.licence}.")
    return "\n".join([*lines, "", view.edition.manifest.origin]) + "\n"
