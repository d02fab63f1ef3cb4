"""Declared connections: at which address a provider gives its data, and by which shape they are read.

Addresses are data: a provider that moves, or a test with a server of its own, needs another YAML file and no Python.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from lekp_lib.errors import CatalogError, CatalogProblems, Problem
from lekp_lib.pact.loader import PACKAGED
from lekp_lib.pact.models import Declared
from lekp_lib.pact.yaml_files import read_yaml, schema_problems

FOLDER = "verbindingen"


class Feed(Declared):
    """One layer, data set or file of a provider.

    Attributes
    ----------
    name
        As the provider calls it in addresses; ``{year}`` is filled in.
    title
        For messages and passports.
    shape
        Declared file shape; empty for what is no table (boundaries).
    options
        Options of the import that the provider does not tell.
    """

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    shape: str = Field(default="", pattern=r"^[a-z0-9_]*$")
    options: dict[str, str] = Field(default_factory=dict)


class Connection(Declared):
    """A provider's service.

    Attributes
    ----------
    id
        What the user types after ``--source``.
    source
        Source id of the catalogue.
    url
        Where the service starts; encrypted, except on this machine.
    params
        Fixed parameters of every request for data.
    page_size
        Features or rows per request.
    since
        Day from which boundaries hold.
    feeds
        What is fetched.
    by_hand
        What a person does when the provider refuses programs.
    """

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    source: str = Field(pattern=r"^[a-z0-9_]+$")
    url: str = Field(pattern=r"^https?://\S+[^/\s]$")
    params: dict[str, str] = Field(default_factory=dict)
    page_size: int = Field(default=1000, ge=1)
    since: dt.date | None = None
    feeds: tuple[Feed, ...] = Field(min_length=1)
    by_hand: str = ""


def _plain(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no plain value")


def load_connections(folder: Path | None = None) -> dict[str, Connection]:
    """Declared connections by id, in alphabetical order.

    Parameters
    ----------
    folder
        A folder with ``verbindingen/*.yaml`` of its own, laid over the packaged ones.

    Returns
    -------
    dict of str to Connection

    Raises
    ------
    CatalogProblems
        With every mistake of every file.
    """
    found: dict[str, Connection] = {}
    problems: list[Problem] = []
    for base in (PACKAGED, *([folder] if folder else [])):
        for path in sorted((base / FOLDER).glob("*.yaml")):
            file = read_yaml(path, base)
            problems.extend(file.problems)
            try:
                item = Connection.model_validate_json(json.dumps(file.data, default=_plain), strict=True)
            except ValidationError as error:
                problems.extend(schema_problems(file, error))
                continue
            found[item.id] = item
    if problems:
        raise CatalogProblems("the declared connections are not usable", problems)
    return dict(sorted(found.items()))


def find_connections(ids: tuple[str, ...], folder: Path | None = None) -> tuple[Connection, ...]:
    """Connections that a user asked for; all of them when nothing was asked.

    Raises
    ------
    CatalogError
        When there is no such connection; the text names all.
    """
    known = load_connections(folder)
    unknown = [name for name in ids if name not in known]
    if unknown:
        raise CatalogError(f"unknown source {', '.join(unknown)}; known are {', '.join(known)}")
    return tuple(known[name] for name in ids or known)
