"""Safe reading of YAML: plain values only, YAML 1.2, and every mistake of a file with its line.

Plain values are mappings with text keys, lists, text, numbers, true/false, null and dates. Everything else that YAML
can do (tags that make Python objects, anchors, duplicate keys, infinite numbers) is refused. In YAML 1.2 ``no`` and
``nee`` stay text; a file that asks for YAML 1.1 would turn ``no`` into false, so that request is refused too.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from yaml import MappingNode, Node, SafeDumper, ScalarNode, SequenceNode, YAMLError, dump
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.cyaml import CParser
from yaml.resolver import Resolver

from lekp_lib.errors import Problem, model_problems, system_text

MAX_BYTES = 1_000_000
KeyPath = tuple[str | int, ...]
Model = TypeVar("Model")

_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = {f"{_TAG}{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")}
#: What a word without quotes is in YAML 1.2; in 1.1, which the library reads by itself, ``no`` is false.
_WORDS = {
    "null": r"(~|null|Null|NULL)?",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?(0|[1-9][0-9_]*)",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
    "timestamp": r"\d{4}-\d\d-\d\d(([Tt]| +)\d\d?:\d\d:\d\d(\.\d*)? *(Z|[-+]\d\d?(:\d\d)?)?)?",
}
_RESOLVERS = {None: [(_TAG + name, re.compile(rf"({word})\Z", re.ASCII)) for name, word in _WORDS.items()]}
_VERSION_REQUEST = re.compile(r"^%YAML", re.MULTILINE)


class _Reader(Composer, CParser, SafeConstructor, Resolver):  # type: ignore[misc]
    """Read by libyaml, which is fast; put together in Python, which knows anchors and survives endless nesting."""

    yaml_implicit_resolvers = _RESOLVERS

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        for base in (Composer, SafeConstructor, Resolver):
            base.__init__(self)

    def compose_node(self, parent: Node | None, index: Any) -> Node:
        anchor = self.peek_event().anchor
        node = super().compose_node(parent, index)
        node.anchor = anchor
        return node


class _Writer(SafeDumper):  # type: ignore[misc]
    """Quotes what the reader would take for something else than text."""

    yaml_implicit_resolvers = _RESOLVERS

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def write_yaml(data: Any) -> str:
    """Plain values as YAML text that :func:`parse_yaml` reads as the same values."""
    return str(dump(data, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110))


@dataclass(slots=True)
class YamlFile:
    """What was read from one file.

    Attributes
    ----------
    name
        File name as told in messages, relative to the folder that was read.
    data
        Plain values; ``None`` when the file could not be read at all.
    lines
        First line (from 1) of every key and list item.
    problems
        Mistakes of form; a file with problems may still have data.
    """

    name: str
    data: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def where(self, path: KeyPath = ()) -> str:
        """Place of a key for a message: file, line of the nearest known key, key."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        line = f", regel {self.lines[known]}" if known in self.lines else ""
        keys = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
        return f"{self.name}{line}: {keys}" if path else f"{self.name}{line}"


def _mistakes(file: YamlFile, node: Node, path: KeyPath = ()) -> Iterator[Problem]:
    """Mistakes of form below a node; notes the lines of its keys on the way."""
    file.lines.setdefault(path, node.start_mark.line + 1)
    if str(node.tag) not in _PLAIN_TAGS or node.anchor is not None:
        found = f"een anker ({node.anchor})" if node.anchor is not None else f"de tag {node.tag}"
        yield Problem(file.where(path), found, "een gewone waarde", "Schrijf de waarde zelf, voluit.")
    elif isinstance(node, MappingNode):
        yield from _key_mistakes(file, node, path)
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield from _mistakes(file, item, (*path, index))


def _key_mistakes(file: YamlFile, node: MappingNode, path: KeyPath) -> Iterator[Problem]:
    for key, value in node.value:
        line, here = key.start_mark.line + 1, (*path, str(key.value))
        if not isinstance(key, ScalarNode) or not str(key.tag).endswith(":str") or key.anchor is not None:
            found = f"de sleutel {key.value}" if isinstance(key, ScalarNode) else "een lijst als sleutel"
            yield Problem(f"{file.name}, regel {line}", found, "een tekst", "Zet de sleutel tussen aanhalingstekens.")
        elif here in file.lines:
            found = f"de sleutel een tweede keer (eerst op regel {file.lines[here]})"
            where = replace(file, lines={here: line}).where(here)
            yield Problem(where, found, "elke sleutel één keer", "Haal een van beide weg.")
        else:
            file.lines[here] = line
            yield from _mistakes(file, value, here)


def parse_yaml(text: str, name: str) -> YamlFile:
    """Read YAML text into plain values.

    Parameters
    ----------
    text
        Content of the file.
    name
        File name for messages.

    Returns
    -------
    YamlFile
        Never raises for what the text holds: mistakes are in ``problems``.
    """
    file = YamlFile(name)
    if request := _VERSION_REQUEST.search(text):
        where, advice = text.count("\n", 0, request.start()) + 1, "Haal ze weg: elk bestand wordt als YAML 1.2 gelezen."
        file.problems.append(Problem(f"{name}, regel {where}", "een %YAML-regel", "geen", advice))
        return file
    try:
        reader = _Reader(text)
        node = reader.get_single_node()
        file.problems += () if node is None else _mistakes(file, node)
        # After a double key the values can still be read, so that their own mistakes show too.
        if node is not None and all("tweede keer" in problem.found for problem in file.problems):
            file.data = reader.construct_document(node)
    except YAMLError as error:
        mark, reason = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        place = f"{name}, regel {mark.line + 1}, kolom {mark.column + 1}" if mark else name
        advice = "Kijk naar inspringing, dubbelpunten en aanhalingstekens op en boven deze regel."
        file.problems = [Problem(place, reason or str(error).splitlines()[0], "geldige YAML", advice)]
    except (AttributeError, LookupError, RecursionError, ValueError) as error:
        # An impossible date such as 2025-02-30; endless nesting; a tag that its value does not fit.
        file.problems = [Problem(name, f"een onleesbare waarde ({error})", "gewone waarden")]
    return file


def read_text(path: Path, name: str) -> tuple[str, Problem | None]:
    """Text of a UTF-8 file of at most 1 MB, or why there is none."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return "", Problem(name, "een bestand van meer dan 1 MB", "hoogstens 1 MB")
        return path.read_text(encoding="utf-8").removeprefix("\ufeff"), None
    except OSError as error:
        return "", Problem(name, system_text(error), "een leesbaar bestand")
    except UnicodeDecodeError as error:
        found = f"een byte die geen UTF-8 is op plaats {error.start}"
        return "", Problem(name, found, "UTF-8-tekst", "Bewaar het bestand als UTF-8.")


def read_yaml(path: Path, name: str = "") -> YamlFile:
    """Read one YAML file into plain values.

    Parameters
    ----------
    path
        The file; UTF-8, at most 1 MB.
    name
        Its name in messages, when that is not the name of the file alone.

    Returns
    -------
    YamlFile
    """
    text, problem = read_text(path, name or path.name)
    return YamlFile(name or path.name, problems=[problem]) if problem else parse_yaml(text, name or path.name)


def read_model(
    file: YamlFile, model: type[Model], tidy: Callable[[str], str] = str
) -> tuple[Model | None, list[Problem]]:
    """One file as its model; an ``id`` is the name of the file, and may be left out of it.

    Parameters
    ----------
    file
        What was read.
    model
        A pydantic model, or another type that pydantic reads.
    tidy
        Change of the whole text before validation, such as no-break spaces.

    Returns
    -------
    tuple
        The model, or ``None``; and every mistake of form, key and type.

    Notes
    -----
    Validation goes through JSON, because only there pydantic is strict about scalars (``"3"`` is no number, ``true``
    is no 1, a number is no text) and still takes lists for tuples and text for dates.
    """
    if file.data is None:
        return None, file.problems or [Problem(file.name, "een leeg bestand", "de sleutels van dit soort bestand")]
    stem, given = Path(file.name).stem, file.data
    if isinstance(given, dict) and "id" in getattr(model, "model_fields", ()):
        given = {"id": stem, **given}
    try:
        content = tidy(json.dumps(given, default=dt.date.isoformat, ensure_ascii=False))
        valid = TypeAdapter(model).validate_json(content, strict=True)
    except ValidationError as error:
        return None, [*file.problems, *model_problems(error, model, file.where)]
    if (named := getattr(valid, "id", stem)) != stem:
        advice = "Geef het bestand en de id dezelfde naam, of haal de id weg."
        return None, [*file.problems, Problem(file.where(("id",)), named, stem, advice)]
    return None if file.problems else valid, file.problems
