"""The report notebook: clean, thin, with the headings of the catalogue and the parameters of the one model."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

from lekp_lib.pact import load_catalog
from lekp_lib.parameters import ReportParameters
from lekp_lib.report.execute import parameter_names

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOKS / "gemeenterapport.ipynb", as_version=4)


def test_parameters_are_those_of_the_model_with_its_defaults(notebook: nbformat.NotebookNode) -> None:
    assert parameter_names(notebook) == set(ReportParameters.model_fields)
    cell = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    values = {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(cell.source).body}  # type: ignore[attr-defined]
    defaults = {name: field.default for name, field in ReportParameters.model_fields.items() if name != "gemeente"}
    assert {name: value for name, value in values.items() if name != "gemeente"} == defaults
    assert values["gemeente"] == "Houthulst"


def test_headings_are_the_names_of_the_catalogue_in_official_order(notebook: nbformat.NotebookNode) -> None:
    catalog = load_catalog()
    headings = [
        line
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    expected = []
    for werf in catalog.werven:
        expected.append(f"## {werf.label}")
        expected += [f"### {target.name}" for target in catalog.of_werf(werf.id)]
    start = headings.index(expected[0])
    assert headings[start : start + len(expected)] == expected


def test_every_target_of_the_pact_has_its_own_cell(notebook: nbformat.NotebookNode) -> None:
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    shown = [source.split('"')[1] for source in code if source.startswith("rapport.target(")]
    assert shown == [target.id for target in load_catalog().pact_targets]
