"""Notebooks and parameter files that travel with the package, and a project of one's own made from them."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from lekp_lib.errors import LekpError

#: Folders of the repository that an installed package brings along as ``_notebooks`` and ``_parameters``.
FOLDERS = ("notebooks", "parameters")


class ProjectError(LekpError):
    """A file or folder of a project exists already, or cannot be written."""


def packaged_folder(name: str, package: Path | None = None) -> Path:
    """Folder of the package with notebooks or parameter files.

    Parameters
    ----------
    name
        One of :data:`FOLDERS`.
    package
        Folder of the package ``lekp_lib``.

    Returns
    -------
    Path
        Inside the installed package; in a checkout, the folder of the repository.
    """
    root = package or Path(__file__).parent
    installed = root / f"_{name}"
    return installed if installed.is_dir() else root.parent / name


def find_notebook(name: str = "gemeenterapport.ipynb", root: Path | None = None) -> Path:
    """A notebook of the project: in the working folder, else the one inside the installed package."""
    near = (root or Path.cwd()) / "notebooks" / name
    if near.is_file():
        return near
    packaged = packaged_folder("notebooks") / near.name
    return packaged if packaged.is_file() else near


def _files(name: str) -> list[Path]:
    folder = packaged_folder(name)
    return sorted(path for path in folder.iterdir() if path.is_file() and path.suffix in (".ipynb", ".yaml", ".md"))


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: who reads it sees the old content or the new, never a part.

    Raises
    ------
    ProjectError
        When the place cannot be written.
    """
    scratch: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".nieuw-", delete=False) as stream:
            scratch = Path(stream.name)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        scratch.chmod(0o644)
        scratch.replace(path)
    except OSError as error:
        raise ProjectError(f"{path}: kan niet geschreven worden ({error.strerror or error})") from None
    finally:
        if scratch is not None:
            scratch.unlink(missing_ok=True)


def notebook_names() -> tuple[str, ...]:
    """Names of the notebooks that may be copied, without ending."""
    return tuple(path.stem for path in _files("notebooks") if path.suffix == ".ipynb")


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise ProjectError(f"{path}: bestaat al, en niets wordt overschreven; kies een andere naam")


def copy_notebook(target: Path, name: str = "gemeenterapport") -> Path:
    """Copy a packaged notebook, to be edited.

    Parameters
    ----------
    target
        The new file; ``.ipynb`` is added where it is missing.
    name
        One of :func:`notebook_names`.

    Returns
    -------
    Path
        The new file.

    Raises
    ------
    ProjectError
        When there is no such notebook, or the file exists.
    """
    if name not in notebook_names():
        raise ProjectError(f"notebook {name!r}: verwacht een van {', '.join(notebook_names())}")
    path = target if target.suffix == ".ipynb" else target.with_name(f"{target.name}.ipynb")
    _refuse_existing(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packaged_folder("notebooks") / f"{name}.ipynb", path)
    except OSError as error:
        raise ProjectError(f"{path}: kan niet geschreven worden ({error.strerror or error})") from None
    return path


def make_project(folder: Path) -> Path:
    """Make a folder to work in, with the notebooks and parameter files of the package.

    Parameters
    ----------
    folder
        Must not exist yet; it is there whole, or not at all.

    Raises
    ------
    ProjectError
        When it exists or cannot be made.
    """
    _refuse_existing(folder)
    scratch: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".nieuw-", dir=folder.parent))
        for name in FOLDERS:
            (scratch / name).mkdir()
            for path in _files(name):
                shutil.copyfile(path, scratch / name / path.name)
        scratch.chmod(0o755)
        scratch.rename(folder)
    except OSError as error:
        raise ProjectError(f"{folder}: kan niet gemaakt worden ({error.strerror or error})") from None
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
    return folder
