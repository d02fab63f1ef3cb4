"""Dutch sentences from the templates of ``teksten/``.

The templates are written for editors: a line that begins with ``%`` decides, a line with ``##`` explains,
a sentence ends
with the line that ends in a full stop, and its first letter becomes a capital by itself. Nothing is computed or sorted
there; a value that does not exist is an error with file and line.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lekp_lib.present import format as fmt

TEXTS = Path(__file__).parent / "teksten"
_BREAKS = re.compile(r"[ \t\n]+")
_BEFORE_MARK = re.compile(r"[ \t\n]+([,.;:?!])")


def _one_line(value: Any) -> Any:
    """What an expression gives stands on one line; no-break spaces stay, blanks before a mark go."""
    if not isinstance(value, str) or ("\n" not in value and "  " not in value):
        return value
    return _BEFORE_MARK.sub(r"\1", _BREAKS.sub(" ", value)).strip(" ")


def _enumerated(parts: Any, last: str = "en") -> str:
    """Words as a list, of a list or of the lines of a block: "a, b en c"."""
    items = parts.split("\n") if isinstance(parts, str) else parts
    return fmt.join_list((_one_line(f"{item}\n") for item in items), last)


#: What a template may do with a value.
FILTERS = {
    "getal": fmt.number, "kort_getal": fmt.short_number, "procent": fmt.percent, "hoeveelheid": fmt.amount,
    "per_jaar": fmt.per_year, "naar_boven": fmt.rounded_up, "van_niveau": fmt.of_level, "datum": fmt.date_text,
    "korte_datum": fmt.short_date, "meervoud": fmt.count_noun, "opsomming": _enumerated, "telwoord": fmt.numeral,
    "kleine_letter": fmt.lower_first, "hoofdletter": fmt.upper_first,
}  # fmt: skip


@cache
def environment() -> Environment:
    """Templates of sentences, which all know the pieces of ``woorden.j2``."""
    made = Environment(  # noqa: S701 -- plain text: what shows it escapes it
        loader=FileSystemLoader(TEXTS), line_statement_prefix="%", line_comment_prefix="##", undefined=StrictUndefined,
        finalize=_one_line, auto_reload=False,
    )  # fmt: skip
    made.filters |= FILTERS
    made.globals |= vars(made.get_template("woorden.j2").module)
    return made


def _split(text: str) -> list[str]:
    sentences, begun = [], ""
    for line in filter(None, (row.strip(" \t") for row in text.split("\n"))):
        begun = f"{begun} {line}" if begun else line
        if line[-1] in ".?!":
            sentences.append(fmt.upper_first(_one_line(_BEFORE_MARK.sub(r"\1", f"{begun}\n"))))
            begun = ""
    if begun:
        raise ValueError(f"sentence without full stop: {begun!r}")
    return sentences


def sentences(name: str, **values: Any) -> list[str]:
    """All sentences of one template.

    Parameters
    ----------
    name
        File of ``teksten/`` without its ending: ``oordeel``, ``volgende_stap``.
    values
        What the template mentions; a missing value is an error.

    Returns
    -------
    list of str
        In reading order, each with its full stop; empty when the template has nothing to say.
    """
    return _split(environment().get_template(f"{name}.j2").render(values))


def line(name: str, **values: Any) -> str:
    """A text without full stop on one line: a title, half a sentence, a cell of a table."""
    return str(_one_line(environment().get_template(f"{name}.j2").render(values) + "\n"))


def macro(name: str, part: str, *values: Any) -> str:
    """One part of a sentence: the macro ``part`` of template ``name``."""
    return str(_one_line(getattr(environment().get_template(f"{name}.j2").module, part)(*values) + "\n"))


def raw(name: str, **values: Any) -> str:
    """The lines of one template as they are, for texts that bring their own form."""
    return environment().get_template(f"{name}.j2").render(values)
