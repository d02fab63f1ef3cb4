"""Files of municipalities: corrections of figures and explanations (*toelichtingen*) beside them.

They are safe YAML, one list per file; every mistake of every file is told at once. What stands in them is text of
others: its form is checked here, and it is escaped wherever it is shown. A correction names the value that it expects
to find: when the source has another one by now, nobody knows whether the correction still holds, and the run stops.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from lekp_lib.data.cells import CellError, parse_date
from lekp_lib.edition.models import Observation, Status
from lekp_lib.edition.side_tables import AppliedCorrection, ShownExplanation
from lekp_lib.errors import EditionProblems, Problem, RegisterError, model_problems
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import Declared
from lekp_lib.pact.yaml_files import MAX_BYTES, YamlFile, parse_yaml
from lekp_lib.register import FIRST_DAY, Register

MAX_CHARACTERS = 500
#: Characters that join emoji; every other invisible format character could hide or turn text around.
_JOINER = "\u200d"
_LONGEST_LINK = 500
_BAD_LINK = "geen gewoon adres dat met https:// begint (een host, zonder spaties, aanhalingstekens, poort, wachtwoord)"
_ANSWERS = {"ja": 1.0, "nee": 0.0}


def _clean_text(value: object) -> object:
    """Text in one normal form; characters that turn or hide text are refused."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    for position, character in enumerate(text, start=1):
        hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")
        if hidden and character not in ("\n", _JOINER):
            raise ValueError(f"een onzichtbaar teken U+{ord(character):04X} op plaats {position}; haal het weg")
    return text


def _date(value: object) -> object:
    """A day, or the last day of a month or year: 2023-02-16, 2023-02, 2023."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return value
    try:
        return parse_date(str(value).strip())[0]
    except CellError as error:
        raise ValueError(f"geen datum; verwacht: {error}") from error


def _nis(value: object) -> object:
    """A code without quotes is a number to YAML; it is a code all the same."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return f"{value:05d}" if whole else value.strip() if isinstance(value, str) else value


def _link(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        return value.strip() if isinstance(value, str) else value
    link = value.strip()
    try:
        parts = urlsplit(link)
        has_port = parts.port is not None
    except ValueError:
        raise ValueError(_BAD_LINK) from None
    plain = link.isascii() and link.isprintable() and not set(link) & set(" \"'<>\\^`{|}")
    whole = parts.scheme == "https" and "." in (parts.hostname or "") and not has_port and "@" not in parts.netloc
    if not plain or not whole or len(link) > _LONGEST_LINK:
        raise ValueError(_BAD_LINK)
    return link


def _few_digits(value: float) -> float:
    """A number that spreadsheets keep whole: they have 15 digits."""
    if float(f"{value:.15g}") != value:
        raise ValueError("een getal van hoogstens 15 cijfers")
    return value


Text = Annotated[str, BeforeValidator(_clean_text)]
Name = Annotated[Text, Field(max_length=120)]
Day = Annotated[dt.date, BeforeValidator(_date)]
Nis = Annotated[str, BeforeValidator(_nis), Field(pattern=r"^([0-9]{5})?$")]
Answer = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_few_digits)] | Literal["ja", "nee"]


class CorrectionStatus(StrEnum):
    """How far a correction is; only an active one changes a figure."""

    DRAFT = "ontwerp"
    ACTIVE = "actief"
    TAKEN_OVER = "overgenomen"  # the supplier has changed its figure
    WITHDRAWN = "ingetrokken"


class _OfMunicipality(Declared):
    """Whose entry it is: by name or by code."""

    gemeente: Name = ""
    nis: Nis = ""
    doel: Annotated[Text, Field(min_length=1)]

    @model_validator(mode="after")
    def _one_of_two(self) -> _OfMunicipality:
        if bool(self.gemeente) == bool(self.nis):
            raise ValueError("geef gemeente of nis, een van de twee")
        return self


class Correction(_OfMunicipality):
    """One entry of ``parameters/correcties/*.yaml``.

    ``indicator`` may be left out for the first series of the target. Either ``waarde`` or ``schrappen`` is given.
    """

    indicator: Text = ""
    peildatum: Day
    verwacht: Answer
    waarde: Answer | None = None
    schrappen: bool = False
    reden: Annotated[Text, Field(min_length=1, max_length=MAX_CHARACTERS)]
    auteur: Annotated[Name, Field(min_length=1)]
    datum: Day
    status: CorrectionStatus

    @model_validator(mode="after")
    def _value_or_struck(self) -> Correction:
        if (self.waarde is None) != self.schrappen:
            raise ValueError("geef waarde, of schrappen: true, een van de twee")
        return self


class Explanation(_OfMunicipality):
    """One entry of ``parameters/toelichtingen/*.yaml``."""

    type: Literal["Toelichting", "Aanvulling"]
    tekst: Annotated[Text, Field(min_length=1, max_length=MAX_CHARACTERS)]
    link: Annotated[str, BeforeValidator(_link)] = ""
    datum: Day
    auteur: Annotated[Name, Field(min_length=1)]


_Entry = TypeVar("_Entry", Correction, Explanation)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file as it lay in its folder: name and bytes."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Hash of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Placed(Generic[_Entry]):
    """An entry with the place that messages about it name."""

    entry: _Entry
    file: str
    where: str


@dataclass(frozen=True, slots=True)
class Remarks:
    """Files of municipalities, read and checked."""

    corrections: tuple[Placed[Correction], ...] = ()
    explanations: tuple[Placed[Explanation], ...] = ()


def read_folder(folder: Path) -> tuple[TextFile, ...]:
    """All YAML files of a folder, by name; none when there is no such folder."""
    paths = sorted(path for path in folder.glob("*.yaml") if path.is_file()) if folder.is_dir() else []
    return tuple(TextFile(path.name, path.read_bytes()) for path in paths)


def _parsed(file: TextFile) -> YamlFile:
    if len(file.content) > MAX_BYTES:
        problem = Problem(file.name, "een bestand van meer dan 1 MB", "hoogstens 1 MB")
        return YamlFile(file.name, None, problems=(problem,))
    try:
        return parse_yaml(file.content.decode("utf-8-sig"), file.name)
    except UnicodeDecodeError as error:
        found = f"een byte die geen UTF-8 is, op plaats {error.start}"
        problem = Problem(file.name, found, "tekst in UTF-8", "Bewaar het bestand als UTF-8.")
        return YamlFile(file.name, None, problems=(problem,))


def parse_entry(where: YamlFile, model: type[_Entry], problems: list[Problem]) -> _Entry | None:
    """The plain values of one entry as its model; mistakes are added to ``problems``."""
    try:
        return model.model_validate_json(json.dumps(where.data, default=str), strict=True)
    except ValidationError as error:
        problems.extend(model_problems(error, model, where.where))
        return None


def parse_entries(
    files: Iterable[TextFile], key: str, model: type[_Entry]
) -> tuple[tuple[Placed[_Entry], ...], list[Problem]]:
    """Entries of all files, and all mistakes.

    Parameters
    ----------
    files
        Files of one folder.
    key
        The one key of a file, whose value is the list of entries: ``correcties``, ``toelichtingen``.
    model
        What an entry must be.

    Returns
    -------
    tuple
        Entries in the order of files and lines, and the problems found.
    """
    entries: list[Placed[_Entry]] = []
    problems: list[Problem] = []
    for source in files:
        file = _parsed(source)
        problems.extend(file.problems)
        data = file.data
        if data is None:
            continue
        if not isinstance(data, dict) or set(data) != {key} or not isinstance(data[key], list):
            found = f"de sleutels {', '.join(map(str, data))}" if isinstance(data, dict) else "geen sleutel"
            problems.append(Problem(file.where(), found, f"één sleutel {key!r} met een lijst eronder"))
            continue
        for index, item in enumerate(data[key]):
            lines = {path[2:]: line for path, line in file.lines.items() if path[1:2] == (index,)}
            here = YamlFile(file.name, item, lines)
            entry = parse_entry(here, model, problems)
            if entry is not None:
                entries.append(Placed(entry, file.name, here.where()))
    return tuple(entries), problems


def _number(answer: Answer) -> float:
    """A figure as a number; yes is 1 and no is 0."""
    return _ANSWERS[answer] if isinstance(answer, str) else float(answer)


def _indicator(catalog: Catalog, correction: Correction) -> str:
    return correction.indicator or catalog.target(correction.doel).indicators[0].id


def _days(entry: Correction | Explanation, on: dt.date) -> tuple[dt.date, ...]:
    """Days on which a place is looked up: that of the figure, as far back as the register goes, and the edition's."""
    return (max(entry.peildatum, FIRST_DAY[2019]), on) if isinstance(entry, Correction) else (on,)


def _codes(register: Register, entry: Correction | Explanation, on: dt.date) -> tuple[tuple[str, ...], str]:
    """Codes that the municipality of an entry has, most telling day first, and why there is none."""
    codes: list[str] = []
    message = ""
    for day in _days(entry, on):
        try:
            if entry.nis and isinstance(entry, Correction):
                register.successor(entry.nis, day)
                codes.append(entry.nis)
            else:
                codes.append(register.resolve(entry.nis or entry.gemeente, day).municipality.nis)
        except RegisterError as error:
            message = str(error)
    return tuple(dict.fromkeys(codes)), "" if codes else message


def _target_problem(item: Placed[Any], catalog: Catalog) -> Problem | None:
    """An unknown target or series."""
    entry = item.entry
    correction = isinstance(entry, Correction)
    known = {target.id: target for target in (catalog.measured if correction else catalog.targets)}
    if entry.doel not in known:
        return Problem(f"{item.where}: doel", repr(entry.doel), f"een van {', '.join(known)}")
    series = [sub.id for sub in known[entry.doel].indicators]
    if correction and entry.indicator and entry.indicator not in series:
        return Problem(f"{item.where}: indicator", repr(entry.indicator), f"een van {', '.join(sorted(series))}")
    return None


def _double(item: Placed[Any], nis: str, catalog: Catalog, seen: dict[object, str]) -> Problem | None:
    """A second active correction of a figure, or a second explanation of a day."""
    entry = item.entry
    if isinstance(entry, Correction):
        if entry.status is not CorrectionStatus.ACTIVE:
            return None
        key: object = (nis, entry.doel, _indicator(catalog, entry), entry.peildatum)
        found, advice = "een tweede actieve correctie van hetzelfde cijfer", "Zet de oudste op 'ingetrokken'."
    else:
        key = (nis, entry.doel, entry.datum)
        found = f"een tweede toelichting bij hetzelfde doel op {entry.datum}"
        advice = "Alleen de laatste verschijnt: geef ze een latere dag."
    first = seen.setdefault(key, item.where)
    return None if first == item.where else Problem(item.where, f"{found} (de eerste: {first})", "één", advice)


def _problems(
    placed: Iterable[Placed[Any]], catalog: Catalog, register: Register, on: dt.date, today: dt.date
) -> list[Problem]:
    """Everything in entries of one sort that can be judged without figures."""
    problems = []
    seen: dict[object, str] = {}
    for item in placed:
        entry = item.entry
        unknown = _target_problem(item, catalog)
        codes, message = _codes(register, entry, on)
        if message:
            problems.append(Problem(f"{item.where}: gemeente", repr(entry.nis or entry.gemeente), message))
        if entry.datum > today:
            problems.append(Problem(f"{item.where}: datum", str(entry.datum), f"een dag tot en met vandaag, {today}"))
        double = _double(item, codes[0], catalog, seen) if codes and unknown is None else None
        problems += [problem for problem in (unknown, double) if problem is not None]
    return problems


def read_remarks(
    corrections: Sequence[TextFile],
    explanations: Sequence[TextFile],
    catalog: Catalog,
    register: Register,
    on: dt.date,
    today: dt.date,
) -> Remarks:
    """Read the files of municipalities.

    Parameters
    ----------
    corrections, explanations
        Files of ``correcties/`` and ``toelichtingen/``.
    catalog, register
        Targets and municipalities.
    on
        Reference date of the edition.
    today
        Nobody wrote these files in the future.

    Returns
    -------
    Remarks

    Raises
    ------
    EditionProblems
        With every mistake of every file.
    """
    changed, problems = parse_entries(corrections, "correcties", Correction)
    told, more = parse_entries(explanations, "toelichtingen", Explanation)
    problems += more
    problems += _problems(changed, catalog, register, on, today)
    problems += _problems(told, catalog, register, on, today)
    if problems:
        raise EditionProblems("correcties en toelichtingen", problems)
    return Remarks(changed, told)


def shown_explanations(
    placed: Iterable[Placed[Explanation]], register: Register, on: dt.date
) -> tuple[ShownExplanation, ...]:
    """Checked explanations as the rows of an edition, under the code of the municipality of day ``on``."""
    rows = []
    for entry in (item.entry for item in placed):
        place = register.resolve(entry.nis or entry.gemeente, on).municipality
        name = entry.gemeente or place.name
        texts = (entry.type, entry.tekst, entry.link, entry.datum, entry.auteur)
        rows.append(ShownExplanation(entry.doel, place.nis, *texts, name))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Corrected:
    """Observations after correction, and what was changed."""

    observations: tuple[Observation, ...]
    applied: tuple[AppliedCorrection, ...]


def _stale(item: Placed[Correction], found: str) -> Problem:
    expected = f"{_number(item.entry.verwacht):.15g}, zoals de correctie verwacht"
    advice = "Kijk na of de correctie nog nodig is; pas dan 'verwacht' aan, of zet haar status op 'overgenomen'."
    return Problem(item.where, found, expected, advice)


def _replaced(figure: Observation, entry: Correction) -> Observation | None:
    """A figure as the municipality wants it; ``None`` when it is struck out."""
    if entry.waarde is None:
        return None
    note = f"{entry.reden} ({entry.auteur}, {entry.datum.day}/{entry.datum.month}/{entry.datum.year})"
    changes = {"status": Status.CORRECTED, "correction_note": note}
    return replace(figure, value=_number(entry.waarde), original=figure.value, **changes)  # type: ignore[arg-type]


def _place_name(register: Register, nis: str, days: Iterable[dt.date]) -> str:
    for day in days:
        try:
            return register.get(nis, day).name
        except RegisterError:
            continue
    return nis


def _applied(figure: Observation, entry: Correction, register: Register, on: dt.date) -> AppliedCorrection:
    return AppliedCorrection(
        target_id=figure.target_id,
        indicator=figure.indicator,
        nis=register.successor(figure.nis, on).nis,
        reference_date=figure.reference_date,
        before=figure.value,
        after=None if entry.waarde is None else _number(entry.waarde),
        measure=figure.measure.value,
        place=entry.gemeente or _place_name(register, figure.nis, _days(entry, on)),
        reason=entry.reden,
        author=entry.auteur,
        date=entry.datum,
    )


def apply_corrections(
    observations: Sequence[Observation],
    placed: Iterable[Placed[Correction]],
    catalog: Catalog,
    register: Register,
    on: dt.date,
) -> Corrected:
    """Lay active corrections over figures; the value of the source stays beside the new one.

    Parameters
    ----------
    observations
        Figures as the sources give them.
    placed
        Checked corrections; those that are not active, or about a date after ``on``, change nothing.
    catalog, register
        Targets and municipalities.
    on
        Reference date of the edition.

    Returns
    -------
    Corrected

    Raises
    ------
    EditionProblems
        With every correction whose figure is absent, or has another value than it expects.
    """
    figures: dict[Any, Observation | None] = {
        (item.target_id, item.indicator, item.nis, item.reference_date): item for item in observations
    }
    applied, problems = [], []
    active = [item for item in placed if item.entry.status is CorrectionStatus.ACTIVE and item.entry.peildatum <= on]
    for item in active:
        entry, indicator = item.entry, _indicator(catalog, item.entry)
        codes, _ = _codes(register, entry, on)
        keys = [key for code in codes if (key := (entry.doel, indicator, code, entry.peildatum)) in figures]
        before = figures[keys[0]] if len(keys) == 1 else None
        if before is None:
            found = f"cijfers van {' en van '.join(key[2] for key in keys)}" if keys else "geen zulk cijfer"
            problems.append(_stale(item, found))
        elif not math.isclose(before.value, _number(entry.verwacht), rel_tol=1e-9, abs_tol=1e-9):
            problems.append(_stale(item, f"de waarde {before.value:.15g} van {before.source_id}"))
        else:
            figures[keys[0]] = _replaced(before, entry)
            applied.append(_applied(before, entry, register, on))
    if problems:
        raise EditionProblems("correcties die niet meer bij de cijfers passen", problems)
    return Corrected(tuple(item for item in figures.values() if item is not None), tuple(applied))
