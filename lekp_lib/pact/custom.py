"""Targets and sources that a project declares itself: made, checked and saved without Python.

They stand in ``doelen/`` and ``bronnen/`` below the folder of the project (``parameters/``) and are laid beside the
packaged ones. Everything that is saved was checked first, against the packaged files and the others of the project.
"""

import re
from pathlib import Path
from typing import Literal

from lekp_lib.errors import CatalogError, CatalogProblems
from lekp_lib.pact.loader import PACKAGED, Catalog, CustomFile, CustomKind, check_catalog, load_catalog, own_files
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
    text = (PACKAGED / "nieuw" / f"{kind}.yaml").read_text(encoding="utf-8").replace(_ID_MARK, new_id)
    write_file(project / place, text.encode(), replace=False)
    return project / place


def _with(kind: CustomKind, text: str, project: Path | None) -> tuple[CustomFile, tuple[CustomFile, ...]]:
    """The draft as a file, and all files of the project with the draft in place of an older one of that name."""
    data = parse_yaml(text, "draft").data
    stem = str(data.get("id")) if isinstance(data, dict) else ""
    draft = CustomFile(kind, f"{stem if _ID.fullmatch(stem) else 'ontwerp'}.yaml", text, str(project or ""))
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
    if problems := check_catalog(own=files):
        raise CatalogProblems("de opgave kan nog niet bewaard worden", problems)
    path = project / kind / draft.name
    write_file(path, text.encode(), replace=replace)
    return path
