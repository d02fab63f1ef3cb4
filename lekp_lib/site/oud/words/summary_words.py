"""The opening of a report: the message as h1, the lead, the best and the furthest behind (design.md 2).

A place about which little is known must not read as a place that reached nothing: below half of the targets with a
verdict, the headline speaks of what can be judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from lekp_lib.adapter.models import Assessment, Reason, Verdict, VerdictCounts
from lekp_lib.pact.models import Kind
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import count_noun, number, percent
from lekp_lib.site.oud.words.amount_words import parts_words, share_words, stand_words
from lekp_lib.site.oud.words.joins import capital, join_words

_JUDGED = (Verdict.REACHED, Verdict.ON_TRACK, Verdict.SLIGHTLY_BEHIND, Verdict.FAR_BEHIND)


def _count(counts: VerdictCounts, *verdicts: Verdict) -> int:
    return sum(counts.by_verdict.get(verdict, 0) for verdict in verdicts)


def _numbered(assessments: Iterable[Assessment]) -> list[Assessment]:
    """The targets that count: the 17, without the goals that pact 2.1 added."""
    return [item for item in assessments if item.target.nr is not None]


def _judged_message(counts: VerdictCounts, good: int, judged: int) -> str:
    """Message of a place with enough verdicts."""
    applicable = counts.applicable
    if good == 0:
        told = "het enige klimaatdoel" if judged == 1 else f"alle {number(judged)} klimaatdoelen"
        return f"achterstand bij {told}" + ("" if judged == applicable else " met een oordeel")
    if applicable == 1:
        return "het enige klimaatdoel dat geldt, is gehaald of op koers"
    return f"{number(good)} van de {number(applicable)} klimaatdoelen gehaald of op koers"


def message(counts: VerdictCounts) -> str:
    """The message of a report without the name of the place: "10 van de 17 klimaatdoelen gehaald of op koers".

    Parameters
    ----------
    counts
        Verdicts over the targets that apply.

    Returns
    -------
    str
        When fewer than half of the targets have a verdict: "over 1 van de 16 klimaatdoelen is een oordeel mogelijk".
    """
    applicable, judged = counts.applicable, _count(counts, *_JUDGED)
    good = _count(counts, Verdict.REACHED, Verdict.ON_TRACK)
    if applicable == 0:
        return "geen enkel klimaatdoel is van toepassing"
    if 2 * judged >= applicable:
        return _judged_message(counts, good, judged)
    if applicable == 1:
        return "over het enige klimaatdoel dat geldt, is geen oordeel mogelijk"
    told = number(judged) if judged else "geen"
    return f"over {told} van de {number(applicable)} klimaatdoelen is een oordeel mogelijk"


def headline(place: str, assessments: Sequence[Assessment], counts: VerdictCounts) -> str:
    """The h1 of a report: its message in one line.

    Parameters
    ----------
    place
        Name of the municipality.
    assessments
        All targets.
    counts
        Verdicts over the targets that apply.

    Returns
    -------
    str
        "Houthulst: 10 van de 17 klimaatdoelen gehaald of op koers", or "Mesen ondertekende het klimaatpact niet".
    """
    refused = all(item.reason is Reason.NOT_SIGNED for item in _numbered(assessments))
    if counts.applicable == 0 and refused:
        return f"{place} ondertekende het klimaatpact niet"
    return f"{place}: {message(counts)}"


def _counted_words(counts: VerdictCounts) -> list[str]:
    """Counts of the verdicts that occur, the noun with the first one: "3 doelen gehaald", "7 op koers"."""
    found = [
        (_count(counts, Verdict.REACHED), "gehaald"),
        (_count(counts, Verdict.ON_TRACK), "op koers"),
        (_count(counts, Verdict.SLIGHTLY_BEHIND, Verdict.FAR_BEHIND), "met achterstand"),
        (_count(counts, Verdict.NOT_YET_REQUIRED), "nog niet vereist"),
    ]
    shown = [(count, words) for count, words in found if count]
    return [
        f"{count_noun(count, 'doel', 'doelen')} {words}" if position == 0 else f"{number(count)} {words}"
        for position, (count, words) in enumerate(shown)
    ]


def _gap(assessment: Assessment) -> float:
    """How far behind: the share as part of what was expected, because the verdict rests on the same quotient."""
    share, expected = assessment.share_pct, assessment.expected_pct
    if share is None or not expected:
        return 0.0
    return 1 - share / expected


def largest_gaps(assessments: Iterable[Assessment], number_of: int = 3) -> tuple[Assessment, ...]:
    """Targets that are behind, furthest first; equal ones in the order given.

    Parameters
    ----------
    assessments
        Any assessments.
    number_of
        How many at most.

    Returns
    -------
    tuple of Assessment
        Ordered by the share as part of the expected share, the quotient on which the verdict rests.
    """
    behind = [item for item in assessments if item.verdict.is_behind]
    return tuple(sorted(behind, key=_gap, reverse=True)[:number_of])


def furthest_ahead(assessments: Iterable[Assessment]) -> Assessment | None:
    """The good target with the highest share; yes/no targets are left out, they know no distance."""
    good = [
        item
        for item in assessments
        if item.verdict.is_good and item.share_pct is not None and item.target.kind is not Kind.YES_NO
    ]
    return max(good, key=lambda item: item.share_pct or 0.0, default=None)


def gap_sentence(assessments: Sequence[Assessment]) -> str:
    """The largest gap, by name and numbers; empty when no target has a verdict."""
    gaps = largest_gaps(assessments, 1)
    if not gaps:
        return (
            "Geen enkel doel met een oordeel heeft achterstand."
            if any(item.verdict in _JUDGED for item in assessments)
            else ""
        )
    worst = gaps[0]
    opening = f"De grootste achterstand is er bij het doel {worst.target.name}"
    if worst.target.kind is Kind.YES_NO:
        several = len(worst.parts) > 1
        return f"{opening}: {parts_words(worst)} in orde." if several else f"{opening}: niet in orde."
    if worst.target.kind is Kind.REDUCTION and (worst.share_pct or 0.0) < 0:
        return f"{opening}: {stand_words(worst)}."
    share, expected = share_words(worst)
    return f"{opening}: {share} tegenover {expected} vereist."


def best_sentence(assessments: Sequence[Assessment]) -> str:
    """The target that is furthest; empty when none is good."""
    best = furthest_ahead(assessments)
    if best is None or best.share_pct is None:
        return ""
    return f"Het verst gevorderd is het doel {best.target.name}: {percent(best.share_pct)} van het doel."


def missing_sentence(assessments: Sequence[Assessment]) -> str:
    """For how many targets there is no verdict, and how many of those have no figure at all."""
    applying = [item for item in _numbered(assessments) if item.applies]
    none = [item for item in applying if item.verdict is Verdict.NONE]
    if not applying:
        return ""
    if not none:
        return "Voor elk doel dat geldt, is er een bruikbaar cijfer."
    absent = sum(item.reason is Reason.NO_DATA for item in none)
    opening = f"Over {count_noun(len(none), 'doel', 'doelen')} is geen oordeel mogelijk"
    if absent == len(none) == len(applying):
        return "Voor geen enkel doel dat geldt, zijn er gegevens."
    if absent == len(none):
        return f"{opening}: er zijn geen gegevens."
    if absent == 0:
        return f"{opening}: het cijfer is er wel, maar is niet bruikbaar voor een oordeel."
    return f"{opening}: {number(absent)} zonder gegevens, {number(len(none) - absent)} zonder bruikbaar cijfer."


def lead(assessments: Sequence[Assessment], counts: VerdictCounts, reference_date: dt.date) -> tuple[str, ...]:
    """The lead: reference date and counts, largest gap, missing data.

    Parameters
    ----------
    assessments
        All targets in the official order; goals without number are left out.
    counts
        Verdicts over the targets that apply.
    reference_date
        Of the edition.

    Returns
    -------
    tuple of str
        Three sentences at most; a sentence that has nothing to say is left out.
    """
    date, applying = date_long(reference_date), _numbered(assessments)
    words = _counted_words(counts)
    if counts.applicable == 0:
        return (f"Geen enkel doel is van toepassing op {date}.", "De cijfers die er zijn, staan wel in dit verslag.")
    if words:
        opening = f"De stand op {date}: {join_words(words)}."
    else:
        opening = f"De stand op {date}: over geen enkel doel is een oordeel mogelijk."
    found = (opening, gap_sentence(applying), missing_sentence(applying))
    return tuple(text for text in found if text)


def werf_opening(label: str, assessments: Sequence[Assessment], counts: VerdictCounts) -> tuple[str, ...]:
    """Opening paragraph of a werf: counts, the furthest, the largest gap.

    Parameters
    ----------
    label
        Name of the werf as the catalogue has it ("Werf 1: Vergroening"); the general targets are called a group.
    assessments
        Targets of the werf, in order.
    counts
        Verdicts over the targets of the werf that apply.

    Returns
    -------
    tuple of str
    """
    group = "deze werf" if label.startswith("Werf") else "deze groep"
    words = _counted_words(counts)
    if counts.applicable == 0:
        return (f"Geen enkel doel van {group} is van toepassing.",)
    if not words:
        return (f"Over geen enkel doel van {group} is een oordeel mogelijk.", missing_sentence(assessments))
    applying = count_noun(counts.applicable, "doel dat geldt", "doelen die gelden")
    opening = f"{capital(group)} telt {applying}: {_plain(counts)}."
    gap = gap_sentence(assessments) if any(item.verdict.is_behind for item in assessments) else ""
    missing = missing_sentence(assessments) if _count(counts, Verdict.NONE) else ""
    return tuple(text for text in (opening, best_sentence(assessments), gap, missing) if text)


def _plain(counts: VerdictCounts) -> str:
    """Counts without noun, for a sentence that has it already: "1 gehaald, 2 op koers en 1 met achterstand"."""
    first, *rest = _counted_words(counts)
    return join_words([first.replace(" doelen ", " ").replace(" doel ", " "), *rest])
