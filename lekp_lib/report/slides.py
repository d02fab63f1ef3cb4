"""The slides for the council: message, list of targets, what to discuss, what is asked, from the block ``kort``."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemLoader
from markupsafe import Markup

from lekp_lib.errors import ReportProblems
from lekp_lib.present.blocks import html_environment, styles
from lekp_lib.report.checks import check_html
from lekp_lib.report.fonts import font_face_css

if TYPE_CHECKING:
    from lekp_lib.present.municipality import Report
    from lekp_lib.report.outputs import Contents

SLIDES_FILE = "presentatie.html"
_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _css() -> str:
    return "\n".join([font_face_css(), styles(), (_TEMPLATES / "presentatie.css").read_text("utf-8")])


def _halves(groups: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The groups in two columns of about the same height."""
    lengths = [len(group["rows"]) + 1 for group in groups]
    split = min(range(len(groups) + 1), key=lambda place: abs(2 * sum(lengths[:place]) - sum(lengths)))
    return [half for half in (list(groups[:split]), list(groups[split:])) if half]


def slides_page(brief: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Slides of one municipality as a complete page.

    Parameters
    ----------
    brief
        Data of the block ``kort``.
    facts
        About the report as a whole.

    Returns
    -------
    str
        HTML with fonts, style and script inside; the same input gives the same text.

    Raises
    ------
    ReportProblems
        When the page does not pass its checks; all problems at once.
    """
    script = (_TEMPLATES / "presentatie.js").read_text("utf-8")
    # Only the one script that is known by its hash may run; anything that slips in stays dead.
    script_hash = "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    groups = [{"label": "Doelen met een cijfer", "rows": brief["known"]}] if brief["few"] else brief["werven"]
    page: str = _environment().get_template("presentatie.html.j2").render(
        d=brief, facts=facts, halves=_halves([group for group in groups if group["rows"]]), script_hash=script_hash,
        total=4 if brief["discuss"] else 3, css=Markup(_css()), script=Markup(script),  # noqa: S704 (own files)
    )  # fmt: skip
    if problems := check_html(page.replace(f"<script>{script}</script>", "", 1)):
        raise ReportProblems(f"de presentatie van {brief['place']} komt niet door de controle", problems)
    return page


def write_slides(contents: Contents, report: Report, folder: Path) -> None:
    """Write ``presentatie.html``."""
    (folder / SLIDES_FILE).write_text(
        slides_page(contents.find("kort") or report.kort().data, report.facts), encoding="utf-8"
    )


@cache
def _environment() -> Any:
    """Templates of the blocks and of this room; marks are drawn as in the report."""
    blocks = html_environment()
    return blocks.overlay(loader=FileSystemLoader([str(_TEMPLATES), *blocks.loader.searchpath]))  # type: ignore[union-attr]
