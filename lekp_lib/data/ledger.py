"""The ledger: which raw file was imported with which declared shape and options, in order.

Raw files plus ledger are all that an edition needs to be made again.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from lekp_lib.data.json_lines import read_lines, write_lines
from lekp_lib.errors import LekpError

LEDGER = "imports.jsonl"


class ImportEntry(BaseModel):
    """One import.

    Attributes
    ----------
    sha256
        Fingerprint of the raw file.
    shape
        Id of the declared file shape it was read with.
    options
        What the user added to the shape (``datum``, ``editie``, ``grenzen`` …), all as text.
    date
        Day of the import.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    shape: str = Field(pattern=r"^[a-z0-9_]+$")
    options: dict[str, str] = Field(default_factory=dict)
    date: dt.date

    def says_the_same(self, other: ImportEntry) -> bool:
        """Whether both read the same file in the same way, on whatever day."""
        return (self.sha256, self.shape, self.options) == (other.sha256, other.shape, other.options)


class Ledger:
    """The imports of one data folder.

    Parameters
    ----------
    folder
        The data folder (``data/``).
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LEDGER

    def entries(self) -> tuple[ImportEntry, ...]:
        """All imports, oldest first.

        Raises
        ------
        ProblemGroup
            When the ledger is damaged.
        """
        return read_lines(self.path, ImportEntry)

    def append(self, entry: ImportEntry) -> bool:
        """Add one import at the end, unless the same file was read in the same way before.

        A repeated import moves to the end: the last import of a figure wins, and the user asked for this one.

        Parameters
        ----------
        entry
            The import.

        Returns
        -------
        bool
            Whether the ledger changed.

        Raises
        ------
        LekpError
            When the ledger is damaged or cannot be written.
        """
        known = self.entries()
        if known and known[-1].says_the_same(entry):
            return False
        try:
            write_lines(self.path, [*(item for item in known if not item.says_the_same(entry)), entry])
        except OSError as error:
            raise LekpError(f"{self.path}: cannot be written: {error.strerror or error}") from error
        return True
