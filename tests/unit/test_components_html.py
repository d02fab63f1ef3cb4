"""Components on the web page: structure, hostile text, refusals, and the same words in every form."""

from __future__ import annotations

import html as entities
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from lekp_lib.adapter.models import Verdict, VerdictCounts
from lekp_lib.errors import BlockError
from lekp_lib.present.block import Block
from lekp_lib.present.boxes import Details, Facts, Note
from lekp_lib.present.numbers import percent
from lekp_lib.present.overview import Overview
from lekp_lib.present.overview_row import BAR_END_PCT
from lekp_lib.present.palette import MARKS
from lekp_lib.present.prose import Heading, Markdown, Title
from lekp_lib.present.table import Cell, Column, RowGroup, Table
from lekp_lib.present.verdict_blocks import COUNTED, CountsRow, VerdictLine
from lekp_lib.report.html_checks import check_html
from tests.unit import component_sample as sample

HOSTILE = 'x#panic("x") "] ); *_$<@ <script>alert(1)</script> <b onclick="y">\\ // -- \'&amp; '


def tree(block: Block) -> parser.HtmlElement:
    return parser.fragment_fromstring(block.html(), create_parent="main")


def words(text: str) -> list[str]:
    return re.findall(r"[\w%]+", text.replace("\u00a0", " "))


def texts_in_typst(code: str) -> str:
    found = re.findall(r'"((?:[^"\\]|\\.)*)"', code)
    return " ".join(re.sub(r"\\(.)", r"\1", text) for text in found)


def test_the_page_of_all_components_has_no_fault() -> None:
    blocks = sample.components()
    sections = "".join(f'<p id="rij-{number}">Doel</p>' for number in range(len(sample.rows())))
    body = "\n".join(block.html() for block in blocks) + sections
    head = "<head><title>Onderdelen</title></head>"
    page = f"<!DOCTYPE html><html lang='nl-BE'>{head}<body><main>{body}</main></body></html>"
    assert [str(problem) for problem in check_html(page)] == []


@pytest.mark.parametrize("block", sample.components(), ids=lambda block: type(block).__name__)
def test_every_form_says_the_same(block: Block) -> None:
    said = set(words(block.text()))
    shown = tree(block)
    assert said <= set(words(" ".join(shown.itertext())))
    if not isinstance(block, Details):  # paper has no switch, and so no words on it
        skipped = {
            "Op",
            "peildatum",
            "moest",
            "dat",
            "zijn",
            "De",
            "mediaan",
            "van",
            "Vlaamse",
            "gemeenten",
            "is",
            "de",
        }
        left_out = skipped | {word for word in said if word.isdigit()} if isinstance(block, Overview) else set()
        assert said - left_out <= set(words(texts_in_typst(block.typst())))


@pytest.mark.parametrize("position", range(len(sample.components())))
def test_hostile_text_stays_text(position: int) -> None:
    plain = tree(sample.components()[position])
    block = sample.components(lambda text: HOSTILE + text)[position]
    shown = tree(block)
    if not isinstance(block, Markdown):  # there the asterisks may be markup
        assert [element.tag for element in shown.iter()] == [element.tag for element in plain.iter()]
    assert not shown.xpath("//script | //b | //@onclick")
    if 'x#panic("x")' in block.text():
        assert 'x#panic("x")' in shown.text_content()
    code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', block.typst())
    assert "panic" not in code and "$" not in code and "@" not in code


def test_table_has_heads_for_columns_rows_and_groups() -> None:
    table = tree(sample.table())
    assert table.xpath("string(.//caption)") == "Stand van vijf doelen op 31 december 2025"
    assert [cell.get("scope") for cell in table.xpath(".//thead//th")] == ["col"] * 5
    assert table.xpath(".//tbody//th[@scope='rowgroup']/@colspan") == ["5", "5"]
    rows = table.xpath(".//tbody/tr[not(@class)]")
    assert [[cell.tag for cell in row] for row in rows] == [["th", "td", "td", "td", "td"]] * 5
    box = table.find(".//div[@role='group']")
    assert (box.get("tabindex"), box.get("aria-label")) == ("0", table.xpath("string(.//caption)"))


@pytest.mark.parametrize(
    ("columns", "rows", "caption", "found"),
    [
        ([Column("Doel")], [["Bomen"]], "  ", "no caption"),
        ([Column("Doel"), Column(" ")], [["Bomen", "1"]], "Stand", "column 2: empty head"),
        ([Column("Doel"), Column("Stand")], [["Bomen", "1"], ["Haag"]], "Stand", "row 2: 1 cells; expected 2"),
        ([Column("Doel"), Column("Stand")], [["Bomen", ""]], "Stand", "row 1, column 'Stand': empty cell"),
        ([Column("Doel", width="12px")], [["Bomen"]], "Stand", "width '12px'"),
        ([Column("Doel")], [], "Stand", "no rows"),
        ([Column("Doel")], [["Bomen"], RowGroup("Werf 2", [])], "Stand", "group 'Werf 2': no rows"),
        ([], [], "Stand", "no columns"),
    ],
)
def test_table_refuses(columns: list[Column], rows: list[list[str]], caption: str, found: str) -> None:
    with pytest.raises(BlockError, match=re.escape(found)):
        Table(columns, rows, caption)


def test_table_tells_all_faults_at_once() -> None:
    with pytest.raises(BlockError) as caught:
        Table([Column("")], [["a", "b"], [""]], "")
    assert str(caught.value).count("\n  - ") == 4


def test_table_of_a_frame_says_what_is_missing() -> None:
    frame = pd.DataFrame({"gemeente": ["Aalst", "Gent"], "deel": [45.4, None]})
    table = Table.from_frame(frame, "Deel van het doel", {"deel": lambda value: percent(float(str(value)))})
    assert table.text().splitlines()[2:] == ["Aalst | 45\u00a0%", "Gent | geen gegevens"]
    with pytest.raises(BlockError, match="no format for the number columns deel"):
        Table.from_frame(frame, "Deel van het doel")


def test_note_title_is_a_heading_only_when_asked() -> None:
    assert not tree(Note("Titel", "Zin.")).xpath(".//h2 | .//h3 | .//h4")
    assert tree(Note("Titel", "Zin.", level=4)).xpath("string(.//h4[@class='note-title'])") == "Titel"
    assert Note("fictieve cijfers", "Zin.", "warning").text().startswith("Let op: fictieve cijfers")


def test_sentences_of_a_note_form_paragraphs_around_blocks() -> None:
    note = Note("Titel", ["Een.", "Twee.", Facts([("Naam", "waarde")]), "Drie."])
    assert [element.tag for element in tree(note)[0]] == ["p", "p", "dl", "p"]
    assert tree(note).xpath("string(.//p[2])") == "Een. Twee."


@pytest.mark.parametrize(
    "make",
    [
        lambda: Note(" ", "Zin."),
        lambda: Note("Titel", []),
        lambda: Facts([]),
        lambda: Facts([("Naam", "")]),
        lambda: Facts([("Naam", [])]),
        lambda: Details("", Title("x")),
        lambda: Title(" "),
        lambda: Heading("x", 7),
        lambda: Heading("x", 2, "Geen Anker"),
        lambda: VerdictLine(Verdict.ON_TRACK, [" "]),
        lambda: Markdown(" \n"),
        lambda: Markdown("# Titel"),
        lambda: Markdown("![alt](x.png)"),
        lambda: Markdown("[klik](javascript:alert(1))"),
        lambda: Markdown("```\ncode\n```"),
        lambda: Overview([]),
        lambda: Overview([sample.row(), sample.row()]),
        lambda: Overview([sample.row("a"), sample.row("b", group="B"), sample.row("c")]),
    ],
)
def test_blocks_refuse_what_a_reader_would_miss(make: type[Block]) -> None:
    with pytest.raises(BlockError):
        make()


def test_heading_and_anchor() -> None:
    assert Heading("Bomen & co", 3, "bomen").html() == '<h3 id="bomen">Bomen &amp; co</h3>'
    assert Heading("Bomen", 3, "bomen").typst().strip() == '#heading(level: 3, "Bomen") #label("bomen")'


def test_markdown_shows_raw_html_as_typed() -> None:
    shown = tree(Markdown("Een <i>x</i> **vet** woord.\n\n1. een\n2. twee"))
    assert shown.xpath("string(.//p)") == "Een <i>x</i> vet woord."
    assert shown.xpath(".//p/strong/text()") == ["vet"]
    assert shown.xpath(".//ol/li/text()") == ["een", "twee"]


@pytest.mark.parametrize(
    ("verdict", "sentences", "expected"),
    [
        (Verdict.ON_TRACK, "Op koers: 7 van 9 perken.", ("Op koers:", "7 van 9 perken.")),
        (Verdict.ON_TRACK, "7 van 9 perken.", ("Op koers.", "7 van 9 perken.")),
        (Verdict.ON_TRACK, "Op koersen wordt gelet.", ("Op koers.", "Op koersen wordt gelet.")),
        (Verdict.REACHED, ["Doel gehaald.", "Ja sinds 2022."], ("Doel gehaald.", "Ja sinds 2022.")),
        (Verdict.NONE, "Zonder oordeel", ("Zonder oordeel", "")),
    ],
)
def test_verdict_word_stands_there_once(verdict: Verdict, sentences: str, expected: tuple[str, str]) -> None:
    line = VerdictLine(verdict, sentences)
    assert (line.word, line.rest) == expected
    assert tree(line).xpath("string(.//strong)") == expected[0]
    assert tree(line).xpath(".//svg/@aria-hidden") == ["true"]


counts = st.dictionaries(st.sampled_from(list(Verdict)), st.integers(0, 17), min_size=1)


@given(counts)
def test_counts_row_shows_every_target_once(by_verdict: dict[Verdict, int]) -> None:
    total = sum(by_verdict.values())
    applicable = total - by_verdict.get(Verdict.NOT_APPLICABLE, 0)
    row = tree(CountsRow(VerdictCounts(by_verdict, applicable, total)))
    assert sum(int(number) for number in row.xpath(".//li/@data-count")) == total
    assert [name.replace("-", " ") for name in row.xpath(".//ul[1]/li/@data-verdict")] == [v.value for v in COUNTED]
    assert "0" not in row.xpath(".//ul[2]/li/@data-count")
    with pytest.raises(BlockError, match="expected"):
        CountsRow(VerdictCounts(by_verdict, applicable + 1, total + 1))


def test_one_target_is_singular() -> None:
    one = VerdictCounts({Verdict.REACHED: 1}, 1, 1)
    assert CountsRow(one).text().startswith("1 doel gehaald, 0 op koers")


def test_overview_is_a_list_with_one_item_per_target_in_order() -> None:
    rows = sample.rows()
    shown = tree(Overview(rows, heading_level=4))
    assert shown.xpath(".//li/@data-target") == [row.target_id for row in rows]
    assert shown.xpath(".//li//a/@href") == [f"#{row.target_id}" for row in rows]
    assert shown.xpath(".//h4/text()") == list(dict.fromkeys(row.group for row in rows))
    assert not shown.xpath(".//svg[not(ancestor::svg)][not(@aria-hidden='true')]")
    ids = shown.xpath(".//@id")
    assert len(ids) == len(set(ids))


@given(
    share_pct=st.floats(0, 400),
    expected_pct=st.floats(0, 100),
    verdict=st.sampled_from([Verdict.REACHED, Verdict.ON_TRACK, Verdict.SLIGHTLY_BEHIND, Verdict.FAR_BEHIND]),
)
def test_bar_ends_where_the_share_says(share_pct: float, expected_pct: float, verdict: Verdict) -> None:
    row = sample.row(share_pct=share_pct, expected_pct=expected_pct, verdict=verdict, share_text=percent(share_pct))
    bar = tree(Overview([row])).find(".//svg[@class='bar']")
    fill = bar.find(".//rect[@class='fill']")
    assert float(fill.get("width")[:-1]) == pytest.approx(min(share_pct, BAR_END_PCT) / BAR_END_PCT * 100, abs=0.01)
    assert fill.get("fill") == MARKS[verdict].colour
    tick = bar.xpath(".//svg[rect[@class='tick']]/@x")[0]
    assert float(tick[:-1]) == pytest.approx(expected_pct / BAR_END_PCT * 100, abs=0.01)


def test_overview_words_for_rows_without_a_bar() -> None:
    shown = {item.get("data-target"): item for item in tree(Overview(sample.rows())).iterfind(".//li[@data-target]")}
    bars = {target: bool(item.xpath(".//svg[@class='bar']")) for target, item in shown.items()}
    assert [target for target, has in bars.items() if not has] == ["convenant", "heffing", "plan", "fonds"]
    assert shown["tafels"].xpath(".//pattern") and not shown["tafels"].xpath(".//rect[@class='fill' or @class='tick']")
    assert "geen gegevens" in shown["tafels"].text_content()
    assert words(" ".join(shown["fonds"].itertext())) == ["Droogteplan", "niet", "van", "toepassing"]


def test_expected_share_never_equals_a_share_that_is_behind() -> None:
    row = sample.row(share_pct=49.96, expected_pct=50.0, share_text="49,96\u00a0%")
    assert "Op de peildatum moest dat 50,00\u00a0% zijn." in Overview([row]).text()
    assert entities.unescape(Overview([row]).html()).count("50,00\u00a0%") == 1


def test_cells_keep_mark_note_and_weight() -> None:
    table = tree(
        Table([Column("A"), Column("B", align="number")], [["x", Cell("y", Verdict.REACHED, True, True, "n")]], "C")
    )
    cell = table.find(".//td")
    assert cell.get("class") == "number muted"
    assert cell.xpath("string(.//strong)") == "y" and cell.xpath("string(.//span[@class='cell-note'])") == "n"
    assert cell.xpath(".//svg/@aria-hidden") == ["true"]
