"""Schemas of the tables of verdicts, comparisons, areas and published targets, declared in ``kolommen.yaml``.

Imported only where a table is checked or described.
"""

from pathlib import Path
from typing import Any

import pandera.pandas as pa

from lekp_lib.edition.freeze import DATE, figures_schema, schema_column
from lekp_lib.indicators.assess import REASONS, TEMPOS, VERDICTS
from lekp_lib.indicators.compare import DIFFERENCES
from lekp_lib.pact import PACT_VERSIONS, Denominator
from lekp_lib.pact.yaml_files import read_yaml
from lekp_lib.register import PeerKind

FIGURES = figures_schema()
_WORDS: dict[str, Any] = {
    "oordelen": VERDICTS, "redenen": REASONS, "tempos": TEMPOS, "verschillen": DIFFERENCES, "pacten": PACT_VERSIONS,
    "noemers": list(Denominator), "rangen": ("officieel", "gemeente", "pers", "partij"), "groepen": list(PeerKind),
    "gebieden": [kind for kind in PeerKind if kind is not PeerKind.NEIGHBOURS],
}  # fmt: skip
_DECLARED = read_yaml(Path(__file__).with_name("kolommen.yaml")).data


def _column(told: dict[str, Any]) -> pa.Column:
    """One declared column; one of the figure is missing where there is no figure."""
    if name := told.get("figure"):
        known = FIGURES.columns[name]
        words = (known.metadata or {}).get("words", ())
        return schema_column(str(known.dtype), f"{known.description} Of the current figure.", allowed=words)
    dtype = str(told.get("type", "str")).replace("datum", DATE)
    words = [str(word) for word in _WORDS.get(told.get("words", ""), ())]
    return schema_column(dtype, told["meaning"], told.get("unit", ""), words, always=told.get("always", False))


def _schema(title: str, **more: pa.Column) -> pa.DataFrameSchema:
    told = _DECLARED[title]
    columns = {name: _column(column) for name, column in told["columns"].items()} | more
    unique = told.get("unique")
    return pa.DataFrameSchema(columns, strict=True, unique=unique, title=title, description=told["description"])


_COUNTED = {
    word: schema_column("int64", f"Municipalities with this state: {word}.", "municipalities", always=True)
    for word in VERDICTS
}
ASSESSMENTS, COMPARISONS, PUBLISHED_TARGETS = map(_schema, ("assessments", "comparisons", "published_targets"))
AREAS = _schema("areas", **_COUNTED)
