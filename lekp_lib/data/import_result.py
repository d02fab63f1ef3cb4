"""What reading a file gives: figures, counts, context, and every row that could not be used, with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from lekp_lib.data.observation import Observation
from lekp_lib.errors import LekpError, Problem, ProblemGroup
from lekp_lib.register.models import CountFact

# One kind of count for the whole house: what a file gives is what the register takes.
CountRow = CountFact


def _printable(text: str) -> str:
    """Text of a foreign file without what a terminal would obey: escape sequences, line ends, direction marks."""
    return "".join(char if char.isprintable() or char in "\u00a0\u202f" else "�" for char in text)


class ImportProblems(ProblemGroup, LekpError):
    """All reasons why a file cannot be read, or rows of it cannot be used; harmless in a terminal."""

    def __init__(self, title: str, problems: Iterable[Problem]) -> None:
        told = [
            Problem(*(_printable(part) for part in (item.where, item.found, item.expected, item.advice)))
            for item in problems
        ]
        super().__init__(_printable(title), told)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that cannot be used.

    Attributes
    ----------
    file
        Name of the file.
    row
        Row or line in the file, from 1; of a json file the number of the record.
    cell
        ``Cijfers!C12``, ``line 12, column waarde``.
    found, expected, advice
        As in :class:`~lekp_lib.errors.Problem`.
    """

    file: str
    row: int
    cell: str
    found: str
    expected: str
    advice: str = ""

    @property
    def problem(self) -> Problem:
        """The same, as a problem for messages."""
        return Problem(f"{self.file}: {self.cell}", self.found, self.expected, self.advice)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Everything that a file gave.

    Attributes
    ----------
    observations
        Figures of targets.
    counts
        Inhabitants, *wooneenheden* or households.
    context
        Columns ``nis``, ``name``, ``date``, then those that the shape names; other figures than those of targets.
    refused
        Rows that cannot be used; nothing of them is in the other attributes.
    notes
        What was left out on purpose, with its number of rows and reason.
    rows
        Number of rows of data in the file.
    levels
        Target levels that the file states (``value`` is the level): never figures, but a check on denominators.
    unlisted
        Number of rows that were refused beyond those in ``refused``.
    """

    observations: tuple[Observation, ...] = ()
    counts: tuple[CountRow, ...] = ()
    context: pd.DataFrame = field(default_factory=pd.DataFrame)
    refused: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    rows: int = 0
    levels: tuple[Observation, ...] = ()
    unlisted: int = 0

    @property
    def refused_rows(self) -> int:
        """Number of rows that cannot be used, with those that are too many to tell one by one."""
        return len(self.refused) + self.unlisted
