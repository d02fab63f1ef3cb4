"""Run the report notebook without a kernel: the same cells, the same exporters, fast enough for all of Flanders."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lekp_lib.edition import Edition
from lekp_lib.present.blocks import Block
from lekp_lib.present.municipality import Report, open_report

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def _run_cell(source: str, names: dict[str, object]) -> object:
    """Value of the last expression of a cell, ``None`` when it ends with something else."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last is not None else None


def executed_as(path: Path, given: Mapping[str, object], without: str = "") -> NotebookNode:
    """A notebook with its outputs; working cells are left out.

    Parameters
    ----------
    path
        The notebook.
    given
        Names that stand in place of what the parameters cell says.
    without
        Text that is taken out of every cell, such as an import.
    """
    notebook = nbformat.read(path, as_version=4)
    names: dict[str, object] = {}
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or "niet-in-verslag" in tags:
            continue
        value = _run_cell(cell.source.replace(without, ""), names)
        if "parameters" in tags:
            names |= given
        if isinstance(value, Block):
            output = {"output_type": "execute_result", "metadata": {}, "execution_count": 1}
            # Not new_output: that checks a notebook of its own each time.
            cell.outputs = [nbformat.from_dict(output | {"data": value._repr_mimebundle_()})]
    return notebook


def executed(nis: str, edition: Edition) -> NotebookNode:
    """The report notebook of one municipality with its outputs.

    Parameters
    ----------
    nis
        Municipality.
    edition
        An open edition; the notebook's own opening call gets it, so that it is read once for all municipalities.
    """

    def opened(**parameters: object) -> Report:
        return open_report(edition=edition, **parameters)

    given = {"gemeente": nis, "editie": edition.id, "open_report": opened}
    return executed_as(NOTEBOOKS / "gemeenterapport.ipynb", given, "from lekp_lib import open_report")
