"""Write the downloads of a report into its folder: the formats ``xlsx``, ``csv`` and ``figuren``."""

from __future__ import annotations

import json
from pathlib import Path

from lekp_lib.site.oud.downloads.about import attribution
from lekp_lib.site.oud.downloads.context_rows import context_rows
from lekp_lib.site.oud.downloads.datapackage import ATTRIBUTION_FILE, CSV_FILE, PACKAGE_FILE, descriptor
from lekp_lib.site.oud.downloads.own_figures import csv_table
from lekp_lib.site.oud.downloads.tidy_csv import csv_bytes
from lekp_lib.site.oud.report_view import ReportView

WORKBOOK_FILE, FIGURES_FILE = "cijfers.xlsx", "figuren.zip"


def write_workbook(view: ReportView, folder: Path) -> Path:
    """``cijfers.xlsx``: all figures with their explanation.

    Parameters
    ----------
    view
        The report.
    folder
        Existing folder.

    Returns
    -------
    Path
    """
    from lekp_lib.site.oud.downloads.workbook import workbook_bytes

    path = folder / WORKBOOK_FILE
    path.write_bytes(workbook_bytes(view))
    return path


def write_csv(view: ReportView, folder: Path) -> Path:
    """``cijfers.csv``, with beside it ``datapackage.json`` that describes it and ``bronvermelding.txt``.

    Returns
    -------
    Path
        The CSV file.
    """
    table = csv_table(view, context_rows(view))
    content = csv_bytes(table)
    package = json.dumps(descriptor(view, table, content), ensure_ascii=False, indent=2)
    (folder / PACKAGE_FILE).write_bytes(f"{package}\n".encode())
    (folder / ATTRIBUTION_FILE).write_bytes(attribution(view).encode())
    path = folder / CSV_FILE
    path.write_bytes(content)
    return path


def write_figures(view: ReportView, folder: Path) -> Path:
    """``figuren.zip``: every figure of the report as SVG and PNG."""
    from lekp_lib.site.oud.downloads.pictures import archive_bytes

    path = folder / FIGURES_FILE
    path.write_bytes(archive_bytes(view))
    return path
