"""The sentences under a target: verdict and number, what it should be, what is needed, what the figure is worth.

Order and length follow design.md 7.2: first the verdict with its number, then the required path, then the pace; at
most 20 words each, one fixed vocabulary, no judgement about people.
"""

from __future__ import annotations

import datetime as dt

from lekp_lib.adapter.models import Assessment, Point, Reason, TargetLevel, Verdict
from lekp_lib.edition.models import Status
from lekp_lib.pact.models import Kind
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import percent, percent_decimals, rounded
from lekp_lib.site.oud.words.amount_words import (
    change_words,
    is_percentage,
    level_amount,
    of_level,
    part_sentences,
    parts_words,
    percentage,
    share_words,
    stand_words,
)
from lekp_lib.site.oud.words.correction_words import correction_sentences
from lekp_lib.site.oud.words.joins import at_date, capital, sentence
from lekp_lib.site.oud.words.level_words import level_sentence
from lekp_lib.site.oud.words.pace_words import pace_sentences
from lekp_lib.site.oud.words.reason_words import NO_DATA_WORDS, known_figure_sentences, reason_words

#: Reasons with which the figure itself stands in the verdict sentence.
_JUDGED = (Reason.SHARE, Reason.BEFORE_DEADLINE)

_STATUS_SENTENCES = {
    Status.FINAL: "",
    Status.PROVISIONAL: "Dit cijfer is voorlopig en kan nog veranderen.",
    Status.ESTIMATED: "Dit cijfer is geschat, niet geteld.",
    Status.CORRECTED: "De gemeente corrigeerde dit cijfer.",
    Status.EXAMPLE: "Dit cijfer is fictief: het dient alleen als voorbeeld.",
}


def _answer(assessment: Assessment) -> str:
    said = parts_words(assessment)
    if len(assessment.parts) > 1:
        met = sum(bool(point.value) for _, point in assessment.parts if point is not None)
        return f"{said} {'is' if met == 1 else 'zijn'} in orde"
    return f"{said}, in orde" if said == "ja" else f"{said}, niet in orde" if said == "nee" else said


def _judged_words(assessment: Assessment) -> str:
    """Number behind a verdict by the general rule."""
    target, level, current = assessment.target, assessment.level, assessment.current
    if target.kind is Kind.YES_NO:
        return _answer(assessment)
    if level is None or current is None or current.value is None:
        raise ValueError(f"{target.id}: verdict {assessment.verdict.value!r} without level or figure; expected both")
    unit, value = level.level.unit, current.value
    if target.kind is Kind.REDUCTION:
        said = change_words(value, target, current.observation.base_year)
        return f"{said}, dat is {share_words(assessment)[0]} van het doel" if value >= 0 else said
    if target.kind is Kind.ANNUAL_RATE:
        return f"gemiddeld {percentage(value, unit)}, het doel is {percentage(level.exact, unit)}"
    if is_percentage(unit):
        return f"de stand is {percentage(value, unit)}, het doel is {percentage(level.exact, unit)}"
    return f"{of_level(value, level)}, dat is {share_words(assessment)[0]} van het doel"


def verdict_sentence(assessment: Assessment) -> str:
    """Verdict and number: the first sentence of a target.

    Parameters
    ----------
    assessment
        Any assessment.

    Returns
    -------
    str
        "Lichte achterstand: 4.310 van 9.500 bomen, dat is 45 % van het doel."; without verdict the reason in place of
        the number.
    """
    words = _judged_words(assessment) if assessment.reason in _JUDGED else reason_words(assessment)
    return f"{capital(assessment.verdict.value)}: {words}."


def _asked_yes_no(assessment: Assessment, deadline: dt.date, passed: bool) -> str:
    if assessment.verdict is Verdict.REACHED:
        return ""
    return f"Dit {'moest' if passed else 'moet'} in orde zijn op {date_long(deadline)}."


def _asked_reduction(assessment: Assessment, current: Point, level: TargetLevel) -> str:
    if current.value is not None and current.value < 0:
        asked = _expected_level(assessment, assessment.expected_pct or 0.0)
        return f"{at_date(current)} moest dat een daling met {asked} zijn"
    goal = f"het doel is {level_amount(level)} minder"
    return f"{at_date(current)} moest dat {share_words(assessment)[1]} van het doel zijn; {goal}"


def expected_sentence(assessment: Assessment) -> str:
    """What the required path asked for at the reference date of the figure; empty where there is no path.

    Examples
    --------
    "Op 31 december 2025 moest dat 50 % zijn."
    """
    current, level, kind = assessment.current, assessment.level, assessment.target.kind
    if current is None or level is None or assessment.reason not in (*_JUDGED, Reason.DATE_UNCERTAIN):
        return ""
    expected, deadline = assessment.expected_pct, level.level.deadline
    passed = deadline is not None and current.date >= deadline
    asked = ""
    if kind is Kind.YES_NO and deadline is not None:
        asked = _asked_yes_no(assessment, deadline, passed)
    elif kind is Kind.ANNUAL_RATE and deadline is not None and not passed:
        asked = f"Het gemiddelde kan nog veranderen; het telt tot {date_long(deadline)}."
    elif expected is not None and kind is Kind.REDUCTION:
        asked = f"{_asked_reduction(assessment, current, level)}."
    elif expected is not None and kind is not Kind.ANNUAL_RATE:
        percentages = is_percentage(level.level.unit)
        shown = _expected_level(assessment, expected) if percentages else share_words(assessment)[1]
        asked = f"{at_date(current)} moest dat {shown} zijn."
    return capital(asked)


def _expected_level(assessment: Assessment, expected_pct: float) -> str:
    """Required path in the percentages of the target itself, with decimals where they decide."""
    level, current = assessment.level, assessment.current
    if level is None or current is None or current.value is None:
        return percent(expected_pct)
    asked, value, unit = expected_pct * level.exact / 100, current.value, level.level.unit
    places = unit.decimals
    if value < asked and rounded(value, places) == rounded(asked, places):
        return percent(asked, percent_decimals(asked, places + 1))
    return percentage(asked, unit)


def status_sentence(assessment: Assessment) -> str:
    """What the figure is worth: provisional, estimated, corrected, fictive; empty for a final figure."""
    points = [assessment.current, *(point for _, point in assessment.parts)]
    found = {point.status for point in points if point is not None}
    worst = (Status.EXAMPLE, Status.ESTIMATED, Status.PROVISIONAL, Status.CORRECTED)
    return next((_STATUS_SENTENCES[status] for status in worst if status in found), "")


def remark_sentences(assessment: Assessment) -> tuple[str, ...]:
    """What keeps a number from being misread: a real zero, an increase, a figure above its target."""
    current, level, target = assessment.current, assessment.level, assessment.target
    if current is None or level is None or current.value is None or target.kind is Kind.YES_NO:
        return ()
    if target.kind is Kind.REDUCTION and current.value < 0:
        return (f"Dit cijfer is een stijging; het doel is een daling met {level_amount(level)}.",)
    if current.value == 0:
        return ("Deze 0 staat zo in de bron; het is geen ontbrekend cijfer.",)
    share = assessment.share_pct
    if assessment.verdict is Verdict.REACHED and share is not None and rounded(share) > 100:
        return ("De stand ligt boven het doel.",)
    return ()


def verdict_sentences(assessment: Assessment) -> tuple[str, ...]:
    """All sentences under the heading of a target, in reading order.

    Parameters
    ----------
    assessment
        Any assessment.

    Returns
    -------
    tuple of str
        Verdict and number first; then the required path and the pace, or what is known although there is no verdict;
        then status and remarks. Never empty.
    """
    found = [verdict_sentence(assessment), *part_sentences(assessment)]
    if assessment.reason in _JUDGED:
        found += [expected_sentence(assessment), *pace_sentences(assessment)]
    elif assessment.applies:
        found += [*known_figure_sentences(assessment), expected_sentence(assessment)]
        found.append(level_sentence(assessment.level) if assessment.level and assessment.current is None else "")
    elif assessment.current is not None:
        found += known_figure_sentences(assessment)
    changed, status = correction_sentences(assessment), status_sentence(assessment)
    told = "" if changed and status == _STATUS_SENTENCES[Status.CORRECTED] else status
    found += [*remark_sentences(assessment), *changed, told]
    return tuple(text for text in found if text)


def short_verdict(assessment: Assessment) -> str:
    """Verdict with its share, for a list: "lichte achterstand (45 %)"."""
    share = share_words(assessment)[0] if assessment.reason is Reason.SHARE else ""
    return f"{assessment.verdict.value} ({share})" if share else assessment.verdict.value


def yes_no_words(assessment: Assessment) -> str:
    """Answer of a yes/no target: "ja sinds 15 juni 2021", "nee", "1 van de 2 plannen", "geen gegevens"."""
    return parts_words(assessment) if assessment.applies else assessment.verdict.value


def state_words(assessment: Assessment) -> str:
    """Words in place of a bar: a yes/no answer, "geen gegevens", "niet van toepassing"; empty where a bar is drawn."""
    if not assessment.applies:
        return assessment.verdict.value
    if assessment.target.kind is Kind.YES_NO:
        return yes_no_words(assessment)
    if assessment.current is None:
        return NO_DATA_WORDS
    return "" if assessment.share_pct is not None else "geen deel van het doel te berekenen"


def detail_line(assessment: Assessment) -> str:
    """Plain amounts for the row of the overview: "4.310 van 9.500 bomen"; with the reason when there is no verdict."""
    current, level, target = assessment.current, assessment.level, assessment.target
    if not assessment.applies:
        return reason_words(assessment)
    if target.kind is Kind.YES_NO:
        return parts_words(assessment)
    if current is None:
        return NO_DATA_WORDS if level is None else f"{NO_DATA_WORDS}; het doel is {level_amount(level)}"
    if level is None or current.value is None or current.observation.indicator != level.level.indicator:
        shown = stand_words(assessment)
    elif target.kind is Kind.REDUCTION:
        shown = f"{stand_words(assessment)}; het doel is {level_amount(level)} minder"
    elif is_percentage(level.level.unit):
        unit = level.level.unit
        shown = f"{percentage(current.value, unit)}; het doel is {percentage(level.exact, unit)}"
    else:
        shown = of_level(current.value, level)
    return shown if assessment.reason in _JUDGED else f"{shown}; {reason_words(assessment)}"


def verdict_rule_sentence(verdict: Verdict) -> str:
    """The rule behind a verdict word, for reading aids (design.md 4); thresholds are told elsewhere."""
    return sentence(_RULES[verdict])


_RULES = {
    Verdict.REACHED: "de stand is minstens 100\u00a0% van het doel",
    Verdict.ON_TRACK: "de stand is minstens wat het vereist pad op de peildatum vraagt",
    Verdict.SLIGHTLY_BEHIND: "de stand ligt iets onder het vereist pad",
    Verdict.FAR_BEHIND: "de stand ligt ver onder het vereist pad",
    Verdict.NONE: "er is geen bruikbaar cijfer, of het cijfer is te oud",
    Verdict.NOT_YET_REQUIRED: "de einddatum is nog niet voorbij en het doel is nog niet in orde",
    Verdict.NOT_APPLICABLE: "de gemeente ondertekende het pact met dit doel niet",
}
