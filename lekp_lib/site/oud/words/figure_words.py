"""Titles, subtitles and text alternatives of all figures, computed from the numbers that are drawn.

A title never contains a typed number (design.md 5.4). Long names make a shorter variant of the same message win;
nothing is cut off. Trend and comparison figures have their own modules and are offered here too.
"""

from __future__ import annotations

from collections.abc import Sequence

from lekp_lib.adapter.models import Assessment, Verdict, VerdictCounts
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.numbers import count_noun, number, percent, percent_spoken
from lekp_lib.site.oud.words.figure_parts import ALT_MAX, ALT_MIN, TITLE_MAX, fit_alt, subtitle
from lekp_lib.site.oud.words.joins import capital, fits, join_words, sentence
from lekp_lib.site.oud.words.place_words import map_text, strip_text
from lekp_lib.site.oud.words.summary_words import headline, largest_gaps, message
from lekp_lib.site.oud.words.trend_words import trend_text

__all__ = [
    "ALT_MAX",
    "ALT_MIN",
    "TITLE_MAX",
    "fit_alt",
    "map_text",
    "overview_text",
    "strip_text",
    "trend_text",
    "werf_text",
]


def overview_text(
    assessments: Sequence[Assessment],
    counts: VerdictCounts,
    place: str,
    date_words: str,
    source: str,
    fictitious: bool = False,
) -> FigureText:
    """Words of the overview of the targets; its title is the headline of the report.

    Parameters
    ----------
    assessments
        The targets that are drawn, in order.
    counts
        Verdicts over those that apply.
    place
        Name of the municipality.
    date_words
        Reference date of the edition as words ("31 december 2025").
    source, fictitious
        As for :func:`trend_text`.

    Returns
    -------
    FigureText
    """
    none = counts.by_verdict.get(Verdict.NONE, 0)
    title = headline(place, assessments, counts)
    without = ""
    if 0 < none < counts.applicable:
        without = f"Over {count_noun(none, 'doel', 'doelen')} is geen oordeel mogelijk."
    bars = "Staafdiagram per doel met het deel van het doel dat gerealiseerd is."
    return FigureText(
        title=fits(TITLE_MAX, [title, capital(message(counts))]),
        subtitle=subtitle([f"Deel van elk doel in {place}", "in procent", date_words], fictitious),
        alt=fit_alt([bars, f"{title}.", _gap_words(assessments), without], ["Alle cijfers staan in de bijlage."]),
        source=source,
    )


def _gap_words(assessments: Sequence[Assessment]) -> str:
    gaps = [item for item in largest_gaps(assessments, 2) if item.share_pct is not None]
    if not gaps:
        return ""
    named = [f"{item.target.name} ({percent_spoken(item.share_pct or 0.0)})" for item in gaps]
    return f"De grootste achterstand is er bij {join_words(named)}."


def werf_text(
    label: str, assessments: Sequence[Assessment], place: str, source: str, fictitious: bool = False
) -> FigureText:
    """Words of the row of small trends of a werf; ``label`` as in the catalogue, the rest as for :func:`trend_text`."""
    applying = [item for item in assessments if item.applies]
    good, total = sum(item.verdict.is_good for item in applying), len(applying)
    behind = sum(item.verdict.is_behind for item in applying)
    if total == 1 and good == 1:
        told = "het enige doel is gehaald of op koers"
    elif good == 0 and behind == 0:
        told = "nog geen oordeel mogelijk"
    elif good == 0:
        told = f"{count_noun(behind, 'doel', 'doelen')} met achterstand"
    else:
        told = f"{number(good)} van de {count_noun(total, 'doel', 'doelen')} gehaald of op koers"
    shares = [f"{item.target.name} {percent(item.share_pct)}" for item in applying if item.share_pct is not None]
    series = f"Stand per doel: {join_words(shares)}." if shares else "Voor geen enkel doel is er een cijfer."
    return FigureText(
        title=fits(TITLE_MAX, [f"{_inside(label)}: {told}", capital(told)]),
        subtitle=subtitle([f"Deel van elk doel in {place} en het vereiste pad", "in procent"], fictitious),
        alt=fit_alt([f"Kleine lijngrafieken naast elkaar, één per doel van {_inside(label)}.", sentence(told), series]),
        source=source,
    )


def _inside(label: str) -> str:
    """Label inside a sentence: "Werf 1 (Vergroening)"."""
    head, colon, tail = label.partition(": ")
    return f"{head} ({tail})" if colon else label
