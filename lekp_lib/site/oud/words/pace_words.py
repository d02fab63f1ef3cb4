"""Fast enough? Needed pace against recent pace, and where the recent pace leads (design.md 4)."""

from __future__ import annotations

from lekp_lib.adapter.models import Assessment
from lekp_lib.adapter.pace import RECENT_YEARS
from lekp_lib.adapter.path import year_position
from lekp_lib.pact.models import Kind
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import NBSP, has_counted_word, percent, plain_number
from lekp_lib.site.oud.words.amount_words import amount_words, is_percentage

#: A window that is a day or two short of three years is still called three years.
_SLACK_YEARS = 0.05
_COUNT_WORDS = {2: "twee", 3: "drie"}


def recent_window(assessment: Assessment) -> str:
    """The time over which the recent pace is an average: "de laatste drie jaar", or "sinds 2023" when it is shorter.

    Series with few years cover less than three of them; a sentence may not promise more than the figures cover.
    """
    points = [point for point in assessment.points if point.share_pct is not None]
    at = [year_position(point.date) for point in points]
    if assessment.target.kind is Kind.CUMULATIVE:
        at.insert(0, float(assessment.target.path_start.year))
    within = [place for place in at[:-1] if at[-1] - place <= RECENT_YEARS + _SLACK_YEARS] if at else []
    years = round(at[-1] - within[0]) if within else 0
    if not within or years not in _COUNT_WORDS or abs(at[-1] - within[0] - years) > _SLACK_YEARS:
        return "de laatste jaren"
    return f"de laatste {_COUNT_WORDS[years]} jaar"


def _per_year(value: float, assessment: Assessment) -> tuple[str, bool]:
    """Amount per year, and whether its verb is plural; percentages change by percentage points."""
    level = assessment.level
    if level is None:
        raise ValueError(f"{assessment.target.id}: pace without a level; expected the level that the pace leads to")
    unit = level.level.unit
    if is_percentage(unit):
        return f"{plain_number(value, 1 if abs(value) >= 0.05 else 3)}{NBSP}procentpunt", False
    shown = amount_words(value, unit, approximate=True)
    return shown, unit.counted and not shown.startswith(f"1{NBSP}")


def _recent_words(recent: float, assessment: Assessment) -> str:
    shown, plural = _per_year(abs(recent), assessment)
    if assessment.level is not None and has_counted_word(assessment.level.level.unit):
        # The noun stands in the first half of the sentence already.
        shown = shown.split(NBSP)[0]
    window = recent_window(assessment)
    if assessment.target.kind is Kind.REDUCTION and recent != 0:
        # The figure is itself a decrease; "daalde de stand" would say the opposite of what happened.
        return f"{window} nam de daling gemiddeld {shown} per jaar {'toe' if recent > 0 else 'af'}"
    if recent < 0:
        return f"{window} daalde de stand met gemiddeld {shown} per jaar"
    if recent == 0:
        return f"{window} kwam er niets bij"
    return f"{window} {'kwamen' if plural else 'kwam'} er gemiddeld {shown} per jaar bij"


def pace_sentences(assessment: Assessment) -> tuple[str, ...]:
    """Needed pace against recent pace, then where the recent pace leads.

    Parameters
    ----------
    assessment
        Any assessment.

    Returns
    -------
    tuple of str
        Empty when nothing is needed any more or no pace is known. The words "doel gehaald" never appear: a line into
        the future is no result.
    """
    pace, level = assessment.pace, assessment.level
    if pace is None or level is None:
        return ()
    deadline, current = level.level.deadline, assessment.current
    if deadline is not None and current is not None and current.date >= deadline:
        return () if assessment.verdict.is_good else (f"De einddatum van dit doel was {date_long(deadline)}.",)
    if pace.needed_per_year is None:
        return ()
    needed, plural = _per_year(pace.needed_per_year, assessment)
    asked = f"Voortaan {'zijn' if plural else 'is'} {needed} per jaar nodig"
    if pace.recent_per_year is None:
        return f"{asked}.", "Voor een recent tempo zijn er te weinig jaarcijfers."
    found = [f"{asked}; {_recent_words(pace.recent_per_year, assessment)}."]
    if pace.projected_pct is not None and pace.projected_on is not None and pace.projected_pct >= 0:
        on = date_long(pace.projected_on)
        found.append(
            f"Bij het huidige tempo is de stand op {on} gelijk aan {percent(pace.projected_pct)} van het doel."
        )
    return tuple(found)


def needed_label(assessment: Assessment) -> str:
    """Needed pace at the end of the required path: "nog 1.038 bomen per jaar nodig"; empty when nothing is needed."""
    pace = assessment.pace
    if pace is None or pace.needed_per_year is None:
        return ""
    return f"nog {_per_year(pace.needed_per_year, assessment)[0]} per jaar nodig"


def recent_label(assessment: Assessment) -> str:
    """Recent pace at the end of its line: "700 bomen per jaar"; empty when it is not known."""
    pace = assessment.pace
    if pace is None or pace.recent_per_year is None:
        return ""
    return f"{_per_year(pace.recent_per_year, assessment)[0]} per jaar"
