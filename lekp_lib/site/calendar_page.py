"""Kalender: per source when its last figure came, when the next one is due, which one is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from lekp_lib.data.calendar import write_calendar
from lekp_lib.pact.models import Certainty, Rhythm
from lekp_lib.site.download_list import Download, download_list
from lekp_lib.site.oud.block import Paragraph
from lekp_lib.site.oud.boxes import Facts
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.downloads.table import DataTable, Field
from lekp_lib.site.oud.downloads.tidy_csv import csv_bytes
from lekp_lib.site.oud.numbers import count_noun
from lekp_lib.site.oud.prose import Heading, Title
from lekp_lib.site.oud.source_calendar import status_events
from lekp_lib.site.oud.table import Cell, Column, RowGroup, Table
from lekp_lib.site.oud.target_fiche import NO_VALUE, rhythm_words
from lekp_lib.site.oud.words.joins import join_words
from lekp_lib.site.page import Page, SiteFile
from lekp_lib.site.source_states import SourceState, source_states
from lekp_lib.site.world import SiteWorld

PATH, CSV_PATH, ICS_PATH = "kalender/index.html", "kalender/bronnen.csv", "kalender/bronnen.ics"
NO_FIGURE = "geen cijfer in deze editie"
_NOT_NOTED = "niet genoteerd"
_NAME = "Cijfers van het klimaatpact"

#: How sure the rhythm is, where the source itself does not say it.
_RHYTHM_NOTES = {
    Certainty.SOURCED_PARTLY: "deels bevestigd door een bron",
    Certainty.CONFLICTING: "bronnen spreken elkaar tegen",
    Certainty.DERIVED: "afgeleid uit eerdere cijfers",
    Certainty.GENERAL_KNOWLEDGE: "algemeen bekend",
}

FIELDS = (
    Field("bron_id", "Bron (id)", "string", "Vaste naam van de bron voor programma's."),
    Field("bron", "Bron", "string", "Wie de cijfers levert."),
    Field("organisatie", "Organisatie", "string", "Organisatie achter de bron."),
    Field("ritme", "Ritme", "string", "Hoe vaak de bron publiceert, of 'niet bekend'."),
    Field("laatste_peildatum", "Laatste peildatum", "date", "Nieuwste peildatum in de editie. Leeg zonder cijfer."),
    Field("opgehaald", "Opgehaald op", "date", "Laatste dag waarop cijfers zijn opgehaald. Leeg zonder cijfer."),
    Field("volgende_verwacht", "Volgende verwacht", "date", "Dag vanaf wanneer het volgende cijfer er kan zijn. "
          "Leeg zonder bekend ritme of zonder cijfer."),
    Field("te_laat", "Te laat", "boolean", "Of het volgende cijfer er al had moeten zijn."),
    Field("toestand_op", "Toestand op", "date", "Dag waarvoor de rij geldt."),
    Field("editie", "Editie", "string", "Id van de editie."),
    Field("fictief", "Fictief", "boolean", "Of de cijfers van de editie verzonnen zijn."),
)  # fmt: skip


def _rhythm_cell(state: SourceState) -> Cell:
    source = state.status.source
    note = "" if source.rhythm is Rhythm.UNKNOWN else _RHYTHM_NOTES.get(source.rhythm_certainty, "")
    return Cell(rhythm_words(source.rhythm), note=note, muted=source.rhythm is Rhythm.UNKNOWN)


def _due_cell(state: SourceState) -> Cell:
    status = state.status
    if status.next_expected is not None:
        note = "te laat" if status.overdue else ""
        return Cell(f"vanaf {date_long(status.next_expected)}", strong=status.overdue, note=note)
    if status.source.rhythm is Rhythm.ONCE:
        return Cell("geen volgend cijfer", muted=True)
    return Cell("niet bekend", muted=True)


def _row(state: SourceState) -> list[str | Cell]:
    status = state.status
    targets = join_words(state.targets) if state.targets else ""
    return [
        Cell(status.source.name, note=targets),
        _rhythm_cell(state),
        Cell(state.reference or NO_FIGURE, muted=not state.reference),
        date_long(status.retrieved)
        if status.retrieved
        else Cell(_NOT_NOTED if state.reference else NO_VALUE, muted=True),
        _due_cell(state),
    ]


def _groups(states: Sequence[SourceState]) -> list[RowGroup]:
    """Late ones first, then by the day on which the next figure is due, then those of which nothing is known."""
    due = sorted(
        (item for item in states if item.status.next_expected), key=lambda item: str(item.status.next_expected)
    )
    late = [item for item in due if item.status.overdue]
    coming = [item for item in due if not item.status.overdue]
    without = [item for item in states if item.status.next_expected is None]
    parts = (
        ("Te laat", late),
        ("Op komst", coming),
        ("Zonder verwachte datum", without),
    )
    return [RowGroup(label, [_row(item) for item in found]) for label, found in parts if found]


def _table(world: SiteWorld, states: Sequence[SourceState]) -> Table:
    columns = (
        Column("Bron", width="30%"),
        Column("Ritme"),
        Column("Laatste peildatum"),
        Column("Opgehaald op"),
        Column("Volgende cijfer"),
    )
    return Table(columns, _groups(states), f"Bronnen van de cijfers op {date_long(world.today)}", name="calendar")


def _summary(states: Sequence[SourceState]) -> list[str]:
    late = [item for item in states if item.status.overdue]
    dated = [item for item in states if item.status.next_expected]
    without = [item for item in states if not item.reference]
    told = []
    if late:
        verb = "is" if len(late) == 1 else "zijn"
        told.append(f"Op deze dag {verb} {count_noun(len(late), 'bron', 'bronnen')} te laat met een nieuw cijfer.")
    elif dated:
        told.append("Geen enkele bron is te laat met een nieuw cijfer.")
    if without:
        verb = "heeft" if len(without) == 1 else "hebben"
        told.append(f"In deze editie {verb} {count_noun(len(without), 'bron', 'bronnen')} geen cijfer.")
    return told


def _about(states: Sequence[SourceState]) -> Facts:
    return Facts(
        [
            (
                item.status.source.name,
                [text for text in (item.status.source.description, item.status.source.note) if text.strip()],
            )
            for item in states
        ]
    )


def calendar_csv(world: SiteWorld) -> bytes:
    """The calendar as rows, one per source."""
    rows = [
        {
            "bron_id": item.status.source.id,
            "bron": item.status.source.name,
            "organisatie": item.status.source.organisation,
            "ritme": rhythm_words(item.status.source.rhythm),
            "laatste_peildatum": item.status.last_reference,
            "opgehaald": item.status.retrieved,
            "volgende_verwacht": item.status.next_expected,
            "te_laat": item.status.overdue,
            "toestand_op": world.today,
            "editie": world.edition.id,
            "fictief": world.edition.fictitious,
        }
        for item in source_states(world)
    ]
    return csv_bytes(DataTable("Kalender", FIELDS, rows))


def calendar_ics(world: SiteWorld) -> bytes | None:
    """The days on which figures are due as a calendar file; ``None`` when there is no such day.

    A calendar without any event is no valid file (RFC 5545, 3.6).
    """
    banner, states = world.edition.manifest.banner, source_states(world)
    references = {item.status.source.id: item.reference for item in states if item.reference}
    events = status_events((item.status for item in states), banner, references)
    if not events:
        return None
    stamp = dt.datetime.combine(world.today, dt.time(), dt.UTC)
    return write_calendar(events, f"{_NAME} ({banner})" if banner else _NAME, stamp)


def pages(world: SiteWorld) -> Iterator[Page]:
    """The one page."""
    states = source_states(world)
    ics = calendar_ics(world)
    downloads = [Download(CSV_PATH, "Tabel van alle bronnen", "csv", len(calendar_csv(world)))]
    if ics is not None:
        told = "Agenda met de dagen waarop nieuwe cijfers verwacht worden"
        downloads.insert(0, Download(ICS_PATH, told, "ics", len(ics)))
    lead = (
        "Per bron: hoe vaak ze publiceert, wat de laatste peildatum is en wanneer een nieuw cijfer verwacht wordt.",
        f"Dit is de toestand op {date_long(world.today)}.",
    )
    rule = (
        "De verwachte dag volgt uit het ritme van de bron en de laatste peildatum. Een cijfer is te laat als de maand "
        "voorbij is waarin het verwacht werd. Bij een wekelijkse bron is dat na een week. Een bron kan intussen een "
        "nieuw cijfer hebben dat nog niet in deze editie staat."
    )
    body = [
        Title("Wanneer komen er nieuwe cijfers?").html(),
        Paragraph(lead, "lead").html(),
        Paragraph(_summary(states)).html(),
        _table(world, states).html(),
        Paragraph(rule, "small").html(),
        Heading("Downloads", 2).html(),
        download_list(PATH, downloads),
        *([] if ics else [Paragraph("Geen enkele bron heeft een verwachte dag. Daarom is er geen agenda.").html()]),
        Heading("Over de bronnen", 2).html(),
        _about(states).html(),
    ]
    yield Page(
        path=PATH,
        title="Kalender van de cijfers",
        description="Wanneer elke bron van het klimaatpact cijfers geeft: ritme, laatste peildatum, volgende verwachte "
        "cijfer en welke bronnen te laat zijn.",
        body="\n".join(body),
        section="kalender",
    )


def files(world: SiteWorld) -> Iterator[SiteFile]:
    """The calendar for programs and for a diary."""
    yield SiteFile(CSV_PATH, calendar_csv(world))
    ics = calendar_ics(world)
    if ics is not None:
        yield SiteFile(ICS_PATH, ics)
