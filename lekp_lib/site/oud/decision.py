"""The draft council decision as data: title, parts, articles, placeholders (spec design.md 2, part 6).

One :class:`DecisionText` feeds the chapter of the report, the Word file, the annotated page and the plain text, so
that the four cannot differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lekp_lib.adapter import Assessment, count_verdicts
from lekp_lib.pact import Catalog, PactVersion
from lekp_lib.pact.models import UploadStep
from lekp_lib.register.models import Signature
from lekp_lib.site.oud.decision_pieces import PLACEHOLDER, Article, Bullets, Part, Piece, Quote, Sentences, piece_texts
from lekp_lib.site.oud.report_tables import all_figures_table
from lekp_lib.site.oud.table import Table
from lekp_lib.site.oud.words import decision_words as words
from lekp_lib.site.oud.words.decision_words import Standing, foreign
from lekp_lib.site.oud.words.summary_words import largest_gaps


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """What a decision is made from; the report gives it, tests may invent it.

    ``explanations`` maps target ids to texts of the municipality; names and texts are not trusted.
    ``former`` names the municipalities that merged on ``merged_on``.
    """

    place: str
    assessments: tuple[Assessment, ...]
    catalog: Catalog
    version: PactVersion | None
    signatures: tuple[Signature, ...]
    reference_date: dt.date
    edition: str
    edition_id: str
    known_on: dt.date
    run: str
    banner: str = ""
    version_chosen: bool = False
    former: tuple[str, ...] = ()
    merged_on: dt.date | None = None
    explanations: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DecisionText:
    """A draft decision.

    ``description`` is the short public description; ``results`` the table of all targets that goes with the decision;
    ``uploads`` the list of what to upload where.
    """

    title: str
    description: str
    standing: Standing
    place: str
    banner: str
    parts: tuple[Part, ...]
    results: Table
    uploads: tuple[UploadStep, ...]
    uploads_reviewed: dt.date
    edition_id: str
    run: str
    known_on: dt.date

    def part(self, part_id: str) -> Part:
        """One part by its id."""
        return next(part for part in self.parts if part.id == part_id)

    @property
    def articles(self) -> tuple[Article, ...]:
        """The articles, in order."""
        return tuple(piece for part in self.parts for piece in part.pieces if isinstance(piece, Article))


def decision_texts(decision: DecisionText) -> Iterator[str]:
    """Every text of the decision itself, in reading order; the table and the upload list stand beside it."""
    yield decision.title
    for part in decision.parts:
        for piece in part.pieces:
            yield from piece_texts(piece)


def placeholders(decision: DecisionText) -> tuple[str, ...]:
    """What is still to be filled in, each once, in reading order, with its brackets."""
    return tuple(dict.fromkeys(found for text in decision_texts(decision) for found in PLACEHOLDER.findall(text)))


def _standing(given: DecisionInput) -> Standing:
    if given.version is None:
        return Standing.OUTSIDE
    over = given.catalog.uploads.is_over(given.reference_date, given.known_on)
    return Standing.VOLUNTARY if over else Standing.DUTY


def _background(given: DecisionInput, standing: Standing, place: str) -> tuple[Piece, ...]:
    cause = words.cause_sentences(standing, place, given.reference_date, given.catalog.uploads)
    about = []
    if given.former and given.merged_on:
        about.append(words.merger_sentence(place, given.merged_on, [foreign(name) for name in given.former]))
    if given.version_chosen and given.version:
        about.append(words.chosen_version_sentence(given.version))
    history = Bullets(words.history_items(given.signatures))
    return (Sentences(cause), *((Sentences(tuple(about)),) if about else ()), history)


def _listed(intro: str, items: Sequence[str]) -> tuple[Piece, ...]:
    return (Sentences((intro,)), Bullets(tuple(items))) if items else ()


def _official(given: DecisionInput) -> list[Assessment]:
    """Targets of the pact; own goals of a project are no part of its council decision."""
    return [item for item in given.assessments if not item.target.is_own]


def _explained(given: DecisionInput) -> tuple[Piece, ...]:
    quotes = [
        Quote(item.target.name, text)
        for item in _official(given)
        for text in map(foreign, given.explanations.get(item.target.id, ()))
        if text
    ]
    if quotes:
        return (Sentences(("De gemeente geeft deze toelichting.",)), *quotes)
    if any(item.verdict.is_behind for item in _official(given)):
        return (Sentences(("Toelichting van de gemeente: [uitleg bij de achterstand, of schrappen]",)),)
    return ()


def _facts(given: DecisionInput, standing: Standing) -> tuple[Piece, ...]:
    numbered = [item for item in given.assessments if item.target.nr is not None]
    extra = [item for item in _official(given) if item.target.nr is None and item.applies]
    counts = count_verdicts(numbered)
    basis = words.basis_sentences(standing, foreign(given.edition), given.known_on)
    pieces: list[Piece] = [Sentences(basis)]
    pieces.append(Sentences(words.result_sentences(numbered, counts, given.reference_date)))
    if counts.applicable:
        werven = []
        for werf in given.catalog.werven:
            found = [item for item in numbered if item.target.werf == werf.id]
            werven.append(words.werf_item(werf.label, found, count_verdicts(found)))
        pieces += _listed("Dit is het resultaat per werf.", werven)
    gaps = largest_gaps(numbered)
    pieces += _listed("Bij deze doelen is de achterstand het grootst.", [words.target_item(item) for item in gaps])
    pieces += _listed("Over deze doelen is geen oordeel mogelijk.", words.missing_items(numbered))
    pieces += _listed("Dit zijn de bijkomende doelen van pact 2.1.", [words.target_item(item) for item in extra])
    pieces += _explained(given)
    pieces.append(Sentences(words.data_sentences([*numbered, *extra], bool(given.banner))))
    return tuple(pieces)


def decision_text(given: DecisionInput) -> DecisionText:
    """Draft decision of one municipality.

    Parameters
    ----------
    given
        Assessments and what stands around them.

    Returns
    -------
    DecisionText
        For a signatory in a round of the pact, for voluntary follow-up after the last round, or for a municipality
        that signed nothing; the words say which.
    """
    place, banner, standing = foreign(given.place), foreign(given.banner), _standing(given)
    title = words.decision_title(given.version, given.reference_date.year, standing)
    subject = words.subject_sentence(place, given.reference_date)
    grounds = given.catalog.legal_grounds.for_version(given.version)
    annexes = words.annex_items(standing, place, foreign(given.edition), given.run)
    articles = words.article_sentences(standing, place, given.version, given.reference_date, banner)
    parts = (
        Part("onderwerp", "Onderwerp", (Sentences((subject,)), Bullets(words.meeting_items()))),
        Part("aanleiding", "Aanleiding en voorgeschiedenis", _background(given, standing, place)),
        Part(
            "juridisch",
            "Juridische grond",
            (Bullets(tuple(item.tekst for item in grounds), tuple(item.adres for item in grounds)),),
        ),
        Part("feiten", "Feiten en motivering", _facts(given, standing)),
        Part("financieel", "Financiële gevolgen", (Bullets(words.money_items(standing)),)),
        Part("bijlagen", "Bijlagen", (Bullets(annexes),)),
        Part("besluit", "Besluit", tuple(Article(number, texts) for number, texts in enumerate(articles, 1))),
    )
    return DecisionText(
        title=f"{title} ({banner})" if banner else title,
        description=subject,
        standing=standing,
        place=place,
        banner=banner,
        parts=parts,
        results=all_figures_table(given.assessments, given.catalog, f"Alle resultaten van {place}"),
        uploads=given.catalog.uploads.for_signatory(given.version is not None),
        uploads_reviewed=given.catalog.uploads.nagekeken,
        edition_id=given.edition_id,
        run=given.run,
        known_on=given.known_on,
    )
