"""Small files of one JSON object per line: read with every mistake told, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from lekp_lib.errors import Problem, ProblemGroup

Model = TypeVar("Model", bound=BaseModel)


def read_lines(path: Path, model: type[Model]) -> tuple[Model, ...]:
    """Every line of a file as its model.

    Parameters
    ----------
    path
        The file; an absent file has no lines.
    model
        What a line must be.

    Returns
    -------
    tuple
        In the order of the file.

    Raises
    ------
    ProblemGroup
        With every line that is not such an object.
    """
    if not path.exists():
        return ()
    found, problems = [], []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(str(path), str(error), "readable UTF-8 text", "Restore the file from a copy.")
        raise ProblemGroup("the administration of the data folder is not readable", [problem]) from error
    for number, line in enumerate(lines, start=1):
        try:
            found.append(model.model_validate_json(line, strict=True))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(str(part) for part in first["loc"])
            what = f"{key}: {first['msg']}" if key else str(first["msg"])
            advice = "The file is written by lekp alone; restore it from a copy."
            problems.append(Problem(f"{path}: line {number}", what, f"a {model.__name__}", advice))
    if problems:
        raise ProblemGroup("the administration of the data folder is damaged", problems)
    return tuple(found)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Parameters
    ----------
    path
        The file; its folder is made when absent.
    content
        Everything that it is to hold.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_lines(path: Path, items: Iterable[BaseModel]) -> None:
    """Write models one per line, the whole file in one go.

    Parameters
    ----------
    path
        The file; replaced.
    items
        In the order to be kept.
    """
    write_whole(path, "".join(f"{item.model_dump_json()}\n" for item in items).encode())
