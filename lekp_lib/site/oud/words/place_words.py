"""Words of the figures that set a municipality among the others: the strip of dots and the hex map."""

from __future__ import annotations

from lekp_lib.adapter.models import Assessment, Comparison
from lekp_lib.register.models import PeerKind
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.numbers import count_noun, number, percent, percent_spoken
from lekp_lib.site.oud.words.comparison_words import others_words
from lekp_lib.site.oud.words.figure_parts import TITLE_MAX, both_names, current_date, fit_alt, is_fictitious, subtitle
from lekp_lib.site.oud.words.joins import capital, fits


def _flanders_median(comparison: Comparison) -> float | None:
    """Median of the Flemish municipalities, as computed once by the assess room (features.md B: one definition)."""
    return next((item.median_pct for item in comparison.groups if item.group.kind is PeerKind.FLANDERS), None)


def strip_text(
    comparison: Comparison, assessment: Assessment, place: str, source: str, fictitious: bool = False
) -> FigureText:
    """Words of the strip with one dot per municipality; parameters as for :func:`trend_text`."""
    target = assessment.target
    middle, own = _flanders_median(comparison), comparison.shares.get(comparison.nis)
    shown = len(comparison.shares)
    whose = count_noun(shown, "gemeente", "gemeenten") if shown else "de gemeenten"
    dots = f"Puntendiagram van {whose} volgens hun deel van het doel {target.name}."
    if middle is None:
        titles = [f"{name}: geen gemeente met een vergelijkbaar cijfer" for name in both_names(assessment)]
        message = "Geen enkele gemeente heeft een cijfer dat te vergelijken is."
    elif own is None:
        titles = [f"{name}: mediaan van de gemeenten is {percent(middle)}" for name in both_names(assessment)]
        message = f"{place} heeft geen vergelijkbaar cijfer, de mediaan van Vlaanderen is {percent_spoken(middle)}."
    else:
        told = f"{percent(own)} van het doel, mediaan {percent(middle)}"
        full = f"{percent(own)} van het doel, mediaan van Vlaanderen {percent(middle)}"
        titles = [f"{place}: {full}", f"{place}: {told}", f"{target.short_name}: {told}", told]
        message = f"{place} staat op {percent_spoken(own)}, de mediaan van Vlaanderen op {percent_spoken(middle)}."
    return FigureText(
        title=capital(fits(TITLE_MAX, titles)),
        subtitle=subtitle(
            [f"{target.name}, deel van het doel per gemeente", "in procent", current_date(assessment)],
            is_fictitious(assessment, fictitious),
        ),
        alt=fit_alt([dots, message]),
        source=source,
    )


def map_text(
    comparison: Comparison,
    assessment: Assessment,
    place: str,
    source: str,
    fictitious: bool = False,
    map_words: str = "Zeshoekkaart van de gemeenten",
) -> FigureText:
    """Words of a map; ``map_words`` say what is drawn, other parameters as for :func:`trend_text`."""
    target = assessment.target
    shown = len(comparison.shares)
    past = sum(share > 50 for share in comparison.shares.values())
    kind = f"{map_words} in vijf klassen volgens hun deel van het doel {target.name}."
    sits = "zit" if past == 1 else "zitten"
    if shown == 0:
        titles = [f"{name}: geen gemeente met een vergelijkbaar cijfer" for name in both_names(assessment)]
        message = "Geen enkele gemeente heeft een cijfer dat te vergelijken is."
    elif past == 0:
        titles = [f"{name}: geen enkele gemeente zit boven de helft van het doel" for name in both_names(assessment)]
        message = f"Geen van de {number(shown)} gemeenten met gegevens zit boven de helft."
    else:
        told = f"{number(past)} van de {number(shown)} gemeenten {sits} boven de helft"
        titles = [f"{name}: {told}" for name in both_names(assessment)]
        message = f"Daarvan {sits} er {number(past)} van de {number(shown)} met gegevens boven de helft."
    if shown == 1:
        message = f"Alleen 1 gemeente heeft gegevens; zij zit {'' if past else 'niet '}boven de helft."
        titles = [f"{name}: 1 gemeente met een vergelijkbaar cijfer" for name in both_names(assessment)]
    own = comparison.shares.get(comparison.nis)
    said = f"{place} heeft geen vergelijkbaar cijfer." if own is None else f"{place} staat op {percent_spoken(own)}."
    others = others_words(comparison)
    return FigureText(
        title=fits(TITLE_MAX, titles),
        subtitle=subtitle(
            [
                "Deel van het doel voor 2030 per gemeente"
                if _ends_2030(assessment)
                else "Deel van het doel per gemeente",
                "in procent",
                current_date(assessment),
            ],
            is_fictitious(assessment, fictitious),
        ),
        alt=fit_alt([kind, message], [said, f"Niet ingekleurd: {others}." if others else ""]),
        source=source,
    )


def _ends_2030(assessment: Assessment) -> bool:
    level = assessment.level
    return level is not None and level.level.deadline is not None and level.level.deadline.year == 2030
