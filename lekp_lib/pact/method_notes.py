"""Dated notes on changes of the method, and errata: declared by hand, shown on the method page of the site.

Whoever changes a rule must say so: ``methodewijzigingen.yaml`` holds the fingerprint of the rules, and a rule that
changes without a new note fails ``lekp check`` (spec features.md 5, no. 10).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from lekp_lib.errors import CatalogProblems, Problem
from lekp_lib.pact.catalog import Catalog
from lekp_lib.pact.complaints import schema_problems
from lekp_lib.pact.load import PACKAGED
from lekp_lib.pact.models import Target
from lekp_lib.pact.vocabulary import Declared
from lekp_lib.pact.wording import MAX_WORDS_EXPLANATION, sentences, word_count
from lekp_lib.pact.yaml_files import read_yaml
from lekp_lib.parameters import ReportParameters

NOTES_FILE, ERRATA_FILE = "methodewijzigingen.yaml", "errata.yaml"
_FINGERPRINT_LENGTH = 16
#: What decides a number or a verdict; words for readers are left out.
_PARAMETER_RULES = ("noemerjaar", "wooneenheden", "drempel_licht", "max_ouderdom_maanden", "min_punten")
_LEVEL_RULES = ("indicator", "factor", "per", "per_n", "value", "deadline")
_STEP_RULES = {"milestone": ("factor", "deadline"), "of_which": ("factor", "indicator")}
_TARGET_RULES = ("nr", "kind", "parts", "path_start", "closed_on")


class MethodNote(Declared):
    """One change of the method: when, what, and what it did to values that were published before."""

    datum: dt.date
    wat: str = Field(min_length=1)
    gevolg: str = Field(min_length=1)


class Erratum(Declared):
    """One mistake in a published figure: in which edition, what was wrong, what it must be, since when it is mended."""

    datum: dt.date
    editie: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    fout: str = Field(min_length=1)
    juist: str = Field(min_length=1)
    gevolg: str = Field(min_length=1)


class _Notes(Declared):
    vingerafdruk: str = Field(pattern=r"^[0-9a-f]{16}$")
    wijzigingen: tuple[MethodNote, ...] = Field(min_length=1)


class _Errata(Declared):
    errata: tuple[Erratum, ...]


_File = TypeVar("_File", _Notes, _Errata)


@dataclass(frozen=True, slots=True)
class MethodHistory:
    """Notes and errata, newest first."""

    notes: tuple[MethodNote, ...]
    errata: tuple[Erratum, ...]


def _part(told: dict[str, object], keys: Sequence[str]) -> dict[str, object]:
    return {key: told[key] for key in keys}


def _target_rules(target: Target) -> dict[str, object]:
    told = target.model_dump(mode="json")
    levels = {}
    for version, level in told["levels"].items():
        steps = {name: level[name] and _part(level[name], keys) for name, keys in _STEP_RULES.items()}
        levels[version] = _part(level, _LEVEL_RULES) | steps
    return {"id": target.id, "levels": levels, "weights": told["weight_rule"]} | _part(told, _TARGET_RULES)


def rules_fingerprint(catalog: Catalog) -> str:
    """Fingerprint of all that decides a number: method texts, default thresholds, levels, paths and weights.

    Parameters
    ----------
    catalog
        The pact; goals and context of a project's own are left out.

    Returns
    -------
    str
        16 hexadecimal characters.
    """
    defaults = {name: str(ReportParameters.model_fields[name].default) for name in _PARAMETER_RULES}
    told = {
        "methods": {name: [catalog.method_title(name), catalog.method(name)] for name in catalog.methods},
        "defaults": defaults,
        "targets": [_target_rules(target) for target in (*catalog.pact_targets, *catalog.goals_2_1)],
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_FINGERPRINT_LENGTH]


def _plain(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no plain value")


def _read(path: Path, model: type[_File], problems: list[Problem]) -> _File | None:
    file = read_yaml(path, path.parent)
    problems.extend(file.problems)
    if file.data is None:
        if not file.problems:
            problems.append(Problem(file.name, "an empty file", "the keys of the file", "Restore it."))
        return None
    try:
        # Through JSON, because only there pydantic is strict about scalars.
        return model.model_validate_json(json.dumps(file.data, default=_plain), strict=True)
    except ValidationError as error:
        problems.extend(schema_problems(file, error))
        return None


def _order(file: str, items: Sequence[MethodNote | Erratum]) -> Iterator[Problem]:
    dates = [item.datum for item in items]
    if dates != sorted(dates, reverse=True):
        yield Problem(file, "dates that go up and down", "the newest first", "Put a new one at the top.")


def _length(file: str, place: int, text: str) -> Iterator[Problem]:
    for part in sentences(text):
        if word_count(part) > MAX_WORDS_EXPLANATION:
            found = f"a sentence of {word_count(part)} words: {part!r}"
            yield Problem(f"{file}: [{place}]", found, f"at most {MAX_WORDS_EXPLANATION} words", "Split it.")


def _history(folder: Path, problems: list[Problem]) -> tuple[MethodHistory, str]:
    notes = _read(folder / NOTES_FILE, _Notes, problems)
    errata = _read(folder / ERRATA_FILE, _Errata, problems)
    history = MethodHistory(notes.wijzigingen if notes else (), errata.errata if errata else ())
    problems += [*_order(NOTES_FILE, history.notes), *_order(ERRATA_FILE, history.errata)]
    for place, note in enumerate(history.notes):
        problems += [problem for text in (note.wat, note.gevolg) for problem in _length(NOTES_FILE, place, text)]
    for place, item in enumerate(history.errata):
        told = (item.fout, item.juist, item.gevolg)
        problems += [problem for text in told for problem in _length(ERRATA_FILE, place, text)]
    return history, notes.vingerafdruk if notes else ""


def check_method_notes(catalog: Catalog, folder: Path | None = None) -> tuple[Problem, ...]:
    """Every mistake of the two files, and a rule that changed without a note.

    Parameters
    ----------
    catalog
        The rules as they are now.
    folder
        Catalogue folder; ``None`` for the packaged one.

    Returns
    -------
    tuple of Problem
        Empty when all is well.
    """
    problems: list[Problem] = []
    _, noted = _history(folder or PACKAGED, problems)
    now = rules_fingerprint(catalog)
    if noted and noted != now:
        problems.append(
            Problem(
                f"{NOTES_FILE}: vingerafdruk",
                noted,
                f"{now}: a method text, threshold, level or path changed since the last note",
                "Add a dated note on top (what changed, what it does to published values), and write this fingerprint.",
            )
        )
    return tuple(problems)


@cache
def load_method_history() -> MethodHistory:
    """Notes on the method and errata of the package.

    Raises
    ------
    CatalogProblems
        With every mistake of both files.
    """
    problems: list[Problem] = []
    history, _ = _history(PACKAGED, problems)
    if problems:
        raise CatalogProblems("the notes on the method are not usable", problems)
    return history
