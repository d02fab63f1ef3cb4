"""Words of the table "Kwaliteit van de cijfers": status, age, and what stands in the way of a verdict."""

from __future__ import annotations

from lekp_lib.adapter.models import Assessment
from lekp_lib.edition.models import Status
from lekp_lib.site.oud.dates import date_of
from lekp_lib.site.oud.numbers import count_noun
from lekp_lib.site.oud.words.joins import capital
from lekp_lib.site.oud.words.reason_words import NO_DATA_WORDS, reason_words

STATUS_WORDS = {
    Status.FINAL: "volledig",
    Status.PROVISIONAL: "voorlopig",
    Status.ESTIMATED: "geschat",
    Status.CORRECTED: "gecorrigeerd door de gemeente",
    Status.EXAMPLE: "fictief voorbeeld",
}

#: From least to most certain: a yes/no target is as certain as its least certain part.
_LEAST_CERTAIN_FIRST = (Status.EXAMPLE, Status.ESTIMATED, Status.PROVISIONAL, Status.CORRECTED, Status.FINAL)


def status_words(assessment: Assessment) -> str:
    """Status of the newest figure: "volledig", "voorlopig", "geen gegevens"; "onvolledig" when parts are missing."""
    parts = [point for _, point in assessment.parts]
    points = [point for point in (parts or [assessment.current]) if point is not None]
    if not points:
        return NO_DATA_WORDS
    if parts and len(points) < len(parts):
        return "onvolledig"
    found = {point.status for point in points}
    return next(STATUS_WORDS[status] for status in _LEAST_CERTAIN_FIRST if status in found)


def quality_date(assessment: Assessment) -> str:
    """Reference date of the newest figure, as its source gives it; of the oldest known part when some are absent."""
    points = [assessment.current, *(point for _, point in assessment.parts)]
    known = [point for point in points if point is not None]
    if not known:
        return NO_DATA_WORDS
    shown = assessment.current or min(known, key=lambda point: point.date)
    return date_of(shown.date, shown.observation.date_precision)


def age_words(assessment: Assessment) -> str:
    """Age of the newest figure at the reference date of the edition: "1 maand", "14 maanden"."""
    age = assessment.age_months
    if age is None:
        return NO_DATA_WORDS
    return "minder dan 1 maand" if age < 1 else count_noun(age, "maand", "maanden")


def quality_reason(assessment: Assessment) -> str:
    """What the reader must know of the figure: why there is no verdict, "geen opmerking" otherwise."""
    words = reason_words(assessment)
    if words:
        return capital(words)
    return "geen opmerking"
