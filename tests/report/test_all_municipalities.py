"""Every municipality of both editions renders, passes the checks of its page, and is counted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from lekp_lib.present.report_view import open_report
from lekp_lib.report.content_checks import check_content
from lekp_lib.report.html_exporter import HtmlExporter

from lekp_lib.adapter import Verdict
from lekp_lib.edition import Edition
from tests.report.in_process import executed

PARTS = 4


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("edition_id", ["gepubliceerd", "voorbeeld"])
def test_all_285_render(edition_id: str, part: int, tmp_path: Path) -> None:
    edition = Edition.open(edition_id)
    places = edition.register.municipalities(edition.reference_date)
    assert len(places) == 285
    counts: Counter[Verdict] = Counter()
    page_path = tmp_path / "rapport.html"
    exporter = HtmlExporter()
    for place in places[part::PARTS]:
        notebook = executed(place.nis, edition)
        page, _ = exporter.from_notebook_node(notebook)
        page_path.write_text(page, encoding="utf-8")
        view = open_report(edition=edition, gemeente=place.nis, editie=edition_id)
        check_content(notebook, view, {"html": page_path})
        counts.update(item.verdict for item in view.assessments if item.target.nr is not None)
        assert edition.manifest.banner in page
    print(f"{edition_id} {part + 1}/{PARTS}:", {str(verdict): counts[verdict] for verdict in Verdict})
    assert sum(counts.values()) == 17 * len(places[part::PARTS])
