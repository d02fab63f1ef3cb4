"""Files that municipalities fill in: safe YAML, one list per file, every mistake of every file at once.

What stands in them is text of others: it is checked for form here and escaped wherever it is shown.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError

from lekp_lib.data.cells import CellError, parse_date
from lekp_lib.errors import Problem
from lekp_lib.pact.models import Declared
from lekp_lib.pact.yaml_files import MAX_BYTES, YamlFile, parse_yaml, schema_problems

#: Characters that join emoji; every other invisible format character could hide or turn text around.
_JOINER = "\u200d"
_LONGEST_LINK = 500
_BAD_LINK = "no plain address that starts with https:// (a host, no blanks, quotes, port or password)"

_Model = TypeVar("_Model", bound=Declared)


def clean_text(value: object) -> object:
    """Text in one normal form: composed characters, plain line ends, no blanks around it.

    Raises
    ------
    ValueError
        For control characters, and for invisible ones that turn or hide text.
    """
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    for position, character in enumerate(text, start=1):
        hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")
        if hidden and character not in ("\n", _JOINER):
            raise ValueError(f"an invisible character U+{ord(character):04X} at position {position}; remove it")
    return text


def _date(value: object) -> object:
    """A day, or the last day of a month or year: 2023-02-16, 2023-02, 2023."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return value
    try:
        return parse_date(value.strip())[0]
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


#: Types of the fields that both kinds of files have.
Text = Annotated[str, BeforeValidator(clean_text)]
Name = Annotated[str, BeforeValidator(clean_text), Field(max_length=120)]
Day = Annotated[dt.date, BeforeValidator(_date)]
Nis = Annotated[str, BeforeValidator(_nis), Field(pattern=r"^([0-9]{5})?$")]
Link = Annotated[str, BeforeValidator(_link)]


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
class Placed(Generic[_Model]):
    """An entry with the place that messages about it name."""

    entry: _Model
    file: str
    where: str


def read_folder(folder: Path) -> tuple[TextFile, ...]:
    """All YAML files of a folder, by name; none when there is no such folder."""
    paths = sorted(path for path in folder.glob("*.yaml") if path.is_file()) if folder.is_dir() else []
    return tuple(TextFile(path.name, path.read_bytes()) for path in paths)


def _parsed(file: TextFile) -> YamlFile:
    if len(file.content) > MAX_BYTES:
        return YamlFile(file.name, None, problems=(Problem(file.name, "a file of more than 1 MB", "at most 1 MB"),))
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"a byte that is no UTF-8 at position {error.start}"
        return YamlFile(file.name, None, problems=(Problem(file.name, found, "UTF-8 text", "Save it as UTF-8."),))
    return parse_yaml(text, file.name)


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_jsonable(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def parse_entries(
    files: Iterable[TextFile], key: str, model: type[_Model]
) -> tuple[tuple[Placed[_Model], ...], list[Problem]]:
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
    entries: list[Placed[_Model]] = []
    problems: list[Problem] = []
    for source in files:
        file = _parsed(source)
        problems.extend(file.problems)
        data = file.data
        if data is None:
            continue
        if not isinstance(data, dict) or set(data) != {key} or not isinstance(data[key], list):
            found = f"the keys {', '.join(map(str, data))}" if isinstance(data, dict) else type(data).__name__
            problems.append(Problem(file.where(), found, f"one key {key!r} with a list of entries below it"))
            continue
        for index, item in enumerate(data[key]):
            lines = {path[2:]: line for path, line in file.lines.items() if path[1:2] == (index,)}
            here = YamlFile(file.name, item, lines)
            try:
                entry = model.model_validate_json(json.dumps(_jsonable(item)), strict=True)
            except ValidationError as error:
                problems.extend(schema_problems(here, error))
                continue
            entries.append(Placed(entry, file.name, here.where()))
    return tuple(entries), problems
