"""Drawings of real reports: no word of any chart touches another, whatever the municipality."""

from __future__ import annotations

from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from lekp_lib import open_report

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
        if not target.parts and len(section.compared.rates) >= 10:
            drawings += [section.dots(size) for size in ("wide", "narrow")]
        for drawing in drawings:
            figure = drawing.figure()
            renderer = FigureCanvasAgg(figure).get_renderer()
            texts = [text for text in figure.findobj(lambda artist: hasattr(artist, "get_fontsize")) if text.get_text()]
            boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts if text.get_visible()]
            for words, box in boxes:
                assert box.x0 >= -2 and box.x1 <= figure.bbox.width + 2, (target.id, words)
            for (one, a), (other, b) in combinations(boxes, 2):
                across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
                assert across <= 0.5 or down <= 2.5, (target.id, one, other)
