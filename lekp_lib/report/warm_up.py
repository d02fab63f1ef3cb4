"""Everything that reports share, loaded and drawn once in the process that forks."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import matplotlib as mpl

from lekp_lib.errors import LekpError, ReportError
from lekp_lib.parameters import ReportParameters
from lekp_lib.present.municipality import open_report
from lekp_lib.present.results import opened_edition
from lekp_lib.report.engine import prepare_shell
from lekp_lib.report.fonts import font_folder, missing_characters
from lekp_lib.report.make import FORMATS, code_sha256
from lekp_lib.report.page import page_css

#: Reports whose drawings are made for practice: one in so many, and at least some. Nearly all axes of the edition have
#: then been drawn.
_PRACTICE_SHARE, _PRACTICE_REPORTS = 48, 3
_ON_THE_WAY = (
    "IPython.core.completer", "fontTools.ttLib", "matplotlib.backends.backend_svg", "matplotlib.figure", "nbclient",
    "papermill.clientwrap", "papermill.translators", "pikepdf", "typst", "xlsxwriter",
)  # fmt: skip


@contextmanager
def _nothing_changes() -> Iterator[None]:
    """Refuse a warm-up that leaves traces which every report would see.

    Warnings are forgotten on the way out, so that a report warns of what the warm-up was warned of before.
    """

    def state() -> dict[str, object]:
        return {
            "environment": dict(os.environ), "working folder": Path.cwd(), "matplotlib settings": dict(mpl.rcParams),
            "warning filters": list(warnings.filters), "main module": sys.modules["__main__"],
        }  # fmt: skip

    before = state()
    with warnings.catch_warnings():
        yield
    after = state()
    if changed := [name for name in before if before[name] != after[name]]:
        raise ReportError(
            f"het voorbereiden van de verslagen veranderde {', '.join(changed)}; elk verslag zou dat zien"
        )


def prepare(editie: str, parameters: Sequence[ReportParameters], formats: Sequence[str]) -> None:
    """Load and draw what the reports of an edition share, and freeze it, so that forked processes share the memory too.

    Parameters
    ----------
    editie
        Id or path of the edition.
    parameters
        Of the reports that will be made; some are drawn for practice.
    formats
        Names of formats; nothing is compiled, because Typst starts threads.

    Raises
    ------
    ReportError
        When this left traces that a report would see.
    """
    for module in (*_ON_THE_WAY, *(f"lekp_lib.report.{FORMATS[name].partition('.')[0]}" for name in formats)):
        import_module(module)
    prepare_shell()
    with _nothing_changes():
        code_sha256()
        page_css()
        font_folder()
        missing_characters("a")
        edition = opened_edition(editie)
        step = max(1, len(parameters) // max(_PRACTICE_REPORTS, len(parameters) // _PRACTICE_SHARE))
        for chosen in parameters[::step]:
            try:
                view = open_report(**chosen.model_dump(), edition=edition)
                for block in (view.kort(), view.doelen(), view.andere_doelen(), view.kaarten(), view.cijfertabel()):
                    block.html()
            except LekpError:
                continue  # the report itself will tell
    gc.collect()
    gc.freeze()
