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

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lekp_lib.errors import Problem, model_problems

MAX_BYTES = 1_000_000
KeyPath = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

_PLAIN_NAMES = ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in _PLAIN_NAMES}
_VERSION_REQUEST = re.compile(r"^%YAML", re.MULTILINE)


@dataclass(frozen=True, slots=True)
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
    data: Any
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

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


def _syntax_problem(name: str, error: YAMLError) -> Problem:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    reason = (error.problem if isinstance(error, MarkedYAMLError) else None) or str(error).splitlines()[0]
    where = f"{name}, regel {mark.line + 1}, kolom {mark.column + 1}" if mark else name
    advice = "Kijk naar inspringing, dubbelpunten en aanhalingstekens op en boven deze regel."
    return Problem(where, reason, "geldige YAML", advice)


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
    if request := _VERSION_REQUEST.search(text):
        where = f"{name}, regel {text.count(chr(10), 0, request.start()) + 1}"
        problem = Problem(where, "een %YAML-regel", "geen", "Haal ze weg: elk bestand wordt als YAML 1.2 gelezen.")
        return YamlFile(name, None, problems=(problem,))
    file = YamlFile(name, None)
    try:
        reader = YAML(typ="safe", pure=True)
        reader.allow_duplicate_keys = True  # told with both lines by _key_mistakes
        node = reader.compose(text)
        problems = () if node is None else tuple(_mistakes(file, node))
        # After a double key the values can still be read, so that their own mistakes show too.
        readable = node is not None and all("tweede keer" in problem.found for problem in problems)
        return YamlFile(name, reader.constructor.construct_document(node) if readable else None, file.lines, problems)
    except YAMLError as error:
        return YamlFile(name, None, problems=(_syntax_problem(name, error),))
    except (ValueError, RecursionError) as error:  # an impossible date such as 2025-02-30; endless nesting
        return YamlFile(name, None, problems=(Problem(name, f"een onleesbare waarde ({error})", "gewone waarden"),))


def read_text(path: Path, name: str) -> tuple[str, Problem | None]:
    """Text of a UTF-8 file of at most 1 MB, or why there is none."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return "", Problem(name, "een bestand van meer dan 1 MB", "hoogstens 1 MB")
        return path.read_text(encoding="utf-8").removeprefix("\ufeff"), None
    except OSError as error:
        return "", Problem(name, error.strerror or str(error), "een leesbaar bestand")
    except UnicodeDecodeError as error:
        found = f"een byte die geen UTF-8 is op plaats {error.start}"
        return "", Problem(name, found, "UTF-8-tekst", "Bewaar het bestand als UTF-8.")


def read_yaml(path: Path, root: Path | None = None) -> YamlFile:
    """Read one YAML file into plain values.

    Parameters
    ----------
    path
        The file; UTF-8, at most 1 MB.
    root
        Folder to which the name in messages is relative.

    Returns
    -------
    YamlFile
    """
    name = (path.relative_to(root) if root else Path(path.name)).as_posix()
    text, problem = read_text(path, name)
    return YamlFile(name, None, problems=(problem,)) if problem else parse_yaml(text, name)


def read_model(
    file: YamlFile, model: type[Model], tidy: Callable[[str], str] = str
) -> tuple[Model | None, list[Problem]]:
    """One file as its model.

    Parameters
    ----------
    file
        What was read.
    model
        A pydantic model.
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
        return None, list(file.problems) or [
            Problem(file.name, "een leeg bestand", "de sleutels van dit soort bestand")
        ]
    try:
        content = tidy(json.dumps(file.data, default=dt.date.isoformat, ensure_ascii=False))
        valid = model.model_validate_json(content, strict=True)
    except ValidationError as error:
        return None, [*file.problems, *model_problems(error, model, file.where)]
    return None if file.problems else valid, list(file.problems)
