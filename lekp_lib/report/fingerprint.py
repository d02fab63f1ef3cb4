"""May a finished report stay as it is? Hashes of everything that went into it.

Two of them. ``inputs`` covers the edition as a whole and costs next to nothing to compute; as long as it is the same,
nothing can have changed. ``shown`` covers only the figures that the report shows, so that a corrected figure elsewhere
does not remake reports that do not show it; it needs the assessments of all municipalities.
"""

from __future__ import annotations

import ast
import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lekp_lib.adapter.shown import sha256_text
from lekp_lib.parameters import ReportParameters

#: Packages whose version can change what a report looks like.
VERSIONS_OF = (
    "lekp", "papermill", "nbconvert", "nbclient", "ipykernel", "ipython", "mistune", "jinja2", "pandas", "matplotlib",
    "typst", "pikepdf", "fonttools", "font-source-sans-pro", "xlsxwriter", "python-docx",
)  # fmt: skip
#: Rooms and files of the package that are no part of a report; the figures have hashes of their own.
_NO_PART_OF_A_REPORT = ("batch", "site", "cli.py", "edition/embedded", "_notebooks", "_parameters")
#: What a notebook may take from lekp without reaching figures of other municipalities.
_OWN_REPORT_ONLY = {"open_report", "chart_style", "Note", "Paragraph", "Table", "Column"}
_WAYS_TO_OTHERS = {"edition", "assessor"}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Hashes of what went into a report.

    Attributes
    ----------
    inputs
        Of the edition as a whole, parameters, notebook and code.
    shown
        Of the figures that the report shows, parameters, notebook and code.
    """

    inputs: str
    shown: str


def package_versions() -> dict[str, str]:
    """Python and the packages that make a report, with their versions."""
    return {"python": platform.python_version()} | {name: version(name) for name in VERSIONS_OF}


@cache
def code_sha256(package: Path | None = None) -> str:
    """Hash of the code, catalogue, register and templates that reports are made with; computed once per process.

    Parameters
    ----------
    package
        Folder of the package ``lekp_lib``.
    """
    root = package or Path(__file__).parents[1]
    parts = [repr(sorted(package_versions().items()))]
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and not name.startswith(_NO_PART_OF_A_REPORT):
            parts += [name, hashlib.sha256(path.read_bytes()).hexdigest()]
    return sha256_text(*parts)


def _reaches_others(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(name.name.split(".")[0] == "lekp_lib" for name in node.names)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] == "lekp_lib" and bool(
            {name.name for name in node.names} - _OWN_REPORT_ONLY
        )
    return isinstance(node, ast.Attribute) and node.attr in _WAYS_TO_OTHERS


def _opens_a_report(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open_report"


def _opens_its_own(statement: ast.stmt) -> bool:
    """``rapport = open_report(gemeente=gemeente, ...)``, not in a loop or function."""
    call = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr)) else None
    if not isinstance(call, ast.Call) or not _opens_a_report(call):
        return False
    place = next((item.value for item in call.keywords if item.arg == "gemeente"), None)
    return isinstance(place, ast.Name) and place.id == "gemeente"


@cache
def shows_own_report_only(notebook: Path, _sha256: str) -> bool:
    """Whether a notebook opens one report and nothing else.

    A notebook that opens a second one, or reaches into the edition, may show any figure; its reports then depend on the
    whole edition. What cannot be read as Python (``%%`` magics) counts as reaching further.

    Parameters
    ----------
    notebook
        Path of the notebook.
    _sha256
        Hash of its bytes, so that an edited notebook is read again.
    """
    from lekp_lib.report.execute import read_notebook

    cells = [cell.source for cell in read_notebook(notebook).cells if cell.cell_type == "code"]
    try:
        tree = ast.parse("\n".join(cells))
    except SyntaxError:
        return False
    nodes = list(ast.walk(tree))
    opens_one = sum(map(_opens_a_report, nodes)) == 1 and any(map(_opens_its_own, tree.body))
    return opens_one and not any(map(_reaches_others, nodes))


def made_with(code: str, look: str) -> str:
    """Hash of what makes a report besides figures: code, and the municipality's own look where there is one."""
    return sha256_text(code, look) if look else code


def inputs_sha256(manifest_sha256: str, notebook_sha256: str, parameters: ReportParameters, code: str) -> str:
    """Hash of all inputs of a report.

    Parameters
    ----------
    manifest_sha256
        Of the edition's manifest, which holds the hashes of its tables.
    notebook_sha256
        Of the notebook's bytes.
    parameters
        With one name for one place: its NIS code.
    code
        See :func:`code_sha256` and :func:`made_with`.
    """
    return sha256_text(manifest_sha256, notebook_sha256, parameters.model_dump_json(), code)


def read_fingerprint(manifest: Mapping[str, Any], formats: Sequence[str]) -> Fingerprint | None:
    """Fingerprint of a finished report.

    Parameters
    ----------
    manifest
        What its ``manifest.json`` holds.
    formats
        The formats that are wanted.

    Returns
    -------
    Fingerprint or None
        ``None`` when the report has other formats, or was made before there were fingerprints.
    """
    kept = manifest.get("fingerprint")
    if not isinstance(kept, dict) or set(kept) != {"inputs", "shown"} or manifest.get("formats") != list(formats):
        return None
    return Fingerprint(str(kept["inputs"]), str(kept["shown"]))


def fingerprint_json(fingerprint: Fingerprint) -> dict[str, str]:
    """The fingerprint as it stands in a manifest."""
    return asdict(fingerprint)
