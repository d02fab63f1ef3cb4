"""The errors of lekp: few kinds, each with a text that an analyst can act on.

Every message says where the mistake is, what was found, what was expected and what to do.
Mistakes that belong together (all mistakes of all catalogue files, all refused rows of a file)
travel as one :class:`ProblemGroup`, so that nobody has to mend them one at a time.
"""

import errno
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

_SHOWN_CHARACTERS = 60
#: What the operating system says most, in words.
_SYSTEM = {
    errno.ENOENT: "geen bestand of map", errno.EISDIR: "een map", errno.ENOTDIR: "een pad door iets dat geen map is",
    errno.EACCES: "geen toegang", errno.EPERM: "geen toegang", errno.EROFS: "een schijf die alleen te lezen is",
    errno.ENAMETOOLONG: "een te lange naam", errno.ENOSPC: "een volle schijf",
}  # fmt: skip


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


class ReportError(LekpError):
    """A report could not be made, or did not pass its checks."""


class UnexpectedValue(ValueError):
    """A value of a declared file that is not what its text says was expected; raised by validators."""


def system_text(error: OSError) -> str:
    """What the operating system says, in Dutch where that is known."""
    return _SYSTEM.get(error.errno or 0) or error.strerror or str(error)


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


def model_problems(error: Any, model: Any, where: Callable[[tuple[str | int, ...]], str]) -> list[Problem]:
    """Everything that pydantic refused, in Dutch; one mistake per place, in the order of the model's fields.

    What was expected stands in ``verwacht.json`` by type of error; names in braces are pydantic's own.

    Parameters
    ----------
    error
        The ``ValidationError`` of pydantic, which is not loaded for a command that needs no model.
    model
        Its keys, and those of the models in it, are guessed from where a key is not known.
    where
        Place of a key for a message, from its path.

    Returns
    -------
    list of Problem
    """
    from pydantic import TypeAdapter

    problems: dict[str, Problem] = {}
    told = json.loads((Path(__file__).parent / "verwacht.json").read_text(encoding="utf-8"))
    for item in error.errors(include_url=False):
        path = tuple(part for part in item["loc"] if "[" not in str(part))
        place, kind, context, advice = where(path), item["type"], item.get("ctx", {}), ""
        found = repr(item["input"])
        found = found if len(found) <= _SHOWN_CHARACTERS else f"{found[:_SHOWN_CHARACTERS]}…"
        expected = told[kind].format_map(context) if kind in told else item["msg"]
        expected = expected.replace(" or ", " of ")
        if kind == "extra_forbidden":
            schema = TypeAdapter(model).json_schema()
            known = [key for part in (schema, *schema.get("$defs", {}).values()) for key in part.get("properties", ())]
            near = get_close_matches(str(path[-1]), known, n=1)
            found, expected = "een onbekende sleutel", "alleen bekende sleutels"
            advice = f"Bedoelde u {near[0]!r}?" if near else "Haal ze weg."
        elif kind == "missing":
            found, expected, advice = "niets", f"de sleutel {path[-1]!r}", "Voeg ze toe."
        elif isinstance(context.get("error"), UnexpectedValue):
            expected = str(context["error"])
        elif kind == "value_error":
            found, expected = str(context["error"]), "waarden die bij elkaar passen"
        problems.setdefault(place, Problem(place, found, expected, advice))
    return list(problems.values())


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

    @classmethod
    def raise_any(cls, title: str, problems: Iterable[Problem]) -> None:
        """Stop with all problems, when there are any."""
        if found := tuple(problems):
            raise cls(title, found)


class CatalogProblems(ProblemGroup, CatalogError):
    """All mistakes of all catalogue files."""


class EditionProblems(ProblemGroup, EditionError):
    """All mistakes of one edition."""


class ReportProblems(ProblemGroup, ReportError):
    """All checks that a finished report did not pass."""
