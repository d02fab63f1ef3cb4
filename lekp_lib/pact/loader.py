"""The pact as one object, read from its files, with every mistake of every file at once.

Three steps: read each file (form), validate it against its model (keys and types), then compare the files with each
other (ids, numbers, addresses, words). Only a catalogue without any mistake becomes a :class:`Catalog`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path, PurePosixPath
from string import punctuation
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel
from rapidfuzz import process

from lekp_lib.errors import CatalogError, CatalogProblems, Problem
from lekp_lib.pact import models
from lekp_lib.pact.custom import CustomFile
from lekp_lib.pact.models import Source, Target, WerfId
from lekp_lib.pact.yaml_files import KeyPath, Model, YamlFile, read_model, read_text, read_yaml
from lekp_lib.parameters import ReportParameters

PACKAGED = Path(__file__).parent
PACT_NUMBERS = range(1, 18)

_SINGLE: Mapping[str, type[BaseModel]] = {
    "werven": models.Werven, "woordenlijst": models.Glossary, "juridische_grond": models.LegalGrounds,
    "oplaadlijst": models.UploadList, "methodewijzigingen": models.MethodNotes, "errata": models.Errata,
}  # fmt: skip
_Item = TypeVar("_Item")
_BEFORE_UNIT = re.compile(r"(?<=[\d}]) (?=(?:%|m²|m³|km|kWh|kWp?|MW|CPE)(?!\w))")
_PLACEHOLDER = re.compile(r"[{}]([^{}]*)\}?")
_METHOD = re.compile(r"# (?P<title>\S[^\n]*)\n\s*(?P<body>\S.*\S)\s*", re.DOTALL)


def no_break(text: str) -> str:
    """Put a no-break space between a number and its sign or unit, so that authors can type plain ones.

    Examples
    --------
    >>> no_break("36 kWp en 100 %") == "36\\u00a0kWp en 100\\u00a0%"
    True
    """
    return _BEFORE_UNIT.sub("\u00a0", text)


def _lookup(kind: str, key: str, known: Mapping[str, _Item]) -> _Item:
    if key in known:
        return known[key]
    near = process.extractOne(key, list(known), score_cutoff=60)
    hint = f"; bedoelde u {near[0]!r}?" if near else "."
    raise CatalogError(f"{kind} {key!r} bestaat niet{hint} Bekend zijn: {', '.join(known)}")


@dataclass(frozen=True, eq=False)
class Catalog:
    """Everything that the pact declares, checked and frozen.

    Attributes
    ----------
    measured
        Everything that an edition may hold figures of: 1 to 17, the goals of 2.1, own goals, context; by number or id.
    werven
        The groups of targets, in official order.
    sources
        Who provides figures, by id.
    glossary
        Terms with their explanation, in the order to be shown.
    method_texts
        Rules explained, by id: title, and body in Dutch markdown with placeholders.
    legal_grounds, uploads
        What stands around a council decision.
    method_notes, errata
        Changes of the rules and mistakes in published figures, newest first.
    own_files
        The files of a project that are part of it.
    """

    measured: tuple[Target, ...]
    werven: tuple[models.Werf, ...]
    sources: Mapping[str, Source]
    glossary: tuple[tuple[str, str], ...]
    method_texts: Mapping[str, tuple[str, str]]
    legal_grounds: models.LegalGrounds
    uploads: models.UploadList
    method_notes: tuple[models.MethodNote, ...] = ()
    errata: tuple[models.Erratum, ...] = ()
    own_files: tuple[CustomFile, ...] = ()

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """What is judged: the 17 in official order, the goals of 2.1, then own goals. Never holds context."""
        return tuple(target for target in self.measured if not target.is_context)

    @cached_property
    def context(self) -> tuple[Target, ...]:
        """Figures beside the pact, by id."""
        return tuple(target for target in self.measured if target.is_context)

    @cached_property
    def pact_targets(self) -> tuple[Target, ...]:
        """The numbered targets (17), in official order."""
        return tuple(target for target in self.targets if target.nr is not None)

    @cached_property
    def _by_id(self) -> Mapping[str, Target]:
        return {target.id: target for target in self.measured}

    @property
    def methods(self) -> tuple[str, ...]:
        """Ids of the method texts, sorted."""
        return tuple(sorted(self.method_texts))

    def target(self, target_id: str) -> Target:
        """Target, or figures for context, by id; :class:`~lekp_lib.errors.CatalogError` when there is none."""
        return _lookup("het doel", target_id, self._by_id)

    def source(self, source_id: str) -> Source:
        """Source by id; :class:`~lekp_lib.errors.CatalogError` when there is none."""
        return _lookup("de bron", source_id, self.sources)

    def of_werf(self, werf_id: WerfId) -> tuple[Target, ...]:
        """Numbered targets of one werf, in official order."""
        return tuple(target for target in self.pact_targets if target.werf == werf_id)

    def method(self, concept_id: str) -> str:
        """Method text in Dutch markdown: paragraphs, lists and bold, without its title.

        Placeholders such as ``{drempel_licht}`` carry the names of report parameters; fill them with
        :meth:`str.format_map` and values already written in Dutch (``0,7``).
        """
        return _lookup("de uitleg", concept_id, self.method_texts)[1]

    def method_title(self, concept_id: str) -> str:
        """Title of a method text, plain."""
        return _lookup("de uitleg", concept_id, self.method_texts)[0]


@dataclass
class _Reading:
    """What could be read so far, each with its file, and all mistakes."""

    items: list[tuple[Target | Source, YamlFile]] = field(default_factory=list)
    files: dict[type[BaseModel], Any] = field(default_factory=dict)
    methods: dict[str, tuple[str, str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    unread: int = 0
    problems: list[Problem] = field(default_factory=list)

    def model(self, file: YamlFile, model: type[Model]) -> Model | None:
        """One file as its model; its mistakes are kept."""
        found, problems = read_model(file, model, no_break)
        self.problems += problems
        return found

    def item(self, folder: str, file: YamlFile) -> None:
        """A target or a source."""
        found = self.model(file, Target) if folder == "doelen" else self.model(file, Source)
        if found is not None:
            self.items.append((found, file))
        self.unread += found is None

    def of(self, model: type[_Item]) -> list[tuple[_Item, YamlFile]]:
        """What was read of one model."""
        return [(item, file) for item, file in self.items if isinstance(item, model)]


def _read_method(path: Path, reading: _Reading) -> None:
    name = f"methode/{path.name}"
    text, problem = read_text(path, name)
    match = _METHOD.fullmatch(text)
    if problem or match is None:
        expected = "een eerste regel '# Titel' en daaronder een tekst"
        reading.problems.append(problem or Problem(name, repr(text[:60]), expected))
        return
    for found in sorted(set(_PLACEHOLDER.findall(text)) - set(ReportParameters.model_fields)):
        expected = f"een van {', '.join(ReportParameters.model_fields)}"
        reading.problems.append(Problem(name, f"de plaatshouder {{{found}}}", expected))
    reading.methods[path.stem] = (match["title"], no_break(match["body"]))


def _read_folder(folder: Path) -> _Reading:
    """Every file of a catalogue by itself, not yet compared with the others."""
    reading = _Reading()
    for kind, pattern in (("bronnen", "*.yaml"), ("doelen", "*.yaml"), ("methode", "*.md")):
        paths = sorted((folder / kind).glob(pattern))
        if not paths:
            reading.problems.append(Problem(kind, "geen bestanden", f"minstens één bestand {pattern}"))
        for path in paths:
            if kind == "methode":
                _read_method(path, reading)
            else:
                reading.names.add(f"{kind}/{path.stem}")
                reading.item(kind, read_yaml(path, folder))
    for name, model in _SINGLE.items():
        reading.files[model] = reading.model(read_yaml(folder / f"{name}.yaml", folder), model)
    return reading


def _repeated(entries: Iterable[tuple[YamlFile, KeyPath, str]], expected: str, advice: str = "") -> Iterator[Problem]:
    """Values that stand in more than one file."""
    first: dict[str, str] = {}
    for file, path, value in entries:
        other = first.setdefault(value.casefold().strip(punctuation + " "), file.name)
        if value and other != file.name:
            yield Problem(file.where(path), f"{value} (ook in {other})", expected, advice)


def _compare(reading: _Reading) -> Iterator[Problem]:
    """Mistakes that show only when the files are seen together."""
    targets, sources = reading.of(Target), reading.of(Source)
    for item, file in reading.items:
        if item.id != (stem := PurePosixPath(file.name).stem):
            yield Problem(file.where(("id",)), item.id, stem, "Geef het bestand en de id dezelfde naam.")
    for items in (targets, sources):
        ids = ((file, ("id",), item.id) for item, file in items)
        yield from _repeated(ids, "een id die nergens anders staat", "Kies een andere id en bestandsnaam.")
    for key in ("nr", "codelist_uri", "official_label"):
        values = ((file, (key,), str(getattr(target, key) or "")) for target, file in targets)
        yield from _repeated(values, "een waarde die geen ander doel heeft")
    words = (
        (file, path, word)
        for target, file in targets
        for path, word in [(("name",), target.name), *((("synonyms", n), w) for n, w in enumerate(target.synonyms))]
    )
    yield from _repeated(words, "een zoekwoord dat naar één doel leidt", "Laat het in één bestand staan.")
    # An unreadable file has a number too; its own message is enough.
    if not reading.unread and (missing := sorted(set(PACT_NUMBERS) - {target.nr for target, _ in targets})):
        yield Problem("doelen", f"geen doel met nummer {', '.join(map(str, missing))}", "doelen 1 tot 17")
    yield from _unknown_sources(targets, {name.removeprefix("bronnen/") for name in reading.names})


def _unknown_sources(targets: Iterable[tuple[Target, YamlFile]], known: Collection[str]) -> Iterator[Problem]:
    for target, file in targets:
        for index, source in enumerate(target.sources):
            if source not in known:
                advice = f"Voeg bronnen/{source}.yaml toe of verbeter de naam."
                yield Problem(file.where(("sources", index)), f"bron {source!r}", "een bekende bron", advice)


_packaged = cache(_read_folder)


def _read(folder: Path, own: Sequence[CustomFile]) -> _Reading:
    packaged = _packaged(folder) if folder == PACKAGED else _read_folder(folder)
    reading = _Reading(
        list(packaged.items), packaged.files, packaged.methods, set(packaged.names), packaged.unread,
        list(packaged.problems),
    )  # fmt: skip
    for item in own:
        reading.names.add(f"{item.kind}/{PurePosixPath(item.name).stem}")
        file, early = item.read()
        reading.problems += early
        if early:
            reading.unread += 1
        else:
            reading.item(item.kind, file)
    reading.problems += _compare(reading)
    return reading


def check_catalog(folder: Path | None = None, own: Sequence[CustomFile] = ()) -> tuple[Problem, ...]:
    """Every mistake of every file of a catalogue.

    Parameters
    ----------
    folder
        Folder with ``doelen/``, ``bronnen/``, ``methode/`` and the single files; ``None`` for the packaged one.
    own
        Files that a project lays beside them.

    Returns
    -------
    tuple of Problem
        Empty when the catalogue is sound.
    """
    return tuple(_read(folder or PACKAGED, own).problems)


def usable_files(own: Sequence[CustomFile]) -> tuple[tuple[CustomFile, ...], tuple[Problem, ...]]:
    """Files of a project that can be used although others cannot.

    Parameters
    ----------
    own
        Files of a project.

    Returns
    -------
    tuple
        Those without mistakes that name nothing of the others, and the mistakes of the others.
    """
    kept, left_out = tuple(own), list[Problem]()
    while problems := [item for item in check_catalog(own=kept) if item.where.startswith(tuple(f.path for f in kept))]:
        left_out += problems
        kept = tuple(file for file in kept if not any(item.where.startswith(file.path) for item in problems))
    return kept, tuple(left_out)


def _order(target: Target) -> tuple[bool, bool, bool, int, str]:
    return target.is_context, target.nr is None, target.is_own, target.nr or 0, target.id


def _load(folder: Path, own: tuple[CustomFile, ...]) -> Catalog:
    reading = _read(folder, own)
    if reading.problems:
        raise CatalogProblems(f"de catalogus in {folder} is niet bruikbaar", reading.problems)
    files = reading.files
    return Catalog(
        measured=tuple(sorted((target for target, _ in reading.of(Target)), key=_order)),
        werven=files[models.Werven].werven,
        sources=MappingProxyType({source.id: source for source, _ in reading.of(Source)}),
        glossary=tuple((term.term, term.explanation) for term in files[models.Glossary].begrippen),
        method_texts=MappingProxyType(reading.methods),
        legal_grounds=files[models.LegalGrounds],
        uploads=files[models.UploadList],
        method_notes=files[models.MethodNotes].wijzigingen,
        errata=files[models.Errata].errata,
        own_files=own,
    )


_load_kept = lru_cache(maxsize=8)(_load)


def load_catalog(folder: Path | None = None, own: Sequence[CustomFile] = ()) -> Catalog:
    """Read the declared pact.

    Parameters
    ----------
    folder
        As in :func:`check_catalog`. Only the packaged folder is kept in memory after the first call.
    own
        Files that a project lays beside it: of its folder (:func:`~lekp_lib.pact.custom.own_files`), or those that an
        edition was made with.

    Returns
    -------
    Catalog

    Raises
    ------
    CatalogProblems
        With every mistake of every file at once.
    """
    return _load_kept(PACKAGED, tuple(own)) if folder is None else _load(folder, tuple(own))
