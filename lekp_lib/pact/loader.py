"""The pact as one object, read from its files, with every mistake of every file at once.

Three steps: read each file (form), validate it against its model (keys and types), then compare the files with each
other (ids, numbers, addresses, words). Only a catalogue without any mistake becomes a :class:`Catalog`.

Targets and sources that a project declares itself stand in ``doelen/`` and ``bronnen/`` below its folder
(``parameters/``) and are laid beside the packaged ones. Everything that is saved there was checked first, against the
packaged files and the others of the project.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property, lru_cache
from pathlib import Path
from string import punctuation
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeVar, get_args

from lekp_lib.errors import CatalogError, CatalogProblems, Problem
from lekp_lib.pact.models import SINGLE_FILES, Erratum, LegalGrounds, MethodNote, Source, Target, Term, UploadList, Werf
from lekp_lib.pact.yaml_files import KeyPath, YamlFile, parse_yaml, read_model, read_text, read_yaml
from lekp_lib.parameters import ReportParameters
from lekp_lib.paths import write_file

PACKAGED = Path(__file__).parent
CustomKind = Literal["doelen", "bronnen"]
NewKind = Literal["doel", "context", "bron"]

_Item = TypeVar("_Item")
_BEFORE_UNIT = re.compile(r"(?<=[\d}]) (?=(?:%|m²|m³|km|kWh|kWp?|MW|CPE)(?!\w))")
_PLACEHOLDER = re.compile(r"[{}]([^{}]*)\}?")
_METHOD = re.compile(r"# (?P<title>\S[^\n]*)\n\s*(?P<body>\S.*\S)\s*", re.DOTALL)
#: Stands in a new file wherever a person has to write something; an explanation behind # is none.
_TO_FILL_IN = re.compile(r"^[^#\n]*INVULLEN[^#\n]*", re.MULTILINE)
_RESERVED = ("nr", "codelist_uri", "official_label", "official_uri")
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")


def no_break(text: str) -> str:
    """Put a no-break space between a number and its sign or unit, so that authors can type plain ones.

    Examples
    --------
    >>> no_break("36 kWp en 100 %") == "36\\u00a0kWp en 100\\u00a0%"
    True
    """
    return _BEFORE_UNIT.sub("\u00a0", text)


class CustomFile(NamedTuple):
    """One declared file: a target (``doelen``) or a source (``bronnen``).

    Attributes
    ----------
    kind, name
        Folder and file name: ``doelen``, ``zonnedaken.yaml``.
    text
        Its content; not trusted.
    path
        Name for messages: ``parameters/doelen/zonnedaken.yaml``.
    problem
        Why the file could not be read; empty when it could.
    """

    kind: CustomKind
    name: str
    text: str
    path: str
    problem: Problem | None = None


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
    found, shown = [], Path(folder if place is None else place)
    for kind in get_args(CustomKind):
        for path in sorted((folder / kind).glob("*.yaml")):
            text, problem = read_text(path, told := (shown / kind / path.name).as_posix())
            found.append(CustomFile(kind, path.name, text, told, problem))
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
        Rules explained, by id, sorted: title, and body in Dutch markdown. Its placeholders such as ``{drempel_licht}``
        carry the names of report parameters; fill them with :meth:`str.format_map` and values written in Dutch.
    legal_grounds, uploads
        What stands around a council decision.
    method_notes, errata
        Changes of the rules and mistakes in published figures, newest first.
    own_files
        The files of a project that are part of it.
    """

    measured: tuple[Target, ...]
    werven: tuple[Werf, ...]
    sources: Mapping[str, Source]
    glossary: tuple[Term, ...]
    method_texts: Mapping[str, tuple[str, str]]
    legal_grounds: LegalGrounds
    uploads: UploadList
    method_notes: tuple[MethodNote, ...] = ()
    errata: tuple[Erratum, ...] = ()
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

    def target(self, target_id: str) -> Target:
        """Target, or figures for context, by id; :class:`~lekp_lib.errors.CatalogError` when there is none."""
        return lookup("het doel", target_id, {target.id: target for target in self.measured})

    def source(self, source_id: str) -> Source:
        """Source by id; :class:`~lekp_lib.errors.CatalogError` when there is none."""
        return lookup("de bron", source_id, self.sources)

    def of_werf(self, werf_id: str) -> tuple[Target, ...]:
        """Numbered targets of one werf, in official order."""
        return tuple(target for target in self.pact_targets if target.werf == werf_id)


def lookup(kind: str, key: str, known: Mapping[str, _Item]) -> _Item:
    """What has a name; :class:`~lekp_lib.errors.CatalogError` with the nearest and all names where nothing has it."""
    if key in known:
        return known[key]
    near = get_close_matches(key, known, n=1)
    hint = f"; bedoelde u {near[0]!r}?" if near else "."
    raise CatalogError(f"{kind} {key!r} bestaat niet{hint} Bekend zijn: {', '.join(known)}")


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


def _filled(target: Any) -> Any:
    """A target with what it may leave out: the short name, and of a level its series (the first) and its unit."""
    match target:
        case {"indicators": [{"id": str(first), "unit": unit}, *_] as series, "levels": dict(levels)}:
            units = {str(item.get("id")): item.get("unit", unit) for item in series if isinstance(item, dict)}
            for level in (level for level in levels.values() if isinstance(level, dict)):
                level.setdefault("indicator", first)
                level.setdefault("unit", units.get(str(level["indicator"]), unit))
    if isinstance(target, dict) and "name" in target:
        target.setdefault("short_name", target["name"])
    return target


@cache
def _read_item(file: CustomFile, own: bool) -> tuple[YamlFile, Any, Sequence[Problem]]:
    """One file, the target or source in it where it has no mistakes, and its mistakes."""
    read = parse_yaml(file.text, file.path)
    if early := [file.problem] if file.problem else _early_problems(file, read) if own else []:
        return read, None, early
    read.data = _filled(read.data) if file.kind == "doelen" else read.data
    return read, *read_model(read, Target if file.kind == "doelen" else Source, no_break)


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


def _named(item: Target | Source) -> Iterator[tuple[str, KeyPath, object]]:
    """What no other file may say too: the sort of value, its key, and the value."""
    yield "id", ("id",), item.id
    if isinstance(item, Target):
        yield from ((key, (key,), getattr(item, key)) for key in ("nr", "codelist_uri", "official_label"))
        yield "zoekwoord", ("name",), item.name
        yield from (("zoekwoord", ("synonyms", place), word) for place, word in enumerate(item.synonyms))


def _compare(found: Sequence[tuple[YamlFile, Target | Source]], known_sources: set[str]) -> Iterator[Problem]:
    """Mistakes that show only when the files are seen together."""
    first: dict[tuple[type, str, str], str] = {}
    for file, item in found:
        for sort, path, value in _named(item):
            key = type(item), sort, str(value or "").casefold().strip(punctuation + " ")
            if value and (other := first.setdefault(key, file.name)) != file.name:
                advice = "Kies iets anders, of laat het in één van beide staan."
                yield Problem(file.where(path), f"{value} (ook in {other})", "wat in geen ander bestand staat", advice)
        for index, source in enumerate(item.sources if isinstance(item, Target) else ()):
            if source not in known_sources:
                advice = f"Voeg bronnen/{source}.yaml toe of verbeter de naam."
                yield Problem(file.where(("sources", index)), f"bron {source!r}", "een bekende bron", advice)


def _read(folder: Path, own: tuple[CustomFile, ...]) -> tuple[Catalog | None, tuple[Problem, ...]]:
    """The catalogue, or every mistake of every file."""
    problems, packaged = list[Problem](), own_files(folder, "")
    methods = {path.stem: _read_method(path, problems) for path in sorted((folder / "methode").glob("*.md"))}
    single: dict[str, Any] = {}
    for place, (name, model) in SINGLE_FILES.items():
        single[place], found = read_model(read_yaml(folder / f"{name}.yaml"), model, no_break)
        problems += found
    entries = [_read_item(file, False) for file in packaged] + [_read_item(file, True) for file in own]
    problems += [problem for _, _, found in entries for problem in found]
    items = [item for _, item, _ in entries if item]
    # An unreadable file has a number too; its own message is enough.
    targets = [item for item in items if isinstance(item, Target)]
    missing = sorted(set(range(1, 18)) - {target.nr for target in targets})
    if missing and len(items) == len(entries):
        problems.append(Problem("doelen", f"geen doel met nummer {', '.join(map(str, missing))}", "doelen 1 tot 17"))
    sources = {Path(file.name).stem for file in (*packaged, *own) if file.kind == "bronnen"}
    problems += _compare([(file, item) for file, item, _ in entries if item], sources)
    if problems:
        return None, tuple(problems)
    targets.sort(key=lambda item: (item.is_context, item.nr is None, item.is_own, item.nr or 0, item.id))
    by_id = MappingProxyType({item.id: item for item in items if isinstance(item, Source)})
    return Catalog(tuple(targets), sources=by_id, method_texts=MappingProxyType(methods), own_files=own, **single), ()


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


def project_folder(start: Path) -> Path:
    """The ``parameters`` folder of the project that a path belongs to.

    Parameters
    ----------
    start
        Usually the working folder; a notebook may run from a folder below that of the project.

    Returns
    -------
    Path
        The nearest ``parameters`` folder at or above ``start``; where there is none, the one that may be made in
        ``start``.
    """
    places = (start, *start.resolve().parents)
    return next((place / "parameters" for place in places if (place / "parameters").is_dir()), start / "parameters")


def usable_files(own: tuple[CustomFile, ...]) -> tuple[CustomFile, ...]:
    """Files of a project that can be used although others cannot.

    Parameters
    ----------
    own
        Files of a project.

    Returns
    -------
    tuple of CustomFile
        Those without mistakes that name nothing of the others.
    """
    while wrong := [file for file in own for item in check_catalog(own=own) if item.where.startswith(file.path)]:
        own = tuple(file for file in own if file not in wrong)
    return own


def write_new(kind: NewKind, new_id: str, project: Path) -> Path:
    """Write a commented file in which a person only has to fill in.

    Parameters
    ----------
    kind
        ``doel`` with a level and a verdict, ``context`` without, or ``bron``.
    new_id
        Id, and name of the file.
    project
        Folder of the project's declarations (``parameters``).

    Returns
    -------
    Path
        The new file; ``lekp check`` names every place that is still to be filled in.

    Raises
    ------
    CatalogError
        When the id is not usable or taken by the package.
    ProjectError
        When the file exists: nothing is overwritten.
    """
    if not _ID.fullmatch(new_id):
        expected = "kleine letters, cijfers en lage streepjes, te beginnen met een letter, zoals zonnedaken"
        raise CatalogError(f"id {new_id!r}: verwacht {expected}")
    place = f"{'bronnen' if kind == 'bron' else 'doelen'}/{new_id}.yaml"
    if (PACKAGED / place).exists():
        raise CatalogError(f"id {new_id!r}: een bestand van het pakket heet zo; kies een andere id")
    text = (PACKAGED / "nieuw" / f"{kind}.yaml").read_text(encoding="utf-8").replace("ID_VAN_HET_BESTAND", new_id)
    write_file(project / place, text.encode(), replace=False)
    return project / place


def _with(kind: CustomKind, text: str, project: Path | None) -> tuple[CustomFile, tuple[CustomFile, ...]]:
    """The draft as a file, and all files of the project with the draft in place of an older one of that name."""
    data = parse_yaml(text, "draft").data
    stem = str(data.get("id")) if isinstance(data, dict) else ""
    name = f"{stem if _ID.fullmatch(stem) else 'ontwerp'}.yaml"
    draft = CustomFile(kind, name, text, str((project or Path()) / kind / name))
    others = own_files(project) if project is not None else ()
    return draft, (*(file for file in others if (file.kind, file.name) != (kind, draft.name)), draft)


def catalog_with(text: str, project: Path | None = None) -> tuple[Catalog, Target]:
    """The catalogue with one more target that is not saved yet, to try it out.

    Parameters
    ----------
    text
        YAML of the target, as a person typed it.
    project
        Folder of the project's other declarations; ``None`` looks at the packaged ones only.

    Returns
    -------
    tuple of Catalog and Target
        The catalogue with the target, and the target.

    Raises
    ------
    CatalogProblems
        With every mistake at once.
    """
    draft, files = _with("doelen", text, project)
    catalog = load_catalog(own=files)
    return catalog, catalog.target(Path(draft.name).stem)


def save_text(kind: CustomKind, text: str, project: Path, *, replace: bool = False) -> Path:
    """Check a declaration and save it in a project, under its own id.

    Parameters
    ----------
    kind
        ``doelen`` for a target or context, ``bronnen`` for a source.
    text
        YAML, as a person typed it.
    project
        Folder of the project's declarations (``parameters``).
    replace
        Whether an older file of that id may be replaced.

    Returns
    -------
    Path
        The saved file.

    Raises
    ------
    CatalogProblems
        With every mistake at once; nothing is saved then.
    ProjectError
        When the file exists and ``replace`` is not given, or the folder cannot be written.
    """
    draft, files = _with(kind, text, project)
    CatalogProblems.raise_any("de opgave kan nog niet bewaard worden", check_catalog(own=files))
    path = project / kind / draft.name
    write_file(path, text.encode(), replace=replace)
    return path
