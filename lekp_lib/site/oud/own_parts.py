"""What an analyst adds to a report: figures of the municipality as a table, and a chart of one's own as a block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from lekp_lib.adapter import Assessment
from lekp_lib.edition import Edition
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.figure_text import FigureText
from lekp_lib.site.oud.trend import trend_data

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as MatplotlibFigure


class OwnParts(ABC):
    """The part of a report that its analyst draws on; ``ReportView`` is the whole."""

    edition: Edition

    @abstractmethod
    def assessment(self, target_id: str) -> Assessment:
        """Assessment of one target."""

    def series(self, target_id: str) -> pd.DataFrame:
        """Figures of the municipality for one target, to draw something with; without figures a table without rows.

        Parameters
        ----------
        target_id
            Id of a target.

        Returns
        -------
        pandas.DataFrame
            Columns ``date``, ``value`` (``NaN`` where only a share was published), ``share_pct``, ``expected_pct``,
            ``status``, ``original``; oldest first.
        """
        return trend_data(self.assessment(target_id).points)

    def figure(
        self, drawing: MatplotlibFigure, *, title: str, alt: str, source: str, subtitle: str = "", name: str = "eigen"
    ) -> Figure:
        """A chart of one's own as a block of the report; in an example edition it says that its figures are invented.

        Parameters
        ----------
        drawing
            Drawn with matplotlib inside :func:`~lekp_lib.site.oud.layers.chart_style`, without a title in it.
        title
            The message, at most 70 characters.
        alt
            What the chart shows, for who cannot see it: 60 to 320 characters.
        source
            Whose figures, and of when.
        subtitle
            What, where, unit, date.
        name
            Name of the kind of figure, for the page.

        Raises
        ------
        BlockError
            When a text is missing or has an unusable length, with all faults at once.
        """
        text = FigureText(title, subtitle, alt, source)
        return Figure.from_matplotlib(drawing, text, name, banner=self.edition.manifest.banner)
