"""The pact as data: targets, sources and what stands around them. Unknown keys are refused, nothing changes afterwards.

The models say which keys the YAML files may have: ``doelen/``, ``bronnen/``, ``werven.yaml``, ``woordenlijst.yaml``,
``juridische_grond.yaml``, ``oplaadlijst.yaml``, ``methodewijzigingen.yaml`` and ``errata.yaml``.
"""

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from lekp_lib.errors import UnexpectedValue
from lekp_lib.pact.yaml_files import read_yaml
from lekp_lib.parameters import PACT_VERSIONS, Denominator, PactVersion

WerfId = Literal["algemeen", "1", "2", "3", "4"]
#: Who speaks: only figures of the first two are judged.
Rank = Literal["officieel", "gemeente", "pers", "partij"]
DatePrecision = Literal["dag", "maand", "jaar"]
#: How a target is measured; decides the required path. ``context`` has no level, path and verdict.
Kind = Literal["cumulatief", "stand", "reductie", "jaarlijks_tempo", "ja_nee", "context"]
#: How often a source publishes.
Rhythm = Literal["wekelijks", "maandelijks", "halfjaarlijks", "jaarlijks", "eenmalig", "niet_bekend"]
#: How well a statement of the catalogue is known.
Certainty = Literal["bron", "deels_bron", "tegenstrijdig", "afgeleid", "algemeen_bekend", "niet_gevonden"]

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"'(]?[A-Z0-9])")
_BRACKET = re.compile(r"[\[\]{}<>]")
_CONCEPT = r"^(http://lblod\.data\.gift/concepts/[0-9a-f-]{36})?$"
#: Search words that every official target has at least.
_MIN_SYNONYMS = 4
_NOT_OF_CONTEXT = (
    "nr", "official_label", "codelist_uri", "levels", "level_certainty", "parts", "weight_rule", "closed_on", "lasting",
    "comparison", "vraag",
)  # fmt: skip
#: Whether something is wrong, and what.
Rule = tuple[bool, str]


def _short(max_words: int, max_sentences: int | None = None) -> AfterValidator:
    """Plain language: sentences of so many words at most (a duty of governments, Bestuursdecreet art. II.10).

    A point inside a number or before a small letter ends no sentence; a sign that stands alone is no word.
    """

    def check(text: str) -> str:
        parts = [part for part in _SENTENCE_END.split(" ".join(text.split())) if part]
        if max_sentences and not 1 <= len(parts) <= max_sentences:
            raise ValueError(f"{len(parts)} zinnen, meer of minder dan 1 tot {max_sentences}")
        for part in parts:
            words = sum(any(map(str.isalnum, word)) for word in part.split())
            if words > max_words:
                raise ValueError(f"een zin van {words} woorden, meer dan {max_words}: {part!r}")
        return text

    return AfterValidator(check)


def _without_brackets(text: str) -> str:
    if found := _BRACKET.search(text):
        raise ValueError(f"{found[0]!r} in een nagelezen tekst; haakjes zijn voor wat een gemeente zelf invult")
    return text


def _once(key: str) -> AfterValidator:
    """Refuses a list in which two things have the same name."""

    def check(items: tuple[Any, ...]) -> tuple[Any, ...]:
        names = [getattr(item, key).casefold() for item in items]
        if double := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{', '.join(double)}, dat er meer dan één keer staat")
        return items

    return AfterValidator(check)


def _newest_first(items: tuple[Any, ...]) -> tuple[Any, ...]:
    if list(items) != sorted(items, key=lambda item: item.datum, reverse=True):
        raise ValueError("data die op en neer gaan; zet de nieuwste bovenaan")
    return items


Id = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Text = Annotated[str, Field(min_length=1)]
Address = Annotated[str, Field(pattern=r"^https?://\S+$")]
AddressOrNone = Annotated[str, Field(pattern=r"^(https?://\S+)?$")]
Explanation = Annotated[str, Field(min_length=1), _short(25)]
Description = Annotated[str, _short(20, max_sentences=2)]
ReviewedText = Annotated[str, Field(min_length=1), AfterValidator(_without_brackets)]
CouncilText = Annotated[ReviewedText, _short(25)]


class Declared(BaseModel):
    """Base of everything that a YAML file declares."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def _rules(self) -> Iterator[Rule]:
        """What must hold between keys; all that does not is told."""
        yield from ()

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if told := [message for wrong, message in self._rules() if wrong]:
            raise ValueError("; ".join(told))
        return self


@cache
def _units() -> dict[str, dict[str, Any]]:
    """Units that need no words of their own, by their symbol."""
    return dict(read_yaml(Path(__file__).with_name("eenheden.yaml")).data)


class Unit(Declared):
    """The unit in which a level and its figures are expressed.

    A symbol alone stands for that unit of ``eenheden.yaml``; who says more, says what differs from it.

    ``singular`` and ``plural`` are words ("boom", "bomen"); ``symbol`` is printed in narrow places ("m²").
    ``counted`` units are whole things: their level is shown rounded down; others keep ``decimals``.
    ``highest`` (key ``hoogstens``) is the bound above which a person has to confirm a figure at import.
    ``factors`` are other names and units that files have, with how much of this unit they are: ``m2`` 1, ``ha`` 10000.
    """

    singular: Text
    plural: Text
    symbol: Text
    counted: bool
    decimals: int = Field(default=0, ge=0, le=3)
    highest: float | None = Field(default=None, alias="hoogstens", gt=0)
    factors: dict[str, float] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _from_the_list(cls, told: Any) -> Any:
        given = {"symbol": told} if isinstance(told, str) else told
        known = _units().get(str(given.get("symbol")), {}) if isinstance(given, dict) else {}
        if isinstance(told, str) and not known:
            raise UnexpectedValue(f"een van {', '.join(_units())}, of singular, plural, symbol en counted")
        return {**known, **given} if known else given


class OfWhich(Declared):
    """A part of a level that must be of a certain sort (25 of the 50 renovations fossil-free); same ``per_n``."""

    factor: float = Field(gt=0)
    indicator: str
    text: str


class YearlyRequirement(Declared):
    """What a yearly average asks for in the years up to one (key ``tot_en_met``), or in all that follow."""

    until: int | None = Field(default=None, alias="tot_en_met")
    value: float = Field(alias="waarde", gt=0)


class Level(Declared):
    """What a signatory of one pact version has to reach.

    Either ``factor`` per ``per_n`` of ``per`` (1.5 CPE per 100 inhabitants) or a fixed ``value`` (100 %; yes/no targets
    have the number of their parts). ``indicator`` is the sub-indicator whose figures count for this level, in a file
    the first where it is left out; ``unit`` is that of the sub-indicator.
    ``deadline`` is ``None`` when no public text states one. ``yearly`` (key ``per_jaar``) holds what each year asks for
    when that changed on the way, from old to new.
    """

    text: str
    indicator: str
    unit: Unit
    factor: float | None = Field(default=None, gt=0)
    per: Denominator | None = None
    per_n: int | None = Field(default=None, gt=0)
    value: float | None = Field(default=None, gt=0)
    deadline: dt.date | None = dt.date(2030, 12, 31)
    of_which: OfWhich | None = None
    yearly: tuple[YearlyRequirement, ...] = Field(default=(), alias="per_jaar")
    note: str = ""

    def _rules(self) -> Iterator[Rule]:
        by_factor = [item is not None for item in (self.factor, self.per, self.per_n)]
        yield any(by_factor) != all(by_factor), "factor, per en per_n horen bij elkaar: geef alle drie of geen"
        yield all(by_factor) == (self.value is not None), "geef ofwel factor + per + per_n, ofwel value"
        yield self.value is not None and bool(self.of_which), "of_which hoort bij een doel met factor"
        ends = [step.until or dt.MAXYEAR for step in self.yearly]
        wrong = ends != [*sorted(set(ends[:-1])), dt.MAXYEAR] or self.value is None
        told = "per_jaar: jaren lopen op, de laatste regel heeft geen tot_en_met, en value is nodig"
        yield bool(ends) and wrong, told

    def required_average(self, base_year: int, year: int) -> float | None:
        """Yearly average asked for from a base year up to and including a year.

        Parameters
        ----------
        base_year
            The first year that counts is the one after it.
        year
            Year of the figure.

        Returns
        -------
        float or None
            In the unit of the level, each year with what was asked for then; ``None`` when no year counts.
        """
        steps = self.yearly or (YearlyRequirement(waarde=self.value or 0),)
        asked = [
            next(step.value for step in steps if step.until is None or counted <= step.until)
            for counted in range(base_year + 1, year + 1)
        ]
        return sum(asked) / len(asked) if asked else None


class Derived(Declared):
    """How a rate follows from amounts, so that it can be computed again for municipalities that merged.

    ``aandeel``: ``of`` in percent of ``to``. ``daling``: decrease in percent of ``of`` since the base year.
    """

    rule: Literal["aandeel", "daling"]
    of: str
    to: str = ""

    def _rules(self) -> Iterator[Rule]:
        yield bool(self.to) != (self.rule == "aandeel"), "'to' hoort bij de regel 'aandeel', en alleen daar"


class SubIndicator(Declared):
    """One measured series of a target: the whole, or a part of it (public / private).

    ``may_be_negative`` is for context only (a balance, a change): with targets the kind says so.
    """

    id: Id
    label: str
    unit: Unit
    part_of: str | None = None
    derived: Derived | None = None
    may_be_negative: bool = False


class FlandersTotal(Declared):
    """A published or stated total for Flanders, used to calibrate and to check.

    ``kind``: ``doel`` (stated goal at its end date), ``stand`` (published figure), ``aandeel_pct`` (published share of
    the goal, in percent). ``date`` is the last day of the month or year where ``date_precision`` says so.
    ``lower_bound`` marks figures of which only "more than" is known.
    """

    date: dt.date
    date_precision: DatePrecision = "dag"
    value: float
    indicator: str
    kind: Literal["doel", "stand", "aandeel_pct"]
    source: Address
    lower_bound: bool = False
    note: str = ""


class Comparison(Declared):
    """The rate by which municipalities are compared (key ``vergelijking``).

    ``n`` of ``per`` (inhabitants, dwellings), or the figure as it is; printed with ``decimals`` (key ``decimalen``).
    ``indicator`` (key ``reeks``) is the series when it is not that of the level.
    """

    per: Denominator | None = None
    n: int | None = Field(default=None, gt=0)
    decimals: int = Field(alias="decimalen", ge=0, le=3)
    indicator: str = Field(default="", alias="reeks")

    def _rules(self) -> Iterator[Rule]:
        yield (self.per is None) != (self.n is None), "per en n horen bij elkaar: geef beide of geen"


class Holder(Declared):
    """Who keeps a figure that is missing (key ``houder``): address, how to get at it, what to ask, how it changes."""

    naam: Text
    adres: str = Field(pattern=r"^https://\S+$")
    hoe: Explanation
    vraag: Explanation
    ritme: Explanation


class WeightBand(Declared):
    """Weight of everything in one band.

    ``limit`` is the upper end in the measure of the rule, itself inside the band when ``limit_included``; the last
    band has none. A band starts where the one before it ends.
    """

    weight: float = Field(gt=0)
    limit: float | None = Field(default=None, gt=0)
    limit_included: bool = False

    def reaches(self, amount: float) -> bool:
        """Whether an amount is not above this band."""
        return self.limit is None or amount < self.limit or (self.limit_included and amount == self.limit)


class WeightRule(Declared):
    """How unlike things are made equal before they are counted: weights by band, and factors by part.

    One fast charger is worth several slow ones in *laadpuntequivalenten* (CPE). Published readings of the rule differ,
    so that no code should choose one.

    Attributes
    ----------
    result, counted
        Sub-indicator that comes out (``cpe``), and that of the things that go in (``laadpunten``).
    measure
        What the bands are cut on, with its unit: ``vermogen in kW``.
    bands
        From low to high; together they cover everything above zero exactly once.
    part_factors
        Factor per part of ``counted``: public 1, semi-public one half.
    """

    result: str
    counted: str
    measure: str
    bands: tuple[WeightBand, ...] = Field(min_length=1)
    part_factors: dict[str, Annotated[float, Field(gt=0)]] = Field(min_length=1)

    def _rules(self) -> Iterator[Rule]:
        *limits, last = (band.limit or 0.0 for band in self.bands)
        told = "bands: elke band behalve de laatste heeft een grens, en de laatste heeft er geen"
        yield bool(last) or not all(limits), told
        yield any(low >= high for low, high in pairwise(limits)), f"bands: grenzen moeten stijgen, gevonden {limits}"

    def equivalents(self, amount: float, part: str) -> float:
        """Weight of one thing.

        Parameters
        ----------
        amount
            In the unit of ``measure``; above zero.
        part
            Key of ``part_factors``.

        Returns
        -------
        float
            Weight of its band times factor of its part, unrounded.

        Raises
        ------
        ValueError
            When the amount is not above zero (unknown power is no low power) or the part has no factor.
        """
        if not amount > 0:
            raise ValueError(f"{self.measure} moet boven nul zijn, gevonden {amount}")
        if part not in self.part_factors:
            raise ValueError(f"geen factor voor deel {part!r}; bekend zijn {', '.join(self.part_factors)}")
        return next(band.weight for band in self.bands if band.reaches(amount)) * self.part_factors[part]


class Target(Declared):
    """One of the 17 targets, one of the 3 goals that pact 2.1 added, a goal of one's own, or figures for context.

    Attributes
    ----------
    nr
        1 to 17 in the official order; ``None`` for all that is not counted among the 17.
    official_label, codelist_uri
        Name and address in the official list; empty for what a project declares itself.
    kind
        Decides the required path.
    levels
        By pact version; a version that changes nothing is absent, and ``level_for`` falls back.
        An absent lower version means that the target does not hold for it. Empty for context, and only there.
    indicators
        The measured series; the first one is the default.
    parts
        For yes/no targets: the ids of the sub-indicators that each count for an equal part.
    path_start
        First day of the required path; the base year of a reduction starts on 31 December. Of context: first day of
        the series.
    closed_on
        After this date no figures come in any more; a figure of that date or later never becomes too old.
    weight_rule
        How unlike things are made equal before they are counted (CPE of charge points).
    references
        Addresses of the texts behind level, rule and caveats, beside those of ``flanders`` and ``holder``.
    lasting
        Key ``blijvend``: a yes is an act that time does not undo, so that it never becomes too old.
    comparison
        Key ``vergelijking``: the rate by which municipalities are compared; without it, the share of the level.
    vraag
        One question for the council when the target is behind.
    holder
        Key ``houder``: who keeps a missing figure.
    """

    id: Id
    nr: int | None = Field(default=None, ge=1, le=17)
    official_label: str = ""
    name: str = Field(min_length=1, max_length=34)
    short_name: str = Field(min_length=1, max_length=22)
    codelist_uri: str = Field(default="", pattern=_CONCEPT)
    werf: WerfId
    kind: Kind
    levels: dict[PactVersion, Level] = Field(default_factory=dict)
    level_certainty: Certainty | None = None
    indicators: Annotated[tuple[SubIndicator, ...], _once("id"), Field(min_length=1)]
    parts: tuple[str, ...] = ()
    path_start: dt.date
    closed_on: dt.date | None = None
    weight_rule: WeightRule | None = None
    description: Description
    counts: tuple[str, ...] = ()
    counts_not: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    source_certainty: Certainty
    synonyms: tuple[str, ...] = Field(min_length=1)
    flanders: tuple[FlandersTotal, ...] = ()
    references: tuple[str, ...] = Field(min_length=1)
    lasting: bool = Field(default=False, alias="blijvend")
    comparison: Comparison | None = Field(default=None, alias="vergelijking")
    vraag: Annotated[str, _short(20, max_sentences=1)] | Literal[""] = ""
    holder: Holder | None = Field(default=None, alias="houder")

    @property
    def is_context(self) -> bool:
        """Figures beside the pact: shown with their source, never counted and never judged."""
        return self.kind == "context"

    @property
    def is_own(self) -> bool:
        """Declared by a project, not in the official list."""
        return not self.codelist_uri

    def level_for(self, version: PactVersion | None) -> Level | None:
        """Level of the given version, falling back to the version before it; ``None`` when it does not hold.

        Parameters
        ----------
        version
            Highest version signed, or ``None`` when nothing was signed.

        Returns
        -------
        Level or None
        """
        held = PACT_VERSIONS[: PACT_VERSIONS.index(version) + 1] if version else ()
        return next((self.levels[item] for item in reversed(held) if item in self.levels), None)

    def _named_indicators(self) -> set[str]:
        named = {*self.parts, *(total.indicator for total in self.flanders)}
        named |= {step.indicator for level in self.levels.values() for step in (level, level.of_which) if step}
        named |= {item.part_of or "" for item in self.indicators}
        named |= {name for item in self.indicators if item.derived for name in (item.derived.of, item.derived.to)}
        if weights := self.weight_rule:
            named |= {weights.result, weights.counted, *weights.part_factors}
        return (named | {self.comparison.indicator if self.comparison else ""}) - {""}

    def _kind_rules(self) -> Iterator[Rule]:
        if self.is_context:
            given = [name for name in _NOT_OF_CONTEXT if getattr(self, name)]
            yield bool(given), f"kind context heeft geen {', '.join(given)}: zulke cijfers krijgen geen oordeel"
            return
        below = [indicator.id for indicator in self.indicators if indicator.may_be_negative]
        yield bool(below), f"may_be_negative bij {', '.join(below)}: alleen voor kind context"
        yield not (self.levels and self.level_certainty), "levels en level_certainty zijn nodig, tenzij kind context is"
        told = "een nummer van 1 tot 17 hoort bij een doel van de officiële lijst, met codelist_uri"
        yield self.nr is not None and self.is_own, told
        told = "official_label en codelist_uri horen bij elkaar: geef beide of geen"
        yield bool(self.official_label) == self.is_own, told
        few = not self.is_own and len(self.synonyms) < _MIN_SYNONYMS
        yield few, f"synonyms: minstens {_MIN_SYNONYMS} zoekwoorden voor een officieel doel"

    def _rules(self) -> Iterator[Rule]:
        yield from self._kind_rules()
        ids = [indicator.id for indicator in self.indicators]
        unknown = sorted(self._named_indicators() - set(ids))
        yield bool(unknown), f"onbekende reeks {', '.join(unknown)}; opgegeven zijn {', '.join(ids)}"
        told = "parts horen bij doelen met ja of nee, en elk zo'n doel heeft er minstens één"
        yield bool(self.parts) != (self.kind == "ja_nee"), told
        wrong = self.comparison if self.parts else self.lasting
        yield bool(wrong), "blijvend hoort bij doelen met ja of nee, vergelijking bij alle andere"
        for version, level in self.levels.items():
            ended = level.deadline is not None and level.deadline <= self.path_start
            yield ended, f"levels.{version}: einddatum {level.deadline} ligt niet na path_start"


class Source(Declared):
    """An organisation that provides figures.

    ``rank`` (key ``rang``) says who speaks; the document that was read decides. Without ``rhythm`` none is known.
    ``typical_lag_days`` is the usual time between reference date and publication, where known.
    ``official_uri`` is the concept of the official list "Authentieke bron LEKP-report", where it exists.
    """

    id: Id
    name: Text
    organisation: Text
    rank: Rank = Field(alias="rang")
    url: AddressOrNone = ""
    rhythm: Rhythm = "niet_bekend"
    rhythm_certainty: Certainty = "niet_gevonden"
    typical_lag_days: int | None = Field(default=None, ge=0)
    licence: Text
    description: str
    official_uri: str = Field(default="", pattern=_CONCEPT)
    note: str = ""

    def _rules(self) -> Iterator[Rule]:
        one = len({"rhythm", "rhythm_certainty"} & self.model_fields_set) == 1
        yield one, "rhythm en rhythm_certainty horen bij elkaar: geef beide, of geen als het ritme niet bekend is"


class Werf(Declared):
    """One of the five groups of targets."""

    id: WerfId
    label: Text
    motto: str = ""


class Term(Declared):
    """One word of the glossary with its plain explanation."""

    term: Text
    explanation: Explanation


class LegalGround(Declared):
    """One legal text, as a decision names it; reviewed by hand, never generated.

    ``vanaf`` is the lowest pact version for which the text fits (``None``: always, signatory or not); ``adres`` leads
    to the text itself, ``pagina`` to the page where its title was read, ``herkomst`` says so in words.
    """

    id: Id
    tekst: ReviewedText = Field(min_length=20)
    vanaf: PactVersion | None = None
    adres: AddressOrNone = ""
    pagina: AddressOrNone = ""
    certainty: Certainty
    herkomst: Text


class LegalGrounds(Declared):
    """The file ``juridische_grond.yaml``: all legal texts, and the day on which somebody last read them through."""

    nagekeken: dt.date
    gronden: Annotated[tuple[LegalGround, ...], _once("id"), Field(min_length=1)]

    def _rules(self) -> Iterator[Rule]:
        yield not self.for_version(None), "geen tekst zonder 'vanaf', voor een gemeente die niets ondertekende"

    def for_version(self, version: PactVersion | None) -> tuple[LegalGround, ...]:
        """Texts that fit the highest signed version; ``None`` for a municipality that signed none."""
        return tuple(item for item in self.gronden if item.vanaf is None or (version and version >= item.vanaf))


class UploadStep(Declared):
    """One thing to upload: what, where, whether that is still possible, and who says so since when."""

    id: Id
    wat: CouncilText
    waar: CouncilText
    toestand: CouncilText
    gesloten_op: dt.date | None = None
    enkel_ondertekenaars: bool = False
    bron: ReviewedText
    datum: dt.date
    adres: Address


class UploadList(Declared):
    """The file ``oplaadlijst.yaml``: all steps, and the last round of reporting with its last day in the Loket."""

    nagekeken: dt.date
    laatste_gegevensjaar: int = Field(ge=2021)
    laatste_termijn: dt.date
    stappen: Annotated[tuple[UploadStep, ...], _once("id"), Field(min_length=1)]

    def _rules(self) -> Iterator[Rule]:
        yield not self.for_signatory(False), "geen stap voor een gemeente die niets ondertekende"
        later = ", ".join(f"{step.id} ({step.datum})" for step in self.stappen if step.datum > self.nagekeken)
        yield bool(later), f"stappen: de bron van {later} is van na het nalezen op {self.nagekeken}"

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


class MethodNote(Declared):
    """One change of the method: when, what, and what it did to values that were published before."""

    datum: dt.date
    wat: Explanation
    gevolg: Explanation


class Erratum(Declared):
    """One mistake in a published figure: in which edition, what was wrong, what it must be, since when it is mended."""

    datum: dt.date
    editie: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    fout: Explanation
    juist: Explanation
    gevolg: Explanation


_NewestFirst = AfterValidator(_newest_first)
#: The single files by their place in the catalogue: name, and what each holds.
SINGLE_FILES: dict[str, tuple[str, Any]] = {
    "werven": ("werven", tuple[Werf, ...]), "glossary": ("woordenlijst", Annotated[tuple[Term, ...], _once("term")]),
    "legal_grounds": ("juridische_grond", LegalGrounds), "uploads": ("oplaadlijst", UploadList),
    "method_notes": ("methodewijzigingen", Annotated[tuple[MethodNote, ...], _NewestFirst, Field(min_length=1)]),
    "errata": ("errata", Annotated[tuple[Erratum, ...], _NewestFirst]),
}  # fmt: skip
