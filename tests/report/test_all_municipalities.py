"""Every municipality of both editions renders, passes the checks of its page, and is counted."""

from __future__ import annotations

from collections import Counter

import pytest

from lekp_lib.edition import Edition
from lekp_lib.present.municipality import open_report
from lekp_lib.present.theme import Drawing
from lekp_lib.report.outputs import read_contents
from lekp_lib.report.page import page_of
from lekp_lib.report.paper import pdf_of
from tests.report.in_process import NOTEBOOKS, executed

PARTS = 4
#: In the example edition all municipalities have the same charts and a full brief: those of one in so many are drawn
#: and put on paper.
DRAWN_ONE_IN = {"gepubliceerd": 1, "voorbeeld": 8}
EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10" aria-hidden="true"></svg>'


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("edition_id", ["gepubliceerd", "voorbeeld"])
def test_all_285_render(edition_id: str, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = Edition.open(edition_id)
    places = edition.register.municipalities(edition.reference_date)
    assert len(places) == 285
    counts: Counter[str] = Counter()
    for number, place in enumerate(places[part::PARTS]):
        drawn = number % DRAWN_ONE_IN[edition_id] == 0
        with monkeypatch.context() as patched:
            if not drawn:
                patched.setattr(Drawing, "svg", lambda *_: EMPTY)
            notebook = executed(place.nis, edition)
        contents = read_contents(notebook, NOTEBOOKS)
        page, view = page_of(contents), open_report(edition=edition, gemeente=place.nis, editie=edition_id)
        assert view.headline in page and (edition.manifest.banner or "") in page
        assert not drawn or pdf_of(contents, brief=True).startswith(b"%PDF")
        counts.update(view.cijfers.loc[view.cijfers["nr"].notna(), "verdict"])
    assert sum(counts.values()) == 17 * len(places[part::PARTS])
