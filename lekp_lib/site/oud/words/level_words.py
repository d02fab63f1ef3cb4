"""How a level was computed, written out so that a council member can check it with a pocket calculator."""

from __future__ import annotations

from lekp_lib.adapter.models import TargetLevel
from lekp_lib.pact.models import Denominator, Unit
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import NBSP, number, plain_number, rounded, unit_word
from lekp_lib.site.oud.words.amount_words import amount_words, former_names, is_percentage, level_amount
from lekp_lib.site.oud.words.joins import sentence

#: Singular of what a level is counted per, for a level per one of it.
_SINGULAR = {
    Denominator.POPULATION: "inwoner",
    Denominator.DWELLINGS: "wooneenheid",
    Denominator.HOUSEHOLDS: "huishouden",
}


#: Declared texts up to this length leave the sentence at 20 words or fewer.
_WORDS_MAX = 14


def _factor_words(factor: float, unit: Unit) -> str:
    word = unit.singular if rounded(factor, 3) == 1 and not is_percentage(unit) else unit_word(factor, unit)
    if not unit.counted:
        word = unit.singular
    return f"{plain_number(factor, 3)}{NBSP}{word}"


def formula(level: TargetLevel) -> str:
    """Formula of a level, from declared factor to the amount that is shown.

    Parameters
    ----------
    level
        Level of one municipality.

    Returns
    -------
    str
        "1 boom × 10.110 inwoners (1 januari 2020) = 10.110 bomen"; a fixed level is its declared text. Where rounding
        down changed the result, both numbers stand there (domain.md 2.3).
    """
    declared = level.level
    if level.denominator is None or declared.factor is None or declared.per is None or declared.per_n is None:
        return declared.text
    count = level.denominator
    per_word = _SINGULAR[declared.per] if count.value == 1 else declared.per.value
    origin = former_names(count.summed_from)
    stated = f"{date_long(count.date)}; {origin}" if origin else date_long(count.date)
    rate = _factor_words(declared.factor, declared.unit)
    if declared.per_n != 1:
        rate = f"{rate} per {number(declared.per_n)} {declared.per.value}"
    result = f"{rate} × {number(count.value)} {per_word} ({stated})"
    if rounded(level.exact, 6) == rounded(level.shown, 6):
        return f"{result} = {level_amount(level)}"
    places = next((places for places in (1, 2, 3) if rounded(level.exact, places) != rounded(level.shown, places)), 3)
    return f"{result} = {plain_number(level.exact, places)}, naar beneden afgerond {level_amount(level)}"


def denominator_words(level: TargetLevel) -> str:
    """The denominator with date and source: "10.110 inwoners op 1 januari 2020 (Statbel)"; empty for fixed levels."""
    count, per = level.denominator, level.level.per
    if count is None or per is None:
        return ""
    origin = former_names(count.summed_from)
    told = f"{count.source}; {origin}" if origin else count.source
    return f"{number(count.value)} {per.value} op {date_long(count.date)} ({told})"


def level_sentence(level: TargetLevel) -> str:
    """What has to be reached and by when: "Het doel is 9.500 bomen tegen 31 december 2030."."""
    declared = level.level
    by = f" tegen {date_long(declared.deadline)}" if declared.deadline else ""
    if level.denominator is None and not is_percentage(declared.unit):
        return f"Dit moet in orde zijn{by}." if by else "Voor dit doel is geen einddatum bekend."
    if is_percentage(declared.unit) and len(declared.text.split()) <= _WORDS_MAX:
        # "55 %" alone would not say of what; the declared text does.
        return f"Het doel{by}: {declared.text}."
    return sentence(f"het doel is {level_amount(level)}{by}")


def milestone_sentence(level: TargetLevel) -> str:
    """The step on the way, where the level declares one; empty otherwise."""
    step, declared = level.level.milestone, level.level
    if step is None or level.denominator is None or declared.per_n is None:
        return ""
    exact = step.factor * level.denominator.value / declared.per_n
    return f"Tegen {date_long(step.deadline)} moet dat {amount_words(exact, declared.unit)} zijn."
