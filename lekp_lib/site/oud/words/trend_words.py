"""Words of the trend of one target against its required path."""

from __future__ import annotations

from lekp_lib.adapter.models import Assessment, Point, Reason, TargetLevel
from lekp_lib.pact.models import Kind
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.numbers import percent, percent_spoken
from lekp_lib.site.oud.words.amount_words import (
    amount_words,
    change_words,
    indicator_of,
    level_amount,
    parts_words,
    share_words,
    stand_words,
)
from lekp_lib.site.oud.words.figure_parts import TITLE_MAX, both_names, current_date, fit_alt, is_fictitious, subtitle
from lekp_lib.site.oud.words.joins import fits, in_period
from lekp_lib.site.oud.words.reason_words import reason_words


def _target_title(assessment: Assessment) -> str:
    """Message of one target: "Bomen: 45 % van het doel, 50 % was vereist"."""
    share, expected = share_words(assessment)
    names = both_names(assessment)
    if not share or assessment.reason not in (Reason.SHARE, Reason.BEFORE_DEADLINE):
        reason = reason_words(assessment)
        return fits(TITLE_MAX, [f"{name}: {text}" for text in (reason, assessment.verdict.value) for name in names])
    kind = assessment.target.kind
    if kind is Kind.YES_NO or (kind is Kind.REDUCTION and (assessment.share_pct or 0.0) < 0):
        return fits(TITLE_MAX, [f"{name}: {stand_words(assessment)}" for name in names])
    if kind is Kind.ANNUAL_RATE or not expected:
        return fits(TITLE_MAX, [f"{name}: {share} van het doel" for name in names])
    return fits(TITLE_MAX, [f"{name}: {share} van het doel, {expected} was vereist" for name in names])


def _spoken_stand(point: Point, assessment: Assessment) -> str:
    target = assessment.target
    if point.value is not None and target.kind is Kind.REDUCTION:
        return change_words(point.value, target, point.observation.base_year)
    if point.value is not None:
        return amount_words(point.value, indicator_of(assessment.target, point).unit)
    return "geen gegevens" if point.share_pct is None else percent(point.share_pct)


def _course(assessment: Assessment) -> str:
    """How the series went, from its first to its last point."""
    points, name = assessment.points, assessment.target.name
    if not points:
        return f"Voor het doel {name} zijn er geen gegevens."
    first, last = points[0], points[-1]
    if assessment.target.kind is Kind.YES_NO:
        return f"De stand van het doel {name}: {parts_words(assessment)}."
    if len(points) == 1:
        return f"Er is één cijfer voor het doel {name}: {_spoken_stand(last, assessment)} {in_period(last)}."
    start = first.share_pct if first.value is None else first.value
    end = last.share_pct if last.value is None else last.value
    verb = "blijft gelijk" if start == end or start is None or end is None else "stijgt" if end > start else "daalt"
    then = f"{_spoken_stand(first, assessment)} {in_period(first)}"
    now = f"{_spoken_stand(last, assessment)} {in_period(last)}"
    if assessment.target.kind is Kind.REDUCTION and verb != "blijft gelijk":
        # Neither "stijgt" nor "daalt": a growing decrease would be heard as growing emissions.
        return f"De stand van het doel {name} gaat van {then} naar {now}."
    if verb == "blijft gelijk":
        return f"De stand van het doel {name} blijft gelijk: {then} en {now}."
    return f"De stand van het doel {name} {verb} van {then} naar {now}."


def _goal_words(assessment: Assessment, level: TargetLevel) -> str:
    goal = level_amount(level)
    return f"{goal} minder" if assessment.target.kind is Kind.REDUCTION else goal


def trend_text(assessment: Assessment, place: str, source: str, fictitious: bool = False) -> FigureText:
    """Words of the trend against the required path.

    Parameters
    ----------
    assessment
        The target that is drawn.
    place
        Name of the municipality.
    source
        Source line (:func:`~lekp_lib.site.oud.words.source_words.source_line`).
    fictitious
        Whether the edition is an example; the subtitle then says so.

    Returns
    -------
    FigureText
    """
    target, level, current = assessment.target, assessment.level, assessment.current
    series = indicator_of(target, current) if current is not None else target.indicators[0]
    unit = "" if series.unit.counted else f"in {series.unit.plural}"
    first = min([point.date.year for point in assessment.points], default=target.path_start.year)
    until = level.level.deadline.year if level is not None and level.level.deadline else 2030
    needed = [f"Lijngrafiek van {min(first, target.path_start.year)} tot {until}.", _course(assessment)]
    if level is not None and target.kind not in (Kind.YES_NO, Kind.ANNUAL_RATE) and level.level.deadline:
        needed.append(f"Het vereiste pad loopt naar {_goal_words(assessment, level)} in {until}.")
    pace = assessment.pace
    if pace is not None and pace.projected_on is not None and (pace.projected_pct or 0.0) > 0:
        share = percent_spoken(pace.projected_pct or 0.0)
        needed.append(f"Bij het huidige tempo komt de gemeente in {pace.projected_on.year} op {share} van het doel.")
    what = [f"{series.label} in {place}", unit, current_date(assessment)]
    return FigureText(
        title=_target_title(assessment),
        subtitle=subtitle(what, is_fictitious(assessment, fictitious)),
        alt=fit_alt(needed),
        source=source,
    )
