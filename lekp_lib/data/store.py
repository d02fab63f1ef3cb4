"""What a data folder keeps: raw files with their passports, and the ledger of imports.

Raw files are never changed and stand under the fingerprint of their content. Raw files plus ledger are all that an
edition needs to be made again: the same bytes read by the same declared shape give the same figures. One program
writes at a time, whole files only; any number may read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lekp_lib.errors import LekpError, Problem, ProblemGroup
from lekp_lib.pact import Source
from lekp_lib.register import Register

LOCK, LOCK_WAIT_S = ".slot", 120
RAW_FOLDER, PASSPORTS, LEDGER = "ruw", "paspoorten.jsonl", "imports.jsonl"
#: Simplified layer of VRBG: enough for maps.
FOR_MAPS = "RefgemG100"

Model = TypeVar("Model", bound=BaseModel)


class RawFileError(LekpError):
    """A raw file is absent, damaged or without passport."""


class Passport(BaseModel):
    """Origin of one stored file: a figure in a report can be followed back to it.

    Attributes
    ----------
    sha256
        Fingerprint of the content, 64 hexadecimal characters; also its name in the store.
    bytes
        Size of the content in bytes.
    name
        File name as the provider or the user gave it, without folders; not trusted.
    provider
        Source id of the catalogue (``statbel``, ``mow`` …).
    title
        What the provider calls it.
    url
        Address it was taken from; empty for a file that somebody handed over.
    licence
        Terms of use, as the provider words them.
    published
        Date of publication, when known; licences ask to name it.
    retrieved
        Date on which it was downloaded or handed over.
    media_type
        ``text/csv``, ``application/zip`` …
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    name: str = Field(min_length=1, max_length=255)
    provider: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str = ""
    url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    licence: str = ""
    published: dt.date | None = None
    retrieved: dt.date
    media_type: str = "application/octet-stream"


class ImportEntry(BaseModel):
    """One import: a line of the ledger.

    Attributes
    ----------
    sha256
        Fingerprint of the raw file.
    shape
        Id of the declared file shape it was read with.
    options
        What the user added to the shape (``datum``, ``grenzen`` …), all as text.
    date
        Day of the import.
    confirmed
        Unlikely figures that a person confirmed, by :attr:`lekp_lib.data.checks.Finding.key`.
    withdrawn
        Day on which the import was withdrawn; its line and its file stay.
    reason
        Why it was withdrawn.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    shape: str = Field(pattern=r"^[a-z0-9_]+$")
    options: dict[str, str] = Field(default_factory=dict)
    date: dt.date
    confirmed: tuple[str, ...] = ()
    withdrawn: dt.date | None = None
    reason: str = ""

    @property
    def id(self) -> str:
        """Short name of the import: the same for the same file, shape and options."""
        text = json.dumps([self.sha256, self.shape, sorted(self.options.items())])
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def fingerprint(path: Path) -> str:
    """SHA-256 of a file, read in pieces: 64 hexadecimal characters."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def data_lock(data_dir: Path) -> Iterator[None]:
    """The data folder for one writer; whoever comes second waits. May be taken again inside.

    Raises
    ------
    LekpError
        When another program holds it too long, or the folder cannot be written.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(data_dir / LOCK, timeout=LOCK_WAIT_S, is_singleton=True)
        lock.acquire()
    except Timeout:
        advice = "wacht tot het klaar is en probeer opnieuw"
        raise LekpError(f"{data_dir}: een ander lekp-programma schrijft hier al {LOCK_WAIT_S} s; {advice}") from None
    except OSError as error:
        raise LekpError(f"{data_dir}: hier kan niet geschreven worden: {error.strerror or error}") from error
    try:
        yield
    finally:
        lock.release()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _read_lines(path: Path, model: type[Model]) -> tuple[Model, ...]:
    """Every line of a file as its model; an absent file has no lines, and every wrong line is told."""
    if not path.exists():
        return ()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(str(path), str(error), "leesbare tekst in UTF-8", "Zet het bestand terug uit een kopie.")
        raise ProblemGroup("de administratie van de datamap is niet te lezen", [problem]) from error
    found, problems = [], []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(model.model_validate_json(line, strict=True))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            what = ": ".join([*(str(part) for part in first["loc"]), str(first["msg"])])
            advice = "Alleen lekp schrijft dit bestand; zet het terug uit een kopie."
            problems.append(Problem(f"{path}: regel {number}", what, f"een {model.__name__}", advice))
    if problems:
        raise ProblemGroup("de administratie van de datamap is beschadigd", problems)
    return tuple(found)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    write_whole(path, "".join(f"{line}\n" for line in lines).encode())


class RawStore:
    """The raw files of one data folder, in ``ruw/`` below it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir, self.folder = data_dir, data_dir / RAW_FOLDER

    def _place(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def _copied_in(self, content: bytes | Path) -> tuple[str, int]:
        """Fingerprint and size of a content that now stands in the store."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".nieuw.")
        temporary = Path(name)
        try:
            source = io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")
            with source, os.fdopen(handle, "wb") as stream:
                while piece := source.read(1 << 20):
                    digest.update(piece)
                    size += len(piece)
                    stream.write(piece)
                stream.flush()
                os.fsync(stream.fileno())
            place = self._place(digest.hexdigest())
            place.parent.mkdir(exist_ok=True)
            # Also when it is there already: an identical file is no change, a damaged one is mended.
            temporary.chmod(0o644)
            temporary.replace(place)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return digest.hexdigest(), size

    def put(  # noqa: PLR0913 -- what must be told of a file is told by name
        self,
        content: bytes | Path,
        *,
        name: str,
        provider: str,
        title: str = "",
        url: str = "",
        licence: str = "",
        published: dt.date | None = None,
        retrieved: dt.date,
        media_type: str = "application/octet-stream",
    ) -> Passport:
        """Keep a content with its origin; the same content a second time changes nothing but a passport that is gone.

        Parameters
        ----------
        content
            Bytes, or a file that is copied in pieces.
        name, provider, title, url, licence, published, retrieved, media_type
            As in :class:`Passport`.

        Returns
        -------
        Passport
            The one that was made first when the content was known already.

        Raises
        ------
        RawFileError
            When the file cannot be read or what is told about its origin is not usable; nothing is stored then.
        """
        name = Path(name.replace("\\", "/")).name or "naamloos"
        try:
            draft = Passport(
                sha256="0" * 64, bytes=0, name=name, provider=provider, title=title, url=url, licence=licence,
                published=published, retrieved=retrieved, media_type=media_type,
            )  # fmt: skip
        except ValidationError as error:
            wrong = "; ".join(f"{item['loc'][0]}: {item['msg']}" for item in error.errors(include_url=False))
            raise RawFileError(f"{name}: wat over de herkomst gezegd is, is niet bruikbaar: {wrong}") from error
        with data_lock(self.data_dir):
            known = self.passports()
            try:
                sha256, size = self._copied_in(content)
                for passport in known:
                    if passport.sha256 == sha256:
                        return passport
                passport = draft.model_copy(update={"sha256": sha256, "bytes": size})
                _write_lines(self.folder / PASSPORTS, (item.model_dump_json() for item in (*known, passport)))
            except OSError as error:
                told = error.strerror or error
                raise RawFileError(f"{name}: kan niet bewaard worden in {self.folder}: {told}") from error
        return passport

    def passports(self) -> tuple[Passport, ...]:
        """All passports, in the order in which the files came in.

        Raises
        ------
        ProblemGroup
            When the list of passports is damaged.
        """
        return _read_lines(self.folder / PASSPORTS, Passport)

    def passport(self, sha256: str) -> Passport:
        """Passport of one file.

        Raises
        ------
        RawFileError
            When the store has no such file.
        """
        for passport in self.passports():
            if passport.sha256 == sha256:
                return passport
        raise RawFileError(f"{self.folder}: geen paspoort van {sha256}; lees het bestand opnieuw in")

    def path(self, sha256: str) -> Path:
        """Place of one file, after checking that its bytes are still what the fingerprint says.

        Raises
        ------
        RawFileError
            When the file is absent.
        ProblemGroup
            When the file is damaged.
        """
        place = self._place(sha256)
        if not place.is_file():
            raise RawFileError(f"{place}: het ruwe bestand is weg; lees het opnieuw in")
        found = fingerprint(place)
        if found != sha256:
            advice = "Het bestand is veranderd of beschadigd; lees het origineel opnieuw in."
            problem = Problem(str(place), f"vingerafdruk {found}", f"vingerafdruk {sha256}", advice)
            raise ProblemGroup("een ruw bestand is niet meer wat het was", [problem])
        return place

    def open(self, sha256: str) -> BinaryIO:
        """One file opened for reading, checked as in :meth:`path`."""
        return self.path(sha256).open("rb")


class Ledger:
    """The imports of one data folder: which raw file was read with which shape and options, in order."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir, self.path = data_dir, data_dir / LEDGER

    def entries(self) -> tuple[ImportEntry, ...]:
        """All imports that hold, oldest first.

        Raises
        ------
        ProblemGroup
            When the ledger is damaged.
        """
        return tuple(entry for entry in self.lines() if entry.withdrawn is None)

    def lines(self) -> tuple[ImportEntry, ...]:
        """All imports, oldest first, withdrawn ones too."""
        return _read_lines(self.path, ImportEntry)

    def append(self, entry: ImportEntry) -> bool:
        """Add one import at the end, and tell whether the ledger changed.

        A repeated import moves to the end: the last import of a figure wins, and the user asked for this one. What was
        confirmed before stays confirmed.
        """
        with data_lock(self.data_dir):
            known = self.lines()
            same = [item for item in known if item.id == entry.id and item.withdrawn is None]
            confirmed = dict.fromkeys(text for item in (*same, entry) for text in item.confirmed)
            entry = entry.model_copy(update={"confirmed": tuple(confirmed)})
            if known and known[-1] == entry.model_copy(update={"date": known[-1].date}):
                return False
            self._write([*(item for item in known if item not in same), entry])
        return True

    def withdraw(self, entry_id: str, today: dt.date, reason: str) -> ImportEntry:
        """Mark an import as withdrawn, by its id or the beginning of it.

        Raises
        ------
        LekpError
            When no import that holds has such an id, or several have.
        """
        with data_lock(self.data_dir):
            found = find_import(self.entries(), entry_id)
            changed = found.model_copy(update={"withdrawn": today, "reason": reason})
            self._write([changed if item == found else item for item in self.lines()])
        return changed

    def _write(self, entries: Iterable[ImportEntry]) -> None:
        later = ("confirmed", "withdrawn", "reason")
        texts = [item.model_dump_json(exclude={name for name in later if not getattr(item, name)}) for item in entries]
        try:
            _write_lines(self.path, texts)
        except OSError as error:
            raise LekpError(f"{self.path}: kan niet geschreven worden: {error.strerror or error}") from error


def find_import(entries: Iterable[ImportEntry], entry_id: str) -> ImportEntry:
    """Import by its id, or by the beginning of it when that is clear."""
    known = list(entries)
    found = [item for item in known if entry_id and item.id.startswith(entry_id.lower())]
    if len(found) == 1:
        return found[0]
    what = "geen enkele import" if not found else f"{len(found)} imports"
    ids = ", ".join(item.id for item in found or known) or "geen"
    raise LekpError(f"{what} heeft een nummer als {entry_id!r}; bekend zijn {ids} (lekp data list)")


def first_day(register: Register, on: dt.date) -> dt.date:
    """Day from which the municipalities of a day are as they are: their boundaries hold from then on."""
    return max((item.valid_from for item in register.municipalities(on)), default=on)


def fetched_name(layer: str, since: dt.date) -> str:
    """Name of a fetched layer of VRBG in the raw store."""
    return f"vrbg_{layer}_{since.isoformat()}.geojson"


def _handed_over(since: dt.date) -> str:
    return f"grenzen_{since.isoformat()}_"


def keep_boundaries(
    path: Path, *, data_dir: Path, source: Source, since: dt.date, today: dt.date, url: str = "", title: str = "",
    published: dt.date | None = None,
) -> Passport:  # fmt: skip
    """Keep a GeoJSON file of boundaries for the editions that follow; it must have been looked at before.

    Parameters
    ----------
    path
        The file.
    data_dir
        Folder with the raw files.
    source
        Provider; gives the licence.
    since
        Day from which the boundaries hold, from :func:`first_day`.
    today
        Day on which it was handed over.
    url, title, published
        Address, title and day of publication, when known.

    Raises
    ------
    RawFileError
        When the file cannot be read.
    """
    return RawStore(data_dir).put(
        path,
        name=_handed_over(since) + path.name,
        provider=source.id,
        title=title,
        url=url,
        licence=source.licence,
        published=published,
        retrieved=today,
        media_type="application/geo+json",
    )


def kept_boundaries(store: RawStore, since: dt.date) -> Passport | None:
    """Newest file of boundaries for maps: of VRBG, or handed over; ``None`` when there is none."""
    fetched, handed_over = fetched_name(FOR_MAPS, since), _handed_over(since)
    found = [item for item in store.passports() if item.name == fetched or item.name.startswith(handed_over)]
    return found[-1] if found else None
