"""The look that a notebook asks for itself: logo and accent colour in its parameters cell.

Read without running anything, and without the libraries that run notebooks: the plan of a batch must be quick.
"""

from __future__ import annotations

import ast
import json
from functools import lru_cache
from pathlib import Path

from lekp_lib.parameters import LOOK, ReportParameters

_PARAMETERS_TAG = "parameters"


def _assigned(source: str) -> dict[str, str]:
    """Names to which plain text is assigned."""
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError):
        return {}  # running the notebook tells which cell is no Python
    found: dict[str, str] = {}
    for item in statements:
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant) and isinstance(item.value.value, str):
            found |= {target.id: item.value.value for target in item.targets if isinstance(target, ast.Name)}
    return found


@lru_cache(maxsize=8)
def _own_look(notebook: Path, _sha256: str) -> dict[str, str]:
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8")).get("cells", [])
        tagged = [cell for cell in cells if _PARAMETERS_TAG in cell.get("metadata", {}).get("tags", [])]
        sources = ["".join(cell["source"]) for cell in tagged]
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return {}  # whoever reads the notebook as a notebook says what is wrong with it
    return {name: text for name, text in _assigned("\n".join(sources)).items() if name in LOOK}


def with_own_look(parameters: ReportParameters, notebook: Path, sha256: str) -> ReportParameters:
    """Parameters with the logo and colour of the notebook's own parameters cell, where nobody asked for other ones.

    Parameters
    ----------
    parameters
        As asked.
    notebook
        Path of the notebook; logo and colour there are plain text between quotes.
    sha256
        Hash of its bytes, so that an edited notebook is read again.
    """
    own = _own_look(notebook, sha256)
    return parameters.model_copy(
        update={name: own[name] for name in LOOK if own.get(name) and not getattr(parameters, name)}
    )
