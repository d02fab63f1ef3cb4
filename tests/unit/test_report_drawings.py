"""Drawings of real reports: no word of any chart touches another, whatever the municipality."""

from __future__ import annotations

from itertools import chain, combinations
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from lekp_lib import open_report
from lekp_lib.edition import Edition
from tests.site_sample import later_edition

PLACES = (
    "Antwerpen", "Herstappe", "Mesen", "Beveren-Kruibeke-Zwijndrecht", "Baarle-Hertog", "Voeren", "De Haan",
    "Houthulst", "Gent", "Duffel", "Sint-Katelijne-Waver", "Brugge",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("edition", ["voorbeeld", "gepubliceerd"])
def test_words_of_all_charts_stand_free(place: str, edition: str) -> None:
    report = open_report(gemeente=place, editie=edition)
    for target in report.catalog.pact_targets:
        section = report.doel(target.id)
        drawings = [section.trend(size) for size in ("wide", "narrow", "small") if section.has_trend()]
        if not target.parts and section.compared.n >= 10:
            drawings += [section.dots(size) for size in ("wide", "narrow")]
        for drawing in drawings:
            figure = drawing.figure()
            renderer = FigureCanvasAgg(figure).get_renderer()
            texts = [*figure.texts, *chain.from_iterable(ax.texts for ax in figure.axes)]
            shown = [text for text in texts if text.get_text() and text.get_visible()]
            boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in shown]
            for words, box in boxes:
                assert box.x0 >= -2 and box.x1 <= figure.bbox.width + 2, (target.id, words)
            for (one, a), (other, b) in combinations(boxes, 2):
                across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
                assert across <= 0.5 or down <= 2.5, (target.id, one, other)


def test_noise_in_the_last_digit_changes_no_byte(tmp_path: Path) -> None:
    """Another version of numpy may add up in another order; what is drawn is rounded before."""
    figures = Edition.open("voorbeeld").figures
    drawn = []
    for name, noise in (("zoals het is", 0.0), ("met ruis", 2e-15)):
        (tmp_path / name).mkdir()
        edition = later_edition(
            tmp_path / name, figures.assign(value=figures["value"] * (1 + noise)), before="voorbeeld"
        )
        report = open_report(gemeente="Gent", edition=edition, editie=str(edition.folder))
        sections = [report.doel(target.id) for target in report.catalog.pact_targets]
        drawn.append(
            [section.trend("wide").svg("t") for section in sections if section.has_trend()]
            + [section.dots("wide").svg("d") for section in sections if section.compared.n >= 10]
        )
    assert drawn[0] == drawn[1] and len(drawn[0]) > 20
