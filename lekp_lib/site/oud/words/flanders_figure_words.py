"""Titles, subtitles and text alternatives of the figures about all municipalities together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from lekp_lib.adapter.flanders_trend import AreaPoint
from lekp_lib.adapter.models import Verdict
from lekp_lib.pact.models import Kind, Target
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.numbers import number, percent, percent_pair, percent_spoken
from lekp_lib.site.oud.words.figure_parts import TITLE_MAX, fit_alt, subtitle
from lekp_lib.site.oud.words.flanders_words import verdict_count_words
from lekp_lib.site.oud.words.joins import fits


def _names(target: Target) -> tuple[str, str]:
    return target.name, target.short_name


def trend_words(
    target: Target,
    points: Sequence[AreaPoint],
    expected_pct: float | None,
    source: str,
    fictitious: bool,
    *,
    group: str,
) -> FigureText:
    """Words of the trend of all municipalities together.

    Parameters
    ----------
    target
        The target.
    points
        The points that are drawn, oldest first; at least one.
    expected_pct
        What the path asks for at the last point; ``None`` where there is none.
    source
        Source line.
    fictitious
        Whether the edition is an example.
    group
        Which municipalities, such as "doel in CPE"; empty for all.
    """
    first, last = points[0], points[-1]
    share, required = (percent(last.share_pct), "")
    if expected_pct is not None:
        share, required = percent_pair(last.share_pct, expected_pct)
    asked = f", {required} was vereist" if required else ""
    told = [f"{name}: {share} van het doel" for name in _names(target)]
    course = f"Op {date_long(last.date)} is dat {percent_spoken(last.share_pct)} van het doel."
    if len(points) > 1:
        course = (
            f"Het deel van het doel gaat van {percent_spoken(first.share_pct)} in {first.date.year} "
            f"naar {percent_spoken(last.share_pct)} in {last.date.year}."
        )
    size = f"Het laatste cijfer telt {number(last.counted)} gemeenten."
    need = "" if expected_pct is None else f"Het vereiste pad vroeg dan {percent_spoken(expected_pct)}."
    return FigureText(
        title=fits(TITLE_MAX, [told[0] + asked, told[1] + asked, *told]),
        subtitle=subtitle(
            [f"Gemeenten samen{f', {group}' if group else ''}", "in procent", f"stand op {date_long(last.date)}"],
            fictitious,
        ),
        alt=fit_alt([f"Lijngrafiek tot 2030 voor het doel {target.name} in Vlaanderen.", course, need, size]),
        source=source,
    )


def area_map_words(
    target: Target, shares: Mapping[str, float], uncoloured: int, kind: str, source: str, fictitious: bool
) -> FigureText:
    """Words of the map of all municipalities; ``kind`` is "Zeshoekkaart" or "Kaart"."""
    past = sum(share > 50 for share in shares.values())
    told = f"{number(past)} van de {number(len(shares))} gemeenten voorbij de helft"
    if target.kind is Kind.YES_NO:
        met = sum(share >= 100 for share in shares.values())
        told = f"in orde in {number(met)} van de {number(len(shares))} gemeenten"
    message = (
        f"Van de {number(len(shares))} gemeenten met een bruikbaar cijfer zitten er {number(past)} boven de helft."
    )
    if past == 1:
        message = f"Van de {number(len(shares))} gemeenten met een bruikbaar cijfer zit er 1 boven de helft."
    rest = f"Voor {number(uncoloured)} gemeenten is er geen kleur." if uncoloured else ""
    return FigureText(
        title=fits(TITLE_MAX, [f"{name}: {told}" for name in _names(target)]),
        subtitle=subtitle(["Deel van het doel per gemeente", "in procent"], fictitious),
        alt=fit_alt([f"{kind} van de gemeenten in vijf klassen: deel van het doel {target.name}.", message, rest]),
        source=source,
    )


def area_strip_words(
    target: Target, shares: Mapping[str, float], middle_pct: float, source: str, fictitious: bool
) -> FigureText:
    """Words of the distribution: one dot per municipality."""
    told = f"de middelste gemeente haalt {percent(middle_pct)} van het doel"
    low, high = percent_spoken(min(shares.values())), percent_spoken(max(shares.values()))
    ends = f"De laagste stand is {low}, de hoogste {high}."
    return FigureText(
        title=fits(TITLE_MAX, [*(f"{name}: {told}" for name in _names(target)), f"{target.short_name}: spreiding"]),
        subtitle=subtitle(["Deel van het doel, één bolletje per gemeente", "in procent"], fictitious),
        alt=fit_alt([
            f"Puntendiagram van {number(len(shares))} gemeenten volgens hun deel van het doel {target.name}.",
            f"De mediaan is {percent_spoken(middle_pct)}.",
            ends,
        ]),
        source=source,
    )  # fmt: skip


def stack_words(
    verdicts: Mapping[Verdict, int], targets: int, on: dt.date, source: str, fictitious: bool
) -> FigureText:
    """Words of the picture of all targets; ``verdicts`` are those of all targets together."""
    members = sum(verdicts.values()) // targets
    return FigureText(
        title=f"Het oordeel over {number(targets)} doelen in {number(members)} gemeenten",
        subtitle=subtitle(["Aantal gemeenten per oordeel en per doel", date_long(on)], fictitious),
        alt=fit_alt([
            f"Gestapeld staafdiagram met per doel het aantal gemeenten per oordeel, {number(targets)} staven.",
            f"Alle doelen samen: {verdict_count_words(verdicts)}.",
        ], ["De tabel met alle oordelen geeft elk aantal."]),
        source=source,
    )  # fmt: skip
