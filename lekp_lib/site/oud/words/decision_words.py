"""The sentences of the draft council decision: short, in the active voice, true for signatories and for others.

What a municipality fills in stands in square brackets. Legal texts are not written here (``catalog/council.py``), and
sentences about results come from the functions that the report itself uses.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from lekp_lib.adapter.models import Assessment, Reason, Verdict, VerdictCounts
from lekp_lib.edition.models import Status
from lekp_lib.pact.models import UploadList
from lekp_lib.register.models import Signature
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import count_noun, number
from lekp_lib.site.oud.words.joins import capital, join_words
from lekp_lib.site.oud.words.level_words import denominator_words
from lekp_lib.site.oud.words.quality_words import STATUS_WORDS, status_words
from lekp_lib.site.oud.words.reason_words import reason_words
from lekp_lib.site.oud.words.summary_words import lead, missing_sentence, werf_opening
from lekp_lib.site.oud.words.verdict_words import expected_sentence, remark_sentences, verdict_sentence

PACT = "Lokaal Energie- en Klimaatpact"
#: A longer list of targets without figures is told by its number; the table of results names them.
MAX_MISSING_NAMED = 6

_SPACES = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
_BRACKETS = str.maketrans("[]", "()")


class Standing(StrEnum):
    """Why the council takes note: the last rounds of the pact ask for it, or nothing does."""

    DUTY = "rapportering"
    VOLUNTARY = "vrijwillige opvolging"
    OUTSIDE = "geen pact"


def foreign(text: str) -> str:
    """Text of others on one line, without invisible signs; square brackets become round.

    Square brackets mark what is still to be filled in, so nobody else's words may carry them.

    Examples
    --------
    >>> foreign("Gent [datum]\\n\\x00")
    'Gent (datum)'
    """
    shown = "".join(sign for sign in _SPACES.sub(" ", text) if sign.isprintable() or sign == "\u00a0")
    return shown.strip().translate(_BRACKETS)


def decision_title(version: str | None, year: int, standing: Standing) -> str:
    """Title as council software shows it (domain.md 4.5).

    Examples
    --------
    >>> decision_title("2.0", 2025, Standing.DUTY)
    'Rapportering Lokaal Energie- en Klimaatpact 2.0 2025. Kennisname.'
    """
    if standing is Standing.OUTSIDE or version is None:
        return f"Stand van de klimaatdoelen {year}. Kennisname."
    kind = "Rapportering" if standing is Standing.DUTY else "Voortgang"
    return f"{kind} {PACT} {version} {year}. Kennisname."


def subject_sentence(place: str, on: dt.date) -> str:
    """What the council is asked, in one sentence."""
    return f"De gemeenteraad van {place} neemt kennis van de stand van de klimaatdoelen op {date_long(on)}."


def meeting_items() -> tuple[str, ...]:
    """The facts of the meeting, all still to be filled in."""
    return (
        "Zitting van: [datum van de zitting]",
        "Aanwezig: [namen van de aanwezige raadsleden]",
        "Verontschuldigd: [namen van de verontschuldigde raadsleden]",
        "Voorzitter: [naam van de voorzitter]",
        "Algemeen directeur: [naam van de algemeen directeur]",
    )


def cause_sentences(standing: Standing, place: str, on: dt.date, uploads: UploadList) -> tuple[str, ...]:
    """Why this point is on the agenda."""
    term = date_long(uploads.laatste_termijn)
    if standing is Standing.OUTSIDE:
        return (
            f"Voor zover bekend ondertekende {place} het {PACT} niet.",
            "De gemeente heeft dus geen verplichting om over het pact te rapporteren.",
            "De gemeenteraad neemt vrijwillig kennis van de cijfers die bekend zijn.",
        )
    if standing is Standing.VOLUNTARY:
        return (
            f"Het Loket voor Lokale Besturen noemt de ronde van {uploads.laatste_termijn.year} "
            f"de laatste stap van de rapportering, met {term} als einddatum.",
            "De meeste doelen van het pact lopen tot 2030.",
            "De gemeente volgt de doelen daarom vrijwillig verder op.",
            "Deze kennisname is geen verplichte rapportering.",
        )
    found = [
        "De gemeente bezorgt elk jaar een rapportering over het pact, nadat die aan de gemeenteraad is voorgelegd.",
        f"Deze rapportering gaat over de stand op {date_long(on)}.",
    ]
    if on.year == uploads.laatste_gegevensjaar:
        found.append(f"Het Loket voor Lokale Besturen noemt deze ronde de laatste stap, met {term} als einddatum.")
    return tuple(found)


def merger_sentence(place: str, since: dt.date, former: Sequence[str]) -> str:
    """Where a merged municipality comes from."""
    return f"{capital(place)} ontstond op {date_long(since)} uit {join_words(former)}."


def _signature_item(signature: Signature, name: str) -> str:
    pact = f"LEKP {signature.version}"
    by, of = (f" door {name}", f" van {name}") if name else ("", "")
    if signature.status == "nee":
        return f"Voor zover bekend is {pact}{by} niet ondertekend."
    told = f"Ondertekening van {pact}{by}: [datum en nummer van het besluit{of} over {pact}]."
    if signature.status == "aangenomen":
        return f"{told} Geen weigering is bekend; een openbare lijst is er niet."
    return told


def history_items(signatures: Iterable[Signature]) -> tuple[str, ...]:
    """Earlier decisions: one line per signature that is known or taken as known, and room for others.

    Parameters
    ----------
    signatures
        As the register has them; of several former municipalities after a merger.

    Returns
    -------
    tuple of str
        Absence from the list of version 2.0 is no decision, and is left out.
    """
    given = [item for item in signatures if item.status != "niet_op_lijst"]
    several = len({item.nis for item in given}) > 1
    found = [_signature_item(item, foreign(item.name) if several else "") for item in given]
    return (*found, "Andere eerdere besluiten: [bijvoorbeeld over het Burgemeestersconvenant of het klimaatactieplan].")


def chosen_version_sentence(version: str) -> str:
    """Said when the maker of the report chose the version."""
    return f"De opsteller van het verslag koos pact {version}; dat volgt niet uit de bekende handtekeningen."


def basis_sentences(standing: Standing, edition: str, known_on: dt.date) -> tuple[str, ...]:
    """What the figures are, and what the verdicts are not."""
    found = [
        f"De cijfers komen uit de editie ‘{edition}’, zoals bekend op {date_long(known_on)}.",
        "Een vaste rekenregel maakt de oordelen. Ze zijn geen officiële beoordeling.",
    ]
    if standing is not Standing.OUTSIDE:
        found.append("Het pact is een inspanningsverbintenis, geen resultaatsverbintenis.")
    return tuple(found)


def result_sentences(assessments: Sequence[Assessment], counts: VerdictCounts, on: dt.date) -> tuple[str, ...]:
    """Counts, largest gap and missing data, as in the head of the report."""
    if counts.applicable == 0:
        known = sum(item.current is not None for item in assessments if item.target.nr is not None)
        figures = f"Voor {number(known)} van de {number(counts.total)} onderwerpen is er een cijfer."
        return (lead(assessments, counts, on)[0], figures if known else "Er zijn ook geen cijfers bekend.")
    outside = counts.total - counts.applicable
    found = lead(assessments, counts, on)
    if outside:
        applying = f"Van de {number(counts.total)} doelen van het pact gelden er {number(counts.applicable)}."
        return (applying, *found)
    return found


def werf_item(label: str, assessments: Sequence[Assessment], counts: VerdictCounts) -> str:
    """Result of one werf: its counts, and for how many targets there is no verdict."""
    none = counts.by_verdict.get(Verdict.NONE, 0)
    opening = "" if counts.applicable and none == counts.applicable else werf_opening(label, assessments, counts)[0]
    missing = missing_sentence(assessments) if none else ""
    return " ".join(text for text in (f"{label}.", opening, missing) if text)


def target_item(assessment: Assessment) -> str:
    """One target with its verdict, its number, what was required, and whether a 0 is a real one."""
    told = [f"{assessment.target.name}.", verdict_sentence(assessment), expected_sentence(assessment)]
    told += remark_sentences(assessment)
    return " ".join(text for text in told if text)


def missing_items(assessments: Iterable[Assessment]) -> tuple[str, ...]:
    """Targets without verdict, each with its reason; many without any figure are told by their number."""
    none = [item for item in assessments if item.verdict is Verdict.NONE]
    absent = [item for item in none if item.reason is Reason.NO_DATA and not any(point for _, point in item.parts)]
    counted = absent if len(absent) > MAX_MISSING_NAMED else []
    found = [f"{item.target.name}: {reason_words(item)}." for item in none if item not in counted]
    if counted:
        absent_count = count_noun(len(counted), "doel", "doelen")
        found.append(f"Voor {absent_count} zijn er geen gegevens. De tabel met alle resultaten noemt ze.")
    return tuple(found)


_TOLD_STATUS = tuple(STATUS_WORDS[status] for status in (Status.PROVISIONAL, Status.ESTIMATED, Status.CORRECTED))


def data_sentences(assessments: Sequence[Assessment], fictitious: bool) -> tuple[str, ...]:
    """What the council must know of the figures: denominators, provisional and estimated figures, invented ones."""
    found = ["Alle cijfers in dit ontwerp zijn verzonnen. Dit ontwerp kan geen besluit worden."] if fictitious else []
    levels = [item.level for item in assessments if item.level is not None]
    bases = dict.fromkeys(denominator_words(level).translate(_BRACKETS) for level in levels)
    found += [f"Gerekend is met {basis}." for basis in bases if basis]
    for words in _TOLD_STATUS:
        count = sum(status_words(item) == words for item in assessments)
        if count:
            found.append(f"Bij {count_noun(count, 'doel', 'doelen')} is het cijfer {words}.")
    if any(item.reason is Reason.NO_DATA or item.current is None for item in assessments):
        found.append("Geen gegevens betekent niet dat de stand 0 is.")
    return tuple(found)


def money_items(standing: Standing) -> tuple[str, ...]:
    """Financial consequences, all to be filled in."""
    found = ["Gevolgen voor het meerjarenplan: [budgetsleutels en bedragen, of geen]"]
    if standing is not Standing.OUTSIDE:
        found.append("Uitgaven met de codes ABB-LEKP: [bedragen per subsidiejaar]")
    return tuple(found)


def annex_items(standing: Standing, place: str, edition: str, run: str) -> tuple[str, ...]:
    """What goes with the decision."""
    found = [f"Klimaatpactverslag van {place}, editie ‘{edition}’, verslag {run}", "Tabel met alle resultaten"]
    if standing is Standing.DUTY:
        found.append("LEKP-rapport van het Pactportaal: [bestandsnaam, of schrappen]")
        found.append("Financieel rapport: [bestandsnaam van het Excelbestand]")
    return tuple(found)


def article_sentences(
    standing: Standing, place: str, version: str | None, on: dt.date, banner: str
) -> tuple[tuple[str, ...], ...]:
    """The articles, each as its sentences; those of an example edition say so themselves."""
    pact = f"het {PACT} {version}" if version and standing is not Standing.OUTSIDE else "de klimaatdoelen"
    first = [f"De gemeenteraad neemt kennis van de stand van {pact} voor {place} op {date_long(on)}."]
    first.append("Het klimaatpactverslag en de tabel met alle resultaten zijn bijlagen bij dit besluit.")
    articles = [first]
    if standing is Standing.DUTY:
        road = "via het Loket voor Lokale Besturen"
        sent = f"De gemeente bezorgt dit besluit {road} aan het Agentschap Binnenlands Bestuur."
        articles.append([sent, "[facultatief: behoud of schrap dit artikel]"])
    return tuple((*article, f"{banner}.") if banner else tuple(article) for article in articles)
