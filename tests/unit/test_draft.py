"""A target that is tried out: the arithmetic of a declared one, its mistakes shown, and never taken for the pact."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pandas as pd
import pytest

from lekp_lib.edition import Edition
from lekp_lib.pact import check_catalog
from lekp_lib.pact.custom import own_files
from lekp_lib.present.draft_view import DRAFT_BANNER, DraftView

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "proefbank.ipynb"


@pytest.fixture(scope="module")
def draft() -> str:
    names: dict[str, str] = {}
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    exec(next(cell.source for cell in cells if cell.source.startswith("ontwerp")), names)
    return names["ontwerp"]


@pytest.fixture(scope="module")
def published() -> Edition:
    return Edition.open("gepubliceerd")


def test_level_share_and_verdict_by_hand(draft: str, published: Edition, tmp_path: Path) -> None:
    table = pd.DataFrame({"nis": [32006], "datum": ["2025-12-31"], "waarde": [40]})
    found = DraftView(draft, table, "Houthulst", published, tmp_path)
    assert found.problems == ()
    # 10 110 inhabitants, 1 per 100: 101.1; 40 of them is 39.56 %, half was expected, and 0.7 of a half is 35 %.
    assessment = found.assessment
    assert assessment.level is not None and assessment.level.exact == pytest.approx(101.1)
    assert assessment.share_pct == pytest.approx(100 * 40 / 101)
    assert assessment.verdict.value == "lichte achterstand"


def test_every_block_says_that_it_is_a_draft(draft: str, published: Edition, tmp_path: Path) -> None:
    found = DraftView(draft, "laadpunten", "Gent", published, tmp_path)
    blocks = (found.summary(), found.verdict(), found.charts(), found.distribution(), found.save())
    for block in blocks:
        assert "Proef" in block.text() and "Proef" in block.html() and "Proef" in block.typst()
    assert found.charts().html().count(f"{DRAFT_BANNER}</text>") == found.charts().html().count("<figure")
    assert "fictieve" not in found.charts().html()
    assert found.facts()["banner"] == DRAFT_BANNER
    # The edition itself does not change, and the targets of the pact stay as they are.
    assert "laadpunten_per_100_inwoners" not in {target.id for target in published.catalog.measured}


def test_a_draft_on_fictitious_figures_says_both(draft: str, tmp_path: Path) -> None:
    found = DraftView(draft, "bomen.publiek", "Gent", Edition.open("voorbeeld"), tmp_path)
    assert found.banner == f"{DRAFT_BANNER}. Voorbeeldeditie: fictieve cijfers"
    assert "(fictieve cijfers)" in found.charts().html()
    # Figures of an edition stand under the codes of today: none may be lost on the way.
    own = [item for item in found.base.figures.itertuples() if (item.target_id, item.indicator) == ("bomen", "publiek")]
    assert found.figures is not None and len(found.figures.observations) == len(own)


def test_mistakes_are_shown_with_line_and_advice(draft: str, published: Edition, tmp_path: Path) -> None:
    wrong = draft.replace("kind: stand", "kind: stnad").replace("synonyms:", "synonims:")
    found = DraftView(wrong, "laadpunten", "Gent", published, tmp_path)
    line = draft.splitlines().index("kind: stand") + 1
    shown = found.summary().text()
    assert f"regel {line}: kind | 'stnad'" in shown and "Bedoelde u 'synonyms'?" in shown
    assert "Nog niet te tonen" in found.verdict().text()
    assert "Niet bewaard" in found.save(True).text() and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ("ladpunten", "'ladpunten'"),
        ("bomen.prive", "no series 'prive' of bomen"),
        ("weg.csv", "no file 'weg.csv'"),
        ("../weg.xlsx", "no file '../weg.xlsx'"),
    ],
)
def test_figures_that_are_not_there(figures: str, told: str, draft: str, published: Edition, tmp_path: Path) -> None:
    found = DraftView(draft, figures, "Gent", published, tmp_path)
    assert told in found.summary().text()


def test_rows_that_cannot_be_used_are_told(draft: str, published: Edition, tmp_path: Path) -> None:
    path = tmp_path / "eigen.csv"
    path.write_text(
        "gemeente;datum;waarde\nGent;2025-12-31;1200,5\nGnet;2025-12-31;5\nAalst;2025-12-31;\nDeinze;2030-12-31;3\n",
        encoding="utf-8",
    )
    found = DraftView(draft, str(path), "Gent", published, tmp_path / "parameters")
    assert found.figures is not None
    assert [(item.nis, item.value) for item in found.figures.observations] == [("44021", 1200.5)]
    shown = found.summary().text()
    assert "regel 3, kolom gemeente | 'Gnet'" in shown
    assert "1 zonder cijfer, als rij van het bestand" in shown and "1 van na de peildatum" in shown


def test_saved_as_a_target_of_the_project_and_never_over_another(
    draft: str, published: Edition, tmp_path: Path
) -> None:
    found = DraftView(draft, "laadpunten", "Gent", published, tmp_path / "parameters")
    assert "Bewaard" in found.save(True).text()
    path = tmp_path / "parameters" / "doelen" / "laadpunten_per_100_inwoners.yaml"
    assert path.read_text(encoding="utf-8") == draft.lstrip("\n")
    assert check_catalog(own=own_files(tmp_path / "parameters")) == ()
    assert "bestaat al" in found.save(True).text()
