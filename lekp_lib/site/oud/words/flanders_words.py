"""Sentences about all municipalities together: every total with its coverage, and no total where it would say little.

The pact asks something of each municipality; for Flanders there is no verdict, only totals, middles and counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from lekp_lib.adapter import MIN_COMPARED
from lekp_lib.adapter.area_models import Answers, AreaResult, Coverage, Middle, PlainSum, Total, WeightedRate
from lekp_lib.adapter.level import shown_level
from lekp_lib.adapter.models import Reason, Verdict
from lekp_lib.edition.models import Measure, Observation
from lekp_lib.pact.models import Kind, Source, Target, Unit
from lekp_lib.site.oud.dates import date_long, date_of
from lekp_lib.site.oud.numbers import NBSP, count_noun, number, percent, percent_pair, rounded, unit_word
from lekp_lib.site.oud.verdict_blocks import COUNTED, OUTSIDE
from lekp_lib.site.oud.words.amount_words import amount_words, change_words, percentage
from lekp_lib.site.oud.words.joins import capital, join_words
from lekp_lib.site.oud.words.source_words import source_names

_WITHOUT = {
    Reason.NO_DATA: "zonder gegevens",
    Reason.TOO_OLD: "met een te oud cijfer",
    Reason.OTHER_UNIT: "met een cijfer in een andere eenheid",
    Reason.ONLY_SHARE_PUBLISHED: "met alleen een aandeel",
    Reason.NO_BASE_YEAR: "zonder bruikbaar basisjaar",
    Reason.NO_DENOMINATOR: "zonder bekende noemer",
    Reason.NO_DEADLINE: "zonder bekende einddatum",
    Reason.DATE_UNCERTAIN: "met een onzekere datum",
}


def of_all(count: int, members: int) -> str:
    """Part of the municipalities: "270 van de 285 gemeenten"."""
    return f"{number(count)} van de {number(members)} gemeenten"


def is_enough(counted: int) -> bool:
    """Whether so many municipalities make a total or a middle of Flanders; the same bound as for comparisons."""
    return counted >= MIN_COMPARED


def sum_words(value: float, unit: Unit) -> str:
    """Sum for a sentence: whole numbers from 10 on, "2.039.724 bomen", "181.494 kW"."""
    return amount_words(value, unit, approximate=True)


def level_words(level: float, unit: Unit) -> str:
    """Sum of levels as levels are shown: counted units rounded down."""
    return sum_words(shown_level(level, unit), unit)


def total_pair(total: Total) -> str:
    """Sum against level, the unit once: "2.039.724 van 6.340.734 bomen"."""
    level = shown_level(total.level, total.unit)
    noun = unit_word(level, total.unit)
    return f"{number(rounded_sum(total.value))} van {number(rounded_sum(level))}{NBSP}{noun}"


def rounded_sum(value: float) -> float:
    """Sum as printed: whole from 10 on, one decimal below."""
    return float(rounded(value, 0 if abs(value) >= 10 else 1))


def unit_name(unit: Unit) -> str:
    """Name of a unit between brackets: "CPE", "laadpunten", "m²"."""
    return unit.symbol


def _not_counted(coverage: Coverage) -> list[str]:
    return [
        f"{number(coverage.without[reason])} {words}"
        for reason, words in _WITHOUT.items()
        if coverage.without.get(reason)
    ]


def without_words(coverage: Coverage) -> str:
    """Who is not counted: "8 zonder gegevens en 3 met een te oud cijfer"; empty when everybody is."""
    found = _not_counted(coverage)
    if coverage.not_applying:
        found.append(f"{number(coverage.not_applying)} waarvoor het doel niet geldt")
    return join_words(found)


def coverage_sentences(coverage: Coverage) -> tuple[str, ...]:
    """How many municipalities and inhabitants stand behind the numbers, and who does not."""
    pct = coverage.inhabitants_pct
    people = f", met {percent(pct)} van de inwoners" if pct is not None and coverage.counted else ""
    opening = f"Een bruikbaar cijfer hebben {of_all(coverage.counted, coverage.members)}{people}."
    if coverage.counted == 1:
        opening = f"Een bruikbaar cijfer heeft 1 van de {number(coverage.members)} gemeenten{people}."
    if coverage.counted == 0:
        opening = f"Geen van de {number(coverage.members)} gemeenten heeft een bruikbaar cijfer."
    rest, outside = join_words(_not_counted(coverage)), coverage.not_applying
    return (
        opening,
        f"Niet meegeteld: {rest}." if rest else "",
        f"Voor {count_noun(outside, 'gemeente', 'gemeenten')} geldt het doel niet." if outside else "",
    )


def too_few(counted: int, members: int) -> str:
    """Why there is no total: words for a sentence or a cell."""
    if counted == 0:
        return "geen bruikbare cijfers"
    return f"te weinig cijfers ({number(counted)} van {number(members)})"


def _group_words(total: Total, several: bool) -> str:
    return f" (doel in {unit_name(total.unit)})" if several else ""


def total_sentences(total: Total, members: int, *, several: bool) -> tuple[str, ...]:
    """Sum against the sum of the levels of the same municipalities, and what the path asked for."""
    group = _group_words(total, several)
    if not is_enough(total.counted) or total.share_pct is None:
        opening = f"Geen Vlaams totaal{group}: {too_few(total.counted, members)}."
        return (opening, _goal_sentence(total, several=several))
    expected = total.expected_pct
    share = percent(total.share_pct) if expected is None else percent_pair(total.share_pct, expected)[0]
    told = f"Samen{group}: {total_pair(total)}, dat is {share} van het doel van {number(total.counted)} gemeenten."
    asked = ""
    if expected is not None:
        asked = f"Op de peildatum van hun cijfers moest dat {percent_pair(total.share_pct, expected)[1]} zijn."
    return (told, asked, _goal_sentence(total, several=several))


def _goal_sentence(total: Total, *, several: bool) -> str:
    if total.level_all is None or total.applying == total.counted:
        return ""
    which = f" met een doel in {unit_name(total.unit)}" if several else " waarvoor het doel geldt,"
    opening = f"Het doel van alle {number(total.applying)} gemeenten{which}"
    return f"{opening} is samen {level_words(total.level_all, total.unit)}."


def plain_sum_sentence(found: PlainSum) -> str:
    """A sum that stands against no target, said as such."""
    return (
        f"Samen tellen {number(found.counted)} gemeenten {sum_words(found.value, found.unit)}; "
        "voor een deel van hen telt het doel in een andere eenheid."
    )


def middle_value(value: float, target: Target) -> str:
    """Median in the unit of the target: "52 %", "28,4 % minder CO₂ dan in 2015"."""
    if target.kind is Kind.REDUCTION:
        return change_words(value, target, target.path_start.year)
    return percentage(value, target.indicators[0].unit)


def middle_sentences(middle: Middle, target: Target, members: int, weighted: WeightedRate | None) -> tuple[str, ...]:
    """The middle municipality, and the rate over all where the amounts behind it are known."""
    if not is_enough(middle.counted) or middle.value is None or middle.share_pct is None:
        return (f"Geen Vlaamse mediaan: {too_few(middle.counted, members)}.",)
    found = [f"De mediaan van {number(middle.counted)} gemeenten: {middle_value(middle.value, target)}."]
    levels = {level.value for level in target.levels.values()}
    if levels != {100}:
        found.append(f"De mediaan van hun deel van het eigen doel is {percent(middle.share_pct)}.")
    if weighted is not None:
        told = middle_value(weighted.value_pct, target)
        found.append(f"Over de {number(weighted.counted)} gemeenten met bekende aantallen samen: {told}.")
    else:
        found.append("Een Vlaams totaal is niet te berekenen: de aantallen achter de percentages zijn niet bekend.")
    return tuple(found)


def answers_sentences(answers: Answers) -> tuple[str, ...]:
    """How many are in order of those that answered; unknown is never "no"."""
    if not answers.known:
        return ("Van geen enkele gemeente is het antwoord bekend.",)
    return (
        f"In orde in {number(answers.in_order)} van de {number(answers.known)} gemeenten met een volledig antwoord.",
    )


def state_sentences(result: AreaResult, weighted: WeightedRate | None) -> tuple[str, ...]:
    """What can be said of one target over Flanders, coverage last.

    Parameters
    ----------
    result
        Of Flanders.
    weighted
        Rate recomputed from amounts; ``None`` where there are none.

    Returns
    -------
    tuple of str
        Never empty; a number always comes with the municipalities behind it.
    """
    members = result.coverage.members
    found: list[str] = []
    if result.answers is not None:
        found += answers_sentences(result.answers)
    if result.middle is not None:
        found += middle_sentences(result.middle, result.target, members, weighted)
    several = len(result.totals) > 1
    for total in result.totals:
        found += total_sentences(total, members, several=several)
    found += [plain_sum_sentence(item) for item in result.other_units]
    return tuple(text for text in (*found, *coverage_sentences(result.coverage)) if text)


def _published_value(observation: Observation, target: Target) -> str:
    if observation.measure is Measure.SHARE_PCT:
        return f"{percent(observation.value, 1)} van het doel"
    unit = next((item.unit for item in target.indicators if item.id == observation.indicator), None)
    if unit is None:
        return number(observation.value)
    return amount_words(observation.value, unit)


def published_sentences(
    published: Iterable[Observation], result: AreaResult, sources: Mapping[str, Source]
) -> tuple[str, ...]:
    """The newest published total per series beside our own, with the difference named.

    Parameters
    ----------
    published
        Totals of the edition for Flanders.
    result
        Our own numbers.
    sources
        For the names.

    Returns
    -------
    tuple of str
        Empty when nothing was published.
    """
    newest: dict[tuple[str, Measure], Observation] = {}
    for item in sorted(published, key=lambda item: item.reference_date):
        newest[item.indicator, item.measure] = item
    found: list[str] = []
    for item in newest.values():
        when = date_of(item.reference_date, item.date_precision)
        name = source_names([item.source_id], sources)
        found.append(f"Gepubliceerd Vlaams cijfer: {_published_value(item, result.target)}, {when} ({name}).")
        found.append(_difference(item, result))
    return tuple(text for text in found if text)


def _difference(item: Observation, result: AreaResult) -> str:
    own = next((total for total in result.totals if total.indicator == item.indicator), None)
    if item.measure is Measure.SHARE_PCT or result.middle is not None:
        return "Dat cijfer en de cijfers van de gemeenten zijn niet op dezelfde manier berekend."
    if own is None or not is_enough(own.counted):
        return "Er is geen eigen som om daarnaast te zetten."
    gap = own.value - item.value
    if rounded_sum(gap) == 0:
        return "De som van de gemeenten is even groot."
    side = "hoger" if gap > 0 else "lager"
    dates = f"met peildatums tot {date_long(own.last_date)}" if own.last_date else ""
    size = sum_words(abs(gap), own.unit)
    return f"De som van {number(own.counted)} gemeenten is {size} {side}; zij telt cijfers {dates}."


def verdict_count_words(verdicts: Mapping[Verdict, int]) -> str:
    """Numbers of municipalities per verdict: "7 doel gehaald, 33 op koers"; groups without members left out."""
    shown = [verdict for verdict in (*COUNTED, *OUTSIDE) if verdicts.get(verdict)]
    return ", ".join(f"{number(verdicts[verdict])} {verdict.value}" for verdict in shown)


def _judged(result: AreaResult) -> tuple[int, int]:
    """Municipalities that are there or on track, and all those with a verdict."""
    good = sum(count for verdict, count in result.verdicts.items() if verdict.is_good)
    return good, good + sum(count for verdict, count in result.verdicts.items() if verdict.is_behind)


def verdict_message(result: AreaResult) -> str:
    """How many of the municipalities with a verdict are there or on track."""
    good, judged = _judged(result)
    waiting = result.verdicts.get(Verdict.NOT_YET_REQUIRED, 0)
    if waiting:
        behind = f"achterstand in {number(judged - good)}" if judged > good else ""
        parts = [f"gehaald of op koers in {count_noun(good, 'gemeente', 'gemeenten')}", behind]
        parts.append(f"nog niet vereist in {number(waiting)}")
        return f"{capital(join_words([part for part in parts if part]))}."
    if not judged:
        return "Nog geen oordeel mogelijk."
    if judged == 1:
        return f"Er is 1 gemeente met een oordeel; zij {'is op koers of klaar' if good else 'heeft achterstand'}."
    return f"Gehaald of op koers in {number(good)} van de {number(judged)} gemeenten met een oordeel."


def flanders_headline(with_total: int, targets: int, on: dt.date) -> str:
    """The h1: what can be said of Flanders as a whole."""
    if with_total == 0:
        return f"Vlaanderen: over geen van de {number(targets)} klimaatdoelen zijn er genoeg cijfers"
    if with_total == targets:
        return f"Vlaanderen: de {number(targets)} klimaatdoelen op {date_long(on)}"
    return f"Vlaanderen: over {number(with_total)} van de {number(targets)} klimaatdoelen zijn er genoeg cijfers"


def lead_sentences(results: Iterable[AreaResult], members: int, on: dt.date) -> tuple[str, ...]:
    """The lead: date and size, how much can be judged, where more than half is on track. Never one score for all."""
    found = list(results)
    asked = sum(item.coverage.applying for item in found)
    judged = sum(_judged(item)[1] for item in found)
    opening = f"Dit overzicht telt de cijfers van {number(members)} gemeenten op {date_long(on)}."
    if not judged:
        return (opening, "Over geen enkel doel van een gemeente is een oordeel mogelijk.")
    told = f"Samen hebben de gemeenten {number(asked)} doelen; over {number(judged)} daarvan is een oordeel mogelijk."
    # Who need not be there yet is no part of those that are behind, and none of those that are on track.
    known = [(_judged(item)[0], _judged(item)[1] + item.verdicts.get(Verdict.NOT_YET_REQUIRED, 0)) for item in found]
    enough = [(good, count) for good, count in known if is_enough(count)]
    most = sum(2 * good > count for good, count in enough)
    if len(enough) < 2:
        return (opening, told)
    return (
        opening,
        told,
        f"Bij {number(most)} van de {count_noun(len(enough), 'doel', 'doelen')} met genoeg oordelen "
        "is meer dan de helft klaar of op koers.",
    )


def too_old_words(names: Iterable[str], months: int) -> str:
    """Names of the municipalities with an old figure, for a cell."""
    found = list(names)
    return join_words(found) if found else f"geen cijfer ouder dan {months} maanden"
