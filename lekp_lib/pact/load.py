"""Reading the catalogue: all files, every mistake of every file at once.

Three steps: read each file (form), validate it against its model (keys and types), then compare the files with each
other (ids, numbers, addresses, words). Only a catalogue without any mistake becomes a :class:`Catalog`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lekp_lib.errors import CatalogProblems, Problem
from lekp_lib.pact.catalog import Catalog, MethodText
from lekp_lib.pact.checks import cross_checks
from lekp_lib.pact.complaints import schema_problems
from lekp_lib.pact.council import LEGAL_FILE, UPLOAD_FILE, LegalGrounds, UploadList, council_checks
from lekp_lib.pact.models import Source, Target, Term, Werf
from lekp_lib.pact.own_files import OwnFile, reserved, unfilled
from lekp_lib.pact.vocabulary import Declared
from lekp_lib.pact.wording import no_break
from lekp_lib.pact.yaml_files import YamlFile, read_yaml

PACKAGED = Path(__file__).parent

Model = TypeVar("Model", bound=BaseModel)


class _Werven(Declared):
    werven: tuple[Werf, ...]


class _Glossary(Declared):
    begrippen: tuple[Term, ...]


@dataclass
class _Draft:
    """What could be read so far, and all mistakes."""

    targets: list[tuple[Target, YamlFile]] = field(default_factory=list)
    sources: list[tuple[Source, YamlFile]] = field(default_factory=list)
    werven: tuple[Werf, ...] = ()
    terms: tuple[Term, ...] = ()
    methods: list[MethodText] = field(default_factory=list)
    legal_grounds: LegalGrounds | None = None
    uploads: UploadList | None = None
    problems: list[Problem] = field(default_factory=list)
    source_names: set[str] = field(default_factory=set)
    all_read: bool = True


def _tidy(value: Any) -> Any:
    """Plain values with Dutch no-break spaces in every text, and dates as text."""
    if isinstance(value, str):
        return no_break(value)
    if isinstance(value, dict):
        return {key: _tidy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _validated(file: YamlFile, model: type[Model], problems: list[Problem]) -> Model | None:
    """One file as its model, or ``None`` with the mistakes added to ``problems``.

    Validation goes through JSON, because only there pydantic is strict about scalars (``"3"`` is no number, ``true``
    is no 1, a number is no text) and still takes lists for tuples and text for dates.
    """
    problems.extend(file.problems)
    if file.data is None:
        if not file.problems:
            problems.append(Problem(file.name, "an empty file", f"the keys of a {model.__name__.strip('_')}"))
        return None
    try:
        valid = model.model_validate_json(json.dumps(_tidy(file.data)), strict=True)
    except ValidationError as error:
        problems.extend(schema_problems(file, error))
        return None
    return None if file.problems else valid


def _files(folder: Path, pattern: str, problems: list[Problem]) -> list[Path]:
    paths = sorted(folder.glob(pattern))
    if not paths:
        problems.append(Problem(folder.name, "no files", f"at least one file {pattern}", "Restore the folder."))
    return paths


def _read_method(path: Path, draft: _Draft) -> None:
    name = f"methode/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        draft.problems.append(Problem(name, str(error), "readable UTF-8 text"))
        return
    first, _, body = text.partition("\n")
    if not first.startswith("# ") or not first[2:].strip() or not body.strip():
        draft.problems.append(Problem(name, repr(first[:60]), "a first line '# Title' and a text below it"))
        return
    draft.methods.append(MethodText(path.stem, first[2:].strip(), no_break(body.strip())))


def _read_parts(folder: Path) -> _Draft:
    """Every file of a catalogue by itself, not yet compared with the others."""
    draft = _Draft()
    for path in _files(folder / "bronnen", "*.yaml", draft.problems):
        draft.source_names.add(path.stem)
        _take_source(read_yaml(path, folder), draft)
    for path in _files(folder / "doelen", "*.yaml", draft.problems):
        _take_target(read_yaml(path, folder), draft)
    if werven := _validated(read_yaml(folder / "werven.yaml", folder), _Werven, draft.problems):
        draft.werven = werven.werven
    if glossary := _validated(read_yaml(folder / "woordenlijst.yaml", folder), _Glossary, draft.problems):
        draft.terms = glossary.begrippen
    for path in _files(folder / "methode", "*.md", draft.problems):
        _read_method(path, draft)
    draft.legal_grounds = _validated(read_yaml(folder / LEGAL_FILE, folder), LegalGrounds, draft.problems)
    draft.uploads = _validated(read_yaml(folder / UPLOAD_FILE, folder), UploadList, draft.problems)
    draft.problems.extend(council_checks(draft.legal_grounds, draft.uploads))
    return draft


_packaged_parts = cache(_read_parts)


def _take_source(file: YamlFile, draft: _Draft) -> None:
    if source := _validated(file, Source, draft.problems):
        draft.sources.append((source, file))


def _take_target(file: YamlFile, draft: _Draft) -> None:
    if target := _validated(file, Target, draft.problems):
        draft.targets.append((target, file))
    else:
        draft.all_read = False


def _take_own(own: OwnFile, draft: _Draft) -> None:
    """One file of a project; what is still to be filled in is told instead of all that follows from it."""
    file = own.read()
    early = [*unfilled(file), *reserved(file)]
    draft.problems.extend(early)
    if own.kind == "bronnen":
        draft.source_names.add(Path(own.name).stem)
    if early:
        draft.problems.extend(file.problems)
        draft.all_read = False
    elif own.kind == "bronnen":
        _take_source(file, draft)
    else:
        _take_target(file, draft)


def _read(folder: Path, own: Sequence[OwnFile] = ()) -> _Draft:
    parts = _packaged_parts(folder) if folder == PACKAGED else _read_parts(folder)
    draft = replace(
        parts,
        targets=list(parts.targets),
        sources=list(parts.sources),
        source_names=set(parts.source_names),
        problems=list(parts.problems),
    )
    for file in own:
        _take_own(file, draft)
    draft.problems.extend(
        cross_checks(
            draft.targets,
            draft.sources,
            # A source file that has mistakes of its own still declares its name.
            draft.source_names,
            draft.werven,
            draft.terms,
            draft.methods,
            all_read=draft.all_read,
        )
    )
    return draft


def check_catalog(folder: Path | None = None, own: Sequence[OwnFile] = ()) -> tuple[Problem, ...]:
    """Every mistake of every file of a catalogue.

    Parameters
    ----------
    folder
        Folder with ``doelen/``, ``bronnen/``, ``methode/``, ``werven.yaml``, ``woordenlijst.yaml``,
        ``juridische_grond.yaml`` and ``oplaadlijst.yaml``;
        ``None`` for the one inside the package.
    own
        Files that a project lays beside them.

    Returns
    -------
    tuple of Problem
        Empty when the catalogue is sound.
    """
    return tuple(_read(folder or PACKAGED, own).problems)


def _load_own(folder: Path, own: tuple[OwnFile, ...]) -> Catalog:
    draft = _read(folder, own)
    if draft.problems or draft.legal_grounds is None or draft.uploads is None:
        raise CatalogProblems(f"the catalogue in {folder} is not usable", draft.problems)
    return Catalog(
        targets=[target for target, _ in draft.targets],
        werven=draft.werven,
        sources=[source for source, _ in draft.sources],
        glossary=[(term.term, term.explanation) for term in draft.terms],
        methods=draft.methods,
        legal_grounds=draft.legal_grounds,
        uploads=draft.uploads,
        own_files=own,
    )


_load_kept = lru_cache(maxsize=8)(_load_own)


def load_catalog(folder: Path | None = None, own: Sequence[OwnFile] = ()) -> Catalog:
    """Read the declared pact.

    Parameters
    ----------
    folder
        As in :func:`check_catalog`. Only the packaged folder is kept in memory after the first call.
    own
        Files that a project lays beside it: of its folder (:func:`~lekp_lib.pact.own_files.own_files`), or those
        that an edition was made with.

    Returns
    -------
    Catalog

    Raises
    ------
    CatalogProblems
        With every mistake of every file at once.
    """
    return _load_kept(PACKAGED, tuple(own)) if folder is None else _load_own(folder, tuple(own))
