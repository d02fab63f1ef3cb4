"""Parts that the texts of all figures share: length rules, subtitles, spoken percentages (design.md 5.4 and 7.3)."""

from __future__ import annotations

from collections.abc import Sequence

from lekp_lib.adapter.models import Assessment
from lekp_lib.edition.models import Status
from lekp_lib.site.oud.words.joins import in_period

TITLE_MAX = 70
ALT_MIN, ALT_MAX = 60, 320
FICTITIOUS = "(fictieve cijfers)"
#: Makes a short text alternative long enough to be of use, and says where the numbers are.
_ALT_FILLER = ("Alle cijfers staan in de bijlage.", "De tekst bij de figuur geeft dezelfde informatie in woorden.")


def fit_alt(needed: Sequence[str], extra: Sequence[str] = ()) -> str:
    """Text alternative of 60 to 320 characters, made of whole sentences.

    Parameters
    ----------
    needed
        Sentences that carry the message; the last ones are left out only when all together are too long.
    extra
        Sentences that are added as far as there is room.

    Returns
    -------
    str
    """
    chosen: list[str] = []
    for text in map(spoken, (*needed, *extra)):
        if text and len(" ".join([*chosen, text])) <= ALT_MAX:
            chosen.append(text)
    for filler in _ALT_FILLER:
        if len(" ".join(chosen)) < ALT_MIN:
            chosen.append(filler)
    return " ".join(chosen)


def spoken(text: str) -> str:
    """Percent signs as words: a text alternative is heard (design.md 7.1)."""
    return text.replace("%", "procent")


def subtitle(parts: Sequence[str], fictitious: bool) -> str:
    """What, where, unit and date; an example says so at the end."""
    said = ", ".join(part for part in parts if part)
    return f"{said} {FICTITIOUS}" if fictitious else said


def is_fictitious(assessment: Assessment, fictitious: bool) -> bool:
    """Fictive by edition or by the status of any figure: one fictive figure makes the whole picture one."""
    return fictitious or any(point.status is Status.EXAMPLE for point in assessment.points)


def both_names(assessment: Assessment) -> tuple[str, str]:
    """Name of the target, and the shorter one for titles without room."""
    return assessment.target.name, assessment.target.short_name


def current_date(assessment: Assessment) -> str:
    """Date of the newest figure for a subtitle; empty without figure."""
    return "" if assessment.current is None else f"stand {in_period(assessment.current)}"
