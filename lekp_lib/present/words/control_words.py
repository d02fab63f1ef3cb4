"""Words of the data check: messages, titles and text alternatives, made from the numbers that the pictures draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from lekp_lib.present.control_numbers import Coverage, Spread
from lekp_lib.present.dates import date_long
from lekp_lib.present.figure_text import FigureText
from lekp_lib.present.numbers import count_noun, number, percent_spoken
from lekp_lib.present.words.figure_parts import TITLE_MAX, fit_alt, subtitle
from lekp_lib.present.words.joins import fits, join_words, sentence


def _with_figures(rows: Sequence[Coverage]) -> int:
    return sum(bool(row.dates) for row in rows)


def control_headline(rows: Sequence[Coverage], edition: str) -> str:
    """The message of the check, its only h1: "Datacontrole Editie 2025: 20 van de 21 doelen hebben cijfers"."""
    found = _with_figures(rows)
    verb = "heeft" if found == 1 else "hebben"
    return f"Datacontrole {edition}: {number(found)} van de {number(len(rows))} doelen {verb} cijfers"


def control_lead(rows: Sequence[Coverage], max_age_months: int) -> tuple[str, ...]:
    """How complete and how old the figures are."""
    complete = sum(not row.missing for row in rows)
    without = [row.target.name for row in rows if not row.dates]
    old = sum(row.old for row in rows)
    of_all = f"{count_noun(complete, 'doel heeft', 'doelen hebben')} een cijfer van elke gemeente"
    said = [sentence(of_all) if complete else "Geen enkel doel heeft een cijfer van elke gemeente."]
    if without:
        said.append(sentence(f"{count_noun(len(without), 'doel heeft', 'doelen hebben')} geen enkel cijfer"))
    said.append(
        f"Van de nieuwste cijfers per gemeente {'is er' if old == 1 else 'zijn er'} {number(old)} ouder dan "
        f"{number(max_age_months)} maanden; die krijgen geen oordeel."
    )
    return tuple(said)


def coverage_text(rows: Sequence[Coverage], source: str, fictitious: bool) -> FigureText:
    """Words of the picture of the coverage."""
    complete = sum(not row.missing for row in rows)
    titles = [
        f"Bij {count_noun(complete, 'doel heeft', 'doelen heeft')} elke gemeente een cijfer"
        if complete
        else "Geen enkel doel heeft een cijfer van elke gemeente"
    ]
    least = sorted((row for row in rows if row.missing), key=lambda row: (-row.missing, row.target.name))[:3]
    told = join_words([f"{row.target.name} ({number(row.missing)})" for row in least])
    return FigureText(
        title=fits(TITLE_MAX, titles),
        subtitle=subtitle(["Gemeenten met en zonder cijfer, per doel", "elke gemeente met haar nieuwste"], fictitious),
        alt=fit_alt(
            [
                f"Balken met de gemeenten die een cijfer hebben, voor {number(len(rows))} doelen.",
                f"De meeste gemeenten zonder cijfer: {told}." if least else "Geen enkele gemeente mist een cijfer.",
            ],
            ["De tabel onder de figuur geeft dezelfde aantallen."],
        ),
        source=source,
    )


def age_text(rows: Sequence[Coverage], limit: dt.date, source: str, fictitious: bool) -> FigureText:
    """Words of the picture of the ages."""
    dated = [row for row in rows if row.middle is not None]
    late = [row for row in dated if row.middle is not None and row.old * 2 > len(row.dates)]
    oldest = min(dated, key=lambda row: row.dates[0], default=None)
    titles = [
        f"Bij {count_noun(len(late), 'doel is', 'doelen is')} meer dan de helft van de cijfers te oud"
        if late
        else "Bij geen enkel doel is meer dan de helft van de cijfers te oud"
    ]
    return FigureText(
        title=fits(TITLE_MAX, titles),
        subtitle=subtitle(
            ["Van het oudste tot het nieuwste cijfer, per doel", "punt: de middelste gemeente"], fictitious
        ),
        alt=fit_alt(
            [
                f"Lijnen op een tijdas, van het oudste tot het nieuwste cijfer, voor {number(len(dated))} doelen.",
                f"Cijfers van vóór {date_long(limit)} zijn te oud.",
                f"Het oudste is van {date_long(oldest.dates[0])}, bij {oldest.target.name}." if oldest else "",
            ]
        ),
        source=source,
    )


def far_text(spread: Spread, names: Mapping[str, str], source: str, fictitious: bool) -> FigureText:
    """Words of the strip with the far ones named."""
    target, count = spread.target, len(spread.far)
    if count:
        told = count_noun(count, "gemeente ligt", "gemeenten liggen")
        titles = [f"{name}: {told} ver van de andere" for name in (target.name, target.short_name)]
        first = spread.far[0]
        message = f"Het verst ligt {names[first]}, met {percent_spoken(spread.shares[first])} van het doel."
    else:
        titles = [f"{name}: geen uitschieters" for name in (target.name, target.short_name)]
        message = "Geen enkele gemeente ligt ver van de andere."
    shown = count_noun(len(spread.shares), "gemeente", "gemeenten")
    return FigureText(
        title=fits(TITLE_MAX, titles),
        subtitle=subtitle([f"{target.name}, deel van het doel per gemeente", "in procent"], fictitious),
        alt=fit_alt([f"Puntendiagram van {shown} volgens hun deel van het doel {target.name}.", message]),
        source=source,
    )
