"""Why there is no verdict, or no target: each reason has its own honest words (design.md 4, domain.md 3)."""

from __future__ import annotations

from collections.abc import Callable

from lekp_lib.adapter.models import Assessment, Point, Reason
from lekp_lib.pact import PACT_VERSIONS, Kind
from lekp_lib.site.oud.dates import date_of
from lekp_lib.site.oud.numbers import count_noun, percent
from lekp_lib.site.oud.words.amount_words import indicator_of, of_level, percentage, stand_words
from lekp_lib.site.oud.words.joins import in_period, sentence

#: Said when a figure is absent for no reason that is known.
NO_DATA_WORDS = "geen gegevens"


def _known_point(assessment: Assessment) -> Point:
    """The current point, where the reason says that there is one."""
    if assessment.current is None:
        raise ValueError(
            f"{assessment.target.id}: reason {assessment.reason.value} without a figure; expected a current point"
        )
    return assessment.current


def _no_data(assessment: Assessment) -> str:
    known = [point for _, point in assessment.parts if point is not None]
    return "niet voor elk onderdeel zijn er gegevens" if known else "er zijn geen gegevens"


def _too_old(assessment: Assessment) -> str:
    _known_point(assessment)
    return f"het cijfer is te oud, namelijk {count_noun(assessment.age_months or 0, 'maand', 'maanden')}"


def _date_uncertain(assessment: Assessment) -> str:
    point = _known_point(assessment)
    return (
        f"de bron noemt alleen {date_of(point.date, point.observation.date_precision)}, en de dag bepaalt het oordeel"
    )


def _other_unit(assessment: Assessment) -> str:
    point = _known_point(assessment)
    counted = indicator_of(assessment.target, point).unit
    asked = assessment.level.level.unit if assessment.level else counted
    asked_word = asked.symbol if asked.symbol.isupper() else asked.plural
    return f"het cijfer telt {counted.plural}, het doel telt {asked_word}"


def _no_denominator(assessment: Assessment) -> str:
    declared = assessment.target.level_for(assessment.version)
    per = declared.per.value if declared is not None and declared.per is not None else "inwoners"
    return f"het aantal {per} is niet bekend, en daardoor het doel ook niet"


def _no_base_year(assessment: Assessment) -> str:
    point = _known_point(assessment)
    base, wanted = point.observation.base_year, assessment.target.path_start.year
    if assessment.target.kind is Kind.REDUCTION and base is not None:
        return f"het cijfer vergelijkt met {base}, het doel met {wanted}"
    return "het basisjaar van het cijfer is niet bekend"


def _version_not_signed(assessment: Assessment) -> str:
    first = next(version for version in PACT_VERSIONS if version in assessment.target.levels)
    return f"dit doel geldt pas vanaf pact {first}, en voor de gemeente geldt pact {assessment.version}"


_WORDS: dict[Reason, Callable[[Assessment], str]] = {
    Reason.NO_DATA: _no_data,
    Reason.TOO_OLD: _too_old,
    Reason.DATE_UNCERTAIN: _date_uncertain,
    Reason.OTHER_UNIT: _other_unit,
    Reason.NO_DENOMINATOR: _no_denominator,
    Reason.NO_BASE_YEAR: _no_base_year,
    Reason.ONLY_SHARE_PUBLISHED: lambda _: "de bron geeft alleen een deel van het doel, geen aantal",
    Reason.NOT_SIGNED: lambda _: "de gemeente ondertekende het klimaatpact niet, voor zover bekend",
    Reason.LEVEL_BELOW_ONE: lambda _: "het doel is voor deze gemeente kleiner dan 1",
    Reason.VERSION_NOT_SIGNED: _version_not_signed,
    Reason.NO_FIGURE_SINCE_DEADLINE: lambda _: "er is geen cijfer van op of na de einddatum",
    Reason.SOURCE_RANK: lambda _: "het cijfer komt uit de pers of van een partij",
    Reason.UNDATED: lambda _: "het cijfer heeft geen datum",
    Reason.NO_DEADLINE: lambda _: "geen openbare tekst noemt een einddatum voor dit doel",
}


def reason_words(assessment: Assessment) -> str:
    """Why no verdict was possible, as a half sentence; empty where the general rule was applied.

    Parameters
    ----------
    assessment
        Any assessment.

    Returns
    -------
    str
        "er zijn geen gegevens", "het cijfer is te oud, namelijk 34 maanden".

    Raises
    ------
    ValueError
        When the reason speaks of a figure that the assessment does not have.
    """
    words = _WORDS.get(assessment.reason)
    return words(assessment) if words else ""


def _known_figure(assessment: Assessment, point: Point) -> str:
    """The figure that there is, with its date: "In februari 2023 was de stand 1.468 van 10.110 bomen."."""
    level, value = assessment.level, point.value
    kind = assessment.target.kind
    if level is not None and value is not None and level.denominator is not None and point.share_pct is not None:
        share = percent(point.share_pct)
        return f"{in_period(point)} was de stand {of_level(value, level)}, dat was {share} van het doel"
    if kind is Kind.YES_NO:
        return f"{in_period(point)} was het antwoord: {stand_words(assessment)}"
    return f"{in_period(point)} was de stand {stand_words(assessment)}"


def known_figure_sentences(assessment: Assessment) -> tuple[str, ...]:
    """What is known all the same when there is no verdict, each figure with its date.

    Returns
    -------
    tuple of str
        For no data: that this is not a zero. For figures that cannot be judged: the figure, and what it lacks.
    """
    point = assessment.current
    if assessment.reason is Reason.NO_DATA:
        if any(part is not None for _, part in assessment.parts):
            return ()
        return ("Deze uitgave bevat geen cijfer voor dit doel; dat betekent niet dat de stand 0 is.",)
    if point is None:
        return ()
    found = [sentence(_known_figure(assessment, point))]
    if assessment.reason is Reason.ONLY_SHARE_PUBLISHED:
        found.append("Met welk aantal inwoners de bron rekende, is niet bekend.")
    if assessment.target.kind is Kind.ANNUAL_RATE and assessment.reason is Reason.NO_BASE_YEAR and assessment.level:
        asked = percentage(assessment.level.exact, assessment.level.level.unit)
        found.append(f"Het doel is {asked}, gemiddeld sinds het basisjaar.")
    return tuple(found)
