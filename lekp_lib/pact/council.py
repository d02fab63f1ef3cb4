"""What stands around a council decision: the legal texts it may rest on, and what is uploaded where.

Legal texts and closing dates are never generated. They stand in ``juridische_grond.yaml`` and ``oplaadlijst.yaml``,
reviewed by hand with the source of every line (spec design.md 2, part 6; domain.md 4).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from pydantic import Field, field_validator

from lekp_lib.errors import Problem
from lekp_lib.pact.vocabulary import PACT_VERSIONS, Certainty, Declared, PactVersion
from lekp_lib.pact.wording import sentences, word_count

LEGAL_FILE = "juridische_grond.yaml"
UPLOAD_FILE = "oplaadlijst.yaml"
#: Sentences of a council text hold at most so many words; titles of laws are names, and stay as they are.
MAX_WORDS_COUNCIL = 25

_ADDRESS = r"^(https?://\S+)?$"
_BRACKET = re.compile(r"[\[\]{}<>]")


def _plain(text: str) -> str:
    if found := _BRACKET.search(text):
        raise ValueError(f"{found[0]!r} in a reviewed text; brackets are kept for what a municipality fills in")
    return text


class LegalGround(Declared):
    """One legal text, as a decision names it.

    ``vanaf`` is the lowest pact version for which the text fits (``None``: always, signatory or not); ``adres`` leads
    to the text itself, ``pagina`` to the page where its title was read, ``herkomst`` says so in words.
    """

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    tekst: str = Field(min_length=20)
    vanaf: PactVersion | None = None
    adres: str = Field(default="", pattern=_ADDRESS)
    pagina: str = Field(default="", pattern=_ADDRESS)
    certainty: Certainty
    herkomst: str = Field(min_length=1)

    _no_brackets = field_validator("tekst")(_plain)

    def fits(self, version: PactVersion | None) -> bool:
        """Whether the text belongs in a decision of a municipality with this highest version."""
        if self.vanaf is None:
            return True
        return version is not None and PACT_VERSIONS.index(version) >= PACT_VERSIONS.index(self.vanaf)


class UploadStep(Declared):
    """One thing to upload: what, where, whether that is still possible, and who says so since when."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    wat: str = Field(min_length=1)
    waar: str = Field(min_length=1)
    toestand: str = Field(min_length=1)
    gesloten_op: dt.date | None = None
    enkel_ondertekenaars: bool = False
    bron: str = Field(min_length=1)
    datum: dt.date
    adres: str = Field(pattern=r"^https?://\S+$")

    _no_brackets = field_validator("wat", "waar", "toestand", "bron")(_plain)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts that a reader sees."""
        return (self.wat, self.waar, self.toestand)


class LegalGrounds(Declared):
    """All legal texts, and the day on which somebody last read them through."""

    nagekeken: dt.date
    gronden: tuple[LegalGround, ...] = Field(min_length=1)

    def for_version(self, version: PactVersion | None) -> tuple[LegalGround, ...]:
        """Texts that fit the highest signed version; ``None`` for a municipality that signed none."""
        return tuple(ground for ground in self.gronden if ground.fits(version))


class UploadList(Declared):
    """All steps, and the last round of reporting: the last year of data, and its last day in the Loket."""

    nagekeken: dt.date
    laatste_gegevensjaar: int = Field(ge=2021)
    laatste_termijn: dt.date
    stappen: tuple[UploadStep, ...] = Field(min_length=1)

    def for_signatory(self, signed: bool) -> tuple[UploadStep, ...]:
        """Steps for a municipality that did, or did not, sign the pact."""
        return tuple(step for step in self.stappen if signed or not step.enkel_ondertekenaars)

    def is_over(self, reference_date: dt.date, known_on: dt.date) -> bool:
        """Whether a report comes after the last round: its figures are of a later year, or were frozen too late.

        Parameters
        ----------
        reference_date
            Of the edition.
        known_on
            Day on which the figures of the edition were frozen.
        """
        return reference_date.year > self.laatste_gegevensjaar or known_on > self.laatste_termijn


def _said_once(file: str, ids: Sequence[str]) -> Iterator[Problem]:
    for item in dict.fromkeys(item for item in ids if ids.count(item) > 1):
        yield Problem(f"{file}: {item}", "the id a second time", "every id once")


def council_checks(grounds: LegalGrounds | None, uploads: UploadList | None) -> Iterator[Problem]:
    """Mistakes that the models cannot see: ids used twice, long sentences, a closing date in the future.

    Parameters
    ----------
    grounds, uploads
        What could be read of the two files.

    Yields
    ------
    Problem
    """
    if grounds is not None:
        yield from _said_once(LEGAL_FILE, [ground.id for ground in grounds.gronden])
        if not any(ground.vanaf is None for ground in grounds.gronden):
            expected = "at least one text without 'vanaf'"
            yield Problem(LEGAL_FILE, "no text for a municipality that signed nothing", expected)
    if uploads is None:
        return
    yield from _said_once(UPLOAD_FILE, [step.id for step in uploads.stappen])
    if not uploads.for_signatory(False):
        yield Problem(UPLOAD_FILE, "no step for a municipality that signed nothing", "at least one step for everyone")
    for step in uploads.stappen:
        where = f"{UPLOAD_FILE}: {step.id}"
        if step.datum > uploads.nagekeken:
            yield Problem(where, f"source of {step.datum}", f"a date up to the review of {uploads.nagekeken}")
        for part in (part for text in step.texts for part in sentences(text)):
            if word_count(part) > MAX_WORDS_COUNCIL:
                found = f"a sentence of {word_count(part)} words: {part!r}"
                yield Problem(where, found, f"at most {MAX_WORDS_COUNCIL} words", "Split it.")
