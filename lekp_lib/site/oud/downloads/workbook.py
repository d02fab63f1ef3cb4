"""The figures of one report as a spreadsheet."""

from __future__ import annotations

from lekp_lib.site.oud.downloads.about import about_table, top_line
from lekp_lib.site.oud.downloads.book import BookTexts, book_bytes
from lekp_lib.site.oud.downloads.context_rows import context_table
from lekp_lib.site.oud.downloads.other_municipalities import groups_table, municipalities_table
from lekp_lib.site.oud.downloads.own_figures import overview_table, series_table
from lekp_lib.site.oud.report_view import ReportView


def workbook_bytes(view: ReportView, *, everyone: bool = True) -> bytes:
    """All figures of a report as an Excel workbook.

    Parameters
    ----------
    view
        The report.
    everyone
        Whether the sheet with the shares of all municipalities is in it: seven eighths of the file, and the same for
        every report, so that a site has it once.

    Returns
    -------
    bytes
        Sheets Overzicht, Reeksen, Vergelijking, Gemeenten, Context (when there is any) and Metadata. Equal input gives
        equal bytes.

    Raises
    ------
    ReportError
        When a text is longer than a cell can hold.
    """
    same_for_all = municipalities_table(view) if everyone else None
    tables = [overview_table(view), series_table(view), groups_table(view)]
    if same_for_all:
        tables.append(same_for_all)
    if beside := context_table(view):
        tables.append(beside)
    manifest = view.edition.manifest
    texts = BookTexts(
        title=f"Klimaatpactverslag {view.place.name}, {view.edition.title}",
        top=top_line(view),
        banner=manifest.banner,
        header=f"Klimaatpactverslag {view.place.name}",
        footer=f"{manifest.title}, verslag {view.run_id}",
        origin=manifest.origin,
        built=manifest.built,
    )
    return book_bytes([*tables, about_table(view, tables)], texts, same_for_all)
