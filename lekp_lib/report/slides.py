"""Slides for the council as one web page: no framework, no other file, readable without script.

The page is a plain document of sections; the style sheet makes each section a stage of 16 by 9 that scales with the
window, and a small script adds keys, buttons and full screen. nbconvert's own slides load their script from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lekp_lib.errors import ReportProblems
from lekp_lib.present.figure import Figure
from lekp_lib.present.overview import DIAMOND_WORDS, GOAL_WORDS, TICK_WORDS
from lekp_lib.present.palette import css_variables
from lekp_lib.present.report_view import ReportView
from lekp_lib.present.svg import escaped, num
from lekp_lib.present.words.slide_words import DISCLAIMER, LINES_WORDS, UNKNOWN_TITLE
from lekp_lib.report.document import ReportFacts
from lekp_lib.report.exporter_base import TEMPLATES
from lekp_lib.report.fonts import font_face_css
from lekp_lib.report.html_checks import check_html
from lekp_lib.report.slide_contents import slides_of

SLIDES_FILE = "presentatie.html"
_FOLDER = TEMPLATES / "slides"


@cache
def _script() -> str:
    return (_FOLDER / "slides.js").read_text(encoding="utf-8")


@cache
def _css() -> str:
    return "\n".join([font_face_css(), css_variables(), (_FOLDER / "slides.css").read_text(encoding="utf-8")])


def _drawing(figure: Figure) -> Markup:
    """Drawing of a figure that grows with its slide; title and source stand on the slide itself."""
    name = f"{figure.id_prefix}-alt"
    return Markup(  # noqa: S704  (drawing and text alternative are escaped where they are made)
        f'<svg role="img" aria-labelledby="{name}" viewBox="0 0 {num(figure.width_pt)} {num(figure.height_pt)}">'
        f'<title id="{name}">{escaped(figure.words.alt)}</title>{figure.drawing}</svg>'
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["drawing"] = _drawing
    environment.globals |= {
        "tick_words": TICK_WORDS,
        "diamond_words": DIAMOND_WORDS,
        "goal_words": GOAL_WORDS,
        "lines_words": LINES_WORDS,
        "unknown_title": UNKNOWN_TITLE,
        "disclaimer": DISCLAIMER,
    }
    return environment


def _script_hash() -> str:
    """Name of the one script that the page may run; anything that slips in stays dead."""
    return "sha256-" + base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode("ascii")


def slides_page(view: ReportView) -> str:
    """Slides of one municipality as a complete page.

    Parameters
    ----------
    view
        The report.

    Returns
    -------
    str
        HTML with fonts, style and script inside; the same input gives the same text.

    Raises
    ------
    ReportProblems
        When the page does not pass :func:`~lekp_lib.report.html_checks.check_html`; all problems at once.
    """
    facts = ReportFacts.model_validate(view.facts())
    page = (
        _environment()
        .get_template("deck.html.j2")
        .render(
            facts=facts,
            edition_title=view.edition.title,
            slides=slides_of(view),
            css=Markup(_css()),  # noqa: S704  (own files)
            script=Markup(_script()),  # noqa: S704  (own file)
            script_hash=_script_hash(),
        )
    )
    # The checks refuse every script; the one of the slides is known by its hash.
    if problems := check_html(page.replace(f"<script>{_script()}</script>", "", 1)):
        raise ReportProblems(f"the slides of {view.place.name} do not pass their checks", problems)
    return page
