"""The manifest of an edition: what is frozen, from when, and the hash of every table."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)

from lekp_lib.errors import EditionError, EditionProblems, Problem
from lekp_lib.pact import CustomFile, CustomKind
from lekp_lib.pact.yaml_files import MAX_BYTES

MANIFEST_NAME = "manifest.json"


class TableEntry(BaseModel):
    """One frozen table: file name beside the manifest, number of rows, hash of its bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(pattern=r"^[a-z_]+\.parquet$")
    rows: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class RawInput(BaseModel):
    """One raw file that figures were read from.

    Attributes
    ----------
    name, url, retrieved
        From its passport: they go with every figure that was read.
    shape_sha256
        Hash of the declaration of its shape, which is kept in the raw store too.
    options
        What the file does not tell; a second file (boundaries) by hash, as ``sha256:…``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1)
    url: str = ""
    retrieved: dt.date
    shape: str = Field(min_length=1)
    shape_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    options: dict[str, str] = Field(default_factory=dict)
    imported: dt.date


class TextInput(BaseModel):
    """A file with corrections or explanations, kept in the raw store under its hash."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class BoundaryInput(BaseModel):
    """The file that the boundaries of the municipalities were read from: what its passport says.

    Attributes
    ----------
    name, provider, title, url, licence, published, retrieved
        As in :class:`~lekp_lib.data.passport.Passport`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1)
    provider: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str = ""
    url: str = ""
    licence: str = ""
    published: dt.date | None = None
    retrieved: dt.date


class DeclaredFile(BaseModel):
    """A target or source that the project declared itself, as it was when the edition was made.

    The text itself stands here, so that an edition can be read and shown without the project.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: CustomKind
    name: str = Field(pattern=r"^[a-z0-9_]+\.yaml$")
    text: str = Field(min_length=1, max_length=MAX_BYTES)


class Predecessor(BaseModel):
    """The edition before this one, with the hash of its manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What an edition says of itself.

    Attributes
    ----------
    reference_date
        The day as of which the edition speaks: ages of figures are counted up to it.
    built
        Day on which the figures were frozen; the date that reports carry, so that they can be made again unchanged.
    fictitious
        Figures are invented. Everything made from the edition then carries ``banner``; nothing switches that off.
    origin
        One Dutch sentence that says where the figures come from.
    predecessor
        The edition before this one, with which reports compare.
    base
        The edition on which this one builds: its figures stand where there are no own ones. Format 3 and further.
    inputs, corrections, explanations, boundaries
        Everything from which the edition can be made again, by hash; empty for editions made by a program. Boundaries
        since format 3.
    declared
        Targets and sources of the project; figures of them stand beside those of the pact. Format 3 and further.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = Field(default=2, ge=1, le=3)
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = Field(min_length=1)
    reference_date: dt.date
    built: dt.date
    fictitious: bool
    banner: str = ""
    origin: str = Field(min_length=1)
    seed: int | None = None
    predecessor: Predecessor | None = None
    base: Predecessor | None = None
    inputs: tuple[RawInput, ...] = ()
    corrections: tuple[TextInput, ...] = ()
    explanations: tuple[TextInput, ...] = ()
    boundaries: BoundaryInput | None = None
    declared: tuple[DeclaredFile, ...] = ()
    tables: dict[str, TableEntry]

    @property
    def own_files(self) -> tuple[CustomFile, ...]:
        """The declared files as the catalogue reads them."""
        return tuple(CustomFile(item.kind, item.name, item.text) for item in self.declared)

    @model_serializer(mode="wrap")
    def _only_what_is_there(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without empty keys of format 3: an edition that needs none stays the same text, and so the same hash."""
        found: dict[str, Any] = handler(self)
        return {key: value for key, value in found.items() if value or key not in {"base", "declared", "boundaries"}}


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes as hexadecimal text."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Read and validate the manifest of an edition folder.

    Parameters
    ----------
    folder
        Folder of one edition.

    Raises
    ------
    EditionError
        When the folder or its manifest is absent.
    EditionProblems
        When the manifest is not readable, with every wrong key.
    """
    path = folder / MANIFEST_NAME
    if not path.is_file():
        raise EditionError(
            f"{folder}: geen {MANIFEST_NAME}; verwacht de map van een editie. `lekp list editions` toont welke er zijn."
        )
    try:
        return Manifest.model_validate_json(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise EditionError(f"{path}: geen tekst in UTF-8 ({error.reason}); zet de editie terug") from None
    except ValidationError as error:
        problems = [
            Problem(
                where=f"{path}: {'.'.join(str(part) for part in item['loc']) or 'file'}",
                found=repr(item["input"])[:80],
                expected=item["msg"],
                advice="Een manifest wordt nooit met de hand aangepast: zet de editie terug, of maak ze opnieuw met "
                "`lekp data prepare --editie ID --peildatum DATUM`.",
            )
            for item in error.errors()
        ]
        raise EditionProblems("manifest van de editie niet bruikbaar", problems) from None


def check_tables(folder: Path, manifest: Manifest) -> None:
    """Refuse an edition whose tables are no longer what the manifest says.

    Raises
    ------
    EditionProblems
        Naming every table that is absent or changed.
    """
    advice = "De cijfers veranderden nadat ze bevroren zijn. Zet de editie terug, of doe `lekp data rebuild`."
    problems = []
    for name, entry in manifest.tables.items():
        path = folder / entry.file
        found = f"sha256 {sha256_of(path)[:12]}…" if path.is_file() else "geen bestand"
        if not path.is_file() or sha256_of(path) != entry.sha256:
            expected = f"tabel {name!r} van {entry.rows} rijen, sha256 {entry.sha256[:12]}… zoals in {MANIFEST_NAME}"
            problems.append(Problem(str(path), found, expected, advice))
    if problems:
        raise EditionProblems(f"editie {manifest.id!r} is beschadigd", problems)
