"""The raw store: every file that came in, byte for byte, under the fingerprint of its content.

Raw files are never changed. That is what makes an edition repeatable: its manifest names fingerprints, and the same
bytes read by the same declared shape give the same figures.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from lekp_lib.data.json_lines import read_lines, write_lines
from lekp_lib.data.passport import Passport
from lekp_lib.errors import LekpError, Problem, ProblemGroup

CHUNK_BYTES = 1 << 20
RAW_FOLDER = "ruw"
PASSPORTS = "paspoorten.jsonl"


class RawFileError(LekpError):
    """A raw file is absent, damaged or without passport."""


def fingerprint(path: Path) -> str:
    """SHA-256 of a file, read in pieces.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    str
        64 hexadecimal characters.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _chunks(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as stream:
        while piece := stream.read(CHUNK_BYTES):
            yield piece


class RawStore:
    """The raw files of one data folder. One program writes at a time; any number may read.

    Parameters
    ----------
    folder
        The data folder (``data/``); the files stand in ``ruw/`` below it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / RAW_FOLDER
        self._passports_file = self.folder / PASSPORTS

    def _place(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def _copied_in(self, content: bytes | Path) -> tuple[str, int]:
        """Fingerprint and size of a content that now stands in the store."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".nieuw.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                for piece in _chunks(content):
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
        """Keep a content with its origin; the same content a second time changes nothing.

        Parameters
        ----------
        content
            Bytes, or a file that is copied in pieces.
        name, provider, title, url, licence, published, retrieved, media_type
            As in :class:`~lekp_lib.data.passport.Passport`.

        Returns
        -------
        Passport
            The one that was made first when the content was known already.

        Raises
        ------
        RawFileError
            When the file cannot be read or what is told about its origin is not usable; nothing is stored then.
        """
        told = {
            "name": Path(name.replace("\\", "/")).name or "naamloos",
            "provider": provider,
            "title": title,
            "url": url,
            "licence": licence,
            "published": published,
            "retrieved": retrieved,
            "media_type": media_type,
        }
        try:
            Passport(sha256="0" * 64, bytes=0, **told)
        except ValidationError as error:
            complaint = "; ".join(f"{item['loc'][0]}: {item['msg']}" for item in error.errors(include_url=False))
            raise RawFileError(f"{name}: the passport is not usable: {complaint}") from error
        known = self.passports()
        try:
            sha256, size = self._copied_in(content)
            for passport in known:
                if passport.sha256 == sha256:
                    return passport
            passport = Passport(sha256=sha256, bytes=size, **told)
            write_lines(self._passports_file, [*known, passport])
        except OSError as error:
            raise RawFileError(f"{name}: cannot be stored in {self.folder}: {error.strerror or error}") from error
        return passport

    def passports(self) -> tuple[Passport, ...]:
        """All passports, in the order in which the files came in.

        Raises
        ------
        ProblemGroup
            When the list of passports is damaged.
        """
        return read_lines(self._passports_file, Passport)

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
        raise RawFileError(f"{self.folder}: no passport of {sha256}; import the file again")

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
            raise RawFileError(f"{place}: the raw file is absent; import it again")
        found = fingerprint(place)
        if found != sha256:
            advice = "The file was changed or damaged; import the original again."
            problem = Problem(str(place), f"fingerprint {found}", f"fingerprint {sha256}", advice)
            raise ProblemGroup("a raw file is not what it was", [problem])
        return place

    def open(self, sha256: str) -> BinaryIO:
        """One file opened for reading, checked as in :meth:`path`."""
        return self.path(sha256).open("rb")
