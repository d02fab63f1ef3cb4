"""Reading the declared file shapes: all files, every mistake at once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from rapidfuzz import process

from lekp_lib.errors import CatalogError, CatalogProblems, Problem
from lekp_lib.pact.loader import PACKAGED, Catalog
from lekp_lib.pact.shapes import FileShape
from lekp_lib.pact.yaml_files import read_yaml, schema_problems

FOLDER = "vormen"


def _plain(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no plain value")


def _read_shape(path: Path, folder: Path, problems: list[Problem]) -> FileShape | None:
    file = read_yaml(path, folder)
    problems.extend(file.problems)
    if file.data is None:
        if not file.problems:
            problems.append(Problem(file.name, "an empty file", "the keys of a FileShape"))
        return None
    try:
        # Through JSON, because only there pydantic is strict about scalars; texts stay as they are, because the
        # names of columns are compared with those of files.
        shape = FileShape.model_validate_json(json.dumps(file.data, default=_plain), strict=True)
    except ValidationError as error:
        problems.extend(schema_problems(file, error))
        return None
    if shape.id != path.stem:
        problems.append(Problem(file.where(("id",)), shape.id, path.stem, "Give the file and the id the same name."))
    return shape


def read_shapes(folder: Path) -> tuple[dict[str, FileShape], tuple[Problem, ...]]:
    """Every declared shape below a catalogue folder, with every mistake.

    Parameters
    ----------
    folder
        Catalogue folder with ``vormen/*.yaml``.

    Returns
    -------
    tuple
        Shapes by id, and the mistakes.
    """
    problems: list[Problem] = []
    found = [_read_shape(path, folder, problems) for path in sorted((folder / FOLDER).glob("*.yaml"))]
    return {shape.id: shape for shape in found if shape is not None}, tuple(problems)


def _names(shape: FileShape, catalog: Catalog) -> list[Problem]:
    """What a shape names and the catalogue does not know."""
    where = f"{FOLDER}/{shape.id}.yaml"
    problems = []
    if shape.source not in catalog.sources:
        known = ", ".join(sorted(catalog.sources))
        problems.append(Problem(f"{where}: source", shape.source, f"one of {known}"))
    targets = {target.id: target for target in catalog.targets}
    constant = shape.constants.get("target_id")
    if constant is not None and constant not in targets:
        problems.append(Problem(f"{where}: constants.target_id", constant, "the id of a target"))
    if shape.weighing is not None:
        target = targets.get(shape.weighing.target_id)
        rule = target.weight_rule if target is not None else None
        unknown = sorted(set(shape.weighing.parts.values()) - set(rule.part_factors if rule else ()))
        if rule is None:
            problems.append(
                Problem(f"{where}: weighing.target_id", shape.weighing.target_id, "a target with weight_rule")
            )
        elif unknown:
            problems.append(Problem(f"{where}: weighing.parts", ", ".join(unknown), f"{', '.join(rule.part_factors)}"))
    return problems


def check_shapes(catalog: Catalog, folder: Path | None = None) -> tuple[Problem, ...]:
    """Every mistake of every declared file shape, also against the catalogue.

    Parameters
    ----------
    catalog
        Targets and sources that shapes may name.
    folder
        Catalogue folder; ``None`` for the packaged one.

    Returns
    -------
    tuple of Problem
        Empty when all shapes are sound.
    """
    shapes, problems = read_shapes(folder or PACKAGED)
    return (*problems, *(problem for shape in shapes.values() for problem in _names(shape, catalog)))


@cache
def _load(folders: tuple[Path, ...]) -> Mapping[str, FileShape]:
    shapes: dict[str, FileShape] = {}
    problems: list[Problem] = []
    for folder in folders:
        found, complaints = read_shapes(folder)
        shapes.update(found)
        problems.extend(complaints)
    if problems:
        raise CatalogProblems("the declared file shapes are not usable", problems)
    return MappingProxyType(shapes)


def load_shapes(folder: Path | None = None) -> Mapping[str, FileShape]:
    """Declared shapes by id.

    Parameters
    ----------
    folder
        A folder that has ``vormen/*.yaml`` of its own, laid over the packaged ones: a user's provider.

    Returns
    -------
    mapping of str to FileShape

    Raises
    ------
    CatalogProblems
        With every mistake of every file.
    """
    if folder is None:
        return _load((PACKAGED,))
    return _load.__wrapped__((PACKAGED, folder))


def _one(path: Path) -> FileShape:
    problems: list[Problem] = []
    shape = _read_shape(path, path.parent.parent, problems)
    if shape is None or problems:
        raise CatalogProblems(f"the file shape {path.name} is not usable", problems)
    return shape


def find_shape(shape_id: str, folder: Path | None = None) -> FileShape:
    """Shape by id.

    Parameters
    ----------
    shape_id
        What the user typed.
    folder
        As in :func:`load_shapes`.

    Returns
    -------
    FileShape

    Raises
    ------
    CatalogProblems
        With every mistake of the file of this shape.
    CatalogError
        When there is no such shape; the text names the nearest and all known ones.
    """
    # One file instead of all: reading YAML safely takes its time.
    folders = [PACKAGED] if folder is None else [folder, PACKAGED]
    paths = {path.stem: path for root in reversed(folders) for path in (root / FOLDER).glob("*.yaml")}
    if shape_id in paths:
        return _one(paths[shape_id])
    near = process.extractOne(shape_id, list(paths), score_cutoff=60)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise CatalogError(f"unknown file shape {shape_id!r}{hint} Known: {', '.join(sorted(paths))}")
