"""Targets and sources that a project declares itself: their files, and the mistakes that only such files can have.

They stand in ``doelen/`` and ``bronnen/`` below the folder of the project (``parameters/``) and are laid beside the
packaged ones. An edition keeps the text of those it was made with in its manifest, so that it stays what it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lekp_lib.errors import Problem
from lekp_lib.pact.yaml_files import KeyPath, YamlFile, parse_yaml, read_text

CustomKind = Literal["doelen", "bronnen"]
FOLDERS: tuple[CustomKind, ...] = ("doelen", "bronnen")
#: Stands in a new file wherever a person has to write something.
TO_FILL_IN = "INVULLEN"
_RESERVED = ("nr", "codelist_uri", "official_label", "official_uri")


@dataclass(frozen=True, slots=True)
class CustomFile:
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

    kind: CustomKind
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

    def read(self) -> tuple[YamlFile, list[Problem]]:
        """Plain values of the file, and what has to be mended before the rest of it means anything.

        Told are places where nobody has written anything yet, and keys of the official list.
        """
        file = parse_yaml(self.text, self.path)
        if self.problem is not None:
            return file, [self.problem]
        advice = "Vul het in, of haal de regel weg."
        early = [
            Problem(file.where(path), repr(text), "een eigen tekst of getal", advice)
            for path, text in _texts(file.data)
            if TO_FILL_IN in text
        ]
        given = file.data if isinstance(file.data, dict) else {}
        advice = "Haal de sleutel weg: de officiële doelen staan in het pakket."
        early += [
            Problem(file.where((key,)), repr(given[key]), "geen zulke sleutel in een bestand van een project", advice)
            for key in _RESERVED
            if given.get(key)
        ]
        return file, [*early, *file.problems] if early else []


def own_files(folder: Path) -> tuple[CustomFile, ...]:
    """Declared files of a project, in a fixed order.

    Parameters
    ----------
    folder
        Folder with ``doelen/`` and ``bronnen/``; either may be absent.

    Returns
    -------
    tuple of CustomFile
        Unreadable files too: their mistake travels with them.
    """
    found = []
    for kind in FOLDERS:
        for path in sorted((folder / kind).glob("*.yaml")):
            text, problem = read_text(path, path.as_posix())
            found.append(CustomFile(kind, path.name, text, folder.as_posix(), problem))
    return tuple(found)


def _texts(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(item, (*path, key))
