"""Methode: the rules with their thresholds, how they changed, errata, what changed between editions, and the limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from lekp_lib.adapter import Assessor
from lekp_lib.pact import Catalog
from lekp_lib.site.download_list import Download, download_list
from lekp_lib.site.edition_changes import (
    EditionChanges,
    changes_blocks,
    edition_changes,
    figures_data,
    verdicts_data,
)
from lekp_lib.site.oud.block import Block, Paragraph
from lekp_lib.site.oud.boxes import Facts
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.downloads.tidy_csv import csv_bytes
from lekp_lib.site.oud.numbers import number
from lekp_lib.site.oud.prose import Heading, Markdown, Title
from lekp_lib.site.oud.report_view import OTHER_THRESHOLDS, RULES
from lekp_lib.site.oud.table import Column, Table
from lekp_lib.site.oud.words.method_words import method_values, sensitivity_sentence
from lekp_lib.site.page import Page, SiteFile
from lekp_lib.site.world import SiteWorld

PATH = "methode/index.html"
VERDICTS_PATH, FIGURES_PATH = "methode/oordelen-veranderd.csv", "methode/cijfers-veranderd.csv"
#: Method texts that stand in a chapter of their own, below the rules.
_OWN_CHAPTER = ("beperkingen",)
_NOT_DONE = (
    "Er is geen toestand van vandaag: alle cijfers zijn die van een vastgelegde editie.",
    "Er is geen voorspelling, behalve een eenvoudige voortzetting van het tempo tot nu toe.",
    "Er is geen totaalscore, geen cijfer op tien en geen lijst van de laagste gemeenten.",
    "Er zijn geen gebruikers, geen formulieren en geen cookies.",
    "Er is geen huisstijl van een overheid: dit is geen officiële site.",
)


def _concepts(world: SiteWorld) -> tuple[str, ...]:
    """Method texts of the rules: those of a report in its order, then those that other pages add; none is left out."""
    more = (concept for concept in world.catalog.methods if concept not in RULES)
    return tuple(concept for concept in (*RULES, *more) if concept not in _OWN_CHAPTER)


def anchor(concept: str) -> str:
    """Id of the heading of a method text."""
    return concept.replace("_", "-")


def _sensitivity(world: SiteWorld) -> list[str]:
    """How many verdicts hang on the threshold, over all municipalities and the 17 targets."""
    targets = world.catalog.pact_targets
    total = number(len(targets) * len(world.municipalities))
    told = []
    for threshold in OTHER_THRESHOLDS:
        other = Assessor(world.edition, world.parameters.model_copy(update={"drempel_licht": threshold}))
        changed = sum(
            mine.verdict is not theirs.verdict
            for target in targets
            for mine, theirs in zip(world.everyone(target), other.everyone(target), strict=True)
        )
        where = f"van de {total} in heel Vlaanderen"
        told.append(sensitivity_sentence(threshold, world.parameters.drempel_licht, changed, where))
    return told


def _rules(world: SiteWorld) -> list[Block]:
    values = method_values(world.parameters)
    blocks: list[Block] = []
    for concept in _concepts(world):
        blocks.append(Heading(world.catalog.method_title(concept), 3, anchor(concept)))
        blocks.append(Markdown(world.catalog.method(concept).format_map(values)))
        if concept == "oordeel":
            blocks.append(Paragraph(_sensitivity(world)))
    return blocks


def _notes(catalog: Catalog) -> Table:
    rows = [[date_long(note.datum), note.wat, note.gevolg] for note in catalog.method_notes]
    columns = (Column("Datum", width="18%"), Column("Wat veranderde"), Column("Gevolg voor gepubliceerde waarden"))
    return Table(columns, rows, "Wijzigingen van de rekenregels, de nieuwste eerst", name="method-notes")


def _errata(catalog: Catalog) -> Block:
    if not catalog.errata:
        return Paragraph("Er zijn tot nu toe geen fouten in gepubliceerde cijfers bekend.")
    rows = [[date_long(item.datum), item.editie, item.fout, item.juist, item.gevolg] for item in catalog.errata]
    columns = (Column("Datum"), Column("Editie"), Column("Fout"), Column("Juist"), Column("Gevolg"))
    return Table(columns, rows, "Fouten in gepubliceerde cijfers, de nieuwste eerst", name="errata")


def _limits(world: SiteWorld) -> list[Block]:
    values = method_values(world.parameters)
    blocks: list[Block] = []
    for concept in _OWN_CHAPTER:
        blocks.append(Markdown(world.catalog.method(concept).format_map(values)))
    blocks.append(Heading("Wat deze site bewust niet doet", 3))
    blocks.append(Markdown("\n".join(f"- {text}" for text in _NOT_DONE)))
    return blocks


def _contents(world: SiteWorld) -> str:
    links = [(anchor(concept), world.catalog.method_title(concept)) for concept in _concepts(world)]
    links += [
        ("beperkingen", "Beperkingen"),
        ("wijzigingen", "Wijzigingen van de rekenregels"),
        ("errata", "Errata"),
        ("wat-veranderde", "Wat veranderde tussen edities"),
        ("woordenlijst", "Woordenlijst"),
    ]
    items = "".join(f'<li><a href="#{key}">{escape(label, quote=False)}</a></li>' for key, label in links)
    return f'<nav class="site-contents" aria-label="Op deze pagina"><ul class="columns">{items}</ul></nav>'


def _change_files(world: SiteWorld, changes: EditionChanges | None) -> list[SiteFile]:
    found = []
    if changes is not None and changes.verdicts:
        found.append(SiteFile(VERDICTS_PATH, csv_bytes(verdicts_data(world, changes))))
    if changes is not None and changes.figures:
        found.append(SiteFile(FIGURES_PATH, csv_bytes(figures_data(world, changes))))
    return found


_FILE_LABELS = {VERDICTS_PATH: "Alle oordelen die veranderden", FIGURES_PATH: "Alle cijfers die veranderden"}


def _chapter(heading: str, key: str, blocks: Sequence[Block]) -> str:
    return "\n".join(block.html() for block in (Heading(heading, 2, key), *blocks))


def pages(world: SiteWorld) -> Iterator[Page]:
    """The one page."""
    changes = edition_changes(world)
    changed = _change_files(world, changes)
    downloads = [Download(item.path, _FILE_LABELS[item.path], "csv", len(item.content)) for item in changed]
    lead = "Alle rekenregels van de verslagen, met de drempels die nu gelden."
    body = [
        Title("Hoe de cijfers en oordelen tot stand komen").html(),
        Paragraph(lead, "lead").html(),
        _contents(world),
        _chapter("Rekenregels", "rekenregels", _rules(world)),
        _chapter(world.catalog.method_title("beperkingen"), "beperkingen", _limits(world)),
        _chapter("Wijzigingen van de rekenregels", "wijzigingen", [_notes(world.catalog)]),
        _chapter("Errata", "errata", [_errata(world.catalog)]),
        _chapter("Wat veranderde tussen edities", "wat-veranderde", changes_blocks(world, changes)),
        download_list(PATH, downloads) if downloads else "",
        _chapter("Woordenlijst", "woordenlijst", [Facts(world.catalog.glossary)]),
    ]
    yield Page(
        path=PATH,
        title="Methode van het klimaatpact per gemeente",
        description="De rekenregels achter elk cijfer en oordeel, met drempels, beperkingen, wijzigingen van de "
        "methode, errata en wat veranderde tussen edities.",
        body="\n".join(part for part in body if part),
        section="methode",
    )


def files(world: SiteWorld) -> Iterator[SiteFile]:
    """What changed since the edition before, row by row."""
    yield from _change_files(world, edition_changes(world))
