"""The report notebook: clean, thin, with the headings of the catalogue and the parameters of the one model."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

from lekp_lib.parameters import ReportParameters
from lekp_lib.report.engine import notebook_parameters

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOKS / "gemeenterapport.ipynb", as_version=4)


def test_parameters_are_those_of_the_model_with_its_defaults(notebook: nbformat.NotebookNode) -> None:
    assert set(notebook_parameters(notebook)) == set(ReportParameters.model_fields)
    cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    values = {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(cell.source).body}  # type: ignore[attr-defined]
    defaults = {name: field.default for name, field in ReportParameters.model_fields.items() if name != "gemeente"}
    assert {name: value for name, value in values.items() if name != "gemeente"} == defaults
    assert values["gemeente"] == "Houthulst"
