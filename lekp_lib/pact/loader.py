"""The pact as one object, read from its files, with every mistake of every file at once.

Three steps: read each file (form), validate it against its model (keys and types), then compare the files with each
other (ids, numbers, addresses, words). Only a catalogue without any mistake becomes a :class:`Catalog`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path, PurePosixPath
from string import punctuation
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from pydantic import BaseModel
from rapidfuzz import process

from lekp_lib.errors import CatalogError, CatalogProblems, Problem
from lekp_lib.pact import models
from lekp_lib.pact.models import Source, Target, WerfId
from lekp_lib.pact.yaml_files import KeyPath, YamlFile, parse_yaml, read_model, read_text, read_yaml
from lekp_lib.parameters import ReportParameters

PACKAGED = Path(__file__).parent
PACT_NUMBERS = range(1, 18)
CustomKind = Literal["doelen", "bronnen"]

_SINGLE: Mapping[str, type[BaseModel]] = {
    "werven": models.Werven, "woordenlijst": models.Glossary, "juridische_grond": models.LegalGrounds,
    "oplaadlijst": models.UploadList, "methodewijzigingen": models.MethodNotes, "errata": models.Errata,
}  # fmt: skip
_Item = TypeVar("_Item")
_BEFORE_UNIT = re.compile(r"(?<=[\d}]) (?=(?:%|m²|m³|km|kWh|kWp?|MW|CPE)(?!\w))")
_PLACEHOLDER = re.compile(r"[{}]([^{}]*)\}?")
_METHOD = re.compile(r"# (?P<title>\S[^\n]*)\n\s*(?P<body>\S.*\S)\s*", re.DOTALL)
#: Stands in a new file wherever a person has to write something; an explanation behind # is none.
_TO_FILL_IN = re.compile(r"^[^#\n]*INVULLEN[^#\n]*", re.MULTILINE)
_RESERVED = ("nr", "codelist_uri", "official_label", "official_uri")


def no_break(text: str) -> str:
    """Put a no-break space between a number and its sign or unit, so that authors can type plain ones.

    Examples
    --------
    >>> no_break("36 kWp en 100 %") == "36\\u00a0kWp en 100\\u00a0%"
    True
    """
    return _BEFORE_UNIT.sub("\u00a0", text)


@dataclass(frozen=True, slots=True)
class CustomFile:
    """One declared file: a target (``doelen``) or a source (``bronnen``).

    Attributes
    ----------
    kind, name
        Folder and file name: ``doelen``, ``zonnedaken.yaml``.
    text
        Its content; not trusted.
    place
        Folder of the project as told in messages; empty for a file of the package or inside an edition.
    problem
        Why the file could not be read; empty when it could.
    """

    kind: CustomKind
    name: str
    text: str
    place: str = ""
    problem: Problem | None = None

    @property
    def path(self) -> str:
        """Name for messages: ``parameters/doelen/zonnedaken.yaml``."""
        return "/".join(part for part in (self.place, self.kind, self.name) if part)


def own_files(folder: Path, place: str | None = None) -> tuple[CustomFile, ...]:
    """Declared targets and sources of a folder, in a fixed order.

    Parameters
    ----------
    folder
        Folder with ``doelen/`` and ``bronnen/``; either may be absent.
    place
        The folder as told in messages.

    Returns
    -------
    tuple of CustomFile
        Unreadable files too: their mistake travels with them.
    """
    found, shown = [], folder.as_posix() if place is None else place
    kinds: tuple[CustomKind, ...] = ("doelen", "bronnen")
    for kind in kinds:
        for path in sorted((folder / kind).glob("*.yaml")):
            file = CustomFile(kind, path.name, "", shown)
            text, problem = read_text(path, file.path)
            found.append(replace(file, text=text, problem=problem))
    return tuple(found)


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

    @property
    def methods(self) -> tuple[str, ...]:
        """Ids of the method texts, sorted."""
        return tuple(sorted(self.method_texts))

    def target(self, target_id: str) -> Target:
        """Target, or figures for context, by id; :class:`~lekp_lib.errors.CatalogError` when there is none."""
        return _lookup("het doel", target_id, {target.id: target for target in self.measured})

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


def _lookup(kind: str, key: str, known: Mapping[str, _Item]) -> _Item:
    if key in known:
        return known[key]
    near = process.extractOne(key, list(known), score_cutoff=60)
    hint = f"; bedoelde u {near[0]!r}?" if near else "."
    raise CatalogError(f"{kind} {key!r} bestaat niet{hint} Bekend zijn: {', '.join(known)}")


@dataclass(frozen=True)
class _Entry:
    """One target or source as it was read; ``item`` is ``None`` when it could not be."""

    file: YamlFile
    item: BaseModel | None
    problems: Sequence[Problem]


@cache
def _validated(text: str, name: str, model: type[BaseModel]) -> _Entry:
    file = parse_yaml(text, name)
    return _Entry(file, *read_model(file, model, no_break))


def _early_problems(file: CustomFile, read: YamlFile) -> list[Problem]:
    """Places of an own file where nobody has written anything yet, and keys of the official list."""
    problems = []
    for found in _TO_FILL_IN.finditer(file.text):
        line = file.text.count("\n", 0, found.end()) + 1
        where, advice = f"{file.path}, regel {line}", "Vul het in, of haal de regel weg."
        problems.append(Problem(where, repr(found[0].strip()), "een eigen tekst of getal", advice))
    given = read.data if isinstance(read.data, dict) else {}
    for key in (key for key in _RESERVED if given.get(key)):
        advice = "Haal de sleutel weg: de officiële doelen staan in het pakket."
        expected = "geen zulke sleutel in een bestand van een project"
        problems.append(Problem(read.where((key,)), repr(given[key]), expected, advice))
    return [*problems, *read.problems] if problems else []


def _read_entry(file: CustomFile, *, own: bool) -> _Entry:
    entry = _validated(file.text, file.path, Target if file.kind == "doelen" else Source)
    early = [file.problem] if file.problem else _early_problems(file, entry.file) if own else []
    return replace(entry, item=None, problems=early) if early else entry


def _read_method(path: Path, problems: list[Problem]) -> tuple[str, str]:
    """Title and body of a method text; its mistakes are added to ``problems``."""
    name = f"methode/{path.name}"
    text, problem = read_text(path, name)
    match = _METHOD.fullmatch(text)
    if problem or match is None:
        expected = "een eerste regel '# Titel' en daaronder een tekst"
        problems.append(problem or Problem(name, repr(text[:60]), expected))
        return "", ""
    for found in sorted(set(_PLACEHOLDER.findall(text)) - set(ReportParameters.model_fields)):
        expected = f"een van {', '.join(ReportParameters.model_fields)}"
        problems.append(Problem(name, f"de plaatshouder {{{found}}}", expected))
    return match["title"], no_break(match["body"])


def _repeated(
    entries: Iterable[tuple[YamlFile, KeyPath, object]], expected: str, advice: str = ""
) -> Iterator[Problem]:
    """Values that stand in more than one file."""
    first: dict[str, str] = {}
    for file, path, value in entries:
        other = first.setdefault(str(value).casefold().strip(punctuation + " "), file.name)
        if value and other != file.name:
            yield Problem(file.where(path), f"{value} (ook in {other})", expected, advice)


def _compare(entries: Sequence[_Entry], known_sources: set[str]) -> Iterator[Problem]:
    """Mistakes that show only when the files are seen together."""
    targets = [(entry.item, entry.file) for entry in entries if isinstance(entry.item, Target)]
    sources = [(entry.item, entry.file) for entry in entries if isinstance(entry.item, Source)]
    for items in (sources, targets):
        for item, file in items:
            if item.id != (stem := PurePosixPath(file.name).stem):
                yield Problem(file.where(("id",)), item.id, stem, "Geef het bestand en de id dezelfde naam.")
        ids = ((file, ("id",), item.id) for item, file in items)
        yield from _repeated(ids, "een id die nergens anders staat", "Kies een andere id en bestandsnaam.")
    for key in ("nr", "codelist_uri", "official_label"):
        values = ((file, (key,), getattr(target, key) or "") for target, file in targets)
        yield from _repeated(values, "een waarde die geen ander doel heeft")
    words = (
        (file, path, word)
        for target, file in targets
        for path, word in [(("name",), target.name), *((("synonyms", n), w) for n, w in enumerate(target.synonyms))]
    )
    yield from _repeated(words, "een zoekwoord dat naar één doel leidt", "Laat het in één bestand staan.")
    # An unreadable file has a number too; its own message is enough.
    missing = sorted(set(PACT_NUMBERS) - {target.nr for target, _ in targets})
    if missing and all(entry.item for entry in entries):
        yield Problem("doelen", f"geen doel met nummer {', '.join(map(str, missing))}", "doelen 1 tot 17")
    for target, file in targets:
        for index, source in enumerate(target.sources):
            if source not in known_sources:
                advice = f"Voeg bronnen/{source}.yaml toe of verbeter de naam."
                yield Problem(file.where(("sources", index)), f"bron {source!r}", "een bekende bron", advice)


def _order(target: Target) -> tuple[bool, bool, bool, int, str]:
    return target.is_context, target.nr is None, target.is_own, target.nr or 0, target.id


def _read(folder: Path, own: tuple[CustomFile, ...]) -> tuple[Catalog | None, tuple[Problem, ...]]:
    """The catalogue, or every mistake of every file."""
    problems, packaged = list[Problem](), own_files(folder, "")
    texts = sorted((folder / "methode").glob("*.md"))
    absent = {"bronnen", "doelen", "methode"} - {path.parent.name for path in texts} - {file.kind for file in packaged}
    problems += [Problem(kind, "geen bestanden", "minstens één bestand") for kind in sorted(absent)]
    methods = {path.stem: _read_method(path, problems) for path in texts}
    single: dict[str, Any] = {}
    for name, model in _SINGLE.items():
        single[name], found = read_model(read_yaml(folder / f"{name}.yaml", folder), model, no_break)
        problems += found
    entries = [_read_entry(file, own=False) for file in packaged] + [_read_entry(file, own=True) for file in own]
    problems += [problem for entry in entries for problem in entry.problems]
    sources = {file.name.removesuffix(".yaml") for file in (*packaged, *own) if file.kind == "bronnen"}
    problems += _compare(entries, sources)
    if problems:
        return None, tuple(problems)
    return Catalog(
        measured=tuple(sorted((entry.item for entry in entries if isinstance(entry.item, Target)), key=_order)),
        werven=single["werven"].werven,
        sources=MappingProxyType({entry.item.id: entry.item for entry in entries if isinstance(entry.item, Source)}),
        glossary=tuple((term.term, term.explanation) for term in single["woordenlijst"].begrippen),
        method_texts=MappingProxyType(methods),
        legal_grounds=single["juridische_grond"],
        uploads=single["oplaadlijst"],
        method_notes=single["methodewijzigingen"].wijzigingen,
        errata=single["errata"].errata,
        own_files=own,
    ), ()


_read_packaged = lru_cache(maxsize=8)(lambda own: _read(PACKAGED, own))


def check_catalog(folder: Path | None = None, own: Sequence[CustomFile] = ()) -> tuple[Problem, ...]:
    """Every mistake of every file of a catalogue.

    Parameters
    ----------
    folder
        Folder with ``doelen/``, ``bronnen/``, ``methode/`` and the single files; ``None`` for the packaged one, of
        which only the first reading is kept in memory.
    own
        Files that a project lays beside them.

    Returns
    -------
    tuple of Problem
        Empty when the catalogue is sound.
    """
    return (_read_packaged(tuple(own)) if folder is None else _read(folder, tuple(own)))[1]


def load_catalog(folder: Path | None = None, own: Sequence[CustomFile] = ()) -> Catalog:
    """Read the declared pact.

    Parameters
    ----------
    folder, own
        As in :func:`check_catalog`; own files are those of a project (:func:`own_files`) or those that an edition was
        made with.

    Returns
    -------
    Catalog

    Raises
    ------
    CatalogProblems
        With every mistake of every file at once.
    """
    catalog, problems = _read_packaged(tuple(own)) if folder is None else _read(folder, tuple(own))
    if catalog is None:
        raise CatalogProblems("de catalogus is niet bruikbaar", problems)
    return catalog
