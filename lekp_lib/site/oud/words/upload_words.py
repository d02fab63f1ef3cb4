"""The sentences around a draft decision: what to upload where, and how much is still to be filled in."""

from __future__ import annotations

import datetime as dt

from lekp_lib.pact.models import UploadStep
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import count_noun


def upload_sentences(step: UploadStep) -> tuple[str, str, str, str]:
    """One line of the upload list: what, where, whether that is still possible, and who says so."""
    return step.wat, f"Waar: {step.waar}", step.toestand, f"Bron: {step.bron}, {date_long(step.datum)}."


def review_sentence(reviewed: dt.date) -> str:
    """When the upload list was last read through."""
    return f"Deze lijst is nagekeken op {date_long(reviewed)}. Kijk in het Loket wat op dit moment openstaat."


def open_places_sentence(count: int) -> str:
    """How many places are still to be filled in.

    Examples
    --------
    >>> open_places_sentence(6)
    'Dit ontwerp telt nog 6 in te vullen plaatsen.'
    """
    return f"Dit ontwerp telt nog {count_noun(count, 'in te vullen plaats', 'in te vullen plaatsen')}."
