"""Schemas of the tables of figures, verdicts, comparisons, areas and published targets, declared in ``kolommen.yaml``.

Imported only where a table is checked or described.
"""

from pathlib import Path
from typing import Any, get_args

import pandera.pandas as pa

from lekp_lib.edition.edition import DATE, WORDS
from lekp_lib.indicators.assess import REASONS, TEMPOS, VERDICTS
from lekp_lib.indicators.compare import DIFFERENCES
from lekp_lib.pact.yaml_files import read_yaml
from lekp_lib.parameters import PACT_VERSIONS, Denominator
from lekp_lib.register import PEER_KINDS

_WORDS: dict[str, Any] = {
    "oordelen": VERDICTS, "redenen": REASONS, "tempos": TEMPOS, "verschillen": DIFFERENCES, "pacten": PACT_VERSIONS,
    "noemers": get_args(Denominator), "rangen": ("officieel", "gemeente", "pers", "partij"), "groepen": PEER_KINDS,
    "gebieden": [kind for kind in PEER_KINDS if kind != "buurgemeenten"], **WORDS,
}  # fmt: skip
_DECLARED = read_yaml(Path(__file__).with_name("kolommen.yaml")).data


def _column(told: dict[str, Any]) -> pa.Column:
    """One declared column; one of the figure is missing where there is no figure."""
    if name := told.get("figure"):
        figure = _DECLARED["figures"]["columns"][name]
        told = {**figure, "meaning": f"{figure['meaning']} Of the current figure.", "unit": "", "always": False}
    dtype = str(told.get("type", "str")).replace("datum", DATE)
    words = [str(word) for word in _WORDS.get(told.get("words", ""), ())]
    checks = [pa.Check.isin(words)] if words else []
    metadata = {"unit": told.get("unit", ""), "words": words}
    return pa.Column(dtype, checks, nullable=not told.get("always"), description=told["meaning"], metadata=metadata)


def _schema(title: str, **more: dict[str, Any]) -> pa.DataFrameSchema:
    told = _DECLARED[title]
    columns = {name: _column(column) for name, column in (told["columns"] | more).items()}
    unique = told.get("unique")
    return pa.DataFrameSchema(columns, strict=True, unique=unique, title=title, description=told["description"])


_COUNT: dict[str, Any] = {"type": "int64", "unit": "municipalities", "always": True}
_COUNTED = {word: _COUNT | {"meaning": f"Municipalities with this state: {word}."} for word in VERDICTS}
FIGURES, ASSESSMENTS, COMPARISONS = map(_schema, ("figures", "assessments", "comparisons"))
PUBLISHED_TARGETS, AREAS = _schema("published_targets"), _schema("areas", **_COUNTED)
