"""Safe reading of YAML: plain values only, YAML 1.2, and every mistake of a file with its line.

Plain values are mappings with text keys, lists, text, numbers, true/false, null and dates. Everything else that YAML
can do (tags that make Python objects, anchors, duplicate keys, infinite numbers) is refused. In YAML 1.2 ``no`` and
``nee`` stay text; a file that asks for YAML 1.1 would turn ``no`` into false, so that request is refused too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lekp_lib.errors import Problem

MAX_BYTES = 1_000_000
KeyPath = tuple[str | int, ...]

_PLAIN_NAMES = ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in _PLAIN_NAMES}
_VERSION_REQUEST = re.compile(r"^%YAML", re.MULTILINE)


def dotted(path: KeyPath) -> str:
    """Key path as text: ``levels.1.0.factor``, ``indicators[0].label``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


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
        line = f", line {self.lines[known]}" if known in self.lines else ""
        return f"{self.name}{line}: {dotted(path)}" if path else f"{self.name}{line}"


def _complaints(name: str, node: Node, path: KeyPath, lines: dict[KeyPath, int]) -> Iterator[Problem]:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    where = f"{name}, line {line}" + (f": {dotted(path)}" if path else "")
    tag = str(node.tag)
    if tag not in _PLAIN_TAGS:
        yield Problem(where, f"the tag {tag}", "a plain value", "Remove the tag; files hold data, not Python objects.")
        return
    if node.anchor is not None:
        yield Problem(where, f"an anchor or alias ({node.anchor})", "the value itself", "Write the value out.")
        return
    if isinstance(node, ScalarNode) and tag.endswith(":float") and not math.isfinite(_number(node.value)):
        yield Problem(where, node.value, "a finite number")
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield from _complaints(name, item, (*path, index), lines)
    elif isinstance(node, MappingNode):
        yield from _mapping_complaints(name, node, path, lines)


def _number(text: str) -> float:
    try:
        return float(text.replace("_", ""))
    except ValueError:  # .nan and .inf, the only floats that Python spells otherwise
        return math.nan


def _mapping_complaints(name: str, node: MappingNode, path: KeyPath, lines: dict[KeyPath, int]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        where = f"{name}, line {line}"
        if not isinstance(key, ScalarNode) or not str(key.tag).endswith(":str") or key.anchor is not None:
            found = f"the key {key.value}" if isinstance(key, ScalarNode) else "a list or mapping as key"
            yield Problem(where, found, "a key that is plain text", "Write the key between quotes.")
            continue
        here = (*path, key.value)
        if key.value in seen:
            found = f"the key a second time (first on line {seen[key.value]})"
            yield Problem(f"{where}: {dotted(here)}", found, "every key once", "Remove one of the two.")
            continue
        seen[key.value] = line
        lines[here] = line
        yield from _complaints(name, value, here, lines)


def _syntax_problem(name: str, error: YAMLError) -> Problem:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    reason = (error.problem if isinstance(error, MarkedYAMLError) else None) or str(error).splitlines()[0]
    where = f"{name}, line {mark.line + 1}, column {mark.column + 1}" if mark else name
    return Problem(where, reason, "valid YAML", "Look at indentation, colons and quotes on and above this line.")


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
    request = _VERSION_REQUEST.search(text)
    if request:
        line = text.count("\n", 0, request.start()) + 1
        problem = Problem(f"{name}, line {line}", "a %YAML line", "none", "Remove it; all files are read as YAML 1.2.")
        return YamlFile(name, None, problems=(problem,))
    lines: dict[KeyPath, int] = {}
    try:
        reader = YAML(typ="safe", pure=True)
        reader.allow_duplicate_keys = True  # told with both lines by _complaints
        node = reader.compose(text)
        problems = () if node is None else tuple(_complaints(name, node, (), lines))
        # After these mistakes the values can still be read, so that their own mistakes show too.
        if all("second time" in problem.found for problem in problems):
            data = None if node is None else reader.constructor.construct_document(node)
            return YamlFile(name, data, lines, problems)
    except YAMLError as error:
        return YamlFile(name, None, problems=(_syntax_problem(name, error),))
    except (ValueError, RecursionError) as error:  # an impossible date such as 2025-02-30; endless nesting
        return YamlFile(name, None, problems=(Problem(name, f"unreadable value ({error})", "plain values"),))
    return YamlFile(name, None, lines, problems)


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
    try:
        if path.stat().st_size > MAX_BYTES:
            return YamlFile(name, None, problems=(Problem(name, "a file of more than 1 MB", "at most 1 MB"),))
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        return YamlFile(name, None, problems=(Problem(name, error.strerror or str(error), "a readable file"),))
    except UnicodeDecodeError as error:
        found = f"a byte that is no UTF-8 at position {error.start}"
        return YamlFile(name, None, problems=(Problem(name, found, "UTF-8 text", "Save the file as UTF-8."),))
    return parse_yaml(text.removeprefix("\ufeff"), name)
