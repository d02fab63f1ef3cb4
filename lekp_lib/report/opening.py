"""The opening calls of the notebooks: as in ``present``, and in JupyterLab with the look of the finished page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lekp_lib.present.lab_style import MIME_LAB_STYLE, lab_css
from lekp_lib.report.page_styles import font_face_css, page_sheets

if TYPE_CHECKING:
    from lekp_lib.edition import Edition
    from lekp_lib.present.control_view import ControlView
    from lekp_lib.present.draft_view import DraftView
    from lekp_lib.present.flanders_view import FlandersView
    from lekp_lib.present.report_view import ReportView

#: JupyterLab tells a kernel that it starts which notebook it is for; papermill and nbconvert do not.
_OF_LAB = "JPY_SESSION_NAME"


def notebook_css(accent: str = "") -> str:
    """CSS for JupyterLab: fonts, colours, page and components.

    Parameters
    ----------
    accent
        Checked accent colour of the report; empty keeps that of lekp.
    """
    own = [f":root {{ --accent: {accent}; }}"] if accent else []
    return f"{font_face_css()}\n{lab_css(*page_sheets(), *own)}"


def show_style(facts: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> None:
    """Give the notebook the look of the page, when it runs in JupyterLab; elsewhere nothing is shown.

    Parameters
    ----------
    facts
        What the exporters print around the report; the accent colour counts here.
    environment
        Variables of the kernel.
    """
    if _OF_LAB not in environment:
        return
    from IPython.display import display

    # The second type tells the exporters that this output is no part of the report.
    style = {
        "text/html": f"<style>{notebook_css(str(facts.get('accent', '')))}</style>",
        MIME_LAB_STYLE: "",
        "text/plain": "",
    }
    display(style, raw=True)  # type: ignore[no-untyped-call]


def open_report(*, edition: Edition | None = None, **parameters: object) -> ReportView:
    """Open the report of one municipality; as :func:`lekp_lib.present.report_view.open_report`, for notebooks."""
    from lekp_lib.present.report_view import open_report as _open

    view = _open(edition=edition, **parameters)
    show_style(view.facts())
    return view


def open_flanders(*, edition: Edition | None = None, **parameters: object) -> FlandersView:
    """Open the report on Flanders; as :func:`lekp_lib.present.flanders_view.open_flanders`, for notebooks."""
    from lekp_lib.present.flanders_view import open_flanders as _open

    view = _open(edition=edition, **parameters)
    show_style(view.facts())
    return view


def open_datacontrole(**parameters: Any) -> ControlView:
    """Open the check of one edition; as :func:`lekp_lib.present.control_view.open_datacontrole`, for notebooks."""
    from lekp_lib.present.control_view import open_datacontrole as _open

    view = _open(**parameters)
    show_style(view.facts())
    return view


def open_proefbank(**parameters: Any) -> DraftView:
    """Open a draft of a target; as :func:`lekp_lib.present.draft_view.open_proefbank`, for notebooks."""
    from lekp_lib.present.draft_view import open_proefbank as _open

    view = _open(**parameters)
    show_style(view.facts())
    return view
