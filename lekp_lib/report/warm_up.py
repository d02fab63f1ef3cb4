"""Everything that reports share, loaded and drawn once in the process that forks (spec performance.md 2 and 3)."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import lekp_lib.present
import lekp_lib.report
from lekp_lib.adapter.shown import compared_sha256
from lekp_lib.errors import LekpError, ReportError
from lekp_lib.parameters import ReportParameters
from lekp_lib.present.report_view import ReportView, open_report, opened_edition
from lekp_lib.report.fingerprint import code_sha256
from lekp_lib.report.formats import FORMATS
from lekp_lib.report.warm_engine import prepare_shell

#: Reports whose drawings are made for practice: one in so many, and at least some. Nearly all axes of the edition have
#: then been drawn; an axis that a child must draw itself costs it 30 ms.
_PRACTICE_SHARE, _PRACTICE_REPORTS = 24, 4
_ON_THE_WAY = (
    "IPython.core.completer", "docx", "fontTools.ttLib", "lxml.html", "matplotlib.backends.backend_svg",
    "matplotlib.figure", "nbclient", "papermill.clientwrap", "papermill.translators", "pikepdf", "typst", "xlsxwriter",
)  # fmt: skip


@contextmanager
def _nothing_changes() -> Iterator[None]:
    """Refuse a warm-up that leaves traces which every report would see.

    Warnings are forgotten on the way out, so that a report warns of what the warm-up was warned of before.
    """

    def state() -> dict[str, object]:
        import matplotlib as mpl

        return {
            "environment": dict(os.environ),
            "working folder": Path.cwd(),
            "matplotlib settings": dict(mpl.rcParams),
            "warning filters": list(warnings.filters),
            "main module": sys.modules["__main__"],
        }

    before = state()
    with warnings.catch_warnings():
        yield
    after = state()
    if changed := [name for name in before if before[name] != after[name]]:
        raise ReportError(f"preparing the reports changed {', '.join(changed)}; every report would see that")


def _render(view: ReportView) -> None:
    """All blocks of a report, thrown away; nothing is compiled, for Typst starts threads."""
    blocks = [
        view.summary(),
        view.overview(),
        view.other_targets(),
        view.context(),
        view.quality(),
        view.all_figures(),
        view.rules(),
    ]
    blocks += [view.werf(werf.id) for werf in view.catalog.werven]
    blocks += [view.target(target.id) for target in view.catalog.pact_targets]
    for block in blocks:
        block.html()
        block.typst()


def _prepare_workbook(view: ReportView) -> None:
    """The sheet that is the same in all workbooks."""
    from lekp_lib.report.downloads.workbook import workbook_bytes

    workbook_bytes(view)


def _import_all() -> None:
    """Modules that a report imports on its way; not those that look for a running shell when they are imported."""
    for name in _ON_THE_WAY:
        import_module(name)
    for room in (lekp_lib.present, lekp_lib.report):
        for module in walk_packages(room.__path__, f"{room.__name__}."):
            import_module(module.name)


def _prepare_formats(formats: Sequence[str]) -> None:
    """Templates, style sheets and fonts of the pages."""
    from lekp_lib.report.fonts import font_face_css, font_folder, missing_characters
    from lekp_lib.report.html_exporter import HtmlExporter, markdown_html, page_css
    from lekp_lib.report.typst_exporter import TypstExporter, style_typst

    page_css()
    font_face_css()
    font_folder()
    missing_characters("a")
    markdown_html("# a\n\n| a |\n|---|\n| b |")
    if "html" in formats:
        _ = HtmlExporter().template  # type: ignore[no-untyped-call]
    if "pdf" in formats:
        style_typst()
        _ = TypstExporter().template  # type: ignore[no-untyped-call]


def prepare(editie: str, parameters: Sequence[ReportParameters], formats: Sequence[str]) -> None:
    """Load and draw what the reports of an edition share, and freeze it, so that forked processes share the memory too.

    Parameters
    ----------
    editie
        Id or path of the edition.
    parameters
        Of the reports that will be made; some are drawn for practice.
    formats
        Names of formats.

    Raises
    ------
    ReportError
        When this left traces that a report would see.
    """
    _import_all()
    prepare_shell()
    with _nothing_changes():
        code_sha256()
        _prepare_formats(tuple(FORMATS))
        edition = opened_edition(editie)
        practice = max(_PRACTICE_REPORTS, len(parameters) // _PRACTICE_SHARE)
        step = max(1, len(parameters) // practice)
        for chosen in parameters[::step][:practice]:
            try:
                view = open_report(**chosen.model_dump(), edition=edition)
                for target in edition.catalog.targets:
                    compared_sha256(view.assessor, target)
                _render(view)
                if "xlsx" in formats:
                    _prepare_workbook(view)
            except LekpError:
                continue  # the report itself will tell
    gc.collect()
    gc.freeze()
