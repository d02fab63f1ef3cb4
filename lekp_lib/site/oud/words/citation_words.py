"""How to cite a report: one line that names the maker, the year, the edition and the run that can be made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lekp_lib.site.oud.report_view import ReportView

#: Between square brackets behind the title, where APA style puts what the reader must know of the form of a work.
FICTITIOUS_WORDS = "fictieve cijfers"


def report_title(view: ReportView) -> str:
    """Title of the report with its edition, and between brackets that its figures are invented, where they are.

    Parameters
    ----------
    view
        The report.

    Returns
    -------
    str
        "Klimaatpactverslag Gent, Voorbeeldeditie 2025 [fictieve cijfers]".
    """
    title = f"Klimaatpactverslag {view.place.name}, {view.edition.title}"
    return f"{title} [{FICTITIOUS_WORDS}]" if view.edition.fictitious else title


def citation(view: ReportView) -> str:
    """Reference to the report in one line, in the order of APA style: maker, year, title, number.

    Parameters
    ----------
    view
        The report.

    Returns
    -------
    str
        "lekp (2026). Klimaatpactverslag Gent, Voorbeeldeditie 2025 [fictieve cijfers]. Verslag c698629ff5." The year
        is the one in which the edition was frozen, so that the line never changes.
    """
    return f"lekp ({view.edition.manifest.built.year}). {report_title(view)}. Verslag {view.run_id}."
