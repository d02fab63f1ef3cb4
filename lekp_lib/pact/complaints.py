"""Mistakes against a model, told with file, line and key instead of as a traceback."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from rapidfuzz import process

from lekp_lib.errors import Problem
from lekp_lib.pact import models, shapes, weights
from lekp_lib.pact.vocabulary import Declared
from lekp_lib.pact.yaml_files import KeyPath, YamlFile

_SHOWN_CHARACTERS = 60


def _known_keys() -> frozenset[str]:
    """Every key that some model of the catalogue has; enough to guess what a misspelt key meant."""
    found = [item for module in (models, shapes, weights) for item in vars(module).values()]
    declared = [item for item in found if isinstance(item, type) and issubclass(item, Declared)]
    return frozenset(name for model in declared for name in model.model_fields)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _problem(file: YamlFile, error: Mapping[str, Any]) -> Problem:
    path: KeyPath = tuple(part for part in error["loc"] if part != "[key]")
    where, message = file.where(path), str(error["msg"])
    match error["type"]:
        case "extra_forbidden":
            near = process.extractOne(str(path[-1]), _known_keys(), score_cutoff=60)
            advice = f"Did you mean {near[0]!r}?" if near else "Remove it."
            return Problem(where, "an unknown key", "only keys that the model has", advice)
        case "missing":
            return Problem(where, "nothing", f"the key {path[-1]!r}", "Add it.")
        case "value_error":
            return Problem(where, message.removeprefix("Value error, "), "values that agree with each other")
    expected = message.removeprefix("Input should be ")
    return Problem(where, _shown(error["input"]), expected[:1].lower() + expected[1:])


def schema_problems(file: YamlFile, error: ValidationError) -> Iterable[Problem]:
    """All mistakes of one file against its model.

    Parameters
    ----------
    file
        What was read; gives names and lines.
    error
        What pydantic found.

    Returns
    -------
    iterable of Problem
        In the order of the model's fields.
    """
    return [_problem(file, item) for item in error.errors(include_url=False)]
