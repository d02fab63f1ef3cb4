"""What an import found, as one table for screen, csv and workbook: it can go back to whoever made the figures."""

from __future__ import annotations

from collections.abc import Sequence

from lekp_lib.cli.tables import Cell, PlainTable
from lekp_lib.data.findings import Finding
from lekp_lib.data.import_file import ImportPlan


def refused_table(plan: ImportPlan) -> PlainTable:
    """Rows that cannot be used, with file, cell, what stands there and what should."""
    rows = [
        (item.file, item.row, item.cell, item.found, f"expected {item.expected}", item.advice)
        for item in plan.result.refused
    ]
    return PlainTable(f"Refused rows ({len(rows)})", ("File", "Row", "Cell", "Found", "Expected", "Advice"), rows)


def findings_table(findings: Sequence[Finding]) -> PlainTable:
    """What is impossible or unlikely."""
    rows = [(item.level, item.rule, item.where, item.message) for item in findings]
    return PlainTable(f"Plausibility ({len(rows)})", ("Level", "Rule", "Where", "Message"), rows)


def changes_table(plan: ImportPlan, *, unchanged: bool) -> PlainTable:
    """What would change: revised figures with old and new value first."""
    rows = [
        (item.kind, item.nis, item.figure, item.date, item.old, item.new)
        for item in plan.changes
        if unchanged or item.kind != "unchanged"
    ]
    return PlainTable(f"Figures ({len(rows)})", ("Change", "NIS", "Figure", "Date", "Old", "New"), rows)


def report_table(plan: ImportPlan) -> PlainTable:
    """Everything of an import in one table.

    Parameters
    ----------
    plan
        From :func:`lekp_lib.data.import_file.plan_import`.

    Returns
    -------
    PlainTable
        Refused rows, findings, changes and notes, each with its kind in the first column.
    """
    rows: list[tuple[Cell, ...]] = [
        ("refused", f"{item.file}: {item.cell}", "", None, None, None, item.found, item.expected, item.advice)
        for item in plan.result.refused
    ]
    rows += [(item.level, item.where, item.rule, None, None, None, item.message, "", "") for item in plan.findings]
    rows += [(item.kind, item.nis, item.figure, item.date, item.old, item.new, "", "", "") for item in plan.changes]
    rows += [("note", plan.path.name, "", None, None, None, note, "", "") for note in plan.result.notes]
    columns = ("Kind", "Where", "Figure or rule", "Date", "Old", "New", "Found", "Expected", "Advice")
    return PlainTable(f"Import of {plan.path.name}", columns, rows)
