"""Stand and level of one target as words: "4.310 van 9.500 bomen", "19 % minder CO₂ dan in 2015"."""

from __future__ import annotations

from lekp_lib.adapter.models import Assessment, Point, TargetLevel
from lekp_lib.pact.models import Kind, SubIndicator, Target, Unit
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import (
    BEFORE_PERCENT,
    MAX_DECIMALS,
    NBSP,
    number,
    percent,
    percent_pair,
    plain_number,
    rounded,
    unit_decimals,
    unit_word,
)
from lekp_lib.site.oud.words.joins import join_words, lower_first


def indicator_of(target: Target, point: Point) -> SubIndicator:
    """Declared series to which a figure belongs; the first one when the source names an unknown series."""
    return next((item for item in target.indicators if item.id == point.observation.indicator), target.indicators[0])


def is_percentage(unit: Unit) -> bool:
    """Whether amounts of the unit are percentages themselves (led, CO₂, energy)."""
    return unit.symbol.startswith("%")


def trimmed_percent(value_pct: float, decimals: int = 1) -> str:
    """Percentage with the decimals it has, at most so many: "14,5 %", "15 %"."""
    digits, sign = percent(value_pct, decimals).split(BEFORE_PERCENT)
    if "," in digits:
        digits = digits.rstrip("0").rstrip(",")
    return f"{digits}{BEFORE_PERCENT}{sign}"


def percentage(value: float, unit: Unit) -> str:
    """Percentage amount without closing zeros: "19 %", "39,4 %", "2,09 % per jaar".

    Follows :func:`~lekp_lib.site.oud.numbers.percent`: 99,97 never reads as 100.
    """
    return trimmed_percent(value, unit.decimals).replace("%", unit.symbol, 1)


def amount_words(value: float, unit: Unit, *, approximate: bool = False) -> str:
    """Amount for a sentence: no closing zeros, and whole numbers for averages of counted things from 10 on.

    Parameters
    ----------
    value
        In the unit.
    unit
        Declared unit.
    approximate
        For averages per year: at most one decimal, none from 10 on.

    Returns
    -------
    str
    """
    if is_percentage(unit):
        return percentage(value, unit)
    places = unit_decimals(value, unit)
    if approximate and abs(value) >= 0.05:
        places = 0 if abs(value) >= 10 else 1
    return f"{plain_number(value, places)}{NBSP}{unit_word(value, unit, places)}"


def pair_decimals(value: float, level: float, unit: Unit) -> int:
    """Decimals that keep a figure below its level from printing like it."""
    places = max(unit_decimals(value, unit), unit_decimals(level, unit))
    while value < level and rounded(value, places) >= rounded(level, places) and places < MAX_DECIMALS:
        places += 1
    return places


def of_level(value: float, level: TargetLevel) -> str:
    """Figure against level: "4.310 van 9.500 bomen"; the unit stands once, behind the level.

    The level is the one that is shown (rounded down for counted units). Where that would make a figure look complete
    while the unrounded level is not reached (0 van 0,08 perken; 210 van 210,6), the unrounded level is shown.
    """
    unit = level.level.unit
    shown = level.exact if value < level.exact and rounded(value, 3) >= rounded(level.shown, 3) else level.shown
    places = pair_decimals(value, shown, unit)
    noun = unit_word(shown, unit, places)
    return f"{plain_number(value, places)} van {plain_number(shown, places)}{NBSP}{noun}"


def change_words(value: float, target: Target, base_year: int | None) -> str:
    """Reduction in words; a negative one is said as what it is, an increase (design.md 7.1).

    Parameters
    ----------
    value
        Reduction in percent, positive when less is emitted.
    target
        Gives the words: the label of its first series ("Minder CO₂ dan in 2015").
    base_year
        Year that the source compares with. Only when it is the base year of the target do the words of the label hold.

    Returns
    -------
    str
        "19 % minder CO₂ dan in 2015", "19,9 % meer CO₂ dan in 2015", "een daling met 19 % tegenover 2011".
    """
    indicator = target.indicators[0]
    label = lower_first(indicator.label)
    size = percentage(abs(value), indicator.unit)
    if base_year == target.path_start.year and label.startswith("minder "):
        return f"{size} {label}" if value >= 0 else f"{size} meer {label.removeprefix('minder ')}"
    against = "zonder bekend basisjaar" if base_year is None else f"tegenover {base_year}"
    return f"een {'daling' if value >= 0 else 'stijging'} met {size} {against}"


def stand_words(assessment: Assessment) -> str:
    """The newest figure in its own unit, without level: "1.468 bomen", "19 % minder CO₂ dan in 2015", "2 van de 2"."""
    current = assessment.current
    if current is None:
        return "geen gegevens"
    target = assessment.target
    if target.kind is Kind.YES_NO:
        return parts_words(assessment)
    if current.value is None:
        share = assessment.share_pct if current.share_pct is None else current.share_pct
        return "geen gegevens" if share is None else f"{trimmed_percent(share)} van het doel"
    if target.kind is Kind.REDUCTION and current.observation.indicator == target.indicators[0].id:
        return change_words(current.value, target, current.observation.base_year)
    return amount_words(current.value, indicator_of(target, current).unit)


def level_amount(level: TargetLevel) -> str:
    """The level as shown: "9.500 bomen", "55 %", "2,09 % per jaar"."""
    return amount_words(level.shown, level.level.unit)


def _since(point: Point) -> str:
    since = point.observation.since
    return "" if since is None else f" sinds {date_long(since)}"


def answer_words(point: Point | None) -> str:
    """One part of a yes/no target: "ja sinds 15 juni 2021", "ja", "nee" or "geen gegevens"."""
    if point is None or point.value is None:
        return "geen gegevens"
    return f"ja{_since(point)}" if point.value else "nee"


def parts_words(assessment: Assessment) -> str:
    """State of a yes/no target: the answer, or how many of its parts are in order: "1 van de 2 plannen"."""
    parts = assessment.parts
    if len(parts) == 1:
        return answer_words(parts[0][1])
    known = [point for _, point in parts if point is not None]
    if not known:
        return "geen gegevens"
    met = sum(bool(point.value) for point in known)
    unknown = len(parts) - len(known)
    unit = assessment.target.indicators[0].unit
    said = f"{number(met)} van de {number(len(parts))} {unit.plural if unit.plural != 'ja/nee' else 'onderdelen'}"
    return f"{said}, {number(unknown)} onbekend" if unknown else said


def part_sentences(assessment: Assessment) -> tuple[str, ...]:
    """One short sentence per part of a yes/no target with several parts: "Warmteplan: ja sinds 3 mei 2023."."""
    if len(assessment.parts) < 2:
        return ()
    labels = {item.id: item.label for item in assessment.target.indicators}
    return tuple(f"{labels[part]}: {answer_words(point)}." for part, point in assessment.parts)


def share_words(assessment: Assessment) -> tuple[str, str]:
    """Share and expected share as printed, told apart where the verdict is behind; empty where not known."""
    share, expected = assessment.share_pct, assessment.expected_pct
    if share is None:
        return "", ""
    if expected is None:
        return percent(share), ""
    return percent_pair(share, expected)


def former_names(names: tuple[str, ...]) -> str:
    """Origin of a denominator that was added up after a merger: "som van Tielt en Meulebeke"."""
    return f"som van {join_words(names)}" if names else ""
