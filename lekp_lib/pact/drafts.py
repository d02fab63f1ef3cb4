"""Making and saving declared files of a project: new targets and sources without Python.

Everything that is saved was checked first, against the packaged files and the other ones of the project.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from lekp_lib.errors import CatalogError, CatalogProblems, Problem
from lekp_lib.pact.custom import CustomFile, CustomKind, own_files
from lekp_lib.pact.loader import PACKAGED, Catalog, check_catalog, load_catalog
from lekp_lib.pact.models import Target
from lekp_lib.pact.yaml_files import parse_yaml
from lekp_lib.paths import write_file

NewKind = Literal["doel", "context", "bron"]
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ID_MARK = "ID_VAN_HET_BESTAND"


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


def _folder_of(kind: NewKind) -> CustomKind:
    return "bronnen" if kind == "bron" else "doelen"


def new_text(kind: NewKind, new_id: str) -> str:
    """A commented file in which a person only has to fill in.

    Parameters
    ----------
    kind
        ``doel`` with a level and a verdict, ``context`` without, or ``bron``.
    new_id
        Id, and name of the file.

    Returns
    -------
    str
        YAML; ``lekp check`` names every place that is still to be filled in.

    Raises
    ------
    CatalogError
        When the id is not usable or taken by the package.
    """
    if not _ID.fullmatch(new_id):
        expected = "kleine letters, cijfers en lage streepjes, te beginnen met een letter, zoals zonnedaken"
        raise CatalogError(f"id {new_id!r}: verwacht {expected}")
    if (PACKAGED / _folder_of(kind) / f"{new_id}.yaml").exists():
        raise CatalogError(f"id {new_id!r}: een bestand van het pakket heet zo; kies een andere id")
    return (PACKAGED / "nieuw" / f"{kind}.yaml").read_text(encoding="utf-8").replace(_ID_MARK, new_id)


def write_new(kind: NewKind, new_id: str, project: Path) -> Path:
    """Write the file of :func:`new_text` into a project.

    Parameters
    ----------
    kind, new_id
        As for :func:`new_text`.
    project
        Folder of the project's declarations (``parameters``).

    Returns
    -------
    Path
        The new file.

    Raises
    ------
    CatalogError
        When the id is not usable, or the file exists: nothing is overwritten.
    """
    text = new_text(kind, new_id)
    return _write(project / _folder_of(kind) / f"{new_id}.yaml", text, replace=False)


def _write(path: Path, text: str, *, replace: bool) -> Path:
    if path.exists() and not replace:
        raise CatalogError(f"{path}: bestaat al; bewerk het, of kies een andere id")
    write_file(path, text.encode())
    return path


def _with(kind: CustomKind, text: str, project: Path | None) -> tuple[CustomFile, tuple[CustomFile, ...]]:
    """The draft as a file, and all files of the project with the draft in place of an older one of that name."""
    data = parse_yaml(text, "draft").data
    stem = data.get("id") if isinstance(data, dict) else None
    name = stem if isinstance(stem, str) and _ID.fullmatch(stem) else "ontwerp"
    draft = CustomFile(kind, f"{name}.yaml", text, project.as_posix() if project is not None else "")
    others = own_files(project) if project is not None else ()
    return draft, (*(file for file in others if (file.kind, file.name) != (kind, draft.name)), draft)


def check_text(kind: CustomKind, text: str, project: Path | None = None) -> tuple[Problem, ...]:
    """Every mistake of a declaration that is not saved yet.

    Parameters
    ----------
    kind
        ``doelen`` for a target or context, ``bronnen`` for a source.
    text
        YAML, as a person typed it.
    project
        Folder of the project's other declarations; ``None`` looks at the packaged ones only.

    Returns
    -------
    tuple of Problem
        Empty when it may be saved.
    """
    return check_catalog(own=_with(kind, text, project)[1])


def catalog_with(text: str, project: Path | None = None) -> tuple[Catalog, Target]:
    """The catalogue with one more target that is not saved yet, to try it out.

    Parameters
    ----------
    text
        YAML of the target.
    project
        As for :func:`check_text`.

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
    kind, text
        As for :func:`check_text`.
    project
        Folder of the project's declarations (``parameters``).
    replace
        Whether an older file of that id may be replaced.

    Returns
    -------
    Path
        The saved file; written beside its place and renamed, so never half there.

    Raises
    ------
    CatalogProblems
        With every mistake at once; nothing is saved then.
    CatalogError
        When the file exists and ``replace`` is not given, or the folder cannot be written.
    """
    draft, files = _with(kind, text, project)
    if problems := check_catalog(own=files):
        raise CatalogProblems("de opgave kan nog niet bewaard worden", problems)
    return _write(project / kind / draft.name, text, replace=replace)
