"""Notebooks and parameter files that travel with the package, and a project of one's own made from them."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lekp_lib.errors import LekpError, system_text


class ProjectError(LekpError):
    """A file or folder of a project exists already, or cannot be written."""


def packaged_folder(name: str) -> Path:
    """Folder with the notebooks or parameter files of lekp.

    Parameters
    ----------
    name
        ``notebooks`` or ``parameters``; an installed package has them as ``_notebooks`` and ``_parameters``.

    Returns
    -------
    Path
        Inside the installed package; in a checkout, the folder of the repository.
    """
    package = Path(__file__).parent
    installed = package / f"_{name}"
    return installed if installed.is_dir() else package.parent / name


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces: 64 hexadecimal characters."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def find_notebook(name: str = "gemeenterapport.ipynb") -> Path:
    """A notebook of the project: in the working folder, else the one inside the installed package."""
    near, packaged = Path.cwd() / "notebooks" / name, packaged_folder("notebooks") / name
    return packaged if packaged.is_file() and not near.is_file() else near


@contextmanager
def _made_whole(path: Path, *, replace: bool) -> Iterator[Path]:
    """A scratch place for a file or folder, which gets its own name when it is finished and goes when it is not."""
    if path.exists() and not replace:
        raise ProjectError(f"{path}: bestaat al, en niets wordt overschreven; kies een andere naam")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".nieuw-", dir=path.parent) as scratch:
            yield (made := Path(scratch) / path.name)
            made.replace(path)
    except OSError as error:
        raise ProjectError(f"{path}: kan niet geschreven worden ({system_text(error)})") from None


def write_file(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write a file whole or not at all: who reads it sees the old content or the new, never a part.

    Parameters
    ----------
    path
        The file; its folder is made where it is missing.
    content
        All of it.
    replace
        Whether an older file may go.

    Raises
    ------
    ProjectError
        When the place cannot be written, or holds a file that may not be replaced.
    """
    with _made_whole(path, replace=replace) as made, made.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def copy_notebook(target: Path, name: str = "gemeenterapport") -> Path:
    """Copy a packaged notebook, to be edited.

    Parameters
    ----------
    target
        The new file; ``.ipynb`` is added where it is missing.
    name
        Name of a notebook without its ending.

    Returns
    -------
    Path
        The new file.

    Raises
    ------
    ProjectError
        When there is no such notebook, or the file exists.
    """
    notebooks = {path.stem: path for path in sorted(packaged_folder("notebooks").glob("*.ipynb"))}
    if name not in notebooks:
        raise ProjectError(f"notebook {name!r}: verwacht een van {', '.join(notebooks)}")
    path = target if target.suffix == ".ipynb" else target.parent / f"{target.name or name}.ipynb"
    write_file(path, notebooks[name].read_bytes(), replace=False)
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
    with _made_whole(folder, replace=False) as made:
        for name in ("notebooks", "parameters"):
            shutil.copytree(packaged_folder(name), made / name, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return folder
