"""The form for corrections and explanations: which sheets and columns a workbook has.

The workbook holds the same entries as the YAML files, one row each, with the file they belong to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from lekp_lib.edition.corrections import Correction, CorrectionStatus
from lekp_lib.edition.explanations import Explanation
from lekp_lib.pact.models import Declared

#: Column that names the YAML file of a row.
FILE_COLUMN = "bestand"
MAX_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the folder and key of the files, and what an entry is."""

    name: str
    key: str
    model: type[Declared]
    choices: Mapping[str, tuple[str, ...]]

    @property
    def columns(self) -> tuple[str, ...]:
        """Column heads, in order."""
        return (FILE_COLUMN, *self.model.model_fields)


SHEETS = (
    Sheet(
        "Correcties", "correcties", Correction, {"status": tuple(CorrectionStatus), "schrappen": ("ja", "nee")}
    ),
    Sheet(
        "Toelichtingen",
        "toelichtingen",
        Explanation,
        {"type": get_args(Explanation.model_fields["type"].annotation)},
    ),
)  # fmt: skip


def plain_entry(entry: Declared) -> dict[str, Any]:
    """An entry as plain values, without what is left at its default; whole numbers without decimal point."""
    found = {}
    for name, value in entry.model_dump(exclude_defaults=True).items():
        whole = isinstance(value, float) and value.is_integer()
        found[name] = int(value) if whole else str(value) if isinstance(value, CorrectionStatus) else value
    return found
