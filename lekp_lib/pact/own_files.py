"""Targets and sources that a project declares itself: their files, and the mistakes that only such files can have.

They stand in ``doelen/`` and ``bronnen/`` below the folder of the project (``parameters/``) and are laid beside the
packaged ones. An edition keeps the text of those it was made with in its manifest, so that it stays what it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lekp_lib.errors import Problem
from lekp_lib.pact.yaml_files import KeyPath, YamlFile, parse_yaml, read_yaml

OwnKind = Literal["doelen", "bronnen"]
FOLDERS: tuple[OwnKind, ...] = ("doelen", "bronnen")
#: Stands in a new file wherever a person has to write something.
TO_FILL_IN = "INVULLEN"


@dataclass(frozen=True, slots=True)
class OwnFile:
    """One declared file of a project.

    Attributes
    ----------
    kind
        Whether it declares a target (``doelen``) or a source (``bronnen``).
    name
        File name without folder: ``zonnedaken.yaml``.
    text
        Its content; not trusted.
    place
        Folder as told in messages; empty for a file inside an edition.
    problem
        Why the file could not be read; empty when it could.
    """

    kind: OwnKind
    name: str
    text: str
    place: str = ""
    problem: Problem | None = None

    @property
    def path(self) -> str:
        """Name for messages: ``parameters/doelen/zonnedaken.yaml``."""
        return "/".join(part for part in (self.place, self.kind, self.name) if part)

    @property
    def sha256(self) -> str:
        """Hash of the content."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def read(self) -> YamlFile:
        """The plain values of the file, with the mistakes of form."""
        if self.problem is not None:
            return YamlFile(self.path, None, problems=(self.problem,))
        return parse_yaml(self.text, self.path)


def own_files(folder: Path) -> tuple[OwnFile, ...]:
    """Declared files of a project, in a fixed order.

    Parameters
    ----------
    folder
        Folder with ``doelen/`` and ``bronnen/``; either may be absent.

    Returns
    -------
    tuple of OwnFile
        Unreadable files too: their mistake travels with them.
    """
    found = []
    for kind in FOLDERS:
        for path in sorted((folder / kind).glob("*.yaml")):
            read = read_yaml(path)
            unreadable = read.data is None and read.problems and not read.lines
            text = "" if unreadable else path.read_text(encoding="utf-8").removeprefix("\ufeff")
            place = folder.as_posix()
            problem = None
            if unreadable:
                first = read.problems[0]
                where = f"{place}/{kind}/{first.where}"
                problem = Problem(where, first.found, first.expected, first.advice)
            found.append(OwnFile(kind, path.name, text, place, problem))
    return tuple(found)


def _texts(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))


def unfilled(file: YamlFile) -> list[Problem]:
    """Places of a new file where nobody has written anything yet."""
    return [
        Problem(file.where(path), repr(text), "your own text or number", "Fill it in, or remove the line.")
        for path, text in _texts(file.data)
        if TO_FILL_IN in text
    ]


def reserved(file: YamlFile) -> list[Problem]:
    """What belongs to the official list and cannot be declared by a project."""
    data = file.data if isinstance(file.data, dict) else {}
    advice = "Remove the key: the official targets stand in the package."
    return [
        Problem(file.where((key,)), repr(data[key]), "no such key in a file of a project", advice)
        for key in ("nr", "codelist_uri", "official_label", "official_uri")
        if data.get(key)
    ]


def names_of(files: Iterable[OwnFile], kind: OwnKind) -> set[str]:
    """Ids that files of one kind declare by their name."""
    return {Path(file.name).stem for file in files if file.kind == kind}
