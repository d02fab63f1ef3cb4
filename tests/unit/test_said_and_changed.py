"""What municipalities say and correct, and what changed since the edition before: shown everywhere, harmless."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import typst
from lxml import html as lxml_html

from lekp_lib import open_report
from lekp_lib.adapter.changes import verdict_changes
from lekp_lib.cli.edition_tables import diff_table
from lekp_lib.cli.tables import screen_table, write_table
from lekp_lib.edition import Edition, Observation, Status, freeze
from lekp_lib.edition.diff import ChangeKind, diff_figures
from lekp_lib.edition.freeze import Provenance
from lekp_lib.edition.manifest import MANIFEST_NAME, Predecessor, sha256_of
from lekp_lib.edition.side_tables import AppliedCorrection, ShownExplanation
from lekp_lib.errors import BlockError, EditionError, EditionProblems
from lekp_lib.parameters import ReportParameters
from lekp_lib.present.report_view import ReportView
from lekp_lib.present.said import OutsideLink

HOUTHULST = "32006"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</p></div><h1>Kop</h1>",
    '#panic("x") #let a = 1; $x$ *b* _c_ @d <e> \\ `f` ]',
    '"; #import "/etc/passwd"',
    "=HYPERLINK(\"https://kwaad.be\";\"klik\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+32 +1", "-1+1", "{{ 7*7 }} {% raw %} ${x}", "&lt;b&gt; &amp; &#60;", "[naam](javascript:alert(1)) | a | b |",
]  # fmt: skip
REPORT = ReportParameters(gemeente=HOUTHULST)


def figure(value: float, date: dt.date = dt.date(2025, 12, 31), **more: object) -> Observation:
    given: dict[str, object] = {
        "target_id": "bomen", "indicator": "bomen", "nis": HOUTHULST, "reference_date": date, "value": value,
        "status": Status.FINAL, "source_id": "groenblauwpeil",
    }  # fmt: skip
    return Observation(**(given | more))  # type: ignore[arg-type]


def explanation(text: str = "Wij planten in de winter.", **more: object) -> ShownExplanation:
    given: dict[str, object] = {
        "target_id": "bomen", "nis": HOUTHULST, "kind": "Toelichting", "text": text, "link": "", "author": "Jo",
        "date": dt.date(2026, 1, 5), "place": "Houthulst",
    }  # fmt: skip
    return ShownExplanation(**(given | more))  # type: ignore[arg-type]


def correction(after: float | None = 1468.0, reason: str = "Geteld", **more: object) -> AppliedCorrection:
    given: dict[str, object] = {
        "target_id": "bomen", "indicator": "bomen", "nis": HOUTHULST, "reference_date": dt.date(2025, 12, 31),
        "before": 1200.0, "after": after, "measure": "stand", "place": "Houthulst", "reason": reason, "author": "Jo",
        "date": dt.date(2026, 1, 4),
    }  # fmt: skip
    return AppliedCorrection(**(given | more))  # type: ignore[arg-type]


def make(
    folder: Path,
    *figures: Observation,
    before: Path | None = None,
    on: dt.date = dt.date(2025, 12, 31),
    **sides: object,
) -> Edition:
    named = Predecessor(id=before.name, sha256=sha256_of(before / MANIFEST_NAME)) if before else None
    freeze(
        folder, edition_id=folder.name, title=f"Editie {folder.name}", reference_date=on, built=dt.date(2026, 2, 1),
        origin="Een proef.", tables={"figures": figures}, sides=sides, provenance=Provenance(predecessor=named),
    )  # fmt: skip
    return Edition.open(str(folder))


def report(edition: Edition, place: str = HOUTHULST) -> ReportView:
    return open_report(edition=edition, gemeente=place, editie=edition.id)


CORRECTED = figure(1468.0, status=Status.CORRECTED, original=1200.0, correction_note="Geteld (Jo, 4/1/2026)")


def test_correction_shows_in_sentence_chart_table_quality_and_fiche(tmp_path: Path) -> None:
    view = report(make(tmp_path / "a", CORRECTED, corrections=[correction()]))
    section = view.target("bomen").text()
    assert "Door de gemeente gecorrigeerd: was 1.200, nu 1.468." in section
    assert "De gemeente corrigeerde dit cijfer" not in section
    assert "bron: 1.200\u00a0bomen" in section
    assert "Reden: Geteld (Jo, 4 januari 2026)" in section
    assert "Bolletje met ring" in view.trend("bomen").html()
    data = view.trend("bomen").data
    assert data is not None and data["original"].tolist() == [1200.0]
    quality = view.quality().text()
    assert "gecorrigeerd door de gemeente" in quality and "bron: 1.200\u00a0bomen" in quality


def test_struck_figure_is_told_although_there_is_no_figure(tmp_path: Path) -> None:
    edition = make(tmp_path / "a", figure(3.0, target_id="laadpunten", indicator="cpe"), corrections=[correction(None)])
    section = report(edition).target("bomen").text()
    assert "door de gemeente geschrapt" in section and "1.200\u00a0bomen" in section
    assert "geen gegevens" in section


def test_figure_of_a_former_municipality_is_shown_apart_with_the_reason(tmp_path: Path) -> None:
    reason = "Niet opgeteld: er is geen cijfer van Hasselt op dezelfde datum."
    freeze(
        tmp_path / "a", edition_id="a", title="A", reference_date=dt.date(2025, 12, 31), built=dt.date(2026, 2, 1),
        origin="Een proef.", tables={"figures": [figure(1.0)],
                                     "former": [figure(5.0, dt.date(2023, 3, 31), nis="73040", remark=reason)]},
    )  # fmt: skip
    section = report(Edition.open(str(tmp_path / "a")), "Kortessem").target("bomen").text()
    assert "Van vóór de fusie" in section and "Kortessem, 31 maart 2023" in section and reason in section
    assert "5\u00a0bomen" in section and "geen gegevens" in section


def test_corrected_share_and_answer_are_told_in_their_own_words(tmp_path: Path) -> None:
    share = figure(45.0, original=40.0, status=Status.CORRECTED, measure="aandeel_pct")
    answer = figure(1.0, target_id="geen_heffing", indicator="geen_heffing", original=0.0, status=Status.CORRECTED)
    view = report(make(tmp_path / "a", share, answer))
    assert "was 40\u00a0% van het doel, nu 45\u00a0% van het doel" in view.target("bomen").text()
    assert "was nee, nu ja" in view.target("geen_heffing").text()


def test_only_the_last_explanation_is_shown_with_type_date_and_link(tmp_path: Path) -> None:
    older = explanation("Oude tekst.", date=dt.date(2025, 1, 1))
    last = explanation(kind="Aanvulling", link="https://www.houthulst.be/bomen?a=1&b=2", place="Merkem")
    view = report(make(tmp_path / "a", figure(1.0), explanations=[last, older]))
    section = view.target("bomen")
    assert "Oude tekst" not in section.text() and "Wij planten in de winter." in section.text()
    assert "Aanvulling van 5 januari 2026 (Jo, Merkem)." in section.text()
    assert 'href="https://www.houthulst.be/bomen?a=1&amp;b=2"' in section.html()
    assert '#link("https://www.houthulst.be/bomen?a=1&b=2")' in section.typst()
    assert "nog geen toelichting" in report(make(tmp_path / "b", figure(1.0))).target("bomen").text()


def test_explanation_is_shown_too_where_the_target_is_reached(tmp_path: Path) -> None:
    view = report(make(tmp_path / "a", figure(99_999.0), explanations=[explanation()]))
    assert "Wij planten in de winter." in view.target("bomen").text()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_page_paper_and_spreadsheet(text: str, tmp_path: Path) -> None:
    words = {"author": text, "place": text}
    edition = make(
        tmp_path / "a",
        replace(CORRECTED, correction_note=text, remark=text),
        explanations=[explanation(text, **words)],
        corrections=[correction(reason=text, **words)],
    )
    view = report(edition)
    section = view.target("bomen")
    page = lxml_html.fromstring(f"<main>{section.html()}</main>")
    assert not page.xpath("//script | //h1 | //*[@onerror] | //a[starts-with(@href, 'javascript')] | //b | //e | //img")
    note = page.xpath("//div[contains(@class, 'note-explanation')]")[0]
    assert " ".join(text.split()) in " ".join(note.text_content().split())
    # Every text is one string of Typst: nothing of it is read as code.
    compiled = _typst_text(section.blocks[-2].typst() + _note(section).typst(), tmp_path)
    assert compiled.startswith(b"%PDF")
    from lekp_lib.report.downloads.write import write_csv, write_workbook

    book = openpyxl.load_workbook(write_workbook(view, tmp_path))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells) and any(text in str(cell.value) for cell in cells)
    with write_csv(view, tmp_path).open(encoding="utf-8", newline="") as stream:
        found = [value for row in csv.DictReader(stream) for value in row.values() if text in value]
    assert found and all(value[0] not in "=+-@" for value in found)


def _note(section: object) -> object:
    return next(block for block in section.blocks if block.name == "note")  # type: ignore[attr-defined]


def _typst_text(code: str, folder: Path) -> bytes:
    from importlib.resources import files

    styles = (files("lekp_lib.present") / "style.typ").read_text(encoding="utf-8")
    source = folder / "proef.typ"
    source.write_text(styles + "\n" + code, encoding="utf-8")
    return bytes(typst.compile(str(source)))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://a.be", "https://a.be/ x", 'https://a.be/"x', ""])
def test_link_block_takes_plain_https_only(address: str) -> None:
    with pytest.raises(BlockError, match="https"):
        OutsideLink(address)


def test_side_rows_that_cannot_be_right_are_refused(tmp_path: Path) -> None:
    wrong = [explanation(target_id="x"), explanation(nis="99999", date=dt.date(2026, 1, 6))]
    with pytest.raises(EditionProblems) as caught:
        make(tmp_path / "a", figure(1.0), explanations=wrong, corrections=[correction(indicator="x")])
    assert len(caught.value.problems) == 3


# --- what changed -----------------------------------------------------------------------------------------------


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Edition, Edition]:
    """An edition and the one before: one figure revised, one new, one gone, one the same; one verdict changed."""
    same = figure(5.0, dt.date(2022, 12, 31))
    old = make(
        tmp_path / "2024", same, figure(900.0, dt.date(2023, 12, 31)), figure(1.0, dt.date(2021, 12, 31)),
        figure(100.0, dt.date(2024, 12, 31)), on=dt.date(2024, 12, 31),
    )  # fmt: skip
    new = make(
        tmp_path / "2025", replace(same, retrieved=dt.date(2026, 1, 1)), figure(950.0, dt.date(2023, 12, 31)),
        figure(100.0, dt.date(2024, 12, 31)), figure(9_000.0), before=old.folder,
    )  # fmt: skip
    return old, new


def test_figures_that_were_revised_came_or_went(pair: tuple[Edition, Edition]) -> None:
    changes = {item.kind: item for item in diff_figures(*pair)}
    assert {kind: item.reference_date.year for kind, item in changes.items()} == {
        ChangeKind.REVISED: 2023, ChangeKind.NEW: 2025, ChangeKind.GONE: 2021,
    }  # fmt: skip
    assert diff_figures(pair[1], pair[1]) == () and diff_figures(*pair, nis="11001") == ()


def test_verdicts_that_changed_and_the_chapter_that_tells(pair: tuple[Edition, Edition]) -> None:
    (change,) = verdict_changes(*pair, REPORT, HOUTHULST)
    assert (change.before.verdict.value, change.after.verdict.value) == ("grote achterstand", "op koers")
    view = report(pair[1])
    chapter = view.changes().text()
    for part in (
        "Wat veranderde",
        "Vergeleken met de vorige editie: Editie 2024, peildatum 31 december 2024.",
        "Het oordeel veranderde bij 1 doel.",
        "1 cijfer is herzien, 1 nieuw en 1 verdwenen",
        "950\u00a0bomen",
        "geen cijfer",
    ):
        assert part in chapter, part
    assert "Sinds de vorige editie veranderde 1 oordeel: Bomen is nu op koers." in view.summary().text()
    assert view.changes().html() and view.changes().typst()


def test_edition_without_one_before_has_no_such_chapter(pair: tuple[Edition, Edition]) -> None:
    assert report(pair[0]).changes().text() == "" and report(pair[0]).since_last_edition == ""


def test_edition_before_that_is_absent_or_changed_is_said(pair: tuple[Edition, Edition]) -> None:
    manifest = pair[0].folder / MANIFEST_NAME
    manifest.write_text(manifest.read_text().replace("Een proef.", "Iets anders."))
    with pytest.raises(EditionError, match="another one"):
        _ = pair[1].predecessor
    assert "niet gevonden" in report(pair[1]).changes().text()


def test_code_with_another_territory_has_no_changed_verdict(tmp_path: Path) -> None:
    many = [figure(1.0, dt.date(2024, 6, 30), nis="11002"), figure(2.0, dt.date(2024, 6, 30), nis="73040")]
    old = make(tmp_path / "2024", *many, on=dt.date(2024, 6, 30))
    new = make(tmp_path / "2025", figure(9e6, nis="11002"), before=old.folder)
    assert {item.after.nis for item in verdict_changes(old, new, REPORT)}.isdisjoint({"11002", "73040"})
    assert report(new, "Antwerpen").changes().text()


def test_difference_as_table_csv_and_workbook(pair: tuple[Edition, Edition], tmp_path: Path) -> None:
    figures, verdicts = diff_figures(*pair), verdict_changes(*pair, REPORT)
    table = diff_table(*pair, figures, verdicts)
    write_table(table, tmp_path / "tabel.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "tabel.csv").read_text(encoding="utf-8"))))
    assert len(rows) == 1 + len(figures) + len(verdicts) == 5
    assert rows[1][:4] == ["oordeel", HOUTHULST, "Houthulst", "Bomen"]
    write_table(table, tmp_path / "tabel.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "tabel.xlsx").worksheets[0]
    revised = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "herzien")
    assert revised[6:8] == (900, 950) and revised[5] == dt.datetime(2023, 12, 31)  # noqa: DTZ001
    assert screen_table(table).row_count == 4
