"""What a machine that does not see our disk needs to make reports: edition and notebook as bytes."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lekp_lib.batch.tasks import ReportResult, ReportTask
from lekp_lib.edition.edition import find_edition
from lekp_lib.errors import ReportError
from lekp_lib.report.fingerprint import code_sha256, package_versions

#: So many tasks travel along for practice, spread over all (see warmup.py).
_PRACTICE = 12
_EDITION, _OUTPUTS, _PARCEL = "editie", "uit", "pakket.pickle"

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Everything that the tasks of one batch share.

    Attributes
    ----------
    edition
        Name or path of the edition, as the parameters have it.
    edition_files
        Its files by relative path.
    notebook_name, notebook
        Name and bytes of the notebook.
    practice
        Some of the tasks, to warm up with.
    timeout_s
        Time that one report may take.
    code, versions
        Of the machine that packed; another one must have the same.
    outputs
        Folder of the outputs that all machines see; ``None`` when reports travel back as bytes.
    """

    edition: str
    edition_files: Files
    notebook_name: str
    notebook: bytes
    practice: tuple[ReportTask, ...]
    timeout_s: float
    code: str
    versions: Mapping[str, str]
    outputs: Path | None

    @property
    def sha256(self) -> str:
        """Hash of the content; the same parcel is shipped once."""
        return hashlib.sha256(pickle.dumps(self)).hexdigest()


@dataclass(frozen=True, slots=True)
class Request:
    """A report to make, and the folder for its scratch work on the disk of the outputs."""

    task: ReportTask
    scratch_root: Path


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of it, with the files of the report or of what is kept of a broken one; none on a shared disk."""

    result: ReportResult
    report: Files
    broken: Files


def read_files(folder: Path) -> dict[str, bytes]:
    """Bytes of all files below a folder by relative path; nothing when there is no such folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def write_files(folder: Path, files: Files, last: str = "") -> None:
    """Write files below a folder.

    Parameters
    ----------
    folder
        Made when absent.
    files
        Bytes by relative path.
    last
        The file that is written last.

    Raises
    ------
    ReportError
        When a path leads out of the folder.
    """
    for name in sorted(files, key=lambda name: (name == last, name)):
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ReportError(f"found {name!r} among the files from another machine; expected a path inside its folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[name])


def pack(tasks: Sequence[ReportTask], timeout_s: float, outputs: Path | None) -> Parcel:
    """Pack what the tasks of a batch share.

    Parameters
    ----------
    tasks
        At least one.
    timeout_s
        Time that one report may take.
    outputs
        Folder that all machines see, or ``None``.
    """
    first = tasks[0]
    return Parcel(
        edition=first.parameters.editie,
        edition_files=read_files(find_edition(first.parameters.editie)),
        notebook_name=first.notebook.name,
        notebook=first.notebook.read_bytes(),
        practice=tuple(tasks[:: max(1, len(tasks) // _PRACTICE)][:_PRACTICE]),
        timeout_s=timeout_s,
        code=code_sha256(),
        versions=package_versions(),
        outputs=outputs,
    )


def unpack(parcel: Parcel, folder: Path) -> None:
    """Lay a parcel out in an empty folder, for :func:`laid_out` of another process."""
    write_files(folder / _EDITION, parcel.edition_files)
    (folder / parcel.notebook_name).write_bytes(parcel.notebook)
    (folder / _OUTPUTS).mkdir()
    (folder / _PARCEL).write_bytes(pickle.dumps(replace(parcel, edition_files={}, notebook=b"")))


def laid_out(folder: Path) -> Parcel:
    """The parcel in a folder, without the bytes that lie there as files."""
    parcel = pickle.loads((folder / _PARCEL).read_bytes())  # noqa: S301 -- written by our own process, see unpack
    assert isinstance(parcel, Parcel)
    return parcel


def given_editions(parcel: Parcel, folder: Path) -> dict[str, str]:
    """Folder of the edition by its name, for :data:`~lekp_lib.edition.edition.GIVEN_EDITIONS`."""
    return {parcel.edition: str(folder / _EDITION)}


def local_task(task: ReportTask, parcel: Parcel, folder: Path) -> ReportTask:
    """A task with the paths of this machine."""
    return replace(task, notebook=folder / parcel.notebook_name, output_dir=parcel.outputs or folder / _OUTPUTS)
