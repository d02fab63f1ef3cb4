"""What stands around the targets: who provides figures, the groups of targets, the words of the glossary.

The models say which keys ``bronnen/*.yaml``, ``werven.yaml`` and ``woordenlijst.yaml`` may have.
"""

from __future__ import annotations

from pydantic import Field

from lekp_lib.pact.vocabulary import Certainty, Declared, Rhythm, WerfId


class Source(Declared):
    """An organisation that provides figures.

    ``typical_lag_days`` is the usual time between reference date and publication, where known.
    ``official_uri`` is the concept of the official list "Authentieke bron LEKP-report", where it exists.
    """

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    name: str = Field(min_length=1)
    organisation: str = Field(min_length=1)
    url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    rhythm: Rhythm
    rhythm_certainty: Certainty
    typical_lag_days: int | None = Field(default=None, ge=0)
    licence: str = Field(min_length=1)
    description: str
    official_uri: str = Field(default="", pattern=r"^(http://lblod\.data\.gift/concepts/[0-9a-f-]{36})?$")
    note: str = ""


class Werf(Declared):
    """One of the five groups of targets."""

    id: WerfId
    label: str = Field(min_length=1)
    motto: str = ""


class Term(Declared):
    """One word of the glossary with its plain explanation."""

    term: str = Field(min_length=1)
    explanation: str = Field(min_length=1)
