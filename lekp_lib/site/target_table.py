"""All municipalities of one target as a table: alphabetical, sortable by script, those without a figure at the end.

Every cell comes from the function that fills the tables of the reports, so that the same number reads the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from lekp_lib.adapter import Assessment
from lekp_lib.pact.models import Kind, Target
from lekp_lib.site.oud.marks import inline_mark
from lekp_lib.site.oud.numbers import number, rounded
from lekp_lib.site.oud.report_tables import expected_cell, level_cell, share_cell
from lekp_lib.site.oud.target_fiche import date_cell
from lekp_lib.site.oud.verdict_blocks import COUNTED, OUTSIDE, css_name
from lekp_lib.site.oud.words.amount_words import stand_words
from lekp_lib.site.page import link, municipality_path, target_path
from lekp_lib.site.world import SiteWorld

SCRIPT = "table.js"
#: Order of the verdicts when sorted: the fixed order of the rules, which is no order of merit for the last three.
_ORDER = {verdict: place for place, verdict in enumerate((*COUNTED, *OUTSIDE))}

_WITH, _WITHOUT, _OUTSIDE = "Met een cijfer", "Geen gegevens", "Doel geldt niet"


@dataclass(frozen=True, slots=True)
class _Column:
    """Head, machine name, and how the script sorts it: ``text``, ``number`` or not at all."""

    head: str
    name: str
    sort: str = ""
    is_number: bool = False


def has_figure(assessment: Assessment) -> bool:
    """Whether there is any figure to show, usable or not."""
    return assessment.current is not None or any(point is not None for _, point in assessment.parts)


def _columns(target: Target, everyone: Sequence[Assessment]) -> tuple[_Column, ...]:
    indicators = {item.current.observation.indicator for item in everyone if item.current is not None}
    one_unit = len(indicators) < 2 and len({level.indicator for level in target.levels.values()}) == 1
    head = (_Column("Gemeente", "gemeente", "text"), _Column("Provincie", "provincie", "text"))
    tail = (_Column("Oordeel", "oordeel", "number"), _Column("Peildatum", "peildatum", "text"))
    if target.kind is Kind.YES_NO:
        return (*head, _Column("Stand", "stand"), *tail)
    return (
        *head,
        _Column("Stand", "stand", "number" if one_unit else "", is_number=True),
        _Column("Te bereiken", "doel", is_number=True),
        _Column("Deel", "deel", "number", is_number=True),
        _Column("Vereist", "vereist", is_number=True),
        *tail,
    )


def _key(assessment: Assessment, name: str) -> str:
    """What the script sorts by: nobody is ranked on a difference that is not printed."""
    current = assessment.current
    if name == "deel" and assessment.share_pct is not None:
        return str(rounded(assessment.share_pct, 1))
    if name == "stand" and current is not None and current.value is not None:
        return repr(current.value)
    if name == "oordeel":
        return str(_ORDER[assessment.verdict])
    if name == "peildatum" and current is not None:
        return current.date.isoformat()
    return ""


def _cell(column: _Column, assessment: Assessment, text: str) -> str:
    key = _key(assessment, column.name)
    data = f' data-key="{escape(key)}"' if column.sort and key else ""
    look = ' class="number"' if column.is_number else ""
    inner = escape(text, quote=False)
    if column.name == "oordeel":
        inner = f'<span class="marked">{inline_mark(assessment.verdict)} {inner}</span>'
    return f"<td{look}{data}>{inner}</td>"


def _texts(assessment: Assessment, province: str) -> dict[str, str]:
    """Words of every column; the same functions as in the report of the municipality."""
    return {
        "provincie": province,
        "stand": stand_words(assessment),
        "doel": level_cell(assessment),
        "deel": share_cell(assessment),
        "vereist": expected_cell(assessment),
        "oordeel": assessment.verdict.value,
        "peildatum": date_cell(assessment),
    }


def _row(world: SiteWorld, here: str, columns: Sequence[_Column], assessment: Assessment) -> str:
    nis = assessment.nis
    name, province = world.names[nis], world.scene.provinces[nis]
    href = link(here, municipality_path(world.slug(nis)))
    texts = _texts(assessment, province)
    cells = "".join(_cell(column, assessment, texts[column.name]) for column in columns[1:])
    return (
        f'<tr data-nis="{nis}" data-name="{escape(name)}" data-province="{escape(province)}" '
        f'data-verdict="{css_name(assessment.verdict)}">'
        f'<th scope="row"><a href="{href}">{escape(name, quote=False)}</a></th>{cells}</tr>'
    )


def _groups(everyone: Sequence[Assessment]) -> list[tuple[str, list[Assessment]]]:
    """Municipalities with a figure, those without, those for whom the target does not hold; each alphabetical."""
    found = [
        (_WITH, [item for item in everyone if item.applies and has_figure(item)]),
        (_WITHOUT, [item for item in everyone if item.applies and not has_figure(item)]),
        (_OUTSIDE, [item for item in everyone if not item.applies]),
    ]
    return [(label, items) for label, items in found if items]


def _head(column: _Column) -> str:
    look = ' class="number"' if column.is_number else ""
    sort = f' data-sort="{column.sort}"' if column.sort else ""
    return f'<th scope="col"{look}{sort}>{column.head}</th>'


def _filter(world: SiteWorld, everyone: Sequence[Assessment]) -> str:
    """The form; hidden until the script, which it needs, is there."""
    provinces = sorted(set(world.scene.provinces.values()))
    verdicts = [verdict for verdict in (*COUNTED, *OUTSIDE) if any(item.verdict is verdict for item in everyone)]
    of_province = "".join(f"<option>{escape(name)}</option>" for name in provinces)
    of_verdict = "".join(f'<option value="{css_name(item)}">{item.value}</option>' for item in verdicts)
    return (
        '<form id="tabel-filter" class="table-filter script-only" hidden>\n'
        '<p><label for="filter-naam">Naam bevat</label> '
        '<input id="filter-naam" type="text" autocomplete="off" spellcheck="false"></p>\n'
        '<p><label for="filter-provincie">Provincie</label> <select id="filter-provincie">'
        f'<option value="">alle provincies</option>{of_province}</select></p>\n'
        '<p><label for="filter-oordeel">Oordeel</label> <select id="filter-oordeel">'
        f'<option value="">alle oordelen</option>{of_verdict}</select></p>\n'
        '<p><button type="reset">Maak leeg</button></p>\n</form>\n'
        '<p id="tabel-melding" class="table-status script-only" role="status" hidden></p>'
    )


def municipalities_table(world: SiteWorld, target: Target) -> str:
    """The table with its form, as HTML.

    Parameters
    ----------
    world
        Edition and names.
    target
        Any target.

    Returns
    -------
    str
        All municipalities, each in one row.
    """
    here, everyone = target_path(target.id), world.everyone(target)
    columns = _columns(target, everyone)
    bodies = []
    for label, found in _groups(everyone):
        fixed = "" if label == _WITH else " data-fixed"
        words = f"{label}: {number(len(found))}"
        head = f'<tr class="group"><th scope="rowgroup" colspan="{len(columns)}">{words}</th></tr>'
        rows = "\n".join(_row(world, here, columns, item) for item in found)
        bodies.append(f"<tbody{fixed}>\n{head}\n{rows}\n</tbody>")
    caption = f"{target.name}: alle {number(len(everyone))} gemeenten in alfabetische volgorde"
    heads = "".join(map(_head, columns))
    return (
        f"{_filter(world, everyone)}\n"
        '<div class="table" data-block="municipalities">\n'
        f'<div class="table-scroll" role="group" aria-label="{escape(caption)}" tabindex="0">\n'
        f'<table id="gemeenten-tabel">\n<caption><span>{escape(caption, quote=False)}</span></caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n" + "\n".join(bodies) + "\n</table>\n</div>\n</div>"
    )
