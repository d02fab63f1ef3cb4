"""Vergelijk: up to four municipalities side by side by script, and fixed groups on pages that need none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from lekp_lib.adapter import Verdict
from lekp_lib.site.assets import script_file
from lekp_lib.site.compare_data import as_script, compare_data
from lekp_lib.site.compare_group_page import group_pages
from lekp_lib.site.compare_groups import KINDS_WITH_PAGE, ComparedGroup, compared_groups
from lekp_lib.site.oud.block import Paragraph
from lekp_lib.site.oud.marks import inline_mark
from lekp_lib.site.oud.numbers import count_noun
from lekp_lib.site.oud.prose import Heading, Title
from lekp_lib.site.page import ASSETS, Page, SiteFile, link
from lekp_lib.site.world import SiteWorld

PATH = "vergelijk/index.html"
DATA_SCRIPT, SCRIPT = "vergelijk-gegevens.js", "vergelijk.js"
#: So many municipalities fit side by side on a screen and on an A4 page.
SIDE_BY_SIDE = 4


def _picker(world: SiteWorld) -> str:
    """The form; hidden until the script, which it needs, is there."""
    fields = "\n".join(
        f'<p class="compare-field"><label for="gemeente-{number}">Gemeente {number}</label>\n'
        f'<input id="gemeente-{number}" type="text" list="gemeenten-lijst" autocomplete="off" spellcheck="false" '
        f'aria-describedby="fout-{number}">\n'
        f'<span class="compare-fault" id="fout-{number}"></span></p>'
        for number in range(1, SIDE_BY_SIDE + 1)
    )
    options = "".join(f'<option value="{escape(place.name)}"></option>' for place in world.municipalities)
    marks = "".join(
        f'<template data-verdict="{escape(verdict.value)}">{inline_mark(verdict)}</template>' for verdict in Verdict
    )
    return (
        '<form id="vergelijk-kiezer" class="compare-picker script-only" hidden novalidate>\n'
        f"<fieldset>\n<legend>Kies tot {SIDE_BY_SIDE} gemeenten</legend>\n"
        f'<div class="compare-fields">\n{fields}\n</div>\n</fieldset>\n'
        f'<datalist id="gemeenten-lijst">{options}</datalist>\n'
        '<p class="compare-buttons"><button type="submit">Vergelijk</button> '
        '<button type="button" id="vergelijk-wis">Maak leeg</button></p>\n'
        f"{marks}\n</form>\n"
        '<p id="vergelijk-melding" class="compare-status script-only" role="status" hidden></p>\n'
        '<section id="vergelijking" class="compare-result" aria-labelledby="vergelijking-titel" hidden></section>'
    )


def _group_lists(groups: Sequence[ComparedGroup]) -> str:
    parts = []
    for kind, heading in KINDS_WITH_PAGE.items():
        found = [item for item in groups if item.group.kind is kind]
        if not found:
            continue
        items = "".join(
            f'<li><a href="{link(PATH, item.path)}">{escape(item.group.label, quote=False)}</a> '
            f'<span class="cell-note">{count_noun(len(item.group.members), "gemeente", "gemeenten")}</span></li>'
            for item in found
        )
        parts += [Heading(heading, 3).html(), f'<ul class="columns">{items}</ul>']
    return "\n".join(parts)


def _page(world: SiteWorld, groups: Sequence[ComparedGroup]) -> Page:
    lead = "Zet gemeenten naast elkaar, met voor elk van de 17 doelen de stand, het deel, het oordeel en de peildatum."
    rule = "De woorden en getallen zijn dezelfde als in de verslagen. Er is geen rangschikking en geen totaalscore."
    without = "Zelf gemeenten kiezen vraagt JavaScript. De groepen hieronder werken ook zonder."
    body = [
        Title("Vergelijk gemeenten").html(),
        Paragraph([lead], "lead").html(),
        Paragraph(rule).html(),
        f"<noscript><p>{without}</p></noscript>",
        _picker(world),
        '<div class="compare-groups">',
        Heading("Vaste groepen", 2).html(),
        Paragraph("Elke groep heeft een eigen pagina, met alle gemeenten naast elkaar.").html(),
        _group_lists(groups),
        "</div>",
    ]
    return Page(
        path=PATH,
        title="Vergelijk gemeenten",
        description=f"Zet tot {SIDE_BY_SIDE} gemeenten, een provincie of een groep naast elkaar voor de 17 doelen "
        "van het klimaatpact: stand, deel van het doel, oordeel en peildatum.",
        body="\n".join(body),
        scripts=(DATA_SCRIPT, SCRIPT),
        section="vergelijk",
        wide=True,
    )


def pages(world: SiteWorld) -> Iterator[Page]:
    """The page to pick on, and one page per province, reference region and size class."""
    groups = compared_groups(world)
    yield _page(world, groups)
    yield from group_pages(world, groups)


def files(world: SiteWorld) -> Iterator[SiteFile]:
    """The script of the picker, and what it shows."""
    yield script_file(SCRIPT)
    yield SiteFile(f"{ASSETS}/{DATA_SCRIPT}", as_script("vergelijk", compare_data(world)))
