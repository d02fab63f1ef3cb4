"""The errors of lekp: few kinds, each with a text that an analyst can act on.

Every message says where the mistake is, what was found, what was expected and what to do.
Mistakes that belong together (all mistakes of all catalogue files, all refused rows of a file)
travel as one :class:`ProblemGroup`, so that nobody has to mend them one at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class LekpError(Exception):
    """Root of all errors that lekp raises on purpose; the command line shows them without traceback."""


class CatalogError(LekpError):
    """The declared pact (targets, sources, method texts) is not usable."""


class RegisterError(LekpError):
    """A municipality, code or year is not known to the register."""


class EditionError(LekpError):
    """An edition is absent, incomplete or no longer what its manifest says."""


class ParameterError(LekpError):
    """A report parameter is unknown, has the wrong type or a value outside its range."""


class BlockError(LekpError):
    """A block lacks what a reader needs: a text alternative, a caption, a header cell, a source."""


class ReportError(LekpError):
    """A report could not be made, or did not pass its checks."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, told so that it can be mended.

    Parameters
    ----------
    where
        File with line, key or cell: ``doelen/bomen.yaml: level.1.0.factor``.
    found
        What stands there now.
    expected
        What should stand there.
    advice
        What to do about it; may be empty when ``expected`` says it all.
    """

    where: str
    found: str
    expected: str
    advice: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: gevonden {self.found}; verwacht {self.expected}"
        return f"{text}. {self.advice}" if self.advice else text


class ProblemGroup(LekpError):
    """Several problems found in one go, shown together.

    Parameters
    ----------
    title
        What was being read or checked.
    problems
        At least one problem.
    """

    def __init__(self, title: str, problems: Iterable[Problem]) -> None:
        self.title = title
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"{title}: {count} {'fout' if count == 1 else 'fouten'}\n{lines}")


class CatalogProblems(ProblemGroup, CatalogError):
    """All mistakes of all catalogue files."""


class EditionProblems(ProblemGroup, EditionError):
    """All mistakes of one edition."""


class ReportProblems(ProblemGroup, ReportError):
    """All checks that a finished report did not pass."""
